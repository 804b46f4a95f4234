"""Les écrans des données essentielles : déposer un fichier, examiner les avis du territoire, les suivre ou les écarter."""

import datetime
import json
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from decp import services
from decp.enums import TRANSITIONS_AVIS, StatutAvis
from decp.exports import fragments
from decp.filters import AvisDecpFilter
from decp.forms import DepotDecpForm, EcarterAvisForm, RattacherForm
from decp.models import AvisDecp, ImportDecp
from socle.acces import ouverte_a
from socle.annulation import balise_d_annulation
from socle.enums import EtatDocument
from socle.intitules import intitulee
from socle.nombres import INSECABLE, euros, jour
from socle.requetes import Requete
from socle.services.journal import histoire
from socle.tables import Colonne, Genre
from socle.views import CreationView, FicheView, ListeView, verbe


class AvisListeView(ListeView):
    acces = FACILITATEURS
    model = AvisDecp
    filterset_class = AvisDecpFilter
    template_name = "decp/avis_liste.html"
    titre = "Marchés publics du territoire"
    vide = (
        "Aucun avis : déposez un fichier de données essentielles (DECP) pour repérer les marchés notifiés près de vous."
    )
    nom_export = "avis-decp"
    colonnes = [
        Colonne("Objet", lambda a: a.objet[:140], tri="objet", lien=lambda a: a.get_absolute_url(), principale=True),
        Colonne("Acheteur", lambda a: a.acheteur, tri="acheteur_nom"),
        Colonne("Statut", lambda a: StatutAvis(a.statut), Genre.STATUT, tri="statut"),
        Colonne("Considération sociale", lambda a: ", ".join(a.considerations) or None),
        Colonne("Montant HT", lambda a: a.montant, Genre.EUROS, tri="montant"),
        Colonne("Notifié le", lambda a: a.date_notification, Genre.DATE, tri="date_notification"),
    ]

    def get_actions(self):
        if not self.acteur.peut_ecrire:
            return []
        return [
            ("Déposer un fichier", reverse("decp:deposer")),
            ("Exporter nos marchés", reverse("decp:exporter")),
        ]


class AvisFicheView(FicheView):
    intitule = "Un avis, et ce que l'on peut en faire"
    acces = FACILITATEURS
    model = AvisDecp
    template_name = "decp/avis.html"

    def get_queryset(self):
        return super().get_queryset().select_related("marche")

    def get_context_data(self, **kwargs):
        possibles = (
            {t.nom for t in TRANSITIONS_AVIS.possibles(self.object.statut)} if self.acteur.peut_ecrire else set()
        )
        return {
            **super().get_context_data(**kwargs),
            "statut": StatutAvis(self.object.statut),
            "possibles": possibles,
            "journal": histoire(self.object),
            "a_venir": [_annoncer(modification) for modification in self.object.modifications_a_venir],
        }


def _annoncer(modification: dict) -> str:
    """« Le 1er avr. 2027 : durée 100 mois »."""
    change = []
    if modification["montant"]:
        change.append(f"montant {euros(Decimal(modification['montant']))} HT")
    if modification["duree_mois"]:
        change.append(f"durée {modification['duree_mois']}{INSECABLE}mois")
    if modification["titulaires"]:
        change.append("titulaires changés")
    return f"Le {jour(datetime.date.fromisoformat(modification['le']))} : {', '.join(change)}."


class DeposerView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = DepotDecpForm
    titre = "Déposer un fichier DECP"
    bouton = "Déposer le fichier"
    message = "Fichier déposé : sa lecture commence."

    def enregistrer(self, form):
        return services.deposer(acteur=self.acteur, **form.cleaned_data)

    def get_retour(self):
        return reverse("decp:avis_liste")


class ImportFicheView(FicheView):
    """Un fichier déposé : son avancement, puis ses comptes."""

    intitule = "Un fichier déposé"
    acces = FACILITATEURS_QUI_ECRIVENT
    model = ImportDecp
    template_name = "decp/import.html"

    def get_queryset(self):
        return super().get_queryset().select_related("document")

    def get_context_data(self, **kwargs):
        document = self.object.document
        rapport = self.object.rapport
        return {
            **super().get_context_data(**kwargs),
            "document": document,
            "etat": self._etat(document),
            "interruption": rapport.get("interruption", ""),
            "comptes": services.comptes(rapport),
        }

    def _etat(self, document):
        if document is None or document.etat == EtatDocument.PRET:
            return self.object.lecture
        return EtatDocument(document.etat)


class RattacherView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = AvisDecp
    form_class = RattacherForm
    titre = "Rattacher à un marché suivi"
    bouton = "Rattacher"
    message = "Avis rattaché : les prochains imports le reconnaîtront."

    def enregistrer(self, form):
        return services.rattacher_avis(acteur=self.acteur, avis=self.parent, marche=form.cleaned_data["marche"])

    def get_retour(self):
        return self.parent.get_absolute_url()


class EcarterView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = AvisDecp
    form_class = EcarterAvisForm
    titre = "Écarter cet avis"
    bouton = "Écarter"
    message = "Avis écarté."

    def get_balise(self):
        inverse = reverse("decp:reprendre", args=[self.parent.uuid])
        return balise_d_annulation(self.request, inverse=inverse, objet=self.parent)

    def enregistrer(self, form):
        return services.ecarter_avis(acteur=self.acteur, avis=self.parent, **form.cleaned_data)

    def get_retour(self):
        return self.parent.get_absolute_url()


@verbe(FACILITATEURS_QUI_ECRIVENT, AvisDecp)
@intitulee("Suivre le marché d'un avis")
def suivre(request: Requete, avis: AvisDecp) -> HttpResponse:
    marche = services.suivre_avis(acteur=request.acteur, avis=avis)
    messages.success(
        request, "Marché mis au suivi. Écrivez maintenant ses heures : les données publiques ne les disent pas."
    )
    return redirect(marche)


@verbe(FACILITATEURS_QUI_ECRIVENT, AvisDecp, message="Avis à examiner de nouveau.")
@intitulee("Revoir un avis écarté")
def reprendre(request: Requete, avis: AvisDecp):
    services.reprendre_avis(acteur=request.acteur, avis=avis)


@ouverte_a(FACILITATEURS_QUI_ECRIVENT)
@require_GET
@intitulee("Les marchés de la structure, en fragments DECP")
def exporter(request: Requete) -> HttpResponse:
    contenu = json.dumps(fragments(request.acteur.organisation).en_json(), ensure_ascii=False, indent=2)
    reponse = HttpResponse(contenu, content_type="application/json; charset=utf-8")
    reponse["Content-Disposition"] = 'attachment; filename="marches-decp.json"'
    return reponse
