"""Les paramètres des structures d'un réseau, côte à côte : ce par quoi leurs calculs diffèrent. Rien ne s'y change."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from beneficiaires.models import ReglagesEligibilite
from comptes.acteur import Acteur
from comptes.enums import Role
from comptes.models import Organisation
from declarations.models import ReglagesDeclaration
from marches.filters import CorpsMetierFilter
from marches.models import CorpsMetier
from reporting.models import ReglagesBilan
from reporting.services import membres_du_reseau
from socle.tables import Colonne, Genre, lignes
from socle.views import ListeView


@dataclass(frozen=True, slots=True)
class Parametres:
    """Ce qu'une structure applique, réglé ou par défaut."""

    structure: Organisation
    eligibilite_mois: int
    heures_par_etp: Decimal
    jour_du: int


COLONNES: list[Colonne] = [
    Colonne("Structure", lambda p: p.structure.nom, principale=True),
    Colonne("Durée d'éligibilité (mois)", lambda p: p.eligibilite_mois, Genre.NOMBRE),
    Colonne("Heures d'un ETP", lambda p: p.heures_par_etp, Genre.NOMBRE),
    Colonne("Heures à déclarer avant le", lambda p: p.jour_du, Genre.NOMBRE),
]


def parametres_du_reseau(acteur: Acteur) -> list[Parametres]:
    """De chaque structure qui travaille avec le réseau, par nom."""
    eligibilites, bilans, declarations = (
        {reglages.structure_id: reglages for reglages in modele.objects.visibles_par(acteur)}
        for modele in (ReglagesEligibilite, ReglagesBilan, ReglagesDeclaration)
    )
    return [
        Parametres(
            structure,
            eligibilites.get(structure.pk, ReglagesEligibilite()).duree_mois,
            bilans.get(structure.pk, ReglagesBilan()).heures_par_etp,
            declarations.get(structure.pk, ReglagesDeclaration()).jour_echeance,
        )
        for structure in membres_du_reseau(acteur.agit_pour).order_by("nom", "pk")
    ]


class ParametresReseauView(ListeView):
    """Les paramètres du réseau"""

    acces = frozenset({Role.RESEAU})
    model = CorpsMetier
    filterset_class = CorpsMetierFilter
    template_name = "reporting/parametres_reseau.html"
    titre = "Les paramètres du réseau"
    vide = "Aucune structure du réseau n'a de corps de métier."
    nom_export = "corps-de-metier-du-reseau"
    avec_vues = False
    colonnes = [
        Colonne("Corps de métier", lambda c: c.nom, tri="nom_plie", principale=True),
        Colonne("Structure", lambda c: c.structure.nom, tri="structure__nom"),
        Colonne("Nature", lambda c: c.get_nature_display(), tri="nature"),
        Colonne("Main-d'œuvre", lambda c: c.part_main_oeuvre, Genre.POURCENT, tri="part_main_oeuvre"),
        Colonne("Taux", lambda c: c.taux_insertion, Genre.POURCENT, tri="taux_insertion"),
        Colonne("Coût horaire", lambda c: c.cout_horaire, Genre.EUROS, tri="cout_horaire"),
        Colonne("Source", lambda c: c.source),
        Colonne("Du", lambda c: c.date_source, Genre.DATE, tri="date_source"),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("structure").order_by("nom_plie", "structure__nom", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reglages = lignes(parametres_du_reseau(self.acteur), COLONNES)
        return {**super().get_context_data(**kwargs), "reglages": reglages, "colonnes_reglages": COLONNES}
