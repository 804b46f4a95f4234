"""Ce que l'on sait d'une période : les mois validés, attendus, rouverts, manquants ; et ce qui s'en compare à une autre année."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import Role
from declarations.enums import StatutDeclaration
from declarations.models import Declaration
from declarations.services.rectifications import rouvrir_mois
from reporting.bilan.decoupe import lire
from reporting.bilan.publication import a_publier
from reporting.bilan.synthese import assembler
from reporting.enums import StatutBilan
from reporting.lecture.chiffres_cles import chiffres_cles
from reporting.lecture.completude import Completude, Etat, MoisSu
from reporting.lecture.mois import lire_la_completude
from reporting.lecture.perimetre import Perimetre
from reporting.models import Bilan
from reporting.recit.etat import completude_de, en_court, en_entier, mois_par_mois
from reporting.recit.tables import tables
from reporting.rendu.page import sections
from reporting.rendu.pdf.document import contexte
from reporting.services import preparer_le_bilan_annuel, publier_bilan, relire_bilan
from socle.models import Courriel
from socle.periodes import Periode
from socle.regles import RegleViolee
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory
from tests.fabriques.reporting import BilanFactory
from tests.fabriques.socle import DocumentFactory

D = datetime.date
LE = D(2026, 11, 30)
ANNEE, FINIE = Periode.annee(2026), D(2027, 2, 1)


def plat(texte: str) -> str:
    return texte.replace("\xa0", " ").replace("\u202f", " ").replace("’", "'")


def sue(*etats: tuple[int, Etat], le: datetime.date = FINIE) -> Completude:
    return Completude(ANNEE, le, tuple(MoisSu(1, D(2026, mois, 1), etat) for mois, etat in etats))


# --- La règle -------------------------------------------------------------------------------------------------------
def test_un_mois_est_connu_a_quatre_validees_sur_cinq():
    quatre = [(9, Etat.VALIDE)] * 4
    assert sue(*quatre, (9, Etat.ATTENDU)).est_connu(D(2026, 9, 1))
    assert not sue(*quatre[1:], (9, Etat.ATTENDU)).est_connu(D(2026, 9, 1))
    assert not sue(*quatre, le=D(2026, 9, 30)).est_connu(D(2026, 9, 1)), "un mois qui court n'est pas fini"
    assert sue().est_connu(D(2026, 9, 1)), "personne n'y est attendu : il n'a rien"


def test_la_partie_connue_va_jusqu_au_dernier_mois_connu():
    lue = sue((9, Etat.VALIDE), (10, Etat.ATTENDU), (11, Etat.A_VALIDER), (12, Etat.ROUVERT))
    assert lue.connue == Periode(D(2026, 1, 1), D(2026, 9, 30))
    assert not lue.est_entiere
    assert sue((9, Etat.VALIDE)).est_entiere
    assert not sue((3, Etat.MANQUANT), (9, Etat.VALIDE)).est_entiere


# --- Ce qui se lit en base ------------------------------------------------------------------------------------------
@pytest.fixture
def deux_annees(monde):
    """Les deux engagements d'un marché : 2025 validé en entier, 2026 jusqu'en septembre ; octobre l'est à moitié."""
    Declaration.objects.filter(engagement__lot__marche__structure=monde.structure).delete()
    marche = MarcheFactory(
        structure=monde.structure, statut="execution", debut=D(2025, 1, 1), fin_prevue=D(2027, 12, 31), reference="M-2"
    )
    contrats = []
    for _ in range(2):
        engagement = EngagementFactory(lot=LotFactory(marche=marche))
        contrats.append(ContratFactory(engagement=engagement, debut=D(2025, 1, 1), fin_prevue=D(2027, 12, 31)))
    for rang, contrat in enumerate(contrats):
        for annee, dernier in ((2025, 12), (2026, 9 + rang)):
            for mois in range(1, dernier + 1):
                heures = Decimal(10 if annee == 2025 else 12)
                DeclarationFactory(
                    engagement=contrat.engagement, mois=D(annee, mois, 1), validee=True, lignes={contrat: heures}
                )
    DeclarationFactory(
        engagement=contrats[0].engagement,
        mois=D(2026, 10, 1),
        statut=StatutDeclaration.ATTENDUE,
        echeance=D(2026, 11, 15),
    )
    return contrats


