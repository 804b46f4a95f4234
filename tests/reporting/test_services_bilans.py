"""Préparer, publier, écarter un bilan : qui, quand, deux fois de suite, travailleur tué, et ce qui reste figé."""

import datetime
import hashlib

import pytest
from django.db import IntegrityError, transaction

from comptes.enums import Role
from declarations.models import LigneHeures
from reporting import fabriques
from reporting.bilan.masques import PETIT
from reporting.bilan.publication import a_publier
from reporting.donnees import empreinte_de, en_octets
from reporting.enums import Presentation, StatutBilan, Variante
from reporting.models import Bilan
from reporting.notifications import annoncer_la_publication
from reporting.services import bilans as services
from reporting.services import (
    destinataires_possibles,
    ecarter_brouillon,
    ecrire_textes,
    preparer_bilan,
    publier_bilan,
    relire_bilan,
)
from socle.enums import EtatDocument
from socle.models import Courriel, Document, EntreeJournal
from socle.periodes import Periode
from socle.regles import AccesRefuse, RegleViolee
from socle.services import documents
from socle.services.documents import BAIL, fabriquer, purger
from tests.fabriques.comptes import OrganisationFactory, PartenariatFactory
from tests.fabriques.reporting import BilanFactory

ANNEE = 2026
OCTETS = b"%PDF-1.7 bilan"


@pytest.fixture(autouse=True)
def _le_quinze_octobre(horloge):
    return horloge


@pytest.fixture(autouse=True)
def rendus(monkeypatch):
    """Ce que le PDF a reçu ; l'écrire vraiment est l'affaire de test_pdf."""
    recus = []
    monkeypatch.setattr(fabriques, "rendre_bilan", lambda donnees, *reste: recus.append((donnees, *reste)) or OCTETS)
    return recus


@pytest.fixture
def preparer(monde, django_capture_on_commit_callbacks):
    """`preparer("responsable")` : le brouillon de 2026, son document fabriqué."""
    Bilan.objects.filter(fin__year=ANNEE).delete()

    def preparer(qui="responsable", *, fabrique=True, **options):
        with django_capture_on_commit_callbacks(execute=fabrique):
            bilan = preparer_bilan(acteur=monde.acteur(qui), periode=Periode.annee(ANNEE), **options)
        return relire(bilan)

    return preparer


@pytest.fixture
def publier(monde, django_capture_on_commit_callbacks):
    def publier(bilan, qui="responsable", destinataires=None, *, fabrique=True, motif="Une correction."):
        """Relit puis publie ; un bilan déjà relu ou publié passe tel quel."""
        financeurs = [monde.nous.organisations[Role.FINANCEUR]] if destinataires is None else destinataires
        if Bilan.objects.get(pk=bilan.pk).statut == StatutBilan.BROUILLON and bilan.est_pret:
            bilan = relire_bilan(acteur=monde.acteur("responsable"), bilan=bilan)
        with django_capture_on_commit_callbacks(execute=fabrique):
            publie = publier_bilan(acteur=monde.acteur(qui), bilan=bilan, destinataires=financeurs, motif=motif)
        return relire(publie)

    return publier


def mourir(*arguments):
    raise SystemExit("travailleur tué")


def relire(bilan: Bilan) -> Bilan:
    return Bilan.objects.select_related("document", "classeur", "structure").get(pk=bilan.pk)


def visibles(monde, qui) -> set[int]:
    return set(Bilan.objects.visibles_par(monde.acteur(qui)).filter(fin__year=ANNEE).values_list("pk", flat=True))


# --- Préparer --------------------------------------------------------------------------------------------------------
def test_preparer_lit_les_chiffres_exacts_et_les_garde_avec_leur_empreinte(preparer, monde, rendus):
    bilan = preparer(presentation=Presentation.GRAND_PUBLIC)
    assert (bilan.statut, bilan.version, bilan.presentation) == (StatutBilan.BROUILLON, 1, Presentation.GRAND_PUBLIC)
    assert bilan.est_pret
    assert bilan.donnees["public"] is False
    assert bilan.donnees["chiffres"]["beneficiaires"]["valeur"] == 1
    assert bilan.empreinte == empreinte_de(bilan.donnees)
    assert rendus == [(bilan.donnees, Presentation.GRAND_PUBLIC, None, {})]
    assert bilan.document.etat == EtatDocument.PRET
    assert bilan.document.nom_fichier == f"bilan-2026-{monde.structure.slug}-v1.pdf"
    assert bilan.etabli_par == monde.personne("responsable")
    assert EntreeJournal.objects.filter(action="bilan_prepare", objet_uuid=bilan.uuid).count() == 1


