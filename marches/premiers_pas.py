"""Les premiers pas d'une structure qui tiennent aux marchés : ses valeurs de calcul, ses clauses, son premier marché."""

from django.db.models import Exists, OuterRef

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from marches.models import CorpsMetier, Marche, ModeleClause, ReglagesClause
from socle.premiers_pas import DONNEES, REGLES, premier_pas


@premier_pas(
    "corps_metier",
    REGLES,
    "Vos corps de métier",
    "Part de main-d'œuvre, taux, coût horaire : les valeurs d'où sortent les heures dues. Des valeurs d'usage sont proposées.",
    liens=[("Voir les corps de métier", "marches:corps_metiers")],
    roles=FACILITATEURS_QUI_ECRIVENT,
    ordre=40,
)
def _corps_metier():
    return Exists(CorpsMetier.objects.filter(structure=OuterRef("pk")))


@premier_pas(
    "clauses",
    REGLES,
    "Vos clauses",
    "Vos coordonnées dans les textes, vos pénalités usuelles, vos propres phrases si les modèles ne vous conviennent pas.",
    liens=[("Régler les clauses", "marches:reglages_clause"), ("Lire les modèles", "marches:modeles_clause")],
    roles=FACILITATEURS_QUI_ECRIVENT,
    ordre=50,
)
def _clauses():
    regles, modeles = (m.objects.filter(structure=OuterRef("pk")) for m in (ReglagesClause, ModeleClause))
    return Exists(regles) | Exists(modeles)


@premier_pas(
    "marche",
    DONNEES,
    "Vos marchés",
    "Sans classeur à reprendre : ajoutez le maître d'ouvrage et l'entreprise, puis le marché, ses lots et les heures dues.",
    liens=[
        ("Créer un marché", "marches:nouveau"),
        ("Ajouter un maître d'ouvrage", "marches:maitre_ouvrage_nouveau"),
        ("Ajouter une entreprise", "entreprises:nouvelle"),
        ("Étudier un projet d'achat", "marches:projet_nouveau"),
    ],
    roles=FACILITATEURS_QUI_ECRIVENT,
    ordre=20,
)
def _marche():
    return Exists(Marche.objects.filter(structure=OuterRef("pk")))
