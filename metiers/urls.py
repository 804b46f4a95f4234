from django.urls import path

from metiers import views

app_name = "metiers"
urlpatterns = [
    path("", views.NomsView.as_view(), name="noms"),
    path("nouveau/", views.NomCreationView.as_view(), name="nom_nouveau"),
    path("a-preciser/<int:cle>/", views.PreciserView.as_view(), name="preciser"),
    path("<uuid:uuid>/retirer/", views.retirer, name="nom_retirer"),
    path("suggestions/", views.suggestions, name="suggestions"),
]
