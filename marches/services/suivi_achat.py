"""Les gestes autour d'un achat : son rétroplanning, ses notes, ses pièces."""

import datetime
from typing import cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.enums import Role
from marches.models import Jalon, Marche, Note, Piece, ProjetAchat
from marches.permissions import peut_completer_achat, peut_etudier_projet, peut_modifier_marche, peut_retirer_piece
from marches.retroplanning import FAITES_PAR, retroplanning
from marches.services.avis_achat import prevenir_d_un_ajout
from socle.avis import Avis
from socle.enums import EtatAnalyse
from socle.fichiers import nom_propre, recevoir
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

Achat = Marche | ProjetAchat

declarer_actions(
    retroplanning_etabli="Rétroplanning établi",
    jalon_fait="Étape cochée",
    jalon_rouvert="Étape rouverte",
    jalon_deplace="Étape déplacée",
    note_ajoutee="Note ajoutée",
    note_faite="Suite faite",
    note_rouverte="Suite rouverte",
    piece_deposee="Pièce déposée",
    piece_montree="Pièce montrée à l'acheteur",
    piece_cachee="Pièce retirée de la vue de l'acheteur",
    piece_retiree="Pièce retirée",
)


def _exiger(acteur: Acteur, achat: Achat) -> None:
    if isinstance(achat, Marche):
        peut_modifier_marche(acteur, achat).exiger()
    else:
        peut_etudier_projet(acteur, achat).exiger()


def _tenir_l_achat(acteur: Acteur, achat: Achat) -> Achat:
    tenu = cast(Achat, verrouiller(type(achat).objects, acteur, achat))
    _exiger(acteur, tenu)
    return tenu


def _tenir[Suite: (Jalon, Note, Piece)](acteur: Acteur, suite: Suite) -> Suite:
    """L'étape, la note ou la pièce, verrouillée avec son achat, si l'on peut y toucher."""
    suite = verrouiller(type(suite).objects.select_related("marche", "projet"), acteur, suite)
    _exiger(acteur, suite.support)
    return suite


def _tenir_pour_completer(acteur: Acteur, achat: Achat) -> Achat:
    relu = type(achat).objects.select_related("maitre_ouvrage", "structure")
    tenu = cast(Achat, verrouiller(relu, acteur, achat))
    peut_completer_achat(acteur, tenu).exiger()
    return tenu


def _dire_au_facilitateur(acteur: Acteur, achat: Achat, quoi: str) -> Avis | None:
    """Ce que l'acheteur ajoute ; ce que la structure garde pour elle ne s'annonce à personne."""
    if isinstance(achat, Marche) or acteur.role != Role.MAITRE_OUVRAGE:
        return None
    return prevenir_d_un_ajout(acteur, achat, quoi)


def _porteurs(achat: Achat) -> dict[str, Achat]:
    """Ce qui s'ajoute au projet devenu un marché suit le marché, comme ce qui y était déjà."""
    du_marche = {"marche": achat.marche} if isinstance(achat, ProjetAchat) and achat.marche else {}
    return rattachement(achat) | du_marche


def rattachement(achat: Achat) -> dict[str, Achat]:
    """Sous quel champ un jalon, une note ou une pièce tient à cet achat."""
    return {"marche" if isinstance(achat, Marche) else "projet": achat}


@transaction.atomic
def etablir_retroplanning(*, acteur: Acteur, achat: Achat) -> int:
    """Pose les étapes à rebours de la notification ; refait, il redate celles qui ne sont pas faites. Rend leur nombre."""
    achat = _tenir_l_achat(acteur, achat)
    if achat.date_notification is None:
        raise RegleViolee("Donnez d'abord la date de notification prévue.", champ="date_notification")
    publication = achat.date_consultation if isinstance(achat, Marche) else achat.date_publication
    connus = {jalon.code: jalon for jalon in Jalon.objects.select_for_update().filter(**rattachement(achat))}
    poses = 0
    for code, echeance in retroplanning(achat.date_notification, publication):
        jalon = connus.get(code) or Jalon(code=code, **rattachement(achat))
        if jalon.fait_le is None and (jalon.pk is None or jalon.echeance != echeance):
            ecrire(jalon, {"echeance": echeance})
            poses += 1
    if poses:
        noter(acteur=acteur, action="retroplanning_etabli", objet=achat, nombre=poses)
    return poses


@transaction.atomic
def cocher_jalon(*, acteur: Acteur, jalon: Jalon) -> Jalon:
    """Marque l'étape faite aujourd'hui ; déjà faite, la rouvre."""
    jalon = _tenir(acteur, jalon)
    jalon.fait_le = None if jalon.fait_le else timezone.localdate()
    jalon.save()
    action = "jalon_fait" if jalon.fait_le else "jalon_rouvert"
    noter(acteur=acteur, action=action, objet=jalon.support, etape=jalon.get_code_display())
    return jalon


