"""Le fichier d'heures de quarante personnes : déposé, relu, déclaré en trois écrans et une poignée de gestes."""

import datetime

import pytest

from declarations.enums import StatutDeclaration
from declarations.models import Declaration, LigneHeures
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.recrutement import ContratFactory
from tests.monde import construire_monde
from tests.parcours.compter import compter
from tests.parcours.conftest import MOT_DE_PASSE, au_telephone

pytestmark = pytest.mark.django_db(transaction=True)
PERSONNES, MOIS = 40, datetime.date(2026, 9, 1)


def test_quarante_personnes_d_un_fichier(visite):
    monde = construire_monde()
    personne = monde.personne("edition")
    personne.set_password(MOT_DE_PASSE)
    personne.save()
    lignes = ["Intérimaire;Période;Nb heures"]
    contrats = []
    for rang in range(PERSONNES):
        nom, prenom = f"Dupont{'abcdefghij'[rang // 10]}{'klmnopqrst'[rang % 10]}", "Éloïse"
        qui = BeneficiaireFactory(structure=monde.structure, nom=nom, prenom=prenom)
        contrats.append(
            ContratFactory(
                engagement=monde.engagement,
                structure=monde.structure,
                beneficiaire=qui,
                debut=MOIS,
                fin_prevue=datetime.date(2026, 12, 31),
            )
        )
        lignes.append(f"{nom.upper()} Eloise;09/2026;{100 + rang},5")
    lignes[1] = "DUPONTAX Eloise;09/2026;100,5"  # une faute de frappe, proche de plusieurs : à choisir
    visite.connecter(personne.email)
    with compter(visite) as compte:
        visite.ouvrir(f"/entreprises/{monde.entreprise.uuid}/fichier-d-heures/")
        octets = "\n".join(lignes).encode("cp1252")
        visite.page.locator("[name=fichier]").set_input_files(
            {"name": "heures.csv", "mimeType": "text/csv", "buffer": octets}
        )
        visite.cliquer("Lire le fichier")
        visite.voit("40 lignes à relire, dont 1 à regarder")
        visite.page.locator("[name=contrat_0]").select_option(str(contrats[0].uuid))
        visite.cliquer("Déclarer ces heures")
        visite.voit("1 mois déclaré")
    compte.au_plus(ecrans=2, frappes=25)
    declaration = Declaration.objects.get(engagement=monde.engagement, mois=MOIS)
    assert declaration.statut == StatutDeclaration.A_VALIDER
    assert LigneHeures.objects.filter(declaration=declaration, contrat__in=contrats).count() == PERSONNES

    au_telephone(visite)
    visite.ouvrir(f"/entreprises/{monde.entreprise.uuid}/fichier-d-heures/")
