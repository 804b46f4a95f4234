"""Ce qui étonne dans un contrat de travail : des phrases, jamais un refus. Le formulaire et la reprise disent les mêmes.

Le chevauchement, lui, ne se dit qu'à l'écran : un classeur en a de vrais, que la structure connaît déjà.
"""

import datetime
from collections.abc import Iterator

from django.db.models import DateField, Q
from django.db.models.functions import Coalesce

from recrutement.enums import Modalite, TypeContrat
from recrutement.models import Contrat

CHEVAUCHEMENT = "La personne a déjà, à ces dates, un autre contrat sur ce marché."


def incoherences(contrat: Contrat, le: datetime.date) -> Iterator[tuple[str, str]]:
    """(champ, phrase) : une modalité que l'employeur dément, un type qui ne va pas avec elle, un CDI qui aurait un terme.

    La fin passée d'un CDI est une fin constatée : elle n'étonne pas.
    """
    if contrat.modalite == Modalite.MISE_A_DISPOSITION and contrat.employeur_id == contrat.engagement.entreprise_id:
        yield "modalite", "Mise à disposition par l'entreprise engagée elle-même : c'est une embauche directe."
    if contrat.modalite == Modalite.ALTERNANCE and contrat.type_contrat not in TypeContrat.en_alternance():
        yield "type_contrat", "En alternance, le contrat est d'apprentissage ou de professionnalisation."
    if contrat.type_contrat == TypeContrat.CDI and contrat.fin_prevue and contrat.fin_prevue > le:
        yield "fin_prevue", "Un CDI n'a pas de fin prévue."


def chevauche_sur_le_marche(contrat: Contrat) -> bool:
    """Un autre contrat de travail de la personne, sur le même marché, aux mêmes dates."""
    racine = contrat.meme_contrat_que_id or contrat.pk
    autres = Contrat.objects.actifs().filter(
        beneficiaire=contrat.beneficiaire_id, engagement__lot__marche=contrat.engagement.lot.marche_id
    )
    autres = autres.exclude(Q(pk=racine) | Q(meme_contrat_que=racine) | Q(pk=contrat.pk))
    autres = autres.annotate(finit_le=Coalesce("fin_reelle", "fin_prevue", output_field=DateField()))
    courent = autres.filter(Q(finit_le__isnull=True) | Q(finit_le__gte=contrat.debut))
    return (courent.filter(debut__lte=contrat.fin) if contrat.fin else courent).exists()
