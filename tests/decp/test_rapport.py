"""Importer par paquets : ce que le rapport compte, ce qui se reconnaît, ce qu'un second passage garde ; puis le fichier déposé."""

import csv
import datetime
import io
import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from decp import services
from decp.enums import StatutAvis, TypeContrat
from decp.lecture import Avis, Modification, Refus, Titulaire
from decp.models import AvisDecp, ImportDecp
from decp.services import importation
from decp.services.imports import en_csv, executer, purger
from decp.services.modifications import _appliquer
from marches.models import MaitreOuvrage, Marche
from socle.models import EntreeJournal
from socle.regles import RegleViolee
from tests.fabriques.commun import siret
from tests.fabriques.decp import AvisDecpFactory
from tests.fabriques.marches import MarcheFactory
from tests.fabriques.socle import DocumentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
D = datetime.date
ACHETEUR = siret(3_000_001)
ICI = {"lieu_code": "50129", "lieu_type": "commune"}


def lu(identifiant="M1", **valeurs) -> Avis:
    commun = {"rang": 1, "contrat": TypeContrat.MARCHE, "acheteur_siret": ACHETEUR, "acheteur_nom": "Ville"}
    return Avis(**{**commun, "identifiant": identifiant, "objet": "Voirie", **ICI, **valeurs})


def importer(monde, *enregistrements, suivre=lambda lus: None):
    return services.importer(acteur=monde.acteur(), enregistrements=enregistrements, pour_de_vrai=True, suivre=suivre)


def garde(monde, identifiant="M1") -> AvisDecp:
    return AvisDecp.objects.get(structure=monde.structure, identifiant=identifiant)


def test_chaque_compte_dit_ce_qu_il_compte(monde):
    """Lus = du territoire + hors territoire + refusés + doublons ; les autres comptes décrivent ceux du territoire."""
    AvisDecpFactory(structure=monde.structure, acheteur_siret=ACHETEUR, identifiant="ANCIEN", objet="Autre")
    a_venir = (Modification(D(2027, 1, 1), Decimal(5), None, ()),)
    rapport = importer(
        monde,
        lu("M1", considerations=("Clause sociale",)),
        lu("M1"),
        lu("M2", considerations=("Pas de considération sociale",), avertissements=["montant illisible"]),
        lu("M3", a_venir=a_venir),
        lu("ANCIEN"),
        lu("LOIN", lieu_code="13055"),
        Refus(6, "X", "Pas d'objet."),
    ).en_json()
    comptes = {libelle: nombre for libelle, nombre in services.comptes(rapport) if nombre}
    assert comptes == {
        "Lus": 7,
        "Du territoire": 4,
        "Hors du territoire": 1,
        "En double dans le fichier": 1,
        "Nouveaux": 3,
        "Mis à jour": 1,
        "Avec une considération sociale": 1,
        "Avec une valeur illisible": 1,
        "Avec une modification à venir": 1,
        "Refusés": 1,
    }
    assert rapport["refus"] == [{"rang": 6, "identifiant": "X", "motif": "Pas d'objet."}]
    assert garde(monde, "M1").sociale and not garde(monde, "M2").sociale


def test_ce_qui_n_a_pas_change_est_encore_du_territoire(monde):
    importer(monde, lu("M1"))
    rapport = importer(monde, lu("M1"), lu("M2"))
    assert (rapport.du_territoire, rapport.inchanges, rapport.nouveaux) == (2, 1, 1)


def test_le_compte_des_refus_reste_exact_quand_leur_detail_s_arrete(monde, monkeypatch):
    monkeypatch.setattr(importation, "REFUS_DETAILLES", 2)
    rapport = importer(monde, *(Refus(rang, "", "Illisible.") for rang in range(1, 5)))
    assert (rapport.refuses, [refus.rang for refus in rapport.refus]) == (4, [1, 2])


def test_un_fichier_interrompu_garde_ce_qui_precede_et_dit_pourquoi(monde):
    rapport = importer(monde, lu("M1"), Refus(2, "", "Le fichier s'arrête.", interrompt=True), lu("M2"))
    assert (rapport.lus, rapport.nouveaux, rapport.refuses) == (1, 1, 0)
    assert rapport.interruption == "Le fichier s'arrête."


def test_les_paquets_n_en_perdent_aucun_et_l_avancement_se_dit(monde, monkeypatch):
    monkeypatch.setattr(importation, "PAQUET", 2)
    dits: list[int] = []
    assert importer(monde, *(lu(f"M{n}") for n in range(5)), suivre=dits.append).nouveaux == 5
    assert dits == [2, 4, 5]


