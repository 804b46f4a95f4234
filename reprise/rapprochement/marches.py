"""Marchés, opérations, lots et engagements."""

from decimal import Decimal
from typing import Any

from entreprises.models import Entreprise
from marches.enums import TRANSITIONS_MARCHE, RoleEngagement, StatutMarche
from marches.models import Engagement, Lot, Marche, Operation
from marches.permissions import peut_modifier_marche
from reprise.feuilles import LOTS, MARCHES, LigneLot, LigneMarche
from reprise.rapprochement.contexte import Contexte
from reprise.rapprochement.partenaires import INCONNU, entreprise_nommee, maitre_ouvrage_nomme
from socle.texte import plier

_COLONNES_MARCHE = {"fin_prevue": "fin", "fin_reelle": "fin"}
_COLONNES_LOT = {"numero": "numero_lot", "heures_initiales": "heures_dues", "entreprise": "attributaire"}


def marches(ctx: Contexte) -> None:
    for ligne in ctx.contenu.de(MARCHES):
        maitre_ouvrage = maitre_ouvrage_nomme(ctx, MARCHES, ligne, "maitre_ouvrage")
        if ligne.reference is None:
            continue
        complet = not ligne.fausses and maitre_ouvrage is not None
        ctx.marches.setdefault(ligne.reference, _marche(ctx, ligne, maitre_ouvrage) if complet else None)


def _marche(ctx: Contexte, ligne: LigneMarche, maitre_ouvrage: Any) -> Marche | None:
    valeurs = {
        "objet": ligne.objet,
        "maitre_ouvrage": maitre_ouvrage,
        "operation": _operation(ctx, ligne.operation),
        "nature": ligne.nature,
        "type_clause": ligne.type_clause,
        "montant_ht": ligne.montant_ht,
        "date_notification": ligne.date_notification,
        "debut": ligne.debut,
        "statut": ligne.statut,
    }
    connu = ctx.etat.marches.get(ligne.reference)
    if connu is None:
        nouveau = Marche(
            structure=ctx.structure,
            reference=ligne.reference,
            **{**valeurs, "fin_prevue": ligne.fin, "statut": ligne.statut or StatutMarche.EXECUTION},
        )
        if not ctx.controler(MARCHES, ligne, nouveau, _COLONNES_MARCHE):
            return None
        ctx.plan.marches.nouveaux.append(nouveau)
        ctx.compter(MARCHES, nouveau=True)
        return nouveau
    # « Fin » est la fin qui compte : la réelle si elle est connue, sinon la prévue.
    valeurs["fin_reelle" if connu.fin_reelle else "fin_prevue"] = ligne.fin
    return _modifier(ctx, ligne, connu, valeurs)


def _modifier(ctx: Contexte, ligne: LigneMarche, connu: Marche, valeurs: dict) -> Marche | None:
    statut = connu.statut
    changes = ctx.poser(connu, valeurs)
    if changes:
        if not (verdict := peut_modifier_marche(ctx.acteur, connu)):
            ctx.refuser(MARCHES, ligne, "reference", verdict.motif)
            return None
        if "statut" in changes and not _passage_permis(statut, connu.statut):
            raison = f"Un marché « {StatutMarche(statut).label} » ne peut pas passer à ce statut."
            ctx.refuser(MARCHES, ligne, "statut", raison, StatutMarche(connu.statut).label)
            return None
        if not ctx.controler(MARCHES, ligne, connu, _COLONNES_MARCHE):
            return None
        ctx.plan.marches.modifier(connu, set(changes))
        ctx.noter_changements(MARCHES, ligne, connu, changes, _COLONNES_MARCHE)
    ctx.compter(MARCHES, nouveau=False, change=bool(changes))
    return connu


def _passage_permis(depuis: str, vers: str) -> bool:
    return any(transition.vers == vers for transition in TRANSITIONS_MARCHE.possibles(depuis))


def _operation(ctx: Contexte, nom: str | None) -> Operation | None:
    """L'opération de ce nom, créée au besoin : elle n'a pas de feuille à elle."""
    if nom is None:
        return None
    cle = plier(nom)
    if cle not in ctx.etat.operations:
        ctx.etat.operations[cle] = Operation(structure=ctx.structure, nom=nom)
        ctx.plan.operations.nouveaux.append(ctx.etat.operations[cle])
    return ctx.etat.operations[cle]


# --- Lots et engagements -------------------------------------------------------------------------------------------
def marche_nomme(ctx: Contexte, feuille, ligne: Any) -> tuple[bool, Marche | None]:
    """(connu, marché) : connu sans marché quand sa ligne est fausse, ou sa feuille illisible."""
    reference = ligne.marche
    if reference is None:
        return False, None
    if reference in ctx.marches:
        return True, ctx.marches[reference]
    if reference in ctx.etat.marches:
        return True, ctx.etat.marches[reference]
    if MARCHES.nom in ctx.contenu.fiables:
        ctx.refuser(feuille, ligne, "marche", INCONNU.format(feuille=MARCHES.nom))
        return False, None
    return True, None


