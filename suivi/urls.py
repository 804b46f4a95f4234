from django.urls import path

from suivi import views

app_name = "suivi"
urlpatterns = [
    path("heures/", views.DeclarationListeView.as_view(), name="declarations"),
    path("engagements/<uuid:uuid>/mois/", views.ChoixMoisView.as_view(), name="choix_mois"),
    path("engagements/<uuid:uuid>/mois/<str:mois>/", views.MoisView.as_view(), name="mois"),
    path("engagements/<uuid:uuid>/mois/<str:mois>/saisie/", views.SaisieView.as_view(), name="saisie"),
    path("declarations/<uuid:uuid>/valider/", views.valider, name="valider"),
    path("declarations/<uuid:uuid>/rouvrir/", views.ReouvertureView.as_view(), name="rouvrir"),
]
