"""Un petit classeur juste, fait à la main, et de quoi le gâter une cellule à la fois."""

import copy
import datetime
import io
import json
from pathlib import Path

import xlsxwriter
from django.core.management import call_command

from tests.fabriques.commun import siret
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.territoires import TerritoireFactory

Feuilles = dict[str, list[dict]]
MO, ENTREPRISES, MARCHES, LOTS = "Maîtres d'ouvrage", "Entreprises", "Marchés", "Lots"
PERSONNES, CONTRATS, HEURES = "Bénéficiaires", "Contrats", "Heures"
VILLE, BATI, TEMPO = siret(900), siret(901), siret(902)
QUARTIER = "QN05001M"


def jour(annee: int, mois: int, quantieme: int = 1) -> datetime.date:
    return datetime.date(annee, mois, quantieme)


def maitre_ouvrage(**autres) -> dict:
    return {
        "Nom*": "Ville de Port-Rochel",
        "SIRET": VILLE,
        "Type": "Commune",
        "Commune (code INSEE)": "50129",
        **autres,
    }


def entreprise(**autres) -> dict:
    return {
        "Raison sociale*": "Bâti Cap",
        "SIRET*": BATI,
        "Type*": "Classique",
        "Commune (code INSEE)": "50129",
        **autres,
    }


def marche(**autres) -> dict:
    return {
        "Référence*": "2018-01",
        "Objet*": "Groupe scolaire",
        "Maître d'ouvrage*": VILLE,
        "Nature*": "Travaux",
        "Type de clause*": "Condition d'exécution",
        "Montant HT": "1 200 000,50",
        "Date de notification": "05/12/2017",
        "Début*": jour(2018, 1),
        "Fin*": jour(2019, 12, 31),
        "Statut": "",
        "Opération": "Rénovation du centre",
        **autres,
    }


def lot(**autres) -> dict:
    return {
        "Référence marché*": "2018-01",
        "Lot*": "1",
        "Intitulé*": "Gros œuvre",
        "Attributaire (SIRET)*": BATI,
        "Montant HT": 800000,
        "Heures dues*": "1 500,5",
        "Cotraitants (SIRET)": "",
        **autres,
    }


def personne(**autres) -> dict:
    return {
        "Identifiant*": "P1",
        "Nom*": "Lemaire",
        "Prénom*": "Awa",
        "Date de naissance*": "14/07/1995",
        "Sexe*": "F",
        "Adresse": "12 rue du Port",
        "Code postal": "50100",
        "Commune (code INSEE)": "50129",
        "QPV (code)": QUARTIER,
        "Niveau de formation": "3",
        "RSA": "oui",
        "RQTH": "n",
        "Inscrit à France Travail depuis": jour(2016, 5, 2),
        "Référent": "Mission locale",
        **autres,
    }


def contrat(**autres) -> dict:
    return {
        "Identifiant*": "C1",
        "Bénéficiaire*": "P1",
        "Référence marché*": "2018-01",
        "Lot*": "1",
        "Employeur (SIRET)*": BATI,
        "Modalité*": "Embauche directe",
        "Type de contrat*": "CDD",
        "Début*": jour(2018, 2),
        "Fin": jour(2018, 12, 31),
        "Entreprise engagée (SIRET)": "",
        **autres,
    }


def heures(**autres) -> dict:
    return {"Contrat*": "C1", "Mois*": "2018-03", "Heures*": 120.5, **autres}


LIGNE = {
    MO: maitre_ouvrage,
    ENTREPRISES: entreprise,
    MARCHES: marche,
    LOTS: lot,
    PERSONNES: personne,
    CONTRATS: contrat,
    HEURES: heures,
}


