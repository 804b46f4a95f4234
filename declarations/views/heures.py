"""Les écrans des heures : la liste des mois, un mois et ses décisions, la saisie."""

import datetime
from functools import cached_property

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Sum
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from declarations import services
from declarations.cases import case
from declarations.enums import StatutDeclaration
from declarations.filters import DeclarationFilter
from declarations.forms.mois import DecisionsForm, HeuresForm, MoisForm, ReglagesDeclarationForm
from declarations.grille import bloc_de, formulaire_du_bloc, nom_des_cases
from declarations.models import Declaration, LigneHeures, LigneRectifiee, Rectification, ReglagesDeclaration
from declarations.permissions import peut_decider, peut_rendre, peut_rouvrir, peut_valider
from declarations.relances.panneaux import relances_du_mois
from declarations.services.decisions import ACCEPTER, valeurs_a_decider
from declarations.services.heures import valeurs_saisies
from declarations.services.ouverture import regler_declarations
from declarations.signaux import controler
from marches.models import Engagement
from recrutement.models import Contrat
from socle.acces import exiger_acces
from socle.lecture import lire_mois
from socle.nombres import accorder, mois_annee
from socle.periodes import premier_jour
from socle.regles import AccesRefuse
from socle.requetes import adresse_d_ici
from socle.tables import Colonne, Genre
from socle.versions import version_de
from socle.views import CreationView, FicheView, GesteView, ListeView, ReglagesView
from socle.views.bases import VueProtegee


def nom_du_mois(declaration: Declaration) -> str:
    """« octobre 2026, Maçonnerie du Val »."""
    return f"{mois_annee(declaration.mois)}, {declaration.engagement.entreprise.raison_sociale}"


class DeclarationListeView(ListeView):
    acces = FACILITATEURS
    model = Declaration
    filterset_class = DeclarationFilter
    titre = "Heures"
    vide = "Aucun mois saisi. Les heures se saisissent depuis un engagement."
    nom_export = "heures"
    ensemble = "declarations.declaration"
    colonnes = [
        Colonne("Mois", lambda d: d.mois, Genre.MOIS, tri="mois", lien=lambda d: d.get_absolute_url(), principale=True),
        Colonne("Marché", lambda d: d.engagement.lot.marche.reference, tri="engagement__lot__marche__reference"),
        Colonne("Lot", lambda d: d.engagement.lot.numero),
        Colonne("Entreprise", lambda d: d.engagement.entreprise.raison_sociale),
        Colonne("État", lambda d: StatutDeclaration(d.statut), Genre.STATUT, tri="statut"),
        Colonne("Échéance", lambda d: d.echeance, Genre.DATE, tri="echeance"),
        Colonne("Heures", lambda d: d.total, Genre.HEURES, tri="total"),
    ]

    @classmethod
    def nom_de_la_ligne(cls, ligne):
        return nom_du_mois(ligne)

    def get_base_queryset(self):
        declarations = super().get_base_queryset().select_related("engagement__entreprise", "engagement__lot__marche")
        return declarations.annotate(total=Sum("lignes__heures"))

    def get_actions(self):
        file = ("Mois à valider", reverse("suivi:a_valider"))
        if not self.acteur.peut_ecrire:
            return [file]
        return [
            ("Saisir un mois", reverse("suivi:grille")),
            file,
            ("Régler l'échéance", reverse("suivi:reglages_declaration")),
        ]


PREMIERE_ANNEE = 1990  # les premières clauses d'insertion ; avant, c'est une faute de frappe


def lire_mois_de_l_url(texte: str) -> datetime.date:
    try:
        mois = lire_mois(texte)
    except ValueError as erreur:
        raise Http404("Ce mois n'existe pas.") from erreur
    if not PREMIERE_ANNEE <= mois.year <= timezone.localdate().year + 1:
        raise Http404("Aucune heure d'insertion ne date de ce mois.")
    return mois


