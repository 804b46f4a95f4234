"""La démonstration est une invitée : ce qu'elle montre s'obtient à l'écran, par un import ou par une commande documentée.

Elle n'écrit rien elle-même ; et chaque champ, chaque relation de la base est écrit par un formulaire, un service, un import ou
une commande. Un champ qu'elle seule remplirait serait un écran vide chez tous les autres.
"""

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from reporting.enums import Variante
from reporting.models import Bilan
from tests.champs_ecrits import RACINE, orphelins, sources

# Ce qu'une bibliothèque tient pour nous.
DE_DJANGO = {
    "comptes.Utilisateur.last_login": "Django le pose à chaque connexion",
    "comptes.Utilisateur.is_superuser": "de Django, et que rien ne lit : les droits viennent des adhésions",
    "comptes.Utilisateur.groups": "de Django, et que rien ne lit : les droits viennent des adhésions",
    "comptes.Utilisateur.user_permissions": "de Django, et que rien ne lit : les droits viennent des adhésions",
}
# Ce qu'un service écrit sous un nom qu'il calcule : la cible d'un bilan a le nom de sa variante.
PAR_LA_VARIANTE = {f"reporting.Bilan.{variante}" for variante in ("maitre_ouvrage", "operation", "marche")}
ECRITURES = {
    "save", "create", "create_user", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "update",
    "set_password", "ecrire", "modifier", "appliquer",
}  # fmt: skip


# --- La démonstration ---------------------------------------------------------------------------------------------
def _ecritures_de_la_demonstration() -> Iterator[str]:
    for chemin in sorted((RACINE / "clauses_sociales" / "demonstration").glob("*.py")):
        for noeud in ast.walk(ast.parse(chemin.read_text())):
            if isinstance(noeud, ast.Call) and getattr(noeud.func, "attr", getattr(noeud.func, "id", "")) in ECRITURES:
                yield f"{chemin.name}:{noeud.lineno} {ast.unparse(noeud.func)}"


def test_elle_n_ecrit_rien_elle_meme():
    assert list(_ecritures_de_la_demonstration()) == []


@cache
def _orphelins() -> frozenset[str]:
    return frozenset(orphelins(sources()))


# --- Chaque champ ---------------------------------------------------------------------------------------------------
def test_chaque_champ_est_ecrit_par_autre_chose_qu_elle():
    assert _orphelins() - DE_DJANGO.keys() - PAR_LA_VARIANTE == set()


def test_ce_qui_est_excuse_existe_encore():
    assert _orphelins() >= DE_DJANGO.keys() | PAR_LA_VARIANTE
    for nom in PAR_LA_VARIANTE:
        variante = nom.rpartition(".")[2]
        assert variante in Variante.values and Bilan._meta.get_field(variante).is_relation


@pytest.mark.parametrize(
    ("module", "ecrit", "efface", "perdus"),
    [
        (
            "comptes/services/comptes_lies.py",
            'ecrire(fiche, {"organisation": organisation})',
            "ecrire(fiche, {})",
            {"entreprises.Entreprise.organisation", "marches.MaitreOuvrage.organisation"},
        ),
        ("marches/services/suivi_achat.py", "piece.retiree_le = ", "piece.autre = ", {"marches.Piece.retiree_le"}),
        ("entreprises/forms.py", '"fonction", ', "", {"entreprises.ContactEntreprise.fonction"}),
        (
            "comptes/services/invitations.py",
            "invitation.acceptee_le = ",
            "invitation.autre = ",
            {"comptes.Invitation.acceptee_le"},
        ),
    ],
)
def test_un_champ_rendu_orphelin_se_voit(module, ecrit, efface, perdus):
    textes = sources()
    assert ecrit in textes[module]
    textes[module] = textes[module].replace(ecrit, efface)
    assert set(orphelins(textes)) - DE_DJANGO.keys() - PAR_LA_VARIANTE == perdus
