"""Au téléphone, une entreprise dit qui elle cherche ; son facilitateur prend le besoin en main et le diffuse ; elle le voit."""

import datetime

import pytest
import time_machine

from comptes.acteur import Acteur
from comptes.enums import Role, TypeOrganisation
from comptes.models import Organisation, Partenariat
from marches.models import Engagement
from metiers.importation import installer_metiers_courants
from recrutement.models import AideEmbauche
from recrutement.services import installer_aides_proposees
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.entreprises import EntrepriseFactory, FicheEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MaitreOuvrageFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory
from tests.parcours.conftest import au_bureau, au_telephone, changer_de_personne, membre

pytestmark = pytest.mark.django_db(transaction=True)
ENTREPRISE = "chef@batisseurs.example"


@pytest.fixture
def chantier(facilitatrice) -> Engagement:
    """Une entreprise engagée qui a son compte, une personne en contrat, un mois à déclarer ; un prescripteur partenaire."""
    installer_metiers_courants()
    structure = Organisation.objects.get(slug="essai")
    installer_aides_proposees(acteur=Acteur(facilitatrice, structure, Role.RESPONSABLE))
    # Une source lue il y a longtemps : l'entreprise lit l'aide, marquée « à vérifier ».
    AideEmbauche.objects.update(date_source="2024-01-02")
    mission = Organisation.objects.create(type=TypeOrganisation.PRESCRIPTEUR, nom="Mission locale", slug="mission")
    Partenariat.objects.create(structure=structure, organisation=mission)
    organisation = Organisation.objects.create(
        type=TypeOrganisation.ENTREPRISE, nom="Bâtisseurs du Val", slug="batisseurs"
    )
    membre(organisation, ENTREPRISE, Role.ENTREPRISE)
    entreprise = EntrepriseFactory(raison_sociale="Bâtisseurs du Val", organisation=organisation)
    FicheEntrepriseFactory(entreprise=entreprise, structure=structure)
    marche = MarcheFactory(structure=structure, reference="2026-007", maitre_ouvrage=MaitreOuvrageFactory())
    engagement = EngagementFactory(lot=LotFactory(marche=marche, numero="1"), entreprise=entreprise)
    personne = BeneficiaireFactory(structure=structure, prenom="Inès", nom="Lefèvre")
    ContratFactory(engagement=engagement, beneficiaire=personne, fin_prevue=None)
    DeclarationFactory(engagement=engagement, statut="attendue", echeance="2026-06-15")
    return engagement


def l_entreprise_exprime_un_besoin(visite) -> None:
    visite.voit("Mon espace", "En retard", "Inès Lefèvre", "2026-007")
    visite.suivre("2026-007", dans="[aria-label='Engagements en cours']")
    visite.voit("Fiche de lancement", "Qui appeler", "par mois", "Inès Lefèvre")
    visite.page.get_by_text("Comment faire ces heures").click()
    visite.voit("Embaucher vous-même", "Confier une part du travail")
    visite.suivre("Exprimer un besoin")
    visite.remplir(intitule="Coffreur", metier="maçonnerie", postes="2", debut="2020-01-01")
    visite.cliquer("Envoyer à mon facilitateur")
    visite.voit("Cette date est passée")
    assert visite.page.locator("[name=intitule]").input_value() == "Coffreur"
    visite.remplir(debut="2026-12-01")
    visite.cliquer("Envoyer à mon facilitateur")
    visite.voit("Où en est votre besoin", "Relu par votre facilitateur")
    visite.ouvrir("/mes-aides/?type_contrat=apprentissage")
    visite.voit("Contrat d'apprentissage", "À vérifier", "À demander à votre facilitateur")


def le_facilitateur_le_prend_et_le_diffuse(visite) -> None:
    visite.suivre("Offres", dans="nav")
    visite.voit("Besoin exprimé")
    visite.suivre("Coffreur")
    visite.cliquer("Prendre en main")
    visite.voit("Brouillon", "Offre demandée par l'entreprise")
    visite.suivre("Diffuser l'offre")
    visite.page.get_by_label("Mission locale").check()
    visite.cliquer("Diffuser")
    visite.voit("Ouverte", "Mission locale, le")


def test_d_un_besoin_a_son_offre(visite, facilitatrice, chantier):
    with time_machine.travel(datetime.datetime(2026, 10, 15, 9, tzinfo=datetime.UTC), tick=True):
        au_telephone(visite)
        visite.connecter(ENTREPRISE)
        l_entreprise_exprime_un_besoin(visite)
        au_bureau(visite)
        changer_de_personne(visite, facilitatrice.email)
        le_facilitateur_le_prend_et_le_diffuse(visite)
        au_telephone(visite)
        changer_de_personne(visite, ENTREPRISE)
        visite.voit("Coffreur", "Ouverte")
        visite.suivre("Coffreur")
        visite.voit("Pourvu", "Aucune candidature n'attend")