class _PageDuMois(VueProtegee):
    """Ce que montre la page d'un mois, qu'on la lise ou qu'un refus la remontre."""

    def mois_visibles(self):
        declarations = Declaration.objects.visibles_par(self.acteur).a_controler()
        return declarations.select_related(
            "engagement__entreprise", "engagement__lot__marche", "validee_par"
        ).prefetch_related(
            "relances__par",
            "relances__courriel",
            Prefetch("rectifications", Rectification.objects.select_related("ouverte_par")),
            Prefetch("rectifications__lignes", LigneRectifiee.objects.select_related("contrat")),
        )

    def contexte_du_mois(self, declaration: Declaration, form: DecisionsForm | None) -> dict:
        lignes = lignes_montrees(declaration) if form is None else [ligne for ligne, _ in form.controle.lignes]
        return {
            "objet": declaration,
            "marche": declaration.engagement.lot.marche,
            "statut": StatutDeclaration(declaration.statut),
            "form": form,
            "signaux_du_mois": form.controle.du_mois if form else (),
            "alertes": form.controle.nombre if form else 0,
            "sans_alerte": form.controle.lignes_sans_alerte if form else 0,
            "lignes_heures": lignes,
            "reste": sum(not ligne.est_decidee for ligne in lignes),
            "formation": any(ligne.heures_formation for ligne in lignes),
            "total": sum(ligne.heures for ligne in lignes),
            "comptees": "Comptées" if declaration.est_validee else "À compter",
            "declare": sum(ligne.heures_declarees for ligne in lignes),
            "rectifications": list(declaration.rectifications.all()),
            "en_retard": declaration.est_en_retard(timezone.localdate()),
            "attendue": declaration.statut in StatutDeclaration.chez_l_entreprise() and self.acteur.peut_ecrire,
            "relances": relances_du_mois(self.acteur, declaration),
            "rendre": peut_rendre(self.acteur, declaration).ok,
            "valider": peut_valider(self.acteur, declaration).ok,
            "rouvrir": peut_rouvrir(self.acteur, declaration).ok,
        }

    def formulaire_du_mois(self, declaration: Declaration) -> DecisionsForm | None:
        """Le formulaire des décisions, s'il y a à décider."""
        if not peut_decider(self.acteur, declaration) or not (options := options_des_decisions(declaration)):
            return None
        return DecisionsForm(acteur=self.acteur, **options)


def dire_les_annonces(request: HttpRequest, declaration: Declaration) -> None:
    """Après une validation : les personnes annoncées dont les heures n'y sont pas."""
    if restent := declaration.personnes_annoncees.a_traiter().count():
        qui = accorder(restent, "personne annoncée n'y compte pas", "personnes annoncées n'y comptent pas")
        messages.warning(request, f"{qui} : l'annonce reste à traiter sur cette page.")


def lignes_montrees(declaration: Declaration) -> list[LigneHeures]:
    lignes = declaration.lignes.select_related("contrat__beneficiaire", "contrat__employeur", "contrat__sans_critere")
    return list(lignes.order_by("contrat__beneficiaire__nom_plie", "pk"))


def options_des_decisions(declaration: Declaration) -> dict:
    """Ce que reçoit le formulaire d'un mois : ses lignes contrôlées, ce qui en est décidé, sa version ; rien sans ligne."""
    controle = controler([declaration])[declaration.pk]
    if not controle.lignes:
        return {}
    valeurs = valeurs_a_decider(declaration, [ligne for ligne, _ in controle.lignes])
    initiales = dict(valeurs)
    for ligne, signaux in controle.lignes:
        propose = next((signal for signal in signaux if signal.decision), None)
        if propose and not ligne.est_decidee:
            initiales[case("decision", ligne)] = propose.decision
            initiales[case("motif", ligne)] = propose.motif
    return {"controle": controle, "initial": initiales, "version": version_de(valeurs)}


class MoisView(_PageDuMois, FicheView):
    """Le mois d'un engagement : ses lignes, son état, et les gestes permis."""

    intitule = "Le mois d'un engagement"
    acces = FACILITATEURS
    model = Declaration
    template_name = "declarations/mois.html"

    def get_object(self, queryset=None):
        mois = lire_mois_de_l_url(self.kwargs["mois"])
        declaration = self.mois_visibles().filter(engagement__uuid=self.kwargs["uuid"], mois=mois).first()
        if declaration is None:
            raise Http404("Aucune heure n'est saisie pour ce mois.")
        return declaration

    def get_context_data(self, **kwargs):
        form = self.formulaire_du_mois(self.object)
        contexte = {**super().get_context_data(**kwargs), **self.contexte_du_mois(self.object, form)}
        return {**contexte, "grille": self.requete.htmx.current_url_abs_path or ""}


