"""Un projet d'achat : qui le dépose et auprès de qui, ce qu'on y consigne, les scénarios qu'on y compare."""

import datetime

import pytest
from django.utils import timezone

from marches import services
from marches.enums import Derogation, StatutProjet
from marches.models import FicheMaitreOuvrage, Lot, MaitreOuvrage, ProjetAchat, Scenario
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.marches import LotFactory, MarcheFactory, PieceFactory, ProjetAchatFactory, ScenarioFactory
from tests.saisie import adresse, annonce, envoyer, fautes, journal, lue, motif_du_refus, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
LYCEE = {
    "objet": "Lycée professionnel",
    "nature": "travaux",
    "forme": "marche",
    "type_acheteur": "collectivite",
    "montant_estime_ht": "6000000",
    "duree_mois": "18",
    "date_publication": "2026-12-01",
    "date_notification": "2027-03-01",
}


def deposer(client, **change):
    return envoyer(client, "marches:projet_nouveau", **{**LYCEE, **change})


@pytest.fixture
def saisie(connecte):
    """Ce que propose le formulaire : un type d'acheteur et une technicité qu'il connaît."""
    form = connecte("edition").get(adresse("marches:projet_nouveau")).context["form"]
    choix = {nom: [code for code, _ in form.fields[nom].choices if code] for nom in ("type_acheteur", "technicite")}
    return {nom: codes[0] for nom, codes in choix.items()}


def test_le_facilitateur_depose_dans_sa_structure(monde, connecte, saisie):
    client = connecte("edition")
    reponse = deposer(client, **saisie, maitre_ouvrage=monde.maitre_ouvrage)
    projet = ProjetAchat.objects.get(objet="Lycée professionnel")
    assert (reponse.url, annonce(reponse)) == (projet.get_absolute_url(), "Projet déposé.")
    assert (projet.structure, projet.statut, projet.depose_par_acheteur) == (monde.structure, "repere", False)
    assert journal(projet) == ["Projet d'achat déposé"]
    assert "Lycée professionnel" in lue(client, reponse.url)
    with rien_ne_s_ecrit(ProjetAchat):
        etranger = deposer(client, **saisie, maitre_ouvrage=monde.autre.maitre_ouvrage)
        assert list(fautes(etranger, objet="Lycée professionnel")) == ["maitre_ouvrage"]


def test_l_acheteur_depose_pour_lui_aupres_d_une_structure_qui_le_suit(monde, connecte, saisie):
    client, acheteur = connecte("maitre_ouvrage"), monde.maitre_ouvrage
    sien = {"type_acheteur": saisie["type_acheteur"]}
    with rien_ne_s_ecrit(ProjetAchat):
        assert list(fautes(deposer(client, **sien, structure=monde.autre.structure))) == ["structure"]
    deposer(client, **sien, structure=monde.structure, maitre_ouvrage=monde.autre.maitre_ouvrage)
    projet = ProjetAchat.objects.get(objet="Lycée professionnel")
    assert (projet.maitre_ouvrage, projet.structure, projet.depose_par_acheteur) == (acheteur, monde.structure, True)
    FicheMaitreOuvrage.objects.filter(maitre_ouvrage=acheteur).delete()
    with rien_ne_s_ecrit(ProjetAchat):
        assert "structure" in fautes(deposer(client, **sien, objet="Autre"))


@pytest.mark.parametrize(
    ("change", "champ"),
    [
        ({"date_notification": "2026-11-30"}, "date_notification"),
        ({"date_notification": "2026-12-01"}, None),
        ({"montant_estime_ht": "-1"}, "montant_estime_ht"),
        ({"objet": ""}, "objet"),
    ],
)
def test_un_projet_mal_date_ou_mal_chiffre_se_dit_a_cote(monde, connecte, saisie, change, champ):
    reponse = deposer(connecte("edition"), **{**saisie, "maitre_ouvrage": monde.maitre_ouvrage, **change})
    if champ is None:
        assert reponse.status_code == 302
    else:
        assert list(fautes(reponse, duree_mois="18", **change)) == [champ]
        assert not ProjetAchat.objects.filter(duree_mois=18).exists()


# --- La dérogation ------------------------------------------------------------------------------------------------
def deroger(client, projet, **valeurs):
    return envoyer(client, "marches:projet_derogation", projet, **valeurs)


