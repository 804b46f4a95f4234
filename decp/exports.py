"""Les marchés d'une structure en fragments DECP : ce que nous savons dire, au format réglementaire, et rien d'autre.

Un fragment n'a pas tous les champs exigés d'une publication (nombre d'offres, avance…) : l'acheteur complète le sien.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from decp.enums import Consideration
from marches.enums import Forme, TypeClause
from marches.models import Engagement, Marche
from socle.periodes import fin_de_delai

CONSIDERATIONS = {
    TypeClause.CONDITION: [Consideration.CLAUSE],
    TypeClause.CRITERE: [Consideration.CRITERE],
    TypeClause.CONDITION_ET_CRITERE: [Consideration.CLAUSE, Consideration.CRITERE],
    TypeClause.RESERVE: [Consideration.RESERVE],
    TypeClause.MARCHE_INSERTION: [Consideration.CLAUSE],
}
LONGUEUR_IDENTIFIANT = 16


@dataclass(frozen=True, slots=True)
class Fragments:
    marches: list[dict]
    ignores: list[tuple[str, str]]

    def en_json(self) -> dict:
        return {"marches": {"marche": self.marches}}


def fragments(structure) -> Fragments:
    """Les marchés attribués de la structure ; ceux qui ne peuvent pas s'écrire sont rendus avec leur raison."""
    marches = (
        Marche.objects.filter(structure=structure)
        .actifs()
        .attribues()
        .select_related("maitre_ouvrage", "commune")
        .order_by("debut", "pk")
    )
    titulaires = _titulaires(structure)
    rendus, ignores = [], []
    for marche in marches:
        raison = _raison_d_ignorer(marche)
        if raison:
            ignores.append((marche.reference, raison))
        else:
            rendus.append(_fragment(marche, titulaires.get(marche.pk, [])))
    return Fragments(rendus, ignores)


def _titulaires(structure) -> dict[int, list[str]]:
    sirets: dict[int, list[str]] = {}
    engagements = Engagement.objects.filter(lot__marche__structure=structure, archive_le__isnull=True).order_by(
        "role", "pk"
    )
    for marche, siret in engagements.values_list("lot__marche", "entreprise__siret"):
        connus = sirets.setdefault(marche, [])
        if siret not in connus:
            connus.append(siret)
    return sirets


def _raison_d_ignorer(marche: Marche) -> str:
    if marche.forme in (Forme.PRIVE, Forme.CONCESSION) or marche.type_clause == TypeClause.PRIVEE:
        return "ce n'est pas un marché public"
    if not marche.maitre_ouvrage.siret:
        return "l'acheteur n'a pas de SIRET"
    if len(marche.identifiant_decp or marche.reference) > LONGUEUR_IDENTIFIANT:
        return f"l'identifiant dépasse {LONGUEUR_IDENTIFIANT} caractères"
    return ""


def _fragment(marche: Marche, sirets: list[str]) -> dict:
    return dict(_champs(marche, sirets))


def _champs(marche: Marche, sirets: list[str]) -> Iterator[tuple[str, object]]:
    yield "id", marche.identifiant_decp or marche.reference
    yield "acheteur", {"id": marche.maitre_ouvrage.siret}
    yield "nature", "Marché"
    yield "objet", marche.objet
    if marche.forme == Forme.ACCORD_CADRE:
        yield "techniques", {"technique": ["Accord-cadre"]}
        yield "modalitesExecution", {"modaliteExecution": ["Bons de commande"]}
    elif marche.forme == Forme.TRANCHES:
        yield "modalitesExecution", {"modaliteExecution": ["Tranches"]}
    if marche.commune:
        yield "lieuExecution", {"code": marche.commune.code_insee, "typeCode": "Code commune"}
    yield "dureeMois", _duree(marche)
    if marche.date_notification:
        yield "dateNotification", marche.date_notification.isoformat()
    if marche.montant_ht and marche.montant_ht >= 1:
        yield "montant", float(marche.montant_ht)  # le format demande un nombre JSON ; deux décimales y tiennent
    if sirets:
        yield "titulaires", [{"titulaire": {"typeIdentifiant": "SIRET", "id": siret}} for siret in sirets]
    yield (
        "considerationsSociales",
        {"considerationSociale": [c.value for c in CONSIDERATIONS[TypeClause(marche.type_clause)]]},
    )


def _duree(marche: Marche) -> int:
    """Le nombre de mois commencés, du début à la fin prévue."""
    mois = 1
    while fin_de_delai(marche.debut, mois) < marche.fin_prevue:
        mois += 1
    return mois
