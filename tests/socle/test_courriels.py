"""Les courriels : écrits d'abord, envoyés une fois, repris avec recul, abandonnés après 24 heures."""

import datetime
import smtplib
import threading
import uuid
from io import StringIO

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives, mailers, send_mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.template import TemplateDoesNotExist

from bench.puits import Serveur as ServeurSMTP
from socle.enums import EtatCourriel
from socle.models import Courriel
from socle.rebonds import lire_avis
from socle.regles import AccesRefuse
from socle.services import courriels
from socle.services.courriels import deposer, ecrire_courriel, envoyer
from socle.services.rebonds import consigner_rebond
from socle.tasks import envoyer_courriels_en_attente, purger_courriels
from tests.fabriques.entreprises import ContactEntrepriseFactory
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
    assert courriel.reponse == "2.0.0 Ok: queued as 4XyZ"


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
    for _ in range(10):
        assert not envoyer(courriel.pk)
        courriel.refresh_from_db()
        attentes.append((courriel.prochain_essai_le - courriel.modifie_le) // MINUTE)
        horloge.move_to(courriel.prochain_essai_le)
        Courriel.objects.filter(pk=courriel.pk).update(modifie_le=courriel.prochain_essai_le)
    assert attentes == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240]  # un hoquet d'une seconde ne retarde que d'une minute
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


# --- Le lot : une connexion ------------------------------------------------------------------------------------------


def test_un_lot_part_sur_une_seule_connexion_du_plus_ancien_au_plus_recent(db, serveur, monkeypatch):
    ecrits = [CourrielFactory() for _ in range(5)]
    monkeypatch.setattr(serveur, "open", lambda: setattr(serveur, "ouvertures", serveur.ouvertures or 1))
    assert courriels.envoyer_lot() == (5, False)
    assert [message.to[0] for message in serveur.recus] == [courriel.destinataire for courriel in ecrits]
    assert (serveur.ouvertures, serveur.fermetures) == (1, 1)


def test_rien_a_envoyer_n_ouvre_pas_de_connexion(db, serveur):
    assert courriels.envoyer_lot() == (0, False)
    assert serveur.ouvertures == 0


def test_la_tache_enchaine_les_lots_jusqu_au_dernier(db, serveur, monkeypatch):
    monkeypatch.setattr(courriels, "LOT", 2)
    for _ in range(5):
        CourrielFactory()
    envoyer_courriels_en_attente()
    assert len(serveur.recus) == 5


def test_le_meme_identifiant_a_chaque_essai(db, serveur, horloge):
    courriel = CourrielFactory()
    serveur.panne = smtplib.SMTPServerDisconnected("coupé")
    envoyer(courriel.pk)
    horloge.shift(datetime.timedelta(hours=1))
    serveur.panne = None
    envoyer(courriel.pk)
    assert serveur.recus[0].message()["Message-ID"] == f"<{courriel.uuid}@127.0.0.1>"


def test_un_vrai_serveur_accuse_refuse_et_se_rouvre(db, monkeypatch):
    """Une adresse refusée pour toujours, un sujet impossible : les autres partent, et l'accusé du serveur est gardé."""
    refuse = CourrielFactory(destinataire="inconnu@exemple.fr")
    impossible = CourrielFactory(sujet="Deux\nlignes")
    bons = [CourrielFactory() for _ in range(3)]
    with ServeurSMTP() as serveur:
        options = {"host": "127.0.0.1", "port": serveur.port, "timeout": 10}
        reglages = {"envoi": {"BACKEND": "socle.smtp.EnvoiSMTP", "OPTIONS": options}}
        monkeypatch.setattr(type(mailers), "settings", property(lambda _: reglages))
        assert courriels.envoyer_lot() == (3, False)
        assert serveur.puits.connexions == 2  # la seconde après le sujet impossible, par prudence
        assert sorted(serveur.puits.recus) == sorted(f"<{courriel.uuid}@127.0.0.1>" for courriel in bons)
    assert [etat(courriel) for courriel in (refuse, impossible, bons[0])] == ["refuse", "en_attente", "envoye"]
    assert refuse.reponse == "5.1.1 Adresse inconnue ici"
    assert bons[0].reponse.startswith("2.0.0 Ok: queued as ")


def test_un_serveur_muet_toute_une_journee_puis_tout_part(db, serveur, horloge, monkeypatch):
    """Vingt-trois heures de panne, un passage par minute : rien n'est perdu, rien n'est abandonné, tout part au retour."""
    ecrits = [CourrielFactory() for _ in range(6)]

    def refuser():
        raise ConnectionRefusedError("fermé")

    monkeypatch.setattr(serveur, "open", refuser)
    for _ in range(23 * 12):
        envoyer_courriels_en_attente()
        horloge.shift(5 * MINUTE)
    essais = {courriel.tentatives for courriel in Courriel.objects.all()}
    assert {etat(courriel) for courriel in ecrits} == {EtatCourriel.EN_ATTENTE}
    assert max(essais) < 15  # le recul épargne le serveur : une douzaine d'essais par jour, pas un par minute
    monkeypatch.setattr(serveur, "open", lambda: None)
    for _ in range(12 * 4):
        envoyer_courriels_en_attente()
        horloge.shift(5 * MINUTE)
    assert {etat(courriel) for courriel in ecrits} == {EtatCourriel.ENVOYE}
    assert len(serveur.recus) == 6


