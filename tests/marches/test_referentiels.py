"""Ce que les marchés citent : l'acheteur, l'opération, la convention, le corps de métier ; rien d'une autre structure n'y entre."""

import datetime

import pytest

from marches.models import ConventionGlobalisation, CorpsMetier, FicheMaitreOuvrage, MaitreOuvrage, Marche, Operation
from marches.services import (
    archiver_maitre_ouvrage,
    installer_corps_metier_proposes,
    modifier_convention,
    modifier_maitre_ouvrage,
    modifier_marche,
    suivre_maitre_ouvrage,
)
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.comptes import AdhesionFactory
from tests.fabriques.marches import (
    CorpsMetierFactory,
    FicheMaitreOuvrageFactory,
    MaitreOuvrageFactory,
    MarcheFactory,
    OperationFactory,
)
from tests.saisie import adresse, annonce, envoyer, fautes, journal, lue, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
SIRET = "73282932000074"
ACHETEUR = {"nom": "Syndicat des eaux", "siret": "732 829 320 00074", "type": "commune"}


# --- Le maître d'ouvrage ------------------------------------------------------------------------------------------
def suivre(client, **change):
    return envoyer(client, "marches:maitre_ouvrage_nouveau", **{**ACHETEUR, **change})


def test_un_acheteur_neuf_entre_au_suivi_une_seule_fois(monde, connecte):
    client = connecte("edition")
    reponse = suivre(client, notes="Voir madame Hue")
    acheteur = MaitreOuvrage.objects.get(siret=SIRET)
    assert reponse.url == acheteur.get_absolute_url()
    assert "Voir madame Hue" in lue(client, reponse.url)
    with rien_ne_s_ecrit(MaitreOuvrage, FicheMaitreOuvrage):
        suivre(client, notes="D'autres notes", nom="Autre nom")
    assert journal(acheteur, monde.structure) == ["Maître d'ouvrage ajouté au suivi"]


def test_un_siret_connu_d_ailleurs_garde_son_identite(monde, connecte):
    acheteur = MaitreOuvrageFactory(siret=SIRET, nom="Nom commun", suivi_par=monde.autre.structure)
    suivre(connecte("edition"), nom="Nom tapé", notes="Nos notes")
    acheteur.refresh_from_db()
    assert (acheteur.nom, acheteur.fiches.get(structure=monde.structure).notes) == ("Nom commun", "Nos notes")
    assert MaitreOuvrage.objects.filter(siret=SIRET).count() == 1


@pytest.mark.parametrize(
    ("nom", "pris"), [("Ville de Cherbourg", True), ("VILLE DE CHERBOURG", True), ("Ville", False)]
)
def test_sans_siret_un_nom_ne_sert_qu_une_fois_dans_la_structure(monde, connecte, nom, pris):
    reponse = suivre(connecte("edition"), nom=nom, siret="")
    assert FicheMaitreOuvrage.objects.filter(structure=monde.structure).count() == 1 + (not pris)
    if pris:
        phrase = "Un maître d'ouvrage de ce nom est déjà suivi. S'il est distinct, donnez son SIRET."
        assert fautes(reponse, nom=nom) == {"nom": phrase}


@pytest.mark.parametrize("ailleurs", ["", "en cours", "archivée"])
def test_l_identite_de_l_acheteur_ne_se_change_que_si_l_on_est_seul(monde, ailleurs):
    acheteur = MaitreOuvrageFactory(suivi_par=monde.structure, nom="Ancien")
    if ailleurs:
        fiche = FicheMaitreOuvrageFactory(maitre_ouvrage=acheteur, structure=monde.autre.structure)
        FicheMaitreOuvrage.objects.filter(pk=fiche.pk).update(
            archive_le="2026-01-01T12:00:00Z" if ailleurs == "archivée" else None
        )
        with rien_ne_s_ecrit(MaitreOuvrage, FicheMaitreOuvrage), pytest.raises(AccesRefuse, match="autres structures"):
            modifier_maitre_ouvrage(acteur=monde.acteur(), maitre_ouvrage=acheteur, nom="Nouveau", notes="Notes")
        modifier_maitre_ouvrage(acteur=monde.acteur(), maitre_ouvrage=acheteur, nom="Ancien", notes="Notes")
    else:
        modifier_maitre_ouvrage(acteur=monde.acteur(), maitre_ouvrage=acheteur, nom="Nouveau", notes="Notes")
    acheteur.refresh_from_db()
    assert acheteur.nom == ("Ancien" if ailleurs else "Nouveau")
    assert acheteur.fiches.get(structure=monde.structure).notes == "Notes"
    assert "Notes" in journal(acheteur, monde.structure)[0]


