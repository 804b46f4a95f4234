"""Les écrans de la reprise : préparer et déposer un classeur, lire son rapport, le reprendre pour de vrai."""

import io
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from reprise import feuilles
from reprise.enums import EtatReprise
from reprise.exports import ecrire_classeur
from reprise.feuilles import FEUILLES
from reprise.filters import RepriseFilter
from reprise.forms import DepotForm
from reprise.models import Reprise
from reprise.permissions import peut_appliquer, peut_corriger
from reprise.services import reprises as services
from reprise.views.corrections import noms_deposes
from socle.acces import ouverte_a
from socle.composants import Etape
from socle.enums import EtatDocument
from socle.exports import TYPE_XLSX
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.tables import Colonne, Genre
from socle.views import CreationView, FicheView, ListeView, verbe
from socle.views.listes import PaginateurDoux

PAR_PAGE = 25
AVERTISSEMENTS_MONTRES = 10  # le rapport à télécharger les a tous
# Les temps qu'une reprise a derrière elle : un classeur à corriger revient au premier.
FAITES = {
    EtatReprise.ANALYSE: 1,
    EtatReprise.A_CORRIGER: 0,
    EtatReprise.PRETE: 2,
    EtatReprise.APPLICATION: 2,
}
LISTES = {
    feuilles.MAITRES_OUVRAGE.nom: "marches:maitres_ouvrage",
    feuilles.ENTREPRISES.nom: "entreprises:liste",
    feuilles.MARCHES.nom: "marches:liste",
    feuilles.LOTS.nom: "marches:liste",
    feuilles.BENEFICIAIRES.nom: "beneficiaires:liste",
    feuilles.CONTRATS.nom: "recrutement:contrats",
    feuilles.HEURES.nom: "suivi:declarations",
}


def _etapes(faites: int) -> list[Etape]:
    """Les trois temps d'une reprise ; `faites` sont derrière soi."""
    libelles = (
        ("Remplir le classeur", "Le modèle, ou le vôtre : ses colonnes se reconnaissent."),
        ("Le déposer", "Il est vérifié en entier ; rien n'est écrit."),
        ("Reprendre pour de vrai", "Quand il est sans erreur, en une seule fois."),
    )
    etats = ["faite"] * faites + ["en_cours"] + ["a_venir"] * 2
    return [Etape(libelle, etat, detail) for (libelle, detail), etat in zip(libelles, etats, strict=False)]


class DepotView(CreationView):
    """Reprendre un classeur : de quoi le remplir, et où le déposer."""

    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = DepotForm
    template_name = "reprise/depot.html"
    titre = "Reprendre un classeur"
    bouton = "Vérifier ce classeur"

    def enregistrer(self, form):
        return services.deposer(acteur=self.acteur, fichier=form.cleaned_data["fichier"])

    def get_retour(self):
        return reverse("reprise:liste")

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "etapes": _etapes(0),
            "feuilles": FEUILLES,
            "dernieres": Reprise.objects.visibles_par(self.acteur)[:3],
            "jours_gardes": services.JOURS_GARDES,
        }


@ouverte_a(FACILITATEURS_QUI_ECRIVENT)
@require_GET
@intitulee("Télécharger le modèle vide")
def modele(request: Requete) -> HttpResponse:
    tampon = io.BytesIO()
    ecrire_classeur(tampon)
    reponse = HttpResponse(tampon.getvalue(), content_type=TYPE_XLSX)
    reponse["Content-Disposition"] = 'attachment; filename="modele-de-reprise.xlsx"'
    return reponse


@ouverte_a(FACILITATEURS_QUI_ECRIVENT)
@require_POST
@intitulee("Demander le classeur de la structure, rempli")
def exporter(request: Requete) -> HttpResponse:
    return redirect(services.demander_classeur(acteur=request.acteur))


