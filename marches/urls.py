from django.urls import path

from marches.views import engagements, maitres_ouvrage, marches

app_name = "marches"


def archivage(prefixe: str, vue, nom: str) -> list:
    """Archiver et sortir de l'archive : deux URL, un service."""
    return [
        path(f"{prefixe}/archiver/", vue, {"archiver": True}, name=f"{nom}_archiver"),
        path(f"{prefixe}/desarchiver/", vue, {"archiver": False}, name=f"{nom}_desarchiver"),
    ]


urlpatterns = [
    path("marches/", marches.MarcheListeView.as_view(), name="liste"),
    path("marches/nouveau/", marches.MarcheCreationView.as_view(), name="nouveau"),
    path("marches/<uuid:uuid>/", marches.MarcheFicheView.as_view(), name="fiche"),
    path("marches/<uuid:uuid>/modifier/", marches.MarcheEditionView.as_view(), name="modifier"),
    path("marches/<uuid:uuid>/statut/<slug:transition>/", marches.changer_statut, name="statut"),
    *archivage("marches/<uuid:uuid>", marches.archiver, "marche"),
    path("marches/<uuid:uuid>/lots/nouveau/", marches.LotCreationView.as_view(), name="lot_nouveau"),
    path("lots/<uuid:uuid>/modifier/", marches.LotEditionView.as_view(), name="lot_modifier"),
    *archivage("lots/<uuid:uuid>", marches.archiver_lot, "lot"),
    path(
        "lots/<uuid:uuid>/engagements/nouveau/", engagements.EngagementCreationView.as_view(), name="engagement_nouveau"
    ),
    path("engagements/", engagements.MesEngagementsView.as_view(), name="mes_engagements"),
    path("engagements/<uuid:uuid>/", engagements.EngagementFicheView.as_view(), name="engagement"),
    path("engagements/<uuid:uuid>/modifier/", engagements.EngagementEditionView.as_view(), name="engagement_modifier"),
    *archivage("engagements/<uuid:uuid>", engagements.archiver_engagement, "engagement"),
    path(
        "engagements/<uuid:uuid>/avenants/nouveau/", engagements.AvenantCreationView.as_view(), name="avenant_nouveau"
    ),
    path("maitres-ouvrage/", maitres_ouvrage.MaitreOuvrageListeView.as_view(), name="maitres_ouvrage"),
    path(
        "maitres-ouvrage/nouveau/", maitres_ouvrage.MaitreOuvrageCreationView.as_view(), name="maitre_ouvrage_nouveau"
    ),
    path("maitres-ouvrage/<uuid:uuid>/", maitres_ouvrage.MaitreOuvrageFicheView.as_view(), name="maitre_ouvrage"),
    path(
        "maitres-ouvrage/<uuid:uuid>/modifier/",
        maitres_ouvrage.MaitreOuvrageEditionView.as_view(),
        name="maitre_ouvrage_modifier",
    ),
    *archivage("maitres-ouvrage/<uuid:uuid>", maitres_ouvrage.archiver_maitre_ouvrage, "maitre_ouvrage"),
    path("operations/", maitres_ouvrage.OperationListeView.as_view(), name="operations"),
    path("operations/nouvelle/", maitres_ouvrage.OperationCreationView.as_view(), name="operation_nouvelle"),
    path("operations/<uuid:uuid>/", maitres_ouvrage.OperationFicheView.as_view(), name="operation"),
    path("operations/<uuid:uuid>/modifier/", maitres_ouvrage.OperationEditionView.as_view(), name="operation_modifier"),
    *archivage("operations/<uuid:uuid>", maitres_ouvrage.archiver_operation, "operation"),
]
