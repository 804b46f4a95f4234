"""Les heures de la démonstration : un mois déclaré qui étonne, et un mois rectifié."""

import datetime
from decimal import Decimal

from beneficiaires.services import clore_critere, enregistrer_critere
from comptes.acteur import Acteur
from comptes.enums import Role
from declarations.models import Declaration
from declarations.services import rouvrir_mois, saisir_heures, valider_mois
from declarations.services.declarations import HeuresDeclarees, envoyer_declaration, garder_brouillon
from declarations.services.liens import fiche_de
from socle.models import Lien

ETONNANTES, OUBLIEES, A_REGARDER = Decimal(226), Decimal(3), 3


def controler_les_heures(acteur: Acteur) -> None:
    """Une entreprise déclare trop d'heures pour une personne ; trois heures comptées en trop sont rectifiées."""
    declarations = (
        Declaration.objects.visibles_par(acteur).filter(lignes__heures__gt=OUBLIEES).avec_contexte().distinct()
    )
    a_valider = list(declarations.a_valider().order_by("-mois", "pk"))
    if a_valider:
        _declarer_trop(acteur, a_valider[0])
    for declaration in a_valider[A_REGARDER:]:
        _revoir_les_pieces(acteur, declaration)
    validee = declarations.validees().order_by("-mois", "pk").first()
    if validee:
        _rectifier(acteur, validee)


def _declarer_trop(acteur: Acteur, declaration: Declaration) -> None:
    fiche = fiche_de(declaration.engagement)
    par_lien = Acteur.par_lien(Lien(structure=fiche.structure, objet_uuid=fiche.uuid), Role.ENTREPRISE)
    lignes = list(declaration.lignes.select_related("contrat").order_by("pk"))
    heures = {ligne.contrat: HeuresDeclarees(travail=ligne.heures_declarees) for ligne in lignes}
    heures[lignes[0].contrat] = HeuresDeclarees(travail=ETONNANTES)
    garder_brouillon(acteur=par_lien, declaration=declaration, heures=heures)
    envoyer_declaration(acteur=par_lien, declaration=declaration, declarant="paie@chantier.example")


def _revoir_les_pieces(acteur: Acteur, declaration: Declaration) -> None:
    """Les pièces des personnes du mois sont revues à l'embauche : rien n'étonne plus à leur sujet."""
    for ligne in declaration.lignes.select_related("contrat__beneficiaire"):
        personne, embauche = ligne.contrat.beneficiaire, ligne.contrat.debut
        critere = (
            personne.criteres.filter(depuis__lt=embauche, jusqu_a__isnull=True).order_by("-principal", "pk").first()
        )
        if critere is None:
            continue
        clore_critere(acteur=acteur, critere=critere, jusqu_a=embauche - datetime.timedelta(days=1))
        enregistrer_critere(
            acteur=acteur,
            beneficiaire=personne,
            code=critere.code,
            depuis=embauche,
            principal=True,
            piece_vue_le=embauche,
        )


def _rectifier(acteur: Acteur, declaration: Declaration) -> None:
    rouvrir_mois(acteur=acteur, declaration=declaration, motif="Bulletin de paie rectifié par l'employeur")
    ligne = declaration.lignes.select_related("contrat").filter(heures__gt=OUBLIEES).order_by("pk").first()
    assert ligne is not None  # le mois choisi en a
    heures = {ligne.contrat: ligne.heures_declarees - OUBLIEES}
    saisir_heures(acteur=acteur, engagement=declaration.engagement, mois=declaration.mois, heures=heures)
    valider_mois(acteur=acteur, declaration=declaration, accepter_le_reste=True)
