"""Les portes de `marches` : acheteurs, opérations, marchés, lots, engagements, projets d'achat, textes de clause."""

import datetime
from collections.abc import Callable
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from comptes.enums import Role
from marches.enums import (
    Assiette,
    Derogation,
    Formule,
    GenreCommande,
    Nature,
    PieceClause,
    StatutMarche,
    StatutProjet,
    TypeClause,
    TypeMaitreOuvrage,
)
from marches.models import Engagement, Lot, MaitreOuvrage, Marche, ModeleClause, Operation, ReglagesClause
from tests.fabriques.commun import siret
from tests.fabriques.comptes import OrganisationFactory, PartenariatFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory
from tests.fabriques.marches import (
    CommandeFactory,
    EngagementFactory,
    LotFactory,
    MaitreOuvrageFactory,
    MarcheFactory,
    PieceFactory,
    ProjetAchatFactory,
    ScenarioFactory,
)
from tests.fichiers import PDF
from tests.gestes.commun import ACHETEUR, ECRIVENT, Geste
from tests.monde import Cote

DEBUT, FIN = datetime.date(2026, 11, 1), datetime.date(2027, 6, 30)
CALCUL = {
    "formule": Formule.MO_TAUX_COUT,
    "valeurs": {
        "montant": Decimal(1_000_000),
        "part_main_oeuvre": Decimal(50),
        "taux": Decimal(5),
        "cout_horaire": Decimal(30),
    },
}


def _un_second_acheteur(cote: Cote, **valeurs) -> Marche:
    return MarcheFactory(structure=cote.structure, reference="2026-099", **valeurs)


def _a_attribuer(cote: Cote) -> dict:
    marche = _un_second_acheteur(cote, statut=StatutMarche.PUBLIE)
    lot = LotFactory(marche=marche, numero="1")
    engager = {"lot": lot, "entreprise": cote.entreprise, "heures_initiales": Decimal(120)}
    return {"marche": marche, "date_notification": DEBUT, "attributions": [engager]}


def _deux_marches(cote: Cote) -> list[Marche]:
    return [cote.marche, _un_second_acheteur(cote)]


def _contact_de(cote: Cote):
    """Les deux structures suivent l'entreprise partagée : chacune y a ses contacts."""
    fiche = cote.contact.fiche
    return {"correspondant": ContactEntrepriseFactory(fiche=fiche), "tuteur": ContactEntrepriseFactory(fiche=fiche)}


def _engager(cote: Cote) -> dict:
    entreprise = cote.contact.fiche.entreprise
    return {"lot": cote.lot_libre, "entreprise": entreprise, "heures_initiales": Decimal(100), **_contact_de(cote)}


def _modifier_engagement(cote: Cote) -> dict:
    entreprise = cote.contact.fiche.entreprise
    engagement = EngagementFactory(lot=cote.lot_libre, entreprise=entreprise)
    return {"engagement": engagement, "heures_initiales": Decimal(900), **_contact_de(cote)}


def _marche_neuf(cote: Cote) -> dict:
    return {
        "reference": "2026-500",
        "objet": "Neuf",
        "maitre_ouvrage": cote.maitre_ouvrage,
        "operation": cote.operation,
        "facilitateur": cote.personnes[Role.EDITION],
        "nature": Nature.TRAVAUX,
        "type_clause": TypeClause.CONDITION,
        "debut": DEBUT,
        "fin_prevue": FIN,
    }


def _projet(cote: Cote, **valeurs) -> dict:
    projet = ProjetAchatFactory(structure=cote.structure, maitre_ouvrage=cote.maitre_ouvrage, **valeurs)
    return {"projet": projet}


def _redigeable(cote: Cote) -> Marche:
    """De quoi écrire une clause : des heures à chaque lot, un facilitateur joignable, des publics."""
    marche = Marche.objects.get(pk=cote.marche.pk)
    marche.facilitateur, marche.publics_vises = cote.personnes[Role.RESPONSABLE], ["RSA"]
    marche.save()
    Lot.objects.filter(marche=marche).update(heures_contractuelles=1181)
    ReglagesClause.objects.create(structure=cote.structure, telephone="02 33 00 00 00")
    return marche


def _une_variante(cote: Cote) -> dict:
    ModeleClause.objects.create(structure=cote.structure, piece=PieceClause.RC, version=1, texte="Texte local.")
    return {"piece": PieceClause.RC}


def modele_propose(cote: Cote) -> ModeleClause:
    """Une autre structure du même réseau en propose un."""
    voisine = OrganisationFactory(type="facilitatrice")
    PartenariatFactory(structure=voisine, organisation=cote.organisations[Role.RESEAU])
    return ModeleClause.objects.create(
        structure=voisine, piece=PieceClause.RC, version=4, texte="Texte voisin.", propose_le=timezone.now()
    )


