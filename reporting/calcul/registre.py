"""Le registre des indicateurs : clé, libellé, définition, unité, fonction. L'écran, le PDF, l'export et la commande le lisent."""

from functools import partial
from itertools import chain

from parcours.enums import Terme
from reporting.calcul import indicateurs as calculs
from reporting.calcul.indicateurs import Indicateur, Unite

A_L_ENTREE = "au début du contrat d'entrée"

INDICATEURS: tuple[Indicateur, ...] = (
    Indicateur(
        "heures_realisees",
        "heures d'insertion réalisées",
        "Somme des heures validées dont le mois travaillé est dans la période, sur les engagements des marchés de la structure.",
        Unite.HEURES,
        calculs.heures_realisees,
    ),
    Indicateur(
        "beneficiaires",
        "bénéficiaires",
        "Nombre de personnes distinctes ayant au moins une heure validée dans la période.",
        Unite.PERSONNES,
        calculs.beneficiaires,
    ),
    Indicateur(
        "beneficiaires_femmes",
        "dont femmes",
        "Bénéficiaires de sexe féminin.",
        Unite.PERSONNES,
        calculs.beneficiaires_femmes,
        sur="beneficiaires",
        nom="femmes parmi les bénéficiaires",
        dite="des bénéficiaires sont des femmes",
    ),
    Indicateur(
        "beneficiaires_moins_26_ans",
        "dont moins de 26 ans",
        f"Bénéficiaires de moins de 26 ans révolus {A_L_ENTREE}.",
        Unite.PERSONNES,
        calculs.beneficiaires_moins_26_ans,
        sur="beneficiaires",
        nom="bénéficiaires de moins de 26 ans",
        dite="des bénéficiaires ont moins de 26 ans",
    ),
    Indicateur(
        "beneficiaires_50_ans_et_plus",
        "dont 50 ans et plus",
        f"Bénéficiaires de 50 ans ou plus {A_L_ENTREE}.",
        Unite.PERSONNES,
        calculs.beneficiaires_50_ans_et_plus,
        sur="beneficiaires",
        nom="bénéficiaires de 50 ans et plus",
        dite="des bénéficiaires ont 50 ans ou plus",
    ),
    Indicateur(
        "beneficiaires_sans_qualification",
        "dont sans qualification",
        "Bénéficiaires dont le niveau de formation est inférieur au niveau 3 (ni CAP ni BEP) "
        f"{A_L_ENTREE} ; un niveau inconnu n'est pas compté.",
        Unite.PERSONNES,
        calculs.beneficiaires_sans_qualification,
        sur="beneficiaires",
        nom="bénéficiaires sans qualification",
        dite="des bénéficiaires n'ont ni CAP ni BEP",
    ),
    Indicateur(
        "beneficiaires_moins_26_ans_sans_qualification",
        "dont jeunes sans qualification",
        f"Bénéficiaires à la fois de moins de 26 ans et sans qualification {A_L_ENTREE}.",
        Unite.PERSONNES,
        calculs.beneficiaires_moins_26_ans_sans_qualification,
        sur="beneficiaires",
        nom="bénéficiaires de moins de 26 ans sans qualification",
        dite="des bénéficiaires ont moins de 26 ans, et ni CAP ni BEP",
    ),
    Indicateur(
        "beneficiaires_rsa",
        "dont RSA",
        f"Bénéficiaires dont le critère RSA (allocataire ou ayant droit) est valide {A_L_ENTREE}.",
        Unite.PERSONNES,
        calculs.beneficiaires_rsa,
        sur="beneficiaires",
        nom="bénéficiaires au RSA",
        dite="des bénéficiaires relèvent du RSA",
    ),
    Indicateur(
        "beneficiaires_deld",
        "dont demandeurs d'emploi de longue durée",
        f"Bénéficiaires inscrits à France Travail depuis 12 mois ou plus {A_L_ENTREE} ; l'inscription datée fait foi. "
        "Rupture de série en 2026 : les allocataires du RSA, inscrits d'office en janvier 2025, y ont douze mois.",
        Unite.PERSONNES,
        calculs.beneficiaires_deld,
        sur="beneficiaires",
        nom="bénéficiaires demandeurs d'emploi de longue durée",
        dite="des bénéficiaires sont demandeurs d'emploi de longue durée",
    ),
    Indicateur(
        "beneficiaires_th",
        "dont travailleurs handicapés",
        f"Bénéficiaires dont le critère RQTH (obligation d'emploi) est valide {A_L_ENTREE}.",
        Unite.PERSONNES,
        calculs.beneficiaires_th,
        sur="beneficiaires",
        nom="bénéficiaires travailleurs handicapés",
        dite="des bénéficiaires sont travailleurs handicapés",
    ),
    Indicateur(
        "beneficiaires_qpv",
        "dont habitants des QPV",
        f"Bénéficiaires domiciliés dans un quartier prioritaire {A_L_ENTREE}, selon la géographie alors en vigueur "
        "(2015 jusqu'au 31/12/2023, 2024 ensuite ; un an plus tard outre-mer) ; un domicile à vérifier n'est pas compté.",
        Unite.PERSONNES,
        calculs.beneficiaires_qpv,
        sur="beneficiaires",
        nom="bénéficiaires habitant un QPV",
        dite="des bénéficiaires habitent un quartier prioritaire",
    ),
    Indicateur(
        "contrats",
        "contrats",
        "Contrats distincts ayant au moins une heure validée dans la période.",
        Unite.CONTRATS,
        calculs.contrats,
    ),
    Indicateur(
        "marches_suivis",
        "marchés suivis",
        "Marchés attribués dont l'exécution (du début à la fin réelle, ou prévue à défaut) rencontre la période ; "
        "un marché abandonné ne compte pas.",
        Unite.MARCHES,
        calculs.marches_suivis,
    ),
    Indicateur(
        "marches_travaux",
        "dont travaux",
        "Marchés suivis de nature Travaux.",
        Unite.MARCHES,
        calculs.marches_travaux,
        sur="marches_suivis",
        nom="marchés de travaux",
        dite="des marchés suivis sont des marchés de travaux",
    ),
    Indicateur(
        "maitres_ouvrage",
        "maîtres d'ouvrage accompagnés",
        "Maîtres d'ouvrage distincts des marchés suivis.",
        Unite.MAITRES_OUVRAGE,
        calculs.maitres_ouvrage,
    ),
    Indicateur(
        "entreprises_engagees",
        "entreprises engagées",
        "Entreprises distinctes (SIRET) attributaires ou cotraitantes d'un marché suivi, ou employeuses d'un contrat "
        "ayant au moins une heure validée dans la période (mise à disposition comprise).",
        Unite.ENTREPRISES,
        calculs.entreprises_engagees,
    ),
    Indicateur(
        "entreprises_locales",
        "dont locales",
        "Entreprises engagées dont l'établissement est situé dans le territoire de la structure.",
        Unite.ENTREPRISES,
        calculs.entreprises_locales,
        sur="entreprises_engagees",
        nom="entreprises locales",
        dite="des entreprises engagées sont locales",
    ),
    Indicateur(
        "heures_dues",
        "heures dues",
        "Somme des heures des engagements des marchés suivis, avenants compris, toutes années d'exécution confondues.",
        Unite.HEURES,
        calculs.heures_dues,
    ),
    Indicateur(
        "heures_par_modalite",
        "heures par modalité",
        "Heures réalisées, par modalité de réalisation du contrat.",
        Unite.HEURES,
        calculs.heures_par_modalite,
        sur="heures_realisees",
    ),
    Indicateur(
        "heures_par_type_contrat",
        "heures par type de contrat",
        "Heures réalisées, par type de contrat de travail.",
        Unite.HEURES,
        calculs.heures_par_type_contrat,
        sur="heures_realisees",
    ),
    Indicateur(
        "heures_qpv",
        "heures des habitants des QPV",
        "Heures des contrats dont le bénéficiaire habite un quartier prioritaire au début de ce contrat-là.",
        Unite.HEURES,
        calculs.heures_qpv,
        sur="heures_realisees",
        nom="heures des habitants des QPV",
        dite="des heures sont faites par des habitants des quartiers prioritaires",
    ),
    Indicateur(
        "etp",
        "équivalents temps plein",
        "Heures réalisées divisées par le nombre d'heures d'un équivalent temps plein, réglé par la structure "
        "(1 600 pour les consolidations nationales).",
        Unite.ETP,
        calculs.etp,
    ),
)


