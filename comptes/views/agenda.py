"""L'agenda à l'écran, mois par mois, et son abonnement pour l'agenda du téléphone ou du bureau."""

import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import TemplateView
from icalendar import Calendar, Event

from comptes import services
from comptes.enums import FACILITATEURS, Role
from comptes.models import AbonnementAgenda
from socle.acces import PUBLIC, ouverte_a
from socle.agenda import agenda_de
from socle.intitules import intitulee
from socle.lecture import lire_mois
from socle.periodes import ajouter_mois, dernier_jour, premier_jour
from socle.requetes import Requete
from socle.texte import nettoyer
from socle.views import VueProtegee

LECTEURS = FACILITATEURS | {Role.MAITRE_OUVRAGE}
MOIS_PASSES, MOIS_A_VENIR = 3, 18


class AgendaView(VueProtegee, TemplateView):
    intitule = "Un mois de l'agenda"
    acces = LECTEURS
    template_name = "comptes/agenda.html"

    def get_context_data(self, **kwargs):
        aujourd_hui = timezone.localdate()
        mois = _mois_demande(self.request.GET.get("mois", ""), aujourd_hui)
        retards = "retards" in self.request.GET
        abonnement = AbonnementAgenda.objects.visibles_par(self.acteur).en_vigueur().first()
        return {
            **super().get_context_data(**kwargs),
            "mois": mois,
            "avant": ajouter_mois(mois, -1),
            "apres": ajouter_mois(mois, 1),
            "ce_mois": premier_jour(aujourd_hui),
            "aujourd_hui": aujourd_hui,
            "retards": retards,
            "evenements": _en_retard(self.acteur, aujourd_hui)
            if retards
            else agenda_de(self.acteur, mois, dernier_jour(mois)),
            "abonnement": abonnement,
        }


def _en_retard(acteur, aujourd_hui: datetime.date) -> list:
    """Ce qui aurait dû être fait, depuis deux ans ; une fin de marché n'est pas une tâche."""
    hier = aujourd_hui - datetime.timedelta(days=1)
    return [e for e in agenda_de(acteur, ajouter_mois(aujourd_hui, -24), hier) if e.est_une_tache and not e.fait]


def _mois_demande(texte: str, aujourd_hui: datetime.date) -> datetime.date:
    """Le mois de l'adresse ; illisible ou hors de raison, celui d'aujourd'hui."""
    try:
        mois = lire_mois(texte)
    except ValueError:
        return premier_jour(aujourd_hui)
    return mois if 2000 <= mois.year <= aujourd_hui.year + 20 else premier_jour(aujourd_hui)


@ouverte_a(LECTEURS)
@require_POST
@intitulee("Créer le lien d'agenda")
def abonner(request: Requete) -> HttpResponse:
    """Créer le lien d'agenda ; il se montre cette fois seulement."""
    jeton = services.abonner_agenda(acteur=request.acteur)
    lien = request.build_absolute_uri(reverse("comptes:agenda_ics", args=[jeton]))
    reponse = render(request, "comptes/agenda_lien.html", {"lien": lien})
    reponse["Cache-Control"] = "no-store"
    return reponse


@ouverte_a(LECTEURS)
@require_POST
@intitulee("Révoquer le lien d'agenda")
def revoquer(request: Requete) -> HttpResponse:
    services.revoquer_agenda(acteur=request.acteur)
    messages.success(request, "Lien révoqué : il ne donne plus rien.")
    return redirect("comptes:agenda")


@ouverte_a(PUBLIC)
@require_GET
@intitulee("L'agenda au format iCalendar, pour qui a le lien secret")
def ics(request: Requete, jeton: str) -> HttpResponse:
    acteur = services.acteur_du_jeton(jeton)
    if acteur is None or acteur.role not in LECTEURS:
        raise Http404
    mois = premier_jour(timezone.localdate())
    evenements = agenda_de(acteur, ajouter_mois(mois, -MOIS_PASSES), dernier_jour(ajouter_mois(mois, MOIS_A_VENIR)))
    reponse = HttpResponse(_calendrier(request, evenements).to_ical(), content_type="text/calendar; charset=utf-8")
    reponse["Cache-Control"] = "private, max-age=900"
    reponse["Referrer-Policy"] = "no-referrer"
    return reponse


def _calendrier(request: Requete, evenements) -> Calendar:
    calendrier = Calendar()
    calendrier.add("prodid", "-//Clauses sociales//FR")
    calendrier.add("version", "2.0")
    calendrier.add("x-wr-calname", "Clauses sociales")
    calendrier.add("x-wr-timezone", settings.TIME_ZONE)
    for evenement in evenements:
        entree = Event()
        entree.add("uid", f"{evenement.uid}@clauses-sociales")
        entree.add("dtstamp", timezone.now())
        entree.add("dtstart", evenement.jour)
        entree.add("dtend", evenement.jour + datetime.timedelta(days=1))
        titre = f"{'✓ ' if evenement.fait else ''}{evenement.titre} : {evenement.detail}"
        entree.add("summary", nettoyer(titre, une_ligne=True))
        if evenement.lien:
            entree.add("url", request.build_absolute_uri(evenement.lien))
        entree.add("transp", "TRANSPARENT")
        calendrier.add_component(entree)
    return calendrier
