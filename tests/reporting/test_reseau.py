"""Un réseau lit l'extrait et les paramètres des structures qui travaillent avec lui ; d'une autre, rien, et il ne change rien."""

import csv
import io
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from beneficiaires.models import ReglagesEligibilite
from comptes.enums import Role, TypeOrganisation
from comptes.models import Partenariat
from declarations.models import ReglagesDeclaration
from marches.models import CorpsMetier
from reporting.extraits.national import groupes
from reporting.models import ReglagesBilan, colonnes_par_defaut
from reporting.services import membres_du_reseau, regler_les_bilans
from socle.regles import AccesRefuse
from tests.fabriques.comptes import OrganisationFactory, PartenariatFactory
from tests.fabriques.marches import CorpsMetierFactory
from tests.reporting.test_extrait_national import MONDE, monde_au_hasard

pytestmark = pytest.mark.django_db
EXTRAIT, PARAMETRES = "reporting:reseau_extrait", "reporting:reseau_parametres"
REGLAGES = (ReglagesEligibilite, ReglagesBilan, ReglagesDeclaration)


def texte(page) -> str:
    return " ".join(BeautifulSoup(page.content, "html.parser").main.get_text(" ").split())


def regler(structure, *, duree: int, etp: int, jour: int, corps: str):
    """Les réglages d'une structure, et un corps de métier."""
    ReglagesEligibilite.objects.update_or_create(structure=structure, defaults={"duree_mois": duree})
    ReglagesBilan.objects.update_or_create(structure=structure, defaults={"heures_par_etp": Decimal(etp)})
    ReglagesDeclaration.objects.update_or_create(structure=structure, defaults={"jour_echeance": jour})
    return CorpsMetierFactory(
        structure=structure, nom=corps, cout_horaire=Decimal("38.5"), part_main_oeuvre=Decimal(45)
    )


@pytest.fixture
def membre(monde):
    structure = OrganisationFactory(nom="Structure membre", type=TypeOrganisation.FACILITATRICE)
    PartenariatFactory(structure=structure, organisation=monde.acteur("reseau").organisation)
    regler(structure, duree=36, etp=1607, jour=12, corps="Couverture membre")
    return structure


@pytest.fixture
def hors_reseau():
    structure = OrganisationFactory(nom="Structure hors réseau", type=TypeOrganisation.FACILITATRICE)
    regler(structure, duree=99, etp=1999, jour=27, corps="Couverture ailleurs")
    return structure


# --- Les paramètres ---------------------------------------------------------------------------------------------------
def test_les_parametres_des_membres_se_lisent_regles_ou_par_defaut(monde, connecte, membre, hors_reseau):
    sans_reglage = OrganisationFactory(nom="Structure neuve", type=TypeOrganisation.FACILITATRICE)
    PartenariatFactory(structure=sans_reglage, organisation=monde.acteur("reseau").organisation)
    page = connecte("reseau").get(reverse(PARAMETRES))
    rangees = {
        ligne.th.get_text(strip=True): [case.get_text(strip=True) for case in ligne.select("td")]
        for ligne in BeautifulSoup(page.content, "html.parser").select("table")[0].select("tbody tr")
    }
    assert rangees["Structure membre"] == ["36", "1\u202f607", "12"]
    assert rangees["Structure neuve"] == ["24", "1\u202f600", "15"]
    assert "Structure hors réseau" not in rangees
    assert len(rangees) == len(membres_du_reseau(monde.acteur("reseau").organisation))


def test_les_corps_de_metier_des_membres_se_comparent_et_s_exportent(monde, connecte, membre, hors_reseau):
    CorpsMetierFactory(structure=membre, nom="Corps archivé", archive_le="2026-01-01T00:00:00Z")
    client = connecte("reseau")
    lu = texte(client.get(reverse(PARAMETRES), {"recherche": "couverture"}))
    assert "Couverture membre" in lu and "38,50 €" in lu and "45,0 %" in lu
    assert "Couverture ailleurs" not in lu and "hors réseau" not in lu
    assert "Corps archivé" not in texte(client.get(reverse(PARAMETRES)))
    export = client.get(reverse(PARAMETRES), {"export": "csv"})
    lignes = list(csv.reader(io.StringIO(b"".join(export.streaming_content).decode("utf-8-sig")), delimiter=";"))
    assert {ligne[1] for ligne in lignes[1:]} <= {s.nom for s in membres_du_reseau(monde.acteur("reseau").organisation)}
    assert not any("ailleurs" in ligne[0] for ligne in lignes)


def test_un_partenariat_rompu_referme_tout(monde, connecte, membre):
    Partenariat.objects.filter(structure=membre).delete()
    assert "membre" not in texte(connecte("reseau").get(reverse(PARAMETRES)))


