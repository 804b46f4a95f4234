"""Les engagements d'une entreprise : les mêmes jauges que son facilitateur, et sa fiche de lancement."""

from django.urls import reverse
from django.utils import timezone

from comptes.enums import Role
from marches.enums import FormationComptee, Periodicite, RoleEngagement, StatutMarche
from marches.lancement import VOIES, contact_de, facilitateur_de, heures_par_mois, publics_vises
from marches.models import Engagement
from marches.views.marches import jauge_marche
from socle.filters import FiltreDomaine
from socle.tables import Colonne, Genre
from socle.views import FicheView, ListeView

COLONNES = [
    Colonne(
        "Marché",
        lambda e: e.lot.marche.reference,
        lien=lambda e: reverse("marches:mon_engagement", args=[e.uuid]),
        principale=True,
    ),
    Colonne("Objet", lambda e: e.lot.marche.objet),
    Colonne("Lot", lambda e: f"{e.lot.numero} · {e.lot.intitule}"),
    Colonne("Suivi par", lambda e: e.lot.marche.structure.nom),
    Colonne("Fin", lambda e: e.lot.marche.fin, Genre.DATE),
    Colonne(
        "Heures faites",
        lambda e: jauge_marche(e.lot.marche, e.heures_dues, e.heures_realisees),
        Genre.JAUGE,
        tri="heures_realisees",
    ),
]


class EngagementFilter(FiltreDomaine):
    class Meta:
        model = Engagement
        fields: list[str] = []


class MesEngagementsView(ListeView):
    """Les engagements d'une entreprise, avec la jauge que voit aussi le facilitateur."""

    acces = {Role.ENTREPRISE}
    model = Engagement
    filterset_class = EngagementFilter
    titre = "Mes engagements"
    vide = "Aucun engagement : il apparaît ici quand votre facilitateur enregistre un marché attribué."
    nom_export = "engagements"
    colonnes = COLONNES

    def get_base_queryset(self):
        return super().get_base_queryset().actifs().avec_contexte().select_related("lot__marche__structure")


class MonEngagementView(FicheView):
    """Un engagement, vu par l'entreprise : où elle en est, ce qu'elle a promis, comment le tenir, qui appeler."""

    intitule = "Un engagement, vu par l'entreprise"
    acces = {Role.ENTREPRISE}
    model = Engagement
    template_name = "marches/mon_engagement.html"

    def get_queryset(self):
        contexte = super().get_queryset().actifs().avec_contexte()
        return contexte.select_related(
            "correspondant", "tuteur", "lot__marche__facilitateur", "lot__marche__structure__reglages_clause"
        )

    def get_context_data(self, **kwargs):
        engagement = self.object
        marche = engagement.lot.marche
        jauge = jauge_marche(marche, engagement.heures_dues, engagement.heures_realisees)
        return {
            **super().get_context_data(**kwargs),
            "marche": marche,
            "statut": StatutMarche(marche.statut),
            "ouvert": marche.statut in StatutMarche.ouverts_aux_contrats(),
            "jauge": jauge,
            "par_mois": heures_par_mois(jauge.reste, timezone.localdate(), marche.fin),
            "role": RoleEngagement(engagement.role).label,
            "periodicite": Periodicite(marche.periodicite).label.lower(),
            "formation": FormationComptee(marche.formation_comptee).label.lower(),
            "publics": publics_vises(marche),
            "voies": VOIES,
            "interlocuteurs": [
                facilitateur_de(marche),
                contact_de("Votre correspondant insertion", engagement.correspondant),
                contact_de("Votre tuteur", engagement.tuteur),
            ],
            "avenants": engagement.avenants.all(),
        }
