"""La fin d'un engagement : où l'on en est, ce qui manque, et ce qui se fait avant une pénalité."""

from functools import cached_property

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from marches.models import Engagement
from marches.views.marches import jauge_marche
from socle.acces import exiger_acces, ouverte_a
from socle.nombres import euros, jour
from socle.views import CreationView, FicheView, ReglagesView, verbe
from socle.views.bases import objet_ou_404
from socle.views.documents import reponse_fichier
from suivi.cloture import Constat, constater, est_fini, mois_ouverts
from suivi.enums import GenrePenalite, StatutPenalite
from suivi.forms_cloture import CarenceForm, MiseEnDemeureForm, ReglagesClotureForm, RemiseForm, aujourd_hui
from suivi.models import Attestation, Carence, MiseEnDemeure, ReglagesCloture
from suivi.services.attestations import lire_si_attestable
from suivi.services.carences import (
    annuler_carence,
    constater_carence,
    mettre_en_demeure,
    regler_la_fin,
    remettre_la_mise_en_demeure,
)

LECTEURS_DES_COURRIERS = FACILITATEURS | {Role.MAITRE_OUVRAGE, Role.ENTREPRISE}


class FinView(FicheView):
    """La fin d'un engagement : heures, retards, carences, pénalités, attestation ; un geste principal, celui qui suit."""

    acces = FACILITATEURS
    model = Engagement
    template_name = "suivi/fin.html"

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def get_context_data(self, **kwargs):
        engagement = self.object
        constat = constater(engagement)
        ouverts = mois_ouverts(constat)
        attestations = list(engagement.attestations.all())
        attestable = lire_si_attestable(constat, ouverts)
        courante = next((a for a in attestations if a.est_courante), None)
        for penalite in constat.penalites:
            penalite.etat = StatutPenalite(penalite.statut)
        return {
            **super().get_context_data(**kwargs),
            "panneaux": [],
            "marche": constat.marche,
            "constat": constat,
            "jauge": jauge_marche(constat.marche, engagement.heures_dues, engagement.heures_realisees),
            "ouverts": ouverts if est_fini(constat.marche, constat.le) else [],
            "propositions": _propositions(constat),
            "attestations": attestations,
            "courante": courante,
            "attestable": attestable,
            "suite": _suite(self.acteur, constat, attestable, courante),
        }


def _propositions(constat: Constat) -> list[dict]:
    """Ce que chaque barème du marché donnerait aujourd'hui, ou pourquoi rien ne se propose."""
    deja = {p.genre for p in constat.penalites if p.est_ouverte}
    deja |= {
        p.genre for p in constat.penalites if p.genre == GenrePenalite.HEURES and p.statut != StatutPenalite.RETIREE
    }
    propositions = []
    for genre in GenrePenalite:
        verdict = constat.verdict(genre)
        adresse = reverse("suivi:penalite_proposer", args=[constat.engagement.uuid, genre])
        if genre not in deja:
            montant = constat.calcul(genre).montant if verdict else None
            propositions.append({"genre": genre.label, "verdict": verdict, "adresse": adresse, "montant": montant})
    return propositions


def _suite(acteur, constat: Constat, attestable, courante: Attestation | None) -> tuple[str, str] | None:
    """Le geste principal : faire avancer la pénalité ouverte, en proposer une, ou attester."""
    if not acteur.peut_ecrire:
        return None
    if ouverte := next((p for p in constat.penalites if p.est_ouverte or p.statut == StatutPenalite.DECIDEE), None):
        return "Suivre la pénalité", ouverte.get_absolute_url()
    for proposition in _propositions(constat):
        if proposition["montant"]:
            return f"Proposer une pénalité de {euros(proposition['montant'])}", proposition["adresse"]
    if attestable and courante is None:
        return "Émettre l'attestation", reverse("suivi:attestation_emettre", args=[constat.engagement.uuid])
    return None


class _DeLEngagementView(CreationView):
    """Base : ce qui s'enregistre sur la fin d'un engagement, puis sa page."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Engagement

    def get_initial(self):
        return aujourd_hui()

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("suivi:fin", args=[self.parent.uuid])


class MiseEnDemeureView(_DeLEngagementView):
    """Enregistrer une mise en demeure et préparer sa lettre."""

    form_class = MiseEnDemeureForm
    titre = "Mettre en demeure"
    bouton = "Enregistrer et préparer la lettre"
    message = "Mise en demeure enregistrée : sa lettre se prépare. Envoyez-la en recommandé, puis datez sa réception."

    def enregistrer(self, form):
        return mettre_en_demeure(acteur=self.acteur, engagement=self.parent, **form.cleaned_data)


class RemiseMiseEnDemeureView(CreationView):
    """Dire comment et quand une mise en demeure est parvenue à l'entreprise."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = MiseEnDemeure
    form_class = RemiseForm
    titre = "Dater la réception de la mise en demeure"
    bouton = "Enregistrer la réception"
    message = "Réception enregistrée : les jours de retard courent de ce jour."

    def dispatch(self, request, *args, **kwargs):
        exiger_acces(request, self.acces)
        if self.parent.remise_le:
            messages.info(request, f"Sa réception est déjà datée : le {jour(self.parent.remise_le)}.")
            return redirect(self.get_retour())
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def parent(self) -> MiseEnDemeure:
        visibles = MiseEnDemeure.objects.visibles_par(self.acteur).select_related("engagement")
        return objet_ou_404(MiseEnDemeure, self.acteur, self.kwargs["uuid"], visibles)

    def get_initial(self):
        return aujourd_hui()

    def enregistrer(self, form):
        return remettre_la_mise_en_demeure(acteur=self.acteur, mise_en_demeure=self.parent, **form.cleaned_data)

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return self.parent.get_absolute_url()


class CarenceView(_DeLEngagementView):
    """Constater qu'aucun candidat n'a pu être présenté."""

    form_class = CarenceForm
    titre = "Constater une carence de candidats"
    bouton = "Enregistrer le constat"
    message = "Carence constatée."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "engagement": self.parent}

    def enregistrer(self, form):
        return constater_carence(acteur=self.acteur, engagement=self.parent, **form.valeurs())


@verbe(FACILITATEURS_QUI_ECRIVENT, Carence)
def annuler(request: HttpRequest, carence: Carence):
    """Annuler un constat de carence."""
    annuler_carence(acteur=request.acteur, carence=carence)
    messages.success(request, "Constat annulé : ses heures comptent de nouveau dans les pénalités à venir.")


@ouverte_a(LECTEURS_DES_COURRIERS)
@require_GET
def lettre_de_mise_en_demeure(request: HttpRequest, uuid) -> HttpResponse:
    """Télécharger une mise en demeure"""
    visibles = MiseEnDemeure.objects.visibles_par(request.acteur).select_related("document", "engagement")
    mise = objet_ou_404(MiseEnDemeure, request.acteur, uuid, visibles)
    if mise.document and mise.document.est_pret:
        return reponse_fichier(request, mise.document)
    messages.info(request, "La lettre se prépare : réessayez dans un instant.")
    return redirect(mise if request.acteur.est_facilitateur else "accueil")


class ReglagesClotureView(ReglagesView):
    """Le délai du contradictoire et les seuils de l'attestation."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = ReglagesCloture
    form_class = ReglagesClotureForm
    titre = "Fin des engagements : délais et seuils"

    def enregistrer(self, form):
        return regler_la_fin(acteur=self.acteur, **form.valeurs())

    def get_retour(self):
        return reverse("suivi:penalites")
