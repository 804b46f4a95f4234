from django.urls import path

from reprise import views

app_name = "reprise"
urlpatterns = [
    path("reprise/", views.DepotView.as_view(), name="importer"),
    path("reprise/modele/", views.modele, name="modele"),
    path("reprise/exporter/", views.exporter, name="exporter"),
    path("reprise/historique/", views.RepriseListeView.as_view(), name="liste"),
    path("reprise/<uuid:uuid>/", views.RepriseFicheView.as_view(), name="fiche"),
    path("reprise/<uuid:uuid>/confirmer/", views.ConfirmationView.as_view(), name="confirmer"),
    path("reprise/<uuid:uuid>/appliquer/", views.appliquer, name="appliquer"),
    path("reprise/<uuid:uuid>/relancer/", views.relancer, name="relancer"),
]
