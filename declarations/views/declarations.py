"""Ce que déclare l'entreprise, de son espace ou par son lien signé : les mêmes pages, la même portée."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from comptes.acteur import Acteur
from comptes.enums import Role
from declarations.annonces.forms import JustificatifForm, PersonneAnnonceeForm
from declarations.annonces.services.justificatifs import JUSTIFICATIFS_MAX, deposer_justificatif, retirer_justificatif
from declarations.annonces.services.personnes import annoncer_personne, retirer_annonce
from declarations.cases import est_une_presence
from declarations.enums import StatutDeclaration
from declarations.forms.declaration import DeclarationForm
from declarations.models import Declaration, Justificatif, LigneHeures, PersonneAnnoncee
from declarations.permissions import peut_declarer
from declarations.querysets import DeclarationQuerySet
from declarations.services.declarations import (
    declarer_aucune_heure,
    envoyer_declaration,
    garder_brouillon,
)
from declarations.services.liens import USAGE_DECLARATION
from declarations.services.vu import valeurs_du_mois
from entreprises.models import FicheEntreprise
from recrutement.models import Contrat
from socle.acces import ouverte_a
from socle.intitules import intitule_de, intitulee
from socle.nombres import heures, mois_annee
from socle.periodes import ajouter_mois
from socle.requetes import Requete
from socle.versions import VersionDepassee
from socle.views.bases import PaginateurDoux
from socle.views.documents import depot_en_piece_jointe
from socle.views.liens import a_donne_son_code, demander_code, ouverte_par_lien

ENTREPRISES = frozenset({Role.ENTREPRISE})
MONTREES = 12
PANNE = "La base de données ne répond pas : rien n'est enregistré, votre saisie est là. Renvoyez-la dans une minute."
PANNE_D_ENVOI = (
    "La base de données ne répond pas. Rien n'est envoyé, votre brouillon est gardé : réessayez dans une minute."
)


@dataclass(frozen=True, slots=True)
class Declarant:
    """Qui déclare : sa portée, son adresse à garder, le gabarit et les adresses de ses pages."""

    acteur: Acteur
    declarations: DeclarationQuerySet
    courriel: str
    base: str
    adresse: Callable[..., str]

    def declaration(self, uuid: UUID) -> Declaration:
        return get_object_or_404(self.declarations.avec_contexte(), uuid=uuid)


def par_compte(vue: Callable) -> Callable:
    """La page d'une entreprise connectée."""

    @ouverte_a(ENTREPRISES)
    @require_http_methods(["GET", "HEAD", "POST"])
    def enveloppe(request: Requete, declaration: UUID | None = None, **reste) -> HttpResponse:
        def adresse(page: str, *objets) -> str:
            return reverse(f"suivi:{page}", args=[objet.uuid for objet in objets])

        siennes = Declaration.objects.visibles_par(request.acteur)
        qui = Declarant(request.acteur, siennes, "", "base.html", adresse)
        return vue(request, qui, *([qui.declaration(declaration)] if declaration else []), **reste)

    return intitulee(intitule_de(vue))(enveloppe)


def par_lien(vue: Callable, *, noms: bool = True) -> Callable:
    """La même page, entré par le lien d'une structure. `noms` : elle en montre, un marché peut vouloir un code d'abord."""

    @ouverte_par_lien(USAGE_DECLARATION)
    @require_http_methods(["GET", "HEAD", "POST"])
    def enveloppe(request: Requete, uuid: UUID, declaration: UUID | None = None, **reste) -> HttpResponse:
        fiche = get_object_or_404(FicheEntreprise, uuid=uuid)

        def adresse(page: str, *objets) -> str:
            return reverse(f"suivi:{page}_par_lien", args=[uuid, *(objet.uuid for objet in objets)])

        acteur = Acteur.par_lien(request.lien, Role.ENTREPRISE)
        siennes = Declaration.objects.de_la_fiche(fiche)
        qui = Declarant(acteur, siennes, request.lien.destinataire, "base_simple.html", adresse)
        if declaration is None:
            return vue(request, qui, **reste)
        objet = qui.declaration(declaration)
        if noms and not a_donne_son_code(request) and siennes.un_code_est_demande():
            return redirect(adresse("code", objet))
        return vue(request, qui, objet, **reste)

    return intitulee(f"{intitule_de(vue)}, par un lien signé")(enveloppe)


