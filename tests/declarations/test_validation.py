"""Valider ligne par ligne, refuser avec sa raison, rectifier, valider en lot ; à deux en même temps ; et ce que la base refuse."""

import datetime
import html
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from declarations.cases import case
from declarations.enums import DecisionLigne, NatureSignal, StatutDeclaration
from declarations.models import Declaration, LigneHeures, Rectification
from declarations.services import Decision, decider_lignes, recompter, rouvrir_mois, saisir_heures, valider_mois
from declarations.services.decisions import lignes_du_mois, rendre_declaration, valeurs_a_decider
from declarations.services.declarations import (
    HeuresDeclarees,
    declarer_aucune_heure,
    envoyer_declaration,
    garder_brouillon,
)
from declarations.signaux import controler
from recrutement.enums import TypeContrat
from reporting.bilan.synthese import synthese
from reporting.donnees import empreinte_de
from reporting.lecture.perimetre import Perimetre
from reporting.models import Bilan
from socle.models import Courriel, EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from socle.versions import VersionDepassee, version_de
from tests.fabriques.beneficiaires import BeneficiaireFactory, CritereFactory
from tests.fabriques.declarations import (
    DeclarationFactory,
    JustificatifFactory,
    LigneHeuresFactory,
    PersonneAnnonceeFactory,
)
from tests.fabriques.marches import EngagementFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db
JOUR = datetime.date


def lu(reponse) -> str:
    """La page, apostrophes en clair, chaque blanc rendu par une espace."""
    return " ".join(html.unescape(reponse.content.decode()).split())


def verifiee(structure, **valeurs):
    """Une personne dont l'éligibilité est vue : rien n'étonne à son sujet."""
    personne = BeneficiaireFactory(structure=structure, **valeurs)
    CritereFactory(beneficiaire=personne, depuis=JOUR(2020, 1, 1), piece_vue_le=JOUR(2020, 1, 2))
    return personne


@pytest.fixture
def trois(monde):
    """Juin déclaré par l'entreprise : 60 h, 100 h et 90 h ; rien n'est décidé."""
    monde.mois_declare.lignes.all().delete()
    contrats = [
        ContratFactory(engagement=monde.engagement, beneficiaire=verifiee(monde.structure, nom=nom, prenom="Ana"))
        for nom in ("Aubert", "Brun", "Costa")
    ]
    for contrat, heures in zip(contrats, (60, 100, 90), strict=True):
        LigneHeuresFactory(declaration=monde.mois_declare, contrat=contrat, heures=heures)
    recompter([monde.engagement.pk])
    return lignes_du_mois(monde.mois_declare)


def realisees(monde) -> Decimal:
    monde.engagement.refresh_from_db()
    return monde.engagement.heures_realisees


def donnees(declaration, **decisions) -> dict:
    """Le formulaire tel que la page le montre, avec des choix : `decision_0="refusee"`, `motif_0=…`."""
    lignes = lignes_du_mois(declaration)
    valeurs = valeurs_a_decider(Declaration.objects.get(pk=declaration.pk), lignes)
    envoi = {nom: str(valeur).replace(".", ",") for nom, valeur in valeurs.items() if valeur is not None}
    for cle, valeur in decisions.items():
        nom, rang = cle.rsplit("_", 1)
        envoi[case(nom, lignes[int(rang)])] = valeur
    return {**envoi, "version": version_de(valeurs)}


