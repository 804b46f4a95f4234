"""Préparer, écrire, relire, publier, écarter un bilan.

En préparation, il montre à la structure ses chiffres exacts, lus à la fabrication et gardés avec leur empreinte et leurs
lignes : la page et le PDF disent la même chose, et chaque chiffre ouvre ce qui le compose. Publier masque ces mêmes chiffres,
les fige, et confie le PDF et le classeur définitifs à la file : les destinataires voient le bilan quand son document est
prêt. Ces fichiers se refont à l'identique si un travailleur meurt, puisque ses données ne bougent plus.
"""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.enums import Role, TypeOrganisation
from comptes.models import Organisation
from comptes.papier_a_entete import logo_du_jour
from reporting.bilan.publication import a_publier
from reporting.bilan.sources import figer
from reporting.bilan.synthese import assembler, lire
from reporting.bilan.textes import en_html
from reporting.destinataires import avis_de_publication
from reporting.donnees import DonneesBilan, empreinte_de
from reporting.enums import TRANSITIONS_BILAN, Presentation, StatutBilan, Variante
from reporting.lecture import periodes
from reporting.lecture.lignes import a_de_quoi_dire
from reporting.lecture.perimetre import Cible, Perimetre
from reporting.models import PREMIERE_ANNEE, Bilan, LignesBilan
from reporting.permissions import (
    peut_ecarter_brouillon,
    peut_ecrire_bilan,
    peut_preparer_bilan,
    peut_publier_bilan,
    peut_refaire_bilan,
    peut_relire_bilan,
)
from reporting.variantes import A_CIBLE
from socle.models import Document
from socle.periodes import Periode
from socle.regles import RegleViolee
from socle.services.documents import demander_document
from socle.services.enregistrement import relire, verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(
    bilan_prepare="Bilan préparé",
    bilan_ecrit="Textes du bilan écrits",
    bilan_relu="Bilan relu",
    bilan_publie="Bilan publié",
    bilan_remplace="Bilan remplacé par une nouvelle version",
    bilan_ecarte="Brouillon de bilan écarté",
)
GENRE, GENRE_CLASSEUR = "bilan", "bilan_classeur"
PERIME = "Ce brouillon a été écarté, ou préparé de nouveau depuis : ce document n'a plus lieu d'être."
ANNEES_AU_PLUS = 15  # la vie d'un long marché ; au-delà, une date mal tapée
# À qui un bilan se publie, selon qui le fait.
TYPES_DESTINATAIRES = (TypeOrganisation.FINANCEUR, TypeOrganisation.RESEAU, TypeOrganisation.MAITRE_OUVRAGE)


def destinataires_possibles(organisation: Organisation) -> QuerySet:
    """À qui publier : une structure, à ses partenaires financeurs, réseaux et acheteurs ; un réseau, à ses structures."""
    actives = Organisation.objects.actifs()
    if organisation.type == TypeOrganisation.RESEAU:
        return actives.filter(partenaires__organisation=organisation).distinct()
    return actives.partenaires_de(organisation).filter(type__in=TYPES_DESTINATAIRES)


def destinataires_d_avant(bilan: Bilan) -> QuerySet:
    """Qui a reçu la version publiée que celle-ci remplacera, et peut encore la recevoir."""
    publiees = Bilan.objects.filter(structure=bilan.structure_id, cle=bilan.cle, statut=StatutBilan.PUBLIE)
    recus = Organisation.objects.filter(bilans_recus__in=publiees.exclude(pk=bilan.pk))
    return destinataires_possibles(bilan.structure).filter(pk__in=recus).order_by("nom")


def membres_du_reseau(reseau: Organisation) -> QuerySet:
    """Les structures qui travaillent avec ce réseau : c'est par ce partenariat qu'elles acceptent d'y être comptées."""
    return Organisation.objects.filter(type=TypeOrganisation.FACILITATRICE, partenaires__organisation=reseau)


