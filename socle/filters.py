"""La base des filtres de liste : champ de recherche plié, libellés, rendu par crispy."""

import django_filters
from crispy_forms.helper import FormHelper
from django.db.models import Q

from socle.enums import EtatDocument
from socle.models import Document
from socle.texte import plier


class FiltreDomaine(django_filters.FilterSet):
    """Filtre d'une liste ; `recherche` cherche sans accents ni casse dans `champs_recherche` (champs déjà pliés)."""

    champs_recherche: tuple[str, ...] = ()

    @property
    def form(self):
        formulaire = super().form
        if not hasattr(formulaire, "helper"):
            formulaire.helper = FormHelper()
            formulaire.helper.form_tag = False
            formulaire.helper.disable_csrf = True
        return formulaire

    @property
    def acteur(self):
        return self.request.acteur

    def filtrer_recherche(self, queryset, nom, valeur):
        """Chaque mot tapé doit se trouver dans l'un des champs."""
        for mot in plier(valeur).split():
            condition = Q()
            for champ in self.champs_recherche:
                condition |= Q(**{f"{champ}__contains": mot})
            queryset = queryset.filter(condition)
        return queryset


class DocumentFilter(FiltreDomaine):
    etat = django_filters.ChoiceFilter(label="État", choices=EtatDocument.choices, empty_label="Tous")

    class Meta:
        model = Document
        fields = ["etat"]
