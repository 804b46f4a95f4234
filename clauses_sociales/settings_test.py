"""Les mêmes réglages, pour les tests : hachage rapide, courriels gardés en mémoire, chargement paresseux interdit."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Un dossier privé par processus de test, effacé à la fin : rien n'est partagé entre eux, rien ne reste dans var/.
if "VAR_DIR_TESTS" not in os.environ:
    os.environ["VAR_DIR_TESTS"] = tempfile.mkdtemp(prefix="clauses-tests-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR_TESTS"], ignore_errors=True)
os.environ["VAR_DIR"] = str(Path(os.environ["VAR_DIR_TESTS"], os.environ.get("PYTEST_XDIST_WORKER", "principal")))

from clauses_sociales.settings import *  # noqa: F403  (après le choix du dossier)
from clauses_sociales.settings import DATABASES, LOGGING, STORAGES, VAR_DIR

SECRET_KEY = "cle-des-tests-sans-valeur"
DEBUG = False
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise avertit d'un dossier absent
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Un fichier, pas la mémoire : les tests de concurrence ouvrent plusieurs connexions, comme en service.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "tests.sqlite3"}
else:
    # Une base de test ne survit à aucune panne : attendre le disque à chaque transaction n'y garde rien.
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
MAILERS = {
    "default": {"BACKEND": "socle.courriels.BoiteDEnvoi"},
    "envoi": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"},
}
# Un refus attendu (403, 404) n'écrit pas sa pile d'appels : les matrices d'accès en comptent des milliers. Une panne l'écrit.
LOGGING = {**LOGGING, "loggers": {"django.request": {"level": "ERROR"}}}
_en_memoire = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {"default": _en_memoire, "sessions": _en_memoire}
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ADRESSES_URL = ""  # aucun test ne sort de la machine ; ceux des adresses mettent la doublure
MODE_DE_CHARGEMENT = "FETCH_RAISE"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
WHITENOISE_AUTOREFRESH = True
