"""Les écrans des contrats."""

import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from beneficiaires.enums import VerdictEligibilite
from beneficiaires.models import Beneficiaire
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from marches.models import Engagement, Marche
from recrutement import services
from recrutement.coherence import CHEVAUCHEMENT, chevauche_sur_le_marche, incoherences
from recrutement.eligibilite import avec_fenetre, examiner_contrat
from recrutement.enums import Modalite, TypeContrat
from recrutement.filters import ContratFilter
from recrutement.forms.contrats import (
    AffectationForm,
    AvenantContratForm,
    ContratEditionForm,
    ContratForm,
    SansCritereForm,
)
from recrutement.forms.embauche import EmbaucheDirecteForm
from recrutement.models import Contrat
from recrutement.permissions import peut_modifier_contrat
from socle.annulation import dire_l_archivage
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.services.journal import histoire
from socle.tables import Colonne, Genre
from socle.views import CreationView, EditionView, FicheView, GesteView, ListeView, verbe


class ContratListeView(ListeView):
    acces = FACILITATEURS
    model = Contrat
    filterset_class = ContratFilter
    titre = "Contrats"
    vide = "Aucun contrat. Un contrat se crée depuis le dossier d'une personne."
    nom_export = "contrats"
    ensemble = "recrutement.contrat"
    colonnes = [
        Colonne(
            "Contrat", lambda c: c.identifiant, tri="identifiant", lien=lambda c: c.get_absolute_url(), principale=True
        ),
        Colonne("Personne", lambda c: c.beneficiaire.initiales, lien=lambda c: c.beneficiaire.get_absolute_url()),
        Colonne("Marché", lambda c: c.engagement.lot.marche.reference, tri="engagement__lot__marche__reference"),
        Colonne("Employeur", lambda c: c.employeur.raison_sociale, tri="employeur__raison_sociale_pliee"),
        Colonne("Modalité", lambda c: Modalite(c.modalite).label, tri="modalite"),
        Colonne("Type", lambda c: TypeContrat(c.type_contrat).label, tri="type_contrat"),
        Colonne("Début", lambda c: c.debut, Genre.DATE, tri="debut"),
        Colonne("Fin", lambda c: c.fin, Genre.DATE, tri="fin_prevue"),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().avec_contexte()


class ContratFicheView(FicheView):
    intitule = "La page d'un contrat"
    acces = FACILITATEURS
    model = Contrat
    template_name = "recrutement/contrat.html"

    def get_queryset(self):
        contrats = (
            super()
            .get_queryset()
            .avec_contexte()
            .select_related("tuteur", "convention", "meme_contrat_que", "sans_critere__consigne_par")
        )
        return avec_fenetre(contrats)

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "affectations": self._affectations(),
            "avenants": list(self.object.avenants.all()),
            "eligibilite": examiner_contrat(self.object),
            "marche": self.object.engagement.lot.marche,
            "modalite": Modalite(self.object.modalite).label,
            "type_contrat": TypeContrat(self.object.type_contrat).label,
            "modifiable": peut_modifier_contrat(self.acteur, self.object).ok,
            "journal": histoire(self.object),
        }

    def _affectations(self) -> list[Contrat]:
        """Les autres marchés du même contrat de travail."""
        racine = self.object.meme_contrat_que_id or self.object.pk
        meme = Q(pk=racine) | Q(meme_contrat_que=racine)
        contrats = Contrat.objects.visibles_par(self.acteur).filter(meme).exclude(pk=self.object.pk)
        return list(contrats.avec_contexte().order_by("debut", "pk"))


class ContratCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Beneficiaire
    form_class = ContratForm
    titre = "Nouveau contrat"
    bouton = "Enregistrer le contrat"
    message = "Contrat enregistré."

    def enregistrer(self, form):
        contrat = services.conclure_contrat(acteur=self.acteur, beneficiaire=self.parent, **form.valeurs())
        dire_le_verdict(self.request, contrat)
        return contrat

    def get_retour(self):
        return self.parent.get_absolute_url()


