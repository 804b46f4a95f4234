"""Un geste par son formulaire : envoyé il s'écrit et se note, renvoyé il n'écrit plus rien, par un autre il n'écrit rien.

Une app dit ses gestes (`Poste`) ; les trois essais sont les mêmes pour toutes. Les fautes de saisie ont leurs propres tests.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.http import HttpResponse

from socle.models import EntreeJournal
from tests.monde import Cote, Monde
from tests.saisie import envoyer, rien_ne_s_ecrit


@dataclass(frozen=True)
class Poste:
    """`objets` : ce que nomme l'URL. `action` : ce qu'en garde le journal ; vide, le geste ne s'y note pas."""

    nom: str
    action: str
    objets: Callable[[Cote], tuple] = lambda cote: ()
    saisie: Callable[[Cote], Mapping[str, Any]] = lambda cote: {}
    par: str = "edition"
    prepare: Callable[[Cote], object] = lambda cote: None
    encore: str = ""  # pourquoi le geste peut se refaire
    refuses: tuple[str, ...] = field(default=("lecture", "financeur", "autre.edition"))

    def __str__(self) -> str:
        return self.nom

    def envoyer(self, connecte, monde: Monde, qui: str) -> HttpResponse:
        return envoyer(connecte(qui), self.nom, *self.objets(monde.nous), **self.saisie(monde.nous))


def essayer(poste: Poste, monde: Monde, connecte) -> None:
    """Il marche et se note ; une seconde fois, rien de plus."""
    poste.prepare(monde.nous)
    reponse = poste.envoyer(connecte, monde, poste.par)
    assert reponse.status_code == 302, f"{poste} : {reponse.status_code}"
    if poste.action:
        assert EntreeJournal.objects.latest("pk").action == poste.action
    avant = EntreeJournal.objects.count()
    seconde = poste.envoyer(connecte, monde, poste.par)
    assert seconde.status_code in (200, 302, 403, 404), f"{poste}, deux fois : {seconde.status_code}"
    assert (EntreeJournal.objects.count() > avant) is bool(poste.encore)


def essayer_par_un_autre(poste: Poste, monde: Monde, connecte) -> None:
    """Ni qui lit, ni un partenaire, ni la structure voisine."""
    poste.prepare(monde.nous)
    with rien_ne_s_ecrit(*{type(objet) for objet in poste.objets(monde.nous) if isinstance(objet, models.Model)}):
        for qui in poste.refuses:
            reponse = poste.envoyer(connecte, monde, qui)
            assert reponse.status_code in (403, 404), f"{poste} par {qui} : {reponse.status_code}"
