"""L'année en chiffres : filtrée, comparée, exportée ; et les objectifs qu'elle montre."""

import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from comptes.enums import FACILITATEURS, RESPONSABLES
from reporting import services
from reporting.bilan.synthese import a_de_quoi_dire
from reporting.calcul.arrondis import Parts
from reporting.calcul.selection import FILTRES, Selection, est_en_cours
from reporting.enums import Presentation, Variante
from reporting.forms import ObjectifsForm, SelectionForm
from reporting.lecture import periodes
from reporting.lecture.annees import annee_demandee, annees_connues, presentation_demandee
from reporting.lecture.lignes import cadre_de
from reporting.models import PREMIERE_ANNEE
from reporting.recit.ecriture import majuscule
from reporting.rendu import figures
from reporting.rendu.exports import exporter
from reporting.rendu.tableau_de_bord import TableauDeBord, tableau_de_bord, tables_de
from reporting.rendu.tuiles import en_groupes
from socle.views import ReglagesView, VueProtegee
from socle.vues import VuesDeLaPage

MENACES_MONTREES = 6


class AnneeView(VueProtegee, TemplateView):
    intitule = "L'année en chiffres"
    acces = FACILITATEURS
    template_name = "reporting/annee.html"
    avec_vues = True

    @classmethod
    def parametres_des_vues(cls) -> set[str]:
        """Les filtres, sans l'année : une vue suit celle qui court."""
        return {*FILTRES, "presentation"}

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.aujourd_hui = timezone.localdate()
        self.annee = annee_demandee(request.GET.get("annee", ""), self.aujourd_hui)
        self.presentation = presentation_demandee(request.GET.get("presentation", ""))
        self.form = SelectionForm(request.GET, annee=self.annee, aujourd_hui=self.aujourd_hui, acteur=self.acteur)
        selection = self.form.selection
        self.tableau = tableau_de_bord(self.acteur, selection, self.aujourd_hui)
        if request.GET.get("export"):
            nom = f"annee-en-chiffres-{periodes.raccourcir(selection.periode)}"
            return exporter(request.GET, tables_de(self.tableau), nom, self.acteur.structure.nom)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tableau = self.tableau
        selection = tableau.selection
        self.form.proposer(tableau.acheteurs, tableau.quartiers)
        lien, avant = lien_de_provenance(selection), periodes.situer(selection.avant)
        annees = annees_connues(tableau.cadre.premier_mois, self.aujourd_hui)
        presentation = str(self.presentation)
        return {
            **super().get_context_data(**kwargs),
            "annee": self.annee,
            "titre_periode": f"L'année {self.annee}" if self.annee_entiere else majuscule(self.nom_periode),
            "annees": [(annee, selection.d_une_annee(annee).adresse(presentation=presentation)) for annee in annees],
            "en_cours": est_en_cours(selection.periode, self.aujourd_hui),
            "selection": selection,
            "form": self.form,
            "puces": selection.puces(tableau.acheteurs, tableau.quartiers),
            "tableau": tableau,
            "presentation": self.presentation,
            "presentations": [(choix, selection.adresse(presentation=choix.value)) for choix in Presentation],
            "groupes": en_groupes(tableau.chiffres, avant, Parts(self.presentation), lien, tableau.objectifs),
            "objectifs_tus": bool(tableau.cadre.objectifs) and not selection.est_entiere,
            "rythme": figures.rythme(tableau.releve, tableau.avant),
            "modalites": figures.heures_par_modalite(tableau.releve),
            "vues": VuesDeLaPage.lues(self.request, self.parametres_des_vues()),
            "menaces": tableau.menaces[:MENACES_MONTREES],
            "exports": selection.adresse(export=""),
            "tables": tables_de(tableau),
            "preparer": _adresse_du_bilan(tableau) if self.acteur.peut_ecrire else "",
        }

    @property
    def annee_entiere(self) -> bool:
        return self.nom_periode == str(self.annee)

    @cached_property
    def nom_periode(self) -> str:
        return periodes.nommer(self.tableau.selection.periode)


def lien_de_provenance(selection: Selection):
    """Un chiffre ouvre ses lignes, avec les mêmes filtres."""

    def lien(cle: str) -> str:
        return reverse("reporting:provenance", args=[selection.annee, cle]) + selection.adresse()

    return lien


def _adresse_du_bilan(tableau: TableauDeBord) -> str:
    """Préparer le bilan de ce que l'on regarde, s'il en existe un : une période connue, toute la structure ou un acheteur."""
    selection = tableau.selection
    if selection.entre or selection.quartier or selection.nature or not a_de_quoi_dire(tableau.releve):
        return ""
    adresse = f"{reverse('reporting:preparer')}?periode={periodes.raccourcir(selection.periode)}"
    if selection.acheteur:
        adresse += f"&variante={Variante.MAITRE_OUVRAGE}&{Variante.MAITRE_OUVRAGE}={selection.acheteur}"
    return adresse


class ObjectifsView(ReglagesView):
    intitule = "Fixer les objectifs d'une année"
    acces = RESPONSABLES
    form_class = ObjectifsForm
    template_name = "reporting/objectifs.html"
    donne_l_objet = False
    message = "Objectifs enregistrés."

    @cached_property
    def annee(self) -> int:
        """Celle de l'adresse ; celle qui court si rien n'est dit. L'année prochaine se vise aussi."""
        texte = self.request.GET.get("annee", "")
        aujourd_hui: datetime.date = timezone.localdate()
        if texte.isdecimal() and PREMIERE_ANNEE <= int(texte) <= aujourd_hui.year + 1:
            return int(texte)
        if texte:
            raise Http404
        return aujourd_hui.year

    def get_titre(self) -> str:
        return f"Les objectifs de {self.annee}"

    def lire_objet(self) -> dict[str, Decimal]:
        return dict(cadre_de(self.acteur.structure, self.annee).objectifs)

    def get_initial(self) -> dict[str, Decimal]:
        return self.objet

    def enregistrer(self, form) -> None:
        services.fixer_les_objectifs(acteur=self.acteur, annee=self.annee, objectifs=form.cleaned_data)

    def get_retour(self) -> str:
        courante = min(self.annee, timezone.localdate().year)
        return f"{reverse('reporting:annee')}?annee={courante}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        courante = timezone.localdate().year
        return {
            **super().get_context_data(**kwargs),
            "annee": self.annee,
            "annees": [courante + 1, courante, courante - 1],
        }
