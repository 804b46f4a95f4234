"""« À faire » : chaque source paraît au bon rôle, au bon moment, avec sa date ; elle disparaît une fois le geste fait."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beneficiaires.enums import StatutQuartier
from cloture.models import Attestation
from comptes.enums import Role
from comptes.models import Adhesion
from declarations.enums import IssueRelance, Palier, StatutDeclaration
from declarations.models import Declaration, ReglagesDeclaration
from marches.enums import ResponsableAction, StatutMarche, StatutProjet
from marches.models import Note
from recrutement.enums import StatutCandidature
from recrutement.models import Candidature, Offre
from reporting.calcul.indicateurs import beneficiaires, heures_realisees, marches_suivis_de
from reporting.lecture.chiffres_cles import chiffres_cles
from reporting.lecture.lignes import charger
from reporting.models import Bilan
from reprise.enums import EtatBrouillon, EtatReprise
from reprise.models import PersonneBrouillon
from socle.a_faire import Demande, lignes_a_faire, tableau_de
from socle.a_faire.registre import SOURCES, sources_de
from socle.a_faire.tableau import SEULES
from socle.enums import EtatCourriel, EtatDocument, Moment
from socle.models import Courriel, Document
from socle.periodes import Periode
from tests.client_strict import ClientStrict
from tests.fabriques.comptes import AdhesionFactory
from tests.fabriques.declarations import DeclarationFactory, RelanceFactory
from tests.fabriques.marches import NoteFactory
from tests.fabriques.recrutement import CandidatureFactory, DiffusionFactory, OffreFactory
from tests.fabriques.reporting import BilanFactory
from tests.fabriques.socle import CourrielFactory, DocumentFactory
from tests.monde import Monde, agrandir, construire_monde

pytestmark = pytest.mark.django_db
LE = datetime.date(2026, 10, 15)
AUJOURD_HUI, SEMAINE, PLUS_TARD = Moment
ROLES = [
    "responsable",
    "edition",
    "lecture",
    "prescripteur",
    "entreprise",
    "maitre_ouvrage",
    "financeur",
    "reseau",
    "administrateur",
]


@pytest.fixture(scope="module")
def monde(django_db_setup, django_db_blocker) -> Iterator[Monde]:
    """Le petit monde, une fois pour tous ces tests : chacun défait ce qu'il change."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel("2026-10-15T12:00:00+02:00", tick=False),
        transaction.atomic(),
    ):
        yield construire_monde()
        transaction.set_rollback(True)


def le(mois: int, jour: int) -> datetime.date:
    return datetime.date(2026, mois, jour)


@dataclass
class Cas:
    """Une source : à qui, ce qui la fait paraître, ce qu'elle dit et quand, ce qui la règle."""

    cle: str
    qui: str
    preparer: Callable[[Monde], object]
    moment: Moment
    dit: tuple[str, ...]
    regler: Callable[[Monde], object]


def _rien(monde: Monde) -> None:
    """Le petit monde la montre déjà."""


def _maj(objet, **valeurs) -> None:
    type(objet).objects.filter(pk=objet.pk).update(**valeurs)


def _declaration(monde: Monde, statut: str, echeance: datetime.date) -> Declaration:
    return DeclarationFactory(engagement=monde.engagement, mois=le(9, 1), statut=statut, echeance=echeance)


def _relance_finale(monde: Monde) -> None:
    RelanceFactory(declaration=monde.mois_attendu, palier=Palier.TACHE, issue=IssueRelance.TACHE, jour=le(10, 12))


def _sans_referent(monde: Monde) -> None:
    _maj(monde.point, du_le=le(10, 1))
    _maj(monde.beneficiaire, prescripteur=None, referent_courriel="")


def _candidatures(monde: Monde, avant: str, apres: str) -> None:
    Candidature.objects.filter(offre=monde.offre, statut=avant).update(statut=apres)


def _fini_et_valide(monde: Monde) -> None:
    _maj(monde.marche, statut=StatutMarche.SOLDE, fin_reelle=le(9, 30))
    monde.engagement.declarations.update(statut=StatutDeclaration.VALIDEE)
    Attestation.objects.update(remplacee_le=timezone.now(), motif_remplacement="Refaite")


