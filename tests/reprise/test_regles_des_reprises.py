"""La reprise d'un classeur, règle par règle : ce qui se garde, qui la demande encore, ce qu'un second passage ne refait pas."""

import datetime
import io
from collections import Counter
from types import SimpleNamespace

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from comptes.models import Adhesion
from reprise.enums import EtatReprise
from reprise.models import Reprise
from reprise.rapport import Changement, Probleme, Rapport
from reprise.services import classeur, reprises
from socle.enums import EtatDocument
from socle.models import Document, EntreeJournal
from socle.permissions import LECTURE_SEULE
from socle.regles import AccesRefuse, RegleViolee
from socle.services import documents
from tests.fabriques.comptes import AdhesionFactory
from tests.fabriques.reprise import RepriseFactory
from tests.reprise.outils import HEURES, classeur_juste, ecrire
from tests.saisie import rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026


@pytest.fixture(autouse=True)
def _file_a_la_main(monkeypatch):
    """La file ne travaille que quand le test le dit."""
    monkeypatch.setattr("socle.services.documents.confier", lambda tache, cle: None)


def deposer(client, octets: bytes = b"PK", nom: str = "classeur.xlsx") -> Reprise:
    suite = client.post(reverse("reprise:importer"), {"fichier": SimpleUploadedFile(nom, octets)})
    return Reprise.objects.get(uuid=suite.url.split("/")[-2])


def prete(monde, client) -> Reprise:
    """Déposée par le facilitateur, analysée sans erreur."""
    reprise = deposer(client)
    Reprise.objects.filter(pk=reprise.pk).update(etat=EtatReprise.PRETE)
    Document.objects.filter(pk=reprise.analyse_id).update(etat=EtatDocument.PRET)
    reprise.refresh_from_db()
    return reprise


def demandee(monde, client) -> Reprise:
    reprise = prete(monde, client)
    client.post(reverse("reprise:appliquer", args=[reprise.uuid]))
    reprise.refresh_from_db()
    return reprise


def probleme(rang: int) -> Probleme:
    return Probleme(HEURES, rang, "Heures", str(rang), f"Raison {rang}")


def lignes(tableur: bytes, feuille: str) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(tableur)).get_sheet_by_name(feuille).to_python()[1:]


def echec(document_id: int) -> str:
    """Le motif d'un passage qui n'a rien fait."""
    assert not documents.fabriquer(document_id)
    document = Document.objects.get(pk=document_id)
    assert document.etat == EtatDocument.ECHEC
    return document.message


# --- Déposer --------------------------------------------------------------------------------------------------------
def test_un_depot_dit_de_qui_il_vient_ce_qu_il_pese_et_vaut_sept_jours(monde, connecte):
    reprise = deposer(connecte("edition"), b"PK12345", f"{'n' * 160}.xlsx")
    assert (reprise.structure, reprise.deposee_par) == (monde.structure, monde.personne("edition"))
    assert (reprise.taille, reprise.etat) == (7, EtatReprise.ANALYSE)
    assert reprise.nom_fichier == f"{'n' * 145}.xlsx"
    assert reprise.expire_le == reprise.analyse.expire_le == timezone.now() + datetime.timedelta(days=7)


def test_un_fichier_refuse_a_la_lecture_se_nomme_comme_on_l_a_depose(connecte):
    reprise = deposer(connecte("edition"), b"PK\x03\x04coupe", "mon classeur à moi.xlsx")
    assert documents.fabriquer(reprise.analyse_id)
    reprise.refresh_from_db()
    (erreur,) = reprise.rapport["erreurs"]
    assert (erreur["feuille"], erreur["valeur"]) == ("", "mon classeur à moi.xlsx")


# --- Le fichier parti -----------------------------------------------------------------------------------------------
def test_le_fichier_parti_l_analyse_le_dit(connecte):
    """Effacé par la plateforme, ou perdu par le disque : la phrase est la même, et dit quoi faire."""
    client = connecte("edition")
    for perdre in (
        lambda reprise: Reprise.objects.filter(pk=reprise.pk).update(fichier=""),
        lambda reprise: reprise.fichier.storage.delete(reprise.fichier.name),
    ):
        reprise = deposer(client)
        perdre(reprise)
        assert echec(reprise.analyse_id) == reprises.EFFACE
        assert "déposez votre classeur de nouveau" in client.get(reprise.get_absolute_url()).text


def test_sans_passage_rien_ne_se_relance(monde, connecte):
    reprise = RepriseFactory(structure=monde.structure)
    with rien_ne_s_ecrit(Document), pytest.raises(RegleViolee, match="déposez votre classeur de nouveau"):
        reprises.relancer(acteur=monde.acteur("edition"), reprise=reprise)


def test_qui_lit_ne_relance_pas_et_sait_pourquoi(monde):
    with rien_ne_s_ecrit(Document), pytest.raises(AccesRefuse, match=LECTURE_SEULE):
        reprises.relancer(acteur=monde.acteur("lecture"), reprise=monde.reprise)


