"""L'attestation de fin d'opération et les courriers en PDF : ce qu'ils disent, ce qu'ils taisent, qui les lit, et qu'ils ne bougent plus."""

import datetime
import hashlib
import html
import io
import json
from collections.abc import Iterator
from decimal import Decimal as D

import outloud
import pdfua
import pikepdf
import pypdf
import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary

from cloture.attestations.composition import les_publics, masquer_la_repartition, verdict
from cloture.attestations.services import emettre_attestation
from cloture.carences.services import constater_carence, mettre_en_demeure
from cloture.constat import engagements_a_attester
from cloture.lettres.services import envoyer_la_lettre, remettre_la_lettre
from cloture.models import Attestation, Carence, MiseEnDemeure, Penalite, ReglagesCloture
from cloture.penalites.services import decider_penalite, proposer_penalite, recevoir_observations
from comptes.enums import Role
from declarations.models import Declaration, LigneHeures
from declarations.services import rouvrir_mois, saisir_heures, valider_mois
from marches.models import Avenant, Engagement, Marche
from recrutement.models import MotifSansCritere
from recrutement.services import consigner_le_motif
from socle.models import Document
from socle.regles import AccesRefuse, RegleViolee
from socle.services.documents import fabriquer
from tests.client_strict import ClientStrict
from tests.fabriques.beneficiaires import BeneficiaireFactory, CritereFactory
from tests.fabriques.declarations import DeclarationFactory, LigneHeuresFactory, RelanceFactory
from tests.fabriques.recrutement import ContratFactory
from tests.monde import Monde, construire_monde

pytestmark = pytest.mark.django_db
JOUR = "2026-10-15T12:00:00+02:00"
NOMS = ("Lemaire", "Awa", "Poulain", "Mystere")


@pytest.fixture(scope="module")
def histoire(django_db_setup, django_db_blocker) -> Iterator[Monde]:
    """L'histoire 11 jusqu'au bout, par les services, un monde pour tout le fichier : chaque essai s'y défait."""
    with time_machine.travel(JOUR, tick=False), django_db_blocker.unblock(), transaction.atomic():
        monde = construire_monde()
        _raconter(monde)
        yield monde
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _au_15_octobre() -> Iterator[None]:
    with time_machine.travel(JOUR, tick=False):
        yield


@pytest.fixture(autouse=True)
def _defaire(histoire, db) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _raconter(monde: Monde) -> None:
    """1 181 h dues, 1 000 validées par huit personnes, dont six au RSA ; un retard de douze jours ; tout est validé."""
    for modele in (Penalite, MiseEnDemeure, Carence):
        modele.objects.all().delete()
    Attestation.objects.all()._raw_delete("default")
    LigneHeures.objects.filter(declaration__engagement=monde.engagement).delete()
    Declaration.objects.filter(engagement=monde.engagement).delete()
    Avenant.objects.filter(engagement=monde.engagement).update(heures_delta=D(181), motif="Prestations supplémentaires")
    Engagement.objects.filter(pk=monde.engagement.pk).update(
        heures_initiales=1000, heures_avenants=181, heures_realisees=0
    )
    Marche.objects.filter(pk=monde.marche.pk).update(
        debut="2026-01-01", fin_prevue="2026-06-30", statut="execution", penalite_par_heure=200, penalite_par_jour=75,
        mise_en_demeure_prealable=False, facilitateur=monde.personne("edition"),
    )  # fmt: skip
    monde.engagement = monde.nous.engagement = Engagement.objects.avec_contexte().get(pk=monde.engagement.pk)
    mars = DeclarationFactory(
        engagement=monde.engagement, mois=datetime.date(2026, 3, 1), echeance=datetime.date(2026, 4, 15),
        declaree_le=datetime.datetime(2026, 4, 27, 9, tzinfo=datetime.UTC),
    )  # fmt: skip
    RelanceFactory(declaration=mars, jour=datetime.date(2026, 4, 22), palier="retard")
    for rang in range(8):
        personne = BeneficiaireFactory(structure=monde.structure, nom=f"Mystere{rang}", prenom="Zélie")
        if rang < 6:
            CritereFactory(beneficiaire=personne, code="RSA", depuis=datetime.date(2025, 1, 1))
        contrat = ContratFactory(
            engagement=monde.engagement, beneficiaire=personne, debut=datetime.date(2026, 3, 1),
            fin_prevue=datetime.date(2026, 3, 31), modalite="embauche_directe" if rang < 7 else "sous_traitance",
        )  # fmt: skip
        LigneHeuresFactory(declaration=mars, contrat=contrat, heures=D(125))
        if rang >= 6:
            consigner_le_motif(acteur=monde.acteur(), contrat=contrat, motif="Accord écrit de l'acheteur")
    valider_mois(acteur=monde.acteur(), declaration=mars)
    for contrat in monde.engagement.contrats.filter(beneficiaire=monde.beneficiaire):
        contrat.archive_le = "2026-09-01T00:00Z"
        contrat.save()
    monde.engagement.refresh_from_db()


