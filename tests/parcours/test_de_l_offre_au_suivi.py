"""L'aval au navigateur : une offre diffusée, deux personnes proposées au téléphone, une retenue par lien signé, puis le suivi."""

import datetime
import re

import pytest
import time_machine

from beneficiaires.models import Beneficiaire
from comptes.enums import Role, TypeOrganisation
from comptes.models import Organisation, Partenariat
from marches.models import Engagement
from metiers.importation import installer_metiers_courants
from parcours.enums import Situation
from parcours.models import PointSuivi
from parcours.tasks import suivre_les_parcours
from recrutement.models import Candidature, Contrat
from socle.models import Courriel
from tests.fabriques.entreprises import EntrepriseFactory, FicheEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MaitreOuvrageFactory, MarcheFactory
from tests.parcours.conftest import au_bureau, au_telephone, changer_de_personne, lien_recu, membre

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chantier(facilitatrice) -> Engagement:
    """Un marché attribué, et un prescripteur partenaire."""
    installer_metiers_courants()
    structure = Organisation.objects.get(slug="essai")
    mission = Organisation.objects.create(type=TypeOrganisation.PRESCRIPTEUR, nom="Mission locale", slug="mission")
    Partenariat.objects.create(structure=structure, organisation=mission)
    membre(mission, "referente@mission.example", Role.PRESCRIPTEUR)
    marche = MarcheFactory(structure=structure, reference="2026-007", maitre_ouvrage=MaitreOuvrageFactory())
    entreprise = EntrepriseFactory(raison_sociale="Bâtisseurs du Val")
    FicheEntrepriseFactory(entreprise=entreprise, structure=structure)
    return EngagementFactory(lot=LotFactory(marche=marche, numero="1"), entreprise=entreprise)


def le_facilitateur_diffuse_une_offre(visite, chantier) -> None:
    visite.ouvrir(chantier.get_absolute_url())
    visite.suivre("Nouvelle offre")
    visite.remplir(intitule="Maçon", metier="maçonnerie", postes="1", debut="2026-12-01", fin="2026-11-01")
    visite.cliquer("Enregistrer l'offre")
    visite.voit("La fin précède le début")
    assert visite.page.locator("[name=intitule]").input_value() == "Maçon"
    visite.remplir(fin="2027-05-31")
    visite.cliquer("Enregistrer l'offre")
    visite.voit("Brouillon", "0 sur 1", "Aucune personne du vivier")
    visite.suivre("Diffuser l'offre")
    visite.page.get_by_label("Mission locale").check()
    visite.cliquer("Diffuser")
    visite.voit("Ouverte", "Mission locale, le")


def la_referente_propose_deux_personnes(visite) -> None:
    visite.voit("Vos personnes et les offres", "À pourvoir", "Maçon")
    for nom, prenom in (("Lefèvre", "Inès"), ("Renouf", "Karim")):
        visite.suivre("Maçon")
        visite.suivre("Proposer une nouvelle personne")
        visite.remplir(nom=nom, prenom=prenom, date_naissance="2001-04-12", sexe="Femme", avis="Très motivée.")
        visite.page.get_by_label("Bénéficiaire du RSA").check()
        visite.cliquer("Proposer cette personne")
        visite.voit("Personne proposée", f"{prenom} {nom}", "Proposée")
        visite.ouvrir("/")
    visite.voit("Candidatures en cours", "Inès Lefèvre", "Karim Renouf")


def le_facilitateur_preselectionne_et_transmet(visite) -> None:
    visite.suivre("Offres", dans="nav")
    visite.suivre("Maçon")
    visite.voit("Proposée (2)")
    for geste in ("Présélectionner les personnes cochées", "Transmettre à l'entreprise les personnes cochées"):
        for case in visite.page.locator("[name=candidature]").all():
            case.check()
        visite.cliquer(geste)
    visite.voit("Transmise à l'entreprise (2)")
    visite.suivre("Demander la réponse de l'entreprise")
    visite.remplir(courriel="chef@batisseurs.example")
    visite.cliquer("Envoyer le lien")
    visite.voit("Un courriel part à chef@batisseurs.example")


