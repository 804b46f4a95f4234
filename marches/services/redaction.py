import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, Prefetch
from django.utils import timezone

from beneficiaires.eligibilite import reglages_d_eligibilite
from beneficiaires.enums import CodeCritere
from beneficiaires.models import ReglagesEligibilite
from comptes.acteur import Acteur
from marches.enums import PieceClause
from marches.etude import reglages_de
from marches.models import Engagement, Lot, Marche, ModeleClause, Redaction, ReglagesClause
from marches.permissions import peut_gerer_les_marches, peut_modifier_marche
from marches.redaction.champs import CHAMPS, CONDITIONS, OBLIGATOIRES, Sujet, sujet_du_marche
from marches.redaction.pieces import D_UN_SEUL_LOT, DE_TOUS_LES_LOTS, VERSION_NATIONALE, modele_national
from marches.redaction.texte import Bloc, ModeleRefuse, champs_de, composer, controler
from marches.services.avis_achat import prevenir_du_texte
from marches.services.suivi_achat import cocher_ce_qui_est_fait
from socle.nombres import en_chiffres
from socle.regles import AccesRefuse, RegleViolee
from socle.services.enregistrement import ecrire, modifier, verrouiller, verrouiller_les_reglages
from socle.services.journal import declarer_actions, noter

declarer_actions(
    clause_redigee="Textes de clause produits",
    modele_clause_ecrit="Variante d'un modèle de clause écrite",
    modele_clause_retire="Retour au modèle national",
    modele_clause_propose="Modèle de clause proposé au réseau",
    modele_clause_garde="Modèle de clause retiré du réseau",
    publics_vises="Publics visés changés",
    reglages_clause="Réglages des clauses changés",
)


@dataclass(frozen=True, slots=True)
class Matiere:
    """Ce qu'une rédaction lit d'un marché, une fois : ses lots, et ce que règle sa structure."""

    marche: Marche
    lots: list[Lot]
    reglages: ReglagesClause
    eligibilite: ReglagesEligibilite

    def sujet(self, lot: Lot | None = None) -> Sujet:
        """Le sujet d'une pièce commune à tous les lots, ou propre à un seul."""
        return sujet_du_marche(self.marche, [lot] if lot else self.lots, self.reglages, self.eligibilite)

    def lots_de(self, piece: str, *, commun: bool) -> list[Lot | None]:
        """Pour quels lots une pièce s'écrit : chacun le sien, ou `None`, tous ensemble."""
        if len(self.lots) > 1 and (piece in DE_TOUS_LES_LOTS or (commun and piece not in D_UN_SEUL_LOT)):
            return [None]
        return [*self.lots] or [None]


def lire_matiere(marche: Marche) -> Matiere:
    engagements = Engagement.objects.filter(archive_le__isnull=True)
    lots = Lot.objects.filter(marche=marche, archive_le__isnull=True).order_by("numero", "pk")
    lots = lots.prefetch_related(Prefetch("engagements", engagements), "tranches")
    structure = marche.structure
    return Matiere(marche, list(lots), reglages_de(structure), reglages_d_eligibilite(structure))


def modeles_en_vigueur(structure) -> dict[str, tuple[str, str]]:
    """Pour chaque pièce, son texte et sa version : la variante de la structure si elle en a une, sinon le modèle national."""
    modeles = {piece: (modele_national(piece), f"nationale {VERSION_NATIONALE}") for piece in PieceClause}
    variantes = ModeleClause.objects.filter(structure=structure, retire_le__isnull=True).order_by("piece", "version")
    return modeles | {variante.piece: (variante.texte, f"locale {variante.version}") for variante in variantes}


def composer_la_piece(texte: str, sujet: Sujet) -> list[Bloc]:
    return composer(texte, sujet.champs, sujet.conditions, sujet.tableau)