def texte(octets: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(octets)).pages
    lu = " ".join(page.extract_text() for page in pages).replace("\u202f", " ").replace("\xa0", " ")
    return " ".join(lu.split())


def fichier(document: Document) -> bytes:
    assert fabriquer(document.pk), Document.objects.get(pk=document.pk).message
    with Document.objects.get(pk=document.pk).fichier.open() as lu:
        return lu.read()


def emettre(monde: Monde, **valeurs) -> Attestation:
    return emettre_attestation(
        acteur=monde.acteur("edition"), engagement=monde.engagement, signataire="Claire Le Goff", **valeurs
    )


def decidee(monde: Monde) -> Penalite:
    acteur = monde.acteur("edition")
    constater_carence(
        acteur=acteur, engagement=monde.engagement, constatee_le=datetime.date(2026, 5, 2), postes=1,
        motif="Aucun candidat", heures_neutralisees=D(81), motif_heures="un poste de 81 h",
    )  # fmt: skip
    penalite = envoyer_la_lettre(
        acteur=acteur, penalite=proposer_penalite(acteur=acteur, engagement=monde.engagement, genre="heures")
    )
    penalite = remettre_la_lettre(acteur=acteur, penalite=penalite, remise="main_propre", le=timezone.localdate())
    penalite = recevoir_observations(acteur=monde.acteur(Role.ENTREPRISE), penalite=penalite, texte="Chantier arrêté.")
    return decider_penalite(acteur=monde.acteur(Role.MAITRE_OUVRAGE), penalite=penalite, decision="retenue")


def verifier_le_pdf(octets: bytes, titre: str, tmp_path) -> None:
    """Balisé, en français, titré ; chaque en-tête a sa portée ; les deux vérificateurs ne trouvent rien."""
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        assert str(pdf.Root.Lang) == "fr-FR" and pdf.Root.MarkInfo.Marked and pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadonnees:
            assert titre in metadonnees["dc:title"] and metadonnees["pdfuaid:part"] == "1"
        portees = list(_portees(pdf.Root.StructTreeRoot.K))
        assert portees and set(portees) <= {"/Column", "/Row"}
    chemin = tmp_path / "courrier.pdf"
    chemin.write_bytes(octets)
    assert not pdfua.validate(chemin).findings
    assert not [(t.rule, t.message) for t in outloud.check(chemin).findings]


def _portees(noeud):
    if isinstance(noeud, Array):
        for enfant in noeud:
            yield from _portees(enfant)
    elif isinstance(noeud, Dictionary) and "/S" in noeud:
        if str(noeud.S) == "/TH":
            yield str(noeud.A.Scope)
        if "/K" in noeud:
            yield from _portees(noeud.K)


# --- Les PDF ----------------------------------------------------------------------------------------------------------
def test_la_lettre_dit_l_histoire_11_et_ne_nomme_personne(histoire, tmp_path):
    acteur = histoire.acteur("edition")
    penalite = proposer_penalite(acteur=acteur, engagement=histoire.engagement, genre="heures")
    penalite = envoyer_la_lettre(acteur=acteur, penalite=penalite)
    octets = fichier(penalite.lettre)
    verifier_le_pdf(octets, "Procédure contradictoire", tmp_path)
    lu = texte(octets)
    for attendu in (
        *("1 181 h", "1 000 h", "181 h", "200 €", "36 200 €", "30 octobre 2026", "Ville de Cherbourg"),
        *(
            "Travaux du Cotentin",
            "2026-014",
            "mars 2026",
            "15 avril 2026",
            "27 avril 2026",
            "12 jours",
            "Premier rappel",
        ),
    ):
        assert attendu in lu, attendu
    assert not [nom for nom in NOMS if nom in lu]
    assert "12 jours × 75" not in lu and "'" not in lu
    assert fichier_refait(penalite.lettre) == octets


def fichier_refait(document: Document) -> bytes:
    Document.objects.filter(pk=document.pk).update(etat="en_attente")
    return fichier(document)


def test_le_retard_de_douze_jours_fait_900_euros_dans_sa_lettre(histoire):
    acteur = histoire.acteur("edition")
    penalite = proposer_penalite(acteur=acteur, engagement=histoire.engagement, genre="retard")
    lu = texte(fichier(envoyer_la_lettre(acteur=acteur, penalite=penalite).lettre))
    assert "12 jours × 75 € 900 €" in lu


