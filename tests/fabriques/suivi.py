import datetime
from decimal import Decimal

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from recrutement.enums import MotifFin, TypeContrat
from suivi.attestation import composer, empreinte_de
from suivi.cloture import constater
from suivi.enums import (
    DecisionLigne,
    GenrePenalite,
    GenreQuestion,
    IssueRelance,
    Palier,
    PublicInterroge,
    StatutDeclaration,
    StatutPenalite,
    StatutPoint,
    Terme,
)
from suivi.models import (
    Attestation,
    Carence,
    Declaration,
    DemandeNouvelles,
    DepartAnnonce,
    Justificatif,
    LigneHeures,
    MiseEnDemeure,
    Penalite,
    PersonneAnnoncee,
    PointSuivi,
    Question,
    Questionnaire,
    ReglagesCloture,
    Relance,
    Reponse,
)
from suivi.preuves import figer, les_parties
from tests.fabriques.commun import Fabrique
from tests.fabriques.marches import EngagementFactory
from tests.fabriques.recrutement import ContratFactory
from tests.fabriques.socle import CONTENU, DocumentFactory


class DeclarationFactory(Fabrique):
    """Un mois à valider ; trait validee. `lignes={contrat: heures}` le remplit et tient le compteur de l'engagement."""

    class Meta:
        model = Declaration

    class Params:
        validee = factory.Trait(
            statut=StatutDeclaration.VALIDEE,
            validee_le=factory.LazyFunction(timezone.now),
        )

    engagement = factory.SubFactory(EngagementFactory)
    mois = datetime.date(2026, 3, 1)

    @factory.post_generation
    def lignes(self, cree, heures_par_contrat):
        if not (cree and heures_par_contrat):
            return
        for contrat, heures in heures_par_contrat.items():
            LigneHeuresFactory(declaration=self, contrat=contrat, heures=Decimal(heures))
        if self.est_validee:
            self.engagement.heures_realisees += sum(map(Decimal, heures_par_contrat.values()))
            self.engagement.save(update_fields=["heures_realisees"])


class LigneHeuresFactory(Fabrique):
    """Une ligne à décider si l'entreprise l'a déclarée ; acceptée si la structure l'a saisie."""

    class Meta:
        model = LigneHeures

    contrat = factory.SubFactory(ContratFactory)
    declaration = factory.SubFactory(DeclarationFactory, engagement=factory.SelfAttribute("..contrat.engagement"))
    mois = factory.SelfAttribute("declaration.mois")
    heures = Decimal("120.00")
    heures_declarees = factory.SelfAttribute("heures")
    decision = factory.LazyAttribute(
        lambda ligne: DecisionLigne.EN_ATTENTE if ligne.declaration.declaree_par else DecisionLigne.ACCEPTEE
    )


class PointSuiviFactory(Fabrique):
    """Un point à 3 mois, demandé."""

    class Meta:
        model = PointSuivi

    contrat = factory.SubFactory(ContratFactory)
    terme = Terme.TROIS
    du_le = datetime.date(2026, 11, 20)
    statut = StatutPoint.DEMANDE


class QuestionFactory(Fabrique):
    """Une note demandée à la personne."""

    class Meta:
        model = Question

    public = PublicInterroge.BENEFICIAIRE
    texte = factory.Sequence(lambda n: f"Question {n}")
    genre = GenreQuestion.NOTE


class QuestionnaireFactory(Fabrique):
    class Meta:
        model = Questionnaire

    contrat = factory.SubFactory(ContratFactory)
    public = PublicInterroge.BENEFICIAIRE
    demande_le = datetime.date(2026, 9, 1)
    essais = 1


class ReponseFactory(Fabrique):
    class Meta:
        model = Reponse

    note = 4


class RelanceFactory(Fabrique):
    class Meta:
        model = Relance

    palier = Palier.OUVERTURE
    jour = datetime.date(2026, 6, 1)
    issue = IssueRelance.ENVOYEE


