"""Les courriels : écrits d'abord, envoyés une fois, repris avec recul, abandonnés après 24 heures."""

import datetime
import threading

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives, send_mail
from django.db import IntegrityError, connection, transaction
from django.template import TemplateDoesNotExist

from socle.enums import EtatCourriel
from socle.models import Courriel
from socle.services import courriels
from socle.services.courriels import deposer, ecrire_courriel, envoyer
from socle.tasks import envoyer_courriels_en_attente
from tests.fabriques.socle import CourrielFactory

MINUTE = datetime.timedelta(minutes=1)


class Serveur:
    """Le serveur d'envoi d'essai : garde les messages, ou lève la panne demandée."""

    def __init__(self):
        self.recus: list = []
        self.panne: Exception | None = None
        self.ouvertures = self.fermetures = 0
        self.reponse, self.refus = "2.0.0 Ok: queued as 4XyZ", {}

    def open(self) -> None:
        self.ouvertures += 1

    def close(self) -> None:
        self.fermetures += 1

    def send_messages(self, messages) -> int:
        if self.panne:
            raise self.panne
        self.recus += messages
        return len(messages)


@pytest.fixture
def serveur(monkeypatch) -> Serveur:
    serveur = Serveur()
    monkeypatch.setattr(courriels, "mailers", {"envoi": serveur})
    return serveur


@pytest.fixture
def gabarit(tmp_path, settings):
    """Deux gabarits d'essai : un sujet sur deux lignes, un corps."""
    dossier = tmp_path / "courriels" / "essai"
    dossier.mkdir(parents=True)
    (dossier / "sujet.txt").write_text("Mois de {{ mois }}\n  à valider\n")
    (dossier / "corps.txt").write_text("Bonjour,\n{{ mois }}.\n")
    modeles = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    settings.TEMPLATES = modeles
    return "courriels/essai"


def etat(courriel: Courriel) -> str:
    courriel.refresh_from_db()
    return courriel.etat


