"""L'accueil d'une entreprise : ce qui l'attend, ses engagements, ses personnes, ses offres, ses mois, ses documents."""

from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from comptes.enums import Role
from declarations.enums import StatutDeclaration
from declarations.espace import avec_heures_validees, cases_de_l_entreprise
from declarations.filters import MesContratsFilter
from declarations.models import Declaration
from declarations.ouverture import vont_s_ouvrir
from entreprises.models import Entreprise
from marches.interlocuteur import interlocuteurs_de
from marches.models import Engagement
from marches.views.mes_engagements import COLONNES as COLONNES_ENGAGEMENTS
from recrutement.enums import Modalite, StatutOffre, TypeContrat
from recrutement.models import Contrat, Offre
from recrutement.panneaux.entreprise import COLONNES_OFFRES
from socle.a_faire import Demande, tableau_de
from socle.composants import Tuile
from socle.models import Document
from socle.panneaux import panneaux_de
from socle.periodes import ajouter_mois, premier_jour
from socle.tables import Colonne, Genre, lignes, sans_tri
from socle.views import ListeView, VueProtegee

ENTREPRISES = frozenset({Role.ENTREPRISE})
MONTRES, DOCUMENTS_MONTRES = 25, 5
MOIS_MONTRES = 12
COLONNES_PERSONNES = [
    Colonne("Personne", lambda c: c.beneficiaire.nom_complet, tri="beneficiaire__nom_plie", principale=True),
    Colonne("Marché", lambda c: c.engagement.lot.marche.reference),
    Colonne("Contrat", lambda c: TypeContrat(c.type_contrat).label),
    Colonne("Comment", lambda c: Modalite(c.modalite).label),
    Colonne("Début", lambda c: c.debut, Genre.DATE, tri="debut"),
    Colonne("Fin", lambda c: c.fin, Genre.DATE),
    Colonne("Heures validées", lambda c: c.heures_validees or 0, Genre.HEURES),
]


class EspaceEntrepriseView(VueProtegee, TemplateView):
    intitule = "Accueil"
    acces = ENTREPRISES
    template_name = "declarations/espace_entreprise.html"

    def get_context_data(self, **kwargs):
        le = timezone.localdate()
        engagements = self._engagements(le)
        declarations = self._declarations(le)
        offres = self._offres()
        contrats = self._contrats(le)
        documents = Document.objects.visibles_par(self.acteur).pour_lecture()
        tableau = tableau_de(self.acteur, le, Demande.lue(self.request.GET))
        organisation = self.acteur.organisation
        relie = Entreprise.objects.filter(organisation=organisation).exists()
        return {
            **super().get_context_data(**kwargs),
            "relie": relie,
            "relieurs": [] if relie else interlocuteurs_de(organisation),
            "tableau": tableau,
            "s_ouvrent": not tableau.a_faire and vont_s_ouvrir(le, pk__in=[e.pk for e in engagements]),
            "tuiles": _tuiles(engagements, offres, contrats),
            "colonnes_engagements": sans_tri(COLONNES_ENGAGEMENTS),
            "engagements": lignes(engagements[:MONTRES], COLONNES_ENGAGEMENTS),
            "colonnes_personnes": sans_tri(COLONNES_PERSONNES),
            "personnes": lignes(contrats[:MONTRES], COLONNES_PERSONNES),
            "colonnes_offres": COLONNES_OFFRES,
            "offres": lignes(offres[:MONTRES], COLONNES_OFFRES),
            "cases": cases_de_l_entreprise(d for d in declarations if d.mois >= _debut_de_la_grille(le)),
            "documents": list(documents[:DOCUMENTS_MONTRES]),
            "pieces": [
                panneau for panneau in panneaux_de(self.acteur, organisation, "espace.documents") if panneau.contexte
            ],
            "panneaux": panneaux_de(self.acteur, organisation, "espace.entreprise"),
        }

    def _engagements(self, le) -> list[Engagement]:
        """Ceux qui courent : les marchés soldés, ou finis sans l'être, se retrouvent dans « Mes engagements »."""
        siens = Engagement.objects.visibles_par(self.acteur).vivants(le).avec_contexte()
        contexte = siens.select_related("lot__marche__structure")
        return list(contexte.order_by("lot__marche__fin_prevue", "pk").pour_lecture())

    def _declarations(self, le) -> list[Declaration]:
        """Les douze derniers mois, et tout ce qui reste dû."""
        utiles = Q(mois__gte=_debut_de_la_grille(le)) | Q(statut__in=StatutDeclaration.chez_l_entreprise())
        siennes = Declaration.objects.visibles_par(self.acteur).filter(utiles).avec_contexte()
        return list(siennes.annotate(total=Sum("lignes__heures")).order_by("mois", "pk").pour_lecture())

    def _offres(self) -> list[Offre]:
        finies = [StatutOffre.ABANDONNEE, StatutOffre.CLOSE]
        siennes = Offre.objects.visibles_par(self.acteur).exclude(statut__in=finies).avec_contexte()
        return list(siennes.avec_reponses_attendues().order_by("debut", "pk").pour_lecture())

    def _contrats(self, le) -> list[Contrat]:
        siens = Contrat.objects.visibles_par(self.acteur).en_cours(le).avec_contexte()
        return list(avec_heures_validees(siens).order_by("fin_retenue", "pk").pour_lecture())


def _debut_de_la_grille(le):
    return ajouter_mois(premier_jour(le), -MOIS_MONTRES)


def _tuiles(engagements: list[Engagement], offres: list[Any], contrats: list[Contrat]) -> list[Tuile]:
    dues = sum((e.heures_dues for e in engagements), Decimal(0))
    faites = sum((e.heures_realisees for e in engagements), Decimal(0))
    personnes = len({contrat.beneficiaire_id for contrat in contrats})
    return [
        Tuile("Heures dues", dues, unite="h", lien=reverse("marches:mes_engagements")),
        Tuile("Heures validées", faites, unite="h", lien=reverse("suivi:mes_declarations")),
        Tuile("Personnes en contrat", personnes, lien=reverse("suivi:mes_contrats")),
        Tuile("Candidatures à examiner", sum(o.a_examiner for o in offres), lien=reverse("recrutement:mes_offres")),
    ]


class MesContratsView(ListeView):
    """Les personnes que mon entreprise emploie, ou qui travaillent sur ses engagements"""

    acces = ENTREPRISES
    model = Contrat
    filterset_class = MesContratsFilter
    titre = "Mes contrats"
    vide = "Aucun contrat : votre facilitateur l'établit avec vous quand vous retenez une personne."
    nom_export = "mes-contrats"
    colonnes = COLONNES_PERSONNES

    def get_base_queryset(self):
        return avec_heures_validees(super().get_base_queryset().avec_contexte())
