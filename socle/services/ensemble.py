"""Faire un geste sur plusieurs lignes : aussitôt si elles sont peu ; au-delà dans la file, qui dit où elle en est."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models, transaction
from django.http import QueryDict
from django.utils import timezone

from socle.classeurs import Classeur
from socle.ensemble import CompteRendu, GesteDEnsemble, gestes_de
from socle.models import Document
from socle.regles import AccesRefuse, RegleViolee
from socle.services.bail import tenu
from socle.services.documents import demander_document
from socle.services.enregistrement import relire
from socle.services.portee import exiger_la_portee
from socle.vues import liste_de

GENRE = "geste_d_ensemble"
AUSSITOT = 25  # au-delà, un geste qui écrit un courriel par ligne dépasserait la seconde
PAQUET = 100
INTROUVABLE = "Ce geste n'existe plus : recommencez depuis la liste."

Suivre = Callable[[int, str], None]


def faire_sur_chacune(
    *,
    acteur,
    geste: GesteDEnsemble,
    lignes: Sequence[models.Model],
    precisions: Mapping[str, Any],
    nommer: Callable[[Any], str],
) -> CompteRendu:
    """Le geste, ligne par ligne, chacune dans sa transaction ; ce qui est refusé se retient avec son motif."""
    geste.permis(acteur).exiger()
    exiger_la_portee(acteur, {"lignes": lignes})
    compte = CompteRendu()
    for ligne in lignes:
        motif = geste.deja(acteur, ligne, **precisions) or _faire(acteur, geste, ligne, precisions)
        if motif:
            compte.laissees.append((nommer(ligne), motif))
        else:
            compte.faites.append(nommer(ligne))
    return compte


def _faire(acteur, geste: GesteDEnsemble, ligne: models.Model, precisions: Mapping[str, Any]) -> str:
    """Vide si c'est fait ; sinon, pourquoi non."""
    try:
        with transaction.atomic():
            geste.service(acteur, ligne, **precisions)
    except AccesRefuse as refus:
        return refus.motif
    except ValidationError as refus:
        return " ".join(refus.messages)
    except ObjectDoesNotExist:
        return "n'est plus là."
    return ""


def confier_l_ensemble(
    *, acteur, geste: GesteDEnsemble, chemin: str, titre: str, lignes: Sequence[Any], saisie: QueryDict
) -> Document:
    """Confie le geste à la file : ses lignes sont celles que l'on a vues en confirmant."""
    geste.permis(acteur).exiger()
    exiger_la_portee(acteur, {"lignes": lignes})
    return demander_document(
        acteur=acteur,
        genre=GENRE,
        titre=f"{geste.libelle} : {titre}, {timezone.localtime():%d/%m/%Y %H:%M}"[:200],
        nom_fichier="compte-rendu.xlsx",
        parametres={
            "chemin": chemin,
            "geste": geste.nom,
            "lignes": [str(ligne.uuid) for ligne in lignes],
            "saisie": {nom: saisie.getlist(nom) for nom in _champs(geste, acteur) if nom in saisie},
        },
    )


def _champs(geste: GesteDEnsemble, acteur) -> list[str]:
    return list(geste.formulaire(acteur=acteur).fields) if geste.formulaire else []


def executer(*, document: Document, acteur, suivre: Suivre) -> bytes:
    """Le passage de la file : refait, il laisse ce qui l'était déjà. Rend le compte rendu, ligne par ligne."""
    demande = relire(Document.objects, acteur, document).parametres
    page = liste_de(demande["chemin"])
    geste = next((g for g in gestes_de(getattr(page, "ensemble", "")) if g.nom == demande["geste"]), None)
    if geste is None:
        raise RegleViolee(INTROUVABLE)
    geste.permis(acteur).exiger()
    precisions = _precisions(geste, acteur, demande["saisie"])
    compte, total = CompteRendu(), len(demande["lignes"])
    for rang, lignes in _par_paquets(page.model, acteur, demande["lignes"]):
        fait = faire_sur_chacune(
            acteur=acteur, geste=geste, lignes=lignes, precisions=precisions, nommer=page.nom_de_la_ligne
        )
        compte.faites += fait.faites
        compte.laissees += fait.laissees
        suivre(min(95, rang * 95 // total), f"{rang} lignes sur {total}")
    dit = f"{geste.dire_ce_qui_est_fait(len(compte.faites))}. {' '.join(compte.par_motif())}"
    tenu(document).update(message=dit.strip())
    return en_classeur(compte)


def _precisions(geste: GesteDEnsemble, acteur, saisie: Mapping[str, list[str]]) -> dict[str, Any]:
    """Ce qui avait été choisi, contrôlé de nouveau : un collègue a pu partir depuis."""
    if geste.formulaire is None:
        return {}
    relue = QueryDict(mutable=True)
    for nom, valeurs in saisie.items():
        relue.setlist(nom, valeurs)
    form = geste.formulaire(relue, acteur=acteur)
    if not form.is_valid():
        raise RegleViolee(" ".join(motif for motifs in form.errors.values() for motif in motifs))
    return form.cleaned_data


def _par_paquets(modele: Any, acteur, uuids: Sequence[str]) -> Iterator[tuple[int, list[models.Model]]]:
    """(combien de lignes seront passées, ces lignes dans leur ordre) : une lecture par paquet."""
    for debut in range(0, len(uuids), PAQUET):
        paquet = uuids[debut : debut + PAQUET]
        lues = {str(ligne.uuid): ligne for ligne in modele.objects.visibles_par(acteur).filter(uuid__in=paquet)}
        yield min(debut + PAQUET, len(uuids)), [lues[cle] for cle in paquet if cle in lues]


def en_classeur(compte: CompteRendu) -> bytes:
    tampon = io.BytesIO()
    with Classeur(tampon) as classeur:
        feuille = classeur.add_worksheet("Compte rendu")
        feuille.freeze_panes(1, 0)
        feuille.set_column(0, 2, 36)
        feuille.write_row(0, 0, ["Ligne", "Fait", "Pourquoi"], classeur.add_format({"bold": True}))
        rangees = [*((nom, "oui", "") for nom in compte.faites), *((nom, "non", m) for nom, m in compte.laissees)]
        for rang, rangee in enumerate(rangees, start=1):
            feuille.write_row(rang, 0, rangee)
    return tampon.getvalue()
