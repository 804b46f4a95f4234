"""Les bilans : préparer, lire, publier ; un financeur ou un réseau lit ceux qui lui sont remis."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, RESPONSABLES, Role
from reporting import services
from reporting.annees import annees_connues, presentation_demandee
from reporting.chiffres_cles import premier_mois
from reporting.enums import Presentation, StatutBilan
from reporting.filters import BilanFilter
from reporting.forms import PreparationForm, PublicationForm, ReglagesForm
from reporting.models import Bilan, ReglagesBilan
from reporting.page_bilan import sections
from reporting.permissions import peut_ecarter_brouillon, peut_publier_bilan
from reporting.tuiles import en_groupes
from socle.acces import ouverte_a
from socle.services.journal import histoire
from socle.tables import Colonne, Genre
from socle.views import CreationView, EditionView, FicheView, ListeView, verbe
from socle.views.bases import objet_ou_404
from socle.views.documents import reponse_fichier

LECTEURS = FACILITATEURS | {Role.FINANCEUR, Role.RESEAU}

ANNEE = Colonne(
    "Année", lambda b: b.annee, Genre.TEXTE, tri="annee", lien=lambda b: b.get_absolute_url(), principale=True
)
STRUCTURE = Colonne("Structure", lambda b: b.structure.nom, tri="structure__nom")
VERSION = Colonne("Version", lambda b: b.version, Genre.NOMBRE, tri="version")
STATUT = Colonne("État", lambda b: StatutBilan(b.statut), Genre.STATUT, tri="statut")
PUBLIE_LE = Colonne("Publié le", lambda b: b.publie_le, Genre.DATE, tri="publie_le")
DESTINATAIRES = Colonne("Remis à", lambda b: ", ".join(sorted(o.nom for o in b.destinataires.all())))


class BilanListeView(ListeView):
    """Bilans"""

    acces = LECTEURS
    model = Bilan
    filterset_class = BilanFilter
    titre = "Bilans"
    nom_export = "bilans"

    @property
    def vide(self) -> str:
        if self.acteur.est_facilitateur:
            return "Aucun bilan. Préparez celui d'une année : il se relit avant d'être publié à vos financeurs."
        return "Aucun bilan ne vous a encore été remis. Il apparaîtra ici dès sa publication."

    def get_colonnes(self) -> list[Colonne]:
        if self.acteur.est_facilitateur:
            return [ANNEE, VERSION, STATUT, PUBLIE_LE, DESTINATAIRES]
        return [ANNEE, STRUCTURE, VERSION, STATUT, PUBLIE_LE]

    def get_base_queryset(self):
        bilans = super().get_base_queryset().select_related("structure").defer("donnees")
        return bilans.prefetch_related("destinataires") if self.acteur.est_facilitateur else bilans

    def get_actions(self) -> list[tuple[str, str]]:
        gestes = [("Préparer un bilan", reverse("reporting:preparer"))] if self.acteur.peut_ecrire else []
        return gestes + ([("Réglages", reverse("reporting:reglages"))] if self.acteur.est_responsable else [])


class BilanFicheView(FicheView):
    """Un bilan"""

    acces = LECTEURS
    model = Bilan

    def get_queryset(self):
        return super().get_queryset().select_related("structure", "document", "etabli_par")

    def get_template_names(self) -> list[str]:
        return ["reporting/bilan.html#avancement" if self.request.htmx else "reporting/bilan.html"]

    def get(self, request, *args, **kwargs) -> HttpResponse:
        reponse = super().get(request, *args, **kwargs)
        if request.htmx and not self.object.document_en_route:
            reponse["HX-Refresh"] = "true"  # le document vient de finir : la page a ses chiffres
        return reponse

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bilan, acteur = self.object, self.acteur
        presentation = presentation_demandee(self.request.GET.get("presentation", bilan.presentation))
        contexte = {
            **super().get_context_data(**kwargs),
            "titre": f"Bilan {bilan.annee}",
            "statut": StatutBilan(bilan.statut),
            "publiable": peut_publier_bilan(acteur, bilan),
            "ecartable": peut_ecarter_brouillon(acteur, bilan).ok,
            "refaisable": bilan.est_brouillon and acteur.peut_ecrire,
            "presentation": presentation,
            "presentations": Presentation,
            "lisible": bool(bilan.empreinte) and "chiffres" in bilan.donnees,
        }
        if contexte["lisible"]:
            donnees = bilan.donnees
            contexte |= {
                "donnees": donnees,
                "groupes": en_groupes(donnees["chiffres"], bilan.annee, presentation, self._lien()),
                "sections": sections(donnees, presentation),
            }
        if acteur.est_facilitateur:
            contexte |= {"journal": histoire(bilan), "destinataires": bilan.destinataires.order_by("nom")}
        return contexte

    def _lien(self):
        """Les lignes d'un chiffre s'ouvrent à la structure seulement : un financeur voit l'agrégat, jamais les personnes."""
        if not self.acteur.est_facilitateur:
            return lambda cle: ""
        return lambda cle: reverse("reporting:provenance", args=[self.object.annee, cle])


