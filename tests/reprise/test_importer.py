"""La commande d'import : à blanc, pour de vrai, rejouée, modifiée, tuée en route, et chacun chez soi."""

import datetime
import io
import itertools
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Sum

from beneficiaires.models import Beneficiaire, Critere, Domicile, RattachementQuartier
from beneficiaires.services import anonymiser_dossier, fusionner_les_dossiers
from declarations.models import LigneHeures
from entreprises.models import Entreprise
from entreprises.services import fusionner_les_entreprises
from marches.enums import StatutMarche
from marches.models import Engagement, MaitreOuvrage, Marche
from marches.services import modifier_marche, suivre_maitre_ouvrage
from parcours.services.conservation import echeances
from recrutement.models import Contrat
from reprise.feuilles import FEUILLES
from reprise.services import classeur as service
from socle.models import EntreeJournal
from territoires.models import AutreNom, Commune
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.marches import MaitreOuvrageFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory
from tests.reprise.outils import (
    BATI,
    CONTRATS,
    HEURES,
    LOTS,
    MARCHES,
    PERSONNES,
    VILLE,
    chiffres,
    classeur_juste,
    ecrire,
    exporter,
    importer,
    jumelle_de,
    marche,
    total,
)

pytestmark = pytest.mark.django_db
CLES = {"cree", "inchange", "modifie", "erreurs", "avertissements"}


def photo() -> dict[str, int]:
    """Le nombre de lignes de chaque table du projet."""
    return {modele._meta.label: modele.objects.count() for modele in apps.get_models() if modele._meta.managed}


def test_a_blanc_rien_n_est_ecrit(structure, tmp_path):
    chemin = ecrire(tmp_path / "c.xlsx", classeur_juste())
    avant = photo()
    rapport, code = importer(chemin, structure)
    assert (photo(), code) == (avant, 0)
    assert rapport.keys() == CLES
    assert rapport["erreurs"] == []
    assert rapport["cree"] == {feuille.nom: 2 for feuille in FEUILLES}
    assert total(rapport["inchange"]) == total(rapport["modifie"]) == 0


def test_pour_de_vrai_chaque_colonne_arrive_a_sa_place(structure, tmp_path):
    chemin = ecrire(tmp_path / "c.xlsx", classeur_juste())
    rapport, code = importer(chemin, structure, pour_de_vrai=True)
    assert (code, total(rapport["cree"])) == (0, 14)
    marche = Marche.objects.get(structure=structure, reference="2018-01")
    assert marche.montant_ht == Decimal("1200000.50")
    assert marche.operation.nom == "Rénovation du centre"
    assert Marche.objects.get(reference="2018-02").maitre_ouvrage.nom == "Office du Cap"
    assert Engagement.objects.get(lot__marche=marche).heures_dues == Decimal("1500.50")
    awa = Beneficiaire.objects.get(structure=structure, identifiant="P1")
    assert awa.referent == "Mission locale"
    premier_contrat = Contrat.objects.get(identifiant="C1").debut
    assert [(c.code, c.depuis) for c in awa.criteres.all()] == [("RSA", premier_contrat)]
    quartiers = RattachementQuartier.objects.filter(domicile__beneficiaire=awa, quartier__isnull=False)
    assert [r.quartier.code for r in quartiers] == ["QN05001M"]
    contrat = Contrat.objects.get(identifiant="C2")
    assert (contrat.modalite, contrat.fin) == ("mise_a_disposition", None)
    assert LigneHeures.objects.validees().aggregate(somme=Sum("heures"))["somme"] == Decimal("200.75")
    assert chiffres(structure, 2018)["heures_realisees"] == 120.5
    assert EntreeJournal.objects.filter(action="classeur_repris").count() == 1


def test_rejoue_il_ne_change_rien(structure, tmp_path):
    chemin = ecrire(tmp_path / "c.xlsx", classeur_juste())
    importer(chemin, structure, pour_de_vrai=True)
    avant = {nom: n for nom, n in photo().items() if nom != "socle.EntreeJournal"}
    rapport, code = importer(chemin, structure, pour_de_vrai=True)
    assert code == 0
    assert rapport["inchange"] == {feuille.nom: 2 for feuille in FEUILLES}
    assert total(rapport["cree"]) == total(rapport["modifie"]) == 0
    assert {nom: n for nom, n in photo().items() if nom != "socle.EntreeJournal"} == avant


