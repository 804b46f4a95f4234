"""Ce que les étapes du rapprochement se passent : l'état connu, le rapport, ce qu'il faudra écrire, les index des lignes."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from comptes.acteur import Acteur
from reprise.cellules import montrer
from reprise.controles import Contenu, refuser
from reprise.feuilles import Feuille, Ligne
from reprise.rapport import Changement, Rapport
from reprise.rapprochement.etat import Etat
from socle.services.masse import controler

CHANGEMENTS_MAX = 500


@dataclass(slots=True)
class Ecritures:
    """Ce qu'un modèle doit recevoir. `modifies[clé]` = (objet, champs changés)."""

    nouveaux: list = field(default_factory=list)
    modifies: dict[int, tuple[models.Model, set[str]]] = field(default_factory=dict)
    a_suivre: list = field(default_factory=list)
    retires: list = field(default_factory=list)

    def modifier(self, objet: models.Model, champs: set[str]) -> None:
        _, deja = self.modifies.setdefault(objet.pk, (objet, set()))
        deja |= champs

    def objets_modifies(self) -> list:
        return [objet for objet, _ in self.modifies.values()]

    def champs_modifies(self) -> set[str]:
        return {champ for _, champs in self.modifies.values() for champ in champs}


@dataclass(slots=True)
class Plan:
    """Tout ce qu'une reprise écrira, dans l'ordre où elle l'écrira."""

    entreprises: Ecritures = field(default_factory=Ecritures)
    maitres_ouvrage: Ecritures = field(default_factory=Ecritures)
    operations: Ecritures = field(default_factory=Ecritures)
    marches: Ecritures = field(default_factory=Ecritures)
    lots: Ecritures = field(default_factory=Ecritures)
    engagements: Ecritures = field(default_factory=Ecritures)
    personnes: Ecritures = field(default_factory=Ecritures)
    contrats: Ecritures = field(default_factory=Ecritures)
    faits: dict[type[models.Model], Ecritures] = field(default_factory=dict)
    heures: list[tuple[Any, datetime.date, Decimal]] = field(default_factory=list)
    heures_modifiees: dict[int, Decimal] = field(default_factory=dict)
    mois_a_valider: set[tuple[int, datetime.date]] = field(default_factory=set)

    def faits_de(self, modele: type[models.Model]) -> Ecritures:
        return self.faits.setdefault(modele, Ecritures())


@dataclass(slots=True)
class Contexte:
    """Les index valent `None` pour une ligne présente mais fausse : on s'y réfère sans qu'une seconde erreur s'ajoute."""

    acteur: Acteur
    contenu: Contenu
    rapport: Rapport
    etat: Etat
    plan: Plan = field(default_factory=Plan)
    entreprises: dict[str, Any] = field(default_factory=dict)
    maitres_ouvrage: dict[tuple, Any] = field(default_factory=dict)
    marches: dict[str, Any] = field(default_factory=dict)
    lots: dict[tuple[str, str], Any] = field(default_factory=dict)
    engagements: dict[int, dict[str, Any]] = field(default_factory=dict)
    personnes: dict[str, Any] = field(default_factory=dict)
    contrats: dict[str, Any] = field(default_factory=dict)

    @property
    def structure(self):
        return self.acteur.organisation

    def refuser(self, feuille: Feuille, ligne: Ligne, cle: str, raison: str, valeur: Any = None) -> None:
        refuser(self.rapport, feuille, ligne, cle, raison, getattr(ligne, cle) if valeur is None else valeur)

    def compter(self, feuille: Feuille, *, nouveau: bool, change: bool = False) -> None:
        compte = self.rapport.cree if nouveau else self.rapport.modifie if change else self.rapport.inchange
        compte[feuille.nom] += 1

    def differences(self, objet: models.Model, valeurs: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Ce que le classeur change : {champ: (avant, après)}. Une cellule vide ne vide rien."""
        return {
            champ: (avant, valeur)
            for champ, valeur in valeurs.items()
            if valeur is not None and (avant := _lire(objet, champ)) != _cle(valeur)
        }

    def poser(self, objet: models.Model, valeurs: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Pose les valeurs et rend celles qui changent."""
        changes = self.differences(objet, valeurs)
        for champ, (_, apres) in changes.items():
            setattr(objet, champ, apres)
        return changes

    def controler(self, feuille: Feuille, ligne: Ligne, objet: models.Model, colonnes: Mapping[str, str]) -> bool:
        """Les contrôles du modèle, rendus dans la colonne de chaque champ ; vrai si tout va."""
        try:
            controler(objet)
        except ValidationError as refus:
            for champ, messages in refus.message_dict.items():
                cle = colonnes.get(champ, champ)
                if cle not in ligne.fausses:
                    self.refuser(feuille, ligne, cle, " ".join(messages))
            return False
        return True

    def noter_changements(
        self,
        feuille: Feuille,
        ligne: Ligne,
        objet: models.Model,
        changes: Mapping[str, tuple],
        colonnes: Mapping[str, str],
    ) -> None:
        for champ, (avant, apres) in changes.items():
            if len(self.rapport.changements) < CHANGEMENTS_MAX:
                titre = feuille.titre(colonnes.get(champ, champ))
                self.rapport.changements.append(
                    Changement(
                        feuille.nom, ligne.numero, titre, _en_clair(objet, champ, avant), _en_clair(objet, champ, apres)
                    )
                )


def _cle(valeur: Any) -> Any:
    return valeur.pk if isinstance(valeur, models.Model) and valeur.pk else valeur


def _lire(objet: models.Model, champ: str) -> Any:
    """La valeur d'un champ, sans charger une relation : sa clé suffit à comparer."""
    decrit: Any = objet._meta.get_field(champ)
    return getattr(objet, decrit.attname)


def _en_clair(objet: models.Model, nom: str, valeur: Any) -> str:
    champ: Any = objet._meta.get_field(nom)
    if valeur is None or valeur == "":
        return ""
    if champ.is_relation:
        return str(valeur) if isinstance(valeur, models.Model) else "une autre valeur"
    return montrer(dict(champ.flatchoices or ()).get(valeur, valeur))
