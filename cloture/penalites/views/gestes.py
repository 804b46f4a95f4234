"""Les gestes d'une pénalité, de la lettre à la notification : chacun sur sa page, puis retour à celle de la pénalité."""

from functools import cached_property

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from cloture.constat import reglages_de_cloture
from cloture.enums import TRANSITIONS_PENALITE, DecisionPenalite, StatutPenalite
from cloture.forms import aujourd_hui
from cloture.lettres import services as lettres
from cloture.lettres.forms import LettreForm, RemiseForm
from cloture.models import Penalite
from cloture.penalites import services
from cloture.penalites.forms import DecisionForm, NotificationForm, ObservationsForm, RetraitForm
from comptes.enums import FACILITATEURS_QUI_ECRIVENT, Role
from socle.acces import exiger_acces
from socle.nombres import euros, jour
from socle.views import CreationView
from socle.views.bases import objet_ou_404

DECIDEURS = FACILITATEURS_QUI_ECRIVENT | {Role.MAITRE_OUVRAGE}
QUI_OBSERVENT = FACILITATEURS_QUI_ECRIVENT | {Role.ENTREPRISE}


def pourquoi_pas(transition: str, penalite: Penalite) -> str:
    """Ce qui s'est déjà passé, ou ce qui doit venir d'abord."""
    match penalite.statut:
        case StatutPenalite.RETIREE:
            return "Cette proposition est retirée : il n'y a plus rien à y faire."
        case StatutPenalite.PROPOSEE:
            return "La lettre contradictoire n'est pas encore partie : l'entreprise doit d'abord pouvoir répondre."
        case StatutPenalite.LETTRE_PRETE:
            return "La lettre est préparée, mais pas encore partie : le délai ne court pas."
        case StatutPenalite.DECIDEE | StatutPenalite.NOTIFIEE:
            assert penalite.decidee_le
            montant = euros(penalite.montant_decide) if penalite.montant_decide else "aucune pénalité"
            notifiee = f" Elle est notifiée depuis le {jour(penalite.notifiee_le)}." if penalite.notifiee_le else ""
            return f"Décision déjà prise le {jour(penalite.decidee_le)} : {montant}.{notifiee}"
    if transition == "notifier":
        return "La décision n'est pas encore prise : il n'y a rien à notifier."
    assert penalite.lettre_le
    return f"La lettre contradictoire est déjà partie, le {jour(penalite.lettre_le)}."


class _GesteView(CreationView):
    """Base : un geste sur une pénalité, puis sa page. Dans un état qui ne le permet plus, sa page d'emblée, et pourquoi."""

    acces = FACILITATEURS_QUI_ECRIVENT
    template_name = "cloture/penalite_geste.html"
    transition = ""

    def dispatch(self, request, *args, **kwargs):
        exiger_acces(request, self.acces)
        if not TRANSITIONS_PENALITE.verdict(self.transition, self.parent.statut):
            messages.info(request, pourquoi_pas(self.transition, self.parent))
            return redirect(self.get_retour())
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def parent(self) -> Penalite:
        visibles = Penalite.objects.visibles_par(self.acteur).avec_contexte()
        return objet_ou_404(Penalite, self.acteur, self.kwargs["uuid"], visibles)

    def get_initial(self):
        return aujourd_hui()

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "penalite": self.parent}

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return self.parent.get_absolute_url()


class EnvoiView(_GesteView):
    """Envoyer la lettre contradictoire."""

    form_class = LettreForm
    transition = "envoyer"
    titre = "Envoyer la lettre contradictoire"
    bouton = "Envoyer la lettre"
    message = "La lettre se prépare en PDF. Le délai pour répondre court du jour où elle part."

    def get_initial(self):
        delai = reglages_de_cloture(self.acteur.organisation).jours_pour_repondre
        return {"repondre_avant": lettres.terme_du_delai(delai)}

    def enregistrer(self, form):
        return lettres.envoyer_la_lettre(acteur=self.acteur, penalite=self.parent, **form.cleaned_data)


class RemiseView(_GesteView):
    """Dire comment et quand la lettre est parvenue à l'entreprise."""

    form_class = RemiseForm
    transition = "partir"
    titre = "Dater la remise de la lettre"
    bouton = "Enregistrer la remise"
    message = "Remise enregistrée : le délai pour répondre court du jour de la remise."

    def enregistrer(self, form):
        return lettres.remettre_la_lettre(acteur=self.acteur, penalite=self.parent, **form.cleaned_data)


class ObservationsView(_GesteView):
    intitule = "Répondre à la lettre contradictoire"
    acces = QUI_OBSERVENT
    form_class = ObservationsForm
    transition = "observer"
    message = "Observations enregistrées."

    @property
    def bouton(self):  # type: ignore[override]  # il dépend de qui répond
        return "Envoyer mes observations" if self.acteur.role == Role.ENTREPRISE else "Enregistrer sa réponse"

    def get_titre(self):
        return "Vos observations" if self.acteur.role == Role.ENTREPRISE else "Recopier la réponse de l'entreprise"

    def enregistrer(self, form):
        return services.recevoir_observations(acteur=self.acteur, penalite=self.parent, **form.cleaned_data)


class DecisionView(_GesteView):
    """La décision de l'acheteur : la choisir, la relire, la confirmer."""

    intitule = "La décision de l'acheteur"
    acces = DECIDEURS
    form_class = DecisionForm
    transition = "decider"
    bouton = "Relire avant de décider"
    message = "Décision enregistrée."

    def get_titre(self):
        return "Votre décision" if self.acteur.role == Role.MAITRE_OUVRAGE else "Consigner la décision de l'acheteur"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "penalite": self.parent}

    def form_valid(self, form):
        if "corriger" in self.request.POST:
            return self.form_invalid(form)
        if "confirmer" not in self.request.POST:
            return self._faire_relire(form)
        return super().form_valid(form)

    def _faire_relire(self, form) -> HttpResponse:
        contexte = self.get_context_data(form=form)
        choix = DecisionPenalite(form.cleaned_data["decision"])
        saisie = [(nom, form.data.get(nom, "")) for nom in form.fields]
        contexte |= {"choix": choix.label, "retenu": form.retenu, "motif": form.cleaned_data["motif"], "saisie": saisie}
        return render(self.request, "cloture/penalite_confirmer.html", contexte)

    def enregistrer(self, form):
        return services.decider_penalite(acteur=self.acteur, penalite=self.parent, **form.cleaned_data)


class NotificationView(_GesteView):
    """Dater la notification de la décision."""

    acces = DECIDEURS
    form_class = NotificationForm
    transition = "notifier"
    titre = "Dater la notification"
    bouton = "Enregistrer la date"
    message = "Notification datée : la pénalité est close."

    def enregistrer(self, form):
        return services.notifier_penalite(acteur=self.acteur, penalite=self.parent, **form.cleaned_data)


class RetraitView(_GesteView):
    """Retirer une proposition."""

    form_class = RetraitForm
    transition = "retirer"
    titre = "Retirer la proposition"
    bouton = "Retirer la proposition"
    message = "Proposition retirée."

    def enregistrer(self, form):
        return services.retirer_penalite(acteur=self.acteur, penalite=self.parent, **form.cleaned_data)
