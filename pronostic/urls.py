from django.urls import path

from pronostic import views

urlpatterns = [
    path("alertes/", views.AlerteListeView.as_view(), name="alertes"),
]
