"""Les courriels écrits en base, puis envoyés : chacun réservé avant son envoi, repris avec recul pendant 24 heures."""

import contextlib
import datetime
import logging
import smtplib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.db import IntegrityError, connection, transaction
from django.template.loader import get_template
from django.utils import timezone
from django.utils.module_loading import import_string

from socle.avis import Destinataire
from socle.enums import TRANSITIONS_COURRIEL, EtatCourriel
from socle.file import confier
from socle.models import Courriel
from socle.permissions import peut_renvoyer
from socle.retention import CONSERVATION_DES_CORPS
from socle.services import rebonds
from socle.services.enregistrement import verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.lots import isoler
from socle.texte import cacher_les_jetons, nettoyer

declarer_actions(courriel_renvoye="Courriel renvoyé")
journal_technique = logging.getLogger(__name__)

ABANDON_APRES = datetime.timedelta(hours=24)
RECUL_MAX = 240  # minutes
BAIL = datetime.timedelta(minutes=5)  # plus long que l'envoi d'un courriel, délais de connexion compris
LOT = 200  # un seul travailleur n'accapare pas la file : un courriel isolé passe entre deux lots
DUREE_LOT = 300.0  # secondes ; bien moins que la durée permise à une tâche
# Le temps d'une année d'exécution et de la discussion de son bilan. Qui, quand et la réponse du serveur restent : la preuve.
_ENVOYE, _ABANDONNE = TRANSITIONS_COURRIEL["envoyer"].vers, TRANSITIONS_COURRIEL["abandonner"].vers

# En SQL : la même écriture, composée par l'ORM, coûtait plus de temps que de rendre et d'envoyer le courriel (mesuré).
CONCLURE_ET_PRENDRE = f"""
    UPDATE {Courriel._meta.db_table} SET
        etat = CASE WHEN id = %(parti)s THEN '{_ENVOYE}' ELSE etat END,
        envoye_le = CASE WHEN id = %(parti)s THEN %(le)s ELSE envoye_le END,
        reponse = CASE WHEN id = %(parti)s THEN %(reponse)s ELSE reponse END,
        corps = CASE WHEN id = %(parti)s THEN %(corps)s ELSE corps END,
        corps_html = CASE WHEN id = %(parti)s THEN %(corps_html)s ELSE corps_html END,
        prochain_essai_le = CASE WHEN id = %(pris)s THEN %(bail)s ELSE prochain_essai_le END,
        tentatives = CASE WHEN id = %(pris)s THEN tentatives + 1 ELSE tentatives END
    WHERE id = %(parti)s OR (id = %(pris)s AND etat = '{EtatCourriel.EN_ATTENTE}' AND prochain_essai_le = %(lu)s)"""


@dataclass(frozen=True, slots=True)
class Accuse:
    """Le serveur d'envoi a dit oui : ce qu'il reste à écrire du courriel parti. Son texte n'a plus besoin d'ouvrir une porte."""

    cle: int
    le: datetime.datetime
    reponse: str
    corps: str
    corps_html: str

    @classmethod
    def de(cls, courriel: Courriel, reponse: str) -> "Accuse":
        textes = (cacher_les_jetons(texte) for texte in (courriel.corps, courriel.corps_html))
        return cls(courriel.pk, timezone.now(), _texte(reponse)[:500], *textes)

    def ecrire(self) -> None:
        valeurs = {"reponse": self.reponse, "corps": self.corps, "corps_html": self.corps_html}
        Courriel.objects.filter(pk=self.cle).update(etat=_ENVOYE, envoye_le=self.le, **valeurs)


@transaction.atomic
def ecrire_courriel(
    *, destinataire: str, gabarit: str, contexte: dict, cle: str | None = None, structure=None, **adresses: str
) -> Courriel:
    """Écrit un courriel depuis `gabarit/sujet.txt` et `gabarit/corps.txt`, et l'envoie après validation.

    `adresses` : `repondre_a`, `copie_a`. `cle` rend le courriel dû une seule fois : écrit deux fois, il n'existe qu'une.
    `structure` : celle dont les facilitateurs peuvent le relire. Un courriel qui porte un code n'en a pas.
    """
    return deposer(
        composer(
            destinataire=destinataire, gabarit=gabarit, contexte=contexte, cle=cle, structure=structure, **adresses
        )
    )


def ecrire_a_chacun(
    destinataires: Iterable[Destinataire], *, gabarit: str, contexte: dict, cle: str | None = None, **autres: Any
) -> tuple[Destinataire, ...]:
    """Le même courriel à chacun, une ligne chacun ; rend ceux à qui il est écrit. `cle` : une fois par personne."""
    ecrits = tuple(destinataires)
    for destinataire in ecrits:
        sienne = f"{cle}-{destinataire.cle or destinataire.adresse}"[:200] if cle else None
        ecrire_courriel(destinataire=destinataire.adresse, gabarit=gabarit, contexte=contexte, cle=sienne, **autres)
    return ecrits


