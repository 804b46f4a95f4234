"""Le client des tests : un navigateur qui refuse ce qu'un vrai navigateur laisserait passer en silence."""

from collections.abc import Mapping
from contextlib import ExitStack

from django.contrib.auth import SESSION_KEY
from django.http import HttpResponseBase
from django.test import Client, TestCase

from comptes.middleware import CLE_ORGANISATION
from comptes.models import Adhesion
from socle.envois import CHAMP_ORGANISATION
from tests import controle_html, variables_indefinies
from tests.lecture_seule import lecture_seule


class ClientStrict(Client):
    """Un GET n'écrit pas ; ce qui attend la fin de la transaction part après chaque requête ; tout HTML rendu est contrôlé."""

    def __init__(self, *args, controler: bool = True, **options):
        super().__init__(*args, **options)
        self.controler = controler

    def post(self, path, data=None, *args, **options):
        """Comme un navigateur, le formulaire porte l'organisation pour qui sa page s'est ouverte : ici, celle du moment."""
        if isinstance(data or {}, Mapping) and CHAMP_ORGANISATION not in (data or {}):
            organisation = self._organisation()
            data = {**(data or {}), CHAMP_ORGANISATION: organisation} if organisation else data
        return super().post(path, data, *args, **options)

    def _organisation(self) -> str:
        session = self.session
        if SESSION_KEY not in session:
            return ""
        adhesions = Adhesion.objects.en_vigueur().filter(utilisateur_id=session[SESSION_KEY])
        siennes = [str(uuid) for uuid in adhesions.values_list("organisation__uuid", flat=True)]
        choisie = session.get(CLE_ORGANISATION)
        return choisie if choisie in siennes else next(iter(siennes), "")

    def request(self, **requete):
        variables_indefinies.relever()
        with ExitStack() as pile:
            if requete.get("REQUEST_METHOD", "GET") in ("GET", "HEAD"):
                pile.enter_context(lecture_seule())
            pile.enter_context(TestCase.captureOnCommitCallbacks(execute=True))
            reponse = super().request(**requete)
        if self.controler:
            self._controler(reponse, f"{requete.get('REQUEST_METHOD', 'GET')} {requete.get('PATH_INFO', '/')}")
        return reponse

    @staticmethod
    def _controler(reponse: HttpResponseBase, adresse: str) -> None:
        manquements = [f"variable indéfinie {nom}" for nom in variables_indefinies.relever()]
        if est_du_html(reponse):
            html = reponse.content.decode()
            acteur = getattr(getattr(reponse, "wsgi_request", None), "acteur", None)
            manquements += controle_html.fautes(html)
            manquements += controle_html.sans_organisation(html) if acteur and acteur.organisation else []
        if manquements:
            raise AssertionError(f"{adresse} ({reponse.status_code}) :\n  - " + "\n  - ".join(manquements))

    def htmx(self, adresse: str, donnees=None, *, methode: str = "get", cible: str = "", **options):
        """Une requête comme htmx l'envoie."""
        entetes = {"HX-Request": "true", **({"HX-Target": cible} if cible else {})}
        return getattr(self, methode)(adresse, donnees, headers=entetes, **options)


def est_du_html(reponse: HttpResponseBase) -> bool:
    type_contenu = reponse.headers.get("Content-Type", "")
    return type_contenu.startswith("text/html") and not reponse.streaming and bool(reponse.content.strip())
