"""Les faits lus en base pour classer : ceux du jour du poste, de la structure, et la fenêtre que compte son marché."""

import datetime

import pytest

from beneficiaires.enums import VerdictEligibilite
from beneficiaires.services import regler_duree_d_eligibilite
from metiers.models import Metier
from recrutement.eligibilite import est_sans_critere, examiner_contrat
from recrutement.models import Contrat, Offre
from recrutement.rapprochement import offres_pour, personnes_pour
from tests.fabriques.beneficiaires import (
    BeneficiaireFactory,
    CritereFactory,
    DomicileFactory,
    InscriptionFactory,
    RattachementFactory,
)
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.fabriques.recrutement import CandidatureFactory, ContratFactory, OffreFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
DEBUT = datetime.date(2026, 12, 1)
UN_JOUR = datetime.timedelta(days=1)


@pytest.fixture
def engagement(db):
    """Une structure neuve, son marché : personne d'autre ne s'y classe."""
    return EngagementFactory(lot=LotFactory(marche=MarcheFactory()))


@pytest.fixture
def offre(engagement):
    return OffreFactory(engagement=engagement, debut=DEBUT, fin=None)


@pytest.fixture
def personne(offre):
    personne = BeneficiaireFactory(structure=offre.structure)
    CritereFactory(beneficiaire=personne)
    return personne


def classement(offre) -> dict:
    """{clé: (points, phrase)} des personnes classées, et des exclues sans points."""
    lu = personnes_pour(Offre.objects.avec_contexte().select_related("structure", "metier", "commune").get(pk=offre.pk))
    return {rang.objet.pk: (rang.points, rang.phrase) for rang in (*lu.rangs, *lu.exclues)}


def dans_l_autre_sens(personne, offre) -> tuple[int, str]:
    (rang,) = [rang for rang in offres_pour(personne, Offre.objects.all()) if rang.objet == offre]
    return rang.points, rang.phrase


def dit(personne, offre) -> str:
    """La même phrase, que l'on parte de l'offre ou de la personne."""
    points, phrase = classement(offre)[personne.pk]
    retour = dans_l_autre_sens(personne, offre)
    assert retour[1] == phrase
    if points >= 0:
        assert retour[0] == points
    return phrase


@pytest.mark.parametrize(
    ("depuis", "jusqu_a", "vaut"),
    [
        (DEBUT, None, True),
        (DEBUT + UN_JOUR, None, False),
        (None, DEBUT, True),
        (None, DEBUT - UN_JOUR, False),
    ],
)
def test_le_critere_est_celui_du_jour_du_poste(offre, personne, depuis, jusqu_a, vaut):
    personne.criteres.update(depuis=depuis, jusqu_a=jusqu_a)
    assert ("aucun critère d'éligibilité" in dit(personne, offre)) is not vaut


@pytest.mark.parametrize(
    ("code", "naissance", "inscrite_depuis", "eligible"),
    [
        ("JEUNE_SQ", "2000-12-02", None, True),  # 25 ans le jour du poste
        ("JEUNE_SQ", "2000-12-01", None, False),  # 26 ans ce jour-là
        ("SENIOR", "1980-01-01", None, False),
        ("DELD", "1990-01-01", None, True),  # la pièce dira la durée
        ("DELD", "1990-01-01", "2026-06-01", False),  # inscrite depuis six mois
        ("DELD", "1990-01-01", "2025-12-01", True),
        ("", "1990-01-01", "2025-12-01", True),  # douze mois d'inscription : le critère est à ajouter
        ("", "1990-01-01", "2025-12-02", False),
        ("", "1990-01-01", None, False),
    ],
)
def test_le_classement_et_le_contrat_disent_la_meme_chose(
    offre, personne, engagement, code, naissance, inscrite_depuis, eligible
):
    type(personne).objects.filter(pk=personne.pk).update(date_naissance=naissance)
    personne.criteres.update(code=code) if code else personne.criteres.all().delete()
    if inscrite_depuis:
        InscriptionFactory(beneficiaire=personne, depuis=inscrite_depuis)
    assert ("aucun critère d'éligibilité" not in dit(personne, offre)) is eligible
    contrat = ContratFactory(engagement=engagement, beneficiaire=personne, debut=DEBUT, fin_prevue=None)
    contrat = Contrat.objects.avec_contexte().get(pk=contrat.pk)
    assert (examiner_contrat(contrat).verdict != VerdictEligibilite.NON) is eligible
    assert est_sans_critere(contrat) is not eligible


@pytest.mark.parametrize(
    ("premier", "marche", "structure", "termine_le"),
    [
        ("2024-12-02", None, None, None),  # 24 mois : jusqu'au 01/12/2026, le jour même
        ("2024-12-01", None, None, "30/11/2026"),
        ("2024-12-01", None, 36, None),
        ("2024-12-01", 36, None, None),  # le marché a sa propre durée
        ("2024-12-01", 36, 12, None),
        ("2025-12-01", 12, 36, "30/11/2026"),
    ],
)
def test_la_fenetre_est_celle_du_marche_sinon_de_la_structure(
    monde, offre, personne, engagement, premier, marche, structure, termine_le
):
    ContratFactory(engagement=engagement, beneficiaire=personne, debut=premier, fin_prevue="2026-01-31")
    type(engagement.lot.marche).objects.filter(pk=engagement.lot.marche_id).update(duree_eligibilite_mois=marche)
    if structure:
        acteur = type(monde.acteur()).systeme(offre.structure)
        regler_duree_d_eligibilite(acteur=acteur, duree_mois=structure, interruption_mois=12)
    phrase = dit(personne, offre)
    assert ("éligibilité terminée" in phrase) is bool(termine_le)
    assert (termine_le or "") in phrase


