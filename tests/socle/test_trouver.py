"""Rechercher : un mot trouve ce que l'on suit, où qu'il soit, à une faute près, et rien de ce qui est à d'autres."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.enums import Role
from socle.trouver.fautes import AUneFautePres
from socle.trouver.recherche import MONTRES
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory, EntrepriseFactory, FicheEntrepriseFactory
from tests.fabriques.marches import MaitreOuvrageFactory, MarcheFactory

pytestmark = pytest.mark.django_db


def cherche(client, texte: str, **autres) -> BeautifulSoup:
    reponse = client.post(reverse("trouver"), {"cherche": texte, **autres}, headers={"HX-Request": "true"})
    assert reponse.status_code == 200
    return BeautifulSoup(reponse.content, "html.parser")


def trouves(client, texte: str, **autres) -> dict[str, list[str]]:
    """{groupe: [titres]}, dans l'ordre de l'écran."""
    groupes = cherche(client, texte, **autres).select("section")
    return {g.h2.get_text(strip=True): [a.span.get_text(strip=True) for a in g.select("a")] for g in groupes}


@pytest.fixture
def gymnase(monde):
    acheteur = MaitreOuvrageFactory(nom="Ville de Valognes")
    return MarcheFactory(
        structure=monde.structure, reference="2026-777", objet="Gymnase du Bois", maitre_ouvrage=acheteur
    )


# --- Les fautes -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tape", "ecrit"),
    [
        ("gymanse", "gymnase du bois"),  # deux voisines échangées
        ("gimnase", "gymnase du bois"),  # une autre
        ("gymnasse", "gymnase du bois"),  # une de trop
        ("gynase", "gymnase du bois"),  # une de moins
        ("gymans", "gymnase du bois"),  # le début seulement
        ("lepoitevin", "le poitevin jeanne"),
        ("lepoitvin", "le poitevin jeanne"),
        ("jeane poitevin", "le poitevin jeanne"),
    ],
)
def test_une_faute_se_pardonne(tape, ecrit):
    assert AUneFautePres(tape.split())(ecrit)


@pytest.mark.parametrize(
    ("tape", "ecrit"),
    [
        ("gimnsae", "gymnase du bois"),  # deux fautes
        ("bos", "bas les pattes"),  # trop court pour en pardonner une
        ("gymnase piscine", "gymnase du bois"),  # chaque mot compte
        ("ymnase", "le bois"),
    ],
)
def test_deux_fautes_ne_se_pardonnent_pas(tape, ecrit):
    assert not AUneFautePres(tape.split())(ecrit)


def _fautes(mot: str) -> set[str]:
    """Tout ce qui est à une faute de ce mot."""
    coupes = [(mot[:rang], mot[rang:]) for rang in range(len(mot) + 1)]
    de_moins = {debut + fin[1:] for debut, fin in coupes if fin}
    echanges = {debut + fin[1] + fin[0] + fin[2:] for debut, fin in coupes if len(fin) > 1}
    autres = {debut + lettre + fin[1:] for debut, fin in coupes if fin for lettre in "ez"}
    de_trop = {debut + lettre + fin for debut, fin in coupes for lettre in "ez"}
    return de_moins | echanges | autres | de_trop


def test_toute_faute_unique_se_pardonne():
    """Le tri rapide des premières lettres n'en écarte aucune."""
    assert [faute for mot in ("gymnase", "abbaye") for faute in _fautes(mot) if not AUneFautePres([faute])(mot)] == []


# --- Par la porte -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "tape", ["gymnase", "GYMNASE", "bois gymnase", "2026-777", "2026‑777", "gym valo", "gymanse", "valognse"]
)
def test_un_marche_se_trouve(connecte, gymnase, tape):
    assert trouves(connecte("edition"), tape)["Marchés"] == ["2026-777 · Gymnase du Bois"]


def test_le_premier_lien_ouvre_ce_qui_est_trouve(connecte, gymnase):
    lien = cherche(connecte("lecture"), "gymnase").select_one("section a")
    assert lien["href"] == gymnase.get_absolute_url()
    assert connecte("lecture").get(lien["href"]).status_code == 200


