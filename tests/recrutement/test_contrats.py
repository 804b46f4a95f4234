"""La vie d'un contrat de travail : avenants, second marché, globalisation, alternance."""

import datetime
from decimal import Decimal

import pytest

from declarations.models import LigneHeures
from declarations.services import saisir_heures, valider_mois
from marches.models import ConventionGlobalisation
from marches.services import creer_convention
from recrutement.enums import GenreAvenant, Modalite, TypeContrat
from recrutement.services import affecter_aussi, amender_contrat
from socle.regles import RegleViolee
from tests.fabriques.marches import EngagementFactory, LotFactory, MaitreOuvrageFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db
JUIN, JUILLET = datetime.date(2026, 6, 1), datetime.date(2026, 7, 1)


@pytest.fixture
def ailleurs(monde):
    """Un engagement de la même structure, pour un autre acheteur."""
    marche = MarcheFactory(structure=monde.structure, maitre_ouvrage=MaitreOuvrageFactory(), reference="2026-099")
    return EngagementFactory(lot=LotFactory(marche=marche), entreprise=monde.entreprise, heures_initiales=1000)


def test_un_avenant_garde_l_avant_et_l_apres(monde):
    acteur, contrat = monde.acteur(), monde.contrat
    avenant = amender_contrat(
        acteur=acteur,
        contrat=contrat,
        genre=GenreAvenant.PROLONGATION,
        date_effet=datetime.date(2026, 9, 1),
        fin_prevue=datetime.date(2026, 11, 30),
    )
    contrat.refresh_from_db()
    assert (avenant.fin_avant, avenant.fin_apres) == (datetime.date(2026, 8, 31), datetime.date(2026, 11, 30))
    assert contrat.fin_prevue == datetime.date(2026, 11, 30)
    amender_contrat(acteur=acteur, contrat=contrat, genre=GenreAvenant.CDI, date_effet=datetime.date(2026, 10, 1))
    contrat.refresh_from_db()
    assert (contrat.type_contrat, contrat.fin) == (TypeContrat.CDI, None)
    assert contrat.historique.count() == 3


@pytest.mark.parametrize(
    ("valeurs", "champ"),
    [
        ({"genre": "prolongation"}, "fin_prevue"),
        ({"genre": "prolongation", "fin_prevue": datetime.date(2026, 8, 31)}, "fin_prevue"),
        ({"genre": "duree"}, "heures_hebdomadaires"),
        ({"genre": "cdi", "date_effet": datetime.date(2026, 2, 28)}, "date_effet"),
    ],
)
def test_un_avenant_incomplet_dit_ce_qui_manque(monde, valeurs, champ):
    with pytest.raises(RegleViolee) as refus:
        amender_contrat(
            acteur=monde.acteur(), contrat=monde.contrat, **{"date_effet": datetime.date(2026, 9, 1), **valeurs}
        )
    assert champ in refus.value.message_dict


def test_un_contrat_sert_deux_marches(monde, ailleurs):
    second = affecter_aussi(
        acteur=monde.acteur(),
        contrat=monde.contrat,
        engagement=ailleurs,
        debut=JUIN,
        fin_prevue=datetime.date(2026, 8, 31),
    )
    assert second.meme_contrat_que == monde.contrat
    assert (second.beneficiaire, second.employeur) == (monde.beneficiaire, monde.contrat.employeur)
    for contrat, heures in ((monde.contrat, "60"), (second, "40")):
        saisir_heures(
            acteur=monde.acteur(), engagement=contrat.engagement, mois=JUIN, heures={contrat: Decimal(heures)}
        )
    assert LigneHeures.objects.filter(mois=JUIN, contrat__beneficiaire=monde.beneficiaire).total() == 100


def test_une_affectation_reste_dans_le_contrat_de_travail(monde, ailleurs):
    for debut, fin, champ in (
        (datetime.date(2026, 2, 1), datetime.date(2026, 3, 1), "debut"),
        (JUIN, datetime.date(2026, 9, 1), "fin_prevue"),
        (JUIN, None, "fin_prevue"),
    ):
        with pytest.raises(RegleViolee) as refus:
            affecter_aussi(
                acteur=monde.acteur(), contrat=monde.contrat, engagement=ailleurs, debut=debut, fin_prevue=fin
            )
        assert champ in refus.value.message_dict


