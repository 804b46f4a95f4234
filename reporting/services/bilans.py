"""Préparer, publier, écarter un bilan.

Un brouillon montre à la structure ses chiffres exacts, lus à la fabrication et gardés avec leur empreinte : la page et le PDF
disent la même chose. Publier masque ces mêmes chiffres, les fige, et confie le PDF définitif à la file : les
destinataires voient le bilan quand son document est prêt. Ce document se refait à l'identique si un travailleur meurt,
puisque ses données ne bougent plus.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from reporting.donnees import DonneesBilan, empreinte_de
from reporting.enums import TRANSITIONS_BILAN, Presentation, StatutBilan
from reporting.lecture import a_de_quoi_dire
from reporting.masques import masquer
from reporting.models import PREMIERE_ANNEE, Bilan
from reporting.permissions import peut_ecarter_brouillon, peut_preparer_bilan, peut_publier_bilan
from reporting.synthese import synthese
from socle.models import Document
from socle.periodes import Periode
from socle.regles import RegleViolee
from socle.services.documents import demander_document
from socle.services.journal import declarer_actions, noter

declarer_actions(
    bilan_prepare="Bilan préparé",
    bilan_publie="Bilan publié",
    bilan_remplace="Bilan remplacé par une nouvelle version",
    bilan_ecarte="Brouillon de bilan écarté",
)
GENRE = "bilan"
TYPES_DESTINATAIRES = (TypeOrganisation.FINANCEUR, TypeOrganisation.RESEAU)
PERIME = "Ce brouillon a été écarté, ou préparé de nouveau depuis : ce document n'a plus lieu d'être."


def financeurs_possibles(structure: Organisation) -> QuerySet:
    """À qui la structure peut publier : ses partenaires financeurs et réseaux."""
    return Organisation.objects.actifs().partenaires_de(structure).filter(type__in=TYPES_DESTINATAIRES)


@transaction.atomic
def preparer_bilan(*, acteur: Acteur, annee: int, presentation: str = Presentation.EXACTE) -> Bilan:
    """Met en fabrication le brouillon de l'année, neuf ou rafraîchi ; ses chiffres seront lus à ce moment-là.

    Une année publiée se corrige dans une nouvelle version. Lève `RegleViolee` pour une année impossible ou sans rien.
    """
    peut_preparer_bilan(acteur).exiger()
    structure = Organisation.objects.select_for_update().get(pk=acteur.organisation.pk)  # un seul brouillon à la fois
    _verifier_annee(structure, annee)
    bilan = _brouillon(structure, annee)
    _perimer(bilan.document)
    bilan.presentation, bilan.etabli_par = Presentation(presentation), acteur.utilisateur
    bilan.donnees, bilan.empreinte = {}, ""
    bilan.document = _demander(acteur, bilan, f"Bilan {annee}, brouillon")
    bilan.full_clean(exclude=["donnees"])
    bilan.save()
    noter(acteur=acteur, action="bilan_prepare", objet=bilan, annee=annee, version=bilan.version)
    return bilan


def _verifier_annee(structure: Organisation, annee: int) -> None:
    courante = timezone.localdate().year
    if not PREMIERE_ANNEE <= annee <= courante:
        raise RegleViolee(f"Choisissez une année entre {PREMIERE_ANNEE} et {courante}.", champ="annee")
    if not a_de_quoi_dire(structure, Periode.annee(annee)):
        raise RegleViolee(f"Aucune heure validée ni aucun marché suivi en {annee} : rien à écrire.", champ="annee")


def _brouillon(structure: Organisation, annee: int) -> Bilan:
    bilans = Bilan.objects.filter(structure=structure, annee=annee)
    ouvert = bilans.filter(statut=StatutBilan.BROUILLON).select_related("document").first()
    if ouvert is not None:
        return ouvert
    derniere = bilans.aggregate(version=Max("version"))["version"] or 0
    return Bilan(structure=structure, annee=annee, version=derniere + 1)


def _demander(acteur: Acteur, bilan: Bilan, titre: str, **champs) -> Document:
    return demander_document(
        acteur=acteur,
        genre=GENRE,
        titre=titre,
        nom_fichier=f"bilan-{bilan.annee}-{acteur.organisation.slug}-v{bilan.version}.pdf",
        parametres={"bilan": str(bilan.uuid)},
        **champs,
    )


def _perimer(document: Document | None) -> None:
    """Le document d'avant ne vaut plus rien : la prochaine purge l'efface, et sa fabrique le refuse."""
    if document is not None:
        Document.objects.filter(pk=document.pk).update(expire_le=timezone.now())


def lire_les_chiffres(*, bilan: Bilan, document: Document) -> DonneesBilan:
    """Lit les chiffres d'un brouillon et les garde avec leur empreinte, si ce document est toujours le sien."""
    donnees = synthese(bilan.structure, bilan.annee)
    gardes = Bilan.objects.filter(pk=bilan.pk, document=document, statut=StatutBilan.BROUILLON).update(
        donnees=donnees, empreinte=empreinte_de(donnees), modifie_le=timezone.now()
    )
    if not gardes:
        raise RegleViolee(PERIME)
    return donnees


