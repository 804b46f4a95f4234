"""Les reprises faites à l'écran : déposer, analyser, appliquer une fois, effacer le fichier.

L'analyse et l'application sont deux passages de la file, tenus par un `Document` chacun : bail, nouvel essai si le
travailleur meurt, abandon au troisième. Le document fini est le rapport, en tableur.
"""

import datetime
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.enums import Role
from comptes.models import Adhesion
from reprise.controles import Corrections, Suivre
from reprise.enums import TRANSITIONS_REPRISE, EtatReprise
from reprise.exports import ecrire_rapport
from reprise.lecture.correspondance import Choix
from reprise.models import Reprise
from reprise.permissions import peut_appliquer, peut_corriger, peut_reprendre
from reprise.rapport import Probleme, Rapport, ranger
from reprise.services import correspondance
from reprise.services.classeur import analyser_classeur, appliquer_classeur
from reprise.services.rendu import rendre
from socle.models import Document
from socle.regles import RegleViolee
from socle.services import documents
from socle.services.enregistrement import relire, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.lots import pour_chacun, travail
from socle.stockage import FichierAbsent, ouvrir

declarer_actions(
    reprise_deposee="Classeur déposé pour une reprise",
    reprise_demandee="Reprise demandée",
    reprise_colonnes="Colonnes d'un classeur choisies",
    reprise_corrigee="Lignes d'un classeur corrigées",
)
GENRE_ANALYSE, GENRE_APPLICATION, GENRE_CLASSEUR = "reprise_analyse", "reprise_application", "classeur_reprise"
JOURS_GARDES = 7
MONTRES_MAX = 2000  # erreurs gardées pour l'écran ; le rapport en tableur les a toutes
VALEURS_DU_RAPPORT = ("erreurs", "avertissements", "changements", "choix")
EFFACE = "Le fichier de cette reprise a été effacé : déposez votre classeur de nouveau."


# --- Gestes ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def deposer(*, acteur: Acteur, fichier: UploadedFile) -> Reprise:
    """Garde le classeur et confie son analyse à la file. N'écrit rien de ce qu'il contient."""
    peut_reprendre(acteur).exiger()
    reprise = Reprise(
        structure=acteur.organisation,
        deposee_par=acteur.utilisateur,
        nom_fichier=Path(fichier.name or "classeur.xlsx").name[-150:],
        taille=fichier.size or 0,
        expire_le=timezone.now() + datetime.timedelta(days=JOURS_GARDES),
    )
    reprise.fichier.save(f"{reprise.uuid}{Path(reprise.nom_fichier).suffix.casefold()}", fichier, save=False)
    reprise.analyse = _demander(acteur, reprise, GENRE_ANALYSE, "Analyse du classeur")
    reprise.save()
    noter(acteur=acteur, action="reprise_deposee", objet=reprise)
    return reprise


@transaction.atomic
def demander_application(*, acteur: Acteur, reprise: Reprise) -> Reprise:
    """Confie la reprise pour de vrai à la file. Déjà demandée ou déjà faite : sans effet."""
    reprise = verrouiller(Reprise.objects, acteur, reprise)
    if reprise.etat in (EtatReprise.APPLICATION, EtatReprise.FAITE):
        return reprise
    if not (verdict := peut_appliquer(acteur, reprise)):
        raise RegleViolee(verdict.motif)
    reprise.etat = TRANSITIONS_REPRISE.appliquer("appliquer", reprise.etat)
    reprise.application = _demander(acteur, reprise, GENRE_APPLICATION, "Reprise du classeur")
    reprise.save()
    noter(acteur=acteur, action="reprise_demandee", objet=reprise)
    return reprise


@transaction.atomic
def choisir_les_colonnes(*, acteur: Acteur, reprise: Reprise, choix: list[Choix]) -> Reprise:
    """Ce que remplit chaque feuille, dit à l'écran : retenu pour les prochains classeurs de la structure, et relu."""
    reprise = _tenir(acteur, reprise)
    reprise.choix = [choisi.en_json() for choisi in choix]
    correspondance.retenir(acteur=acteur, choix=choix)
    return _relire(acteur, reprise, "reprise_colonnes", feuilles=sum(bool(choisi.cible) for choisi in choix))


