"""Ce que les comptes font attendre : un document en échec, une invitation qui n'arrive pas, un compte à confirmer."""

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import TruncDate
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import ADMINISTRATEURS, FACILITATEURS, Role, TypeOrganisation
from comptes.models import Adhesion, Invitation, Organisation, Partenariat
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.enums import EtatDocument
from socle.models import Document
from socle.nombres import il_y_a

COMPTES_LIES = frozenset({Role.ENTREPRISE, Role.MAITRE_OUVRAGE})
RECENT = datetime.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DocumentEnEchec(Lue):
    titre: str
    echoue_le: datetime.date


@source("documents", "En échec", "Documents en échec", roles=FACILITATEURS, ton="retard", liste="documents?etat=echec")
def documents_en_echec(acteur: Acteur, le: datetime.date) -> Attente:
    """Les récents : un document plus ancien n'est plus attendu de personne."""
    echecs = Document.objects.visibles_par(acteur).filter(etat=EtatDocument.ECHEC, modifie_le__date__gt=le - RECENT)
    echoue = TruncDate("modifie_le")
    lit = {"titre": "titre", "echoue_le": echoue}
    return Attente(echecs, DocumentEnEchec, _ecrire_document, lit, jour=echoue)


def _ecrire_document(acteur: Acteur, lu: DocumentEnEchec) -> LigneAFaire:
    return lu.montrer(
        lu.titre,
        reverse("document", args=[lu.uuid]),
        dernier=f"échoué {il_y_a(lu.echoue_le, lu.le)}",
        gestes=[Geste("Refaire", reverse("document_relancer", args=[lu.uuid]), poste=True)],
    )


@dataclass(frozen=True, slots=True)
class InvitationRevenue(Lue):
    organisation: uuid.UUID
    email: str
    organisation_nom: str
    revenue_le: datetime.date


@source("invitations", "Non arrivée", "Invitations non arrivées", roles=FACILITATEURS | ADMINISTRATEURS, ton="retard")
def invitations_non_arrivees(acteur: Acteur, le: datetime.date) -> Attente:
    """Celles que l'acteur a envoyées, et pour l'administrateur toutes : le courriel est revenu, ou n'a jamais pu partir."""
    siennes = Invitation.objects.visibles_par(acteur).non_arrivees()
    if not acteur.est_administrateur:
        siennes = siennes.filter(invite_par=acteur.utilisateur)
    echouee = TruncDate("courriel__modifie_le")
    return Attente(
        siennes.order_by(),
        InvitationRevenue,
        _ecrire_invitation,
        {
            "organisation": "organisation__uuid",
            "email": "email",
            "organisation_nom": "organisation__nom",
            "revenue_le": echouee,
        },
        jour=echouee,
    )


def _ecrire_invitation(acteur: Acteur, lu: InvitationRevenue) -> LigneAFaire:
    page = reverse("comptes:organisation", args=[lu.organisation])
    quoi, revenue = f"{lu.email} · {lu.organisation_nom}", f"revenue {il_y_a(lu.revenue_le, lu.le)}"
    return lu.montrer(quoi, page, dernier=revenue, gestes=[Geste("Corriger", page)])


@dataclass(frozen=True, slots=True)
class StructureOrpheline(Lue):
    nom: str
    ouverte_le: datetime.date


@source("sans_responsable", "Sans responsable", "Structures sans responsable", roles=ADMINISTRATEURS, ton="retard")
def structures_sans_responsable(acteur: Acteur, le: datetime.date) -> Attente:
    """Personne ne peut plus y inviter."""
    responsables = Adhesion.objects.en_vigueur().filter(
        organisation=OuterRef("pk"), role=Role.RESPONSABLE, utilisateur__is_active=True
    )
    orphelines = Organisation.objects.visibles_par(acteur).actifs().filter(type=TypeOrganisation.FACILITATRICE)
    creee = TruncDate("cree_le")
    lit = {"nom": "nom", "ouverte_le": creee}
    return Attente(orphelines.filter(~Exists(responsables)), StructureOrpheline, _ecrire_structure, lit, jour=creee)


def _ecrire_structure(acteur: Acteur, lu: StructureOrpheline) -> LigneAFaire:
    return lu.montrer(
        lu.nom,
        reverse("comptes:organisation", args=[lu.uuid]),
        dernier=f"ouverte {il_y_a(lu.ouverte_le, lu.le)}",
        gestes=[Geste("Inviter", reverse("comptes:inviter", args=[lu.uuid]))],
    )


@dataclass(frozen=True, slots=True)
class CompteAConfirmer(Lue):
    organisation: uuid.UUID
    email: str
    organisation_nom: str
    ouvert_le: datetime.date


@source("comptes_a_confirmer", "À confirmer", "Comptes à confirmer", roles=ADMINISTRATEURS | COMPTES_LIES)
def comptes_a_confirmer(acteur: Acteur, le: datetime.date) -> Attente:
    """Chez un acheteur ou dans une entreprise : d'un collègue déjà confirmé ; de l'administrateur, là où plusieurs structures
    travaillent. Seule, une structure a déjà ouvert tout ce qu'il y a à voir."""
    comptes = Adhesion.objects.visibles_par(acteur).en_vigueur().filter(a_confirmer=True)
    if acteur.structures is not None:
        comptes = comptes.none()
    if acteur.est_administrateur:
        structures = Partenariat.objects.filter(organisation=OuterRef("organisation")).order_by().values("organisation")
        nombre = structures.annotate(nombre=Count("pk")).values("nombre")
        comptes = comptes.annotate(nombre_de_structures=Subquery(nombre)).filter(nombre_de_structures__gt=1)
    ouvert = TruncDate("cree_le")
    return Attente(
        comptes.order_by(),
        CompteAConfirmer,
        _ecrire_compte_a_confirmer,
        {
            "organisation": "organisation__uuid",
            "email": "utilisateur__email",
            "organisation_nom": "organisation__nom",
            "ouvert_le": ouvert,
        },
        jour=ouvert,
    )


def _ecrire_compte_a_confirmer(acteur: Acteur, lu: CompteAConfirmer) -> LigneAFaire:
    page = reverse("comptes:organisation", args=[lu.organisation])
    quoi, depuis = f"{lu.email} · {lu.organisation_nom}", f"ouvert {il_y_a(lu.ouvert_le, lu.le)}"
    return lu.montrer(quoi, page, dernier=depuis, gestes=[Geste("Confirmer ou retirer", page)])
