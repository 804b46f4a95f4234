"""Reprendre d'un coup : ce que d'autres structures suivent ne bouge pas, ce qu'elles seules connaissent ne se suit pas."""

import pytest

from entreprises.models import Entreprise, FicheEntreprise
from entreprises.services import reprendre_entreprises
from marches import services
from marches.models import FicheMaitreOuvrage, MaitreOuvrage, Marche, Operation
from socle.regles import RegleViolee
from tests.fabriques.commun import siret
from tests.fabriques.entreprises import EntrepriseFactory
from tests.fabriques.marches import MaitreOuvrageFactory
from tests.gestes import marches as gestes_marches
from tests.saisie import rien_ne_s_ecrit

pytestmark = pytest.mark.django_db


def test_une_entreprise_que_d_autres_suivent_garde_son_identite(monde):
    partagee = monde.referentiel.entreprise_partagee
    partagee.raison_sociale = "Renommée"
    with pytest.raises(RegleViolee, match="d'autres structures"):
        reprendre_entreprises(acteur=monde.acteur(), nouvelles=[], modifiees=[partagee])
    partagee.refresh_from_db()
    assert partagee.raison_sociale == "Bâtir ensemble"


def test_un_acheteur_que_d_autres_suivent_garde_son_identite(monde):
    partage = MaitreOuvrageFactory(nom="Région", suivi_par=monde.structure)
    FicheMaitreOuvrage.objects.create(maitre_ouvrage=partage, structure=monde.autre.structure)
    partage.nom = "Renommée"
    with pytest.raises(RegleViolee, match="d'autres structures"):
        services.reprendre_maitres_ouvrage(acteur=monde.acteur(), nouveaux=[], modifies=[partage])
    partage.refresh_from_db()
    assert partage.nom == "Région"


@pytest.mark.parametrize("numero", [None, "21500129200014"])
def test_sans_siret_un_acheteur_est_a_qui_le_suit(monde, numero):
    """Avec un SIRET, c'est la ligne commune : qui le connaît la suit."""
    connu = MaitreOuvrageFactory(nom="Syndicat", siret=numero, suivi_par=monde.autre.structure)
    if numero:
        services.reprendre_maitres_ouvrage(acteur=monde.acteur(), nouveaux=[], a_suivre=[connu])
    else:
        with pytest.raises(RegleViolee):
            services.reprendre_maitres_ouvrage(acteur=monde.acteur(), nouveaux=[], a_suivre=[connu])
    assert FicheMaitreOuvrage.objects.filter(maitre_ouvrage=connu, structure=monde.structure).exists() is bool(numero)


def test_une_seule_partagee_suffit_a_tout_refuser(monde):
    partagee, seule = monde.referentiel.entreprise_partagee, monde.cotraitante
    partagee.raison_sociale = seule.raison_sociale = "Renommée"
    with rien_ne_s_ecrit(Entreprise), pytest.raises(RegleViolee, match="d'autres structures"):
        reprendre_entreprises(acteur=monde.acteur(), nouvelles=[], modifiees=[seule, partagee])


def test_ce_qui_est_repris_se_retrouve(monde):
    """Créé, corrigé, suivi ; et la recherche, qui lit les noms sans accents, le trouve."""
    acteur, structure = monde.acteur(), monde.structure
    connue, entreprise = EntrepriseFactory(), monde.cotraitante
    entreprise.raison_sociale = "Façades d'Été"
    neuve = Entreprise(siret=siret(8_000_000), raison_sociale="Élagage")
    reprendre_entreprises(acteur=acteur, nouvelles=[neuve], modifiees=[entreprise], a_suivre=[connue])
    assert plies(Entreprise, "raison_sociale_pliee", entreprise, neuve) == ["facades d'ete", "elagage"]
    assert FicheEntreprise.objects.filter(structure=structure, entreprise__in=[neuve, connue]).count() == 2

    acheteur, connu = MaitreOuvrageFactory(suivi_par=structure), MaitreOuvrageFactory()
    acheteur.nom = "Région Été"
    neuf = MaitreOuvrage(nom="Évêché", type="commune")
    services.reprendre_maitres_ouvrage(acteur=acteur, nouveaux=[neuf], modifies=[acheteur], a_suivre=[connu])
    assert plies(MaitreOuvrage, "nom_plie", acheteur, neuf) == ["region ete", "eveche"]
    assert FicheMaitreOuvrage.objects.filter(structure=structure, maitre_ouvrage__in=[neuf, connu]).count() == 2

    gestes = gestes_marches.marches_a_reprendre(monde.nous)
    gestes["operations"][0].nom, gestes["modifies"][0].objet = "Rénovée", "Théâtre"
    services.reprendre_marches(acteur=acteur, **gestes)
    assert plies(Operation, "nom_plie", *gestes["operations"]) == ["renovee"]
    reprise, modifiee = plies(Marche, "texte_plie", *gestes["nouveaux"], *gestes["modifies"])
    assert (reprise, "theatre" in modifiee) == ("2026-600 neuf", True)

    services.reprendre_lots(acteur=acteur, **gestes_marches.lots_a_reprendre(monde.nous))
    assert [*monde.marche.lots.filter(intitule="Repris")] == [monde.lot]
    services.reprendre_engagements(acteur=acteur, **gestes_marches.engagements_a_reprendre(monde.nous))
    monde.engagement.refresh_from_db()
    assert monde.engagement.heures_initiales == 1100


def plies(modele, champ, *objets):
    lus = modele.objects.in_bulk([objet.pk for objet in objets])
    return [getattr(lus[objet.pk], champ) for objet in objets]


@pytest.mark.parametrize("lequel", ["operations", "nouveaux", "modifies"])
def test_un_marche_d_une_autre_structure_arrete_toute_la_reprise(monde, lequel):
    gestes = gestes_marches.marches_a_reprendre(monde.nous)
    gestes[lequel] = [*gestes[lequel], *gestes_marches.marches_a_reprendre(monde.autre)[lequel]]
    with rien_ne_s_ecrit(Marche, Operation), pytest.raises(RegleViolee, match="pas suivi par votre structure"):
        services.reprendre_marches(acteur=monde.acteur(), **gestes)


def test_sans_siret_la_portee_ne_regarde_que_ceux_qu_on_suit(monde):
    """La voisine a des acheteurs sans SIRET ; ils n'empêchent rien."""
    MaitreOuvrageFactory(siret=None, suivi_par=monde.autre.structure)
    services.reprendre_maitres_ouvrage(acteur=monde.acteur(), nouveaux=[], a_suivre=[MaitreOuvrageFactory()])