def _sorties(terme: Terme) -> tuple[Indicateur, ...]:
    """À un terme : les situations connues, celles qui comptent, les dynamiques. L'ordre suit les dénominateurs."""
    cle, quand = f"{terme.value}_mois", f"{terme.label} après la fin du contrat"
    dues = "parmi les points dus dans la période"
    return (
        Indicateur(
            f"sorties_dues_{cle}",
            f"situations à demander à {terme.label}",
            f"Situations à demander {quand}, {dues}, connues ou non : la part connue se lit sur elles.",
            Unite.SORTIES,
            partial(calculs.sorties_a_connaitre, terme=terme),
        ),
        Indicateur(
            f"sorties_connues_{cle}",
            f"situations connues à {terme.label}",
            f"Situations connues {quand}, {dues} ; une personne injoignable n'y est pas.",
            Unite.SORTIES,
            partial(calculs.sorties_connues, terme=terme),
        ),
        Indicateur(
            f"sorties_comptees_{cle}",
            f"sorties comptées à {terme.label}",
            f"Situations connues {quand}, {dues}, moins les sorties neutralisées.",
            Unite.SORTIES,
            partial(calculs.sorties_comptees, terme=terme),
        ),
        Indicateur(
            f"sorties_dynamiques_{cle}",
            f"sorties dynamiques à {terme.label}",
            f"Sorties {quand} vers un emploi durable, un emploi de transition ou une sortie positive, {dues}.",
            Unite.SORTIES,
            partial(calculs.sorties_dynamiques, terme=terme),
            sur=f"sorties_comptees_{cle}",
            nom=f"sorties dynamiques à {terme.label}",
            dite=f"des sorties comptées à {terme.label} sont dynamiques",
        ),
    )


