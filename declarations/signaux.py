"""Lire ce que les contrôles demandent, pour une file entière : cinq requêtes, qu'il y ait un mois ou cinquante."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from beneficiaires.eligibilite import examiner_personne
from declarations.controles import Ailleurs, LigneControlee, Signal, controler_ligne, controler_mois
from declarations.enums import StatutDeclaration
from declarations.models import Declaration, LigneHeures
from recrutement.eligibilite import avec_fenetre, dernier_jour_valorisable
from socle.periodes import ajouter_mois

ENVOYEES = (StatutDeclaration.A_VALIDER, StatutDeclaration.RENDUE, StatutDeclaration.VALIDEE)


@dataclass(frozen=True, slots=True)
class MoisControle:
    """Un mois, ses lignes avec leurs signaux, et ceux du mois entier."""

    lignes: tuple[tuple[LigneHeures, tuple[Signal, ...]], ...]
    du_mois: tuple[Signal, ...]

    @property
    def nombre(self) -> int:
        return len(self.du_mois) + sum(len(signaux) for _, signaux in self.lignes)

    @property
    def lignes_sans_alerte(self) -> int:
        """Celles qui restent à décider et que rien n'étonne."""
        return sum(not signaux and not ligne.est_decidee for ligne, signaux in self.lignes)

    @property
    def total(self) -> Decimal:
        return sum((ligne.heures for ligne, _ in self.lignes), Decimal(0))

    @property
    def personnes(self) -> int:
        return len({ligne.contrat.beneficiaire_id for ligne, _ in self.lignes})


@dataclass(frozen=True, slots=True)
class _Voisine:
    """Une ligne d'une même personne, ce mois-là ou le précédent."""

    pk: int
    personne: int
    contrat: int
    mois: datetime.date
    heures: Decimal
    entreprise: str


def controler(declarations: Collection[Any]) -> dict[int, MoisControle]:
    """{clé de la déclaration: son mois contrôlé}. Les déclarations sont lues avec `a_controler`."""
    lignes = list(_lignes(declarations))
    voisines = _voisines(lignes)
    par_mois: dict[int, list[tuple[LigneHeures, tuple[Signal, ...]]]] = defaultdict(list)
    marches = {declaration.pk: declaration.engagement.lot.marche for declaration in declarations}
    for ligne in lignes:
        siennes = voisines[ligne.contrat.beneficiaire_id]
        fenetre = _dernier_jour(ligne, marches[ligne.declaration_id])
        par_mois[ligne.declaration_id].append((ligne, controler_ligne(_faits(ligne, fenetre, siennes))))
    return {
        declaration.pk: MoisControle(
            tuple(par_mois[declaration.pk]),
            controler_mois(
                declaration.mois,
                declaration.suspendu_le,
                preuve_manquante=declaration.sans_preuve and _a_travaille(par_mois[declaration.pk]),
                a_rattacher=declaration.a_rattacher,
            ),
        )
        for declaration in declarations
    }


def _a_travaille(lignes: Iterable[tuple[LigneHeures, tuple[Signal, ...]]]) -> bool:
    """Un mois sans heures ne se prouve pas."""
    return any(ligne.heures_declarees or ligne.heures_formation for ligne, _ in lignes)


def _lignes(declarations: Collection[Declaration]) -> Iterable[Any]:
    """Avec ce que `avec_fenetre` y ajoute."""
    lignes = LigneHeures.objects.filter(declaration__in=[declaration.pk for declaration in declarations])
    contexte = lignes.select_related("contrat__beneficiaire", "contrat__employeur", "contrat__sans_critere")
    personnes = contexte.prefetch_related("contrat__beneficiaire__criteres", "contrat__beneficiaire__inscriptions")
    return avec_fenetre(personnes, contrat="contrat__").order_by("contrat__beneficiaire__nom_plie", "pk")


def _voisines(lignes: Collection[LigneHeures]) -> dict[int, list[_Voisine]]:
    """Les lignes envoyées des mêmes personnes, ces mois-là et les précédents."""
    personnes = {ligne.contrat.beneficiaire_id for ligne in lignes}
    mois = {ligne.mois for ligne in lignes} | {ajouter_mois(ligne.mois, -1) for ligne in lignes}
    lues = LigneHeures.objects.filter(
        contrat__beneficiaire__in=personnes, mois__in=mois, declaration__statut__in=ENVOYEES
    ).order_by("pk")
    champs = ("pk", "contrat__beneficiaire", "contrat", "mois", "heures_declarees", "heures_formation")
    par_personne: dict[int, list[_Voisine]] = defaultdict(list)
    for pk, personne, contrat, du_mois, travail, formation, entreprise in lues.values_list(
        *champs, "contrat__engagement__entreprise__raison_sociale"
    ):
        voisine = _Voisine(pk, personne, contrat, du_mois, travail + formation, entreprise)
        par_personne[voisine.personne].append(voisine)
    return par_personne


def _dernier_jour(ligne: Any, marche) -> datetime.date:
    return dernier_jour_valorisable(ligne.contrat, ligne, marche)


def _faits(ligne: LigneHeures, fenetre: datetime.date, voisines: Iterable[_Voisine]) -> LigneControlee:
    contrat, avant = ligne.contrat, ajouter_mois(ligne.mois, -1)
    examen = examiner_personne(contrat.beneficiaire, contrat.debut)
    return LigneControlee(
        mois=ligne.mois,
        presence=ligne.heures_declarees + ligne.heures_formation,
        debut=contrat.debut,
        fin=contrat.fin,
        hebdomadaires=contrat.heures_hebdomadaires,
        dernier_jour_valorisable=fenetre,
        eligibilite=examen.verdict,
        raison=examen.phrase,
        motif_consigne=hasattr(contrat, "sans_critere"),
        ailleurs=tuple(
            Ailleurs(voisine.entreprise, voisine.heures)
            for voisine in voisines
            if voisine.mois == ligne.mois and voisine.pk != ligne.pk and voisine.heures
        ),
        mois_d_avant=next(
            (v.heures for v in voisines if v.mois == avant and v.contrat == contrat.pk),
            None,
        ),
    )
