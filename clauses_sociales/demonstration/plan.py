"""Le plan du monde de démonstration : combien de quoi, chaque année. Les chiffres des bilans sortent des heures, jamais d'ici."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

MAITRES_OUVRAGE = (
    ("Ville de Cherbourg-en-Cotentin", "commune", "50129"),
    ("Communauté d'agglomération du Cotentin", "epci", "50129"),
    ("Département de la Manche", "departement", "50502"),
    ("Région Normandie", "region", "14118"),
    ("Presqu'île Habitat", "bailleur", "50129"),
    ("Manche Habitat", "bailleur", "50502"),
    ("Centre hospitalier du Cotentin", "hopital", "50129"),
    ("Ville de Valognes", "commune", "50615"),
    ("Commune de La Hague", "commune", "50041"),
    ("Commune des Pieux", "commune", "50402"),
    ("Port du Cotentin", "etablissement_public", "50129"),
    ("Lycées de la Manche", "etablissement_public", "50502"),
    ("Syndicat des eaux du Val", "syndicat", "50615"),
    ("Société d'aménagement de la presqu'île", "sem", "50129"),
)
# Les entreprises engagées : (nom, type, commune). Les dernières emploient sans être attributaires.
ATTRIBUTAIRES = (
    ("Maçonnerie du Val de Saire", "classique", "50562"),
    ("Lefort Couverture", "classique", "50129"),
    ("Travaux publics de la Hague", "classique", "50041"),
    ("Électricité Cotentine", "classique", "50129"),
    ("Peintures Hardy", "classique", "50615"),
    ("Menuiserie Bricquebétaise", "classique", "50082"),
    ("Plomberie des Pieux", "classique", "50402"),
    ("Espaces verts du Clos", "ei", "50129"),
    ("Propreté Manche Nord", "classique", "50129"),
    ("Démolition Douve", "classique", "50341"),
    ("Bâtir ensemble", "ei", "50129"),
    ("Grands travaux de l'Ouest", "classique", "14118"),
    ("Structures Armorique", "classique", "35238"),
    ("Façades de Normandie", "classique", "76540"),
    ("Génie climatique Saint-Lois", "classique", "50502"),
    ("Ascenseurs Réunis", "classique", "35238"),
    ("Étanchéité Caennaise", "classique", "14118"),
    ("Route et Réseaux", "classique", "14118"),
    ("Carrelages Coutançais", "classique", "50147"),
    ("Isolation Rouennaise", "classique", "76540"),
    ("Sécurité Services Ouest", "classique", "35238"),
    ("Restauration Collective Normande", "classique", "14118"),
    ("Charpentes du Bocage", "classique", "50502"),
    ("Désamiantage Seine", "classique", "76540"),
)
EMPLOYEURS = (
    ("Intérim Insertion Cotentin", "etti", "50129"),
    ("Presqu'île Services", "ai", "50615"),
    ("GEIQ BTP de la presqu'île", "geiq", "50129"),
    ("Travail Temporaire Solidaire", "etti", "14118"),
    ("Ouest Intérim", "ett", "35238"),
)
# Comment les heures se font, à tour de rôle : (modalité, type de contrat, employeur). Sans nom, l'entreprise engagée emploie.
EMBAUCHES = (
    ("embauche_directe", "cdd", ""),
    ("mise_a_disposition", "interim", "Intérim Insertion Cotentin"),
    ("sous_traitance", "cddi", "Bâtir ensemble"),
    ("embauche_directe", "cdd", ""),
    ("mise_a_disposition", "cddu", "Presqu'île Services"),
    ("alternance", "professionnalisation", "GEIQ BTP de la presqu'île"),
    ("embauche_directe", "cdi", ""),
    ("mise_a_disposition", "interim", "Travail Temporaire Solidaire"),
    ("alternance", "apprentissage", ""),
    ("embauche_directe", "cdd", ""),
    ("mise_a_disposition", "interim", "Ouest Intérim"),
    ("mise_a_disposition", "interim", "Intérim Insertion Cotentin"),
)
# Les projets de l'année qui court : (référence, objet, nature, statut).
PROJETS = (
    ("P-01", "Reconstruction du collège Les Provinces", "travaux", "etude"),
    ("P-02", "Entretien du littoral", "services", "redaction"),
    ("P-03", "Réhabilitation de la résidence du Maupas", "travaux", "publie"),
    ("P-04", "Exploitation de la déchèterie des Pieux", "services", "attribue"),
)
METIERS_CHERCHES = ("F1704", "K2204", "F1606", "A1203", "N1103", "F1703", "K2303", "F1702", "G1603", "F1611", "M1602")
# Les projets d'achat : (objet, nature, corps de métier, montant HT, durée en mois, gestes déjà faits).
PROJETS_D_ACHAT = (
    ("Rénovation du lycée professionnel", "travaux", "Gros œuvre", 5_600_000, 14, ("chiffrer", "etudier", "proposer")),
    ("Nettoyage des bâtiments communaux", "services", "Nettoyage, propreté", 480_000, 36, ("etudier", "chiffrer")),
    ("Entretien des espaces verts du littoral", "services", "Espaces verts, entretien", 216_000, 24, ()),
    ("Peinture de l'hôtel de ville", "travaux", "Peinture", 140_000, 5, ("chiffrer", "etudier", "proposer", "retenir")),
    ("Réparation d'ascenseurs", "travaux", "Ascenseur", 90_000, 1, ("etudier", "ecarter")),
    ("Collecte des encombrants", "services", "Collecte de déchets", 350_000, 48, ()),
)
OPERATIONS = ("NPNRU Les Provinces", "Plan piscine du Cotentin")
OBJETS_TRAVAUX = (
    "Rénovation énergétique de logements",
    "Construction d'un groupe scolaire",
    "Réfection de voirie",
    "Réhabilitation d'un gymnase",
    "Extension d'un établissement de soins",
    "Démolition et désamiantage d'un îlot",
)
OBJETS_SERVICES = (
    "Entretien des espaces verts",
    "Nettoyage des bâtiments",
    "Collecte des encombrants",
    "Restauration scolaire",
    "Gardiennage de sites",
)
PRENOMS_F = ("Inès", "Léa", "Maëlle", "Aïcha", "Chloé", "Zoé", "Nadia", "Élodie", "Fatou", "Sonia")
PRENOMS_H = ("Enzo", "Karim", "Théo", "Jérémy", "Loïc", "Mamadou", "Hugo", "Kévin", "Yanis", "Rémi", "Ali", "Tom")
NOMS = [
    "Lefèvre",
    "Hamel",
    "Mauger",
    "Leroux",
    "Diallo",
    "Simon",
    "Lecœur",
    "Poisson",
    "Benali",
    "Vasseur",
    "Onfroy",
    "Lemarchand",
    "Traoré",
    "Quesnel",
    "Dubost",
    "Picot",
    "Lelièvre",
    "Kone",
    "Renouf",
    "Mesnil",
    "Langlois",
    "Hervieu",
    "Tesson",
    "Osmont",
    "Laisney",
]


@dataclass(frozen=True, slots=True)
class Annee:
    """Une année à peupler : ses personnes, leurs profils, ses heures (le dernier mois d'une année ouverte reste à valider).

    Les heures dues d'un lot varient autour de celles-ci, selon la durée du marché ; zéro pour une durée que l'année n'a pas.
    """

    annee: int
    personnes: int
    moins_de_26: int
    sans_qualification: int
    rsa: int
    heures: Decimal
    nouveaux_marches: int
    travaux: int
    heures_dues_un_an: int
    heures_dues_deux_ans: int
    dernier_mois: int = 12


FONCTIONS_D_ACHETEUR = ("Commande publique", "Cheffe de projet", "Direction des travaux")


def contact_d_acheteur(rang: int) -> dict[str, str]:
    """Qui appeler chez cet acheteur ; les numéros sont de ceux que la fiction se réserve."""
    prenom, nom = PRENOMS_F[rang % len(PRENOMS_F)], NOMS[(7 * rang) % len(NOMS)]
    return {
        "nom": f"{prenom} {nom}",
        "fonction": FONCTIONS_D_ACHETEUR[rang % len(FONCTIONS_D_ACHETEUR)],
        "courriel": f"achats{rang + 1}@acheteur.example",
        "telephone": f"02 61 91 {rang // 100:02d} {rang % 100:02d}",
    }


def annees(aujourd_hui: datetime.date) -> list[Annee]:
    """Trois années pleines, et celle qui court, jusqu'au mois passé."""
    passees = [
        Annee(2017, 118, 31, 27, 49, Decimal(22450), 12, 6, 0, 2100),
        Annee(2018, 146, 36, 36, 66, Decimal(28900), 18, 11, 1150, 1480),
        Annee(2019, 163, 44, 39, 71, Decimal(33120), 14, 8, 830, 0),
    ]
    mois = aujourd_hui.month
    if mois < 3:
        return passees
    part = Decimal(mois - 1) / 12
    heures = (Decimal(30000) * part).quantize(Decimal(1))
    courante = Annee(aujourd_hui.year, 90, 24, 21, 37, heures, 16, 9, 1500, 2300, dernier_mois=mois - 1)
    return [*passees, courante]
