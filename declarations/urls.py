from django.urls import path

from declarations.annonces import views as annonces
from declarations.fichiers import views as fichiers
from declarations.relances import views as relances
from declarations.views import declarations, espace_entreprise, grille, heures, liens, validation

urlpatterns = [
    path("heures/", heures.DeclarationListeView.as_view(), name="declarations"),
    path("heures/grille/", grille.GrilleView.as_view(), name="grille"),
    path("heures/reglages/", heures.ReglagesDeclarationView.as_view(), name="reglages_declaration"),
    path("engagements/<uuid:uuid>/heures/", grille.GrilleDeLEngagementView.as_view(), name="grille_engagement"),
    path("engagements/<uuid:uuid>/mois/", heures.ChoixMoisView.as_view(), name="choix_mois"),
    path("engagements/<uuid:uuid>/mois/<str:mois>/", heures.MoisView.as_view(), name="mois"),
    path("engagements/<uuid:uuid>/mois/<str:mois>/saisie/", heures.SaisieView.as_view(), name="saisie"),
    path("entreprises/<uuid:uuid>/fichier-d-heures/", fichiers.FichierView.as_view(), name="fichier_heures"),
    path(
        "entreprises/<uuid:uuid>/fichier-d-heures/colonnes/",
        fichiers.ColonnesView.as_view(),
        name="fichier_heures_colonnes",
    ),
    path(
        "entreprises/<uuid:uuid>/fichier-d-heures/relecture/",
        fichiers.RelectureView.as_view(),
        name="fichier_heures_relecture",
    ),
    path("declarations/<uuid:uuid>/rendre/", validation.RenvoiView.as_view(), name="rendre"),
    path("engagements/<uuid:uuid>/lien-de-declaration/", liens.LienDeclarationView.as_view(), name="envoyer_lien"),
    path(
        "engagements/<uuid:uuid>/liens-de-declaration/",
        liens.LiensDeclarationView.as_view(),
        name="liens_de_declaration",
    ),
    path("engagements/<uuid:uuid>/liens-de-declaration/<uuid:lien>/fermer/", liens.fermer_lien, name="lien_fermer"),
    path(
        "engagements/<uuid:uuid>/liens-de-declaration/<uuid:lien>/renvoyer/",
        liens.renvoyer_lien,
        name="lien_renvoyer",
    ),
    path("annonces/<uuid:uuid>/rattacher/", annonces.RattachementView.as_view(), name="annonce_rattacher"),
    path("annonces/<uuid:annonce>/dossier/", annonces.DossierAnnonceView.as_view(), name="annonce_dossier"),
    path("annonces/<uuid:annonce>/contrat/<uuid:uuid>/", annonces.ContratAnnonceView.as_view(), name="annonce_contrat"),
    path("annonces/<uuid:uuid>/ecarter/", annonces.EcartementPersonneView.as_view(), name="annonce_ecarter"),
    path("departs/<uuid:uuid>/confirmer/", annonces.ConfirmationDepartView.as_view(), name="depart_confirmer"),
    path("departs/<uuid:uuid>/ecarter/", annonces.EcartementDepartView.as_view(), name="depart_ecarter"),
    path("justificatifs/<uuid:uuid>/", annonces.justificatif, name="justificatif"),
    path("mon-espace/", espace_entreprise.EspaceEntrepriseView.as_view(), name="espace_entreprise"),
    path("mes-contrats/", espace_entreprise.MesContratsView.as_view(), name="mes_contrats"),
    path("mes-heures/", declarations.mes_declarations, name="mes_declarations"),
    path("mes-heures/<uuid:declaration>/", declarations.declarer, name="declarer"),
    path("mes-heures/<uuid:declaration>/verifier/", declarations.verifier, name="verifier"),
    path("mes-heures/<uuid:declaration>/aucune/", declarations.aucune_heure, name="aucune_heure"),
    path(
        "mes-heures/<uuid:declaration>/justificatifs/<uuid:justificatif>/",
        declarations.justificatif_declare,
        name="justificatif_declare",
    ),
    path("declarer/<uuid:uuid>/", declarations.mes_declarations_par_lien, name="mes_declarations_par_lien"),
    path("declarer/<uuid:uuid>/<uuid:declaration>/", declarations.declarer_par_lien, name="declarer_par_lien"),
    path("declarer/<uuid:uuid>/<uuid:declaration>/verifier/", declarations.verifier_par_lien, name="verifier_par_lien"),
    path(
        "declarer/<uuid:uuid>/<uuid:declaration>/aucune/",
        declarations.aucune_heure_par_lien,
        name="aucune_heure_par_lien",
    ),
    path("declarations/<uuid:uuid>/relancer/", relances.relancer_le_mois, name="relancer_mois"),
    path("declarations/<uuid:uuid>/appel/", relances.appel_pour_le_mois, name="appel_mois"),
    path("entreprises/<uuid:uuid>/relancer/", relances.relancer_l_entreprise, name="relancer_entreprise"),
    path("entreprises/<uuid:uuid>/appel/", relances.appel_a_l_entreprise, name="appel_entreprise"),
    path("entreprises/<uuid:uuid>/pause/", relances.PauseEntrepriseView.as_view(), name="pause_entreprise"),
    path("engagements/<uuid:uuid>/pause/", relances.PauseEngagementView.as_view(), name="pause_engagement"),
    path("pauses/<uuid:uuid>/lever/", relances.lever_la_pause, name="lever_pause"),
    path("heures/a-valider/", validation.AValiderView.as_view(), name="a_valider"),
    path("heures/a-valider/valider/", validation.valider_le_lot, name="valider_le_lot"),
    path("declarations/<uuid:uuid>/decider/", heures.DecisionsView.as_view(), name="decider"),
    path("declarations/<uuid:uuid>/valider/", validation.valider, name="valider"),
    path("declarations/<uuid:uuid>/rectifier/", validation.RectificationView.as_view(), name="rouvrir"),
    path(
        "declarer/<uuid:uuid>/<uuid:declaration>/justificatifs/<uuid:justificatif>/",
        declarations.justificatif_declare_par_lien,
        name="justificatif_declare_par_lien",
    ),
    path("declarer/<uuid:uuid>/<uuid:declaration>/code/", declarations.code_par_lien, name="code_par_lien"),
]