def donnees_de(monde, le=LE):
    return assembler(lire(Perimetre.annuel(monde.structure, 2026), le), le, {})


def test_l_etat_des_mois_se_lit_en_une_requete(monde, deux_annees, django_assert_num_queries):
    with django_assert_num_queries(1):
        lue = lire_la_completude([monde.structure], ANNEE, LE)
    assert lue.comptes == {Etat.VALIDE: 19, Etat.ATTENDU: 1}
    assert lue.connue.fin == D(2026, 9, 30)


def test_un_mois_rouvert_et_un_trou_se_disent(monde, deux_annees):
    un = deux_annees[0].engagement
    Declaration.objects.filter(engagement=un, mois=D(2026, 4, 1)).delete()
    rouvrir_mois(
        acteur=monde.acteur(), declaration=un.declarations.get(mois=D(2026, 6, 1)), motif="Des heures en trop."
    )
    lue = lire_la_completude([monde.structure], ANNEE, LE)
    assert (lue.par_mois[D(2026, 4, 1)][Etat.MANQUANT], lue.par_mois[D(2026, 6, 1)][Etat.ROUVERT]) == (1, 1)
    un.archive_le = un.cree_le
    un.save()
    archive = lire_la_completude([monde.structure], ANNEE, LE)
    assert not archive.comptes[Etat.MANQUANT] and not archive.comptes[Etat.ATTENDU]


# --- Ce que le bilan en dit ------------------------------------------------------------------------------------------
def test_une_periode_inachevee_le_dit_en_couverture_et_a_cote_de_chaque_graphique(monde, deux_annees):
    donnees = donnees_de(monde)
    phrase = plat(en_entier(completude_de(donnees)))
    assert phrase == "Provisoire : données validées jusqu'à septembre 2026 ; 1 mois attendu."
    vue = contexte(donnees, "exacte")
    assert plat(vue.provisoire) == phrase
    courte = plat(en_court(completude_de(donnees)))
    dessinees = [f for chapitre in vue.chapitres for f in chapitre.figures if f.dessin]
    assert dessinees and all(courte in plat(f.note) for f in dessinees)
    montrees = [f for s in sections(donnees, "exacte", lambda *quoi: "") for f in s.figures]
    assert montrees and all(courte in plat(f.note) for f in montrees)
    feuilles = {table.nom: table for table in tables(donnees)}
    assert feuilles["etat_des_mois"].lignes[9] == ("2026-10", False, 1, 0, 1, 0, 0)


def test_un_mois_inconnu_reste_vide_et_un_mois_sans_personne_vaut_zero(monde, deux_annees):
    mois = {ligne["mois"]: ligne["heures"] for ligne in donnees_de(monde)["mois"]}
    assert (mois["2026-09"], mois["2026-10"], mois["2026-11"], mois["2026-12"]) == (24, 12, None, None)
    Declaration.objects.filter(mois=D(2026, 3, 1)).delete()
    finie = {ligne["mois"]: ligne["heures"] for ligne in donnees_de(monde, D(2027, 2, 1))["mois"]}
    assert (finie["2026-12"], finie["2026-03"]) == (0, None)


def test_les_memes_mois_de_l_annee_d_avant(monde, deux_annees):
    """234 h en 2026 ; sur les mêmes mois, 216 h contre 180 : jamais contre les 240 h de toute l'année 2025."""
    donnees = donnees_de(monde)
    heures = donnees["chiffres"]["heures_realisees"]
    assert (heures["valeur"], heures["comparable"], heures["precedente"]) == (228, 216, 180)
    assert donnees["periode"]["avant_situee"] == "de janvier à septembre 2025"
    assert [ligne["heures_realisees"] for ligne in donnees["evolution"]] == [180, 216]
    chiffres = chiffres_cles(monde.structure, LE)
    assert chiffres.heures == (228, 216, 180) and chiffres.comparee == Periode(D(2026, 1, 1), D(2026, 9, 30))
    entiere = donnees_de(monde, D(2027, 2, 1))["chiffres"]["heures_realisees"]
    assert entiere["precedente"] == 240 and "comparable" not in entiere


