"""L'année en chiffres : les indicateurs d'une structure, filtrés, face à la période d'avant et aux objectifs."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from comptes.acteur import Acteur
from marches.enums import Nature
from pronostic.a_faire import PRESSANTS
from pronostic.lecture import Alerte, alertes, engagements_suivis
from recrutement.enums import Modalite
from reporting.bilan.chiffres import chiffres_de
from reporting.bilan.temps import ecrire_la_completude
from reporting.calcul import indicateurs
from reporting.calcul.comparables import Comparaison, comparer
from reporting.calcul.registre import PAR_CLE
from reporting.calcul.selection import Selection, acheteurs_de, quartiers_de
from reporting.donnees import Chiffre, CompletudeBilan, en_json
from reporting.lecture import periodes
from reporting.lecture.cadre import Cadre, cadre_de
from reporting.lecture.completude import Completude
from reporting.lecture.lignes import charger
from reporting.lecture.releve import Releve
from reporting.recit.ecriture import accord
from reporting.recit.etat import en_entier
from reporting.recit.tables import Table, etat_des_mois
from reporting.rendu import figures
from socle.nombres import nombre


@dataclass(frozen=True)
class TableauDeBord:
    """Ce que la page montre et exporte ; `releve` et `avant` sont déjà filtrés, `tout` est la période entière."""

    selection: Selection
    cadre: Cadre
    acheteurs: Mapping[str, str]
    quartiers: Mapping[str, str]
    tout: Releve
    releve: Releve
    completude: Completude
    comparaison: Comparaison
    menaces: list[Alerte]

    @property
    def avant(self) -> Releve | None:
        return self.comparaison.avant

    @cached_property
    def chiffres(self) -> dict[str, Chiffre]:
        return chiffres_de(self.releve, self.avant, comparable=self.comparaison.comparable)

    @property
    def mots(self) -> dict[str, str]:
        """Ce qui se compare, et à quoi."""
        comparee = self.comparaison.comparee
        dits = {"avant_situee": periodes.situer(self.comparaison.mois_d_avant)}
        return dits if comparee == self.selection.periode else {**dits, "comparee_situee": periodes.situer(comparee)}

    @property
    def manque(self) -> CompletudeBilan | None:
        """Ce que l'on ne sait pas encore des mois montrés ; rien quand tout est là."""
        return None if self.completude.est_entiere else ecrire_la_completude(self.completude)

    @property
    def objectifs(self) -> Mapping[str, Decimal]:
        """Ils sont de toute l'année et de toute l'activité : une part ne s'y compare pas."""
        return self.cadre.objectifs if self.selection.est_entiere else {}

    @property
    def gardes(self) -> str:
        """« 3 marchés suivis sur 12, 40 contrats sur 146 » : ce que les filtres gardent de la période."""
        comptes = (("marché suivi", "marchés suivis", "marches_suivis"), ("contrat", "contrats", "contrats"))
        return ", ".join(
            f"{accord(self.chiffres[cle]['valeur'], un, plusieurs)} sur {nombre(PAR_CLE[cle](self.tout).valeur)}"
            for un, plusieurs, cle in comptes
        )


def tableau_de_bord(acteur: Acteur, selection: Selection, aujourd_hui: datetime.date) -> TableauDeBord:
    """Une seule lecture porte la période et celle d'avant : dix requêtes, quel que soit le volume."""
    histoire = charger(acteur.agit_pour, selection.etendue, avec_suites=False)
    tout = histoire.sur(selection.periode)
    cadre = cadre_de(acteur.agit_pour, selection.annee, selection.periode, aujourd_hui)
    gardee = selection.appliquer(histoire)
    completude = cadre.completude.restreinte_a(gardee.marches)
    return TableauDeBord(
        selection,
        cadre,
        acheteurs_de(histoire),
        quartiers_de(histoire),
        tout,
        selection.appliquer(tout),
        completude,
        comparer(gardee, completude),
        _menaces(acteur, selection, aujourd_hui) if selection.annee == aujourd_hui.year else [],
    )


