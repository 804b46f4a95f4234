"""Les bases des vues : la portée et l'accès y sont posés une fois, personne n'a à s'en souvenir."""

from functools import cached_property
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.functional import SimpleLazyObject
from django.views.generic import DetailView, FormView
from django.views.generic.base import View

from socle.acces import exiger_acces
from socle.avis import Avis
from socle.envois import EnvoiUnique
from socle.panneaux import GESTES, panneaux_de
from socle.requetes import Requete
from socle.services.enregistrement import verrouiller, verrouiller_la_structure
from socle.services.journal import histoire
from socle.versions import CHAMP_VERSION, VersionDepassee, exiger_version, version_de

RIEN_N_A_CHANGE = "Rien n'a changé."


def objet_ou_404(modele, acteur, uuid, queryset=None):
    """L'objet, s'il est dans la portée de l'acteur ; sinon 404, sans dire s'il existe."""
    visibles = modele.objects.visibles_par(acteur) if queryset is None else queryset
    return get_object_or_404(visibles, uuid=uuid)


def dire(request, fait: str, avis: Avis | None = None, balise: str = "") -> None:
    """Ce qui est fait, puis à qui c'est écrit ; personne à qui l'écrire n'est pas une réussite : le message le montre.

    `balise` : celle de `socle.annulation`, si le geste s'annule.
    """
    phrases = [fait, avis.phrase if avis is not None else ""]
    if texte := " ".join(phrase for phrase in phrases if phrase):
        niveau = messages.SUCCESS if avis is None or avis else messages.WARNING
        messages.add_message(request, niveau, texte, extra_tags=balise)


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
        dire(self.request, self.message, getattr(self.resultat, "dit_a", None), self.get_balise())
        return HttpResponseRedirect(self.get_success_url())

    def get_balise(self) -> str:
        """De quoi annuler ce qui vient d'être fait (`socle.annulation`) ; vide si rien ne l'annule."""
        return ""

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
