"""Une embauche tient en deux écrans : la page de l'engagement, celle de l'embauche ; puis le contrat est là."""

import pytest

from recrutement.models import Contrat
from tests.monde import construire_monde
from tests.parcours.compter import compter
from tests.parcours.conftest import MOT_DE_PASSE, au_telephone

pytestmark = pytest.mark.django_db(transaction=True)
ECRANS_AU_PLUS = 2


def test_une_embauche_en_deux_ecrans(visite):
    monde = construire_monde()
    personne = monde.personne("edition")
    personne.set_password(MOT_DE_PASSE)
    personne.save()
    visite.connecter(personne.email)
    with compter(visite) as compte:
        visite.ouvrir(monde.engagement.get_absolute_url())
        visite.suivre("Embaucher")
        visite.remplir(
            nom="Quévreux",
            prenom="Rémi",
            date_naissance="2000-02-03",
            sexe="Homme",
            code="RSA",
            critere_depuis="2026-01-15",
        )
        visite.page.get_by_label("J'ai vu la pièce aujourd'hui").check()
        visite.remplir(modalite="Embauche directe", type_contrat="CDD", debut="2026-11-02", fin_prevue="2026-12-31")
        visite.cliquer("Ouvrir le dossier et établir le contrat")
    contrat = Contrat.objects.get(beneficiaire__nom="Quévreux")
    assert visite.page.url.endswith(contrat.get_absolute_url())
    compte.au_plus(ecrans=ECRANS_AU_PLUS)

    au_telephone(visite)
    visite.ouvrir(f"/engagements/{monde.engagement.uuid}/embaucher/")