@intitulee("Déclarer mes heures d'insertion")
def _mes_declarations(request: Requete, qui: Declarant) -> HttpResponse:
    toutes = qui.declarations.avec_contexte().order_by("-mois", "engagement__lot__marche__reference", "pk")
    jour = timezone.localdate()
    # La plus pressée d'abord : la première carte est celle qu'on attend le plus.
    a_declarer = list(toutes.a_declarer().order_by("echeance", "mois", "pk"))
    for declaration in a_declarer:
        declaration.etat = StatutDeclaration(declaration.statut)
        declaration.en_retard = declaration.est_en_retard(jour)
        declaration.remplir = qui.adresse("declarer", declaration)
        declaration.aucune = qui.adresse("aucune_heure", declaration)
    deja = toutes.exclude(statut__in=StatutDeclaration.chez_l_entreprise())
    faites = PaginateurDoux(deja, MONTREES).get_page(request.GET.get("page"))
    faites.object_list = list(faites.object_list)
    for declaration in faites:
        declaration.etat = StatutDeclaration(declaration.statut)
        declaration.remplir = "" if declaration.est_validee else qui.adresse("declarer", declaration)
        declaration.relire = qui.adresse("verifier", declaration) if declaration.est_validee else ""
    contexte = {"base": qui.base, "a_declarer": a_declarer, "faites": faites}
    return render(request, "declarations/mes_declarations.html", contexte)


@intitulee("Déclarer les heures d'un mois")
def _declarer(request: Requete, qui: Declarant, declaration: Declaration) -> HttpResponse:
    if not (verdict := peut_declarer(qui.acteur, declaration)):
        messages.error(request, verdict.motif)
        return redirect(_liste(qui))
    saisie = Saisie(request, qui, declaration)
    if request.method == "POST" and (suite := saisie.enregistrer()):
        return redirect(suite)
    return saisie.page()


class Saisie:
    """Le formulaire d'un mois : les heures, une personne de plus, un fichier, enregistrés d'un même envoi."""

    def __init__(self, request: Requete, qui: Declarant, declaration: Declaration):
        self.request, self.qui, self.declaration = request, qui, declaration
        donnees = request.POST if request.method == "POST" else None
        self.contrats = contrats_du_mois(declaration)
        # Un envoi dit lui-même ce qu'il montrait : les valeurs, les rappels et les pièces ne se lisent que pour la page.
        self.valeurs = valeurs_du_mois(declaration) if donnees is None else None
        self.heures = DeclarationForm(donnees, acteur=qui.acteur, contrats=self.contrats, valeurs=self.valeurs)
        self.personne = PersonneAnnonceeForm(donnees, acteur=qui.acteur)
        self.fichier = JustificatifForm(donnees, request.FILES or None if donnees is not None else None)
        self.changements: list = []
        self.en_panne = False
        self.etait_envoyee = declaration.statut == StatutDeclaration.A_VALIDER
        self.reste_envoyee = False

    def enregistrer(self) -> str:
        """Rend l'adresse suivante ; rien s'il faut remontrer la page, tout ce qui est tapé compris."""
        bons = [form.is_valid() for form in (self.heures, self.personne, self.fichier)]
        try:
            self._retirer()
            if not (all(bons) and self._garder()):
                return ""
        except OperationalError:
            self.en_panne = True
            return ""
        return self._suite()

    def _retirer(self) -> None:
        acteur, declaration = self.qui.acteur, self.declaration
        gestes = [
            (champ, service, cle)
            for champ, service in (("annonce", retirer_annonce), ("justificatif", retirer_justificatif))
            if (cle := _uuid(self.request.POST.get(f"retirer_{champ}", "")))
        ]
        for champ, service, cle in gestes:
            service(acteur=acteur, declaration=declaration, **{champ: cle})

    def _change_ce_qui_est_joint(self) -> bool:
        """Une personne ou un fichier s'ajoute ou se retire avec les heures."""
        retire = any(self.request.POST.get(f"retirer_{champ}") for champ in ("annonce", "justificatif"))
        return retire or self.personne.has_changed() or bool(self.fichier.cleaned_data.get("fichier"))

    def _garder(self) -> bool:
        acteur, declaration = self.qui.acteur, self.declaration
        try:
            gardee = garder_brouillon(
                acteur=acteur,
                declaration=declaration,
                heures=self.heures.heures(),
                version=self.heures.version_vue,
                autre_changement=self._change_ce_qui_est_joint(),
            )
            self.reste_envoyee = gardee.statut == StatutDeclaration.A_VALIDER
        except VersionDepassee as depassee:
            self.changements = depassee.changements
            self.heures.repartir_de(depassee.valeurs)
            return False
        except ValidationError as refus:
            self.heures.reporter(refus)
            return False
        try:
            if self.personne.has_changed():
                annoncer_personne(acteur=acteur, declaration=declaration, **self.personne.valeurs())
        except ValidationError as refus:
            self.personne.reporter(refus)
            return False
        try:
            if fichier := self.fichier.cleaned_data.get("fichier"):
                deposer_justificatif(
                    acteur=acteur, declaration=declaration, fichier=fichier, declarant=self.qui.courriel
                )
        except ValidationError as refus:
            self.fichier.reporter(refus)
            return False
        return True

    def _suite(self) -> str:
        if "verifier" in self.request.POST:
            return self.qui.adresse("verifier", self.declaration)
        if any(nom in self.request.POST for nom in ("ajouter", "joindre", "retirer_annonce", "retirer_justificatif")):
            self._dire("C'est noté, en brouillon : il reste à vérifier puis envoyer.")
            return self.qui.adresse("declarer", self.declaration)
        self._dire("Brouillon gardé : il n'est pas encore envoyé.")
        return _liste(self.qui)

    def _dire(self, message: str) -> None:
        """Un mois déjà envoyé qui revient à l'entreprise le dit ; le même contenu n'a rien changé."""
        if self.reste_envoyee:
            messages.info(self.request, "Rien n'a changé : ce mois reste envoyé.")
        elif self.etait_envoyee:
            messages.warning(self.request, "C'est gardé, et ce mois vous revient : envoyez-le de nouveau.")
        else:
            messages.success(self.request, message)

    def page(self) -> HttpResponse:
        qui, declaration = self.qui, self.declaration
        contexte = {
            "base": qui.base,
            "declaration": declaration,
            "marche": nommer_le_marche(declaration),
            "form": self.heures,
            "form_personne": self.personne,
            "form_fichier": self.fichier,
            "contrats": self.contrats,
            "envoyee": self.etait_envoyee,
            "changements": [(self.heures.libelle(c.champ), c.avant, c.apres) for c in self.changements],
            "panne": PANNE if self.en_panne else "",
            "retour": _liste(qui),
            "aucune": qui.adresse("aucune_heure", declaration),
            **({} if self.en_panne else self._deja_enregistre()),
        }
        statut = HTTPStatus.SERVICE_UNAVAILABLE if self.en_panne else HTTPStatus.OK
        return render(self.request, "declarations/declarer.html", contexte, status=statut)

    def _deja_enregistre(self) -> dict:
        """Ce que la page montre autour de la saisie ; une base en panne la laisse se remontrer sans."""
        joints, annonces = lire_ce_qui_est_joint(self.declaration)
        for joint in joints:
            joint.adresse = adresse_du_fichier(self.qui, self.declaration, joint)  # type: ignore[attr-defined]  # au gabarit
        self.heures.rappeler(rappels_du_mois_d_avant(self.declaration, self.contrats))
        valeurs = valeurs_du_mois(self.declaration) if self.valeurs is None else self.valeurs
        presence = (valeur for cle, valeur in valeurs.items() if est_une_presence(cle))
        return {
            "total": sum(heures for heures in presence if heures),
            "annonces": annonces,
            "joints": joints,
            "encore_un_fichier": len(joints) < JUSTIFICATIFS_MAX,
        }


