"""Des données de bilan faites à la main, à la forme de `reporting.donnees` : la fiche 2018, une année vide, de longues listes."""

import copy

from reporting.calcul.registre import INDICATEURS, VENTILES
from reporting.donnees import REDACTION, SCHEMA
from reporting.variantes import MODELES

VALEURS_2018 = {
    "heures_realisees": (28900.0, 25120.5),
    "beneficiaires": (146, 131),
    "beneficiaires_femmes": (22, 17),
    "beneficiaires_moins_26_ans": (36, 30),
    "beneficiaires_50_ans_et_plus": (15, 13),
    "beneficiaires_sans_qualification": (36, 33),
    "beneficiaires_moins_26_ans_sans_qualification": (13, 11),
    "beneficiaires_rsa": (66, 61),
    "beneficiaires_deld": (58, 49),
    "beneficiaires_th": (11, 9),
    "beneficiaires_qpv": (34, 28),
    "contrats": (183, 160),
    "marches_suivis": (30, 24),
    "marches_travaux": (17, 14),
    "maitres_ouvrage": (14, 12),
    "entreprises_engagees": (29, 25),
    "entreprises_locales": (14, 11),
    "heures_dues": (61840.0, 50210.0),
    "heures_qpv": (6420.5, 5212.0),
    "etp": (18.0625, 15.7),
}
MOIS = (2104.5, 1890, 2310, 2455, 2610, 3120.25, 1540, 812, 2930, 3214, 3050.75, 2863.5)
ACHETEURS = (
    ("Commune nouvelle de Port-Rochel", "Commune"),
    ("Communauté d'agglomération du Cap", "Intercommunalité"),
    ("Département de la Côte", "Département"),
    ("Région des Deux-Rives", "Région"),
    ("Office public de l'habitat Presqu'île", "Bailleur social"),
    ("Logis du Vallon", "Bailleur social"),
    ("Centre hospitalier public de la Rade", "Hôpital"),
    ("Service des infrastructures de la Défense de l'Ouest", "État"),
    ("Direction des routes du Nord-Ouest", "État"),
    ("Syndicat départemental d'énergie", "Syndicat"),
    ("SPL Tourisme et ports du Cap", "SEM, SPL"),
    ("Établissement public foncier", "Établissement public"),
    ("Commune de Sainte-Honorine-des-Œillets", "Commune"),
    ("Promotion Belle Rive", "Privé"),
)
OBJETS = (
    "Réhabilitation thermique de 124 logements, quartier des Provinces",
    "Construction d'un groupe scolaire de douze classes et de son restaurant",
    "Entretien des espaces verts, lots nord et sud",
    "Nettoyage des bâtiments administratifs",
    "Requalification de la voirie du centre ancien",
    "Collecte des déchets ménagers et assimilés",
)


def _part(cle, libelle, valeur, precedente, **plus):
    return {"cle": cle, "libelle": libelle, "valeur": valeur, "precedente": precedente, **plus}


def _repartition(cle, titre, unite, parts, *, exclusive=True, total, avant):
    return {
        "cle": cle,
        "titre": titre,
        "unite": unite,
        "exclusive": exclusive,
        "total": total,
        "total_precedent": avant,
        "parts": [
            _part(f"{cle}-{rang}", *part) if isinstance(part, tuple) else part for rang, part in enumerate(parts)
        ],
    }


