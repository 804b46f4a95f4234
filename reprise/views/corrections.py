"""Mettre un classeur d'accord avec la reprise, à l'écran : ce que disent ses colonnes, puis ses lignes fautives."""

from typing import Any

from django.urls import reverse

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from reprise.feuilles import FEUILLES
from reprise.forms import CiblesForm, CorrectionsForm, CorrespondanceForm, LigneFautive
from reprise.lecture.correspondance import PAR_NOM, Choix, viser
from reprise.models import Reprise
from reprise.permissions import peut_corriger
from reprise.services import reprises as services
from reprise.services.correspondance import retenue_de
from socle.views import GesteView
from socle.views.listes import PaginateurDoux

LIGNES_PAR_PAGE = 25
DE_LA_FEUILLE = {feuille.nom: {c.titre: c.cle for c in feuille.colonnes} for feuille in FEUILLES}


class _CorrigerView(GesteView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Reprise
    donne_l_objet = False

    def lire_objet(self):
        reprise = super().lire_objet()
        if reprise is not None:
            peut_corriger(self.acteur, reprise).exiger()
        return reprise


class ColonnesView(_CorrigerView):
    """Dire ce que contient chaque feuille déposée, et chacune de ses colonnes."""

    form_class = CorrespondanceForm
    template_name = "reprise/colonnes.html"
    titre = "Feuilles et colonnes"
    bouton = "Relire le classeur ainsi"
    message = "Vos choix sont retenus pour vos prochains classeurs ; celui-ci se relit."

    def _devines(self) -> list[Choix]:
        return [Choix(**choisi) for choisi in self.objet.rapport.get("choix", [])]

    def _cibles(self) -> CiblesForm:
        return CiblesForm(self.request.GET, choix=self._devines(), acteur=self.acteur)

    def get_form_kwargs(self):
        cibles, retenue = self._cibles(), retenue_de(self.acteur)
        choix = self._devines()
        if cibles.is_valid():
            choix = [viser(choisi, cible, retenue) for choisi, cible in zip(choix, cibles.cibles(), strict=True)]
        return {**super().get_form_kwargs(), "choix": choix}

    def get_context_data(self, **kwargs):
        cibles = self._cibles()
        if cibles.is_valid():
            choix = kwargs.get("form") or self.get_form()
            cibles = CiblesForm(choix=choix.choix, acteur=self.acteur)
        return {**super().get_context_data(**kwargs), "cibles": cibles}

    def enregistrer(self, form):
        return services.choisir_les_colonnes(acteur=self.acteur, reprise=self.objet, choix=form.choisis())


class LignesView(_CorrigerView):
    """Corriger les lignes fautives d'un classeur, chacune avec ce qui ne va pas."""

    form_class = CorrectionsForm
    template_name = "reprise/lignes.html"
    titre = "Corriger les lignes"
    bouton = "Enregistrer et relire le classeur"
    message = "Lignes corrigées : le classeur se relit."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "lignes": list(self._page())}

    def _page(self):
        return PaginateurDoux(_lignes_fautives(self.objet.rapport), LIGNES_PAR_PAGE).get_page(
            self.request.GET.get("page")
        )

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        if self.request.method == "GET":
            dites = {nom: champ.initial or "" for nom, champ in form.fields.items()}
            form = CorrectionsForm(dites, lignes=form.lignes, acteur=self.acteur, a_montrer=True)
            form.dire_les_raisons()
        return form

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "page_obj": self._page()}

    def enregistrer(self, form):
        return services.corriger_les_lignes(acteur=self.acteur, reprise=self.objet, corrections=form.corrections())

    def get_success_url(self):
        return reverse("reprise:fiche", args=[self.objet.uuid])


def noms_deposes(rapport: dict[str, Any]) -> dict[str, str]:
    """{feuille de la reprise: le nom de celle du fichier qui la remplit}."""
    return {choisi["cible"]: choisi["nom"] for choisi in rapport.get("choix", []) if choisi["cible"]}


def _lignes_fautives(rapport: dict[str, Any]) -> list[LigneFautive]:
    """Les lignes que l'écran peut corriger, dans l'ordre du rapport."""
    lignes: dict[tuple[str, int], LigneFautive] = {}
    deposees = noms_deposes(rapport)
    for erreur in rapport.get("erreurs", []):
        feuille, numero = erreur["feuille"], erreur["ligne"]
        valeurs = rapport.get("lignes", {}).get(feuille, {}).get(str(numero))
        cle = DE_LA_FEUILLE.get(feuille, {}).get(erreur["colonne"])
        if feuille in PAR_NOM and valeurs is not None and cle:
            ligne = lignes.setdefault((feuille, numero), LigneFautive(feuille, deposees[feuille], numero, valeurs, {}))
            ligne.raisons.setdefault(cle, erreur["raison"])
    return list(lignes.values())
