"""Ce que les achats font attendre : des projets à étudier ou à décider, des échéances, des marchés finis."""

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Concat, TruncDate
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, Role
from marches.enums import CodeJalon, ResponsableAction, StatutMarche, StatutProjet
from marches.models import Jalon, Marche, Note, ProjetAchat
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.nombres import il_y_a, jour

ACHETEURS = frozenset({Role.MAITRE_OUVRAGE})
D_AVANCE = datetime.timedelta(days=30)  # une étape se prépare : elle paraît un mois avant


# --- Les projets d'achat -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ProjetLu(Lue):
    projet_et_acheteur: str
    bouge_le: datetime.date


def _projets(acteur: Acteur, statut: StatutProjet, ecrire, quand: str, **filtres) -> Attente:
    return Attente(
        ProjetAchat.objects.visibles_par(acteur).actifs().filter(statut=statut, **filtres),
        ProjetLu,
        ecrire,
        {
            "projet_et_acheteur": Concat("objet", Value(" · "), "maitre_ouvrage__nom"),
            "bouge_le": TruncDate(quand),
        },
        jour=TruncDate(quand),
    )


def _projet(lu: ProjetLu, geste: str, dernier: str) -> LigneAFaire:
    page = reverse("marches:projet", args=[lu.uuid])
    gestes = [Geste(geste, page)] if geste else []
    return lu.montrer(lu.projet_et_acheteur, page, dernier=f"{dernier} {il_y_a(lu.bouge_le, lu.le)}", gestes=gestes)


@source("projets", "À étudier", "Projets d'achat à étudier", roles=FACILITATEURS, liste="marches:projets?statut=repere")
def projets_a_etudier(acteur: Acteur, le: datetime.date) -> Attente:
    """Déposés par un acheteur, qui attend une réponse."""
    return _projets(acteur, StatutProjet.REPERE, _ecrire_a_etudier, "cree_le", depose_par_acheteur=True)


def _ecrire_a_etudier(acteur: Acteur, lu: ProjetLu) -> LigneAFaire:
    return _projet(lu, "Étudier", "déposé")


@source("projets_proposes", "Chez l'acheteur", "Clauses proposées", roles=FACILITATEURS, ton="info", attend=True)
def projets_proposes(acteur: Acteur, le: datetime.date) -> Attente:
    return _projets(acteur, StatutProjet.PROPOSE, _ecrire_propose, "modifie_le")


def _ecrire_propose(acteur: Acteur, lu: ProjetLu) -> LigneAFaire:
    return _projet(lu, "", "proposé")


@source("a_decider", "À décider", "Clauses à décider", roles=ACHETEURS, liste="marches:projets?statut=propose")
def projets_a_decider(acteur: Acteur, le: datetime.date) -> Attente:
    return _projets(acteur, StatutProjet.PROPOSE, _ecrire_a_decider, "modifie_le")


def _ecrire_a_decider(acteur: Acteur, lu: ProjetLu) -> LigneAFaire:
    return _projet(lu, "Décider", "votre facilitateur a proposé une clause")


@source("projets_etudies", "Chez le facilitateur", "Projets déposés", roles=ACHETEURS, ton="info", attend=True)
def projets_deposes(acteur: Acteur, le: datetime.date) -> Attente:
    return _projets(acteur, StatutProjet.REPERE, _ecrire_depose, "cree_le", depose_par_acheteur=True)


def _ecrire_depose(acteur: Acteur, lu: ProjetLu) -> LigneAFaire:
    return _projet(lu, "", "déposé")


# --- Les échéances des achats ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class EcheanceLue(Lue):
    """L'échéance d'un achat, qui est encore un projet ou déjà un marché."""

    achat: uuid.UUID
    genre: str
    achat_nom: str
    echeance: datetime.date


@dataclass(frozen=True, slots=True)
class EtapeLue(EcheanceLue):
    code: CodeJalon


@dataclass(frozen=True, slots=True)
class SuiteLue(EcheanceLue):
    responsable: ResponsableAction