# --- Ce qu'un marché cite -----------------------------------------------------------------------------------------
MARCHE = {
    "forme": "marche",
    "reference": "2026-777",
    "objet": "Une école",
    "nature": "travaux",
    "type_clause": "condition",
    "statut": "execution",
    "debut": "2026-01-05",
    "fin_prevue": "2027-06-30",
}


@pytest.mark.parametrize("champ", ["maitre_ouvrage", "operation", "facilitateur"])
def test_un_marche_ne_cite_que_ce_qui_est_de_sa_structure(monde, connecte, champ):
    """Ni par le formulaire, ni par le service."""
    etranger = {
        "maitre_ouvrage": monde.autre.maitre_ouvrage,
        "operation": monde.autre.operation,
        "facilitateur": monde.personne("autre.edition"),
    }[champ]
    with rien_ne_s_ecrit(Marche):
        saisie = {**MARCHE, "maitre_ouvrage": monde.maitre_ouvrage, champ: etranger}
        assert list(fautes(envoyer(connecte("edition"), "marches:nouveau", **saisie), objet="Une école")) == [champ]
        with pytest.raises(RegleViolee) as refus:
            modifier_marche(acteur=monde.acteur(), marche=monde.marche, **{champ: etranger})
    assert list(refus.value.message_dict) == [champ]
    assert monde.autre.marque not in str(refus.value)


def test_un_facilitateur_parti_garde_ses_marches_et_n_en_recoit_plus(monde):
    adhesion = AdhesionFactory(organisation=monde.structure, role="edition")
    parti, acteur = adhesion.utilisateur, monde.acteur()
    modifier_marche(acteur=acteur, marche=monde.marche, facilitateur=parti)
    adhesion.active = False
    adhesion.save()
    modifier_marche(acteur=acteur, marche=monde.marche, facilitateur=parti, objet="Un objet corrigé")
    with pytest.raises(RegleViolee, match="n'est pas membre"):
        modifier_marche(acteur=acteur, marche=MarcheFactory(structure=monde.structure), facilitateur=parti)


@pytest.mark.parametrize(
    ("change", "champ"),
    [
        ({"fin_prevue": "2026-01-04"}, "fin_prevue"),
        ({"formation_comptee": "plafonnee"}, "plafond_formation"),
        ({"formation_comptee": "plafonnee", "plafond_formation": "101"}, "plafond_formation"),
        ({"duree_eligibilite_mois": "0"}, "duree_eligibilite_mois"),
        ({"duree_eligibilite_mois": "121"}, "duree_eligibilite_mois"),
        ({"regle_cdi_mois": "121"}, "regle_cdi_mois"),
        ({"penalite_par_heure": "-1"}, "penalite_par_heure"),
        ({"fin_prevue": "2026-01-05", "duree_eligibilite_mois": "120", "regle_cdi_mois": "1"}, None),
        ({"formation_comptee": "plafonnee", "plafond_formation": "100"}, None),
    ],
)
def test_les_termes_d_un_marche_ont_leurs_bornes(monde, connecte, change, champ):
    reponse = envoyer(
        connecte("edition"), "marches:nouveau", maitre_ouvrage=monde.maitre_ouvrage, **{**MARCHE, **change}
    )
    assert Marche.objects.filter(reference="2026-777").exists() is (champ is None)
    if champ:
        assert list(fautes(reponse, reference="2026-777")) == [champ]


# --- L'opération --------------------------------------------------------------------------------------------------
def test_une_operation_porte_un_nom_et_un_taux_possible(monde, connecte):
    client = connecte("edition")
    saisie = {"nom": "Quartier du Port", "programme": "npnru", "heures_travaillees": "12000"}
    with rien_ne_s_ecrit(Operation):
        for taux in ("-1", "100,01"):
            reponse = envoyer(client, "marches:operation_nouvelle", **saisie, taux_cible=taux)
            assert list(fautes(reponse, nom="Quartier du Port")) == ["taux_cible"]
    envoyer(client, "marches:operation_nouvelle", **saisie)
    operation = Operation.objects.get(nom="Quartier du Port")
    assert (operation.structure, operation.heures_visees) == (monde.structure, 600)  # 5 % de la charte
    assert journal(operation) == ["Opération créée"]
    with rien_ne_s_ecrit(Operation):
        reponse = envoyer(client, "marches:operation_nouvelle", **saisie)
        assert fautes(reponse, nom="Quartier du Port") == {"nom": "Une opération porte déjà ce nom."}
        etranger = envoyer(
            client, "marches:operation_nouvelle", nom="Autre", programme="", maitre_ouvrage=monde.autre.maitre_ouvrage
        )
        assert "maitre_ouvrage" in fautes(etranger)