@pytest.mark.parametrize(
    ("feuille", "colonne", "valeur"),
    [
        ("Maîtres d'ouvrage", "Type", "Département"),
        ("Entreprises", "Raison sociale*", "Bâti Cap et fils"),
        (MARCHES, "Objet*", "Groupe scolaire et gymnase"),
        (LOTS, "Heures dues*", 1600),
        (PERSONNES, "Prénom*", "Ava"),
        (PERSONNES, "RSA", "non"),
        (PERSONNES, "QPV (code)", "non"),
        (CONTRATS, "Type de contrat*", "CDDI"),
        (HEURES, "Heures*", "121,75"),
    ],
)
def test_une_cellule_changee_modifie_une_ligne(structure, tmp_path, feuille, colonne, valeur):
    feuilles = classeur_juste()
    importer(ecrire(tmp_path / "avant.xlsx", feuilles), structure, pour_de_vrai=True)
    feuilles[feuille][0][colonne] = valeur
    chemin = ecrire(tmp_path / "apres.xlsx", feuilles)
    rapport, _ = importer(chemin, structure, pour_de_vrai=True)
    assert rapport["erreurs"] == []
    assert rapport["modifie"] == {f.nom: int(f.nom == feuille) for f in FEUILLES}
    assert total(rapport["inchange"]) == 13
    rapport, _ = importer(chemin, structure, pour_de_vrai=True)
    assert total(rapport["inchange"]) == 14


AVANT_ATTRIBUTION = ("repere", "etude", "redaction", "publie")
PASSAGES = {
    ("repere", "etude"),
    ("etude", "redaction"),
    ("redaction", "publie"),
    *((avant, "attribue") for avant in AVANT_ATTRIBUTION),
    ("attribue", "execution"),
    ("suspendu", "execution"),
    ("attribue", "solde"),
    ("execution", "solde"),
    ("execution", "suspendu"),
    ("solde", "execution"),
    *((avant, "abandonne") for avant in (*AVANT_ATTRIBUTION, "attribue", "execution", "suspendu")),
    ("abandonne", "repere"),
}


def test_le_classeur_ne_saute_aucun_etat(structure, tmp_path):
    """De chaque état vers chaque état : le classeur ne passe que là où un bouton passerait."""
    ville = MaitreOuvrageFactory(siret=VILLE, suivi_par=structure)
    feuilles = classeur_juste() | {LOTS: [], PERSONNES: [], CONTRATS: [], HEURES: [], MARCHES: []}
    essais = list(itertools.product(StatutMarche.values, repeat=2))
    for depuis, vers in essais:
        reference = f"{depuis}-{vers}"
        MarcheFactory(structure=structure, maitre_ouvrage=ville, reference=reference, statut=depuis)
        feuilles[MARCHES].append(marche(**{"Référence*": reference, "Statut": StatutMarche(vers).label}))
    rapport, _ = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure, pour_de_vrai=True)
    refuses = [essais[erreur["ligne"] - 2] for erreur in rapport["erreurs"]]
    assert {erreur["colonne"] for erreur in rapport["erreurs"]} == {"Statut"}
    assert set(essais) - set(refuses) == PASSAGES | {(statut, statut) for statut in StatutMarche.values}


def test_tue_au_milieu_il_n_a_rien_ecrit(structure, tmp_path, monkeypatch):
    def mourir(**_):
        assert Marche.objects.filter(structure=structure).exists()  # l'écriture était bien en route
        raise KeyboardInterrupt

    monkeypatch.setattr(service, "reprendre_heures", mourir)
    avant = photo()
    with pytest.raises(KeyboardInterrupt):
        importer(ecrire(tmp_path / "c.xlsx", classeur_juste()), structure, pour_de_vrai=True)
    assert photo() == avant


