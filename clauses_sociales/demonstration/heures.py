"""Les heures de la démonstration : un mois déclaré qui étonne, et un mois rectifié."""

from decimal import Decimal

from comptes.acteur import Acteur
from comptes.enums import Role
from suivi.models import Declaration
from suivi.services import rouvrir_mois, saisir_heures, valider_mois
from suivi.services.declarations import HeuresDeclarees, envoyer_declaration, garder_brouillon

ETONNANTES, OUBLIEES = Decimal(226), Decimal(3)


def controler_les_heures(acteur: Acteur) -> None:
    """Une entreprise déclare trop d'heures pour une personne ; trois heures comptées en trop sont rectifiées."""
    declarations = (
        Declaration.objects.visibles_par(acteur).filter(lignes__heures__gt=OUBLIEES).avec_contexte().distinct()
    )
    a_valider = declarations.a_valider().order_by("-mois", "pk").first()
    if a_valider:
        _declarer_trop(acteur, a_valider)
    validee = declarations.validees().order_by("-mois", "pk").first()
    if validee:
        _rectifier(acteur, validee)


def _declarer_trop(acteur: Acteur, declaration: Declaration) -> None:
    par_lien = Acteur(None, acteur.organisation, Role.ENTREPRISE)
    lignes = list(declaration.lignes.select_related("contrat").order_by("pk"))
    heures = {ligne.contrat: HeuresDeclarees(travail=ligne.heures_declarees) for ligne in lignes}
    heures[lignes[0].contrat] = HeuresDeclarees(travail=ETONNANTES)
    garder_brouillon(acteur=par_lien, declaration=declaration, heures=heures)
    envoyer_declaration(acteur=par_lien, declaration=declaration, declarant="paie@chantier.example")


def _rectifier(acteur: Acteur, declaration: Declaration) -> None:
    rouvrir_mois(acteur=acteur, declaration=declaration, motif="Bulletin de paie rectifié par l'employeur")
    ligne = declaration.lignes.select_related("contrat").filter(heures__gt=OUBLIEES).order_by("pk").first()
    heures = {ligne.contrat: ligne.heures_declarees - OUBLIEES}
    saisir_heures(acteur=acteur, engagement=declaration.engagement, mois=declaration.mois, heures=heures)
    valider_mois(acteur=acteur, declaration=declaration, accepter_le_reste=True)
