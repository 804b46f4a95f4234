"""Chercher dans une liste : pareil partout, sur les deux moteurs, et jamais le nom de quelqu'un dans une adresse."""

import re
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.urls import resolve, reverse
from django.utils import timezone

from comptes.enums import Role
from socle.conservation import sorts
from socle.plis import ChampPlie
from socle.recherches import GARDEES, PARAMETRE, confidentiels
from socle.retention import Conservation
from socle.tasks import purger_sessions
from socle.texte import plier
from socle.views import ListeView
from tests.arbre_html import Document
from tests.client_strict import ClientStrict
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.matrice_acces import MATRICE
from tests.monde import Monde, construire_monde
from tests.parcours_des_personnes.test_reperage import habitante
from tests.test_requetes import role_qui_mesure

pytestmark = [pytest.mark.django_db, pytest.mark.deux_moteurs]
ECRIT = "Érable Łódź-Œuvre"
TAPES = ("erable lodz oeuvre", "ÉRABLE ŁÓDŹ-ŒUVRE", "œuvre érable", "Lódz\u2011oeuvre")
# Ce qui se cherche autrement, dans une colonne qui n'a pas d'accents.
AUTREMENT = {"filtrer_destinataire", "filtrer_nom"}


@pytest.fixture(scope="module")
def partage(django_db_setup, django_db_blocker) -> Iterator[Monde]:
    """Un monde pour les lectures du fichier : elles n'y changent rien."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield construire_monde()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(partage) -> dict[Role, ClientStrict]:
    """Celui de chaque rôle, connecté une fois. Les pages sont contrôlées ailleurs."""
    clients = {role: ClientStrict(controler=False) for role in Role}
    for role, client in clients.items():
        client.force_login(partage.personne(role))
    return clients


def vue_de(ligne) -> type | None:
    return getattr(resolve(reverse(ligne.nom)).func, "view_class", None) if ligne.objet is None else None


LISTES = [
    ligne
    for ligne in MATRICE
    if not ligne.externe and issubclass(vue_de(ligne) or object, ListeView) and vue_de(ligne).filterset_class
]


def textes(filtres: type) -> dict[str, tuple[str, ...]]:
    """{filtre de texte: colonnes pliées où il cherche} d'un FiltreDomaine."""
    lus = {"filtrer_recherche": filtres.champs_recherche, "filtrer_personne": filtres.champs_personne}
    return {
        nom: lus[filtre.method]
        for nom, filtre in filtres.base_filters.items()
        if type(filtre).__name__ in ("CharFilter", "RechercheConfidentielle")
        and not _se_cherche_autrement(filtres, filtre)
    }


def _se_cherche_autrement(filtres: type, filtre) -> bool:
    if filtre.method is None:  # la colonne telle quelle : celle d'une adresse, et elle seule
        return isinstance(champ_de(filtres._meta.model, filtre.field_name), models.EmailField)
    return filtre.method in AUTREMENT


def champ_de(modele: type[models.Model], chemin: str) -> models.Field:
    *relations, nom = chemin.split("__")
    for relation in relations:
        modele = modele._meta.get_field(relation).related_model
    return modele._meta.get_field(nom)


CHERCHES = [
    (ligne, nom, colonne)
    for ligne in LISTES
    for nom, colonnes in textes(vue_de(ligne).filterset_class).items()
    for colonne in colonnes
]


def chercher(client, ligne, nom: str, valeur: str):
    """Par le geste de la page : posté si le filtre nomme quelqu'un, dans l'adresse sinon."""
    adresse = reverse(ligne.nom)
    if nom in confidentiels(vue_de(ligne).filterset_class.base_filters):
        return client.post(adresse, {nom: valeur}, follow=True)
    return client.get(adresse, {nom: valeur})


@pytest.mark.parametrize(("ligne", "nom", "colonne"), CHERCHES, ids=lambda v: getattr(v, "nom", v))
def test_un_texte_se_cherche_dans_une_colonne_pliee(ligne, nom, colonne):
    """Une colonne telle quelle compare les accents et la casse selon le moteur : « École » ne s'y trouve pas."""
    assert isinstance(champ_de(vue_de(ligne).filterset_class._meta.model, colonne), ChampPlie)


# Ce que dit le libellé d'un filtre : les colonnes où cela se cherche.
PROMIS = {
    "acheteur": ("maitre_ouvrage__nom_plie", "acheteur_siret"),
    "aide": ("intitule_plie",),
    "code insee": ("code_insee",),
    "code postal": ("codes_postaux",),
    "employeur": ("raison_sociale_pliee",),
    "entreprise": ("raison_sociale_pliee",),
    "fichier": ("nom_fichier_plie",),
    "identifiant": ("nom_plie", "texte_plie"),
    "intitulé": ("intitule_plie",),
    "marché": ("marche__texte_plie",),
    "métier": ("texte_plie",),
    "nom": ("nom_plie",),
    "objet": ("texte_plie",),
    "personne": ("beneficiaire__nom_plie",),
    "poste": ("texte_plie",),
    "prénom": ("nom_plie",),
    "raison sociale": ("raison_sociale_pliee",),
    "rechercher": ("nom_plie",),
    "référence": ("texte_plie",),
    "siret": ("siret",),
}