@transaction.atomic
def publier_bilan(*, acteur: Acteur, bilan: Bilan, destinataires: Collection[Organisation]) -> Bilan:
    """Fige le brouillon, petits effectifs masqués, pour ses destinataires ; remplace la version publiée avant lui.

    Son PDF définitif n'expire jamais. Lève `RegleViolee` sans destinataire ou pour une organisation qui n'en est pas un.
    """
    Organisation.objects.select_for_update().get(pk=bilan.structure_id)  # deux publications de l'année se suivent
    bilan = Bilan.objects.select_for_update().get(pk=bilan.pk)
    peut_publier_bilan(acteur, bilan).exiger()
    destinataires = _verifier_destinataires(acteur, destinataires)
    _remplacer(acteur, bilan)
    bilan.statut = TRANSITIONS_BILAN.appliquer("publier", bilan.statut)
    bilan.donnees = masquer(bilan.donnees)
    bilan.empreinte = empreinte_de(bilan.donnees)
    bilan.publie_le, bilan.etabli_par = timezone.now(), acteur.utilisateur
    bilan.document = _demander(acteur, bilan, f"Bilan {bilan.annee}, version {bilan.version} publiée", expire_le=None)
    bilan.save()
    bilan.destinataires.set(destinataires)
    noter(
        acteur=acteur,
        action="bilan_publie",
        objet=bilan,
        annee=bilan.annee,
        version=bilan.version,
        empreinte=bilan.empreinte,
        destinataires=destinataires,
    )
    return bilan


def _verifier_destinataires(acteur: Acteur, destinataires: Collection[Organisation]) -> list[Organisation]:
    demandes = {organisation.pk for organisation in destinataires}
    if not demandes:
        raise RegleViolee("Choisissez au moins un destinataire.", champ="destinataires")
    trouves = list(financeurs_possibles(acteur.organisation).filter(pk__in=demandes))
    if len(trouves) < len(demandes):
        raise RegleViolee(
            "Un bilan se publie à vos partenaires financeurs et réseaux seulement.", champ="destinataires"
        )
    return trouves


def _remplacer(acteur: Acteur, bilan: Bilan) -> None:
    """La version publiée avant celle-ci devient « Remplacé » : ceux qui l'ont reçue la lisent encore."""
    publies = Bilan.objects.filter(structure=bilan.structure_id, annee=bilan.annee, statut=StatutBilan.PUBLIE)
    for ancien in publies.select_for_update().order_by("pk"):
        ancien.statut = TRANSITIONS_BILAN.appliquer("remplacer", ancien.statut)
        ancien.save()
        noter(acteur=acteur, action="bilan_remplace", objet=ancien, annee=ancien.annee, version=ancien.version)


@transaction.atomic
def ecarter_brouillon(*, acteur: Acteur, bilan: Bilan) -> None:
    """Supprime un brouillon : il n'est jamais sorti de la structure, rien ne se perd que l'on ne puisse préparer de nouveau."""
    bilan = Bilan.objects.select_for_update().get(pk=bilan.pk)
    peut_ecarter_brouillon(acteur, bilan).exiger()
    _perimer(bilan.document)
    noter(acteur=acteur, action="bilan_ecarte", objet=bilan, annee=bilan.annee, version=bilan.version)
    bilan.delete()