@pytest.mark.parametrize(
    ("programme", "taux", "vise"), [("npnru", None, 5), ("gup", None, 10), ("npnru", 0, 0), ("gup", 7, 7)]
)
def test_le_taux_regle_l_emporte_sur_celui_de_la_charte(programme, taux, vise):
    assert OperationFactory.build(programme=programme, taux_cible=taux, structure=None).taux_vise == vise


# --- La convention de globalisation -------------------------------------------------------------------------------
def reunir(client, *marches, **change):
    saisie = {"intitule": "Chantiers du port", "debut": "2026-01-01", "fin": "2026-12-31", **change}
    return envoyer(client, "marches:convention_nouvelle", **saisie, marches=[marche.uuid for marche in marches])


def test_une_convention_reunit_deux_acheteurs_au_moins(monde, connecte):
    client = connecte("edition")
    du_meme = MarcheFactory(structure=monde.structure, maitre_ouvrage=monde.maitre_ouvrage)
    d_un_autre = MarcheFactory(structure=monde.structure)
    with rien_ne_s_ecrit(ConventionGlobalisation):
        dites = fautes(reunir(client, monde.marche, du_meme), intitule="Chantiers du port")
        assert dites == {"marches": "Choisissez des marchés d'au moins deux maîtres d'ouvrage."}
        assert list(fautes(reunir(client, monde.marche, monde.autre.marche))) == ["marches"]
        assert list(fautes(reunir(client, monde.marche, d_un_autre, fin="2025-12-31"))) == ["fin"]
    reponse = reunir(client, monde.marche, d_un_autre)
    convention = ConventionGlobalisation.objects.get(intitule="Chantiers du port")
    assert reponse.url == convention.get_absolute_url()
    assert set(convention.marches.all()) == {monde.marche, d_un_autre}
    assert journal(convention) == ["Convention de globalisation enregistrée"]
    with rien_ne_s_ecrit(ConventionGlobalisation):
        assert list(fautes(reunir(client, monde.marche, d_un_autre))) == ["intitule"]


@pytest.mark.parametrize(
    ("mois", "couvert"),
    [("2026-02-01", False), ("2026-03-01", True), ("2026-05-01", True), ("2026-06-01", True), ("2026-07-01", False)],
)
def test_une_convention_couvre_les_mois_ou_elle_court_un_jour(mois, couvert):

    jour = datetime.date.fromisoformat
    convention = ConventionGlobalisation(debut=jour("2026-03-31"), fin=jour("2026-06-01"))
    assert convention.couvre_le_mois(jour(mois)) is couvert


# --- Le corps de métier -------------------------------------------------------------------------------------------
CORPS = {
    "nom": "Charpente",
    "nature": "travaux",
    "part_main_oeuvre": "45",
    "taux_insertion": "7",
    "cout_horaire": "32",
    "technicite": "moyenne",
    "familles_rome": "F15 F16",
    "source": "Revue 2026",
    "date_source": "2026-09-01",
}


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [
        ("part_main_oeuvre", "100,01"),
        ("taux_insertion", "-1"),
        ("cout_horaire", "0,99"),
        ("familles_rome", "F15,F16"),
        ("familles_rome", "Z15"),
        ("date_source", "2026-10-16"),
        ("nom", ""),
    ],
)
def test_un_corps_de_metier_a_des_valeurs_possibles(connecte, monde, champ, valeur):
    saisie = {**CORPS, champ: valeur}
    with rien_ne_s_ecrit(CorpsMetier):
        assert list(fautes(envoyer(connecte("edition"), "marches:corps_metier_nouveau", **saisie), **saisie)) == [champ]


def test_un_corps_de_metier_en_fractions_se_demande(connecte, monde):
    client, saisie = connecte("edition"), {**CORPS, "part_main_oeuvre": "0,45"}
    with rien_ne_s_ecrit(CorpsMetier):
        reponse = envoyer(client, "marches:corps_metier_nouveau", **saisie)
        assert list(fautes(reponse, **saisie)) == ["part_main_oeuvre"]
    relus = reponse.context["form"]["taux_relus"].value()
    envoyer(client, "marches:corps_metier_nouveau", **saisie, taux_relus=relus)
    assert str(CorpsMetier.objects.get(structure=monde.structure, nom="Charpente").part_main_oeuvre) == "0.45"


