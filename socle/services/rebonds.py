"""Les rebonds : une adresse qui ne reçoit plus. Le courriel le dit, et chaque étage en tire la suite pour ses contacts."""

from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef

from socle.enums import TRANSITIONS_COURRIEL, EtatCourriel
from socle.models import AvisLu, Courriel
from socle.rebonds import Rebond, empreinte, lire_avis
from socle.regles import RegleViolee

Suite = Callable[..., int]
_SUITES: list[Suite] = []


def a_chaque_rebond(suite: Suite) -> Suite:
    """Inscrit `suite(structure_id=…, adresse=…) -> int` : ce qu'un étage fait d'une adresse morte, et combien il en marque."""
    _SUITES.append(suite)
    return suite


def signaler(adresse: str, structure_id: int | None) -> int:
    """Dit à chaque étage que l'adresse ne reçoit plus ; sans structure, chez toutes."""
    return sum(suite(structure_id=structure_id, adresse=adresse) for suite in _SUITES)


@transaction.atomic
def consigner_rebond(*, motif: str, courriel: Courriel | None = None, adresse: str = "") -> int:
    """Note qu'un courriel est revenu, ou qu'une adresse ne reçoit plus ; rend le nombre de contacts mis en erreur.

    Sans `courriel`, le dernier écrit à cette adresse est celui qui est revenu. Consigné deux fois, rien ne change.
    """
    courriel = courriel or Courriel.objects.filter(destinataire__iexact=adresse).order_by("-cree_le", "-pk").first()
    if courriel is None and not adresse:
        raise RegleViolee("Dites quel courriel est revenu, ou quelle adresse ne reçoit plus.")
    if courriel is not None:
        courriel = Courriel.objects.select_for_update().get(pk=courriel.pk)
        courriel.etat = TRANSITIONS_COURRIEL.appliquer("refuser", courriel.etat)
        courriel.reponse = motif.strip()[:500]
        courriel.save(update_fields=["etat", "reponse", "modifie_le"])
    if adresse or courriel is None:
        return signaler(adresse, None)
    return signaler(courriel.destinataire, courriel.structure_id)


@transaction.atomic
def consigner_avis(octets: bytes) -> list[Rebond]:
    """Consigne les rebonds d'un avis de non-remise et les rend ; aucun s'il avait déjà été lu."""
    rebonds = lire_avis(octets)
    if not rebonds or not AvisLu.objects.get_or_create(empreinte=empreinte(octets))[1]:
        return []
    for rebond in rebonds:
        courriel = Courriel.objects.filter(uuid=rebond.courriel).first() if rebond.courriel else None
        # L'avis d'une copie nomme notre courriel, pas son destinataire : c'est l'adresse qui compte.
        if courriel and courriel.destinataire.lower() == rebond.adresse.lower():
            consigner_rebond(courriel=courriel, motif=rebond.motif)
        else:
            consigner_rebond(adresse=rebond.adresse, motif=rebond.motif)
    return rebonds


def nouveaux_rebonds(octets: bytes) -> list[Rebond]:
    """Ce que `consigner_avis` consignerait, sans rien écrire."""
    return [] if AvisLu.objects.filter(empreinte=empreinte(octets)).exists() else lire_avis(octets)


def adresses_en_erreur(adresses: Iterable[str]) -> set[str]:
    """Celles, parmi ces adresses, dont le dernier courriel conclu est revenu. Le suivant qui part les lève d'erreur."""
    suivants = Courriel.objects.filter(
        destinataire=OuterRef("destinataire"), etat=EtatCourriel.ENVOYE, pk__gt=OuterRef("pk")
    )
    refuses = Courriel.objects.filter(destinataire__in=list(adresses), etat=EtatCourriel.REFUSE)
    return set(refuses.filter(~Exists(suivants)).order_by().values_list("destinataire", flat=True))
