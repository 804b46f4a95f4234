"""La saisie d'un mois par l'entreprise : ses heures, une personne de plus, un fichier, enregistrés d'un même envoi."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import render

from declarations.annonces.forms import JustificatifForm, PersonneAnnonceeForm, ReportsForm
from declarations.annonces.services.justificatifs import JUSTIFICATIFS_MAX, deposer_justificatif, retirer_justificatif
from declarations.annonces.services.personnes import annoncer_personne, annonces_jusqu_au_mois, retirer_annonce
from declarations.cases import est_une_presence
from declarations.enums import StatutDeclaration
from declarations.forms.declaration import DeclarationForm
from declarations.models import Declaration, Justificatif, LigneHeures, PersonneAnnoncee
from declarations.services.declarations import garder_brouillon
from declarations.services.vu import valeurs_du_mois
from declarations.views.declarant import Declarant
from recrutement.models import Contrat
from socle.nombres import heures, mois_annee
from socle.periodes import ajouter_mois
from socle.requetes import Requete
from socle.versions import VersionDepassee

PANNE = "La base de données ne répond pas : rien n'est enregistré, votre saisie est là. Renvoyez-la dans une minute."


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
        self.annonces, a_reporter = annonces_jusqu_au_mois(declaration)
        self.reports = ReportsForm(donnees, acteur=qui.acteur, annonces=a_reporter)
        self.fichier = JustificatifForm(donnees, request.FILES or None if donnees is not None else None)
        self.changements: list = []
        self.en_panne = False
        self.etait_envoyee = declaration.statut == StatutDeclaration.A_VALIDER
        self.reste_envoyee = False

    def enregistrer(self) -> str:
        """Rend l'adresse suivante ; rien s'il faut remontrer la page, tout ce qui est tapé compris."""
        bons = [form.is_valid() for form in (self.heures, self.reports, self.personne, self.fichier)]
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
        ajoute = self.personne.has_changed() or bool(self.reports.reprises())
        return retire or ajoute or bool(self.fichier.cleaned_data.get("fichier"))

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
            for annoncee in self.reports.reprises():
                annoncer_personne(acteur=acteur, declaration=declaration, **annoncee)
        except ValidationError as refus:
            self.reports.reporter(refus)
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
        return self.qui.liste

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
            "form_reports": self.reports,
            "form_fichier": self.fichier,
            "contrats": self.contrats,
            "envoyee": self.etait_envoyee,
            "changements": [(self.heures.libelle(c.champ), c.avant, c.apres) for c in self.changements],
            "panne": PANNE if self.en_panne else "",
            "retour": qui.liste,
            "aucune": qui.adresse("aucune_heure", declaration),
            **({} if self.en_panne else self._deja_enregistre()),
        }
        statut = HTTPStatus.SERVICE_UNAVAILABLE if self.en_panne else HTTPStatus.OK
        return render(self.request, "declarations/declarer.html", contexte, status=statut)

    def _deja_enregistre(self) -> dict:
        """Ce que la page montre autour de la saisie ; une base en panne la laisse se remontrer sans."""
        joints = list(self.declaration.justificatifs.joints())
        for joint in joints:
            joint.adresse = adresse_du_fichier(self.qui, self.declaration, joint)
        self.heures.rappeler(rappels_du_mois_d_avant(self.declaration, self.contrats))
        valeurs = valeurs_du_mois(self.declaration) if self.valeurs is None else self.valeurs
        presence = (valeur for cle, valeur in valeurs.items() if est_une_presence(cle))
        return {
            "total": sum(heures for heures in presence if heures),
            "annonces": self.annonces,
            "joints": joints,
            "encore_un_fichier": len(joints) < JUSTIFICATIFS_MAX,
        }


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
