"""Peut-on dire « non » d'un domicile hors de tout contour ? Seulement là où les contours de sa commune ont été chargés."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from territoires.models import Commune, QuartierPrioritaire, Territoire


def doutes(communes: Iterable[Commune], millesime: int) -> dict[int, str]:
    """{clé: pourquoi y vérifier} des communes où l'absence de contour ne prouve rien ; les autres sont absentes."""
    demandees = Commune.objects.filter(pk__in={commune.pk for commune in communes})
    couvertes = _couvertes(demandees, millesime)
    raisons = {
        cle: f"Aucun contour de la géographie {millesime} n'est chargé pour cette commune ni pour ses environs."
        for cle in demandees.exclude(pk__in=couvertes.values("pk")).order_by("pk").values_list("pk", flat=True)
    }
    disparues = demandees.filter(_en_a_un_ailleurs(millesime)).exclude(_a_un_quartier(millesime))
    for cle in disparues.order_by("pk").values_list("pk", flat=True):
        raisons[cle] = (
            f"Cette commune a un quartier dans l'autre géographie et aucun de chargé pour {millesime} : le fichier chargé "
            "est peut-être partiel."
        )
    return raisons


def _couvertes(communes: QuerySet[Commune], millesime: int) -> QuerySet[Commune]:
    """Un quartier de la commune est chargé ; ou de son territoire ; ou de son département, d'un fichier gardé en entier.

    Un responsable ne charge que les quartiers de son territoire : ceux-là ne disent rien du reste du département.
    """
    charges = QuartierPrioritaire.objects.filter(millesime=millesime).order_by()
    entiers = charges.filter(fichier_entier=True, communes__isnull=False).values("communes__code_departement")
    territoires = Territoire.objects.filter(communes__in=charges.filter(communes__isnull=False).values("communes"))
    return communes.filter(
        _a_un_quartier(millesime)
        | Exists(territoires.filter(communes=OuterRef("pk")))
        | Q(code_departement__in=entiers)
    )


def _a_un_quartier(millesime: int) -> Exists:
    return Exists(QuartierPrioritaire.objects.filter(communes=OuterRef("pk"), millesime=millesime))


def _en_a_un_ailleurs(millesime: int) -> Exists:
    """Dans l'autre géographie."""
    return Exists(QuartierPrioritaire.objects.filter(communes=OuterRef("pk")).exclude(millesime=millesime))
