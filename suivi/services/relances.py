"""Relancer les entreprises qui n'ont pas déclaré : un courriel par entreprise et par jour, chaque palier une seule fois."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from comptes.models import Adhesion, Organisation
from entreprises.models import ContactEntreprise, FicheEntreprise
from marches.models import Note
from socle.jours_ouvres import est_ouvre
from socle.models import Courriel
from socle.nombres import de_mois, mois_annee
from socle.periodes import dernier_jour
from socle.services.courriels import composer, deposer_tous
from socle.services.liens import donner_liens
from socle.services.lots import isoler, travail
from suivi.enums import IssueRelance, Palier
from suivi.models import Appel, Declaration, PauseRelances, ReglagesDeclaration, Relance
from suivi.querysets import SILENCE
from suivi.relances import Du, palier_du
from suivi.services.declarations import USAGE_DECLARATION

PAQUET = 100  # entreprises par transaction : assez pour que l'écriture soit rapide, assez peu pour ne bloquer personne
TON = {
    Palier.MANUELLE: "Nous attendons votre déclaration.",
    Palier.OUVERTURE: "Le mois est ouvert.",
    Palier.ECHEANCE: "C'est le dernier jour pour déclarer.",
    Palier.RETARD: "Sauf erreur, nous n'avons pas reçu votre déclaration.",
    Palier.SECOND_CONTACT: "Nous n'avons toujours pas reçu votre déclaration.",
    Palier.ACHETEUR: "Sans déclaration, vos heures ne peuvent pas être comptées ; l'acheteur est en copie.",
}
SANS_RAPPEL = (Palier.OUVERTURE, Palier.ECHEANCE)
Cle = tuple[int, int]  # (structure, entreprise)


@dataclass(slots=True)
class Envoi:
    """Ce qui est dû à une entreprise ce jour-là : ses déclarations, le palier de chacune, et les adresses."""

    fiche: FicheEntreprise
    declarations: list[tuple[Declaration, Du]] = field(default_factory=list)
    destinataire: str = ""
    copie_a: str = ""

    @property
    def a_ecrire(self) -> list[tuple[Declaration, Du]]:
        """Celles que dit le courriel ; les autres sont au facilitateur d'appeler."""
        return [(declaration, du) for declaration, du in self.declarations if du.palier != Palier.TACHE]

    @property
    def palier(self) -> Palier:
        return max(du.palier for _, du in self.a_ecrire or self.declarations)

    @property
    def issue(self) -> IssueRelance:
        return self.issue_de(self.palier)

    def issue_de(self, palier: Palier) -> IssueRelance:
        if palier == Palier.TACHE:
            return IssueRelance.TACHE
        return IssueRelance.ENVOYEE if self.destinataire else IssueRelance.SANS_CONTACT


def preparer_relances(le: datetime.date) -> list[Envoi]:
    """Ce qui partirait ce jour-là, entreprise par entreprise ; rien un jour non ouvré."""
    return [
        envoi
        for structure in _structures_qui_attendent(le)
        for paquet in _paquets_dus(structure, le)
        for envoi in paquet
    ]


def _structures_qui_attendent(le: datetime.date) -> QuerySet[Organisation]:
    """Celles qu'un mois non déclaré peut faire écrire ; aucune un jour non ouvré."""
    if not est_ouvre(le):
        return Organisation.objects.none()
    attendues = Declaration.objects.a_relancer().filter(echeance__lte=dernier_jour(le))
    eteintes = ReglagesDeclaration.objects.filter(relances=False).order_by().values("structure")
    en_attente = Organisation.objects.filter(pk__in=attendues.order_by().values("engagement__lot__marche__structure"))
    return en_attente.exclude(pk__in=eteintes).order_by("pk")


def _paquets_dus(structure: Organisation, le: datetime.date) -> Iterator[list[Envoi]]:
    """Les envois dus d'une structure, par paquets d'entreprises : la base dit d'abord ce qui est dû, et cela seul est lu."""
    reglage = ReglagesDeclaration.objects.filter(structure=structure).first() or ReglagesDeclaration()
    if not reglage.relances:
        return
    dues = _dues(structure, reglage, le)
    entreprises = dues.order_by("engagement__entreprise").values_list("engagement__entreprise", flat=True).distinct()
    arretees: set[Cle | int] | None = None
    for paquet in batched(entreprises, PAQUET):
        arretees = _arretees(structure, le) if arretees is None else arretees
        yield _envois(dues.filter(engagement__entreprise__in=paquet), reglage, arretees, le)


def _dues(structure: Organisation, reglage: ReglagesDeclaration, le: datetime.date) -> QuerySet[Declaration]:
    """Celles dont un palier est dû ce jour-là et pas encore passé. Quelques échéances suffisent à le dire de toutes."""
    attendues = _en_attente(structure, le)
    passe_au_moins = Relance.objects.filter(declaration=OuterRef("pk"))
    condition = Q(pk__in=())
    for echeance in attendues.order_by().values_list("echeance", flat=True).distinct():
        if du := palier_du(Declaration(echeance=echeance), reglage, (), le):
            condition |= Q(echeance=echeance) & ~Exists(passe_au_moins.filter(palier__gte=du.palier))
    return attendues.filter(condition)