@pytest.mark.parametrize("ligne", LISTES, ids=lambda ligne: ligne.nom)
def test_ce_que_le_libelle_annonce_se_cherche(ligne):
    """« Référence, objet, acheteur » : une colonne oubliée ne trouverait plus l'acheteur, et rien d'autre ne le dirait."""
    filtres = vue_de(ligne).filterset_class
    for nom, colonnes in textes(filtres).items():
        codes = filtres.champs_codes if filtres.base_filters[nom].method == "filtrer_recherche" else ()
        for mot in re.split(", | ou ", filtres.base_filters[nom].label.lower()):
            assert any(colonne.endswith(PROMIS[mot]) for colonne in (*colonnes, *codes)), mot


def ecrire_dans(objet: models.Model, chemin: str) -> None:
    """Donne ce texte à la source de la colonne pliée, au bout du chemin : le premier champ qui la change."""
    *relations, pliee = chemin.split("__")
    for relation in relations:
        objet = getattr(objet, relation)
    objet = type(objet)._base_manager.get(pk=objet.pk)
    for champ in objet._meta.concrete_fields:
        assez_long = type(champ) is models.CharField and champ.max_length >= 2 * len(ECRIT)
        if assez_long and champ.editable and not champ.choices and not champ.unique:
            avant = getattr(objet, champ.name)
            setattr(objet, champ.name, ECRIT)
            objet.save()
            if plier(ECRIT) in getattr(objet, pliee):
                return
            setattr(objet, champ.name, avant)
    raise AssertionError(f"aucun champ de {type(objet).__name__} ne fait {pliee}")


@pytest.mark.parametrize(("ligne", "nom", "colonne"), CHERCHES, ids=lambda v: getattr(v, "nom", v))
def test_ce_qui_est_ecrit_se_trouve_sans_accents_ni_casse(ligne, nom, colonne, monde, connecte):
    if ligne.nom == "suivi:a_retrouver":
        habitante(monde)  # le monde n'a perdu personne de vue
    client = connecte(role_qui_mesure(ligne))
    objet = client.get(reverse(ligne.nom)).context["filtre"].qs.first()
    assert objet is not None, "le monde n'a rien à montrer sur cette page"
    ecrire_dans(objet, colonne)
    for tape in TAPES:
        assert objet in chercher(client, ligne, nom, tape).context["filtre"].qs, tape


# --- Ce qui nomme quelqu'un ---------------------------------------------------------------------------------------
def nomme_quelqu_un(modele: type[models.Model], chemin: str) -> bool:
    """Ce que la conservation efface est ce qui reconnaît une personne."""
    champ = champ_de(modele, chemin)
    return sorts().get(champ.model, {}).get(champ.name) == Conservation.EFFACER


@pytest.mark.parametrize("ligne", LISTES, ids=lambda ligne: ligne.nom)
def test_un_filtre_qui_nomme_quelqu_un_est_confidentiel(ligne):
    filtres = vue_de(ligne).filterset_class
    prives = confidentiels(filtres.base_filters)
    for nom, colonnes in textes(filtres).items():
        assert any(nomme_quelqu_un(filtres._meta.model, c) for c in colonnes) == (nom in prives), nom


PAGES = [ligne for ligne in MATRICE if not ligne.externe and ligne.get == 200]
IDENTITES = {"nom", "prenom", "date_naissance", "personne", "adresse", "courriel", "telephone", "destinataire"}


@pytest.mark.un_moteur
@pytest.mark.parametrize("ligne", PAGES, ids=lambda ligne: ligne.nom)
def test_aucun_formulaire_ne_met_un_nom_dans_une_adresse(ligne, partage, clients):
    adresse = reverse(ligne.nom, args=ligne.objet(partage.nous) if ligne.objet else [])
    page = Document(clients[role_qui_mesure(ligne)].get(adresse).getvalue().decode(errors="ignore"))
    prives = confidentiels(vue_de(ligne).filterset_class.base_filters) if ligne in LISTES else set()
    for formulaire in page.balises("form"):
        noms = {champ.get("name") for champ in formulaire.descendants("input", "select", "textarea")}
        if formulaire.attributs.get("method", "get").lower() == "get":
            assert not noms & (IDENTITES | prives), formulaire.attributs
    for element in page.avec("hx-get"):
        assert element.get("name") not in IDENTITES, element.attributs


@pytest.fixture
def personnes(monde) -> None:
    for rang in range(60):
        BeneficiaireFactory(structure=monde.structure, nom=f"Zwingli{rang:02}", prenom="Ève")
    BeneficiaireFactory(structure=monde.structure, nom="Autrement", prenom="Paul")