def composer(*, gabarit: str, contexte: dict, **valeurs: Any) -> Courriel:
    """Le courriel, écrit mais pas encore rangé. D'une structure, il nomme qui y joindre, et c'est à lui que l'on répond."""
    if structure := valeurs.get("structure"):
        adresse = valeurs.get("repondre_a", "")
        if "interlocuteur" not in contexte:
            joindre = import_string(settings.INTERLOCUTEUR_D_UN_COURRIEL)(structure=structure, adresse=adresse)
            contexte = {**contexte, "interlocuteur": joindre}
        valeurs["repondre_a"] = adresse or contexte["interlocuteur"].adresse
    sujet, corps = (get_template(f"{gabarit}/{piece}.txt").render(contexte) for piece in ("sujet", "corps"))
    longueur = Courriel._meta.get_field("sujet").max_length  # deux noms longs n'y tiennent pas : la fin se coupe
    return Courriel(sujet=" ".join(nettoyer(sujet).split())[:longueur], corps=nettoyer(corps), **valeurs)


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


def deposer_tous(courriels: Sequence[Courriel]) -> None:
    """Range des courriels d'un coup ; un seul travail les enverra. L'appelant tient le verrou qui rend leurs clés neuves."""
    if courriels:
        Courriel.objects.bulk_create(courriels, batch_size=500)
        confier("socle.tasks.envoyer_courriels_en_attente")


@transaction.atomic
def renvoyer(*, acteur, courriel: Courriel) -> Courriel:
    """Remet un courriel abandonné dans la file, pour 24 heures de plus."""
    courriel = verrouiller(Courriel.objects, acteur, courriel)
    peut_renvoyer(acteur, courriel).exiger()
    courriel.etat = TRANSITIONS_COURRIEL.appliquer("renvoyer", courriel.etat)
    courriel.confie_le = courriel.prochain_essai_le = timezone.now()
    courriel.save()
    noter(acteur=acteur, action="courriel_renvoye", objet=courriel)
    confier("socle.tasks.envoyer_courriel", courriel.pk)
    return courriel


def envoyer(courriel_id: int) -> bool:
    """Envoie un courriel dû, s'il est libre ; rend vrai s'il est parti."""
    return _envoyer(Courriel.objects.dus().filter(pk=courriel_id)) == 1


def envoyer_lot() -> tuple[int, bool]:
    """Envoie les plus anciens courriels dus, sur une seule connexion. Rend combien sont partis, et s'il en reste à prendre."""
    lot = list(Courriel.objects.dus()[:LOT])
    partis = _envoyer(lot)
    return partis, len(lot) == LOT and partis > 0


def _envoyer(lot: Iterable[Courriel]) -> int:
    """Chacun est réservé juste avant son envoi et conclu juste après la réponse : un arrêt brutal n'en double qu'un."""
    serveur, fin = mailers["envoi"], time.monotonic() + DUREE_LOT
    partis, accuse = 0, None
    try:
        for courriel in lot:
            if time.monotonic() > fin or not _ouvrir(serveur):
                break
            with isoler(courriel):
                pris, accuse = _prendre(courriel, accuse), None
                if pris:
                    accuse = _poster(serveur, courriel)
                    partis += accuse is not None
    finally:
        if accuse:
            accuse.ecrire()
        _fermer(serveur)
    return partis


def _ouvrir(serveur) -> bool:
    """Ouvre la connexion, ou la rouvre. Injoignable : tout ce qui est dû attend ensemble, sans frapper pour chacun."""
    try:
        serveur.open()
    except OSError as erreur:
        journal_technique.warning("Serveur d'envoi injoignable : %s", type(erreur).__name__)
        _reporter_tout(erreur)
        return False
    return True


def _fermer(serveur) -> None:
    with contextlib.suppress(OSError):
        serveur.close()


def _prendre(courriel: Courriel, accuse: Accuse | None) -> bool:
    """Réserve le courriel par une seule écriture conditionnelle : deux travailleurs ne peuvent l'avoir ensemble.

    L'accusé du précédent s'écrit du même coup : un seul aller-retour, un seul passage sur le disque par courriel.
    """
    bail = timezone.now() + BAIL
    courriel.tentatives += 1
    if accuse is None:
        libre = Courriel.objects.filter(
            pk=courriel.pk, etat=EtatCourriel.EN_ATTENTE, prochain_essai_le=courriel.prochain_essai_le
        )
        return bool(libre.update(prochain_essai_le=bail, tentatives=courriel.tentatives))
    dates = {"bail": bail, "lu": courriel.prochain_essai_le, "le": accuse.le}
    with connection.cursor() as curseur:
        curseur.execute(
            CONCLURE_ET_PRENDRE,
            {
                "parti": accuse.cle,
                "reponse": accuse.reponse,
                "corps": accuse.corps,
                "corps_html": accuse.corps_html,
                "pris": courriel.pk,
                **{nom: connection.ops.adapt_datetimefield_value(date) for nom, date in dates.items()},
            },
        )
        return curseur.rowcount == 2


