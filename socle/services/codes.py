"""Le code à six chiffres envoyé à l'adresse d'un lien signé : 10 min, un usage, cinq essais, trois envois par quart d'heure."""

import datetime
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from socle.models import CodeCourriel, Lien
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_courriel

VALIDITE = datetime.timedelta(minutes=10)
ESSAIS_MAX = 5
ENVOIS_MAX, FENETRE = 3, datetime.timedelta(minutes=15)


@transaction.atomic
def envoyer_code(lien: Lien) -> None:
    """Envoie un code neuf au destinataire du lien ; le précédent ne vaut plus rien."""
    lien = Lien.objects.select_for_update().select_related("structure").get(pk=lien.pk)
    maintenant = timezone.now()
    if lien.codes.filter(cree_le__gt=maintenant - FENETRE).count() >= ENVOIS_MAX:
        raise RegleViolee("Trois codes sont déjà partis : attendez un quart d'heure avant d'en demander un autre.")
    lien.codes.en_cours().update(expire_le=maintenant)
    code = f"{secrets.randbelow(10**6):06d}"
    CodeCourriel.objects.create(lien=lien, empreinte=_empreinte(lien, code), expire_le=maintenant + VALIDITE)
    ecrire_courriel(
        destinataire=lien.destinataire,
        gabarit="courriels/code",
        contexte={"code": code, "structure": lien.structure.nom, "minutes": int(VALIDITE.total_seconds() // 60)},
    )


@transaction.atomic
def code_est_bon(lien: Lien, saisi: str) -> bool:
    """Vrai une seule fois pour un code ; chaque essai compte, et le cinquième raté le tue."""
    codes = CodeCourriel.objects.select_for_update().filter(lien=lien, essais__lt=ESSAIS_MAX)
    code = codes.en_cours().order_by("-pk").first()
    if code is None:
        return False
    code.essais += 1
    bon = constant_time_compare(code.empreinte, _empreinte(lien, saisi))
    if bon:
        code.utilise_le = timezone.now()
    code.save()
    return bon


def code_en_cours(lien: Lien) -> bool:
    """Un code est parti, et peut encore servir."""
    return lien.codes.en_cours().filter(essais__lt=ESSAIS_MAX).exists()


def _empreinte(lien: Lien, code: str) -> str:
    """Avec la clé du service : un million de codes se calcule, une base volée ne les rend pas pour autant."""
    return salted_hmac("socle.code", f"{lien.uuid}:{code}", algorithm="sha256").hexdigest()
