from django.urls import path

from reporting.views import bilans, espaces, extraits, lignes, parametres, provenance, publication, tableau_de_bord

app_name = "reporting"
urlpatterns = [
    path("annee/", tableau_de_bord.AnneeView.as_view(), name="annee"),
    path("annee/objectifs/", tableau_de_bord.ObjectifsView.as_view(), name="objectifs"),
    path("chiffres/<int:annee>/<slug:cle>/", provenance.ProvenanceView.as_view(), name="provenance"),
    path("mes-chiffres/", espaces.MesChiffresView.as_view(), name="mes_chiffres"),
    path("reseau/", espaces.ReseauView.as_view(), name="reseau"),
    path("extrait-du-reseau/", extraits.ExtraitReseauView.as_view(), name="reseau_extrait"),
    path("parametres-du-reseau/", parametres.ParametresReseauView.as_view(), name="reseau_parametres"),
    path("bilans/", bilans.BilanListeView.as_view(), name="bilans"),
    path("bilans/preparer/", bilans.PreparationView.as_view(), name="preparer"),
    path("bilans/reglages/", bilans.ReglagesBilanView.as_view(), name="reglages"),
    path("bilans/extrait-national/", extraits.ExtraitNationalView.as_view(), name="extrait_national"),
    path("bilans/extrait-national/colonnes/", extraits.ColonnesView.as_view(), name="extrait_national_colonnes"),
    path("bilans/extrait-fse/", extraits.ExtraitFseView.as_view(), name="extrait_fse"),
    path("bilans/<uuid:uuid>/", bilans.BilanFicheView.as_view(), name="bilan"),
    path("bilans/<uuid:uuid>/pdf/", publication.telecharger, name="bilan_pdf"),
    path("bilans/<uuid:uuid>/classeur/", publication.telecharger_classeur, name="bilan_classeur"),
    path("bilans/<uuid:uuid>/csv/", publication.telecharger_csv, name="bilan_csv"),
    path("bilans/<uuid:uuid>/donnees/", publication.telecharger_donnees, name="bilan_donnees"),
    path("bilans/<uuid:uuid>/chiffres/<slug:cle>/", lignes.ChiffreView.as_view(), name="bilan_chiffre"),
    path("bilans/<uuid:uuid>/comparer/", lignes.ComparaisonView.as_view(), name="comparer"),
    path("bilans/<uuid:uuid>/textes/", bilans.TextesView.as_view(), name="textes"),
    path("bilans/<uuid:uuid>/relire/", bilans.relire, name="relire"),
    path("bilans/<uuid:uuid>/publier/", publication.PublicationView.as_view(), name="publier"),
    path("bilans/<uuid:uuid>/refaire/", bilans.refaire, name="refaire"),
    path("bilans/<uuid:uuid>/ecarter/confirmer/", bilans.ConfirmationEcartView.as_view(), name="confirmer_ecart"),
    path("bilans/<uuid:uuid>/ecarter/", bilans.ecarter, name="ecarter"),
    path("verifier/", publication.verifier, name="verifier"),
    path("verifier/<slug:empreinte>/", publication.verifier, name="verifier_empreinte"),
]