def _modele_propose(cote: Cote) -> dict:
    return {"modele": modele_propose(cote)}


def _acheteurs(cote: Cote) -> dict:
    modifie, connu = MaitreOuvrageFactory(suivi_par=cote.structure), MaitreOuvrageFactory()
    modifie.nom = "Ville renommée"
    neuf = MaitreOuvrage(nom="Neuve", type=TypeMaitreOuvrage.COMMUNE, organisation=cote.organisations[Role.FINANCEUR])
    return {"nouveaux": [neuf], "modifies": [modifie], "a_suivre": [connu]}


def marches_a_reprendre(cote: Cote) -> dict:
    operation = Operation(structure=cote.structure, nom="Neuve", maitre_ouvrage=cote.maitre_ouvrage)
    neuf = Marche(
        structure=cote.structure,
        reference="2026-600",
        objet="Neuf",
        maitre_ouvrage=cote.maitre_ouvrage,
        operation=cote.operation,
        nature=Nature.TRAVAUX,
        type_clause=TypeClause.CONDITION,
        debut=DEBUT,
        fin_prevue=FIN,
    )
    modifie = Marche.objects.get(pk=cote.marche.pk)
    modifie.objet = "Repris"
    champs = ["objet", "operation", "maitre_ouvrage"]
    return {"operations": [operation], "nouveaux": [neuf], "modifies": [modifie], "champs": champs}


def lots_a_reprendre(cote: Cote) -> dict:
    neuf = Lot(marche=cote.marche, numero="80", intitule="Neuf", corps_metier=cote.corps_metier)
    modifie = Lot.objects.get(pk=cote.lot.pk)
    modifie.intitule = "Repris"
    return {"nouveaux": [neuf], "modifies": [modifie], "champs": ["intitule", "marche"]}


def engagements_a_reprendre(cote: Cote) -> dict:
    neuf = Engagement(lot=cote.lot_libre, entreprise=cote.entreprise, heures_initiales=Decimal(10))
    modifie = Engagement.objects.get(pk=cote.engagement.pk)
    modifie.heures_initiales = Decimal(1100)
    return {"nouveaux": [neuf], "modifies": [modifie], "champs": ["heures_initiales", "entreprise", "lot"]}


def _commande(cote: Cote) -> dict:
    Lot.objects.filter(pk=cote.lot.pk).update(assiette=Assiette.FACTURES, euros_par_heure=2000)
    return {
        "engagement": cote.engagement,
        "genre": GenreCommande.FACTURE,
        "numero": "F-900",
        "date": DEBUT,
        "montant_ht": Decimal(50_000),
    }


def _piece(cote: Cote) -> dict:
    return {"achat": cote.marche, "fichier": SimpleUploadedFile("note.pdf", PDF), "type": "autre"}


def sur(nom: str, /, **valeurs) -> Callable[[Cote], dict]:
    """L'objet du côté qui porte ce nom, et des valeurs simples."""
    return lambda c: {nom: getattr(c, nom), **valeurs}