def _envois(dues: QuerySet[Declaration], reglage: ReglagesDeclaration, arretees: Collection, le: datetime.date):
    envois: dict[Cle, Envoi] = {}
    for declaration in avec_de_quoi_ecrire(dues):
        engagement = declaration.engagement
        cle = (engagement.lot.marche.structure_id, engagement.entreprise_id)
        if cle in arretees or engagement.pk in arretees:
            continue
        faits = [relance.palier for relance in declaration.relances.all()]
        if du := palier_du(declaration, reglage, faits, le):
            envois.setdefault(cle, Envoi(FicheEntreprise())).declarations.append((declaration, du))
    adresser(envois)
    return [envoi for envoi in envois.values() if envoi.fiche.pk]


def _en_attente(structure: Organisation, le: datetime.date) -> QuerySet[Declaration]:
    """Attendues, sur des marchés toujours en exécution, sans échange noté depuis trois jours."""
    recentes = Note.objects.filter(marche__isnull=False, cree_le__date__gt=le - SILENCE, cree_le__date__lte=le)
    parlees = recentes.order_by().values("marche")
    attendues = Declaration.objects.a_relancer().filter(
        engagement__lot__marche__structure=structure, echeance__lte=dernier_jour(le)
    )
    return attendues.exclude(engagement__lot__marche__in=parlees)


def avec_de_quoi_ecrire(declarations) -> Iterable[Declaration]:
    contexte = declarations.avec_contexte().select_related(
        "engagement__correspondant", "engagement__lot__marche__facilitateur", "engagement__lot__marche__maitre_ouvrage"
    )
    return contexte.prefetch_related("relances").order_by("mois", "pk")


def _arretees(structure: Organisation, le: datetime.date) -> set[Cle | int]:
    """Ce qu'on ne relance pas ce jour-là : entreprises appelées, en pause ou déjà relancées ; engagements en pause (leur clé)."""
    appelees = Appel.objects.recents(le).filter(fiche__structure=structure)
    arretees: set[Cle | int] = {*appelees.order_by().values_list("fiche__structure", "fiche__entreprise")}
    arretees.update(_deja_relancees(le).filter(declaration__engagement__lot__marche__structure=structure))
    pauses = PauseRelances.objects.en_cours(le).filter(fiche__structure=structure)
    for entreprise, engagement in pauses.values_list("fiche__entreprise", "engagement"):
        arretees.add(engagement or (structure.pk, entreprise))
    return arretees


def _deja_relancees(le: datetime.date) -> QuerySet:
    parties = Relance.objects.parties(le).order_by()
    return parties.values_list("declaration__engagement__lot__marche__structure", "declaration__engagement__entreprise")


def adresser(envois: dict[Cle, Envoi]) -> None:
    """La fiche, le correspondant, un second contact ou l'acheteur en copie : en trois lectures pour tous."""
    structures, entreprises = {cle[0] for cle in envois}, {cle[1] for cle in envois}
    fiches = FicheEntreprise.objects.filter(structure__in=structures, entreprise__in=entreprises)
    contacts: dict[int, list[str]] = defaultdict(list)
    joignables = ContactEntreprise.objects.joignables().filter(fiche__in=fiches).order_by("pk")
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
    """Le correspondant, s'il reçoit encore ; sinon un autre contact. `contacts` ne porte que des adresses qui reçoivent."""
    premiers = envoi.a_ecrire or envoi.declarations
    engagement = max(premiers, key=lambda element: element[1].palier)[0].engagement
    correspondant = engagement.correspondant
    attitre = correspondant.courriel if correspondant and correspondant.est_joignable else ""
    autres = [courriel for courriel in contacts if courriel != attitre]
    envoi.destinataire = attitre or (autres.pop(0) if autres else "")
    if envoi.palier == Palier.SECOND_CONTACT and autres:
        envoi.copie_a = autres[0]
    elif envoi.palier == Palier.ACHETEUR:
        envoi.copie_a = acheteurs.get(engagement.lot.marche.maitre_ouvrage.organisation_id, "")


@travail("Entreprises à relancer")
def relancer(le: datetime.date | None = None) -> list[Envoi]:
    """Passe les paliers dus. Relancé deux fois, ou à deux, ou tué en route, rien ne part deux fois."""
    return list(_relancees(le or timezone.localdate()))


@travail("Entreprises à relancer")
def passer_les_relances(le: datetime.date | None = None) -> int:
    """Le même passage, sans rien garder de ce qui part. Rend combien d'entreprises."""
    return sum(1 for _ in _relancees(le or timezone.localdate()))


def _relancees(le: datetime.date) -> Iterator[Envoi]:
    for structure in _structures_qui_attendent(le).iterator():
        with isoler(structure):
            for paquet in _paquets_dus(structure, le):
                yield from _passer_le_paquet(paquet, le)


