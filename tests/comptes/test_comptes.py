"""Le compte de quelqu'un, par l'administrateur : bloqué, rouvert, déconnecté, son second facteur perdu ôté et ses secrets chiffrés."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.chiffrement import PREFIXE
from comptes.enums import Role
from comptes.services import (
    bloquer_compte,
    fermer_les_sessions,
    oter_second_facteur,
    rechiffrer_les_secrets,
    secrets_illisibles,
)
from socle.models import EntreeJournal
from socle.regles import RegleViolee
from tests.comptes.outils import texte_recu
from tests.comptes.test_connexion import code_actuel
from tests.fabriques.comptes import MOT_DE_PASSE, AdhesionFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MARCHES = reverse("marches:liste")


@pytest.fixture
def personne(monde):
    return monde.personne("edition")


def garde(personne, **data) -> Authenticator:
    return Authenticator.objects.create(user=personne, type="totp", data=data)


# --- Bloquer, rouvrir ----------------------------------------------------------------------------------------------
def test_un_compte_bloque_est_dehors_et_prevenu(monde, connecte, personne):
    client = connecte("edition")
    bloquer_compte(acteur=monde.acteur("administrateur"), utilisateur=personne)
    assert client.get(MARCHES).status_code == 302
    assert "a bloqué votre compte" in texte_recu(personne.email)
    assert EntreeJournal.objects.filter(action="compte_bloque", objet_uuid=personne.uuid).count() == 1


def test_bloque_par_la_commande_puis_rouvert(personne, capsys):
    call_command("bloquer_compte", personne.email.upper())
    personne.refresh_from_db()
    assert not personne.is_active
    call_command("bloquer_compte", personne.email, "--rouvrir")
    personne.refresh_from_db()
    assert personne.is_active
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("bloquer_compte", "personne@nulle-part.fr")


def test_on_ne_se_bloque_pas_soi_meme_ni_le_seul_administrateur(monde):
    administrateur = monde.personne("administrateur")
    with pytest.raises(RegleViolee, match="propre compte"):
        bloquer_compte(acteur=monde.acteur("administrateur"), utilisateur=administrateur)
    with pytest.raises(CommandError, match="seul administrateur"):
        call_command("bloquer_compte", administrateur.email)


def test_fermer_les_sessions_deconnecte_partout(client, monde, personne):
    client.post("/compte/connexion/", {"login": personne.email, "password": MOT_DE_PASSE})
    assert client.get(MARCHES).status_code == 200
    assert fermer_les_sessions(acteur=monde.acteur("administrateur"), utilisateur=personne) == 1
    assert client.get(MARCHES).status_code == 302


@pytest.mark.parametrize("geste", [bloquer_compte, fermer_les_sessions])
def test_ses_sessions_se_ferment_toutes_et_elles_seules(monde, connecte, personne, geste):
    siens, autre = [connecte("edition") for _ in range(2)], connecte("lecture")
    geste(acteur=monde.acteur("administrateur"), utilisateur=personne)
    assert [client.get(MARCHES).status_code for client in siens] == [302, 302]
    assert autre.get(MARCHES).status_code == 200
    assert fermer_les_sessions(acteur=monde.acteur("administrateur"), utilisateur=personne) == 0


@pytest.mark.parametrize(
    ("autre", "refuse"), [("en vigueur", False), ("retiré", True), ("bloqué", True), ("archivé avec les siens", True)]
)
def test_il_reste_toujours_un_administrateur_qui_peut_agir(monde, autre, refuse):
    archive = timezone.now() if autre == "archivé avec les siens" else None
    AdhesionFactory(
        organisation=OrganisationFactory(operateur=True, archive_le=archive),
        role=Role.ADMINISTRATEUR,
        utilisateur__is_active=autre != "bloqué",
        active=autre != "retiré",
    )
    premier = monde.personne("administrateur")
    if refuse:
        with pytest.raises(RegleViolee, match="seul administrateur"):
            bloquer_compte(acteur=Acteur.exploitant(), utilisateur=premier)
    else:
        bloquer_compte(acteur=Acteur.exploitant(), utilisateur=premier)
    bloquer_compte(acteur=Acteur.exploitant(), utilisateur=monde.personne("edition"))  # lui n'administre rien
    premier.refresh_from_db()
    assert premier.is_active is refuse


# --- Le second facteur perdu -----------------------------------------------------------------------------------------
def test_un_second_facteur_perdu_s_ote_et_la_personne_l_apprend(monde, personne):
    TOTP.activate(personne, SECRET)
    RecoveryCodes.activate(personne)
    oter_second_facteur(acteur=monde.acteur("administrateur"), utilisateur=personne)
    assert not Authenticator.objects.filter(user=personne).exists()
    assert "retiré la double authentification" in texte_recu(personne.email)


def test_par_la_commande_deux_fois(personne, capsys):
    TOTP.activate(personne, SECRET)
    for dit in ("ôtée", "n'avait pas"):
        call_command("oter_second_facteur", personne.email)
        assert dit in capsys.readouterr().out
    assert EntreeJournal.objects.filter(action="second_facteur_ote").count() == 1


# --- Les secrets chiffrés --------------------------------------------------------------------------------------------
def test_la_base_ne_garde_aucun_secret_en_clair(personne):
    moyen, codes = TOTP.activate(personne, SECRET).instance, RecoveryCodes.activate(personne)
    assert moyen.data["secret"].startswith(PREFIXE) and SECRET not in str(moyen.data)
    assert codes.instance.data["seed"].startswith(PREFIXE)
    assert TOTP(moyen).validate_code(code_actuel(SECRET))
    assert codes.validate_code(codes.get_unused_codes()[0])


def test_un_secret_d_avant_le_chiffrement_sert_et_se_chiffre(personne):
    moyen = garde(personne, secret=SECRET)
    assert TOTP(moyen).validate_code(code_actuel(SECRET))
    assert (rechiffrer_les_secrets(), rechiffrer_les_secrets()) == (1, 0)
    moyen.refresh_from_db()
    assert SECRET not in str(moyen.data)


def test_changer_de_cle_puis_retirer_l_ancienne(personne, settings):
    settings.SECRET_KEY = "la première"
    moyen = TOTP.activate(personne, SECRET).instance
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "la seconde", ["la première"]
    assert rechiffrer_les_secrets() == 1
    settings.SECRET_KEY_FALLBACKS = []
    moyen.refresh_from_db()
    assert secrets_illisibles() == []
    assert TOTP(moyen).validate_code(code_actuel(SECRET))


def test_sous_une_cle_perdue_aucun_code_n_ouvre_meme_celui_du_secret_vide(personne, settings, caplog):
    settings.SECRET_KEY = "la première"
    moyen = TOTP.activate(personne, SECRET).instance
    settings.SECRET_KEY = "une autre"
    assert not TOTP(moyen).validate_code(code_actuel(SECRET))
    assert not TOTP(moyen).validate_code(code_actuel(""))
    assert secrets_illisibles() == [personne.pk]
    assert "illisible" in caplog.text and personne.email not in caplog.text


def test_la_commande_dit_ce_qu_elle_a_rechiffre(personne, capsys):
    garde(personne, secret=SECRET)
    call_command("rechiffrer_secrets")
    assert "Secrets rechiffrés : 1. Illisibles : 0." in capsys.readouterr().out


def test_l_exploitant_agit_sans_compte(personne):
    assert bloquer_compte(acteur=Acteur.exploitant(), utilisateur=personne)
    assert bloquer_compte(acteur=Acteur.exploitant(), utilisateur=personne) is None
