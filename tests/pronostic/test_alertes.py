"""Les alertes lues en base : de quoi projeter, pour qui, en combien de requêtes, et ce qu'en montrent les écrans."""

import datetime
import io
import json
from decimal import Decimal as D

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from declarations.enums import StatutDeclaration
from marches.models import Engagement, Marche
from pronostic.enums import Pronostic
from pronostic.lecture import (
    alertes,
    engagements_suivis,
    lire_l_engagement,
    lire_le_marche,
)
from pronostic.projection import projeter
from recrutement.models import Contrat
from tests.client_strict import ClientStrict
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory
from tests.monde import Monde

pytestmark = pytest.mark.django_db
JOUR = datetime.date(2026, 10, 15)


def engager(monde: Monde, reference: str, *heures, dues=1000, **marche) -> Engagement:
    """Un engagement d'un an, dont les premiers mois de 2026 ont ces heures validées."""
    marche = MarcheFactory(
        structure=monde.structure,
        maitre_ouvrage=monde.maitre_ouvrage,
        reference=reference,
        **{"debut": datetime.date(2026, 1, 1), "fin_prevue": datetime.date(2026, 12, 31), "statut": "execution"}
        | marche,
    )
    engagement = EngagementFactory(lot=LotFactory(marche=marche), entreprise=monde.entreprise, heures_initiales=dues)
    contrat = ContratFactory(
        engagement=engagement,
        beneficiaire=monde.beneficiaire,
        debut=datetime.date(2026, 1, 1),
        fin_prevue=datetime.date(2026, len(heures) or 1, 28),
        identifiant=f"P-{reference}",
    )
    for rang, valeur in enumerate(heures, start=1):
        mois = datetime.date(2026, rang, 1)
        DeclarationFactory(engagement=engagement, mois=mois, validee=True, lignes={contrat: valeur})
    return Engagement.objects.avec_contexte().get(pk=engagement.pk)


def test_les_faits_d_un_engagement_se_lisent_en_une_requete(monde):
    engagement = engager(monde, "P-1", 100, 100, 50)
    contrat = engagement.contrats.get()
    DeclarationFactory(engagement=engagement, mois=datetime.date(2026, 4, 1), lignes={contrat: "40"})
    DeclarationFactory(engagement=engagement, mois=datetime.date(2026, 9, 1), statut=StatutDeclaration.ATTENDUE)
    Marche.objects.get(pk=engagement.lot.marche_id).suspensions.create(
        du=datetime.date(2026, 6, 1), au=datetime.date(2026, 6, 30), motif="Intempéries"
    )
    with CaptureQueriesContext(connection) as requetes:
        execution = lire_l_engagement(engagement, JOUR)
    assert len(requetes) == 1
    assert execution.dues == 1000
    assert execution.validees == {datetime.date(2026, m, 1): D(h) for m, h in ((1, 100), (2, 100), (3, 50))}
    assert execution.declarees == {datetime.date(2026, 4, 1): D(40)}
    assert execution.mois_attendus == {datetime.date(2026, 9, 1)}
    assert execution.suspensions == ((datetime.date(2026, 6, 1), datetime.date(2026, 6, 30)),)
    (signe,) = execution.contrats
    assert (signe.debut, signe.fin, signe.fin_annoncee) == (contrat.debut, contrat.fin_prevue, contrat.fin_prevue)


def test_un_contrat_archive_ne_promet_plus_rien_et_un_mois_travaille_sans_declaration_est_attendu(monde):
    engagement = engager(monde, "P-2", 100, 100)
    contrat = engagement.contrats.get()
    Contrat.objects.filter(pk=contrat.pk).update(fin_prevue=datetime.date(2026, 12, 31))
    assert lire_l_engagement(engagement, JOUR).mois_attendus == {datetime.date(2026, m, 1) for m in (8, 9)}
    Contrat.objects.filter(pk=contrat.pk).update(archive_le=datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC))
    execution = lire_l_engagement(engagement, JOUR)
    assert (execution.contrats, execution.mois_attendus) == ((), frozenset())


