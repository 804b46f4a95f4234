"""La grille des heures : un bloc par mois d'un engagement, une ligne par contrat, et de quoi la remplir sans la quitter.

Un mois de tous les engagements empile ses blocs ; l'année d'un engagement les met côte à côte, un mois par colonne.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.forms import BoundField
from django.utils import timezone

from comptes.acteur import Acteur
from declarations.cases import case
from declarations.controles import Signal
from declarations.enums import StatutDeclaration
from declarations.forms.mois import HeuresForm
from declarations.models import Declaration, LigneHeures
from declarations.services.decisions import valeurs_a_decider
from declarations.services.heures import est_hors_du_contrat, valeurs_saisies
from declarations.signaux import MoisControle, controler
from marches.models import Engagement
from recrutement.models import Contrat
from socle.periodes import Periode, ajouter_mois
from socle.versions import CHAMP_VERSION, version_de

SANS_LIGNE = MoisControle((), ())


@dataclass(frozen=True, slots=True)
class LigneDeGrille:
    """Une personne : ses cases, ce qui en est enregistré, le mois d'avant, et ce qui étonne."""

    contrat: Contrat
    travail: BoundField
    formation: BoundField | None
    enregistree: LigneHeures | None
    avant: Decimal | None
    signaux: tuple[Signal, ...]

    @property
    def heures(self) -> Decimal | None:
        """Ce qui compte de ce mois, ou compterait."""
        return self.enregistree.heures if self.enregistree else None


@dataclass(frozen=True)
class Bloc:
    """Le mois d'un engagement. Sans déclaration, il n'est pas encore ouvert : la première saisie l'ouvre."""

    engagement: Engagement
    mois: datetime.date
    declaration: Declaration | None
    controle: MoisControle
    form: HeuresForm
    mois_d_avant: Mapping[int, Decimal]

    @property
    def cle(self) -> str:
        return f"{self.engagement.uuid.hex}-{self.mois:%Y-%m}"

    @property
    def avant(self) -> datetime.date:
        return ajouter_mois(self.mois, -1)

    @property
    def statut(self) -> StatutDeclaration:
        return StatutDeclaration(self.declaration.statut if self.declaration else StatutDeclaration.ATTENDUE)

    @property
    def est_valide(self) -> bool:
        return self.declaration is not None and self.declaration.est_validee

    @property
    def se_decide(self) -> bool:
        return self.statut == StatutDeclaration.A_VALIDER

    @property
    def en_retard(self) -> bool:
        return self.declaration is not None and self.declaration.est_en_retard(timezone.localdate())

    @property
    def version(self) -> str:
        """De ce qui est enregistré ; après un refus, de ce que la page montre à côté."""
        return self.form[CHAMP_VERSION].value() or ""

    @property
    def coche(self) -> str:
        """De quoi valider ce mois avec les autres, tel qu'il est montré ; vide s'il y a quelque chose à regarder."""
        if self.declaration is None or not self.se_decide or self.alertes:
            return ""
        lignes = [ligne for ligne, _ in self.controle.lignes]
        return f"{self.declaration.uuid}.{version_de(valeurs_a_decider(self.declaration, lignes))}" if lignes else ""

    @property
    def forme(self) -> bool:
        """Quelqu'un s'y forme : la colonne se montre."""
        return any(nom.startswith("formation_") for nom in self.form.fields)

    @property
    def alertes(self) -> int:
        return self.controle.nombre

    @cached_property
    def par_contrat(self) -> dict[int, LigneDeGrille]:
        return {ligne.contrat.pk: ligne for ligne in self._lire_les_lignes()}

    @property
    def lignes(self) -> Collection[LigneDeGrille]:
        return self.par_contrat.values()

    def _lire_les_lignes(self) -> Iterator[LigneDeGrille]:
        enregistrees = {ligne.contrat_id: (ligne, signaux) for ligne, signaux in self.controle.lignes}
        for contrat in self.form.contrats:
            formation = case("formation", contrat)
            ligne, signaux = enregistrees.get(contrat.pk, (None, ()))
            yield LigneDeGrille(
                contrat,
                self.form[case("travail", contrat)],
                self.form[formation] if formation in self.form.fields else None,
                ligne,
                self.mois_d_avant.get(contrat.pk),
                signaux,
            )