def _poster(serveur, courriel: Courriel) -> Accuse | None:
    """Envoie ; rend l'accusé, à écrire, ou rien si le courriel est à reprendre ou refusé : c'est alors écrit."""
    try:
        serveur.send_messages([_message(courriel)])
    except smtplib.SMTPRecipientsRefused as erreur:
        refus = erreur.recipients
    except Exception as erreur:
        # Pas seulement les pannes du réseau : un sujet ou une adresse impossibles ne bloquent pas les autres courriels.
        journal_technique.warning("Courriel %s non envoyé : %s", courriel.uuid, type(erreur).__name__)
        _reporter(courriel, erreur)
        _fermer(serveur)  # dans le doute, le suivant prend une connexion neuve
        return None
    else:
        refus = getattr(serveur, "refus", {})
    if refus:
        _tenir_compte(courriel, refus)
    if courriel.destinataire in refus:
        return None
    return Accuse.de(courriel, getattr(serveur, "reponse", ""))


def _message(courriel: Courriel) -> EmailMultiAlternatives:
    """Le même identifiant à chaque essai : qui reçoit deux fois le reconnaît."""
    message = EmailMultiAlternatives(
        courriel.sujet,
        courriel.corps,
        to=[courriel.destinataire],
        cc=[courriel.copie_a] if courriel.copie_a else None,
        reply_to=[courriel.repondre_a] if courriel.repondre_a else None,
        headers={"Message-ID": f"<{courriel.uuid}@{urlsplit(settings.SITE_URL).hostname}>"},
    )
    if courriel.corps_html:
        message.attach_alternative(courriel.corps_html, "text/html")
    return message


def _tenir_compte(courriel: Courriel, refus: dict[str, tuple[int, bytes]]) -> None:
    """Le destinataire refusé pour toujours, ou à reprendre. Une copie refusée n'arrête pas le destinataire."""
    morts = {adresse: texte for adresse, (code, texte) in refus.items() if _est_definitif(code, texte)}
    if courriel.destinataire in morts:
        rebonds.consigner_rebond(courriel=courriel, motif=_texte(morts.pop(courriel.destinataire)))
    elif courriel.destinataire in refus:
        _reporter(courriel, smtplib.SMTPRecipientsRefused(refus))
    for adresse in morts:
        rebonds.signaler(adresse, courriel.structure_id)


def _est_definitif(code: int, texte: bytes) -> bool:
    """Un 5xx sur l'adresse. Un 5.7.x n'accuse pas l'adresse mais nous : notre relais se corrige, le courriel attend."""
    return 500 <= code < 600 and not texte.startswith(b"5.7.")


def _texte(reponse: bytes | str) -> str:
    texte = reponse.decode(errors="replace") if isinstance(reponse, bytes) else reponse
    return " ".join(texte.split())


def _recul(tentatives: int) -> datetime.timedelta:
    """1, 2, 4, 8… minutes : un hoquet du réseau ne retarde pas un mot de passe oublié ; une longue panne ne s'acharne pas."""
    return datetime.timedelta(minutes=min(2 ** max(tentatives - 1, 0), RECUL_MAX))


def _reporter(courriel: Courriel, erreur: Exception) -> None:
    maintenant = timezone.now()
    Courriel.objects.filter(pk=courriel.pk).update(
        etat=_ABANDONNE if maintenant - courriel.confie_le > ABANDON_APRES else EtatCourriel.EN_ATTENTE,
        prochain_essai_le=maintenant + _recul(courriel.tentatives),
        reponse=_cause(erreur),
    )


def _reporter_tout(erreur: Exception) -> None:
    """Le même recul pour tous les courriels dus, par nombre d'essais ; les trop vieux sont abandonnés."""
    maintenant = timezone.now()
    for tentatives in Courriel.objects.dus().order_by().values_list("tentatives", flat=True).distinct():
        dus = Courriel.objects.dus().order_by().filter(tentatives=tentatives)
        valeurs = {"tentatives": tentatives + 1, "reponse": _cause(erreur)}
        dus.filter(confie_le__lt=maintenant - ABANDON_APRES).update(etat=_ABANDONNE, **valeurs)
        dus.update(prochain_essai_le=maintenant + _recul(tentatives + 1), **valeurs)


def _cause(erreur: Exception) -> str:
    return _texte(f"{type(erreur).__name__} : {erreur}")[:500]


def corps_a_purger():
    """Les courriels dont le contenu a fait son temps."""
    anciens = Courriel.objects.filter(cree_le__lt=timezone.now() - CONSERVATION_DES_CORPS, corps_efface_le__isnull=True)
    return anciens.exclude(etat=EtatCourriel.EN_ATTENTE)


def purger_les_corps() -> int:
    """Efface le contenu des courriels anciens ; la trace de l'envoi reste."""
    return corps_a_purger().update(corps="", corps_html="", corps_efface_le=timezone.now())
