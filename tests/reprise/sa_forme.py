"""Un classeur de trois cents lignes dans une forme à lui : deux lignes d'en-têtes, titres fusionnés, dates en texte, virgules."""

from pathlib import Path

import xlsxwriter

from tests.fabriques.commun import siret

VILLE, BATI = siret(930), siret(931)
PERSONNES, HEURES = 75, 145
RIEN_DE_NOTRE = "Volume retenu"  # aucun intitulé d'usage : cette colonne se dit à l'écran
# Douze fautes : {(feuille, ligne du tableur, titre): ce qui y est écrit}, et ce qu'il faut y mettre.
FAUTES = {
    ("Participants", 6, "Né(e) le"): ("31/02/1990", "28/02/1990"),
    ("Participants", 9, "Civilité"): ("?", "Mme"),
    ("Participants", 14, "CP"): ("501", "50100"),
    ("Participants", 20, "Prénom"): ("", "Zoé"),
    ("Participants", 27, "Brsa"): ("peut-être", "oui"),
    ("Embauches", 8, "Type"): ("CDZ", "CDD"),
    ("Embauches", 11, "Du"): ("02/2018/05", "05/02/2018"),
    ("Embauches", 17, "SIRET"): ("123", BATI),
    ("Embauches", 30, "N° dossier"): ("D999", "D26"),
    ("Relevé d'heures", 12, RIEN_DE_NOTRE): ("cent", "100"),
    ("Relevé d'heures", 40, "Période"): ("2018-13", "2018-03"),
    ("Relevé d'heures", 77, RIEN_DE_NOTRE): ("-12,5", "12,5"),
}


def _participant(n: int) -> list:
    return [
        f"D{n}",
        "Martin",
        f"Prénom{n}",
        f"{n % 27 + 1:02}/0{n % 9 + 1}/1990",
        "M.",
        "12 rue du Port",
        50100.0,
        "",
        "non",
    ]


def _embauche(n: int) -> list:
    return [f"C{n}", f"D{n}", "2018-77", 1.0, BATI, "Embauche directe", "CDD", "05/02/2018", "31/12/2018"]


def _heure(n: int) -> list:
    return [f"C{n % PERSONNES + 1}", f"2018-0{3 + n // PERSONNES}", f"{60 + n % 50},25"]


FEUILLES: dict[str, tuple[list[tuple[str, list[str]]], list[list]]] = {
    "Donneurs d'ordre": ([("", ["Dénomination", "N° SIRET"])], [["Ville de Port-Rochel", VILLE]]),
    "Titulaires": ([("", ["Société", "N° SIRET", "Catégorie"])], [["Bâti Cap", BATI, "Classique"]]),
    "Chantiers": (
        [
            ("Marché", ["N° marché", "Objet du marché", "Acheteur", "Nature", "Clause"]),
            ("Exécution", ["Montant", "Date de début", "Date de fin"]),
        ],
        [
            ["2018-77", "École", VILLE, "Travaux", "Condition d'exécution", "1 200 000,50", "01/01/2018", "31/12/2019"],
            ["2018-78", "Stade", VILLE, "Travaux", "Condition d'exécution", "90 000,50", "01/01/2018", "31/12/2019"],
        ],
    ),
    "Engagements": (
        [("Lot", ["N° marché", "N° lot", "Libellé", "Titulaire"]), ("Clause", ["Heures à réaliser"])],
        [["2018-77", 1.0, "Gros œuvre", BATI, "1 500,5"]],
    ),
    "Participants": (
        [
            ("Identité", ["N° dossier", "Nom d'usage", "Prénom", "Né(e) le", "Civilité"]),
            ("Domicile", ["Adresse postale", "CP", "QPV"]),
            ("Situation", ["Brsa"]),
        ],
        [_participant(n) for n in range(1, PERSONNES + 1)],
    ),
    "Embauches": (
        [
            ("Contrat", ["N° contrat", "N° dossier"]),
            ("Marché", ["N° marché", "N° lot"]),
            ("Employeur", ["SIRET", "Modalité"]),
            ("Durée", ["Type", "Du", "Au"]),
        ],
        [_embauche(n) for n in range(1, PERSONNES + 1)],
    ),
    "Relevé d'heures": ([("Suivi", ["N° contrat", "Période", RIEN_DE_NOTRE])], [_heure(n) for n in range(HEURES)]),
}


def ecrire_a_sa_forme(chemin: Path, fautes=FAUTES) -> Path:
    """Titre en ligne 1, groupes en ligne 3, titres en ligne 4, lignes mises en forme au-delà de la dernière."""
    with xlsxwriter.Workbook(chemin) as classeur:
        gras, fond = classeur.add_format({"bold": True}), classeur.add_format({"bg_color": "#EEEEEE"})
        for nom, (groupes, lignes) in FEUILLES.items():
            page = classeur.add_worksheet(nom)
            page.write_string(0, 0, f"Clauses sociales : {nom.lower()}", gras)
            titres: list[str] = []
            for groupe, siens in groupes:
                if groupe and len(siens) > 1:
                    page.merge_range(2, len(titres), 2, len(titres) + len(siens) - 1, groupe, gras)
                elif groupe:
                    page.write_string(2, len(titres), groupe, gras)
                titres += siens
            page.write_row(3, 0, titres, gras)
            for numero, valeurs in enumerate(lignes, start=5):
                for rang, titre in enumerate(titres):
                    page.write(numero - 1, rang, fautes.get((nom, numero, titre), (valeurs[rang],))[0])
            for vide in range(len(lignes) + 4, len(lignes) + 200):
                page.write_blank(vide, 0, None, fond)
        classeur.add_worksheet("Brouillon").write("A1", "à faire")
    return chemin


def lignes_en_tout() -> int:
    return sum(len(lignes) for _, lignes in FEUILLES.values())
