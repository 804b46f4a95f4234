"""Le journal : une ligne par geste. Chaque app déclare ses libellés d'actions, le texte est rendu à la lecture."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.db import models

from socle.composants import Evenement
from socle.modeles import ModeleJournalise
from socle.models import EntreeJournal
from socle.nombres import heures, mois_annee

LIBELLES: dict[str, str] = {}


def declarer_actions(**libelles: str) -> None:
    """Inscrit les actions d'une app : `declarer_actions(marche_cree="Marché créé")`."""
    LIBELLES.update(libelles)


def noter(*, acteur, action: str, objet: ModeleJournalise, structure=None, **donnees) -> EntreeJournal:
    """Écrit une entrée ; `acteur.utilisateur` est vide pour un travail automatique."""
    if action not in LIBELLES:
        raise KeyError(f"Action de journal non déclarée : {action}")
    return EntreeJournal.objects.create(
        structure=structure or acteur.organisation,
        utilisateur=acteur.utilisateur,
        action=action,
        objet_type=_genre(objet),
        objet_uuid=objet.uuid,
        donnees={cle: _en_json(valeur) for cle, valeur in donnees.items()},
    )


def histoire(objet: ModeleJournalise, *, structure=None) -> list[Evenement]:
    """Les 50 dernières entrées d'un objet, la plus récente d'abord. Un objet partagé ne montre que celles de `structure`."""
    entrees = EntreeJournal.objects.filter(objet_uuid=objet.uuid, objet_type=_genre(objet))
    if structure is not None:
        entrees = entrees.filter(structure=structure)
    return [
        Evenement(
            quand=entree.cree_le,
            texte=phrase_de(entree),
            qui=entree.utilisateur.get_full_name() if entree.utilisateur else "automatique",
        )
        for entree in entrees.select_related("utilisateur")[:50]
    ]


def _genre(objet: ModeleJournalise) -> str:
    """Le même, que l'objet se lise par son modèle ou par un autre qui le montre autrement (`proxy`)."""
    modele: Any = objet._meta.concrete_model
    return modele._meta.label_lower


def phrase_de(entree: EntreeJournal) -> str:
    """Ce qu'une entrée dit : son action, ce qu'elle précise, sans qui."""
    libelle = LIBELLES.get(entree.action, entree.action)
    if "mois" in entree.donnees:
        libelle = f"{libelle}, {mois_annee(datetime.date.fromisoformat(entree.donnees['mois']))}"
    if "lot" in entree.donnees:
        libelle = f"{libelle}, lot {entree.donnees['lot']}"
    if "nom" in entree.donnees:
        libelle = f"{libelle}, {entree.donnees['nom']}"
    if entree.donnees.get("heures"):
        libelle = f"{libelle}, {heures(entree.donnees['heures'])}"
    precision = entree.donnees.get("motif") or _changements(entree.donnees.get("changements"))
    return f"{libelle} : {precision}" if precision else libelle


def _changements(changes: list[dict[str, str]] | None) -> str:
    """« Montant HT 1 000 → 2 000 ; Notes ». Les toutes premières entrées ne les disaient pas ainsi : elles se taisent."""
    if not isinstance(changes, list):
        return ""
    return " ; ".join(
        f"{change['libelle']} {change['avant']} → {change['apres']}" if "apres" in change else change["libelle"]
        for change in changes
    )


def _en_json(valeur):
    if isinstance(valeur, dict):
        return {cle: _en_json(v) for cle, v in valeur.items()}
    if isinstance(valeur, list | tuple | set):
        return [_en_json(v) for v in valeur]
    if isinstance(valeur, Decimal | datetime.date | uuid.UUID):
        return str(valeur)
    if isinstance(valeur, models.Model):
        return str(getattr(valeur, "uuid", valeur.pk))
    return valeur