@pytest.mark.parametrize(
    ("fini_le", "structure", "marche", "rouverte"),
    [
        ("2025-11-30", 12, None, True),  # douze mois pleins avant le 1er décembre 2026
        ("2025-12-01", 12, None, False),
        ("2025-12-01", None, None, False),
        ("2020-12-01", None, None, False),
        ("2025-12-01", None, 6, True),  # le marché a la sienne
        ("2025-11-30", 12, 24, False),
    ],
)
def test_une_interruption_remet_la_personne_au_classement(
    monde, offre, personne, engagement, fini_le, structure, marche, rouverte
):
    ContratFactory(engagement=engagement, beneficiaire=personne, debut="2019-01-01", fin_prevue=fini_le)
    type(engagement.lot.marche).objects.filter(pk=engagement.lot.marche_id).update(interruption_eligibilite_mois=marche)
    acteur = type(monde.acteur()).systeme(offre.structure)
    regler_duree_d_eligibilite(acteur=acteur, duree_mois=24, interruption_mois=structure)
    assert ("éligibilité terminée" not in dit(personne, offre)) is rouverte


def test_un_cdi_qui_suit_la_regle_du_marche_compte_depuis_son_embauche(offre, personne, engagement):
    ContratFactory(engagement=engagement, beneficiaire=personne, debut="2020-01-01", fin_prevue="2026-01-31")
    assert "éligibilité terminée" in dit(personne, offre)
    type(engagement.lot.marche).objects.filter(pk=engagement.lot.marche_id).update(regle_cdi_mois=48)
    assert "éligibilité terminée" in dit(personne, offre)  # l'offre est un CDD
    Offre.objects.filter(pk=offre.pk).update(type_contrat="cdi")
    assert "éligibilité terminée" not in dit(personne, offre)


@pytest.mark.parametrize(
    ("debut", "fin_prevue", "fin_reelle", "en_contrat"),
    [
        (DEBUT, None, None, True),
        (DEBUT + UN_JOUR, None, None, False),
        ("2026-06-01", DEBUT, None, True),
        ("2026-06-01", DEBUT - UN_JOUR, None, False),
        ("2026-06-01", "2027-06-01", DEBUT - UN_JOUR, False),  # la fin réelle l'emporte
    ],
)
def test_deja_en_contrat_se_lit_au_jour_du_poste(
    offre, personne, engagement, debut, fin_prevue, fin_reelle, en_contrat
):
    dates = {"debut": debut, "fin_prevue": fin_prevue, "fin_reelle": fin_reelle}
    ContratFactory(engagement=engagement, beneficiaire=personne, **dates)
    assert ("déjà en contrat" in dit(personne, offre)) is en_contrat


def test_le_domicile_est_celui_du_jour_et_son_quartier_aussi(offre, personne):
    """Elle a quitté le quartier la veille du poste réservé : elle n'y a plus droit."""
    ancien = DomicileFactory(beneficiaire=personne, jusqu_a=DEBUT - UN_JOUR)
    RattachementFactory(domicile=ancien)
    nouveau = DomicileFactory(beneficiaire=personne, depuis=DEBUT)
    RattachementFactory(domicile=nouveau, hors_quartier=True)
    Offre.objects.filter(pk=offre.pk).update(reserve_qpv=True)
    assert "n'habite pas un quartier prioritaire" in dit(personne, offre)
    Offre.objects.filter(pk=offre.pk).update(debut=DEBUT - UN_JOUR)
    offre.refresh_from_db()
    assert "habite un quartier prioritaire" in dit(personne, offre)


def test_le_metier_le_plus_proche_de_ceux_qu_elle_cherche(offre, personne):
    assert "métier recherché à renseigner" in dit(personne, offre)
    personne.metiers.set(Metier.objects.filter(code__in=["K2204", "F1606"]))
    assert "même grand domaine de métiers" in dit(personne, offre)
    personne.metiers.add(offre.metier)
    assert "même métier" in dit(personne, offre)


def test_ni_les_archives_ni_les_deja_proposees_ni_la_voisine(offre, personne):
    archivee = BeneficiaireFactory(structure=offre.structure, archive=True)
    proposee = CandidatureFactory(offre=offre).beneficiaire
    voisine = BeneficiaireFactory()
    classees = classement(offre)
    assert personne.pk in classees
    assert not {archivee.pk, proposee.pk, voisine.pk} & set(classees)
    assert offres_pour(proposee, Offre.objects.all()) == []
    assert offres_pour(voisine, Offre.objects.all()) == []


def test_les_mieux_classees_d_abord_puis_le_dossier_le_plus_ancien(offre, personne):
    seconde, premiere = (BeneficiaireFactory(structure=offre.structure) for _ in range(2))
    for autre in (seconde, premiere):
        CritereFactory(beneficiaire=autre)
    premiere.metiers.add(offre.metier)
    assert list(classement(offre)) == [premiere.pk, personne.pk, seconde.pk]