class DepartAnnonceFactory(Fabrique):
    class Meta:
        model = DepartAnnonce

    parti_le = datetime.date(2026, 6, 12)
    motif = MotifFin.CHANTIER


class PersonneAnnonceeFactory(Fabrique):
    class Meta:
        model = PersonneAnnoncee

    nom, prenom = "Poulain", "Zoé"
    embauchee_le = datetime.date(2026, 6, 2)
    type_contrat = TypeContrat.CDD
    heures = Decimal(70)


class JustificatifFactory(Fabrique):
    """Un relevé joint, avec son fichier."""

    class Meta:
        model = Justificatif

    nom = "releve.pdf"
    fichier = factory.LazyFunction(lambda: ContentFile(CONTENU, name="releve.pdf"))
    type_mime = "application/pdf"
    taille = len(CONTENU)
    empreinte = factory.Sequence(lambda n: f"{n:064x}")


class DemandeNouvellesFactory(Fabrique):
    class Meta:
        model = DemandeNouvelles

    organisation = factory.SelfAttribute("beneficiaire.prescripteur")


class MiseEnDemeureFactory(Fabrique):
    """Sa lettre est prête."""

    class Meta:
        model = MiseEnDemeure

    engagement = factory.SubFactory(EngagementFactory)
    le = factory.Sequence(lambda n: datetime.date(2026, 7, 1) + datetime.timedelta(days=n))
    objet = "Déclarer les heures en retard"
    remise = "recommande"
    remise_le = factory.SelfAttribute("le")
    parties = factory.LazyAttribute(lambda mise: {**les_parties(mise.engagement), "attendus": []})
    document = factory.SubFactory(
        DocumentFactory, pret=True, organisation=factory.SelfAttribute("..engagement.lot.marche.structure")
    )


class CarenceFactory(Fabrique):
    """Deux postes sans candidat, aucune heure neutralisée."""

    class Meta:
        model = Carence

    engagement = factory.SubFactory(EngagementFactory)
    constatee_le = datetime.date(2026, 7, 10)
    postes = 2
    motif = "Aucune réponse à l'offre"


class PenaliteFactory(Fabrique):
    """La lettre est partie et l'entreprise a répondu : l'acheteur décide. Le montant est donné, ses preuves sont vraies."""

    class Meta:
        model = Penalite

    engagement = factory.SubFactory(EngagementFactory)
    genre = GenrePenalite.RETARD
    statut = StatutPenalite.OBSERVATIONS
    preuves = factory.LazyAttribute(lambda penalite: figer(constater(penalite.engagement), penalite.genre))
    montant_propose = Decimal("900.00")
    lettre_preparee_le = lettre_le = datetime.date(2026, 8, 1)
    remise = "recommande"
    repondre_avant = datetime.date(2026, 8, 16)
    observations = "Le chantier était arrêté."
    observations_le = datetime.date(2026, 8, 10)
    lettre = factory.SubFactory(
        DocumentFactory, pret=True, organisation=factory.SelfAttribute("..engagement.lot.marche.structure")
    )


class AttestationFactory(Fabrique):
    """Émise, son PDF prêt ; l'engagement n'a pas besoin d'être fini."""

    class Meta:
        model = Attestation

    structure = factory.SelfAttribute("engagement.lot.marche.structure")
    numero = factory.Sequence(lambda n: f"2026-{n:04d}")
    emise_le = datetime.date(2026, 9, 1)
    donnees = factory.LazyAttribute(
        lambda a: {
            **composer(constater(a.engagement), ReglagesCloture()),
            "numero": a.numero,
            "emise_le": a.emise_le.isoformat(),
            "signataire": {"nom": "Claire Le Goff", "qualite": "Facilitatrice"},
            "remplace": None,
        }
    )
    verdict = factory.LazyAttribute(lambda a: a.donnees["verdict"])
    empreinte = factory.LazyAttribute(lambda a: empreinte_de(a.donnees))
    document = factory.SubFactory(DocumentFactory, pret=True, organisation=factory.SelfAttribute("..structure"))
