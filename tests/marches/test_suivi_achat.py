"""Rétroplanning, notes, pièces, agenda : ce qui est dû se voit, ce qui est hostile ne passe pas, le lien secret se révoque."""

import datetime
import io
import zipfile

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from icalendar import Calendar

from comptes import services as comptes
from comptes.enums import Role
from comptes.models import AbonnementAgenda
from marches import services
from marches.enums import CodeJalon, ResponsableAction
from marches.models import Jalon, Piece
from marches.retroplanning import AVANT_LA_PUBLICATION, ETAPES, retroplanning
from marches.services.suivi_achat import rattachement
from recrutement.services import conclure_contrat
from socle.enums import EtatAnalyse
from socle.fichiers import FORMATS, nom_propre, reconnaitre
from socle.jours_ouvres import est_ouvre, jour_ouvre
from socle.regles import AccesRefuse, RegleViolee
from tests.client_strict import ClientStrict
from tests.fichiers import PDF

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def archive(*noms: str, mimetype: str = "") -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as contenu:
        if mimetype:
            contenu.writestr("mimetype", mimetype)
        for nom in noms:
            contenu.writestr(nom, "x")
    return tampon.getvalue()


# --- Pur -------------------------------------------------------------------------------------------------------------
def test_les_etapes_reculent_de_la_notification_et_tombent_un_jour_ouvre():
    notification = datetime.date(2027, 1, 15)
    posees = dict(retroplanning(notification))
    assert list(posees) == [etape.code for etape in ETAPES]
    assert posees[CodeJalon.NOTIFICATION] == notification
    assert 13 * 7 <= (notification - posees[CodeJalon.CALIBRAGE]).days <= 18 * 7
    assert all(est_ouvre(jour) for code, jour in posees.items() if code != CodeJalon.NOTIFICATION)
    assert list(posees.values()) == sorted(posees.values())


def test_chaque_etape_a_son_ecart():
    """D'un mardi sans férié en vue, chaque étape tombe tout juste."""
    notification = datetime.date(2027, 2, 2)
    semaines = {code: (jour - notification).days / 7 for code, jour in retroplanning(notification)}
    assert semaines == {
        CodeJalon.REPERAGE: -30,
        CodeJalon.ETUDE: -26,
        CodeJalon.CALIBRAGE: -16,
        CodeJalon.REDACTION: -14,
        CodeJalon.FORMATION: -12,
        CodeJalon.PUBLICATION: -10,
        CodeJalon.ALTERNANCE: -8,
        CodeJalon.NOTIFICATION: 0,
        CodeJalon.LANCEMENT: 2,
        CodeJalon.PREMIERE_EMBAUCHE: 8,
    }


def test_une_publication_connue_garde_sa_date():
    publication = datetime.date(2026, 11, 1)
    assert dict(retroplanning(datetime.date(2027, 1, 15), publication))[CodeJalon.PUBLICATION] == publication


@pytest.mark.parametrize("publication", ["2027-02-15", "2027-03-01", "2026-12-24", "2027-05-28"])
def test_ce_qui_prepare_les_pieces_precede_leur_publication(publication):
    """Publiée plus tôt que d'ordinaire : la clause s'écrit quatre semaines avant, et l'étude avant elle ; plus tard, rien ne bouge."""
    notification, jour = datetime.date(2027, 6, 1), datetime.date.fromisoformat(publication)
    posees, ordinaires = dict(retroplanning(notification, jour)), dict(retroplanning(notification))
    avant = [CodeJalon.REPERAGE, CodeJalon.ETUDE, CodeJalon.CALIBRAGE, CodeJalon.REDACTION]
    assert [posees[code] for code in avant] == sorted(posees[code] for code in avant)
    assert posees[CodeJalon.REDACTION] <= jour - datetime.timedelta(weeks=4)
    assert all(posees[code] <= ordinaires[code] for code in avant)
    ailleurs = [code for code in ordinaires if code not in (*avant, CodeJalon.PUBLICATION)]
    assert [posees[code] for code in ailleurs] == [ordinaires[code] for code in ailleurs]


def jalons_faits(achat) -> dict[str, datetime.date]:
    return dict(Jalon.objects.filter(fait_le__isnull=False, **rattachement(achat)).values_list("code", "fait_le"))