def test_une_seule_faute_n_ecrit_rien_meme_pour_de_vrai(structure, tmp_path):
    feuilles = classeur_juste()
    feuilles[HEURES][1]["Heures*"] = -1
    avant = photo()
    rapport, code = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure, pour_de_vrai=True)
    assert (photo(), code) == (avant, 1)
    assert total(rapport["cree"]) == total(rapport["inchange"]) == total(rapport["modifie"]) == 0
    assert rapport["erreurs"] == [
        {
            "feuille": "Heures",
            "ligne": 3,
            "colonne": "Heures",
            "valeur": "-1",
            "raison": "Des heures ne peuvent pas être négatives.",
        }
    ]


def test_chacun_chez_soi(structure, tmp_path):
    """Mêmes références, mêmes identifiants, mêmes SIRET : deux structures, deux mondes, des entreprises communes."""
    autre = OrganisationFactory(nom="Autre", slug="autre-structure")
    feuilles = classeur_juste()
    importer(ecrire(tmp_path / "a.xlsx", feuilles), autre, pour_de_vrai=True)
    feuilles["Entreprises"][0]["Raison sociale*"] = "Nom pris de force"
    feuilles[PERSONNES][0]["Nom*"] = "Autre Personne"
    rapport, code = importer(ecrire(tmp_path / "b.xlsx", feuilles), structure, pour_de_vrai=True)
    assert code == 0
    assert rapport["cree"][MARCHES] == rapport["cree"][PERSONNES] == rapport["cree"][HEURES] == 2
    assert Entreprise.objects.filter(siret=BATI).count() == 1
    assert Entreprise.objects.get(siret=BATI).raison_sociale == "Bâti Cap"
    assert any("Suivi par d'autres structures" in a["raison"] for a in rapport["avertissements"])
    assert Beneficiaire.objects.get(structure=autre, identifiant="P1").nom == "Lemaire"
    assert Contrat.objects.filter(structure=autre).count() == 2
    assert chiffres(autre, 2018) == chiffres(structure, 2018)


def test_un_partenaire_de_l_autre_structure_ne_se_devine_pas(structure, tmp_path):
    """Un maître d'ouvrage sans SIRET n'est connu que de sa structure : le même nom en fait un second."""
    autre = OrganisationFactory(nom="Autre", slug="autre-structure")
    chemin = ecrire(tmp_path / "c.xlsx", classeur_juste())
    importer(chemin, autre, pour_de_vrai=True)
    importer(chemin, structure, pour_de_vrai=True)
    assert MaitreOuvrage.objects.filter(nom="Office du Cap").count() == 2


def test_aller_retour(monde, tmp_path):
    """Le petit monde exporté puis repris ailleurs donne les mêmes chiffres ; seules les heures validées y sont."""
    neuve = jumelle_de(monde.nous.structure)
    chemin = exporter(tmp_path / "monde.xlsx", monde.nous.structure)
    rapport, code = importer(chemin, neuve, pour_de_vrai=True)
    assert (code, rapport["erreurs"]) == (0, [])
    assert rapport["cree"][HEURES] == 1
    for annee in (2025, 2026):
        assert chiffres(neuve, annee) == chiffres(monde.nous.structure, annee)
    assert chiffres(neuve, 2026)["heures_realisees"] == 120.5
    rapport, _ = importer(chemin, neuve, pour_de_vrai=True)
    assert total(rapport["cree"]) == total(rapport["modifie"]) == 0


def test_le_modele_vide_se_relit(structure, tmp_path):
    chemin = tmp_path / "modele.xlsx"
    call_command("exporter_classeur", vide=True, sortie=str(chemin), stdout=io.StringIO())
    rapport, code = importer(chemin, structure)
    assert (code, rapport["erreurs"], rapport["avertissements"]) == (0, [], [])


def test_le_classeur_exporte_se_reprend_chez_soi_sans_rien_changer(monde, tmp_path):
    rapport, code = importer(exporter(tmp_path / "monde.xlsx", monde.nous.structure), monde.nous.structure)
    assert (code, rapport["erreurs"]) == (0, [])
    assert total(rapport["cree"]) == 0
    assert total(rapport["modifie"]) == 0