@pytest.mark.parametrize(
    "tape", ["Łeczka", "leczka", "dore leczka", "06 12 34 56 78", "+33 6 12 34", "0612345678", "d. l.", "ld"]
)
def test_une_personne_se_trouve(connecte, monde, tape):
    BeneficiaireFactory(structure=monde.structure, nom="Łęczka", prenom="Doré", telephone="06.12 34-56 78")
    assert "Doré Łęczka" in trouves(connecte("edition"), tape)["Personnes"]


def test_deux_homonymes_se_departagent_par_la_naissance(connecte, monde):
    for annee in (1980, 1999):
        BeneficiaireFactory(
            structure=monde.structure, nom="Quévreux", prenom="Rémi", date_naissance=datetime.date(annee, 4, 3)
        )
    texte = cherche(connecte("edition"), "quevreux").get_text()
    assert "03/04/1980" in texte and "03/04/1999" in texte


def test_une_personne_anonymisee_ne_se_trouve_plus(connecte, monde):
    personne = BeneficiaireFactory(structure=monde.structure, nom="Quévreux", prenom="Rémi")
    personne.anonymise_le = personne.cree_le
    personne.save()
    assert "Personnes" not in trouves(connecte("edition"), "quevreux")


@pytest.mark.parametrize("tape", ["herve", "Hervé Leroy", "leroy h", "02 33 99", "h.leroy@"])
def test_un_contact_se_trouve_et_mene_a_son_entreprise(connecte, monde, tape):
    entreprise = EntrepriseFactory(raison_sociale="Bâti Nord")
    fiche = FicheEntrepriseFactory(structure=monde.structure, entreprise=entreprise)
    ContactEntrepriseFactory(fiche=fiche, nom="Hervé Leroy", telephone="0233998877", courriel="h.leroy@bati.fr")
    page = cherche(connecte("edition"), tape)
    lien = next(a for a in page.select("a") if "Hervé Leroy" in a.get_text())
    assert lien["href"] == entreprise.get_absolute_url()
    assert "Bâti Nord" in lien.get_text()


def test_une_entreprise_se_trouve_par_un_bout_de_siret(connecte, monde):
    entreprise = monde.referentiel.entreprise_partagee
    assert trouves(connecte("edition"), entreprise.siret[:9])["Entreprises"] == [entreprise.raison_sociale]
    espace = f"{entreprise.siret[:3]} {entreprise.siret[3:6]} {entreprise.siret[6:9]}"
    assert trouves(connecte("edition"), espace)["Entreprises"] == [entreprise.raison_sociale]


@pytest.mark.parametrize(
    ("qui", "tape", "groupe", "titre"),
    [
        ("edition", "nouveau marche", "Faire", "Nouveau marché"),
        ("edition", "marché nouveau", "Faire", "Nouveau marché"),
        ("edition", "creer acheteur", "Faire", "Nouveau maître d'ouvrage"),
        ("edition", "alertes", "Aller à", "Alertes"),
        ("edition", "alretes", "Aller à", "Alertes"),
        ("entreprise", "besoin", "Faire", "Dire un besoin"),
        ("administrateur", "etat du service", "Aller à", "État du service"),
    ],
)
def test_une_page_ou_un_geste_se_trouve(connecte, qui, tape, groupe, titre):
    assert titre in trouves(connecte(qui), tape)[groupe]


def test_un_lecteur_ne_se_voit_pas_proposer_d_ecrire(connecte):
    assert "Faire" not in trouves(connecte("lecture"), "nouveau marché")


def test_ce_qui_commence_par_ce_qui_est_tape_vient_d_abord(connecte, monde):
    MarcheFactory(structure=monde.structure, reference="A-1", objet="Entretien des alertes météo")
    assert list(trouves(connecte("edition"), "alertes")) == ["Aller à", "Marchés"]


def test_au_dela_de_cinq_on_dit_qu_il_y_en_a_d_autres(connecte, monde):
    for rang in range(MONTRES + 1):
        MarcheFactory(structure=monde.structure, reference=f"P-{rang}", objet="Piscine")
    page = cherche(connecte("edition"), "piscine")
    assert len(page.select("section")[0].select("a")) == MONTRES
    assert "Il y en a d'autres" in page.get_text()


@pytest.mark.parametrize("tape", ["zzzqqq", "xx", "--", "'; DROP", "%", "_", "\\", "🙂", "<b>gras</b>", "x" * 5000])
def test_rien_ne_repond_se_dit(connecte, tape):
    page = cherche(connecte("edition"), tape)
    assert page.select("section") == []
    assert page.b is None


