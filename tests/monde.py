"""Le petit monde commun aux tests : deux structures jumelles, leurs partenaires, et tout ce qu'un marché entraîne.

Les deux côtés portent les mêmes noms (personnes, marché, entreprise) : seuls leurs identifiants, notes, adresses et UUID
diffèrent. Ces marques sont les « canaris » : l'un d'eux dans une page de l'autre côté est une fuite.
"""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils import timezone

from beneficiaires.models import Beneficiaire, Critere, Domicile, RattachementQuartier, Ressemblance
from cloture.enums import StatutPenalite
from cloture.models import Attestation, Carence, MiseEnDemeure, Penalite
from comptes.acteur import Acteur
from comptes.enums import ROLES_PAR_TYPE, Role, TypeOrganisation
from comptes.models import Adhesion, Invitation, Organisation, Utilisateur
from declarations.enums import StatutDeclaration
from declarations.models import Declaration, DepartAnnonce, Justificatif, PauseRelances, PersonneAnnoncee
from declarations.services.liens import USAGE_DECLARATION
from decp.models import AvisDecp, ImportDecp
from entreprises.models import ContactEntreprise, Entreprise, FicheEntreprise
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
from metiers.importation import installer_metiers_courants
from metiers.models import Appellation, Metier
from parcours.models import DemandeNouvelles, PointSuivi, Question, Questionnaire
from recrutement.enums import StatutCandidature, StatutOffre
from recrutement.models import AideEmbauche, Candidature, Contrat, Offre
from recrutement.services.offres import USAGE_REPONSE
from reporting.enums import StatutBilan
from reporting.models import Bilan
from reprise.models import ListeConfiee, PersonneBrouillon, Reprise
from socle.models import Courriel, Document, Fusion, Lien, VueEnregistree
from socle.services.journal import noter
from territoires.models import Commune, QuartierPrioritaire
from tests.fabriques.beneficiaires import (
    BeneficiaireFactory,
    CritereFactory,
    DomicileFactory,
    InscriptionFactory,
    NiveauFactory,
    NoteParcoursFactory,
    RattachementFactory,
)
from tests.fabriques.cloture import AttestationFactory, CarenceFactory, MiseEnDemeureFactory, PenaliteFactory
from tests.fabriques.comptes import (
    AbonnementAgendaFactory,
    AdhesionFactory,
    InvitationFactory,
    OrganisationFactory,
    PartenariatFactory,
)
from tests.fabriques.comptes import UtilisateurFactory as _Utilisateur
from tests.fabriques.declarations import (
    DeclarationFactory,
    DepartAnnonceFactory,
    JustificatifFactory,
    LigneHeuresFactory,
    PersonneAnnonceeFactory,
    RelanceFactory,
)
from tests.fabriques.decp import AvisDecpFactory, ImportDecpFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory, EntrepriseFactory, FicheEntrepriseFactory
from tests.fabriques.marches import (
    AvenantFactory,
    CommandeFactory,
    ContactMaitreOuvrageFactory,
    ConventionFactory,
    CorpsMetierFactory,
    EngagementFactory,
    JalonFactory,
    LotFactory,
    LotPrevuFactory,
    MaitreOuvrageFactory,
    MarcheFactory,
    NoteFactory,
    OperationFactory,
    PieceFactory,
    ProjetAchatFactory,
    RedactionFactory,
    ScenarioFactory,
    TrancheFactory,
)
from tests.fabriques.parcours import (
    DemandeNouvellesFactory,
    PointSuiviFactory,
    QuestionFactory,
    QuestionnaireFactory,
    ReponseFactory,
)
from tests.fabriques.recrutement import (
    AideFactory,
    AvenantContratFactory,
    CandidatureFactory,
    ContratFactory,
    DiffusionFactory,
    OffreFactory,
)
from tests.fabriques.reporting import BilanFactory
from tests.fabriques.reprise import ListeConfieeFactory, PersonneBrouillonFactory, RepriseFactory
from tests.fabriques.socle import CourrielFactory, DocumentFactory, LienFactory, VueEnregistreeFactory
from tests.fabriques.territoires import CommuneFactory, QuartierFactory, TerritoireFactory
from tests.reporting.donnees_bilan import donnees_publiees

A_VENIR = datetime.date(2029, 1, 8)  # à corriger encore, quel que soit le jour des essais
TELEPHONES = {"nous": "02 33 70 00 01", "autre": "02 33 70 00 02"}
MARS, AVRIL, MAI, JUIN = (datetime.date(2026, mois, 1) for mois in (3, 4, 5, 6))
PARTENAIRES = {
    Role.PRESCRIPTEUR: TypeOrganisation.PRESCRIPTEUR,
    Role.ENTREPRISE: TypeOrganisation.ENTREPRISE,
    Role.MAITRE_OUVRAGE: TypeOrganisation.MAITRE_OUVRAGE,
    Role.FINANCEUR: TypeOrganisation.FINANCEUR,
    Role.RESEAU: TypeOrganisation.RESEAU,
}