@transaction.atomic
def rediger(*, acteur: Acteur, marche: Marche, pieces: Sequence[str], commun: bool = False) -> Redaction:
    """Produit les textes choisis et les fige : ni le marché ni un modèle ne les changera plus.

    Une pièce se produit pour chaque lot ; `commun` : en une seule fois, quand elle n'engage pas un titulaire.
    """
    parties = Marche.objects.select_related("maitre_ouvrage", "facilitateur", "structure__reglages_clause")
    marche = verrouiller(parties, acteur, marche)
    peut_modifier_marche(acteur, marche).exiger()
    matiere = lire_matiere(marche)
    sujet = matiere.sujet()
    if sujet.manques:
        raise RegleViolee(sujet.manques[0][0])
    if not pieces:
        raise RegleViolee("Choisissez au moins une pièce.", champ="pieces")
    produites = list(_produire(matiere, pieces, commun=commun))
    redaction = Redaction(marche=marche, pieces=produites, nombres=sujet.nombres, auteur=acteur.utilisateur)
    redaction.empreinte = empreinte(produites, sujet.nombres)
    redaction.save()
    noter(acteur=acteur, action="clause_redigee", objet=marche, pieces=redaction.titres)
    cocher_ce_qui_est_fait(marche, "rediger_les_textes")
    redaction.dit_a = prevenir_du_texte(acteur, redaction)
    return redaction


def _produire(matiere: Matiere, pieces: Sequence[str], *, commun: bool) -> Iterator[dict[str, Any]]:
    modeles = modeles_en_vigueur(matiere.marche.structure)
    for piece in PieceClause.values:
        for lot in matiere.lots_de(piece, commun=commun) if piece in pieces else ():
            texte, version = modeles[piece]
            yield {
                "piece": piece,
                "titre": PieceClause(piece).label,
                "lot": {"numero": lot.numero, "intitule": lot.intitule} if lot else {},
                "version": version,
                "blocs": [bloc.en_dict() for bloc in composer_la_piece(texte, matiere.sujet(lot))],
            }