@pytest.mark.parametrize("modele", [*REGLAGES, CorpsMetier])
def test_la_portee_est_celle_des_membres(monde, membre, hors_reseau, modele):
    vus = set(modele.objects.visibles_par(monde.acteur("reseau")).values_list("structure", flat=True))
    assert membre.pk in vus and not vus & {hors_reseau.pk, monde.autre.structure.pk}
    assert membre.pk not in modele.objects.visibles_par(monde.acteur("autre.reseau")).values_list(
        "structure", flat=True
    )
    # Un acheteur décrit son projet avec les corps de métier des structures qui le suivent, et d'elles seules.
    acheteur = set(modele.objects.visibles_par(monde.acteur("maitre_ouvrage")).values_list("structure", flat=True))
    assert acheteur == ({monde.structure.pk} if modele is CorpsMetier else set())
    for role in ("financeur", "prescripteur", "entreprise", "administrateur"):
        assert not modele.objects.visibles_par(monde.acteur(role)).exists()
    responsable = modele.objects.visibles_par(monde.acteur(Role.RESPONSABLE)).values_list("structure", flat=True)
    assert set(responsable) <= {monde.structure.pk}


def test_un_reseau_lit_sans_rien_regler(monde, membre):
    with pytest.raises(AccesRefuse):
        regler_les_bilans(acteur=monde.acteur("reseau"), heures_par_etp=Decimal(1800))
    assert ReglagesBilan.objects.get(structure=membre).heures_par_etp == 1607


# --- L'extrait --------------------------------------------------------------------------------------------------------
@pytest.fixture
def releve_du_reseau(monde, membre, hors_reseau, monkeypatch):
    """Le relevé de ses structures est un monde au hasard ; y lire une autre structure serait une fuite."""
    attendues = set(membres_du_reseau(monde.acteur("reseau").organisation))

    def charger_ensemble(structures, periode):
        assert set(structures) == attendues and hors_reseau not in structures and membre in structures
        return monde_au_hasard(MONDE)

    monkeypatch.setattr("reporting.views.extraits.charger_ensemble", charger_ensemble)
    return monde_au_hasard(MONDE)


def test_l_extrait_reunit_les_membres_aux_memes_masques(monde, connecte, releve_du_reseau):
    reponse = connecte("reseau").get(reverse(EXTRAIT), {"annee": 2026, "fichier": "csv"})
    slug = monde.acteur("reseau").organisation.slug
    assert reponse["Content-Disposition"] == f'attachment; filename="extrait-national-2026-{slug}.csv"'
    lignes = list(csv.reader(io.StringIO(reponse.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    attendus = groupes(releve_du_reseau, colonnes_par_defaut())
    assert [int(ligne[-3]) for ligne in lignes[1:]] == [groupe.personnes for groupe in attendus]
    assert min(int(ligne[-3]) for ligne in lignes[1:]) >= 5
    assert {ligne[1] for ligne in lignes[1:]} == {monde.acteur("reseau").organisation.nom}, "aucune structure à part"


def test_les_colonnes_ne_se_choisissent_pas(connecte, releve_du_reseau):
    """Deux extraits aux colonnes différentes se soustrairaient l'un de l'autre."""
    client = connecte("reseau")
    adresse, choix = reverse(EXTRAIT), {"annee": 2026, "fichier": "csv"}
    avec = client.get(adresse, {**choix, "colonnes": ["qpv", "employeur", "locale"]})
    assert avec.content == client.get(adresse, choix).content
    assert "colonnes" not in client.get(adresse).context["form"].fields


def test_un_petit_reseau_ou_un_reseau_seul_ne_sort_rien(monde, connecte):
    assert "rien ne peut sortir" in texte(connecte("reseau").get(reverse(EXTRAIT), {"annee": 2026}))
    Partenariat.objects.filter(organisation=monde.acteur("reseau").organisation).delete()
    for fichier in ("", "csv", "xlsx"):
        page = connecte("reseau").get(reverse(EXTRAIT), {"annee": 2026, "fichier": fichier})
        assert "rien ne peut sortir" in texte(page)
    assert "Aucune structure ne travaille encore" in texte(connecte("reseau").get(reverse(PARAMETRES)))


@pytest.mark.parametrize("qui", ["responsable", "financeur", "maitre_ouvrage", "entreprise", "prescripteur"])
@pytest.mark.parametrize("page", [EXTRAIT, PARAMETRES])
def test_ces_pages_sont_au_reseau_seul(connecte, qui, page):
    assert connecte(qui).get(reverse(page)).status_code == 403
