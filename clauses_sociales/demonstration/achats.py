"""L'amont du monde de démonstration : les corps de métier, les projets d'achat de l'année, un accord-cadre qui se facture."""

import datetime
from decimal import Decimal

from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.services import enregistrer_recherche
from clauses_sociales.demonstration import plan
from comptes.acteur import Acteur
from entreprises.models import Entreprise
from marches import services as marches
from marches.enums import Assiette, Formule, GenreCommande
from marches.models import CorpsMetier, Engagement, MaitreOuvrage, Operation, ProjetAchat
from metiers.importation import installer_metiers_courants
from metiers.models import Metier
from socle.periodes import ajouter_mois, premier_jour
from territoires.models import Commune

TAUX_ESSAYES = (("Prudent", -2), ("Médian", 0), ("Ambitieux", 3))


def preparer_des_achats(acteur: Acteur, acheteurs: list[MaitreOuvrage]) -> None:
    """Des projets à toutes les étapes ; ceux qui sont chiffrés ont trois scénarios à comparer."""
    marches.installer_corps_metier_proposes(acteur=acteur)
    corps_de_metier = {corps.nom: corps for corps in CorpsMetier.objects.filter(structure=acteur.organisation)}
    commune = Commune.objects.get(code_insee="50129")
    mois = premier_jour(timezone.localdate())
    for rang, (objet, nature, corps, montant, duree, gestes) in enumerate(plan.PROJETS_D_ACHAT):
        projet = marches.deposer_projet(
            acteur=acteur,
            maitre_ouvrage=acheteurs[rang % 4],
            objet=objet,
            nature=nature,
            corps_metier=corps_de_metier[corps],
            technicite=corps_de_metier[corps].technicite,
            montant_estime_ht=Decimal(montant),
            duree_mois=duree,
            date_publication=ajouter_mois(mois, 2 + rang % 3),
            date_notification=ajouter_mois(mois, 5 + rang),
            commune=commune,
        )
        _avancer(acteur, projet, gestes)
        if "ecarter" not in gestes:
            marches.etablir_retroplanning(acteur=acteur, achat=projet)


def _avancer(acteur: Acteur, projet: ProjetAchat, gestes: tuple[str, ...]) -> None:
    for geste in gestes:
        if geste == "chiffrer":
            _chiffrer(acteur, projet)
        else:
            motif = "Durée trop courte pour accompagner quelqu'un" if geste == "ecarter" else ""
            projet = marches.avancer_projet(acteur=acteur, projet=projet, transition=geste, motif=motif)


def _chiffrer(acteur: Acteur, projet: ProjetAchat) -> None:
    corps = projet.corps_metier
    assert corps is not None and projet.montant_estime_ht is not None  # le projet de la démonstration a les deux
    for nom, ecart in TAUX_ESSAYES:
        scenario = marches.ajouter_scenario(
            acteur=acteur,
            support=projet,
            nom=nom,
            formule=Formule.MO_TAUX_COUT,
            valeurs={
                "montant": projet.montant_estime_ht,
                "part_main_oeuvre": corps.part_main_oeuvre,
                "taux": corps.taux_insertion + ecart,
                "cout_horaire": corps.cout_horaire,
            },
        )
        if nom == "Médian":
            marches.retenir_scenario(acteur=acteur, scenario=scenario)


def donner_des_metiers(acteur: Acteur) -> None:
    """Trois personnes sur quatre ont dit ce qu'elles cherchent ; deux sur trois sont disponibles."""
    installer_metiers_courants()
    metiers = {metier.code: metier for metier in Metier.objects.filter(code__in=plan.METIERS_CHERCHES)}
    jour = timezone.localdate()
    personnes = Beneficiaire.objects.filter(structure=acteur.organisation).order_by("pk")
    for rang, personne in enumerate(personnes):
        if rang % 4 == 3:
            continue
        codes = {plan.METIERS_CHERCHES[(rang + pas) % len(plan.METIERS_CHERCHES)] for pas in (0, 5)}
        enregistrer_recherche(
            acteur=acteur,
            beneficiaire=personne,
            metiers=[metiers[code] for code in sorted(codes)],
            disponible_le=ajouter_mois(premier_jour(jour), rang % 9 - 3) if rang % 3 else None,
            rayon_km=(10, 20, 40)[rang % 3],
        )


def facturer_un_accord_cadre(acteur: Acteur, acheteur: MaitreOuvrage, entreprise: Entreprise) -> None:
    """Un accord-cadre de l'an prochain, déjà attribué : deux bons de commande, dont un facturé."""
    annee = timezone.localdate().year
    marche = marches.creer_marche(
        acteur=acteur,
        reference=f"{annee}-AC1",
        objet="Entretien courant des bâtiments, accord-cadre",
        maitre_ouvrage=acheteur,
        nature="services",
        forme="accord_cadre",
        type_clause="condition",
        debut=datetime.date(annee + 1, 1, 4),
        fin_prevue=datetime.date(annee + 3, 12, 31),
        statut="attribue",
    )
    lot = marches.ajouter_lot(
        acteur=acteur,
        marche=marche,
        numero="1",
        intitule="Tous corps d'état",
        assiette=Assiette.FACTURES,
        euros_par_heure=Decimal(2000),
        heures_contractuelles=Decimal(400),
        attributaire=entreprise,
        heures_initiales=Decimal(0),
    )
    engagement = Engagement.objects.get(lot=lot)
    for genre, numero, montant in (
        (GenreCommande.BON, "BC-001", 62500),
        (GenreCommande.BON, "BC-002", 61500),
        (GenreCommande.FACTURE, "F-001", 62500),
    ):
        marches.enregistrer_commande(
            acteur=acteur,
            engagement=engagement,
            genre=genre,
            numero=numero,
            date=timezone.localdate(),
            montant_ht=Decimal(montant),
        )


def viser_les_chartes(acteur: Acteur, operations: list[Operation]) -> None:
    """La première opération est celle du renouvellement urbain : 5 % de ses heures sont réservées."""
    marches.modifier_operation(
        acteur=acteur, operation=operations[0], programme="npnru", heures_travaillees=Decimal(720000)
    )
