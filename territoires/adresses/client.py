"""Le client de la Base adresse nationale : GeoJSON du géocodage de la Géoplateforme (`/search?q=&limit=&autocomplete=`).

Un service extérieur peut être lent, en panne, bavard ou faux : le délai est borné de bout en bout, la taille aussi, ce qui
ne se comprend pas est une panne, et après une panne on le laisse en paix un moment.
"""

import hashlib
import json
import logging
import math
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.cache import cache

from socle.texte import plier
from territoires.geometrie import en_france

journal_technique = logging.getLogger(__name__)

DELAI_SECONDES = 2.0
TAILLE_MAX = 200_000
MEMOIRE_SECONDES = 24 * 3600
REPOS_SECONDES = 30
REPOS_MAX_SECONDES = 300
CLE_REPOS = "adresses:repos"
LONGUEUR_MIN = 3


class ServiceIndisponible(Exception):
    """Le service n'a pas répondu, ou n'a rien dit qui se comprenne : on continue sans lui."""


@dataclass(frozen=True, slots=True)
class Adresse:
    """Une réponse : `score` va de 0 à 1, les coordonnées sont en degrés WGS84."""

    libelle: str
    voie: str
    code_postal: str
    code_insee: str
    ville: str
    latitude: float
    longitude: float
    score: float
    precision: str = ""  # « housenumber », « street », « locality », « municipality » : ce que la réponse situe

    @property
    def est_precise(self) -> bool:
        """Au numéro ou à la rue : une commune ou un lieu-dit ne dit pas où l'on habite."""
        return self.precision in ("housenumber", "street")


def chercher(texte: str, *, limite: int = 5, completion: bool = False) -> list[Adresse]:
    """Les adresses qui répondent à ce texte, la meilleure d'abord. Lève `ServiceIndisponible`."""
    demande = " ".join(texte.split())[:200]
    if len(demande) < LONGUEUR_MIN:
        return []
    if not settings.ADRESSES_URL:
        raise ServiceIndisponible("aucun service d'adresses n'est réglé")
    parametres = {"q": demande, "limit": limite, "autocomplete": int(completion)}
    cle = cle_de_cache(demande, limite=limite, completion=completion)
    if (connues := cache.get(cle)) is not None:
        return [Adresse(**connue) for connue in connues]
    if cache.get(CLE_REPOS):
        raise ServiceIndisponible("le service d'adresses se repose")
    trouvees = _lire(_demander(f"{settings.ADRESSES_URL}/search?{urllib.parse.urlencode(parametres)}"))
    cache.set(cle, [asdict(adresse) for adresse in trouvees], MEMOIRE_SECONDES)
    return trouvees


def cle_de_cache(demande: str, *, limite: int, completion: bool) -> str:
    """Une empreinte : deux demandes n'ont jamais la même clé, et une adresse ne se lit pas dans le cache."""
    question = f"{plier(demande)}:{limite}:{int(completion)}"
    return f"adresses:{hashlib.sha256(question.encode()).hexdigest()}"


def _demander(adresse: str) -> bytes:
    """Le corps de la réponse, en `DELAI_SECONDES` au plus, goutte à goutte compris."""
    fin = time.monotonic() + DELAI_SECONDES
    demande = urllib.request.Request(adresse, headers={"Accept": "application/json", "User-Agent": "clauses-sociales"})
    morceaux: list[bytes] = []
    try:
        with urllib.request.urlopen(demande, timeout=DELAI_SECONDES) as reponse:
            while morceau := reponse.read1(65_536):
                morceaux.append(morceau)
                if time.monotonic() > fin or sum(map(len, morceaux)) > TAILLE_MAX:
                    raise TimeoutError("réponse trop longue")
    except urllib.error.HTTPError as erreur:
        _laisser_en_paix(f"code {erreur.code}", erreur.headers.get("Retry-After", ""))
    except (OSError, ValueError) as erreur:
        _laisser_en_paix(type(erreur).__name__)
    return b"".join(morceaux)


def _laisser_en_paix(raison: str, apres: str = "") -> None:
    """Note la panne (jamais l'adresse demandée) et suspend les appels un moment."""
    repos = min(int(apres), REPOS_MAX_SECONDES) if apres.isdecimal() else REPOS_SECONDES
    cache.set(CLE_REPOS, True, max(repos, 1))
    journal_technique.warning("Service d'adresses indisponible : %s", raison)
    raise ServiceIndisponible(raison)


def _lire(corps: bytes) -> list[Adresse]:
    try:
        points = json.loads(corps)["features"]
        return [adresse for adresse in map(_adresse, points) if adresse is not None]
    except (ValueError, KeyError, TypeError, AttributeError) as erreur:
        _laisser_en_paix(f"réponse incompréhensible ({type(erreur).__name__})")
        raise AssertionError from erreur  # jamais atteint : la ligne d'avant lève


def _adresse(point: dict) -> Adresse | None:
    """Une réponse hors de France, sans score ou aux coordonnées impossibles ne vaut rien."""
    dit = point["properties"]
    longitude, latitude = (float(degre) for degre in point["geometry"]["coordinates"][:2])
    score = float(dit["score"])
    if not all(map(math.isfinite, (longitude, latitude, score))) or not en_france(longitude, latitude):
        return None
    return Adresse(
        libelle=str(dit["label"])[:200],
        voie=str(dit.get("name") or "")[:200],
        code_postal=str(dit.get("postcode") or "")[:5],
        code_insee=str(dit.get("citycode") or "")[:5],
        ville=str(dit.get("city") or "")[:100],
        latitude=latitude,
        longitude=longitude,
        score=min(max(score, 0.0), 1.0),
        precision=str(dit.get("type") or "")[:20],
    )