@dataclass(frozen=True, slots=True)
class Case:
    """Une personne, un mois : ce qui s'y tape, ou s'y lit. `a_gauche` : la case du mois d'avant, si elle se tape aussi."""

    bloc: Bloc
    ligne: LigneDeGrille | None
    a_gauche: str

    @property
    def se_tape(self) -> bool:
        return self.ligne is not None and not self.bloc.est_valide


@dataclass(frozen=True, slots=True)
class Rang:
    """Une personne, mois par mois ; `avant` : ses heures du mois qui précède le premier."""

    contrat: Contrat
    avant: Decimal | None
    cases: list[Case]

    @property
    def forme(self) -> bool:
        """Une formation s'y tape, ou s'y lit."""
        lignes = [(case.ligne, case.se_tape) for case in self.cases if case.ligne]
        lues = [ligne.enregistree for ligne, _ in lignes if ligne.enregistree]
        return any(se_tape and ligne.formation for ligne, se_tape in lignes) or any(
            lue.heures_formation for lue in lues
        )

    @property
    def total(self) -> Decimal:
        return sum((case.ligne.heures for case in self.cases if case.ligne and case.ligne.heures), Decimal(0))

    @property
    def total_lu(self) -> Decimal:
        """La part qui ne se tape plus : celle des mois validés."""
        valides = (case.ligne for case in self.cases if case.ligne and case.bloc.est_valide)
        return sum((ligne.heures for ligne in valides if ligne.heures), Decimal(0))


def rangs_de_l_annee(blocs: Sequence[Bloc]) -> list[Rang]:
    """Une ligne par contrat de ces mois, par nom : les blocs d'un engagement, mis côte à côte."""
    contrats = {contrat.pk: contrat for bloc in blocs for contrat in bloc.form.contrats}
    connus = sorted(contrats.values(), key=lambda contrat: (contrat.beneficiaire.nom_plie, contrat.pk))
    return [Rang(contrat, blocs[0].mois_d_avant.get(contrat.pk), _cases(contrat, blocs)) for contrat in connus]


def _cases(contrat: Contrat, blocs: Sequence[Bloc]) -> list[Case]:
    cases: list[Case] = []
    for bloc in blocs:
        precedente = cases[-1] if cases and cases[-1].bloc.mois == ajouter_mois(bloc.mois, -1) else None
        a_gauche = (
            precedente.ligne.travail.id_for_label if precedente and precedente.ligne and precedente.se_tape else ""
        )
        cases.append(Case(bloc, bloc.par_contrat.get(contrat.pk), a_gauche))
    return cases


def contrats_du_mois(acteur: Acteur, engagements: Collection[int], mois: datetime.date) -> dict[int, list[Contrat]]:
    """{engagement: ses contrats qui courent ce mois-là}, par nom."""
    rangs: dict[int, list[Contrat]] = defaultdict(list)
    for contrat in _contrats(acteur, engagements).pendant_le_mois(mois):
        rangs[contrat.engagement_id].append(contrat)
    return rangs


def _contrats(acteur: Acteur, engagements: Collection[int]):
    visibles = Contrat.objects.visibles_par(acteur).actifs().filter(engagement__in=engagements)
    return visibles.avec_contexte().select_related("convention").order_by("beneficiaire__nom_plie", "pk")