def _offre_neuve(monde: Monde) -> None:
    offre = OffreFactory(engagement=monde.engagement, intitule="Peintre", date_limite=le(10, 20))
    DiffusionFactory(offre=offre, organisation=monde.organisations[Role.PRESCRIPTEUR])


def _courriel(etat: str) -> None:
    _maj(CourrielFactory(etat=etat), confie_le=timezone.now() - datetime.timedelta(days=1))


def _regler_les_courriels(monde: Monde) -> None:
    Courriel.objects.update(etat=EtatCourriel.ENVOYE)


A_VALIDER, RENDUE = StatutDeclaration.A_VALIDER, StatutDeclaration.RENDUE
ATTENDUE, VALIDEE = StatutDeclaration.ATTENDUE, StatutDeclaration.VALIDEE
NOUS = "MARQUE-NOTRE"
CAS = [
    Cas(
        "a_valider",
        "responsable",
        _rien,
        AUJOURD_HUI,
        ("Avril 2026", "1 personne, 80 h", "aujourd'hui"),
        lambda m: Declaration.objects.filter(statut=A_VALIDER).update(statut=VALIDEE),
    ),
    Cas(
        "en_retard",
        "responsable",
        _rien,
        AUJOURD_HUI,
        ("Mai 2026", "dû le 15 juin 2026", "relancé le 1er juin 2026"),
        lambda m: _maj(m.mois_attendu, statut=A_VALIDER),
    ),
    Cas(
        "a_appeler",
        "edition",
        _relance_finale,
        AUJOURD_HUI,
        ("Mai 2026", "dû le 15 juin 2026", "relancé le 1er juin 2026"),
        lambda m: _maj(m.mois_attendu, statut=A_VALIDER),
    ),
    Cas(
        "a_saisir",
        "responsable",
        _rien,
        AUJOURD_HUI,
        ("Septembre 2026", "Peinture de la Manche"),
        lambda m: DeclarationFactory(engagement=m.cotraitance, mois=le(9, 1), lignes={}),
    ),
    Cas(
        "rendues",
        "responsable",
        lambda m: _maj(m.mois_declare, statut=RENDUE),
        AUJOURD_HUI,
        ("Juin 2026", "rendu"),
        lambda m: _maj(m.mois_declare, statut=A_VALIDER),
    ),
    Cas(
        "attendues",
        "responsable",
        lambda m: _declaration(m, ATTENDUE, le(10, 20)),
        SEMAINE,
        ("pour le 20 oct. 2026",),
        lambda m: Declaration.objects.filter(mois=le(9, 1)).update(statut=A_VALIDER),
    ),
    Cas(
        "parcours",
        "responsable",
        _sans_referent,
        AUJOURD_HUI,
        ("A. L.", "3 mois", "depuis le 1er oct. 2026"),
        lambda m: _maj(m.point, statut="injoignable"),
    ),
    Cas(
        "parcours_demandes",
        "responsable",
        lambda m: _maj(m.point, du_le=le(10, 1), demande_le=le(10, 10)),
        AUJOURD_HUI,
        ("A. L.", "demandé il y a 5 j"),
        lambda m: _maj(m.point, statut="injoignable"),
    ),
    Cas(
        "nouvelles",
        "responsable",
        _rien,
        AUJOURD_HUI,
        ("A. L. · Partenaire Prescripteur", "demandé aujourd'hui"),
        lambda m: _maj(m.demande, repondue_le=timezone.now()),
    ),
    Cas(
        "a_preselectionner",
        "responsable",
        _rien,
        AUJOURD_HUI,
        ("Maçon", "1 personne proposée", "proposée aujourd'hui"),
        lambda m: _candidatures(m, "proposee", "preselectionnee"),
    ),
    Cas(
        "a_transmettre",
        "responsable",
        lambda m: _candidatures(m, "proposee", "preselectionnee"),
        AUJOURD_HUI,
        ("1 personne présélectionnée",),
        lambda m: _candidatures(m, "preselectionnee", "transmise"),
    ),
    Cas(
        "chez_l_entreprise",
        "responsable",
        _rien,
        AUJOURD_HUI,
        ("1 candidature sans réponse",),
        lambda m: _candidatures(m, "transmise", "refusee"),
    ),
    Cas(
        "offres_vides",
        "responsable",
        lambda m: OffreFactory(engagement=m.engagement, intitule="Peintre", date_limite=le(10, 18)),
        SEMAINE,
        ("Peintre", "1 poste, pour le 18 oct. 2026", "jamais relancés"),
        lambda m: CandidatureFactory(offre=Offre.objects.get(intitule="Peintre"), beneficiaire=m.beneficiaire),
    ),
    Cas(
        "a_embaucher",
        "responsable",
        _rien,
        AUJOURD_HUI,
        ("Z. P. · Maçon", "début le 1er oct. 2026"),
        lambda m: _maj(m.candidature_retenue, contrat=m.contrat),
    ),
    Cas(
        "contrats",
        "responsable",
        lambda m: _maj(m.contrat_cotraitance, fin_prevue=le(11, 1)),
        PLUS_TARD,
        ("A. L. · Peinture de la Manche, 2026-014", "finit le 1er nov. 2026"),
        lambda m: _maj(m.contrat_cotraitance, fin_prevue=None),
    ),
    Cas(
        "eligibilites",
        "responsable",
        lambda m: _maj(m.contrat, debut=datetime.date(2024, 11, 10)),
        PLUS_TARD,
        ("A. L. · Peinture de la Manche", "comptent jusqu'au 9 nov. 2026"),
        lambda m: _maj(m.contrat_cotraitance, fin_prevue=le(11, 9)),
    ),
    Cas(
        "pieces",
        "responsable",
        lambda m: _maj(m.critere, piece_vue_le=le(1, 5), piece_valable_jusqu_au=le(10, 20)),
        SEMAINE,
        ("A. L. · ", "valable jusqu'au 20 oct. 2026", "vue le 5 janv. 2026"),
        lambda m: _maj(m.critere, piece_vue_le=LE, piece_valable_jusqu_au=None),
    ),
    Cas(
        "projets",
        "responsable",
        lambda m: _maj(m.projet, statut="repere", depose_par_acheteur=True),
        AUJOURD_HUI,
        ("Réhabilitation du gymnase", "déposé aujourd'hui"),
        lambda m: _maj(m.projet, statut="etude"),
    ),
    Cas(
        "projets_proposes",
        "responsable",
        lambda m: _maj(m.projet, statut="propose"),
        AUJOURD_HUI,
        ("proposé aujourd'hui",),
        lambda m: _maj(m.projet, statut="retenu"),
    ),
    Cas(
        "etapes",
        "responsable",
        lambda m: _maj(m.jalon, echeance=le(10, 12)),
        AUJOURD_HUI,
        ("Étudier la faisabilité · Réhabilitation du gymnase", "pour le 12 oct. 2026"),
        lambda m: _maj(m.jalon, fait_le=LE),
    ),
    Cas(
        "suites",
        "responsable",
        lambda m: _maj(m.note, echeance=le(10, 20)),
        SEMAINE,
        ("Le facilitateur : 2026-014", "pour le 20 oct. 2026"),
        lambda m: _maj(m.note, fait_le=LE),
    ),
    Cas(
        "suites_attendues",
        "responsable",
        lambda m: _maj(m.note, echeance=le(10, 20), responsable=ResponsableAction.ACHETEUR),
        SEMAINE,
        ("L'acheteur : 2026-014",),
        lambda m: _maj(m.note, fait_le=LE),
    ),
    Cas(
        "a_solder",
        "responsable",
        lambda m: _maj(m.marche, fin_prevue=le(9, 1)),
        AUJOURD_HUI,
        ("fini le 1er sept. 2026",),
        lambda m: _maj(m.marche, statut=StatutMarche.SOLDE),
    ),
    Cas(
        "pronostics",
        "responsable",
        lambda m: _maj(m.engagement, heures_initiales=90_000),
        AUJOURD_HUI,
        ("Travaux du Cotentin · 2026-014", "manque", "fin le 31 déc. 2026"),
        lambda m: _maj(m.engagement, heures_initiales=0),
    ),
    Cas(
        "quartiers",
        "responsable",
        lambda m: _maj(m.rattachement, statut=StatutQuartier.A_VERIFIER, millesime=2024),
        PLUS_TARD,
        ("A. L. · en quartier prioritaire ?",),
        lambda m: _maj(m.rattachement, statut=StatutQuartier.NON),
    ),
    Cas(
        "ressemblances",
        "responsable",
        lambda m: m.nous.ressemblance,
        PLUS_TARD,
        ("la même personne que", "vu aujourd'hui"),
        lambda m: _maj(m.nous.ressemblance, ecartee_le=timezone.now()),
    ),
    Cas(
        "conservation",
        "responsable",
        lambda m: _maj(m.beneficiaire, fin_annoncee_le=le(9, 20)),
        SEMAINE,
        (f"Dossier B-{NOUS}", "anonymisé le 20 oct. 2026", "annoncé il y a 25 j"),
        lambda m: _maj(m.beneficiaire, anonymise_le=timezone.now()),
    ),
    Cas(
        "bilans",
        "responsable",
        _rien,
        PLUS_TARD,
        ("Bilan 2026, en préparation",),
        lambda m: Bilan.objects.filter(pk=m.bilan.pk).delete(),
    ),
    Cas(
        "reprises",
        "edition",
        _rien,
        AUJOURD_HUI,
        (f"{NOUS}.xlsx · prête à reprendre",),
        lambda m: _maj(m.reprise, etat=EtatReprise.APPLICATION),
    ),
    Cas(
        "listes",
        "prescripteur",
        _rien,
        AUJOURD_HUI,
        ("1 personne", "déposée aujourd'hui"),
        lambda m: PersonneBrouillon.objects.update(etat=EtatBrouillon.ECARTEE),
    ),
    Cas(
        "documents",
        "responsable",
        lambda m: DocumentFactory(organisation=m.structure, etat=EtatDocument.ECHEC, titre="Export"),
        AUJOURD_HUI,
        ("Export", "échoué aujourd'hui"),
        lambda m: Document.objects.update(etat=EtatDocument.EN_ATTENTE),
    ),
    Cas(
        "situations",
        "prescripteur",
        lambda m: _maj(m.point, du_le=le(10, 1), demande_le=le(10, 10)),
        AUJOURD_HUI,
        ("Awa Lemaire · 3 mois après son contrat", "demandé il y a 5 j"),
        lambda m: _maj(m.point, statut="injoignable"),
    ),
    Cas(
        "recues",
        "prescripteur",
        lambda m: _maj(m.beneficiaire, passee_le=le(10, 10), referent_courriel=m.personnes[Role.PRESCRIPTEUR].email),
        AUJOURD_HUI,
        ("Awa Lemaire : vous êtes son référent", "passée il y a 5 j"),
        lambda m: _maj(m.beneficiaire, passee_le=le(9, 1)),
    ),
    Cas(
        "demandes",
        "prescripteur",
        _rien,
        AUJOURD_HUI,
        ("Awa Lemaire",),
        lambda m: _maj(m.demande, repondue_le=timezone.now()),
    ),
    Cas(
        "offres",
        "prescripteur",
        _offre_neuve,
        SEMAINE,
        ("Peintre", "proposer avant le 20 oct. 2026"),
        lambda m: CandidatureFactory(offre=Offre.objects.get(intitule="Peintre"), beneficiaire=m.beneficiaire),
    ),
    Cas(
        "reponses",
        "prescripteur",
        lambda m: _maj(m.candidature_retenue, decidee_le=timezone.now()),
        AUJOURD_HUI,
        ("Zoé Poulain · Maçon : retenue", "décidé aujourd'hui"),
        lambda m: _maj(m.candidature_retenue, decidee_le=timezone.now() - datetime.timedelta(days=20)),
    ),
    Cas(
        "candidatures",
        "prescripteur",
        _rien,
        AUJOURD_HUI,
        ("Awa Lemaire · Maçon", "transmise à l'entreprise aujourd'hui"),
        lambda m: Candidature.objects.update(statut=StatutCandidature.SANS_SUITE),
    ),
    Cas(
        "a_decider",
        "maitre_ouvrage",
        lambda m: _maj(m.projet, statut=StatutProjet.PROPOSE),
        AUJOURD_HUI,
        ("Réhabilitation du gymnase", "proposé une clause aujourd'hui"),
        lambda m: _maj(m.projet, statut="retenu"),
    ),
    Cas(
        "projets_etudies",
        "maitre_ouvrage",
        lambda m: _maj(m.projet, statut="repere", depose_par_acheteur=True),
        AUJOURD_HUI,
        ("déposé aujourd'hui",),
        lambda m: _maj(m.projet, statut="etude"),
    ),
    Cas(
        "a_declarer",
        "entreprise",
        _rien,
        AUJOURD_HUI,
        ("Mai 2026 · 2026-014, lot 1", "avant le 15 juin 2026"),
        lambda m: _maj(m.mois_attendu, statut=A_VALIDER),
    ),
    Cas(
        "a_corriger",
        "entreprise",
        lambda m: _maj(m.mois_declare, statut=RENDUE, motif_retour="Il manque une personne"),
        AUJOURD_HUI,
        ("Juin 2026", "Il manque une personne"),
        lambda m: _maj(m.mois_declare, statut=A_VALIDER),
    ),
    Cas(
        "a_repondre",
        "entreprise",
        _rien,
        AUJOURD_HUI,
        ("Maçon", "1 personne à rencontrer"),
        lambda m: _candidatures(m, "transmise", "refusee"),
    ),
    Cas(
        "a_signer",
        "entreprise",
        lambda m: _candidatures(m, "transmise", "retenue"),
        AUJOURD_HUI,
        ("Maçon · 2026-014", "à établir avec votre facilitateur"),
        lambda m: _candidatures(m, "retenue", "refusee"),
    ),
    Cas(
        "a_completer",
        "entreprise",
        lambda m: _maj(m.offre, statut="besoin", demandee_par_entreprise=True, exigences=""),
        AUJOURD_HUI,
        ("Maçon · 2026-014",),
        lambda m: _maj(m.offre, statut="brouillon"),
    ),
    Cas(
        "besoins",
        "responsable",
        lambda m: _maj(m.offre, statut="besoin", demandee_par_entreprise=True),
        AUJOURD_HUI,
        ("Maçon · Travaux du Cotentin", "exprimé aujourd'hui"),
        lambda m: _maj(m.offre, statut="brouillon"),
    ),
    Cas(
        "penalites",
        "maitre_ouvrage",
        lambda m: _maj(m.penalite, statut="observations", repondre_avant=le(10, 10)),
        AUJOURD_HUI,
        ("Travaux du Cotentin · 2026-014", "décision à prendre"),
        lambda m: _maj(m.penalite, statut="contradictoire", repondre_avant=le(12, 1)),
    ),
    Cas(
        "demeures",
        "responsable",
        lambda m: _maj(m.mise_en_demeure, le=le(10, 1), remise="", remise_le=None),
        AUJOURD_HUI,
        ("Travaux du Cotentin · 2026-014", "rien ne court avant sa réception"),
        lambda m: _maj(m.mise_en_demeure, remise="main_propre", remise_le=le(10, 2)),
    ),
    Cas(
        "relances_eteintes",
        "responsable",
        lambda m: _declaration(m, StatutDeclaration.ATTENDUE, le(10, 30)),
        AUJOURD_HUI,
        ("Relances aux entreprises", "tant que vous ne les allumez pas"),
        lambda m: ReglagesDeclaration.objects.create(structure=m.structure),
    ),
    Cas(
        "attestations",
        "responsable",
        _fini_et_valide,
        AUJOURD_HUI,
        ("Travaux du Cotentin · 2026-014", "fini le 30 sept. 2026"),
        lambda m: Declaration.objects.update(statut=StatutDeclaration.A_VALIDER),
    ),
    Cas(
        "bilans_recus",
        "financeur",
        lambda m: _maj(m.bilan_publie, publie_le=timezone.now() - datetime.timedelta(days=3)),
        AUJOURD_HUI,
        ("Bilan 2025 · Maison de l'emploi", "publié il y a 3 j"),
        lambda m: _maj(m.bilan_publie, publie_le=timezone.now() - datetime.timedelta(days=90)),
    ),
    Cas(
        "invitations",
        "responsable",
        lambda m: _maj(
            m.invitation,
            invite_par=m.personne("responsable"),
            courriel=CourrielFactory(destinataire="invitee@nous.fr", etat="refuse"),
        ),
        AUJOURD_HUI,
        ("invitee@nous.fr", "revenue"),
        lambda m: _maj(m.invitation, revoquee_le=timezone.now()),
    ),
    Cas(
        "sans_responsable",
        "administrateur",
        lambda m: Adhesion.objects.filter(organisation=m.structure, role="responsable").update(active=False),
        AUJOURD_HUI,
        ("Maison de l'emploi",),
        lambda m: Adhesion.objects.update(active=True),
    ),
    Cas(
        "comptes_a_confirmer",
        "entreprise",
        lambda m: AdhesionFactory(
            organisation=m.organisations[Role.ENTREPRISE],
            utilisateur__email="neuf@batir.fr",
            role=Role.ENTREPRISE,
            a_confirmer=True,
        ),
        AUJOURD_HUI,
        ("neuf@batir.fr", "ouvert"),
        lambda m: Adhesion.objects.update(a_confirmer=False),
    ),
    Cas(
        "service",
        "administrateur",
        lambda m: _courriel(EtatCourriel.EN_ATTENTE),
        AUJOURD_HUI,
        ("1 courriel attend de partir", "hier"),
        _regler_les_courriels,
    ),
]


