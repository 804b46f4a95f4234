"""Le client des tests : un navigateur qui refuse ce qu'un vrai navigateur laisserait passer en silence."""

from contextlib import ExitStack

from django.http import HttpResponseBase
from django.test import Client, TestCase

from tests import controle_html, variables_indefinies
from tests.lecture_seule import lecture_seule


class ClientStrict(Client):
    """Un GET n'écrit pas ; ce qui attend la fin de la transaction part après chaque requête ; tout HTML rendu est contrôlé."""

    def __init__(self, *args, controler: bool = True, **options):
        super().__init__(*args, **options)
        self.controler = controler

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
            acteur = getattr(getattr(reponse, "wsgi_request", None), "acteur", None)
            manquements += controle_html.fautes(
                reponse.content.decode(), agit_pour_une_organisation=bool(acteur and acteur.organisation)
            )
        if manquements:
            raise AssertionError(f"{adresse} ({reponse.status_code}) :\n  - " + "\n  - ".join(manquements))

    def htmx(self, adresse: str, donnees=None, *, methode: str = "get", cible: str = "", **options):
        """Une requête comme htmx l'envoie."""
        entetes = {"HX-Request": "true", **({"HX-Target": cible} if cible else {})}
        return getattr(self, methode)(adresse, donnees, headers=entetes, **options)


def est_du_html(reponse: HttpResponseBase) -> bool:
    type_contenu = reponse.headers.get("Content-Type", "")
    return type_contenu.startswith("text/html") and not reponse.streaming and bool(reponse.content.strip())