# --- Ligne par ligne ----------------------------------------------------------------------------------------------------
def test_du_refus_au_courriel_ce_qui_compte_est_ce_qui_est_retenu(monde, trois, connecte, client):
    client, mois, avant = connecte("edition"), monde.mois_declare, realisees(monde)
    decider = reverse("suivi:decider", args=[mois.uuid])
    page = lu(client.get(mois.get_absolute_url()))
    assert "Accepter le reste et valider" in page and "Aubert" in page
    for choix, phrase in (
        ({"decision_0": "refusee"}, "Dites pourquoi"),
        ({"decision_0": "refusee", "motif_0": "Madame Aubert était absente"}, "le nom d'une personne"),
        ({"decision_0": "partielle", "motif_0": "Bulletin", "retenues_0": "60"}, "moins que les heures déclarées"),
        ({"decision_0": "partielle", "motif_0": "Bulletin", "retenues_0": "0"}, "refusez la ligne"),
        ({"decision_0": "partielle", "motif_0": "Bulletin"}, "Donnez les heures retenues"),
        ({"decision_0": "partielle", "motif_0": "Mot gardé", "retenues_0": "beaucoup"}, "Mot gardé"),
    ):
        refus = client.post(decider, donnees(mois, **choix))
        assert refus.status_code == 200 and phrase in lu(refus), choix
        assert not LigneHeures.objects.filter(declaration=mois).exclude(decision="en_attente").exists()
    choix = {"decision_0": "refusee", "motif_0": "Justificatif manquant"}
    choix |= {"decision_1": "partielle", "retenues_1": "80,5", "motif_1": "Bulletin de paie : 80,5 h"}
    assert client.post(decider, donnees(mois, **choix)).status_code == 302
    with pytest.raises(RegleViolee, match="reste 1 ligne"):
        valider_mois(acteur=monde.acteur(), declaration=mois)
    assert realisees(monde) == avant
    client.post(decider, {**donnees(mois), "valider": "1"})
    assert realisees(monde) == avant + Decimal("80.5") + 90
    assert [(ligne.heures_declarees, ligne.heures) for ligne in lignes_du_mois(mois)] == [
        (60, 0),
        (100, Decimal("80.5")),
        (90, 90),
    ]
    courriel = Courriel.objects.latest("pk")
    assert courriel.destinataire == mois.declaree_par
    corps = courriel.corps.replace("\xa0", " ").replace("\u202f", " ")
    assert "170,5 h retenues sur 250 h" in corps and "1 ligne, refusée : Justificatif manquant" in corps
    assert not any(nom in courriel.corps + courriel.sujet for nom in ("Aubert", "Brun", "Costa"))
    client.force_login(monde.personne("entreprise"))
    vue = lu(client.get(reverse("suivi:verifier", args=[mois.uuid])))
    assert "Justificatif manquant" in vue and "Envoyer la déclaration" not in vue
    assert "<strong>170,5 h</strong> retenues sur 250 h déclarées" in vue and "<strong>250 h</strong>" not in vue


def test_tout_accepter_ne_dit_rien_a_l_entreprise_et_le_second_clic_ne_fait_rien(monde, trois, connecte):
    client, avant, courriels = connecte("edition"), realisees(monde), Courriel.objects.count()
    decider = reverse("suivi:decider", args=[monde.mois_declare.uuid])
    envoi = {**donnees(monde.mois_declare), "valider": "1"}
    assert client.post(decider, envoi).url == client.post(decider, envoi).url
    assert realisees(monde) == avant + 250 and Courriel.objects.count() == courriels
    assert EntreeJournal.objects.filter(action="mois_valide").count() == 1


def test_accepter_les_lignes_sans_alerte_laisse_les_autres(monde, trois, connecte):
    LigneHeures.objects.filter(pk=trois[1].pk).update(heures=230, heures_declarees=230)
    envoi = {**donnees(monde.mois_declare), "accepter": "1"}
    connecte("edition").post(reverse("suivi:decider", args=[monde.mois_declare.uuid]), envoi)
    decisions = [ligne.decision for ligne in lignes_du_mois(monde.mois_declare)]
    assert decisions == [DecisionLigne.ACCEPTEE, DecisionLigne.EN_ATTENTE, DecisionLigne.ACCEPTEE]


def test_redeclarer_rouvre_la_decision_de_ce_qui_change_seulement(monde, trois):
    facilitateur, entreprise, mois = monde.acteur(), monde.acteur("entreprise"), monde.mois_declare
    refus = {ligne.pk: Decision("refuser", motif="Justificatif manquant") for ligne in trois}
    decider_lignes(acteur=facilitateur, declaration=mois, decisions=refus)
    rendre_declaration(acteur=facilitateur, declaration=mois, motif="Il manque les justificatifs.")
    assert "3 lignes, refusée" in Courriel.objects.latest("pk").corps
    heures = {trois[0].contrat: HeuresDeclarees(Decimal(55)), trois[1].contrat: HeuresDeclarees(Decimal(100))}
    garder_brouillon(acteur=entreprise, declaration=mois, heures=heures)
    envoyer_declaration(acteur=entreprise, declaration=mois)
    assert [(ligne.decision, ligne.heures) for ligne in lignes_du_mois(mois)] == [
        ("en_attente", 55),
        ("refusee", 0),
        ("refusee", 0),
    ]


