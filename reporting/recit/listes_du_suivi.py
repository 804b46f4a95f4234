"""Les listes qui disent d'où viennent les gens, ce qu'ils deviennent, ce que l'on visait, et à quoi cela se compare."""

from reporting.bilan.petits import MASQUE
from reporting.calcul.arrondis import part_exacte
from reporting.recit.colonnes import Colonne, Ligne, Liste, Nature
from reporting.variantes import Chapitre

_PAR_QUARTIER = (
    Colonne("nom", "Quartier"),
    Colonne("connus", "Personnes connues", Nature.EFFECTIF, "Connues", "Connues"),
    Colonne("eligibles", "dont éligibles", Nature.EFFECTIF, "Éligibles", "Éligibles"),
    Colonne("habitants", "Embauchées dans la période", Nature.EFFECTIF, "Embauchées", "Embauchées", source="quartiers"),
    Colonne("femmes", "dont femmes", Nature.EFFECTIF, "Femmes", "Femmes", source="quartiers_femmes"),
    Colonne("moins_26", "dont moins de 26 ans", Nature.EFFECTIF, "< 26 ans", "< 26 ans", source="quartiers_moins_26"),
    Colonne(
        "50_plus", "dont 50 ans et plus", Nature.EFFECTIF, "50 ans et +", "50 ans et +", source="quartiers_50_plus"
    ),
    Colonne(
        "sans_qualification",
        "dont sans qualification",
        Nature.EFFECTIF,
        "Sans CAP ni BEP",
        "Sans CAP ni BEP",
        source="quartiers_sans_qualification",
    ),
    Colonne("rsa", "dont RSA", Nature.EFFECTIF, "RSA", "RSA", source="quartiers_rsa"),
    Colonne("heures", "Heures", Nature.HEURES, source="heures_par_quartier"),
)
PROFILS_QUARTIERS = Liste(
    "profils_quartiers",
    "Chaque quartier, ses habitants",
    export=_PAR_QUARTIER,
    ecran=_PAR_QUARTIER,
    papier=_PAR_QUARTIER,
    titre="Chaque quartier, ses habitants : connus, éligibles, embauchés",
    vide="Aucun habitant d’un quartier prioritaire.",
    note="Connues : celles dont le dossier est ouvert, ou un contrat commencé, et le domicile dans le quartier, à la fin de la "
    "période ; éligibles : celles dont un critère valait ce jour-là. Embauchées : celles qui ont travaillé dans la période, "
    "comptées à leur domicile du contrat d’entrée ; les colonnes qui suivent en sont des parts. Les heures sont au domicile du "
    "début de chaque contrat.",
    ensemble=False,
)

_D_UN_OBJECTIF = (
    Colonne("libelle", "Objectif"),
    Colonne("vise", "Visé", Nature.EFFECTIF),
    Colonne("fait", "Fait", Nature.EFFECTIF),
    Colonne("part", "Part", Nature.PART, calcul=lambda ligne: part_exacte(ligne["fait"], ligne["vise"])),
)
OBJECTIFS = Liste(
    "objectifs",
    "Objectifs de l'année",
    export=(Colonne("cle", "Clé"), *_D_UN_OBJECTIF[:-1]),
    ecran=_D_UN_OBJECTIF,
    papier=_D_UN_OBJECTIF,
    titre="Ce qui était visé, ce qui est fait",
    note="Les objectifs que la structure s’est fixés pour l’année. Chaque ligne a sa mesure : elles ne s’additionnent pas.",
    ensemble=False,
)

_D_UNE_OPERATION = (
    Colonne("nom", "Opération", detail=lambda ligne: ligne["programme"]),
    Colonne("objectif", "Objectif de la charte (h)", Nature.HEURES, "Objectif", "Objectif"),
    Colonne("comptees", "Heures comptées depuis le début", Nature.HEURES, "Comptées", "Comptées"),
    Colonne("part", "Part", Nature.PART, calcul=lambda ligne: part_exacte(ligne["comptees"], ligne["objectif"])),
    Colonne("hors", "Heures faites par d'autres", Nature.HEURES, "Par d'autres", "Par d’autres"),
)
_A_L_ECRAN = (Colonne("nom", "Opération"), Colonne("programme", "Programme"), *_D_UNE_OPERATION[1:])
OPERATIONS = Liste(
    "operations",
    "Opérations",
    export=(
        *(colonne for colonne in _A_L_ECRAN if not colonne.calcul),
        Colonne("reservee", "Réservée aux habitants des quartiers", Nature.OUI_NON),
        Colonne("habitants", "Personnes qui ont fait les heures comptées", Nature.EFFECTIF),
        Colonne("personnes", "Personnes en tout", Nature.EFFECTIF),
    ),
    ecran=_A_L_ECRAN,
    papier=_D_UNE_OPERATION,
    titre="Chaque opération et l’objectif de sa charte",
    note="Depuis le début de chaque opération. Une charte réservée aux habitants des quartiers (NPNRU, gestion urbaine) ne "
    "compte que leurs heures ; celles des autres personnes sont à part. Chaque opération a son objectif : "
    "ils ne s’additionnent pas.",
    ensemble=False,
)