@dataclass
class Referentiel:
    """Ce que les deux structures partagent : les communes, un quartier, une entreprise suivie des deux."""

    ville: Commune
    village: Commune
    quartier: QuartierPrioritaire
    entreprise_partagee: Entreprise


@dataclass
class Cote:
    """Une structure et tout ce qui en dépend. `marque` distingue ses canaris de ceux de sa jumelle."""

    marque: str
    structure: Organisation
    personnes: dict[Role, Utilisateur] = field(default_factory=dict)
    organisations: dict[Role, Organisation] = field(default_factory=dict)
    adhesion: Adhesion = None
    adhesion_partenaire: Adhesion = None
    invitation: Invitation = None
    entreprise: Entreprise = None
    cotraitante: Entreprise = None
    contact: ContactEntreprise = None
    contact_acheteur: ContactMaitreOuvrage = None
    fiche: FicheEntreprise = None
    maitre_ouvrage: MaitreOuvrage = None
    operation: Operation = None
    marche: Marche = None
    lot: Lot = None
    lot_libre: Lot = None
    engagement: Engagement = None
    cotraitance: Engagement = None
    avenant: Avenant = None
    avenant_a_venir: Avenant = None
    tranche: Tranche = None
    commande: Commande = None
    corps_metier: CorpsMetier = None
    convention: ConventionGlobalisation = None
    projet: ProjetAchat = None
    scenario: Scenario = None
    redaction: Redaction = None
    jalon: Jalon = None
    note: Note = None
    piece: Piece = None
    beneficiaire: Beneficiaire = None
    critere: Critere = None
    domicile: Domicile = None
    rattachement: RattachementQuartier = None
    contrat: Contrat = None
    contrat_cotraitance: Contrat = None
    offre: Offre = None
    offre_close: Offre = None
    besoin: Offre = None
    aide: AideEmbauche = None
    candidature: Candidature = None
    candidature_proposee: Candidature = None
    candidature_retenue: Candidature = None
    point: PointSuivi = None
    demande: DemandeNouvelles = None
    question: Question = None
    questionnaire: Questionnaire = None
    mois_valide: Declaration = None
    mois_a_valider: Declaration = None
    mois_attendu: Declaration = None
    mois_declare: Declaration = None
    depart_annonce: DepartAnnonce = None
    personne_annoncee: PersonneAnnoncee = None
    justificatif: Justificatif = None
    lien_declaration: Lien = None
    mise_en_demeure: MiseEnDemeure = None
    carence: Carence = None
    penalite: Penalite = None
    penalite_proposee: Penalite = None
    penalite_decidee: Penalite = None
    attestation: Attestation = None
    document: Document = None
    vue: VueEnregistree = None
    bilan: Bilan = None
    bilan_publie: Bilan = None
    reprise: Reprise = None
    liste: ListeConfiee = None
    liste_du_facilitateur: ListeConfiee = None
    brouillon: PersonneBrouillon = None
    avis_decp: AvisDecp = None
    import_decp: ImportDecp = None

    @property
    def courriel(self) -> Courriel:
        """Un courriel abandonné, sur demande : presque tout essai compte les courriels du petit monde."""
        valeurs = {"structure": self.structure, "etat": "abandonne", "destinataire": "a@b.fr", "corps": self.marque}
        return Courriel.objects.get_or_create(cle=f"canari-{self.marque}", defaults=valeurs)[0]

    @property
    def metier_libre(self) -> Metier:
        """Un métier tapé que rien ne désigne, sur demande."""
        return Metier.objects.get_or_create(structure=self.structure, libelle=f"Métier {self.marque}")[0]

    @property
    def appellation(self) -> Appellation:
        """Un nom de métier que la structure a ajouté, sur demande."""
        valeurs = {"libelle": f"Nom {self.marque}", "metier": Metier.objects.get(code="F1703")}
        siennes = Appellation.objects.filter(structure=self.structure)
        return siennes.first() or Appellation.objects.create(structure=self.structure, **valeurs)

    @property
    def pause(self) -> PauseRelances:
        """Une pause finie depuis longtemps, sur demande."""
        valeurs = {"jusqu_au": datetime.date(2020, 1, 31), "motif": f"Congés {self.marque}"}
        return PauseRelances.objects.get_or_create(fiche=self.fiche, defaults=valeurs)[0]

    @property
    def double(self) -> Beneficiaire:
        """Un second dossier de la même personne, sur demande ; de même les fiches doubles qui suivent."""
        identite = {"nom": "Lemaire", "prenom": "Awa", "date_naissance": self.beneficiaire.date_naissance, "sexe": "F"}
        dossiers = Beneficiaire.objects.filter(structure=self.structure)
        return dossiers.get_or_create(structure=self.structure, identifiant="B-DOUBLE", defaults=identite)[0]

    @property
    def ressemblance(self) -> Ressemblance:
        return Ressemblance.objects.get_or_create(dossier=self.double, autre=self.beneficiaire)[0]

    @property
    def entreprise_double(self) -> Entreprise:
        fiches = FicheEntreprise.objects.filter(structure=self.structure, entreprise__raison_sociale="Double SARL")
        if not fiches.exists():
            FicheEntrepriseFactory(structure=self.structure, entreprise=EntrepriseFactory(raison_sociale="Double SARL"))
        return Entreprise.objects.get(fiches__in=fiches)

    @property
    def maitre_ouvrage_double(self) -> MaitreOuvrage:
        fiches = FicheMaitreOuvrage.objects.filter(structure=self.structure, maitre_ouvrage__nom="Ville double")
        if not fiches.exists():
            double = MaitreOuvrageFactory(nom="Ville double")
            FicheMaitreOuvrage.objects.create(structure=self.structure, maitre_ouvrage=double)
        return MaitreOuvrage.objects.get(fiches__in=fiches)

    @property
    def fusion(self) -> Fusion:
        """Le second dossier, déjà réuni au premier."""
        uuids = {"gardee": self.beneficiaire.uuid, "absorbee": self.double.uuid}
        commun = {"structure": self.structure, "objet_type": "beneficiaires.beneficiaire"}
        return Fusion.objects.get_or_create(**commun, **uuids)[0]

    def acteur(self, role: Role = Role.RESPONSABLE) -> Acteur:
        return Acteur(self.personnes[role], self.organisations.get(role, self.structure), role)

    def canaris(self) -> set[str]:
        """Les textes qu'aucune page de l'autre structure ne doit contenir."""
        lignes: list[Any] = [*vars(self).values(), *self.personnes.values(), *self.organisations.values()]
        return {str(ligne.uuid) for ligne in lignes if isinstance(ligne, models.Model)} | {self.marque}


