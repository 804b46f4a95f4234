"""À qui l'on écrit d'une entreprise : une seule fonction, un seul ordre, pour tout ce que la maison lui envoie.

L'ordre : le correspondant de l'engagement ; les autres contacts que la structure connaît, ceux dont la fonction est dite
d'abord ; les membres du compte de l'entreprise, du plus ancien au dernier venu. Une lettre ou une décision va au correspondant
et à tous les membres. Jamais un membre retiré, un contact archivé, une adresse qui ne reçoit plus ;
une adresse écrite deux fois compte une fois.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from comptes.destinataires import membres_joignables, membres_par_organisation
from comptes.models import Adhesion
from entreprises.models import ContactEntreprise, Entreprise, FicheEntreprise
from socle.avis import Avis, Destinataire, sans_doublon
from socle.services.rebonds import adresses_en_erreur
from socle.texte import dans_une_phrase

L_ENTREPRISE = "l'entreprise"


@dataclass(frozen=True, slots=True)
class Joignables:
    """Qui joindre d'une entreprise, vu d'une structure."""

    correspondant: tuple[Destinataire, ...] = ()
    membres: tuple[Destinataire, ...] = ()
    contacts: tuple[Destinataire, ...] = ()
    telephones: tuple[Destinataire, ...] = ()

    @property
    def tous(self) -> tuple[Destinataire, ...]:
        return sans_doublon((*self.correspondant, *self.contacts, *self.membres))

    @property
    def pour_un_acte(self) -> tuple[Destinataire, ...]:
        """Qui reçoit une lettre ou une décision : le correspondant et tous les membres ; à défaut, le premier contact."""
        return sans_doublon((*self.correspondant, *self.membres)) or self.tous[:1]

    @property
    def premier(self) -> tuple[Destinataire, ...]:
        """Qui reçoit un courriel courant : un seul."""
        return self.tous[:1]

    def avis(self, destinataires: tuple[Destinataire, ...], **precisions: Any) -> Avis:
        return Avis(L_ENTREPRISE, destinataires, self.telephones, **precisions)


def joignables_de(
    structure_id: int, entreprise: Entreprise, correspondant: ContactEntreprise | None = None
) -> Joignables:
    """Ceux d'une entreprise ; `correspondant` : celui de l'engagement dont on parle."""
    fiche = FicheEntreprise.objects.filter(structure=structure_id, entreprise=entreprise).select_related("entreprise")
    lus = joignables_par_fiche(fiche)
    # Sans fiche, la structure ne connaît aucun contact ; le compte, lui, est à l'entreprise.
    seuls = tuple(membres_joignables(entreprise.organisation_id, pour=structure_id)) if not lus else ()
    joignables = next(iter(lus.values()), None) or Joignables(membres=seuls)
    return avec_correspondant(joignables, correspondant)


def joignables_par_fiche(fiches: Iterable[FicheEntreprise]) -> dict[int, Joignables]:
    """{fiche: qui joindre}, en trois lectures pour toutes celles d'une structure. `fiches` porte son entreprise."""
    fiches = list(fiches)
    membres = _membres_par_structure(fiches)
    contacts: dict[int, list[ContactEntreprise]] = defaultdict(list)
    connus = ContactEntreprise.objects.actifs().filter(fiche__in=[fiche.pk for fiche in fiches])
    for contact in connus.filter(~Q(courriel="") | ~Q(telephone="")).order_by("pk"):
        contacts[contact.fiche_id].append(contact)
    return {
        fiche.pk: _joignables(contacts[fiche.pk], membres[fiche.structure_id].get(fiche.entreprise.organisation_id, []))
        for fiche in fiches
    }


def _membres_par_structure(fiches: list[FicheEntreprise]) -> dict[int, dict[int | None, list[Destinataire]]]:
    """{structure: {organisation: les comptes que cette structure connaît}}."""
    comptes: dict[int, set[int | None]] = defaultdict(set)
    for fiche in fiches:
        comptes[fiche.structure_id].add(fiche.entreprise.organisation_id)
    return {
        structure: membres_par_organisation(organisations - {None}, pour=structure)
        for structure, organisations in comptes.items()
    }


def avec_correspondant(joignables: Joignables, correspondant: ContactEntreprise | None) -> Joignables:
    """Les mêmes, vus d'un engagement : son correspondant vient en premier, s'il reçoit encore."""
    if correspondant is None or correspondant.est_archive:
        return joignables
    lui = _contact(correspondant)
    autres = tuple(t for t in joignables.telephones if t.cle != lui.cle)
    return Joignables(
        (lui,) if correspondant.est_joignable else (),
        joignables.membres,
        joignables.contacts,
        (lui, *autres) if lui.telephone else autres,
    )


def _joignables(contacts: list[ContactEntreprise], membres: list[Destinataire]) -> Joignables:
    par_fonction = sorted(contacts, key=lambda contact: not contact.fonction)  # `sorted` garde l'ordre d'arrivée
    lus = [(contact, _contact(contact)) for contact in par_fonction]
    telephones = (*(contact for _, contact in lus), *membres)
    return Joignables(
        membres=tuple(membres),
        contacts=tuple(lu for contact, lu in lus if contact.est_joignable),
        telephones=tuple(personne for personne in telephones if personne.telephone),
    )


def _contact(contact: ContactEntreprise) -> Destinataire:
    return Destinataire(
        contact.nom, contact.courriel, dans_une_phrase(contact.fonction), contact.telephone, cle=str(contact.uuid)
    )


def declarant_joignable(
    structure_id: int, entreprise: Entreprise, joignables: Joignables, adresse: str
) -> tuple[Destinataire, ...]:
    """Qui a déclaré, s'il reçoit encore : connu de l'entreprise, ou arrivé par un lien envoyé à une adresse jamais notée.

    Rien d'un membre retiré depuis, d'un contact archivé, d'une adresse qui ne reçoit plus.
    """
    if not adresse:
        return ()
    if connu := [d for d in joignables.tous if d.adresse.casefold() == adresse.casefold()]:
        return tuple(connu)
    anciens = Adhesion.objects.filter(organisation=entreprise.organisation_id, utilisateur__email__iexact=adresse)
    contacts = ContactEntreprise.objects.filter(
        fiche__structure=structure_id, fiche__entreprise=entreprise, courriel__iexact=adresse
    )
    if adresses_en_erreur([adresse]) or contacts.exists() or (entreprise.organisation_id and anciens.exists()):
        return ()
    return (Destinataire(adresse=adresse, cle=adresse),)