def classeur_juste() -> Feuilles:
    """Deux lignes par feuille, sans faute."""
    return copy.deepcopy(
        {
            MO: [maitre_ouvrage(), maitre_ouvrage(**{"Nom*": "Office du Cap", "SIRET": "", "Type": "Bailleur social"})],
            ENTREPRISES: [
                entreprise(),
                entreprise(**{"Raison sociale*": "Tempo", "SIRET*": TEMPO, "Type*": "ETTI"}),
            ],
            MARCHES: [marche(), marche(**{"Référence*": "2018-02", "Maître d'ouvrage*": "OFFICE DU CAP"})],
            LOTS: [lot(), lot(**{"Référence marché*": "2018-02", "Attributaire (SIRET)*": TEMPO})],
            PERSONNES: [
                personne(),
                personne(**{"Identifiant*": "P2", "Nom*": "Hue", "Prénom*": "Jean", "Sexe*": "H", "QPV (code)": "non"}),
            ],
            CONTRATS: [
                contrat(),
                contrat(
                    **{"Identifiant*": "C2", "Bénéficiaire*": "P2", "Référence marché*": "2018-02", "Fin": ""},
                    **{"Employeur (SIRET)*": TEMPO, "Modalité*": "Mise à disposition", "Type de contrat*": "Intérim"},
                ),
            ],
            HEURES: [heures(), heures(**{"Contrat*": "C2", "Mois*": jour(2019, 4, 15), "Heures*": "80,25"})],
        }
    )


def ecrire(chemin: Path, feuilles: Feuilles, *, sans_colonne: dict[str, str] | None = None, avant=None) -> Path:
    """Écrit les feuilles ; une valeur qui commence par « = » y est une formule. `avant(classeur)` ajoute à la fin."""
    with xlsxwriter.Workbook(chemin, {"default_date_format": "dd/mm/yyyy"}) as classeur:
        for nom, lignes in feuilles.items():
            page = classeur.add_worksheet(nom)
            entetes = [titre for titre in LIGNE[nom]() if titre != (sans_colonne or {}).get(nom)]
            for rang, titre in enumerate(entetes):
                page.write_string(0, rang, titre)
            for numero, valeurs in enumerate(lignes, start=1):
                for rang, titre in enumerate(entetes):
                    _cellule(page, numero, rang, valeurs.get(titre, ""))
        if avant:
            avant(classeur)
    return chemin


def _cellule(page, ligne: int, rang: int, valeur) -> None:
    if isinstance(valeur, datetime.date):
        page.write_datetime(ligne, rang, valeur)
    elif isinstance(valeur, str) and valeur.startswith("="):
        page.write_formula(ligne, rang, valeur)
    elif isinstance(valeur, str):
        page.write_string(ligne, rang, valeur)
    else:
        page.write_number(ligne, rang, valeur)


def importer(chemin, structure, *, pour_de_vrai: bool = False) -> tuple[dict, int]:
    """Le rapport JSON de la commande, et son code de sortie."""
    sortie, code = io.StringIO(), 0
    options = {"pour_de_vrai": pour_de_vrai, "format": "json", "stdout": sortie}
    try:
        call_command("importer_classeur", str(chemin), structure=structure.slug, **options)
    except SystemExit as fin:
        code = fin.code
    return json.loads(sortie.getvalue()), code


def exporter(chemin: Path, structure) -> Path:
    call_command("exporter_classeur", structure=structure.slug, sortie=str(chemin), stdout=io.StringIO())
    return chemin


def chiffres(structure, annee: int) -> dict:
    sortie = io.StringIO()
    call_command("chiffres_cles", structure=structure.slug, annee=annee, format="json", stdout=sortie)
    return json.loads(sortie.getvalue())


def total(compte: dict[str, int]) -> int:
    return sum(compte.values())


def jumelle_de(structure):
    """Une structure vide sur le même territoire : lui seul n'est pas dans le classeur."""
    neuve = OrganisationFactory(nom="Neuve", slug="neuve")
    TerritoireFactory(structure=neuve, communes=list(structure.territoire.communes.all()))
    return neuve
