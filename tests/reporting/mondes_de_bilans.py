"""De petits mondes tirés au hasard pour les bilans, et les périmètres que l'on y lit."""

import datetime
import random
from decimal import Decimal
from itertools import product

from django.utils import timezone

from beneficiaires.enums import CodeCritere, StatutQuartier
from beneficiaires.models import Beneficiaire
from comptes.enums import TypeOrganisation
from entreprises.enums import TypeEntreprise
from marches.enums import Nature, Programme, StatutProjet, TypeClause, TypeMaitreOuvrage
from marches.models import Engagement, Lot, Marche, ProjetAchat
from metiers.models import Metier
from parcours.enums import GenreQuestion, Situation, StatutPoint, Terme
from recrutement.models import Contrat
from reporting.calcul.registre import CLES_D_OBJECTIF
from reporting.enums import Variante
from reporting.lecture.perimetre import Perimetre
from reporting.models import ObjectifAnnuel, ReglagesBilan
from socle.periodes import Periode, ajouter_mois
from territoires.enums import Millesime
from tests.fabriques.beneficiaires import CritereFactory, DomicileFactory, RattachementFactory
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.marches import CorpsMetierFactory, OperationFactory, ProjetAchatFactory
from tests.fabriques.parcours import PointSuiviFactory, QuestionFactory, QuestionnaireFactory, ReponseFactory
from tests.fabriques.recrutement import CandidatureFactory, OffreFactory, metier_macon
from tests.fabriques.territoires import QuartierFactory, TerritoireFactory
from tests.reporting.test_recalcul import MondeAuHasard

D = datetime.date
VARIANTES = tuple(Variante)
SORTES = ("annee", "semestre", "trimestre", "bornes", "longue")
# Les bords de la géographie des quartiers (fin 2023), un 29 février, deux années à cheval, plus d'un an.
PERIODES = {
    "annee": (Periode.annee(2023), Periode.annee(2024)),
    "semestre": (Periode(D(2023, 7, 1), D(2023, 12, 31)), Periode(D(2024, 1, 1), D(2024, 6, 30))),
    "trimestre": (Periode(D(2023, 10, 1), D(2023, 12, 31)), Periode(D(2024, 1, 1), D(2024, 3, 31))),
    "bornes": (Periode(D(2023, 11, 1), D(2024, 2, 29)), Periode(D(2024, 2, 1), D(2024, 2, 29))),
    "longue": (Periode(D(2023, 3, 1), D(2024, 8, 31)), Periode(D(2022, 10, 1), D(2024, 12, 31))),
}


