"""La commande `chiffres_cles` et un recomptage indépendant disent la même chose, sur vingt mondes tirés au hasard."""

import datetime
import io
import json
import random
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from beneficiaires.enums import CodeCritere, NiveauFormation, StatutQuartier
from comptes.enums import TypeOrganisation
from marches.enums import Nature, StatutMarche
from recrutement.enums import Modalite, TypeContrat
from reporting.calcul.registre import INDICATEURS
from reporting.models import ReglagesBilan
from socle.periodes import ajouter_mois
from tests.fabriques.beneficiaires import (
    BeneficiaireFactory,
    CritereFactory,
    DomicileFactory,
    InscriptionFactory,
    NiveauFactory,
    RattachementFactory,
)
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.entreprises import EntrepriseFactory
from tests.fabriques.marches import AvenantFactory, EngagementFactory, LotFactory, MaitreOuvrageFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory
from tests.fabriques.territoires import CommuneFactory, TerritoireFactory
from tests.reporting.recalcul import Recalcul

pytestmark = pytest.mark.django_db
ANNEES = (2023, 2024)


def commande(slug: str, annee: int) -> dict:
    sortie = io.StringIO()
    call_command("chiffres_cles", structure=slug, annee=annee, format="json", stdout=sortie)
    return json.loads(sortie.getvalue(), parse_float=Decimal, parse_int=Decimal)


class MondeAuHasard:
    """Deux structures mêlées, qui partagent acheteurs et entreprises ; des dates serrées autour de chaque règle."""

    def __init__(self, graine: int):
        self.tirer = random.Random(graine)
        self.communes = CommuneFactory.create_batch(3)
        self.acheteurs = MaitreOuvrageFactory.create_batch(3)
        self.entreprises = [EntrepriseFactory(commune=c) for c in (*self.communes, None, self.communes[0])]
        self.structures = [self._structure(rang) for rang in range(2)]

    def _structure(self, rang: int):
        structure = OrganisationFactory(type=TypeOrganisation.FACILITATRICE, slug=f"hasard-{rang}")
        TerritoireFactory(structure=structure, communes=self.communes[: 1 + rang])
        if self.tirer.random() < 0.3:
            ReglagesBilan.objects.create(structure=structure, heures_par_etp=Decimal(1607))
        engagements = [e for _ in range(6) for e in self._marche(structure)]
        for personne in [self._personne(structure) for _ in range(7)]:
            for _ in range(self.tirer.randint(1, 3)):
                self._contrat(personne, self.tirer.choice(engagements))
        return structure

    def _jour(self, premier: int = 2022, dernier: int = 2024) -> datetime.date:
        """Des jours ordinaires, et souvent un bord d'année ou un 29 février."""
        bords = [datetime.date(2022, 12, 31), datetime.date(2023, 1, 1), datetime.date(2023, 12, 31)]
        bords += [datetime.date(2024, 1, 1), datetime.date(2024, 2, 29), datetime.date(2024, 12, 31)]
        if self.tirer.random() < 0.4:
            return self.tirer.choice(bords)
        return datetime.date(self.tirer.randint(premier, dernier), self.tirer.randint(1, 12), self.tirer.randint(1, 28))

    def _marche(self, structure):
        debut = self._jour()
        fin = debut + datetime.timedelta(days=self.tirer.randint(0, 700))
        marche = MarcheFactory(
            structure=structure,
            maitre_ouvrage=self.tirer.choice(self.acheteurs),
            nature=self.tirer.choice(Nature.values),
            statut=self.tirer.choice(StatutMarche.values),
            debut=debut,
            fin_prevue=fin,
            fin_reelle=self.tirer.choice([None, debut + (fin - debut) / 2]),
            archive=self.tirer.random() < 0.2,
        )
        lot = LotFactory(marche=marche)
        premiere, seconde = self.tirer.sample(self.entreprises, 2)
        engagements = [EngagementFactory(lot=lot, entreprise=premiere, heures_initiales=self._heures())]
        if self.tirer.random() < 0.5:
            engagements.append(EngagementFactory(lot=lot, entreprise=seconde, cotraitant=True))
            AvenantFactory(engagement=engagements[-1], heures_delta=self._heures())
        return engagements

    def _heures(self) -> Decimal:
        return Decimal(self.tirer.randint(0, 60_000)) / 100

    def _personne(self, structure):
        entree = self._jour(2023)
        vingt_six_ans = entree.replace(year=entree.year - 26, day=min(entree.day, 28))
        naissance = self.tirer.choice(
            [vingt_six_ans, vingt_six_ans + datetime.timedelta(days=1), datetime.date(1973, 6, 15)]
        )
        naissance = self.tirer.choice([naissance, datetime.date(1996, 2, 29), self._jour(1960, 2005)])
        personne = BeneficiaireFactory(structure=structure, sexe=self.tirer.choice("FH"), date_naissance=naissance)
        codes = self.tirer.sample([CodeCritere.RSA, CodeCritere.RQTH, CodeCritere.DELD], self.tirer.randint(0, 3))
        for code in codes:
            depuis = self.tirer.choice([None, self._jour()])
            fin = ajouter_mois(depuis or datetime.date(2023, 1, 1), self.tirer.randint(0, 14))
            jusqu_a = self.tirer.choice([None, fin])
            CritereFactory(beneficiaire=personne, code=code, depuis=depuis, jusqu_a=jusqu_a, principal=False)
        for depuis in {self.tirer.choice([None, self._jour()]) for _ in range(self.tirer.randint(0, 2))}:
            NiveauFactory(
                beneficiaire=personne, niveau=self.tirer.choice(["aucun", *NiveauFormation.values]), depuis=depuis
            )
        if self.tirer.random() < 0.6:
            depuis = self._jour(2021)
            fin = self.tirer.choice([None, ajouter_mois(depuis, self.tirer.choice([11, 12, 13, 24]))])
            InscriptionFactory(beneficiaire=personne, depuis=depuis, jusqu_a=fin)
        self._domiciles(personne)
        return personne

    def _domiciles(self, personne) -> None:
        for depuis in {self.tirer.choice([None, self._jour()]) for _ in range(self.tirer.randint(0, 2))}:
            domicile = DomicileFactory(beneficiaire=personne, commune=self.communes[0], depuis=depuis)
            for millesime in self.tirer.sample((2015, 2024), self.tirer.randint(0, 2)):
                statut = self.tirer.choice([StatutQuartier.OUI, StatutQuartier.NON, StatutQuartier.A_VERIFIER])
                options = {} if statut == StatutQuartier.OUI else {"quartier": None}
                RattachementFactory(domicile=domicile, millesime=millesime, statut=statut, **options)

    def _contrat(self, personne, engagement) -> None:
        debut = self._jour(2023)
        contrat = ContratFactory(
            engagement=engagement,
            beneficiaire=personne,
            employeur=self.tirer.choice([engagement.entreprise, *self.entreprises]),
            modalite=self.tirer.choice(Modalite.values),
            type_contrat=self.tirer.choice(TypeContrat.values),
            debut=debut,
            fin_prevue=ajouter_mois(debut, 8),
            archive=self.tirer.random() < 0.1,
        )
        for rang in range(self.tirer.randint(0, 4)):
            mois = ajouter_mois(debut.replace(day=1), rang)
            self._declarer(contrat, mois)

    def _declarer(self, contrat, mois: datetime.date) -> None:
        heures = self.tirer.choice([Decimal(0), Decimal(self.tirer.randint(1, 25_000)) / 100])
        declaration = contrat.engagement.declarations.filter(mois=mois).first()
        if declaration is None:
            validee = self.tirer.random() < 0.8
            DeclarationFactory(engagement=contrat.engagement, mois=mois, validee=validee, lignes={contrat: heures})
        else:
            declaration.lignes.create(contrat=contrat, mois=mois, heures=heures, heures_declarees=heures)


