"""La porte de l'utilisateur : envoyer un formulaire, lire la faute à côté de son champ, le journal, et ce qui s'est écrit."""

from collections.abc import Iterator
from contextlib import contextmanager

from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.db import models
from django.http import HttpResponse
from django.urls import reverse

from socle.models import EntreeJournal
from socle.services.journal import histoire


def adresse(nom: str, *objets) -> str:
    """L'URL d'un geste ; un objet y est par son UUID."""
    return reverse(nom, args=[getattr(objet, "uuid", objet) for objet in objets])


def envoyer(client, geste: str, /, *objets, **saisie) -> HttpResponse:
    """Le formulaire envoyé ; un objet choisi dans une liste y est par sa clé, ce qui est vide n'y est pas."""
    donnees = {champ: _valeur(valeur) for champ, valeur in saisie.items() if valeur is not None}
    return client.post(adresse(geste, *objets), donnees)


def _valeur(valeur):
    if isinstance(valeur, list | tuple):
        return [_valeur(une) for une in valeur]
    if isinstance(valeur, bool):
        return "on" if valeur else ""
    return valeur.pk if isinstance(valeur, models.Model) else str(valeur)


def fautes(reponse: HttpResponse, **saisie) -> dict[str, str]:
    """Ce que la page dit à côté de chaque champ refusé. La saisie donnée doit y être restée, telle que tapée."""
    assert reponse.status_code == 200, f"{reponse.status_code} : rien n'est refusé"
    page = BeautifulSoup(reponse.content, "html.parser").main
    for champ, valeur in saisie.items():
        assert str(valeur) in _gardees(page, champ), f"{champ} : {valeur!r} n'est plus dans la page"
    dites = {}
    for controle in page.find_all(attrs={"aria-invalid": "true", "name": True}):
        decrit = controle if controle.has_attr("aria-describedby") else controle.find_parent("fieldset")
        pres = [page.find(id=cle) for cle in decrit.get("aria-describedby", "").split()]
        phrases = [bloc.get_text(" ", strip=True) for bloc in pres if bloc and "error" in bloc["id"]]
        assert phrases, f"{controle['name']} : refusé sans une phrase à côté"
        dites[controle["name"]] = " ".join(phrases)
    return dites or {"": " ".join(li.get_text(" ", strip=True) for li in page.select(".resume-erreurs li"))}


def _gardees(page, champ: str) -> list[str]:
    gardees = []
    for controle in page.find_all(["input", "select", "textarea"], attrs={"name": champ}):
        if controle.name == "select":
            gardees += [option.get("value", "") for option in controle.find_all("option", selected=True)]
        elif controle.get("type") not in ("checkbox", "radio") or controle.has_attr("checked"):
            gardees.append(controle.text.strip() if controle.name == "textarea" else controle.get("value", ""))
    return gardees


def annonce(reponse: HttpResponse) -> str:
    """Ce que la page suivante annoncera du geste."""
    return _sans_insecables(str(list(get_messages(reponse.wsgi_request))[-1]))


def lue(client, url: str) -> str:
    """Le texte d'une page, comme on le lit."""
    arbre = BeautifulSoup(client.get(url).content, "html.parser")
    return " ".join(arbre.main.get_text(" ").split())


def motif_du_refus(reponse: HttpResponse) -> str:
    """La phrase d'un 403."""
    assert reponse.status_code == 403, reponse.status_code
    return BeautifulSoup(reponse.content, "html.parser").main.get_text(" ", strip=True)


def journal(objet: models.Model, structure=None) -> list[str]:
    """Les phrases du journal d'un objet, la plus récente d'abord ; d'un objet partagé, celles d'une structure."""
    return [_sans_insecables(evenement.texte) for evenement in histoire(objet, structure=structure)]


def _sans_insecables(texte: str) -> str:
    return texte.replace("\u202f", " ").replace("\xa0", " ")


@contextmanager
def rien_ne_s_ecrit(*modeles: type[models.Model]) -> Iterator[None]:
    """Ni dans ces tables, ni au journal."""
    avant = _lignes(modeles)
    yield
    assert _lignes(modeles) == avant


def _lignes(modeles) -> dict:
    return {modele: list(modele._base_manager.order_by("pk").values_list()) for modele in (*modeles, EntreeJournal)}