# --- Préparer -------------------------------------------------------------------------------------------------------
@transaction.atomic
def preparer_bilan(
    *,
    acteur: Acteur,
    periode: Periode,
    variante: str = Variante.STRUCTURE,
    cible: Cible | None = None,
    presentation: str = Presentation.EXACTE,
) -> Bilan:
    """Met en fabrication le brouillon d'une période, neuf ou rafraîchi ; ses chiffres seront lus à ce moment-là.

    Ce qui est publié se corrige dans une nouvelle version. Lève `RegleViolee` pour une période impossible ou sans rien.
    """
    peut_preparer_bilan(acteur).exiger()
    variante = Variante(variante)
    if (variante == Variante.RESEAU) != (acteur.role == Role.RESEAU):
        raise RegleViolee("Ce bilan-là est celui d'un réseau.", champ="variante")
    if (variante in A_CIBLE) != (cible is not None):
        raise RegleViolee("Dites de quel acheteur, de quelle opération ou de quel marché.", champ=str(variante))
    # Un seul brouillon à la fois.
    organisation = Organisation.objects.select_for_update().get(pk=acteur.agit_pour.pk)
    _verifier_cible(acteur, cible)
    _verifier_periode(organisation, periode)
    bilan = _brouillon(organisation, periode, variante, cible)
    return _fabriquer(acteur, bilan, presentation)


@transaction.atomic
def refaire_bilan(*, acteur: Acteur, bilan: Bilan) -> Bilan:
    """Le même brouillon avec les heures d'aujourd'hui, ou une nouvelle version de ce qui est publié."""
    bilan = relire(Bilan.objects, acteur, bilan)
    peut_refaire_bilan(acteur, bilan).exiger()
    return preparer_bilan(
        acteur=acteur,
        periode=bilan.periode,
        variante=bilan.variante,
        cible=bilan.cible,
        presentation=bilan.presentation,
    )


def _fabriquer(acteur: Acteur, bilan: Bilan, presentation: str) -> Bilan:
    _perimer(bilan.document)
    bilan.presentation, bilan.etabli_par, bilan.relu_par = Presentation(presentation), acteur.utilisateur, None
    bilan.statut = TRANSITIONS_BILAN.appliquer("reprendre", bilan.statut)
    bilan.donnees, bilan.empreinte = {}, ""
    bilan.document = _demander(acteur, bilan, GENRE, "pdf", f"{bilan.nom}, brouillon")
    bilan.full_clean(exclude=["donnees", "textes", "cle"])
    bilan.save()
    noter(acteur=acteur, action="bilan_prepare", objet=bilan, periode=bilan.nom_periode, version=bilan.version)
    return bilan


def _verifier_cible(acteur: Acteur, cible: Cible | None) -> None:
    """Un acheteur est de la structure s'il y a passé un marché ; une opération et un marché, s'ils sont les siens."""
    if cible is not None and not type(cible).objects.visibles_par(acteur).filter(pk=cible.pk).exists():
        raise RegleViolee("Choisissez parmi ceux de votre structure.")


def _verifier_periode(organisation: Organisation, periode: Periode) -> None:
    aujourd_hui = timezone.localdate()
    if periode.debut > periode.fin:
        raise RegleViolee("La période finit avant de commencer.", champ="fin")
    if periode.debut.year < PREMIERE_ANNEE or periode.debut > aujourd_hui:
        raise RegleViolee(f"Choisissez une période entre {PREMIERE_ANNEE} et {aujourd_hui.year}.", champ="periode")
    if periodes.duree_en_mois(periode) > 12 * ANNEES_AU_PLUS:
        raise RegleViolee(f"Choisissez une période de {ANNEES_AU_PLUS} ans au plus.", champ="periode")
    lues = list(membres_du_reseau(organisation)) if organisation.type == TypeOrganisation.RESEAU else [organisation]
    if not a_de_quoi_dire(lues, periode):
        situee = periodes.situer(periode)
        raise RegleViolee(f"Aucune heure validée ni aucun marché suivi {situee} : rien à écrire.", champ="periode")


def _brouillon(organisation: Organisation, periode: Periode, variante: Variante, cible: Cible | None) -> Bilan:
    bornes = {str(variante): cible} if cible else {}
    bilans = Bilan.objects.filter(
        structure=organisation, variante=variante, debut=periode.debut, fin=periode.fin, **bornes
    )
    ouvert = bilans.filter(statut__in=StatutBilan.en_preparation()).select_related("document").first()
    if ouvert is not None:
        return ouvert
    derniere = bilans.order_by("-version").first()
    return Bilan(
        structure=organisation,
        variante=variante,
        debut=periode.debut,
        fin=periode.fin,
        version=derniere.version + 1 if derniere else 1,
        textes=derniere.textes if derniere else {},
        **bornes,
    )


