"""Les états d'un marché et d'un projet : d'où part chaque geste, où il mène, ce qu'il demande et ce que le journal en garde."""

import datetime

import pytest
from django.utils import timezone

from marches.enums import StatutMarche, StatutProjet
from marches.models import Marche, ProjetAchat, Suspension
from marches.services import ajouter_lot, ajouter_note, changer_statut, modifier_projet
from socle.regles import AccesRefuse
from tests.fabriques.marches import MarcheFactory, ProjetAchatFactory
from tests.saisie import adresse, annonce, envoyer, fautes, journal, lue, motif_du_refus, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
AVANT = ("repere", "etude", "redaction", "publie")
GESTES = {
    "etudier": (("repere",), "etude"),
    "rediger": (("etude",), "redaction"),
    "publier": (("redaction",), "publie"),
    "attribuer": (AVANT, "attribue"),
    "demarrer": (("attribue",), "execution"),
    "reprendre": (("suspendu",), "execution"),
    "solder": (("attribue", "execution"), "solde"),
    "suspendre": (("execution",), "suspendu"),
    "rouvrir": (("solde",), "execution"),
    "abandonner": ((*AVANT, "attribue", "execution", "suspendu"), "abandonne"),
    "reactiver": (("abandonne",), "repere"),
}
MOTIF = "D'un commun accord avec l'acheteur"
IMPOSSIBLE = "n'est pas possible dans l'état actuel."


def avancer(client, marche, geste):
    if geste in ("suspendre", "abandonner"):
        return envoyer(client, "marches:arreter", marche, geste, le="2026-10-15", motif=MOTIF)
    return envoyer(client, "marches:statut", marche, geste)


@pytest.mark.parametrize("statut", StatutMarche.values)
def test_chaque_geste_part_d_un_etat_qui_le_permet(monde, connecte, statut):
    client = connecte("edition")
    for geste, (depuis, arrivee) in GESTES.items():
        marche = MarcheFactory(structure=monde.structure, statut=statut)
        if statut in depuis:
            assert avancer(client, marche, geste).url == marche.get_absolute_url(), geste
            marche.refresh_from_db()
            assert marche.statut == arrivee, geste
            (phrase,) = journal(marche)
            assert phrase == f"Statut changé{f' : {MOTIF}' if geste in ('suspendre', 'abandonner') else ''}"
            continue
        with rien_ne_s_ecrit(Marche, Suspension):
            reponse = avancer(client, marche, geste)
            dit = "".join(fautes(reponse).values()) if reponse.status_code == 200 else annonce(reponse)
        assert IMPOSSIBLE in dit, geste


@pytest.mark.parametrize("geste", ["suspendre", "abandonner"])
def test_arreter_demande_pourquoi(monde, connecte, geste):
    client = connecte("edition")
    with rien_ne_s_ecrit(Marche, Suspension):
        reponse = envoyer(client, "marches:arreter", monde.marche, geste, le="2026-10-15", motif="  ")
        assert list(fautes(reponse, le="2026-10-15")) == ["motif"]
        dit = annonce(envoyer(client, "marches:statut", monde.marche, geste))  # l'adresse du verbe, sans formulaire
        assert dit.startswith("Dites pourquoi, et avec l'accord de qui")
        assert (
            envoyer(client, "marches:arreter", monde.marche, "solder", le="2026-10-15", motif=MOTIF).status_code == 404
        )


@pytest.mark.parametrize(
    ("debut", "fin_prevue", "deja", "attendue"),
    [
        ("2026-01-01", "2026-12-31", None, "2026-10-15"),  # aujourd'hui
        ("2026-01-01", "2026-09-30", None, "2026-09-30"),  # la fin prévue est passée
        ("2026-11-01", "2026-12-31", None, "2026-11-01"),  # soldé avant d'avoir commencé
        ("2026-01-01", "2026-12-31", "2026-06-30", "2026-06-30"),  # connue, elle reste
    ],
)
def test_solder_pose_la_fin_reelle_si_elle_manque(monde, connecte, debut, fin_prevue, deja, attendue):
    marche = MarcheFactory(structure=monde.structure, debut=debut, fin_prevue=fin_prevue, fin_reelle=deja)
    client = connecte("edition")
    avancer(client, marche, "solder")
    marche.refresh_from_db()
    assert str(marche.fin_reelle) == attendue


