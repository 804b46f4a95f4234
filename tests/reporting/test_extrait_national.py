"""L'extrait national : sur 300 mondes tirés au hasard, rien de petit ne se lit, rien ne se soustrait, rien ne se perd."""

import csv
import datetime
import io
import random
from collections import Counter
from decimal import Decimal
from itertools import combinations

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from beneficiaires.enums import CodeCritere, NiveauFormation
from comptes.enums import Role
from entreprises.enums import TypeEntreprise
from marches.enums import Nature, TypeClause, TypeMaitreOuvrage
from recrutement.enums import Modalite, TypeContrat
from reporting.calcul import indicateurs
from reporting.extraits.national import COLONNES, Groupe, a_regrouper, groupes
from reporting.lecture import lignes as lecture
from reporting.lecture import releve
from reporting.models import ReglagesBilan
from reporting.services import regler_l_extrait
from socle.models import EntreeJournal
from socle.periodes import Periode
from socle.regles import AccesRefuse

ANNEE = Periode.annee(2024)
SEUIL = 5
MONDE = 37  # assez de monde pour des groupes visibles et une ligne regroupée


def monde_au_hasard(graine: int) -> releve.Releve:
    """De 1 à 120 personnes, aux profils plus ou moins serrés, avec un à trois contrats chacune."""
    tirer = random.Random(graine)
    largeur = tirer.choice([1, 2, 2, 3, 8])  # de combien de valeurs chaque colonne dispose

    def parmi(valeurs) -> str:
        return tirer.choice(list(valeurs)[:largeur])

    marches = {
        m: releve.Marche(
            m,
            f"M{m}",
            "Objet",
            m % 3,
            parmi(Nature.values),
            parmi(TypeClause.values),
            "notifie",
            ANNEE.debut,
            ANNEE.fin,
            False,
        )
        for m in range(6)
    }
    personnes, contrats, lignes = {}, {}, []
    for cle in range(tirer.choice([1, 3, 4, 5, 6, 9, 20, 60, 120])):
        domicile = releve.Domicile(cle, "", None, None, {2024: releve.Quartier("QP1", "Nord")})
        personnes[cle] = releve.Personne(
            cle,
            tirer.choice("FH"),
            datetime.date(tirer.randint(1960, 2006), 3, 1),
            principaux=(releve.Fait(cle, parmi(CodeCritere.values), None, None),) if tirer.random() < 0.7 else (),
            niveaux=(releve.Fait(cle, parmi(NiveauFormation.values), None, None),) if tirer.random() < 0.8 else (),
            domiciles=(domicile,) if tirer.random() < 0.3 else (),
        )
        for _ in range(tirer.randint(1, 3)):
            contrat = len(contrats)
            contrats[contrat] = releve.Contrat(
                contrat,
                f"C{contrat:03}",
                cle,
                tirer.randrange(6),
                tirer.randrange(4),
                parmi(Modalite.values),
                parmi(TypeContrat.values),
                datetime.date(2024, tirer.randint(1, 12), 1),
            )
            for _ in range(tirer.randint(0, 2)):
                heures = tirer.choice([Decimal(0), Decimal(tirer.randint(1, 15_000)) / 100])
                lignes.append(releve.LigneHeures(len(lignes), contrat, datetime.date(2024, 6, 1), heures))
    return releve.Releve(
        periode=ANNEE,
        lignes=tuple(lignes),
        contrats=contrats,
        personnes=personnes,
        marches=marches,
        engagements={e: releve.Engagement(e, e, "1", e % 4, Decimal(100), Decimal(0)) for e in range(6)},
        entreprises={e: releve.Entreprise(e, "", "", parmi(TypeEntreprise.values), e % 2) for e in range(4)},
        maitres_ouvrage={m: releve.MaitreOuvrage(m, "", parmi(TypeMaitreOuvrage.values)) for m in range(3)},
        communes=frozenset({0}),
        heures_par_etp=Decimal(1600),
    )


def profils(lu: releve.Releve, colonnes: list[str]) -> Counter:
    """Ce que la structure seule sait : l'effectif de chaque profil."""
    return Counter(
        tuple(COLONNES[cle].valeur(lu, lu.personnes[personne], entree) for cle in colonnes)
        for personne, entree in lu.entrees.items()
    )


