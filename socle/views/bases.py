"""Les bases des vues : la portée et l'accès y sont posés une fois, personne n'a à s'en souvenir."""

from functools import cached_property
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import EmptyPage, Paginator
from django.db import models, transaction
from django.http import Http404, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.functional import SimpleLazyObject
from django.views.generic import DetailView, FormView, ListView
from django.views.generic.base import View

from socle.acces import exiger_acces
from socle.avis import Avis
from socle.colonnes import choix_de, montrees
from socle.envois import EnvoiUnique
from socle.exports import exporter_csv, exporter_xlsx
from socle.panneaux import GESTES, panneaux_de
from socle.recherches import adresse_de_la_recherche, confidentiels, criteres_demandes, sans_les_noms
from socle.requetes import Requete
from socle.services.enregistrement import verrouiller, verrouiller_la_structure
from socle.services.journal import histoire
from socle.tables import Colonne, lignes
from socle.versions import CHAMP_VERSION, VersionDepassee, exiger_version, version_de
from socle.vues import VuesDeLaPage, filtres_connus

RIEN_N_A_CHANGE = "Rien n'a changé."
EXPORTS = {"csv": exporter_csv, "xlsx": exporter_xlsx}


def objet_ou_404(modele, acteur, uuid, queryset=None):
    """L'objet, s'il est dans la portée de l'acteur ; sinon 404, sans dire s'il existe."""
    visibles = modele.objects.visibles_par(acteur) if queryset is None else queryset
    return get_object_or_404(visibles, uuid=uuid)


def dire(request, fait: str, avis: Avis | None = None) -> None:
    """Ce qui est fait, puis à qui c'est écrit ; personne à qui l'écrire n'est pas une réussite : le message le montre."""
    phrases = [fait, avis.phrase if avis is not None else ""]
    if texte := " ".join(phrase for phrase in phrases if phrase):
        niveau = messages.SUCCESS if avis is None or avis else messages.WARNING
        messages.add_message(request, niveau, texte)


class VueProtegee(View):
    """Toute vue-classe déclare `acces`, l'ensemble des rôles qui peuvent entrer."""

    acces: frozenset[str] | set[str] | None = None

    def dispatch(self, request, *args, **kwargs):
        exiger_acces(request, self.acces)
        return super().dispatch(request, *args, **kwargs)

    @property
    def requete(self) -> Requete:
        """La requête, avec ce que les middlewares y ont posé."""
        return cast(Requete, self.request)

    @property
    def acteur(self) -> Any:
        return self.requete.acteur


class PaginateurDoux(Paginator):
    """Une page qui n'existe plus (liste raccourcie, lien ancien) montre la dernière plutôt qu'une erreur."""

    def validate_number(self, number):
        try:
            return super().validate_number(number)
        except EmptyPage:
            return self.num_pages