@dataclass
class Monde:
    nous: Cote
    autre: Cote
    referentiel: Referentiel
    administrateur: Utilisateur
    operateur: Organisation
    inconnu: Utilisateur

    def __getattr__(self, nom: str):
        """`monde.marche` est celui de notre structure."""
        if nom.startswith("__"):
            raise AttributeError(nom)
        return getattr(self.nous, nom)

    def personne(self, qui: str) -> Utilisateur:
        """« responsable », « entreprise », « administrateur », « inconnu »… ; « autre.edition » pour l'autre structure."""
        if qui in ("administrateur", "inconnu"):
            return getattr(self, qui)
        cote, _, role = qui.rpartition(".")
        return (self.autre if cote == "autre" else self.nous).personnes[Role(role)]

    def acteur(self, qui: str = "responsable") -> Acteur:
        if qui == "administrateur":
            return Acteur(self.administrateur, self.operateur, Role.ADMINISTRATEUR)
        if qui == "inconnu":
            return Acteur(self.inconnu, None, None)
        cote, _, role = qui.rpartition(".")
        return (self.autre if cote == "autre" else self.nous).acteur(Role(role))


def construire_monde() -> Monde:
    referentiel = _referentiel()
    operateur = OrganisationFactory(operateur=True, nom="Opérateur du service", slug="operateur")
    administrateur = _Utilisateur(email="admin@service.fr", prenom="Ada", nom="Ministre")
    AdhesionFactory(utilisateur=administrateur, organisation=operateur, role=Role.ADMINISTRATEUR)
    return Monde(
        nous=construire_cote("nous", "MARQUE-NOTRE", referentiel),
        autre=construire_cote("autre", "MARQUE-AUTRE", referentiel),
        referentiel=referentiel,
        administrateur=administrateur,
        operateur=operateur,
        inconnu=_Utilisateur(email="inconnu@ailleurs.fr", prenom="Ines", nom="Connue"),
    )


