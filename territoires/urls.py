from django.urls import path

from territoires import views

app_name = "territoires"
urlpatterns = [
    path("", views.TerritoireView.as_view(), name="territoire"),
    path("quartiers/", views.QuartiersView.as_view(), name="quartiers"),
    path("adresses/suggestions/", views.adresses_suggestions, name="adresses_suggestions"),
    path("communes/suggestions/", views.communes_suggestions, name="communes_suggestions"),
]
