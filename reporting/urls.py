from django.urls import path

from reporting.views import bilans, provenance, tableau_de_bord

app_name = "reporting"
urlpatterns = [
    path("annee/", tableau_de_bord.AnneeView.as_view(), name="annee"),
    path("chiffres/<int:annee>/<slug:cle>/", provenance.ProvenanceView.as_view(), name="provenance"),
    path("bilans/", bilans.BilanListeView.as_view(), name="bilans"),
    path("bilans/preparer/", bilans.PreparationView.as_view(), name="preparer"),
    path("bilans/reglages/", bilans.ReglagesView.as_view(), name="reglages"),
    path("bilans/<uuid:uuid>/", bilans.BilanFicheView.as_view(), name="bilan"),
    path("bilans/<uuid:uuid>/pdf/", bilans.telecharger, name="bilan_pdf"),
    path("bilans/<uuid:uuid>/publier/", bilans.PublicationView.as_view(), name="publier"),
    path("bilans/<uuid:uuid>/refaire/", bilans.refaire, name="refaire"),
    path("bilans/<uuid:uuid>/ecarter/", bilans.ecarter, name="ecarter"),
]
