from dataclasses import dataclass, replace
from pathlib import Path

from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from beneficiaires.enums import CodeCritere
from beneficiaires.models import Beneficiaire
from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from metiers.forms import MetiersEcritsField
from reprise.cellules import ValeurFausse
from reprise.controles import Corrections
from reprise.feuilles import FEUILLES, Colonne
from reprise.lecture.correspondance import NON_LUE, PAR_NOM, Choix
from socle.feuilles.releve import lettres_colonne
from socle.forms import Formulaire, FormulaireModele, Section
from socle.nombres import taille
from socle.texte import MASQUE

DEPOTS = (".xlsx", ".xls", ".ods", ".csv", ".txt", ".tsv")
PAS_UN_DEPOT = (
    "Ce n'est pas un tableau : déposez un classeur Excel (.xlsx, .xls) ou LibreOffice (.ods), ou un fichier .csv."
)
LISTE_TAILLE_MAX = 5 * 1024 * 1024
NE_PAS_LIRE = "-"
LONGUEUR_MAX = 500
NUMERO_MASQUE = (
    "Un numéro de sécurité sociale était écrit ici : il est masqué et n'est pas gardé. Effacez ce qu'il en reste."
)


class DepotListeForm(Formulaire):
    """La liste d'un prescripteur : le facilitateur dit lequel, le prescripteur dit à qui il la confie."""

    prescripteur = forms.ModelChoiceField(
        label="Qui confie ces personnes", queryset=Organisation.objects.none(), empty_label="Choisir…"
    )
    structure = forms.ModelChoiceField(
        label="À qui les confier", queryset=Organisation.objects.none(), empty_label="Choisir…"
    )
    fichier = forms.FileField(
        label="Votre liste",
        help_text="Un classeur (.xlsx, .xls, .ods) ou un fichier .csv, une personne par ligne, 1 000 au plus.",
        widget=forms.FileInput(attrs={"accept": ",".join(DEPOTS)}),
        error_messages={"required": "Choisissez votre fichier.", "empty": "Ce fichier est vide."},
    )

    def borner_les_choix(self) -> None:
        organisation = self.acteur.organisation
        if self.acteur.est_facilitateur:
            del self.fields["structure"]
            partenaires = Organisation.objects.partenaires_de(organisation).actifs()
            self.fields["prescripteur"].queryset = partenaires.filter(type=TypeOrganisation.PRESCRIPTEUR)
            return
        del self.fields["prescripteur"]
        siennes = organisation.partenariats.order_by().values("structure")
        structures = Organisation.objects.actifs().filter(pk__in=siennes)
        self.fields["structure"].queryset = structures
        if structures.count() == 1:
            self.fields["structure"].initial = structures.first()

    def clean_fichier(self):
        fichier = self.cleaned_data["fichier"]
        if fichier.size > LISTE_TAILLE_MAX:
            raise ValidationError(f"Ce fichier dépasse {taille(LISTE_TAILLE_MAX)}.")
        if Path(fichier.name).suffix.casefold() not in DEPOTS:
            raise ValidationError(PAS_UN_DEPOT)
        return fichier