class ListeView(VueProtegee, ListView):
    """Liste filtrée, triée, paginée et exportable ; l'état tient dans l'URL (`?export=csv|xlsx`, `?tri=`, `?page=`).

    Un filtre confidentiel (le nom de quelqu'un) n'y est pas : le formulaire se poste, la session garde ce qui est cherché.
    """

    model: Any
    template_name = "socle/liste.html"
    paginate_by = 50
    paginator_class = PaginateurDoux
    filterset_class: Any = None
    colonnes: list[Colonne] = []
    titre = ""
    vide = "Rien à montrer pour l'instant."
    nom_export = "export"
    avec_vues = True  # une requête ; faux là où le budget de la page n'en a plus

    @classmethod
    def parametres_des_vues(cls) -> set[str]:
        """Ce qu'une vue enregistrée garde de l'adresse."""
        return filtres_connus(cls.filterset_class.base_filters)

    @cached_property
    def prives(self) -> set[str]:
        """Les filtres qui nomment quelqu'un."""
        return confidentiels(self.filterset_class.base_filters)

    @cached_property
    def criteres(self) -> QueryDict:
        """Ce que cherche la personne : l'adresse, et la recherche que la session garde pour elle."""
        return criteres_demandes(self.request, self.prives)

    def get_queryset(self):
        base = self.get_base_queryset()
        self.filtre = self.filterset_class(self.criteres, queryset=base, request=self.request)
        objets = self.filtre.qs if self.filtre.is_valid() else base
        return self._trier(objets).pour_lecture()

    def get_base_queryset(self):
        return self.model.objects.visibles_par(self.acteur)

    def get_colonnes(self) -> list[Colonne]:
        return self.colonnes

    def get_vide(self) -> str:
        """Pourquoi rien n'est montré, et quoi faire ensuite : ce que ce rôle peut faire."""
        return self.vide

    def get_actions(self) -> list[tuple[str, str]]:
        """Les gestes de la page : (libellé, URL) ; le premier est l'action principale."""
        return []

    def _trier(self, objets):
        demande = self.request.GET.get("tri", "")
        for colonne in self.get_colonnes():
            if colonne.tri and demande in (colonne.tri, f"-{colonne.tri}"):
                # « --date_naissance » : l'envers d'une colonne qui trie déjà à l'envers (l'âge).
                return objets.order_by(demande.removeprefix("--"), "pk")
        # Une somme (GROUP BY) efface l'ordre par défaut du modèle : il est redit.
        return objets if objets.ordered else objets.order_by(*self.model._meta.ordering)

    def get(self, request, *args, **kwargs):
        exporter = EXPORTS.get(request.GET.get("export", ""))
        if exporter:
            return exporter(self.nom_export, self.get_colonnes(), self.get_objets_exportes())
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Une recherche qui nomme quelqu'un : la garder, puis montrer la liste à une adresse qui ne le dit pas."""
        if not self.prives:
            return self.http_method_not_allowed(request)
        connus = {*self.filterset_class.base_filters, "tri"}
        return HttpResponseRedirect(adresse_de_la_recherche(request, connus=connus, prives=self.prives))

    def get_objets_exportes(self):
        return self.get_queryset().iterator(chunk_size=500)

    def get_context_data(self, **kwargs):
        contexte = super().get_context_data(**kwargs)
        toutes = self.get_colonnes()
        colonnes = montrees(self.request, toutes)
        parametres = sans_les_noms(self.request.GET, self.prives)
        for cle in ("page", "export"):
            parametres.pop(cle, None)
        sans_tri = parametres.copy()
        sans_tri.pop("tri", None)
        return {
            **contexte,
            "titre": self.titre,
            "vide": self.get_vide(),
            "filtre": self.filtre,
            "recherche_postee": bool(self.prives),
            "filtres_actifs": any(v for c, v in sans_tri.items()),
            "colonnes": colonnes,
            "choix_colonnes": choix_de(self.request, toutes, parametres.urlencode()),
            "lignes": lignes(contexte["object_list"], colonnes),
            "tri": self.request.GET.get("tri", ""),
            "parametres": parametres.urlencode(),
            "parametres_sans_tri": sans_tri.urlencode(),
            "actions": self.get_actions(),
            "vues": VuesDeLaPage.lues(self.request, self.parametres_des_vues()) if self.avec_vues else None,
        }


class FicheView(VueProtegee, DetailView):
    """La page d'un objet de la portée de l'acteur ; `objet` dans le gabarit."""

    slug_field = slug_url_kwarg = "uuid"
    context_object_name = "objet"

    def get_queryset(self):
        return self.model.objects.visibles_par(self.acteur)

    def get_context_data(self, **kwargs):
        # Paresseux : une page qui ne les montre pas (un atelier, un sous-écran) n'en paie pas les lectures.
        fiche = self.object._meta.label_lower
        panneaux = SimpleLazyObject(lambda: panneaux_de(self.acteur, self.object))
        gestes = SimpleLazyObject(lambda: panneaux_de(self.acteur, self.object, fiche + GESTES))
        return {**super().get_context_data(**kwargs), "panneaux": panneaux, "gestes": gestes}


class _FormulaireView(VueProtegee, FormView):
    """Base commune : le formulaire reçoit l'acteur, un refus de règle se lit dans le formulaire, la saisie reste."""

    template_name = "socle/formulaire.html"
    titre = ""
    bouton = "Enregistrer"
    message = ""

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "acteur": self.acteur}

    def post(self, request, *args, **kwargs):
        envoi = EnvoiUnique(request)
        if not envoi.reserver():
            messages.info(request, "Ce formulaire était déjà envoyé : rien n'a été enregistré deux fois.")
            return HttpResponseRedirect(envoi.arrivee() or self.get_retour())
        try:
            reponse = super().post(request, *args, **kwargs)
        except Exception:
            envoi.liberer()  # rien n'est enregistré : le même formulaire doit pouvoir repartir
            raise
        if isinstance(reponse, HttpResponseRedirect):
            envoi.conclure(reponse.url)
        else:
            envoi.liberer()
        return reponse

    def enregistrer(self, form):
        """Appelle le service ; rend l'objet vers la page duquel on repart."""
        raise NotImplementedError

    def form_valid(self, form):
        try:
            self.resultat = self.enregistrer(form)
        except ValidationError as refus:
            form.reporter(refus)
            return self.form_invalid(form)
        dire(self.request, self.message, getattr(self.resultat, "dit_a", None))
        return HttpResponseRedirect(self.get_success_url())

    def get_success_url(self) -> str:
        return self.resultat.get_absolute_url()

    def get_titre(self) -> str:
        return self.titre

    def get_retour(self) -> str:
        """L'URL du lien « Annuler »."""
        raise NotImplementedError

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "titre": self.get_titre(),
            "bouton": self.bouton,
            "retour": self.get_retour(),
            "journal": [],
        }


