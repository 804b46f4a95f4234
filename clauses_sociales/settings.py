"""Réglages uniques, lus dans l'environnement (12 facteurs). Sans rien régler : SQLite et une file locale, pour l'essai."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.csp import CSP

from clauses_sociales.cle_secrete import lire_ou_creer
from clauses_sociales.environnement import Environnement

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environnement(vide_admis={"ADRESSES_URL"})
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=False)
COMPOSANTS = env.bool("COMPOSANTS", default=DEBUG)  # la page /composants/, le catalogue de l'interface
SECRET_KEY = env("SECRET_KEY", default="") or lire_ou_creer(VAR_DIR / "cle_secrete")
SECRET_KEY_FALLBACKS = env.list(
    "SECRET_KEY_FALLBACKS", default=[]
)  # les clés d'avant : elles vérifient, ne signent plus
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# La Base adresse nationale, par la Géoplateforme ; vide, les adresses se tapent à la main.
ADRESSES_URL = env("ADRESSES_URL", default="https://data.geopf.fr/geocodage").rstrip("/")
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
HTTPS = env.bool("HTTPS", default=SITE_URL.startswith("https://"))

# Dits au pied de chaque page et dans les mentions légales.
VERSION = env("VERSION", default="0.1.0")
# Qui apprend que le service va mal : ces adresses (à défaut, les administrateurs), et l'adresse d'un webhook s'il y en a un.
ALERTES_A, ALERTES_WEBHOOK = env.list("ALERTES_A", default=[]), env("ALERTES_WEBHOOK", default="")
EDITEUR, HEBERGEUR, CONTACT = env("EDITEUR", default=""), env("HEBERGEUR", default=""), env("CONTACT", default="")
DPO = env("DPO", default="")  # comment joindre le délégué à la protection des données

APPS_DU_PROJET = [
    "socle",
    "comptes",
    "territoires",
    "metiers",
    "entreprises",
    "beneficiaires",
    "marches",
    "recrutement",
    "declarations",
    "pronostic",
    "parcours",
    "cloture",
    "reprise",
    "decp",
    "reporting",
    "exploitation",
    "clauses_sociales",
]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "clauses_sociales.statiques.FichiersStatiquesConfig",
    "django_htmx",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "lucide",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    *APPS_DU_PROJET,
]

MIDDLEWARE = [
    "socle.journaux.RequeteNommeeMiddleware",
    "socle.metriques.MesuresMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "socle.middleware.PagesCompresseesMiddleware",
    "socle.middleware.OctetNulMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "comptes.middleware.ActeurMiddleware",
    "comptes.middleware.OrganisationDeLaPageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "socle.middleware.RedirectionHtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "socle.middleware.PasDeCacheMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "clauses_sociales.urls"
WSGI_APPLICATION = "clauses_sociales.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "comptes.context_processors.acteur",
                "comptes.context_processors.aide",
                "comptes.context_processors.jeton_de_formulaire",
                "marches.context_processors.qui_appeler",
            ],
            "builtins": ["socle.templatetags.formulaires", "socle.templatetags.phrases"],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Base de données -------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'clauses.sqlite3'}")}
_base = DATABASES["default"]
if _base["ENGINE"].endswith("sqlite3"):
    # Mesuré : sans IMMEDIATE ni WAL, 60 à 90 % des transactions concurrentes échouent (« database is locked »).
    _base["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL",
    }
else:
    _base["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    _base["CONN_HEALTH_CHECKS"] = True
    _base["OPTIONS"] = {
        "options": f"-c statement_timeout={env.int('STATEMENT_TIMEOUT_MS', default=10_000)}"
        f" -c lock_timeout={env.int('LOCK_TIMEOUT_MS', default=5_000)}"
        # Compiler une requête coûte ici plus que l'exécuter : le classement de 50 000 personnes passe de 1,2 à 0,8 s.
        " -c jit=off"
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache : partagé entre processus, sinon les limites d'essais de connexion ne tiennent pas -------------------
_cache_redis = env("CACHE_URL", default="")
_sur_disque = {
    "BACKEND": "socle.cache.CacheFichiers",
    "LOCATION": VAR_DIR / "cache",
    "OPTIONS": {"MAX_ENTRIES": 5000},
}
_redis = {"BACKEND": "socle.cache.CacheTolerant", "LOCATION": _cache_redis, "TEMOIN": VAR_DIR / "panne-du-cache"}
# Redis en panne : les limites se comptent sur le disque, les sessions se lisent en base (« oubli » ne retient rien).
CACHES = {
    "default": {**_redis, "SECOURS": "secours"} if _cache_redis else _sur_disque,
    "sessions": {**_redis, "SECOURS": "oubli", "KEY_PREFIX": "session"} if _cache_redis else _sur_disque,
    "secours": _sur_disque,
    "oubli": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
SESSION_CACHE_ALIAS = "sessions"

# --- Comptes ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "comptes.Utilisateur"
ORGANISATION_MODEL = "comptes.Organisation"
# Un courriel est du socle, sa page est chez les comptes.
ABSOLUTE_URL_OVERRIDES = {"socle.courriel": lambda courriel: reverse("comptes:courriel", args=[courriel.uuid])}
INTERLOCUTEUR_D_UN_COURRIEL = "marches.interlocuteur.interlocuteur_du_courriel"  # qui un courriel dit d'appeler
SUITE_D_UN_DEPART = "beneficiaires.services.reaffecter_les_personnes"  # qui suit les personnes d'un membre parti
SUITE_D_UN_REBOND = "entreprises.services.marquer_contacts_en_erreur"  # ce que devient une adresse qui ne reçoit plus
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "prenom", "nom")},
    },
    # 16 caractères sans règle de composition, plus une limite d'essais : au-delà des 50 bits demandés par la CNIL (2022).
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 16}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accueil"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "comptes.adapter.CompteAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # l'invitation reçue par courriel prouve déjà l'adresse
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # sinon la page « mot de passe oublié » écrirait à n'importe quelle adresse
ACCOUNT_EMAIL_NOTIFICATIONS = True  # mot de passe changé, double authentification modifiée : la personne est prévenue
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "comptes.forms.compte.ConnexionForm",
    "reset_password": "comptes.forms.compte.MotDePasseOublieForm",
}
ACCOUNT_USER_DISPLAY = "comptes.adapter.nom_affiche"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
MFA_ADAPTER = "comptes.chiffrement.DoubleAuthentificationAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_FORMS = {"add_webauthn": "comptes.forms.compte.AjoutCleForm"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Clauses sociales"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # même raison : l'invitation a prouvé l'adresse
PASSWORD_RESET_TIMEOUT = 4 * 3600
ALLAUTH_TRUSTED_PROXY_COUNT = int(env.bool("DERRIERE_PROXY", default=False))  # l'adresse que comptent les limites
INVITATION_VALIDITE_JOURS = env.int("INVITATION_VALIDITE_JOURS", default=14)
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# --- Sessions et navigateur ------------------------------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"  # lue du cache, écrite aussi en base
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^sante/", r"^metriques/$"]  # les sondes viennent de la machine même
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("DERRIERE_PROXY", default=False) else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Deux choix qui ne se défont pas avant un an : sous le domaine d'une ville, ils couperaient ses sites encore en http.
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and env.bool("HSTS_SOUS_DOMAINES", default=False)
SECURE_HSTS_PRELOAD = HTTPS and env.bool("HSTS_PRECHARGE", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
CSRF_FAILURE_VIEW = "socle.erreurs.csrf_refuse"

# --- Langue, heure, nombres ------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "français")]
USE_I18N = USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # les nombres passent par socle.nombres (espaces fines insécables)
TIME_ZONE = "Europe/Paris"
FORMAT_MODULE_PATH = "clauses_sociales.formats"

# --- Fichiers --------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(VAR_DIR / "static")))
# Bootstrap et la police viennent de leurs paquets Python : ni CDN, ni copie dans le dépôt.
_bootstrap: Any = find_spec("bootstrap")
_polices: Any = find_spec("font_source_sans_pro")
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("bootstrap", Path(_bootstrap.submodule_search_locations[0])),
    ("polices", Path(_polices.origin).parent / "files"),
]
_seau = env("S3_SEAU", default="")
_sur_ce_disque = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {
        "location": VAR_DIR / "documents",
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    },
}
# Un stockage que plusieurs machines partagent. Rien n'y est public : le site lit les fichiers, et les donne selon les droits.
_dans_un_seau = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": _seau,
        "endpoint_url": env("S3_ADRESSE", default="") or None,  # vide : AWS
        "region_name": env("S3_REGION", default="") or None,
        "access_key": env("S3_CLE", default="") or None,
        "secret_key": env("S3_SECRET", default="") or None,
        "addressing_style": "path",  # un serveur compatible n'a pas un nom d'hôte par seau
        "signature_version": "s3v4",
        "default_acl": None,
        "file_overwrite": False,  # deux dépôts du même nom restent deux fichiers, comme sur un disque
    },
}
STORAGES = {
    "default": _dans_un_seau if _seau else _sur_ce_disque,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SAUVEGARDE_CLE = env("SAUVEGARDE_CLE", default="")  # la clé publique (age ou SSH) des sauvegardes
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # quatre champs par personne et par mois : un engagement de 260 personnes passe
# Un corps qui n'arrive pas en entier pendant ce temps est abandonné : le mandataire livré, lui, l'attend à notre place.
DELAI_CORPS_S = env.int("DELAI_CORPS_S", default=60)
# Une prise locale (« /run/clamav/clamd.ctl ») ou « hôte:port » ; vide, les fichiers déposés ne sont pas analysés.
CLAMD_ADRESSE = env("CLAMD_ADRESSE", default="")
FICHIER_IMPORTE_TAILLE_MAX = 20 * 1024 * 1024

# --- Courriels : écrits en base d'abord, envoyés après validation de la transaction ------------------------------
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Clauses sociales <ne-pas-repondre@localhost>")
_smtp = env("SMTP_HOTE", default="")
if _smtp:
    _smtp_ssl = env.bool("SMTP_SSL", default=False)
    _envoi: dict[str, Any] = {
        "BACKEND": "socle.smtp.EnvoiSMTP",
        "OPTIONS": {
            "host": _smtp,
            "port": env.int("SMTP_PORT", default=465 if _smtp_ssl else 587),
            "username": env("SMTP_UTILISATEUR", default=""),
            "password": env("SMTP_MOT_DE_PASSE", default=""),
            "use_ssl": _smtp_ssl,
            "use_tls": env.bool("SMTP_TLS", default=True) and not _smtp_ssl,
            "timeout": 10,
        },
    }
else:
    _envoi = {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": VAR_DIR / "courriels"},
    }
# Où le serveur de courrier dépose les avis de non-remise, un par fichier ou en Maildir : lus toutes les dix minutes.
REBONDS_DOSSIER = Path(env("REBONDS_DOSSIER", default=str(VAR_DIR / "rebonds")))
MAILERS = {"default": {"BACKEND": "socle.courriels.BoiteDEnvoi"}, "envoi": _envoi}

# --- Celery ----------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="filesystem://localhost")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT, CELERY_TASK_SOFT_TIME_LIMIT = 900, 840
CELERY_TASK_ROUTES = {"socle.tasks.fabriquer_document": {"queue": "pdf"}}
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if CELERY_BROKER_URL.startswith("filesystem"):
    _file = VAR_DIR / "file"
    for _dossier in ("messages", "traites", "controle"):
        (_file / _dossier).mkdir(mode=0o700, parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_file / "messages"),
        "data_folder_out": str(_file / "messages"),
        "processed_folder": str(_file / "traites"),
        "control_folder": str(_file / "controle"),
        "store_processed": False,
    }
else:
    CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
    CELERY_WORKER_PREFETCH_MULTIPLIER = 1
    # Le délai de visibilité dépasse la tâche la plus longue ; la reprise est balayée sans attendre (92 s par défaut).
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 1800,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    }

# --- Journaux : jamais de donnée personnelle --------------------------------------------------------------------
JOURNAUX_JSON = env.bool("JOURNAUX_JSON", default=False)  # une ligne de JSON par entrée, pour un outil qui les range
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"sans_rien_de_personnel": {"()": "socle.journaux.formateur", "json": JOURNAUX_JSON}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "sans_rien_de_personnel"}},
    "root": {"handlers": ["console"], "level": env("NIVEAU_JOURNAL", default="WARNING")},
}
if _sentry := env("SENTRY_DSN", default=""):
    from clauses_sociales import sentry

    sentry.demarrer(_sentry, VERSION)

# --- Métriques -------------------------------------------------------------------------------------------------
METRIQUES_JETON = env("METRIQUES_JETON", default="")  # vide, /metriques/ n'existe pas
# Où plusieurs processus comptent ensemble : un dossier vidé à chaque démarrage. La bibliothèque lit elle-même cette variable.
PROMETHEUS_MULTIPROC_DIR = env("PROMETHEUS_MULTIPROC_DIR", default="")
if PROMETHEUS_MULTIPROC_DIR:
    Path(PROMETHEUS_MULTIPROC_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)

# FETCH_PEERS charge une relation oubliée en une requête pour toute la liste ; les tests la refusent (FETCH_RAISE).
MODE_DE_CHARGEMENT = "FETCH_PEERS"

# Ce que l'environnement règle : une sauvegarde chiffrée le garde.
REGLAGES_DONNES = env.donnes