def test_l_annee_en_chiffres_et_l_accueil_comparent_les_memes_mois(monde, deux_annees, connecte, horloge):
    horloge.move_to("2026-11-30T09:00:00+01:00")
    client = connecte("edition")
    for adresse in (reverse("reporting:annee"), reverse("accueil")):
        texte = plat(client.get(adresse).content.decode())
        assert (
            "180" in texte and "de janvier à septembre 2025" in texte and "216 h de janvier à septembre 2026" in texte
        )
        assert "données validées jusqu'à septembre 2026" in texte.replace("&#x27;", "'")


def test_jamais_contre_une_annee_sans_donnees(monde, deux_annees):
    Declaration.objects.filter(mois__year=2025).delete()
    donnees = donnees_de(monde)
    assert {chiffre["precedente"] for chiffre in donnees["chiffres"].values()} == {None}
    assert len(donnees["evolution"]) == 1
    assert "nouveaux_beneficiaires" not in donnees["chiffres"]
    assert chiffres_cles(monde.structure, LE).comparee is None


def test_publiee_une_part_d_annee_ne_compare_pas_les_personnes(monde, deux_annees):
    """« De janvier à septembre », puis « à octobre » : la différence dirait qui est venu en octobre de l'an passé."""
    exactes = donnees_de(monde)
    assert exactes["chiffres"]["beneficiaires"]["precedente"] == 2
    publiees = a_publier(exactes)
    assert publiees["chiffres"]["beneficiaires"]["precedente"] is None
    assert publiees["chiffres"]["heures_realisees"]["comparable"] == 216
    assert {ligne["beneficiaires"] for ligne in publiees["evolution"]} == {None}
    assert not [serie for serie in publiees["evolution_parts"] if serie["sur"] == "beneficiaires"]
    assert "publiable" not in str(publiees)
    assert a_publier(publiees) == publiees


# --- Publier, préparer d'office ---------------------------------------------------------------------------------------
def test_publier_un_bilan_inacheve_demande_une_confirmation_qui_liste_ce_qui_manque(
    monde, deux_annees, connecte, bilan_pret
):
    bilan = bilan_pret(donnees_de(monde))
    relire_bilan(acteur=monde.acteur(), bilan=bilan)
    financeur = monde.organisations[Role.FINANCEUR]
    adresse = reverse("reporting:publier", args=[bilan.uuid])
    client = connecte("responsable")
    page = plat(client.get(adresse).content.decode())
    for dit in mois_par_mois(completude_de(bilan.donnees)):
        assert plat(dit).replace("'", "&#x27;") in page.replace("'", "&#x27;")
    reponse = client.post(adresse, {"destinataires": [str(financeur.uuid)]})
    assert "incomplet" in reponse.context["form"].errors
    bilan.refresh_from_db()
    assert bilan.statut == StatutBilan.RELU
    with pytest.raises(RegleViolee, match="Octobre 2026"):
        publier_bilan(acteur=monde.acteur("responsable"), bilan=bilan, destinataires=[financeur])
    assert client.post(adresse, {"destinataires": [str(financeur.uuid)], "incomplet": "on"}).status_code == 302
    bilan.refresh_from_db()
    assert bilan.statut == StatutBilan.PUBLIE


@pytest.fixture
def bilan_pret(monde):
    def preparer(donnees):
        document = DocumentFactory(organisation=monde.structure, pret=True)
        return BilanFactory(
            structure=monde.structure, annee=2024, donnees=donnees, empreinte="e" * 64, document=document
        )

    return preparer


def test_le_brouillon_de_janvier_se_dit_provisoire(monde, deux_annees, horloge):
    Bilan.objects.filter(debut="2026-01-01").delete()
    horloge.move_to("2027-01-05T08:00:00+01:00")
    assert preparer_le_bilan_annuel(acteur=Acteur.systeme(monde.structure), le=D(2027, 1, 5))
    corps = plat(Courriel.objects.get(cle__startswith="bilan-a-preparer-2026-", structure=monde.structure).corps)
    assert "Provisoire" in corps and "1 mois attendu" in corps
