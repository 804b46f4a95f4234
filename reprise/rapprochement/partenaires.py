"""Entreprises et maîtres d'ouvrage : des lignes communes à toutes les structures dès qu'elles ont un SIRET."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from entreprises.models import Entreprise
from marches.enums import TypeMaitreOuvrage
from marches.models import MaitreOuvrage
from reprise.controles import avertir
from reprise.feuilles import ENTREPRISES, MAITRES_OUVRAGE, Feuille, Ligne, LigneEntreprise, LigneMaitreOuvrage
from reprise.rapprochement.contexte import Contexte, Ecritures
from socle.texte import plier
from socle.validateurs import valider_siret

AMBIGU = object()  # un nom que portent plusieurs maîtres d'ouvrage
INCONNU = "Introuvable dans la feuille « {feuille} » et parmi ce que votre structure suit déjà."


def commune(ctx: Contexte, feuille: Feuille, ligne: Any):
    """La commune que désigne la ligne, ou `None` ; inconnue du référentiel ou partagée, c'est une erreur."""
    if ligne.commune is None:
        return None
    trouvee = ctx.etat.communes.get(ligne.commune)
    if isinstance(trouvee, ValidationError):
        ctx.refuser(feuille, ligne, "commune", " ".join(trouvee.messages))
        return None
    return trouvee


FUSIONNEE = "Fusionnée ici avec {gardee} : cette ligne n'y change rien, ses contrats vont à la fiche gardée."
FUSIONNE = "Fusionné ici avec {garde} : cette ligne n'y change rien, ses marchés vont à la fiche gardée."


# --- Entreprises ---------------------------------------------------------------------------------------------------
def entreprises(ctx: Contexte) -> None:
    for ligne in ctx.contenu.de(ENTREPRISES):
        valeurs = {
            "raison_sociale": ligne.raison_sociale,
            "type": ligne.type,
            "commune": commune(ctx, ENTREPRISES, ligne),
        }
        if ligne.siret is not None:
            ctx.entreprises.setdefault(ligne.siret, _entreprise(ctx, ligne, valeurs) if not ligne.fausses else None)


def _entreprise(ctx: Contexte, ligne: LigneEntreprise, valeurs: dict) -> Entreprise | None:
    connue = ctx.etat.entreprises.get(ligne.siret)
    if connue is None:
        nouvelle = Entreprise(siret=ligne.siret, **valeurs)
        if not ctx.controler(ENTREPRISES, ligne, nouvelle, {}):
            return None
        ctx.plan.entreprises.nouveaux.append(nouvelle)
        ctx.compter(ENTREPRISES, nouveau=True)
        return nouvelle
    if connue.siret != ligne.siret:
        avertir(ctx.rapport, ENTREPRISES, ligne, "siret", FUSIONNEE.format(gardee=connue.siret), ligne.siret)
        ctx.compter(ENTREPRISES, nouveau=False)
        return connue
    if connue.pk not in ctx.etat.entreprises_suivies:
        ctx.plan.entreprises.a_suivre.append(connue)
    partagee = connue.pk in ctx.etat.entreprises_partagees
    return _confronter(ctx, ENTREPRISES, ligne, connue, valeurs, partagee, ctx.plan.entreprises)


def _confronter(
    ctx: Contexte, feuille: Feuille, ligne: Ligne, connu: Any, valeurs: dict, partage: bool, ecritures: Ecritures
) -> Any:
    """Une ligne connue : modifiée si l'on est seul à la suivre, laissée sinon, en le disant."""
    if partage:
        for champ, (_, apres) in ctx.differences(connu, valeurs).items():
            raison = "Suivi par d'autres structures : son identité est gardée telle qu'elle est connue."
            avertir(ctx.rapport, feuille, ligne, champ, raison, str(apres))
        ctx.compter(feuille, nouveau=False)
        return connu
    changes = ctx.poser(connu, valeurs)
    if changes:
        if not ctx.controler(feuille, ligne, connu, {}):
            return None
        ecritures.modifier(connu, set(changes))
        ctx.noter_changements(feuille, ligne, connu, changes, {})
    ctx.compter(feuille, nouveau=False, change=bool(changes))
    return connu


def entreprise_nommee(ctx: Contexte, feuille: Feuille, ligne: Any, cle: str, siret: str | None = None):
    """L'entreprise dont la colonne `cle` donne le SIRET ; refusée si ni le classeur ni la structure ne la connaissent."""
    siret = siret or getattr(ligne, cle)
    if siret is None:
        return None
    if siret in ctx.entreprises:
        return ctx.entreprises[siret]
    connue = ctx.etat.entreprises.get(siret)
    if connue is not None and connue.pk in ctx.etat.entreprises_suivies:
        return connue
    if ENTREPRISES.nom in ctx.contenu.fiables:
        ctx.refuser(feuille, ligne, cle, INCONNU.format(feuille=ENTREPRISES.nom), siret)
    return None


