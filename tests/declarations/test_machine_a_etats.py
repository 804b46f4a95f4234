"""La machine à états des heures, tirée au sort : sommes des lignes = engagement = indicateur, toujours.

`HYPOTHESIS_PAS=5000` donne le nombre de pas ; sans lui, assez peu pour que la suite reste rapide.
"""

import datetime
import os
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from declarations.models import Declaration, LigneHeures, Rectification
from declarations.services import Decision, decider_lignes, reprendre_heures, rouvrir_mois, saisir_heures, valider_mois
from declarations.services.decisions import rendre_declaration
from declarations.services.declarations import (
    HeuresDeclarees,
    declarer_aucune_heure,
    envoyer_declaration,
    garder_brouillon,
)
from marches.models import Engagement
from marches.services import ajouter_avenant
from recrutement.models import Contrat
from reporting.calcul.indicateurs import heures_dues, heures_realisees
from reporting.lecture.lignes import charger
from socle.periodes import Periode
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.marches import EngagementFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = [pytest.mark.django_db, pytest.mark.hypothesis]
PAS = int(os.environ.get("HYPOTHESIS_PAS", "80"))
PAS_PAR_ESSAI = 40
MOIS = [datetime.date(2026, 11, 1), datetime.date(2026, 12, 1), datetime.date(2027, 1, 1)]
ANNEES = (2026, 2027)
# Ce qu'un mois peut devenir, écrit ici à la main : la table du code n'est pas son propre juge.
LEGAUX = {
    "attendue": {"commencee", "a_valider", "validee"},
    "commencee": {"a_valider", "validee"},
    "rendue": {"commencee", "a_valider", "validee"},
    "a_valider": {"commencee", "rendue", "validee"},
    "validee": {"a_valider"},
}

quarts = st.integers(0, 1000).map(lambda quart: Decimal(quart) / 4)
rangs = st.integers(0, 2)


