import datetime
from decimal import Decimal

import factory
from django.utils import timezone

from entreprises.models import FicheEntreprise
from marches.enums import (
    CodeJalon,
    Formule,
    GenreCommande,
    Nature,
    ResponsableAction,
    RoleEngagement,
    StatutMarche,
    TypeClause,
    TypeMaitreOuvrage,
)
from marches.models import (
    Avenant,
    Commande,
    ContactMaitreOuvrage,
    ConventionGlobalisation,
    CorpsMetier,
    Engagement,
    FicheMaitreOuvrage,
    Jalon,
    Lot,
    LotPrevu,
    MaitreOuvrage,
    Marche,
    Note,
    Operation,
    Piece,
    ProjetAchat,
    Redaction,
    Scenario,
    Tranche,
)
from marches.services.redaction import empreinte
from tests.fabriques.commun import Fabrique, siret
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.entreprises import EntrepriseFactory


class MaitreOuvrageFactory(Fabrique):
    """Un acheteur ; `suivi_par=structure` lui ouvre une fiche."""

    class Meta:
        model = MaitreOuvrage

    siret = factory.Sequence(lambda n: siret(1_000_000 + n))
    nom = factory.Sequence(lambda n: f"Ville {n}")
    type = TypeMaitreOuvrage.COMMUNE

    @factory.post_generation
    def suivi_par(self, cree, structure):
        if cree and structure:
            FicheMaitreOuvrageFactory(maitre_ouvrage=self, structure=structure)


class FicheMaitreOuvrageFactory(Fabrique):
    class Meta:
        model = FicheMaitreOuvrage

    structure = factory.SubFactory(OrganisationFactory)
    maitre_ouvrage = factory.SubFactory(MaitreOuvrageFactory)


class ContactMaitreOuvrageFactory(Fabrique):
    class Meta:
        model = ContactMaitreOuvrage

    fiche = factory.SubFactory(FicheMaitreOuvrageFactory)
    nom = factory.Sequence(lambda n: f"Acheteuse {n}")
    fonction = "Commande publique"
    courriel = factory.Sequence(lambda n: f"achats{n}@ville.fr")
    telephone = "02 33 00 00 01"


class OperationFactory(Fabrique):
    class Meta:
        model = Operation

    structure = factory.SubFactory(OrganisationFactory)
    nom = factory.Sequence(lambda n: f"Opération {n}")


class ConventionFactory(Fabrique):
    """Une convention de l'année 2026 ; `reunir=[marchés]` lui en donne."""

    class Meta:
        model = ConventionGlobalisation

    structure = factory.SubFactory(OrganisationFactory)
    intitule = factory.Sequence(lambda n: f"Convention {n}")
    debut = datetime.date(2026, 1, 1)
    fin = datetime.date(2026, 12, 31)

    @factory.post_generation
    def reunir(self, cree, marches):
        if cree and marches:
            self.marches.set(marches)


class MarcheFactory(Fabrique):
    """Un marché en exécution toute l'année 2026 ; traits : repere, attribue, solde, abandonne, archive."""

    class Meta:
        model = Marche

    class Params:
        repere = factory.Trait(statut=StatutMarche.REPERE)
        attribue = factory.Trait(statut=StatutMarche.ATTRIBUE)
        solde = factory.Trait(statut=StatutMarche.SOLDE)
        abandonne = factory.Trait(statut=StatutMarche.ABANDONNE)
        archive = factory.Trait(archive_le=factory.LazyFunction(timezone.now))

    structure = factory.SubFactory(OrganisationFactory)
    # Une lettre : la suite ne tombe jamais sur les références que les tests écrivent (2026-014…).
    reference = factory.Sequence(lambda n: f"2026-A{n:03d}")
    objet = factory.Sequence(lambda n: f"Construction de l'école {n}")
    maitre_ouvrage = factory.SubFactory(MaitreOuvrageFactory)
    nature = Nature.TRAVAUX
    type_clause = TypeClause.CONDITION
    montant_ht = Decimal("1500000.00")
    date_notification = datetime.date(2025, 12, 15)
    debut = datetime.date(2026, 1, 1)
    fin_prevue = datetime.date(2026, 12, 31)
    statut = StatutMarche.EXECUTION

    @factory.post_generation
    def acheteur_suivi(self, cree, _):
        if cree:
            FicheMaitreOuvrage.objects.get_or_create(structure=self.structure, maitre_ouvrage=self.maitre_ouvrage)


class LotFactory(Fabrique):
    class Meta:
        model = Lot

    marche = factory.SubFactory(MarcheFactory)
    numero = factory.Sequence(str)
    intitule = "Gros œuvre"
    montant_ht = Decimal("500000.00")


