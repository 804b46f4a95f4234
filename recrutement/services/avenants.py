"""Ce qui arrive à un contrat de travail en cours : un avenant, un second marché."""

import datetime

from django.db import transaction

from comptes.acteur import Acteur
from marches.models import Engagement
from recrutement.enums import GenreAvenant, TypeContrat
from recrutement.models import AvenantContrat, Contrat
from recrutement.permissions import peut_modifier_contrat
from recrutement.services.contrats import conclure_contrat
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(contrat_amende="Avenant au contrat de travail")
HERITES = ("employeur", "modalite", "type_contrat", "heures_hebdomadaires", "tuteur")


@transaction.atomic
def amender_contrat(
    *,
    acteur: Acteur,
    contrat: Contrat,
    genre: str,
    date_effet: datetime.date,
    fin_prevue: datetime.date | None = None,
    heures_hebdomadaires=None,
) -> AvenantContrat:
    """Prolonge, transforme en CDI ou change la durée du travail ; l'avenant garde l'avant et l'après."""
    contrat = verrouiller(Contrat.objects.avec_contexte(), acteur, contrat)
    peut_modifier_contrat(acteur, contrat).exiger()
    if contrat.fin_reelle:
        raise RegleViolee("Ce contrat est fini : il ne s'amende plus. Conclure un nouveau contrat.")
    if date_effet < contrat.debut:
        raise RegleViolee("L'avenant ne peut pas prendre effet avant le contrat.", champ="date_effet")
    apres = _termes(contrat, GenreAvenant(genre), fin_prevue, heures_hebdomadaires)
    avenant = AvenantContrat(contrat=contrat)
    ecrire(
        avenant,
        {
            "genre": genre,
            "date_effet": date_effet,
            "type_avant": contrat.type_contrat,
            "fin_avant": contrat.fin_prevue,
            "heures_avant": contrat.heures_hebdomadaires,
            "type_apres": apres.get("type_contrat", contrat.type_contrat),
            "fin_apres": apres.get("fin_prevue", contrat.fin_prevue),
            "heures_apres": apres.get("heures_hebdomadaires", contrat.heures_hebdomadaires),
        },
    )
    ecrire(contrat, apres)
    noter(acteur=acteur, action="contrat_amende", objet=contrat, genre=genre)
    return avenant


def _termes(contrat: Contrat, genre: GenreAvenant, fin_prevue, heures_hebdomadaires) -> dict:
    """Ce que l'avenant change au contrat."""
    if genre == GenreAvenant.CDI:
        if contrat.type_contrat == TypeContrat.CDI:
            raise RegleViolee("Ce contrat est déjà un CDI.", champ="genre")
        return {"type_contrat": TypeContrat.CDI, "fin_prevue": None}
    if genre == GenreAvenant.DUREE:
        if heures_hebdomadaires is None:
            raise RegleViolee("Donnez les heures par semaine.", champ="heures_hebdomadaires")
        if heures_hebdomadaires == contrat.heures_hebdomadaires:
            raise RegleViolee("C'est déjà la durée du travail de ce contrat.", champ="heures_hebdomadaires")
        return {"heures_hebdomadaires": heures_hebdomadaires}
    if contrat.fin_prevue is None:
        raise RegleViolee("Un contrat sans terme ne se prolonge pas.", champ="genre")
    if fin_prevue is None or fin_prevue <= contrat.fin_prevue:
        raise RegleViolee(
            f"Donnez une fin après le {contrat.fin_prevue:%d/%m/%Y}, le terme actuel.", champ="fin_prevue"
        )
    return {"fin_prevue": fin_prevue}


@transaction.atomic
def affecter_aussi(*, acteur: Acteur, contrat: Contrat, engagement: Engagement, **valeurs) -> Contrat:
    """Le même contrat de travail sert un second marché : une affectation de plus, aux mêmes termes, à ses propres dates."""
    contrat = verrouiller(Contrat.objects.avec_contexte(), acteur, contrat)
    peut_modifier_contrat(acteur, contrat).exiger()
    if engagement.pk == contrat.engagement_id:
        raise RegleViolee("Choisissez un autre marché que celui de ce contrat.", champ="engagement")
    debut, fin = valeurs["debut"], valeurs.get("fin_prevue")
    if debut < contrat.debut or (contrat.fin and debut > contrat.fin):
        raise RegleViolee("Cette date est hors du contrat de travail.", champ="debut")
    if contrat.fin and (fin is None or fin > contrat.fin):
        raise RegleViolee(f"Le contrat de travail s'arrête le {contrat.fin:%d/%m/%Y}.", champ="fin_prevue")
    return conclure_contrat(
        acteur=acteur,
        beneficiaire=contrat.beneficiaire,
        engagement=engagement,
        meme_contrat_que=contrat.meme_contrat_que or contrat,
        **{champ: getattr(contrat, champ) for champ in HERITES},
        **valeurs,
    )
