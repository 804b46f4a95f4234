"""À qui un geste a vraiment écrit, et la phrase qui le dit. Nulle part ailleurs « prévenu », « envoyé », « transmis » ne s'écrit.

Un service qui prévient rend un `Avis`, ou le pose sur l'objet rendu (`dit_a`) ; l'écran le lit. Un courriel est rangé puis
envoyé : la phrase dit qu'il part, jamais qu'il est arrivé.
"""

from collections.abc import Iterable
from dataclasses import dataclass

NOMMES = 3  # au-delà, une phrase ne se lit plus : le reste se compte


@dataclass(frozen=True, slots=True)
class Destinataire:
    """Quelqu'un que l'on peut joindre. `cle` le distingue dans la clé d'unicité d'un courriel."""

    nom: str = ""
    adresse: str = ""
    fonction: str = ""
    telephone: str = ""
    cle: str = ""

    def __str__(self) -> str:
        """« Anne Roux, conductrice de travaux » ; à défaut de nom, son adresse."""
        return ", ".join(partie for partie in (self.nom or self.adresse, self.fonction) if partie)


@dataclass(frozen=True, slots=True)
class Avis:
    """Ce qui a été dit, à qui ; et si ce n'est à personne, pourquoi et comment le faire. Faux quand personne ne le saura.

    `qui` : « l'entreprise », « l'acheteur ». `manque` : ce qui empêche de lui écrire. `sinon` : ce qu'il reste à faire.
    `quand` : « À la validation », pour un courriel encore à écrire. `delai` : quand part celui
    qui en attend d'autres. `oublies` : parmi plusieurs organisations, celles à qui rien ne part.
    """

    qui: str
    destinataires: tuple[Destinataire, ...] = ()
    a_appeler: tuple[Destinataire, ...] = ()
    manque: str = "d'adresse qui reçoit"
    sinon: str = ""
    quand: str = ""
    delai: str = ""
    oublies: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.destinataires)

    @property
    def phrase(self) -> str:
        """« Un courriel part à Anne Roux, conductrice de travaux. » ou « Aucun courriel ne part : … »."""
        if self.destinataires:
            noms = enumerer(f"à {destinataire}" for destinataire in self.destinataires)
            delai = f", {self.delai}" if self.delai else ""
            dit = f"{self.quand}, un courriel partira {noms}." if self.quand else f"Un courriel part {noms}{delai}."
            return f"{dit} Sans adresse qui reçoit : {enumerer(self.oublies)}." if self.oublies else dit
        return " ".join([f"Aucun courriel ne part : {self.qui} n'a pas {self.manque}.", *self._que_faire()])

    def _que_faire(self) -> Iterable[str]:
        if self.a_appeler:
            yield f"À appeler : {enumerer(f'{personne} au {personne.telephone}' for personne in self.a_appeler)}."
        if self.sinon:
            yield self.sinon


def enumerer(elements: Iterable[str]) -> str:
    """« à A », « à A et à B », « à A, à B, à C et 2 autres »."""
    elements = list(elements)
    dits, tus = elements[:NOMMES], len(elements) - NOMMES
    if tus > 0:
        dits.append(f"{tus} autre{'s' if tus > 1 else ''}")
    *premiers, dernier = dits
    # Une virgule sépare déjà chaque nom de sa fonction.
    return f"{' ; '.join(premiers)} et {dernier}" if premiers else dernier


def sans_doublon(destinataires: Iterable[Destinataire]) -> tuple[Destinataire, ...]:
    """Les mêmes, dans l'ordre ; une adresse écrite de deux façons n'en est qu'une, et une adresse vide n'en est pas une."""
    vus: dict[str, Destinataire] = {}
    for destinataire in destinataires:
        if destinataire.adresse:
            vus.setdefault(destinataire.adresse.casefold(), destinataire)
    return tuple(vus.values())
