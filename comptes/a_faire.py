"""Ce que le service lui-même fait attendre : des travaux en échec, une file muette, une structure sans responsable."""

import datetime
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


@source("documents", "En échec", "Documents en échec", roles=FACILITATEURS, ton="retard", liste="documents?etat=echec")
def documents_en_echec(acteur: Acteur, le: datetime.date) -> Attente:
    """Les récents : un document plus ancien n'est plus attendu de personne."""
    echecs = Document.objects.visibles_par(acteur).filter(etat=EtatDocument.ECHEC, modifie_le__date__gt=le - RECENT)
    echoue = TruncDate("modifie_le")
    return Attente(echecs, _ecrire_document, jour=echoue, dernier=echoue, objet="titre")


def _ecrire_document(acteur: Acteur, lu: Lue) -> LigneAFaire:
    return lu.ligne(
        lu.objet,
        reverse("document", args=[lu.uuid]),
        dernier=f"échoué {il_y_a(lu.dernier, lu.le)}",
        gestes=[Geste("Refaire", reverse("document_relancer", args=[lu.uuid]), poste=True)],
    )


@source("invitations", "Non arrivée", "Invitations non arrivées", roles=FACILITATEURS | ADMINISTRATEURS, ton="retard")
def invitations_non_arrivees(acteur: Acteur, le: datetime.date) -> Attente:
    """Celles que l'acteur a envoyées, dont le courriel est revenu ou n'a jamais pu partir."""
    siennes = Invitation.objects.visibles_par(acteur).filter(invite_par=acteur.utilisateur).non_arrivees()
    echouee = TruncDate("courriel__modifie_le")
    return Attente(
        siennes.order_by(),
        _ecrire_invitation,
        jour=echouee,
        dernier=echouee,
        objet="email",
        precision="organisation__nom",
        cible="organisation__uuid",
    )


def _ecrire_invitation(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("comptes:organisation", args=[lu.cible])
    quoi = f"{lu.objet} · {lu.precision}"
    return lu.ligne(quoi, page, dernier=f"revenue {il_y_a(lu.dernier, lu.le)}", gestes=[Geste("Corriger", page)])


@source("sans_responsable", "Sans responsable", "Structures sans responsable", roles=ADMINISTRATEURS, ton="retard")
def structures_sans_responsable(acteur: Acteur, le: datetime.date) -> Attente:
    """Personne ne peut plus y inviter."""
    responsables = Adhesion.objects.en_vigueur().filter(
        organisation=OuterRef("pk"), role=Role.RESPONSABLE, utilisateur__is_active=True
    )
    orphelines = Organisation.objects.visibles_par(acteur).actifs().filter(type=TypeOrganisation.FACILITATRICE)
    creee = TruncDate("cree_le")
    return Attente(orphelines.filter(~Exists(responsables)), _ecrire_structure, jour=creee, dernier=creee, objet="nom")


def _ecrire_structure(acteur: Acteur, lu: Lue) -> LigneAFaire:
    return lu.ligne(
        lu.objet,
        reverse("comptes:organisation", args=[lu.uuid]),
        dernier=f"ouverte {il_y_a(lu.dernier, lu.le)}",
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


@source("travaux", "Travail en échec", "Lignes qu'un travail n'a pas pu traiter", roles=ADMINISTRATEURS, ton="retard")
def travaux_en_echec(acteur: Acteur, le: datetime.date) -> Attente:
    """Une ligne de la base par échec : le passage qui la traite enfin l'efface."""
    depuis = TruncDate("cree_le")
    return Attente(
        EchecTravail.objects.all(),
        _ecrire_echec,
        jour=depuis,
        dernier=depuis,
        objet="travail",
        precision=Concat("objet", Value(" "), "cle"),
        etat="erreur",
        nombre="essais",
    )


def _ecrire_echec(acteur: Acteur, lu: Lue) -> LigneAFaire:
    essais = accorder(lu.nombre, "essai", "essais")
    premier = il_y_a(lu.dernier, lu.le)
    return lu.ligne(f"{lu.objet} : {lu.precision}", dernier=f"{lu.etat}, {essais}, le premier {premier}")


def _compte(quoi: str, objets, champ: str, singulier: str, pluriel: str, le: datetime.date) -> list[Calculee]:
    compte = objets.aggregate(nombre=Count("pk"), depuis=Min(champ))
    if not compte["nombre"]:
        return []
    depuis = timezone.localdate(compte["depuis"])
    nombre, plus_ancien = accorder(compte["nombre"], singulier, pluriel), f"le plus ancien, {il_y_a(depuis, le)}"
    return [Calculee(partial(LigneAFaire, "retard", quoi, nombre, dernier=plus_ancien), depuis)]