def test_la_liste_classe_le_plus_menace_d_abord_en_deux_requetes(monde):
    Engagement.objects.filter(lot__marche=monde.marche).update(
        archive_le=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    )
    perdu = engager(monde, "P-1", 100, 100, *[0] * 7)
    pire = engager(monde, "P-2", 100, *[0] * 8, dues=3000)
    sur = engager(monde, "P-3", *[100] * 9)
    Contrat.objects.filter(engagement=sur).update(fin_prevue=datetime.date(2026, 12, 31))
    tenu = engager(monde, "P-4", 200, 200, dues=300)
    juste = engager(monde, "P-5", *[81] * 9)
    neuf = engager(monde, "P-6", debut=datetime.date(2026, 9, 20), fin_prevue=datetime.date(2027, 12, 31))
    Contrat.objects.filter(engagement=neuf).delete()
    engager(monde, "P-7", 10, statut="solde")
    with CaptureQueriesContext(connection) as requetes:
        trouvees = alertes(engagements_suivis(monde.acteur()), JOUR)
    assert len(requetes) == 2
    assert [(a.uuid, a.projection.pronostic) for a in trouvees] == [
        (pire.uuid, Pronostic.EN_PERIL),
        (perdu.uuid, Pronostic.EN_PERIL),
        (juste.uuid, Pronostic.A_SURVEILLER),
        (neuf.uuid, Pronostic.TROP_TOT),
        (sur.uuid, Pronostic.BONNE_VOIE),
        (tenu.uuid, Pronostic.ATTEINT),
    ]
    assert alertes(engagements_suivis(monde.acteur("prescripteur")), JOUR) == []
    # L'entreprise et l'acheteur ne voient que les leurs ; la page d'un engagement le projette pareil.
    for role in ("entreprise", "maitre_ouvrage"):
        assert {a.uuid for a in alertes(engagements_suivis(monde.acteur(role)), JOUR)} == {a.uuid for a in trouvees}
    with CaptureQueriesContext(connection) as requetes:
        lue = lire_l_engagement(perdu, JOUR)
    assert len(requetes) == 1
    assert projeter(lue, JOUR) == next(a.projection for a in trouvees if a.uuid == perdu.uuid)


def test_un_marche_reunit_ses_engagements_et_laisse_les_archives(monde):
    premier = engager(monde, "P-1", 100, 100, 100)
    second = EngagementFactory(lot=premier.lot, entreprise=monde.cotraitante, heures_initiales=500, cotraitant=True)
    archive = EngagementFactory(
        lot=LotFactory(marche=premier.lot.marche, numero="9"), entreprise=monde.cotraitante, heures_initiales=700
    )
    Engagement.objects.filter(pk=archive.pk).update(archive_le=datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC))
    with CaptureQueriesContext(connection) as requetes:
        lu = lire_le_marche(premier.lot.marche, JOUR)
    assert len(requetes) == 1
    assert (lu.projection.dues, lu.projection.faites) == (1500, 300)
    assert {m.engagement for m in lu.mois} == {premier.uuid} and second.pk
    Marche.objects.filter(pk=premier.lot.marche_id).update(statut="solde")
    assert lire_le_marche(Marche.objects.get(pk=premier.lot.marche_id), JOUR).projection is None


# --- Les écrans --------------------------------------------------------------------------------------------------
def ouvrir(monde: Monde, qui: str, adresse: str):
    client = ClientStrict()
    with time_machine.travel(JOUR):
        client.force_login(monde.personne(qui))
        return client.get(adresse)


def lire(reponse) -> str:
    texte = BeautifulSoup(reponse.content, "html.parser").get_text(" ", strip=True)
    return " ".join(texte.replace("\u202f", " ").replace("\u00a0", " ").split())