class MondeDeBilans(MondeAuHasard):
    """Le même hasard, en plus petit, avec ce que les bilans ajoutent : sorties, projets, opérations, publics principaux."""

    def __init__(self, graine: int):
        self.de_plus = random.Random(f"{graine} de plus")  # ce qui s'est ajouté ne change pas le reste du monde
        super().__init__(graine)
        for acheteur in self.acheteurs:
            acheteur.type = self.tirer.choice(TypeMaitreOuvrage.values)
            acheteur.save()
        for entreprise in self.entreprises:
            entreprise.type = self.tirer.choice(TypeEntreprise.values)
            entreprise.save()
        self._questionnaires()
        if graine % 3 == 0:  # sans rien tirer de plus : les autres mondes ne changent pas
            archives = Engagement.objects.order_by("pk").values_list("pk", flat=True)[::3]
            Engagement.objects.filter(pk__in=list(archives)).update(archive_le=timezone.now())
        for annee, cle in product((2023, 2024), CLES_D_OBJECTIF[:: 1 + graine % 3]):
            ObjectifAnnuel.objects.create(structure=self.structures[0], annee=annee, cle=cle, valeur=Decimal(annee))
        self.reseau = OrganisationFactory(type=TypeOrganisation.RESEAU)

    def _structure(self, rang: int):
        if not rang:
            macon = metier_macon()
            self.metiers = [macon, *Metier.objects.exclude(pk=macon.pk).order_by("pk")[:2]]
            self.prescripteurs = OrganisationFactory.create_batch(3, prescripteur=True)
            self.quartiers = {m: QuartierFactory.create_batch(4, millesime=m) for m in Millesime.values}
        structure = OrganisationFactory(
            type=TypeOrganisation.FACILITATRICE, slug=f"hasard-{rang}", nom=f"Hasard {rang}"
        )
        TerritoireFactory(structure=structure, communes=self.communes[: 1 + rang])
        if self.tirer.random() < 0.3:
            ReglagesBilan.objects.create(structure=structure, heures_par_etp=Decimal(1607))
        self.operations = [self._operation(structure) for _ in range(2)]
        engagements = [e for _ in range(5 - 2 * rang) for e in self._marche(structure)]
        for personne in [self._personne(structure) for _ in range(5 - 2 * rang)]:
            for _ in range(self.tirer.randint(1, 3)):
                self._contrat(personne, self.tirer.choice(engagements))
        for _ in range(2):
            self._projet(structure)
        return structure

    def _questionnaires(self) -> None:
        """Une question notée, une fermée, une ouverte ; des réponses rendues à minuit passé, ou jamais."""
        for structure in self.structures:
            genres = (GenreQuestion.NOTE, GenreQuestion.OUI_NON, GenreQuestion.TEXTE)
            questions = [QuestionFactory(structure=structure, genre=genre) for genre in genres]
            for contrat in Contrat.objects.filter(structure=structure).order_by("pk"):
                if self.de_plus.random() < 0.5:
                    continue
                rendu = timezone.make_aware(datetime.datetime.combine(self._autre_jour(), datetime.time(0, 20)))
                questionnaire = QuestionnaireFactory(
                    contrat=contrat, repondu_le=self.de_plus.choice([rendu, rendu, None])
                )
                for question in questions:
                    ouverte = question.genre == GenreQuestion.TEXTE
                    note = (
                        None
                        if ouverte
                        else self.de_plus.randint(*((1, 5) if question.genre == GenreQuestion.NOTE else (0, 1)))
                    )
                    ReponseFactory(questionnaire=questionnaire, question=question, note=note, texte="Oui" * ouverte)

    def _autre_jour(self) -> datetime.date:
        return D(self.de_plus.randint(2022, 2024), self.de_plus.randint(1, 12), self.de_plus.choice([1, 15, 28]))

    def _operation(self, structure):
        nommes = [q for quartiers in self.quartiers.values() for q in quartiers if self.de_plus.random() < 0.3]
        operation = OperationFactory(
            structure=structure,
            programme=self.tirer.choice(Programme.values),
            taux_cible=self.tirer.choice([None, Decimal("7.50")]),
            heures_travaillees=self.tirer.choice([None, Decimal(self.tirer.randint(1, 4_000_000)) / 100]),
        )
        operation.quartiers.set(nommes)
        return operation

    def _marche(self, structure):
        engagements = super()._marche(structure)
        marche = Marche.objects.filter(pk=engagements[0].lot.marche_id)
        if self.tirer.random() < 0.2:  # assez ancien pour que l'évolution ait ses cinq périodes, et pas une de plus
            marche.update(debut=D(2017, 1, 1))
        marche.update(
            operation=self.tirer.choice([None, *self.operations]), type_clause=self.tirer.choice(TypeClause.values)
        )
        corps = self.de_plus.choice([None, CorpsMetierFactory(structure=structure)])
        Lot.objects.filter(marche__in=marche).update(corps_metier=corps)
        return engagements

    def _projet(self, structure) -> None:
        """À minuit passé, ou juste avant : le jour d'un projet est celui de Paris."""
        projet = ProjetAchatFactory(
            structure=structure,
            maitre_ouvrage=self.tirer.choice(self.acheteurs),
            nature=self.tirer.choice(Nature.values),
            # Devenu un marché, il en faut un ; écarté, une raison : les autres suffisent.
            statut=self.tirer.choice(
                [StatutProjet.REPERE, StatutProjet.ETUDE, StatutProjet.PROPOSE, StatutProjet.RETENU]
            ),
        )
        heure = self.tirer.choice([datetime.time(0, 20), datetime.time(12), datetime.time(23, 40)])
        cree_le = timezone.make_aware(datetime.datetime.combine(self._jour(), heure))
        ProjetAchat.objects.filter(pk=projet.pk).update(cree_le=cree_le)

    def _personne(self, structure):
        personne = super()._personne(structure)
        personne.prescripteur = self.de_plus.choice([None, *self.prescripteurs])
        personne.save()
        ouvert = datetime.datetime.combine(
            self._autre_jour(), self.de_plus.choice([datetime.time(0, 20), datetime.time(23, 40)])
        )
        Beneficiaire.objects.filter(pk=personne.pk).update(cree_le=timezone.make_aware(ouvert))
        pris = set(personne.criteres.order_by("pk").values_list("code", flat=True))
        libres = [code for code in CodeCritere.values if code not in pris]
        codes = self.tirer.sample(libres, 3)
        ouverts = [True, False, False]
        for code, ouvert in zip(codes, ouverts[: self.tirer.randint(0, 3)], strict=False):
            depuis = self.tirer.choice([None, self._jour()])
            fin = None if ouvert else ajouter_mois(depuis or D(2023, 1, 1), self.tirer.randint(0, 14))
            CritereFactory(
                beneficiaire=personne, code=code, depuis=depuis, jusqu_a=fin, principal=self.tirer.random() < 0.7
            )
        return personne

    def _domiciles(self, personne) -> None:
        """Un déménagement une fois sur trois ; quatre quartiers dans chaque géographie, que plusieurs habitent."""
        for depuis in {None, self.tirer.choice([None, None, self._jour()])}:
            commune = self.de_plus.choice(self.communes)
            domicile = DomicileFactory(beneficiaire=personne, commune=commune, depuis=depuis)
            for millesime in Millesime.values:
                statut = self.tirer.choice([StatutQuartier.OUI, StatutQuartier.OUI, *StatutQuartier.values])
                quartier = self.tirer.choice(self.quartiers[millesime]) if statut == StatutQuartier.OUI else None
                RattachementFactory(domicile=domicile, millesime=millesime, statut=statut, quartier=quartier)

    def _contrat(self, personne, engagement) -> None:
        super()._contrat(personne, engagement)
        contrat, *autres = personne.contrats.order_by("-pk")
        if (
            autres and autres[0].fin and self.tirer.random() < 0.6
        ):  # autour des 31 jours qui séparent deux participations
            contrat.debut = autres[0].fin + datetime.timedelta(days=self.tirer.choice([30, 31, 32]))
            contrat.fin_prevue = ajouter_mois(contrat.debut, 6)
        fin = self.tirer.choice([contrat.fin_prevue, None, ajouter_mois(contrat.debut, self.tirer.randint(0, 5))])
        contrat.fin_prevue, contrat.fin_reelle = self.tirer.choice(
            [(fin, None), (None, fin), (contrat.fin_prevue, fin)]
        )
        contrat.save()
        if self.de_plus.random() < 0.4:
            offre = OffreFactory(engagement=engagement, metier=self.de_plus.choice(self.metiers))
            CandidatureFactory(offre=offre, beneficiaire=personne, contrat=contrat)
        for terme in self.tirer.sample(list(Terme), self.tirer.randint(0, 3)):
            statut = self.tirer.choice([*StatutPoint.values, StatutPoint.REPONDU, StatutPoint.REPONDU])
            connue = statut == StatutPoint.REPONDU or self.tirer.random() < 0.2
            PointSuiviFactory(
                contrat=contrat,
                terme=terme,
                du_le=self._jour(),
                statut=statut,
                situation=self.tirer.choice(Situation.values) if connue else "",
            )

    def perimetre(self, variante: Variante, periode: Periode, rang: int = 0) -> Perimetre:
        """Celui de la première structure, ou des deux pour un réseau ; `rang` choisit la cible."""
        structure = self.structures[0]
        if variante == Variante.RESEAU:
            return Perimetre(self.reseau, periode, variante, membres=tuple(self.structures))
        marches = list(Marche.objects.filter(structure=structure).order_by("pk").select_related("operation"))
        operations = [marche.operation for marche in marches if marche.operation]
        cibles = {
            Variante.MAITRE_OUVRAGE: [marche.maitre_ouvrage for marche in marches],
            Variante.OPERATION: operations,
            Variante.MARCHE: marches,
        }.get(variante)
        if cibles is None:
            return Perimetre(structure, periode, variante)
        if not cibles:
            Marche.objects.filter(pk=marches[0].pk).update(operation=OperationFactory(structure=structure))
            return self.perimetre(variante, periode, rang)
        return Perimetre(structure, periode, variante, cibles[rang % len(cibles)])
