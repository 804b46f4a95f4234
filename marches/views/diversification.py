"""La diversification : nature, sorte de clause et corps de métier, par acheteur et par année ; qui n'a jamais essayé."""

from decimal import Decimal

from django.db.models import Count, DecimalField, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from comptes.enums import FACILITATEURS
from marches.enums import Nature, StatutMarche, TypeClause, TypeMaitreOuvrage
from marches.filters import DiversificationFilter
from marches.models import MaitreOuvrage
from marches.querysets import somme_des_heures_dues
from socle.tables import Colonne, Genre
from socle.views import ListeView


def _lien(maitre_ouvrage: MaitreOuvrage, **filtres: str) -> str:
    suite = "".join(f"&{cle}={valeur}" for cle, valeur in filtres.items())
    return f"{reverse('marches:liste')}?maitre_ouvrage={maitre_ouvrage.uuid}{suite}&archives=tous"


class DiversificationView(ListeView):
    """Diversification des achats"""

    acces = FACILITATEURS
    model = MaitreOuvrage
    filterset_class = DiversificationFilter
    template_name = "marches/diversification.html"
    titre = "Diversification"
    vide = "Aucun maître d'ouvrage suivi."
    nom_export = "diversification"
    colonnes = [
        Colonne(
            "Maître d'ouvrage", lambda m: m.nom, tri="nom_plie", lien=lambda m: m.get_absolute_url(), principale=True
        ),
        Colonne("Type", lambda m: TypeMaitreOuvrage(m.type).label, tri="type"),
        Colonne("Marchés", lambda m: m.marches_clauses, Genre.NOMBRE, tri="marches_clauses", lien=_lien),
        Colonne("Travaux", lambda m: m.travaux, Genre.NOMBRE, tri="travaux", lien=lambda m: _lien(m, nature="travaux")),
        Colonne(
            "Services", lambda m: m.services, Genre.NOMBRE, tri="services", lien=lambda m: _lien(m, nature="services")
        ),
        Colonne("Fournitures", lambda m: m.fournitures, Genre.NOMBRE, tri="fournitures", secondaire=True),
        Colonne("Condition seule", lambda m: m.conditions, Genre.NOMBRE, tri="conditions", secondaire=True),
        Colonne("Avec critère", lambda m: m.criteres, Genre.NOMBRE, tri="criteres", secondaire=True),
        Colonne("Réservé ou d'insertion", lambda m: m.reserves, Genre.NOMBRE, tri="reserves", secondaire=True),
        Colonne("Corps de métier", lambda m: m.corps_metiers, Genre.NOMBRE, tri="corps_metiers", secondaire=True),
        Colonne("Heures dues", lambda m: m.heures_dues, Genre.HEURES, tri="heures_dues"),
    ]

    def _annee(self) -> int | None:
        """Celle du filtre, s'il l'admet ; sinon toutes, et le filtre dit pourquoi."""
        formulaire = self.filterset_class(self.criteres, MaitreOuvrage.objects.none(), request=self.request).form
        return formulaire.cleaned_data.get("annee") if formulaire.is_valid() else None

    def get_base_queryset(self):
        """Chaque compte porte sur les marchés attribués de la structure qui commencent l'année demandée (toutes, sans choix)."""
        siens = Q(marches__structure=self.acteur.organisation, marches__statut__in=StatutMarche.attribues())
        if annee := self._annee():
            siens &= Q(marches__debut__year=annee)

        def compte(**filtres):
            return Count("marches", filter=siens & Q(**filtres), distinct=True)

        heures = Sum(somme_des_heures_dues("marches__lots__engagements__"), filter=siens)
        return (
            super()
            .get_base_queryset()
            .annotate(
                marches_clauses=compte(),
                travaux=compte(marches__nature=Nature.TRAVAUX),
                services=compte(marches__nature=Nature.SERVICES),
                fournitures=compte(marches__nature=Nature.FOURNITURES),
                conditions=compte(marches__type_clause=TypeClause.CONDITION),
                criteres=compte(marches__type_clause__in=[TypeClause.CRITERE, TypeClause.CONDITION_ET_CRITERE]),
                reserves=compte(marches__type_clause__in=[TypeClause.RESERVE, TypeClause.MARCHE_INSERTION]),
                corps_metiers=Count("marches__lots__corps_metier", filter=siens, distinct=True),
                heures_dues=Coalesce(heures, Decimal(0), output_field=DecimalField(max_digits=14, decimal_places=2)),
            )
        )
