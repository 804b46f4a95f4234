from django.urls import path

from marches.models import Marche, ProjetAchat
from marches.views import (
    agenda,
    contacts,
    conventions,
    corps_metier,
    diversification,
    engagements,
    espace_acheteur,
    lots,
    lots_de_l_achat,
    maitres_ouvrage,
    marches,
    mes_engagements,
    projets,
    redaction,
    scenarios,
    suivi_achat,
)

app_name = "marches"


def archivage(prefixe: str, vue, nom: str) -> list:
    """Archiver et sortir de l'archive : deux URL, un service."""
    return [
        path(f"{prefixe}/archiver/", vue, {"archiver": True}, name=f"{nom}_archiver"),
        path(f"{prefixe}/desarchiver/", vue, {"archiver": False}, name=f"{nom}_desarchiver"),
    ]


def de_l_achat(suffixe: str, vue, nom: str, attribut: str = "parent_model") -> list:
    """La même page pour un projet et pour un marché ; `attribut` est celui de la vue qui reçoit le modèle."""
    return [
        path(f"projets/<uuid:uuid>/{suffixe}", vue.as_view(**{attribut: ProjetAchat}), name=f"projet_{nom}"),
        path(f"marches/<uuid:uuid>/{suffixe}", vue.as_view(**{attribut: Marche}), name=f"marche_{nom}"),
    ]


