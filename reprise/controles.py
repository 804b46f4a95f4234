"""Contrôler chaque ligne pour elle-même, puis les clés en double. Sans base de données : le fichier seul."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from reprise import feuilles
from reprise.cellules import ValeurFausse
from reprise.feuilles import FEUILLES, Colonne, Feuille, Ligne
from reprise.lecture.classeur import Classeur, FeuilleLue
from reprise.rapport import Probleme, Rapport
from socle.feuilles import est_vide, montrer
from socle.feuilles.releve import Anomalie

Suivre = Callable[[int, str], None]
PAS_DE_SUIVI = 20_000
# Ce qui a été tapé à l'écran à la place du fichier : {feuille: {ligne: {clé: texte}}} ; `None`, une ligne non reprise.
type CorrectionsDeLigne = dict[str, str] | None
type Corrections = dict[str, dict[str, CorrectionsDeLigne]]


@dataclass(slots=True)
class Contenu:
    """Les lignes lues de chaque feuille, et les feuilles dont les lignes font foi (présentes, colonnes au complet)."""

    lignes: dict[str, list] = field(default_factory=lambda: {feuille.nom: [] for feuille in FEUILLES})
    fiables: set[str] = field(default_factory=set)

    def de(self, feuille: Feuille) -> list:
        return self.lignes[feuille.nom]


def controler(classeur: Classeur, rapport: Rapport, suivre: Suivre, corrections: Corrections) -> Contenu:
    """Lit toutes les lignes, telles que corrigées à l'écran ; chaque faute trouvée va au rapport, la lecture continue."""
    rapport.erreurs += classeur.erreurs
    rapport.avertissements += classeur.avertissements
    contenu = Contenu(fiables=set(classeur.absentes))
    total = sum(len(lue) for lue in classeur.feuilles.values()) or 1
    faites = 0
    for feuille in FEUILLES:
        lue = classeur.feuilles.get(feuille.nom)
        if lue is None:
            continue
        if not lue.problemes:
            contenu.fiables.add(feuille.nom)
        vues: dict[tuple, int] = {}
        for ligne in _lire_lignes(lue, rapport, corrections.get(feuille.nom, {})):
            contenu.de(feuille).append(ligne)
            _controler_ligne(feuille, ligne, rapport)
            _controler_cle(feuille, ligne, vues, rapport)
            faites += 1
            if faites % PAS_DE_SUIVI == 0:
                suivre(5 + 45 * faites // total, f"Lecture de la feuille « {feuille.nom} »")
    return contenu


def _lire_lignes(lue: FeuilleLue, rapport: Rapport, corrigees: dict[str, CorrectionsDeLigne]) -> Iterator[Ligne]:
    lues = {colonne.cle for colonne, _ in lue.colonnes}
    manquantes = {c.cle for c in lue.feuille.colonnes if c.obligatoire and c.cle not in lues}  # déjà dites, une fois
    places = {rang for _, rang in lue.colonnes}
    for numero, cellules in lue.lignes():
        corrigee = corrigees.get(str(numero), {})
        if corrigee is None:
            continue
        anomalies = {
            colonne - 1: anomalie
            for colonne, anomalie in lue.donnees.anomalies.get(numero, {}).items()
            if colonne - 1 in places
        }
        valeurs = [cellules[rang] if rang < len(cellules) else "" for _, rang in lue.colonnes]
        if not anomalies and all(map(est_vide, valeurs)):
            continue
        ligne = lue.feuille.ligne(numero, set(manquantes))
        for (colonne, rang), valeur in zip(lue.colonnes, valeurs, strict=True):
            if colonne.cle in corrigee:
                _lire_cellule(lue.feuille, ligne, colonne, corrigee[colonne.cle], None, rapport)
            else:
                _lire_cellule(lue.feuille, ligne, colonne, valeur, anomalies.get(rang), rapport)
        yield ligne


def _lire_cellule(
    feuille: Feuille, ligne: Ligne, colonne: Colonne, brut: Any, anomalie: Anomalie | None, rapport: Rapport
) -> None:
    if anomalie is not None:
        refuser(rapport, feuille, ligne, colonne.cle, anomalie.raison, anomalie.valeur or montrer(brut))
    elif not est_vide(brut):
        try:
            setattr(ligne, colonne.cle, colonne.lire(brut))
        except ValeurFausse as faute:
            refuser(rapport, feuille, ligne, colonne.cle, faute.raison, montrer(brut))
    elif colonne.obligatoire:
        refuser(rapport, feuille, ligne, colonne.cle, "Cette valeur est obligatoire.")


def refuser(rapport: Rapport, feuille: Feuille, ligne: Ligne, cle: str, raison: str, valeur: Any = "") -> None:
    """Une erreur sur une cellule ; la colonne est marquée fausse, les contrôles suivants la laissent."""
    ligne.fausses.add(cle)
    rapport.erreurs.append(Probleme(feuille.nom, ligne.numero, feuille.titre(cle), _en_clair(valeur), raison))


def avertir(rapport: Rapport, feuille: Feuille, ligne: Ligne, cle: str, raison: str, valeur: Any = "") -> None:
    rapport.avertissements.append(Probleme(feuille.nom, ligne.numero, feuille.titre(cle), _en_clair(valeur), raison))


def _en_clair(valeur: Any) -> str:
    return valeur if isinstance(valeur, str) else montrer(valeur)


def _controler_ligne(feuille: Feuille, ligne: Ligne, rapport: Rapport) -> None:
    if isinstance(ligne, feuilles.LigneMarche | feuilles.LigneContrat):
        if ligne.debut and ligne.fin and ligne.fin < ligne.debut:
            raison = f"La fin précède le début ({ligne.debut:%d/%m/%Y})."
            refuser(rapport, feuille, ligne, "fin", raison, ligne.fin)
    elif isinstance(ligne, feuilles.LigneLot):
        if ligne.attributaire and ligne.attributaire in dict(ligne.cotraitants or ()):
            raison = "L'attributaire ne peut pas être aussi cotraitant de son lot."
            refuser(rapport, feuille, ligne, "cotraitants", raison, ligne.attributaire)
    elif isinstance(ligne, feuilles.LigneBeneficiaire):
        _pas_dans_l_avenir(rapport, feuille, ligne, "inscrit_depuis", ligne.inscrit_depuis)


def _pas_dans_l_avenir(rapport: Rapport, feuille: Feuille, ligne: Ligne, cle: str, jour: datetime.date | None) -> None:
    if jour and jour > timezone.localdate():
        refuser(rapport, feuille, ligne, cle, "Cette date est dans l'avenir.", jour)


def _controler_cle(feuille: Feuille, ligne: Ligne, vues: dict[tuple, int], rapport: Rapport) -> None:
    cle = ligne.cle()
    if cle is None:
        return
    premiere = vues.setdefault(cle, ligne.numero)
    if premiere != ligne.numero:
        colonne = _colonne_de_la_cle(ligne)
        raison = f"Doublon : cette clé est déjà à la ligne {premiere}."
        refuser(rapport, feuille, ligne, colonne, raison, _cle_en_clair(cle))


def _colonne_de_la_cle(ligne: Ligne) -> str:
    if isinstance(ligne, feuilles.LigneMaitreOuvrage):
        return "siret" if ligne.siret else "nom"
    return ligne.colonnes_cle[-1]


def _cle_en_clair(cle: tuple) -> str:
    valeurs = cle[1:] if cle[0] in ("siret", "nom") else cle
    return " / ".join(f"{v:%Y-%m}" if isinstance(v, datetime.date) else str(v) for v in valeurs)
