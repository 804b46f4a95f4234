"""Une entreprise, une ligne pour toutes les structures ; à chacune sa fiche, ses notes, son archive."""

import pytest

from entreprises.models import Entreprise, FicheEntreprise
from entreprises.services import modifier_entreprise
from socle.regles import AccesRefuse
from tests.fabriques.entreprises import EntrepriseFactory, FicheEntrepriseFactory
from tests.saisie import adresse, annonce, envoyer, fautes, journal, lue, rien_ne_s_ecrit

pytestmark = pytest.mark.django_db
SIRET = "73282932000074"
NEUVE = {"siret": "732 829 320 00074", "raison_sociale": "Bâtisseurs du Cotentin", "type": "classique"}
PARTAGEE = "Cette entreprise est suivie par d'autres structures : son identité n'est plus modifiable ici."


def suivre(client, **change):
    return envoyer(client, "entreprises:nouvelle", **{**NEUVE, **change})


def test_une_entreprise_neuve_entre_au_referentiel_et_au_suivi(monde, connecte):
    client = connecte("edition")
    reponse = suivre(client, commune="Cherbourg-en-Cotentin", notes="Très bon accueil des débutants.")
    entreprise = Entreprise.objects.get(siret=SIRET)
    assert (reponse.url, annonce(reponse)) == (entreprise.get_absolute_url(), "Entreprise ajoutée.")
    assert (entreprise.raison_sociale, entreprise.commune) == (NEUVE["raison_sociale"], monde.referentiel.ville)
    assert entreprise.fiches.get().structure == monde.structure
    page = lue(client, reponse.url)
    assert "Bâtisseurs du Cotentin" in page and "Très bon accueil des débutants." in page
    assert journal(entreprise) == ["Entreprise ajoutée au suivi"]


def test_un_siret_connu_d_ailleurs_garde_son_identite_et_ses_notes_separees(monde, connecte):
    entreprise = EntrepriseFactory(siret=SIRET, raison_sociale="Nom du référentiel")
    ailleurs = FicheEntrepriseFactory(entreprise=entreprise, structure=monde.autre.structure, notes="Leurs notes")
    reponse = suivre(connecte("edition"), notes="Nos notes")
    assert reponse.url == entreprise.get_absolute_url()
    entreprise.refresh_from_db()
    assert (entreprise.raison_sociale, Entreprise.objects.filter(siret=SIRET).count()) == ("Nom du référentiel", 1)
    assert entreprise.fiches.get(structure=monde.structure).notes == "Nos notes"
    ailleurs.refresh_from_db()
    assert ailleurs.notes == "Leurs notes"
    assert "Leurs notes" not in lue(connecte("edition"), reponse.url)
    assert journal(entreprise, monde.structure) == ["Entreprise ajoutée au suivi"]
    assert journal(entreprise, monde.autre.structure) == []


def test_la_suivre_deux_fois_n_ecrit_rien_de_plus(connecte):
    client = connecte("edition")
    suivre(client, notes="Les premières")
    with rien_ne_s_ecrit(Entreprise, FicheEntreprise):
        assert annonce(suivre(client, notes="Les secondes")).startswith("Entreprise déjà suivie")


def test_la_suivre_a_nouveau_la_sort_de_l_archive_avec_ses_notes(monde, connecte):
    client = connecte("edition")
    suivre(client, notes="Les premières")
    entreprise = Entreprise.objects.get(siret=SIRET)
    for _ in range(2):
        assert annonce(envoyer(client, "entreprises:archiver", entreprise)) == "Entreprise archivée."
    suivre(client)
    fiche = entreprise.fiches.get()
    assert (fiche.est_archive, fiche.notes) == (False, "Les premières")
    assert journal(entreprise, monde.structure) == [
        "Entreprise sortie de l'archive",
        "Entreprise archivée",
        "Entreprise ajoutée au suivi",
    ]


@pytest.mark.parametrize(
    ("champ", "valeur", "mot"),
    [
        ("raison_sociale", "", "obligatoire"),
        ("type", "poesie", "choix"),
        ("commune", "Nulle-Part-sur-Mer", "commune"),
        ("notes", "1 85 05 78 006 084 36", "numéro"),
    ],
)
def test_une_mauvaise_saisie_se_dit_a_cote(monde, connecte, champ, valeur, mot):
    with rien_ne_s_ecrit(Entreprise, FicheEntreprise):
        dites = fautes(suivre(connecte("edition"), **{champ: valeur}), siret=NEUVE["siret"])
    assert list(dites) == [champ] and mot in dites[champ].lower()