@pytest.mark.parametrize("qui", ["lecture", "financeur", "prescripteur", "entreprise", "administrateur", "inconnu"])
def test_preparer_demande_d_ecrire(preparer, qui):
    with pytest.raises(AccesRefuse):
        preparer(qui)
    assert not Bilan.objects.filter(fin__year=ANNEE).exists()


@pytest.mark.parametrize("annee", [1989, 2027, 2010])
def test_une_annee_impossible_ou_sans_rien_se_refuse_a_cote_du_champ(monde, annee):
    with pytest.raises(RegleViolee) as refus:
        preparer_bilan(acteur=monde.acteur(), periode=Periode.annee(annee))
    assert list(refus.value.message_dict) == ["periode"]


def test_preparer_de_nouveau_rafraichit_le_meme_brouillon(preparer, monde, horloge):
    premier = preparer()
    LigneHeures.objects.filter(contrat=monde.contrat, declaration=monde.mois_valide).update(
        heures=60, heures_declarees=60
    )
    second = preparer("edition")
    assert (second.pk, second.version) == (premier.pk, 1)
    assert premier.donnees["chiffres"]["heures_realisees"]["valeur"] == 120.5
    assert second.donnees["chiffres"]["heures_realisees"]["valeur"] == 60
    assert second.document_id != premier.document_id
    horloge.shift(1)
    purger()
    assert Document.objects.get(pk=premier.document_id).etat == EtatDocument.EXPIRE


def test_le_document_d_un_brouillon_depasse_ne_se_fabrique_plus(preparer):
    ancien = preparer(fabrique=False)
    nouveau = preparer()
    assert not fabriquer(ancien.document_id)
    perime = Document.objects.get(pk=ancien.document_id)
    assert (perime.etat, perime.message) == (EtatDocument.ECHEC, services.PERIME)
    assert relire(nouveau).donnees == nouveau.donnees


def test_un_brouillon_depasse_pendant_sa_lecture_n_ecrit_rien(preparer, monkeypatch):
    """Deux travailleurs : le premier a pris son document avant qu'on ne prépare de nouveau."""
    bilan = preparer(fabrique=False)
    ancien = bilan.document
    preparer()
    with pytest.raises(RegleViolee):
        services.lire_les_chiffres(bilan=bilan, document=ancien)


# --- Publier ---------------------------------------------------------------------------------------------------------
def test_publier_fige_les_chiffres_masques_pour_les_destinataires(preparer, publier, monde, rendus):
    brouillon = preparer()
    bilan = publier(brouillon)
    assert (bilan.statut, bilan.publie_le.date()) == (StatutBilan.PUBLIE, datetime.date(2026, 10, 15))
    assert bilan.donnees == a_publier(brouillon.donnees)
    assert bilan.donnees["chiffres"]["beneficiaires_rsa"]["valeur"] == PETIT
    assert bilan.empreinte == empreinte_de(bilan.donnees) != brouillon.empreinte
    donnees, _, publication, _ = rendus[-1]
    assert donnees == bilan.donnees
    assert (publication.version, publication.empreinte) == (1, bilan.empreinte)
    assert publication.publie_le.replace("\xa0", " ") == "15 octobre 2026"
    assert bilan.document.expire_le is None
    assert Document.objects.get(pk=brouillon.document_id).est_pret, "la structure garde ses chiffres exacts"
    assert visibles(monde, "financeur") == {bilan.pk}
    assert visibles(monde, "reseau") == visibles(monde, "autre.financeur") == visibles(monde, "prescripteur") == set()
    (entree,) = EntreeJournal.objects.filter(action="bilan_publie", objet_uuid=bilan.uuid)
    assert entree.donnees["empreinte"] == bilan.empreinte