def test_un_serveur_muet_plus_de_24_heures_abandonne(db, serveur, horloge, monkeypatch):
    courriel = CourrielFactory()

    def refuser():
        raise ConnectionRefusedError("fermé")

    monkeypatch.setattr(serveur, "open", refuser)
    horloge.shift(courriels.ABANDON_APRES + MINUTE)
    envoyer_courriels_en_attente()
    assert etat(courriel) == EtatCourriel.ABANDONNE


# --- Les refus -------------------------------------------------------------------------------------------------------


def refus(code: int, texte: bytes, *adresses: str) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({adresse: (code, texte) for adresse in adresses})


@pytest.mark.parametrize(
    ("code", "texte", "attendu"),
    [
        (550, b"5.1.1 No such user", EtatCourriel.REFUSE),
        (450, b"4.2.1 Try later", EtatCourriel.EN_ATTENTE),
        (554, b"5.7.1 Relay access denied", EtatCourriel.EN_ATTENTE),  # c'est nous qu'on refuse, pas l'adresse
    ],
)
def test_un_refus_de_l_adresse_est_definitif_un_autre_attend(db, serveur, code, texte, attendu):
    courriel = CourrielFactory()
    serveur.panne = refus(code, texte, courriel.destinataire)
    assert not envoyer(courriel.pk)
    assert etat(courriel) == attendu


def test_une_copie_refusee_n_arrete_pas_le_destinataire(db, serveur):
    courriel = CourrielFactory(copie_a="parti@exemple.fr")
    serveur.refus = {"parti@exemple.fr": (550, b"5.1.1 No such user")}
    assert envoyer(courriel.pk)
    assert etat(courriel) == EtatCourriel.ENVOYE


def test_consigner_un_rebond_par_commande(db, serveur):
    courriel = CourrielFactory(envoye=True, destinataire="Paie@Chantier.fr")
    sortie = StringIO()
    call_command("consigner_rebond", "--courriel", str(courriel.uuid), "--motif", "5.1.1 Inconnu", stdout=sortie)
    assert (etat(courriel), courriel.reponse) == (EtatCourriel.REFUSE, "5.1.1 Inconnu")
    assert "0 contact en erreur" in sortie.getvalue()
    autre = CourrielFactory(envoye=True, destinataire="chef@chantier.fr")
    consigner_rebond(adresse="CHEF@chantier.fr", motif="plein")
    assert etat(autre) == EtatCourriel.REFUSE
    with pytest.raises(CommandError, match="Aucun courriel"):
        call_command("consigner_rebond", "--courriel", "rien", "--motif", "x")


AVIS = """From: MAILER-DAEMON@relais.fr
Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B
Content-Type: text/plain

Non remis.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.fr

Final-Recipient: rfc822; paie@chantier.fr
Action: {action}
Status: {statut}
Diagnostic-Code: smtp; 550 5.1.1
  Adresse inconnue
--B
Content-Type: text/rfc822-headers

Message-ID: <{uuid}@clauses.fr>
Subject: Rappel
--B--
"""


def test_lire_les_avis_de_non_remise(db, tmp_path):
    courriel = CourrielFactory(envoye=True, destinataire="paie@chantier.fr")
    (tmp_path / "1.eml").write_text(AVIS.format(action="failed", statut="5.1.1", uuid=courriel.uuid))
    for rang, (action, statut) in enumerate([("delayed", "4.4.1"), ("failed", "5.7.1"), ("relayed", "2.0.0")]):
        avis = AVIS.format(action=action, statut=statut, uuid=courriel.uuid).encode()
        assert lire_avis(avis) == [], action
        (tmp_path / f"autre{rang}.eml").write_bytes(avis)
    sortie = StringIO()
    call_command("lire_rebonds", str(tmp_path), stdout=sortie)
    assert "1 rebond à consigner" in sortie.getvalue() and etat(courriel) == EtatCourriel.ENVOYE
    for _ in range(2):
        call_command("lire_rebonds", str(tmp_path), "--pour-de-vrai", stdout=sortie)
    assert etat(courriel) == EtatCourriel.REFUSE
    assert courriel.reponse == "550 5.1.1 Adresse inconnue"


@pytest.mark.parametrize("statut", ["4.2.2", "4.4.7", "5.1.1", ""])
def test_failed_est_un_echec_meme_apres_une_erreur_passagere(statut):
    avis = AVIS.format(action="failed", statut=statut, uuid=uuid.uuid4())
    assert [rebond.adresse for rebond in lire_avis(avis.encode())] == ["paie@chantier.fr"]
    assert lire_avis(AVIS.format(action="delayed", statut=statut, uuid=uuid.uuid4()).encode()) == []
    assert lire_avis(AVIS.format(action="failed", statut="4.7.1", uuid=uuid.uuid4()).encode()) == []


