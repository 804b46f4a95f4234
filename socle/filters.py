"""La base des filtres de liste : champ de recherche plié, libellés, rendu par crispy."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

import django_filters
from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import Q

from socle.champs import JourField, MoisField
from socle.enums import EtatCourriel, EtatDocument
from socle.lecture import ANNEES
from socle.models import Courriel, Document
from socle.periodes import dernier_jour
from socle.plis import compacter
from socle.recherches import LONGUEUR_MAX
from socle.texte import plier


class RechercheConfidentielle(django_filters.CharFilter):
    """Un texte qui nomme quelqu'un : il se poste, et ne s'écrit jamais dans une adresse (`socle.recherches`)."""

    confidentiel = True


class AnneeFilter(django_filters.NumberFilter):
    """Une année entière et possible : l'an 0 et l'an 10000 n'existent pas pour la base."""

    field_class = forms.IntegerField

    def __init__(self, *args, **options):
        bornes = {"min_value": ANNEES[0], "max_value": ANNEES[-1]}
        super().__init__(*args, **{"label": "Année", **bornes, **options})


class FiltreDomaine(django_filters.FilterSet):
    """Filtre d'une liste. Un texte se cherche sans accents ni casse dans des colonnes pliées (`socle.plis.ChampPlie`).

    `recherche` lit `champs_recherche` et `champs_codes` (un SIRET, un code postal : des chiffres, gardés tels quels) ;
    `personne`, confidentielle, lit `champs_personne`.
    """

    champs_recherche: tuple[str, ...] = ()
    champs_codes: tuple[str, ...] = ()
    champs_personne: tuple[str, ...] = ()

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
        return chercher_dans(queryset, self.champs_recherche, valeur, codes=self.champs_codes)

    def filtrer_personne(self, queryset, nom, valeur):
        return chercher_dans(queryset, self.champs_personne, valeur)


def chercher_dans(queryset, plies: Iterable[str], valeur: str, codes: Iterable[str] = ()):
    """Chaque mot tapé doit se trouver dans l'un des champs ; « Legoff » trouve « Le Goff », et « Saint-Lô », « Saint Lô »."""
    lectures = [*(f"{champ}__compact__contains" for champ in plies), *(f"{champ}__contains" for champ in codes)]
    for mot in filter(None, map(compacter, plier(valeur[:LONGUEUR_MAX]).split())):
        queryset = queryset.filter(reduce(or_, (Q(**{lecture: mot}) for lecture in lectures)))
    return queryset


class FiltreArchivable(FiltreDomaine):
    """Le filtre d'une liste dont les lignes s'archivent : sans choix contraire, l'archive ne se montre pas."""

    EN_COURS = "En cours de suivi"

    archives = django_filters.ChoiceFilter(
        label="Archive",
        choices=(("non", EN_COURS), ("oui", "Archivés"), ("tous", "Tous")),
        method="laisser",
        empty_label=None,
        initial="non",
    )

    @property
    def form(self):
        formulaire = super().form
        accord = "e" if getattr(self.queryset.model, "FEMININ", False) else ""
        tous = "Toutes" if accord else "Tous"
        formulaire.fields["archives"].choices = [("non", self.EN_COURS), ("oui", f"Archivé{accord}s"), ("tous", tous)]
        return formulaire

    def laisser(self, queryset, nom, valeur):
        return queryset

    @property
    def qs(self):
        return self.selon_l_archive(super().qs, {"oui": True, "tous": None}.get(self.data.get("archives"), False))

    def selon_l_archive(self, lignes, archivees: bool | None):
        """`archivees` : vrai pour l'archive seule, faux sans elle, `None` pour tout."""
        return lignes if archivees is None else lignes.filter(archive_le__isnull=not archivees)


class DocumentFilter(FiltreDomaine):
    etat = django_filters.ChoiceFilter(label="État", choices=EtatDocument.choices, empty_label="Tous")

    class Meta:
        model = Document
        fields = ["etat"]


class JourFilter(django_filters.DateFilter):
    """Un jour, dans les bornes de tout formulaire."""

    field_class = JourField


class MoisFilter(django_filters.Filter):
    """Un mois entier, sur une date et une heure."""

    field_class = MoisField

    def filter(self, qs, value):
        if not value:
            return qs
        return qs.filter(
            **{f"{self.field_name}__date__gte": value, f"{self.field_name}__date__lte": dernier_jour(value)}
        )


class CourrielFilter(FiltreDomaine):
    recherche = RechercheConfidentielle(label="Destinataire", method="filtrer_destinataire")
    etat = django_filters.ChoiceFilter(label="État", choices=EtatCourriel.choices, empty_label="Tous")
    mois = MoisFilter(label="Écrit en", field_name="cree_le")

    class Meta:
        model = Courriel
        fields = ["recherche", "etat", "mois"]

    def filtrer_destinataire(self, queryset, nom, valeur):
        """Une adresse n'a pas d'accents : on y cherche sans ceux qui sont tapés, ni casse."""
        cherche = plier(valeur)
        return queryset.filter(Q(destinataire__icontains=cherche) | Q(copie_a__icontains=cherche))
