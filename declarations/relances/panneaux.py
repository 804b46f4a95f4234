"""Les relances, vues d'un mois, d'un engagement, d'une entreprise, d'un courriel : ce qui est parti, ce qui vient, les gestes."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.urls import reverse

from comptes.enums import FACILITATEURS
from declarations.enums import IssueRelance, StatutDeclaration
from declarations.models import Declaration, Relance
from declarations.relances.services.a_la_main import SituationRelances, lire_situation
from entreprises.models import Entreprise
from marches.models import Engagement
from socle.models import Courriel
from socle.panneaux import panneau

MONTREES = 10
LUES = 100  # une ligne par mois rappelé, et un courriel en rappelle souvent plusieurs


def relances_du_mois(acteur, declaration: Declaration) -> dict:
    """Rien pour un mois que personne n'a jamais eu à rappeler."""
    relances = list(declaration.relances.all())
    attendues = _attendues([declaration])
    if not (relances or attendues):
        return {}
    engagement = declaration.engagement
    situation = lire_situation(acteur, engagement.entreprise_id, engagement.pk)
    gestes = _gestes("mois", declaration.uuid, reverse("suivi:pause_engagement", args=[engagement.uuid]))
    faits = [(attendue, [relance.palier for relance in relances]) for attendue in attendues]
    return _contexte(acteur, situation, relances, faits, gestes if attendues else {})


def relances_de_l_engagement(acteur, engagement: Engagement, declarations: Sequence[Any]) -> dict:
    """`declarations` porte le dernier palier passé de chacune."""
    relances = _recentes(Relance.objects.visibles_par(acteur).filter(declaration__engagement=engagement))
    situation = lire_situation(acteur, engagement.entreprise_id, engagement.pk)
    faits = [
        (declaration, [declaration.dernier_palier] if declaration.dernier_palier else [])
        for declaration in _attendues(declarations)
    ]
    if not (relances or faits or situation.pause):
        return {}
    pause = reverse("suivi:pause_engagement", args=[engagement.uuid])
    gestes = _gestes("entreprise", situation.fiche.entreprise.uuid, pause)
    return _contexte(acteur, situation, relances, faits, gestes)


@panneau(
    "entreprises.entreprise", gabarit="declarations/panneau_relances.html", acces=FACILITATEURS, ordre=20, cote=True
)
def relances_de_l_entreprise(acteur, entreprise: Entreprise) -> dict:
    situation = lire_situation(acteur, entreprise.pk)
    relances = _recentes(Relance.objects.de_la_fiche(situation.fiche))
    pause = reverse("suivi:pause_entreprise", args=[entreprise.uuid])
    return _contexte(acteur, situation, relances, [], _gestes("entreprise", entreprise.uuid, pause))


@panneau("socle.courriel", gabarit="declarations/panneau_courriel.html", acces=FACILITATEURS, ordre=10)
def mois_du_courriel(acteur, courriel: Courriel) -> dict:
    """Les mois dont parle une relance."""
    relances = Relance.objects.visibles_par(acteur).filter(courriel=courriel).avec_contexte()
    return {"relances": list(relances.order_by("declaration__mois", "pk")[:50])}


def _recentes(relances) -> list[Relance]:
    parties = relances.exclude(issue=IssueRelance.REMPLACEE).select_related("declaration", "par", "courriel")
    return _dites_une_fois(parties[:LUES])[:MONTREES]


def _dites_une_fois(relances: Iterable[Relance]) -> list[Relance]:
    """Un courriel, ou un appel, qui parle de six mois ne se dit pas six fois."""
    gestes: dict[tuple, Relance] = {}
    for relance in relances:
        cle = (relance.jour, relance.palier, relance.issue, relance.par_id, relance.courriel_id)
        gestes.setdefault(cle, relance)
    return list(gestes.values())


def _attendues[D: Declaration](declarations: Iterable[D]) -> list[D]:
    chez_elle = StatutDeclaration.chez_l_entreprise()
    return [declaration for declaration in declarations if declaration.statut in chez_elle and declaration.echeance]


def _gestes(depuis: str, uuid, pause: str) -> dict[str, str]:
    """Les boutons, qui ramènent à la page d'où l'on vient."""
    verbes = {"relancer": f"suivi:relancer_{depuis}", "appel": f"suivi:appel_{depuis}"}
    return {nom: reverse(url, args=[uuid]) for nom, url in verbes.items()} | {"pause": pause}


def _contexte(
    acteur,
    situation: SituationRelances,
    relances: Sequence[Relance],
    attendues: Iterable[tuple[Declaration, Collection[str]]],
    gestes: dict[str, str],
) -> dict:
    """Un palier remplacé n'est pas parti : il ne se montre pas."""
    pause, ecrit = situation.pause, acteur.peut_ecrire and situation.attendue
    return {
        "relances": [relance for relance in relances if relance.issue != IssueRelance.REMPLACEE],
        "prochain": situation.prochain(attendues),
        "dernier_appel": situation.dernier_appel,
        "en_pause": pause,
        "lever": reverse("suivi:lever_pause", args=[pause.uuid]) if pause and acteur.peut_ecrire else "",
        "eteintes": situation.attendue and not situation.reglages.relances,
        "gestes": gestes if ecrit else {},
    }
