"""Une doublure de la Base adresse nationale : le même GeoJSON, quelques rues inventées, et toutes les pannes qu'on veut.

Sert aux essais (`Doublure`) et à la démonstration (`manage.py doublure_adresses`), où l'internet n'est pas requis.
"""

import json
import re
import threading
import time
import urllib.parse
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from socle.texte import plier

CHERBOURG = ("50100", "50129", "Cherbourg-en-Cotentin")
# (voie, (code postal, code INSEE, ville), longitude, latitude) : des voies inventées, placées dans les quartiers dessinés
# pour la démonstration, tout près de leur bord, et loin d'eux.
VOIES = (
    ("Rue des Tanneurs", CHERBOURG, -1.6440, 49.6225),
    ("Rue de la Brèche", CHERBOURG, -1.6385, 49.6330),
    ("Allée des Fourches", CHERBOURG, -1.6270, 49.6220),
    ("Rue du Bord", CHERBOURG, -1.6395, 49.6225),
    ("Quai de la Marine", CHERBOURG, -1.6100, 49.6450),
    ("Rue du Bourg", ("50440", "50041", "La Hague"), -1.8400, 49.6700),
    ("Rue des Halles", ("50700", "50615", "Valognes"), -1.4700, 49.5080),
)
MODES = ("normal", "lent", "goutte", "panne", "trop", "incomprehensible", "faux", "rien")
LENTEUR_SECONDES = 6.0


@dataclass(frozen=True, slots=True)
class _Voie:
    nom: str
    commune: tuple[str, str, str]
    longitude: float
    latitude: float


def repondre(question: str, limite: int) -> dict:
    """La collection GeoJSON pour une question : la part de ses mots reconnus fait le score."""
    mots = re.findall(r"[a-z0-9]+", plier(question))
    numero = next((mot for mot in mots if mot.isdigit() and len(mot) < 4), "")
    notees = []
    for voie in (_Voie(*ligne) for ligne in VOIES):
        connus = set(re.findall(r"[a-z0-9]+", plier(" ".join((voie.nom, *voie.commune))))) | {numero}
        propres = set(re.findall(r"[a-z0-9]+", plier(voie.nom))) - {"rue", "de", "la", "des", "du", "allee", "quai"}
        if propres & set(mots):
            notees.append((sum(mot in connus for mot in mots) / len(mots), voie))
    notees.sort(key=lambda note: (-note[0], note[1].nom))
    return {"type": "FeatureCollection", "features": [_point(voie, numero, score) for score, voie in notees[:limite]]}


def _point(voie: _Voie, numero: str, score: float) -> dict:
    code_postal, code_insee, ville = voie.commune
    nom = f"{numero} {voie.nom}".strip()
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [voie.longitude, voie.latitude]},
        "properties": {
            "label": f"{nom} {code_postal} {ville}",
            "name": nom,
            "postcode": code_postal,
            "citycode": code_insee,
            "city": ville,
            "score": round(score, 4),
            "type": "housenumber" if numero else "street",
        },
    }


class Doublure(ThreadingHTTPServer):
    """Le serveur ; `mode` choisit la panne, `demandes` compte les appels reçus."""

    daemon_threads = True

    def __init__(self, port: int = 0):
        self.mode, self.demandes = "normal", 0
        super().__init__(("127.0.0.1", port), _Reponse)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "Doublure":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception) -> None:
        self.shutdown()
        self.server_close()


class _Reponse(BaseHTTPRequestHandler):
    server: Doublure

    def do_GET(self) -> None:
        self.server.demandes += 1
        mode = self.server.mode
        parametres = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        question, limite = parametres.get("q", [""])[0], int(parametres.get("limit", ["5"])[0])
        if mode == "lent":
            time.sleep(LENTEUR_SECONDES)
        if mode in ("panne", "trop"):
            self._envoyer(503 if mode == "panne" else 429, b"{}", {"Retry-After": "7"} if mode == "trop" else {})
            return
        corps = json.dumps(repondre(question, limite)).encode()
        if mode == "incomprehensible":
            corps = b"<html>maintenance</html>"
        elif mode == "rien":
            corps = b'{"type": "FeatureCollection", "features": []}'
        elif mode == "faux":
            corps = json.dumps(_ailleurs(repondre(question, limite))).encode()
        self._envoyer(200, corps, {}, goutte_a_goutte=mode == "goutte")

    def _envoyer(self, code: int, corps: bytes, entetes: dict[str, str], *, goutte_a_goutte: bool = False) -> None:
        try:
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(corps)))
            for nom, valeur in entetes.items():
                self.send_header(nom, valeur)
            self.end_headers()
            for rang in range(0, len(corps), 20 if goutte_a_goutte else len(corps)):
                self.wfile.write(corps[rang : rang + (20 if goutte_a_goutte else len(corps))])
                if goutte_a_goutte:
                    time.sleep(0.4)
        except OSError:
            return  # le client n'a pas attendu : c'est ce qu'on voulait

    def log_message(self, format: str, *arguments) -> None:
        """Rien : une adresse demandée n'a pas à s'écrire dans un journal."""


def _ailleurs(collection: dict) -> dict:
    """La même réponse, au large du golfe de Guinée."""
    for point in collection["features"]:
        point["geometry"]["coordinates"] = [0.0, 0.0]
    return collection
