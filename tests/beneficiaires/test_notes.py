"""Le parcours d'une personne : chacun y écrit ses notes, le prescripteur ne lit que ce qu'on partage avec lui."""

import pytest

from beneficiaires.models import NoteParcours
from beneficiaires.services import anonymiser_dossier
from tests.saisie import adresse, annonce, envoyer, fautes, journal, motif_du_refus, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
NOTE = {"genre": "entretien", "jour": "2026-10-14", "texte": "Projet de maçonnerie confirmé."}


def noter(client, personne, geste="beneficiaires:note", **change):
    return envoyer(client, geste, personne, **{**NOTE, **change})


@pytest.mark.parametrize("partagee", [True, False])
def test_le_prescripteur_ne_lit_que_ce_qui_est_partage(monde, connecte, partagee):
    personne, client = monde.beneficiaire, connecte("edition")
    reponse = noter(client, personne, partagee=partagee)
    parcours = adresse("beneficiaires:parcours", personne)
    assert (reponse.url, annonce(reponse)) == (parcours, "Note ajoutée.")
    note = personne.notes_parcours.get(texte=NOTE["texte"])
    assert (note.organisation, note.auteur, note.partagee) == (monde.structure, monde.personne("edition"), partagee)
    assert NOTE["texte"] in client.get(parcours).content.decode()
    vue = connecte("prescripteur").get(adresse("recrutement:ma_personne", personne)).content.decode()
    assert (NOTE["texte"] in vue) is partagee
    assert journal(personne) == ["Note de parcours ajoutée"]


def test_la_note_d_un_prescripteur_se_lit_dans_la_structure(monde, connecte):
    personne, client = monde.beneficiaire, connecte("prescripteur")
    reponse = noter(client, personne, "recrutement:ma_note", partagee=False)
    assert reponse.url == adresse("recrutement:ma_personne", personne)
    note = personne.notes_parcours.get(texte=NOTE["texte"])
    assert (note.organisation, note.partagee) == (monde.organisations["prescripteur"], True)
    for qui, nom in (("lecture", "beneficiaires:parcours"), ("prescripteur", "recrutement:ma_personne")):
        assert NOTE["texte"] in connecte(qui).get(adresse(nom, personne)).content.decode()
    assert journal(personne) == ["Note de parcours ajoutée"]


@pytest.mark.parametrize("geste", ["beneficiaires:note", "recrutement:ma_note"])
@pytest.mark.parametrize(
    ("champ", "valeur", "mot"),
    [
        ("jour", "2026-10-16", "au plus tard aujourd'hui"),
        ("texte", "Son numéro : 1 85 05 78 006 084 36", "numéro"),
        ("texte", "", "obligatoire"),
        ("texte", "x" * 2001, "2000"),
    ],
)
def test_une_note_refusee_garde_son_texte(monde, connecte, geste, champ, valeur, mot):
    client = connecte("edition" if geste == "beneficiaires:note" else "prescripteur")
    with rien_ne_s_ecrit(NoteParcours):
        dites = fautes(
            noter(client, monde.beneficiaire, geste, **{champ: valeur}), genre="entretien", **{champ: valeur}
        )
    assert list(dites) == [champ] and mot in dites[champ].replace("\u202f", "")


def test_un_prescripteur_ne_note_que_les_personnes_qu_il_a_confiees(monde, connecte):
    with rien_ne_s_ecrit(NoteParcours):
        assert noter(connecte("prescripteur"), monde.autre.beneficiaire, "recrutement:ma_note").status_code == 404
        assert noter(connecte("lecture"), monde.beneficiaire).status_code == 403
    monde.organisations["prescripteur"].partenariats.all().delete()
    with rien_ne_s_ecrit(NoteParcours):
        assert noter(connecte("prescripteur"), monde.beneficiaire, "recrutement:ma_note").status_code == 404


def test_d_une_personne_anonymisee_on_n_ecrit_plus_rien(monde, connecte):
    """Une note la ferait reconnaître."""
    personne, client = monde.beneficiaire, connecte("prescripteur")
    anonymiser_dossier(acteur=monde.acteur(), beneficiaire=personne)
    with rien_ne_s_ecrit(NoteParcours):
        assert "anonymisé" in motif_du_refus(noter(client, personne, "recrutement:ma_note"))
    page = client.get(adresse("recrutement:ma_personne", personne)).content.decode()
    assert adresse("recrutement:ma_note", personne) not in page