def _echeances(
    acteur: Acteur, objets, le: datetime.date, ligne: type[EcheanceLue], ecrire, lit: dict[str, str]
) -> Attente:
    a_venir = objets.des_achats_en_cours().filter(fait_le__isnull=True, echeance__lte=le + D_AVANCE)
    du_marche = Concat("marche__reference", Value(", "), "marche__objet")
    return Attente(
        a_venir,
        ligne,
        ecrire,
        {
            "achat": Coalesce("marche__uuid", "projet__uuid"),
            "genre": Case(When(marche__isnull=False, then=Value("marche")), default=Value("projet")),
            "achat_nom": Case(When(marche__isnull=False, then=du_marche), default=F("projet__objet")),
            "echeance": "echeance",
            **lit,
        },
        jour="echeance",
        # Un projet n'a pas encore de facilitateur en charge : il est à tous.
        dossier=Q(marche__facilitateur=acteur.utilisateur) | Q(marche__isnull=True),
    )


def _page_du_suivi(lu: EcheanceLue) -> str:
    return reverse(f"marches:{lu.genre}_suivi", args=[lu.achat])


@source("etapes", "Étape", "Étapes des achats", roles=FACILITATEURS, liste="comptes:agenda?retards=oui")
def etapes(acteur: Acteur, le: datetime.date) -> Attente:
    return _echeances(
        acteur, Jalon.objects.visibles_par(acteur).a_faire(), le, EtapeLue, _ecrire_etape, {"code": "code"}
    )


def _ecrire_etape(acteur: Acteur, lu: EtapeLue) -> LigneAFaire:
    return lu.montrer(
        f"{lu.code.label} · {lu.achat_nom}",
        _page_du_suivi(lu),
        f"pour le {jour(lu.echeance)}",
        gestes=[Geste("C'est fait", reverse("marches:jalon_cocher", args=[lu.uuid]), poste=True)],
    )


@source("suites", "Suite", "Suites à donner", roles=FACILITATEURS | ACHETEURS, liste="comptes:agenda?retards=oui")
def suites(acteur: Acteur, le: datetime.date) -> Attente:
    """Ce qui revient à l'acteur : au facilitateur, ou à l'acheteur dans ses achats."""
    responsable = ResponsableAction.FACILITATEUR if acteur.est_facilitateur else ResponsableAction.ACHETEUR
    notes = Note.objects.visibles_par(acteur).filter(responsable=responsable)
    return _echeances(acteur, notes, le, SuiteLue, _ecrire_suite, {"responsable": "responsable"})


@source("suites_attendues", "Chez un autre", "Suites attendues", roles=FACILITATEURS, ton="info", attend=True)
def suites_attendues(acteur: Acteur, le: datetime.date) -> Attente:
    autres = set(ResponsableAction.values) - {ResponsableAction.FACILITATEUR}
    notes = Note.objects.visibles_par(acteur).filter(responsable__in=autres)
    return _echeances(acteur, notes, le, SuiteLue, _ecrire_suite, {"responsable": "responsable"})


def _ecrire_suite(acteur: Acteur, lu: SuiteLue) -> LigneAFaire:
    """Le texte de la note reste sur sa page : il peut nommer quelqu'un."""
    cocher = Geste("C'est fait", reverse("marches:note_cocher", args=[lu.uuid]), poste=True)
    return lu.montrer(
        f"{lu.responsable.label} : {lu.achat_nom}",
        _page_du_suivi(lu),
        f"pour le {jour(lu.echeance)}",
        gestes=[cocher] if acteur.est_facilitateur else [Geste("Voir", _page_du_suivi(lu))],
    )


# --- Les marchés -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class MarcheASolder(Lue):
    reference_et_objet: str
    fini_le: datetime.date


@source(
    "a_solder",
    "Fin passée",
    "Marchés à solder",
    roles=FACILITATEURS,
    liste="marches:liste?statut=execution&tri=fin_prevue",
)
def marches_a_solder(acteur: Acteur, le: datetime.date) -> Attente:
    en_cours = Marche.objects.visibles_par(acteur).actifs().filter(statut=StatutMarche.EXECUTION)
    finis = en_cours.annotate(fin_retenue=Coalesce("fin_reelle", "fin_prevue")).filter(fin_retenue__lt=le)
    return Attente(
        finis,
        MarcheASolder,
        _ecrire_a_solder,
        {"reference_et_objet": Concat("reference", Value(", "), "objet"), "fini_le": "fin_retenue"},
        jour="fin_retenue",
        dossier=Q(facilitateur=acteur.utilisateur),
    )


def _ecrire_a_solder(acteur: Acteur, lu: MarcheASolder) -> LigneAFaire:
    page = reverse("marches:fiche", args=[lu.uuid])
    return lu.montrer(lu.reference_et_objet, page, f"fini le {jour(lu.fini_le)}", gestes=[Geste("Voir", page)])