@pytest.mark.parametrize(
    ("lieu", "garde"),
    [
        (("commune", "50602"), True),  # un ancien code d'une commune du territoire
        (("commune", "50100"), False),  # un code postal n'est pas un code de commune
        (("code_postal", "50440"), True),
        (("code_postal", "50129"), False),
        (("departement", "50"), False),
        (("", ""), False),
    ],
)
def test_le_lieu_precis_decide_seul(monde, lieu, garde):
    monde.referentiel.ville.autres_codes = "50602 50173"
    monde.referentiel.ville.save()
    assert importer(monde, lu(lieu_type=lieu[0], lieu_code=lieu[1])).du_territoire == int(garde)


def test_l_acheteur_que_seule_une_autre_structure_suit_ne_compte_pas(monde):
    assert importer(monde, lu(acheteur_siret=monde.autre.maitre_ouvrage.siret, lieu_type="")).hors_territoire == 1
    assert importer(monde, lu(acheteur_siret=monde.maitre_ouvrage.siret, lieu_type="")).du_territoire == 1
    MaitreOuvrage.objects.filter(pk=monde.maitre_ouvrage.pk).update(siret=None)
    assert importer(monde, lu(acheteur_siret="", lieu_type="")).hors_territoire == 1


# --- Reconnaître ----------------------------------------------------------------------------------------------------
def reconnu(monde, **valeurs) -> Marche | None:
    Marche.objects.filter(pk=monde.marche.pk).update(**valeurs)
    rapport = importer(monde, lu("P-1", acheteur_siret=monde.maitre_ouvrage.siret))
    avis = garde(monde, "P-1")
    assert rapport.deja_connus == int(avis.marche is not None)
    assert (avis.statut == StatutAvis.CONNU) is (avis.marche is not None)
    return avis.marche


@pytest.mark.parametrize(
    ("valeurs", "trouve"),
    [
        ({"reference": "P-1"}, True),
        ({"identifiant_decp": "P-1"}, True),
        ({"reference": "P-1", "identifiant_decp": "P-2"}, False),  # il a un autre identifiant public
        ({"reference": "P-3"}, False),
    ],
)
def test_un_marche_se_reconnait_a_son_identifiant_ou_a_defaut_a_sa_reference(monde, valeurs, trouve):
    assert reconnu(monde, **valeurs) == (monde.marche if trouve else None)


def test_un_marche_d_un_autre_acheteur_ou_d_une_autre_structure_n_est_pas_le_meme(monde):
    Marche.objects.filter(pk=monde.autre.marche.pk).update(
        reference="P-1", maitre_ouvrage=monde.maitre_ouvrage, identifiant_decp=""
    )
    assert reconnu(monde, reference="P-3") is None
    autre_acheteur = importer(monde, lu("P-3"))
    assert autre_acheteur.deja_connus == 0


def test_un_second_passage_ne_defait_pas_une_decision(monde):
    importer(monde, lu("P-1", acheteur_siret=monde.maitre_ouvrage.siret))
    avis = services.ecarter_avis(acteur=monde.acteur(), avis=garde(monde, "P-1"), motif="Vu")
    assert importer(monde, lu("P-1", acheteur_siret=monde.maitre_ouvrage.siret)).inchanges == 1
    avis.refresh_from_db()
    assert (avis.statut, avis.motif) == (StatutAvis.ECARTE, "Vu")
    # Le marché écrit depuis, l'avis écarté le dit ; rattaché à la main ailleurs, il y reste.
    assert reconnu(monde, reference="P-1") == monde.marche
    double = MarcheFactory(structure=monde.structure, maitre_ouvrage=monde.maitre_ouvrage)
    AvisDecp.objects.filter(pk=avis.pk).update(marche=double)
    importer(monde, lu("P-1", acheteur_siret=monde.maitre_ouvrage.siret))
    avis.refresh_from_db()
    assert avis.marche == double


def test_l_avis_d_une_autre_structure_ne_se_met_pas_a_jour(monde):
    ailleurs = AvisDecpFactory(structure=monde.autre.structure, acheteur_siret=ACHETEUR, identifiant="M1")
    assert importer(monde, lu("M1", objet="Changé")).nouveaux == 1
    ailleurs.refresh_from_db()
    assert ailleurs.objet == "Réfection de la voirie"