class CreationView(_FormulaireView):
    """Créer un objet ; `get_parent()` rend l'objet de la portée sous lequel il naît, s'il y en a un."""

    parent_model: Any = None

    @cached_property
    def parent(self):
        if self.parent_model is None:
            return None
        return objet_ou_404(self.parent_model, self.acteur, self.kwargs["uuid"])

    def dispatch(self, request, *args, **kwargs):
        exiger_acces(request, self.acces)
        _ = self.parent  # 404 avant tout, même pour un formulaire vide
        return super().dispatch(request, *args, **kwargs)


class GesteView(_FormulaireView):
    """Un geste sur un objet de la portée de l'acteur, qui demande une précision : un motif, une date, un choix."""

    model: Any = None
    donne_l_objet = True  # au formulaire ; faux s'il n'en a que faire

    @cached_property
    def objet(self):
        return self.lire_objet()

    def lire_objet(self):
        return objet_ou_404(self.model, self.acteur, self.kwargs["uuid"], self.get_queryset())

    def get_queryset(self):
        return self.model.objects.visibles_par(self.acteur)

    def dispatch(self, request, *args, **kwargs):
        exiger_acces(request, self.acces)
        if self.objet is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        options = super().get_form_kwargs()
        return {**options, "instance": self.objet} if self.donne_l_objet else options

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "objet": self.objet}

    def get_retour(self) -> str:
        return self.objet.get_absolute_url()


class EditionView(GesteView):
    """Modifier un objet : ce que la page montrait est comparé, sous le verrou, à ce qui est enregistré (`socle.versions`).

    Ce qui a changé entre-temps se dit à côté de son champ, et rien ne s'écrit ; renvoyer les mêmes valeurs n'écrit rien, et
    la page le dit. Le service n'a rien à en savoir.
    """

    sans_fiche = False  # vrai si l'objet n'a pas d'autre page : son journal se lit au bas de celle-ci

    def relire_objet(self):
        """L'objet relu et verrouillé."""
        return verrouiller(self.get_queryset(), self.acteur, self.objet)

    def montre(self, form) -> dict[str, Any]:
        """Ce que la page montre de l'objet, champ par champ."""
        return form.montre()

    def _enregistre(self) -> dict[str, Any]:
        """Ce que montrerait la page, ouverte maintenant."""
        sans_saisie = {nom: valeur for nom, valeur in self.get_form_kwargs().items() if nom not in ("data", "files")}
        return self.montre(self.get_form_class()(**sans_saisie))

    def preparer(self, form) -> None:
        """Ce qui se demande à un service extérieur, avant le verrou : sa lenteur n'y retient personne."""

    def form_valid(self, form):
        self.preparer(form)
        try:
            with transaction.atomic():
                change = self._enregistrer_sous_le_verrou(form)
        except ValidationError as refus:
            if isinstance(refus, VersionDepassee):
                self.version = version_de(refus.valeurs)
            form.reporter(refus)
            return self.form_invalid(form)
        if change:
            dire(self.request, self.message, getattr(self.resultat, "dit_a", None))
        else:
            messages.info(self.request, RIEN_N_A_CHANGE)
        return HttpResponseRedirect(self.get_success_url())

    def _enregistrer_sous_le_verrou(self, form) -> bool:
        self.objet = self.relire_objet()
        avant = self._enregistre()
        exiger_version(self.version, avant, form.cleaned_data)
        self.resultat = self.enregistrer(form)
        if self._est_remplace():
            return True
        self.objet = self.relire_objet()
        return version_de(self._enregistre()) != version_de(avant)

    def _est_remplace(self) -> bool:
        """Une autre ligne a pris la place de l'objet (une question déjà répondue), ou la première vient de naître."""
        meme_genre = isinstance(self.resultat, models.Model) and type(self.resultat) is type(self.objet)
        return meme_genre and self.resultat.pk != self.objet.pk

    @cached_property
    def version(self) -> str:
        """Celle que la personne avait sous les yeux : une erreur de saisie ne la rajeunit pas."""
        return self.request.POST.get(CHAMP_VERSION, "")

    def get_context_data(self, **kwargs):
        contexte = super().get_context_data(**kwargs)
        if self.sans_fiche:
            contexte["journal"] = histoire(self.objet)
        return {**contexte, "version_montree": self.version or version_de(self.montre(contexte["form"]))}


class ReglagesView(EditionView):
    """Modifier ce que la structure n'a qu'en un exemplaire. Sa ligne sert de verrou : la première fois, rien n'existe encore."""

    message = "Réglages enregistrés."

    def lire_objet(self):
        siens = self.model.objects.visibles_par(self.acteur).first()
        return siens or self.model(structure=self.acteur.organisation)

    def relire_objet(self):
        verrouiller_la_structure(self.acteur.organisation)
        return self.lire_objet()

    def get_success_url(self) -> str:
        return self.get_retour()
