import django_filters

from marches.enums import Nature, StatutMarche, StatutProjet, TypeClause, TypeMaitreOuvrage
from marches.models import ConventionGlobalisation, CorpsMetier, MaitreOuvrage, Marche, Operation, ProjetAchat
from socle.filters import AnneeFilter, FiltreArchivable, FiltreDomaine


def maitres_ouvrage_visibles(request):
    return MaitreOuvrage.objects.visibles_par(request.acteur)


def operations_visibles(request):
    return Operation.objects.visibles_par(request.acteur).actifs()


class MarcheFilter(FiltreArchivable):
    champs_recherche = ("texte_plie", "maitre_ouvrage__nom_plie")

    recherche = django_filters.CharFilter(label="Référence, objet, acheteur", method="filtrer_recherche")
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutMarche.choices, empty_label="Tous")
    nature = django_filters.ChoiceFilter(label="Nature", choices=Nature.choices, empty_label="Toutes")
    type_clause = django_filters.ChoiceFilter(label="Clause", choices=TypeClause.choices, empty_label="Toutes")
    maitre_ouvrage = django_filters.ModelChoiceFilter(
        label="Maître d'ouvrage", queryset=maitres_ouvrage_visibles, to_field_name="uuid", empty_label="Tous"
    )
    operation = django_filters.ModelChoiceFilter(
        label="Opération", queryset=operations_visibles, to_field_name="uuid", empty_label="Toutes"
    )
    qui = django_filters.ChoiceFilter(
        label="Suivis par",
        choices=(("moi", "Moi"), ("personne", "Personne encore")),
        empty_label="Tous",
        method="filtrer_qui",
    )

    class Meta:
        model = Marche
        fields = ["recherche", "statut", "nature", "type_clause", "maitre_ouvrage", "operation", "qui", "archives"]

    def filtrer_qui(self, queryset, nom, valeur):
        return queryset.filter(facilitateur=self.acteur.utilisateur if valeur == "moi" else None)


class ProjetFilter(FiltreArchivable):
    champs_recherche = ("texte_plie", "maitre_ouvrage__nom_plie")

    recherche = django_filters.CharFilter(label="Objet, acheteur", method="filtrer_recherche")
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutProjet.choices, empty_label="Tous")
    nature = django_filters.ChoiceFilter(label="Nature", choices=Nature.choices, empty_label="Toutes")
    maitre_ouvrage = django_filters.ModelChoiceFilter(
        label="Maître d'ouvrage", queryset=maitres_ouvrage_visibles, to_field_name="uuid", empty_label="Tous"
    )

    class Meta:
        model = ProjetAchat
        fields = ["recherche", "statut", "nature", "maitre_ouvrage", "archives"]


class DiversificationFilter(FiltreDomaine):
    """Le profil d'achat d'un maître d'ouvrage ; l'année est lue par la vue, elle borne ce qui se compte."""

    champs_recherche = ("nom_plie",)
    champs_codes = ("siret",)

    recherche = django_filters.CharFilter(label="Nom ou SIRET", method="filtrer_recherche")
    annee = AnneeFilter(method="filtrer_annee")
    profil = django_filters.ChoiceFilter(
        label="Profil",
        choices=(("jamais", "Aucun marché à clause"), ("travaux", "En travaux seulement")),
        method="filtrer_profil",
        empty_label="Tous",
    )
    type = django_filters.ChoiceFilter(label="Type", choices=TypeMaitreOuvrage.choices, empty_label="Tous")

    class Meta:
        model = MaitreOuvrage
        fields = ["recherche", "annee", "profil", "type"]

    def filtrer_annee(self, queryset, nom, valeur):
        return queryset

    def filtrer_profil(self, queryset, nom, valeur):
        if valeur == "jamais":
            return queryset.filter(marches_clauses=0)
        return queryset.filter(travaux__gt=0, services=0, fournitures=0)


class CorpsMetierFilter(FiltreArchivable):
    champs_recherche = ("nom_plie",)

    recherche = django_filters.CharFilter(label="Nom", method="filtrer_recherche")
    nature = django_filters.ChoiceFilter(label="Nature", choices=Nature.choices, empty_label="Toutes")

    class Meta:
        model = CorpsMetier
        fields = ["recherche", "nature", "archives"]


class MaitreOuvrageFilter(FiltreArchivable):
    champs_recherche = ("nom_plie",)
    champs_codes = ("siret",)

    recherche = django_filters.CharFilter(label="Nom ou SIRET", method="filtrer_recherche")
    type = django_filters.ChoiceFilter(label="Type", choices=TypeMaitreOuvrage.choices, empty_label="Tous")

    class Meta:
        model = MaitreOuvrage
        fields = ["recherche", "type", "archives"]

    def selon_l_archive(self, lignes, archivees):
        """Chaque structure archive pour elle-même."""
        return lignes.suivis_par(self.acteur.organisation, archives=archivees)


class ConventionFilter(FiltreArchivable):
    champs_recherche = ("intitule_plie",)

    recherche = django_filters.CharFilter(label="Intitulé", method="filtrer_recherche")

    class Meta:
        model = ConventionGlobalisation
        fields = ["recherche", "archives"]


class OperationFilter(FiltreArchivable):
    champs_recherche = ("nom_plie",)

    recherche = django_filters.CharFilter(label="Nom", method="filtrer_recherche")

    class Meta:
        model = Operation
        fields = ["recherche", "archives"]