def test_tout_ce_qui_est_lu_se_garde_et_se_met_a_jour(monde):
    importer(monde, lu("M1"))
    suite = Modification(D(2027, 1, 1), None, 24, (Titulaire("SIRET", ACHETEUR, "Neuve"),))
    neuf = lu(
        "M1",
        objet="Éclairage",
        cpv="45316110",
        nature="travaux",
        montant=Decimal("10.50"),
        duree_mois=9,
        date_notification=D(2026, 9, 1),
        lieu_nom="Cherbourg",
        titulaires=(Titulaire("SIRET", ACHETEUR, "Lumière"),),
        considerations=("Marché réservé",),
        a_venir=(suite,),
        avertissements=["une date illisible"],
    )
    assert importer(monde, neuf).mis_a_jour == 1
    avis = garde(monde)
    for champ in ("objet", "cpv", "nature", "montant", "duree_mois", "date_notification", "lieu_nom", "avertissements"):
        assert getattr(avis, champ) == getattr(neuf, champ), champ
    assert avis.titulaires == [{"type": "SIRET", "id": ACHETEUR, "nom": "Lumière"}]
    assert (avis.considerations, avis.sociale) == (["Marché réservé"], True)
    assert "eclairage" in avis.texte_plie
    assert avis.prochaine_modification_le == D(2027, 1, 1)
    (a_venir,) = avis.modifications_a_venir
    neuve = {"type": "SIRET", "id": ACHETEUR, "nom": "Neuve"}
    assert a_venir == {"le": "2027-01-01", "montant": None, "duree_mois": 24, "titulaires": [neuve]}
    assert importer(monde, neuf).inchanges == 1


# --- Les modifications à venir --------------------------------------------------------------------------------------
def modifie(monde, *modifications, **valeurs) -> AvisDecp:
    vide = {"montant": None, "duree_mois": None, "titulaires": []}
    return AvisDecpFactory(
        structure=monde.structure,
        modifications_a_venir=[{**vide, **une} for une in modifications],
        prochaine_modification_le=modifications[0]["le"],
        **valeurs,
    )


def test_une_modification_ne_change_que_ce_qu_elle_dit(monde):
    siens = [{"type": "SIRET", "id": ACHETEUR, "nom": "Première"}]
    neufs = [{"type": "SIRET", "id": ACHETEUR, "nom": "Seconde"}]
    avis = modifie(
        monde,
        {"le": "2026-11-01", "montant": "300000.50"},
        {"le": "2026-11-02", "titulaires": neufs},
        {"le": "2026-11-03", "duree_mois": 30},
        titulaires=siens,
    )
    attendus = [
        (D(2026, 10, 31), 0, Decimal(250_000), 12, siens, D(2026, 11, 1)),
        (D(2026, 11, 1), 1, Decimal("300000.50"), 12, siens, D(2026, 11, 2)),
        (D(2026, 11, 2), 1, Decimal("300000.50"), 12, neufs, D(2026, 11, 3)),
        (D(2026, 11, 9), 1, Decimal("300000.50"), 30, neufs, None),
    ]
    for jour, changes, *suite in attendus:
        assert services.appliquer_les_modifications(jour) == changes
        avis.refresh_from_db()
        assert [avis.montant, avis.duree_mois, avis.titulaires, avis.prochaine_modification_le] == suite
    actions = EntreeJournal.objects.filter(action="avis_modifie", structure=monde.structure)
    assert actions.count() == 3


def test_une_modification_appliquee_ne_reste_pas_a_venir(monde):
    avis = modifie(monde, {"le": "2026-11-01", "montant": "300000"}, {"le": "2026-11-05", "duree_mois": 30})
    assert _appliquer(avis, D(2026, 11, 1)) is True
    avis.refresh_from_db()
    assert [une["le"] for une in avis.modifications_a_venir] == ["2026-11-05"]
    assert _appliquer(avis, D(2026, 11, 1)) is False  # un autre passage l'a fait entre-temps


# --- Le fichier déposé ----------------------------------------------------------------------------------------------
def depose(monde, contenu, **valeurs) -> ImportDecp:
    octets = contenu if isinstance(contenu, bytes) else json.dumps(contenu).encode()
    fichier = SimpleUploadedFile("decp.json", octets)
    return services.deposer(acteur=monde.acteur("edition"), fichier=fichier, **valeurs)


def brut(identifiant="M1", **valeurs) -> dict:
    lieu = {"code": "50129", "typeCode": "Code commune"}
    return {"id": identifiant, "acheteur": {"id": ACHETEUR}, "objet": "Voirie", "lieuExecution": lieu, **valeurs}