def _referentiel() -> Referentiel:
    installer_metiers_courants()  # un essai au navigateur vide la base entre-temps
    ville = CommuneFactory(code_insee="50129", nom="Cherbourg-en-Cotentin", codes_postaux="50100 50130")
    village = CommuneFactory(code_insee="50041", nom="La Hague", epci=ville.epci, codes_postaux="50440")
    return Referentiel(
        ville=ville,
        village=village,
        quartier=QuartierFactory(code="QN05001M", nom="Les Provinces", communes=[ville]),
        entreprise_partagee=EntrepriseFactory(raison_sociale="Bâtir ensemble", commune=ville),
    )


def construire_cote(cle: str, marque: str, referentiel: Referentiel) -> Cote:
    structure = OrganisationFactory(nom="Maison de l'emploi", slug=f"maison-emploi-{cle}")
    cote = Cote(marque=marque, structure=structure)
    TerritoireFactory(
        structure=structure, nom=f"Territoire {marque}", communes=[referentiel.ville, referentiel.village]
    )
    _comptes(cote, cle)
    _referentiels(cote, referentiel)
    _marche(cote)
    _projet(cote, referentiel)
    _personne(cote, referentiel)
    _heures(cote)
    _fin(cote)
    _recrutement(cote)
    _bilans(cote)
    cote.vue = VueEnregistreeFactory(
        utilisateur=cote.personnes[Role.RESPONSABLE], organisation=structure, nom=f"Vue {marque}"
    )
    _reprise(cote)
    return cote


def _comptes(cote: Cote, cle: str) -> None:
    noms = {Role.RESPONSABLE: ("Claire", "Le Goff"), Role.EDITION: ("Malo", "Adam"), Role.LECTURE: ("Jeanne", "Hue")}
    for role in ROLES_PAR_TYPE[TypeOrganisation.FACILITATRICE]:
        prenom, nom = noms[role]
        cote.personnes[role] = _Utilisateur(email=f"{role}@{cle}.fr", prenom=prenom, nom=nom, telephone=TELEPHONES[cle])
        adhesion = AdhesionFactory(utilisateur=cote.personnes[role], organisation=cote.structure, role=role)
        if role == Role.EDITION:
            cote.adhesion = adhesion
    for role, type_organisation in PARTENAIRES.items():
        organisation = OrganisationFactory(
            type=type_organisation, nom=f"Partenaire {Role(role).label}", slug=f"{role.replace('_', '-')}-{cle}"
        )
        PartenariatFactory(structure=cote.structure, organisation=organisation)
        cote.organisations[role] = organisation
        cote.personnes[role] = _Utilisateur(email=f"{role}@{cle}.fr", prenom="Paul", nom="Vasseur")
        cote.adhesion_partenaire = AdhesionFactory(
            utilisateur=cote.personnes[role], organisation=organisation, role=role
        )
    cote.invitation = InvitationFactory(
        organisation=cote.structure, email=f"invitee@{cle}.fr", jeton=f"jeton-{cle}", role=Role.EDITION
    )


def _referentiels(cote: Cote, referentiel: Referentiel) -> None:
    cote.entreprise = EntrepriseFactory(
        raison_sociale="Travaux du Cotentin",
        commune=referentiel.ville,
        organisation=cote.organisations[Role.ENTREPRISE],
    )
    cote.cotraitante = EntrepriseFactory(raison_sociale="Peinture de la Manche", commune=referentiel.village)
    for entreprise in (cote.entreprise, cote.cotraitante, referentiel.entreprise_partagee):
        fiche = FicheEntrepriseFactory(entreprise=entreprise, structure=cote.structure, notes=f"Notes {cote.marque}")
        cote.contact = ContactEntrepriseFactory(fiche=fiche, nom="Odile Marie", fonction=cote.marque)
    cote.fiche = FicheEntreprise.objects.get(structure=cote.structure, entreprise=cote.entreprise)
    cote.maitre_ouvrage = MaitreOuvrageFactory(
        nom="Ville de Cherbourg", commune=referentiel.ville, organisation=cote.organisations[Role.MAITRE_OUVRAGE]
    )
    cote.operation = OperationFactory(
        structure=cote.structure,
        nom="Rénovation du centre",
        description=cote.marque,
        maitre_ouvrage=cote.maitre_ouvrage,
    )


