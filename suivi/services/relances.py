"""Relancer les entreprises qui n'ont pas déclaré : un courriel par entreprise et par jour, chaque palier une seule fois."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from comptes.models import Adhesion, Organisation
from entreprises.models import ContactEntreprise, FicheEntreprise
from marches.enums import StatutMarche
from marches.models import Note
from socle.jours_ouvres import est_ouvre
from socle.models import Courriel
from socle.nombres import mois_annee
from socle.services.courriels import ecrire_courriel
from socle.services.liens import donner_lien
from suivi.enums import IssueRelance, Palier
from suivi.models import Declaration, ReglagesDeclaration, Relance
from suivi.relances import Du, palier_du
from suivi.services.declarations import USAGE_DECLARATION

SILENCE = datetime.timedelta(days=3)  # on s'est parlé il y a peu : on ne relance pas
TON = {
    Palier.OUVERTURE: "Le mois est ouvert.",
    Palier.ECHEANCE: "C'est le dernier jour pour déclarer.",
    Palier.RETARD: "Sauf erreur, nous n'avons pas reçu votre déclaration.",
    Palier.SECOND_CONTACT: "Nous n'avons toujours pas reçu votre déclaration.",
    Palier.ACHETEUR: "Sans déclaration, vos heures ne peuvent pas être comptées ; l'acheteur est en copie.",
}


@dataclass(slots=True)
class Envoi:
    """Ce qui partirait à une entreprise : ses déclarations, le palier de chacune, et les adresses."""

    fiche: FicheEntreprise
    declarations: list[tuple[Declaration, Du]] = field(default_factory=list)
    destinataire: str = ""
    copie_a: str = ""

    @property
    def palier(self) -> Palier:
        return max(du.palier for _, du in self.declarations)

    @property
    def issue(self) -> IssueRelance:
        if self.palier == Palier.TACHE:
            return IssueRelance.TACHE
        return IssueRelance.ENVOYEE if self.destinataire else IssueRelance.SANS_CONTACT


def preparer_relances(le: datetime.date) -> list[Envoi]:
    """Ce qui partirait ce jour-là, entreprise par entreprise ; rien un jour non ouvré."""
    if not est_ouvre(le):
        return []
    reglages = {reglage.structure_id: reglage for reglage in ReglagesDeclaration.objects.all()}
    envois: dict[tuple[int, int], Envoi] = {}
    for declaration in _en_attente(le):
        marche = declaration.engagement.lot.marche
        reglage = reglages.get(marche.structure_id) or ReglagesDeclaration(structure=marche.structure)
        if not reglage.relances:
            continue
        faits = [relance.palier for relance in declaration.relances.all()]
        if du := palier_du(declaration, reglage, faits, le):
            cle = (marche.structure_id, declaration.engagement.entreprise_id)
            envois.setdefault(cle, Envoi(FicheEntreprise())).declarations.append((declaration, du))
    _adresser(envois)
    return [envoi for envoi in envois.values() if envoi.fiche.pk]


def _en_attente(le: datetime.date) -> Iterable[Declaration]:
    """Attendues, sur des marchés toujours en exécution, sans échange noté depuis trois jours."""
    recentes = Note.objects.filter(marche__isnull=False, cree_le__date__gt=le - SILENCE, cree_le__date__lte=le)
    parlees = recentes.order_by().values("marche")
    declarations = Declaration.objects.a_declarer().filter(
        echeance__isnull=False,
        engagement__archive_le__isnull=True,
        engagement__lot__marche__archive_le__isnull=True,
        engagement__lot__marche__statut=StatutMarche.EXECUTION,
    )
    declarations = declarations.exclude(engagement__lot__marche__in=parlees).avec_contexte()
    contexte = declarations.select_related(
        "engagement__correspondant", "engagement__lot__marche__facilitateur", "engagement__lot__marche__maitre_ouvrage"
    )
    return contexte.prefetch_related("relances").order_by("mois", "pk")


def _adresser(envois: dict[tuple[int, int], Envoi]) -> None:
    """La fiche, le correspondant, un second contact ou l'acheteur en copie : en trois lectures pour tous."""
    structures, entreprises = {cle[0] for cle in envois}, {cle[1] for cle in envois}
    fiches = FicheEntreprise.objects.filter(structure__in=structures, entreprise__in=entreprises)
    contacts: dict[int, list[str]] = defaultdict(list)
    joignables = ContactEntreprise.objects.actifs().filter(fiche__in=fiches).exclude(courriel="").order_by("pk")
    for fiche, courriel in joignables.values_list("fiche", "courriel"):
        contacts[fiche].append(courriel)
    acheteurs = _acheteurs(envois.values())
    for fiche in fiches.select_related("entreprise", "structure"):
        if envoi := envois.get((fiche.structure_id, fiche.entreprise_id)):
            envoi.fiche = fiche
            _choisir_les_adresses(envoi, contacts[fiche.pk], acheteurs)