@pytest.mark.parametrize("cas", CAS, ids=lambda cas: cas.cle)
def test_chaque_source_parait_puis_disparait(monde, cas):
    """Au bon rôle, au bon moment, avec ses dates ; et plus du tout, une fois réglée."""
    cas.preparer(monde)
    avant = tableau_de(monde.acteur(cas.qui), LE, Demande(genre=cas.cle))
    assert avant.choisi is SOURCES[cas.cle]
    lignes = [(section.moment, _texte(ligne)) for section in avant.sections for ligne in section.lignes]
    assert any(moment == cas.moment and all(mot in texte for mot in cas.dit) for moment, texte in lignes), lignes
    cas.regler(monde)
    apres = tableau_de(monde.acteur(cas.qui), LE, Demande(genre=cas.cle))
    assert _total(apres) < _total(avant)


def _total(tableau) -> int:
    return sum(section.total for section in tableau.sections)


def _texte(ligne) -> str:
    return f"{ligne.objet} | {ligne.depuis} | {ligne.dernier}".replace("\u00a0", " ").replace("\u202f", " ")


def test_deux_bilans_de_la_meme_annee_se_distinguent(monde):
    publie = {"structure": monde.structure, "annee": 2025, "publie": True}
    for options in (
        {"variante": "ville"},
        {"variante": "maitre_ouvrage", "maitre_ouvrage": monde.maitre_ouvrage},
        {"variante": "marche", "marche": monde.marche},
    ):
        BilanFactory(**publie, **options, destinataires=[monde.organisations[Role.FINANCEUR]])
        BilanFactory(structure=monde.structure, annee=2024, **options)

    def dits(qui: str, genre: str) -> list[str]:
        sections = tableau_de(monde.acteur(qui), LE, Demande(genre=genre)).sections
        return [ligne.objet for section in sections for ligne in section.lignes]

    precisions = ("Contrat de ville (État, ANCT)", str(monde.maitre_ouvrage), str(monde.marche))
    assert sorted(dits("financeur", "bilans_recus")) == sorted(
        [
            f"Bilan 2025 · {monde.structure.nom}",
            *(f"Bilan 2025 · {precision} · {monde.structure.nom}" for precision in precisions),
        ]
    )
    assert {f"Bilan 2024 · {precision}, en préparation" for precision in precisions} <= set(
        dits("responsable", "bilans")
    )