def empreinte(pieces: list[dict], nombres: dict) -> str:
    lisible = json.dumps({"pieces": pieces, "nombres": nombres}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(lisible.encode()).hexdigest()


@transaction.atomic
def ecrire_modele(*, acteur: Acteur, piece: str, texte: str, note: str = "") -> ModeleClause:
    """Écrit une nouvelle version de la variante locale. Le CCAP dit toujours périmètre, facilitateur, publics et heures."""
    return _ecrire_une_version(acteur, piece, texte, note)


def _ecrire_une_version(acteur: Acteur, piece: str, texte: str, note: str, origine: str = "") -> ModeleClause:
    peut_gerer_les_marches(acteur).exiger()
    try:
        controler(texte, CHAMPS, CONDITIONS)
    except ModeleRefuse as refus:
        raise RegleViolee(str(refus), champ="texte") from refus
    absents = [champ for champ in OBLIGATOIRES if champ not in champs_de(_hors_conditions(texte))]
    if piece == PieceClause.CCAP and absents:
        manquent = ", ".join(f"{{{{ {champ} }}}}" for champ in absents)
        raise RegleViolee(
            f"Une clause dit au moins son périmètre, le facilitateur, les publics et les heures : ajoutez {manquent}, "
            "hors d'un passage conditionnel.",
            champ="texte",
        )
    en_vigueur = ModeleClause.objects.filter(structure=acteur.organisation, piece=piece, retire_le__isnull=True)
    if (connu := en_vigueur.first()) and connu.texte.splitlines() == texte.splitlines():
        return connu
    derniere = ModeleClause.objects.filter(structure=acteur.organisation, piece=piece).aggregate(v=Max("version"))["v"]
    _retirer(acteur, piece)
    modele = ModeleClause(structure=acteur.organisation, auteur=acteur.utilisateur)
    ecrire(modele, {"piece": piece, "version": (derniere or 0) + 1, "texte": texte, "note": note, "origine": origine})
    noter(acteur=acteur, action="modele_clause_ecrit", objet=acteur.agit_pour, piece=piece, version=modele.version)
    return modele


def _hors_conditions(texte: str) -> str:
    """Ce que le modèle dit pour toute sorte de clause : un champ qui n'est que dans un passage peut manquer."""
    gardees, dehors = [], True
    for ligne in texte.splitlines():
        nette = ligne.strip()
        dehors = False if nette.startswith("[si ") else True if nette == "[fin]" else dehors
        if dehors:
            gardees.append(ligne)
    return "\n".join(gardees)


def _retirer(acteur: Acteur, piece: str) -> int:
    en_vigueur = ModeleClause.objects.filter(structure=acteur.organisation, piece=piece, retire_le__isnull=True)
    return en_vigueur.update(retire_le=timezone.now())


@transaction.atomic
def revenir_au_modele_national(*, acteur: Acteur, piece: str) -> None:
    """Retire la variante locale ; ses versions restent lisibles, et les textes qui en sont sortis aussi."""
    peut_gerer_les_marches(acteur).exiger()
    if _retirer(acteur, piece):
        noter(acteur=acteur, action="modele_clause_retire", objet=acteur.agit_pour, piece=piece)


@transaction.atomic
def proposer_le_modele(*, acteur: Acteur, piece: str, proposer: bool) -> ModeleClause:
    """Montre la variante en vigueur aux structures de son réseau, ou cesse ; ce qu'elles en ont pris leur reste."""
    peut_gerer_les_marches(acteur).exiger()
    en_vigueur = ModeleClause.objects.select_for_update().filter(structure=acteur.organisation, piece=piece)
    modele = en_vigueur.filter(retire_le__isnull=True).first()
    if modele is None:
        raise RegleViolee("C'est le modèle national : il n'y a rien à proposer.")
    if proposer and not modele.a_un_reseau():
        raise RegleViolee("Votre structure n'a pas de réseau pour partenaire : ajoutez-le d'abord.")
    if (modele.propose_le is not None) != proposer:
        modele.propose_le = timezone.now() if proposer else None
        modele.save(update_fields=["propose_le", "modifie_le"])
        action = "modele_clause_propose" if proposer else "modele_clause_garde"
        noter(acteur=acteur, action=action, objet=acteur.agit_pour, piece=piece, version=modele.version)
    return modele


@transaction.atomic
def adopter_le_modele(*, acteur: Acteur, modele: ModeleClause) -> ModeleClause:
    """Prend une copie d'un modèle proposé par une structure du réseau : une version de plus de la sienne, avec son origine."""
    peut_gerer_les_marches(acteur).exiger()
    propose = ModeleClause.objects.proposes_a(acteur).select_related("structure").filter(pk=modele.pk).first()
    if propose is None:
        raise AccesRefuse("Ce modèle n'est plus proposé, ou ne l'est pas à un réseau de votre structure.")
    origine = (
        f"{propose.structure.nom}, version {propose.version} du {en_chiffres(timezone.localdate(propose.cree_le))}"
    )
    return _ecrire_une_version(acteur, propose.piece, propose.texte, propose.note, origine[:200])


@transaction.atomic
def choisir_publics(*, acteur: Acteur, marche: Marche, publics: Sequence[str]) -> Marche:
    """Les publics que le marché vise, dans l'ordre du référentiel."""
    marche = verrouiller(Marche.objects, acteur, marche)
    peut_modifier_marche(acteur, marche).exiger()
    voulus = [code for code in CodeCritere.values if code in publics]
    libelles = {"publics_vises": dict(CodeCritere.choices)}
    modifier(marche, {"publics_vises": voulus}, acteur=acteur, action="publics_vises", libelles=libelles)
    return marche


@transaction.atomic
def regler_les_clauses(*, acteur: Acteur, **valeurs) -> ReglagesClause:
    """Les coordonnées et les repères de la structure ; les textes déjà produits n'en changent pas."""
    peut_gerer_les_marches(acteur).exiger()
    reglages = verrouiller_les_reglages(ReglagesClause, acteur.organisation)
    modifier(reglages, valeurs, acteur=acteur, action="reglages_clause", sur=acteur.organisation)
    return reglages
