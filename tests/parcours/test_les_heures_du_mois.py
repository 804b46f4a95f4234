"""Les heures de vingt-cinq engagements, ou d'une année, au clavier, puis leur validation : deux écrans."""

import datetime

import pytest
from django.utils import timezone

from declarations.enums import StatutDeclaration
from declarations.models import Declaration, LigneHeures
from tests.fabriques.beneficiaires import CritereFactory
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.marches import EngagementFactory, LotFactory
from tests.fabriques.recrutement import ContratFactory
from tests.monde import construire_monde
from tests.parcours.compter import compter
from tests.parcours.conftest import MOT_DE_PASSE, attendre, au_telephone

pytestmark = pytest.mark.django_db(transaction=True)
ENGAGEMENTS, MOIS, FIN = 25, datetime.date(2026, 9, 1), datetime.date(2026, 12, 31)
ECRANS_AU_PLUS = 2


def peupler(monde) -> list:
    contrats = []
    for rang in range(ENGAGEMENTS):
        lot = LotFactory(marche=monde.marche, numero=f"G{rang:02}")
        engagement = EngagementFactory(lot=lot, entreprise=monde.entreprise)
        contrat = ContratFactory(engagement=engagement, structure=monde.structure, debut=MOIS, fin_prevue=FIN)
        CritereFactory(beneficiaire=contrat.beneficiaire, piece_vue_le=MOIS)
        contrats.append(contrat)
    return contrats


def test_vingt_cinq_engagements_en_deux_ecrans(visite):
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
    visite.voit(f"{ENGAGEMENTS} mois validés")
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


def test_l_annee_d_un_engagement_sur_un_ecran(visite):
    monde = construire_monde()
    personne = monde.personne("edition")
    personne.set_password(MOT_DE_PASSE)
    personne.save()
    contrats = peupler(monde)[:1]
    engagement = contrats[0].engagement
    for _ in range(3):
        contrat = ContratFactory(engagement=engagement, structure=monde.structure, debut=MOIS, fin_prevue=FIN)
        CritereFactory(beneficiaire=contrat.beneficiaire, piece_vue_le=MOIS)
        contrats.append(contrat)
    contrats.sort(key=lambda contrat: (contrat.beneficiaire.nom_plie, contrat.pk))
    case = "#id_heures_{0}_{1}".format
    visite.connecter(personne.email)

    with compter(visite) as compte:
        visite.ouvrir(f"/engagements/{engagement.uuid}/heures/")
        premiere = visite.page.locator(case(contrats[0].uuid.hex, "2026-09"))
        premiere.evaluate(
            """champ => { const donnees = new DataTransfer(); donnees.setData("text/plain", "101,5\\t90\\n100\\t91\\n99\\t92\\n98\\t93");
            champ.dispatchEvent(new ClipboardEvent("paste", {clipboardData: donnees, bubbles: true, cancelable: true})) }"""
        )
        premiere.focus()
        for touche in ("ArrowDown", "ArrowRight", "ArrowUp"):
            visite.page.keyboard.press(touche)
        visite.page.keyboard.type("89,25")
        visite.page.get_by_role("button", name="Comme en octobre").click()
        mois = LigneHeures.objects.filter(contrat__in=contrats).order_by("mois", "contrat__beneficiaire__nom_plie")
        attendre(lambda: mois.count() == 12)
        coches = visite.page.locator("input[name=mois][form=valider-le-lot]")
        attendre(lambda: coches.count() == 3)
        visite.cliquer("Valider les mois sans alerte cochés")
        visite.voit("3 mois validés")
    compte.au_plus(ecrans=1, frappes=45)  # le compteur prend pour tapé ce que le collage et « comme en » posent
    lues = [float(heures) for heures in mois.values_list("heures_declarees", flat=True)]
    assert lues == [101.5, 100, 99, 98, 89.25, 91, 92, 93, 89.25, 91, 92, 93]
    assert Declaration.objects.filter(engagement=engagement, statut=StatutDeclaration.VALIDEE).count() == 3

    au_telephone(visite)
    visite.ouvrir(f"/engagements/{engagement.uuid}/heures/")


def test_vingt_mois_sans_alerte_se_valident_en_deux_ecrans_depuis_l_accueil(visite):
    monde = construire_monde()
    personne = monde.personne("edition")
    personne.set_password(MOT_DE_PASSE)
    personne.save()
    contrats = peupler(monde)[:20]
    for contrat in contrats:
        DeclarationFactory(
            engagement=contrat.engagement, mois=MOIS, declaree_le=timezone.now(), lignes={contrat: "101"}
        )
    siens = Declaration.objects.filter(engagement__contrats__in=contrats, statut=StatutDeclaration.VALIDEE)
    visite.connecter(personne.email)
    with compter(visite) as compte:
        groupe = visite.page.locator(".a-faire-groupe", has_text="mois à valider")
        groupe.get_by_role("link", name="Tout ouvrir").click()
        visite.cliquer("Valider les mois sans alerte cochés")
        visite.voit("mois validés")
    compte.au_plus(ecrans=2, frappes=2)
    assert siens.count() == 20