def _repartitions():
    p, h, m = {"total": 146, "avant": 131}, {"total": 28900.0, "avant": 25120.5}, {"total": 30, "avant": 24}
    quartiers = [
        _part("QP1", "Les Provinces", 16, 13, heures=3120.5),
        _part("QP2", "Amont Quentin", 12, 10, heures=2300.0),
        _part("QP3", "Maupas, Hautmarais, Brèche du Bois", 6, 5, heures=1000.0),
    ]
    toutes = [
        _repartition("sexe", "Bénéficiaires par sexe", "personnes", [("Femmes", 22, 17), ("Hommes", 124, 114)], **p),
        _repartition(
            "ages",
            "Bénéficiaires par âge",
            "personnes",
            [("Moins de 26 ans", 36, 30), ("De 26 à 49 ans", 95, 88), ("50 ans et plus", 15, 13)],
            **p,
        ),
        _repartition(
            "niveaux",
            "Bénéficiaires par niveau de formation",
            "personnes",
            [
                ("Ni CAP ni BEP", 36, 33),
                ("Niveau 3 (CAP, BEP)", 71, 64),
                ("Niveau 4 (bac)", 24, 21),
                ("Niveau 5 (bac + 2)", 8, 7),
                ("Niveau 6 et plus (bac + 3 et plus)", 2, 1),
                ("Non renseigné", 5, 5),
            ],
            **p,
        ),
        _repartition(
            "publics",
            "Bénéficiaires par public éligible",
            "personnes",
            [
                ("Bénéficiaire du RSA ou ayant droit", 66, 61),
                ("Demandeur d'emploi de longue durée", 58, 49),
                ("Habitant d'un quartier prioritaire éloigné de l'emploi", 34, 28),
                ("Moins de 26 ans sans qualification", 13, 11),
                ("Travailleur handicapé (obligation d'emploi)", 11, 9),
                ("Salarié de l'insertion par l'activité économique", 9, 12),
                ("Participant d'un PLIE", 7, 8),
                ("Allocataire de l'ASS", 4, 3),
            ],
            exclusive=False,
            **p,
        ),
        _repartition("quartiers", "Habitants des quartiers prioritaires", "personnes", quartiers, **p),
        _repartition(
            "heures_par_modalite",
            "Heures par modalité",
            "h",
            [
                ("Embauche directe", 13980.0, 12100.5),
                ("Mise à disposition", 10110.0, 9020.0),
                ("Alternance", 3410.0, 2800.0),
                ("Sous-traitance", 1400.0, 1200.0),
            ],
            **h,
        ),
        _repartition(
            "heures_par_type_contrat",
            "Heures par type de contrat",
            "h",
            [
                ("CDI", 3150.0, 2700.0),
                ("CDD", 8420.0, 7800.0),
                ("CDDI (insertion)", 4210.0, 4000.0),
                ("Intérim", 9710.0, 7820.5),
                ("Apprentissage", 2010.0, 1900.0),
                ("Professionnalisation", 1400.0, 900.0),
            ],
            **h,
        ),
        _repartition(
            "heures_par_nature",
            "Heures par nature de marché",
            "h",
            [("Travaux", 17840.0, 15020.5), ("Services", 10860.0, 9900.0), ("Fournitures", 200.0, 200.0)],
            **h,
        ),
        _repartition(
            "marches_par_nature",
            "Marchés suivis par nature",
            "marchés",
            [("Travaux", 17, 14), ("Services", 12, 9), ("Fournitures", 1, 1)],
            **m,
        ),
        _repartition(
            "marches_par_clause",
            "Marchés suivis par type de clause",
            "marchés",
            [
                ("Condition d'exécution", 21, 17),
                ("Condition et critère", 4, 3),
                ("Marché réservé", 2, 2),
                ("Marché d'insertion", 1, 1),
                ("Clause privée (bailleur, ANRU, promoteur)", 2, 1),
            ],
            **m,
        ),
        _repartition(
            "heures_par_clause", "Heures par type de clause", "h", [("Condition d'exécution", 28900.0, None)], **h
        ),
        _repartition(
            "heures_par_type_maitre_ouvrage",
            "Heures par type de maître d'ouvrage",
            "h",
            [
                ("Commune", 6120.0, 5000.0),
                ("Intercommunalité", 9240.0, 8020.5),
                ("Département", 2400.0, 2200.0),
                ("Bailleur social", 6890.0, 6100.0),
                ("Hôpital", 1850.0, 1500.0),
                ("État", 1500.0, 1500.0),
                ("Privé", 900.0, 800.0),
            ],
            **h,
        ),
        _repartition(
            "entreprises_par_type",
            "Entreprises engagées par type",
            "entreprises",
            [
                ("Entreprise", 19, 17),
                ("ETTI", 3, 3),
                ("Association intermédiaire", 2, 2),
                ("Entreprise d'insertion", 3, 2),
                ("GEIQ", 2, 1),
            ],
            total=29,
            avant=25,
        ),
    ]
    return {repartition["cle"]: repartition for repartition in toutes}