_D_UN_TERME = (
    Colonne("terme", "Après le contrat"),
    Colonne("dues", "Situations à demander", Nature.EFFECTIF, "À demander", "À demander"),
    Colonne("connues", "Situations connues", Nature.EFFECTIF, "Connues", "Connues"),
    Colonne(
        "reponse",
        "Part connue",
        Nature.PART,
        calcul=lambda ligne: part_exacte(ligne["connues"], ligne["dues"]),
    ),
    Colonne("comptees", "Sorties comptées", Nature.EFFECTIF, "Comptées", "Comptées"),
    Colonne("dynamiques", "Sorties dynamiques", Nature.EFFECTIF, "Dynamiques", "Dynamiques"),
    Colonne(
        "part", "Part dynamique", Nature.PART, calcul=lambda ligne: part_exacte(ligne["dynamiques"], ligne["comptees"])
    ),
)
COHORTE = Liste(
    "cohorte",
    "Les mêmes contrats, suivis",
    export=tuple(colonne for colonne in _D_UN_TERME if not colonne.calcul),
    ecran=_D_UN_TERME,
    papier=_D_UN_TERME,
    titre="Les mêmes contrats, à 3, 6 et 12 mois",
    note="Ceux dont le point à 12 mois était dû dans la période : à chaque terme, les mêmes contrats. Une situation inconnue à "
    "un terme n’y est pas comptée ; les lignes ne s’additionnent pas.",
    ensemble=False,
)


def _reparties(ligne: Ligne) -> str:
    """« 1 : 2 · 2 : 0 · 3 : 7 », ou le masque quand une réponse n'a été donnée que par quelques-uns."""
    return " · ".join(ligne["parts"]) or MASQUE


_D_UNE_QUESTION = (
    Colonne("question", "Question", detail=lambda ligne: ligne["public"]),
    Colonne("nombre", "Réponses", Nature.EFFECTIF),
    Colonne("moyenne", "Moyenne sur 5", Nature.EFFECTIF),
    Colonne("parts", "Combien pour chaque réponse", papier="Pour chaque réponse", calcul=_reparties),
)
AVIS = Liste(
    "avis",
    "Questionnaires",
    export=(Colonne("public", "À qui"), *_D_UNE_QUESTION),
    ecran=(Colonne("public", "À qui"), *_D_UNE_QUESTION),
    papier=_D_UNE_QUESTION,
    titre="Ce que disent les questionnaires",
    note="Une note va de 1 à 5. Une question dont cinq réponses au moins ne sont pas arrivées n’est pas montrée ; l’avis de ceux "
    "qui ont répondu n’est pas celui de tous.",
    ensemble=False,
)

_D_UN_REPERE = (
    Colonne("quoi", "Mesure"),
    Colonne("ici", "Ici", Nature.PART),
    Colonne("ailleurs", "Repère", Nature.PART),
    Colonne("territoire", "Territoire et année"),
    Colonne("source", "Source"),
)
REPERES = Liste(
    "reperes",
    "Repères nationaux",
    export=_D_UN_REPERE,
    ecran=_D_UN_REPERE,
    papier=_D_UN_REPERE,
    titre="À côté : des chiffres publiés ailleurs",
    note="Ils ne sont ni une norme ni un objectif : d’autres années, d’autres territoires, et des façons de compter qui peuvent "
    "différer. Rien de ce bilan n’est calculé avec eux.",
    ensemble=False,
)

DU_SUIVI: dict[Chapitre, Liste] = {
    Chapitre.HABITANTS: PROFILS_QUARTIERS,
    Chapitre.OBJECTIFS: OBJECTIFS,
    Chapitre.OPERATIONS: OPERATIONS,
    Chapitre.COHORTE: COHORTE,
    Chapitre.AVIS: AVIS,
    Chapitre.REPERES: REPERES,
}
