"""Les aides à l'embauche et à la formation : le référentiel du facilitateur, et ce qu'en lit l'entreprise."""

from typing import Any

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from recrutement import services
from recrutement.enums import GenreAide, TypeContrat
from recrutement.filters import AideFilter, MesAidesFilter
from recrutement.forms.entreprise import AideForm
from recrutement.models import AideEmbauche
from socle.acces import ouverte_a
from socle.annulation import dire_l_archivage
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.tables import Colonne, Genre
from socle.views import CreationView, EditionView, ListeView, verbe
from socle.views.bases import VueProtegee

GENRE = Colonne("Aide à", lambda a: GenreAide(a.genre).label, tri="genre")
CONTRAT = Colonne("Contrat", lambda a: TypeContrat(a.type_contrat).label if a.type_contrat else "Tous", secondaire=True)
DUREE = Colonne("Durée (mois)", lambda a: a.duree_mois, Genre.NOMBRE, secondaire=True)
SOURCE = Colonne("Source", lambda a: a.source, lien=lambda a: a.source_url, secondaire=True)
LUE_LE = Colonne("Lue le", lambda a: a.date_source, Genre.DATE, tri="date_source", secondaire=True)
ETAT = Colonne("Fiabilité", lambda a: a.fiabilite, Genre.STATUT)
LUE = Colonne("Lue par vos entreprises", lambda a: "Oui" if not a.ce_qui_manque else f"Non : {a.ce_qui_manque}")


class AideListeView(ListeView):
    acces = FACILITATEURS
    model = AideEmbauche
    filterset_class = AideFilter
    template_name = "recrutement/aides.html"
    titre = "Aides à l'embauche"
    vide = "Aucune aide : installez celles qu'on vous propose, puis complétez-les avec leur source."
    nom_export = "aides"
    colonnes = [
        Colonne(
            "Aide", lambda a: a.intitule, tri="intitule_plie", lien=lambda a: a.get_absolute_url(), principale=True
        ),
        GENRE,
        CONTRAT,
        Colonne("Montant", lambda a: a.valeur or "À compléter"),
        DUREE,
        Colonne("Jusqu'au", lambda a: a.valable_au, Genre.DATE, tri="valable_au"),
        SOURCE,
        LUE_LE,
        ETAT,
        LUE,
    ]

    def get_actions(self):
        return [("Nouvelle aide", reverse("recrutement:aide_nouvelle"))] if self.acteur.peut_ecrire else []


class MesAidesView(ListeView):
    """Les aides que mes facilitateurs connaissent, valables aujourd'hui."""

    acces = {Role.ENTREPRISE}
    model = AideEmbauche
    filterset_class = MesAidesFilter
    template_name = "recrutement/mes_aides.html"
    titre = "Aides à l'embauche et à la formation"
    vide = "Aucune aide n'est encore renseignée : demandez à votre facilitateur."
    nom_export = "aides"
    colonnes = [
        Colonne("Aide", lambda a: a.intitule, principale=True),
        GENRE,
        CONTRAT,
        Colonne("Pour qui", lambda a: a.publics),
        Colonne("Montant", lambda a: a.valeur or "À demander"),
        DUREE,
        Colonne("Conditions", lambda a: a.conditions),
        SOURCE,
        LUE_LE,
        ETAT,
        Colonne("Donnée par", lambda a: a.structure.nom),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().lisibles(timezone.localdate()).select_related("structure")


class _AideView(VueProtegee):
    acces = FACILITATEURS_QUI_ECRIVENT
    form_class: Any = AideForm

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("recrutement:aides")


class AideCreationView(_AideView, CreationView):
    titre = "Nouvelle aide"
    message = "Aide ajoutée."

    def enregistrer(self, form):
        return services.ajouter_aide(acteur=self.acteur, **form.valeurs())


class AideEditionView(_AideView, EditionView):
    model = AideEmbauche
    template_name = "recrutement/aide.html"
    titre = "Modifier l'aide"
    sans_fiche = True
    message = "Aide modifiée."

    def enregistrer(self, form):
        return services.modifier_aide(acteur=self.acteur, aide=self.objet, **form.valeurs())


@ouverte_a(FACILITATEURS_QUI_ECRIVENT)
@require_POST
@intitulee("Installer les aides proposées")
def installer(request: Requete):
    nombre = services.installer_aides_proposees(acteur=request.acteur)
    texte = f"{nombre} aides ajoutées. Vos entreprises ne les liront qu'une fois datées et complétées par vous."
    messages.success(request, texte if nombre else "Vous avez déjà toutes les aides proposées.")
    return redirect("recrutement:aides")


@verbe(FACILITATEURS_QUI_ECRIVENT, AideEmbauche, retour=lambda aide: reverse("recrutement:aides"))
@intitulee("Archiver une aide, ou la sortir de l'archive")
def archiver(request: Requete, aide: AideEmbauche, archiver: bool):
    services.archiver_aide(acteur=request.acteur, aide=aide, archiver=archiver)
    fait = "Aide archivée." if archiver else "Aide sortie de l'archive."
    dire_l_archivage(request, "recrutement:aide_", aide, fait, archiver=archiver)
