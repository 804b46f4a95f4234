"""Les conventions de globalisation entre maîtres d'ouvrage."""

from django.urls import reverse

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from marches import services
from marches.filters import ConventionFilter
from marches.forms.marches import ConventionForm
from marches.models import ConventionGlobalisation, Marche
from marches.views.maitres_ouvrage import tableau_marches
from socle.annulation import dire_l_archivage
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.services.journal import histoire
from socle.tables import Colonne, Genre
from socle.views import CreationView, EditionView, FicheView, ListeView, verbe


class ConventionListeView(ListeView):
    acces = FACILITATEURS
    model = ConventionGlobalisation
    filterset_class = ConventionFilter
    titre = "Conventions de globalisation"
    vide = (
        "Aucune convention. Elle permet qu'une heure faite sur un autre chantier compte, quand plusieurs maîtres "
        "d'ouvrage l'ont accepté par écrit."
    )
    nom_export = "conventions-de-globalisation"
    colonnes = [
        Colonne("Intitulé", lambda c: c.intitule, tri="intitule", lien=lambda c: c.get_absolute_url(), principale=True),
        Colonne("Début", lambda c: c.debut, Genre.DATE, tri="debut"),
        Colonne("Fin", lambda c: c.fin, Genre.DATE, tri="fin"),
        Colonne("Marchés", lambda c: len(c.marches.all()), Genre.NOMBRE),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().prefetch_related("marches")

    def get_actions(self):
        return [("Nouvelle convention", reverse("marches:convention_nouvelle"))] if self.acteur.peut_ecrire else []


class ConventionFicheView(FicheView):
    """La page d'une convention : ses marchés, et les contrats faits à son titre."""

    intitule = "La page d'une convention"
    acces = FACILITATEURS
    model = ConventionGlobalisation
    template_name = "marches/convention.html"

    def get_context_data(self, **kwargs):
        marches = Marche.objects.visibles_par(self.acteur).filter(conventions=self.object)
        return {
            **super().get_context_data(**kwargs),
            **tableau_marches(marches),
            "modifiable": self.acteur.peut_ecrire,
            "journal": histoire(self.object),
        }


class ConventionCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = ConventionForm
    titre = "Nouvelle convention de globalisation"
    bouton = "Enregistrer la convention"
    message = "Convention enregistrée."

    def enregistrer(self, form):
        return services.creer_convention(acteur=self.acteur, **form.valeurs())

    def get_retour(self):
        return reverse("marches:conventions")


class ConventionEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = ConventionGlobalisation
    form_class = ConventionForm
    titre = "Modifier la convention"
    message = "Convention modifiée."

    def enregistrer(self, form):
        return services.modifier_convention(acteur=self.acteur, convention=self.objet, **form.valeurs())


@verbe(FACILITATEURS_QUI_ECRIVENT, ConventionGlobalisation)
@intitulee("Archiver une convention, ou la sortir de l'archive")
def archiver(request: Requete, convention: ConventionGlobalisation, archiver: bool):
    services.archiver_convention(acteur=request.acteur, convention=convention, archiver=archiver)
    fait = "Convention archivée." if archiver else "Convention sortie de l'archive."
    dire_l_archivage(request, "marches:convention_", convention, fait, archiver=archiver)