def test_toutes_les_sources_sont_essayees():
    assert sorted(cas.cle for cas in CAS) == sorted(SOURCES)


def test_un_mois_a_appeler_n_est_plus_en_retard(monde):
    _relance_finale(monde)
    retards = tableau_de(monde.acteur(), LE, Demande(genre="en_retard"))
    assert not any(section.total for section in retards.sections)


@pytest.mark.parametrize("qui", ROLES)
def test_rien_de_l_autre_structure(monde, qui):
    """Ni un nom, ni une adresse : les deux côtés portent les mêmes noms, seules leurs marques diffèrent."""
    monde_plein(monde)
    tableaux = [tableau_de(monde.acteur(qui), LE, Demande(attend=attend)) for attend in (False, True)]
    lignes = [ligne for tableau in tableaux for section in tableau.sections for ligne in section.lignes]
    ecrit = " ".join(f"{_texte(ligne)} {ligne.lien} {[g.url for g in ligne.gestes]}" for ligne in lignes)
    fuites = {canari for canari in monde.autre.canaris() if canari in ecrit}
    if qui == "administrateur":  # il voit toutes les organisations, et d'elles leur nom seul
        fuites -= {str(monde.autre.structure.uuid)}
    assert not fuites


def monde_plein(monde: Monde) -> None:
    """Des deux côtés, de quoi remplir les sources les plus parlantes."""
    for cote in (monde.nous, monde.autre):
        _maj(cote.point, du_le=le(10, 1), demande_le=le(10, 10))
        _maj(cote.projet, statut="repere", depose_par_acheteur=True)
        _maj(cote.note, echeance=le(10, 20))
        _maj(cote.rattachement, statut=StatutQuartier.A_VERIFIER, millesime=2024)
        _maj(cote.contrat_cotraitance, fin_prevue=le(11, 1))
        _maj(cote.mois_declare, statut=RENDUE)


