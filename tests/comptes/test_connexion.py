"""Se connecter : limites d'essais, mot de passe oublié, second facteur, sessions, et rien qui dise qui a un compte."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from comptes.models import Utilisateur
from tests.client_strict import ClientStrict
from tests.comptes.outils import courriels_a, texte_recu
from tests.fabriques.comptes import MOT_DE_PASSE

CONNEXION = "/compte/connexion/"
# allauth prévient la personne à la fin de sa transaction, dans la requête : il faut ici de vraies transactions.
vraies_transactions = pytest.mark.django_db(transaction=True)
NOUVEAU = "un tout autre mot de passe"


@pytest.fixture
def personne(monde) -> Utilisateur:
    return monde.personne("edition")


def se_connecter(client: ClientStrict, adresse: str, mot_de_passe: str = MOT_DE_PASSE, **options):
    return client.post(CONNEXION, {"login": adresse, "password": mot_de_passe}, **options)


def est_connecte(client: ClientStrict) -> bool:
    return "_auth_user_id" in client.session


def code_actuel(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


def ouvrir_la_double_authentification(client: ClientStrict) -> str:
    """Active l'application d'authentification, comme à l'écran ; rend son secret."""
    activer = reverse("mfa_activate_totp")
    confirmer = client.get(activer)
    assert confirmer.url.startswith(reverse("account_reauthenticate"))
    page = client.post(confirmer.url, {"password": MOT_DE_PASSE, "next": activer}, follow=True)
    secret = page.context["form"].secret
    reponse = client.post(activer, {"code": code_actuel(secret)})
    assert reponse.url == reverse("mfa_view_recovery_codes")
    return secret


def codes_de_recuperation(client: ClientStrict) -> list[str]:
    """La première lecture des codes note qu'ils ont été vus : allauth l'écrit pendant un GET, le client strict le refuse."""
    ordinaire = Client()
    ordinaire.cookies = client.cookies
    return ordinaire.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]


# --- Les pages ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("nom", "chemin"),
    [
        ("account_login", "/compte/connexion/"),
        ("account_logout", "/compte/deconnexion/"),
        ("account_reset_password", "/compte/mot-de-passe/oublie/"),
        ("account_change_password", "/compte/mot-de-passe/changer/"),
        ("account_reauthenticate", "/compte/confirmer/"),
        ("mfa_index", "/compte/double-authentification/"),
        ("mfa_activate_totp", "/compte/double-authentification/application/activer/"),
        ("usersessions_list", "/compte/sessions/"),
    ],
)
def test_les_adresses_sont_francaises(nom, chemin):
    assert reverse(nom) == chemin


@pytest.mark.django_db
@pytest.mark.parametrize("nom", ["account_login", "account_reset_password", "account_signup", "account_inactive"])
def test_les_pages_d_entree_s_ouvrent_sans_compte(client, nom):
    assert client.get(reverse(nom)).status_code == 200


@pytest.mark.parametrize(
    "nom", ["account_change_password", "mfa_index", "mfa_list_webauthn", "usersessions_list", "account_logout"]
)
def test_les_reglages_s_ouvrent_connecte(connecte, nom):
    assert connecte("edition").get(reverse(nom)).status_code == 200


@pytest.mark.django_db
def test_tout_le_reste_demande_de_se_connecter(client):
    for chemin in ("/", "/organisation/membres/", "/organisation/qui-peut-quoi/", "/compte/sessions/", "/documents/"):
        reponse = client.get(chemin)
        assert (reponse.status_code, reponse.url.split("?")[0]) == (302, CONNEXION), chemin


@pytest.mark.django_db
def test_personne_ne_s_inscrit_seul(client):
    page = client.get(reverse("account_signup"))
    assert "par invitation" in page.content.decode()
    client.post(reverse("account_signup"), {"email": "x@y.fr", "password1": NOUVEAU, "password2": NOUVEAU})
    assert not Utilisateur.objects.exists()


# --- Se connecter ------------------------------------------------------------------------------------------------
def test_se_connecter_mene_a_l_accueil(client, personne):
    reponse = se_connecter(client, personne.email.upper())
    assert reponse.url == reverse("accueil")
    assert est_connecte(client)


def test_la_session_change_de_cle_a_la_connexion(client, personne):
    client.get(CONNEXION)
    client.session.save()
    avant = client.session.session_key
    se_connecter(client, personne.email)
    assert client.session.session_key != avant


def test_le_cookie_de_session_est_garde(client, personne):
    cookie = se_connecter(client, personne.email).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"]  # il meurt avec le navigateur
    assert settings.SESSION_COOKIE_AGE == 12 * 3600  # et la session, au bout de douze heures


def test_en_https_les_cookies_ne_voyagent_que_chiffres(client, personne):
    with override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True):
        reponse = se_connecter(client, personne.email)
    assert reponse.cookies["sessionid"]["secure"]