@transaction.atomic
def corriger_les_lignes(*, acteur: Acteur, reprise: Reprise, corrections: Corrections) -> Reprise:
    """Ce qui est tapé à la place du fichier, ligne par ligne ; le classeur se relit ainsi corrigé. Rien de neuf : rien."""
    reprise = _tenir(acteur, reprise)
    corrigees: Corrections = {feuille: dict(lignes) for feuille, lignes in reprise.corrections.items()}
    for feuille, lignes in corrections.items():
        for ligne, valeurs in lignes.items():
            deja = corrigees.setdefault(feuille, {}).get(ligne)
            corrigees[feuille][ligne] = None if valeurs is None else {**(deja or {}), **valeurs}
    if corrigees == reprise.corrections:
        return reprise
    reprise.corrections = corrigees
    return _relire(acteur, reprise, "reprise_corrigee", lignes=sum(map(len, corrections.values())))


def _tenir(acteur: Acteur, reprise: Reprise) -> Reprise:
    reprise = verrouiller(Reprise.objects, acteur, reprise)
    if not (verdict := peut_corriger(acteur, reprise)):
        raise RegleViolee(verdict.motif)
    return reprise


def _relire(acteur: Acteur, reprise: Reprise, action: str, **donnees) -> Reprise:
    """Confie une nouvelle analyse à la file ; le rapport d'avant ne vaut plus."""
    reprise.etat = TRANSITIONS_REPRISE.appliquer("relire", reprise.etat)
    reprise.analyse = _demander(acteur, reprise, GENRE_ANALYSE, "Analyse du classeur")
    reprise.save()
    noter(acteur=acteur, action=action, objet=reprise, **donnees)
    return reprise


def relancer(*, acteur: Acteur, reprise: Reprise) -> None:
    """Refait le passage en échec, ou le rapport expiré."""
    peut_reprendre(acteur).exiger()
    reprise = relire(Reprise.objects.select_related("analyse", "application"), acteur, reprise)
    if reprise.travail is None:
        raise RegleViolee(EFFACE)
    documents.relancer(document=reprise.travail)


def demander_classeur(*, acteur: Acteur) -> Document:
    """Le classeur de la structure, rempli de ce qu'elle sait, à télécharger quand la file l'a écrit."""
    peut_reprendre(acteur).exiger()
    jour = timezone.localdate()
    return documents.demander_document(
        acteur=acteur,
        genre=GENRE_CLASSEUR,
        titre=f"Classeur de la structure, {jour:%d/%m/%Y}",
        nom_fichier=f"classeur-{acteur.agit_pour.slug}-{jour:%Y-%m-%d}.xlsx",
        parametres={},
    )


def _demander(acteur: Acteur, reprise: Reprise, genre: str, titre: str) -> Document:
    return documents.demander_document(
        acteur=acteur,
        genre=genre,
        titre=f"{titre}, {timezone.localtime():%d/%m/%Y %H:%M}",
        nom_fichier="rapport-de-reprise.xlsx",
        parametres={"reprise": str(reprise.uuid)},
        expire_le=reprise.expire_le,
    )


# --- Passages de la file -----------------------------------------------------------------------------------------------
def analyser(*, document: Document, suivre: Suivre) -> bytes:
    """Le passage d'analyse : garde le rapport, rend son tableur. Refait, il dit la même chose."""
    reprise = Reprise.objects.get(analyse=document)
    acteur = _acteur(document)
    with _fichier_de(reprise) as chemin:
        consigne = correspondance.consigne(acteur, reprise)
        rapport = analyser_classeur(acteur=acteur, chemin=chemin, suivre=suivre, consigne=consigne)
        rendu = rendre(chemin, rapport, consigne.corrections)
    with transaction.atomic():
        reprise = Reprise.objects.select_for_update().get(pk=reprise.pk)
        if reprise.etat == EtatReprise.ANALYSE:
            passage = "declarer_prete" if rapport.sans_erreur else "rendre"
            reprise.etat = TRANSITIONS_REPRISE.appliquer(passage, reprise.etat)
            reprise.rapport = {**_a_garder(rapport), "lignes": rendu.lignes}
            reprise.save()
    return rendu.octets