def test_un_dossier_anonymise_s_exporte_et_se_relit(monde, tmp_path):
    """L'export d'une structure où quelqu'un est anonymisé se relit chez elle sans rien changer, et ailleurs aux mêmes chiffres."""
    structure = monde.nous.structure
    vieux = exporter(tmp_path / "vieux.xlsx", structure)
    assert anonymiser_dossier(acteur=monde.acteur(), beneficiaire=monde.beneficiaire)
    chemin = exporter(tmp_path / "monde.xlsx", structure)
    rapport, code = importer(chemin, structure, pour_de_vrai=True)
    assert (code, rapport["erreurs"], rapport["avertissements"]) == (0, [], [])
    assert total(rapport["cree"]) == total(rapport["modifie"]) == 0
    neuve = jumelle_de(structure)
    rapport, code = importer(chemin, neuve, pour_de_vrai=True)
    assert (code, rapport["erreurs"]) == (0, [])
    assert chiffres(neuve, 2026) == chiffres(structure, 2026)
    reprise = Beneficiaire.objects.get(structure=neuve, anonymise_le__isnull=False)
    assert (reprise.nom, reprise.prenom, reprise.nom_complet) == ("", "", "Personne anonymisée")
    assert reprise.est_archive
    rapport, code = importer(exporter(tmp_path / "neuve.xlsx", neuve), neuve)
    assert (code, rapport["erreurs"], total(rapport["modifie"])) == (0, [], 0)
    # Un classeur d'avant ne rend pas son nom à qui n'en a plus.
    rapport, code = importer(vieux, structure, pour_de_vrai=True)
    monde.beneficiaire.refresh_from_db()
    assert (monde.beneficiaire.nom, monde.beneficiaire.domiciles.get().adresse) == ("", "")


def test_deux_personnes_anonymisees_ne_sont_pas_des_homonymes(monde, tmp_path):
    """Anonymisées, elles portent le même nom, et parfois la même année de naissance : rien à signaler."""
    structure = monde.nous.structure
    autre = BeneficiaireFactory(structure=structure, date_naissance=monde.beneficiaire.date_naissance)
    for beneficiaire in (monde.beneficiaire, autre):
        assert anonymiser_dossier(acteur=monde.acteur(), beneficiaire=beneficiaire)
    for chez in (structure, jumelle_de(structure)):
        rapport, code = importer(exporter(tmp_path / f"{chez.pk}.xlsx", structure), chez)
        assert (code, rapport["erreurs"], rapport["avertissements"]) == (0, [], [])


def test_un_acheteur_connu_par_un_siret_faux_s_exporte_et_se_relit(monde, tmp_path):
    """Les données publiques en donnent : leur nom est alors ce numéro, qui n'est l'identité de personne."""
    structure = monde.nous.structure
    acheteur = suivre_maitre_ouvrage(acteur=monde.acteur(), nom="11122233344455")
    modifier_marche(acteur=monde.acteur(), marche=monde.marche, maitre_ouvrage=acheteur)
    rapport, code = importer(exporter(tmp_path / "monde.xlsx", structure), structure)
    assert (code, rapport["erreurs"], total(rapport["modifie"])) == (0, [], 0)


def test_un_siret_faux_que_personne_ne_porte_se_refuse(structure, tmp_path):
    feuilles = classeur_juste()
    feuilles[MARCHES][0]["Maître d'ouvrage*"] = "11122233344455"
    rapport, _ = importer(ecrire(tmp_path / "faux.xlsx", feuilles), structure)
    assert "Ce SIRET est faux" in str(rapport["erreurs"])


def test_une_commune_se_dit_par_son_code_ou_son_nom_meme_ancien(structure, tmp_path):
    """Le champ d'un formulaire et la colonne du classeur lisent pareil : un seul lecteur."""
    cherbourg = Commune.objects.get(code_insee="50129")
    AutreNom.objects.create(commune=cherbourg, code_insee="50602", nom="Tourlaville")
    feuilles = classeur_juste()
    feuilles[PERSONNES][0] |= {"Commune (code INSEE)": "TOURLAVILLE"}
    feuilles[PERSONNES][1] |= {"Commune (code INSEE)": "50129.0"}
    rapport, code = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure, pour_de_vrai=True)
    assert (code, rapport["erreurs"]) == (0, [])
    assert set(Domicile.objects.values_list("commune__code_insee", flat=True)) == {"50129"}
    feuilles[PERSONNES][0] |= {"Commune (code INSEE)": "Nulle-Part"}
    rapport, code = importer(ecrire(tmp_path / "d.xlsx", feuilles), structure)
    assert code == 1 and "Commune inconnue" in str(rapport["erreurs"])


