"""Les heures de vingt-cinq engagements, au clavier, puis leur validation : trois écrans."""

import datetime

import pytest

from declarations.enums import StatutDeclaration
from declarations.models import Declaration, LigneHeures
from tests.fabriques.beneficiaires import CritereFactory
from tests.fabriques.marches import EngagementFactory, LotFactory
from tests.fabriques.recrutement import ContratFactory
from tests.monde import construire_monde
from tests.parcours.conftest import MOT_DE_PASSE, attendre, au_telephone

pytestmark = pytest.mark.django_db(transaction=True)
ENGAGEMENTS, MOIS = 25, datetime.date(2026, 9, 1)
ECRANS_AU_PLUS = 3


def peupler(monde) -> list:
    contrats = []
    for rang in range(ENGAGEMENTS):
        lot = LotFactory(marche=monde.marche, numero=f"G{rang:02}")
        engagement = EngagementFactory(lot=lot, entreprise=monde.entreprise)
        contrat = ContratFactory(
            engagement=engagement, structure=monde.structure, debut=MOIS, fin_prevue=datetime.date(2026, 12, 31)
        )
        CritereFactory(beneficiaire=contrat.beneficiaire, piece_vue_le=MOIS)
        contrats.append(contrat)
    return contrats


def test_vingt_cinq_engagements_en_trois_ecrans(visite):
    monde = construire_monde()
    personne = monde.personne("edition")
    personne.set_password(MOT_DE_PASSE)
    personne.save()
    contrats = peupler(monde)
    visite.connecter(personne.email)
    ecrans: list[str] = []
    visite.page.on("framenavigated", lambda cadre: ecrans.append(cadre.url))

    visite.ouvrir("/heures/grille/?mois=2026-09&recherche=")
    cases = visite.page.locator("form[data-grille]:has(td[data-libelle='Heures travaillées']) input.case")
    siennes = [cases.page.locator(f"#id_heures_{contrat.uuid.hex}_2026-09") for contrat in contrats]
    siennes[0].focus()
    for _ in contrats:  # une colonne de tableur : taper, Entrée
        visite.page.keyboard.type("101,5")
        visite.page.keyboard.press("Enter")
    visite.page.locator("h2").first.click()  # quitter le dernier bloc
    lignes = LigneHeures.objects.filter(contrat__in=contrats, mois=MOIS)
    attendre(lambda: lignes.filter(heures_declarees="101.5").count() == ENGAGEMENTS)
    attendre(lambda: visite.page.locator("input[name=mois][form=valider-le-lot]").count() >= ENGAGEMENTS)
    visite.controler()

    visite.cliquer("Valider les mois sans alerte cochés")
    visite.page.get_by_role("button", name="Valider").first.click()
    visite.page.wait_for_url("**/heures/a-valider/")
    valides = Declaration.objects.filter(engagement__contrats__in=contrats, mois=MOIS, statut=StatutDeclaration.VALIDEE)
    assert valides.count() == ENGAGEMENTS
    assert len(ecrans) == ECRANS_AU_PLUS, ecrans

    # Un collage d'Excel remplit la colonne, de bloc en bloc ; « comme le mois d'avant » remplit ce qui est vide.
    visite.ouvrir("/heures/grille/?mois=2026-10")
    octobre = visite.page.locator(f"#id_heures_{contrats[0].uuid.hex}_2026-10")
    octobre.evaluate(
        """champ => { const donnees = new DataTransfer(); donnees.setData("text/plain", "12\\n13,25\\n");
        champ.dispatchEvent(new ClipboardEvent("paste", {clipboardData: donnees, bubbles: true, cancelable: true})) }"""
    )
    assert octobre.input_value() == "12"
    bloc = visite.page.locator(f"section.grille-bloc:has(#id_heures_{contrats[5].uuid.hex}_2026-10)")
    bloc.get_by_role("button", name="Comme en septembre").click()
    assert bloc.locator("input.case").first.input_value() == "101,5"
    attendre(lambda: LigneHeures.objects.filter(contrat__in=contrats, mois=datetime.date(2026, 10, 1)).count() == 3)

    au_telephone(visite)
    visite.ouvrir("/heures/grille/?mois=2026-10")