def test_decider_demande_d_ecrire(monde, trois):
    for qui in ("lecture", "entreprise", "prescripteur"):
        with pytest.raises(AccesRefuse):
            decider_lignes(acteur=monde.acteur(qui), declaration=monde.mois_declare, decisions={})
        with pytest.raises(AccesRefuse):
            valider_mois(acteur=monde.acteur(qui), declaration=monde.mois_declare, accepter_le_reste=True)


# --- Histoires 16 et 17 ---------------------------------------------------------------------------------------------------
def _declaree(monde, contrat, mois: JOUR, heures) -> Declaration:
    """L'entreprise déclare et envoie : rien ne l'en empêche."""
    declaration = DeclarationFactory(engagement=contrat.engagement, mois=mois, statut=StatutDeclaration.ATTENDUE)
    entreprise = monde.acteur("entreprise")
    garder_brouillon(acteur=entreprise, declaration=declaration, heures={contrat: HeuresDeclarees(Decimal(heures))})
    return envoyer_declaration(acteur=entreprise, declaration=declaration)


def _signaux(declaration: Declaration) -> list:
    (lue,) = Declaration.objects.filter(pk=declaration.pk).avec_contexte().a_controler()
    return [signal for _, signaux in controler([lue])[lue.pk].lignes for signal in signaux]


def test_le_justificatif_que_le_marche_demande_manque_jusqu_a_ce_qu_il_soit_joint(monde):
    def du_mois() -> list:
        (lue,) = Declaration.objects.filter(pk=monde.mois_a_valider.pk).avec_contexte().a_controler()
        return [signal.nature for signal in controler([lue])[lue.pk].du_mois]

    assert du_mois() == []
    type(monde.marche).objects.filter(pk=monde.marche.pk).update(justificatif_demande=True)
    assert du_mois() == [NatureSignal.SANS_PREUVE]
    JustificatifFactory(declaration=monde.mois_a_valider)
    assert du_mois() == []


def test_16_les_heures_de_mars_2027_apres_le_9_sont_rejetees_avec_leur_motif(monde, connecte):
    contrat = ContratFactory(
        engagement=monde.engagement,
        beneficiaire=verifiee(monde.structure),
        debut=JOUR(2025, 3, 10),
        fin_prevue=JOUR(2027, 12, 31),
    )
    mars, avril = _declaree(monde, contrat, JOUR(2027, 3, 1), 120), _declaree(monde, contrat, JOUR(2027, 4, 1), 70)
    for mois in (mars, avril):
        assert NatureSignal.HORS_ELIGIBILITE in [signal.nature for signal in _signaux(mois)]
        with pytest.raises(RegleViolee, match="09/03/2027"):
            valider_mois(acteur=monde.acteur(), declaration=mois, accepter_le_reste=True)
    client, motif = connecte("edition"), "Éligibilité terminée : les heures comptent jusqu'au 09/03/2027."
    page = client.get(avril.get_absolute_url()).context["form"].initial
    (ligne,) = lignes_du_mois(avril)
    assert page[case("decision", ligne)] == DecisionLigne.REFUSEE
    assert page[case("motif", ligne)] == motif
    client.post(
        reverse("suivi:decider", args=[avril.uuid]),
        {**donnees(avril, decision_0="refusee", motif_0=motif), "valider": "1"},
    )
    client.post(
        reverse("suivi:decider", args=[mars.uuid]),
        {**donnees(mars, decision_0="partielle", retenues_0="49", motif_0=motif), "valider": "1"},
    )
    lignes = LigneHeures.objects.filter(contrat=contrat).order_by("mois")
    assert [(ligne.heures_declarees, ligne.heures, ligne.motif_decision) for ligne in lignes] == [
        (120, 49, motif),
        (70, 0, motif),
    ]
    assert LigneHeures.objects.filter(contrat=contrat).validees().total() == 49
    assert "09/03/2027" in Courriel.objects.latest("pk").corps