def blocs_du_mois(acteur: Acteur, engagements: Collection[Engagement], mois: datetime.date) -> list[Bloc]:
    """Un bloc par engagement, dans l'ordre reçu ; les mêmes requêtes pour un que pour cent."""
    cles = [engagement.pk for engagement in engagements]
    contrats = contrats_du_mois(acteur, cles, mois)
    declarations = {lue.engagement_id: lue for lue in _declarations(acteur, cles).filter(mois=mois)}
    controles = controler(declarations.values())
    d_avant = ajouter_mois(mois, -1)
    avant = _heures_par_mois(cles, d_avant, d_avant)[d_avant]
    blocs = []
    for engagement in engagements:
        declaration = declarations.get(engagement.pk)
        controle = controles[declaration.pk] if declaration else SANS_LIGNE
        form = formulaire_du_bloc(acteur, contrats[engagement.pk], mois, controle)
        blocs.append(Bloc(engagement, mois, declaration, controle, form, avant))
    return blocs


def blocs_de_l_annee(acteur: Acteur, engagement: Engagement, periode: Periode) -> list[Bloc]:
    """Un bloc par mois où quelqu'un travaille ou qui est ouvert ; les mêmes requêtes pour un que pour douze."""
    contrats = list(_contrats(acteur, [engagement.pk]))
    lues = _declarations(acteur, [engagement.pk]).filter(mois__gte=periode.debut, mois__lte=periode.fin)
    declarations = {lue.mois: lue for lue in lues}
    controles = controler(declarations.values())
    faites = _heures_par_mois([engagement.pk], ajouter_mois(periode.debut, -1), periode.fin)
    blocs = []
    for mois in periode.mois():
        du_mois = [contrat for contrat in contrats if not est_hors_du_contrat(contrat, mois)]
        declaration = declarations.get(mois)
        if du_mois or declaration:
            controle = controles[declaration.pk] if declaration else SANS_LIGNE
            form = formulaire_du_bloc(acteur, du_mois, mois, controle)
            blocs.append(Bloc(engagement, mois, declaration, controle, form, faites[ajouter_mois(mois, -1)]))
    return blocs


def nom_des_cases(mois: datetime.date) -> str:
    """L'identifiant d'une case nomme son mois : plusieurs mois se tapent sur la même page."""
    return f"id_%s_{mois:%Y-%m}"


def formulaire_du_bloc(
    acteur: Acteur, contrats: list[Contrat], mois: datetime.date, controle: MoisControle
) -> HeuresForm:
    valeurs = valeurs_saisies(ligne for ligne, _ in controle.lignes)
    options = {"initial": valeurs, "version": version_de(valeurs), "auto_id": nom_des_cases(mois)}
    return HeuresForm(acteur=acteur, contrats=contrats, **options)


def bloc_de(acteur: Acteur, engagement: Engagement, mois: datetime.date, form: HeuresForm) -> Bloc:
    """Celui d'un engagement, relu, avec ce qui vient d'y être tapé."""
    declaration = _declarations(acteur, [engagement.pk]).filter(mois=mois).first()
    controle = controler([declaration])[declaration.pk] if declaration else SANS_LIGNE
    return Bloc(engagement, mois, declaration, controle, form, {})


def _declarations(acteur: Acteur, engagements: Collection[int]) -> Any:
    visibles = Declaration.objects.visibles_par(acteur).filter(engagement__in=engagements).a_controler()
    return visibles.select_related("engagement__entreprise", "engagement__lot__marche").order_by("mois", "pk")


def _heures_par_mois(
    engagements: Collection[int], du: datetime.date, au: datetime.date
) -> dict[datetime.date, dict[int, Decimal]]:
    """{mois: {contrat: heures travaillées}}."""
    faites: dict[datetime.date, dict[int, Decimal]] = defaultdict(dict)
    lignes = LigneHeures.objects.filter(declaration__engagement__in=engagements, mois__gte=du, mois__lte=au)
    for mois, contrat, heures in lignes.order_by().values_list("mois", "contrat", "heures_declarees"):
        faites[mois][contrat] = heures
    return faites