def test_la_liste_se_filtre_se_trie_et_s_exporte(monde):
    perdu = engager(monde, "P-1", 100, 100, *[0] * 7)
    sur = engager(monde, "P-3", *[100] * 9)
    Marche.objects.filter(pk=sur.lot.marche_id).update(facilitateur=monde.personne("edition"))
    adresse = reverse("suivi:alertes")
    page = lire(ouvrir(monde, "lecture", adresse))
    assert page.index("P-1,") < page.index("P-3,")
    assert "800 h" in page and "Comment c'est calculé" in page
    rouges = lire(ouvrir(monde, "edition", f"{adresse}?pronostic=en_peril"))
    assert "P-1," in rouges and "P-3," not in rouges
    miens = lire(ouvrir(monde, "edition", f"{adresse}?facilitateur={monde.personne('edition').uuid}"))
    assert "P-3," in miens and "P-1," not in miens
    assert "Aucun résultat" in lire(ouvrir(monde, "edition", f"{adresse}?recherche=introuvable"))
    par_jours = lire(ouvrir(monde, "edition", f"{adresse}?tri=-reference"))
    assert par_jours.index("P-3,") < par_jours.index("P-1,")
    assert ouvrir(monde, "edition", f"{adresse}?tri=__class__&page=99&pronostic=zzz").status_code == 200
    csv = ouvrir(monde, "edition", f"{adresse}?export=csv&recherche=P-1").getvalue().decode("utf-8-sig")
    entete, ligne = csv.strip().split("\r\n")
    assert entete.startswith("Entreprise;Marché;Lot;Maître d'ouvrage;Pronostic;")
    assert "En péril" in ligne and ";800;" in ligne and "janvier 2026" in ligne
    assert ouvrir(monde, "edition", f"{adresse}?export=xlsx").status_code == 200
    assert perdu.entreprise.raison_sociale in csv


def test_chacun_lit_la_meme_phrase_l_acheteur_sans_nom_de_personne(monde):
    engagement = engager(monde, "P-1", 100, 100, *[0] * 7)
    phrase = "200 h sur 1 000, 789 attendues à ce jour ; à ce rythme 200 h à la fin"
    siennes = {
        "responsable": engagement.get_absolute_url(),
        "entreprise": reverse("marches:mon_engagement", args=[engagement.uuid]),
    }
    for qui, adresse in siennes.items():
        page = lire(ouvrir(monde, qui, adresse))
        assert phrase in page and "En péril" in page and "Voir les données" in page
    for qui in ("responsable", "maitre_ouvrage"):
        page = lire(ouvrir(monde, qui, engagement.lot.marche.get_absolute_url()))
        assert phrase in page
    assert monde.beneficiaire.nom not in page
    solde = engager(monde, "P-2", 100, statut="solde", fin_reelle=datetime.date(2026, 3, 1))
    assert "Où cela finira" not in lire(ouvrir(monde, "responsable", solde.get_absolute_url()))


# --- La commande -------------------------------------------------------------------------------------------------
def test_la_commande_rejoue_les_marches_finis(monde):
    Marche.objects.filter(pk=monde.marche.pk).update(statut="abandonne")
    engager(monde, "P-1", 100, 100, *[0] * 10, statut="solde")
    engager(monde, "P-2", *[100] * 12, statut="solde")
    with time_machine.travel(datetime.date(2027, 3, 1)):
        sortie = io.StringIO()
        call_command("evaluer_projection", structure=monde.structure.slug, format="json", stdout=sortie)
        lu = json.loads(sortie.getvalue())
        assert (lu["engagements"], lu["manques"], lu["signales"]) == (2, 1, 1)
        assert (lu["precision"], lu["rappel"], lu["fausses_alertes"]) == (100.0, 100.0, 0.0)
        assert {"couverture_intervalle", "erreur_mediane", "parametres"} <= lu.keys()
        texte = io.StringIO()
        call_command("evaluer_projection", structure=monde.structure.slug, mois_avant=3, stdout=texte)
        dit = texte.getvalue()
        assert dit.startswith("2 engagements finis, vus 3 mois avant leur fin.")
        assert "ligne naïve (règle de trois) : 1, dont à raison 1" in dit and "rouge et ambre ensemble : " in dit
        assert (lu["rappel_naive"], lu["precision_naive"], lu["rappel_surveilles"]) == (100.0, 100.0, 100.0)
    with pytest.raises(CommandError, match="Aucune structure"):
        call_command("evaluer_projection", structure="nulle-part")
    with pytest.raises(CommandError, match="1 à 60"):
        call_command("evaluer_projection", mois_avant=0)
