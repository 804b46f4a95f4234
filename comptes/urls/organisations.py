from django.urls import path

from comptes.views import comptes, courriels, fusions, invitations, membres, organisations, profil, qui_peut_quoi

urlpatterns = [
    path("courriels/", courriels.CourrielListeView.as_view(), name="courriels"),
    path("courriels/<uuid:uuid>/", courriels.CourrielFicheView.as_view(), name="courriel"),
    path("courriels/<uuid:uuid>/renvoi/", courriels.RenvoiCourrielView.as_view(), name="courriel_confirmer_renvoi"),
    path("courriels/<uuid:uuid>/renvoyer/", courriels.renvoyer, name="courriel_renvoyer"),
    path("invitation/<str:jeton>/", invitations.AcceptationView.as_view(), name="invitation"),
    path("organisation/mon-compte/", profil.ProfilView.as_view(), name="mon_compte"),
    path("organisation/changer/", profil.changer_organisation, name="changer_organisation"),
    path("organisation/qui-peut-quoi/", qui_peut_quoi.QuiPeutQuoiView.as_view(), name="qui_peut_quoi"),
    path("organisation/membres/", organisations.MembresView.as_view(), name="membres"),
    path("organisation/partenaires/", organisations.PartenaireListeView.as_view(), name="partenaires"),
    path("organisation/partenaires/nouveau/", organisations.PartenaireCreationView.as_view(), name="partenaire_creer"),
    path("organisation/toutes/", organisations.OrganisationListeView.as_view(), name="organisations"),
    path("organisation/nouvelle/", organisations.OrganisationCreationView.as_view(), name="organisation_creer"),
    path("organisation/<uuid:uuid>/", organisations.OrganisationFicheView.as_view(), name="organisation"),
    path(
        "organisation/<uuid:uuid>/modifier/",
        organisations.OrganisationEditionView.as_view(),
        name="organisation_modifier",
    ),
    path("organisation/<uuid:uuid>/relier/", organisations.RattachementView.as_view(), name="organisation_relier"),
    path(
        "organisation/<uuid:uuid>/archivage/",
        organisations.ArchivageView.as_view(),
        name="organisation_confirmer_archivage",
    ),
    path("organisation/<uuid:uuid>/archiver/", organisations.archiver, name="organisation_archiver"),
    path("organisation/<uuid:uuid>/reactiver/", organisations.reactiver, name="organisation_reactiver"),
    path("organisation/<uuid:uuid>/inviter/", membres.InvitationCreationView.as_view(), name="inviter"),
    path("organisation/invitations/<uuid:uuid>/renvoyer/", membres.renvoyer, name="invitation_renvoyer"),
    path("organisation/invitations/<uuid:uuid>/revoquer/", membres.revoquer, name="invitation_revoquer"),
    path("organisation/membres/<uuid:uuid>/role/", membres.changer_role, name="adhesion_role"),
    path("organisation/membres/<uuid:uuid>/confirmer/", membres.confirmer, name="adhesion_confirmer"),
    path("organisation/membres/<uuid:uuid>/depart/", membres.RetraitView.as_view(), name="adhesion_confirmer_retrait"),
    path("organisation/membres/<uuid:uuid>/retirer/", membres.retirer, name="adhesion_retirer"),
    path("fusions/<uuid:uuid>/defaire/", fusions.defaire, name="fusion_defaire"),
    path("exploitation/comptes/", comptes.CompteListeView.as_view(), name="comptes"),
    path("exploitation/comptes/<uuid:uuid>/", comptes.CompteFicheView.as_view(), name="compte"),
    path(
        "exploitation/comptes/<uuid:uuid>/blocage/",
        comptes.BlocageView.as_view(),
        name="compte_confirmer_blocage",
    ),
    path("exploitation/comptes/<uuid:uuid>/bloquer/", comptes.bloquer, name="compte_bloquer"),
    path("exploitation/comptes/<uuid:uuid>/rouvrir/", comptes.rouvrir, name="compte_rouvrir"),
    path(
        "exploitation/comptes/<uuid:uuid>/fermer-les-sessions/", comptes.fermer_sessions, name="compte_fermer_sessions"
    ),
    path(
        "exploitation/comptes/<uuid:uuid>/second-facteur/",
        comptes.SecondFacteurView.as_view(),
        name="compte_confirmer_second_facteur",
    ),
    path(
        "exploitation/comptes/<uuid:uuid>/oter-second-facteur/",
        comptes.oter_facteur,
        name="compte_oter_second_facteur",
    ),
    path("exploitation/invitations/", comptes.InvitationListeView.as_view(), name="invitations"),
]