def _marche(cote: Cote) -> None:
    cote.marche = MarcheFactory(
        structure=cote.structure,
        reference="2026-014",
        objet="Groupe scolaire des Provinces",
        maitre_ouvrage=cote.maitre_ouvrage,
        operation=cote.operation,
        notes=f"Notes {cote.marque}",
    )
    fiche = FicheMaitreOuvrage.objects.get(structure=cote.structure, maitre_ouvrage=cote.maitre_ouvrage)
    cote.contact_acheteur = ContactMaitreOuvrageFactory(fiche=fiche, nom="Agnès Hébert", fonction=cote.marque)
    cote.lot = LotFactory(marche=cote.marche, numero="1", intitule="Gros œuvre")
    cote.lot_libre = LotFactory(marche=cote.marche, numero="2", intitule="Peinture")
    cote.engagement = EngagementFactory(lot=cote.lot, entreprise=cote.entreprise, heures_initiales=1000)
    cote.cotraitance = EngagementFactory(
        lot=cote.lot, entreprise=cote.cotraitante, heures_initiales=300, cotraitant=True
    )
    cote.avenant = AvenantFactory(engagement=cote.engagement, heures_delta=200, motif=f"Avenant {cote.marque}")
    cote.avenant_a_venir = AvenantFactory(
        engagement=cote.cotraitance, heures_delta=0, date_notification=A_VENIR, motif=f"À venir {cote.marque}"
    )


def _projet(cote: Cote, referentiel: Referentiel) -> None:
    cote.tranche = TrancheFactory(lot=cote.lot, numero="TO1")
    cote.commande = CommandeFactory(engagement=cote.engagement)
    cote.corps_metier = CorpsMetierFactory(structure=cote.structure, nom=f"Gros œuvre {cote.marque}")
    cote.convention = ConventionFactory(
        structure=cote.structure, intitule=f"Globalisation {cote.marque}", reunir=[cote.marche]
    )
    cote.projet = ProjetAchatFactory(
        structure=cote.structure,
        maitre_ouvrage=cote.maitre_ouvrage,
        objet="Réhabilitation du gymnase",
        description=cote.marque,
        corps_metier=cote.corps_metier,
        commune=referentiel.ville,
    )
    cote.redaction = RedactionFactory(marche=cote.marche)
    cote.jalon = JalonFactory(projet=cote.projet, code="etude")
    cote.note = NoteFactory(marche=cote.marche, texte=f"Note {cote.marque}")
    cote.piece = PieceFactory(marche=cote.marche, nom=f"{cote.marque}.pdf", visible_acheteur=True)
    AbonnementAgendaFactory(adhesion=cote.adhesion, jeton=f"agenda-{cote.marque}")
    cote.scenario = ScenarioFactory(projet=cote.projet, nom="Prudent")
    LotPrevuFactory(projet=cote.projet, numero="1", corps_metier=cote.corps_metier)


def _personne(cote: Cote, referentiel: Referentiel) -> None:
    cote.beneficiaire = BeneficiaireFactory(
        structure=cote.structure,
        identifiant=f"B-{cote.marque}",
        nom="Lemaire",
        prenom="Awa",
        notes=f"Notes {cote.marque}",
        telephone=cote.marque,
        referent="Mission locale",
        prescripteur=cote.organisations[Role.PRESCRIPTEUR],
    )
    cote.critere = CritereFactory(beneficiaire=cote.beneficiaire)
    NiveauFactory(beneficiaire=cote.beneficiaire)
    InscriptionFactory(beneficiaire=cote.beneficiaire)
    cote.domicile = DomicileFactory(
        beneficiaire=cote.beneficiaire,
        adresse=f"12 rue {cote.marque}",
        commune=referentiel.ville,
        latitude=49.63,
        longitude=-1.63,
    )
    cote.rattachement = RattachementFactory(domicile=cote.domicile, quartier=referentiel.quartier)


def _heures(cote: Cote) -> None:
    cote.contrat = ContratFactory(
        engagement=cote.engagement, beneficiaire=cote.beneficiaire, identifiant=f"C-{cote.marque}"
    )
    AvenantContratFactory(contrat=cote.contrat)
    cote.contrat_cotraitance = ContratFactory(
        engagement=cote.cotraitance,
        beneficiaire=cote.beneficiaire,
        identifiant=f"D-{cote.marque}",
        debut=datetime.date(2026, 9, 1),
        fin_prevue=None,
    )
    cote.mois_valide = DeclarationFactory(
        engagement=cote.engagement, mois=MARS, validee=True, lignes={cote.contrat: "120.50"}
    )
    cote.mois_a_valider = DeclarationFactory(engagement=cote.engagement, mois=AVRIL, lignes={cote.contrat: "80"})
    cote.mois_attendu = DeclarationFactory(
        engagement=cote.engagement, mois=MAI, statut=StatutDeclaration.ATTENDUE, echeance=datetime.date(2026, 6, 15)
    )
    RelanceFactory(declaration=cote.mois_attendu)
    cote.mois_declare = DeclarationFactory(
        engagement=cote.engagement,
        mois=JUIN,
        declaree_par=f"paie@{cote.marque.lower()}.fr",
        lignes={cote.contrat: "60"},
    )
    cote.depart_annonce = DepartAnnonceFactory(declaration=cote.mois_declare, contrat=cote.contrat)
    cote.personne_annoncee = PersonneAnnonceeFactory(
        declaration=cote.mois_declare, precision=f"Poste {cote.marque}", nom="Poulain"
    )
    cote.justificatif = JustificatifFactory(declaration=cote.mois_declare, nom=f"releve-{cote.marque}.pdf")
    cote.lien_declaration = LienFactory(
        structure=cote.structure, objet_uuid=cote.fiche.uuid, usage=USAGE_DECLARATION, jeton=f"declarer-{cote.marque}"
    )