def _acheteurs(envois: Iterable[Envoi]) -> dict[int, str]:
    """{organisation acheteuse: l'adresse d'un de ses membres}."""
    achats = {
        declaration.engagement.lot.marche.maitre_ouvrage.organisation_id
        for envoi in envois
        for declaration, du in envoi.declarations
        if du.palier == Palier.ACHETEUR
    }
    membres = Adhesion.objects.en_vigueur().filter(organisation__in=achats, utilisateur__is_active=True)
    return dict(membres.order_by("-pk").values_list("organisation", "utilisateur__email"))


def _choisir_les_adresses(envoi: Envoi, contacts: list[str], acheteurs: dict[int, str]) -> None:
    engagement = max(envoi.declarations, key=lambda element: element[1].palier)[0].engagement
    correspondant = engagement.correspondant.courriel if engagement.correspondant else ""
    autres = [courriel for courriel in contacts if courriel != correspondant]
    envoi.destinataire = correspondant or (autres.pop(0) if autres else "")
    if envoi.palier == Palier.SECOND_CONTACT and autres:
        envoi.copie_a = autres[0]
    elif envoi.palier == Palier.ACHETEUR:
        envoi.copie_a = acheteurs.get(engagement.lot.marche.maitre_ouvrage.organisation_id, "")


def relancer(le: datetime.date | None = None) -> list[Envoi]:
    """Passe les paliers dus : chaque entreprise dans sa transaction. Relancé deux fois, ou à deux, rien ne part deux fois."""
    le = le or timezone.localdate()
    return [envoi for envoi in preparer_relances(le) if _passer(envoi, le)]


@transaction.atomic
def _passer(envoi: Envoi, le: datetime.date) -> bool:
    """La fiche sert de verrou ; ce qu'un autre a passé entre-temps, ou que l'entreprise vient de déclarer, sort de l'envoi."""
    FicheEntreprise.objects.select_for_update().get(pk=envoi.fiche.pk)
    cles = [declaration.pk for declaration, _ in envoi.declarations]
    encore = set(Declaration.objects.a_declarer().filter(pk__in=cles).order_by().values_list("pk", flat=True))
    deja = set(Relance.objects.filter(declaration__in=cles).values_list("declaration", "palier"))
    envoi.declarations = [
        (declaration, du)
        for declaration, du in envoi.declarations
        if declaration.pk in encore and (declaration.pk, du.palier) not in deja
    ]
    if not envoi.declarations:
        return False
    courriel = _ecrire(envoi, le) if envoi.issue == IssueRelance.ENVOYEE else None
    for declaration, du in envoi.declarations:
        for palier in du.remplaces:
            Relance.objects.get_or_create(
                declaration=declaration, palier=palier, defaults={"jour": le, "issue": IssueRelance.REMPLACEE}
            )
        Relance.objects.create(declaration=declaration, palier=du.palier, jour=le, issue=envoi.issue, courriel=courriel)
    return True


def _ecrire(envoi: Envoi, le: datetime.date) -> Courriel:
    fiche, facilitateur = envoi.fiche, envoi.declarations[0][0].engagement.lot.marche.facilitateur
    structure: Organisation = fiche.structure
    mois = sorted({declaration.mois for declaration, _ in envoi.declarations})
    lien = donner_lien(structure=structure, usage=USAGE_DECLARATION, objet=fiche, destinataire=envoi.destinataire)
    return ecrire_courriel(
        destinataire=envoi.destinataire,
        gabarit="courriels/declaration_relance",
        contexte={
            "ton": TON[envoi.palier],
            "rappel": envoi.palier >= Palier.RETARD,
            "mois": [mois_annee(jour) for jour in mois],
            "declarations": [declaration for declaration, _ in envoi.declarations],
            "entreprise": fiche.entreprise.raison_sociale,
            "structure": structure.nom,
            "facilitateur": facilitateur.get_full_name() if facilitateur else "",
            "lien": lien,
        },
        cle=f"relance-{fiche.uuid}-{le.isoformat()}",
        repondre_a=facilitateur.email if facilitateur else "",
        copie_a=envoi.copie_a,
    )