def cocher_ce_qui_est_fait(achat: Achat, geste: str, le: datetime.date | None = None) -> None:
    """Les étapes que ce geste fait n'attendent plus personne : cochées ce jour-là, au plus tard aujourd'hui.

    Le geste est déjà au journal : ses étapes n'y reviennent pas.
    """
    jour = min(le or timezone.localdate(), timezone.localdate())
    attendues = Jalon.objects.filter(fait_le__isnull=True, code__in=FAITES_PAR.get(geste, ()), **rattachement(achat))
    attendues.update(fait_le=jour, modifie_le=timezone.now())


@transaction.atomic
def deplacer_jalon(*, acteur: Acteur, jalon: Jalon, echeance: datetime.date) -> Jalon:
    jalon = _tenir(acteur, jalon)
    valeurs, etape = {"echeance": echeance}, jalon.get_code_display()
    modifier(jalon, valeurs, acteur=acteur, action="jalon_deplace", sur=jalon.support, nom=etape)
    return jalon


@transaction.atomic
def ajouter_note(*, acteur: Acteur, achat: Achat, **valeurs) -> Note:
    """Garde ce qui s'est dit ; avec un responsable ou une échéance, c'est une suite à faire.

    De l'acheteur, son facilitateur en est prévenu : `dit_a`.
    """
    achat = _tenir_pour_completer(acteur, achat)
    exiger_la_portee(acteur, valeurs)
    note = Note(auteur=acteur.utilisateur, de_l_acheteur=acteur.role == Role.MAITRE_OUVRAGE, **_porteurs(achat))
    ecrire(note, valeurs)
    noter(acteur=acteur, action="note_ajoutee", objet=achat, structure=achat.structure)
    note.dit_a = _dire_au_facilitateur(acteur, achat, "une note")
    return note


@transaction.atomic
def cocher_note(*, acteur: Acteur, note: Note) -> Note:
    note = _tenir(acteur, note)
    note.fait_le = None if note.fait_le else timezone.localdate()
    note.save()
    noter(acteur=acteur, action="note_faite" if note.fait_le else "note_rouverte", objet=note.support)
    return note


@transaction.atomic
def deposer_piece(*, acteur: Acteur, achat: Achat, fichier: UploadedFile, **valeurs) -> Piece:
    """Garde un fichier dont le contenu est bien celui d'un format permis.

    De l'acheteur, elle reste sous ses yeux, et son facilitateur en est prévenu : `dit_a`.
    """
    achat = _tenir_pour_completer(acteur, achat)
    exiger_la_portee(acteur, valeurs)
    nom = nom_propre(fichier.name or "")
    recu = recevoir(fichier, nom)
    piece = Piece(
        nom=nom,
        type_mime=recu.type_mime,
        taille=recu.taille,
        depose_par=acteur.utilisateur,
        de_l_acheteur=acteur.role == Role.MAITRE_OUVRAGE,
        **_porteurs(achat),
        **valeurs,
    )
    piece.visible_acheteur |= piece.de_l_acheteur
    piece.fichier.save(f"{piece.uuid}.{nom.rpartition('.')[2].lower()}", recu.contenu, save=False)
    piece.save()
    noter(acteur=acteur, action="piece_deposee", objet=achat, structure=achat.structure, type=piece.type)
    piece.dit_a = _dire_au_facilitateur(acteur, achat, "une pièce")
    return piece


@transaction.atomic
def montrer_piece(*, acteur: Acteur, piece: Piece) -> Piece:
    """Montre la pièce à l'acheteur ; déjà montrée, la lui retire."""
    piece = _tenir(acteur, piece)
    if piece.de_l_acheteur:
        raise RegleViolee("Cette pièce vient de l'acheteur : elle ne peut pas lui être cachée.")
    if piece.analyse == EtatAnalyse.INFECTE and not piece.visible_acheteur:
        raise RegleViolee("Un virus a été trouvé dans ce fichier : il est effacé, il n'y a rien à montrer.")
    piece.visible_acheteur = not piece.visible_acheteur
    piece.save()
    action = "piece_montree" if piece.visible_acheteur else "piece_cachee"
    noter(acteur=acteur, action=action, objet=piece.support)
    return piece


@transaction.atomic
def retirer_piece(*, acteur: Acteur, piece: Piece) -> None:
    """Range la pièce : elle sort des pages, le fichier reste le temps de s'en repentir."""
    porteurs = ("marche", "projet__maitre_ouvrage", "projet__structure")
    piece = verrouiller(Piece.objects.select_related(*porteurs), acteur, piece)
    peut_retirer_piece(acteur, piece).exiger()
    if piece.retiree_le is None:
        piece.retiree_le = timezone.now()
        piece.save()
        achat = piece.support
        noter(acteur=acteur, action="piece_retiree", objet=achat, structure=achat.structure, type=piece.type)