# --- L'identité commune -------------------------------------------------------------------------------------------
def modifier(client, entreprise, **change):
    form = client.get(adresse("entreprises:modifier", entreprise)).context
    saisie = {"raison_sociale": entreprise.raison_sociale, "type": entreprise.type, "version": form["version_montree"]}
    return envoyer(client, "entreprises:modifier", entreprise, **{**saisie, **change})


@pytest.mark.parametrize("suivie", ["par nous seuls", "ailleurs aussi", "ailleurs, archivée"])
def test_l_identite_ne_se_change_que_si_l_on_est_seul_a_suivre(monde, connecte, suivie):
    entreprise = EntrepriseFactory(raison_sociale="Ancien nom", suivie_par=monde.structure)
    if suivie != "par nous seuls":
        FicheEntrepriseFactory(
            entreprise=entreprise, structure=monde.autre.structure, archivee=suivie == "ailleurs, archivée"
        )
    client = connecte("edition")
    reponse = modifier(client, entreprise, raison_sociale="Nouveau nom", notes="Une note")
    seule = suivie == "par nous seuls"
    entreprise.refresh_from_db()
    assert entreprise.raison_sociale == ("Nouveau nom" if seule else "Ancien nom")
    assert entreprise.raison_sociale_pliee == ("nouveau nom" if seule else "ancien nom")
    assert entreprise.fiches.get(structure=monde.structure).notes == "Une note"  # les notes, elles, sont à nous
    assert annonce(reponse) == "Entreprise modifiée."
    (phrase,) = journal(entreprise, monde.structure)
    assert ("Nouveau nom" in phrase) is seule and "Notes" in phrase and "Une note" not in phrase
    page = lue(client, adresse("entreprises:modifier", entreprise))
    assert (PARTAGEE in page) is not seule


def test_le_service_ne_se_fie_pas_au_formulaire_fige(monde):
    entreprise = monde.referentiel.entreprise_partagee
    with rien_ne_s_ecrit(Entreprise, FicheEntreprise), pytest.raises(AccesRefuse, match="suivie par d'autres"):
        modifier_entreprise(acteur=monde.acteur(), entreprise=entreprise, raison_sociale="Autre", notes="Passe aussi")
    modifier_entreprise(acteur=monde.acteur(), entreprise=entreprise, raison_sociale=entreprise.raison_sociale)


def test_les_memes_valeurs_n_ecrivent_rien(monde, connecte):
    client, entreprise = connecte("edition"), monde.cotraitante
    notes = entreprise.fiches.get(structure=monde.structure).notes
    with rien_ne_s_ecrit(Entreprise, FicheEntreprise):
        reponse = modifier(client, entreprise, commune=str(monde.referentiel.village), notes=notes)
        assert annonce(reponse) == "Rien n'a changé."


# --- L'archive est à chacune ----------------------------------------------------------------------------------------
def test_archiver_ne_range_que_pour_sa_structure(monde, connecte):
    client, entreprise = connecte("edition"), monde.referentiel.entreprise_partagee
    envoyer(client, "entreprises:archiver", entreprise)
    rangees = {fiche.structure: fiche.est_archive for fiche in entreprise.fiches.all()}
    assert rangees == {monde.structure: True, monde.autre.structure: False}
    assert entreprise.raison_sociale not in lue(client, adresse("entreprises:liste"))
    assert entreprise.raison_sociale in lue(connecte("autre.edition"), adresse("entreprises:liste"))
    assert journal(entreprise, monde.autre.structure) == []
    for _ in range(2):
        envoyer(client, "entreprises:desarchiver", entreprise)
    assert journal(entreprise, monde.structure)[:2] == ["Entreprise sortie de l'archive", "Entreprise archivée"]


def test_ni_qui_lit_ni_qui_ne_la_suit_pas_n_y_touche(monde, connecte):
    """Suivie de la voisine seule, elle n'existe pas ici, même par l'adresse."""
    with rien_ne_s_ecrit(Entreprise, FicheEntreprise):
        for geste in ("archiver", "desarchiver"):
            assert envoyer(connecte("lecture"), f"entreprises:{geste}", monde.entreprise).status_code == 403
            assert envoyer(connecte("edition"), f"entreprises:{geste}", monde.autre.entreprise).status_code == 404
        assert suivre(connecte("lecture")).status_code == 403
        assert suivre(connecte("prescripteur")).status_code == 403
