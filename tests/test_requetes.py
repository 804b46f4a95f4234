"""Le relevé des requêtes : chaque page en coûte autant pour une ligne que pour vingt, et jamais plus que son budget.

`tests/requetes.json` garde le compte de chaque page. Après un changement voulu : `RELEVE=1 make test ARGS="-k requetes"`
le réécrit ; il se relit comme le reste du changement.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from comptes.enums import Role
from socle.views import FicheView, ListeView
from tests.client_strict import ClientStrict
from tests.matrice_acces import MATRICE, Ligne
from tests.monde import Monde, agrandir, construire_monde

pytestmark = [pytest.mark.django_db, pytest.mark.un_moteur]
RELEVE = Path(__file__).with_name("requetes.json")
# Le budget de docs/architecture.md, par genre de page ; le coût fixe (session, compte, adhésion) y est compris.
BUDGET_LISTE, BUDGET_FICHE, BUDGET_TABLEAU_DE_BORD, BUDGET_FRAGMENT, BUDGET_FORMULAIRE = 8, 10, 12, 5, 10
BUDGET_BILAN = 20
PARTICULIERS = {
    "accueil": BUDGET_TABLEAU_DE_BORD,
    "exploitation:etat": BUDGET_TABLEAU_DE_BORD,
    "reporting:annee": BUDGET_TABLEAU_DE_BORD,
    "reporting:provenance": BUDGET_TABLEAU_DE_BORD,
    # Tout un bilan, lu à l'instant.
    "reporting:mes_chiffres": BUDGET_BILAN,
    "reporting:reseau": BUDGET_BILAN,
    # La liste, et trois réglages de chaque structure au-dessus.
    "reporting:reseau_parametres": BUDGET_TABLEAU_DE_BORD,
    "suivi:espace_entreprise": BUDGET_TABLEAU_DE_BORD,
    "marches:espace_acheteur": BUDGET_TABLEAU_DE_BORD,
    # Les deux vues d'un engagement réunissent neuf sections de quatre étages : ce sont ses tableaux de bord.
    "marches:engagement": BUDGET_TABLEAU_DE_BORD,
    # Deux de plus tant que ni le marché ni la structure n'a dit qui joindre : ses responsables, et s'ils reçoivent.
    "marches:mon_engagement": BUDGET_TABLEAU_DE_BORD + 2,
    # Une fiche et tout ce qui s'y rattache : ses sections, puis ce à quoi elle ressemble et ce qui y a été fusionné.
    "beneficiaires:fiche": BUDGET_TABLEAU_DE_BORD,
    "entreprises:fiche": BUDGET_TABLEAU_DE_BORD,
    "marches:maitre_ouvrage": BUDGET_TABLEAU_DE_BORD,
    "marches:fiche": BUDGET_TABLEAU_DE_BORD,
    "recrutement:ma_personne": BUDGET_TABLEAU_DE_BORD,
    # Les personnes d'un mois, ce qui en est dit, le mois d'avant, et ce que les contrôles y voient.
    "suivi:grille": BUDGET_TABLEAU_DE_BORD,
    # Toutes les relations de deux fiches, comptées avant de les réunir.
    "beneficiaires:fusion": BUDGET_BILAN,
    "entreprises:fusion": BUDGET_BILAN,
    "marches:maitre_ouvrage_fusion": BUDGET_BILAN,
    "territoires:communes_suggestions": BUDGET_FRAGMENT,
    "metiers:suggestions": BUDGET_FRAGMENT,
}
# Qui mesure : le premier de ces rôles que la page laisse entrer.
ROLES = (
    Role.RESPONSABLE,
    Role.ADMINISTRATEUR,
    Role.ENTREPRISE,
    Role.MAITRE_OUVRAGE,
    Role.PRESCRIPTEUR,
    Role.FINANCEUR,
    Role.RESEAU,
)

PAGES = [ligne for ligne in MATRICE if not ligne.externe and (ligne.get == 200 or ligne.selon)]


def role_qui_mesure(ligne: Ligne) -> Role:
    return next(role for role in ROLES if role in ligne.acces)


def budget(ligne: Ligne) -> int:
    if ligne.nom in PARTICULIERS:
        return PARTICULIERS[ligne.nom]
    vue = getattr(vue_de(ligne), "view_class", None)
    if vue and issubclass(vue, ListeView):
        return BUDGET_LISTE
    return BUDGET_FICHE if vue and issubclass(vue, FicheView) else BUDGET_FORMULAIRE


def vue_de(ligne: Ligne):
    return resolve(reverse(ligne.nom, args=ligne.objet(_Quelconque()) if ligne.objet else [])).func


def _adresse(nom: str) -> str:
    ligne = next(ligne for ligne in PAGES if ligne.nom == nom)
    return reverse(nom, args=ligne.objet(_Quelconque()) if ligne.objet else [])


class _Quelconque:
    """N'importe quel objet, pour retrouver la vue d'une adresse."""

    uuid = "00000000-0000-0000-0000-000000000000"
    pk = 0

    def __str__(self) -> str:
        return "quelconque"

    def __getattr__(self, nom: str) -> "_Quelconque":
        return self

    def __getitem__(self, cle) -> "_Quelconque":
        return self

    def __call__(self, *args) -> "_Quelconque":
        return self


def mesurer(monde: Monde) -> dict[str, int]:
    clients = {}
    for role in ROLES:
        clients[role] = ClientStrict(controler=False)
        clients[role].force_login(monde.personne(role))
    return {ligne.nom: _compter(clients[role_qui_mesure(ligne)], ligne, monde) for ligne in PAGES}


def _compter(client: ClientStrict, ligne: Ligne, monde: Monde) -> int:
    chemin = reverse(ligne.nom, args=ligne.objet(monde.nous) if ligne.objet else [])
    adresse = f"{chemin}?{ligne.requete}" if ligne.requete else chemin
    assert _lire(client, adresse) == 200, adresse  # la première fois remplit les caches
    with CaptureQueriesContext(connection) as requetes:
        _lire(client, adresse)
    return len([r for r in requetes if not r["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def _lire(client: ClientStrict, adresse: str) -> int:
    """Le code de la réponse, lue jusqu'au bout : un fichier se referme."""
    reponse = client.get(adresse)
    reponse.getvalue()
    return reponse.status_code


@pytest.fixture(scope="module")
def mesures(django_db_setup, django_db_blocker) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """Le compte de chaque page pour une ligne, puis pour vingt."""
    with django_db_blocker.unblock(), transaction.atomic():
        monde = construire_monde()
        petit = mesurer(monde)
        agrandir(monde.nous, 19)
        grand = mesurer(monde)
        transaction.set_rollback(True)
    if os.environ.get("RELEVE"):
        RELEVE.write_text(json.dumps(grand, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    yield petit, grand


@pytest.mark.parametrize("ligne", PAGES, ids=lambda ligne: ligne.nom)
def test_autant_pour_une_ligne_que_pour_vingt(ligne: Ligne, mesures):
    petit, grand = mesures
    assert petit[ligne.nom] == grand[ligne.nom]


@pytest.mark.parametrize("ligne", PAGES, ids=lambda ligne: ligne.nom)
def test_dans_son_budget(ligne: Ligne, mesures):
    assert mesures[1][ligne.nom] <= budget(ligne)


def test_le_releve_est_a_jour(mesures):
    assert json.loads(RELEVE.read_text()) == mesures[1], 'RELEVE=1 make test ARGS="-k requetes" le réécrit.'