def test_le_nom_cherche_suit_la_page_le_tri_et_l_export_sans_entrer_dans_l_adresse(personnes, connecte):
    client, liste = connecte("lecture"), reverse("beneficiaires:liste")
    reponse = client.post(liste, {"recherche": "zwingli", "sexe": "F", "intrus": "x"})
    adresse = urlsplit(reponse["Location"])
    parametres = parse_qs(adresse.query)
    assert (adresse.path, set(parametres), parametres["sexe"]) == (liste, {PARAMETRE, "sexe"}, ["F"])
    client.post(liste, {"recherche": "zwingli"})
    page = client.get(f"{liste}?{PARAMETRE}={parametres[PARAMETRE][0]}")
    soupe = BeautifulSoup(page.content, "html.parser")
    assert page.context["paginator"].count == 60
    assert soupe.find("input", attrs={"name": "recherche"})["value"] == "zwingli"
    liens = [lien["href"] for lien in soupe.main.find_all("a") if lien["href"].startswith("?") and lien["href"] != "?"]
    assert len(liens) > 4 and not any("zwingli" in lien.lower() for lien in liens)
    for lien in liens:
        suite = client.get(liste + lien)
        corps = suite.getvalue().decode(errors="replace")
        if "export=csv" in lien:
            assert corps.count("Zwingli") == 60 and "Autrement" not in corps
        elif "export" not in lien:
            assert suite.context["paginator"].count == 60, lien
    assert "zwingli" not in str(soupe.find("div", class_="vues"))


def test_une_recherche_n_est_qu_a_sa_session_et_un_nom_dans_l_adresse_est_ignore(personnes, connecte):
    liste = reverse("beneficiaires:liste")
    repere = connecte("lecture").post(liste, {"recherche": "zwingli"})["Location"]
    for adresse in (repere, f"{liste}?recherche=zwingli", f"{liste}?{PARAMETRE}=inconnu"):
        page = connecte("edition").get(adresse)
        assert page.context["paginator"].count > 60
        assert 'value="zwingli"' not in page.content.decode()


def test_une_session_garde_les_dernieres_recherches(connecte):
    client, liste = connecte("lecture"), reverse("beneficiaires:liste")
    for rang in range(GARDEES + 5):
        client.post(liste, {"recherche": f"nom{rang}"})
    gardees = list(client.session["recherches"].values())
    assert len(gardees) == GARDEES and gardees[-1] == {"recherche": f"nom{GARDEES + 4}"}
    assert client.post(liste, {"recherche": "  "})["Location"] == liste


def test_une_session_expiree_ne_garde_aucun_nom(connecte):
    for client in (connecte("lecture"), connecte("edition")):
        client.post(reverse("beneficiaires:liste"), {"recherche": "zwingli"})
    expiree = connecte("lecture").session.session_key
    Session.objects.filter(session_key=expiree).update(expire_date=timezone.now())
    avant = Session.objects.count()
    assert purger_sessions() >= 1
    assert not Session.objects.filter(session_key=expiree).exists()
    assert 1 <= Session.objects.count() < avant


@pytest.mark.parametrize("saisie", ["a " * 20_000, "é" * 40_000])
def test_une_recherche_demesuree_repond_aussitot(saisie, monde, connecte):
    client, debut = connecte("edition"), time.process_time()
    assert client.get(reverse("marches:liste"), {"recherche": saisie}).status_code == 200
    assert client.post(reverse("beneficiaires:liste"), {"recherche": saisie}, follow=True).status_code == 200
    for nom in ("territoires:communes_suggestions", "metiers:suggestions"):
        assert client.get(reverse(nom), {"q": saisie}).status_code == 200
    assert time.process_time() - debut < 4


def test_une_liste_sans_nom_ne_se_poste_pas(connecte):
    assert connecte("lecture").post(reverse("marches:liste"), {"recherche": "x"}).status_code == 405


# --- Une session expirée pendant un fragment ----------------------------------------------------------------------
@pytest.mark.un_moteur
@pytest.mark.parametrize("ligne", [p for p in MATRICE if p.anonyme == 302 and p.get in (200, 405)], ids=lambda p: p.nom)
def test_une_session_expiree_emmene_htmx_a_la_connexion(ligne, partage, client):
    adresse = reverse(ligne.nom, args=ligne.objet(partage.nous) if ligne.objet else [])
    methode = client.get if ligne.get == 200 else client.post
    entetes = {"HX-Request": "true", "HX-Current-URL": "http://testserver/beneficiaires/nouveau/?x=1"}
    reponse = methode(adresse, headers=entetes)
    assert (reponse.status_code, reponse.content) == (200, b"")
    arrivee = urlsplit(reponse["HX-Redirect"])
    assert arrivee.path == reverse("account_login")
    if not ligne.externe:
        assert parse_qs(arrivee.query)["next"] == ["/beneficiaires/nouveau/?x=1"]
