"""Un lien plus récent n'interrompt pas qui déclare ; une fermeture, si. Un lien ne montre pas les noms des années passées."""

import datetime
import re

import pytest
from django.urls import reverse

from declarations.enums import StatutDeclaration
from declarations.models import PersonneAnnoncee
from declarations.relances.services.a_la_main import relancer_maintenant
from declarations.services.liens import envoyer_le_lien, fermer_le_lien, liens_de
from socle.models import Courriel, Lien
from tests.declarations.test_declarations import champs, lu, par_lien, statut  # noqa: F401  (une fixture)
from tests.fabriques.declarations import DeclarationFactory

pytestmark = pytest.mark.django_db
ADRESSE = "paie@chantier.fr"


def remplir(monde) -> str:
    return reverse("suivi:declarer_par_lien", args=[monde.fiche.uuid, monde.mois_attendu.uuid])


def le_lien(monde) -> Lien:
    (lien,) = [lien for lien in liens_de(monde.engagement) if lien.destinataire == ADRESSE]
    return lien


def test_une_declaration_ouverte_survit_a_un_nouveau_lien(monde, par_lien):  # noqa: F811
    envoyer_le_lien(acteur=monde.acteur("edition"), engagement=monde.engagement, courriel=ADRESSE)
    assert par_lien.post(remplir(monde), champs(monde)).status_code == 302
    assert statut(monde.mois_attendu) == StatutDeclaration.COMMENCEE
    ouvert = le_lien(monde)  # on n'entre plus que par le dernier
    assert Lien.objects.filter(remplace_le__isnull=False).count() == 1 and ouvert.remplace_le is None


def test_fermer_le_lien_ferme_aussi_les_sessions_de_ceux_qu_il_remplace(monde, par_lien):  # noqa: F811
    envoyer_le_lien(acteur=monde.acteur("edition"), engagement=monde.engagement, courriel=ADRESSE)
    ouvert = le_lien(monde)
    fermer_le_lien(acteur=monde.acteur("edition"), engagement=monde.engagement, lien=ouvert.uuid)
    ferme = par_lien.get(remplir(monde))  # qui était entré lit pourquoi, et à qui demander un lien neuf
    assert ferme.status_code == 410 and "Demandez à la personne qui vous l" in ferme.content.decode()


def test_le_lien_ne_montre_pas_les_annees_passees(monde, par_lien, horloge):  # noqa: F811
    vieux = DeclarationFactory(
        engagement=monde.engagement,
        mois=datetime.date(2019, 12, 1),
        statut=StatutDeclaration.VALIDEE,
        validee_le=datetime.datetime(2020, 1, 5, tzinfo=datetime.UTC),
    )
    liste = lu(par_lien.get(reverse("suivi:mes_declarations_par_lien", args=[monde.fiche.uuid])))
    assert "2019" not in liste
    assert par_lien.get(reverse("suivi:verifier_par_lien", args=[monde.fiche.uuid, vieux.uuid])).status_code == 404


def test_l_accuse_de_reception_mene_a_la_declaration(monde, par_lien):  # noqa: F811
    par_lien.post(remplir(monde), {**champs(monde), "verifier": "1"})
    par_lien.post(reverse("suivi:verifier_par_lien", args=[monde.fiche.uuid, monde.mois_attendu.uuid]))
    assert "/lien/" in Courriel.objects.latest("pk").corps
    assert par_lien.get(remplir(monde)).status_code == 200  # le lien neuf n'a pas fermé celui par lequel on est entré


def test_une_personne_annoncee_se_reporte_au_mois_suivant_sans_retaper(monde, connecte):
    annoncee = PersonneAnnoncee.objects.create(
        declaration=monde.mois_a_valider,
        nom="Lenoir",
        prenom="Bruno",
        embauchee_le=datetime.date(2026, 4, 2),
        type_contrat="cdd",
        heures=40,
    )
    page = reverse("suivi:declarer", args=[monde.mois_attendu.uuid])
    client = connecte("entreprise")
    assert "Bruno Lenoir, annoncée en avril 2026" in lu(client.get(page))
    faux = client.post(page, {f"report_{annoncee.uuid.hex}": "400"})
    assert "Pas plus de 250" in lu(faux) and 'value="400"' in lu(faux)
    assert client.post(page, {f"report_{annoncee.uuid.hex}": "62,5"}).status_code == 302
    reportee = monde.mois_attendu.personnes_annoncees.get()
    assert (reportee.nom_complet, reportee.heures, reportee.embauchee_le) == (
        "Bruno Lenoir",
        62.5,
        annoncee.embauchee_le,
    )
    assert "annoncée en" not in lu(client.get(page))  # dite ce mois-ci, elle ne se redemande pas


def test_les_membres_du_compte_recoivent_aussi_la_relance(monde, horloge):
    """Le correspondant d'abord ; chaque membre du compte, avec son propre lien ; un membre retiré, rien."""
    DeclarationFactory(
        engagement=monde.engagement,
        mois=datetime.date(2026, 10, 1),
        statut=StatutDeclaration.ATTENDUE,
        echeance=datetime.date(2026, 11, 15),
    )
    relancer_maintenant(acteur=monde.acteur("edition"), entreprise=monde.entreprise)
    recus = dict(Courriel.objects.filter(cle__startswith="relance").values_list("destinataire", "corps"))
    membre = monde.personne("entreprise").email
    assert membre in recus and len(recus) == 2
    liens = {re.search(r"/lien/\S+", corps)[0] for corps in recus.values()}
    assert len(liens) == 2
