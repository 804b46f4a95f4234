"""Les écrans des heures : saisir un mois, le valider, le rouvrir."""

import datetime
from functools import cached_property

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from marches.models import Engagement
from recrutement.models import Contrat
from socle.periodes import lire_mois
from socle.tables import Colonne, Genre
from socle.views import CreationView, EditionView, FicheView, ListeView, verbe
from suivi import services
from suivi.enums import StatutDeclaration
from suivi.filters import DeclarationFilter
from suivi.forms import HeuresForm, MoisForm, ReglagesDeclarationForm, ReouvertureForm
from suivi.models import Declaration, LigneHeures
from suivi.panneaux_relances import relances_du_mois
from suivi.permissions import peut_rendre, peut_rouvrir, peut_valider
from suivi.services.ouverture import reglages_de_declaration, regler_declarations


class DeclarationListeView(ListeView):
    acces = FACILITATEURS
    model = Declaration
    filterset_class = DeclarationFilter
    titre = "Heures"
    vide = "Aucun mois saisi. Les heures se saisissent depuis un engagement."
    nom_export = "heures"
    colonnes = [
        Colonne("Mois", lambda d: d.mois, Genre.MOIS, tri="mois", lien=lambda d: d.get_absolute_url(), principale=True),
        Colonne("Marché", lambda d: d.engagement.lot.marche.reference, tri="engagement__lot__marche__reference"),
        Colonne("Lot", lambda d: d.engagement.lot.numero),
        Colonne("Entreprise", lambda d: d.engagement.entreprise.raison_sociale),
        Colonne("État", lambda d: StatutDeclaration(d.statut), Genre.STATUT, tri="statut"),
        Colonne("Échéance", lambda d: d.echeance, Genre.DATE, tri="echeance"),
        Colonne("Heures", lambda d: d.total, Genre.HEURES, tri="total"),
    ]

    def get_base_queryset(self):
        declarations = super().get_base_queryset().select_related("engagement__entreprise", "engagement__lot__marche")
        return declarations.annotate(total=Sum("lignes__heures"))

    def get_actions(self):
        if not self.acteur.peut_ecrire:
            return []
        return [("Régler l'échéance", reverse("suivi:reglages_declaration"))]


PREMIERE_ANNEE = 1990  # les premières clauses d'insertion ; avant, c'est une faute de frappe


def lire_mois_de_l_url(texte: str) -> datetime.date:
    try:
        mois = lire_mois(texte)
    except ValueError as erreur:
        raise Http404("Ce mois n'existe pas.") from erreur
    if not PREMIERE_ANNEE <= mois.year <= timezone.localdate().year + 1:
        raise Http404("Aucune heure d'insertion ne date de ce mois.")
    return mois


class MoisView(FicheView):
    """Le mois d'un engagement : ses lignes, son état, et les gestes permis."""

    acces = FACILITATEURS
    model = Declaration
    template_name = "suivi/mois.html"

    def get_object(self, queryset=None):
        declarations = (
            self.get_queryset()
            .select_related("engagement__entreprise", "engagement__lot__marche", "validee_par")
            .prefetch_related("relances__par", "relances__courriel")
        )
        mois = lire_mois_de_l_url(self.kwargs["mois"])
        declaration = declarations.filter(engagement__uuid=self.kwargs["uuid"], mois=mois).first()
        if declaration is None:
            raise Http404("Aucune heure n'est saisie pour ce mois.")
        return declaration

    def get_context_data(self, **kwargs):
        declaration = self.object
        lignes = list(declaration.lignes.select_related("contrat__beneficiaire", "contrat__employeur").order_by("pk"))
        return {
            **super().get_context_data(**kwargs),
            "marche": declaration.engagement.lot.marche,
            "statut": StatutDeclaration(declaration.statut),
            "lignes_heures": lignes,
            "formation": any(ligne.heures_formation for ligne in lignes),
            "total": sum(ligne.heures for ligne in lignes),
            "en_retard": declaration.est_en_retard(timezone.localdate()),
            "attendue": declaration.statut in StatutDeclaration.chez_l_entreprise() and self.acteur.peut_ecrire,
            "relances": relances_du_mois(self.acteur, declaration),
            "rendre": peut_rendre(self.acteur, declaration).ok,
            "valider": peut_valider(self.acteur, declaration).ok,
            "rouvrir": peut_rouvrir(self.acteur, declaration).ok,
        }


