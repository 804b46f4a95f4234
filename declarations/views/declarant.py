"""Qui déclare, et par quelle porte : le compte d'une entreprise, ou le lien qu'une structure lui a envoyé."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from comptes.acteur import Acteur
from comptes.enums import Role
from declarations.models import Declaration
from declarations.querysets import DeclarationQuerySet
from declarations.services.liens import USAGE_DECLARATION
from entreprises.models import FicheEntreprise
from marches.models import Engagement
from socle.acces import ouverte_a
from socle.intitules import intitule_de, intitulee
from socle.requetes import Requete
from socle.views.liens import a_donne_son_code, ouverte_par_lien

ENTREPRISES = frozenset({Role.ENTREPRISE})


@dataclass(frozen=True, slots=True)
class Declarant:
    """Qui déclare : sa portée, son adresse à garder, le gabarit et les adresses de ses pages."""

    acteur: Acteur
    declarations: DeclarationQuerySet
    courriel: str
    base: str
    adresse: Callable[..., str]
    engagements: dict[str, Any]  # de qui sont les mois encore à ouvrir

    @property
    def liste(self) -> str:
        return self.adresse("mes_declarations")

    def declaration(self, uuid: UUID) -> Declaration:
        return get_object_or_404(self.declarations.avec_contexte(), uuid=uuid)


def _du_compte(acteur: Acteur) -> dict[str, Any]:
    return {"pk__in": Engagement.objects.visibles_par(acteur).order_by().values("pk")}


def par_compte(vue: Callable) -> Callable:
    """La page d'une entreprise connectée."""

    @ouverte_a(ENTREPRISES)
    @require_http_methods(["GET", "HEAD", "POST"])
    def enveloppe(request: Requete, declaration: UUID | None = None, **reste) -> HttpResponse:
        def adresse(page: str, *objets) -> str:
            return reverse(f"suivi:{page}", args=[objet.uuid for objet in objets])

        siennes = Declaration.objects.visibles_par(request.acteur)
        qui = Declarant(request.acteur, siennes, "", "base.html", adresse, _du_compte(request.acteur))
        return vue(request, qui, *([qui.declaration(declaration)] if declaration else []), **reste)

    return intitulee(intitule_de(vue))(enveloppe)


def par_lien(vue: Callable, *, noms: bool = True) -> Callable:
    """La même page, entré par le lien d'une structure. `noms` : elle en montre, un marché peut vouloir un code d'abord."""

    @ouverte_par_lien(USAGE_DECLARATION)
    @require_http_methods(["GET", "HEAD", "POST"])
    def enveloppe(request: Requete, uuid: UUID, declaration: UUID | None = None, **reste) -> HttpResponse:
        fiche = get_object_or_404(FicheEntreprise, uuid=uuid)

        def adresse(page: str, *objets) -> str:
            return reverse(f"suivi:{page}_par_lien", args=[uuid, *(objet.uuid for objet in objets)])

        acteur = Acteur.par_lien(request.lien, Role.ENTREPRISE)
        siennes = Declaration.objects.de_la_fiche(fiche).montrees_par_lien(timezone.localdate())
        siens = {"entreprise": fiche.entreprise_id, "lot__marche__structure": fiche.structure_id}
        qui = Declarant(acteur, siennes, request.lien.destinataire, "base_simple.html", adresse, siens)
        if declaration is None:
            return vue(request, qui, **reste)
        objet = qui.declaration(declaration)
        if noms and not a_donne_son_code(request) and siennes.un_code_est_demande():
            return redirect(adresse("code", objet))
        return vue(request, qui, objet, **reste)

    return intitulee(f"{intitule_de(vue)}, par un lien signé")(enveloppe)
