"""Où en sont les relances d'une entreprise : ce qui les arrête, et le jour où la suivante partira."""

import datetime

import pytest

from declarations.enums import Palier, StatutDeclaration
from declarations.models import Appel, Declaration, PauseRelances, ReglagesDeclaration
from declarations.relances.calendrier import Du
from declarations.relances.services.a_la_main import SituationRelances, lire_situation
from declarations.relances.services.envois import Envoi
from entreprises.models import FicheEntreprise
from marches.models import Engagement
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.marches import EngagementFactory, LotFactory

pytestmark = pytest.mark.django_db
LE = datetime.date(2026, 11, 20)  # un vendredi : cinq jours ouvrés après l'échéance d'octobre, le rappel de retard


def jour(quantieme: int, mois: int = 11) -> datetime.date:
    return datetime.date(2026, mois, quantieme)


DUE = jour(15)


@pytest.fixture(autouse=True)
def _le_20_novembre(monde, horloge):
    """Les relances sont allumées, et nul n'attend rien de personne."""
    horloge.move_to(datetime.datetime(2026, 11, 20, 9, tzinfo=datetime.UTC))
    Declaration.objects.all().delete()
    ReglagesDeclaration.objects.update_or_create(structure=monde.structure, defaults={"relances": True})


def attendre(engagement: Engagement, echeance: datetime.date | None = DUE, **autres) -> Declaration:
    return DeclarationFactory(
        engagement=engagement,
        echeance=echeance,
        **{"mois": datetime.date(2026, 10, 1), "statut": StatutDeclaration.ATTENDUE, **autres},
    )


def ailleurs(monde, **autres) -> Engagement:
    """Un autre engagement de la structure."""
    return EngagementFactory(lot=LotFactory(marche=monde.marche), **{"entreprise": monde.entreprise, **autres})


def situation(monde, engagement: Engagement | None = None, qui: str = "edition") -> SituationRelances:
    return lire_situation(monde.acteur(qui), monde.entreprise.pk, engagement and engagement.pk)


def en_pause(fiche: FicheEntreprise, jusqu_au: datetime.date, engagement: Engagement | None = None) -> PauseRelances:
    return PauseRelances.objects.create(fiche=fiche, engagement=engagement, jusqu_au=jusqu_au, motif="Congés")


def fiche_de_la_cotraitante(monde) -> FicheEntreprise:
    return FicheEntreprise.objects.get(structure=monde.structure, entreprise=monde.cotraitante)


# --- Ce qui l'arrête ------------------------------------------------------------------------------------------------
def test_la_pause_est_la_sienne_la_plus_longue_de_l_entreprise_ou_de_l_engagement(monde):
    en_pause(fiche_de_la_cotraitante(monde), jour(9, 12))
    en_pause(monde.fiche, jour(30), ailleurs(monde))
    assert situation(monde, monde.engagement).pause is None
    de_l_engagement = en_pause(monde.fiche, jour(28), monde.engagement)
    assert situation(monde, monde.engagement).pause.uuid == de_l_engagement.uuid
    assert situation(monde).pause is None  # un engagement en pause n'y met pas l'entreprise
    de_l_entreprise = en_pause(monde.fiche, jour(29))
    lue = situation(monde, monde.engagement).pause
    assert (lue.uuid, lue.jusqu_au, lue.motif) == (de_l_entreprise.uuid, jour(29), "Congés")
    assert situation(monde).pause.uuid == de_l_entreprise.uuid


def test_le_dernier_appel_est_le_sien(monde):
    assert situation(monde).dernier_appel is None
    for le in (jour(2), jour(12), jour(5)):
        Appel.objects.create(fiche=monde.fiche, le=le)
    Appel.objects.create(fiche=fiche_de_la_cotraitante(monde), le=jour(19))
    assert situation(monde).dernier_appel == jour(12)


def test_rien_n_est_attendu_d_elle_quand_c_est_d_un_autre_ou_que_c_est_dit(monde):
    attendre(ailleurs(monde, entreprise=monde.cotraitante))
    attendre(monde.autre.engagement)
    attendre(monde.engagement, statut=StatutDeclaration.VALIDEE, mois=datetime.date(2026, 8, 1))
    assert not situation(monde).attendue
    attendre(ailleurs(monde))
    assert situation(monde).attendue
    assert not situation(monde, monde.engagement).attendue  # c'est son autre engagement
    attendre(monde.engagement)
    assert situation(monde, monde.engagement).attendue


