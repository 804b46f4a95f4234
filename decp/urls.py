from django.urls import path

from decp import views

app_name = "decp"

urlpatterns = [
    path("", views.AvisListeView.as_view(), name="avis_liste"),
    path("deposer/", views.DeposerView.as_view(), name="deposer"),
    path("exporter/", views.exporter, name="exporter"),
    path("imports/<uuid:uuid>/", views.ImportFicheView.as_view(), name="import"),
    path("<uuid:uuid>/", views.AvisFicheView.as_view(), name="avis"),
    path("<uuid:uuid>/suivre/", views.suivre, name="suivre"),
    path("<uuid:uuid>/rattacher/", views.RattacherView.as_view(), name="rattacher"),
    path("<uuid:uuid>/ecarter/", views.EcarterView.as_view(), name="ecarter"),
    path("<uuid:uuid>/reprendre/", views.reprendre, name="reprendre"),
]
