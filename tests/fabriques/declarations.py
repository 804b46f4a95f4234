import datetime
import hashlib
from decimal import Decimal

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from declarations.enums import DecisionLigne, IssueRelance, Palier, StatutDeclaration
from declarations.models import Declaration, DepartAnnonce, Justificatif, LigneHeures, PersonneAnnoncee, Relance
from recrutement.enums import MotifFin, TypeContrat
from tests.fabriques.commun import Fabrique
from tests.fabriques.marches import EngagementFactory
from tests.fabriques.recrutement import ContratFactory
from tests.fabriques.socle import CONTENU


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
    empreinte = hashlib.sha256(CONTENU).hexdigest()