def _marche(rang: int) -> dict:
    dues, annee = 600.0 + 173.5 * (rang % 11), 120.0 + 71.25 * (rang % 13)
    return {
        "id": rang,
        "reference": f"201{6 + rang % 3}-{rang:03}",
        "objet": OBJETS[rang % len(OBJETS)],
        "maitre_ouvrage": ACHETEURS[rang % len(ACHETEURS)][0],
        "nature": "Travaux" if rang % 7 < 4 else "Services",
        "type_clause": "Condition d'exécution" if rang % 5 else "Condition et critère",
        "debut": f"201{6 + rang % 3}-0{1 + rang % 9}-15",
        "fin": f"20{19 + rang % 3}-1{rang % 3}-28",
        "heures_dues": dues,
        "heures_periode": annee,
        "heures_cumul": min(annee * 1.6, dues * 1.04),
    }


def _entreprise(rang: int) -> dict:
    noms = (
        "Bâtiment de la Rade",
        "Peintures Lefèvre et fils",
        "Cap Intérim insertion",
        "Espaces verts du Bocage",
        "Étanchéité Œuvre et toit",
    )
    types = ("Entreprise", "Entreprise", "ETTI", "Entreprise d'insertion", "Entreprise")
    return {
        "id": rang,
        "nom": f"{noms[rang % 5]} {rang + 1}",
        "type": types[rang % 5],
        "locale": rang % 2 == 0,
        "engagee": rang % 5 != 2,
        "employeuse": rang % 3 != 1 or rang % 5 == 2,
        "heures_engagements": 1580.5 - 37 * rang if rang % 5 != 2 else 0.0,
        "heures_employeuse": 990.0 + 12.25 * rang if rang % 3 != 1 or rang % 5 == 2 else 0.0,
    }


def _chiffres(valeurs) -> tuple[dict, list[str]]:
    chiffres = {
        indicateur.cle: {
            "cle": indicateur.cle,
            "libelle": indicateur.libelle,
            "definition": indicateur.definition,
            "unite": str(indicateur.unite),
            "valeur": valeurs[indicateur.cle][0],
            "precedente": valeurs[indicateur.cle][1],
            "sur": indicateur.sur,
            "nom": indicateur.nom,
            "dite": indicateur.dite,
        }
        for indicateur in INDICATEURS
        if indicateur.cle not in VENTILES
    }
    return chiffres, list(chiffres)


