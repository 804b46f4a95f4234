"""Un acheteur lit ses marchés en chiffres, un réseau ses structures : agrégats masqués, rien d'un autre, jamais une personne."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.enums import Role, TypeOrganisation
from reporting.rendu import espaces
from reporting.rendu.espaces import chiffres_de_l_acheteur, chiffres_du_reseau
from socle.periodes import Periode
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.comptes import OrganisationFactory, PartenariatFactory
from tests.fabriques.declarations import DeclarationFactory, LigneHeuresFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db
ANNEE = Periode.annee(2026)


def acheteur(monde) -> Acteur:
    organisation = monde.personne("maitre_ouvrage").adhesions.get().organisation
    return Acteur(monde.personne("maitre_ouvrage"), organisation, Role.MAITRE_OUVRAGE)


def reseau(monde) -> Acteur:
    return Acteur(monde.personne("reseau"), monde.personne("reseau").adhesions.get().organisation, Role.RESEAU)


def ailleurs(structure, maitre_ouvrage=None, personnes: int = 1) -> None:
    """Un marché d'une autre structure : 10 heures en juin pour chacun."""
    options = {"maitre_ouvrage": maitre_ouvrage} if maitre_ouvrage else {}
    marche = MarcheFactory(structure=structure, reference="AILLEURS", debut=datetime.date(2026, 1, 1), **options)
    engagement = EngagementFactory(lot=LotFactory(marche=marche))
    declaration = DeclarationFactory(engagement=engagement, mois=datetime.date(2026, 6, 1), validee=True)
    for _ in range(personnes):
        contrat = ContratFactory(engagement=engagement, beneficiaire=BeneficiaireFactory(structure=structure))
        LigneHeuresFactory(declaration=declaration, contrat=contrat, heures=Decimal(10))


def lire(acteur: Acteur, fonction=chiffres_de_l_acheteur, periode: Periode = ANNEE) -> dict:
    return fonction(acteur, periode, timezone.localdate()).donnees


def valeur(donnees: dict, cle: str):
    return donnees["chiffres"][cle]["valeur"]


def test_un_acheteur_lit_ses_marches_chez_toutes_les_structures(monde, horloge):
    assert valeur(lire(acheteur(monde)), "heures_realisees") == 120.5
    ailleurs(OrganisationFactory(type=TypeOrganisation.FACILITATRICE), monde.marche.maitre_ouvrage)
    ailleurs(OrganisationFactory(type=TypeOrganisation.FACILITATRICE))  # d'un autre acheteur
    donnees = lire(acheteur(monde))
    assert (valeur(donnees, "heures_realisees"), valeur(donnees, "marches_suivis")) == (130.5, 2)
    assert {ligne["reference"] for ligne in donnees["marches"]} == {monde.marche.reference, "AILLEURS"}
    assert donnees["public"]


def test_un_marche_archive_ou_en_preparation_ne_se_voit_pas(monde, horloge):
    monde.marche.archive_le = timezone.now()
    monde.marche.save()
    assert valeur(lire(acheteur(monde)), "heures_realisees") == 0


def test_aucun_profil_ne_se_lit_au_jour_le_jour(monde, connecte, horloge):
    """La page d'hier et celle d'aujourd'hui, soustraites, décriraient qui est arrivé : le total seul y est."""
    for fonction, qui in ((chiffres_de_l_acheteur, acheteur(monde)), (chiffres_du_reseau, reseau(monde))):
        donnees = lire(qui, fonction)
        assert valeur(donnees, "beneficiaires") == "< 5"
        de_personnes = {cle for cle, chiffre in donnees["chiffres"].items() if chiffre["unite"] == "personnes"}
        assert de_personnes == {"beneficiaires"} and "heures_rsa" not in donnees["chiffres"]
        assert not {"sexe", "ages", "publics", "quartiers"} & set(donnees["repartitions"])
    texte = connecte("maitre_ouvrage").get(reverse("reporting:mes_chiffres")).content.decode()
    assert "dont femmes" not in texte and "se lisent dans les bilans" in texte
    assert "Parmi les bénéficiaires" not in texte and 'tuiles-titre">Parmi les ' in texte  # pas de titre sans tuile


def test_la_page_de_l_acheteur_ne_nomme_personne_et_n_ouvre_aucune_ligne(monde, connecte, horloge):
    page = connecte("maitre_ouvrage").get(reverse("reporting:mes_chiffres"))
    texte = page.content.decode()
    for cache in (
        monde.beneficiaire.nom,
        monde.beneficiaire.identifiant,
        monde.contrat.identifiant,
        "/annee/",
        "/chiffres/",
    ):
        assert cache not in texte
    assert monde.marche.reference in texte and "120,5" in texte and reverse("reporting:bilans") in texte
    assert "ouvrage accompagn" not in texte, "il ne se compte pas lui-même"
    assert '<dl class="tuiles"></dl>' not in texte, "aucun titre sans tuile dessous"
    assert monde.autre.marque not in texte and str(monde.autre.marche.uuid) not in texte