@pytest.mark.parametrize("qui", ["edition", "lecture"])
def test_tout_lien_et_tout_bouton_montre_s_ouvre(monde, qui):
    """Un lien mène à une page que ce rôle lit ; en lecture, aucun bouton."""
    monde_plein(monde)
    client = _client(monde, qui)
    for onglet in ("", "attente"):
        page = BeautifulSoup(client.get(reverse("accueil"), {"onglet": onglet}).content, "html.parser").main
        liens = {a["href"] for a in page.select(".a-faire a[href^='/']")}
        assert liens and {lien: client.get(lien).status_code for lien in liens} == dict.fromkeys(liens, 200)
        assert bool(page.select(".a-faire .gestes .btn")) == (qui == "edition")


def test_le_plus_presse_d_abord(monde):
    Note.objects.all().delete()
    for jour in (le(10, 3), le(9, 1), le(10, 14)):
        NoteFactory(marche=monde.marche, echeance=jour)
    lignes = tableau_de(monde.acteur(), LE, Demande(genre="suites")).sections[0].lignes
    assert [_texte(ligne).split(" | ")[1] for ligne in lignes] == [
        "pour le 1er sept. 2026",
        "pour le 3 oct. 2026",
        "pour le 14 oct. 2026",
    ]
    toutes = lignes_a_faire(monde.acteur(), LE)
    rangs = [toutes.index(ligne) for ligne in lignes]
    assert rangs == sorted(rangs), "mêlées aux autres genres, elles gardent leur ordre"