# --- Demander, deux fois --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("etat", [EtatReprise.APPLICATION, EtatReprise.FAITE])
def test_demander_ce_qui_est_demande_ou_fait_ne_dit_rien_de_plus(monde, connecte, etat):
    client = connecte("edition")
    reprise = demandee(monde, client)
    if etat == EtatReprise.FAITE:
        Reprise.objects.filter(pk=reprise.pk).update(etat=etat, appliquee_le=timezone.now())
    with rien_ne_s_ecrit(Reprise, Document):
        suite = client.post(reverse("reprise:appliquer", args=[reprise.uuid]))
    assert suite.url == reprise.get_absolute_url()
    assert list(get_messages(suite.wsgi_request)) == []
    assert EntreeJournal.objects.filter(action="reprise_demandee").count() == 1


# --- Appliquer, une fois --------------------------------------------------------------------------------------------
def test_la_reprise_faite_garde_ce_que_l_ecriture_a_dit_non_l_analyse(monde, connecte, monkeypatch):
    reprise = demandee(monde, connecte("edition"))

    def ecrire_pour_de_vrai(*, conclure, **_):
        rapport = Rapport(
            cree=Counter({HEURES: 3}),
            avertissements=[probleme(8)],
            changements=[Changement(HEURES, 2, "Heures", "1", "2")],
        )
        conclure(rapport)
        return rapport

    monkeypatch.setattr(reprises, "appliquer_classeur", ecrire_pour_de_vrai)
    assert documents.fabriquer(reprise.application_id)
    reprise.refresh_from_db()
    assert (reprise.etat, reprise.appliquee_le) == (EtatReprise.FAITE, timezone.now())
    assert (reprise.rapport["cree"][HEURES], reprise.rapport["nombre_avertissements"]) == (3, 1)
    assert reprise.rapport["changements"][0]["apres"] == "2"
    # Le même passage, repris : il rend le rapport gardé.
    rendu = reprises.appliquer(document=reprise.application, suivre=lambda *_: None)
    assert lignes(rendu, "Erreurs") == []
    assert lignes(rendu, "Avertissements") == [[HEURES, 8, "Heures", "8", "Raison 8"]]


def test_un_travailleur_que_l_on_croyait_mort_a_fini_le_second_ne_recrit_pas(monde, connecte, monkeypatch, horloge):
    reprise = demandee(monde, connecte("edition"))
    faite_le = timezone.now()

    def arriver_second(*, conclure, **_):
        premier = {"etat": EtatReprise.FAITE, "appliquee_le": faite_le, "rapport": {"cree": {HEURES: 3}}}
        Reprise.objects.filter(pk=reprise.pk).update(**premier)
        horloge.shift(60)
        conclure(Rapport())
        return Rapport()

    monkeypatch.setattr(reprises, "appliquer_classeur", arriver_second)
    reprises.appliquer(document=reprise.application, suivre=lambda *_: None)
    reprise.refresh_from_db()
    assert (reprise.appliquee_le, reprise.rapport) == (faite_le, {"cree": {HEURES: 3}})


def test_un_acces_garde_ailleurs_n_ecrit_plus_ici(monde, connecte):
    client = connecte("edition")
    reprise = demandee(monde, client)
    personne = monde.personne("edition")
    AdhesionFactory(utilisateur=personne, organisation=monde.autre.structure)
    Adhesion.objects.filter(utilisateur=personne, organisation=monde.structure).update(active=False)
    assert echec(reprise.application_id) == LECTURE_SEULE


def test_l_ecran_garde_deux_mille_fautes_et_les_compte_toutes(connecte, monkeypatch):
    reprise = deposer(connecte("edition"))
    fautes = [probleme(rang) for rang in range(2001, 0, -1)]
    monkeypatch.setattr(reprises, "analyser_classeur", lambda **_: Rapport(erreurs=fautes, avertissements=fautes))
    monkeypatch.setattr(reprises, "rendre", lambda *_: SimpleNamespace(octets=b"PK", lignes=[]))
    assert documents.fabriquer(reprise.analyse_id)
    reprise.refresh_from_db()
    assert reprise.etat == EtatReprise.A_CORRIGER
    for genre in ("erreurs", "avertissements"):
        gardees = reprise.rapport[genre]
        assert (len(gardees), reprise.rapport[f"nombre_{genre}"]) == (2000, 2001)
        assert (gardees[0]["ligne"], gardees[-1]["ligne"]) == (1, 2000)  # dans l'ordre du classeur


def test_l_avancement_monte_et_nomme_chaque_etape(monde, tmp_path):
    pas: list[tuple[int, str]] = []
    rapport = classeur.appliquer_classeur(
        acteur=monde.acteur("edition"),
        chemin=ecrire(tmp_path / "c.xlsx", classeur_juste()),
        suivre=lambda part, mot: pas.append((part, mot)),
    )
    assert rapport.sans_erreur
    assert pas == sorted(pas, key=lambda un: un[0])
    assert pas[0] == (1, "Ouverture du classeur")
    assert pas[-4:] == [
        (60, "Enregistrement des entreprises et des marchés"),
        (65, "Enregistrement des personnes et des contrats"),
        (75, "Enregistrement des heures"),
        (99, "Fin de l'enregistrement"),
    ]
