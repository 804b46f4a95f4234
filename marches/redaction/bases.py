"""La base juridique d'une clause, à la date de la consultation et selon sa sorte. Module pur.

Quatre époques : code des marchés publics de 2006, ordonnance et décret de 2016, code de la commande publique (2019), sa
version du 22 août 2026 (loi « climat et résilience », art. 35), précédée d'un jour par ses critères (R. 2152-7 réécrit).
Un contrat privé n'en relève pas.
"""

import datetime
from dataclasses import dataclass, replace

from marches.enums import Forme, TypeClause

ORDONNANCE = datetime.date(2016, 4, 1)
CODE = datetime.date(2019, 4, 1)
CRITERES = datetime.date(2026, 8, 21)
OBLIGATION = datetime.date(2026, 8, 22)


@dataclass(frozen=True, slots=True)
class Epoque:
    """Un état du droit : son nom, le jour où il commence, et ses articles (marché, concession).

    `obligation` : ce qui fonde une condition que l'acheteur doit prévoir ; sans elle, la condition est une faculté.
    """

    nom: str
    depuis: datetime.date
    condition: tuple[str, str]
    critere: tuple[str, str]
    reserve: tuple[str, str]
    insertion: tuple[str, str]
    obligation: tuple[str, str] | None = None


_CCP = " du code de la commande publique"
_CMP = " du code des marchés publics (2006)"
_ORD = " de l'ordonnance n° 2015-899 du 23 juillet 2015"
_DEC = " du décret n° 2016-360 du 25 mars 2016"
_CONC = " de l'ordonnance n° 2016-65 du 29 janvier 2016"

_AVANT_LE_CODE = (
    Epoque(
        "code des marchés publics de 2006",
        datetime.date.min,
        (f"l'article 14{_CMP}", "le contrat de délégation"),
        (f"l'article 53{_CMP}", "le contrat de délégation"),
        (f"l'article 15{_CMP}", "le contrat de délégation"),
        (f"l'article 30{_CMP}", "le contrat de délégation"),
    ),
    Epoque(
        "ordonnance de 2015 et décret de 2016",
        ORDONNANCE,
        (f"l'article 38{_ORD}", f"l'article 33{_CONC}"),
        (f"l'article 52{_ORD} et l'article 62{_DEC}", f"l'article 47{_CONC}"),
        (f"les articles 36 et 37{_ORD}", f"l'article 29{_CONC}"),
        (f"l'article 28{_DEC}", f"l'article 33{_CONC}"),
    ),
)
_CODE = Epoque(
    "code de la commande publique",
    CODE,
    (f"l'article L. 2112-2{_CCP}", f"l'article L. 3114-2{_CCP}"),
    (f"l'article L. 2152-7 et le a du 2° de l'article R. 2152-7{_CCP}", f"l'article L. 3124-5{_CCP}"),
    (f"les articles L. 2113-12 à L. 2113-14{_CCP}", f"les articles L. 3113-1 et L. 3113-2{_CCP}"),
    (f"l'article R. 2123-1, 3°{_CCP}", f"l'article R. 3126-1{_CCP}"),
)
_CODE_ET_CRITERES = replace(
    _CODE,
    nom="code de la commande publique, critères du 21 août 2026",
    depuis=CRITERES,
    critere=(f"les articles L. 2152-7 et R. 2152-7{_CCP}", _CODE.critere[1]),
)
_CODE_ET_OBLIGATION = replace(
    _CODE_ET_CRITERES,
    nom="code de la commande publique, depuis le 22 août 2026",
    depuis=OBLIGATION,
    obligation=(
        f"les articles L. 2112-2 et L. 2112-2-1{_CCP}",
        f"les articles L. 3114-2 et L. 3114-2-1{_CCP}",
    ),
)
EPOQUES = (*_AVANT_LE_CODE, _CODE, _CODE_ET_CRITERES, _CODE_ET_OBLIGATION)
CONTRAT = "la volonté des parties, le code de la commande publique ne s'appliquant pas à ce contrat"


@dataclass(frozen=True, slots=True)
class BaseJuridique:
    """Ce que le texte cite : l'époque, et les articles dans une phrase."""

    epoque: str
    articles: str


def epoque_du(jour: datetime.date) -> Epoque:
    return next(epoque for epoque in reversed(EPOQUES) if epoque.depuis <= jour)


def base_juridique(
    jour: datetime.date, type_clause: str, forme: str = Forme.MARCHE, *, obligatoire: bool = False
) -> BaseJuridique:
    """Les articles d'une sorte de clause à une date ; ceux des concessions pour une concession.

    `obligatoire` : l'acheteur doit prévoir cette condition ; sans cela, l'article de l'obligation ne la fonde pas.
    """
    if forme == Forme.PRIVE or type_clause == TypeClause.PRIVEE:
        return BaseJuridique("contrat privé", CONTRAT)
    epoque, rang = epoque_du(jour), int(forme == Forme.CONCESSION)
    condition = (epoque.obligation if obligatoire and epoque.obligation else epoque.condition)[rang]
    articles = {
        TypeClause.CONDITION: condition,
        TypeClause.CRITERE: epoque.critere[rang],
        TypeClause.CONDITION_ET_CRITERE: f"{condition}, et {epoque.critere[rang]}",
        TypeClause.RESERVE: epoque.reserve[rang],
        TypeClause.MARCHE_INSERTION: epoque.insertion[rang],
    }
    return BaseJuridique(epoque.nom, articles[TypeClause(type_clause)])
