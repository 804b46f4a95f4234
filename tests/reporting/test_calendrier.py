"""Ce qui se prépare à date : le bilan de l'année finie, le point du trimestre ; une fois, rattrapé, réglé par la structure."""

import datetime
import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import Role
from marches.enums import StatutMarche
from reporting import tasks
from reporting.models import Bilan, ReglagesBilan
from reporting.services import (
    bilans_a_preparer,
    ecarter_brouillon,
    envoyer_les_points,
    points_a_envoyer,
    preparer_bilan,
    preparer_le_bilan_annuel,
    preparer_les_bilans_annuels,
    regler_les_bilans,
)
from reporting.services.calendrier import trimestre_fini
from socle.models import Courriel, EntreeJournal
from socle.periodes import Periode
from socle.regles import AccesRefuse
from tests.fabriques.comptes import AdhesionFactory, UtilisateurFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory

pytestmark = pytest.mark.django_db
LE_5, LE_6 = datetime.date(2027, 1, 5), datetime.date(2027, 1, 6)
LE_20 = datetime.date(2027, 1, 20)


@pytest.fixture(autouse=True)
def _sans_bilan_de_2026(monde):
    Bilan.objects.filter(debut="2026-01-01").delete()


@pytest.fixture
def le_5(horloge):
    horloge.move_to("2027-01-05T08:00:00+01:00")


def annuels(structure):
    return Bilan.objects.filter(structure=structure, variante="structure", debut="2026-01-01", fin="2026-12-31")


def prevenus(structure) -> list[str]:
    lus = Courriel.objects.filter(cle__startswith="bilan-a-preparer-2026-", structure=structure)
    return list(lus.order_by("pk").values_list("destinataire", flat=True))


# --- Le bilan de l'année finie --------------------------------------------------------------------------------------
def test_le_5_janvier_le_brouillon_de_l_annee_est_prepare_et_les_responsables_prevenus(monde, le_5):
    assert {bilan.structure for bilan in preparer_les_bilans_annuels()} == {monde.structure, monde.autre.structure}
    bilan = annuels(monde.structure).get()
    assert (bilan.statut, bilan.etabli_par, bilan.version) == ("brouillon", None, 1)
    assert prevenus(monde.structure) == [monde.personne("responsable").email]
    courriel = Courriel.objects.get(cle__startswith="bilan-a-preparer-2026-", structure=monde.structure)
    assert "2026" in courriel.sujet and bilan.get_absolute_url() in courriel.corps


def test_deux_fois_ou_le_lendemain_rien_ne_se_double(monde, le_5):
    preparer_les_bilans_annuels(LE_5)
    assert preparer_les_bilans_annuels(LE_5) == preparer_les_bilans_annuels(LE_6) == []
    assert preparer_le_bilan_annuel(acteur=Acteur.systeme(monde.structure), le=LE_6) is None
    assert annuels(monde.structure).count() == len(prevenus(monde.structure)) == 1


def test_un_travailleur_arrete_le_5_rattrape_mais_pas_en_avril(monde, le_5):
    assert bilans_a_preparer(datetime.date(2027, 1, 4)) == bilans_a_preparer(datetime.date(2027, 4, 1)) == []
    assert monde.structure in bilans_a_preparer(LE_6)
    assert monde.structure in bilans_a_preparer(datetime.date(2027, 3, 31))


def test_un_brouillon_ecarte_ne_revient_pas(monde, le_5):
    preparer_les_bilans_annuels(LE_5)
    responsable = Acteur(monde.personne("responsable"), monde.structure, Role.RESPONSABLE)
    ecarter_brouillon(acteur=responsable, bilan=annuels(monde.structure).get())
    assert preparer_les_bilans_annuels(LE_6) == []