def test_un_joker_de_la_base_n_en_est_pas_un(connecte, gymnase):
    assert trouves(connecte("edition"), "gym%se") == {}
    assert "2026-777 · Gymnase du Bois" in trouves(connecte("edition"), "gym_ase")["Marchés"]  # une faute, pas un joker


# --- La portée --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_personne_ne_trouve_ce_qui_n_est_pas_a_lui(connecte, monde, role):
    """L'administrateur voit toutes les organisations et tous les comptes, et rien d'autre."""
    client = connecte("administrateur" if role == Role.ADMINISTRATEUR else role.value)
    permis = {str(organisation.uuid) for organisation in [monde.autre.structure, *monde.autre.organisations.values()]}
    permis |= {str(personne.uuid) for personne in monde.autre.personnes.values()} | {monde.autre.marque}
    interdits = monde.autre.canaris() - (permis if role == Role.ADMINISTRATEUR else set())
    for tape in ("gymnase", "gymanse", "lemaire", "a", "e", "o", "02", monde.referentiel.entreprise_partagee.siret):
        page = str(cherche(client, tape).select("section"))
        assert not [canari for canari in interdits if canari in page]


@pytest.mark.parametrize("role", list(Role))
def test_chacun_ouvre_tout_ce_qu_il_trouve(connecte, monde, role):
    client = connecte("administrateur" if role == Role.ADMINISTRATEUR else role.value)
    for tape in ("gymnase", "a", "e", "nou", "mes"):
        for lien in cherche(client, tape).select("section a"):
            assert client.get(lien["href"], follow=True).status_code == 200, lien["href"]


# --- Retrouver --------------------------------------------------------------------------------------------------------
def test_les_fiches_ouvertes_se_retrouvent_dans_l_ordre(connecte, monde, gymnase):
    personne = BeneficiaireFactory(structure=monde.structure, nom="Quévreux", prenom="Rémi")
    adresses = [
        personne.get_absolute_url(),
        gymnase.get_absolute_url(),
        "/ailleurs/",
        reverse("documents"),
        "n'importe",
    ]
    recents = trouves(connecte("edition"), "", recents=" ".join(adresses))
    assert recents == {"Ouverts récemment": ["Rémi Quévreux", "2026-777 · Gymnase du Bois"]}


def test_une_fiche_d_ailleurs_ne_se_retrouve_pas(connecte, monde):
    adresses = f"{monde.autre.marche.get_absolute_url()} {monde.autre.beneficiaire.get_absolute_url()}"
    assert trouves(connecte("edition"), "", recents=adresses) == {}
    assert trouves(connecte("financeur"), "", recents=monde.marche.get_absolute_url()) == {}


# --- La page ----------------------------------------------------------------------------------------------------------
def test_sans_javascript_la_page_cherche_aussi(connecte, gymnase):
    client = connecte("edition")
    assert 'type="search"' in client.get(reverse("trouver")).content.decode()
    page = client.post(reverse("trouver"), {"cherche": "gymnase"}).content.decode()
    assert "Gymnase du Bois" in page and 'value="gymnase"' in page and "<main" in page


def test_un_nom_ecrit_dans_l_adresse_est_ignore(connecte, monde):
    BeneficiaireFactory(structure=monde.structure, nom="Quévreux", prenom="Rémi")
    assert "Quévreux" not in connecte("edition").get(reverse("trouver"), {"cherche": "quevreux"}).content.decode()


def test_trop_de_recherches_se_disent(connecte, monkeypatch):
    monkeypatch.setattr("socle.views.trouver.ESSAIS_PAR_MINUTE", 2)
    client = connecte("edition")
    codes = [client.post(reverse("trouver"), {"cherche": "a"}).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_une_recherche_coute_une_requete_par_sorte_de_chose(connecte, monde):
    """Deux de plus s'il faut pardonner une faute : jamais une par ligne trouvée."""
    client = connecte("edition")

    def requetes(tape: str) -> int:
        with CaptureQueriesContext(connection) as lues:
            cherche(client, tape)
        return len(lues)

    assert requetes("gymnase") <= 14
    assert requetes("gymanse") <= 28
    avant = requetes("gymnase")
    MarcheFactory.create_batch(20, structure=monde.structure, objet="Gymnase")
    assert requetes("gymnase") == avant