def test_un_courriel_s_ecrit_en_base_puis_part_apres_la_transaction(
    db, serveur, gabarit, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        courriel = ecrire_courriel(
            destinataire="a@exemple.fr", gabarit=gabarit, contexte={"mois": "mars"}, repondre_a="moi@exemple.fr"
        )
        assert Courriel.objects.get().etat == EtatCourriel.EN_ATTENTE
        assert serveur.recus == []
    (message,) = serveur.recus
    assert (message.subject, message.body) == ("Mois de mars à valider", "Bonjour,\nmars.\n")
    assert (message.to, message.reply_to) == (["a@exemple.fr"], ["moi@exemple.fr"])
    assert etat(courriel) == EtatCourriel.ENVOYE
    assert courriel.envoye_le is not None


def test_un_gabarit_absent_n_ecrit_rien(db):
    with pytest.raises(TemplateDoesNotExist):
        ecrire_courriel(destinataire="a@exemple.fr", gabarit="courriels/absent", contexte={})
    assert not Courriel.objects.exists()


def test_une_cle_rend_le_courriel_du_une_seule_fois(db, serveur, gabarit, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        premier, second = (
            ecrire_courriel(destinataire="a@exemple.fr", gabarit=gabarit, contexte={"mois": "mars"}, cle="relance:1")
            for _ in range(2)
        )
    assert premier == second
    assert len(serveur.recus) == 1


def test_une_cle_prise_a_l_instant_par_un_autre_ne_casse_pas_la_transaction(db, monkeypatch):
    """Un autre travailleur écrit la même clé entre notre lecture et notre écriture."""
    deja = CourrielFactory(cle="relance:1")
    lire = Courriel.objects.filter
    monkeypatch.setattr(Courriel.objects, "filter", lambda **filtres: lire(pk=0))
    assert deposer(CourrielFactory.build(cle="relance:1")) == deja
    assert Courriel.objects.count() == 1


def test_la_base_refuse_deux_fois_la_meme_cle(db):
    CourrielFactory(cle="relance:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        CourrielFactory(cle="relance:1")


def test_un_courriel_envoye_ne_repart_pas(db, serveur):
    courriel = CourrielFactory()
    assert envoyer(courriel.pk)
    assert not envoyer(courriel.pk)
    assert len(serveur.recus) == 1


def test_pendant_l_envoi_un_second_travailleur_passe_son_chemin(db, monkeypatch, serveur):
    courriel = CourrielFactory()
    pendant = []
    monkeypatch.setattr(serveur, "send_messages", lambda messages: pendant.append(envoyer(courriel.pk)))
    assert envoyer(courriel.pk)
    assert pendant == [False]


def test_un_travailleur_mort_pendant_l_envoi_laisse_le_courriel_a_reprendre(db, serveur, horloge):
    courriel = CourrielFactory()
    serveur.panne = SystemExit()
    with pytest.raises(SystemExit):
        envoyer(courriel.pk)
    assert not Courriel.objects.dus().exists()
    horloge.shift(courriels.BAIL)
    serveur.panne = None
    assert envoyer_courriels_en_attente() == 1
    assert etat(courriel) == EtatCourriel.ENVOYE


def test_une_panne_du_serveur_est_reprise_avec_un_recul_croissant(db, serveur, horloge):
    courriel = CourrielFactory()
    serveur.panne = ConnectionRefusedError("fermé")
    attentes = []
    for _ in range(7):
        assert not envoyer(courriel.pk)
        courriel.refresh_from_db()
        attentes.append((courriel.prochain_essai_le - courriel.modifie_le) // MINUTE)
        horloge.move_to(courriel.prochain_essai_le)
        Courriel.objects.filter(pk=courriel.pk).update(modifie_le=courriel.prochain_essai_le)
    assert attentes == [10, 20, 40, 80, 160, 240, 240]
    assert courriel.reponse == "ConnectionRefusedError : fermé"
    serveur.panne = None
    assert envoyer(courriel.pk)


def test_apres_24_heures_d_echecs_le_courriel_est_abandonne(db, serveur, horloge):
    courriel = CourrielFactory()
    serveur.panne = TimeoutError()
    horloge.shift(courriels.ABANDON_APRES)
    envoyer(courriel.pk)
    assert etat(courriel) == EtatCourriel.EN_ATTENTE
    horloge.move_to(courriel.prochain_essai_le)
    envoyer(courriel.pk)
    assert etat(courriel) == EtatCourriel.ABANDONNE
    horloge.shift(datetime.timedelta(days=1))
    assert not Courriel.objects.dus().exists()


def test_un_courriel_impossible_ne_bloque_pas_les_autres(db, serveur, monkeypatch):
    """Une adresse que la bibliothèque refuse n'est pas une panne du réseau : elle se note, les autres partent."""
    mauvais, bon = CourrielFactory(destinataire="mauvais@exemple.fr"), CourrielFactory()
    accepter = serveur.send_messages

    def trier(messages):
        if messages[0].to == ["mauvais@exemple.fr"]:
            raise ValueError("adresse impossible")
        return accepter(messages)

    monkeypatch.setattr(serveur, "send_messages", trier)
    assert envoyer_courriels_en_attente() == 1
    assert etat(bon) == EtatCourriel.ENVOYE
    assert etat(mauvais) == EtatCourriel.EN_ATTENTE
    assert mauvais.reponse == "ValueError : adresse impossible"


def test_django_et_les_bibliotheques_ecrivent_aussi_en_base(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send_mail("Sujet", "Corps", None, ["a@exemple.fr", "b@exemple.fr"])
        message = EmailMultiAlternatives("Riche", "Texte", to=["c@exemple.fr"], reply_to=["moi@exemple.fr"])
        message.attach_alternative("<p>Riche</p>", "text/html")
        message.send()
    assert sorted(Courriel.objects.values_list("destinataire", flat=True)) == [
        "a@exemple.fr",
        "b@exemple.fr",
        "c@exemple.fr",
    ]
    riche = Courriel.objects.get(sujet="Riche")
    assert (riche.corps_html, riche.repondre_a) == ("<p>Riche</p>", "moi@exemple.fr")
    assert len(mail.outbox) == 3
    assert {tuple(envoye.to) for envoye in mail.outbox} == {("a@exemple.fr",), ("b@exemple.fr",), ("c@exemple.fr",)}


@pytest.mark.django_db(transaction=True)
def test_deux_travailleurs_ensemble_n_envoient_qu_une_fois(serveur):
    courriel = CourrielFactory()
    depart, partis = threading.Barrier(4), []

    def travailler():
        try:
            depart.wait()
            partis.append(envoyer(courriel.pk))
        finally:
            connection.close()

    fils = [threading.Thread(target=travailler) for _ in range(4)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert sorted(partis) == [False, False, False, True]
    assert len(serveur.recus) == 1
    assert etat(courriel) == EtatCourriel.ENVOYE