def test_la_mise_en_demeure_se_lit_et_se_balise(histoire, tmp_path):
    DeclarationFactory(
        engagement=histoire.engagement,
        mois=datetime.date(2026, 4, 1),
        statut="attendue",
        echeance=datetime.date(2026, 5, 15),
    )
    mise = mettre_en_demeure(
        acteur=histoire.acteur("edition"),
        engagement=histoire.engagement,
        le=datetime.date(2026, 9, 1),
        objet="Déclarer avril",
    )
    octets = fichier(mise.document)
    verifier_le_pdf(octets, "Mise en demeure", tmp_path)
    assert "Déclarer avril" in texte(octets) and "avril 2026 15 mai 2026" in texte(octets)


def test_l_attestation_dit_tout_sans_nom_et_ne_bouge_plus(histoire, tmp_path):
    penalite = decidee(histoire)
    attestation = emettre(histoire, qualite="Facilitatrice")
    octets = fichier(attestation.document)
    verifier_le_pdf(octets, f"Attestation de fin d’opération {attestation.numero}", tmp_path)
    lu = texte(octets)
    for attendu in (
        *("1 000 h réalisées et validées sur 1 181 h dues", "84,7 %", "il en manque 181 h", "Partiellement satisfait"),
        *("81 h sont neutralisées", "1 100 h", "90,9 %", "Prestations supplémentaires", "−181 h", "Retenue en entier"),
        *(
            "20 000 €",
            "Claire Le Goff, Facilitatrice",
            attestation.numero,
            "Embauche directe",
            "875 h",
            "Sous-traitance",
        ),
    ):
        assert attendu in lu, attendu
    assert penalite.montant_decide == 20_000
    assert attestation.empreinte in lu.replace(" ", "")
    assert not [nom for nom in NOMS if nom in lu]
    lisible = json.dumps(attestation.donnees, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert attestation.empreinte == hashlib.sha256(lisible.encode()).hexdigest()
    declaration = histoire.engagement.declarations.get()
    rouvrir_mois(acteur=histoire.acteur(), declaration=declaration, motif="Correction")
    ligne = declaration.lignes.select_related("contrat__beneficiaire").order_by("pk").first()
    saisir_heures(
        acteur=histoire.acteur(), engagement=histoire.engagement, mois=declaration.mois, heures={ligne.contrat: D(1)}
    )
    declaration.refresh_from_db()
    valider_mois(acteur=histoire.acteur(), declaration=declaration)
    assert fichier_refait(attestation.document) == octets
    attestation.refresh_from_db()
    attestation.donnees = {**attestation.donnees, "taux": "100"}
    with pytest.raises(RegleViolee, match="ne change plus"):
        attestation.save()
    with pytest.raises(RegleViolee, match="ne se supprime pas"):
        attestation.delete()


def test_les_heures_sans_critere_se_disent_avec_leur_motif(histoire):
    attestation = emettre(histoire)
    dites = {"heures": "250.00", "motifs": ["Accord écrit de l'acheteur"], "sans_motif": "0"}
    assert attestation.donnees["sans_critere"] == dites
    for role in ("edition", "maitre_ouvrage", "entreprise"):
        client = ClientStrict()
        client.force_login(histoire.personne(role))
        page = html.unescape(client.get(attestation.get_absolute_url()).content.decode())
        assert "comptent alors qu'aucun critère" in page and "Accord écrit de l’acheteur" in page
    MotifSansCritere.objects.all().delete()  # validées avant que le motif ne soit demandé
    assert emettre(histoire, motif="Relue").donnees["sans_critere"] == {**dites, "motifs": [], "sans_motif": "250.00"}


def test_les_petits_effectifs_ne_se_lisent_ni_ne_se_deduisent(histoire):
    donnees = emettre(histoire).donnees
    assert donnees["personnes"] == 8
    assert donnees["publics"] == []  # 6 au RSA, 2 sans public : dire l'un dirait l'autre
    assert [m["personnes"] for m in donnees["modalites"]] == ["masqué", "moins de 5"]  # 7 et 1
    assert sum(D(m["heures"]) for m in donnees["modalites"]) == 1000


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 60), min_size=1))
def test_aucun_masque_ne_se_retrouve_par_soustraction(comptes):
    """Une répartition exclusive : les cases cachées gardent ensemble au moins deux partages possibles."""
    total = sum(comptes.values())
    masques = masquer_la_repartition(comptes, total)
    caches = [cle for cle, valeur in masques.items() if isinstance(valeur, str)]
    assert all(isinstance(masques[cle], str) for cle, n in comptes.items() if (n < 5 and total != n) or total < 5)
    assert len(caches) != 1 or len(comptes) == 1
    assert all(masques[cle] == n for cle, n in comptes.items() if cle not in caches)


