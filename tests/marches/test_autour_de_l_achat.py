"""Autour d'un achat : les étapes à rebours, les notes et leurs suites, les pièces montrées ou non à l'acheteur."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marches.models import Jalon, Note, Piece
from tests.fabriques.marches import JalonFactory, NoteFactory, PieceFactory
from tests.fichiers import PDF
from tests.saisie import adresse, envoyer, fautes, journal, lue, motif_du_refus, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
TABLES = (Jalon, Note, Piece)
HUIT_OCTOBRE = datetime.date(2026, 10, 8)


@pytest.fixture(params=["projet", "marche"])
def achat(request, monde):
    return getattr(monde, request.param)


def genre(achat) -> str:
    return achat._meta.model_name.removesuffix("achat")


def sous(achat) -> dict:
    return {genre(achat): achat}


def test_une_note_garde_qui_fait_la_suite(monde, connecte, achat):
    client = connecte("edition")
    saisie = {"texte": "Rappeler madame Hue", "responsable": "facilitateur", "echeance": "2026-11-02"}
    envoyer(client, f"marches:{genre(achat)}_note", achat, **saisie)
    note = Note.objects.get(texte=saisie["texte"])
    assert (note.support, note.auteur, str(note.echeance)) == (achat, monde.personne("edition"), "2026-11-02")
    assert saisie["texte"] in lue(client, adresse(f"marches:{genre(achat)}_suivi", achat))
    assert journal(achat)[0] == "Note ajoutée"


@pytest.mark.parametrize(
    ("change", "champ"),
    [
        ({"responsable": ""}, "responsable"),
        ({"texte": ""}, "texte"),
        ({"texte": "1 85 05 78 006 084 36"}, "texte"),
        ({"responsable": "personne"}, "responsable"),
    ],
)
def test_une_note_incomplete_garde_sa_saisie(connecte, achat, change, champ):
    saisie = {"texte": "Rappeler", "responsable": "facilitateur", "echeance": "2026-11-02", **change}
    with rien_ne_s_ecrit(*TABLES):
        reponse = envoyer(connecte("edition"), f"marches:{genre(achat)}_note", achat, **saisie)
        assert list(fautes(reponse, echeance="2026-11-02")) == [champ]


@pytest.mark.parametrize(("modele", "fabrique"), [("jalon", JalonFactory), ("note", NoteFactory)])
def test_ce_qui_est_fait_se_coche_et_se_rouvre(connecte, achat, modele, fabrique):
    client, ligne = (
        connecte("edition"),
        fabrique(**sous(achat), **({"code": "publication"} if modele == "jalon" else {})),
    )
    for fait_le in (datetime.date(2026, 10, 15), None):
        envoyer(client, f"marches:{modele}_cocher", ligne)
        ligne.refresh_from_db()
        assert ligne.fait_le == fait_le
    assert len(journal(achat)) == 2


def test_une_etape_se_deplace_et_la_meme_date_n_ecrit_rien(connecte, achat):
    client, jalon = connecte("edition"), JalonFactory(**sous(achat), code="publication", echeance=HUIT_OCTOBRE)

    def deplacer(echeance):
        version = client.get(adresse("marches:jalon_deplacer", jalon)).context["version_montree"]
        return envoyer(client, "marches:jalon_deplacer", jalon, echeance=echeance, version=version)

    deplacer("2026-11-03")
    jalon.refresh_from_db()
    assert str(jalon.echeance) == "2026-11-03"
    assert "8 oct" in journal(achat)[0] or "08/10/2026" in journal(achat)[0]
    with rien_ne_s_ecrit(*TABLES):
        deplacer("2026-11-03")
        assert list(fautes(deplacer(""))) == ["echeance"]


def test_une_piece_se_montre_a_l_acheteur_s_en_cache_et_se_retire_une_fois(connecte, achat):
    client = connecte("edition")
    fichier = SimpleUploadedFile("plan.pdf", PDF, content_type="application/pdf")
    url = adresse(f"marches:{genre(achat)}_piece", achat)
    client.post(url, {"fichier": fichier, "type": "autre"})
    piece = Piece.objects.get(nom="plan.pdf")
    assert (piece.support, piece.visible_acheteur) == (achat, False)
    acheteur = connecte("maitre_ouvrage")
    assert acheteur.get(adresse("marches:piece", piece)).status_code == 404
    envoyer(client, "marches:piece_montrer", piece)
    assert acheteur.get(adresse("marches:piece", piece)).getvalue() == PDF
    envoyer(client, "marches:piece_montrer", piece)
    assert acheteur.get(adresse("marches:piece", piece)).status_code == 404
    envoyer(client, "marches:piece_retirer", piece)
    with rien_ne_s_ecrit(*TABLES):
        envoyer(client, "marches:piece_retirer", piece)
    dites = journal(achat)
    assert [sum(mot in dite for dite in dites) for mot in ("Pièce montrée", "retirée de la vue", "Pièce retirée")] == [
        1,
        1,
        2,
    ]
    assert "plan.pdf" not in lue(client, adresse(f"marches:{genre(achat)}_suivi", achat))


def test_ni_qui_lit_ni_la_voisine_et_un_achat_archive_ne_bouge_plus(connecte, achat):
    jalon = JalonFactory(**sous(achat), code="publication")
    note, piece = NoteFactory(**sous(achat)), PieceFactory(**sous(achat))

    def essais(client):
        return [
            envoyer(client, f"marches:{genre(achat)}_note", achat, texte="Rappeler"),
            envoyer(client, "marches:jalon_cocher", jalon),
            envoyer(client, "marches:note_cocher", note),
            envoyer(client, "marches:piece_montrer", piece),
            envoyer(client, "marches:piece_retirer", piece),
            envoyer(client, f"marches:{genre(achat)}_retroplanning", achat),
        ]

    with rien_ne_s_ecrit(*TABLES):
        assert {reponse.status_code for reponse in essais(connecte("lecture"))} == {403}
        assert {reponse.status_code for reponse in essais(connecte("autre.responsable"))} == {404}
        type(achat).objects.filter(pk=achat.pk).update(archive_le=timezone.now())
        motifs = [motif_du_refus(reponse) for reponse in essais(connecte("responsable"))]
    assert ["sortez-le de l'archive" in motif for motif in motifs] == [True] * 6


def test_ce_que_l_etat_du_marche_dit_fait_n_est_pas_en_retard(monde, connecte):
    hier = timezone.localdate() - datetime.timedelta(days=1)
    reperage, embauche = (
        JalonFactory(marche=monde.marche, code=code, echeance=hier) for code in ("reperage", "premiere_embauche")
    )
    assert monde.marche.statut == "execution"
    assert set(Jalon.objects.en_retard(timezone.localdate()).filter(pk__in=[reperage.pk, embauche.pk])) == {embauche}
    lue_ = lue(connecte("maitre_ouvrage"), adresse("marches:marche_suivi", monde.marche))
    assert "Passée" in lue_ and lue_.count("En retard") == 1