def _demander(acteur: Acteur, bilan: Bilan, genre: str, suffixe: str, titre: str, **champs) -> Document:
    return demander_document(
        acteur=acteur,
        genre=genre,
        titre=titre,
        nom_fichier=nom_de_fichier(bilan, suffixe),
        parametres={"bilan": str(bilan.uuid), **logo_du_jour(acteur.agit_pour)},
        **champs,
    )


def nom_de_fichier(bilan: Bilan, suffixe: str) -> str:
    """« bilan-2018-mef-cotentin-v1.pdf », « bilan-departement-2018-… » : ni nom de personne, ni accent."""
    variante = "" if bilan.variante == Variante.STRUCTURE else f"{bilan.variante.replace('_', '-')}-"
    return f"bilan-{variante}{periodes.raccourcir(bilan.periode)}-{bilan.structure.slug}-v{bilan.version}.{suffixe}"


def _perimer(document: Document | None) -> None:
    """Le document d'avant ne vaut plus rien : la prochaine purge l'efface, et sa fabrique le refuse."""
    if document is not None:
        Document.objects.filter(pk=document.pk).update(expire_le=timezone.now())


def perimetre_de(bilan: Bilan) -> Perimetre:
    membres = tuple(membres_du_reseau(bilan.structure).order_by("pk")) if bilan.variante == Variante.RESEAU else ()
    return Perimetre(bilan.structure, bilan.periode, Variante(bilan.variante), bilan.cible, membres)


@transaction.atomic
def lire_les_chiffres(*, bilan: Bilan, document: Document) -> DonneesBilan:
    """Lit les chiffres d'un brouillon et les garde avec leur empreinte et leurs lignes, si ce document est toujours le sien.

    Ce qu'un réseau lit de ses structures est masqué dès la lecture : il n'a jamais leurs petits effectifs.
    """
    lecture = lire(perimetre_de(bilan))
    imprimes = {cle: en_html(bilan.textes[cle]) for cle in bilan.rubriques if cle in bilan.textes}
    donnees = assembler(lecture, timezone.localdate(), imprimes)
    if bilan.variante == Variante.RESEAU:
        donnees = a_publier(donnees)
    gardes = Bilan.objects.filter(pk=bilan.pk, document=document, statut__in=StatutBilan.en_preparation()).update(
        donnees=donnees, empreinte=empreinte_de(donnees), modifie_le=timezone.now()
    )
    if not gardes:
        raise RegleViolee(PERIME)
    lignes = {} if bilan.variante == Variante.RESEAU else figer(lecture)
    LignesBilan.objects.update_or_create(bilan_id=bilan.pk, defaults={"lignes": lignes})
    return donnees


# --- Écrire, relire -------------------------------------------------------------------------------------------------
@transaction.atomic
def ecrire_textes(*, acteur: Acteur, bilan: Bilan, textes: Mapping[str, str]) -> Bilan:
    """Ce que le facilitateur dit dans les rubriques du bilan ; ce qui est écrit ailleurs reste. Le PDF est refait avec."""
    bilan = verrouiller(Bilan.objects, acteur, bilan)
    peut_ecrire_bilan(acteur, bilan).exiger()
    autres = {cle: texte for cle, texte in bilan.textes.items() if cle not in bilan.rubriques}
    voulus = autres | {cle: textes[cle].strip() for cle in bilan.rubriques if textes.get(cle, "").strip()}
    if voulus == bilan.textes:
        return bilan
    bilan.textes = voulus
    noter(acteur=acteur, action="bilan_ecrit", objet=bilan, periode=bilan.nom_periode, version=bilan.version)
    return _fabriquer(acteur, bilan, bilan.presentation)


@transaction.atomic
def relire_bilan(*, acteur: Acteur, bilan: Bilan) -> Bilan:
    """Quelqu'un de la structure l'a lu en entier et le tient pour bon : il peut être publié. Un second clic n'ajoute rien."""
    bilan = verrouiller(Bilan.objects, acteur, bilan)
    if bilan.statut == StatutBilan.RELU and peut_ecrire_bilan(acteur, bilan):
        return bilan
    peut_relire_bilan(acteur, bilan).exiger()
    bilan.statut = TRANSITIONS_BILAN.appliquer("relire", bilan.statut)
    bilan.relu_par = acteur.utilisateur
    bilan.save()
    noter(acteur=acteur, action="bilan_relu", objet=bilan, periode=bilan.nom_periode, version=bilan.version)
    return bilan