@pytest.mark.parametrize("qui", ["edition", "lecture", "financeur", "autre.responsable", "administrateur"])
def test_seul_un_responsable_de_la_structure_publie(preparer, publier, qui):
    bilan = preparer()
    with pytest.raises(AccesRefuse):
        publier(bilan, qui)
    assert relire(bilan).statut == StatutBilan.RELU


def test_un_brouillon_qui_n_est_pas_pret_ne_se_relit_ni_ne_se_publie(preparer, publier, monde):
    bilan = preparer(fabrique=False)
    with pytest.raises(AccesRefuse, match="pas prêt"):
        relire_bilan(acteur=monde.acteur(), bilan=bilan)
    with pytest.raises(AccesRefuse, match="pas relu"):
        publier(bilan)


def test_un_brouillon_se_relit_avant_d_etre_publie(preparer, monde):
    bilan = preparer()
    with pytest.raises(AccesRefuse, match="pas relu"):
        publier_bilan(acteur=monde.acteur(), bilan=bilan, destinataires=[monde.nous.organisations[Role.FINANCEUR]])
    relu = relire_bilan(acteur=monde.acteur("edition"), bilan=bilan)
    assert (relu.statut, relu.relu_par) == (StatutBilan.RELU, monde.personne("edition"))


def test_marquer_relu_deux_fois_ne_se_note_qu_une(preparer, monde):
    bilan = preparer()
    for _ in range(2):
        bilan = relire_bilan(acteur=monde.acteur("responsable"), bilan=bilan)
    assert bilan.statut == StatutBilan.RELU
    assert EntreeJournal.objects.filter(action="bilan_relu", objet_uuid=bilan.uuid).count() == 1


def test_refaire_ou_reecrire_un_bilan_relu_le_rend_a_relire(preparer, monde, django_capture_on_commit_callbacks):
    relu = relire_bilan(acteur=monde.acteur(), bilan=preparer())
    with django_capture_on_commit_callbacks(execute=True):
        ecrire_textes(
            acteur=monde.acteur("edition"), bilan=relu, textes={"difficultes": "La **mobilité**.", "autre": "x"}
        )
    bilan = relire(relu)
    assert (bilan.statut, bilan.relu_par) == (StatutBilan.BROUILLON, None)
    assert bilan.textes == {"difficultes": "La **mobilité**."}
    assert bilan.donnees["textes"] == {"difficultes": "<p>La <strong>mobilité</strong>.</p>\n"}
    relu = relire_bilan(acteur=monde.acteur(), bilan=bilan)
    assert preparer().statut == StatutBilan.BROUILLON


def test_une_nouvelle_version_dit_pourquoi(preparer, publier):
    publier(preparer())
    seconde = preparer()
    with pytest.raises(RegleViolee) as refus:
        publier(seconde, motif="  ")
    assert list(refus.value.message_dict) == ["motif"]
    assert publier(seconde, motif="Mars validé après coup.").motif == "Mars validé après coup."


def test_les_destinataires_sont_prevenus_une_seule_fois(preparer, publier, monde):
    bilan = publier(preparer())
    courriels = Courriel.objects.filter(cle__startswith=f"bilan-publie-{bilan.uuid}")
    assert [courriel.destinataire for courriel in courriels] == [monde.personne("financeur").email]
    assert bilan.get_absolute_url() in courriels[0].corps
    Document.objects.filter(pk=bilan.document_id).update(etat=EtatDocument.EN_ATTENTE)
    assert fabriquer(bilan.document_id)
    assert courriels.count() == 1