def test_une_derogation_se_consigne_avec_son_motif_et_se_leve(monde, connecte):
    client, projet = connecte("edition"), monde.projet
    choix = client.get(adresse("marches:projet_derogation", projet)).context["form"].fields["derogation"].choices
    derogation = next(code for code, _ in choix if code != "aucune")
    with rien_ne_s_ecrit(ProjetAchat):
        dites = fautes(deroger(client, projet, derogation=derogation), derogation=derogation)
        assert dites == {"motif_derogation": "Écrivez le motif : il est conservé avec les pièces du marché."}
        assert list(fautes(deroger(client, projet, derogation="poesie", motif_derogation="x"))) == ["derogation"]
    deroger(client, projet, derogation=derogation, motif_derogation="Secret industriel", date_derogation="2026-10-01")
    projet.refresh_from_db()
    assert (projet.derogation, projet.motif_derogation) == (derogation, "Secret industriel")
    assert projet.date_derogation == datetime.date(2026, 10, 1)
    deroger(client, projet, derogation="aucune", motif_derogation="reste du texte")
    projet.refresh_from_db()
    assert (projet.derogation, projet.motif_derogation, projet.date_derogation) == ("", "", None)
    assert journal(projet) == ["Dérogation levée", "Dérogation consignée"]


# --- Les scénarios ------------------------------------------------------------------------------------------------
CALCUL = {"montant": "1000000", "part_main_oeuvre": "50", "taux": "5", "cout_horaire": "30", "arrondi": "plus_proche"}


def chiffrer(client, support, **change):
    genre = "lot" if isinstance(support, Lot) else "projet"
    saisie = {"nom": "Prudent", **CALCUL, **change}
    return envoyer(client, f"marches:{genre}_scenario_nouveau", support, "mo_taux_cout", **saisie)


@pytest.fixture
def projet(monde):
    return ProjetAchatFactory(structure=monde.structure)


@pytest.fixture
def lot(monde):
    return LotFactory(marche=MarcheFactory(structure=monde.structure))


@pytest.mark.parametrize("genre", ["projet", "lot"])
def test_le_premier_scenario_est_retenu_et_un_seul_l_est(connecte, projet, lot, genre):
    client, support = connecte("edition"), {"projet": projet, "lot": lot}[genre]
    assert annonce(chiffrer(client, support)) == "Scénario chiffré."
    chiffrer(client, support, nom="Ambitieux", taux="10")
    premier, second = support.scenarios.order_by("pk")
    assert (premier.heures, second.heures, premier.retenu, second.retenu) == (833, 1667, True, False)
    envoyer(client, "marches:scenario_retenir", second)
    assert list(support.scenarios.filter(retenu=True)) == [second]
    if genre == "lot":
        lot.refresh_from_db()
        # Les heures calculées suivent le scénario retenu ; celles écrites au contrat font foi, elles restent.
        assert (lot.heures_calculees, lot.heures_contractuelles) == (1667, 833)
    assert "Ambitieux" in lue(client, support.get_absolute_url())


def test_un_taux_tape_comme_une_fraction_se_demande_une_fois(connecte, projet):
    client, fraction = connecte("edition"), {"part_main_oeuvre": "0,45", "taux": "0,07"}
    with rien_ne_s_ecrit(Scenario):
        reponse = chiffrer(client, projet, **fraction)
        dites = fautes(reponse, **fraction)
    assert dites["part_main_oeuvre"].startswith("Ce taux se lit 0,45") and "tapez 45 ;" in dites["part_main_oeuvre"]
    assert "tapez 7 ;" in dites["taux"]
    relus = reponse.context["form"]["taux_relus"].value()
    assert list(fautes(chiffrer(client, projet, **{**fraction, "taux": "0,08"}, taux_relus=relus))) == [*fraction]
    assert annonce(chiffrer(client, projet, **fraction, taux_relus=relus)) == "Scénario chiffré."
    scenario = projet.scenarios.get()
    assert (scenario.heures, scenario.parametres["taux"]) == (0, "0.07")
    chiffrer(client, projet, nom="Un pour cent", taux="1")  # 1 % se lit tel quel
    assert projet.scenarios.count() == 2


def test_le_scenario_retenu_ne_se_retire_pas_un_autre_une_fois(connecte, projet):
    client = connecte("edition")
    retenu, autre = ScenarioFactory(projet=projet, retenu=True), ScenarioFactory(projet=projet)
    with rien_ne_s_ecrit(Scenario):
        dit = annonce(envoyer(client, "marches:scenario_retirer", retenu))
        assert dit == "Ce scénario est retenu : retenez-en un autre avant de le retirer."
    envoyer(client, "marches:scenario_retirer", autre)
    assert list(projet.scenarios.all()) == [retenu]
    assert envoyer(client, "marches:scenario_retirer", autre).status_code == 404


def test_six_scenarios_se_comparent_pas_sept(connecte, projet):
    client = connecte("edition")
    ScenarioFactory.create_batch(5, projet=projet)
    assert chiffrer(client, projet).status_code == 302
    with rien_ne_s_ecrit(Scenario):
        (phrase,) = fautes(chiffrer(client, projet, nom="De trop"), nom="De trop").values()
    assert phrase.startswith("6 scénarios au plus")