def test_17_un_cdi_de_2022_compte_jusqu_au_31_decembre_2025(monde):
    engagement = EngagementFactory(
        lot__marche__structure=monde.structure,
        lot__marche__debut=JOUR(2022, 1, 1),
        lot__marche__fin_prevue=JOUR(2027, 12, 31),
        lot__marche__reference="CDI",
        lot__marche__regle_cdi_mois=48,
        entreprise=monde.entreprise,
    )
    contrat = ContratFactory(
        engagement=engagement,
        beneficiaire=verifiee(monde.structure),
        type_contrat=TypeContrat.CDI,
        debut=JOUR(2022, 1, 1),
        fin_prevue=None,
    )
    decembre, janvier = (_declaree(monde, contrat, mois, 140) for mois in (JOUR(2025, 12, 1), JOUR(2026, 1, 1)))
    assert _signaux(decembre) == []
    valider_mois(acteur=monde.acteur(), declaration=decembre, accepter_le_reste=True)
    (signal,) = _signaux(janvier)
    assert signal.decision == DecisionLigne.REFUSEE and "31/12/2025" in signal.motif
    refus = {ligne.pk: Decision("refuser", motif=signal.motif) for ligne in lignes_du_mois(janvier)}
    valider_mois(acteur=monde.acteur(), declaration=janvier, decisions=refus)
    engagement.refresh_from_db()
    assert engagement.heures_realisees == 140


# --- À deux -------------------------------------------------------------------------------------------------------------
def test_deux_facilitateurs_la_seconde_voit_ce_qui_a_change_et_ne_perd_rien(monde, trois, connecte):
    mois, decider = monde.mois_declare, reverse("suivi:decider", args=[monde.mois_declare.uuid])
    vue = donnees(mois, decision_0="partielle", retenues_0="41", motif_0="Bulletin de paie")
    autre = {trois[0].pk: Decision("refuser", motif="Justificatif manquant")}
    decider_lignes(acteur=monde.acteur(), declaration=mois, decisions=autre)
    conflit = connecte("edition").post(decider, vue)
    page = lu(conflit)
    assert conflit.status_code == 200 and 'value="41"' in page and "Bulletin de paie" in page
    assert "Enregistré entre-temps : Refuser" in page and "Enregistré entre-temps : Justificatif manquant" in page
    assert lignes_du_mois(mois)[0].decision == DecisionLigne.REFUSEE
    suite = {**vue, "version": conflit.context["form"]["version"].value()}
    assert connecte("edition").post(decider, suite).status_code == 302
    assert lignes_du_mois(mois)[0].heures == 41


def test_valider_pendant_que_l_entreprise_corrige_une_seule_gagne_et_l_autre_le_sait(monde, trois, connecte):
    """La page montrait 60 h ; l'entreprise corrige avant le clic : la validation s'arrête et montre 75 h."""
    mois, entreprise = monde.mois_declare, monde.acteur("entreprise")
    vue = {**donnees(mois), "valider": "1"}
    correction = {trois[0].contrat: HeuresDeclarees(Decimal(75))}
    garder_brouillon(acteur=entreprise, declaration=mois, heures=correction)
    client, decider = connecte("edition"), reverse("suivi:decider", args=[mois.uuid])
    assert "elle le corrige" in lu(client.post(decider, vue, follow=True))
    envoyer_declaration(acteur=entreprise, declaration=mois)
    conflit = lu(client.post(decider, vue))
    assert "Enregistré entre-temps : 75" in conflit
    with pytest.raises(VersionDepassee):
        valider_mois(acteur=monde.acteur(), declaration=mois, accepter_le_reste=True, version=vue["version"])
    valider_mois(acteur=monde.acteur(), declaration=mois, accepter_le_reste=True)
    with pytest.raises(AccesRefuse, match="validé"):
        garder_brouillon(acteur=entreprise, declaration=mois, heures=correction)
    assert lignes_du_mois(mois)[0].heures == 75