def test_un_vieux_classeur_repris_aujourd_hui_se_conserve_depuis_son_dernier_contrat(structure, tmp_path):
    importer(ecrire(tmp_path / "c.xlsx", classeur_juste()), structure, pour_de_vrai=True)
    personne = Beneficiaire.objects.get(structure=structure, identifiant="P1")
    derniers = {echeance.dossier: echeance.dernier_contact for echeance in echeances(structure)}
    assert personne.cree_le.year > 2018 and derniers[personne.pk] == datetime.date(2018, 12, 31)


def test_un_classeur_n_ote_son_nom_a_personne(structure, tmp_path):
    feuilles = classeur_juste()
    importer(ecrire(tmp_path / "c.xlsx", feuilles), structure, pour_de_vrai=True)
    feuilles[PERSONNES][0] |= {"Nom*": "Dossier anonymisé", "Prénom*": "Dossier anonymisé"}
    rapport, code = importer(ecrire(tmp_path / "d.xlsx", feuilles), structure, pour_de_vrai=True)
    assert code == 0 and "n'est pas anonymisé ici" in str(rapport["avertissements"])
    assert Beneficiaire.objects.get(structure=structure, identifiant="P1").nom == "Lemaire"


def test_structure_ou_fichier_inconnus(structure, tmp_path):
    with pytest.raises(CommandError, match="structure-neuve"):
        call_command("importer_classeur", str(ecrire(tmp_path / "c.xlsx", classeur_juste())), structure="nulle-part")
    with pytest.raises(CommandError, match="Fichier introuvable"):
        call_command("importer_classeur", str(tmp_path / "absent.xlsx"), structure=structure.slug)


def test_les_ecritures_tolerees(structure, tmp_path):
    """En-têtes sans accents ni étoile, dates en texte, nombres à virgule, réponses courtes."""
    feuilles = classeur_juste()
    feuilles[PERSONNES][0] |= {"RSA": "x", "RQTH": "Vrai", "Sexe*": "f", "Niveau de formation": "6 ET PLUS"}
    feuilles[MARCHES][0] |= {"Début*": "01/01/2018", "Montant HT": "1200000.5", "Nature*": "TRAVAUX"}
    feuilles[HEURES][0] |= {"Mois*": "03/2018", "Heures*": "120,5"}
    rapport, code = importer(ecrire(tmp_path / "c.xlsx", feuilles), structure, pour_de_vrai=True)
    assert (code, rapport["erreurs"]) == (0, [])
    assert set(Critere.objects.values_list("code", flat=True)) == {"RSA", "RQTH"}


def test_un_vieux_classeur_ne_rouvre_pas_ce_qui_est_fusionne(monde, tmp_path):
    """Le numéro d'un dossier rangé mène au dossier gardé : ni doublon rouvert, ni personne gardée récrite."""
    structure, double = monde.nous.structure, monde.nous.double
    contrat = ContratFactory(engagement=monde.engagement, beneficiaire=double, identifiant="C-DOUBLE")
    vieux = exporter(tmp_path / "vieux.xlsx", structure)
    fusionner_les_dossiers(acteur=monde.acteur(), beneficiaire=monde.beneficiaire, autre=double)
    fusionner_les_entreprises(acteur=monde.acteur(), entreprise=monde.entreprise, autre=monde.nous.entreprise_double)
    rapport, code = importer(vieux, structure, pour_de_vrai=True)
    assert (code, rapport["erreurs"], total(rapport["cree"]), total(rapport["modifie"])) == (0, [], 0, 0)
    contrat.refresh_from_db()
    assert contrat.beneficiaire == monde.beneficiaire
    neuf = exporter(tmp_path / "neuf.xlsx", structure)
    rapport, code = importer(neuf, jumelle_de(structure), pour_de_vrai=True)
    assert (code, rapport["erreurs"], rapport["avertissements"]) == (0, [], [])