def test_une_vieille_suite_ne_passe_pas_devant_un_retard(monde):
    NoteFactory(marche=monde.marche, echeance=datetime.date(2018, 3, 1))
    tons = [ligne.ton for ligne in tableau_de(monde.acteur(), LE).sections[0].lignes]
    assert {"retard", "attention"} <= set(tons)
    assert tons.index("attention") > len(tons) - 1 - tons[::-1].index("retard")


def test_mes_dossiers(monde):
    """Les marchés dont j'ai la charge, et ce qui n'est à personne ; jamais ceux d'une autre."""
    _maj(monde.marche, facilitateur=monde.personnes[Role.EDITION])
    _maj(monde.engagement, heures_initiales=90_000)

    def genres(qui: str) -> set[str]:
        return {genre.cle for genre in tableau_de(monde.acteur(qui), LE, Demande(mes=True)).genres}

    assert {"a_valider", "en_retard", "a_saisir", "pronostics", "a_embaucher"} <= genres("edition")
    assert not {"a_valider", "en_retard", "a_saisir", "pronostics", "a_embaucher"} & genres("responsable")
    assert "reprises" in genres("responsable")


def test_l_adresse_dit_tout(monde):
    client = _client(monde, "responsable")
    page = BeautifulSoup(client.get("/", {"genre": "a_valider", "dossiers": "mes"}).content, "html.parser").main
    courants = [a.get_text(" ", strip=True) for a in page.select(".a-faire-choix [aria-current]")]
    assert "Mes dossiers" in courants and courants[0].startswith("À faire")
    assert "À valider" not in page.get_text()  # personne n'a la charge de ce marché
    page = client.get("/", {"genre": "a_valider"}).content.decode()
    assert "Avril 2026" in page and "Mai 2026" not in page
    assert client.get("/", {"genre": "inconnu", "dossiers": "x", "onglet": "y"}).status_code == 200


