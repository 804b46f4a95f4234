"""D'un brouillon au financeur : préparer, écrire, relire, publier, recevoir, vérifier ; puis une correction qui dit pourquoi."""

import datetime
from decimal import Decimal

import pytest
from django.core import mail

from comptes.enums import Role, TypeOrganisation
from comptes.models import Organisation, Partenariat
from declarations.models import LigneHeures
from reporting.models import Bilan
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory
from tests.parcours.conftest import au_bureau, au_telephone, changer_de_personne, membre

pytestmark = pytest.mark.django_db(transaction=True)
FINANCEUR = "elu@departement.example"


@pytest.fixture
def annee(facilitatrice) -> Organisation:
    """Six personnes, un marché de 2025, des heures validées ; un Département partenaire."""
    structure = Organisation.objects.get(slug="essai")
    departement = Organisation.objects.create(type=TypeOrganisation.FINANCEUR, nom="Département", slug="departement")
    Partenariat.objects.create(structure=structure, organisation=departement)
    membre(departement, FINANCEUR, Role.FINANCEUR)
    debut = datetime.date(2025, 1, 1)
    marche = MarcheFactory(structure=structure, debut=debut, fin_prevue=datetime.date(2025, 12, 31))
    engagement = EngagementFactory(lot=LotFactory(marche=marche))
    contrats = [
        ContratFactory(
            engagement=engagement,
            beneficiaire=BeneficiaireFactory(structure=structure),
            debut=debut,
            fin_prevue=datetime.date(2025, 6, 30),
        )
        for _ in range(6)
    ]
    DeclarationFactory(
        engagement=engagement,
        mois=datetime.date(2025, 3, 1),
        validee=True,
        lignes={contrat: Decimal(100) for contrat in contrats},
    )
    return structure


def telecharger(visite, lien: str) -> bytes:
    with visite.page.expect_download() as telechargement:
        visite.page.get_by_role("link", name=lien).first.click()
    return telechargement.value.path().read_bytes()


def la_responsable_prepare_et_publie(visite) -> None:
    visite.ouvrir("/bilans/")
    visite.suivre("Préparer un bilan")
    visite.suivre("Département")
    visite.voit("Les allocataires du RSA")
    visite.remplir(periode="2025")
    visite.cliquer("Préparer le bilan")
    visite.voit("Bilan 2025 · Département", "Brouillon", "600 h", "lisez-le en entier")
    visite.suivre("Écrire les textes")
    visite.remplir(difficultes="La **mobilité**, surtout le matin.")
    visite.cliquer("Enregistrer les textes")
    visite.voit("Difficultés et perspectives", "La mobilité, surtout le matin.")
    visite.suivre("600 : voir les lignes")
    visite.voit("D'où vient ce chiffre", "6 lignes, 600 h en tout")
    visite.page.go_back()
    visite.cliquer("Marquer relu")
    visite.voit("Relu par Zoé Hardy")
    visite.suivre("Publier…")
    visite.cliquer("Publier le bilan")
    visite.voit("Choisissez au moins un destinataire")
    visite.page.get_by_label("Département").check()
    visite.cliquer("Publier le bilan")
    visite.voit("Ces chiffres ne changent plus", "Remis à : Département")


def le_financeur_le_recoit(visite) -> None:
    (recu,) = [courriel for courriel in mail.outbox if FINANCEUR in courriel.to]
    assert "Bilan 2025 · Département" in recu.subject
    changer_de_personne(visite, FINANCEUR)
    visite.voit("Bilan 2025")
    visite.ouvrir(recu.body.partition("/bilans/")[1] + recu.body.partition("/bilans/")[2].split()[0])
    visite.voit("600 h", "Les effectifs de 1 à 4 personnes sont masqués")
    assert telecharger(visite, "Télécharger le PDF").startswith(b"%PDF")
    assert telecharger(visite, "Classeur Excel").startswith(b"PK")
    visite.suivre("600 : voir la définition")
    visite.voit("Définition", "restent dans la structure")
    empreinte = Bilan.objects.get().empreinte
    visite.page.context.clear_cookies()
    visite.ouvrir(f"/verifier/{empreinte}/")
    visite.voit("Reconnue", "MDE d'essai", "En vigueur")


def une_correction_dit_pourquoi(visite, responsable) -> None:
    LigneHeures.objects.filter(pk=LigneHeures.objects.order_by("pk").first().pk).update(
        heures=Decimal(110), heures_declarees=Decimal(110)
    )
    changer_de_personne(visite, responsable)
    visite.ouvrir(Bilan.objects.get().get_absolute_url())
    visite.voit("600 h")
    visite.cliquer("Préparer une nouvelle version")
    visite.voit("610 h")
    visite.suivre("Ce qui a changé")
    visite.voit("Heures d'insertion réalisées", "600 → 610", "corrigée")
    visite.page.go_back()
    visite.cliquer("Marquer relu")
    visite.suivre("Publier…")
    visite.page.get_by_label("Département").check()
    visite.cliquer("Publier le bilan")
    visite.voit("obligatoire")
    visite.remplir(motif="Dix heures de mars validées après coup.")
    visite.cliquer("Publier le bilan")
    visite.voit("Version 2", "Dix heures de mars validées après coup.")


def test_du_brouillon_au_financeur_puis_une_correction(visite, facilitatrice, annee):
    visite.connecter(facilitatrice.email)
    la_responsable_prepare_et_publie(visite)
    au_telephone(visite)
    le_financeur_le_recoit(visite)
    au_bureau(visite)
    une_correction_dit_pourquoi(visite, facilitatrice.email)
