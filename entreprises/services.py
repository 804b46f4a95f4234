"""Suivre, modifier, archiver une entreprise dans sa structure ; tenir ses contacts."""

from collections.abc import Sequence
from typing import cast

from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from entreprises.models import ContactEntreprise, Entreprise, FicheEntreprise
from entreprises.permissions import (
    IDENTITE_PARTAGEE,
    peut_fusionner,
    peut_modifier_identite,
    peut_suivre_une_entreprise,
    sont_suivies_ailleurs,
)
from socle.models import Fusion
from socle.regles import RegleViolee
from socle.services.enregistrement import appliquer, basculer_archive, changements, ecrire, modifier, verrouiller
from socle.services.fusions import exiger_non_fusionnee, fiche_gardee, fusionner
from socle.services.journal import declarer_actions, noter
from socle.services.masse import creer_en_masse, modifier_en_masse, par_paquets
from socle.services.portee import exiger_la_portee, exiger_la_portee_des_lignes
from socle.texte import plier

declarer_actions(
    entreprise_suivie="Entreprise ajoutée au suivi",
    entreprise_modifiee="Entreprise modifiée",
    entreprise_archivee="Entreprise archivée",
    entreprise_reactivee="Entreprise sortie de l'archive",
    contact_ajoute="Contact ajouté",
    contact_modifie="Contact modifié",
    contact_archive="Contact archivé",
    contact_reactive="Contact sorti de l'archive",
    contact_en_erreur="Courriel d'un contact en erreur",
)

IDENTITE = ("raison_sociale", "type", "commune")


@transaction.atomic
def suivre_entreprise(*, acteur: Acteur, siret: str, notes: str = "", **identite) -> Entreprise:
    """Met une entreprise au suivi de la structure. SIRET déjà connu : la ligne commune est reprise telle quelle."""
    peut_suivre_une_entreprise(acteur).exiger()
    exiger_la_portee(acteur, identite)
    entreprise = Entreprise.objects.filter(siret=siret).first()
    if entreprise is None:
        entreprise = Entreprise(siret=siret)
        ecrire(entreprise, identite)
    entreprise = cast(Entreprise, fiche_gardee(acteur, entreprise))
    fiche, creee = FicheEntreprise.objects.get_or_create(
        structure=acteur.organisation, entreprise=entreprise, defaults={"notes": notes}
    )
    if creee:
        noter(acteur=acteur, action="entreprise_suivie", objet=entreprise)
    elif fiche.est_archive:
        basculer_archive(fiche, archiver=False)
        noter(acteur=acteur, action="entreprise_reactivee", objet=entreprise)
    return entreprise


@transaction.atomic
def reprendre_entreprises(
    *,
    acteur: Acteur,
    nouvelles: Sequence[Entreprise],
    modifiees: Sequence[Entreprise] = (),
    a_suivre: Sequence[Entreprise] = (),
) -> None:
    """Reprend des entreprises d'un coup : crée, corrige celles que la structure est seule à suivre, met au suivi."""
    peut_suivre_une_entreprise(acteur).exiger()
    exiger_la_portee_des_lignes(acteur, nouvelles, modifiees, IDENTITE)
    if any(sont_suivies_ailleurs(acteur, paquet) for paquet in par_paquets(modifiees)):
        raise RegleViolee(IDENTITE_PARTAGEE)
    for entreprise in (*nouvelles, *modifiees):
        entreprise.raison_sociale_pliee = plier(entreprise.raison_sociale)
    creer_en_masse(nouvelles, acteur=acteur)
    modifier_en_masse(modifiees, [*IDENTITE, "raison_sociale_pliee"], acteur=acteur)
    fiches = [FicheEntreprise(structure=acteur.organisation, entreprise=e) for e in (*nouvelles, *a_suivre)]
    creer_en_masse(fiches, acteur=acteur)


@transaction.atomic
def modifier_entreprise(*, acteur: Acteur, entreprise: Entreprise, notes: str | None = None, **identite) -> Entreprise:
    """Change l'identité (si l'on est seul à suivre l'entreprise) et les notes de la structure."""
    peut_suivre_une_entreprise(acteur).exiger()
    entreprise = verrouiller(Entreprise.objects, acteur, entreprise)
    if changements(entreprise, identite):
        peut_modifier_identite(acteur, entreprise).exiger()
    fiche: FicheEntreprise = verrouiller(FicheEntreprise.objects, acteur, entreprise=entreprise)
    dits = appliquer(entreprise, identite, acteur=acteur)
    dits += appliquer(fiche, {} if notes is None else {"notes": notes}, acteur=acteur)
    if dits:
        noter(acteur=acteur, action="entreprise_modifiee", objet=entreprise, changements=dits)
    return entreprise


