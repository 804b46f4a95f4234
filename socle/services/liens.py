"""Les liens signés : en donner un, l'ouvrir, le révoquer. Un jeton de 256 bits, gardé haché, pour un objet et un usage."""

import datetime
import hashlib
import secrets
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from socle.modeles import ModeleIdentifie
from socle.models import Lien
from socle.regles import RegleViolee

VALIDITE = datetime.timedelta(days=30)


class LienFerme(RegleViolee):
    """Une seule réponse, que le lien soit faux, expiré, révoqué ou remplacé."""

    def __init__(self):
        super().__init__(
            "Ce lien n'ouvre plus rien : il a expiré, ou un autre plus récent le remplace. "
            "Demandez à la personne qui vous l'a envoyé de vous en donner un neuf."
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """Ce qu'ouvre un lien : son annonce (`titre`, `phrase`) et la page où il mène, `adresse(lien)`."""

    titre: str
    phrase: str
    adresse: Callable[[Lien], str]


_USAGES: dict[str, Usage] = {}


def declarer_usage(nom: str, *, titre: str, phrase: str, adresse: Callable[[Lien], str]) -> None:
    """Inscrit un usage de lien signé ; chaque app déclare les siens."""
    _USAGES[nom] = Usage(titre, phrase, adresse)


def usage_de(lien: Lien) -> Usage:
    return _USAGES[lien.usage]


def donner_lien(*, structure, usage: str, objet: ModeleIdentifie, destinataire: str, validite=VALIDITE) -> str:
    """Crée un lien et rend son adresse complète, que rien d'autre ne garde. L'ancien du même destinataire n'ouvre plus."""
    (adresse,) = donner_liens(usage=usage, demandes=[(structure, objet, destinataire)], validite=validite)
    return adresse


def donner_liens(*, usage: str, demandes: Sequence[tuple[Any, Any, str]], validite=VALIDITE) -> list[str]:
    """Un lien par demande (structure, objet, destinataire), dans l'ordre, en trois requêtes pour toutes."""
    assert usage in _USAGES, usage
    cles = {(objet.uuid, destinataire) for _, objet, destinataire in demandes}
    ouverts = Lien.objects.ouverts().filter(usage=usage, objet_uuid__in={uuid_objet for uuid_objet, _ in cles})
    anciens = ouverts.order_by().values_list("pk", "objet_uuid", "destinataire")
    remplaces = [pk for pk, uuid_objet, destinataire in anciens if (uuid_objet, destinataire) in cles]
    Lien.objects.filter(pk__in=remplaces).update(remplace_le=timezone.now())
    jetons = [secrets.token_urlsafe(32) for _ in demandes]
    Lien.objects.bulk_create(
        Lien(
            structure=structure,
            usage=usage,
            objet_uuid=objet.uuid,
            destinataire=destinataire,
            empreinte_jeton=_empreinte(jeton),
            expire_le=timezone.now() + validite,
        )
        for jeton, (structure, objet, destinataire) in zip(jetons, demandes, strict=True)
    )
    return [settings.SITE_URL + reverse("lien", args=[jeton]) for jeton in jetons]


def lien_du_jeton(jeton: str) -> Lien:
    """Le lien encore ouvert que ce jeton désigne ; sinon `LienFerme`."""
    lien = Lien.objects.ouverts().filter(empreinte_jeton=_empreinte(jeton)).first()
    if lien is None:
        raise LienFerme
    return lien


def marquer_ouvert(lien: Lien) -> None:
    Lien.objects.filter(pk=lien.pk, ouvert_le__isnull=True).update(ouvert_le=timezone.now())


def liens_ouverts(*, usage: str, objet: ModeleIdentifie) -> list[Lien]:
    """Ceux qui ouvrent encore l'objet, le plus récent d'abord."""
    return list(Lien.objects.ouverts().filter(usage=usage, objet_uuid=objet.uuid).order_by("-cree_le", "-pk"))


def revoquer_lien(*, usage: str, objet: ModeleIdentifie, lien: uuid.UUID) -> Lien | None:
    """Ferme ce lien de l'objet, et ceux qu'il a remplacés : aucune session de ce destinataire ne reste.

    Rend le lien, ou rien s'il n'est pas des siens. Fermé deux fois, il l'est une.
    """
    de_l_objet = Lien.objects.filter(usage=usage, objet_uuid=objet.uuid)
    trouve = de_l_objet.filter(uuid=lien).first()
    if trouve:
        remplaces = de_l_objet.filter(destinataire=trouve.destinataire, remplace_le__isnull=False)
        siens = de_l_objet.filter(pk=trouve.pk) | remplaces
        siens.filter(revoque_le__isnull=True).update(revoque_le=timezone.now())
    return trouve


def _empreinte(jeton: str) -> str:
    return hashlib.sha256(jeton.encode()).hexdigest()
