"""Par quelque porte qu'il entre, un nom n'est jamais un programme : refusé avec une phrase, et ce qui était tapé reste."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from beneficiaires.models import Beneficiaire
from comptes.enums import Role
from comptes.models import Organisation, Utilisateur
from declarations.models import PersonneAnnoncee
from entreprises.models import ContactEntreprise, Entreprise
from marches.models import MaitreOuvrage
from reprise.models import PersonneBrouillon
from tests.client_strict import ClientStrict
from tests.monde import Cote

pytestmark = pytest.mark.django_db
PROGRAMME, LETTRES = "{{7*7}}", "Đorđević-O\u02bcBrien"
PERSONNE = {"nom": "Lefèvre", "prenom": "Inès", "date_naissance": "2001-04-12", "sexe": "F"}
# (qui, adresse, valeurs, champ du nom, modèle et attribut où il se garde)
PORTES = [
    ("edition", lambda c: reverse("beneficiaires:nouveau"), PERSONNE, "nom", Beneficiaire, "nom"),
    (
        "edition",
        lambda c: reverse("beneficiaires:modifier", args=[c.beneficiaire.uuid]),
        {**PERSONNE, "identifiant": "B-1"},
        "prenom",
        Beneficiaire,
        "prenom",
    ),
    (
        "prescripteur",
        lambda c: reverse("recrutement:personne_nouvelle"),
        lambda c: {**PERSONNE, "criteres": ["RSA"], "structure": c.structure.pk},
        "nom",
        Beneficiaire,
        "nom",
    ),
    (
        "edition",
        lambda c: reverse("entreprises:nouvelle"),
        {"siret": "732 829 320 00074", "type": "classique"},
        "raison_sociale",
        Entreprise,
        "raison_sociale",
    ),
    (
        "edition",
        lambda c: reverse("entreprises:contact_nouveau", args=[c.entreprise.uuid]),
        {"courriel": "a@b.fr"},
        "nom",
        ContactEntreprise,
        "nom",
    ),
    (
        "edition",
        lambda c: reverse("marches:maitre_ouvrage_nouveau"),
        {"type": "commune"},
        "nom",
        MaitreOuvrage,
        "nom",
    ),
    (
        "responsable",
        lambda c: reverse("comptes:partenaire_creer"),
        {"type": "prescripteur"},
        "nom",
        Organisation,
        "nom",
    ),
    (
        "responsable",
        lambda c: reverse("comptes:organisation_modifier", args=[c.structure.uuid]),
        {},
        "nom",
        Organisation,
        "nom",
    ),
    ("edition", lambda c: reverse("comptes:mon_compte"), {"prenom": "Malo"}, "nom", Utilisateur, "nom"),
    (
        "entreprise",
        lambda c: reverse("suivi:declarer", args=[c.mois_attendu.uuid]),
        {
            "ajouter": "1",
            "annonce-prenom": "Léo",
            "annonce-embauchee_le": "2026-05-04",
            "annonce-type_contrat": "cdd",
            "annonce-heures": "35",
        },
        "annonce-nom",
        PersonneAnnoncee,
        "nom",
    ),
]


def _entrer(client: ClientStrict, cote: Cote, adresse, valeurs, champ: str, nom: str):
    chemin, valeurs = adresse(cote), valeurs(cote) if callable(valeurs) else valeurs
    page = client.get(chemin)
    client.controler = nom != PROGRAMME  # le contrôle du HTML y verrait une balise de gabarit
    version = page.content.decode().partition('name="version" value="')[2].partition('"')[0]
    return client.post(chemin, {**valeurs, champ: nom, **({"version": version} if version else {})})


@pytest.mark.parametrize(
    ("qui", "adresse", "valeurs", "champ", "modele", "garde"), PORTES, ids=lambda v: getattr(v, "__name__", None)
)
def test_un_nom_qui_est_un_programme_est_refuse(qui, adresse, valeurs, champ, modele, garde, monde, connecte, horloge):
    reponse = _entrer(connecte(qui), monde.nous, adresse, valeurs, champ, PROGRAMME)
    page = reponse.content.decode()
    assert reponse.status_code == 200
    assert "Un nom ne contient pas le signe « { »" in page
    assert f'value="{PROGRAMME}"' in page, "ce qui était tapé reste"
    assert not modele._base_manager.filter(**{garde: PROGRAMME}).exists()


@pytest.mark.parametrize(
    ("qui", "adresse", "valeurs", "champ", "modele", "garde"), PORTES, ids=lambda v: getattr(v, "__name__", None)
)
def test_un_nom_de_toute_ecriture_entre(qui, adresse, valeurs, champ, modele, garde, monde, connecte, horloge):
    _entrer(connecte(qui), monde.nous, adresse, valeurs, champ, LETTRES)
    assert modele._base_manager.filter(**{garde: LETTRES}).exists()


def test_un_compte_ouvert_par_invitation(monde, client):
    passe = "quatre mots sans lien entre eux"
    valeurs = {"prenom": PROGRAMME, "nom": "Roy", "mot_de_passe": passe, "confirmation": passe}
    client.controler = False
    page = client.post(reverse("comptes:invitation", args=["jeton-nous"]), valeurs).content.decode()
    assert "Un nom ne contient pas le signe" in page
    assert not Utilisateur.objects.filter(email="invitee@nous.fr").exists()


def test_une_liste_confiee_le_dit_sur_sa_ligne(monde, connecte):
    contenu = f"Nom;Prénom;Né(e) le;Civilité\n{PROGRAMME};Ali;05/05/1999;M.\n{LETTRES};Zoé;05/05/1998;Mme\n"
    connecte("prescripteur").post(
        reverse("reprise:liste_deposer"),
        {"structure": monde.structure.pk, "fichier": SimpleUploadedFile("liste.csv", contenu.encode())},
    )
    lignes = PersonneBrouillon.objects.filter(liste__nom_fichier="liste.csv").order_by("pk")
    refusee, prete = lignes.filter(liste__organisation=monde.organisations[Role.PRESCRIPTEUR]).order_by("-pk")[:2][::-1]
    assert "ne contient pas le signe" in json.dumps(refusee.erreurs, ensure_ascii=False)
    assert prete.erreurs == {} and prete.donnees["nom"] == LETTRES