@pytest.mark.parametrize(
    ("champ", "valeur"), [("cout_horaire", "0"), ("taux", "101"), ("montant", "-1"), ("part_main_oeuvre", "mille")]
)
def test_une_valeur_impossible_se_dit_a_cote_de_son_parametre(connecte, projet, champ, valeur):
    with rien_ne_s_ecrit(Scenario):
        assert list(fautes(chiffrer(connecte("edition"), projet, **{champ: valeur}), nom="Prudent")) == [champ]


def test_ni_qui_lit_ni_l_acheteur_ne_chiffre_et_l_archive_le_dit(monde, connecte, projet):
    with rien_ne_s_ecrit(Scenario, ProjetAchat):
        for qui, code in (("lecture", 403), ("maitre_ouvrage", 403), ("autre.edition", 404)):
            assert chiffrer(connecte(qui), projet).status_code == code
            assert deroger(connecte(qui), projet, derogation="aucune").status_code == code
    ProjetAchat.objects.filter(pk=projet.pk).update(archive_le="2026-10-01T12:00:00Z", statut=StatutProjet.ETUDE)
    with rien_ne_s_ecrit(Scenario):
        assert "sortez-le de l'archive" in motif_du_refus(chiffrer(connecte("edition"), projet))


# --- Ce que le service tient, d'où qu'on l'appelle ------------------------------------------------------------------
def deposer_par(monde, qui, **valeurs):
    return services.deposer_projet(acteur=monde.acteur(qui), objet="Gymnase", nature="travaux", **valeurs)


def test_l_acheteur_depose_pour_lui_et_non_pour_un_autre(monde):
    projet = deposer_par(monde, "autre.maitre_ouvrage", structure=monde.autre.structure)
    assert (projet.maitre_ouvrage, projet.structure) == (monde.autre.maitre_ouvrage, monde.autre.structure)


@pytest.mark.parametrize(
    ("suivent", "phrase"),
    [
        ("personne", "Aucune structure facilitatrice ne vous suit encore."),
        ("nous", ""),
        ("les deux", "Choisissez la structure facilitatrice qui étudiera ce projet."),
    ],
)
def test_l_acheteur_choisit_qui_l_etudie_s_il_a_le_choix(monde, suivent, phrase):
    fiches = FicheMaitreOuvrage.objects.filter(maitre_ouvrage=monde.maitre_ouvrage)
    if suivent == "personne":
        fiches.delete()
    if suivent == "les deux":
        FicheMaitreOuvrage.objects.create(maitre_ouvrage=monde.maitre_ouvrage, structure=monde.autre.structure)
    if phrase:
        with pytest.raises(RegleViolee, match=phrase):
            deposer_par(monde, "maitre_ouvrage")
    else:
        assert deposer_par(monde, "maitre_ouvrage").structure == monde.structure


def test_une_organisation_sans_maitre_d_ouvrage_ne_depose_pas(monde):
    MaitreOuvrage.objects.filter(pk=monde.maitre_ouvrage.pk).update(organisation=None)
    with pytest.raises(RegleViolee, match="pas encore reliée à un maître d'ouvrage"):
        deposer_par(monde, "maitre_ouvrage")


def test_une_derogation_sans_date_est_du_jour(monde):
    projet = services.consigner_derogation(
        acteur=monde.acteur(), projet=monde.projet, derogation=Derogation.values[0], motif="Sans candidat"
    )
    assert projet.date_derogation == datetime.date(2026, 10, 15)


def transformer(monde, projet):
    return services.transformer_projet(
        acteur=monde.acteur(),
        projet=projet,
        reference="2027-9",
        type_clause="condition",
        debut=datetime.date(2027, 2, 1),
        fin_prevue=datetime.date(2028, 2, 1),
    )


def test_un_projet_archive_ne_devient_pas_un_marche(monde):
    projet = ProjetAchatFactory(structure=monde.structure, statut=StatutProjet.RETENU, archive_le=timezone.now())
    with rien_ne_s_ecrit(ProjetAchat, Lot), pytest.raises(AccesRefuse, match="archivé"):
        transformer(monde, projet)


def test_le_marche_reprend_les_pieces_et_le_debut_d_un_long_objet(monde):
    projet = ProjetAchatFactory(
        structure=monde.structure, maitre_ouvrage=monde.maitre_ouvrage, statut=StatutProjet.RETENU, objet="x" * 201
    )
    piece = PieceFactory(projet=projet)
    marche = transformer(monde, projet)
    assert [*marche.piece_set.all()] == [piece]
    assert marche.lots.get().intitule == "x" * 200
