"""Ce qu'une structure a choisi pour lire ses classeurs : le retenir, et s'en servir."""

from comptes.acteur import Acteur
from reprise.cellules import cle_de_choix
from reprise.lecture.correspondance import Choix, Retenue
from reprise.lecture.entetes import lettres
from reprise.models import Correspondance, Reprise
from reprise.permissions import peut_reprendre
from reprise.services.classeur import Consigne
from socle.services.enregistrement import verrouiller_la_structure


def retenir(*, acteur: Acteur, choix: list[Choix]) -> Correspondance:
    """Chaque feuille par son nom, chaque colonne par son titre ; un titre laissé de côté se retient aussi."""
    peut_reprendre(acteur).exiger()
    verrouiller_la_structure(acteur.agit_pour)
    retenue, _ = Correspondance.objects.get_or_create(structure=acteur.agit_pour)
    for choisi in choix:
        retenue.feuilles[lettres(choisi.nom)] = choisi.cible
        if choisi.cible:
            titres = {cle_de_choix(t): choisi.colonnes.get(str(rang), "") for rang, t in enumerate(choisi.titres) if t}
            retenue.titres.setdefault(choisi.cible, {}).update(titres)
    retenue.save()
    return retenue


def retenue_de(acteur: Acteur) -> Retenue:
    gardee = Correspondance.objects.visibles_par(acteur).first()
    return Retenue(gardee.feuilles, gardee.titres) if gardee else Retenue()


def consigne(acteur: Acteur, reprise: Reprise) -> Consigne:
    """Comment lire le classeur de cette reprise."""
    choix = None if reprise.choix is None else [Choix(**choisi) for choisi in reprise.choix]
    return Consigne(choix, retenue_de(acteur), reprise.corrections)
