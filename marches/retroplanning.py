"""Le rétroplanning d'un achat : ses étapes à rebours de la notification, un jour ouvré chacune. Module pur."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from marches.enums import CodeJalon, StatutMarche, StatutProjet
from socle.jours_ouvres import jour_ouvre


@dataclass(frozen=True, slots=True)
class Etape:
    """Une étape et son écart à la notification, en semaines (négatif : avant) ; `raison` dit d'où vient l'écart."""

    code: CodeJalon
    semaines: int
    raison: str


ETAPES = (
    Etape(CodeJalon.REPERAGE, -30, "la programmation annuelle de l'acheteur"),
    Etape(CodeJalon.ETUDE, -26, "quatre semaines pour répondre à l'acheteur"),
    Etape(CodeJalon.CALIBRAGE, -16, "trois à quatre mois avant la notification"),
    Etape(CodeJalon.REDACTION, -14, "avant que les pièces ne partent en publication"),
    Etape(CodeJalon.FORMATION, -12, "une formation se monte en trois mois"),
    Etape(CodeJalon.PUBLICATION, -10, "le temps de la consultation et de l'analyse des offres"),
    Etape(CodeJalon.ALTERNANCE, -8, "le temps d'inscrire des alternants"),
    Etape(CodeJalon.NOTIFICATION, 0, "la date que tout le reste suit"),
    Etape(CodeJalon.LANCEMENT, 2, "dans les deux semaines de la notification"),
    Etape(CodeJalon.PREMIERE_EMBAUCHE, 8, "deux mois pour recruter"),
)
# Ce qui doit être fini quand les pièces partent : une publication connue, et plus tôt que d'ordinaire, l'avance d'autant.
AVANT_LA_PUBLICATION = {
    etape.code: etape.semaines - next(e.semaines for e in ETAPES if e.code == CodeJalon.PUBLICATION)
    for etape in ETAPES
    if etape.code in (CodeJalon.REPERAGE, CodeJalon.ETUDE, CodeJalon.CALIBRAGE, CodeJalon.REDACTION)
}
# Ce que l'état d'un achat dit déjà fait : un marché publié a été repéré, étudié, calibré, rédigé.
_CALIBRE = (CodeJalon.REPERAGE, CodeJalon.ETUDE, CodeJalon.CALIBRAGE)
_PUBLIE = (*_CALIBRE, CodeJalon.REDACTION, CodeJalon.PUBLICATION)
# Notifié, un marché ne prépare plus ni formation ni alternance ; en exécution, son entreprise est à l'œuvre.
_NOTIFIE = (*_PUBLIE, CodeJalon.FORMATION, CodeJalon.ALTERNANCE, CodeJalon.NOTIFICATION)
_EXECUTE = (*_NOTIFIE, CodeJalon.LANCEMENT)
ACQUISES: dict[str, dict[str, tuple[CodeJalon, ...]]] = {
    "projet": {
        StatutProjet.ETUDE: (CodeJalon.REPERAGE,),
        StatutProjet.PROPOSE: _CALIBRE,
        StatutProjet.RETENU: _CALIBRE,
    },
    "marche": {
        StatutMarche.ETUDE: (CodeJalon.REPERAGE,),
        StatutMarche.REDACTION: _CALIBRE,
        StatutMarche.PUBLIE: _PUBLIE,
        StatutMarche.ATTRIBUE: _NOTIFIE,
        StatutMarche.EXECUTION: _EXECUTE,
        StatutMarche.SUSPENDU: _EXECUTE,
        StatutMarche.SOLDE: tuple(CodeJalon),
    },
}
# Ce qu'un geste vient de faire : ses étapes se cochent d'elles-mêmes, à sa date.
FAITES_PAR: dict[str, tuple[CodeJalon, ...]] = {
    "etudier": (CodeJalon.REPERAGE,),
    "proposer": (CodeJalon.ETUDE, CodeJalon.CALIBRAGE),
    "rediger_les_textes": (CodeJalon.REDACTION,),
    "publier": (CodeJalon.PUBLICATION,),
    "attribuer": (CodeJalon.NOTIFICATION,),
    "embaucher": (CodeJalon.PREMIERE_EMBAUCHE,),
}
RAISONS = {etape.code: etape.raison for etape in ETAPES}


def retroplanning(
    notification: datetime.date, publication: datetime.date | None = None
) -> Iterator[tuple[CodeJalon, datetime.date]]:
    """Les échéances d'un achat. La publication et la notification, quand elles sont connues, gardent leur date exacte.

    Ce qui prépare les pièces précède toujours leur publication, de l'écart ordinaire au moins.
    """
    for etape in ETAPES:
        if etape.code == CodeJalon.NOTIFICATION:
            yield etape.code, notification
        elif etape.code == CodeJalon.PUBLICATION and publication:
            yield etape.code, publication
        else:
            yield etape.code, jour_ouvre(_jour(etape, notification, publication))


def _jour(etape: Etape, notification: datetime.date, publication: datetime.date | None) -> datetime.date:
    voulu = notification + datetime.timedelta(weeks=etape.semaines)
    if publication is None or etape.code not in AVANT_LA_PUBLICATION:
        return voulu
    return min(voulu, publication + datetime.timedelta(weeks=AVANT_LA_PUBLICATION[etape.code]))
