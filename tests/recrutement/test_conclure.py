"""Conclure un contrat : une personne au dossier ouvert, un marché attribué, un employeur suivi, des dates qui se tiennent."""

import datetime

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from beneficiaires.services import archiver_beneficiaire
from marches.enums import StatutMarche
from recrutement.models import Contrat
from recrutement.services import conclure_contrat
from recrutement.services.contrats import prochain_identifiant
from socle.regles import RegleViolee
from tests.fabriques.beneficiaires import BeneficiaireFactory, CritereFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory, EntrepriseFactory, FicheEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory
from tests.saisie import annonce, envoyer, fautes, journal, lue, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
TERMES = {
    "modalite": "embauche_directe",
    "type_contrat": "cdd",
    "debut": "2026-11-02",
    "fin_prevue": "2027-02-26",
    "heures_hebdomadaires": "35",
}


@pytest.fixture
def personne(monde):
    return BeneficiaireFactory(structure=monde.structure)


def conclure(client, monde, personne, **change):
    saisie = {"engagement": monde.engagement, "employeur": monde.entreprise, **TERMES, **change}
    return envoyer(client, "recrutement:contrat_nouveau", personne, **saisie)


def test_un_contrat_se_conclut_et_se_lit(monde, connecte, personne):
    ContratFactory(engagement=monde.engagement, beneficiaire=personne, identifiant="C-4000")
    client = connecte("edition")
    reponse = conclure(client, monde, personne)
    contrat = Contrat.objects.get(identifiant="C-4001")
    assert (reponse.url, annonce(reponse)) == (contrat.get_absolute_url(), "Contrat enregistré.")
    assert (contrat.structure, contrat.engagement, contrat.employeur) == (
        monde.structure,
        monde.engagement,
        monde.entreprise,
    )
    page = lue(client, reponse.url)
    assert "C-4001" in page and "2 nov. 2026" in page and "26 févr. 2027" in page
    assert journal(contrat) == ["Contrat conclu"]


@pytest.mark.parametrize(
    ("deja", "suivant"),
    [([], "C-0001"), (["C-0009", "C-12"], "C-0013"), (["C-9999"], "C-10000"), (["D-0050", "C-bis"], "C-0001")],
)
def test_le_numero_suit_le_plus_grand_archives_compris(db, deja, suivant):
    engagement = EngagementFactory()
    structure = engagement.lot.marche.structure
    for rang, identifiant in enumerate(deja):
        ContratFactory(engagement=engagement, identifiant=identifiant, archive=rang == 0)
    ContratFactory(identifiant="C-0700")
    assert prochain_identifiant(structure) == suivant


def test_le_meme_envoi_ne_conclut_qu_un_contrat(monde, connecte, personne):
    client = connecte("edition")
    for _ in range(2):
        reponse = conclure(client, monde, personne, jeton_envoi="5f0c9d1e7b3a4c2d8e6f1a0b9c8d7e6f")
    assert personne.contrats.count() == 1
    assert reponse.url == personne.contrats.get().get_absolute_url()


@pytest.mark.parametrize("critere", [True, False])
def test_une_personne_non_eligible_se_dit_tout_de_suite(monde, connecte, personne, critere):
    if critere:
        CritereFactory(
            beneficiaire=personne,
            piece_vue_le=datetime.date(2026, 10, 14),
            piece_valable_jusqu_au=datetime.date(2027, 1, 13),
        )
    reponse = conclure(connecte("edition"), monde, personne)
    dits = [str(message) for message in get_messages(reponse.wsgi_request)]
    assert any(dit.startswith("Non éligible au 02/11/2026") for dit in dits) is not critere


# --- Le marché ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("statut", StatutMarche.values)
def test_seul_un_marche_attribue_recoit_des_contrats(monde, connecte, personne, statut):
    marche = MarcheFactory(structure=monde.structure, statut=statut, reference="2026-500")
    engagement = EngagementFactory(lot=LotFactory(marche=marche), entreprise=monde.entreprise)
    reponse = conclure(connecte("edition"), monde, personne, engagement=engagement)
    ouvert = statut in (StatutMarche.ATTRIBUE, StatutMarche.EXECUTION, StatutMarche.SUSPENDU)
    assert personne.contrats.exists() is ouvert
    if not ouvert:
        assert list(fautes(reponse, debut=TERMES["debut"])) == ["engagement"]
        with pytest.raises(RegleViolee, match="il doit être attribué"):
            conclure_contrat(
                acteur=monde.acteur(),
                beneficiaire=personne,
                engagement=engagement,
                employeur=monde.entreprise,
                **{**TERMES, "debut": datetime.date(2026, 11, 2), "fin_prevue": None},
            )


