"""La liste des alertes : les engagements en exécution, du plus menacé au plus sûr."""

from decimal import Decimal
from operator import attrgetter

from django.utils import timezone

from comptes.enums import FACILITATEURS
from marches.models import Engagement
from pronostic.filters import AlerteFilter
from pronostic.lecture import Alerte, alertes, engagements_suivis
from pronostic.projection import Projection
from socle.nombres import heures, nombre
from socle.periodes import ajouter_mois, premier_jour
from socle.tables import Colonne, Genre, Suite
from socle.views import ListeView

MOIS_MONTRES = 12
ZERO = Decimal(0)


def _si_projetee(alerte: Alerte, champ: str):
    """Une heure projetée, quand la projection a un sens."""
    projection = alerte.projection
    return getattr(projection, champ) if projection.se_projette and not projection.demesuree else None


def _personnes(projection: Projection) -> int | str | None:
    if not projection.manque:
        return None
    return "impossible" if projection.impossible else projection.personnes


def derniers_mois(alerte: Alerte) -> Suite:
    """Les heures des douze derniers mois complets, validées ou déclarées."""
    execution, courant = alerte.execution, premier_jour(alerte.projection.le)
    depuis = max(ajouter_mois(courant, -MOIS_MONTRES), premier_jour(execution.debut))
    mois = []
    while depuis < courant:
        mois.append(depuis)
        depuis = ajouter_mois(depuis, 1)
    faites = (execution.validees.get(m, ZERO) + execution.declarees.get(m, ZERO) for m in mois)
    return Suite(tuple(mois), tuple(faites))


def _fin_probable(alerte: Alerte) -> str | None:
    """« 1 400 h, de 1 057 à 1 529 » ; au-delà de toute mesure, seulement que le dû sera fait."""
    projection = alerte.projection
    if not projection.se_projette:
        return None
    if projection.demesuree:
        return "le dû, avant la fin"
    return f"{heures(projection.a_la_fin)}, de {nombre(projection.bas)} à {projection.au_plus}"


ENTREPRISE = Colonne(
    "Entreprise", lambda a: a.entreprise, tri="entreprise", lien=Alerte.get_absolute_url, principale=True
)
MARCHE = Colonne("Marché", lambda a: f"{a.reference}, {a.objet}", tri="reference")
LOT = Colonne("Lot", lambda a: a.lot, secondaire=True)
ACHETEUR = Colonne("Maître d'ouvrage", lambda a: a.acheteur, secondaire=True)
PRONOSTIC = Colonne("Pronostic", lambda a: a.projection.pronostic, Genre.STATUT)
DUES = Colonne("Heures dues", lambda a: a.projection.dues, Genre.HEURES)
FAITES = Colonne("Heures faites", lambda a: a.jauge, Genre.JAUGE)
PAR_MOIS = Colonne("Par mois", derniers_mois, Genre.SUITE, secondaire=True)
ATTENDUES = Colonne("Attendues", lambda a: a.projection.attendues, Genre.HEURES, secondaire=True)
FIN_PROBABLE = Colonne("À la fin", _fin_probable)
BESOIN = Colonne("Manquerait", lambda a: a.projection.besoin or None, tri="projection.manque")
JOURS = Colonne("Jours restants", lambda a: a.projection.jours, Genre.NOMBRE, tri="projection.jours")
BORNES = [
    Colonne("Projetées", lambda a: _si_projetee(a, "a_la_fin"), Genre.HEURES),
    Colonne("Au moins", lambda a: _si_projetee(a, "bas"), Genre.HEURES),
    Colonne("Au plus", lambda a: _si_projetee(a, "haut"), Genre.HEURES),
]
MANQUE = [
    Colonne("Heures qui manqueraient", lambda a: a.projection.manque or None, Genre.HEURES),
    Colonne("Personnes", lambda a: _personnes(a.projection), Genre.NOMBRE),
]


class AlerteListeView(ListeView):
    """Alertes"""

    acces = FACILITATEURS
    model = Engagement
    filterset_class = AlerteFilter
    template_name = "pronostic/alertes.html"
    titre = "Alertes"
    vide = "Aucun engagement en exécution : rien à projeter pour l'instant."
    nom_export = "alertes"
    colonnes = [
        ENTREPRISE,
        MARCHE,
        LOT,
        ACHETEUR,
        PRONOSTIC,
        FAITES,
        PAR_MOIS,
        ATTENDUES,
        FIN_PROBABLE,
        BESOIN,
        JOURS,
    ]
    # Un tableur veut chaque nombre dans sa colonne.
    colonnes_exportees = [
        ENTREPRISE,
        MARCHE,
        LOT,
        ACHETEUR,
        PRONOSTIC,
        DUES,
        FAITES,
        PAR_MOIS,
        ATTENDUES,
        *BORNES,
        *MANQUE,
        JOURS,
    ]

    def get_colonnes(self) -> list[Colonne]:
        return self.colonnes_exportees if self.request.GET.get("export") else self.colonnes

    def get_queryset(self) -> list[Alerte]:  # type: ignore[override]  # des lignes calculées, que la base ne rend pas
        suivis = engagements_suivis(self.acteur)
        self.filtre = self.filterset_class(self.request.GET, queryset=suivis, request=self.request)
        choisis = self.filtre.qs if self.filtre.is_valid() else suivis
        trouvees = alertes(choisis, timezone.localdate())
        pronostic = self.filtre.form.cleaned_data.get("pronostic") if self.filtre.is_valid() else ""
        return self._trier([a for a in trouvees if not pronostic or a.projection.pronostic == pronostic])

    def get_objets_exportes(self) -> list[Alerte]:
        return self.get_queryset()

    def _trier(self, objets: list[Alerte]) -> list[Alerte]:
        """Sans demande, le plus pressé d'abord ; le tri est stable, les ex aequo gardent cet ordre."""
        demande = self.request.GET.get("tri", "")
        champs = {colonne.tri for colonne in self.get_colonnes() if colonne.tri}
        if demande.removeprefix("-") not in champs:
            return objets
        return sorted(objets, key=attrgetter(demande.removeprefix("-")), reverse=demande.startswith("-"))
