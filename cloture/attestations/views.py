"""Les attestations de fin d'opération : les émettre, les lire, les télécharger."""

from functools import cached_property

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from cloture.attestations.composition import empreinte_de
from cloture.attestations.filters import AttestationFilter
from cloture.attestations.forms import AttestationForm
from cloture.attestations.pdf import contexte_de_l_attestation
from cloture.attestations.services import emettre_attestation, lire_si_attestable
from cloture.constat import constater, mois_ouverts
from cloture.enums import VerdictOperation
from cloture.models import Attestation
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from marches.models import Engagement
from socle.acces import ouverte_a
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.tables import Colonne, Genre
from socle.views import CreationView, FicheView, ListeView
from socle.views.bases import objet_ou_404
from socle.views.documents import reponse_fichier

LECTEURS = FACILITATEURS | {Role.MAITRE_OUVRAGE, Role.ENTREPRISE}


class AttestationListeView(ListeView):
    """Les attestations de fin d'opération : celles de la structure, de ses marchés, ou de son entreprise."""

    acces = LECTEURS
    model = Attestation
    filterset_class = AttestationFilter
    titre = "Attestations"
    vide = "Aucune attestation. Elle s'émet quand un marché est fini et que tous ses mois sont validés."
    nom_export = "attestations"
    colonnes = [
        Colonne("Numéro", lambda a: a.numero, tri="numero", lien=lambda a: a.get_absolute_url(), principale=True),
        Colonne("Marché", lambda a: a.engagement.lot.marche.reference),
        Colonne("Entreprise", lambda a: a.engagement.entreprise.raison_sociale),
        Colonne("Avis", lambda a: VerdictOperation(a.verdict), Genre.STATUT, tri="verdict"),
        Colonne("Émise le", lambda a: a.emise_le, Genre.DATE, tri="emise_le"),
        Colonne("Remplacée le", lambda a: a.remplacee_le, Genre.DATE, tri="remplacee_le"),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().avec_contexte().defer("donnees")


class AttestationFicheView(FicheView):
    intitule = "Une attestation, telle qu'elle est figée"
    acces = LECTEURS
    model = Attestation
    template_name = "cloture/attestation.html"

    def get_queryset(self):
        return super().get_queryset().avec_contexte().select_related("document")

    def get_context_data(self, **kwargs):
        attestation = self.object
        return {
            **super().get_context_data(**kwargs),
            "verdict": VerdictOperation(attestation.verdict),
            "marche": attestation.engagement.lot.marche,
            "lue": contexte_de_l_attestation(attestation.donnees, attestation.empreinte),
            "intacte": empreinte_de(attestation.donnees) == attestation.empreinte,
        }


@ouverte_a(LECTEURS)
@require_GET
@intitulee("Télécharger une attestation")
def telecharger(request: Requete, uuid) -> HttpResponseBase:
    visibles = Attestation.objects.visibles_par(request.acteur).select_related("document")
    attestation = objet_ou_404(Attestation, request.acteur, uuid, visibles)
    document = attestation.document
    return reponse_fichier(request, document) if document and document.est_pret else redirect(attestation)


class EmissionView(CreationView):
    intitule = "Émettre l'attestation d'un engagement, ou la remplacer"
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Engagement
    form_class = AttestationForm
    template_name = "cloture/attestation_emettre.html"
    bouton = "Émettre l'attestation"
    message = "Attestation émise : son PDF se prépare."

    def get_titre(self):
        return "Remplacer l'attestation" if self._deja else "Émettre l'attestation de fin d'opération"

    @cached_property
    def _deja(self) -> bool:
        return self.parent.attestations.courantes().exists()

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "remplace": self._deja}

    def get_initial(self):
        return {"signataire": self.acteur.utilisateur.get_full_name()}

    def get_context_data(self, **kwargs):
        engagement = Engagement.objects.avec_contexte().get(pk=self.parent.pk)
        constat = constater(engagement)
        ouverts = mois_ouverts(constat)
        return {
            **super().get_context_data(**kwargs),
            "engagement": engagement,
            "marche": constat.marche,
            "constat": constat,
            "ouverts": ouverts,
            "attestable": lire_si_attestable(constat, ouverts),
        }

    def enregistrer(self, form):
        return emettre_attestation(acteur=self.acteur, engagement=self.parent, **form.cleaned_data)

    def get_retour(self):
        return reverse("suivi:fin", args=[self.parent.uuid])
