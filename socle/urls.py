from django.conf import settings
from django.urls import path

from socle.views import annulation, composants, documents, liens, pages, sante, trouver, vues

urlpatterns = [
    path("sante/", sante.sante, name="sante"),
    path("sante/vie/", sante.vie, name="sante_vie"),
    path("metriques/", sante.metriques, name="metriques"),
    path("accessibilite/", pages.accessibilite, name="accessibilite"),
    path("mentions-legales/", pages.mentions_legales, name="mentions_legales"),
    path("lien/<str:jeton>/", liens.lien, name="lien"),
    path("rechercher/", trouver.trouver, name="trouver"),
    path("documents/", documents.DocumentListeView.as_view(), name="documents"),
    path("documents/<uuid:uuid>/", documents.DocumentFicheView.as_view(), name="document"),
    path("documents/<uuid:uuid>/fichier/", documents.telecharger, name="document_fichier"),
    path("documents/<uuid:uuid>/relancer/", documents.relancer, name="document_relancer"),
    path("annuler/", annulation.annuler, name="annuler"),
    path("vues/enregistrer/", vues.enregistrer, name="vue_enregistrer"),
    path("colonnes/", vues.choisir_les_colonnes, name="colonnes"),
    path("vues/<uuid:uuid>/retirer/", vues.retirer, name="vue_retirer"),
]

if settings.COMPOSANTS:
    urlpatterns.append(path("composants/", composants.composants, name="composants"))