def _fin(cote: Cote) -> None:
    """Sur le lot du marché : un retard à décider, un autre à l'étude, un autre décidé ; une attestation, une carence."""
    cote.mise_en_demeure = MiseEnDemeureFactory(engagement=cote.engagement, objet=f"Déclarer {cote.marque}")
    cote.carence = CarenceFactory(engagement=cote.engagement, motif=f"Sans candidat {cote.marque}")
    cote.penalite = PenaliteFactory(engagement=cote.engagement, observations=f"Arrêt {cote.marque}")
    cote.penalite_proposee = PenaliteFactory(
        engagement=cote.cotraitance,
        statut=StatutPenalite.PROPOSEE,
        lettre_preparee_le=None,
        lettre_le=None,
        remise="",
        repondre_avant=None,
        lettre=None,
    )
    cote.penalite_decidee = PenaliteFactory(
        engagement=cote.engagement,
        statut=StatutPenalite.DECIDEE,
        decision="retenue",
        montant_decide=900,
        decidee_le=datetime.date(2026, 8, 20),
    )
    cote.attestation = AttestationFactory(engagement=cote.engagement)


def _recrutement(cote: Cote) -> None:
    """Une offre de trois postes diffusée au prescripteur ; une personne à chaque étape qui compte."""
    prescripteur = cote.organisations[Role.PRESCRIPTEUR]
    cote.offre = OffreFactory(
        engagement=cote.engagement,
        postes=3,
        exigences=f"Casque {cote.marque}",
        secret=f"secret-{cote.marque}",
        publique=True,
    )
    cote.offre_close = OffreFactory(engagement=cote.engagement, statut=StatutOffre.CLOSE)
    cote.besoin = OffreFactory(
        engagement=cote.engagement, intitule="Couvreur", besoin=True, exigences=f"Vertige {cote.marque}"
    )
    cote.aide = AideFactory(structure=cote.structure, conditions=f"Conditions {cote.marque}")
    for offre in (cote.offre, cote.offre_close):
        DiffusionFactory(offre=offre, organisation=prescripteur)
    cote.candidature = CandidatureFactory(
        offre=cote.offre,
        beneficiaire=cote.beneficiaire,
        statut=StatutCandidature.TRANSMISE,
        proposee_par=prescripteur,
        auteur=cote.personnes[Role.PRESCRIPTEUR],
        avis=f"Avis {cote.marque}",
    )
    cote.candidature_proposee, cote.candidature_retenue = (
        CandidatureFactory(
            offre=cote.offre,
            beneficiaire=BeneficiaireFactory(
                structure=cote.structure, prescripteur=prescripteur, nom="Poulain", prenom=prenom
            ),
            proposee_par=prescripteur,
            statut=statut,
        )
        for prenom, statut in (("Léo", StatutCandidature.PROPOSEE), ("Zoé", StatutCandidature.RETENUE))
    )
    CritereFactory(beneficiaire=BeneficiaireFactory(structure=cote.structure, nom="Poulain", prenom="Nora"))
    NoteParcoursFactory(beneficiaire=cote.beneficiaire, organisation=prescripteur, texte=f"Note {cote.marque}")
    cote.demande = DemandeNouvellesFactory(beneficiaire=cote.beneficiaire)
    cote.point = PointSuiviFactory(contrat=cote.contrat, precision=f"Précision {cote.marque}")
    cote.question = QuestionFactory(structure=cote.structure, texte=f"Accueil {cote.marque}")
    QuestionFactory(structure=cote.structure, public="employeur", genre="oui_non")
    mots = QuestionFactory(structure=cote.structure, genre="texte")
    cote.questionnaire = QuestionnaireFactory(
        contrat=cote.contrat, destinataire=f"avis@{cote.marque.lower()}.fr", repondu_le=timezone.now()
    )
    ReponseFactory(questionnaire=cote.questionnaire, question=cote.question)
    ReponseFactory(questionnaire=cote.questionnaire, question=mots, note=None, texte=f"Mot {cote.marque}")
    LienFactory(structure=cote.structure, objet_uuid=cote.offre.uuid, usage=USAGE_REPONSE, jeton=f"lien-{cote.marque}")


