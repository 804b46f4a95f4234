"""Les courriels qu'une structure a écrits : où en est chacun, ce qu'il disait, ce qu'a répondu le serveur."""

from django.contrib import messages
from django.urls import reverse

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from socle.enums import EtatCourriel
from socle.filters import CourrielFilter
from socle.intitules import intitulee
from socle.models import Courriel
from socle.permissions import peut_renvoyer
from socle.requetes import Requete
from socle.services import courriels as services
from socle.services.journal import histoire
from socle.tables import Colonne, Genre
from socle.views import FicheView, ListeView, verbe


class CourrielListeView(ListeView):
    acces = FACILITATEURS
    model = Courriel
    filterset_class = CourrielFilter
    titre = "Courriels"
    vide = "Aucun courriel. Les relances, les liens et les demandes que la structure envoie s'inscrivent ici."
    nom_export = "courriels"
    colonnes = [
        Colonne(
            "Sujet",
            lambda c: c.sujet,
            tri="sujet",
            lien=lambda c: reverse("comptes:courriel", args=[c.uuid]),
            principale=True,
        ),
        Colonne("Destinataire", lambda c: c.destinataire, tri="destinataire"),
        Colonne("État", lambda c: EtatCourriel(c.etat), Genre.STATUT, tri="etat"),
        Colonne("Écrit le", lambda c: c.cree_le, Genre.DATE, tri="cree_le"),
        Colonne("Envoyé le", lambda c: c.envoye_le, Genre.DATE, tri="envoye_le"),
        Colonne("Essais", lambda c: c.tentatives, Genre.NOMBRE, tri="tentatives"),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().defer("corps", "corps_html")


class CourrielFicheView(FicheView):
    intitule = "Un courriel, en texte, les clés de ses liens masquées"
    acces = FACILITATEURS
    model = Courriel
    template_name = "comptes/courriel.html"

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "etat": EtatCourriel(self.object.etat),
            "renvoyer": peut_renvoyer(self.acteur, self.object).ok,
            "journal": histoire(self.object),
        }


class RenvoiCourrielView(FicheView):
    intitule = "Confirmer le renvoi d'un courriel abandonné"
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Courriel
    template_name = "socle/confirmation.html"

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "titre": "Renvoyer ce courriel ?",
            "texte": f"« {self.object.sujet} », à {self.object.destinataire}.",
            "effets": [
                "Le même texte repart dans la minute, et il est retenté pendant 24 heures.",
                "Si son lien a expiré entre-temps, envoyez plutôt un nouveau lien.",
            ],
            "bouton": "Renvoyer",
            "ton": "principal",
            "url": reverse("comptes:courriel_renvoyer", args=[self.object.uuid]),
            "retour": reverse("comptes:courriel", args=[self.object.uuid]),
        }


@verbe(FACILITATEURS_QUI_ECRIVENT, Courriel)
@intitulee("Renvoyer un courriel abandonné")
def renvoyer(request: Requete, courriel: Courriel):
    services.renvoyer(acteur=request.acteur, courriel=courriel)
    messages.success(request, "Le courriel est remis dans la file d'envoi.")