class DecisionsView(_PageDuMois, GesteView):
    intitule = "Décider des lignes d'un mois, et le valider"
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Declaration
    donne_l_objet = False
    form_class = DecisionsForm
    template_name = "declarations/mois.html"

    def get_queryset(self):
        return self.mois_visibles()

    @cached_property
    def decisions(self) -> dict:
        return options_des_decisions(self.objet)

    def dispatch(self, request, *args, **kwargs):
        exiger_acces(request, self.acces)
        if not peut_decider(self.acteur, self.objet) or not self.decisions:
            messages.info(request, self._pourquoi_pas())
            return redirect(self.objet.get_absolute_url())
        return super().dispatch(request, *args, **kwargs)

    def _pourquoi_pas(self) -> str:
        if self.objet.est_validee:
            return "Ce mois est déjà validé : rien n'a été changé."
        return "Rien à décider : l'entreprise n'a pas encore envoyé ce mois, ou elle le corrige."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), **self.decisions}

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except AccesRefuse:
            messages.error(self.request, "Ce mois vient de changer d'état : rien n'a été enregistré. Relisez-le.")
            return redirect(self.get_retour())

    def enregistrer(self, form):
        geste = {
            "acteur": self.acteur,
            "declaration": self.objet,
            "decisions": form.decisions(),
            "sans_critere": form.sans_critere(),
            "version": form.version_vue,
        }
        if "valider" in self.request.POST:
            self.message = "Mois validé : ses heures comptent désormais."
            valide = services.valider_mois(**geste, accepter_le_reste=True)
            dire_les_annonces(self.request, valide)
            return valide
        if "accepter" in self.request.POST:
            sans_alerte = {ligne.pk: ACCEPTER for ligne, signaux in form.controle.lignes if not signaux}
            geste["decisions"] = sans_alerte | geste["decisions"]
        self.message = "Décisions enregistrées."
        return services.decider_lignes(**geste)

    @property
    def grille(self) -> str:
        """La grille d'où l'on décide, s'il y en a une : on y revient."""
        return adresse_d_ici(self.request.POST.get("grille", ""))

    def get_success_url(self) -> str:
        return self.grille or super().get_success_url()

    def get_context_data(self, **kwargs):
        contexte = super().get_context_data(**kwargs)
        mois = self.contexte_du_mois(self.objet, contexte["form"])
        return {**contexte, **mois, "grille": self.grille, "panneaux": []}


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
    intitule = "Les heures d'un mois, contrat par contrat"
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Engagement
    form_class = HeuresForm
    template_name = "declarations/saisie.html"
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
        options = {"contrats": self.contrats, "version": version_de(self.enregistrees)}
        if self.requete.htmx:
            options["auto_id"] = nom_des_cases(self.mois)
        return {**super().get_form_kwargs(), **options}

    @cached_property
    def enregistrees(self) -> dict:
        lignes = LigneHeures.objects.filter(declaration__engagement=self.parent, mois=self.mois)
        return valeurs_saisies(lignes.select_related("contrat"))

    def get_initial(self):
        return self.enregistrees

    def enregistrer(self, form):
        engagement = Engagement.objects.avec_contexte().get(pk=self.parent.pk)
        return services.saisir_heures(
            acteur=self.acteur,
            engagement=engagement,
            mois=self.mois,
            heures=form.heures(),
            formation=form.formation(),
            version=form.version_vue,
        )

    def form_valid(self, form):
        """De la grille, la page reste : seul l'état du mois revient."""
        if not self.requete.htmx:
            return super().form_valid(form)
        try:
            self.enregistrer(form)
        except ValidationError as refus:
            form.reporter(refus)
            return self.form_invalid(form)
        except AccesRefuse as refus:  # validé par un autre pendant la saisie : la page le dit, elle n'est pas perdue
            form.add_error(None, str(refus))
            return self.form_invalid(form)
        controle = bloc_de(self.acteur, self.parent, self.mois, form).controle
        return self._etat(formulaire_du_bloc(self.acteur, self.contrats, self.mois, controle), enregistre=True)

    def form_invalid(self, form):
        return self._etat(form) if self.requete.htmx else super().form_invalid(form)

    def _etat(self, form, *, enregistre: bool = False):
        engagement = Engagement.objects.avec_contexte().get(pk=self.parent.pk)
        contexte = {"bloc": bloc_de(self.acteur, engagement, self.mois, form), "enregistre": enregistre, "ecrire": True}
        return render(self.request, "declarations/_grille.html#etat", {**contexte, "maintenant": timezone.now()})

    def get_success_url(self):
        return reverse("suivi:mois", args=[self.parent.uuid, self.mois.strftime("%Y-%m")])

    def get_titre(self):
        return "Saisir des heures"

    def get_retour(self):
        return self.parent.get_absolute_url()

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "mois": self.mois,
            "contrats": self.contrats,
            "autre_mois": reverse("suivi:choix_mois", args=[self.parent.uuid]),
        }


class ReglagesDeclarationView(ReglagesView):
    """Le jour avant lequel les entreprises déclarent, le premier mois attendu, et les rappels qu'elles reçoivent."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = ReglagesDeclaration
    form_class = ReglagesDeclarationForm
    titre = "Échéance et relances"
    message = "Réglages enregistrés."

    def get_initial(self):
        """Une structure qui n'a encore rien réglé attend d'ordinaire le mois où elle le fait, et les suivants."""
        return {} if self.objet.pk else {"premier_mois": premier_jour(timezone.localdate())}

    def enregistrer(self, form):
        return regler_declarations(acteur=self.acteur, **form.valeurs())

    def get_retour(self):
        return reverse("suivi:declarations")