NOUVEAUX = Indicateur(
    "nouveaux_beneficiaires",
    "nouveaux bénéficiaires",
    "Bénéficiaires dont la toute première heure validée, dans les marchés du bilan, est dans la période. La première année "
    "suivie, ou reprise d'un classeur, ils le sont tous : rien n'est connu d'avant.",
    Unite.PERSONNES,
    calculs.nouveaux_beneficiaires,
    sur="beneficiaires",
    nom="nouveaux bénéficiaires",
    dite="des bénéficiaires sont nouveaux",
)
HEURES_RSA = Indicateur(
    "heures_rsa",
    "heures des allocataires du RSA",
    "Heures des contrats dont le bénéficiaire a le critère RSA (allocataire ou ayant droit) au début de ce contrat-là.",
    Unite.HEURES,
    calculs.heures_rsa,
    sur="heures_realisees",
    nom="heures des allocataires du RSA",
    dite="des heures sont faites par des allocataires du RSA",
)
ENTREES = Indicateur(
    "participations_entrees",
    "entrées",
    "Participations commencées dans la période : des contrats qui se suivent à moins de 31 jours sont la même.",
    Unite.PARTICIPATIONS,
    calculs.participations_entrees,
)
SORTIES = Indicateur(
    "participations_sorties",
    "sorties",
    "Participations finies dans la période : la fin, réelle ou prévue, de leur dernier contrat ; une fin encore à venir le "
    "jour où les données sont arrêtées n'est pas une sortie.",
    Unite.PARTICIPATIONS,
    calculs.participations_sorties,
)
PROJETS = Indicateur(
    "projets_etudies",
    "projets d'achat étudiés",
    "Projets d'achat ouverts dans la période, pour étudier une clause avant la consultation.",
    Unite.PROJETS,
    calculs.projets_etudies,
)
# Ce que chaque chapitre d'un bilan ajoute aux chiffres clés.
COMPLEMENTS: dict[str, tuple[Indicateur, ...]] = {
    "publics": (NOUVEAUX, HEURES_RSA),
    "allocataires-rsa": (HEURES_RSA,),
    "sorties": tuple(indicateur for terme in Terme for indicateur in _sorties(terme)),
    "participations": (ENTREES, SORTIES),
    "promotion": (PROJETS,),
}
PAR_CLE: dict[str, Indicateur] = {
    indicateur.cle: indicateur for indicateur in (*INDICATEURS, *chain.from_iterable(COMPLEMENTS.values()))
}
AJOUTES = frozenset(PAR_CLE) - {indicateur.cle for indicateur in INDICATEURS}
VENTILES = frozenset({"heures_par_modalite", "heures_par_type_contrat"})
# Ce qui se vise dans une année : des heures, des effectifs ; jamais un profil qui ne se choisit pas, ni des heures dues.
CLES_D_OBJECTIF = (
    "heures_realisees",
    "beneficiaires",
    "beneficiaires_femmes",
    "beneficiaires_qpv",
    "beneficiaires_moins_26_ans",
    "contrats",
    "marches_suivis",
    "maitres_ouvrage",
    "entreprises_engagees",
)