def _passer_le_paquet(paquet: Sequence[Envoi], le: datetime.date) -> list[Envoi]:
    """Une entreprise dont l'écriture échoue n'arrête pas les autres : le paquet est repris une à une."""
    try:
        return _passer(paquet, le)
    except (OperationalError, InterfaceError):
        raise  # la base est partie : le prochain passage reprendra où l'on en est
    except Exception:
        return [passee for envoi in paquet for passee in _passer_seule(envoi, le)]


def _passer_seule(envoi: Envoi, le: datetime.date) -> list[Envoi]:
    with isoler(envoi.fiche):
        return _passer([envoi], le)
    return []


@transaction.atomic
def _passer(paquet: Sequence[Envoi], le: datetime.date) -> list[Envoi]:
    """Les fiches servent de verrous ; ce qu'un autre vient de passer, ou que l'entreprise vient de déclarer, sort de l'envoi."""
    libres = verrouiller([envoi.fiche.pk for envoi in paquet])
    paquet = [envoi for envoi in paquet if envoi.fiche.pk in libres]
    cles = [declaration.pk for envoi in paquet for declaration, _ in envoi.declarations]
    deja = set(Relance.objects.filter(declaration__in=cles).order_by().values_list("declaration", "palier"))
    restants = _encore_dus(paquet, cles, deja, le)
    courriels = ecrire_les_relances([envoi for envoi in restants if envoi.issue == IssueRelance.ENVOYEE], le)
    Relance.objects.bulk_create(
        relance for envoi in restants for relance in _paliers_passes(envoi, courriels.get(envoi.fiche.pk), deja, le)
    )
    return restants


def verrouiller(fiches: Sequence[int]) -> set[int]:
    """Celles que personne d'autre ne tient : un autre passage, ou un facilitateur, s'occupe des autres en ce moment même."""
    libres = FicheEntreprise.objects.select_for_update(skip_locked=True).filter(pk__in=fiches)
    return set(libres.order_by("pk").values_list("pk", flat=True))


def _encore_dus(paquet: Sequence[Envoi], cles: list[int], deja: Collection, le: datetime.date) -> list[Envoi]:
    encore = set(Declaration.objects.a_relancer().filter(pk__in=cles).order_by().values_list("pk", flat=True))
    relancees = set(
        _deja_relancees(le).filter(
            declaration__engagement__lot__marche__structure__in={envoi.fiche.structure_id for envoi in paquet},
            declaration__engagement__entreprise__in={envoi.fiche.entreprise_id for envoi in paquet},
        )
    )
    restants = []
    for envoi in paquet:
        envoi.declarations = [
            (declaration, du)
            for declaration, du in envoi.declarations
            if declaration.pk in encore and (declaration.pk, du.palier) not in deja
        ]
        if envoi.declarations and (envoi.fiche.structure_id, envoi.fiche.entreprise_id) not in relancees:
            restants.append(envoi)
    return restants


def _paliers_passes(envoi: Envoi, courriel: Courriel | None, deja: Collection, le: datetime.date) -> Iterable[Relance]:
    for declaration, du in envoi.declarations:
        for palier in du.remplaces:
            if (declaration.pk, palier) not in deja:
                yield Relance(declaration=declaration, palier=palier, jour=le, issue=IssueRelance.REMPLACEE)
        issue = envoi.issue_de(du.palier)
        yield Relance(
            declaration=declaration,
            palier=du.palier,
            jour=le,
            issue=issue,
            courriel=courriel if issue == IssueRelance.ENVOYEE else None,
        )


def ecrire_les_relances(envois: Sequence[Envoi], le: datetime.date, *, par=None) -> dict[int, Courriel]:
    """{fiche: son courriel}. `par` : qui relance à la main, et lira la réponse ; sinon le facilitateur du marché."""
    liens = donner_liens(
        usage=USAGE_DECLARATION, demandes=[(envoi.fiche.structure, envoi.fiche, envoi.destinataire) for envoi in envois]
    )
    courriels = {envoi.fiche.pk: _composer(envoi, lien, le, par) for envoi, lien in zip(envois, liens, strict=True)}
    deposer_tous(list(courriels.values()))
    return courriels


def _composer(envoi: Envoi, lien: str, le: datetime.date, par) -> Courriel:
    fiche, declarations = envoi.fiche, [declaration for declaration, _ in envoi.a_ecrire]
    facilitateur = par or declarations[0].engagement.lot.marche.facilitateur
    premier, *suivants = sorted({declaration.mois for declaration in declarations})
    return composer(
        destinataire=envoi.destinataire,
        gabarit="courriels/declaration_relance",
        contexte={
            "ton": TON[envoi.palier],
            "rappel": envoi.palier not in SANS_RAPPEL,
            "mois": ", ".join([de_mois(premier), *(mois_annee(mois) for mois in suivants)]),
            "declarations": declarations,
            "entreprise": fiche.entreprise.raison_sociale,
            "structure": fiche.structure.nom,
            "facilitateur": facilitateur.get_full_name() if facilitateur else "",
            "lien": lien,
        },
        structure=fiche.structure,
        cle=f"relance-{fiche.uuid}-{le.isoformat()}",
        repondre_a=facilitateur.email if facilitateur else "",
        copie_a=envoi.copie_a,
    )