def _menaces(acteur: Acteur, selection: Selection, le: datetime.date) -> list[Alerte]:
    """Les engagements que la page des alertes dit en péril ou à surveiller, pour les mêmes marchés."""
    suivis = engagements_suivis(acteur)
    if selection.acheteur:
        suivis = suivis.filter(lot__marche__maitre_ouvrage__uuid=selection.acheteur)
    if selection.nature:
        suivis = suivis.filter(lot__marche__nature=selection.nature)
    return [alerte for alerte in alertes(suivis, le) if alerte.projection.pronostic in PRESSANTS]


# --- Ce qui s'exporte : exactement ce qui est montré ----------------------------------------------------------------
def tables_de(tableau: TableauDeBord) -> dict[str, Table]:
    """Les tables de la page, par nom ; celle qui n'a rien n'y est pas."""
    toutes = [_selection(tableau), _chiffres(tableau), _mois(tableau), _modalites(tableau), _menacees(tableau)]
    if tableau.manque:
        toutes.append(etat_des_mois(tableau.manque))
    return {table.nom: table for table in toutes if table.lignes}


def _selection(tableau: TableauDeBord) -> Table:
    selection = tableau.selection
    quoi = (
        ("Période", periodes.nommer(selection.periode)),
        ("Maître d'ouvrage", tableau.acheteurs.get(str(selection.acheteur or ""), "tous")),
        ("Habitants du quartier", tableau.quartiers.get(selection.quartier, "tous")),
        ("Nature du marché", Nature(selection.nature).label if selection.nature else "toutes"),
        ("Gardés", tableau.gardes),
        *(("État des données", phrase) for phrase in [en_entier(tableau.manque)] if phrase),
    )
    return Table("selection", "Ce qui est montré", ("Quoi", "Valeur"), quoi)


def _chiffres(tableau: TableauDeBord) -> Table:
    comparaison = tableau.comparaison
    # Les mois comparés ont leur colonne quand ils ne sont qu'une part de la période.
    en_partie = comparaison.comparable is not None
    comparee = (periodes.nommer(comparaison.comparee),) * en_partie
    noms = (periodes.nommer(tableau.selection.periode), *comparee, periodes.nommer(comparaison.mois_d_avant))
    lignes = tuple(
        (
            c["libelle"],
            c["unite"],
            c["valeur"],
            *((c.get("comparable"),) * en_partie),
            c["precedente"],
            en_json(tableau.objectifs.get(c["cle"])),
            c["sur"],
            c["definition"],
        )
        for c in tableau.chiffres.values()
    )
    colonnes = ("Indicateur", "Unité", *noms, "Objectif de l'année", "Part de", "Définition")
    return Table("chiffres", "Chiffres clés", colonnes, lignes)


def _mois(tableau: TableauDeBord) -> Table:
    mois, series = figures.mois_par_mois(tableau.releve, tableau.avant, tableau.completude)
    lignes = tuple((cle, *(en_json(serie.get(cle)) for serie in series.values())) for cle in mois)
    return Table("mois", "Heures par mois", ("Mois", *series), lignes)


def _modalites(tableau: TableauDeBord) -> Table:
    heures = indicateurs.heures_par_modalite(tableau.releve).par_groupe
    lignes = tuple((Modalite(cle).label, en_json(valeur)) for cle, valeur in heures.items())
    return Table("modalites", "Heures par modalité", ("Modalité", "Heures"), lignes)


def _menacees(tableau: TableauDeBord) -> Table:
    lignes = tuple(
        (
            alerte.entreprise,
            f"{alerte.reference}, {alerte.objet}",
            alerte.projection.pronostic.label,
            en_json(alerte.projection.dues),
            en_json(alerte.projection.faites),
            en_json(alerte.projection.attendues),
            en_json(alerte.projection.manque),
            alerte.projection.fin.isoformat(),
        )
        for alerte in tableau.menaces
    )
    colonnes = ("Entreprise", "Marché", "Pronostic", "Dues", "Faites", "Attendues", "Manquerait", "Fin")
    return Table("engagements", "Engagements en péril ou à surveiller", colonnes, lignes)