class EmbaucheDirecteView(CreationView):
    """Sur un engagement : la personne, ce qui la rend éligible, où elle habite, son contrat, en une page."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Engagement
    form_class = EmbaucheDirecteForm
    template_name = "beneficiaires/nouvelle_personne.html"
    titre = "Embaucher"
    bouton = "Ouvrir le dossier et établir le contrat"
    message = "Dossier ouvert et contrat établi."

    def get_initial(self):
        fin = self.parent.lot.marche.fin
        return {"employeur": self.parent.entreprise_id, "modalite": Modalite.EMBAUCHE_DIRECTE, "fin_prevue": fin}

    def enregistrer(self, form):
        contrat = services.embaucher_une_nouvelle_personne(acteur=self.acteur, engagement=self.parent, **form.groupes())
        dire_le_verdict(self.request, contrat)
        return contrat

    def get_titre(self):
        return f"Embaucher chez {self.parent.entreprise.raison_sociale}"

    def get_retour(self):
        return self.parent.get_absolute_url()


def dire_le_verdict(request: HttpRequest, contrat: Contrat) -> None:
    """Une personne non éligible au premier jour se dit tout de suite : ses heures seraient contestées."""
    eligibilite = examiner_contrat(contrat)
    if eligibilite.verdict != VerdictEligibilite.OUI:
        verdict, raison = eligibilite.verdict.label, eligibilite.raison.rstrip(".")
        messages.warning(request, f"{verdict} au {contrat.debut:%d/%m/%Y} : {raison}.")
    dire_les_dates(request, "Ce contrat", contrat.engagement.lot.marche, contrat.debut, contrat.fin)
    dire_les_incoherences(request, contrat)


def dire_les_incoherences(request: HttpRequest, contrat: Contrat) -> None:
    """Ce qui étonne dans le contrat se dit sans être refusé : une mise à disposition par soi-même, un CDI à terme."""
    phrases = [phrase for _, phrase in incoherences(contrat, timezone.localdate())]
    if chevauche_sur_le_marche(contrat):
        phrases.append(CHEVAUCHEMENT)
    for phrase in phrases:
        messages.warning(request, phrase)


def dire_les_dates(
    request: HttpRequest, quoi: str, marche: Marche, debut: datetime.date, fin: datetime.date | None
) -> None:
    """Un contrat ou un poste hors des dates du marché se dit sans être refusé : le marché est peut-être à corriger, lui."""
    if dehors := marche.hors_de_ses_dates(debut, fin):
        messages.warning(request, f"{quoi} {dehors}.")


class ContratEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Contrat
    form_class = ContratEditionForm
    titre = "Modifier le contrat"
    message = "Contrat modifié."

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def enregistrer(self, form):
        contrat = services.modifier_contrat(acteur=self.acteur, contrat=self.objet, **form.valeurs())
        marche = self.objet.engagement.lot.marche
        if form.has_changed():  # renvoyé tel quel, il n'y a rien de neuf à en dire
            dire_les_dates(self.request, "Ce contrat", marche, contrat.debut, contrat.fin)
            dire_les_incoherences(self.request, contrat)
        return contrat


class AvenantContratView(CreationView):
    """Amender un contrat de travail."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Contrat
    form_class = AvenantContratForm
    titre = "Avenant au contrat de travail"
    bouton = "Enregistrer l'avenant"
    message = "Avenant enregistré."

    def enregistrer(self, form):
        avenant = services.amender_contrat(acteur=self.acteur, contrat=self.parent, **form.cleaned_data)
        contrat = Contrat.objects.avec_contexte().get(pk=avenant.contrat_id)
        dire_les_dates(self.request, "Ce contrat", contrat.engagement.lot.marche, contrat.debut, contrat.fin)
        return avenant

    def get_retour(self):
        return self.parent.get_absolute_url()


class AffectationView(CreationView):
    """Affecter une personne à un second marché, sous le même contrat de travail."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Contrat
    form_class = AffectationForm
    template_name = "recrutement/affectation.html"
    titre = "Affecter aussi à un autre marché"
    bouton = "Affecter"
    message = "Affectation enregistrée : ses heures se saisissent à part."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "contrat": self.parent}

    def get_initial(self):
        return {"fin_prevue": self.parent.fin}

    def enregistrer(self, form):
        contrat = services.affecter_aussi(acteur=self.acteur, contrat=self.parent, **form.valeurs())
        dire_le_verdict(self.request, contrat)
        return contrat

    def get_retour(self):
        return self.parent.get_absolute_url()


class SansCritereView(GesteView):
    """Consigner pourquoi les heures d'une personne sans critère comptent, ou corriger ce motif."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Contrat
    form_class = SansCritereForm
    donne_l_objet = False
    titre = "Compter des heures sans critère"
    bouton = "Consigner le motif"
    message = "Motif consigné : les heures de ce contrat peuvent compter."

    def get_queryset(self):
        return super().get_queryset().select_related("sans_critere")

    def get_initial(self):
        return {"motif": self.objet.motif_sans_critere}

    def enregistrer(self, form):
        return services.consigner_le_motif(acteur=self.acteur, contrat=self.objet, **form.cleaned_data)


@verbe(FACILITATEURS_QUI_ECRIVENT, Contrat)
@intitulee("Archiver un contrat, ou le sortir de l'archive")
def archiver(request: Requete, contrat: Contrat, archiver: bool):
    services.archiver_contrat(acteur=request.acteur, contrat=contrat, archiver=archiver)
    fait = "Contrat archivé." if archiver else "Contrat sorti de l'archive."
    dire_l_archivage(request, "recrutement:contrat_", contrat, fait, archiver=archiver)