def test_un_corps_de_metier_est_de_sa_structure_et_son_nom_n_y_sert_qu_une_fois(monde, connecte):
    client = connecte("edition")
    CorpsMetierFactory(structure=monde.autre.structure, nom="Charpente")
    envoyer(client, "marches:corps_metier_nouveau", **CORPS)
    corps = CorpsMetier.objects.get(structure=monde.structure, nom="Charpente")
    assert "Charpente" in lue(client, adresse("marches:corps_metiers"))
    with rien_ne_s_ecrit(CorpsMetier):
        assert list(fautes(envoyer(client, "marches:corps_metier_nouveau", **CORPS))) == ["nom"]
        assert envoyer(connecte("autre.edition"), "marches:corps_metier_archiver", corps).status_code == 404
        assert envoyer(connecte("lecture"), "marches:corps_metier_archiver", corps).status_code == 403
    avant = CorpsMetier.objects.filter(structure=monde.structure).count()
    envoyer(client, "marches:corps_metiers_installer")
    installes = CorpsMetier.objects.filter(structure=monde.structure).count()
    assert installes > avant
    annonce(envoyer(client, "marches:corps_metiers_installer"))
    assert CorpsMetier.objects.filter(structure=monde.structure).count() == installes


# --- Ce que le service tient, d'où qu'on l'appelle ------------------------------------------------------------------
def test_sans_siret_rien_ne_tient_lieu_de_siret(monde):
    suivis = [suivre_maitre_ouvrage(acteur=monde.acteur(), nom=nom, siret="", type="commune") for nom in ("Un", "Deux")]
    assert [acheteur.siret for acheteur in suivis] == [None, None]
    modifier_maitre_ouvrage(acteur=monde.acteur(), maitre_ouvrage=suivis[0], siret=SIRET)
    suivis[0].refresh_from_db()
    assert suivis[0].siret == SIRET
    modifier_maitre_ouvrage(acteur=monde.acteur(), maitre_ouvrage=suivis[0], siret="")
    suivis[0].refresh_from_db()
    assert suivis[0].siret is None


def test_un_nom_pris_par_la_voisine_reste_libre_ici(monde):
    MaitreOuvrageFactory(nom="Syndicat", siret=None, suivi_par=monde.autre.structure)
    assert suivre_maitre_ouvrage(acteur=monde.acteur(), nom="Syndicat", siret="", type="commune").nom == "Syndicat"


def test_suivre_a_nouveau_sort_de_l_archive(monde):
    acheteur = suivre_maitre_ouvrage(acteur=monde.acteur(), nom="Un", siret=SIRET, type="commune")
    archiver_maitre_ouvrage(acteur=monde.acteur(), maitre_ouvrage=acheteur, archiver=True)
    suivre_maitre_ouvrage(acteur=monde.acteur(), nom="Un", siret=SIRET)
    assert not acheteur.fiches.get(structure=monde.structure).est_archive
    assert journal(acheteur, monde.structure)[0] == "Maître d'ouvrage sorti de l'archive"


def test_qui_lit_ne_change_pas_meme_une_note(monde):
    with rien_ne_s_ecrit(FicheMaitreOuvrage), pytest.raises(AccesRefuse):
        modifier_maitre_ouvrage(acteur=monde.acteur("lecture"), maitre_ouvrage=monde.maitre_ouvrage, notes="Lue")


def test_une_convention_corrigee_reunit_encore_deux_acheteurs(monde):
    with pytest.raises(RegleViolee, match="deux maîtres d'ouvrage"):
        modifier_convention(acteur=monde.acteur(), convention=monde.convention, marches=[monde.marche])


def test_les_corps_de_metier_de_la_voisine_ne_comptent_pas_pour_les_notres(monde):
    installer_corps_metier_proposes(acteur=monde.acteur("autre.responsable"))
    assert installer_corps_metier_proposes(acteur=monde.acteur()) > 10
    assert installer_corps_metier_proposes(acteur=monde.acteur()) == 0


def test_la_liste_vide_de_l_acheteur_ne_lui_demande_rien_qu_il_ne_puisse_faire(monde, connecte):
    Marche.objects.update(maitre_ouvrage=MaitreOuvrageFactory())
    vide = lue(connecte("maitre_ouvrage"), adresse("marches:liste"))
    assert "quand votre facilitateur l" in vide and "Créez le premier" not in vide
