"""Déclarer au téléphone, par le lien du courriel : trois personnes en douze gestes au plus, « aucune heure » en trois."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import pytest
import time_machine
from django.urls import reverse

from clauses_sociales.celery import app
from comptes.models import Organisation
from declarations.models import Declaration, ReglagesDeclaration
from declarations.services.ouverture import ouvrir_les_mois_clos
from marches.models import Engagement
from tests.fabriques.beneficiaires import BeneficiaireFactory, CritereFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory, EntrepriseFactory, FicheEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MaitreOuvrageFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory
from tests.fichiers import PDF
from tests.parcours.conftest import au_bureau, au_telephone, changer_de_personne, lien_recu

pytestmark = pytest.mark.django_db(transaction=True)
PERSONNES = ("Inès Lefèvre", "Karim Renouf", "Zoé Marie")


@pytest.fixture
def chantier(facilitatrice) -> Engagement:
    structure = Organisation.objects.get(slug="essai")
    ReglagesDeclaration.objects.create(structure=structure, relances=True)
    marche = MarcheFactory(structure=structure, reference="2026-007", maitre_ouvrage=MaitreOuvrageFactory())
    entreprise = EntrepriseFactory(raison_sociale="Bâtisseurs du Val")
    fiche = FicheEntrepriseFactory(entreprise=entreprise, structure=structure)
    engagement = EngagementFactory(
        lot=LotFactory(marche=marche, numero="1"),
        entreprise=entreprise,
        heures_initiales=1000,
        correspondant=ContactEntrepriseFactory(fiche=fiche, courriel="paie@batisseurs.example"),
    )
    for rang, qui in enumerate(PERSONNES):
        prenom, nom = qui.split()
        personne = BeneficiaireFactory(structure=structure, prenom=prenom, nom=nom)
        CritereFactory(beneficiaire=personne, piece_vue_le=datetime.date(2026, 1, 5))
        ContratFactory(engagement=engagement, beneficiaire=personne, identifiant=f"C-{rang}")
    return engagement


def test_declarer_ses_heures(visite, facilitatrice, chantier):
    with time_machine.travel(datetime.datetime(2026, 8, 3, 9, tzinfo=datetime.UTC), tick=True):
        assert ouvrir_les_mois_clos() == 3
        visite.connecter(facilitatrice.email)
        visite.ouvrir(chantier.get_absolute_url())
        visite.suivre("Envoyer le lien de déclaration")
        visite.remplir(courriel="paie@batisseurs.example")
        visite.cliquer("Envoyer le lien")
        l_entreprise_declare(visite)
        le_facilitateur_valide(visite, facilitatrice, chantier)
    with le_calendrier("mois-à-ouvrir", datetime.date(2026, 9, 1)):
        assert Declaration.objects.filter(engagement=chantier, mois=datetime.date(2026, 8, 1)).exists()
    with le_calendrier("entreprises-à-relancer", datetime.date(2026, 9, 22)):  # cinq jours ouvrés après le 15
        le_rappel_se_lit_au_journal(visite, facilitatrice, chantier)


def l_entreprise_declare(visite) -> None:
    gestes = 0

    def toucher(bouton: str) -> None:
        nonlocal gestes
        gestes += 1
        visite.cliquer(bouton)

    visite.page.context.clear_cookies()
    au_telephone(visite)
    visite.ouvrir(lien_recu("paie@batisseurs.example"))
    toucher("Continuer")
    # Ouverts ensemble le 3 août : aucun n'est un reproche, leur échéance compte de ce jour.
    visite.voit("Juillet 2026", "Juin 2026", "Mai 2026", "à déclarer avant le 17 août 2026")
    toucher("Aucune heure ce mois-ci : mai 2026")
    assert gestes <= 3
    visite.voit("Mai 2026, marché 2026-007, lot 1 À valider")
    gestes = 1  # le bouton d'entrée
    visite.suivre("Déclarer juillet 2026")
    gestes += 1
    for rang, qui in enumerate(PERSONNES):
        visite.page.get_by_role("group", name=qui).get_by_label("Heures travaillées").fill(str(100 + rang))
        gestes += 1
    toucher("Vérifier puis envoyer")
    visite.voit("Est-ce bien cela ?", "303 h travaillées")
    toucher("Envoyer la déclaration")
    assert gestes <= 12
    visite.voit("Juillet 2026, marché 2026-007, lot 1 À valider")
    l_entreprise_joint_et_annonce(visite)


def l_entreprise_joint_et_annonce(visite) -> None:
    """Le mois suivant : un relevé joint, une personne embauchée depuis ; le total suit la frappe."""
    visite.suivre("Déclarer juin 2026")
    visite.page.get_by_role("group", name=PERSONNES[0]).get_by_label("Heures travaillées").fill("70,5")
    visite.voit("Total noté : 70,5 h")
    visite.page.get_by_text("Joindre un relevé ou un bulletin").click()
    visite.page.locator("[name=fichier]").set_input_files(
        {"name": "releve.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    visite.page.get_by_text("Ajouter une personne").click()
    personne = {"prenom": "Léo", "nom": "Simon", "embauchee_le": "2026-06-15", "heures": "40", "type_contrat": "CDD"}
    visite.remplir(**{f"annonce-{champ}": valeur for champ, valeur in personne.items()})
    visite.cliquer("Ajouter cette personne")
    visite.voit("Léo Simon, 40 h", "releve.pdf")
    visite.cliquer("Vérifier puis envoyer")
    visite.voit("70,5 h travaillées", "Léo Simon", "releve.pdf")
    visite.cliquer("Envoyer la déclaration")
    visite.voit("Rien à déclarer", "Juin 2026, marché 2026-007, lot 1 À valider")


def le_facilitateur_valide(visite, facilitatrice, chantier) -> None:
    au_bureau(visite)
    changer_de_personne(visite, facilitatrice.email)
    declaration = Declaration.objects.get(engagement=chantier, mois=datetime.date(2026, 7, 1))
    visite.ouvrir(declaration.get_absolute_url())
    visite.voit("paie@batisseurs.example", "303 h")
    visite.cliquer("Accepter le reste et valider")
    visite.voit("Validé le")
    visite.ouvrir(chantier.get_absolute_url())
    visite.voit("303 h faites sur 1 000 h")
    juin = Declaration.objects.get(engagement=chantier, mois=datetime.date(2026, 6, 1))
    visite.ouvrir(juin.get_absolute_url())
    visite.voit("Léo Simon, CDD depuis le 15 juin 2026", "releve.pdf")
    visite.suivre("Ouvrir son dossier")
    assert visite.page.locator("[name=nom]").input_value() == "Simon"


def lancer(entree: str) -> None:
    tache = app.conf.beat_schedule[entree]["task"]
    import_module(tache.rpartition(".")[0])
    app.tasks[tache].delay()


@contextmanager
def le_calendrier(entree: str, jour: datetime.date) -> Iterator[None]:
    """Ce jour-là, à neuf heures, le calendrier périodique lance son travail."""
    with time_machine.travel(datetime.datetime(jour.year, jour.month, jour.day, 9, tzinfo=datetime.UTC), tick=True):
        lancer(entree)
        yield


def le_rappel_se_lit_au_journal(visite, facilitatrice, chantier) -> None:
    """Août s'est ouvert tout seul ; sans déclaration cinq jours ouvrés après l'échéance, l'entreprise est rappelée une fois."""
    lancer("entreprises-à-relancer")
    changer_de_personne(visite, facilitatrice.email)
    aout = Declaration.objects.get(engagement=chantier, mois=datetime.date(2026, 8, 1))
    visite.ouvrir(aout.get_absolute_url())
    visite.voit("Attendue", "En retard", "22 sept. 2026")
    visite.ouvrir(reverse("comptes:courriels"))
    rappels = visite.page.get_by_role("link", name="Rappel")
    assert rappels.count() == 1
    rappels.first.click()
    visite.controler()
    visite.voit("paie@batisseurs.example", "août 2026", "2026-007")
