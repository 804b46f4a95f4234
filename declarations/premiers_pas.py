"""Les premiers pas d'une structure qui tiennent aux heures : quand elles sont dues, et le premier mois."""

from django.db.models import Exists, OuterRef

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from declarations.models import Declaration, ReglagesDeclaration
from socle.premiers_pas import DONNEES, REGLES, premier_pas


@premier_pas(
    "echeance",
    REGLES,
    "Le jour dû et les relances",
    "Tant que rien n'est réglé : les heures se déclarent avant le 15 du mois suivant, et personne n'est relancé.",
    liens=[("Régler les déclarations", "suivi:reglages_declaration")],
    roles=FACILITATEURS_QUI_ECRIVENT,
    ordre=10,
)
def _echeance():
    return Exists(ReglagesDeclaration.objects.filter(structure=OuterRef("pk")))


@premier_pas(
    "mois",
    DONNEES,
    "Votre premier mois",
    "Ouvrez le dossier d'une personne, concluez son contrat, puis saisissez ses heures ou envoyez le lien à l'entreprise.",
    liens=[("Voir les heures", "suivi:declarations"), ("Ouvrir un dossier", "beneficiaires:nouveau")],
    roles=FACILITATEURS_QUI_ECRIVENT,
    ordre=30,
)
def _mois():
    """Des heures sont arrivées : saisies, déclarées ou reprises."""
    arrivees = Declaration.objects.filter(engagement__lot__marche__structure=OuterRef("pk"), lignes__isnull=False)
    return Exists(arrivees)
