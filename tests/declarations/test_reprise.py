"""Ce qu'un classeur fait des heures passées : un mois créé, un mois ouvert validé, des lignes corrigées, un compte juste."""

import datetime
from decimal import Decimal

import pytest

from declarations.annonces.services.personnes import contrats_possibles
from declarations.enums import DecisionLigne, OrigineDeclaration
from declarations.models import Declaration, LigneHeures, PauseRelances, Rectification
from declarations.relances.services.a_la_main import mettre_en_pause
from declarations.services import reprendre_heures, rouvrir_mois
from declarations.services.liens import lien_de, liens_de
from declarations.services.ouverture import mois_a_ouvrir, mois_a_ouvrir_partout
from marches.models import Engagement
from socle.regles import RegleViolee
from tests.fabriques.declarations import LigneHeuresFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
JUILLET, JUIN = datetime.date(2026, 7, 1), datetime.date(2026, 6, 1)


def reprendre(monde, nouvelles=(), modifiees=None, **plus) -> None:
    reprendre_heures(acteur=monde.acteur(), nouvelles=nouvelles, modifiees=modifiees or {}, **plus)


def realisees(monde) -> Decimal:
    return Engagement.objects.get(pk=monde.engagement.pk).heures_realisees


def test_un_mois_neuf_nait_valide_et_compte(monde):
    avant = realisees(monde)
    reprendre(monde, [(monde.contrat, JUILLET, Decimal("42.50"))])
    mois = Declaration.objects.get(engagement=monde.engagement, mois=JUILLET)
    assert (mois.est_validee, mois.origine, mois.validee_par) == (
        True,
        OrigineDeclaration.REPRISE,
        monde.personne("responsable"),
    )
    ligne = mois.lignes.get()
    assert (ligne.heures, ligne.heures_declarees, ligne.decision) == (
        Decimal("42.50"),
        Decimal("42.50"),
        DecisionLigne.ACCEPTEE,
    )
    assert realisees(monde) - avant == Decimal("42.50")


def test_un_mois_ouvert_se_valide_avec_ses_lignes_et_lui_seul(monde):
    second = ContratFactory(engagement=monde.engagement)
    reprendre(monde, [(second, JUIN, Decimal(10))])
    juin = Declaration.objects.get(pk=monde.mois_declare.pk)
    assert juin.est_validee and juin.validee_par == monde.personne("responsable")
    assert {ligne.decision for ligne in juin.lignes.all()} == {DecisionLigne.ACCEPTEE}
    assert not Declaration.objects.get(pk=monde.mois_a_valider.pk).est_validee
    assert realisees(monde) == Decimal("120.50") + 60 + 10


def test_valider_un_mois_ne_decide_pas_des_lignes_d_un_autre(monde):
    LigneHeures.objects.filter(declaration=monde.mois_a_valider).update(decision=DecisionLigne.EN_ATTENTE)
    reprendre(monde, a_valider=[(monde.engagement.pk, JUIN)])
    assert monde.mois_declare.lignes.get().decision == DecisionLigne.ACCEPTEE
    assert monde.mois_a_valider.lignes.get().decision == DecisionLigne.EN_ATTENTE


def test_une_ligne_corrigee_l_est_entiere(monde):
    ligne = monde.mois_valide.lignes.get()
    reprendre(monde, modifiees={ligne.pk: Decimal(100)})
    ligne.refresh_from_db()
    assert (ligne.heures, ligne.heures_declarees, ligne.decision) == (100, 100, DecisionLigne.ACCEPTEE)
    assert realisees(monde) == 100


def test_un_mois_hors_du_contrat_n_entre_pas(monde):
    with pytest.raises(RegleViolee, match="hors des dates du contrat"):
        reprendre(monde, [(monde.contrat, datetime.date(2026, 9, 1), Decimal(1))])


def test_reprendre_un_mois_en_rectification_la_clot(monde):
    rouvrir_mois(acteur=monde.acteur(), declaration=monde.mois_valide, motif="Une absence")
    reprendre(
        monde,
        modifiees={monde.mois_valide.lignes.get().pk: Decimal(90)},
        a_valider=[(monde.engagement.pk, monde.mois_valide.mois)],
    )
    rectification = Rectification.objects.get()
    assert (rectification.total_apres, rectification.close_par) == (90, monde.personne("responsable"))
    assert rectification.lignes.get().heures_apres == 90


# --- Autour du mois ---------------------------------------------------------------------------------------------------
def test_une_annonce_se_rattache_a_un_contrat_de_son_engagement_qui_touche_le_mois(monde):
    annonce = monde.personne_annoncee
    assert list(contrats_possibles(monde.acteur(), annonce)) == [monde.contrat]
    ContratFactory(engagement=monde.engagement, debut=datetime.date(2026, 7, 1))
    assert list(contrats_possibles(monde.acteur(), annonce)) == [monde.contrat]
    assert not contrats_possibles(monde.acteur("autre.edition"), annonce).exists()


def test_les_liens_ouverts_sont_ceux_de_l_entreprise_dans_la_structure(monde):
    assert liens_de(monde.engagement) == [monde.lien_declaration]
    assert liens_de(monde.cotraitance) == []
    assert lien_de(monde.engagement, monde.lien_declaration.uuid) == monde.lien_declaration
    with pytest.raises(RegleViolee, match="n'est plus ouvert"):
        lien_de(monde.engagement, monde.autre.lien_declaration.uuid)


def test_une_pause_remplace_celle_qui_court(monde):
    for jusqu_au in (datetime.date(2026, 11, 15), datetime.date(2026, 12, 15)):
        mettre_en_pause(acteur=monde.acteur(), entreprise=monde.entreprise, jusqu_au=jusqu_au, motif="Congés")
    en_cours = PauseRelances.objects.en_cours(datetime.date(2026, 10, 15)).filter(fiche=monde.fiche)
    assert [pause.jusqu_au for pause in en_cours] == [datetime.date(2026, 12, 15)]


def test_ouvrir_un_mois_chez_une_structure_n_en_ouvre_pas_ailleurs(monde):
    jour = datetime.date(2026, 10, 15)
    prevues = mois_a_ouvrir(datetime.date(2026, 9, 1), jour, monde.structure)
    assert {mois.engagement for mois in prevues} == {monde.engagement, monde.cotraitance}
    assert len(list(mois_a_ouvrir_partout(datetime.date(2026, 9, 1), jour))) == 4


def test_la_formation_comptee_ne_depasse_pas_les_heures_corrigees(monde):
    ligne = LigneHeuresFactory(
        declaration=monde.mois_valide, contrat=ContratFactory(engagement=monde.engagement), heures=10
    )
    LigneHeures.objects.filter(pk=ligne.pk).update(heures=15, heures_formation=5, heures_formation_comptees=5)
    reprendre(monde, modifiees={ligne.pk: Decimal(3)})
    ligne.refresh_from_db()
    assert (ligne.heures, ligne.heures_formation_comptees, ligne.heures_declarees) == (3, 3, 0)
