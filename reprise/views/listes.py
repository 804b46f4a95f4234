"""La liste de personnes d'un prescripteur : la déposer, la relire ligne à ligne, la confier."""

import io

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from comptes.enums import FACILITATEURS_QUI_ECRIVENT, Role
from reprise.enums import EtatBrouillon
from reprise.filters import ListeConfieeFilter
from reprise.forms import BrouillonForm, DepotListeForm
from reprise.models import ListeConfiee, PersonneBrouillon
from reprise.services import listes as services
from reprise.synonymes import PERSONNES
from socle.acces import ouverte_a
from socle.classeurs import Classeur
from socle.enums import EtatDocument
from socle.exports import TYPE_XLSX
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.tables import Colonne, Genre
from socle.views import CreationView, EditionView, FicheView, ListeView, verbe
from socle.views.listes import PaginateurDoux

QUI_CONFIE = FACILITATEURS_QUI_ECRIVENT | {Role.PRESCRIPTEUR}
PAR_PAGE = 25
GESTES = ("ecarter", "distinguer", "reprendre")
ENTETES: tuple[str, ...] = (
    *("Nom", "Prénom", "Date de naissance", "Sexe", "Téléphone", "Courriel", "Adresse", "Code postal", "Commune"),
    *("Situation", "Métier recherché", "Disponible à partir du", "Mobilité (km)", "Référent", "Courriel du référent"),
)


class ListeConfieeListeView(ListeView):
    acces = QUI_CONFIE
    model = ListeConfiee
    filterset_class = ListeConfieeFilter
    titre = "Listes de personnes"
    vide = "Aucune liste déposée. Un fichier Excel ou CSV, une personne par ligne, suffit."
    nom_export = "listes"
    colonnes = [
        Colonne("Fichier", lambda c: c.nom_fichier, lien=lambda c: c.get_absolute_url(), principale=True),
        Colonne("Déposée le", lambda c: c.cree_le, Genre.DATE, tri="cree_le"),
        Colonne("Prescripteur", lambda c: c.prescripteur.nom),
        Colonne("Personnes", lambda c: c.personnes, Genre.NOMBRE),
        Colonne("Confiées", lambda c: c.versees, Genre.NOMBRE),
    ]

    def get_base_queryset(self):
        listes = super().get_base_queryset().select_related("prescripteur")
        versees = Q(brouillons__etat=EtatBrouillon.VERSEE)
        return listes.annotate(personnes=Count("brouillons"), versees=Count("brouillons", filter=versees))

    def get_actions(self):
        return [("Déposer une liste", reverse("reprise:liste_deposer"))]


class DepotListeView(CreationView):
    """Déposer la liste de personnes d'un prescripteur."""

    acces = QUI_CONFIE
    form_class = DepotListeForm
    template_name = "reprise/liste_deposer.html"
    titre = "Confier une liste de personnes"
    bouton = "Lire cette liste"

    def enregistrer(self, form):
        organisation = self.acteur.organisation
        valeurs = {"structure": organisation, "prescripteur": organisation, **form.cleaned_data}
        return services.deposer_liste(acteur=self.acteur, **valeurs)

    def get_retour(self):
        return reverse("reprise:listes")

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "colonnes": PERSONNES, "jours_gardes": services.JOURS_GARDES}


@ouverte_a(QUI_CONFIE)
@require_GET
@intitulee("Télécharger une liste vide")
def modele(request: Requete) -> HttpResponse:
    tampon = io.BytesIO()
    with Classeur(tampon) as classeur:
        feuille = classeur.add_worksheet("Personnes")
        feuille.freeze_panes(1, 0)
        feuille.set_column(0, len(ENTETES) - 1, 20)
        feuille.set_column(4, 4, 20, classeur.add_format({"num_format": "@"}))
        feuille.write_row(0, 0, ENTETES, classeur.add_format({"bold": True, "bottom": 1}))
    reponse = HttpResponse(tampon.getvalue(), content_type=TYPE_XLSX)
    reponse["Content-Disposition"] = 'attachment; filename="liste-de-personnes.xlsx"'
    return reponse