@transaction.atomic
def archiver_entreprise(*, acteur: Acteur, entreprise: Entreprise, archiver: bool) -> None:
    """Range l'entreprise pour sa structure seulement ; ses heures passées restent comptées."""
    peut_suivre_une_entreprise(acteur).exiger()
    fiche: FicheEntreprise = verrouiller(FicheEntreprise.objects, acteur, entreprise=entreprise)
    if not archiver:
        exiger_non_fusionnee(acteur, entreprise)
    if basculer_archive(fiche, archiver=archiver):
        noter(acteur=acteur, action="entreprise_archivee" if archiver else "entreprise_reactivee", objet=entreprise)


@transaction.atomic
def fusionner_les_entreprises(*, acteur: Acteur, entreprise: Entreprise, autre: Entreprise) -> Fusion:
    """Réunit, pour sa structure seulement, ce qu'elle tient de `autre` : engagements, contrats, contacts.

    La ligne commune d'`autre` reste telle quelle : d'autres structures peuvent l'employer, aucune n'en voit rien changer.
    """
    gardee, absorbee = _tenir_les_deux(acteur, entreprise, autre)
    peut_fusionner(acteur, gardee, absorbee).exiger()
    return fusionner(acteur, gardee, absorbee, fiches_a_fusionner(acteur=acteur, gardee=gardee, absorbee=absorbee))


def _tenir_les_deux(acteur: Acteur, une: Entreprise, autre: Entreprise) -> tuple[Entreprise, Entreprise]:
    tenues = {e.pk: verrouiller(Entreprise.objects, acteur, e) for e in sorted((une, autre), key=lambda e: e.pk)}
    return tenues[une.pk], tenues[autre.pk]


def fiches_a_fusionner(*, acteur: Acteur, gardee: Entreprise, absorbee: Entreprise) -> tuple:
    """(fiche gardée, fiche absorbée) de la structure."""
    fiches = FicheEntreprise.objects.visibles_par(acteur)
    return fiches.get(entreprise=gardee), fiches.get(entreprise=absorbee)


@transaction.atomic
def ajouter_contact(*, acteur: Acteur, entreprise: Entreprise, **valeurs) -> ContactEntreprise:
    peut_suivre_une_entreprise(acteur).exiger()
    fiche: FicheEntreprise = verrouiller(FicheEntreprise.objects, acteur, entreprise=entreprise)
    exiger_la_portee(acteur, valeurs)
    contact = ContactEntreprise(fiche=fiche)
    ecrire(contact, valeurs)
    noter(acteur=acteur, action="contact_ajoute", objet=entreprise)
    return contact


@transaction.atomic
def modifier_contact(*, acteur: Acteur, contact: ContactEntreprise, **valeurs) -> ContactEntreprise:
    """Corrige un contact ; une adresse changée n'est plus en erreur."""
    peut_suivre_une_entreprise(acteur).exiger()
    contact = verrouiller(ContactEntreprise.objects.select_related("fiche__entreprise"), acteur, contact)
    if "courriel" in changements(contact, valeurs):
        valeurs["courriel_en_erreur_le"] = None
    modifier(contact, valeurs, acteur=acteur, action="contact_modifie", sur=contact.fiche.entreprise)
    return contact


@transaction.atomic
def marquer_contacts_en_erreur(*, structure_id: int | None, adresse: str) -> int:
    """Met en erreur les contacts à cette adresse, dans la structure du courriel revenu ou dans toutes ; rend leur nombre."""
    joignables = ContactEntreprise.objects.joignables().filter(courriel__iexact=adresse)
    if structure_id is not None:
        joignables = joignables.filter(fiche__structure=structure_id)
    contacts = list(joignables.select_related("fiche__structure", "fiche__entreprise").order_by("pk"))
    for contact in contacts:
        contact.courriel_en_erreur_le = timezone.now()
        contact.save(update_fields=["courriel_en_erreur_le", "modifie_le"])
        structure, entreprise = contact.fiche.structure, contact.fiche.entreprise
        noter(acteur=Acteur.systeme(structure), action="contact_en_erreur", objet=entreprise)
    return len(contacts)


@transaction.atomic
def archiver_contact(*, acteur: Acteur, contact: ContactEntreprise, archiver: bool) -> None:
    peut_suivre_une_entreprise(acteur).exiger()
    contact = verrouiller(ContactEntreprise.objects.select_related("fiche__entreprise"), acteur, contact)
    if basculer_archive(contact, archiver=archiver):
        noter(
            acteur=acteur,
            action="contact_archive" if archiver else "contact_reactive",
            objet=contact.fiche.entreprise,
        )
