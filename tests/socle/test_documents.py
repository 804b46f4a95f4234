"""Le service des documents : pris une fois, repris si le travailleur meurt, abandonné au troisième échec."""

import datetime
import errno
import threading
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import connection, transaction

from clauses_sociales.celery import app
from socle.enums import EtatDocument
from socle.fabriques import FABRIQUES, SUITES
from socle.models import Document
from socle.regles import RegleViolee
from socle.services import bail, documents
from socle.services.documents import BAIL, a_reprendre, demander_document, fabriquer, purger, relancer
from socle.tasks import purger_documents, reprendre_documents
from tests.fabriques.socle import CONTENU, DocumentFactory

UNE_SECONDE = datetime.timedelta(seconds=1)


@pytest.fixture
def fabrique(monkeypatch):
    """Inscrit une fabrique d'essai : `fabrique(fonction)`, et sa suite : `fabrique(ensuite=fonction)`."""

    def inscrire(fonction=lambda document, suivi: CONTENU, ensuite=None):
        monkeypatch.setitem(FABRIQUES, "essai", fonction)
        if ensuite:
            monkeypatch.setitem(SUITES, "essai", ensuite)

    return inscrire


def etat(document: Document) -> str:
    document.refresh_from_db()
    return document.etat


def mourir(document, suivi):
    raise SystemExit("travailleur tué")


def test_un_document_demande_se_fabrique_apres_la_transaction(monde, fabrique, django_capture_on_commit_callbacks):
    fabrique(lambda document, suivi: suivi(40, "Graphiques") or CONTENU)
    with django_capture_on_commit_callbacks(execute=True):
        document = demander_document(
            acteur=monde.acteur(),
            genre="essai",
            titre="Essai",
            nom_fichier="l'essai 2026.pdf",
            parametres={"annee": 2026},
        )
        assert document.etat == EtatDocument.EN_ATTENTE
    document.refresh_from_db()
    assert (document.etat, document.progression, document.taille) == (EtatDocument.PRET, 100, len(CONTENU))
    assert len(document.empreinte) == 64
    with document.fichier.open() as fichier:
        assert fichier.read() == CONTENU
    assert document.demandeur == monde.personne("responsable")


def test_rien_ne_part_si_la_transaction_est_annulee(monde, fabrique, django_capture_on_commit_callbacks):
    fabrique()
    with django_capture_on_commit_callbacks(execute=True) as appels, pytest.raises(RegleViolee):
        demander_document(acteur=monde.acteur(), genre="essai", titre="x", nom_fichier="x", parametres={})
        raise RegleViolee("Non.")
    assert len(appels) == 1  # confié dans cette transaction, donc perdu avec elle en service


def test_la_suite_trouve_le_document_range(db, fabrique):
    suites = []
    fabrique(ensuite=lambda document: suites.append(etat(document)))
    assert fabriquer(DocumentFactory().pk)
    assert suites == [EtatDocument.PRET]


def test_la_suite_et_le_rangement_vont_ensemble(db, fabrique, horloge):
    """Une suite qui tombe en panne, puis qui tue son travailleur : le document n'est prêt que quand elle a réussi."""
    suites = []

    def suite(document):
        suites.append(document.tentatives)
        DocumentFactory(titre="écrit par la suite")
        if len(suites) == 1:
            raise OSError("panne")
        if len(suites) == 2:
            raise SystemExit("travailleur tué")

    fabrique(ensuite=suite)
    document, ecrits = DocumentFactory(), Document.objects.filter(titre="écrit par la suite")
    assert not fabriquer(document.pk)
    assert (etat(document), ecrits.count()) == (EtatDocument.EN_ATTENTE, 0)
    with pytest.raises(SystemExit):
        fabriquer(document.pk)
    assert (etat(document), ecrits.count()) == (EtatDocument.EN_COURS, 0)
    horloge.shift(BAIL + UNE_SECONDE)
    assert fabriquer(document.pk)
    assert (etat(document), ecrits.count(), suites) == (EtatDocument.PRET, 1, [1, 2, 3])


def test_qui_a_perdu_son_bail_n_a_pas_de_suite(db, fabrique):
    suites = []

    def reprise(document, suivi):
        Document.objects.filter(pk=document.pk).update(tentatives=document.tentatives + 1)
        return CONTENU

    fabrique(reprise, ensuite=suites.append)
    assert not fabriquer(DocumentFactory().pk)
    assert suites == []


def test_un_document_ne_se_fabrique_qu_une_fois(db, fabrique):
    fabrique()
    document = DocumentFactory()
    assert fabriquer(document.pk)
    assert not fabriquer(document.pk)
    document.refresh_from_db()
    assert document.tentatives == 1


