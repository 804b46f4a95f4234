"""Les personnes : leur identité, puis leurs faits datés, qui valent dès le début du premier contrat."""

import datetime
from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from beneficiaires.doublons import signature
from beneficiaires.enums import CodeCritere, OrigineRattachement, StatutQuartier
from beneficiaires.models import (
    Beneficiaire,
    Critere,
    Domicile,
    InscriptionEmploi,
    NiveauAtteint,
    RattachementQuartier,
)
from beneficiaires.models.faits import FaitDate
from beneficiaires.permissions import peut_modifier_dossier
from reprise.controles import avertir
from reprise.feuilles import BENEFICIAIRES, LigneBeneficiaire
from reprise.rapprochement.contexte import Contexte
from reprise.rapprochement.etat import Faits
from reprise.rapprochement.partenaires import commune
from socle.regles import Verdict
from territoires.enums import Millesime

FUSIONNE = "Dossier fusionné ici avec {garde} : cette ligne n'y change rien, ses contrats vont au dossier gardé."


def dernier_valable[F: FaitDate](faits: Iterable[F], jour: datetime.date | None) -> F | None:
    """Le fait en vigueur ce jour-là, le plus récemment commencé ; sans jour, le dernier de tous."""
    valables = [fait for fait in faits if jour is None or fait.vaut_le(jour)]
    return max(valables, key=lambda fait: (fait.depuis or datetime.date.min, fait.pk or 0), default=None)


# --- Identité --------------------------------------------------------------------------------------------------------
def personnes(ctx: Contexte) -> None:
    for ligne in ctx.contenu.de(BENEFICIAIRES):
        lieu = commune(ctx, BENEFICIAIRES, ligne)
        quartiers = _quartiers(ctx, ligne)
        if ligne.identifiant is None or ligne.identifiant in ctx.personnes:
            continue
        if ligne.fausses:
            ctx.personnes[ligne.identifiant] = None
            continue
        ctx.personnes[ligne.identifiant] = _Dossier(ctx, ligne, lieu, quartiers).identite()
    _signaler_les_homonymes(ctx)


def _signaler_les_homonymes(ctx: Contexte) -> None:
    """La même personne sous deux identifiants, dans le classeur ou déjà connue : elle serait comptée deux fois.

    Les personnes anonymisées portent toutes le même nom : deux d'entre elles ne se ressemblent pas.
    """
    fusionnes = {numero for numero, connue in ctx.etat.personnes.items() if connue.identifiant != numero}
    nommees = [
        ligne for ligne in ctx.contenu.de(BENEFICIAIRES) if not ligne.est_anonyme and ligne.identifiant not in fusionnes
    ]
    lignes = [ligne for ligne in nommees if ligne.nom and ligne.prenom and ligne.date_naissance]
    naissances = {ligne.date_naissance for ligne in lignes}
    vues: dict[tuple, tuple[str, str]] = {
        (signature(connue.nom, connue.prenom), connue.date_naissance): (connue.identifiant, "d'un dossier connu")
        for connue in ctx.etat.personnes.values()
        if connue.date_naissance in naissances and not connue.anonymise_le
    }
    for ligne in lignes:
        cle = (signature(ligne.nom, ligne.prenom), ligne.date_naissance)
        identifiant, ou = vues.setdefault(cle, (ligne.identifiant, f"de la ligne {ligne.numero}"))
        if identifiant != ligne.identifiant:
            raison = f"Même nom et même naissance que {identifiant}, {ou} : est-ce la même personne ?"
            avertir(ctx.rapport, BENEFICIAIRES, ligne, "identifiant", raison, ligne.identifiant)


