"""Fusionner deux fiches, en deux pages : choisir l'autre, puis lire ce qui passera avant de le faire."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from socle.acces import exiger_acces
from socle.forms import Formulaire
from socle.models import Fusion
from socle.regles import RegleViolee
from socle.services.fusions import anciennes_fiches, apercu, exiger_jamais_rangees
from socle.views.bases import GesteView, objet_ou_404


class ChoixDeFusionView(GesteView):
    """Choisir la fiche à réunir à celle-ci : celles qui lui ressemblent, ou une autre que l'on désigne."""

    template_name = "socle/fusion_choix.html"
    bouton = "Comparer"
    donne_l_objet = False
    vers = ""  # le nom de la page d'aperçu

    def ressemblants(self) -> list[Any]:
        return []

    def nommer(self, fiche) -> str:
        return str(fiche)

    def enregistrer(self, form):
        autre = form.cleaned_data["autre"]
        if autre.pk == self.objet.pk:
            raise RegleViolee("C'est la fiche que vous regardez : désignez l'autre.", champ="autre")
        exiger_jamais_rangees(self.acteur, self.objet, autre)
        return autre

    def page(self, autre) -> str:
        return reverse(self.vers, args=[self.objet.uuid, autre.uuid])

    def get_success_url(self) -> str:
        return self.page(self.resultat)

    def get_context_data(self, **kwargs):
        rangees = anciennes_fiches(self.acteur, self.model)
        ressemblants = [fiche for fiche in self.ressemblants() if fiche.uuid not in rangees]
        proches = [(self.nommer(fiche), self.page(fiche)) for fiche in ressemblants]
        return {**super().get_context_data(**kwargs), "proches": proches, "nom": self.nommer(self.objet)}


class FusionView(GesteView):
    """Ce qui passera d'une fiche à l'autre, puis le bouton qui le fait."""

    form_class = Formulaire
    template_name = "socle/fusion.html"
    bouton = "Fusionner"
    donne_l_objet = False
    vers = ""
    service: ClassVar[Callable[..., Fusion]]

    @cached_property
    def autre(self):
        return objet_ou_404(self.model, self.acteur, self.kwargs["autre"], self.get_queryset())

    def dispatch(self, request, *args, **kwargs):
        exiger_acces(request, self.acces)
        _ = self.autre
        return super().dispatch(request, *args, **kwargs)

    def paires(self) -> list[tuple[models.Model, models.Model]]:
        return [(self.objet, self.autre)]

    def verdict(self):
        raise NotImplementedError

    def nommer(self, fiche) -> str:
        return str(fiche)

    def precautions(self) -> list[str]:
        """Ce qu'il faut savoir avant, propre à ces deux fiches."""
        return []

    def get_success_url(self) -> str:
        return self.objet.get_absolute_url()

    def get_context_data(self, **kwargs):
        contexte = super().get_context_data(**kwargs)
        try:
            exiger_jamais_rangees(self.acteur, self.objet, self.autre)
            prevu, refus = apercu(self.acteur, self.paires()), self.verdict().motif
        except ValidationError as regle:
            prevu, refus = None, " ".join(regle.messages)
        return {
            **contexte,
            "apercu": prevu,
            "refus": refus,
            "remplis": self._remplis(prevu),
            "gardee": self.nommer(self.objet),
            "absorbee": self.nommer(self.autre),
            "inverse": reverse(self.vers, args=[self.autre.uuid, self.objet.uuid]),
            "precautions": self.precautions(),
        }

    def _remplis(self, prevu) -> list[str]:
        """Les champs que la fiche gardée n'avait pas : leurs noms."""
        fiche: Any = self.paires()[-1][0]
        return [str(fiche._meta.get_field(nom).verbose_name) for nom in (prevu.remplis if prevu else ())]
