"""Les extraits : ce qui part à la consolidation nationale, sans personne, et au dossier FSE+, sans nom."""

import datetime
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from comptes.enums import FACILITATEURS_QUI_ECRIVENT, RESPONSABLES, Role
from reporting import services
from reporting.extraits import fse as extrait_fse
from reporting.extraits import national as extrait_national
from reporting.forms import AnneeForm, ColonnesForm, ExtraitFseForm, ExtraitNationalForm
from reporting.lecture import periodes
from reporting.lecture.annees import annees_connues
from reporting.lecture.chiffres_cles import premier_mois
from reporting.lecture.lignes import charger, charger_ensemble, dossiers, motifs_de_fin
from reporting.models import PREMIERE_ANNEE, ReglagesBilan, colonnes_par_defaut
from reporting.recit.tables import Table, en_csv
from reporting.rendu.classeur import JOUR, ecrire_tables
from reporting.views.publication import en_fichier
from socle.exports import TYPE_XLSX
from socle.nombres import heures, nombre
from socle.periodes import Periode
from socle.tables import Colonne, Genre, lignes
from socle.views import ReglagesView, VueProtegee

APERCU = 10  # lignes montrées ; le fichier les a toutes


class ExtraitView(VueProtegee, TemplateView):
    """Un choix dans l'adresse, son aperçu, et les fichiers à télécharger. Rien ne s'écrit."""

    template_name = "reporting/extrait.html"
    titre = ""
    aide: Sequence[str] = ()
    vide = ""
    redites = 0  # les premières colonnes, les mêmes à chaque ligne : dans le fichier seulement

    @cached_property
    def formulaire(self):
        raise NotImplementedError

    def extraire(self, choix: dict[str, Any]) -> Table:
        raise NotImplementedError

    def nom_de_fichier(self, choix: dict[str, Any]) -> str:
        raise NotImplementedError

    def resumer(self, table: Table) -> str:
        """Ce que l'extrait dit en tout."""
        raise NotImplementedError

    def get(self, request, *args, **kwargs) -> HttpResponse:
        ecrire = _ECRIRE.get(request.GET.get("fichier", ""))
        if ecrire and self.table and self.table.lignes:
            return ecrire(self.table, self.nom_de_fichier(self.formulaire.cleaned_data), self.acteur.agit_pour.nom)
        return super().get(request, *args, **kwargs)

    @cached_property
    def table(self) -> Table | None:
        """L'extrait demandé ; rien tant que rien n'est choisi, ou que le choix ne se comprend pas."""
        formulaire = self.formulaire
        return self.extraire(formulaire.cleaned_data) if formulaire.is_bound and formulaire.is_valid() else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        table = self.table
        colonnes = _colonnes(table, self.redites) if table else []
        parametres = self.request.GET.copy()
        parametres.pop("fichier", None)
        return {
            **super().get_context_data(**kwargs),
            "titre": self.titre,
            "aide": self.aide,
            "vide": self.vide,
            "form": self.formulaire,
            "table": table,
            "resume": self.resumer(table) if table and table.lignes else "",
            "colonnes": colonnes,
            "lignes": lignes(table.lignes[:APERCU], colonnes) if table else [],
            "autres": max(len(table.lignes) - APERCU, 0) if table else 0,
            "parametres": parametres.urlencode(),
        }


def _colonnes(table: Table, redites: int) -> list[Colonne]:
    return [_colonne(table, rang, principale=rang == redites) for rang in range(redites, len(table.colonnes))]


def _colonne(table: Table, rang: int, *, principale: bool) -> Colonne:
    def lire(ligne: Sequence) -> Any:
        return _montree(ligne[rang])

    return Colonne(table.colonnes[rang], lire, _genre(table, rang), principale=principale)


def _genre(table: Table, rang: int) -> Genre:
    """Une colonne de nombres s'aligne à droite."""
    if not all(isinstance(ligne[rang], int | float) and not isinstance(ligne[rang], bool) for ligne in table.lignes):
        return Genre.TEXTE
    return Genre.HEURES if table.colonnes[rang] == "Heures" else Genre.NOMBRE