def test_une_entreprise_partagee_a_une_situation_par_structure(monde):
    """Ce que l'autre structure attend d'elle, ou lui a dit, ne se lit pas ici."""
    partagee = monde.referentiel.entreprise_partagee
    attendre(EngagementFactory(lot=LotFactory(marche=monde.autre.marche), entreprise=partagee))
    chez_l_autre = FicheEntreprise.objects.get(structure=monde.autre.structure, entreprise=partagee)
    en_pause(chez_l_autre, jour(30))
    Appel.objects.create(fiche=chez_l_autre, le=jour(19))
    lue = lire_situation(monde.acteur("edition"), partagee.pk)
    assert (lue.fiche.structure, lue.attendue, lue.pause, lue.dernier_appel) == (monde.structure, False, None, None)
    lue = lire_situation(monde.acteur("autre.edition"), partagee.pk)
    assert (lue.fiche, lue.attendue, lue.dernier_appel) == (chez_l_autre, True, jour(19))
    with pytest.raises(FicheEntreprise.DoesNotExist):
        situation(monde, qui="autre.edition")


# --- Le prochain rappel ---------------------------------------------------------------------------------------------
def prochain(monde, *attendues: tuple[Declaration, list[str]], engagement: Engagement | None = None) -> dict | None:
    return situation(monde, engagement).prochain(attendues)


PASSES = [Palier.OUVERTURE, Palier.ECHEANCE, Palier.RETARD]


def test_le_prochain_rappel_est_le_premier_a_partir(monde):
    octobre = attendre(monde.engagement)
    decembre = attendre(monde.engagement, jour(15, 12), mois=jour(1))
    du_retard = prochain(monde, (octobre, PASSES[:2]))
    assert du_retard == {"jour": LE, "palier": Palier.RETARD.label}  # dû aujourd'hui
    du_second = prochain(monde, (octobre, PASSES))
    assert du_second["palier"] == Palier.SECOND_CONTACT.label and du_second["jour"] > LE
    ouverture = prochain(monde, (decembre, []))
    assert ouverture == {"jour": jour(1, 12), "palier": Palier.OUVERTURE.label}
    for attendues in ([(octobre, PASSES[:2]), (decembre, [])], [(decembre, []), (octobre, PASSES[:2])]):
        assert prochain(monde, *attendues) == du_retard
    # Le même jour, le moindre palier se dit.
    assert prochain(monde, (octobre, PASSES[:2]), (octobre, PASSES[:1]))["palier"] == Palier.ECHEANCE.label


def test_un_mois_sans_echeance_ou_tout_rappele_n_a_pas_de_prochain_rappel(monde):
    octobre = attendre(monde.engagement)
    sans = attendre(monde.engagement, None, mois=jour(1, 9))
    assert prochain(monde, (sans, []), (octobre, list(Palier))) is None
    assert prochain(monde, (sans, []), (octobre, PASSES[:2]))["palier"] == Palier.RETARD.label


def test_pas_de_prochain_rappel_pour_qui_ne_doit_rien_ou_dont_les_relances_sont_eteintes(monde):
    octobre = attendre(monde.engagement)
    assert prochain(monde, (octobre, []))
    Declaration.objects.filter(pk=octobre.pk).update(statut=StatutDeclaration.A_VALIDER)
    assert prochain(monde, (octobre, [])) is None
    Declaration.objects.filter(pk=octobre.pk).update(statut=StatutDeclaration.ATTENDUE)
    ReglagesDeclaration.objects.filter(structure=monde.structure).update(relances=False)
    assert prochain(monde, (octobre, [])) is None


def test_jamais_pendant_une_pause_ni_dans_les_trois_jours_d_un_appel(monde):
    octobre = attendre(monde.engagement)
    Appel.objects.create(fiche=monde.fiche, le=LE)
    assert prochain(monde, (octobre, PASSES[:2]))["jour"] == jour(23)  # trois jours ; un lundi
    en_pause(monde.fiche, jour(24))
    assert prochain(monde, (octobre, PASSES[:2]))["jour"] == jour(25)
    en_pause(monde.fiche, jour(27))  # un vendredi : le lendemain n'est pas ouvré
    assert prochain(monde, (octobre, PASSES[:2]))["jour"] == jour(30)


# --- Un envoi -------------------------------------------------------------------------------------------------------
def test_un_envoi_est_du_palier_le_plus_avance_qui_s_ecrit():
    def envoi(*paliers: Palier) -> Envoi:
        return Envoi(FicheEntreprise(), [(Declaration(), Du(palier, ())) for palier in paliers])

    assert envoi(Palier.OUVERTURE, Palier.RETARD, Palier.ECHEANCE).palier == Palier.RETARD
    assert envoi(Palier.TACHE, Palier.RETARD, Palier.OUVERTURE).palier == Palier.RETARD  # on appelle, on ne l'écrit pas
    assert envoi(Palier.TACHE).palier == Palier.TACHE