@time_machine.travel("2026-10-15 12:00", tick=False)
def test_ce_qui_est_fait_se_coche_tout_seul(monde):
    acteur, projet = monde.acteur(), monde.projet
    projet.date_notification = datetime.date(2027, 3, 1)
    projet.save()
    services.etablir_retroplanning(acteur=acteur, achat=projet)
    Jalon.objects.update(fait_le=None)
    for geste, codes in (("etudier", {"reperage"}), ("proposer", {"reperage", "etude", "calibrage"})):
        services.avancer_projet(acteur=acteur, projet=projet, transition=geste)
        assert set(jalons_faits(projet)) == codes
    services.avancer_projet(acteur=acteur, projet=projet, transition="retenir")
    marche = services.transformer_projet(
        acteur=acteur,
        projet=projet,
        reference="2027-7",
        type_clause="condition",
        debut=datetime.date(2026, 10, 1),
        fin_prevue=datetime.date(2028, 3, 1),
        publics_vises=["RSA"],
    )
    services.modifier_lot(acteur=acteur, lot=marche.lots.get(), heures_contractuelles=100)
    services.regler_les_clauses(acteur=acteur, telephone="02 33 00 00 00")
    services.rediger(acteur=acteur, marche=marche, pieces=["rc"])
    assert "redaction" in jalons_faits(marche) and "publication" not in jalons_faits(marche)
    services.changer_statut(acteur=acteur, marche=marche, transition="publier")
    assert "publication" in jalons_faits(marche)
    engager = {"lot": marche.lots.get(), "entreprise": monde.entreprise, "heures_initiales": 100}
    le = datetime.date(2026, 10, 5)
    services.attribuer_lots(acteur=acteur, marche=marche, date_notification=le, attributions=[engager])
    assert jalons_faits(marche)["notification"] == le
    attendues = {j.code for j in Jalon.objects.filter(marche=marche).a_faire()}
    assert attendues == {"lancement", "premiere_embauche"}  # ni formation ni alternance : le marché est notifié
    engagement = marche.lots.get().engagements.get()
    conclure_contrat(
        acteur=acteur,
        beneficiaire=monde.beneficiaire,
        engagement=engagement,
        employeur=monde.entreprise,
        identifiant="C-900",
        modalite="embauche_directe",
        type_contrat="cdd",
        debut=datetime.date(2026, 10, 12),
        fin_prevue=datetime.date(2027, 2, 1),
    )
    assert jalons_faits(marche)["premiere_embauche"] == datetime.date(2026, 10, 12)
    services.changer_statut(acteur=acteur, marche=marche, transition="demarrer")
    assert not Jalon.objects.filter(marche=marche).a_faire().exists()


@pytest.mark.parametrize(
    ("jour", "ouvre"),
    [
        ("2026-05-01", "2026-04-30"),
        ("2026-12-25", "2026-12-24"),
        ("2027-03-29", "2027-03-26"),
        ("2026-11-24", "2026-11-24"),
    ],
)
def test_un_jour_ferie_recule(jour, ouvre):
    assert jour_ouvre(datetime.date.fromisoformat(jour)) == datetime.date.fromisoformat(ouvre)


@pytest.mark.parametrize(
    ("nom", "contenu"),
    [
        ("contrat.pdf", PDF),
        ("plan.PNG", PNG),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 32),
        ("lettre.docx", archive("[Content_Types].xml", "word/document.xml")),
        ("tableau.xlsx", archive("[Content_Types].xml", "xl/workbook.xml")),
        ("lettre.odt", archive("content.xml", mimetype=FORMATS["odt"])),
    ],
)
def test_un_format_permis_est_reconnu_a_son_contenu(nom, contenu):
    extension = nom.rpartition(".")[2].lower()
    assert reconnaitre(io.BytesIO(contenu), nom) == FORMATS[extension]