@pytest.mark.parametrize("graine", range(20))
def test_la_commande_et_le_recomptage_sont_d_accord(graine):
    monde = MondeAuHasard(graine)
    for structure in monde.structures:
        reglages = ReglagesBilan.objects.filter(structure=structure).first()
        diviseur = reglages.heures_par_etp if reglages else Decimal(1600)
        for annee in ANNEES:
            assert commande(structure.slug, annee) == Recalcul(structure.slug, annee).chiffres(diviseur)


def test_les_mondes_exercent_chaque_indicateur():
    """Un recomptage d'accord sur des zéros ne prouverait rien : sur quelques mondes, chaque clé a dépassé zéro."""
    vus = set()
    for graine in range(8):
        monde = MondeAuHasard(100 + graine)
        for structure in monde.structures:
            vus |= {cle for annee in ANNEES for cle, valeur in commande(structure.slug, annee).items() if valeur}
            structure.slug = f"ancienne-{graine}-{structure.pk}"
            structure.save()
    assert vus == {indicateur.cle for indicateur in INDICATEURS}


def test_le_json_a_les_cles_et_les_types_de_la_definition():
    structure = MondeAuHasard(7).structures[0]
    sortie = io.StringIO()
    call_command("chiffres_cles", structure=structure.slug, annee=2023, format="json", stdout=sortie)
    lu = json.loads(sortie.getvalue())
    assert list(lu) == [indicateur.cle for indicateur in INDICATEURS]
    for cle, valeur in lu.items():
        attendu = dict if cle in ("heures_par_modalite", "heures_par_type_contrat") else (int, float)
        assert isinstance(valeur, attendu), cle


@pytest.mark.parametrize(("slug", "annee"), [("inconnue", 2023), ("hasard-0", 1200), ("hasard-0", 9999)])
def test_une_structure_ou_une_annee_inconnue_se_dit(slug, annee):
    OrganisationFactory(type=TypeOrganisation.FACILITATRICE, slug="hasard-0")
    with pytest.raises(CommandError):
        commande(slug, annee)
