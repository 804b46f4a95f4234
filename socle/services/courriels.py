"""Envoyer les courriels écrits en base : pris un par un, repris avec recul pendant 24 heures, envoyés une fois."""

import datetime
import logging

from django.core.mail import EmailMultiAlternatives, mailers
from django.db import IntegrityError, models, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from socle.enums import EtatCourriel
from socle.file import confier
from socle.models import Courriel
from socle.texte import cacher_les_jetons

journal_technique = logging.getLogger(__name__)

ABANDON_APRES = datetime.timedelta(hours=24)
BAIL = datetime.timedelta(minutes=5)


@transaction.atomic
def ecrire_courriel(*, destinataire: str, gabarit: str, contexte: dict, cle: str | None = None, **adresses: str):
    """Écrit un courriel depuis `gabarit/sujet.txt` et `gabarit/corps.txt`, et l'envoie après validation.

    `adresses` : `repondre_a`, `copie_a`. `cle` rend le courriel dû une seule fois : écrit deux fois, il n'existe qu'une.
    """
    courriel = Courriel(
        destinataire=destinataire,
        **adresses,
        sujet=" ".join(render_to_string(f"{gabarit}/sujet.txt", contexte).split()),
        corps=render_to_string(f"{gabarit}/corps.txt", contexte),
        cle=cle,
    )
    return deposer(courriel)


def deposer(courriel: Courriel) -> Courriel:
    """Range un courriel et le confie à la file. Une clé déjà prise, même à l'instant par un autre, rend le premier."""
    if courriel.cle and (deja := Courriel.objects.filter(cle=courriel.cle).first()):
        return deja
    try:
        with transaction.atomic():
            courriel.save()
    except IntegrityError:
        return Courriel.objects.get(cle=courriel.cle)
    confier("socle.tasks.envoyer_courriel", courriel.pk)
    return courriel


def envoyer(courriel_id: int) -> bool:
    """Envoie un courriel dû, s'il est libre ; rend vrai s'il est parti."""
    courriel = _prendre(courriel_id)
    if courriel is None:
        return False
    message = EmailMultiAlternatives(
        courriel.sujet,
        courriel.corps,
        to=[courriel.destinataire],
        cc=[courriel.copie_a] if courriel.copie_a else None,
        reply_to=[courriel.repondre_a] if courriel.repondre_a else None,
    )
    if courriel.corps_html:
        message.attach_alternative(courriel.corps_html, "text/html")
    try:
        mailers["envoi"].send_messages([message])
    except Exception as erreur:
        # Pas seulement les pannes du réseau : un sujet ou une adresse impossibles ne bloquent pas les autres courriels.
        journal_technique.warning("Courriel %s non envoyé : %s", courriel.uuid, type(erreur).__name__)
        _reporter(courriel, erreur)
        return False
    Courriel.objects.filter(pk=courriel.pk).update(
        etat=EtatCourriel.ENVOYE,
        envoye_le=timezone.now(),
        reponse="",
        corps=cacher_les_jetons(courriel.corps),  # parti, il n'a plus besoin de ce qui ouvre une porte
        corps_html=cacher_les_jetons(courriel.corps_html),
    )
    return True


def _prendre(courriel_id: int) -> Courriel | None:
    """Réserve le courriel par une seule écriture conditionnelle : deux travailleurs ne peuvent l'avoir ensemble."""
    maintenant = timezone.now()
    pris = Courriel.objects.filter(
        pk=courriel_id, etat=EtatCourriel.EN_ATTENTE, prochain_essai_le__lte=maintenant
    ).update(prochain_essai_le=maintenant + BAIL, tentatives=models.F("tentatives") + 1)
    return Courriel.objects.get(pk=courriel_id) if pris else None


def _reporter(courriel: Courriel, erreur: Exception) -> None:
    maintenant = timezone.now()
    trop_tard = maintenant - courriel.cree_le > ABANDON_APRES
    Courriel.objects.filter(pk=courriel.pk).update(
        etat=EtatCourriel.ABANDONNE if trop_tard else EtatCourriel.EN_ATTENTE,
        prochain_essai_le=maintenant + datetime.timedelta(minutes=min(5 * 2**courriel.tentatives, 240)),
        reponse=f"{type(erreur).__name__} : {erreur}"[:500],
    )


def dus() -> list[int]:
    return list(
        Courriel.objects.filter(etat=EtatCourriel.EN_ATTENTE, prochain_essai_le__lte=timezone.now())
        .order_by("cree_le")
        .values_list("pk", flat=True)
    )