class MoisDHeures(RuleBasedStateMachine):
    """Un marché, deux engagements, trois contrats, trois mois à cheval sur deux années."""

    monde = None

    @initialize()
    def preparer(self):
        self.etape = transaction.atomic()
        self.etape.__enter__()
        monde = self.monde
        self.facilitateur, self.entreprise = monde.acteur(), monde.acteur("entreprise")
        premier = EngagementFactory(
            lot__marche__structure=monde.structure,
            lot__marche__reference="MACHINE",
            lot__marche__fin_prevue=datetime.date(2027, 12, 31),
            lot__marche__formation_comptee="plafonnee",
            lot__marche__plafond_formation=10,
            entreprise=monde.entreprise,
            heures_initiales=1000,
        )
        second = EngagementFactory(lot=premier.lot, entreprise=monde.cotraitante, cotraitant=True, heures_initiales=300)
        dates = {"debut": datetime.date(2026, 1, 5), "fin_prevue": datetime.date(2027, 6, 30)}
        self.contrats = [
            ContratFactory(engagement=engagement, beneficiaire=BeneficiaireFactory(structure=monde.structure), **dates)
            for engagement in (premier, premier, second)
        ]
        self.engagements = [premier, second]
        self.statuts, self.vu = {}, None

    def teardown(self):
        if hasattr(self, "etape"):
            transaction.set_rollback(True)
            self.etape.__exit__(None, None, None)

    # --- Ce qui peut être tenté ---------------------------------------------------------------------------------------
    def tenter(self, geste, **arguments) -> None:
        """Un geste permis change, un geste refusé ne change rien."""
        avant = self.photo()
        try:
            geste(**arguments)
        except (RegleViolee, AccesRefuse):
            assert self.photo() == avant, "un refus n'écrit rien"

    def photo(self):
        lignes = self.lignes().order_by("pk").values_list("pk", "heures", "heures_declarees", "decision")
        return self.etats(), list(lignes), Rectification.objects.filter(declaration__in=self.declarations()).count()

    def declarations(self):
        return Declaration.objects.filter(engagement__in=self.engagements)

    def lignes(self):
        return LigneHeures.objects.filter(declaration__engagement__in=self.engagements)

    def etats(self) -> dict:
        return {(e, m): statut for e, m, statut in self.declarations().values_list("engagement", "mois", "statut")}

    def contrat(self, rang: int) -> Contrat:
        return Contrat.objects.avec_contexte().get(pk=self.contrats[rang].pk)

    def mois_ouvert(self, rang: int, mois: int) -> Declaration:
        engagement = self.contrats[rang].engagement
        declaration, _ = Declaration.objects.get_or_create(
            engagement=engagement, mois=MOIS[mois], defaults={"statut": "attendue", "origine": "ouverte"}
        )
        return declaration

    @rule(rang=rangs, mois=rangs, travail=quarts, formation=st.one_of(st.none(), quarts))
    def brouillon(self, rang, mois, travail, formation):
        heures = {self.contrat(rang): HeuresDeclarees(travail, formation if formation and formation <= 60 else None)}
        declaration = self.mois_ouvert(rang, mois)
        if travail + (formation or 0) <= 250:
            self.tenter(garder_brouillon, acteur=self.entreprise, declaration=declaration, heures=heures)

    @rule(rang=rangs, mois=rangs)
    def envoyer(self, rang, mois):
        self.tenter(envoyer_declaration, acteur=self.entreprise, declaration=self.mois_ouvert(rang, mois))

    @rule(rang=rangs, mois=rangs)
    def aucune_heure(self, rang, mois):
        self.tenter(declarer_aucune_heure, acteur=self.entreprise, declaration=self.mois_ouvert(rang, mois))

    @rule(rang=rangs, mois=rangs)
    def rendre(self, rang, mois):
        arguments = {"declaration": self.mois_ouvert(rang, mois), "motif": "Il manque une semaine"}
        self.tenter(rendre_declaration, acteur=self.facilitateur, **arguments)

    @rule(rang=rangs, mois=rangs, travail=st.one_of(st.none(), quarts))
    def saisir(self, rang, mois, travail):
        contrat = self.contrat(rang)
        arguments = {"engagement": contrat.engagement, "mois": MOIS[mois], "heures": {contrat: travail}}
        self.tenter(saisir_heures, acteur=self.facilitateur, **arguments)

    @rule(
        rang=rangs,
        mois=rangs,
        geste=st.sampled_from(["accepter", "reduire", "reduire", "refuser"]),
        part=st.integers(0, 110),
        motif=st.sampled_from(["Bulletin de paie", "Bulletin de paie", ""]),
    )
    def decider(self, rang, mois, geste, part, motif):
        declaration = self.mois_ouvert(rang, mois)
        decisions = {
            ligne.pk: Decision(geste, (ligne.heures_declarees * part / 100).quantize(Decimal("0.01")), motif)
            for ligne in declaration.lignes.filter(contrat=self.contrats[rang])
        }
        self.tenter(decider_lignes, acteur=self.facilitateur, declaration=declaration, decisions=decisions)

    @rule(rang=rangs, mois=rangs, reste=st.booleans())
    def valider(self, rang, mois, reste):
        declaration = self.mois_ouvert(rang, mois)
        self.tenter(valider_mois, acteur=self.facilitateur, declaration=declaration, accepter_le_reste=reste)

    @rule(rang=rangs, mois=rangs)
    def rectifier(self, rang, mois):
        arguments = {"declaration": self.mois_ouvert(rang, mois), "motif": "Bulletin rectifié"}
        self.tenter(rouvrir_mois, acteur=self.facilitateur, **arguments)

    @rule(rang=rangs, mois=rangs, heures=quarts)
    def reprendre(self, rang, mois, heures):
        """Un classeur dit les heures d'un contrat : nouvelles, ou corrigées."""
        contrat = self.contrat(rang)
        ligne = LigneHeures.objects.filter(contrat=contrat, mois=MOIS[mois]).first()
        nouvelles = [] if ligne else [(contrat, MOIS[mois], heures)]
        modifiees = {ligne.pk: heures} if ligne else {}
        self.tenter(reprendre_heures, acteur=self.facilitateur, nouvelles=nouvelles, modifiees=modifiees)

    @rule(rang=st.integers(0, 1), delta=st.integers(-400, 400))
    def avenant(self, rang, delta):
        self.tenter(
            ajouter_avenant,
            acteur=self.facilitateur,
            engagement=self.engagements[rang],
            heures_delta=Decimal(delta),
            date_notification=datetime.date(2026, 6, 1),
            motif="Avenant",
        )

    # --- Ce qui est toujours vrai ---------------------------------------------------------------------------------------
    @invariant()
    def les_sommes_sont_egales(self):
        if not hasattr(self, "contrats"):
            return
        valides = {pk for pk, statut in self.declarations().values_list("pk", "statut") if statut == "validee"}
        sommes = dict.fromkeys((engagement.pk for engagement in self.engagements), Decimal(0))
        par_annee = dict.fromkeys(ANNEES, Decimal(0))
        for declaration, engagement, mois, heures in self.lignes().values_list(
            "declaration", "declaration__engagement", "mois", "heures"
        ):
            if declaration in valides:
                sommes[engagement] += heures
                par_annee[mois.year] += heures
        avenants = {e.pk: (e.heures_realisees, e.heures_avenants) for e in Engagement.objects.filter(pk__in=sommes)}
        assert {pk: realisees for pk, (realisees, _) in avenants.items()} == sommes
        if (vu := (sommes, par_annee, avenants)) == self.vu:
            return  # rien n'a bougé depuis le dernier relevé
        self.vu = vu
        for annee in ANNEES:
            releve = charger(self.monde.structure, Periode.annee(annee))
            assert heures_realisees(releve).valeur - self.hors_machine(annee) == par_annee[annee]
        assert heures_dues(releve).valeur == 1300 + sum(delta for _, delta in avenants.values())

    def hors_machine(self, annee: int) -> Decimal:
        """Ce que le petit monde avait déjà de validé : 120,5 h de mars 2026."""
        return Decimal("120.50") if annee == 2026 else Decimal(0)

    @invariant()
    def aucun_etat_n_est_impossible(self):
        if not hasattr(self, "contrats"):
            return
        statuts = self.etats()
        for cle, statut in statuts.items():
            avant = self.statuts.get(cle, "attendue")
            assert statut == avant or statut in LEGAUX[avant], f"{avant} → {statut}"
        self.statuts = statuts
        for ligne in self.lignes().select_related("declaration"):
            assert 0 <= ligne.travail_retenu <= ligne.heures_declarees
            assert 0 <= ligne.heures_formation_comptees <= ligne.heures_formation
            assert (ligne.travail_retenu == ligne.heures_declarees) or ligne.motif_decision
            assert ligne.decision != "refusee" or ligne.heures == 0
            assert ligne.est_decidee or ligne.declaration.statut != "validee"
        for rectification in Rectification.objects.filter(declaration__in=self.declarations()).select_related(
            "declaration"
        ):
            ouverte = rectification.close_le is None
            assert ouverte == (rectification.total_apres is None)
            assert not (ouverte and rectification.declaration.statut == "validee")
            avant = sum((ligne.heures_avant or 0 for ligne in rectification.lignes.all()), Decimal(0))
            assert avant == rectification.total_avant


def test_sommes_des_lignes_engagement_et_indicateur_toujours_egaux(monde, horloge):
    machine = type("MoisDHeuresDuMonde", (MoisDHeures,), {"monde": monde})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=max(PAS // PAS_PAR_ESSAI, 1),
            stateful_step_count=PAS_PAR_ESSAI,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            derandomize=PAS <= 200,
        ),
    )