# --- Maîtres d'ouvrage ---------------------------------------------------------------------------------------------
def maitres_ouvrage(ctx: Contexte) -> None:
    """Par SIRET, sinon par nom. Un maître d'ouvrage connu par son nom reçoit le SIRET que le classeur lui donne."""
    par_siret = {m.siret: m for m in ctx.etat.maitres_ouvrage if m.siret}
    nommes = {ligne.siret for ligne in ctx.contenu.de(MAITRES_OUVRAGE) if ligne.siret}
    sans_siret = {ligne.cle() for ligne in ctx.contenu.de(MAITRES_OUVRAGE) if ligne.siret is None}
    for ligne in ctx.contenu.de(MAITRES_OUVRAGE):
        cle = ligne.cle()
        valeurs = {
            "nom": ligne.nom,
            "siret": ligne.siret,
            "type": ligne.type,
            "commune": commune(ctx, MAITRES_OUVRAGE, ligne),
        }
        if cle is None:
            continue
        objet = None
        if not ligne.fausses:
            if ligne.siret:
                connu = par_siret.get(ligne.siret)
                if connu is None and ("nom", plier(ligne.nom)) not in sans_siret:
                    connu = _homonyme(ctx, ligne.nom, avec_siret=False)
            else:
                connu = _homonyme(ctx, ligne.nom, avec_siret=False) or _homonyme(ctx, ligne.nom, sauf=nommes)
            objet = _maitre_ouvrage(ctx, ligne, connu, valeurs)
        ctx.maitres_ouvrage.setdefault(cle, objet)
        if ligne.siret and ligne.nom:
            _indexer_le_nom(ctx, plier(ligne.nom), objet)


def _homonyme(
    ctx: Contexte, nom: str, *, avec_siret: bool = True, sauf: Collection = frozenset()
) -> MaitreOuvrage | None:
    suivis = ctx.etat.maitres_ouvrage_suivis
    homonymes = [
        m
        for m in ctx.etat.maitres_ouvrage
        if m.pk in suivis and m.nom_plie == plier(nom) and bool(m.siret) is avec_siret and m.siret not in sauf
    ]
    return homonymes[0] if len(homonymes) == 1 else None


def _indexer_le_nom(ctx: Contexte, nom_plie: str, objet: Any) -> None:
    """Les marchés nomment leur maître d'ouvrage : deux SIRET sous un même nom le rendent ambigu."""
    cle = ("nom", nom_plie)
    deja = ctx.maitres_ouvrage.get(cle)
    ctx.maitres_ouvrage[cle] = AMBIGU if deja is not None and deja is not objet else objet


def _maitre_ouvrage(ctx: Contexte, ligne: LigneMaitreOuvrage, connu: MaitreOuvrage | None, valeurs: dict):
    if connu is None:
        nouveau = MaitreOuvrage(**{**valeurs, "type": ligne.type or TypeMaitreOuvrage.AUTRE})
        if not ctx.controler(MAITRES_OUVRAGE, ligne, nouveau, {}):
            return None
        ctx.plan.maitres_ouvrage.nouveaux.append(nouveau)
        ctx.compter(MAITRES_OUVRAGE, nouveau=True)
        return nouveau
    if garde := ctx.etat.maitres_ouvrage_fusionnes.get(connu.pk):
        avertir(ctx.rapport, MAITRES_OUVRAGE, ligne, "nom", FUSIONNE.format(garde=garde.nom), ligne.nom)
        ctx.compter(MAITRES_OUVRAGE, nouveau=False)
        return garde
    if connu.pk not in ctx.etat.maitres_ouvrage_suivis:
        ctx.plan.maitres_ouvrage.a_suivre.append(connu)
    partage = connu.pk in ctx.etat.maitres_ouvrage_partages
    return _confronter(ctx, MAITRES_OUVRAGE, ligne, connu, valeurs, partage, ctx.plan.maitres_ouvrage)


def maitre_ouvrage_nomme(ctx: Contexte, feuille: Feuille, ligne: Any, cle: str) -> models.Model | None:
    """Le maître d'ouvrage que la colonne `cle` désigne, par son SIRET ou par son nom."""
    valeur = getattr(ligne, cle)
    if valeur is None:
        return None
    siret_faux = _siret_faux(valeur)
    index = ("nom", plier(valeur)) if siret_faux else ("siret", valeur)
    trouve = ctx.maitres_ouvrage[index] if index in ctx.maitres_ouvrage else _deja_suivi(ctx, index)
    if trouve is AMBIGU:
        ctx.refuser(feuille, ligne, cle, "Plusieurs maîtres d'ouvrage portent ce nom : donnez le SIRET.")
        return None
    if trouve is None and index not in ctx.maitres_ouvrage and MAITRES_OUVRAGE.nom in ctx.contenu.fiables:
        inconnu = INCONNU.format(feuille=MAITRES_OUVRAGE.nom)
        ctx.refuser(feuille, ligne, cle, siret_faux if siret_faux and valeur.isdecimal() else inconnu)
    return trouve


def _siret_faux(valeur: str) -> str:
    """Pourquoi ce texte n'est pas un SIRET ; vide s'il en est un."""
    try:
        valider_siret(valeur)
    except ValidationError as refus:
        return " ".join(refus.messages)
    return ""


def _deja_suivi(ctx: Contexte, index: tuple[str, str]) -> Any:
    genre, valeur = index
    trouves = [
        m
        for m in ctx.etat.maitres_ouvrage
        if m.pk in ctx.etat.maitres_ouvrage_suivis and valeur == (m.siret if genre == "siret" else m.nom_plie)
    ]
    gardes = {ctx.etat.maitres_ouvrage_fusionnes.get(trouve.pk, trouve) for trouve in trouves}
    return gardes.pop() if len(gardes) == 1 else AMBIGU if gardes else None