S = "marches.services"
GESTES = {
    f"{S}.conventions.creer_convention": Geste(
        lambda c: {"marches": _deux_marches(c), "intitule": "Neuve", "debut": DEBUT, "fin": FIN}
    ),
    f"{S}.conventions.modifier_convention": Geste(
        lambda c: {"convention": c.convention, "marches": _deux_marches(c), "intitule": "Neuve"}
    ),
    f"{S}.conventions.archiver_convention": Geste(sur("convention", archiver=True)),
    f"{S}.corps_metier.ajouter_corps_metier": Geste(
        lambda c: {
            "nom": "Neuf",
            "nature": Nature.TRAVAUX,
            "part_main_oeuvre": Decimal(40),
            "taux_insertion": Decimal(5),
            "cout_horaire": Decimal(30),
            "source": "Charte",
            "date_source": datetime.date(2026, 6, 1),
        }
    ),
    f"{S}.corps_metier.modifier_corps_metier": Geste(sur("corps_metier", nom="Neuf")),
    f"{S}.corps_metier.archiver_corps_metier": Geste(sur("corps_metier", archiver=True)),
    f"{S}.corps_metier.installer_corps_metier_proposes": Geste(lambda c: {}),
    f"{S}.engagements.engager_entreprise": Geste(_engager),
    f"{S}.engagements.modifier_engagement": Geste(_modifier_engagement),
    f"{S}.engagements.archiver_engagement": Geste(sur("engagement", archiver=True)),
    f"{S}.engagements.ajouter_avenant": Geste(
        sur("engagement", heures_delta=Decimal(10), date_notification=DEBUT, motif="Travaux")
    ),
    f"{S}.engagements.modifier_avenant": Geste(lambda c: {"avenant": c.avenant_a_venir, "heures_delta": Decimal(10)}),
    f"{S}.engagements.annuler_avenant": Geste(lambda c: {"avenant": c.avenant_a_venir, "motif": "Erreur"}),
    f"{S}.maitres_ouvrage.suivre_maitre_ouvrage": Geste(
        lambda c: {"nom": "Neuve", "siret": siret(8_100_000), "type": TypeMaitreOuvrage.COMMUNE}
    ),
    f"{S}.maitres_ouvrage.modifier_maitre_ouvrage": Geste(sur("maitre_ouvrage", nom="Neuve", notes="Neuves")),
    f"{S}.maitres_ouvrage.fusionner_les_maitres_ouvrage": Geste(
        lambda c: {"maitre_ouvrage": c.maitre_ouvrage, "autre": c.maitre_ouvrage_double}
    ),
    f"{S}.contacts.ajouter_contact": Geste(sur("maitre_ouvrage", nom="Neuve")),
    f"{S}.contacts.modifier_contact": Geste(lambda c: {"contact": c.contact_acheteur, "nom": "Neuve"}),
    f"{S}.contacts.archiver_contact": Geste(lambda c: {"contact": c.contact_acheteur, "archiver": True}),
    f"{S}.maitres_ouvrage.archiver_maitre_ouvrage": Geste(sur("maitre_ouvrage", archiver=True)),
    f"{S}.marches.creer_marche": Geste(_marche_neuf),
    f"{S}.marches.modifier_marche": Geste(
        lambda c: {
            "marche": c.marche,
            "objet": "Neuf",
            "maitre_ouvrage": MaitreOuvrageFactory(suivi_par=c.structure),
            "operation": c.operation,
            "facilitateur": c.personnes[Role.EDITION],
        }
    ),
    f"{S}.marches.changer_statut": Geste(sur("marche", transition="suspendre", le=DEBUT, motif="Intempéries")),
    f"{S}.marches.archiver_marche": Geste(sur("marche", archiver=True)),
    f"{S}.marches.ajouter_lot": Geste(
        lambda c: {
            "marche": c.marche,
            "numero": "70",
            "intitule": "Neuf",
            "corps_metier": c.corps_metier,
            "attributaire": c.entreprise,
            "heures_initiales": Decimal(10),
        }
    ),
    f"{S}.marches.modifier_lot": Geste(lambda c: {"lot": c.lot, "intitule": "Neuf", "corps_metier": c.corps_metier}),
    f"{S}.marches.archiver_lot": Geste(sur("lot", archiver=True)),
    f"{S}.operations.creer_operation": Geste(lambda c: {"nom": "Neuve", "maitre_ouvrage": c.maitre_ouvrage}),
    f"{S}.operations.modifier_operation": Geste(
        lambda c: {"operation": c.operation, "maitre_ouvrage": MaitreOuvrageFactory(suivi_par=c.structure)}
    ),
    f"{S}.operations.archiver_operation": Geste(sur("operation", archiver=True)),
    f"{S}.projets.deposer_projet": Geste(
        lambda c: {
            "structure": c.structure,
            "objet": "Neuf",
            "nature": Nature.TRAVAUX,
            "maitre_ouvrage": c.maitre_ouvrage,
        },
        roles=ECRIVENT | ACHETEUR,
        libres={"structure": "un facilitateur dépose toujours dans la sienne"},
    ),
    f"{S}.projets.modifier_projet": Geste(
        lambda c: {"projet": c.projet, "objet": "Neuf", "maitre_ouvrage": c.maitre_ouvrage},
        roles=ECRIVENT | ACHETEUR,
    ),
    f"{S}.projets.avancer_projet": Geste(sur("projet", transition="etudier")),
    f"{S}.projets.consigner_derogation": Geste(
        sur("projet", derogation=Derogation.values[0], motif="Sans candidat", le=DEBUT)
    ),
    f"{S}.projets.transformer_projet": Geste(
        lambda c: {
            **_projet(c, statut=StatutProjet.RETENU),
            "reference": "2026-700",
            "type_clause": TypeClause.CONDITION,
            "debut": DEBUT,
            "fin_prevue": FIN,
        }
    ),
    f"{S}.projets.archiver_projet": Geste(sur("projet", archiver=True)),
    f"{S}.lots.dimensionner_lots": Geste(
        lambda c: {
            "projet": c.projet,
            "lots": [{"numero": "9", "intitule": "Neuf", "corps_metier": c.corps_metier, "heures": Decimal(12)}],
        }
    ),
    f"{S}.lots.attribuer_lots": Geste(_a_attribuer),
    f"{S}.redaction.rediger": Geste(lambda c: {"marche": _redigeable(c), "pieces": [PieceClause.RC]}),
    f"{S}.redaction.ecrire_modele": Geste(lambda c: {"piece": PieceClause.RC, "texte": "Texte local.", "note": ""}),
    f"{S}.redaction.revenir_au_modele_national": Geste(_une_variante),
    f"{S}.redaction.proposer_le_modele": Geste(lambda c: {**_une_variante(c), "proposer": True}),
    f"{S}.redaction.adopter_le_modele": Geste(_modele_propose),
    f"{S}.redaction.choisir_publics": Geste(sur("marche", publics=["RSA"])),
    f"{S}.redaction.regler_les_clauses": Geste(lambda c: {"telephone": "02 33 00 00 01"}),
    f"{S}.reprise.reprendre_maitres_ouvrage": Geste(
        _acheteurs,
        libres={"a_suivre": "le SIRET est commun à toutes les structures : qui le connaît peut suivre l'acheteur"},
    ),
    f"{S}.reprise.reprendre_marches": Geste(marches_a_reprendre),
    f"{S}.reprise.reprendre_lots": Geste(lots_a_reprendre),
    f"{S}.reprise.reprendre_engagements": Geste(engagements_a_reprendre),
    f"{S}.scenarios.ajouter_scenario": Geste(lambda c: {"support": c.projet, "nom": "Neuf", **CALCUL}),
    f"{S}.scenarios.retenir_scenario": Geste(lambda c: {"scenario": ScenarioFactory(lot=c.lot)}),
    f"{S}.scenarios.retirer_scenario": Geste(sur("scenario")),
    f"{S}.suivi_achat.etablir_retroplanning": Geste(lambda c: {"achat": c.projet}),
    f"{S}.suivi_achat.cocher_jalon": Geste(sur("jalon")),
    f"{S}.suivi_achat.deplacer_jalon": Geste(sur("jalon", echeance=FIN)),
    f"{S}.suivi_achat.ajouter_note": Geste(lambda c: {"achat": c.marche, "texte": "Appelé."}),
    f"{S}.suivi_achat.cocher_note": Geste(sur("note")),
    f"{S}.suivi_achat.deposer_piece": Geste(_piece),
    f"{S}.suivi_achat.montrer_piece": Geste(sur("piece")),
    f"{S}.suivi_achat.retirer_piece": Geste(lambda c: {"piece": PieceFactory(projet=c.projet)}),
    f"{S}.tranches.ajouter_tranche": Geste(sur("lot", numero="TO9", intitule="Neuve", montant_ht=Decimal(1000))),
    f"{S}.tranches.affermir_tranche": Geste(sur("tranche", le=DEBUT, heures=Decimal(50))),
    f"{S}.tranches.enregistrer_commande": Geste(_commande),
    f"{S}.tranches.annuler_commande": Geste(lambda c: {"commande": CommandeFactory(engagement=c.engagement)}),
}
MAILLONS = {
    f"{S}.suivi_achat.cocher_ce_qui_est_fait": "l'achat est déjà tenu par le geste qui le fait avancer",
    f"{S}.maitres_ouvrage.suivre_l_acheteur_dit": "suivre_maitre_ouvrage exige lui-même le droit et la portée",
    f"{S}.lots.reprendre_les_lots": "le projet est déjà tenu, et son marché vient de naître",
    f"{S}.avis_achat.prevenir_du_projet": "un courriel : qui l'écrit tient déjà le projet",
    f"{S}.avis_achat.prevenir_d_un_ajout": "un courriel : qui l'écrit tient déjà le projet",
    f"{S}.avis_achat.prevenir_du_texte": "un courriel : qui l'écrit tient déjà le texte",
    f"{S}.tranches.recalculer_les_commandes": "le lot est déjà tenu",
}
EXEMPTES = {
    f"{S}.maitres_ouvrage.fiches_a_fusionner": "lit : les fiches de la structure",
    f"{S}.redaction.lire_matiere": "lit : ce qu'une clause dira d'un marché déjà dans la portée",
    f"{S}.redaction.modeles_en_vigueur": "lit : les modèles d'une structure",
    f"{S}.redaction.composer_la_piece": "un calcul",
    f"{S}.redaction.empreinte": "un calcul",
    f"{S}.suivi_achat.rattachement": "un calcul",
}