@pytest.mark.parametrize("range_", ["engagement", "lot", "marche"])
def test_ce_qui_est_archive_n_embauche_plus(monde, connecte, personne, range_):
    engagement = monde.engagement
    objet = {"engagement": engagement, "lot": engagement.lot, "marche": engagement.lot.marche}[range_]
    type(objet).objects.filter(pk=objet.pk).update(archive_le=timezone.now())
    with rien_ne_s_ecrit(Contrat):
        assert list(fautes(conclure(connecte("edition"), monde, personne))) == ["engagement"]


# --- La personne, l'employeur -------------------------------------------------------------------------------------
def test_un_dossier_archive_ne_signe_plus(monde, connecte, personne):
    archiver_beneficiaire(acteur=monde.acteur(), beneficiaire=personne, archiver=True)
    with rien_ne_s_ecrit(Contrat):
        dites = fautes(conclure(connecte("edition"), monde, personne), debut=TERMES["debut"])
    assert dites == {"": "Cette personne n'a pas de dossier ouvert dans votre structure."}


@pytest.mark.parametrize("suivi", ["en cours", "archivé", "ailleurs"])
def test_l_employeur_est_suivi_par_la_structure(monde, connecte, personne, suivi):
    employeur = EntrepriseFactory()
    structure = monde.autre.structure if suivi == "ailleurs" else monde.structure
    FicheEntrepriseFactory(entreprise=employeur, structure=structure, archivee=suivi == "archivé")
    reponse = conclure(connecte("edition"), monde, personne, employeur=employeur)
    assert personne.contrats.exists() is (suivi == "en cours")
    if suivi != "en cours":
        assert list(fautes(reponse, debut=TERMES["debut"])) == ["employeur"]


@pytest.mark.parametrize("emploie", ["l'engagée", "une autre"])
def test_le_tuteur_de_l_engagement_suit_quand_elle_emploie_elle_meme(monde, connecte, personne, emploie):
    tuteur = ContactEntrepriseFactory(fiche=monde.fiche)
    type(monde.engagement).objects.filter(pk=monde.engagement.pk).update(tuteur=tuteur)
    employeur = monde.entreprise if emploie == "l'engagée" else monde.cotraitante
    conclure(connecte("edition"), monde, personne, employeur=employeur)
    assert personne.contrats.get().tuteur == (tuteur if emploie == "l'engagée" else None)


# --- Les termes ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "dites"),
    [
        ({"fin_prevue": ""}, {"fin_prevue": "Donnez la date de fin : seul un CDI n'en a pas."}),
        ({"fin_prevue": "2026-11-01"}, {"fin_prevue": "La fin du contrat précède son début."}),
        ({"fin_prevue": "2026-11-02"}, {}),  # un jour suffit
        ({"type_contrat": "cdi", "fin_prevue": ""}, {}),
        ({"heures_hebdomadaires": "48"}, {}),
        ({"heures_hebdomadaires": "48,5"}, {"heures_hebdomadaires": "48"}),
        ({"heures_hebdomadaires": "1"}, {}),
        ({"heures_hebdomadaires": "0,5"}, {"heures_hebdomadaires": "1"}),
        ({"debut": ""}, {"debut": "obligatoire"}),
    ],
)
def test_les_termes_se_tiennent(monde, connecte, personne, change, dites):
    reponse = conclure(connecte("edition"), monde, personne, **change)
    assert personne.contrats.exists() is not bool(dites)
    if dites:
        lues = fautes(reponse, **change)
        assert list(lues) == list(dites)
        assert all(phrase in lues[champ] for champ, phrase in dites.items())


def test_ni_qui_lit_ni_la_voisine_ne_conclut(monde, connecte, personne):
    with rien_ne_s_ecrit(Contrat):
        assert conclure(connecte("lecture"), monde, personne).status_code == 403
        assert conclure(connecte("autre.responsable"), monde, personne).status_code == 404
        reponse = conclure(connecte("edition"), monde, personne, engagement=monde.autre.engagement)
        assert list(fautes(reponse)) == ["engagement"]