def test_un_public_de_quelques_personnes_n_est_meme_pas_nomme():
    """Seule salariée d'un petit groupe, une personne se reconnaîtrait au seul nom de son public."""
    assert les_publics({"RQTH": 1}, 1) == []
    dits = les_publics({"RSA": 9, "DELD": 7, "RQTH": 1, "REF": 1}, 18)
    assert [(p["libelle"][:4], p["personnes"]) for p in dits] == [("Béné", 9), ("Dema", 7), ("Autr", "masqué")]
    assert [p["personnes"] for p in les_publics({"RSA": 9, "DELD": 7}, 16)] == [9, 7]


@pytest.mark.parametrize(
    ("faites", "dues", "neutres", "attendu"),
    [(1000, 1000, 0, "satisfait"), (999, 1000, 0, "partiel"), (500, 1000, 0, "partiel"), (499, 1000, 0, "non_satisfait"),
     (900, 1000, 100, "satisfait"), (0, 0, 0, "satisfait"), (0, 100, 100, "satisfait"), (143000, 71500, 0, "satisfait")],
)  # fmt: skip
def test_l_avis_suit_les_seuils_et_les_heures_exigibles(faites, dues, neutres, attendu):
    assert verdict(D(faites), D(dues), D(neutres), ReglagesCloture()) == attendu


# --- Émettre ----------------------------------------------------------------------------------------------------------
def test_un_mois_qui_manque_se_dit_et_mene_ou_il_se_regle(histoire):
    DeclarationFactory(engagement=histoire.engagement, mois=datetime.date(2026, 4, 1))
    ContratFactory(
        engagement=histoire.engagement,
        beneficiaire=histoire.beneficiaire,
        debut=datetime.date(2026, 5, 4),
        fin_prevue=datetime.date(2026, 5, 29),
    )
    with pytest.raises(RegleViolee, match="avril 2026, mai 2026"):
        emettre(histoire)
    client = ClientStrict()
    client.force_login(histoire.personne("edition"))
    page = client.get(reverse("suivi:attestation_emettre", args=[histoire.engagement.uuid])).content.decode()
    for mois in ("2026-04", "2026-05"):
        assert reverse("suivi:saisie", args=[histoire.engagement.uuid, mois]) in page
    assert not engagements_a_attester(histoire.acteur()).filter(pk=histoire.engagement.pk).exists()


def test_un_marche_qui_court_ne_s_atteste_pas(histoire):
    Marche.objects.filter(pk=histoire.marche.pk).update(fin_prevue="2026-12-31")
    with pytest.raises(RegleViolee, match="pas fini"):
        emettre(histoire)


def test_une_seconde_remplace_la_premiere_et_dit_pourquoi(histoire):
    acteur = histoire.acteur("edition")
    assert list(engagements_a_attester(acteur)) == [histoire.engagement]
    premiere = emettre(histoire)
    assert not engagements_a_attester(acteur).exists()
    with pytest.raises(RegleViolee, match="dites pourquoi"):
        emettre(histoire)
    seconde = emettre(histoire, motif="Heures retrouvées")
    premiere.refresh_from_db()
    assert (premiere.numero, seconde.numero) == ("2026-0001", "2026-0002")
    assert (premiere.est_courante, premiere.motif_remplacement) == (False, "Heures retrouvées")
    assert list(histoire.engagement.attestations.courantes()) == [seconde]
    assert "remplace la n° 2026-0001 : Heures retrouvées" in texte(fichier(seconde.document))


@pytest.mark.parametrize("qui", ["lecture", "entreprise", "maitre_ouvrage", "autre.edition"])
def test_qui_n_atteste_pas(histoire, qui):
    with pytest.raises(AccesRefuse):
        emettre_attestation(acteur=histoire.acteur(qui), engagement=histoire.engagement, signataire="x")


def test_l_acheteur_et_l_entreprise_la_telechargent_les_autres_ne_la_trouvent_pas(histoire):
    attestation = emettre(histoire)
    fabriquer(attestation.document_id)
    adresse = reverse("suivi:attestation_fichier", args=[attestation.uuid])
    for qui, code in (
        *(("lecture", 200), (Role.ENTREPRISE, 200), (Role.MAITRE_OUVRAGE, 200), (Role.PRESCRIPTEUR, 403)),
        *(("autre.edition", 404), ("autre.entreprise", 404), ("autre.maitre_ouvrage", 404)),
    ):
        client = ClientStrict()
        client.force_login(histoire.personne(qui))
        reponse = client.get(adresse)
        assert reponse.status_code == code, qui
        if code == 200:
            assert reponse.getvalue().startswith(b"%PDF")
    client = ClientStrict()
    client.force_login(histoire.personne(Role.ENTREPRISE))
    assert attestation.numero in client.get(reverse("suivi:attestations")).content.decode()
    sienne = reverse("marches:mon_engagement", args=[histoire.engagement.uuid])
    assert attestation.numero in client.get(sienne).content.decode()