# --- Publier --------------------------------------------------------------------------------------------------------
@transaction.atomic
def publier_bilan(*, acteur: Acteur, bilan: Bilan, destinataires: Collection[Organisation], motif: str = "") -> Bilan:
    """Fige le brouillon, petits effectifs masqués, pour ses destinataires ; remplace la version publiée avant lui.

    Une nouvelle version dit pourquoi (`motif`). Ses fichiers définitifs n'expirent jamais. Lève `RegleViolee` sans
    destinataire, pour une organisation qui n'en est pas un, ou sans raison donnée à une nouvelle version.
    """
    verrouiller(Organisation.objects, acteur, pk=bilan.structure_id)  # deux publications de la période se suivent
    bilan = verrouiller(Bilan.objects, acteur, bilan)
    peut_publier_bilan(acteur, bilan).exiger()
    destinataires = _verifier_destinataires(acteur, destinataires)
    if bilan.version > 1 and not motif.strip():
        raise RegleViolee("Dites en une phrase pourquoi cette version remplace la précédente.", champ="motif")
    _remplacer(acteur, bilan)
    bilan.statut = TRANSITIONS_BILAN.appliquer("publier", bilan.statut)
    bilan.donnees = a_publier(bilan.donnees)
    bilan.empreinte = empreinte_de(bilan.donnees)
    bilan.publie_le, bilan.motif = timezone.now(), motif.strip() if bilan.version > 1 else ""
    titre = f"{bilan.nom}, version {bilan.version} publiée"
    bilan.document = _demander(acteur, bilan, GENRE, "pdf", titre, expire_le=None)
    bilan.classeur = _demander(acteur, bilan, GENRE_CLASSEUR, "xlsx", f"{titre}, classeur", expire_le=None)
    bilan.full_clean(exclude=["donnees", "textes", "cle"])
    bilan.save()
    bilan.destinataires.set(destinataires)
    noter(
        acteur=acteur,
        action="bilan_publie",
        objet=bilan,
        periode=bilan.nom_periode,
        version=bilan.version,
        empreinte=bilan.empreinte,
        destinataires=destinataires,
    )
    bilan.dit_a = avis_de_publication(bilan)
    return bilan


def _verifier_destinataires(acteur: Acteur, destinataires: Collection[Organisation]) -> list[Organisation]:
    demandes = {organisation.pk for organisation in destinataires}
    if not demandes:
        raise RegleViolee("Choisissez au moins un destinataire.", champ="destinataires")
    trouves = list(destinataires_possibles(acteur.agit_pour).filter(pk__in=demandes))
    if len(trouves) < len(demandes):
        raise RegleViolee("Un bilan se publie à vos partenaires seulement.", champ="destinataires")
    return trouves


def _remplacer(acteur: Acteur, bilan: Bilan) -> None:
    """La version publiée avant celle-ci devient « Remplacé » : ceux qui l'ont reçue la lisent encore."""
    publies = Bilan.objects.filter(structure=bilan.structure_id, cle=bilan.cle, statut=StatutBilan.PUBLIE)
    for ancien in publies.select_for_update().order_by("pk"):
        ancien.statut = TRANSITIONS_BILAN.appliquer("remplacer", ancien.statut)
        ancien.save()
        noter(acteur=acteur, action="bilan_remplace", objet=ancien, periode=ancien.nom_periode, version=ancien.version)


@transaction.atomic
def ecarter_brouillon(*, acteur: Acteur, bilan: Bilan) -> None:
    """Supprime un brouillon, qui n'est jamais sorti de la structure.

    Ses chiffres se lisent de nouveau en le préparant ; ses textes, eux, sont perdus : l'écran demande de confirmer.
    """
    bilan = verrouiller(Bilan.objects, acteur, bilan)
    peut_ecarter_brouillon(acteur, bilan).exiger()
    _perimer(bilan.document)
    noter(acteur=acteur, action="bilan_ecarte", objet=bilan, periode=bilan.nom_periode, version=bilan.version)
    bilan.delete()