def test_un_bilan_deja_commence_n_est_ni_double_ni_annonce(monde, le_5):
    responsable = Acteur(monde.personne("responsable"), monde.structure, Role.RESPONSABLE)
    preparer_bilan(acteur=responsable, periode=Periode.annee(2026))
    assert monde.structure not in {bilan.structure for bilan in preparer_les_bilans_annuels(LE_5)}
    assert prevenus(monde.structure) == []
    ecarter_brouillon(acteur=responsable, bilan=annuels(monde.structure).get())
    assert preparer_les_bilans_annuels(LE_6) == []  # qui l'a écarté n'en voulait pas


def test_la_structure_regle_le_jour_ou_arrete(monde, le_5):
    ReglagesBilan.objects.create(structure=monde.structure, jour_du_bilan=15)
    ReglagesBilan.objects.create(structure=monde.autre.structure, prepare_le_bilan=False)
    assert bilans_a_preparer(LE_5) == []
    assert bilans_a_preparer(datetime.date(2027, 1, 15)) == [monde.structure]


def test_une_annee_sans_rien_n_a_pas_de_bilan(monde, le_5):
    assert preparer_les_bilans_annuels(datetime.date(2037, 1, 5)) == []


def test_qui_n_ecrit_pas_ne_prepare_pas_d_office(monde, le_5):
    with pytest.raises(AccesRefuse):
        preparer_le_bilan_annuel(acteur=Acteur(None, monde.structure, Role.LECTURE), le=LE_5)
    assert not annuels(monde.structure).exists()


# --- Le point du trimestre ------------------------------------------------------------------------------------------
@pytest.fixture
def suivi(monde, horloge):
    """Un marché en exécution de l'acheteur, et une structure qui veut lui écrire."""
    horloge.move_to("2027-01-20T08:00:00+01:00")
    marche = monde.marche
    marche.statut, marche.debut, marche.fin_prevue = (
        StatutMarche.EXECUTION,
        datetime.date(2026, 1, 1),
        datetime.date(2027, 12, 31),
    )
    marche.save()
    ReglagesBilan.objects.create(structure=monde.structure, envoie_le_point=True)
    return marche


def points() -> list[Courriel]:
    return list(Courriel.objects.filter(cle__startswith="point-").order_by("pk"))


def test_chaque_membre_de_l_acheteur_recoit_une_phrase_par_marche(monde, suivi):
    acheteur = monde.personne("maitre_ouvrage").adhesions.get().organisation
    seconde = AdhesionFactory(utilisateur=UtilisateurFactory(), organisation=acheteur, role=Role.MAITRE_OUVRAGE)
    AdhesionFactory(utilisateur=UtilisateurFactory(), organisation=acheteur, role=Role.MAITRE_OUVRAGE, active=False)
    (point,) = envoyer_les_points()
    assert point.acheteur == acheteur
    recus = points()
    assert {c.destinataire for c in recus} == {monde.personne("maitre_ouvrage").email, seconde.utilisateur.email}
    corps = recus[0].corps
    assert (
        f"{suivi.reference}, {suivi.objet}" in corps and "dues" in corps and "faites" in corps and "attendues" in corps
    )
    assert reverse("marches:espace_acheteur") in corps and "4e trimestre 2026" in recus[0].sujet
    assert monde.beneficiaire.nom not in corps
    assert EntreeJournal.objects.filter(action="point_trimestriel", structure=monde.structure).count() == 1


def test_un_point_ne_part_qu_une_fois_par_membre_et_trimestre(monde, suivi):
    envoyer_les_points()
    assert envoyer_les_points() == envoyer_les_points(datetime.date(2027, 3, 31)) == []
    assert len(points()) == 1
    envoyer_les_points(datetime.date(2027, 4, 20))
    assert [courriel.cle.split("-")[2] for courriel in points()] == ["t4", "t1"]


def test_un_nouveau_membre_recoit_le_sien_sans_redire_aux_autres(monde, suivi):
    envoyer_les_points()
    acheteur = monde.personne("maitre_ouvrage").adhesions.get().organisation
    AdhesionFactory(utilisateur=UtilisateurFactory(), organisation=acheteur, role=Role.MAITRE_OUVRAGE)
    envoyer_les_points()
    assert len({courriel.destinataire for courriel in points()}) == len(points()) == 2