def test_deux_saisies_de_la_structure_ne_s_ecrasent_pas(monde, connecte):
    adresse = reverse("suivi:saisie", args=[monde.engagement.uuid, "2026-04"])
    client, champ = connecte("edition"), f"heures_{monde.contrat.uuid.hex}"
    version = client.get(adresse).context["form"]["version"].value()
    saisir_heures(acteur=monde.acteur(), engagement=monde.engagement, mois=JOUR(2026, 4, 1), heures={monde.contrat: 77})
    conflit = client.post(adresse, {champ: "66", "version": version})
    assert 'value="66"' in lu(conflit) and "Enregistré entre-temps : 77" in lu(conflit)
    client.post(adresse, {champ: "66", "version": conflit.context["form"]["version"].value()})
    assert LigneHeures.objects.get(declaration=monde.mois_a_valider).heures == 66


# --- La file --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def file(monde):
    """Deux mois sans alerte et un qui étonne, envoyés par l'entreprise."""
    Declaration.objects.a_valider().update(statut=StatutDeclaration.COMMENCEE)
    contrat = ContratFactory(engagement=monde.engagement, beneficiaire=verifiee(monde.structure))
    mois = []
    for rang, heures in ((3, 100), (4, 110), (5, 240)):
        Declaration.objects.filter(engagement=monde.engagement, mois=JOUR(2026, rang, 1)).delete()
        mois.append(
            DeclarationFactory(
                engagement=monde.engagement,
                mois=JOUR(2026, rang, 1),
                declaree_par="paie@chantier.fr",
                declaree_le=timezone.now(),
                lignes={contrat: heures},
            )
        )
    recompter([monde.engagement.pk])
    return mois


def test_la_file_se_relit_et_se_valide_d_un_bouton(monde, file, connecte):
    client, adresse = connecte("edition"), reverse("suivi:a_valider")
    reponse = client.get(adresse)
    page, rangs = lu(reponse), reponse.context["rangs"]
    assert [rang["alertes"] > 0 for rang in rangs] == [False, False, True] and "Plus que le mois ne permet" in page
    assert page.count('type="checkbox"') == 2 and "Lemaire" not in page
    coches = [rang["coche"] for rang in rangs]
    saisir_heures(
        acteur=monde.acteur(),
        engagement=monde.engagement,
        mois=file[1].mois,
        heures={ligne.contrat: Decimal(111) for ligne in lignes_du_mois(file[1])},
    )
    valider = reverse("suivi:valider_le_lot")
    bilan = lu(client.post(valider, {"mois": coches}, follow=True))
    assert "1 mois validé, soit 100 h" in bilan and "Modifié depuis" in bilan and "à regarder" in bilan
    assert realisees(monde) == 100
    assert "Déjà validé" in lu(client.post(valider, {"mois": coches[:1]}, follow=True))
    assert "Cochez au moins un mois" in lu(client.post(valider, {}, follow=True))


def test_valider_de_l_accueil_valide_ce_que_rien_n_etonne_et_montre_le_reste(monde, file, connecte):
    client = connecte("edition")
    page = lu(client.post(reverse("suivi:valider", args=[file[0].uuid]), follow=True))
    assert "Mois validé" in page and Declaration.objects.get(pk=file[0].pk).est_validee
    assert "Rien n'a été validé. Déjà validé." in lu(
        client.post(reverse("suivi:valider", args=[file[0].uuid]), follow=True)
    )
    etonnant = client.post(reverse("suivi:valider", args=[file[2].uuid]), follow=True)
    assert etonnant.redirect_chain[-1][0] == file[2].get_absolute_url()
    assert "Rien n'a été validé" in lu(etonnant) and "plus que les" in lu(etonnant)
    assert not Declaration.objects.get(pk=file[2].pk).est_validee


@pytest.mark.parametrize(
    ("grille", "arrivee"), [("/heures/grille/?mois=2026-03", True), ("//ailleurs.example/", False)]
)
def test_le_lot_valide_d_une_grille_y_ramene(monde, file, connecte, grille, arrivee):
    client = connecte("edition")
    coche = client.get(reverse("suivi:a_valider")).context["rangs"][0]["coche"]
    reponse = client.post(reverse("suivi:valider_le_lot"), {"mois": [coche], "grille": grille})
    assert reponse["Location"] == (grille if arrivee else reverse("suivi:a_valider"))