def test_deux_travailleurs_ne_prennent_pas_le_meme(db, fabrique):
    dedans = []
    fabrique(lambda document, suivi: dedans.append(fabriquer(document.pk)) or CONTENU)
    assert fabriquer(DocumentFactory().pk)
    assert dedans == [False]


def test_l_avancement_se_lit_pendant_la_fabrication(db, fabrique):
    lu = []

    def fonction(document, suivi):
        suivi(60, "Mise en page")
        lu.append(Document.objects.values_list("progression", "etape").get(pk=document.pk))
        return CONTENU

    fabrique(fonction)
    fabriquer(DocumentFactory().pk)
    assert lu == [(60, "Mise en page")]


def test_l_avancement_prolonge_le_bail(db, fabrique, horloge):
    baux = []

    def fonction(document, suivi):
        horloge.shift(datetime.timedelta(minutes=10))
        suivi(50, "Encore")
        baux.append(Document.objects.get(pk=document.pk).pris_jusqu_a - document.pris_jusqu_a)
        return CONTENU

    fabrique(fonction)
    fabriquer(DocumentFactory().pk)
    assert baux == [datetime.timedelta(minutes=10)]


def attendre(condition, delai: float = 10.0) -> None:
    pause = threading.Event()
    for _ in range(int(delai / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("rien n'est venu")


@pytest.mark.django_db(transaction=True)
def test_le_bail_est_court_et_se_renouvelle_tant_que_le_travailleur_vit(fabrique, monkeypatch):
    assert datetime.timedelta(seconds=30) >= BAIL > datetime.timedelta(seconds=2 * bail.BATTEMENT)
    monkeypatch.setattr(bail, "BATTEMENT", 0.02)

    def muette(document, suivi):
        attendre(lambda: Document.objects.get(pk=document.pk).pris_jusqu_a > document.pris_jusqu_a)
        return CONTENU

    fabrique(muette)
    document = DocumentFactory()
    assert fabriquer(document.pk)
    assert not [fil for fil in threading.enumerate() if fil.name.startswith("bail-")]


@pytest.mark.django_db(transaction=True)
def test_l_avancement_se_lit_pendant_une_longue_transaction(fabrique, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite : un seul écrit à la fois, l'avancement attend la fin de la transaction")
    monkeypatch.setattr(bail, "BATTEMENT", 0.02)

    def reprendre_un_classeur(document, suivi):
        with transaction.atomic():
            suivi(60, "Enregistrement")
            attendre(lambda: Document.objects.get(pk=document.pk).progression == 60)
        return CONTENU

    fabrique(reprendre_un_classeur)
    assert fabriquer(DocumentFactory().pk)


def test_un_travailleur_que_l_on_croyait_mort_n_ecrase_rien(db, fabrique, horloge):
    document = DocumentFactory()

    def figee(document, suivi):
        horloge.shift(BAIL + UNE_SECONDE)
        fabrique(lambda document, suivi: b"le bon")
        assert fabriquer(document.pk)
        return b"trop tard"

    fabrique(figee)
    assert not fabriquer(document.pk)
    assert etat(document) == EtatDocument.PRET
    with document.fichier.open() as fichier:
        assert fichier.read() == b"le bon"


def test_un_travailleur_que_l_on_croyait_mort_se_tait_pendant_que_l_autre_travaille(db, fabrique, horloge):
    """Deux essais en cours à la fois : seul le second tient le document, le premier n'avance ni ne finit à sa place."""
    document = DocumentFactory()

    def figee(document, suivi):
        horloge.shift(BAIL + UNE_SECONDE)
        documents._prendre(document.pk)
        suivi(90, "Presque fini")
        return b"trop tard"

    fabrique(figee)
    assert not fabriquer(document.pk)
    assert (etat(document), document.tentatives, document.progression) == (EtatDocument.EN_COURS, 2, 0)
    assert not document.fichier


def test_un_travail_interrompu_reprend_dans_la_minute():
    """Le temps que son bail s'éteigne, puis que le passage périodique le voie : ce que la page annonce."""
    passages = {passage["task"]: passage["schedule"] for passage in app.conf.beat_schedule.values()}
    assert BAIL.total_seconds() + passages[reprendre_documents.name] < 60


def test_un_disque_plein_se_dit_et_se_retente(db, fabrique, monkeypatch):
    fabrique()
    document = DocumentFactory()

    def plein(self, nom, contenu):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disque:
        disque.setattr(FileSystemStorage, "_save", plein)
        assert not fabriquer(document.pk)
        assert etat(document) == EtatDocument.EN_ATTENTE
        assert document.incident.startswith("Le disque du serveur est plein")
        assert [fabriquer(document.pk), fabriquer(document.pk)] == [False, False]
    assert etat(document) == EtatDocument.ECHEC
    assert "Le disque du serveur est plein" in document.message
    relancer(document=document)
    assert fabriquer(document.pk)
    assert etat(document) == EtatDocument.PRET


def test_le_fichier_d_un_essai_tue_ne_reste_pas_a_cote_du_bon(db, fabrique):
    fabrique()
    document = DocumentFactory()
    stockage, champ = document.fichier.storage, document.fichier.field
    nom = champ.generate_filename(document, f"{document.uuid}-{document.nom_fichier}")
    stockage.save(nom, ContentFile(b"%PDF-1.7 la moiti"))
    assert fabriquer(document.pk)
    document.refresh_from_db()
    assert document.fichier.name == nom
    assert [f.name for f in Path(stockage.path(nom)).parent.glob(f"{document.uuid}*")] == [Path(nom).name]


def test_un_travailleur_tue_laisse_un_bail_que_le_passage_suivant_reprend(db, fabrique, horloge):
    document = DocumentFactory()
    fabrique(mourir)
    with pytest.raises(SystemExit):
        fabriquer(document.pk)
    assert etat(document) == EtatDocument.EN_COURS
    horloge.shift(BAIL - UNE_SECONDE)
    assert a_reprendre() == []
    horloge.shift(2 * UNE_SECONDE)
    assert a_reprendre() == [document.pk]
    fabrique()
    assert reprendre_documents() == 1
    assert etat(document) == EtatDocument.PRET


def test_un_document_qui_tue_ses_travailleurs_est_abandonne(db, fabrique, horloge):
    document = DocumentFactory()
    fabrique(mourir)
    for _ in range(documents.TENTATIVES_MAX):
        with pytest.raises(SystemExit):
            fabriquer(document.pk)
        horloge.shift(BAIL + UNE_SECONDE)
    assert not fabriquer(document.pk)
    assert etat(document) == EtatDocument.ECHEC
    assert document.message == documents.ECHEC_MORTEL
    assert a_reprendre() == []


def test_une_panne_est_retentee_trois_fois_puis_dite(db, fabrique, caplog):
    fabrique(lambda document, suivi: 1 / 0)
    document = DocumentFactory()
    assert [(fabriquer(document.pk), etat(document)) for _ in range(4)] == [
        (False, EtatDocument.EN_ATTENTE),
        (False, EtatDocument.EN_ATTENTE),
        (False, EtatDocument.ECHEC),
        (False, EtatDocument.ECHEC),
    ]
    assert "plusieurs fois" in document.message
    assert str(document.uuid) in caplog.text


def test_un_refus_du_metier_n_est_pas_retente(db, fabrique):
    def refuser(document, suivi):
        raise RegleViolee("Aucune heure validée en 2026.")

    fabrique(refuser)
    document = DocumentFactory()
    assert not fabriquer(document.pk)
    assert etat(document) == EtatDocument.ECHEC
    assert document.message == "Aucune heure validée en 2026."


def test_un_document_dont_le_message_s_est_perdu_est_repris(db, fabrique, horloge):
    fabrique()
    document = DocumentFactory()
    assert a_reprendre() == []
    horloge.shift(datetime.timedelta(seconds=61))
    assert reprendre_documents() == 1
    assert etat(document) == EtatDocument.PRET


@pytest.mark.parametrize("trait", ["echec", "expire"])
def test_un_document_echoue_ou_expire_se_relance(db, fabrique, trait, django_capture_on_commit_callbacks):
    fabrique()
    document = DocumentFactory(**{trait: True}, tentatives=3)
    with django_capture_on_commit_callbacks(execute=True):
        relancer(document=document)
    assert etat(document) == EtatDocument.PRET
    assert (document.tentatives, document.message) == (1, "")


def test_relancer_un_document_pret_ne_change_rien(db, fabrique, django_capture_on_commit_callbacks):
    fabrique()
    document = DocumentFactory(pret=True)
    with django_capture_on_commit_callbacks(execute=True):
        relancer(document=document)
    assert etat(document) == EtatDocument.PRET
    assert document.tentatives == 0


def test_la_purge_vide_les_fichiers_perimes_et_garde_la_ligne(db, horloge):
    perime, valable = DocumentFactory.create_batch(2, pret=True)
    Document.objects.filter(pk=valable.pk).update(expire_le=valable.expire_le + datetime.timedelta(days=1))
    chemin, stockage = perime.fichier.name, perime.fichier.storage
    horloge.shift(datetime.timedelta(days=30, seconds=1))
    assert purger_documents() == 1
    assert etat(perime) == EtatDocument.EXPIRE
    assert not perime.fichier
    assert not stockage.exists(chemin)
    assert etat(valable) == EtatDocument.PRET
    assert purger() == 0


def test_une_purge_interrompue_se_termine_au_passage_suivant(db, horloge):
    document = DocumentFactory(pret=True)
    document.fichier.storage.delete(document.fichier.name)
    horloge.shift(datetime.timedelta(days=31))
    assert purger() == 1
    assert etat(document) == EtatDocument.EXPIRE
