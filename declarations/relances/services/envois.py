"""Une relance, de ce qui est dû à ce qui part : à qui, avec qui en copie, dans quels mots.

Le premier courriel qu'une personne reçoit de la structure n'est jamais un reproche : il présente l'outil et le facilitateur.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from comptes.destinataires import membres_par_organisation
from declarations.enums import IssueRelance, Palier
from declarations.models import Declaration
from declarations.relances.calendrier import Du
from declarations.services.liens import USAGE_DECLARATION
from entreprises.destinataires import Joignables, avec_correspondant, joignables_par_fiche
from entreprises.models import FicheEntreprise
from marches.interlocuteur import interlocuteur_de
from socle.avis import Destinataire
from socle.models import Courriel
from socle.nombres import de_mois, mois_annee
from socle.services.courriels import composer, deposer_tous
from socle.services.liens import donner_liens

PREMIER_CONTACT = "Voici comment déclarer vos heures d'insertion."
TON = {
    Palier.MANUELLE: "Nous attendons votre déclaration.",
    Palier.OUVERTURE: "Le mois est ouvert.",
    Palier.ECHEANCE: "C'est le dernier jour pour déclarer.",
    Palier.RETARD: "Sauf erreur, nous n'avons pas reçu votre déclaration.",
    Palier.SECOND_CONTACT: "Nous n'avons toujours pas reçu votre déclaration.",
    Palier.ACHETEUR: "Sans déclaration, vos heures ne peuvent pas être comptées.",
}
SANS_RAPPEL = (Palier.OUVERTURE, Palier.ECHEANCE)
Cle = tuple[int, int]  # (structure, entreprise)
Acheteurs = dict[tuple[int, int | None], list[Destinataire]]


@dataclass(slots=True)
class Envoi:
    """Ce qui est dû à une entreprise ce jour-là : ses déclarations, le palier de chacune, et les adresses."""

    fiche: FicheEntreprise
    declarations: list[tuple[Declaration, Du]] = field(default_factory=list)
    destinataire: str = ""
    copie_a: str = ""
    membres: tuple[str, ...] = ()  # ceux du compte, qui le reçoivent aussi

    @property
    def a_ecrire(self) -> list[tuple[Declaration, Du]]:
        """Celles que dit le courriel ; les autres sont au facilitateur d'appeler."""
        return [(declaration, du) for declaration, du in self.declarations if du.palier != Palier.TACHE]

    @property
    def palier(self) -> Palier:
        return max((du for _, du in self.a_ecrire or self.declarations), key=lambda du: du.rang).palier

    @property
    def issue(self) -> IssueRelance:
        return self.issue_de(self.palier)

    def issue_de(self, palier: Palier) -> IssueRelance:
        if palier == Palier.TACHE:
            return IssueRelance.TACHE
        return IssueRelance.ENVOYEE if self.destinataire else IssueRelance.SANS_CONTACT


def adresser(envois: dict[Cle, Envoi]) -> None:
    """La fiche, qui joindre, l'acheteur en copie : les mêmes lectures pour tous."""
    structures, entreprises = {cle[0] for cle in envois}, {cle[1] for cle in envois}
    siennes = FicheEntreprise.objects.filter(structure__in=structures, entreprise__in=entreprises)
    fiches = list(siennes.select_related("entreprise", "structure__reglages_clause").order_by("pk"))
    joignables, acheteurs = joignables_par_fiche(fiches), _acheteurs(envois.values())
    for fiche in fiches:
        if envoi := envois.get((fiche.structure_id, fiche.entreprise_id)):
            envoi.fiche = fiche
            _choisir_les_adresses(envoi, joignables[fiche.pk], acheteurs)


def _acheteurs(envois: Iterable[Envoi]) -> Acheteurs:
    """{(structure, organisation acheteuse): les membres qu'elle y connaît}."""
    achats: dict[int, set[int]] = defaultdict(set)
    for envoi in envois:
        for declaration, du in envoi.declarations:
            marche = declaration.engagement.lot.marche
            if du.palier == Palier.ACHETEUR and marche.maitre_ouvrage.organisation_id:
                achats[marche.structure_id].add(marche.maitre_ouvrage.organisation_id)
    return {
        (structure, organisation): membres
        for structure, organisations in achats.items()
        for organisation, membres in membres_par_organisation(organisations, pour=structure).items()
    }