def test_le_jour_exporte_est_celui_de_paris(monde, file, connecte):
    """Déclaré à 0 h 30 le 1er décembre, gardé au 30 novembre en temps universel."""
    Declaration.objects.a_valider().update(declaree_le=datetime.datetime(2026, 11, 30, 23, 30, tzinfo=datetime.UTC))
    csv = connecte("lecture").get(reverse("suivi:a_valider"), {"export": "csv"}).getvalue().decode("utf-8-sig")
    assert "01/12/2026" in csv and "30/11/2026" not in csv


def test_un_mois_ou_quelqu_un_est_annonce_ne_se_valide_pas_d_un_coup(monde, file, connecte):
    client, adresse = connecte("edition"), reverse("suivi:a_valider")
    coches = [rang["coche"] for rang in client.get(adresse).context["rangs"]][:2]
    for nom in ("Poulain", "Roger"):  # après la relecture
        PersonneAnnonceeFactory(declaration=file[0], nom=nom)
    reponse = client.get(adresse)
    page, rangs = lu(reponse), reponse.context["rangs"]
    assert rangs[0]["natures"] == "Personne annoncée à rattacher : 2" and rangs[0]["natures"] in page
    assert page.count('type="checkbox"') == 1
    bilan = lu(client.post(reverse("suivi:valider_le_lot"), {"mois": coches}, follow=True))
    assert "1 mois validé, soit 110 h" in bilan and "1 alerte à regarder" in bilan


def test_un_mois_d_une_autre_structure_fait_refuser_tout_le_lot(monde, file, connecte):
    client = connecte("edition")
    coches = [rang["coche"] for rang in client.get(reverse("suivi:a_valider")).context["rangs"]]
    for intrus in (f"{monde.autre.mois_a_valider.uuid}.x", "n'importe quoi"):
        reponse = client.post(reverse("suivi:valider_le_lot"), {"mois": [*coches, intrus]}, follow=True)
        assert "rien n'a été validé" in lu(reponse)
    assert not Declaration.objects.validees().filter(pk__in=[mois.pk for mois in file]).exists()


def test_controler_une_file_coute_autant_pour_un_mois_que_pour_dix(monde, file):
    def cout() -> int:
        declarations = list(Declaration.objects.a_valider().avec_contexte().a_controler().order_by("pk"))
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            controler(declarations)
        return len(requetes)

    avant = cout()
    for rang in range(7):
        contrat = ContratFactory(engagement=monde.engagement, beneficiaire=verifiee(monde.structure))
        DeclarationFactory(engagement=monde.engagement, mois=JOUR(2027, 1 + rang, 1), lignes={contrat: 50})
    assert cout() == avant <= 4


# --- Rectifier ------------------------------------------------------------------------------------------------------------
def test_une_rectification_garde_l_avant_et_l_apres_previent_et_ne_bouge_aucun_bilan_publie(monde, connecte, horloge):
    client, contrat = connecte("edition"), monde.contrat
    recompter([monde.engagement.pk])
    chiffres = synthese(Perimetre.annuel(monde.structure, 2026))
    Bilan.objects.filter(fin__year=2026).delete()
    publie = Bilan.objects.get(pk=monde.bilan_publie.pk)
    Bilan.objects.filter(pk=publie.pk).update(
        donnees=chiffres, empreinte=empreinte_de(chiffres), debut="2026-01-01", fin="2026-12-31"
    )
    rectifier = reverse("suivi:rouvrir", args=[monde.mois_valide.uuid])
    assert "ce champ" in lu(client.post(rectifier, {"motif": ""})).lower()
    assert "le nom d'une personne" in lu(client.post(rectifier, {"motif": "Awa Lemaire absente"}))
    client.post(rectifier, {"motif": "Bulletin rectifié par l'employeur"})
    with pytest.raises(AccesRefuse):
        rouvrir_mois(acteur=monde.acteur(), declaration=monde.mois_valide, motif="Encore")
    saisir_heures(
        acteur=monde.acteur(), engagement=monde.engagement, mois=monde.mois_valide.mois, heures={contrat: Decimal(100)}
    )
    courriels = Courriel.objects.count()
    monde.engagement.correspondant = monde.contact
    monde.engagement.save()
    type(monde.contact).objects.filter(pk=monde.contact.pk).update(courriel="paie@chantier.fr")
    type(monde.marche).objects.filter(pk=monde.marche.pk).update(facilitateur=monde.personne("responsable"))
    client.post(reverse("suivi:decider", args=[monde.mois_valide.uuid]), {**donnees(monde.mois_valide), "valider": "1"})
    rectification = Rectification.objects.get()
    assert (rectification.total_avant, rectification.total_apres) == (Decimal("120.5"), 100)
    assert rectification.close_par == monde.personne("edition") and rectification.lignes.get().heures_avant == Decimal(
        "120.5"
    )
    partis = list(Courriel.objects.order_by("pk")[courriels:])
    assert {courriel.destinataire for courriel in partis} == {"paie@chantier.fr", monde.personne("responsable").email}
    for courriel in partis:
        corps = courriel.corps.replace("\xa0", " ").replace("\u202f", " ")
        assert "120,5 h" in corps and "100 h" in corps and "Lemaire" not in corps
    page = lu(client.get(monde.mois_valide.get_absolute_url()))
    assert "120,5 h" in page and "Bulletin rectifié" in page
    fige = Bilan.objects.get(pk=publie.pk)
    assert fige.donnees == chiffres and fige.empreinte == empreinte_de(fige.donnees)
    assert (
        synthese(Perimetre.annuel(monde.structure, 2026)) != chiffres
    )  # le prochain bilan, lui, lira le nouveau total