def test_personne_n_est_prevenu_avant_que_le_document_soit_range(preparer, publier, monde, monkeypatch, horloge):
    """Le travailleur meurt en annonçant : ni document ni courriel. Le suivant fait les deux, une fois."""
    bilan = publier(preparer(), fabrique=False)
    courriels = Courriel.objects.filter(cle__startswith=f"bilan-publie-{bilan.uuid}")
    with monkeypatch.context() as tue:
        tue.setattr(documents, "tenu", mourir)
        with pytest.raises(SystemExit):
            fabriquer(bilan.document_id)
        assert not courriels.exists(), "le document n'est pas rangé"
    for rate in (mourir, lambda bilan: annoncer_la_publication(bilan) and mourir()):
        horloge.shift(BAIL + datetime.timedelta(seconds=1))
        with monkeypatch.context() as tue:
            tue.setattr(fabriques, "annoncer_la_publication", rate)
            with pytest.raises(SystemExit):
                fabriquer(bilan.document_id)
        assert (relire(bilan).est_pret, courriels.count()) == (False, 0)
        Document.objects.filter(pk=bilan.document_id).update(tentatives=1)
    horloge.shift(BAIL + datetime.timedelta(seconds=1))
    assert fabriquer(bilan.document_id)
    assert relire(bilan).est_pret
    assert [courriel.destinataire for courriel in courriels] == [monde.personne("financeur").email]


def test_un_brouillon_ne_s_annonce_a_personne(preparer):
    assert preparer().est_pret
    assert not Courriel.objects.filter(cle__startswith="bilan-publie").exists()


def test_le_classeur_publie_est_garde_et_se_refait_a_l_identique(preparer, publier):
    bilan = publier(preparer())
    premier = bilan.classeur
    assert premier.est_pret and premier.expire_le is None
    assert premier.nom_fichier.endswith("-v1.xlsx")
    Document.objects.filter(pk=premier.pk).update(etat=EtatDocument.EN_ATTENTE)
    assert fabriquer(premier.pk)
    assert Document.objects.get(pk=premier.pk).empreinte == premier.empreinte


def test_le_json_telecharge_a_l_empreinte_du_bilan(preparer, publier):
    bilan = publier(preparer())
    assert hashlib.sha256(en_octets(bilan.donnees)).hexdigest() == bilan.empreinte