def l_entreprise_retient_par_lien_signe(visite) -> None:
    visite.page.context.clear_cookies()
    visite.ouvrir(lien_recu("chef@batisseurs.example"))
    visite.voit("Répondre aux candidatures", "Aucun compte n'est nécessaire")
    visite.cliquer("Continuer")
    visite.voit("Inès Lefèvre", "Karim Renouf", "Très motivée.")
    visite.page.locator("summary").filter(has_text=re.compile(r"^\s*Retenir")).first.click()
    visite.cliquer("Oui, retenir Inès Lefèvre")
    visite.voit("Personne retenue", "Inès Lefèvre", "Pourvue")


def le_facilitateur_etablit_le_contrat(visite) -> None:
    visite.suivre("Offres", dans="nav")
    visite.suivre("Maçon")
    visite.voit("Pourvue", "Sans suite (1)", "1 sur 1")
    visite.suivre("Établir le contrat")
    assert visite.page.locator("[name=debut]").input_value() == "2026-12-01"
    visite.cliquer("Établir le contrat")
    visite.voit("Contrat établi", "Pièce à vérifier", "Inès Lefèvre")


def test_de_l_offre_au_suivi(visite, facilitatrice, chantier):
    visite.connecter(facilitatrice.email)
    le_facilitateur_diffuse_une_offre(visite, chantier)
    au_telephone(visite)
    changer_de_personne(visite, "referente@mission.example")
    la_referente_propose_deux_personnes(visite)
    au_bureau(visite)
    changer_de_personne(visite, facilitatrice.email)
    le_facilitateur_preselectionne_et_transmet(visite)
    au_telephone(visite)
    l_entreprise_retient_par_lien_signe(visite)
    au_bureau(visite)
    changer_de_personne(visite, facilitatrice.email)
    le_facilitateur_etablit_le_contrat(visite)
    contrat = Contrat.objects.get(beneficiaire=Beneficiaire.objects.get(nom="Lefèvre"))
    assert Candidature.objects.get(contrat=contrat).offre.engagement == chantier
    # Ce qui arrive coup sur coup tient en un courriel : rien ne s'y perd.
    (groupe,) = Courriel.objects.filter(
        destinataire="referente@mission.example", sujet="Plusieurs nouvelles de vos candidatures"
    )
    for dit in (
        "La candidature de K. R. au poste « Maçon » reste sans suite",
        "La candidature de I. L. au poste « Maçon » est retenue",
        "La candidature de I. L. au poste « Maçon » aboutit : le contrat est établi",
    ):
        assert dit in groupe.corps
    la_question_des_trois_mois(visite, contrat)


def la_question_des_trois_mois(visite, contrat: Contrat) -> None:
    """Le contrat finit le 31 mai 2027 : la question part le 31 août, pas la veille."""
    question = "Où en est I. L., 3 mois après son contrat ?"
    recus = Courriel.objects.filter(destinataire="referente@mission.example", sujet=question)
    with time_machine.travel(datetime.datetime(2027, 8, 30, 12, tzinfo=datetime.UTC), tick=True):
        suivre_les_parcours()
        assert not recus.exists()
    with time_machine.travel(datetime.datetime(2027, 8, 31, 12, tzinfo=datetime.UTC), tick=True):
        suivre_les_parcours()
        assert recus.count() == 1
        visite.page.context.clear_cookies()
        au_telephone(visite)
        visite.ouvrir(lien_recu("referente@mission.example"))
        visite.cliquer("Continuer")
        visite.voit("Où en est I. L. ?", "3 mois après la fin")
        visite.page.get_by_label("En CDI").check()
        visite.cliquer("Enregistrer")
        visite.voit("Merci")
    assert PointSuivi.objects.get(contrat=contrat, terme=3).situation == Situation.CDI