def lots(ctx: Contexte) -> None:
    for ligne in ctx.contenu.de(LOTS):
        _, marche = marche_nomme(ctx, LOTS, ligne)
        attributaire = entreprise_nommee(ctx, LOTS, ligne, "attributaire")
        cotraitants = [
            (entreprise_nommee(ctx, LOTS, ligne, "cotraitants", siret), heures)
            for siret, heures in ligne.cotraitants or ()
        ]
        cle = ligne.cle()
        if cle is None:
            continue
        complet = not ligne.fausses and None not in (marche, attributaire, *(e for e, _ in cotraitants))
        ctx.lots.setdefault(cle, _lot(ctx, ligne, marche, attributaire, cotraitants) if complet else None)


def _lot(
    ctx: Contexte,
    ligne: LigneLot,
    marche: Any,
    attributaire: Any,
    cotraitants: list[tuple[Entreprise, Decimal | None]],
) -> Lot | None:
    cle = ligne.cle()
    connu = ctx.etat.lots.get(cle) if cle else None
    lot = connu or Lot(marche=marche, numero=ligne.numero_lot)
    changes = ctx.poser(lot, {"intitule": ligne.intitule, "montant_ht": ligne.montant_ht})
    if (changes or connu is None) and not ctx.controler(LOTS, ligne, lot, _COLONNES_LOT):
        return None
    engagements = ctx.etat.engagements.get(connu.pk, []) if connu else []
    ecrits = _Engagements(ctx, ligne, lot, engagements)
    ecrits.attribuer(attributaire)
    for entreprise, heures in cotraitants:
        ecrits.cotraiter(entreprise, heures)
    if connu and (changes or ecrits.change) and not (verdict := peut_modifier_marche(ctx.acteur, connu.marche)):
        ctx.refuser(LOTS, ligne, "marche", verdict.motif)
        return None
    if connu is None:
        ctx.plan.lots.nouveaux.append(lot)
    elif changes:
        ctx.plan.lots.modifier(lot, set(changes))
        ctx.noter_changements(LOTS, ligne, lot, changes, _COLONNES_LOT)
    ctx.compter(LOTS, nouveau=connu is None, change=bool(changes) or ecrits.change)
    return lot


class _Engagements:
    """Les engagements d'un lot, face à une ligne : l'attributaire et ses heures, puis les cotraitants."""

    def __init__(self, ctx: Contexte, ligne: LigneLot, lot: Lot, connus: list[Engagement]):
        self.ctx, self.ligne, self.lot = ctx, ligne, lot
        self.connus = connus
        self.par_siret = {engagement.entreprise.siret: engagement for engagement in connus}
        self.change = False
        ctx.engagements[id(lot)] = self.par_siret

    def attribuer(self, entreprise: Entreprise) -> None:
        titulaire = next((e for e in self.connus if e.role == RoleEngagement.ATTRIBUTAIRE), None)
        engagement = self.par_siret.get(entreprise.siret)
        if titulaire and engagement and engagement is not titulaire:
            self.ctx.refuser(LOTS, self.ligne, "attributaire", "Cette entreprise est déjà cotraitante de ce lot.")
            return
        retenu = titulaire or engagement
        valeurs = {"role": RoleEngagement.ATTRIBUTAIRE, "entreprise": entreprise}
        self._engager(retenu, entreprise, valeurs, self.ligne.heures_dues, "heures_dues")

    def cotraiter(self, entreprise: Entreprise, heures: Decimal | None) -> None:
        valeurs = {"role": RoleEngagement.COTRAITANT, "entreprise": entreprise}
        connu = self.par_siret.get(entreprise.siret)
        self._engager(None if connu and connu.pk is None else connu, entreprise, valeurs, heures, "cotraitants")

    def _engager(
        self, connu: Engagement | None, entreprise: Entreprise, valeurs: dict, heures: Decimal | None, cle: str
    ) -> None:
        """Le classeur donne le total dû ; les avenants connus en font partie, le reste est l'engagement d'origine."""
        if heures is not None:
            initiales = heures - (connu.heures_dues - connu.heures_initiales if connu else 0)
            if initiales < 0:
                raison = "Les avenants déjà enregistrés dépassent ces heures : corrigez l'engagement à l'écran."
                self.ctx.refuser(LOTS, self.ligne, cle, raison, heures)
                return
            valeurs["heures_initiales"] = initiales
        if connu is None:
            engagement = Engagement(lot=self.lot, **valeurs)
            self.par_siret[entreprise.siret] = engagement
            self.ctx.plan.engagements.nouveaux.append(engagement)
            self.change = True
            return
        if changes := self.ctx.poser(connu, valeurs):
            if "entreprise" in changes:
                for siret in [siret for siret, engagement in self.par_siret.items() if engagement is connu]:
                    del self.par_siret[siret]
                self.par_siret[entreprise.siret] = connu
            self.ctx.plan.engagements.modifier(connu, set(changes))
            self.ctx.noter_changements(LOTS, self.ligne, connu, changes, {**_COLONNES_LOT, "role": "attributaire"})
            self.change = True


def engagements_du_lot(ctx: Contexte, lot: Lot) -> dict[str, Engagement]:
    """{SIRET: engagement} d'un lot, tel qu'il sera une fois le classeur repris."""
    if id(lot) in ctx.engagements:
        return ctx.engagements[id(lot)]
    return {engagement.entreprise.siret: engagement for engagement in ctx.etat.engagements.get(lot.pk, [])}


def attributaire(engagements: dict[str, Engagement]) -> Engagement | None:
    return next((e for e in engagements.values() if e.role == RoleEngagement.ATTRIBUTAIRE), None)