def _bilans(cote: Cote) -> None:
    cote.document = DocumentFactory(organisation=cote.structure, pret=True, titre=f"Document {cote.marque}")
    cote.bilan = BilanFactory(structure=cote.structure, annee=2026)
    destinataires = [cote.organisations[role] for role in (Role.FINANCEUR, Role.RESEAU, Role.MAITRE_OUVRAGE)]
    BilanFactory(structure=cote.structure, annee=2025, publie=True, statut=StatutBilan.REMPLACE, avec_lignes=True)
    cote.bilan_publie = BilanFactory(
        structure=cote.structure,
        annee=2025,
        version=2,
        publie=True,
        avec_lignes=True,
        motif="Des heures validées après coup.",
        donnees=donnees_publiees(2025),
        destinataires=destinataires,
    )


def _reprise(cote: Cote) -> None:
    cote.avis_decp = AvisDecpFactory(structure=cote.structure, objet=f"Voirie {cote.marque}")
    cote.import_decp = ImportDecpFactory(structure=cote.structure, nom_fichier=f"{cote.marque}.json")
    cote.reprise = RepriseFactory(structure=cote.structure, nom_fichier=f"{cote.marque}.xlsx", prete=True)
    prescripteur = cote.organisations[Role.PRESCRIPTEUR]
    cote.liste = ListeConfieeFactory(structure=cote.structure, prescripteur=prescripteur)
    cote.liste_du_facilitateur = ListeConfieeFactory(
        structure=cote.structure, prescripteur=prescripteur, organisation=cote.structure
    )
    donnees = {"nom": "Lemaire", "prenom": "Awa", "adresse": f"12 rue {cote.marque}", "date_naissance": "1999-05-05"}
    cote.brouillon = PersonneBrouillonFactory(liste=cote.liste, donnees={**donnees, "sexe": "F", "criteres": []})
    PersonneBrouillonFactory(liste=cote.liste_du_facilitateur, donnees={**donnees, "sexe": "F", "criteres": []})


def agrandir(cote: Cote, nombre: int) -> None:
    """`nombre` lignes de plus de tout ce qu'une page peut lister, autour des objets que les pages ouvrent."""
    for rang in range(nombre):
        _un_marche_de_plus(cote, rang)
        _une_personne_de_plus(cote, rang)
        membre = _Utilisateur(email=f"membre{rang}@{cote.structure.slug}.fr", prenom="Noé", nom="Roy")
        AdhesionFactory(utilisateur=membre, organisation=cote.structure, role=Role.LECTURE)
        InvitationFactory(
            organisation=cote.structure, email=f"invite{rang}@plus.fr", jeton=f"jeton-{cote.marque}-{rang}"
        )
        partenaire = OrganisationFactory(type=TypeOrganisation.FINANCEUR, nom=f"Financeur {rang}")
        PartenariatFactory(structure=cote.structure, organisation=partenaire)
        DocumentFactory(organisation=cote.structure, pret=True)
        CourrielFactory(structure=cote.structure, abandonne=True)
        DocumentFactory(organisation=cote.organisations[Role.ENTREPRISE], pret=True)
        AvisDecpFactory(structure=cote.structure)
        for organisation in (cote.structure, *cote.organisations.values()):
            noter(acteur=cote.acteur(), action="marche_modifie", objet=organisation)
        BilanFactory(
            structure=cote.structure,
            annee=2000 + rang,
            publie=True,
            destinataires=[*cote.bilan_publie.destinataires.all()],
        )


