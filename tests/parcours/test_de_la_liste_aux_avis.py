"""Une liste confiée au téléphone, puis la vie d'un contrat : alternance, avenant, et l'avis de la personne par son lien."""

import pytest

from beneficiaires.models import Beneficiaire
from comptes.enums import Role, TypeOrganisation
from comptes.models import Organisation, Partenariat
from declarations.models import LigneHeures
from parcours.models import Questionnaire
from recrutement.enums import TypeContrat
from recrutement.models import Contrat
from tests.fabriques.entreprises import EntrepriseFactory, FicheEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MaitreOuvrageFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory
from tests.parcours.conftest import au_bureau, au_telephone, changer_de_personne, lien_recu, membre

pytestmark = pytest.mark.django_db(transaction=True)
LISTE = """Nom;Prénom;Date de naissance;Sexe;Situation;Ville
Fontaine;Maëlle;14/02/2002;F;RSA;Cherbourg
Leroux;Yanis;30/02/1999;H;RSA;Cherbourg
Osmont;Sabrina;09/07/1985;F;Chômage;La Hague
"""


@pytest.fixture
def mission(facilitatrice) -> Organisation:
    mission = Organisation.objects.create(type=TypeOrganisation.PRESCRIPTEUR, nom="Mission locale", slug="mission")
    Partenariat.objects.create(structure=Organisation.objects.get(slug="essai"), organisation=mission)
    membre(mission, "referente@mission.example", Role.PRESCRIPTEUR)
    return mission


def la_referente_confie_sa_liste(visite) -> None:
    visite.ouvrir("/listes/")
    visite.voit("Aucune liste déposée")
    visite.suivre("Déposer une liste")
    visite.page.locator("[name=fichier]").set_input_files(
        {"name": "novembre.csv", "mimeType": "text/csv", "buffer": LISTE.encode()}
    )
    visite.cliquer("Lire cette liste")
    visite.voit("À corriger : 2", "Prête : 1", "« 30/02/1999 » ne se lit pas", "« Chômage » n'est pas une situation")
    visite.suivre("Corriger la ligne 3")
    visite.voit("« 30/02/1999 » ne se lit pas. Cette date n'existe pas")
    visite.remplir(date_naissance="1999-02-28")
    visite.cliquer("Enregistrer")
    visite.voit("Prête : 2")
    visite.page.locator("tr", has_text="Osmont").get_by_role("button", name="Écarter").click()
    visite.controler()
    visite.voit("Écartée : 1")
    visite.cliquer("Confier les personnes prêtes")
    visite.voit("Confiée : 2")
    assert {"Fontaine", "Leroux"} <= set(Beneficiaire.objects.values_list("nom", flat=True))


@pytest.fixture
def alternance(facilitatrice) -> Contrat:
    structure = Organisation.objects.get(slug="essai")
    marche = MarcheFactory(
        structure=structure, reference="2026-007", maitre_ouvrage=MaitreOuvrageFactory(), formation_comptee="oui"
    )
    entreprise = EntrepriseFactory(raison_sociale="Bâtisseurs du Val")
    FicheEntrepriseFactory(entreprise=entreprise, structure=structure)
    engagement = EngagementFactory(lot=LotFactory(marche=marche, numero="1"), entreprise=entreprise)
    return ContratFactory(engagement=engagement, type_contrat=TypeContrat.APPRENTISSAGE, identifiant="C-0001")


def le_facilitateur_saisit_les_deux_heures_et_amende(visite, contrat: Contrat) -> None:
    visite.ouvrir(f"/engagements/{contrat.engagement.uuid}/mois/2026-06/saisie/")
    visite.remplir(**{f"heures_{contrat.uuid.hex}": "80", f"formation_{contrat.uuid.hex}": "35"})
    visite.cliquer("Enregistrer les heures")
    visite.voit("Déclarées", "Formation", "115 h", "comptent toutes")
    visite.ouvrir(contrat.get_absolute_url())
    visite.suivre("Ajouter un avenant")
    visite.page.get_by_label("Prolongation").check()
    visite.remplir(date_effet="2026-09-01")
    visite.cliquer("Enregistrer l'avenant")
    visite.voit("Donnez une fin après le 31/08/2026")
    visite.remplir(fin_prevue="2026-10-31")
    visite.cliquer("Enregistrer l'avenant")
    visite.voit("Avenant enregistré", "Prolongation ou renouvellement", "31 oct. 2026")
    assert LigneHeures.objects.get(contrat=contrat).heures == 115


def la_personne_donne_son_avis(visite, contrat: Contrat) -> None:
    visite.page.context.clear_cookies()
    visite.ouvrir(lien_recu("awa@personne.example"))
    visite.voit("Donner votre avis")
    visite.cliquer("Continuer")
    visite.voit("Sur votre contrat chez Bâtisseurs du Val")
    for question in visite.page.locator("fieldset").all()[:4]:
        question.get_by_label("4", exact=True).check()
    visite.cliquer("Envoyer mes réponses")
    visite.voit("Merci")
    assert Questionnaire.objects.get(contrat=contrat).reponses.count() == 4


def test_de_la_liste_aux_avis(visite, facilitatrice, mission, alternance):
    au_telephone(visite)
    visite.connecter("referente@mission.example")
    la_referente_confie_sa_liste(visite)
    au_bureau(visite)
    changer_de_personne(visite, facilitatrice.email)
    le_facilitateur_saisit_les_deux_heures_et_amende(visite, alternance)
    visite.suivre("Demander par courriel : La personne")
    visite.remplir(courriel="awa@personne.example")
    visite.cliquer("Envoyer la demande")
    visite.voit("Demandé le", "sans réponse")
    au_telephone(visite)
    la_personne_donne_son_avis(visite, alternance)
    changer_de_personne(visite, facilitatrice.email)
    visite.ouvrir(alternance.engagement.lot.marche.get_absolute_url())
    visite.suivre("Lire la synthèse")
    visite.voit("4 sur 5", "1 questionnaire rempli")