def deduites(vrais: Counter, visibles: dict, total: int) -> list:
    """L'attaque : on connaît l'extrait, le total, et tout total d'un critère ou de deux croisés, s'il est de cinq ou plus.

    Ce qui manque au total est dans la ligne « regroupés » ; un reste de 1 à 4 serait une petite case retrouvée.
    """
    largeur = len(next(iter(vrais)))
    trouvees = []
    for combien in (0, 1, 2):
        for rangs in combinations(range(largeur), combien):
            publies, montres = Counter(), Counter()
            for profil, effectif in vrais.items():
                publies[tuple(profil[r] for r in rangs)] += effectif
            for profil, effectif in visibles.items():
                montres[tuple(profil[r] for r in rangs)] += effectif
            trouvees += [
                (rangs, part)
                for part, effectif in publies.items()
                if effectif >= SEUIL and 0 < effectif - montres[part] < SEUIL
            ]
    assert sum(vrais.values()) == total
    return trouvees


@pytest.mark.parametrize("dizaine", range(30))
def test_rien_de_petit_ne_se_lit_ni_ne_se_deduit_et_rien_ne_se_perd(dizaine):
    for graine in range(10 * dizaine, 10 * dizaine + 10):
        lu = monde_au_hasard(graine)
        tirer = random.Random(-graine)
        colonnes = [cle for cle in COLONNES if tirer.random() < tirer.choice([0.1, 0.3, 0.9])]
        rendus = groupes(lu, colonnes)
        total = indicateurs.beneficiaires(lu).valeur
        if total < SEUIL:
            assert not rendus, "moins de cinq personnes en tout : rien ne sort"
            continue
        assert min(groupe.personnes for groupe in rendus) >= SEUIL
        assert sum(groupe.personnes for groupe in rendus) == total
        assert sum(groupe.heures for groupe in rendus) == indicateurs.heures_realisees(lu).valeur
        assert sum(groupe.contrats for groupe in rendus) == indicateurs.contrats(lu).valeur
        vrais = profils(lu, colonnes)
        regroupes = [groupe for groupe in rendus if groupe.valeurs == () and colonnes]
        visibles = {groupe.valeurs: groupe.personnes for groupe in rendus if groupe not in regroupes}
        assert all(vrais[profil] == effectif for profil, effectif in visibles.items())
        assert len(regroupes) <= 1
        assert not regroupes or rendus[-1] is regroupes[0]
        assert not deduites(vrais, visibles, total), graine


def test_l_attaque_trouve_ce_que_la_regle_simple_laisse():
    """Elle n'est pas complaisante : regrouper les seuls petits groupes se défait avec le total des femmes."""
    vrais = Counter({("F", "oui"): 5, ("F", "non"): 2, ("H", "oui"): 7, ("H", "non"): 3})
    assert deduites(vrais, {("F", "oui"): 5, ("H", "oui"): 7}, 17)
    assert a_regrouper(vrais) == set(vrais)


def test_une_ligne_regroupee_trop_petite_prend_le_plus_petit_des_autres():
    assert a_regrouper({("a",): 2, ("b",): 9, ("c",): 6}) == {("a",), ("c",)}
    assert a_regrouper({("a",): 2, ("b",): 3, ("c",): 6}) == {("a",), ("b",)}
    assert a_regrouper({("a",): 5, ("b",): 6}) == set()


def test_les_mondes_exercent_les_deux_issues():
    """Des extraits sans regroupement, et d'autres où il reste des groupes visibles à côté."""
    issues = set()
    for graine in range(60):
        rendus = groupes(monde_au_hasard(graine), ["sexe", "age"])
        issues.add((any(g.valeurs for g in rendus), any(not g.valeurs for g in rendus)))
    assert {(True, False), (True, True), (False, True)} <= issues


# --- La page ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def annee(monde, monkeypatch) -> Periode:
    """Le relevé de notre structure est un monde au hasard ; celui de toute autre serait une fuite."""

    def charger(structure, periode):
        assert structure == monde.nous.structure
        return monde_au_hasard(MONDE)

    monkeypatch.setattr("reporting.views.extraits.charger", charger)
    return Periode.annee(2026)


