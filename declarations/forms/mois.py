from collections.abc import Iterable

from django import forms
from django.utils.html import format_html, format_html_join

from declarations.cases import case
from declarations.controles import Signal
from declarations.enums import MOTIFS_USUELS, TRANSITIONS_LIGNE, DecisionLigne, NatureSignal
from declarations.models import HEURES_MAX_PAR_MOIS, LigneHeures, ReglagesDeclaration
from declarations.services import Decision
from declarations.signaux import MoisControle
from marches.enums import FormationComptee
from socle.champs import HeuresField, MoisField
from socle.forms import Formulaire, FormulaireModele, FormulaireVersionne

TROP = f"Pas plus de {HEURES_MAX_PAR_MOIS} heures dans un mois."


class MoisForm(Formulaire):
    """Le mois à saisir."""

    mois = MoisField(label="Mois")


class HeuresForm(FormulaireVersionne):
    """Les heures d'un mois, contrat par contrat, vides tant que rien n'est connu ; la formation à part, s'il y en a."""

    def __init__(self, *args, contrats=(), **kwargs):
        self.contrats = list(contrats)
        super().__init__(*args, **kwargs)
        for contrat in self.contrats:
            qui = f"{contrat.beneficiaire.nom_complet}, contrat {contrat.identifiant}"
            if not se_forme(contrat):
                self.fields[case("travail", contrat)] = champ_heures(qui)
                continue
            self.fields[case("travail", contrat)] = champ_heures(f"{qui} : heures travaillées")
            self.fields[case("formation", contrat)] = champ_heures(f"{qui} : heures de formation")

    def heures(self) -> dict:
        """{contrat: heures travaillées ou None}."""
        return {contrat: self.cleaned_data[case("travail", contrat)] for contrat in self.contrats}

    def formation(self) -> dict:
        """{contrat: heures de formation ou None}."""
        return {contrat: self.cleaned_data.get(case("formation", contrat)) for contrat in self.contrats}


def se_forme(contrat) -> bool:
    """Une alternance, ou un marché qui retient les heures de formation."""
    return contrat.est_en_alternance or contrat.engagement.lot.marche.formation_comptee != FormationComptee.NON


def champ_heures(libelle: str) -> HeuresField:
    erreurs = {"max_value": TROP, "min_value": "Les heures ne peuvent pas être négatives."}
    return HeuresField(label=f"{libelle} (h)", required=False, max_value=HEURES_MAX_PAR_MOIS, error_messages=erreurs)


DECISIONS_POSSIBLES = [("", "À décider")] + [
    (transition.vers, transition.libelle)
    for transition in TRANSITIONS_LIGNE.values()
    if transition.vers != DecisionLigne.EN_ATTENTE
]
GESTE_DE = {transition.vers: transition.nom for transition in TRANSITIONS_LIGNE.values()}


class DecisionsForm(FormulaireVersionne):
    """Ce que le facilitateur retient de chaque ligne d'un mois. Vide : pas encore décidée."""

    def __init__(self, *args, controle: MoisControle, **kwargs):
        self.controle = controle
        super().__init__(*args, **kwargs)
        for ligne, signaux in controle.lignes:
            qui = ligne.contrat.beneficiaire.nom_complet
            motifs = dict.fromkeys([*(signal.motif for signal in signaux if signal.motif), *MOTIFS_USUELS])
            champs = {
                "declarees": HeuresField(required=False, widget=forms.HiddenInput),
                "decision": forms.ChoiceField(
                    label=f"Décision pour {qui}", required=False, choices=DECISIONS_POSSIBLES
                ),
                "retenues": champ_heures(f"Heures retenues pour {qui}"),
                "motif": forms.CharField(
                    label=f"Motif pour {qui}", required=False, max_length=300, widget=MotifWidget(motifs)
                ),
            }
            if a_motiver(ligne, signaux):
                champs["sans_critere"] = forms.CharField(
                    label=f"Motif pour compter {qui} sans critère",
                    required=False,
                    max_length=300,
                    help_text="L'entreprise et l'acheteur le liront sur l'attestation : ni nom, ni situation personnelle.",
                )
            for nom, champ in champs.items():
                self.fields[case(nom, ligne)] = champ

    def rangs(self):
        """Chaque ligne, ses signaux, et ses champs."""
        for ligne, signaux in self.controle.lignes:
            champs = {nom: self[case(nom, ligne)] for nom in ("declarees", "decision", "retenues", "motif")}
            sans_critere = case("sans_critere", ligne)
            motive = self[sans_critere] if sans_critere in self.fields else None
            yield {"ligne": ligne, "signaux": signaux, **champs, "sans_critere": motive}

    def decisions(self) -> dict[int, Decision]:
        """{clé de la ligne: décision}, pour les lignes décidées."""
        prises = {}
        for ligne, _ in self.controle.lignes:
            if decision := self.cleaned_data[case("decision", ligne)]:
                prises[ligne.pk] = Decision(
                    GESTE_DE[decision],
                    self.cleaned_data[case("retenues", ligne)],
                    self.cleaned_data[case("motif", ligne)],
                )
        return prises

    def sans_critere(self) -> dict[int, str]:
        """{clé de la ligne: pourquoi ses heures comptent}, pour les personnes sans critère."""
        champs = {ligne.pk: case("sans_critere", ligne) for ligne, _ in self.controle.lignes}
        return {pk: self.cleaned_data[champ] for pk, champ in champs.items() if champ in self.fields}


def a_motiver(ligne: LigneHeures, signaux: Iterable[Signal]) -> bool:
    """Une personne sans critère : ses heures demandent un motif, ou en ont un qui se corrige."""
    return bool(ligne.contrat.motif_sans_critere) or any(s.nature == NatureSignal.SANS_CRITERE for s in signaux)


class MotifWidget(forms.TextInput):
    """Un texte libre, et les motifs usuels en suggestions ; sans JavaScript, la liste est celle du navigateur."""

    def __init__(self, motifs: Iterable[str]):
        super().__init__(attrs={"autocomplete": "off"})
        self.motifs = list(motifs)

    def render(self, name, value, attrs=None, renderer=None):
        identifiant = f"{(attrs or {}).get('id') or f'id_{name}'}_motifs"
        champ = super().render(name, value, {**(attrs or {}), "list": identifiant}, renderer)
        choix = format_html_join("", '<option value="{}"></option>', ((motif,) for motif in self.motifs))
        return format_html('{}<datalist id="{}">{}</datalist>', champ, identifiant, choix)


class RectificationForm(Formulaire):
    motif = forms.CharField(
        label="Pourquoi rectifier ce mois ?",
        max_length=300,
        help_text="Par exemple : bulletin rectifié par l'employeur. L'entreprise le lira : aucun nom de salarié.",
    )


class ReglagesDeclarationForm(FormulaireModele):
    premier_mois = MoisField(
        label="Premier mois attendu",
        required=False,
        help_text=ReglagesDeclaration._meta.get_field("premier_mois").help_text,
    )

    class Meta:
        model = ReglagesDeclaration
        fields = [
            "jour_echeance",
            "premier_mois",
            "relances",
            "jours_rappel",
            "jours_second_contact",
            "jours_acheteur",
            "jours_tache",
        ]


class RenvoiForm(Formulaire):
    motif = forms.CharField(
        label="Ce qui est à corriger",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L'entreprise le reçoit par courriel. Pas de nom de salarié.",
    )

    def __init__(self, *args, instance=None, **kwargs):
        self.instance = instance
        super().__init__(*args, **kwargs)