class BrouillonForm(FormulaireModele):
    """Une personne de la liste : les mêmes contrôles à la lecture du fichier et à la correction."""

    adresse = forms.CharField(label="Adresse", required=False, max_length=200)
    criteres = forms.MultipleChoiceField(
        label="Sa situation", required=False, choices=CodeCritere.choices, widget=forms.CheckboxSelectMultiple
    )

    metiers = MetiersEcritsField(required=False)

    class Meta:
        model = Beneficiaire
        fields = [
            "nom",
            "prenom",
            "date_naissance",
            "sexe",
            "telephone",
            "courriel",
            "adresse",
            "criteres",
            "metiers",
            "disponible_le",
            "rayon_km",
            "referent",
            "referent_courriel",
        ]

    def __init__(self, *args, structure=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.structure = structure
        # Un sélecteur de date n'affiche pas une date impossible : l'erreur redit ce que le fichier disait.
        dite = str(self.data.get("date_naissance", ""))[:40].replace("%", "%%")
        self.fields["date_naissance"].error_messages["invalid"] = f"« {dite} » ne se lit pas. %(raison)s"
        for champ in self.fields.values():
            champ.error_messages["required"] = f"« {champ.label} » est obligatoire."
        self.fields["criteres"].error_messages["invalid_choice"] = "« %(value)s » n'est pas une situation connue."
        self.fields["rayon_km"].error_messages["invalid"] = (
            "La mobilité se dit en kilomètres, par exemple « 20 » : écrivez un nombre, ou effacez-la."
        )
        self.fields["sexe"].error_messages["required"] = "Dites si c'est une femme ou un homme."

    def clean(self):
        valeurs = super().clean()
        for nom in self.fields:
            if any(MASQUE in texte for texte in self.data.getlist(nom)):
                self.add_error(nom, NUMERO_MASQUE)
        return valeurs

    def donnees(self) -> dict:
        """Ce qui a été tapé, tel quel : les erreurs ne font rien perdre."""
        return {nom: self.data.getlist(nom) if nom == "criteres" else self.data.get(nom, "") for nom in self.fields}


class DepotForm(Formulaire):
    """Le dépôt d'un classeur. Son contenu est regardé ensuite, par la file."""

    fichier = forms.FileField(
        label="Votre classeur",
        help_text="Un classeur (.xlsx, .xls, .ods) ou un fichier .csv, de 20 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ",".join(DEPOTS)}),
        error_messages={"required": "Choisissez votre classeur.", "empty": "Ce fichier est vide."},
    )

    def clean_fichier(self):
        fichier = self.cleaned_data["fichier"]
        if fichier.size > settings.FICHIER_IMPORTE_TAILLE_MAX:
            maximum = taille(settings.FICHIER_IMPORTE_TAILLE_MAX)
            raise ValidationError(f"Ce fichier pèse {taille(fichier.size)}, plus que les {maximum} permis.")
        if Path(fichier.name).suffix.casefold() not in DEPOTS:
            raise ValidationError(PAS_UN_DEPOT)
        return fichier


class CorrespondanceForm(Formulaire):
    """Ce que dit chaque colonne de chaque feuille déposée. `choix` : ce qui a été deviné, ou choisi la fois d'avant."""

    def __init__(self, *args, choix: list[Choix], **kwargs):
        self.choix = choix
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        sections = []
        for rang, choisi in enumerate(self.choix):
            if choisi.cible:
                noms = self._colonnes(rang, choisi)
                sections.append(Section(f"{choisi.nom} → {choisi.cible}", *noms))
        self.helper.layout, self.helper.sans_facultatif = Layout(*sections), True

    def _colonnes(self, rang: int, choisi: Choix) -> list[str]:
        """Une liste de choix par colonne titrée, avec ce qu'on lit dessous."""
        colonnes = [(c.cle, c.entete) for c in PAR_NOM[choisi.cible].colonnes]
        noms = []
        for place, titre in enumerate(choisi.titres):
            lus = [lignes[place] for lignes in choisi.exemples if place < len(lignes) and lignes[place]]
            if not titre and not lus:
                continue
            noms.append(f"colonne_{rang}_{place}")
            self.fields[noms[-1]] = forms.ChoiceField(
                label=titre or f"Colonne {lettres_colonne(place + 1)}, sans titre",
                choices=[(NE_PAS_LIRE, "Ne pas lire"), *colonnes],
                initial=choisi.colonnes.get(str(place), NE_PAS_LIRE),
                help_text=f"Par exemple : {' ; '.join(lus)}" if lus else "",
            )
        return noms

    def clean(self):
        valeurs = super().clean()
        for rang, choisi in enumerate(self.choix):
            if choisi.cible:
                self._controler(choisi, [nom for nom in valeurs if nom.startswith(f"colonne_{rang}_")], valeurs)
        if not any(choisi.cible for choisi in self.choix):
            self.add_error(None, "Dites d'abord ce que contient au moins une feuille.")
        return valeurs

    def _controler(self, choisi: Choix, noms: list[str], valeurs: dict[str, str]) -> None:
        """Une colonne de la reprise, une fois ; les obligatoires, toutes."""
        prises: set[str] = set()
        for nom in noms:
            if (cle := valeurs[nom]) in prises:
                self.add_error(nom, "Une autre colonne de cette feuille dit déjà la même chose.")
            elif cle != NE_PAS_LIRE:
                prises.add(cle)
        manquent = [f"« {c.titre} »" for c in PAR_NOM[choisi.cible].colonnes if c.obligatoire and c.cle not in prises]
        if manquent:
            self.add_error(None, f"« {choisi.nom} » : il manque {', '.join(manquent)}.")

    def choisis(self) -> list[Choix]:
        """Les mêmes feuilles, leurs colonnes telles que choisies."""
        return [
            replace(
                choisi,
                colonnes={
                    nom.rpartition("_")[2]: cle
                    for nom, cle in self.cleaned_data.items()
                    if nom.startswith(f"colonne_{rang}_") and cle != NE_PAS_LIRE
                },
            )
            for rang, choisi in enumerate(self.choix)
        ]


class CiblesForm(Formulaire):
    """Ce que remplit chaque feuille déposée : la page montre ensuite ses colonnes. Rien n'est écrit."""

    def __init__(self, *args, choix: list[Choix], **kwargs):
        self.choix = choix
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        self.helper.sans_facultatif = True
        for rang, choisi in enumerate(self.choix):
            self.fields[f"cible_{rang}"] = forms.ChoiceField(
                label=f"La feuille « {choisi.nom} »",
                choices=[(NE_PAS_LIRE, "Ne pas lire"), *((f.nom, f.nom) for f in FEUILLES)],
                initial=choisi.cible or NE_PAS_LIRE,
                required=False,
            )

    def clean(self):
        valeurs = super().clean()
        prises: set[str] = set()
        for rang, cible in enumerate(self.cibles()):
            if cible and cible in prises:
                dite = f"Une autre feuille remplit déjà « {cible} » : réunissez-les dans votre classeur."
                self.add_error(f"cible_{rang}", dite)
            prises.add(cible)
        return valeurs

    def cibles(self) -> list[str]:
        """Ce qui est dit de chaque feuille, sinon ce qui en était deviné."""
        dites = [self.cleaned_data.get(f"cible_{rang}") or choisi.cible for rang, choisi in enumerate(self.choix)]
        return [NON_LUE if dite == NE_PAS_LIRE else dite for dite in dites]


@dataclass(frozen=True, slots=True)
class LigneFautive:
    """Une ligne du fichier et ce qui ne va pas : {clé de la colonne: raison}."""

    feuille: str
    deposee: str  # le nom de sa feuille dans le fichier
    numero: int
    valeurs: dict[str, str]
    raisons: dict[str, str]

    def nom(self, cle: str) -> str:
        return f"valeur_{[f.nom for f in FEUILLES].index(self.feuille)}_{self.numero}_{cle}"

    @property
    def titre(self) -> str:
        """De quoi retrouver la ligne : sa place, et le début de ce qu'elle dit."""
        dites = [self.valeurs[c.cle] for c in PAR_NOM[self.feuille].colonnes if self.valeurs.get(c.cle)][:3]
        return " · ".join([f"{self.deposee}, ligne {self.numero}", *dites])

    def colonnes(self) -> list[Colonne]:
        return [colonne for colonne in PAR_NOM[self.feuille].colonnes if colonne.cle in self.raisons]


class CorrectionsForm(Formulaire):
    """Les lignes fautives d'un classeur : chaque valeur refusée se retape, ou sa ligne se laisse de côté."""

    ecartee = "ecartee"

    def __init__(self, *args, lignes: list[LigneFautive], a_montrer: bool = False, **kwargs):
        self.lignes, self.a_montrer = lignes, a_montrer
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        sections = []
        for ligne in self.lignes:
            for colonne in ligne.colonnes():
                self.fields[ligne.nom(colonne.cle)] = forms.CharField(
                    label=colonne.titre,
                    required=False,
                    max_length=LONGUEUR_MAX,
                    initial=ligne.valeurs.get(colonne.cle, ""),
                    help_text=colonne.aide,
                )
            self.fields[ligne.nom(self.ecartee)] = forms.BooleanField(
                label="Ne pas reprendre cette ligne", required=False
            )
            noms = [ligne.nom(colonne.cle) for colonne in ligne.colonnes()]
            sections.append(Section(ligne.titre, *noms, ligne.nom(self.ecartee)))
        self.helper.layout, self.helper.sans_facultatif = Layout(*sections), True

    def dire_les_raisons(self) -> None:
        """À côté de chaque valeur, ce que l'analyse en a dit."""
        for ligne in self.lignes:
            for cle, raison in ligne.raisons.items():
                if ligne.nom(cle) in self.fields:
                    self.add_error(ligne.nom(cle), raison)

    def clean(self):
        """Ce qui a été retapé doit se lire ; ce qui n'a pas changé attend."""
        valeurs = super().clean()
        for ligne in self.lignes:
            for colonne in ligne.colonnes():
                nom = ligne.nom(colonne.cle)
                tape = valeurs.get(nom)
                if tape and tape != self.fields[nom].initial:
                    try:
                        colonne.lire(tape)
                    except ValeurFausse as faute:
                        self.add_error(nom, faute.raison)
        if not (self.changed_data or self.a_montrer):
            self.add_error(None, "Retapez au moins une valeur, ou laissez une ligne de côté.")
        return valeurs

    def corrections(self) -> Corrections:
        """Ce qui a changé, seul."""
        changees: Corrections = {}
        for ligne in self.lignes:
            lignes = changees.setdefault(ligne.feuille, {})
            tapees = {
                c.cle: self.cleaned_data[nom]
                for c in ligne.colonnes()
                if (nom := ligne.nom(c.cle)) in self.changed_data
            }
            if self.cleaned_data[ligne.nom(self.ecartee)]:
                lignes[str(ligne.numero)] = None
            elif tapees:
                lignes[str(ligne.numero)] = tapees
        return {feuille: lignes for feuille, lignes in changees.items() if lignes}
