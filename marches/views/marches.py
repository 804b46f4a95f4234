"""Les écrans d'un marché et de ses lots."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from marches import services
from marches.avancement import heures_attendues
from marches.enums import TRANSITIONS_MARCHE, StatutMarche
from marches.etude import reglages_de
from marches.filters import MarcheFilter
from marches.forms.marches import ArretForm, LotAttribueForm, LotForm, MarcheForm
from marches.models import Engagement, Lot, Marche, Redaction
from marches.permissions import peut_modifier_marche
from socle.annulation import balise_d_annulation, dire_l_archivage
from socle.intitules import intitulee
from socle.modeles import separer
from socle.requetes import Requete
from socle.services.journal import histoire
from socle.tables import Colonne, Genre, Jauge
from socle.views import CreationView, EditionView, FicheView, ListeView, verbe

LECTEURS = FACILITATEURS | {Role.MAITRE_OUVRAGE}


def jauge_marche(marche: Marche, dues, faites) -> Jauge:
    """La jauge d'un marché ; l'attendu à ce jour n'a de sens que pendant l'exécution."""
    en_cours = marche.statut in (StatutMarche.EXECUTION, StatutMarche.SOLDE)
    attendues = heures_attendues(dues, marche.debut, marche.fin, timezone.localdate()) if en_cours else None
    return Jauge(dues, faites, attendues)


class MarcheListeView(ListeView):
    acces = LECTEURS
    model = Marche
    filterset_class = MarcheFilter
    titre = "Marchés"
    vide = "Aucun marché. Créez le premier, ou reprenez votre classeur."
    nom_export = "marches"
    ensemble = "marches.marche"
    colonnes = [
        Colonne(
            "Référence", lambda m: m.reference, tri="reference", lien=lambda m: m.get_absolute_url(), principale=True
        ),
        Colonne("Objet", lambda m: m.objet, tri="objet"),
        Colonne("Maître d'ouvrage", lambda m: m.maitre_ouvrage.nom, tri="maitre_ouvrage__nom_plie"),
        Colonne("Statut", lambda m: StatutMarche(m.statut), Genre.STATUT, tri="statut"),
        Colonne("Fin", lambda m: m.fin, Genre.DATE, tri="fin_prevue"),
        Colonne("Heures dues", lambda m: m.heures_dues, Genre.HEURES, tri="heures_dues"),
        Colonne(
            "Heures faites", lambda m: jauge_marche(m, m.heures_dues, m.heures_faites), Genre.JAUGE, tri="heures_faites"
        ),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("maitre_ouvrage").avec_heures()

    def get_vide(self):
        if self.acteur.peut_ecrire:
            return self.vide
        return "Aucun marché : il apparaît ici quand votre facilitateur l'enregistre."

    def get_actions(self):
        if not self.acteur.peut_ecrire:
            return []
        return [("Nouveau marché", reverse("marches:nouveau"))]


def textes_de_la_clause(acteur, marche: Marche):
    """Ce que l'acheteur télécharge de sa page ; le facilitateur a la page de rédaction."""
    return Redaction.objects.visibles_par(acteur).filter(marche=marche)


class MarcheFicheView(FicheView):
    """La page d'un marché : jauge, lots et engagements, puis les panneaux des étages du dessus (personnes, mois)."""

    intitule = "La page d'un marché"
    acces = LECTEURS
    model = Marche
    template_name = "marches/marche.html"

    def get_queryset(self):
        return super().get_queryset().select_related("maitre_ouvrage", "operation", "commune", "facilitateur")

    def get_context_data(self, **kwargs):
        marche = self.object
        lots, lots_archives = separer(self._lots(marche))
        engagements_archives = []
        for lot in lots:
            lot.engages, archives = separer(lot.tous_engages)
            engagements_archives += archives
        engages = [engagement for lot in lots for engagement in lot.engages]
        for engagement in engages:
            engagement.jauge = jauge_marche(marche, engagement.heures_dues, engagement.heures_realisees)
        dues, faites = sum(e.heures_dues for e in engages), sum(e.heures_realisees for e in engages)
        modifiable = peut_modifier_marche(self.acteur, marche).ok
        return {
            **super().get_context_data(**kwargs),
            "lots": lots,
            "lots_archives": lots_archives if self.acteur.est_facilitateur else [],
            "engagements_archives": engagements_archives if self.acteur.est_facilitateur else [],
            "jauge": jauge_marche(marche, dues, faites),
            "statut": StatutMarche(marche.statut),
            "transitions": TRANSITIONS_MARCHE.possibles(marche.statut) if modifiable else [],
            "motivees": services.MOTIVEES,
            "attribuable": modifiable and bool(lots) and marche.statut in StatutMarche.avant_attribution(),
            "modifiable": modifiable,
            "journal": histoire(marche) if self.acteur.est_facilitateur else [],
            "redactions": [] if self.acteur.est_facilitateur else textes_de_la_clause(self.acteur, marche),
        }

    def _lots(self, marche: Marche) -> list[Any]:
        """Ses lots, chacun avec tous ses engagements (`tous_engages`)."""
        engagements = Engagement.objects.visibles_par(self.acteur).select_related("entreprise", "lot")
        engages = Prefetch("engagements", engagements.order_by("role", "pk"), "tous_engages")
        return list(marche.lots.order_by("numero", "pk").prefetch_related(engages))


class MarcheCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = MarcheForm
    titre = "Nouveau marché"
    bouton = "Créer le marché"
    message = "Marché créé. Ajoutez maintenant ses lots."

    def get_initial(self):
        return {"facilitateur": self.acteur.utilisateur.pk}

    def enregistrer(self, form):
        publics = reglages_de(self.acteur.organisation).publics_vises
        return services.creer_marche(acteur=self.acteur, publics_vises=publics, **form.valeurs())

    def get_retour(self):
        return reverse("marches:liste")


class MarcheEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Marche
    form_class = MarcheForm
    titre = "Modifier le marché"
    message = "Marché modifié."

    def enregistrer(self, form):
        return services.modifier_marche(acteur=self.acteur, marche=self.objet, **form.valeurs())


class ArretView(CreationView):
    intitule = "Suspendre ou abandonner un marché, avec sa date et son motif"
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Marche
    form_class = ArretForm
    titres = {"suspendre": "Suspendre le marché", "abandonner": "Abandonner le marché"}
    message = "Marché arrêté ; son motif est au journal."

    def dispatch(self, request, *args, **kwargs):
        if kwargs["transition"] not in self.titres:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_titre(self):
        return self.titres[self.kwargs["transition"]]

    def get_initial(self):
        return {"le": timezone.localdate()}

    def enregistrer(self, form):
        return services.changer_statut(
            acteur=self.acteur, marche=self.parent, transition=self.kwargs["transition"], **form.cleaned_data
        )

    def get_retour(self):
        return self.parent.get_absolute_url()


@verbe(FACILITATEURS_QUI_ECRIVENT, Marche)
@intitulee("Changer le statut d'un marché")
def changer_statut(request: Requete, marche: Marche, transition: str):
    soldait = transition == "solder" and marche.statut == StatutMarche.EXECUTION
    marche = services.changer_statut(acteur=request.acteur, marche=marche, transition=transition)
    inverse = reverse("marches:statut", args=[marche.uuid, "rouvrir"])
    balise = balise_d_annulation(request, inverse=inverse, objet=marche) if soldait else ""
    messages.success(request, f"Marché passé à « {StatutMarche(marche.statut).label} ».", extra_tags=balise)


@verbe(FACILITATEURS_QUI_ECRIVENT, Marche)
@intitulee("Archiver un marché, ou le sortir de l'archive")
def archiver(request: Requete, marche: Marche, archiver: bool):
    services.archiver_marche(acteur=request.acteur, marche=marche, archiver=archiver)
    fait = "Marché archivé. Ses heures restent dans les bilans." if archiver else "Marché sorti de l'archive."
    dire_l_archivage(request, "marches:marche_", marche, fait, archiver=archiver)


class LotCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Marche
    form_class = LotAttribueForm
    titre = "Nouveau lot"
    bouton = "Ajouter le lot"
    message = "Lot ajouté."

    def enregistrer(self, form):
        valeurs = form.valeurs()
        return services.ajouter_lot(
            acteur=self.acteur,
            marche=self.parent,
            attributaire=valeurs.pop("entreprise", None),
            heures_initiales=valeurs.pop("heures_initiales"),
            **valeurs,
        )

    def get_success_url(self):
        """Retour au marché : un lot en appelle souvent un autre."""
        return self.get_retour()

    def get_retour(self):
        return self.parent.get_absolute_url()


class LotEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Lot
    form_class = LotForm
    titre = "Modifier le lot"
    message = "Lot modifié."

    def get_queryset(self):
        return super().get_queryset().select_related("marche")

    def enregistrer(self, form):
        return services.modifier_lot(acteur=self.acteur, lot=self.objet, **form.valeurs())


@verbe(FACILITATEURS_QUI_ECRIVENT, Lot)
@intitulee("Archiver un lot, ou le sortir de l'archive")
def archiver_lot(request: Requete, lot: Lot, archiver: bool):
    services.archiver_lot(acteur=request.acteur, lot=lot, archiver=archiver)
    fait = "Lot archivé." if archiver else "Lot sorti de l'archive."
    dire_l_archivage(request, "marches:lot_", lot, fait, archiver=archiver)
