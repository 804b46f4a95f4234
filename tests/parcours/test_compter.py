"""Le compteur des gestes compte juste : une touche, un clic, un choix, un texte, une page où l'on ne fait que lire."""

import pytest

from tests.parcours.compter import compter

pytestmark = pytest.mark.django_db(transaction=True)


def test_le_compteur_compte_ecrans_et_frappes(visite, facilitatrice):
    visite.connecter(facilitatrice.email)
    with compter(visite) as compte:
        visite.ouvrir("/maitres-ouvrage/")  # de l'accueil, où rien n'est fait
        visite.page.goto("/maitres-ouvrage/nouveau/")
        visite.remplir(nom="Ville", type="Commune")
        visite.page.keyboard.press("Tab")
        visite.page.keyboard.type("ab")  # le SIRET, qui n'en veut pas : la page revient, et ne fait que se lire
        visite.cliquer("Ajouter")
    assert compte.chemins == ["/maitres-ouvrage/", "/maitres-ouvrage/nouveau/"]
    assert compte.frappes == len("Ville") + 1 + 1 + len("ab") + 1
    compte.au_plus(ecrans=2, frappes=10)
    with pytest.raises(AssertionError, match="2 écrans, 1 au plus"):
        compte.au_plus(ecrans=1)

    with compter(visite) as rien:
        visite.voit("Un point est à corriger")
    assert (rien.ecrans, rien.frappes) == (0, 0)