class EngagementFactory(Fabrique):
    """L'attributaire d'un lot ; trait cotraitant."""

    class Meta:
        model = Engagement

    class Params:
        cotraitant = factory.Trait(role=RoleEngagement.COTRAITANT)

    lot = factory.SubFactory(LotFactory)
    entreprise = factory.SubFactory(EntrepriseFactory)
    heures_initiales = Decimal("700.00")

    @factory.post_generation
    def entreprise_suivie(self, cree, _):
        if cree:
            FicheEntreprise.objects.get_or_create(structure=self.lot.marche.structure, entreprise=self.entreprise)


class AvenantFactory(Fabrique):
    """Un avenant, reporté sur les heures dues de son engagement comme le fait le service."""

    class Meta:
        model = Avenant

    engagement = factory.SubFactory(EngagementFactory)
    heures_delta = Decimal("100.00")
    date_notification = datetime.date(2026, 6, 1)
    motif = "Travaux supplémentaires"

    @factory.post_generation
    def report(self, cree, _):
        if cree:
            self.engagement.heures_avenants += self.heures_delta
            self.engagement.save(update_fields=["heures_avenants"])


class CorpsMetierFactory(Fabrique):
    class Meta:
        model = CorpsMetier

    structure = factory.SubFactory(OrganisationFactory)
    nom = factory.Sequence(lambda n: f"Gros œuvre {n}")
    nature = Nature.TRAVAUX
    part_main_oeuvre = Decimal(45)
    taux_insertion = Decimal(7)
    cout_horaire = Decimal(32)
    familles_rome = "F17"
    source = "Charte locale"
    date_source = datetime.date(2026, 1, 1)


class ProjetAchatFactory(Fabrique):
    """Un projet de travaux au seuil européen, repéré."""

    class Meta:
        model = ProjetAchat

    structure = factory.SubFactory(OrganisationFactory)
    maitre_ouvrage = factory.SubFactory(MaitreOuvrageFactory)
    objet = factory.Sequence(lambda n: f"Réhabilitation du lycée {n}")
    nature = Nature.TRAVAUX
    montant_estime_ht = Decimal("5404000.00")
    duree_mois = 14
    date_publication = datetime.date(2026, 9, 1)
    date_notification = datetime.date(2027, 1, 15)

    @factory.post_generation
    def acheteur_suivi(self, cree, _):
        if cree:
            FicheMaitreOuvrage.objects.get_or_create(structure=self.structure, maitre_ouvrage=self.maitre_ouvrage)


class LotPrevuFactory(Fabrique):
    class Meta:
        model = LotPrevu

    numero = factory.Sequence(lambda n: str(n + 1))
    intitule = "Gros œuvre"
    montant_ht = Decimal(1_000_000)
    heures = Decimal(833)


class ScenarioFactory(Fabrique):
    """Le premier exemple publié : 833 heures."""

    class Meta:
        model = Scenario

    nom = factory.Sequence(lambda n: f"Scénario {n}")
    formule = Formule.MO_TAUX_COUT
    parametres = factory.LazyFunction(
        lambda: {"montant": "1000000", "part_main_oeuvre": "50", "taux": "5", "cout_horaire": "30"}
    )
    heures_exactes = Decimal("833.333333")
    heures = Decimal(833)


class TrancheFactory(Fabrique):
    class Meta:
        model = Tranche

    lot = factory.SubFactory(LotFactory)
    numero = factory.Sequence(str)
    optionnelle = True
    montant_ht = Decimal("400000.00")


class CommandeFactory(Fabrique):
    class Meta:
        model = Commande

    engagement = factory.SubFactory(EngagementFactory)
    genre = GenreCommande.FACTURE
    numero = factory.Sequence(lambda n: f"F-{n}")
    date = datetime.date(2026, 6, 1)
    montant_ht = Decimal("62500.00")


class RedactionFactory(Fabrique):
    class Meta:
        model = Redaction

    marche = factory.SubFactory(MarcheFactory)
    pieces = factory.LazyFunction(
        lambda: [
            {
                "piece": "ccap",
                "titre": "Cahier des clauses administratives",
                "version": "nationale 1",
                "blocs": [{"genre": "paragraphe", "texte": "Le titulaire réalise 1 181 h."}],
            }
        ]
    )
    empreinte = factory.LazyAttribute(lambda redaction: empreinte(redaction.pieces, {}))


class JalonFactory(Fabrique):
    class Meta:
        model = Jalon

    code = CodeJalon.ETUDE
    echeance = datetime.date(2026, 12, 1)


class NoteFactory(Fabrique):
    class Meta:
        model = Note

    texte = "Rappeler l'acheteur"
    responsable = ResponsableAction.FACILITATEUR
    echeance = datetime.date(2026, 12, 2)


class PieceFactory(Fabrique):
    class Meta:
        model = Piece

    nom = "contrat.pdf"
    fichier = factory.django.FileField(filename="contrat.pdf", data=b"%PDF-1.7 contrat")
    type_mime = "application/pdf"
    taille = 16