def appliquer(*, document: Document, suivre: Suivre) -> bytes:
    """Le passage qui écrit. La reprise se marque faite dans la transaction qui écrit : tué ensuite, il ne refait rien."""
    reprise = Reprise.objects.get(application=document)
    if reprise.etat == EtatReprise.FAITE:
        return en_tableur_garde(reprise)
    acteur = _acteur(document)
    with _fichier_de(reprise) as chemin:
        rapport = appliquer_classeur(
            acteur=acteur,
            chemin=chemin,
            suivre=suivre,
            conclure=_marquer_faite(reprise),
            consigne=correspondance.consigne(acteur, reprise),
        )
        rendu = rendre(chemin, rapport, reprise.corrections)
    if not rapport.sans_erreur:  # la structure a changé depuis l'analyse
        with transaction.atomic():
            reprise = Reprise.objects.select_for_update().get(pk=reprise.pk)
            reprise.etat = TRANSITIONS_REPRISE.appliquer("rendre", reprise.etat)
            reprise.rapport = {**_a_garder(rapport), "lignes": rendu.lignes}
            reprise.save()
    return rendu.octets


def _marquer_faite(reprise: Reprise) -> Callable[[Rapport], None]:
    def conclure(rapport: Rapport) -> None:
        tenue = Reprise.objects.select_for_update().get(pk=reprise.pk)
        if tenue.etat == EtatReprise.FAITE:  # un travailleur que l'on croyait mort a fini : il n'y avait rien à écrire
            return
        tenue.etat = TRANSITIONS_REPRISE.appliquer("achever", tenue.etat)
        tenue.rapport = _a_garder(rapport)
        tenue.appliquee_le = timezone.now()
        tenue.save()

    return conclure


def _acteur(document: Document) -> Acteur:
    """Qui a demandé, avec son rôle d'aujourd'hui : un accès retiré entre-temps n'écrit plus."""
    adhesion = (
        Adhesion.objects.en_vigueur().filter(utilisateur=document.demandeur, organisation=document.organisation).first()
    )
    acteur = Acteur(document.demandeur, document.organisation, Role(adhesion.role) if adhesion else None)
    if not (verdict := peut_reprendre(acteur)):
        raise RegleViolee(verdict.motif)
    return acteur


@contextmanager
def _fichier_de(reprise: Reprise) -> Iterator[Path]:
    """Le classeur déposé, sur disque sous son nom : le stockage peut être ailleurs."""
    if not reprise.fichier:
        raise RegleViolee(EFFACE)
    with tempfile.TemporaryDirectory() as dossier:
        chemin = Path(dossier) / reprise.nom_fichier
        with _depose(reprise) as depose, chemin.open("wb") as copie:
            shutil.copyfileobj(depose, copie)
        yield chemin


def _depose(reprise: Reprise) -> File:
    try:
        return ouvrir(reprise.fichier)
    except FichierAbsent as absent:
        raise RegleViolee(EFFACE) from absent


# --- Rapport -----------------------------------------------------------------------------------------------------------
def _a_garder(rapport: Rapport) -> dict:
    return {
        **rapport.comptes(),
        "erreurs": [probleme.en_json() for probleme in ranger(rapport.erreurs)[:MONTRES_MAX]],
        "avertissements": [probleme.en_json() for probleme in ranger(rapport.avertissements)[:MONTRES_MAX]],
        "changements": [asdict(changement) for changement in rapport.changements],
        "choix": [choisi.en_json() for choisi in rapport.choix],
        "nombre_erreurs": len(rapport.erreurs),
        "nombre_avertissements": len(rapport.avertissements),
    }


def en_tableur_garde(reprise: Reprise) -> bytes:
    tampon = io.BytesIO()
    erreurs, avertissements = (
        [Probleme(**probleme) for probleme in reprise.rapport.get(cle, [])] for cle in ("erreurs", "avertissements")
    )
    ecrire_rapport(tampon, erreurs, avertissements)
    return tampon.getvalue()


# --- Fin de vie --------------------------------------------------------------------------------------------------------
@travail("Classeurs périmés")
def purger() -> int:
    """Efface les classeurs déposés qui ont fait leur temps, et les valeurs de leurs rapports. Rend leur nombre."""
    return sum(pour_chacun(Reprise.objects.a_effacer(timezone.now()).order_by("pk"), _effacer))


def _effacer(reprise: Reprise) -> int:
    reprise.fichier.delete(save=False)
    rapport = {
        **reprise.rapport,
        **{cle: [] for cle in VALEURS_DU_RAPPORT},
        "lignes": {},
    }
    return Reprise.objects.filter(pk=reprise.pk).update(fichier="", rapport=rapport, choix=None, corrections={})
