"""Le public mobilisable : des comptes justes, masqués pour l'acheteur ; la diversification par acheteur."""

import datetime
from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.services import enregistrer_recherche
from beneficiaires.vivier import emplois_representes, lire_vivier
from comptes.enums import Role
from marches.etude import reglages_de
from marches.models import Marche
from marches.vivier import vivier_du_projet
from metiers.models import Metier
from tests.client_strict import ClientStrict
from tests.fabriques.beneficiaires import BeneficiaireFactory, DomicileFactory
from tests.fabriques.marches import MaitreOuvrageFactory

DEBUT = datetime.date(2027, 1, 15)


def chercher(monde, personne, *codes, **valeurs):
    return enregistrer_recherche(
        acteur=monde.acteur(),
        beneficiaire=personne,
        metiers=Metier.objects.filter(code__in=codes),
        **{"disponible_le": None, "rayon_km": None, **valeurs},
    )


def seule(monde) -> None:
    """Le monde a d'autres personnes, sans métier : on les range."""
    autres = Beneficiaire.objects.filter(structure=monde.structure).exclude(pk=monde.beneficiaire.pk)
    autres.update(archive_le=timezone.now())


def test_chacun_est_compte_une_fois_dans_sa_meilleure_ligne(monde):
    seule(monde)
    disponible = datetime.date(2026, 12, 1)
    chercher(monde, monde.beneficiaire, "F1703", "K2204", disponible_le=disponible)
    village = BeneficiaireFactory(structure=monde.structure)
    DomicileFactory(beneficiaire=village, commune=monde.referentiel.village)
    chercher(monde, village, "F1606", disponible_le=datetime.date(2027, 6, 1))
    chercher(monde, BeneficiaireFactory(structure=monde.structure), "K2204")
    BeneficiaireFactory(structure=monde.structure)
    BeneficiaireFactory(structure=monde.autre.structure)
    vivier = lire_vivier(monde.structure, ("F17",), monde.referentiel.ville, DEBUT)
    assert [ligne.total for ligne in vivier.lignes] == [1, 1, 1, 1]
    famille, domaine = vivier.lignes[:2]
    assert (famille.disponibles, famille.commune, famille.intercommunalite) == (1, 1, 1)
    assert (domaine.disponibles, domaine.commune, domaine.intercommunalite) == (0, 0, 1)
    assert famille.quartier == 1


def test_sans_famille_ni_commune_rien_n_est_rapproche(monde):
    seule(monde)
    chercher(monde, monde.beneficiaire, "F1703")
    vivier = lire_vivier(monde.structure, (), None, DEBUT)
    assert [ligne.total for ligne in vivier.lignes] == [0, 0, 1, 0]


@pytest.mark.parametrize(("heures", "duree", "emplois"), [(1600, 12, 1), (1600, 6, 2), (800, 12, D("0.5"))])
def test_les_emplois_que_des_heures_representent(heures, duree, emplois):
    assert emplois_representes(D(heures), D(1600), duree) == emplois


def test_sans_duree_on_ne_dit_pas_d_emplois():
    assert emplois_representes(D(1600), D(1600), None) is None


def test_l_acheteur_lit_moins_de_cinq(monde):
    chercher(monde, monde.beneficiaire, "F1703")
    pour_nous = vivier_du_projet(monde.acteur(), monde.projet, D(1181), reglages_de(monde.structure), DEBUT)
    pour_lui = vivier_du_projet(
        monde.acteur(Role.MAITRE_OUVRAGE), monde.projet, D(1181), reglages_de(monde.structure), DEBUT
    )
    assert pour_nous.lignes[0][1][0] == "1"
    assert pour_lui.lignes[0][1][0] == "moins de 5"
    assert "moins de 5" in pour_lui.phrase


def lire(monde, **parametres) -> dict:
    client = ClientStrict()
    client.force_login(monde.personne(Role.LECTURE))
    reponse = client.get(reverse("marches:diversification"), parametres)
    assert reponse.status_code == 200
    return {m.nom: m for m in reponse.context["object_list"]}


def test_la_diversification_compte_par_acheteur_et_par_annee(monde):
    jamais = MaitreOuvrageFactory(nom="Commune sans clause", suivi_par=monde.structure)
    lus = lire(monde)
    acheteur = lus[monde.maitre_ouvrage.nom]
    assert (acheteur.marches_clauses, acheteur.travaux, acheteur.services, acheteur.conditions) == (1, 1, 0, 1)
    assert acheteur.heures_dues == sum(e.heures_dues for lot in monde.marche.lots.all() for e in lot.engagements.all())
    assert set(lire(monde, profil="jamais")) == {jamais.nom}
    assert set(lire(monde, profil="travaux")) == {monde.maitre_ouvrage.nom}
    assert lire(monde, annee="2019")[monde.maitre_ouvrage.nom].marches_clauses == 0
    Marche.objects.filter(pk=monde.marche.pk).update(nature="services")
    assert lire(monde, profil="travaux") == {}


@pytest.mark.parametrize("annee", ["0000", "9999", "2026.5"])
def test_une_annee_impossible_se_dit_a_cote_du_filtre(annee, monde):
    client = ClientStrict()
    client.force_login(monde.personne(Role.LECTURE))
    for nom in ("marches:diversification", "reporting:bilans"):
        reponse = client.get(reverse(nom), {"annee": annee})
        assert reponse.status_code == 200
        assert reponse.context["filtre"].form.errors["annee"], nom
