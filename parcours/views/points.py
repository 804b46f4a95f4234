"""Le suivi après contrat : la liste des points, la réponse du facilitateur, du prescripteur, ou du référent par lien."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from parcours import services
from parcours.enums import Situation, StatutPoint, Terme
from parcours.filters import PointFilter
from parcours.forms import ReglagesParcoursForm, SituationForm
from parcours.models import PointSuivi, ReglagesParcours
from parcours.services.points import USAGE_SITUATION
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.tables import Colonne, Genre
from socle.views import EditionView, ListeView, ReglagesView
from socle.views.liens import ouverte_par_lien


class PointListeView(ListeView):
    """Les situations à connaître après les contrats."""

    acces = FACILITATEURS
    model = PointSuivi
    filterset_class = PointFilter
    titre = "Suivi après contrat"
    vide = "Aucun point : ils s'écrivent à la fin de chaque contrat, pour 3, 6 et 12 mois après."
    nom_export = "suivi-apres-contrat"
    colonnes = [
        Colonne(
            "Personne",
            lambda p: p.contrat.beneficiaire.nom_complet,
            tri="contrat__beneficiaire__nom_plie",
            lien=lambda p: p.get_absolute_url(),
            principale=True,
        ),
        Colonne("Terme", lambda p: Terme(p.terme).label, tri="terme"),
        Colonne("Dû le", lambda p: p.du_le, Genre.DATE, tri="du_le"),
        Colonne("État", lambda p: StatutPoint(p.statut), Genre.STATUT, tri="statut"),
        Colonne("Situation", lambda p: Situation(p.situation).label if p.situation else None),
        Colonne("Marché", lambda p: p.contrat.engagement.lot.marche.reference),
        Colonne("Référent", lambda p: p.contrat.beneficiaire.referent or None),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().avec_contexte()

    def get_actions(self):
        reglages = [("Régler le suivi", reverse("suivi:reglages_parcours"))] if self.acteur.peut_ecrire else []
        return [*reglages, ("Bilan qualitatif", reverse("suivi:questions"))]


class ReponsePointView(EditionView):
    """Dire la situation d'une personne à un terme."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = PointSuivi
    form_class = SituationForm
    template_name = "parcours/point.html"
    titre = "Où en est cette personne ?"
    message = "Situation enregistrée."

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def enregistrer(self, form):
        return services.repondre_point(acteur=self.acteur, point=self.objet, **form.valeurs())

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("beneficiaires:parcours", args=[self.objet.contrat.beneficiaire.uuid])


class ReponseReferentView(ReponsePointView):
    """Dire la situation d'une personne que l'on suit comme prescripteur."""

    acces = frozenset({Role.PRESCRIPTEUR})

    def get_retour(self):
        return reverse("recrutement:ma_personne", args=[self.objet.contrat.beneficiaire.uuid])


class ReglagesParcoursView(ReglagesView):
    """Qui prend des nouvelles, combien de fois, à quel rythme."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = ReglagesParcours
    form_class = ReglagesParcoursForm
    titre = "Régler le suivi après contrat"

    def enregistrer(self, form):
        return services.regler_parcours(acteur=self.acteur, **form.valeurs())

    def get_retour(self):
        return reverse("suivi:points")


@ouverte_par_lien(USAGE_SITUATION)
@require_http_methods(["GET", "POST"])
@intitulee("Dire la situation d'une personne, par un lien signé")
def reponse_par_lien(request: Requete, uuid: uuid.UUID) -> HttpResponse:
    point = get_object_or_404(PointSuivi.objects.avec_contexte(), uuid=uuid)
    acteur = Acteur.par_lien(request.lien, Role.PRESCRIPTEUR)
    form = SituationForm(request.POST if request.method == "POST" else None, instance=point, acteur=acteur)
    if request.method == "POST" and form.is_valid():
        try:
            services.repondre_point(acteur=acteur, point=point, **form.valeurs())
        except ValidationError as refus:
            form.reporter(refus)
        else:
            messages.success(request, "Merci : la situation est enregistrée.")
            return redirect("suivi:point_par_lien", uuid)
    contexte = {"objet": point, "form": form, "terme": Terme(point.terme).label}
    return render(request, "parcours/point_par_lien.html", contexte)