def test_une_convention_reunit_deux_acheteurs(monde, ailleurs):
    dates = {"debut": datetime.date(2026, 6, 1), "fin": datetime.date(2026, 6, 30), "intitule": "Rives du Cotentin"}
    with pytest.raises(RegleViolee, match="deux maîtres"):
        creer_convention(acteur=monde.acteur(), marches=[monde.marche], **dates)
    assert not ConventionGlobalisation.objects.filter(intitule="Rives du Cotentin").exists()
    convention = creer_convention(acteur=monde.acteur(), marches=[monde.marche, ailleurs.lot.marche], **dates)
    contrat = affecter_aussi(
        acteur=monde.acteur(),
        contrat=monde.contrat,
        engagement=ailleurs,
        debut=JUIN,
        fin_prevue=datetime.date(2026, 8, 31),
        convention=convention,
    )
    saisir_heures(acteur=monde.acteur(), engagement=ailleurs, mois=JUIN, heures={contrat: Decimal(35)})
    with pytest.raises(RegleViolee, match="ne couvre pas ce mois"):
        saisir_heures(acteur=monde.acteur(), engagement=ailleurs, mois=JUILLET, heures={contrat: Decimal(35)})


def test_une_convention_etrangere_au_marche_est_refusee(monde, ailleurs):
    tierce = monde.convention  # elle ne réunit que le marché de départ
    with pytest.raises(Exception, match="ne réunit pas"):
        affecter_aussi(
            acteur=monde.acteur(),
            contrat=monde.contrat,
            engagement=ailleurs,
            debut=JUIN,
            fin_prevue=datetime.date(2026, 8, 31),
            convention=tierce,
        )


@pytest.mark.parametrize(
    ("regle", "plafond", "comptees"),
    [("non", None, ["0", "0"]), ("oui", None, ["35", "70"]), ("plafonnee", "5", ["35", "15"])],
)
def test_la_formation_compte_selon_le_marche(monde, ailleurs, regle, plafond, comptees):
    """1 000 h dues : un plafond de 5 % laisse compter 50 h de formation en tout."""
    marche = ailleurs.lot.marche
    marche.formation_comptee, marche.plafond_formation = regle, Decimal(plafond) if plafond else None
    marche.save()
    contrat = ContratFactory(
        engagement=ailleurs,
        beneficiaire=monde.beneficiaire,
        modalite=Modalite.ALTERNANCE,
        type_contrat=TypeContrat.APPRENTISSAGE,
    )
    for mois, suivies in ((JUIN, "35"), (JUILLET, "70")):
        declaration = saisir_heures(
            acteur=monde.acteur(),
            engagement=ailleurs,
            mois=mois,
            heures={contrat: Decimal(80)},
            formation={contrat: Decimal(suivies)},
        )
        valider_mois(acteur=monde.acteur(), declaration=declaration)
    lignes = list(LigneHeures.objects.filter(contrat=contrat).order_by("mois"))
    assert [ligne.heures_formation_comptees for ligne in lignes] == [Decimal(heures) for heures in comptees]
    assert [ligne.heures for ligne in lignes] == [80 + Decimal(heures) for heures in comptees]
    assert [ligne.heures_travaillees for ligne in lignes] == [80, 80]
    ailleurs.refresh_from_db()
    assert ailleurs.heures_realisees == 160 + sum(map(Decimal, comptees))


def test_les_heures_d_une_alternance_se_saisissent_en_deux_nombres(monde, ailleurs, client):
    contrat = ContratFactory(
        engagement=ailleurs, beneficiaire=monde.beneficiaire, type_contrat=TypeContrat.PROFESSIONNALISATION
    )
    client.force_login(monde.personne("edition"))
    adresse = f"/engagements/{ailleurs.uuid}/mois/2026-06/saisie/"
    assert "heures de formation" in client.get(adresse).content.decode()
    champs = {f"heures_{contrat.uuid.hex}": "80,5", f"formation_{contrat.uuid.hex}": "35"}
    assert client.post(adresse, champs).status_code == 302
    ligne = LigneHeures.objects.get(contrat=contrat, mois=JUIN)
    assert (ligne.heures, ligne.heures_travaillees, ligne.heures_formation) == (Decimal("80.5"), Decimal("80.5"), 35)
    page = client.get(f"/engagements/{ailleurs.uuid}/mois/2026-06/").content.decode()
    assert "Formation" in page and "ne comptent pas" in page
