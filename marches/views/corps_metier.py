"""Le référentiel des corps de métier de la structure : les valeurs du calcul, avec leur source."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from marches import services
from marches.filters import CorpsMetierFilter
from marches.forms.projets import CorpsMetierForm
from marches.models import CorpsMetier
from socle.acces import ouverte_a
from socle.annulation import dire_l_archivage
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.tables import Colonne, Genre
from socle.views import CreationView, EditionView, ListeView, verbe


class CorpsMetierListeView(ListeView):
    acces = FACILITATEURS
    model = CorpsMetier
    filterset_class = CorpsMetierFilter
    template_name = "marches/corps_metiers.html"
    titre = "Corps de métier"
    vide = "Aucun corps de métier : installez les valeurs proposées, puis corrigez-les avec vos sources."
    nom_export = "corps-de-metier"
    colonnes = [
        Colonne("Nom", lambda c: c.nom, tri="nom_plie", lien=lambda c: c.get_absolute_url(), principale=True),
        Colonne("Nature", lambda c: c.get_nature_display(), tri="nature"),
        Colonne("Main-d'œuvre", lambda c: c.part_main_oeuvre, Genre.POURCENT, tri="part_main_oeuvre"),
        Colonne("Taux", lambda c: c.taux_insertion, Genre.POURCENT, tri="taux_insertion"),
        Colonne("Coût horaire", lambda c: c.cout_horaire, Genre.EUROS, tri="cout_horaire"),
        Colonne("Technicité", lambda c: c.get_technicite_display(), secondaire=True),
        Colonne("Métiers (ROME)", lambda c: c.familles_rome),
        Colonne("Source", lambda c: c.source, secondaire=True),
        Colonne("Du", lambda c: c.date_source, Genre.DATE, tri="date_source"),
    ]

    def get_actions(self):
        return [("Nouveau corps de métier", reverse("marches:corps_metier_nouveau"))] if self.acteur.peut_ecrire else []


class CorpsMetierCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = CorpsMetierForm
    titre = "Nouveau corps de métier"
    message = "Corps de métier ajouté."

    def enregistrer(self, form):
        return services.ajouter_corps_metier(acteur=self.acteur, **form.valeurs())

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("marches:corps_metiers")


class CorpsMetierEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = CorpsMetier
    form_class = CorpsMetierForm
    template_name = "marches/corps_metier.html"
    titre = "Modifier le corps de métier"
    sans_fiche = True
    message = "Corps de métier modifié."

    def enregistrer(self, form):
        return services.modifier_corps_metier(acteur=self.acteur, corps_metier=self.objet, **form.valeurs())

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("marches:corps_metiers")


@ouverte_a(FACILITATEURS_QUI_ECRIVENT)
@require_POST
@intitulee("Installer les corps de métier proposés")
def installer(request: Requete):
    nombre = services.installer_corps_metier_proposes(acteur=request.acteur)
    messages.success(request, f"{nombre} corps de métier ajoutés : corrigez-les avec vos sources.")
    return redirect("marches:corps_metiers")


@verbe(FACILITATEURS_QUI_ECRIVENT, CorpsMetier)
@intitulee("Archiver un corps de métier, ou le sortir de l'archive")
def archiver(request: Requete, corps_metier: CorpsMetier, archiver: bool):
    services.archiver_corps_metier(acteur=request.acteur, corps_metier=corps_metier, archiver=archiver)
    fait = "Corps de métier archivé." if archiver else "Corps de métier sorti de l'archive."
    dire_l_archivage(request, "marches:corps_metier_", corps_metier, fait, archiver=archiver)