class ChoixMoisView(CreationView):
    """Choisir le mois à saisir pour un engagement."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Engagement
    form_class = MoisForm
    titre = "Saisir des heures"
    bouton = "Continuer"

    def form_valid(self, form):
        mois = form.cleaned_data["mois"].strftime("%Y-%m")
        return HttpResponseRedirect(reverse("suivi:saisie", args=[self.parent.uuid, mois]))

    def get_retour(self):
        return self.parent.get_absolute_url()


class SaisieView(CreationView):
    """Les heures d'un mois, contrat par contrat."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Engagement
    form_class = HeuresForm
    template_name = "suivi/saisie.html"
    bouton = "Enregistrer les heures"
    message = "Heures enregistrées. Il reste à valider le mois."

    @cached_property
    def mois(self) -> datetime.date:
        return lire_mois_de_l_url(self.kwargs["mois"])

    @cached_property
    def contrats(self) -> list[Contrat]:
        contrats = Contrat.objects.visibles_par(self.acteur).actifs().filter(engagement=self.parent)
        du_mois = contrats.pendant_le_mois(self.mois).avec_contexte().select_related("convention")
        return list(du_mois.order_by("beneficiaire__nom_plie", "pk"))

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "contrats": self.contrats}

    def get_initial(self):
        lignes = LigneHeures.objects.filter(contrat__in=self.contrats, mois=self.mois)
        par_contrat = {ligne.contrat_id: ligne for ligne in lignes}
        initiales = {}
        for contrat in self.contrats:
            if ligne := par_contrat.get(contrat.pk):
                initiales[HeuresForm.nom_du_champ(contrat)] = ligne.heures_travaillees
                initiales[HeuresForm.nom_de_la_formation(contrat)] = ligne.heures_formation
        return initiales

    def enregistrer(self, form):
        engagement = Engagement.objects.avec_contexte().get(pk=self.parent.pk)
        return services.saisir_heures(
            acteur=self.acteur,
            engagement=engagement,
            mois=self.mois,
            heures=form.heures(),
            formation=form.formation(),
        )

    def get_success_url(self):
        return reverse("suivi:mois", args=[self.parent.uuid, self.mois.strftime("%Y-%m")])

    def get_titre(self):
        return "Saisir des heures"

    def get_retour(self):
        return self.parent.get_absolute_url()

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "mois": self.mois, "contrats": self.contrats}


class ReglagesDeclarationView(CreationView):
    """Le jour avant lequel les entreprises déclarent."""

    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = ReglagesDeclarationForm
    titre = "Échéance des déclarations"
    message = "Échéance enregistrée."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "instance": reglages_de_declaration(self.acteur.organisation)}

    def enregistrer(self, form):
        return regler_declarations(acteur=self.acteur, **form.valeurs())

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("suivi:declarations")


@verbe(FACILITATEURS_QUI_ECRIVENT, Declaration)
def valider(request: HttpRequest, declaration: Declaration):
    """Valider un mois."""
    services.valider_mois(acteur=request.acteur, declaration=declaration)
    messages.success(request, "Mois validé : ses heures comptent désormais.")
    return redirect("suivi:mois", declaration.engagement.uuid, declaration.mois.strftime("%Y-%m"))


class ReouvertureView(EditionView):
    """Rouvrir un mois validé demande un motif."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Declaration
    form_class = ReouvertureForm
    titre = "Rouvrir un mois validé"
    bouton = "Rouvrir le mois"
    message = "Mois rouvert : corrigez puis validez à nouveau."

    def get_queryset(self):
        return super().get_queryset().select_related("engagement__lot__marche")

    def get_form_kwargs(self):
        options = super().get_form_kwargs()
        options.pop("instance")
        return options

    def enregistrer(self, form):
        services.rouvrir_mois(acteur=self.acteur, declaration=self.objet, **form.cleaned_data)
        return self.objet