@ouverte_a(LECTEURS)
@require_GET
def telecharger(request: HttpRequest, uuid) -> HttpResponse:
    """Télécharger le PDF d'un bilan"""
    bilans = Bilan.objects.visibles_par(request.acteur).select_related("document")
    bilan = objet_ou_404(Bilan, request.acteur, uuid, bilans)
    return reponse_fichier(request, bilan.document) if bilan.est_pret else redirect(bilan)


class PreparationView(CreationView):
    """Préparer un bilan"""

    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = PreparationForm
    titre = "Préparer un bilan"
    bouton = "Préparer le bilan"
    message = "Le bilan est en préparation : ses chiffres sont lus maintenant."

    def get_form_kwargs(self) -> dict[str, Any]:
        aujourd_hui = timezone.localdate()
        annees = annees_connues(premier_mois(self.acteur.structure), aujourd_hui)
        return {**super().get_form_kwargs(), "annees": annees}

    def get_initial(self) -> dict[str, Any]:
        return {"annee": self.request.GET.get("annee", timezone.localdate().year - 1)}

    def enregistrer(self, form) -> Bilan:
        return services.preparer_bilan(acteur=self.acteur, **form.cleaned_data)

    def get_retour(self) -> str:
        return reverse("reporting:bilans")


class PublicationView(CreationView):
    """Publier un bilan"""

    acces = RESPONSABLES
    parent_model = Bilan
    form_class = PublicationForm
    template_name = "reporting/publier.html"
    bouton = "Publier le bilan"
    message = "Le bilan est publié : ses destinataires le liront dès que son PDF sera prêt."

    def get_titre(self) -> str:
        return f"Publier le bilan {self.parent.annee}"

    def enregistrer(self, form) -> Bilan:
        destinataires = form.cleaned_data["destinataires"]
        return services.publier_bilan(acteur=self.acteur, bilan=self.parent, destinataires=destinataires)

    def get_retour(self) -> str:
        return self.parent.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        verdict = peut_publier_bilan(self.acteur, self.parent)
        return {**super().get_context_data(**kwargs), "bilan": self.parent, "verdict": verdict}


@verbe(FACILITATEURS_QUI_ECRIVENT, Bilan, message="Le bilan est de nouveau en préparation.")
def refaire(request: HttpRequest, bilan: Bilan) -> HttpResponse:
    """Refaire un brouillon avec les heures d'aujourd'hui"""
    return redirect(services.preparer_bilan(acteur=request.acteur, annee=bilan.annee, presentation=bilan.presentation))


@verbe(FACILITATEURS_QUI_ECRIVENT, Bilan, message="Le brouillon est écarté.")
def ecarter(request: HttpRequest, bilan: Bilan) -> HttpResponse:
    """Écarter un brouillon de bilan"""
    services.ecarter_brouillon(acteur=request.acteur, bilan=bilan)
    return redirect("reporting:bilans")


class ReglagesView(EditionView):
    """Régler les bilans"""

    acces = RESPONSABLES
    form_class = ReglagesForm
    titre = "Réglages des bilans"
    message = "Réglages enregistrés."

    @cached_property
    def objet(self) -> ReglagesBilan:
        structure = self.acteur.structure
        return ReglagesBilan.objects.filter(structure=structure).first() or ReglagesBilan(structure=structure)

    def enregistrer(self, form) -> ReglagesBilan:
        return services.regler_les_bilans(acteur=self.acteur, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.get_retour()

    def get_retour(self) -> str:
        return reverse("reporting:bilans")