class ListeConfieeFicheView(FicheView):
    """Les lignes d'une liste : ce qui est prêt, ce qui se corrige, qui est peut-être déjà connu."""

    intitule = "Les lignes d'une liste"
    acces = QUI_CONFIE
    model = ListeConfiee
    template_name = "reprise/liste_confiee.html"

    def get_queryset(self):
        return super().get_queryset().select_related("structure", "prescripteur", "versement")

    def get_template_names(self):
        return [f"{self.template_name}#avancement" if self.requete.htmx else self.template_name]

    def render_to_response(self, context, **kwargs):
        reponse = super().render_to_response(context, **kwargs)
        if self.requete.htmx and not context["en_route"]:
            reponse["HX-Refresh"] = "true"
        return reponse

    def get_context_data(self, **kwargs):
        liste, choisi = self.object, self.request.GET.get("etat", "")
        brouillons = PersonneBrouillon.objects.filter(liste=liste)
        comptes = dict(brouillons.order_by().values_list("etat").annotate(nombre=Count("pk")))
        if choisi in EtatBrouillon.values:
            brouillons = brouillons.filter(etat=choisi)
        page = PaginateurDoux(brouillons.select_related("personne").order_by("ligne"), PAR_PAGE).get_page(
            self.request.GET.get("page")
        )
        versement = liste.versement
        return {
            **super().get_context_data(**kwargs),
            "comptes": [(etat, comptes[etat]) for etat in EtatBrouillon if etat in comptes],
            "pretes": comptes.get(EtatBrouillon.PRETE, 0),
            "choisi": choisi,
            "page_obj": page,
            "lignes_liste": self._lignes(list(page)),
            "versement": versement,
            "en_route": services.est_en_route(liste),
            "echec": bool(versement and versement.etat == EtatDocument.ECHEC),
            "fiche_personne": "recrutement:ma_personne"
            if self.acteur.role == Role.PRESCRIPTEUR
            else "beneficiaires:fiche",
        }

    def _lignes(self, brouillons: list[PersonneBrouillon]) -> list[dict]:
        douteux = [brouillon for brouillon in brouillons if brouillon.etat == EtatBrouillon.DOUBLON]
        connues = dict(zip(douteux, services.personnes_connues(self.acteur, douteux), strict=True)) if douteux else {}
        return [
            {
                "brouillon": brouillon,
                "statut": EtatBrouillon(brouillon.etat),
                "raison": services.premiere_raison(brouillon),
                "autres_raisons": max(0, len(brouillon.erreurs) - 1),
                "connues": connues.get(brouillon, []),
                "modifiable": brouillon.etat in EtatBrouillon.modifiables(),
            }
            for brouillon in brouillons
        ]


class BrouillonView(EditionView):
    """Corriger une ligne de la liste ; ce qui ne va pas est dit à côté de chaque champ."""

    acces = QUI_CONFIE
    model = PersonneBrouillon
    form_class = BrouillonForm
    donne_l_objet = False
    titre = "Corriger une ligne"
    message = "Ligne enregistrée."

    def get_queryset(self):
        return super().get_queryset().select_related("liste__structure", "liste__prescripteur")

    def get_titre(self):
        return f"Ligne {self.objet.ligne} de la liste"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "structure": self.objet.liste.structure}

    def get_form(self, form_class=None):
        if self.request.method == "GET":
            return services.formulaire(self.acteur, self.objet.liste, self.objet.donnees)
        return super().get_form(form_class)

    def montre(self, form):
        return self.objet.donnees

    def enregistrer(self, form):
        return services.corriger_brouillon(acteur=self.acteur, brouillon=self.objet, donnees=form.donnees())

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return self.objet.liste.get_absolute_url()


@verbe(QUI_CONFIE, PersonneBrouillon, retour=lambda brouillon: brouillon.liste.get_absolute_url())
@intitulee("Écarter une ligne, la reprendre, ou dire que c'est une autre personne")
def avancer(request: Requete, brouillon: PersonneBrouillon, transition: str):
    if transition not in GESTES:
        raise Http404
    services.avancer_brouillon(acteur=request.acteur, brouillon=brouillon, transition=transition)
    messages.success(request, f"Ligne {brouillon.ligne} : c'est fait.")


@verbe(QUI_CONFIE, ListeConfiee)
@intitulee("Confier les personnes prêtes")
def confier(request: Requete, liste: ListeConfiee):
    services.demander_versement(acteur=request.acteur, liste=liste)