@intitulee("Relire puis envoyer une déclaration")
def _verifier(request: Requete, qui: Declarant, declaration: Declaration) -> HttpResponse:
    # Lu avant d'envoyer : si la base lâche, la page se remontre sans elle.
    page = _relecture(request, qui, declaration)
    if request.method != "POST":
        return page()
    try:
        return _conclure(request, qui, envoyer_declaration, declaration)
    except OperationalError:
        return page(PANNE_D_ENVOI)


def _relecture(request: Requete, qui: Declarant, declaration: Declaration) -> Callable[..., HttpResponse]:
    lignes = list(
        declaration.lignes.select_related("contrat__beneficiaire").order_by("contrat__beneficiaire__nom_plie", "pk")
    )
    departs = {depart.contrat_id: depart for depart in declaration.departs.a_traiter()}
    for ligne in lignes:
        ligne.depart = departs.get(ligne.contrat_id)  # type: ignore[attr-defined]  # au gabarit
    dits = {ligne.contrat_id for ligne in lignes}
    joints, annonces = lire_ce_qui_est_joint(declaration)
    for joint in joints:
        joint.adresse = adresse_du_fichier(qui, declaration, joint)  # type: ignore[attr-defined]  # au gabarit
    contexte = {
        "base": qui.base,
        "declaration": declaration,
        "marche": nommer_le_marche(declaration),
        "lignes_heures": lignes,
        "annonces": annonces,
        "joints": joints,
        "sans_heures": [contrat for contrat in contrats_du_mois(declaration) if contrat.pk not in dits],
        "travail": sum(ligne.heures_travaillees for ligne in lignes),
        "formation": sum(ligne.heures_formation for ligne in lignes),
        "declarees": sum(ligne.heures_travaillees + ligne.heures_formation for ligne in lignes),
        "retenues": sum(ligne.heures for ligne in lignes),
        "corriger": qui.adresse("declarer", declaration),
        "modifiable": bool(peut_declarer(qui.acteur, declaration)),
    }

    def montrer(panne: str = "") -> HttpResponse:
        statut = HTTPStatus.SERVICE_UNAVAILABLE if panne else HTTPStatus.OK
        return render(request, "declarations/verifier.html", {**contexte, "panne": panne}, status=statut)

    return montrer


