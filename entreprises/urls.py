from django.urls import path

from entreprises import views

app_name = "entreprises"
urlpatterns = [
    path("entreprises/", views.EntrepriseListeView.as_view(), name="liste"),
    path("entreprises/nouvelle/", views.EntrepriseCreationView.as_view(), name="nouvelle"),
    path("entreprises/<uuid:uuid>/", views.EntrepriseFicheView.as_view(), name="fiche"),
    path("entreprises/<uuid:uuid>/modifier/", views.EntrepriseEditionView.as_view(), name="modifier"),
    path("entreprises/<uuid:uuid>/archiver/", views.archiver, {"archiver": True}, name="archiver"),
    path("entreprises/<uuid:uuid>/desarchiver/", views.archiver, {"archiver": False}, name="desarchiver"),
    path("entreprises/<uuid:uuid>/fusionner/", views.EntrepriseChoixDeFusionView.as_view(), name="fusion_choix"),
    path("entreprises/<uuid:uuid>/fusionner/<uuid:autre>/", views.EntrepriseFusionView.as_view(), name="fusion"),
    path("entreprises/<uuid:uuid>/contacts/nouveau/", views.ContactCreationView.as_view(), name="contact_nouveau"),
    path("entreprises/<uuid:uuid>/compte/inviter/", views.InviterView.as_view(), name="compte_inviter"),
    path("entreprises/<uuid:uuid>/compte/relier/", views.RelierView.as_view(), name="compte_relier"),
    path("entreprises/<uuid:uuid>/compte/rupture/", views.RuptureView.as_view(), name="compte_confirmer_rupture"),
    path("entreprises/<uuid:uuid>/compte/rompre/", views.rompre, name="compte_rompre"),
    path("contacts/<uuid:uuid>/modifier/", views.ContactEditionView.as_view(), name="contact_modifier"),
    path("contacts/<uuid:uuid>/archiver/", views.archiver_contact, {"archiver": True}, name="contact_archiver"),
    path("contacts/<uuid:uuid>/desarchiver/", views.archiver_contact, {"archiver": False}, name="contact_desarchiver"),
]