def test_un_depot_garde_le_fichier_le_nom_et_qui_l_a_fait(monde):
    depot = depose(monde, [brut()])
    assert (depot.structure, depot.depose_par) == (monde.structure, monde.personne("edition"))
    assert (depot.nom_fichier, depot.a_blanc) == ("decp.json", False)
    assert EntreeJournal.objects.get(action="decp_depose").objet_uuid == depot.uuid
    assert depot.document.genre == "import_decp" and "15/10/2026" in depot.document.titre
    long = services.deposer(acteur=monde.acteur(), fichier=SimpleUploadedFile("n" * 200 + ".json", b"[]"))
    assert long.nom_fichier == "n" * 145 + ".json"


@pytest.mark.parametrize("a_blanc", [True, False])
def test_la_file_ecrit_sauf_a_blanc_et_rend_le_rapport(monde, a_blanc):
    depot = depose(monde, [brut("M1"), brut("", objet="=1+1")], a_blanc=a_blanc)
    AvisDecp.objects.filter(identifiant="M1").delete()
    pas: list[tuple[int, str]] = []
    rendu = executer(document=depot.document, suivre=lambda part, mot: pas.append((part, mot)))
    assert AvisDecp.objects.filter(structure=monde.structure, identifiant="M1").exists() is not a_blanc
    depot.refresh_from_db()
    assert (depot.rapport["lus"], depot.rapport["refuses"], depot.rapport["refus"]) == (2, 1, [])
    assert ImportDecp.objects.get(pk=monde.import_decp.pk).rapport == monde.import_decp.rapport
    lignes = list(csv.reader(io.StringIO(rendu.decode("utf-8-sig")), delimiter=";"))
    assert ["Lus", "2"] in lignes and ["rang", "identifiant", "motif du refus"] in lignes
    assert [] in lignes and lignes[-1][0] == "2" and "Lecture incomplète" not in rendu.decode()
    assert pas == [(95, "2 marchés lus")]


def test_l_avancement_suit_la_taille_du_fichier(monde):
    """1 500 octets par avis : onze avis lus sur vingt font onze vingtièmes de 95, le reste est d'écrire le rapport."""
    depot = depose(monde, json.dumps([brut(f"M{n}") for n in range(11)]).encode().ljust(30_000))
    pas: list[int] = []
    executer(document=depot.document, suivre=lambda part, mot: pas.append(part))
    executer(document=depose(monde, [brut()]).document, suivre=lambda part, mot: pas.append(part))
    assert pas == [52, 95]


def test_un_rapport_incomplet_le_dit_et_rien_n_y_est_une_formule():
    rapport = importation.Rapport(lus=1, interruption="=coupé")
    rapport.refuser(Refus(1, "=A1", "+motif"))
    lignes = list(csv.reader(io.StringIO(en_csv(rapport).decode("utf-8-sig")), delimiter=";"))
    assert ["Lecture incomplète", "'=coupé"] in lignes
    assert lignes[-1] == ["1", "'=A1", "'+motif"]


@pytest.mark.parametrize("perte", ["champ", "disque"])
def test_un_fichier_efface_se_redepose(monde, perte):
    depot = depose(monde, [brut()])
    if perte == "champ":
        ImportDecp.objects.filter(pk=depot.pk).update(fichier="")
    else:
        depot.fichier.storage.delete(depot.fichier.name)
    with pytest.raises(RegleViolee, match="déposez-le de nouveau"):
        executer(document=depot.document, suivre=lambda part, mot: None)
    with pytest.raises(ImportDecp.DoesNotExist):
        executer(document=DocumentFactory(), suivre=lambda part, mot: None)


def test_les_fichiers_s_effacent_apres_sept_jours_leur_rapport_reste(monde):
    depots = [depose(monde, [brut()]) for _ in range(3)]
    instants = [datetime.timedelta(days=7, seconds=1), datetime.timedelta(days=7), datetime.timedelta(0)]
    for depot, depuis in zip(depots, instants, strict=True):
        ImportDecp.objects.filter(pk=depot.pk).update(cree_le=timezone.now() - depuis)
    noms = [depot.fichier.name for depot in depots]
    assert purger() == 1
    assert purger() == 0
    assert [depots[0].fichier.storage.exists(nom) for nom in noms] == [False, True, True]
    gardes = ImportDecp.objects.filter(pk__in=[d.pk for d in depots]).order_by("pk")
    assert [bool(depot.fichier) for depot in gardes] == [False, True, True]
    assert all(depot.rapport is not None for depot in gardes)
