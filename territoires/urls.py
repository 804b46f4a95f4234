from django.urls import path

from territoires import views

app_name = "territoires"
urlpatterns = [
    path("", views.TerritoireView.as_view(), name="territoire"),
    path("definir/", views.DefinirView.as_view(), name="definir"),
    path("structures/<uuid:uuid>/", views.DefinirPourView.as_view(), name="definir_pour"),
    path("intercommunalites/suggestions/", views.epci_suggestions, name="epci_suggestions"),
    path("quartiers/charger/", views.QuartiersChargementView.as_view(), name="quartiers_charger"),
    path("quartiers/", views.QuartiersView.as_view(), name="quartiers"),
    path("adresses/suggestions/", views.adresses_suggestions, name="adresses_suggestions"),
    path("communes/suggestions/", views.communes_suggestions, name="communes_suggestions"),
]