@pytest.mark.django_db
class TestPage:
    def test_elle_propose_les_colonnes_de_la_structure(self, connecte, monde):
        ReglagesBilan.objects.create(structure=monde.structure, colonnes_extrait=["qpv"])
        page = connecte("edition").get(reverse("reporting:extrait_national")).content.decode()
        assert page.count(" checked") == 1
        assert "Télécharger" not in page
        assert reverse("reporting:extrait_national_colonnes") not in page

    @pytest.mark.parametrize("fichier", ["csv", "xlsx"])
    def test_le_fichier_a_les_lignes_de_l_extrait(self, connecte, monde, annee, fichier):
        choix = {"annee": 2026, "colonnes": ["sexe", "nature"], "fichier": fichier}
        reponse = connecte("edition").get(reverse("reporting:extrait_national"), choix)
        nom = f"extrait-national-2026-{monde.structure.slug}.{fichier}"
        assert reponse["Content-Disposition"] == f'attachment; filename="{nom}"'
        attendus = groupes(monde_au_hasard(MONDE), ["sexe", "nature"])
        lues = _lire_csv(reponse) if fichier == "csv" else _lire_xlsx(reponse)
        entetes = ["Année", "Structure", "Sexe", "Nature du marché", "Personnes", "Contrats", "Heures"]
        assert list(lues[0]) == entetes
        assert [_groupe(ligne) for ligne in lues[1:]] == attendus

    def test_la_page_montre_ce_que_le_fichier_contient_et_garde_le_choix(self, connecte, annee):
        choix = {"annee": 2026, "colonnes": ["sexe"]}
        page = connecte("responsable").get(reverse("reporting:extrait_national"), choix).content.decode()
        assert page.count(" checked") == 1
        assert "annee=2026&amp;colonnes=sexe&amp;fichier=xlsx" in page

    def test_moins_de_cinq_personnes_rien_ne_sort(self, connecte):
        for fichier in ("", "csv"):
            choix = {"annee": 2026, "fichier": fichier}
            page = connecte("edition").get(reverse("reporting:extrait_national"), choix).content.decode()
            assert "rien ne peut sortir" in page

    @pytest.mark.parametrize("choix", [{"annee": "2"}, {"annee": "2026", "colonnes": "nom"}])
    def test_un_choix_faux_se_dit_a_cote_de_son_champ(self, connecte, annee, choix):
        page = connecte("edition").get(reverse("reporting:extrait_national"), choix | {"fichier": "csv"})
        assert page.status_code == 200
        assert "invalid-feedback" in page.content.decode()

    def test_le_responsable_regle_les_colonnes_et_cela_se_note(self, connecte, monde):
        adresse = reverse("reporting:extrait_national_colonnes")
        assert connecte("responsable").post(adresse, {"colonnes": ["qpv", "sexe"]}).status_code == 302
        assert ReglagesBilan.objects.get(structure=monde.structure).colonnes_extrait == ["qpv", "sexe"]
        assert EntreeJournal.objects.filter(action="colonnes_extrait", structure=monde.structure).count() == 1
        connecte("responsable").post(adresse, {"colonnes": ["qpv", "sexe"]})
        assert EntreeJournal.objects.filter(action="colonnes_extrait").count() == 1, "rien n'a changé : rien à noter"

    def test_un_autre_role_ne_regle_rien(self, monde):
        with pytest.raises(AccesRefuse):
            regler_l_extrait(acteur=monde.acteur(Role.EDITION), colonnes=[])

    def test_la_lecture_ne_voit_pas_l_autre_structure(self, monde):
        lu = lecture.charger(monde.nous.structure, ANNEE)
        assert not set(lu.personnes) & set(lecture.charger(monde.autre.structure, ANNEE).personnes)


def _lire_csv(reponse) -> list[list]:
    return list(csv.reader(io.StringIO(reponse.content.decode("utf-8-sig"), newline=""), delimiter=";"))


def _lire_xlsx(reponse) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(reponse.content)).get_sheet_by_index(0).to_python()[1:]


def _groupe(ligne) -> Groupe:
    annee, _, *valeurs, personnes, contrats, heures = ligne
    assert int(annee) == 2026
    profil = () if valeurs[0] == "Regroupés" else tuple(valeurs)
    return Groupe(profil, int(personnes), int(contrats), Decimal(str(heures).replace(",", ".")))