def test_dix_mille_lignes_se_comptent_et_ne_se_montrent_pas(monde):
    Note.objects.bulk_create(
        [Note(marche=monde.marche, texte="…", responsable="facilitateur", echeance=le(10, 1)) for _ in range(10_000)],
        batch_size=2000,
    )
    with CaptureQueriesContext(connection) as requetes:
        tableau = tableau_de(monde.acteur(), LE)
    aujourd_hui = tableau.sections[0]
    assert sum(ligne.quoi == "Suite" for ligne in aujourd_hui.lignes) == 5
    assert [(s.nombre, s.adresse) for s in aujourd_hui.suites] == [(9_995, "?genre=suites")]
    # Le compte de tout et les lignes montrées ; la projection et les éligibilités, calculées, lisent chacune en plusieurs fois.
    assert len(requetes) <= 7
    filtre = tableau_de(monde.acteur(), LE, Demande(genre="suites")).sections[0]
    assert (filtre.total, len(filtre.lignes), filtre.suites[0].nombre) == (10_000, 100, 9_900)
    assert filtre.suites[0].adresse == reverse("comptes:agenda") + "?retards=oui"


@pytest.mark.parametrize("qui", ROLES)
def test_douze_requetes_pour_une_ligne_comme_pour_vingt(monde, qui):
    client = _client(monde, qui)
    petit = _requetes(client)
    agrandir(monde.nous, 3)
    assert _requetes(client) == petit <= 12