def test_une_suspension_garde_ses_dates_et_finit_a_la_reprise(monde, connecte, horloge):
    client, marche = connecte("edition"), monde.marche
    envoyer(client, "marches:arreter", marche, "suspendre", le="2026-09-01", motif=MOTIF)
    suspension = marche.suspensions.get()
    assert (suspension.du, suspension.au, suspension.motif) == (datetime.date(2026, 9, 1), None, MOTIF)
    assert MOTIF in lue(client, marche.get_absolute_url())
    avancer(client, marche, "reprendre")
    suspension.refresh_from_db()
    assert suspension.au == datetime.date(2026, 10, 15)


@pytest.mark.parametrize(("le", "libre"), [("2026-10-15", True), ("2026-10-14", False), ("2026-08-31", False)])
def test_deux_suspensions_ne_se_recouvrent_pas(monde, connecte, le, libre):
    client, marche = connecte("edition"), monde.marche
    Suspension.objects.create(marche=marche, du="2026-09-01", au="2026-10-15", motif=MOTIF)
    reponse = envoyer(client, "marches:arreter", marche, "suspendre", le=le, motif=MOTIF)
    assert marche.suspensions.count() == 1 + libre
    if not libre:
        assert fautes(reponse, le=le, motif=MOTIF) == {"le": "Ce marché était déjà suspendu à cette date."}
        marche.refresh_from_db()
        assert marche.statut == StatutMarche.EXECUTION


def test_reprise_avant_le_jour_annonce_la_suspension_dure_un_jour(monde, connecte):
    client, marche = connecte("edition"), monde.marche
    envoyer(client, "marches:arreter", marche, "suspendre", le="2026-11-02", motif=MOTIF)
    avancer(client, marche, "reprendre")
    suspension = marche.suspensions.get()
    assert suspension.du == suspension.au == datetime.date(2026, 11, 2)


def test_un_marche_archive_ne_change_plus_d_etat(monde, connecte):
    client, marche = connecte("edition"), monde.marche
    for _ in range(2):
        envoyer(client, "marches:marche_archiver", marche)
    assert journal(marche) == ["Marché archivé"]
    with rien_ne_s_ecrit(Marche, Suspension):
        for geste in ("solder", "suspendre"):
            assert "sortez-le de l'archive" in motif_du_refus(avancer(client, marche, geste))
        assert avancer(connecte("lecture"), marche, "solder").status_code == 403
        assert avancer(connecte("autre.edition"), marche, "solder").status_code == 404


# --- Le projet d'achat --------------------------------------------------------------------------------------------
PAS = {
    "etudier": (("repere",), "etude"),
    "proposer": (("etude",), "propose"),
    "retenir": (("propose",), "retenu"),
    "reprendre": (("ecarte", "propose"), "etude"),
    "ecarter": (("repere", "etude", "propose", "retenu"), "ecarte"),
}


def pousser(client, projet, geste, motif="Trop peu d'heures"):
    if geste == "ecarter":
        return envoyer(client, "marches:projet_ecarter", projet, motif=motif)
    return envoyer(client, "marches:projet_statut", projet, geste)


@pytest.mark.parametrize("statut", StatutProjet.values)
def test_chaque_pas_d_un_projet_part_d_un_etat_qui_le_permet(monde, connecte, statut):
    client = connecte("edition")
    for geste, (depuis, arrivee) in PAS.items():
        motif = "Ancien motif" if statut == "ecarte" else ""
        marche = MarcheFactory(structure=monde.structure) if statut == "marche" else None
        projet = ProjetAchatFactory(structure=monde.structure, statut=statut, motif_ecart=motif, marche=marche)
        if statut in depuis:
            assert pousser(client, projet, geste).status_code == 302, geste
            projet.refresh_from_db()
            assert projet.statut == arrivee, geste
            assert projet.motif_ecart == ("Trop peu d'heures" if geste == "ecarter" else "")
            assert journal(projet)[0].startswith("Statut du projet changé")
            continue
        with rien_ne_s_ecrit(ProjetAchat):
            reponse = pousser(client, projet, geste)
            dit = "".join(fautes(reponse).values()) if reponse.status_code == 200 else annonce(reponse)
        assert IMPOSSIBLE in dit, geste