def _montree(valeur):
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, str) and JOUR.fullmatch(valeur):
        return f"{datetime.date.fromisoformat(valeur):%d/%m/%Y}"
    return valeur


def _csv(table: Table, nom: str, structure: str) -> HttpResponse:
    return en_fichier(en_csv(table), f"{nom}.csv", "text/csv; charset=utf-8")


def _xlsx(table: Table, nom: str, structure: str) -> HttpResponse:
    return en_fichier(ecrire_tables([table], table.titre, structure), f"{nom}.xlsx", TYPE_XLSX)


_ECRIRE = {"csv": _csv, "xlsx": _xlsx}


class _NationalView(ExtraitView):
    """Base commune : des groupes de personnes et leurs sommes."""

    redites = 2  # l'année et le nom

    def resumer(self, table: Table) -> str:
        personnes, contrats, faites = (sum(ligne[rang] for ligne in table.lignes) for rang in (-3, -2, -1))  # type: ignore[misc]  # des nombres, par position
        return f"En tout : {nombre(personnes)} personnes, {nombre(contrats)} contrats, {heures(faites)}."

    def nom_de_fichier(self, choix: dict[str, Any]) -> str:
        return f"extrait-national-{choix['annee']}-{self.acteur.agit_pour.slug}"


class ExtraitNationalView(_NationalView):
    """Extrait national anonymisé"""

    acces = FACILITATEURS_QUI_ECRIVENT
    titre = "Extrait national"
    aide = (
        "Des groupes de personnes, pour la consolidation annuelle : ni nom, ni date, ni personne seule. Un groupe de moins "
        "de cinq personnes rejoint la ligne « Regroupés », avec ce qu'il faut d'autres pour qu'il ne se retrouve pas par "
        "soustraction.",
        "Chacun compte une fois, au profil de son contrat d'entrée ; les sommes sont celles du bilan. N'en transmettez "
        "qu'un par année, toujours avec les mêmes colonnes : deux extraits différents se soustrairaient l'un de l'autre.",
    )
    vide = "Moins de cinq personnes cette année-là : rien ne peut sortir sans les désigner."

    @cached_property
    def formulaire(self) -> ExtraitNationalForm:
        annees = annees_connues(premier_mois(self.acteur.structure), timezone.localdate())
        gardees = reglages_de(self.acteur).colonnes_extrait
        choix = {"annee": annees[min(1, len(annees) - 1)], "colonnes": gardees}
        demande = self.request.GET if "annee" in self.request.GET else None
        return ExtraitNationalForm(demande, acteur=self.acteur, annees=annees, initial=choix)

    def extraire(self, choix: dict[str, Any]) -> Table:
        releve = charger(self.acteur.structure, Periode.annee(choix["annee"]))
        groupes = extrait_national.groupes(releve, choix["colonnes"])
        return extrait_national.en_table(groupes, choix["colonnes"], self.acteur.structure.nom, choix["annee"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url = reverse("reporting:extrait_national_colonnes") if self.acteur.est_responsable else ""
        return {**super().get_context_data(**kwargs), "url_reglages": url}


class ExtraitReseauView(_NationalView):
    """L'extrait d'un réseau : ses structures ensemble, comme si elles n'en étaient qu'une, masquées comme son bilan.

    Ni choix des colonnes, ni ligne par structure : deux extraits, ou un extrait et le bilan d'une structure, se
    soustrairaient.
    """

    acces = frozenset({Role.RESEAU})
    titre = "Extrait national du réseau"
    aide = (
        "Toutes les structures qui travaillent avec votre réseau, ensemble : des groupes de personnes, ni nom, ni date, ni "
        "structure. Un groupe de moins de cinq personnes rejoint la ligne « Regroupés », avec ce qu'il faut d'autres pour "
        "qu'il ne se retrouve pas par soustraction.",
        "Les colonnes sont toujours les mêmes. Une personne suivie par deux structures compte dans chacune ; les sommes sont "
        "celles de votre bilan.",
    )
    vide = "Moins de cinq personnes dans tout le réseau cette année-là : rien ne peut sortir sans les désigner."

    @cached_property
    def formulaire(self) -> AnneeForm:
        annees = annees_connues(premier_mois(services.membres_du_reseau(self.acteur.agit_pour)), timezone.localdate())
        demande = self.request.GET if "annee" in self.request.GET else None
        initiale = {"annee": annees[min(1, len(annees) - 1)]}
        return AnneeForm(demande, acteur=self.acteur, annees=annees, initial=initiale)

    def extraire(self, choix: dict[str, Any]) -> Table:
        colonnes, membres = colonnes_par_defaut(), services.membres_du_reseau(self.acteur.agit_pour).order_by("pk")
        releve = charger_ensemble(list(membres), Periode.annee(choix["annee"]))
        groupes = extrait_national.groupes(releve, colonnes)
        return extrait_national.en_table(groupes, colonnes, self.acteur.agit_pour.nom, choix["annee"])


class ColonnesView(ReglagesView):
    """Régler les colonnes de l'extrait national"""

    acces = RESPONSABLES
    model = ReglagesBilan
    form_class = ColonnesForm
    donne_l_objet = False
    titre = "Colonnes de l'extrait national"
    message = "Colonnes enregistrées : l'extrait les propose d'abord."

    def get_initial(self) -> dict[str, Any]:
        return {"colonnes": self.objet.colonnes_extrait}

    def enregistrer(self, form) -> ReglagesBilan:
        return services.regler_l_extrait(acteur=self.acteur, **form.cleaned_data)

    def get_retour(self) -> str:
        return reverse("reporting:extrait_national")


class ExtraitFseView(ExtraitView):
    """Extrait des participants FSE+"""

    acces = RESPONSABLES
    titre = "Extrait FSE+"
    aide = (
        "Une ligne par période d'insertion qui rencontre ces dates : l'entrée, la sortie, six mois après. Des contrats qui "
        "se suivent à moins d'un mois sont une même période ; une personne qui revient a une nouvelle ligne, la première "
        "reste.",
        "Ce fichier porte des données personnelles, par numéro de dossier et sans nom : gardez-le dans le dossier FSE+, "
        "et nulle part ailleurs.",
    )
    vide = "Aucune période d'insertion ne rencontre ces dates."

    @cached_property
    def formulaire(self) -> ExtraitFseForm:
        derniere = Periode.annee(timezone.localdate().year - 1)
        demande = self.request.GET if "debut" in self.request.GET else None
        return ExtraitFseForm(demande, acteur=self.acteur, initial={"debut": derniere.debut, "fin": derniere.fin})

    def extraire(self, choix: dict[str, Any]) -> Table:
        structure, aujourd_hui = self.acteur.structure, timezone.localdate()
        periode = periodes.en_mois_entiers(choix["debut"], choix["fin"])
        # Six mois après une sortie, la période est finie : on lit jusqu'à aujourd'hui.
        tout = Periode(datetime.date(PREMIERE_ANNEE, 1, 1), max(periode.fin, aujourd_hui))
        releve = charger(structure, tout).sur(periode)
        return extrait_fse.extraire(releve, dossiers(structure), motifs_de_fin(structure), aujourd_hui)

    def resumer(self, table: Table) -> str:
        personnes = len({ligne[0] for ligne in table.lignes})
        return f"En tout : {nombre(len(table.lignes))} participations, {nombre(personnes)} dossiers."

    def nom_de_fichier(self, choix: dict[str, Any]) -> str:
        periode = periodes.en_mois_entiers(choix["debut"], choix["fin"])
        return f"extrait-fse-{periodes.raccourcir(periode)}-{self.acteur.structure.slug}"


def reglages_de(acteur) -> ReglagesBilan:
    structure = acteur.structure
    return ReglagesBilan.objects.filter(structure=structure).first() or ReglagesBilan(structure=structure)