def test_rectifier_sans_rien_changer_se_trace_sans_courriel(monde):
    courriels = Courriel.objects.count()
    rouvrir_mois(acteur=monde.acteur(), declaration=monde.mois_valide, motif="Vérification")
    valider_mois(acteur=monde.acteur(), declaration=monde.mois_valide)
    assert Rectification.objects.get().close_le and Courriel.objects.count() == courriels


def test_un_mois_valide_est_ferme_a_tous(monde):
    for geste, qui in (
        (
            lambda acteur: saisir_heures(
                acteur=acteur, engagement=monde.engagement, mois=monde.mois_valide.mois, heures={monde.contrat: 1}
            ),
            "responsable",
        ),
        (lambda acteur: decider_lignes(acteur=acteur, declaration=monde.mois_valide, decisions={}), "responsable"),
        (lambda acteur: declarer_aucune_heure(acteur=acteur, declaration=monde.mois_valide), "entreprise"),
    ):
        with pytest.raises(AccesRefuse, match=r"validé|état actuel"):
            geste(monde.acteur(qui))


# --- Ce que la base refuse --------------------------------------------------------------------------------------------------
REFUSES_PAR_LA_BASE = [
    {"heures": -1, "heures_declarees": -1},
    {"heures": 251, "heures_declarees": 251},
    {"heures": 81},  # retenu plus que déclaré
    {"heures": 79},  # acceptée, mais pas en entier
    {"heures": 79, "decision": "partielle", "motif_decision": ""},
    {"heures": 1, "decision": "refusee", "motif_decision": "Motif"},
    {"heures": 0, "decision": "refusee", "motif_decision": ""},
    {"heures_formation_comptees": 5},
    {"contrat_id": None},
]


def test_la_base_refuse_elle_meme(monde):
    ligne = LigneHeures.objects.get(declaration=monde.mois_a_valider)
    for valeurs in REFUSES_PAR_LA_BASE:
        poses = ", ".join(f"{colonne} = %s" for colonne in valeurs)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as curseur:
            curseur.execute(f"UPDATE declarations_ligneheures SET {poses} WHERE id = %s", [*valeurs.values(), ligne.pk])


def test_la_base_refuse_deux_lignes_ou_deux_mois_pareils(monde):
    mars, avril = monde.mois_valide, monde.mois_a_valider
    for table, colonne, valeur, objet in (
        ("declarations_ligneheures", "mois", mars.mois, LigneHeures.objects.get(declaration=avril)),
        ("declarations_declaration", "mois", mars.mois, avril),
        ("declarations_declaration", "mois", JOUR(2026, 4, 2), avril),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as curseur:
            curseur.execute(f"UPDATE {table} SET {colonne} = %s WHERE id = %s", [valeur, objet.pk])