def test_le_point_attend_le_20_et_se_rattrape_jusqu_a_la_fin_du_trimestre(monde, suivi):
    assert list(points_a_envoyer(datetime.date(2027, 1, 19))) == []
    assert len(list(points_a_envoyer(LE_20))) == len(list(points_a_envoyer(datetime.date(2027, 3, 31)))) == 1


@pytest.mark.parametrize(
    ("le", "debut"), [("2027-01-01", "2026-10-01"), ("2026-03-31", "2025-10-01"), ("2026-12-31", "2026-07-01")]
)
def test_le_trimestre_fini(le, debut):
    assert trimestre_fini(datetime.date.fromisoformat(le)).debut.isoformat() == debut


def test_sans_le_vouloir_sans_marche_ou_sans_partenariat_rien_ne_part(monde, suivi):
    marche = MarcheFactory(
        structure=monde.autre.structure,
        maitre_ouvrage=suivi.maitre_ouvrage,
        statut=StatutMarche.EXECUTION,
        reference="AILLEURS",
    )
    EngagementFactory(lot=LotFactory(marche=marche))
    (point,) = points_a_envoyer()
    assert [lu.reference for lu in point.marches] == [suivi.reference]  # jamais ceux d'une autre structure
    monde.structure.partenaires.all().delete()
    assert list(points_a_envoyer()) == []
    ReglagesBilan.objects.update(envoie_le_point=False)
    assert list(points_a_envoyer()) == []


# --- Les commandes, les travaux, les réglages -----------------------------------------------------------------------
def test_les_commandes_disent_d_abord_puis_font(monde, suivi):
    def lancer(nom: str, *options: str) -> str:
        sortie = io.StringIO()
        call_command(nom, "--le", "2027-01-20", *options, stdout=sortie)
        return sortie.getvalue()

    assert "À blanc" in lancer("preparer_bilans_annuels") and not annuels(monde.structure).exists()
    assert "À blanc" in lancer("envoyer_points_trimestriels") and not points()
    assert "2 bilans." in lancer("preparer_bilans_annuels", "--pour-de-vrai") and annuels(monde.structure).exists()
    assert suivi.reference in lancer("envoyer_points_trimestriels", "--pour-de-vrai") and points()
    assert "0 bilan." in lancer("preparer_bilans_annuels") and "0 point." in lancer("envoyer_points_trimestriels")
    with pytest.raises(CommandError):
        call_command("preparer_bilans_annuels", "--le", "demain")


def test_les_travaux_appellent_les_services(monde, suivi):
    assert tasks.preparer_les_bilans() == 2
    assert tasks.envoyer_les_points() == 1
    assert tasks.preparer_les_bilans() == tasks.envoyer_les_points() == 0


def test_l_ecran_des_reglages_tient_le_calendrier(monde, connecte):
    client, page = connecte("responsable"), reverse("reporting:reglages")
    client.post(page, {"heures_par_etp": "1607", "jour_du_bilan": "12", "envoie_le_point": "on"})
    reglages = ReglagesBilan.objects.get(structure=monde.structure)
    assert (reglages.prepare_le_bilan, reglages.jour_du_bilan, reglages.envoie_le_point) == (False, 12, True)
    assert client.post(page, {"heures_par_etp": "1607", "jour_du_bilan": "32"}).status_code == 200
    client.post(page, {"heures_par_etp": "1607", "jour_du_bilan": ""})
    reglages.refresh_from_db()
    assert (reglages.jour_du_bilan, reglages.envoie_le_point) == (12, False)


def test_un_reglage_tu_reste_tel_quel(monde):
    responsable = Acteur(monde.personne("responsable"), monde.structure, Role.RESPONSABLE)
    regler_les_bilans(acteur=responsable, heures_par_etp=1600, envoie_le_point=True)
    assert regler_les_bilans(acteur=responsable, heures_par_etp=1607).envoie_le_point