@pytest.mark.parametrize(
    ("nom", "contenu"),
    [
        ("contrat.pdf", b"MZ\x90\x00" + b"\x00" * 64),
        ("contrat.exe", PDF),
        ("image.svg", b"<svg onload='alert(1)'/>"),
        ("page.html", b"<script>alert(1)</script>"),
        ("plan.png", PDF),
        ("lettre.docx", archive("xl/workbook.xml", "[Content_Types].xml")),
        ("lettre.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("lettre.docx", b"PK\x03\x04 pas une archive"),
        ("lettre.odt", archive("content.xml", mimetype="application/zip")),
        ("sans_extension", PDF),
    ],
)
def test_un_fichier_deguise_est_refuse(nom, contenu):
    with pytest.raises(ValidationError):
        reconnaitre(io.BytesIO(contenu), nom)


@pytest.mark.parametrize("nom", ["../../etc/passwd.pdf", "C:\\Windows\\x.pdf", "a\x00b\n.pdf", "é" * 300 + ".pdf"])
def test_un_nom_hostile_devient_un_nom(nom):
    propre = nom_propre(nom)
    assert "/" not in propre and "\\" not in propre and propre.isprintable() and len(propre) <= 150


# --- Avec la base ----------------------------------------------------------------------------------------------------
def client(monde, qui) -> ClientStrict:
    client = ClientStrict()
    client.force_login(monde.personne(qui))
    return client


def test_etablir_deux_fois_ne_double_rien_et_recale_ce_qui_n_est_pas_fait(monde):
    etablir = services.etablir_retroplanning
    projet = monde.projet
    Jalon.objects.filter(projet=projet).delete()
    assert etablir(acteur=monde.acteur(), achat=projet) == len(ETAPES)
    assert etablir(acteur=monde.acteur(), achat=projet) == 0
    etude = Jalon.objects.get(projet=projet, code=CodeJalon.ETUDE)
    services.cocher_jalon(acteur=monde.acteur(), jalon=etude)
    avant = etude.echeance
    services.modifier_projet(
        acteur=monde.acteur(), projet=projet, date_notification=projet.date_notification + datetime.timedelta(70)
    )
    projet.refresh_from_db()
    # Ni la publication, connue, ni ce qui la prépare (dont l'étude, faite) ne suivent la notification.
    assert etablir(acteur=monde.acteur(), achat=projet) == len(ETAPES) - 1 - len(AVANT_LA_PUBLICATION)
    assert Jalon.objects.get(pk=etude.pk).echeance == avant


def test_sans_date_de_notification_on_le_dit(monde):
    monde.projet.date_notification = None
    monde.projet.save()
    with pytest.raises(RegleViolee):
        services.etablir_retroplanning(acteur=monde.acteur(), achat=monde.projet)


def test_les_jalons_les_notes_et_les_pieces_suivent_le_projet_dans_le_marche(monde):
    projet = monde.projet
    services.etablir_retroplanning(acteur=monde.acteur(), achat=projet)
    services.ajouter_note(acteur=monde.acteur(), achat=projet, texte="À rappeler")
    for transition in ("etudier", "proposer", "retenir"):
        services.avancer_projet(acteur=monde.acteur(), projet=projet, transition=transition)
    marche = services.transformer_projet(
        acteur=monde.acteur(),
        projet=projet,
        reference="2027-9",
        type_clause="condition",
        debut=datetime.date(2027, 2, 1),
        fin_prevue=datetime.date(2028, 2, 1),
    )
    assert marche.jalon_set.count() == len(ETAPES)
    assert marche.note_set.filter(texte="À rappeler").exists()


def deposer(monde, nom="contrat.pdf", contenu=PDF, **valeurs) -> Piece:
    fichier = SimpleUploadedFile(nom, contenu)
    return services.deposer_piece(acteur=monde.acteur(), achat=monde.marche, fichier=fichier, **valeurs)


def test_une_piece_se_telecharge_en_piece_jointe_et_reste_dans_sa_portee(monde):
    piece = deposer(monde)
    adresse = reverse("marches:piece", args=[piece.uuid])
    reponse = client(monde, Role.EDITION).get(adresse)
    assert reponse["Content-Disposition"].startswith("attachment")
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert reponse.getvalue() == PDF
    assert client(monde, Role.MAITRE_OUVRAGE).get(adresse).status_code == 404
    services.montrer_piece(acteur=monde.acteur(), piece=piece)
    assert client(monde, Role.MAITRE_OUVRAGE).get(adresse).getvalue() == PDF
    for qui in ("autre.edition", "autre.maitre_ouvrage"):
        assert client(monde, qui).get(adresse).status_code == 404
    services.retirer_piece(acteur=monde.acteur(), piece=piece)
    assert client(monde, Role.MAITRE_OUVRAGE).get(adresse).status_code == 404


@pytest.mark.parametrize(
    ("nom", "contenu", "motif"), [("x.pdf", b"MZ", "annonce"), ("x.pdf", PDF + b"0" * 10_500_000, "10 Mo")]
)
def test_un_fichier_refuse_se_dit_a_cote_du_champ(monde, nom, contenu, motif):
    adresse = reverse("marches:marche_piece", args=[monde.marche.uuid])
    avant = Piece.objects.count()
    donnees = {"fichier": SimpleUploadedFile(nom, contenu), "type": "autre"}
    reponse = client(monde, Role.EDITION).post(adresse, donnees)
    assert motif in reponse.content.decode()
    assert Piece.objects.count() == avant


def test_la_lecture_ne_depose_rien(monde):
    with pytest.raises(AccesRefuse):
        services.ajouter_note(acteur=monde.acteur("lecture"), achat=monde.marche, texte="x")


# --- L'agenda --------------------------------------------------------------------------------------------------------
def lire(monde, jeton) -> Calendar:
    reponse = ClientStrict().get(reverse("comptes:agenda_ics", args=[jeton]))
    assert reponse.status_code == 200
    return Calendar.from_ical(reponse.content)


def test_l_agenda_se_lit_par_son_lien_et_ne_dit_que_ce_que_l_on_voit(monde, horloge_au_24_novembre):
    services.etablir_retroplanning(acteur=monde.acteur(), achat=monde.projet)
    services.ajouter_note(
        acteur=monde.acteur(),
        achat=monde.marche,
        texte="Madame Lemaire rappelle",
        responsable=ResponsableAction.FACILITATEUR,
        echeance=datetime.date(2026, 12, 1),
    )
    jeton = comptes.abonner_agenda(acteur=monde.acteur())
    calendrier = lire(monde, jeton)
    uids = {str(evenement["uid"]) for evenement in calendrier.walk("VEVENT")}
    assert len(uids) == len(calendrier.walk("VEVENT")) >= 3
    assert uids == {str(e["uid"]) for e in lire(monde, jeton).walk("VEVENT")}
    texte = calendrier.to_ical().decode()
    assert "Lemaire" not in texte and "MARQUE-AUTRE" not in texte
    acheteur = lire(monde, comptes.abonner_agenda(acteur=monde.acteur(Role.MAITRE_OUVRAGE)))
    assert not [e for e in acheteur.walk("VEVENT") if str(e["uid"]).startswith("note-")]


@pytest.fixture
def horloge_au_24_novembre():
    with time_machine.travel(datetime.datetime(2026, 11, 24, 9, 0, tzinfo=datetime.UTC), tick=False):
        yield


def test_un_lien_revoque_remplace_ou_perime_ne_donne_rien(monde):
    acteur = monde.acteur()
    premier = comptes.abonner_agenda(acteur=acteur)
    second = comptes.abonner_agenda(acteur=acteur)
    anonyme = ClientStrict()

    def code(jeton):
        return anonyme.get(reverse("comptes:agenda_ics", args=[jeton])).status_code

    assert (code(premier), code(second), code("x" * 43)) == (404, 200, 404)
    assert not AbonnementAgenda.objects.filter(empreinte_jeton=second).exists()
    comptes.revoquer_agenda(acteur=acteur)
    assert code(second) == 404
    troisieme = comptes.abonner_agenda(acteur=acteur)
    acteur.utilisateur.adhesions.update(active=False)
    assert code(troisieme) == 404


def test_le_lien_ne_se_montre_qu_une_fois(monde):
    session = client(monde, Role.EDITION)
    reponse = session.post(reverse("comptes:agenda_abonner"))
    assert ".ics" in reponse.content.decode()
    assert ".ics" not in session.get(reverse("comptes:agenda")).content.decode()


@pytest.mark.parametrize("mois", ["", "2026-13", "1234-01", "hier", "2026-12"])
def test_un_mois_illisible_montre_ce_mois_ci(monde, mois):
    assert client(monde, Role.LECTURE).get(reverse("comptes:agenda"), {"mois": mois}).status_code == 200


def test_une_piece_infectee_se_cache_mais_ne_se_montre_pas(monde):
    Piece.objects.filter(pk=monde.piece.pk).update(analyse=EtatAnalyse.INFECTE)
    assert not services.montrer_piece(acteur=monde.acteur(), piece=monde.piece).visible_acheteur
    with pytest.raises(RegleViolee, match="virus"):
        services.montrer_piece(acteur=monde.acteur(), piece=monde.piece)