def test_chaque_variante_et_chaque_periode_a_son_brouillon(preparer, monde, django_capture_on_commit_callbacks):
    acteur, periode = monde.acteur(), Periode(datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    with django_capture_on_commit_callbacks(execute=True):
        annuel = preparer_bilan(acteur=acteur, periode=Periode.annee(ANNEE))
        trimestre = preparer_bilan(acteur=acteur, periode=periode)
        acheteur = preparer_bilan(
            acteur=acteur, periode=periode, variante=Variante.MAITRE_OUVRAGE, cible=monde.marche.maitre_ouvrage
        )
        marche = preparer_bilan(acteur=acteur, periode=periode, variante=Variante.MARCHE, cible=monde.marche)
        departement = preparer_bilan(acteur=acteur, periode=periode, variante=Variante.DEPARTEMENT)
        encore = preparer_bilan(acteur=acteur, periode=periode, variante=Variante.MARCHE, cible=monde.marche)
    assert len({bilan.cle for bilan in (annuel, trimestre, acheteur, marche, departement)}) == 5
    assert (encore.pk, encore.version) == (marche.pk, 1)
    assert [relire(b).est_pret for b in (annuel, trimestre, acheteur, marche, departement)] == [True] * 5
    assert relire(marche).document.nom_fichier == f"bilan-marche-2026-t3-{monde.structure.slug}-v1.pdf"


def test_ce_qui_borne_un_bilan_est_de_la_structure(monde):
    periode = Periode.annee(ANNEE)
    for variante, cible in (
        (Variante.MARCHE, monde.autre.marche),
        (Variante.MARCHE, None),
        (Variante.STRUCTURE, monde.marche),
        (Variante.RESEAU, None),
    ):
        with pytest.raises(RegleViolee):
            preparer_bilan(acteur=monde.acteur(), periode=periode, variante=variante, cible=cible)


def test_un_reseau_reunit_ses_structures_sans_jamais_lire_leurs_petits_effectifs(
    monde, django_capture_on_commit_callbacks
):
    acteur = monde.acteur("reseau")
    with django_capture_on_commit_callbacks(execute=True):
        bilan = preparer_bilan(acteur=acteur, periode=Periode.annee(ANNEE), variante=Variante.RESEAU)
    bilan = relire(bilan)
    assert bilan.est_pret and bilan.donnees["public"]
    assert [ligne["nom"] for ligne in bilan.donnees["structures"]] == [monde.structure.nom]
    assert bilan.donnees["marches"] == bilan.donnees["entreprises"] == []
    assert bilan.lignes.lignes == {}
    assert bilan.pk not in visibles(monde, "responsable") | visibles(monde, "autre.reseau")
    relire_bilan(acteur=acteur, bilan=bilan)
    with django_capture_on_commit_callbacks(execute=True):
        publier_bilan(acteur=acteur, bilan=bilan, destinataires=[monde.structure])
    assert bilan.pk in visibles(monde, "responsable") - visibles(monde, "autre.responsable")


def test_publier_deux_fois_se_refuse_clairement(preparer, publier):
    bilan = publier(preparer())
    with pytest.raises(AccesRefuse, match="déjà publié"):
        publier(bilan)
    assert EntreeJournal.objects.filter(action="bilan_publie").count() == 1


def test_les_destinataires_sont_des_partenaires_financeurs_reseaux_ou_acheteurs(preparer, publier, monde):
    bilan = preparer()
    etranger = OrganisationFactory(financeur=True)
    archive = OrganisationFactory(financeur=True, archivee=True)
    PartenariatFactory(structure=monde.structure, organisation=archive)
    for refuses in ([], [etranger], [archive], [monde.nous.organisations[Role.PRESCRIPTEUR]], [monde.structure]):
        with pytest.raises(RegleViolee) as refus:
            publier(bilan, destinataires=refuses)
        assert list(refus.value.message_dict) == ["destinataires"]
    assert {o.type for o in destinataires_possibles(monde.structure)} == {"financeur", "reseau", "maitre_ouvrage"}
    assert relire(bilan).statut == StatutBilan.RELU


def test_une_correction_est_une_version_qui_remplace_la_precedente(preparer, publier, monde):
    premiere = publier(preparer())
    LigneHeures.objects.filter(contrat=monde.contrat).update(heures=99, heures_declarees=99)
    brouillon = preparer()
    assert (brouillon.version, brouillon.pk != premiere.pk) == (2, True)
    assert relire(premiere).statut == StatutBilan.PUBLIE, "un brouillon ne remplace rien"
    seconde = publier(brouillon)
    ancienne = relire(premiere)
    assert (ancienne.statut, seconde.statut) == (StatutBilan.REMPLACE, StatutBilan.PUBLIE)
    assert (ancienne.donnees, ancienne.empreinte) == (premiere.donnees, premiere.empreinte)
    assert visibles(monde, "financeur") == {premiere.pk, seconde.pk}
    with pytest.raises(AccesRefuse):
        publier(ancienne)


# --- La file : un travailleur meurt ----------------------------------------------------------------------------------
def test_la_publication_n_est_faite_que_son_document_pret_et_se_reprend(preparer, publier, monde, monkeypatch, horloge):
    brouillon = preparer()
    bilan = publier(brouillon, fabrique=False)
    assert visibles(monde, "financeur") == set(), "rien à télécharger encore"
    with monkeypatch.context() as tue:
        tue.setattr(fabriques, "rendre_bilan", mourir)
        with pytest.raises(SystemExit):
            fabriquer(bilan.document_id)
    assert documents.a_reprendre() == []
    horloge.shift(datetime.timedelta(seconds=61))  # le bail du PDF, et la minute d'un classeur que rien n'a pris
    assert documents.a_reprendre() == [bilan.document_id, bilan.classeur_id]
    assert fabriquer(bilan.document_id)
    assert visibles(monde, "financeur") == {bilan.pk}
    assert relire(bilan).empreinte == bilan.empreinte


def test_une_publication_dont_la_fabrication_echoue_se_relance_et_n_expire_jamais(
    preparer, publier, monde, monkeypatch, django_capture_on_commit_callbacks
):
    brouillon = preparer()
    with monkeypatch.context() as panne:
        panne.setattr(fabriques, "rendre_bilan", lambda *arguments: 1 / 0)
        bilan = publier(brouillon)
        for _ in range(2):
            fabriquer(bilan.document_id)
    assert relire(bilan).document.etat == EtatDocument.ECHEC
    with django_capture_on_commit_callbacks(execute=True):
        documents.relancer(document=relire(bilan).document)
    assert (relire(bilan).document.etat, relire(bilan).document.expire_le) == (EtatDocument.PRET, None)
    assert visibles(monde, "financeur") == {bilan.pk}


def test_un_brouillon_dont_le_travailleur_meurt_se_relit_entier(preparer, monkeypatch, horloge, monde):
    bilan = preparer(fabrique=False)
    with monkeypatch.context() as tue:
        tue.setattr(fabriques, "rendre_bilan", mourir)
        with pytest.raises(SystemExit):
            fabriquer(bilan.document_id)
    assert not relire(bilan).est_pret
    LigneHeures.objects.filter(contrat=monde.contrat).update(heures=10, heures_declarees=10)
    horloge.shift(BAIL + datetime.timedelta(seconds=1))
    assert fabriquer(bilan.document_id)
    bilan = relire(bilan)
    assert bilan.est_pret
    assert bilan.donnees["chiffres"]["heures_realisees"]["valeur"] == 10, "la page dit ce que dit le PDF"


# --- Figé ------------------------------------------------------------------------------------------------------------
def test_des_heures_qui_changent_ne_changent_pas_un_bilan_publie(preparer, publier, monde, rendus):
    bilan = publier(preparer())
    LigneHeures.objects.filter(contrat=monde.contrat).update(heures=1, heures_declarees=1)
    Document.objects.filter(pk=bilan.document_id).update(etat=EtatDocument.EN_ATTENTE)
    assert fabriquer(bilan.document_id)
    assert rendus[-1] == rendus[-2]
    assert relire(bilan).donnees == bilan.donnees


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [
        ("donnees", {"annee": 2026}),
        ("empreinte", "0" * 64),
        ("debut", datetime.date(2025, 1, 1)),
        ("version", 7),
        ("presentation", Presentation.GRAND_PUBLIC),
        ("publie_le", None),
        ("document_id", None),
        ("statut", StatutBilan.BROUILLON),
    ],
)
def test_le_modele_refuse_de_changer_ce_qui_est_publie(preparer, publier, champ, valeur):
    bilan = publier(preparer())
    setattr(bilan, champ, valeur)
    with pytest.raises(RegleViolee, match="ne change plus"):
        bilan.save()
    with pytest.raises(RegleViolee):
        relire(bilan).delete()