urlpatterns = [
    path("marches/", marches.MarcheListeView.as_view(), name="liste"),
    path("marches/nouveau/", marches.MarcheCreationView.as_view(), name="nouveau"),
    path("marches/<uuid:uuid>/", marches.MarcheFicheView.as_view(), name="fiche"),
    path("marches/<uuid:uuid>/modifier/", marches.MarcheEditionView.as_view(), name="modifier"),
    path("marches/<uuid:uuid>/statut/<slug:transition>/", marches.changer_statut, name="statut"),
    path("marches/<uuid:uuid>/attribuer/", lots_de_l_achat.AttributionView.as_view(), name="attribuer"),
    path("marches/<uuid:uuid>/arreter/<slug:transition>/", marches.ArretView.as_view(), name="arreter"),
    *archivage("marches/<uuid:uuid>", marches.archiver, "marche"),
    path("marches/<uuid:uuid>/lots/nouveau/", marches.LotCreationView.as_view(), name="lot_nouveau"),
    path("lots/<uuid:uuid>/modifier/", marches.LotEditionView.as_view(), name="lot_modifier"),
    *archivage("lots/<uuid:uuid>", marches.archiver_lot, "lot"),
    path(
        "lots/<uuid:uuid>/engagements/nouveau/", engagements.EngagementCreationView.as_view(), name="engagement_nouveau"
    ),
    path("mes-engagements/", mes_engagements.MesEngagementsView.as_view(), name="mes_engagements"),
    path("mes-engagements/<uuid:uuid>/", mes_engagements.MonEngagementView.as_view(), name="mon_engagement"),
    path("engagements/<uuid:uuid>/", engagements.EngagementFicheView.as_view(), name="engagement"),
    path("engagements/<uuid:uuid>/modifier/", engagements.EngagementEditionView.as_view(), name="engagement_modifier"),
    *archivage("engagements/<uuid:uuid>", engagements.archiver_engagement, "engagement"),
    path(
        "engagements/<uuid:uuid>/avenants/nouveau/", engagements.AvenantCreationView.as_view(), name="avenant_nouveau"
    ),
    path("lots/<uuid:uuid>/", lots.LotFicheView.as_view(), name="lot"),
    path("lots/<uuid:uuid>/tranches/nouvelle/", lots.TrancheCreationView.as_view(), name="tranche_nouvelle"),
    path("tranches/<uuid:uuid>/affermir/", lots.AffermissementView.as_view(), name="tranche_affermir"),
    path("engagements/<uuid:uuid>/commandes/nouvelle/", lots.CommandeCreationView.as_view(), name="commande_nouvelle"),
    path("avenants/<uuid:uuid>/modifier/", engagements.AvenantEditionView.as_view(), name="avenant_modifier"),
    path("avenants/<uuid:uuid>/annuler/", engagements.AvenantAnnulationView.as_view(), name="avenant_annuler"),
    path("commandes/<uuid:uuid>/annuler/", lots.annuler_commande, name="commande_annuler"),
    path("marches/<uuid:uuid>/redaction/", redaction.RedactionView.as_view(), name="redaction"),
    path("marches/<uuid:uuid>/redaction/produire/", redaction.ProduireView.as_view(), name="produire"),
    path("marches/<uuid:uuid>/publics/", redaction.PublicsView.as_view(), name="publics"),
    path("redactions/<uuid:uuid>/", redaction.RedactionTexteView.as_view(), name="redaction_texte"),
    path("redactions/<uuid:uuid>/docx/", redaction.telecharger_tout, name="redaction_archive"),
    path("redactions/<uuid:uuid>/docx/<int:rang>/", redaction.telecharger, name="redaction_docx"),
    path("modeles-de-clause/", redaction.ModelesView.as_view(), name="modeles_clause"),
    path("modeles-de-clause/reglages/", redaction.ReglagesClauseView.as_view(), name="reglages_clause"),
    path("modeles-de-clause/<slug:piece>/", redaction.ModeleClauseView.as_view(), name="modele_clause"),
    path("modeles-de-clause/reseau/<uuid:uuid>/", redaction.ModeleProposeView.as_view(), name="modele_propose"),
    path("modeles-de-clause/reseau/<uuid:uuid>/adopter/", redaction.adopter_modele, name="modele_adopter"),
    path(
        "modeles-de-clause/<slug:piece>/proposer/",
        redaction.proposer_modele,
        {"proposer": True},
        name="modele_proposer",
    ),
    path(
        "modeles-de-clause/<slug:piece>/garder/", redaction.proposer_modele, {"proposer": False}, name="modele_garder"
    ),
    path("modeles-de-clause/<slug:piece>/national/", redaction.revenir_au_modele_national, name="modele_national"),
    *de_l_achat("suivi/", suivi_achat.SuiviAchatView, "suivi", attribut="model"),
    *de_l_achat("notes/nouvelle/", suivi_achat.NoteCreationView, "note"),
    *de_l_achat("pieces/nouvelle/", suivi_achat.PieceCreationView, "piece"),
    path("projets/<uuid:uuid>/retroplanning/", suivi_achat.etablir_du_projet, name="projet_retroplanning"),
    path("marches/<uuid:uuid>/retroplanning/", suivi_achat.etablir_du_marche, name="marche_retroplanning"),
    path("jalons/<uuid:uuid>/cocher/", suivi_achat.cocher_jalon, name="jalon_cocher"),
    path("jalons/<uuid:uuid>/deplacer/", suivi_achat.DeplacerJalonView.as_view(), name="jalon_deplacer"),
    path("notes/<uuid:uuid>/cocher/", suivi_achat.cocher_note, name="note_cocher"),
    path("pieces/<uuid:uuid>/", suivi_achat.telecharger_piece, name="piece"),
    path("pieces/<uuid:uuid>/montrer/", suivi_achat.montrer_piece, name="piece_montrer"),
    path("pieces/<uuid:uuid>/retirer/", suivi_achat.retirer_piece, name="piece_retirer"),
    path("diversification/", diversification.DiversificationView.as_view(), name="diversification"),
    path("mes-achats/", espace_acheteur.EspaceAcheteurView.as_view(), name="espace_acheteur"),
    path("projets/", projets.ProjetListeView.as_view(), name="projets"),
    path("projets/tableau/", projets.ProjetTableauView.as_view(), name="projets_tableau"),
    path("projets/nouveau/", projets.ProjetCreationView.as_view(), name="projet_nouveau"),
    path("projets/<uuid:uuid>/", projets.ProjetFicheView.as_view(), name="projet"),
    path("projets/<uuid:uuid>/modifier/", projets.ProjetEditionView.as_view(), name="projet_modifier"),
    path("projets/<uuid:uuid>/statut/<slug:transition>/", projets.avancer, name="projet_statut"),
    path("projets/<uuid:uuid>/ecarter/", projets.EcarterView.as_view(), name="projet_ecarter"),
    path("projets/<uuid:uuid>/derogation/", projets.DerogationView.as_view(), name="projet_derogation"),
    path("projets/<uuid:uuid>/lots/", lots_de_l_achat.LotsPrevusView.as_view(), name="projet_lots"),
    path("projets/<uuid:uuid>/transformer/", projets.TransformerView.as_view(), name="projet_transformer"),
    *archivage("projets/<uuid:uuid>", projets.archiver, "projet"),
    path(
        "projets/<uuid:uuid>/scenarios/<slug:formule>/",
        scenarios.ScenarioDuProjetView.as_view(),
        name="projet_scenario_nouveau",
    ),
    path(
        "lots/<uuid:uuid>/scenarios/<slug:formule>/",
        scenarios.ScenarioDuLotView.as_view(),
        name="lot_scenario_nouveau",
    ),
    path("scenarios/<uuid:uuid>/retenir/", scenarios.retenir, name="scenario_retenir"),
    path("scenarios/<uuid:uuid>/retirer/", scenarios.retirer, name="scenario_retirer"),
    path("corps-de-metier/", corps_metier.CorpsMetierListeView.as_view(), name="corps_metiers"),
    path("corps-de-metier/nouveau/", corps_metier.CorpsMetierCreationView.as_view(), name="corps_metier_nouveau"),
    path("corps-de-metier/installer/", corps_metier.installer, name="corps_metiers_installer"),
    path(
        "corps-de-metier/<uuid:uuid>/modifier/",
        corps_metier.CorpsMetierEditionView.as_view(),
        name="corps_metier_modifier",
    ),
    *archivage("corps-de-metier/<uuid:uuid>", corps_metier.archiver, "corps_metier"),
    path("maitres-ouvrage/", maitres_ouvrage.MaitreOuvrageListeView.as_view(), name="maitres_ouvrage"),
    path(
        "maitres-ouvrage/nouveau/", maitres_ouvrage.MaitreOuvrageCreationView.as_view(), name="maitre_ouvrage_nouveau"
    ),
    path("maitres-ouvrage/<uuid:uuid>/", maitres_ouvrage.MaitreOuvrageFicheView.as_view(), name="maitre_ouvrage"),
    path(
        "maitres-ouvrage/<uuid:uuid>/modifier/",
        maitres_ouvrage.MaitreOuvrageEditionView.as_view(),
        name="maitre_ouvrage_modifier",
    ),
    path(
        "maitres-ouvrage/<uuid:uuid>/compte/inviter/",
        maitres_ouvrage.InviterView.as_view(),
        name="maitre_ouvrage_compte_inviter",
    ),
    path(
        "maitres-ouvrage/<uuid:uuid>/compte/relier/",
        maitres_ouvrage.RelierView.as_view(),
        name="maitre_ouvrage_compte_relier",
    ),
    path(
        "maitres-ouvrage/<uuid:uuid>/compte/rupture/",
        maitres_ouvrage.RuptureView.as_view(),
        name="maitre_ouvrage_compte_confirmer_rupture",
    ),
    path("maitres-ouvrage/<uuid:uuid>/compte/rompre/", maitres_ouvrage.rompre, name="maitre_ouvrage_compte_rompre"),
    path(
        "maitres-ouvrage/<uuid:uuid>/fusionner/",
        maitres_ouvrage.MaitreOuvrageChoixDeFusionView.as_view(),
        name="maitre_ouvrage_fusion_choix",
    ),
    path(
        "maitres-ouvrage/<uuid:uuid>/fusionner/<uuid:autre>/",
        maitres_ouvrage.MaitreOuvrageFusionView.as_view(),
        name="maitre_ouvrage_fusion",
    ),
    *archivage("maitres-ouvrage/<uuid:uuid>", maitres_ouvrage.archiver_maitre_ouvrage, "maitre_ouvrage"),
    path(
        "maitres-ouvrage/<uuid:uuid>/contacts/nouveau/",
        contacts.ContactCreationView.as_view(),
        name="maitre_ouvrage_contact_nouveau",
    ),
    path(
        "maitres-ouvrage/contacts/<uuid:uuid>/modifier/",
        contacts.ContactEditionView.as_view(),
        name="maitre_ouvrage_contact_modifier",
    ),
    *archivage("maitres-ouvrage/contacts/<uuid:uuid>", contacts.archiver, "maitre_ouvrage_contact"),
    path("conventions/", conventions.ConventionListeView.as_view(), name="conventions"),
    path("conventions/nouvelle/", conventions.ConventionCreationView.as_view(), name="convention_nouvelle"),
    path("conventions/<uuid:uuid>/", conventions.ConventionFicheView.as_view(), name="convention"),
    path("conventions/<uuid:uuid>/modifier/", conventions.ConventionEditionView.as_view(), name="convention_modifier"),
    *archivage("conventions/<uuid:uuid>", conventions.archiver, "convention"),
    path("operations/", maitres_ouvrage.OperationListeView.as_view(), name="operations"),
    path("operations/nouvelle/", maitres_ouvrage.OperationCreationView.as_view(), name="operation_nouvelle"),
    path("operations/<uuid:uuid>/", maitres_ouvrage.OperationFicheView.as_view(), name="operation"),
    path("operations/<uuid:uuid>/modifier/", maitres_ouvrage.OperationEditionView.as_view(), name="operation_modifier"),
    *archivage("operations/<uuid:uuid>", maitres_ouvrage.archiver_operation, "operation"),
]
# Un agenda abonné connaît ces adresses sous l'espace de noms des comptes, qui tiennent le lien secret : elles y restent.
AGENDA = [
    path("agenda/", agenda.AgendaView.as_view(), name="agenda"),
    path("agenda/abonner/", agenda.abonner, name="agenda_abonner"),
    path("agenda/revoquer/", agenda.revoquer, name="agenda_revoquer"),
    path("agenda/<str:jeton>.ics", agenda.ics, name="agenda_ics"),
]
