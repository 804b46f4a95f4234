"""L'acheteur complète son projet : une note, une pièce, le corps de métier ; son facilitateur en est prévenu."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from comptes.models import Adhesion
from marches.models import CorpsMetier, Note, Piece, ProjetAchat
from marches.services import ajouter_note, avancer_projet, deposer_piece, montrer_piece, retirer_piece
from socle.models import Courriel, EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.marches import CorpsMetierFactory
from tests.fichiers import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def acheteur(monde, client):
    client.force_login(monde.personne("maitre_ouvrage"))
    return client


def _facilitateurs(monde) -> set[str]:
    adhesions = Adhesion.objects.filter(organisation=monde.structure, role__in=FACILITATEURS_QUI_ECRIVENT)
    return set(adhesions.values_list("utilisateur__email", flat=True))


def test_il_ajoute_une_note_que_son_facilitateur_lit_et_apprend(monde, acheteur):
    suivi = reverse("marches:projet_suivi", args=[monde.projet.uuid])
    assert "Ajouter une note" in acheteur.get(suivi).content.decode()
    adresse = reverse("marches:projet_note", args=[monde.projet.uuid])
    assert 'name="responsable"' not in acheteur.get(adresse).content.decode()
    vide = acheteur.post(adresse, {"texte": " "})
    assert vide.status_code == 200 and not Note.objects.filter(de_l_acheteur=True).exists()
    page = acheteur.post(adresse, {"texte": "Le lot 2 est retiré."}, follow=True).content.decode()
    note = Note.objects.get(de_l_acheteur=True)
    assert "Le lot 2 est retiré." in page and note.projet == monde.projet
    assert {c.destinataire for c in Courriel.objects.filter(sujet__startswith="L'acheteur a ajouté")} == _facilitateurs(
        monde
    )
    assert "Le lot 2" not in Courriel.objects.filter(sujet__startswith="L'acheteur a ajouté")[0].corps
    assert EntreeJournal.objects.filter(action="note_ajoutee", structure=monde.structure).exists()
    acheteur.force_login(monde.personne("edition"))
    lue = acheteur.get(suivi).content.decode()
    assert "Le lot 2 est retiré." in lue and monde.maitre_ouvrage.nom in lue


def test_une_note_du_facilitateur_ne_lui_est_pas_montree(monde, acheteur):
    ajouter_note(acteur=monde.acteur(), achat=monde.projet, texte="Entre nous.")
    suivi = reverse("marches:projet_suivi", args=[monde.projet.uuid])
    assert "Entre nous." not in acheteur.get(suivi).content.decode()
    assert not Courriel.objects.filter(sujet__startswith="L'acheteur a ajouté").exists()


def test_il_depose_une_piece_qui_reste_sous_ses_yeux_et_la_retire(monde, acheteur):
    adresse = reverse("marches:projet_piece", args=[monde.projet.uuid])
    page = acheteur.get(adresse).content.decode()
    assert "visible_acheteur" not in page
    deposee = {"fichier": SimpleUploadedFile("programme.pdf", PDF), "type": "autre"}
    assert "programme.pdf" in acheteur.post(adresse, deposee, follow=True).content.decode()
    piece = Piece.objects.get(de_l_acheteur=True)
    assert piece.visible_acheteur
    assert acheteur.get(reverse("marches:piece", args=[piece.uuid])).getvalue() == PDF
    with pytest.raises(RegleViolee, match="vient de l'acheteur"):
        montrer_piece(acteur=monde.acteur(), piece=piece)
    acheteur.post(reverse("marches:piece_retirer", args=[piece.uuid]))
    piece.refresh_from_db()
    assert piece.retiree_le


def test_il_ne_retire_pas_ce_qu_on_lui_montre_ni_n_ecrit_sur_le_projet_d_un_autre(monde):
    piece = deposer_piece(
        acteur=monde.acteur(), achat=monde.projet, fichier=SimpleUploadedFile("a.pdf", PDF), visible_acheteur=True
    )
    with pytest.raises(AccesRefuse):
        retirer_piece(acteur=monde.acteur("maitre_ouvrage"), piece=piece)
    for achat in (monde.autre.projet, monde.autre.marche):
        with pytest.raises(AccesRefuse):
            ajouter_note(acteur=monde.acteur("maitre_ouvrage"), achat=achat, texte="Ailleurs")
    with pytest.raises(AccesRefuse):
        ajouter_note(acteur=monde.acteur("maitre_ouvrage"), achat=monde.marche, texte="Sur le marché")
    assert not Note.objects.filter(de_l_acheteur=True).exists()


def test_ce_qu_il_ajoute_au_projet_devenu_un_marche_suit_le_marche(monde):
    for transition in ("etudier", "proposer", "retenir"):
        avancer_projet(acteur=monde.acteur(), projet=monde.projet, transition=transition)
    ProjetAchat.objects.filter(pk=monde.projet.pk).update(statut="marche", marche=monde.marche)
    note = ajouter_note(acteur=monde.acteur("maitre_ouvrage"), achat=monde.projet, texte="Avant la publication")
    assert (note.projet, note.marche) == (monde.projet, monde.marche)


# --- Le corps de métier ------------------------------------------------------------------------------------------------
def _depot(**valeurs) -> dict:
    return {
        "objet": "Réfection d'une école",
        "nature": "travaux",
        "forme": "marche",
        "type_acheteur": "collectivite",
        **valeurs,
    }


def test_il_donne_le_corps_de_metier_de_la_structure_qui_le_suit(monde, acheteur):
    peinture = CorpsMetierFactory(structure=monde.structure, nom="Peinture neuve", familles_rome="F16")
    ailleurs = CorpsMetierFactory(structure=monde.autre.structure, nom="Peinture d'ailleurs")
    adresse = reverse("marches:projet_nouveau")
    page = acheteur.get(adresse).content.decode()
    assert "Peinture neuve" in page and "Peinture d&#x27;ailleurs" not in page
    forge = acheteur.post(adresse, _depot(structure=monde.structure.pk, corps_metier=ailleurs.pk))
    assert forge.status_code == 200
    acheteur.post(adresse, _depot(structure=monde.structure.pk, corps_metier=peinture.pk))
    projet = ProjetAchat.objects.get(objet="Réfection d'une école")
    assert projet.corps_metier == peinture
    assert "Même famille de métiers" in acheteur.get(projet.get_absolute_url()).content.decode()


def test_sans_corps_de_metier_la_page_le_dit_sans_tableau_de_zeros(monde, acheteur):
    ProjetAchat.objects.filter(pk=monde.projet.pk).update(corps_metier=None)
    page = acheteur.get(monde.projet.get_absolute_url()).content.decode()
    assert "Le corps de métier n'est pas donné" in page and "Donner le corps de métier" in page
    assert "Même famille de métiers" not in page and "0 personne" not in page
    assert not CorpsMetier.objects.visibles_par(monde.acteur("prescripteur")).exists()