def donnees_2018(marches: int = 30, entreprises: int = 29) -> dict:
    """La fiche 2018 : 146 bénéficiaires, 28 900 h, 30 marchés dont 17 de travaux, 14 maîtres d'ouvrage, 29 entreprises."""
    chiffres, ordre = _chiffres(VALEURS_2018)
    return {
        "schema": SCHEMA,
        "redaction": REDACTION,
        "public": False,
        "variante": "structure",
        "cible": "",
        "chapitres": [str(chapitre) for chapitre in MODELES["structure"].chapitres],
        "couverture": list(MODELES["structure"].couverture),
        "periode": {
            "debut": "2018-01-01",
            "fin": "2018-12-31",
            "nom": "2018",
            "situee": "en 2018",
            "avant": "2017",
            "avant_situee": "en 2017",
        },
        "arrete_le": "2019-02-04",
        "structure": {
            "nom": "Maison de l'emploi et de la formation du Cap",
            "slug": "mef-du-cap",
            "territoire": "Communauté d'agglomération du Cap",
        },
        "etp_base": 1600,
        "chiffres": chiffres,
        "ordre": ordre,
        "evolution": [
            {
                "periode": "2016",
                "heures_realisees": 19874.0,
                "beneficiaires": 104,
                "contrats": 121,
                "marches_suivis": 19,
            },
            {
                "periode": "2017",
                "heures_realisees": 25120.5,
                "beneficiaires": 131,
                "contrats": 160,
                "marches_suivis": 24,
            },
            {
                "periode": "2018",
                "heures_realisees": 28900.0,
                "beneficiaires": 146,
                "contrats": 183,
                "marches_suivis": 30,
            },
        ],
        "repartitions": _repartitions(),
        "mois": [{"mois": f"2018-{rang:02}", "heures": heures} for rang, heures in enumerate(MOIS, 1)],
        "marches": [_marche(rang) for rang in range(1, marches + 1)],
        "maitres_ouvrage": [
            {
                "id": rang,
                "nom": nom,
                "type": type_,
                "marches": 1 + rang % 4,
                "heures_dues": 9000.0 - 540 * rang,
                "heures_periode": 4100.5 - 290 * rang,
                "heures_cumul": 6200.0 - 410 * rang,
            }
            for rang, (nom, type_) in enumerate(ACHETEURS)
        ],
        "entreprises": [_entreprise(rang) for rang in range(entreprises)],
        "structures": [],
        "charte": None,
        "cartes": [],
        "textes": {},
        "methode": [
            "Une heure compte au mois où elle a été travaillée, non au mois de sa saisie, et seulement si elle a été "
            "validée par la structure ou reprise d'un classeur.",
            "Chaque personne est comptée une fois. Son profil (âge, niveau, critères, quartier) se lit au début de son "
            "contrat d'entrée : le premier de ses contrats qui a des heures dans l'année.",
            "Les effectifs et les marchés de plusieurs années ne s'additionnent pas : une personne ou un marché peut "
            "compter dans chacune.",
            "Un équivalent temps plein vaut 1 600 heures, le diviseur des consolidations nationales.",
        ],
    }


def donnees_publiees(annee: int) -> dict:
    """La fiche, telle qu'un bilan publié d'une autre année la garderait."""
    donnees = donnees_masquees()
    donnees["periode"] = {
        "debut": f"{annee}-01-01",
        "fin": f"{annee}-12-31",
        "nom": str(annee),
        "situee": f"en {annee}",
        "avant": str(annee - 1),
        "avant_situee": f"en {annee - 1}",
    }
    return donnees


def donnees_vides() -> dict:
    """Une structure qui commence : ni heure, ni personne, ni marché, ni année d'avant."""
    donnees = copy.deepcopy(donnees_2018(0, 0))
    for chiffre in donnees["chiffres"].values():
        chiffre["valeur"], chiffre["precedente"] = 0, None
    for repartition in donnees["repartitions"].values():
        repartition.update(total=0, total_precedent=None, parts=[])
    donnees["evolution"] = [
        {"periode": "2018", "heures_realisees": 0, "beneficiaires": 0, "contrats": 0, "marches_suivis": 0}
    ]
    donnees["mois"] = [{"mois": ligne["mois"], "heures": 0} for ligne in donnees["mois"]]
    donnees["maitres_ouvrage"] = []
    donnees["structure"]["territoire"] = ""
    return donnees


def donnees_masquees() -> dict:
    """La fiche telle qu'elle sort de la structure : petits effectifs masqués, ce qui permettrait de les déduire aussi."""
    donnees = donnees_2018()
    donnees["public"] = True
    parts = donnees["repartitions"]["quartiers"]["parts"]
    parts[2].update(valeur="< 5", heures="masqué", precedente="< 5")
    parts[1].update(valeur="masqué", heures="masqué", precedente="masqué")
    publics = donnees["repartitions"]["publics"]["parts"]
    publics[-1].update(valeur="< 5", precedente="< 5")
    donnees["repartitions"]["niveaux"]["parts"][4]["valeur"] = "< 5"
    donnees["repartitions"]["niveaux"]["parts"][5]["valeur"] = "masqué"
    donnees["chiffres"]["beneficiaires_th"]["valeur"] = "< 5"
    donnees["chiffres"]["beneficiaires_femmes"]["valeur"] = "masqué"
    donnees["repartitions"]["sexe"]["parts"][0]["valeur"] = "< 5"
    donnees["repartitions"]["sexe"]["parts"][1]["valeur"] = "masqué"
    return donnees