def test_un_avis_mal_ecrit_se_lit_et_n_arrete_pas_les_autres(db, tmp_path):
    """Un relais écrit ses en-têtes en octets bruts, y glisse un octet nul : l'avis se lit, et le suivant aussi."""
    avis = AVIS.format(action="failed", statut="5.1.1", uuid=uuid.uuid4()).encode()
    (tmp_path / "1.eml").write_bytes(avis.replace(b"paie@", b"caf\xe9@"))
    (tmp_path / "2.eml").write_bytes(avis.replace(b"inconnue", b"\xe9teinte \x00 \x0b").replace(b"paie@", b"rh\x00@"))
    (tmp_path / "3.eml").write_bytes(avis)
    (tmp_path / "4.eml").write_bytes(b"\xff\x00")
    (tmp_path / "5.eml").write_bytes(AVIS.format(action="failed", statut="5.1.1", uuid="-" * 36).encode())
    sortie = StringIO()
    call_command("lire_rebonds", str(tmp_path), stdout=sortie)
    call_command("lire_rebonds", str(tmp_path), "--pour-de-vrai", stdout=sortie)
    assert "rh@chantier.fr" in sortie.getvalue() and "4 rebonds consignés" in sortie.getvalue()


@pytest.mark.parametrize("entete", ["", "Message-ID: <avis-1@relais.fr>\n"])
def test_relire_le_dossier_ne_remarque_pas_un_contact_corrige(db, tmp_path, entete):
    contact = ContactEntrepriseFactory(courriel="paie@chantier.fr")
    avis = entete + AVIS.format(action="failed", statut="4.2.2", uuid=uuid.uuid4())
    (tmp_path / "1.eml").write_text(avis)
    if entete:  # le même avis, relevé deux fois par deux logiciels
        (tmp_path / "2.eml").write_text("X-Releve: autre\n" + avis)

    def lire(*options) -> str:
        sortie = StringIO()
        call_command("lire_rebonds", str(tmp_path), *options, stdout=sortie)
        contact.refresh_from_db()
        return sortie.getvalue()

    assert "1 rebond consigné." in lire("--pour-de-vrai") and contact.courriel_en_erreur_le
    contact.courriel_en_erreur_le = None
    contact.save()
    assert "0 rebond" in lire() and "0 rebond" in lire("--pour-de-vrai")
    assert contact.courriel_en_erreur_le is None


# --- Relire, renvoyer, effacer ---------------------------------------------------------------------------------------


def test_le_corps_se_relit_sans_les_cles_de_ses_liens():
    jeton, objet = "aB3-_x" * 7, "27bc3606-be99-43b7-ae8a-5b1810d0c5d8"
    corps = f"Ouvrez https://clauses.fr/lien/{jeton}/\nou https://clauses.fr/invitation/{jeton}/?a=b\nhttps://clauses.fr/offres/{objet}/."
    lisible = Courriel(corps=corps).corps_lisible
    assert jeton not in lisible
    assert "https://clauses.fr/lien/…/" in lisible and objet in lisible
    assert Courriel(corps="https://clauses.fr/lien/court/").corps_lisible == "https://clauses.fr/lien/…/"


def test_un_courriel_abandonne_se_renvoie_pour_24_heures(monde, serveur, horloge, django_capture_on_commit_callbacks):
    courriel = CourrielFactory(abandonne=True, structure=monde.structure)
    horloge.shift(datetime.timedelta(days=3))
    serveur.panne = TimeoutError()
    with django_capture_on_commit_callbacks(execute=True):
        courriels.renvoyer(acteur=monde.acteur(), courriel=courriel)
    assert etat(courriel) == EtatCourriel.EN_ATTENTE, "le délai repart"
    for qui in ("lecture", "autre.responsable"):
        with pytest.raises(AccesRefuse):
            courriels.renvoyer(acteur=monde.acteur(qui), courriel=courriel)


def test_le_contenu_s_efface_au_bout_d_un_an_la_trace_reste(db, horloge):
    vieux, en_attente = CourrielFactory(envoye=True), CourrielFactory()
    horloge.shift(courriels.CONSERVATION_DES_CORPS + MINUTE)
    recent = CourrielFactory(envoye=True)
    sortie = StringIO()
    call_command("purger_courriels", stdout=sortie)
    assert "1 contenu de courriel à effacer" in sortie.getvalue()
    assert (purger_courriels(), purger_courriels()) == (1, 0)
    assert etat(vieux) == EtatCourriel.ENVOYE
    assert vieux.corps == "" and vieux.destinataire
    for courriel in (en_attente, recent):
        courriel.refresh_from_db()
        assert courriel.corps