def test_apres_cinq_echecs_meme_le_bon_mot_de_passe_est_refuse(client, personne):
    for _ in range(5):
        assert "incorrect" in se_connecter(client, personne.email, "faux").content.decode()
    reponse = se_connecter(client, personne.email)
    assert "Trop de tentatives" in reponse.content.decode()
    assert not est_connecte(client)


def test_changer_d_adresse_ip_n_y_change_rien(client, personne):
    for rang in range(5):
        se_connecter(client, personne.email, "faux", REMOTE_ADDR=f"10.0.0.{rang}")
    assert "Trop de tentatives" in se_connecter(client, personne.email, REMOTE_ADDR="10.0.1.1").content.decode()


def test_la_limite_se_leve_avec_le_temps(client, personne, horloge):
    for _ in range(6):
        se_connecter(client, personne.email, "faux")
    horloge.shift(301)
    se_connecter(client, personne.email)
    assert est_connecte(client)


def test_une_rafale_depuis_une_adresse_ip_est_arretee(client, monde):
    reponses = [se_connecter(client, f"x{rang}@y.fr", "faux") for rang in range(31)]
    assert reponses[-1].status_code == 429
    assert "Attendez une minute" in reponses[-1].content.decode()


def _sans_saisie(reponse, adresse: str) -> str:
    """La page, sans ce qui change d'un essai à l'autre : le jeton et l'adresse tapée."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", reponse.content.decode())
    return re.sub(r'nonce="[^"]+"', "", html).replace(adresse, "")


def test_rien_ne_dit_si_un_compte_existe(client, personne):
    """Même page, même refus, avant comme après la limite, que le compte existe ou non."""
    for _ in range(6):
        connu, inconnu = se_connecter(client, personne.email, "faux"), se_connecter(client, "personne@y.fr", "faux")
        assert connu.status_code == inconnu.status_code
        assert _sans_saisie(connu, personne.email) == _sans_saisie(inconnu, "personne@y.fr")
        ClientStrict().logout()


def test_un_compte_ferme_ne_se_distingue_pas_d_un_mauvais_mot_de_passe(client, personne):
    Utilisateur.objects.filter(pk=personne.pk).update(is_active=False)
    assert "incorrect" in se_connecter(client, personne.email, "faux").content.decode()
    se_connecter(client, personne.email)
    assert not est_connecte(client)


def test_un_compte_ferme_pendant_la_session_n_ouvre_plus_rien(connecte, personne):
    client = connecte("edition")
    Utilisateur.objects.filter(pk=personne.pk).update(is_active=False)
    assert client.get("/organisation/membres/").url.startswith(CONNEXION)


# --- Mot de passe ------------------------------------------------------------------------------------------------
def demander_un_lien(client, adresse: str):
    return client.post(reverse("account_reset_password"), {"email": adresse}, follow=True)


def lien_recu(adresse: str) -> str:
    return re.search(r"https?://[^/]+(/compte/mot-de-passe/nouveau/\S+)", texte_recu(adresse))[1]


@vraies_transactions
def test_mot_de_passe_oublie(client, personne, connecte, boite):
    ailleurs = connecte("edition")
    demander_un_lien(client, personne.email)
    (courriel,) = courriels_a(personne.email)
    assert courriel.sujet == "Choisir un nouveau mot de passe"
    lien = lien_recu(personne.email)
    page = client.get(lien, follow=True)
    action = page.context["action_url"]
    client.post(action, {"password1": NOUVEAU, "password2": NOUVEAU}, follow=True)
    personne.refresh_from_db()
    assert personne.check_password(NOUVEAU)
    assert not est_connecte(client)
    assert ailleurs.get("/organisation/membres/").url.startswith(CONNEXION)  # les sessions ouvertes sont fermées
    assert "changement" in courriels_a(personne.email)[-1].corps


@vraies_transactions
def test_un_lien_de_mot_de_passe_ne_sert_qu_une_fois_et_expire(client, personne, horloge, boite):
    demander_un_lien(client, personne.email)
    premier = lien_recu(personne.email)
    action = client.get(premier, follow=True).context["action_url"]
    client.post(action, {"password1": NOUVEAU, "password2": NOUVEAU}, follow=True)
    assert "Ce lien ne sert plus" in ClientStrict().get(premier).content.decode()
    horloge.shift(120)
    demander_un_lien(client, personne.email)
    horloge.shift(settings.PASSWORD_RESET_TIMEOUT + 1)
    assert "Ce lien ne sert plus" in ClientStrict().get(lien_recu(personne.email)).content.decode()


def test_la_page_ne_dit_pas_si_l_adresse_est_connue(client, personne, boite):
    connue, inconnue = demander_un_lien(client, personne.email), demander_un_lien(client, "personne@y.fr")
    assert _sans_saisie(connue, personne.email) == _sans_saisie(inconnue, "personne@y.fr")
    assert not courriels_a("personne@y.fr")


@pytest.mark.parametrize("mot_de_passe", ["quinze lettres.", "1qaz2wsx3edc4rfv", "edition@nous.fr.."])
def test_changer_pour_un_mot_de_passe_faible_est_refuse(connecte, personne, mot_de_passe):
    reponse = connecte("edition").post(
        reverse("account_change_password"),
        {"oldpassword": MOT_DE_PASSE, "password1": mot_de_passe, "password2": mot_de_passe},
    )
    assert reponse.context["form"].errors
    personne.refresh_from_db()
    assert personne.check_password(MOT_DE_PASSE)


@vraies_transactions
def test_changer_de_mot_de_passe_previent_et_garde_la_session(connecte, personne, boite):
    client = connecte("edition")
    client.post(
        reverse("account_change_password"),
        {"oldpassword": MOT_DE_PASSE, "password1": NOUVEAU, "password2": NOUVEAU},
    )
    personne.refresh_from_db()
    assert personne.check_password(NOUVEAU)
    assert est_connecte(client)
    assert courriels_a(personne.email)


# --- Second facteur ----------------------------------------------------------------------------------------------
@vraies_transactions
def test_activer_l_application_puis_se_connecter_avec_son_code(client, personne, horloge):
    se_connecter(client, personne.email)
    secret = ouvrir_la_double_authentification(client)
    codes = codes_de_recuperation(client)
    assert len(codes) == 10
    client.post(reverse("account_logout"))
    horloge.shift(60)

    assert se_connecter(client, personne.email).url == reverse("mfa_authenticate")
    assert not est_connecte(client)
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not est_connecte(client)
    code = code_actuel(secret)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert est_connecte(client)

    rejoue = ClientStrict()
    se_connecter(rejoue, personne.email)
    rejoue.post(reverse("mfa_authenticate"), {"code": code})
    assert not est_connecte(rejoue)  # un code ne sert qu'une fois, même dans ses trente secondes
    rejoue.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert est_connecte(rejoue)


@vraies_transactions
def test_les_codes_faux_sont_comptes(client, personne, horloge):
    se_connecter(client, personne.email)
    secret = ouvrir_la_double_authentification(client)
    client.post(reverse("account_logout"))
    horloge.shift(60)
    se_connecter(client, personne.email)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": code_actuel(secret)})
    assert not est_connecte(client)


@vraies_transactions
def test_desactiver_demande_de_confirmer_que_c_est_soi(client, personne, horloge):
    se_connecter(client, personne.email)
    ouvrir_la_double_authentification(client)
    horloge.shift(3600)
    reponse = client.post(reverse("mfa_deactivate_totp"))
    assert reponse.status_code == 302
    assert Authenticator.objects.filter(user=personne, type="totp").exists()
    page = client.get(reponse.url)
    assert page.status_code == 200
    assert "Avec un code" in page.content.decode()


@vraies_transactions
def test_la_page_des_codes_et_des_cles_se_lit(client, personne):
    se_connecter(client, personne.email)
    ouvrir_la_double_authentification(client)
    codes_de_recuperation(client)
    for nom in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_add_webauthn"):
        assert client.get(reverse(nom)).status_code == 200, nom
    assert client.get(reverse("mfa_download_recovery_codes"))["Content-Disposition"].startswith("attachment")


# --- Sessions ----------------------------------------------------------------------------------------------------
def test_voir_et_fermer_ses_autres_sessions(client, personne):
    ailleurs = ClientStrict()
    se_connecter(ailleurs, personne.email, HTTP_USER_AGENT="Téléphone perdu")
    se_connecter(client, personne.email)
    assert "Téléphone perdu" in client.get(reverse("usersessions_list")).content.decode()
    client.post(reverse("usersessions_list"))
    assert UserSession.objects.filter(user=personne).count() == 1
    assert ailleurs.get("/organisation/membres/").url.startswith(CONNEXION)
    assert client.get("/organisation/membres/").status_code == 200


def test_derriere_un_proxy_la_limite_compte_la_vraie_adresse(client, personne):
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
        se_connecter(client, personne.email, HTTP_X_FORWARDED_FOR="9.9.9.9, 203.0.113.7")
    assert UserSession.objects.get(user=personne).ip == "203.0.113.7"


def test_rien_de_ce_que_voit_une_personne_connectee_ne_reste_dans_le_navigateur(connecte):
    assert "no-store" in connecte("edition").get("/organisation/membres/")["Cache-Control"]


def test_le_menu_montre_le_nom_de_la_personne(connecte):
    assert "Malo Adam" in connecte("edition").get(reverse("mfa_index")).content.decode()
