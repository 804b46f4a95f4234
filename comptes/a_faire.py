"""Ce que le service lui-même fait attendre : des travaux en échec, une file muette, une structure sans responsable."""

import datetime
import uuid
from dataclasses import dataclass
from functools import partial

from django.db.models import Count, Exists, Min, OuterRef, Value
from django.db.models.functions import Concat, TruncDate
from django.urls import reverse
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.enums import ADMINISTRATEURS, FACILITATEURS, Role, TypeOrganisation
from comptes.models import Adhesion, Invitation, Organisation
from socle.a_faire import Attente, Calculee, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.enums import EtatCourriel, EtatDocument
from socle.models import Courriel, Document, EchecTravail
from socle.nombres import accorder, il_y_a

SILENCE = datetime.timedelta(hours=1)  # le passage périodique reprend tout en quelques minutes
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
    """Celles que l'acteur a envoyées, dont le courriel est revenu ou n'a jamais pu partir."""
    siennes = Invitation.objects.visibles_par(acteur).filter(invite_par=acteur.utilisateur).non_arrivees()
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


@source("file", "File muette", "Travaux qui n'avancent plus", roles=ADMINISTRATEURS, ton="retard")
def travaux_muets(acteur: Acteur, le: datetime.date) -> list[Calculee]:
    """Ce qui aurait dû partir depuis une heure : aucun travailleur ne le prend. Des nombres : un courriel est à qui il va."""
    avant = timezone.now() - SILENCE
    courriels = Courriel.objects.filter(etat=EtatCourriel.EN_ATTENTE, prochain_essai_le__lt=avant)
    documents = Document.objects.filter(etat=EtatDocument.EN_ATTENTE, modifie_le__lt=avant)
    return [
        *_compte("File muette", courriels, "prochain_essai_le", "courriel en attente", "courriels en attente", le),
        *_compte("File muette", documents, "modifie_le", "document en attente", "documents en attente", le),
    ]


@source("abandons", "Abandonné", "Travaux abandonnés", roles=ADMINISTRATEURS, ton="retard")
def travaux_abandonnes(acteur: Acteur, le: datetime.date) -> list[Calculee]:
    """Les quinze derniers jours."""
    depuis = timezone.now() - RECENT
    courriels = Courriel.objects.filter(etat=EtatCourriel.ABANDONNE, modifie_le__gte=depuis)
    documents = Document.objects.filter(etat=EtatDocument.ECHEC, modifie_le__gte=depuis)
    return [
        *_compte("Abandonné", courriels, "modifie_le", "courriel abandonné", "courriels abandonnés", le),
        *_compte("En échec", documents, "modifie_le", "document en échec", "documents en échec", le),
    ]


@dataclass(frozen=True, slots=True)
class TravailEnEchec(Lue):
    travail: str
    sur: str
    erreur: str
    essais: int
    depuis: datetime.date


@source("travaux", "Travail en échec", "Lignes qu'un travail n'a pas pu traiter", roles=ADMINISTRATEURS, ton="retard")
def travaux_en_echec(acteur: Acteur, le: datetime.date) -> Attente:
    """Une ligne de la base par échec : le passage qui la traite enfin l'efface."""
    depuis = TruncDate("cree_le")
    return Attente(
        EchecTravail.objects.all(),
        TravailEnEchec,
        _ecrire_echec,
        {
            "travail": "travail",
            "sur": Concat("objet", Value(" "), "cle"),
            "erreur": "erreur",
            "essais": "essais",
            "depuis": depuis,
        },
        jour=depuis,
    )


def _ecrire_echec(acteur: Acteur, lu: TravailEnEchec) -> LigneAFaire:
    essais = accorder(lu.essais, "essai", "essais")
    premier = il_y_a(lu.depuis, lu.le)
    return lu.montrer(f"{lu.travail} : {lu.sur}", dernier=f"{lu.erreur}, {essais}, le premier {premier}")


def _compte(quoi: str, objets, champ: str, singulier: str, pluriel: str, le: datetime.date) -> list[Calculee]:
    compte = objets.aggregate(nombre=Count("pk"), depuis=Min(champ))
    if not compte["nombre"]:
        return []
    depuis = timezone.localdate(compte["depuis"])
    nombre, plus_ancien = accorder(compte["nombre"], singulier, pluriel), f"le plus ancien, {il_y_a(depuis, le)}"
    return [Calculee(partial(LigneAFaire, "retard", quoi, nombre, dernier=plus_ancien), depuis)]
