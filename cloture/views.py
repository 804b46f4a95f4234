"""La fin d'un engagement : ce qui manque, ce qui peut se proposer, et ses réglages."""

from django.urls import reverse

from cloture.attestations.services import lire_si_attestable
from cloture.carences.services import regler_la_fin
from cloture.constat import Constat, constater, est_fini, mois_ouverts
from cloture.enums import GenrePenalite, StatutPenalite
from cloture.forms import ReglagesClotureForm
from cloture.models import Attestation, ReglagesCloture
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from marches.models import Engagement
from marches.views.marches import jauge_marche
from socle.nombres import euros
from socle.views import FicheView, ReglagesView


class FinView(FicheView):
    """La fin d'un engagement : heures, retards, carences, pénalités, attestation ; un geste principal, celui qui suit."""

    intitule = "La fin d'un engagement"
    acces = FACILITATEURS
    model = Engagement
    template_name = "cloture/fin.html"

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
            penalite.etat = StatutPenalite(penalite.statut)  # type: ignore[attr-defined]  # pour le gabarit
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