def test_un_reseau_lit_ses_structures_ensemble_et_une_par_une(monde, connecte, horloge):
    acteur = reseau(monde)
    membre = OrganisationFactory(nom="Structure du réseau", type=TypeOrganisation.FACILITATRICE)
    PartenariatFactory(structure=membre, organisation=acteur.organisation)
    ailleurs(membre, personnes=6)
    ailleurs(OrganisationFactory(nom="Hors réseau", type=TypeOrganisation.FACILITATRICE))
    donnees = lire(acteur, chiffres_du_reseau)
    heures = {ligne["nom"]: ligne["heures"] for ligne in donnees["structures"]}
    assert heures["Structure du réseau"] == 60 and "Hors réseau" not in heures
    assert valeur(donnees, "heures_realisees") == sum(heures.values())
    texte = connecte("reseau").get(reverse("reporting:reseau")).content.decode()
    assert "Structure du réseau" in texte and "Hors réseau" not in texte and monde.marche.reference not in texte


def test_un_reseau_sans_structure_a_une_page_vide(monde, connecte, horloge):
    organisation = reseau(monde).organisation
    organisation.partenariats.all().delete()
    assert connecte("reseau").get(reverse("reporting:reseau")).status_code == 200
    assert valeur(lire(reseau(monde), chiffres_du_reseau), "heures_realisees") == 0


@pytest.mark.parametrize(
    ("qui", "page"), [("maitre_ouvrage", "reporting:mes_chiffres"), ("reseau", "reporting:reseau")]
)
def test_la_periode_est_dans_l_adresse_et_s_exporte(monde, connecte, horloge, qui, page):
    client, adresse = connecte(qui), reverse(page)
    texte = BeautifulSoup(client.get(adresse, {"periode": "2026-s1"}).content, "html.parser").get_text(" ")
    assert "1er semestre 2026" in texte
    reponse = client.get(adresse, {"periode": "2026-s1", "export": "csv", "table": "mois"})
    lignes = list(csv.reader(io.StringIO(b"".join(reponse.streaming_content).decode("utf-8-sig")), delimiter=";"))
    assert len(lignes) == 7
    classeur = client.get(adresse, {"periode": "2026-s1", "export": "xlsx"})
    assert classeur.content[:2] == b"PK" and "2026-s1.xlsx" in classeur["Content-Disposition"]


@pytest.mark.parametrize("periode", ["zut", "2027", "1900", "2026-s3", "2026-01", "2026-01-2026-03", "2026-t5", "0000"])
def test_une_periode_impossible_ou_trop_fine_est_introuvable(monde, connecte, horloge, periode):
    for qui, page in (("maitre_ouvrage", "reporting:mes_chiffres"), ("reseau", "reporting:reseau")):
        assert connecte(qui).get(reverse(page), {"periode": periode}).status_code == 404


@pytest.mark.parametrize(
    ("qui", "page"), [("maitre_ouvrage", "reporting:mes_chiffres"), ("reseau", "reporting:reseau")]
)
def test_l_annee_se_demande_aussi_et_une_fausse_est_introuvable(monde, connecte, horloge, qui, page):
    client, adresse = connecte(qui), reverse(page)
    assert client.get(adresse, {"annee": "2018"}).context["donnees"]["periode"]["nom"] == "2018"
    assert client.get(adresse, {"annee": "2018", "periode": "2026-s1"}).context["courte"] == "2026-s1"
    for fausse in ("abc", "1200", "2031", "2018-s1"):
        assert client.get(adresse, {"annee": fausse}).status_code == 404


def test_un_grand_reseau_ne_relit_pas_tout_a_chaque_page(monde, connecte, horloge, monkeypatch):
    """Les mêmes chiffres pendant dix minutes, et la page le dit ; une structure de plus se lit tout de suite."""
    horloge.move_to(datetime.datetime(2026, 10, 15, 9, tzinfo=datetime.UTC))
    lectures, lire_vraiment = [], espaces.lire
    monkeypatch.setattr(espaces, "STRUCTURES_RELUES", 0)
    monkeypatch.setattr(
        espaces, "lire", lambda perimetre, le: lectures.append(perimetre) or lire_vraiment(perimetre, le)
    )
    client = connecte("reseau")

    def page(suite: str) -> str:
        return client.get(f"{reverse('reporting:reseau')}?periode=2026{suite}").content.decode()

    assert all("Chiffres lus à 11h00" in page(suite) for suite in ("", "&presentation=exacte", ""))
    assert len(lectures) == 1
    page("-s1")
    assert len(lectures) == 2
    PartenariatFactory(
        structure=OrganisationFactory(type=TypeOrganisation.FACILITATRICE), organisation=reseau(monde).organisation
    )
    page("")
    assert len(lectures) == 3
    horloge.move_to(datetime.datetime(2026, 10, 15, 9, 11, tzinfo=datetime.UTC))
    assert "Chiffres lus à 11h11" in page("") and len(lectures) == 4
