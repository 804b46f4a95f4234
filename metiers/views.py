"""Les suggestions de métiers ; les noms qu'une structure ajoute, et ceux qu'il lui reste à préciser."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from metiers import services
from metiers.filters import AppellationFilter
from metiers.forms import AppellationForm, PreciserForm
from metiers.models import Appellation, Metier
from metiers.permissions import ROLES_FACILITATEURS, ROLES_QUI_ECRIVENT
from socle.acces import CONNECTES, ouverte_a
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.tables import Colonne
from socle.views import CreationView, GesteView, ListeView, verbe

SUGGESTIONS = 12


@ouverte_a(CONNECTES)
@require_GET
@intitulee("Les options d'un champ métier")
def suggestions(request: Requete) -> HttpResponse:
    """Les options d'un champ métier : `?q=`, ou `?champ=nom_du_champ&nom_du_champ=` comme htmx l'envoie."""
    demande = request.GET.get("q") or request.GET.get(request.GET.get("champ", ""), "")
    trouves = Metier.objects.visibles_par(request.acteur).chercher(demande, request.acteur.structure)
    metiers = trouves[:SUGGESTIONS] if demande.strip() else []
    return render(request, "metiers/suggestions.html", {"metiers": metiers, "demande": demande.strip()})


class NomsView(ListeView):
    """Les noms de métiers que la structure a ajoutés, et les métiers qu'il lui reste à préciser."""

    acces = ROLES_FACILITATEURS
    model = Appellation
    filterset_class = AppellationFilter
    template_name = "metiers/noms.html"
    titre = "Noms de métiers"
    vide = "Aucun nom ajouté : les noms courants et ceux du répertoire suffisent peut-être."
    nom_export = "noms-de-metiers"
    colonnes = [
        Colonne("Nom", lambda a: a.libelle, tri="libelle", principale=True),
        Colonne("Métier du répertoire", lambda a: str(a.metier), tri="metier__code"),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().ajoutees_par(self.acteur.organisation).select_related("metier")

    def get_actions(self):
        ajout = ("Ajouter un nom", reverse("metiers:nom_nouveau"))
        return [ajout] if self.acteur.role in ROLES_QUI_ECRIVENT else []

    def get_context_data(self, **kwargs):
        libres = Metier.objects.a_preciser_par(self.acteur.organisation).order_by("libelle_plie")
        return {
            **super().get_context_data(**kwargs),
            "a_preciser": list(libres),
            "peut_preciser": self.acteur.role in ROLES_QUI_ECRIVENT,
            "repertoire": Metier.objects.du_repertoire().count(),
        }


class NomCreationView(CreationView):
    """Ajouter un nom de métier."""

    acces = ROLES_QUI_ECRIVENT
    form_class = AppellationForm
    titre = "Ajouter un nom de métier"
    bouton = "Ajouter"
    message = "Nom ajouté : il désigne désormais ce métier quand on le tape."

    def enregistrer(self, form) -> Appellation:
        return services.ajouter_nom_de_metier(acteur=self.acteur, **form.valeurs())

    def get_retour(self) -> str:
        return reverse("metiers:noms")


class PreciserView(GesteView):
    """Dire quel métier du répertoire désignait un mot tapé librement."""

    acces = ROLES_QUI_ECRIVENT
    model = Metier
    form_class = PreciserForm
    template_name = "metiers/preciser.html"
    titre = "Préciser un métier"
    bouton = "Préciser"
    donne_l_objet = False

    def lire_objet(self) -> Metier:
        return get_object_or_404(Metier.objects.a_preciser_par(self.acteur.organisation), pk=self.kwargs["cle"])

    def get_titre(self) -> str:
        return f"Préciser « {self.objet.libelle} »"

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "usages": services.usages(self.objet)}

    def enregistrer(self, form) -> int:
        portes = services.preciser_metier(acteur=self.acteur, metier=self.objet, vers=form.cleaned_data["vers"])
        self.message = f"Remplacé partout où il servait ({portes}). Ce mot désigne désormais ce métier."
        return portes

    def get_success_url(self) -> str:
        return self.get_retour()

    def get_retour(self) -> str:
        return reverse("metiers:noms")


@verbe(ROLES_QUI_ECRIVENT, Appellation, retour=lambda appellation: reverse("metiers:noms"), message="Nom retiré.")
@intitulee("Retirer un nom de métier")
def retirer(request: Requete, appellation: Appellation):
    services.retirer_nom_de_metier(acteur=request.acteur, appellation=appellation)