def test_ecarter_demande_pourquoi_et_transformer_a_son_geste(monde, connecte):
    client, projet = connecte("edition"), monde.projet
    with rien_ne_s_ecrit(ProjetAchat, Marche):
        assert list(fautes(pousser(client, projet, "ecarter", motif=" "))) == ["motif"]
        assert annonce(pousser(client, projet, "transformer")).startswith("Donnez d'abord la référence")


TRANSFORMATION = {
    "reference": "2027-001",
    "type_clause": "condition",
    "debut": "2027-02-01",
    "fin_prevue": "2028-03-31",
}


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("fin_prevue", "2027-01-31", "La fin prévue précède le début."),
        ("reference", "2026-014", "Un marché porte déjà cette référence."),
        ("reference", "", "Ce champ est obligatoire."),
    ],
)
def test_un_marche_mal_decrit_ne_nait_pas(monde, connecte, champ, valeur, phrase):
    ProjetAchat.objects.filter(pk=monde.projet.pk).update(statut=StatutProjet.RETENU)
    saisie = {**TRANSFORMATION, champ: valeur}
    with rien_ne_s_ecrit(ProjetAchat, Marche):
        reponse = envoyer(connecte("edition"), "marches:projet_transformer", monde.projet, **saisie)
        assert fautes(reponse, **saisie) == {champ: phrase}


def test_un_projet_ne_devient_qu_un_marche_et_ne_se_modifie_plus(monde, connecte):
    client, projet = connecte("edition"), monde.projet
    ProjetAchat.objects.filter(pk=projet.pk).update(statut=StatutProjet.RETENU)
    envoyer(client, "marches:projet_transformer", projet, **TRANSFORMATION)
    projet.refresh_from_db()
    marche = Marche.objects.get(reference="2027-001")
    assert (projet.statut, projet.marche, marche.statut) == (StatutProjet.MARCHE, marche, StatutMarche.REDACTION)
    assert journal(projet)[0].startswith("Projet devenu un marché")
    with rien_ne_s_ecrit(ProjetAchat, Marche):
        saisie = {**TRANSFORMATION, "reference": "2027-002"}
        dites = fautes(envoyer(client, "marches:projet_transformer", projet, **saisie), **saisie)
        assert IMPOSSIBLE in "".join(dites.values())
        with pytest.raises(AccesRefuse, match="Ce projet est devenu un marché"):
            modifier_projet(acteur=monde.acteur(), projet=projet, objet="Autre")


@pytest.mark.parametrize("qui", ["lecture", "autre.responsable", "maitre_ouvrage"])
def test_l_etude_est_au_facilitateur_de_la_structure(monde, connecte, qui):
    code = 404 if qui.startswith("autre") else 403
    with rien_ne_s_ecrit(ProjetAchat):
        for geste in ("etudier", "ecarter"):
            assert pousser(connecte(qui), monde.projet, geste).status_code == code
    assert adresse("marches:projet_ecarter", monde.projet) not in lue(
        connecte("lecture"), monde.projet.get_absolute_url()
    )


# --- Ce que le service tient, d'où qu'on l'appelle ------------------------------------------------------------------
def test_seul_un_marche_solde_recoit_sa_fin_et_a_la_date_dite(monde):
    for transition, fin in (("suspendre", None), ("reprendre", None), ("solder", datetime.date(2026, 9, 30))):
        marche = changer_statut(
            acteur=monde.acteur(),
            marche=monde.marche,
            transition=transition,
            le=datetime.date(2026, 9, 30),
            motif="Dit",
        )
        assert marche.fin_reelle == fin, transition


def test_un_marche_archive_ne_recoit_ni_lot_ni_note(monde):
    Marche.objects.filter(pk=monde.marche.pk).update(archive_le=timezone.now())
    for geste in (
        lambda: ajouter_lot(acteur=monde.acteur(), marche=monde.marche, numero="90", intitule="De plus"),
        lambda: ajouter_note(acteur=monde.acteur(), achat=monde.marche, texte="De plus"),
    ):
        with pytest.raises(AccesRefuse, match="archivé"):
            geste()