def _quartiers(ctx: Contexte, ligne: LigneBeneficiaire) -> dict[int, Any] | None:
    """{millésime: quartier} des codes de la ligne ; `None` si la colonne est vide."""
    if ligne.quartiers is None:
        return None
    trouves: dict[int, Any] = {}
    for code in ligne.quartiers:
        connus = ctx.etat.quartiers.get(code, [])
        if not connus:
            ctx.refuser(BENEFICIAIRES, ligne, "quartiers", "Quartier inconnu du référentiel : vérifiez son code.", code)
        for quartier in connus:
            if quartier.millesime in trouves:
                raison = f"Deux quartiers du même millésime ({quartier.millesime}) : gardez celui du domicile."
                ctx.refuser(BENEFICIAIRES, ligne, "quartiers", raison, code)
            trouves[quartier.millesime] = quartier
    return trouves


class _Dossier:
    """Une personne du classeur, face à son dossier s'il existe."""

    def __init__(self, ctx: Contexte, ligne: LigneBeneficiaire, lieu: Any, quartiers: dict[int, Any] | None):
        self.ctx, self.ligne, self.lieu, self.quartiers = ctx, ligne, lieu, quartiers
        self.connu = ctx.etat.personnes.get(ligne.identifiant)
        self.personne = self.connu or Beneficiaire(structure=ctx.structure, identifiant=ligne.identifiant)
        self.faits = ctx.etat.faits.get(self.connu.pk, Faits()) if self.connu else Faits()
        self.change = False

    @property
    def est_fusionne(self) -> bool:
        """La ligne porte le numéro d'un dossier réuni à un autre : elle ne récrit pas la personne gardée."""
        return self.connu is not None and self.connu.identifiant != self.ligne.identifiant

    def identite(self) -> "_Dossier | None":
        ligne = self.ligne
        if self.est_fusionne:
            raison = FUSIONNE.format(garde=self.personne.identifiant)
            avertir(self.ctx.rapport, BENEFICIAIRES, ligne, "identifiant", raison, ligne.identifiant)
            return self
        if ligne.est_anonyme or (self.connu and self.connu.anonymise_le):
            return self._identite_perdue()
        valeurs = {
            "nom": ligne.nom,
            "prenom": ligne.prenom,
            "date_naissance": ligne.date_naissance,
            "sexe": ligne.sexe,
            "referent": ligne.referent,
        }
        changes = self.ctx.poser(self.personne, valeurs)
        if (changes or self.connu is None) and not self._controler():
            return None
        if self.connu is None:
            self.ctx.plan.personnes.nouveaux.append(self.personne)
        elif changes:
            self.ctx.plan.personnes.modifier(self.personne, set(changes))
            self._dire(self.personne, changes)
        return self

    def _identite_perdue(self) -> "_Dossier":
        """L'identité d'un dossier anonymisé ne revient pas d'un vieux classeur, et un classeur ne l'ôte à personne."""
        ligne = self.ligne
        if self.connu is None:
            maintenant = timezone.now()
            self.personne.date_naissance, self.personne.sexe = ligne.date_naissance, ligne.sexe
            self.personne.anonymise_le = self.personne.archive_le = maintenant
            self.ctx.plan.personnes.nouveaux.append(self.personne)
        elif not self.connu.anonymise_le:
            raison = "Ce dossier n'est pas anonymisé ici : son identité est gardée."
            avertir(self.ctx.rapport, BENEFICIAIRES, ligne, "nom", raison, ligne.nom)
        elif not ligne.est_anonyme:
            raison = "Ce dossier est anonymisé, au terme de sa conservation : rien de cette ligne n'y revient."
            avertir(self.ctx.rapport, BENEFICIAIRES, ligne, "identifiant", raison, ligne.identifiant)
        return self

    def _controler(self) -> bool:
        if not self.ctx.controler(BENEFICIAIRES, self.ligne, self.personne, {}):
            return False
        try:
            self.personne.clean()
        except ValidationError as refus:
            self.ctx.refuser(BENEFICIAIRES, self.ligne, "date_naissance", " ".join(refus.messages))
            return False
        return True

    def _dire(self, objet: models.Model, changes: dict, colonnes: dict[str, str] | None = None) -> None:
        self.change = True
        if self.connu is not None:
            self.ctx.noter_changements(BENEFICIAIRES, self.ligne, objet, changes, colonnes or {})

    # --- Faits datés -------------------------------------------------------------------------------------------------
    def reprendre_les_faits(self, premier_contrat: datetime.date | None) -> None:
        if self.connu is not None and (self.connu.anonymise_le or self.est_fusionne):
            self.ctx.compter(BENEFICIAIRES, nouveau=False)
            return
        self._niveau(premier_contrat)
        self._critere(CodeCritere.RSA, "rsa", premier_contrat)
        self._critere(CodeCritere.RQTH, "rqth", premier_contrat)
        self._inscription(premier_contrat)
        self._domicile(premier_contrat)
        if self.connu is not None and self.change and not (verdict := self._modifiable(self.connu)):
            self.ctx.refuser(BENEFICIAIRES, self.ligne, "identifiant", verdict.motif)
        self.ctx.compter(BENEFICIAIRES, nouveau=self.connu is None, change=self.change)

    def _modifiable(self, connu: Beneficiaire) -> Verdict:
        return peut_modifier_dossier(self.ctx.acteur, connu)

    def _niveau(self, jour: datetime.date | None) -> None:
        """Le niveau repris est connu depuis toujours : il n'a pas de date dans le classeur."""
        if self.ligne.niveau is None:
            return
        connu = dernier_valable(self.faits.niveaux, jour)
        if connu is None:
            self._ajouter(NiveauAtteint(beneficiaire=self.personne, niveau=self.ligne.niveau))
        else:
            self._corriger(connu, {"niveau": self.ligne.niveau})

    def _critere(self, code: str, cle: str, jour: datetime.date | None) -> None:
        dit = getattr(self.ligne, cle)
        if dit is None:
            return
        criteres = [critere for critere in self.faits.criteres if critere.code == code]
        connu = dernier_valable(criteres, jour)
        if dit and connu is None:
            self._etablir(criteres, code, jour)
        elif not dit and connu is not None:
            self._retirer(connu, cle, jour)

    def _etablir(self, criteres: list[Critere], code: str, jour: datetime.date | None) -> None:
        """Repris avec une date plus tardive parce qu'un premier contrat manquait alors : la date recule, sans doublon."""
        tardif = min(
            (c for c in criteres if c.depuis and jour and c.depuis > jour), key=attrgetter("depuis"), default=None
        )
        if tardif is not None and tardif.piece_vue_le is None:
            self._corriger(tardif, {"depuis": jour}, forcer=True)
        else:
            self._ajouter(Critere(beneficiaire=self.personne, code=code, depuis=jour))

    def _retirer(self, connu: Critere, cle: str, jour: datetime.date | None) -> None:
        """Un critère repris se corrige ; un critère établi sur pièce par un facilitateur ne s'efface pas d'ici."""
        if connu.piece_vue_le is None and connu.depuis in (None, jour):
            self.ctx.plan.faits_de(Critere).retires.append(connu)
            self.change = True
            return
        raison = (
            "Le dossier dit oui, par un critère enregistré à l'écran : il est gardé. Corrigez le dossier s'il est faux."
        )
        avertir(self.ctx.rapport, BENEFICIAIRES, self.ligne, cle, raison, "non")

    def _inscription(self, jour: datetime.date | None) -> None:
        depuis = self.ligne.inscrit_depuis
        if depuis is None or any(inscription.depuis == depuis for inscription in self.faits.inscriptions):
            return
        connue = dernier_valable(self.faits.inscriptions, jour)
        if connue is None:
            self._ajouter(InscriptionEmploi(beneficiaire=self.personne, depuis=depuis))
        else:
            self._corriger(connue, {"depuis": depuis}, {"depuis": "inscrit_depuis"})

    def _ajouter(self, fait: models.Model) -> None:
        self.ctx.plan.faits_de(type(fait)).nouveaux.append(fait)
        self.change = True

    def _corriger(
        self, fait: models.Model, valeurs: dict, colonnes: dict[str, str] | None = None, forcer: bool = False
    ) -> None:
        if changes := self.ctx.poser(fait, valeurs):
            self.ctx.plan.faits_de(type(fait)).modifier(fait, set(changes))
            self.change = True
            if not forcer:
                self._dire(fait, changes, colonnes)

    # --- Domicile et quartier ----------------------------------------------------------------------------------------
    def _domicile(self, jour: datetime.date | None) -> None:
        adresse = {
            "adresse": self.ligne.adresse,
            "code_postal": self.ligne.code_postal,
            "commune": self.lieu,
        }
        if self.quartiers is None and not any(adresse.values()):
            return
        connu = dernier_valable(self.faits.domiciles, jour)
        if connu is None:
            domicile = Domicile(beneficiaire=self.personne, **{c: v for c, v in adresse.items() if v is not None})
            self._ajouter(domicile)
            self._rattacher(domicile, {})
            return
        rattachements = {r.millesime: r for r in self.ctx.etat.rattachements.get(connu.pk, [])}
        if changes := self.ctx.differences(connu, adresse):
            # L'adresse change : le point sur la carte et ce qu'il disait du quartier ne valent plus.
            self._corriger(connu, adresse)
            if connu.latitude is not None:
                connu.latitude = connu.longitude = None
                self.ctx.plan.faits_de(Domicile).modifier(connu, {"latitude", "longitude", *changes})
            for rattachement in rattachements.values():
                if rattachement.origine == OrigineRattachement.POLYGONE:
                    self._situer(rattachement, None, StatutQuartier.A_VERIFIER, OrigineRattachement.POLYGONE)
        self._rattacher(connu, rattachements)

    def _rattacher(self, domicile: Domicile, connus: dict[int, RattachementQuartier]) -> None:
        """Une ligne par millésime : le quartier du classeur, « hors QPV » s'il dit non, sinon à vérifier."""
        for millesime in Millesime.values:
            quartier = (self.quartiers or {}).get(millesime)
            if quartier is not None:
                statut, origine = StatutQuartier.OUI, OrigineRattachement.REPRISE
            elif self.ligne.quartiers == ():
                statut, origine = StatutQuartier.NON, OrigineRattachement.REPRISE
            else:
                statut, origine = StatutQuartier.A_VERIFIER, OrigineRattachement.POLYGONE
            connu = connus.get(millesime)
            if connu is None and (domicile.pk is None or statut != StatutQuartier.A_VERIFIER):
                self._ajouter(
                    RattachementQuartier(
                        domicile=domicile, millesime=millesime, quartier=quartier, statut=statut, origine=origine
                    )
                )
            elif connu is not None and statut != StatutQuartier.A_VERIFIER:
                self._situer(connu, quartier, statut, origine)

    def _situer(
        self, rattachement: RattachementQuartier, quartier: Any, statut: StatutQuartier, origine: OrigineRattachement
    ) -> None:
        cle = quartier.pk if quartier else None
        if rattachement.quartier_id == cle and rattachement.statut == statut:
            return
        if rattachement.origine == OrigineRattachement.DECISION:
            raison = "Le quartier de ce dossier a été décidé par un facilitateur : sa décision est gardée."
            avertir(
                self.ctx.rapport, BENEFICIAIRES, self.ligne, "quartiers", raison, quartier.code if quartier else "non"
            )
            return
        rattachement.quartier, rattachement.statut, rattachement.origine = quartier, statut, origine
        rattachement.distance_m, rattachement.motif = None, ""
        self.ctx.plan.faits_de(RattachementQuartier).modifier(
            rattachement, {"quartier", "statut", "origine", "distance_m", "motif"}
        )
        self.change = True


def faits(ctx: Contexte, premiers: dict[str, datetime.date]) -> None:
    for identifiant, dossier in ctx.personnes.items():
        if dossier is not None:
            dossier.reprendre_les_faits(premiers.get(identifiant))