def _client(monde: Monde, qui: str) -> ClientStrict:
    client = ClientStrict()
    client.force_login(monde.personne(qui))
    return client


def _requetes(client: ClientStrict) -> int:
    """Les requêtes de l'accueil, là où le rôle y est mené."""
    reponse = client.get("/")
    adresse = reponse.url if reponse.status_code == 302 else "/"
    assert client.get(adresse).status_code == 200
    with CaptureQueriesContext(connection) as requetes:
        client.get(adresse)
    return len([r for r in requetes if not r["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def test_une_source_a_une_cle_un_role_et_une_liste_qui_existe(monde):
    for source in SOURCES.values():
        assert source.roles <= set(Role)
        if source.liste:
            assert reverse(source.liste.partition("?")[0])
    assert not set(sources_de(monde.acteur("inconnu")))


def test_les_chiffres_cles_sont_ceux_des_indicateurs(monde):
    chiffres = chiffres_cles(monde.structure, LE)
    releve = charger(monde.structure, Periode(le(1, 1), LE))
    assert chiffres.heures[0] == heures_realisees(releve).valeur > 0
    assert chiffres.personnes[0] == beneficiaires(releve).valeur == 1
    assert chiffres.marches[0] == len(marches_suivis_de(releve)) == 1
    assert chiffres.heures[2] == 0 and chiffres.comparee is None


def test_des_lignes_semblables_n_en_font_qu_une_les_autres_restent_seules(monde):
    """Au-delà de trois, un groupe : son compte, la première, et où tout voir ; les lignes s'y déplient."""
    Note.objects.bulk_create(
        Note(marche=monde.marche, texte="…", responsable="facilitateur", echeance=le(10, 1)) for _ in range(SEULES + 2)
    )
    section = tableau_de(monde.acteur(), LE).sections[0]
    (groupe,) = [rang for rang in section.rangs if rang.source.cle == "suites"]
    assert (groupe.nombre, len(groupe.lignes), groupe.suite) == (SEULES + 2, 5, None)
    seuls = [rang for rang in section.rangs if not rang.nombre]
    assert seuls and all(len(rang.lignes) == 1 for rang in seuls)
    page = BeautifulSoup(_client(monde, "responsable").get("/").content, "html.parser")
    montre = next(bloc for bloc in page.select(".a-faire-groupe") if "suites à donner" in bloc.get_text())
    assert "5 suites à donner" in montre.summary.get_text()
    assert montre.select_one(":scope > a")["href"] == reverse("comptes:agenda") + "?retards=oui"
    assert len(montre.select("li.a-faire-ligne")) == 5
    assert not [
        rang for rang in tableau_de(monde.acteur(), LE, Demande(genre="suites")).sections[0].rangs if rang.nombre
    ]