class RepriseListeView(ListeView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Reprise
    filterset_class = RepriseFilter
    titre = "Reprises de données"
    vide = "Aucun classeur déposé pour l'instant."
    nom_export = "reprises"
    colonnes = [
        Colonne("Classeur", lambda r: r.nom_fichier, lien=lambda r: r.get_absolute_url(), principale=True),
        Colonne("Déposé le", lambda r: r.cree_le, Genre.DATE, tri="cree_le"),
        Colonne("Par", lambda r: r.deposee_par.get_full_name() if r.deposee_par else None),
        Colonne("État", lambda r: EtatReprise(r.etat), Genre.STATUT, tri="etat"),
        Colonne("Erreurs", lambda r: r.rapport.get("nombre_erreurs"), Genre.NOMBRE),
        Colonne("Reprise le", lambda r: r.appliquee_le, Genre.DATE, tri="appliquee_le"),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("deposee_par")

    def get_actions(self):
        return [("Reprendre un classeur", reverse("reprise:importer"))]


class RepriseFicheView(FicheView):
    """Le rapport d'un classeur déposé ; htmx n'en recharge que l'avancement, puis la page entière à l'arrivée."""

    intitule = "Le rapport d'un classeur déposé"
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Reprise
    template_name = "reprise/reprise.html"

    def get_queryset(self):
        return super().get_queryset().select_related("analyse", "application", "deposee_par")

    def get_template_names(self):
        return ["reprise/reprise.html#avancement" if self.requete.htmx else "reprise/reprise.html"]

    def render_to_response(self, context, **kwargs):
        reponse = super().render_to_response(context, **kwargs)
        if self.requete.htmx and not context["en_route"]:
            reponse["HX-Refresh"] = "true"
        return reponse

    def get_context_data(self, **kwargs):
        reprise = self.object
        travail = reprise.travail
        echec = travail is not None and travail.etat == EtatDocument.ECHEC
        return {
            **super().get_context_data(**kwargs),
            "statut": EtatReprise(reprise.etat),
            "travail": travail,
            "echec": echec,
            "en_route": reprise.est_en_route and not echec,
            "applicable": peut_appliquer(self.acteur, reprise).ok,
            "corrigible": peut_corriger(self.acteur, reprise).ok,
            "lignes_fautives": any(reprise.rapport.get("lignes", {}).values()),
            "etapes": [] if reprise.etat == EtatReprise.FAITE else _etapes(FAITES[reprise.etat]),
            **self._rapport(reprise.rapport),
        }

    def _rapport(self, rapport: dict[str, Any]) -> dict:
        choisie = self.request.GET.get("feuille", "")
        deposees = noms_deposes(rapport)
        erreurs = [
            {**erreur, "deposee": deposees.get(erreur["feuille"], "")}
            for erreur in rapport.get("erreurs", [])
            if not choisie or erreur["feuille"] == choisie
        ]
        page = PaginateurDoux(erreurs, PAR_PAGE).get_page(self.request.GET.get("page"))
        return {
            "comptes": _comptes(rapport) if rapport else [],
            "feuille_choisie": choisie,
            "feuilles_fausses": list(dict.fromkeys(e["feuille"] for e in rapport.get("erreurs", []) if e["feuille"])),
            "page_obj": page,
            "nombre_erreurs": rapport.get("nombre_erreurs", 0),
            "nombre_avertissements": rapport.get("nombre_avertissements", 0),
            "avertissements": rapport.get("avertissements", [])[:AVERTISSEMENTS_MONTRES],
            "changements": rapport.get("changements", [])[:PAR_PAGE],
            "autres_changements": max(0, len(rapport.get("changements", [])) - PAR_PAGE),
        }


def _comptes(rapport: dict[str, Any]) -> list[dict]:
    return [
        {
            "feuille": feuille.nom,
            "liste": reverse(LISTES[feuille.nom]),
            **{cle: rapport[cle].get(feuille.nom, 0) for cle in ("cree", "inchange", "modifie")},
        }
        for feuille in FEUILLES
    ]


class ConfirmationView(FicheView):
    """Confirmer la reprise pour de vrai."""

    acces = FACILITATEURS_QUI_ECRIVENT
    titre = "Confirmer la reprise"
    model = Reprise
    template_name = "socle/confirmation.html"

    def get_object(self, queryset=None) -> Reprise:
        reprise = super().get_object(queryset)
        peut_appliquer(self.acteur, reprise).exiger()
        return reprise

    def get_context_data(self, **kwargs):
        reprise = self.object
        comptes = _comptes(reprise.rapport) if reprise.rapport else []
        a_creer, a_modifier = (sum(compte[cle] for compte in comptes) for cle in ("cree", "modifie"))
        return {
            **super().get_context_data(**kwargs),
            "titre": "Reprendre ce classeur pour de vrai ?",
            "texte": f"« {reprise.nom_fichier} » : {a_creer} lignes à créer, {a_modifier} à modifier.",
            "effets": [
                "Tout est écrit en une fois, ou rien ne l'est.",
                "Les heures reprises sont validées et comptent dans les bilans.",
                "Reprendre de nouveau le même classeur ne créera rien de plus.",
            ],
            "bouton": "Reprendre pour de vrai",
            "ton": "principal",
            "url": reverse("reprise:appliquer", args=[reprise.uuid]),
            "retour": reprise.get_absolute_url(),
        }


@verbe(FACILITATEURS_QUI_ECRIVENT, Reprise)
@intitulee("Reprendre pour de vrai")
def appliquer(request: Requete, reprise: Reprise):
    services.demander_application(acteur=request.acteur, reprise=reprise)


@verbe(FACILITATEURS_QUI_ECRIVENT, Reprise)
@intitulee("Refaire un passage qui a échoué")
def relancer(request: Requete, reprise: Reprise):
    services.relancer(acteur=request.acteur, reprise=reprise)
    messages.success(request, "Le travail est relancé.")
