from django.urls import path

from recrutement import views

app_name = "recrutement"
urlpatterns = [
    path("contrats/", views.ContratListeView.as_view(), name="contrats"),
    path("contrats/<uuid:uuid>/", views.ContratFicheView.as_view(), name="contrat"),
    path("contrats/<uuid:uuid>/modifier/", views.ContratEditionView.as_view(), name="contrat_modifier"),
    path("contrats/<uuid:uuid>/archiver/", views.archiver, {"archiver": True}, name="contrat_archiver"),
    path("contrats/<uuid:uuid>/desarchiver/", views.archiver, {"archiver": False}, name="contrat_desarchiver"),
    path("beneficiaires/<uuid:uuid>/contrats/nouveau/", views.ContratCreationView.as_view(), name="contrat_nouveau"),
]
