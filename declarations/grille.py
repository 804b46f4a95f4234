"""La grille des heures : un bloc par mois d'un engagement, une ligne par contrat, et de quoi la remplir sans la quitter."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
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
from declarations.services.heures import valeurs_saisies
from declarations.signaux import MoisControle, controler
from marches.models import Engagement
from recrutement.models import Contrat
from socle.periodes import ajouter_mois
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


@dataclass(frozen=True, slots=True)
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
    def statut(self) -> StatutDeclaration:
        return StatutDeclaration(self.declaration.statut if self.declaration else StatutDeclaration.ATTENDUE)

    @property
    def est_valide(self) -> bool:
        return self.declaration is not None and self.declaration.est_validee

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
        if self.declaration is None or self.statut != StatutDeclaration.A_VALIDER or self.alertes:
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

    @property
    def lignes(self) -> Iterator[LigneDeGrille]:
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


def contrats_du_mois(acteur: Acteur, engagements: Collection[int], mois: datetime.date) -> dict[int, list[Contrat]]:
    """{engagement: ses contrats qui courent ce mois-là}, par nom."""
    visibles = Contrat.objects.visibles_par(acteur).actifs().filter(engagement__in=engagements)
    du_mois = visibles.pendant_le_mois(mois).avec_contexte().select_related("convention")
    rangs: dict[int, list[Contrat]] = defaultdict(list)
    for contrat in du_mois.order_by("beneficiaire__nom_plie", "pk"):
        rangs[contrat.engagement_id].append(contrat)
    return rangs


def blocs_du_mois(acteur: Acteur, engagements: Collection[Engagement], mois: datetime.date) -> list[Bloc]:
    """Un bloc par engagement, dans l'ordre reçu ; les mêmes requêtes pour un que pour cent."""
    cles = [engagement.pk for engagement in engagements]
    contrats = contrats_du_mois(acteur, cles, mois)
    declarations = _declarations(acteur, cles, mois)
    controles = controler(declarations.values())
    avant = _heures_du_mois(cles, ajouter_mois(mois, -1))
    blocs = []
    for engagement in engagements:
        declaration = declarations.get(engagement.pk)
        controle = controles[declaration.pk] if declaration else SANS_LIGNE
        form = formulaire_du_bloc(acteur, contrats[engagement.pk], controle)
        blocs.append(Bloc(engagement, mois, declaration, controle, form, avant))
    return blocs


def formulaire_du_bloc(acteur: Acteur, contrats: list[Contrat], controle: MoisControle) -> HeuresForm:
    valeurs = valeurs_saisies(ligne for ligne, _ in controle.lignes)
    return HeuresForm(acteur=acteur, contrats=contrats, initial=valeurs, version=version_de(valeurs))


def bloc_de(acteur: Acteur, engagement: Engagement, mois: datetime.date, form: HeuresForm) -> Bloc:
    """Celui d'un engagement, relu, avec ce qui vient d'y être tapé."""
    declarations = _declarations(acteur, [engagement.pk], mois)
    declaration = declarations.get(engagement.pk)
    controle = controler([declaration])[declaration.pk] if declaration else SANS_LIGNE
    return Bloc(engagement, mois, declaration, controle, form, {})


def _declarations(acteur: Acteur, engagements: Collection[int], mois: datetime.date) -> dict[int, Any]:
    visibles = Declaration.objects.visibles_par(acteur).filter(engagement__in=engagements, mois=mois).a_controler()
    du_mois = visibles.select_related("engagement__entreprise", "engagement__lot__marche")
    return {declaration.engagement_id: declaration for declaration in du_mois}


def _heures_du_mois(engagements: Collection[int], mois: datetime.date) -> dict[int, Decimal]:
    """{contrat: heures travaillées de ce mois}."""
    lignes = LigneHeures.objects.filter(declaration__engagement__in=engagements, mois=mois).order_by()
    return dict(lignes.values_list("contrat", "heures_declarees"))