def _un_marche_de_plus(cote: Cote, rang: int) -> None:
    acheteur = MaitreOuvrageFactory()
    operation = OperationFactory(structure=cote.structure)
    entreprise = EntrepriseFactory()
    ContactEntrepriseFactory(fiche=FicheEntreprise.objects.get(entreprise=cote.entreprise, structure=cote.structure))
    ContactMaitreOuvrageFactory(fiche=cote.contact_acheteur.fiche)
    marche = MarcheFactory(
        structure=cote.structure, reference=f"P-{rang}", maitre_ouvrage=acheteur, operation=operation
    )
    lot = LotFactory(marche=marche, numero="1")
    EngagementFactory(lot=lot, entreprise=entreprise)
    MarcheFactory(
        structure=cote.structure,
        reference=f"Q-{rang}",
        maitre_ouvrage=cote.maitre_ouvrage,
        operation=cote.operation,
    )
    autre_lot = LotFactory(marche=cote.marche, numero=f"L{rang}")
    EngagementFactory(lot=autre_lot, entreprise=cote.entreprise)
    EngagementFactory(lot=cote.lot, entreprise=entreprise, cotraitant=True)
    AvenantFactory(engagement=cote.engagement, heures_delta=1)
    _une_fin_de_plus(cote, rang)
    TrancheFactory(lot=cote.lot, numero=f"TO{rang + 2}")
    CommandeFactory(engagement=cote.engagement)
    corps_metier = CorpsMetierFactory(structure=cote.structure)
    ProjetAchatFactory(structure=cote.structure, maitre_ouvrage=cote.maitre_ouvrage, corps_metier=corps_metier)
    ScenarioFactory(projet=cote.projet)
    ScenarioFactory(lot=cote.lot)
    for achat in ({"projet": cote.projet}, {"marche": cote.marche}):
        NoteFactory(**achat)
        PieceFactory(**achat)
    RedactionFactory(marche=cote.marche)
    noter(acteur=cote.acteur(), action="marche_modifie", objet=cote.marche)


def _une_fin_de_plus(cote: Cote, rang: int) -> None:
    jour = datetime.date(2026, 8, 1) + datetime.timedelta(days=rang)
    MiseEnDemeureFactory(engagement=cote.engagement, le=jour)
    CarenceFactory(engagement=cote.engagement)
    PenaliteFactory(engagement=cote.engagement, statut=StatutPenalite.RETIREE, lettre=None)
    AttestationFactory(engagement=cote.engagement, remplacee_le=timezone.now(), motif_remplacement="Erreur")
    mois = datetime.date(2020 + rang // 12, 1 + rang % 12, 1)
    DeclarationFactory(engagement=cote.engagement, mois=mois, statut=StatutDeclaration.ATTENDUE, echeance=mois)


def _une_personne_de_plus(cote: Cote, rang: int) -> None:
    personne = BeneficiaireFactory(structure=cote.structure)
    contrat = ContratFactory(engagement=cote.engagement, beneficiaire=personne)
    prescripteur = cote.organisations[Role.PRESCRIPTEUR]
    confiee = BeneficiaireFactory(structure=cote.structure, prescripteur=prescripteur)
    CritereFactory(beneficiaire=confiee)
    CandidatureFactory(
        offre=cote.offre, beneficiaire=confiee, proposee_par=prescripteur, statut=StatutCandidature.TRANSMISE
    )
    CandidatureFactory(offre=cote.offre, beneficiaire=BeneficiaireFactory(structure=cote.structure))
    offre = OffreFactory(engagement=cote.engagement)
    DiffusionFactory(offre=offre, organisation=prescripteur)
    OffreFactory(engagement=cote.engagement, besoin=True)
    AideFactory(structure=cote.structure)
    autre_prescripteur = OrganisationFactory(type=TypeOrganisation.PRESCRIPTEUR, nom=f"Prescripteur {rang}")
    PartenariatFactory(structure=cote.structure, organisation=autre_prescripteur)
    DiffusionFactory(offre=cote.offre, organisation=autre_prescripteur)
    CandidatureFactory(offre=offre, beneficiaire=cote.beneficiaire, proposee_par=prescripteur)
    NoteParcoursFactory(beneficiaire=cote.beneficiaire, organisation=prescripteur)
    PointSuiviFactory(contrat=ContratFactory(engagement=cote.engagement, beneficiaire=cote.beneficiaire))
    ContratFactory(engagement=cote.engagement, beneficiaire=cote.beneficiaire)
    mois = datetime.date(2024 + rang // 12, 1 + rang % 12, 1)
    DeclarationFactory(engagement=cote.engagement, mois=mois, validee=True, lignes={contrat: "10", cote.contrat: "5"})
    LigneHeuresFactory(declaration=cote.mois_valide, contrat=contrat, heures=7)
    LigneHeuresFactory(declaration=cote.mois_a_valider, contrat=contrat, heures=7)
    debut = datetime.date(2010 + rang, 1, 1)
    CritereFactory(beneficiaire=cote.beneficiaire, code="ASS", depuis=debut, jusqu_a=debut.replace(month=6))
    NiveauFactory(beneficiaire=cote.beneficiaire, depuis=debut)
    InscriptionFactory(beneficiaire=cote.beneficiaire, depuis=debut, jusqu_a=debut.replace(month=6))
    domicile = DomicileFactory(beneficiaire=cote.beneficiaire, depuis=debut, jusqu_a=debut.replace(month=6))
    RattachementFactory(domicile=domicile, quartier=cote.rattachement.quartier)