@intitulee("Dire qu'il n'y a aucune heure ce mois-ci")
def _aucune_heure(request: Requete, qui: Declarant, declaration: Declaration) -> HttpResponse:
    if request.method != "POST":
        return redirect(qui.adresse("declarer", declaration))
    return _conclure(request, qui, declarer_aucune_heure, declaration)


@intitulee("Télécharger un justificatif joint")
def _justificatif(request: Requete, qui: Declarant, declaration: Declaration, justificatif: UUID) -> HttpResponseBase:
    joint = get_object_or_404(declaration.justificatifs.joints(), uuid=justificatif)
    return depot_en_piece_jointe(request, joint)


@intitulee("Donner le code reçu par courriel avant de voir des noms")
def _code(request: Requete, qui: Declarant, declaration: Declaration) -> HttpResponse:
    return demander_code(request, suite=qui.adresse("declarer", declaration), retour=_liste(qui))


def _conclure(request: Requete, qui: Declarant, service: Callable, declaration: Declaration) -> HttpResponse:
    if not (verdict := peut_declarer(qui.acteur, declaration)):
        messages.error(request, verdict.motif)
        return redirect(_liste(qui))
    try:
        service(acteur=qui.acteur, declaration=declaration, declarant=qui.courriel)
    except ValidationError as refus:
        for motif in refus.messages:
            messages.error(request, motif)
        return redirect(qui.adresse("declarer", declaration))
    messages.success(
        request, f"Merci : {mois_annee(declaration.mois)} est déclaré. Corrigez-le ici tant qu'il n'est pas validé."
    )
    return redirect(_liste(qui))


def _liste(qui: Declarant) -> str:
    return qui.adresse("mes_declarations")


def nommer_le_marche(declaration: Declaration) -> str:
    """« 2026-014, lot 1 · Groupe scolaire » : deux marchés du même objet se distinguent."""
    lot = declaration.engagement.lot
    return f"{lot.marche.reference}, lot {lot.numero} · {lot.marche.objet}"


def lire_ce_qui_est_joint(declaration: Declaration) -> tuple[list[Justificatif], list[PersonneAnnoncee]]:
    return list(declaration.justificatifs.joints()), list(declaration.personnes_annoncees.a_traiter())


def adresse_du_fichier(qui: Declarant, declaration: Declaration, justificatif) -> str:
    return qui.adresse("justificatif_declare", declaration, justificatif)


def _uuid(texte: str) -> UUID | None:
    try:
        return UUID(texte)
    except ValueError:
        return None


def contrats_du_mois(declaration: Declaration) -> list[Contrat]:
    contrats = Contrat.objects.actifs().filter(engagement=declaration.engagement).pendant_le_mois(declaration.mois)
    du_mois = list(contrats.select_related("beneficiaire", "convention").order_by("beneficiaire__nom_plie", "pk"))
    for contrat in du_mois:
        contrat.engagement = declaration.engagement  # déjà lu, avec son marché
    return du_mois


def rappels_du_mois_d_avant(declaration: Declaration, contrats: list[Contrat]) -> dict[int, str]:
    """Ce qui était déclaré le mois d'avant : un repère à lire, jamais une valeur déjà écrite."""
    mois = ajouter_mois(declaration.mois, -1)
    lignes = LigneHeures.objects.filter(contrat__in=contrats, mois=mois)
    return {ligne.contrat_id: f"Comme en {mois_annee(mois)} : {heures(ligne.heures_travaillees)}" for ligne in lignes}


mes_declarations = par_compte(_mes_declarations)
mes_declarations_par_lien = par_lien(_mes_declarations, noms=False)
declarer, declarer_par_lien = par_compte(_declarer), par_lien(_declarer)
verifier, verifier_par_lien = par_compte(_verifier), par_lien(_verifier)
aucune_heure, aucune_heure_par_lien = par_compte(_aucune_heure), par_lien(_aucune_heure, noms=False)
justificatif_declare, justificatif_declare_par_lien = par_compte(_justificatif), par_lien(_justificatif)
code_par_lien = par_lien(_code, noms=False)