def _choisir_les_adresses(envoi: Envoi, joignables: Joignables, acheteurs: Acheteurs) -> None:
    """Le premier joignable, vu de l'engagement le plus en retard ; en copie, le suivant, ou l'acheteur."""
    premiers = envoi.a_ecrire or envoi.declarations
    engagement = max(premiers, key=lambda element: element[1].rang)[0].engagement
    adresses = [d.adresse for d in avec_correspondant(joignables, engagement.correspondant).tous]
    envoi.destinataire, *autres = adresses or [""]
    if envoi.palier == Palier.ACHETEUR:
        marche = engagement.lot.marche
        membres = acheteurs.get((marche.structure_id, marche.maitre_ouvrage.organisation_id), [])
        autres = [membre.adresse for membre in membres]
    if envoi.destinataire and envoi.palier in (Palier.SECOND_CONTACT, Palier.ACHETEUR):
        envoi.copie_a = next(iter(autres), "")
    dits = {envoi.destinataire, envoi.copie_a}
    envoi.membres = tuple(membre.adresse for membre in joignables.membres if membre.adresse not in dits)


def ecrire_les_relances(envois: Sequence[Envoi], le: datetime.date, *, par=None) -> dict[int, Courriel]:
    """{fiche: son courriel}. `par` : qui relance à la main, et lira la réponse ; sinon le facilitateur du marché.

    Un compte a plusieurs membres : chacun le reçoit, avec son lien ; le courriel rendu est celui du premier joignable.
    """
    a_ecrire = [(envoi, adresse) for envoi in envois for adresse in (envoi.destinataire, *envoi.membres)]
    liens = donner_liens(
        usage=USAGE_DECLARATION,
        demandes=[(envoi.fiche.structure, envoi.fiche, adresse) for envoi, adresse in a_ecrire],
    )
    connus = _deja_ecrits(a_ecrire)
    courriels = [
        _composer(envoi, adresse, lien, le, par, connus) for (envoi, adresse), lien in zip(a_ecrire, liens, strict=True)
    ]
    deposer_tous(courriels)
    premiers = zip(a_ecrire, courriels, strict=True)
    return {envoi.fiche.pk: courriel for (envoi, adresse), courriel in premiers if adresse == envoi.destinataire}


def _deja_ecrits(a_ecrire: Sequence[tuple[Envoi, str]]) -> set[tuple[int, str]]:
    """{(structure, adresse)} de qui a déjà reçu un courriel de la structure."""
    courriels = Courriel.objects.filter(
        structure__in={envoi.fiche.structure_id for envoi, _ in a_ecrire},
        destinataire__in={adresse for _, adresse in a_ecrire},
    )
    return set(courriels.order_by().values_list("structure", "destinataire").distinct())


def _composer(
    envoi: Envoi, adresse: str, lien: str, le: datetime.date, par, connus: Collection[tuple[int, str]]
) -> Courriel:
    fiche, declarations = envoi.fiche, [declaration for declaration, _ in envoi.a_ecrire]
    facilitateur = par or declarations[0].engagement.lot.marche.facilitateur
    premier, *suivants = sorted({declaration.mois for declaration in declarations})
    premier_joignable = adresse == envoi.destinataire
    nouveau = (fiche.structure_id, adresse) not in connus
    return composer(
        destinataire=adresse,
        gabarit="courriels/declaration_relance",
        contexte={
            "ton": PREMIER_CONTACT if nouveau else TON[envoi.palier],
            "rappel": envoi.palier not in SANS_RAPPEL and not nouveau,
            "acheteur_en_copie": envoi.palier == Palier.ACHETEUR and bool(envoi.copie_a),
            "presenter": nouveau,
            "mois": ", ".join([de_mois(premier), *(mois_annee(mois) for mois in suivants)]),
            "declarations": declarations,
            "entreprise": fiche.entreprise.raison_sociale,
            "structure": fiche.structure.nom,
            "interlocuteur": interlocuteur_de(fiche.structure, facilitateur),
            "lien": lien,
        },
        structure=fiche.structure,
        cle=f"relance-{fiche.uuid}-{le.isoformat()}" + ("" if premier_joignable else f"-{adresse}"[:100]),
        repondre_a=facilitateur.email if facilitateur else "",
        copie_a=envoi.copie_a if premier_joignable else "",
    )