def test_la_base_refuse_un_bilan_publie_sans_date_ni_empreinte(monde):
    bilan = monde.bilan
    for valeurs in ({"statut": StatutBilan.PUBLIE}, {"publie_le": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Bilan.objects.filter(pk=bilan.pk).update(**valeurs)
    with pytest.raises(IntegrityError), transaction.atomic():
        BilanFactory(structure=monde.structure, annee=bilan.debut.year, version=2)


# --- Écarter ---------------------------------------------------------------------------------------------------------
def test_ecarter_supprime_le_brouillon_et_perime_son_document(preparer, monde, horloge):
    bilan = preparer("edition")
    ecarter_brouillon(acteur=monde.acteur("edition"), bilan=bilan)
    assert not Bilan.objects.filter(pk=bilan.pk).exists()
    assert EntreeJournal.objects.filter(action="bilan_ecarte", objet_uuid=bilan.uuid).exists()
    horloge.shift(1)
    purger()
    assert Document.objects.get(pk=bilan.document_id).etat == EtatDocument.EXPIRE


def test_un_bilan_publie_ne_s_ecarte_pas(preparer, publier, monde):
    bilan = publier(preparer())
    with pytest.raises(AccesRefuse, match="ne s'écarte pas"):
        ecarter_brouillon(acteur=monde.acteur(), bilan=bilan)


@pytest.mark.parametrize("qui", ["lecture", "autre.responsable", "financeur"])
def test_ecarter_demande_d_ecrire_dans_la_structure(preparer, monde, qui):
    bilan = preparer()
    with pytest.raises(AccesRefuse):
        ecarter_brouillon(acteur=monde.acteur(qui), bilan=bilan)
    assert Bilan.objects.filter(pk=bilan.pk).exists()
