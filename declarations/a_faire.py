"""Ce que les mois font attendre : à déclarer, à valider, des entreprises à appeler."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, DateField, Exists, Max, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat, TruncDate
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, RESPONSABLES, Role
from comptes.models import Organisation
from declarations.enums import IssueRelance, StatutDeclaration
from declarations.models import Declaration, LigneHeures, ReglagesDeclaration, Relance
from marches.models import Engagement
from recrutement.models import Contrat
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.nombres import accorder, heures, il_y_a, jour, mois_annee
from socle.periodes import ajouter_mois, premier_jour

ENTREPRISES = frozenset({Role.ENTREPRISE})

A_APPELER = [IssueRelance.TACHE, IssueRelance.SANS_CONTACT]

_ENTREPRISE_ET_LOT = Concat(
    "engagement__entreprise__raison_sociale",
    Value(" · "),
    "engagement__lot__marche__reference",
    Value(", lot "),
    "engagement__lot__numero",
)


def _relances(**filtres) -> Subquery:
    """Le dernier jour d'une relance de la déclaration."""
    siennes = Relance.objects.filter(declaration=OuterRef("pk"), **filtres).order_by().values("declaration")
    return Subquery(siennes.annotate(jour=Max("jour")).values("jour"))


def _des_lignes(calcul) -> Subquery:
    siennes = LigneHeures.objects.filter(declaration=OuterRef("pk")).order_by().values("declaration")
    return Subquery(siennes.annotate(calcul=calcul).values("calcul"))


def _a_appeler() -> Exists:
    return Exists(Relance.objects.filter(declaration=OuterRef("pk"), issue__in=A_APPELER))


@dataclass(frozen=True, slots=True)
class MoisLu(Lue):
    """Le mois d'un engagement, et ce qui le nomme."""

    engagement: uuid.UUID
    mois: datetime.date
    entreprise_et_lot: str


def _declarations(acteur: Acteur, objets, ligne: type[MoisLu], ecrire, jour, lit: Mapping[str, Any]) -> Attente:
    """Des déclarations de la structure, avec ce qui les nomme."""
    nomme = {"engagement": "engagement__uuid", "mois": "mois", "entreprise_et_lot": _ENTREPRISE_ET_LOT}
    dossier = Q(engagement__lot__marche__facilitateur=acteur.utilisateur)
    return Attente(objets, ligne, ecrire, {**nomme, **lit}, jour=jour, dossier=dossier)


def _page_du_mois(lu: MoisLu) -> str:
    return reverse("suivi:mois", args=[lu.engagement, f"{lu.mois:%Y-%m}"])


# --- Le facilitateur ---------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class MoisAValider(MoisLu):
    declare_le: datetime.date
    personnes: int | None
    heures: Decimal | None


@source("a_valider", "À valider", "Mois à valider", roles=FACILITATEURS, liste="suivi:a_valider")
def mois_a_valider(acteur: Acteur, le: datetime.date) -> Attente:
    declarations = Declaration.objects.visibles_par(acteur).filter(statut=StatutDeclaration.A_VALIDER)
    declaree = TruncDate(Coalesce("declaree_le", "modifie_le"))
    return _declarations(
        acteur,
        declarations,
        MoisAValider,
        _ecrire_a_valider,
        declaree,
        {
            "declare_le": declaree,
            "personnes": _des_lignes(Count("contrat__beneficiaire", distinct=True)),
            "heures": _des_lignes(Sum("heures")),
        },
    )


def _ecrire_a_valider(acteur: Acteur, lu: MoisAValider) -> LigneAFaire:
    contenu = f"{accorder(lu.personnes or 0, 'personne')}, {heures(lu.heures or 0)}"
    return lu.montrer(
        f"{mois_annee(lu.mois).capitalize()} · {lu.entreprise_et_lot}",
        _page_du_mois(lu),
        contenu,
        f"déclaré {il_y_a(lu.declare_le, lu.le)}",
        [
            Geste("Voir", _page_du_mois(lu)),
            Geste("Valider", reverse("suivi:valider", args=[lu.uuid]), poste=True),
        ],
    )


@source("relances_eteintes", "À régler", "Relances éteintes", roles=RESPONSABLES, ton="info")
def relances_a_allumer(acteur: Acteur, le: datetime.date) -> Attente:
    """Des mois sont attendus, et personne n'a encore dit s'il faut les rappeler aux entreprises."""
    attendus = Declaration.objects.a_relancer().filter(engagement__lot__marche__structure=OuterRef("pk"))
    regles = ReglagesDeclaration.objects.filter(structure=OuterRef("pk"))
    structure = Organisation.objects.filter(pk=acteur.agit_pour.pk)
    return Attente(
        structure.filter(Exists(attendus), ~Exists(regles)).order_by(),
        Lue,
        _ecrire_relances_a_allumer,
        {},
        jour=Value(le, output_field=DateField()),
    )


def _ecrire_relances_a_allumer(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("suivi:reglages_declaration")
    quoi = "Relances aux entreprises et échéance des déclarations"
    return lu.montrer(
        quoi, page, "aucun rappel ne part tant que vous ne les allumez pas", gestes=[Geste("Régler", page)]
    )


@dataclass(frozen=True, slots=True)
class MoisNonDeclare(MoisLu):
    echeance: datetime.date | None
    relance_le: datetime.date | None
    telephone: str | None


def _non_declarees(acteur: Acteur, objets, jour) -> Attente:
    lit = {
        "echeance": "echeance",
        "relance_le": _relances(issue=IssueRelance.ENVOYEE),
        "telephone": "engagement__correspondant__telephone",
    }
    return _declarations(acteur, objets, MoisNonDeclare, _ecrire_a_appeler, jour, lit)


@source("a_appeler", "À appeler", "Entreprises à appeler", roles=FACILITATEURS, ton="retard")
def entreprises_a_appeler(acteur: Acteur, le: datetime.date) -> Attente:
    """Les rappels sont épuisés, ou aucun courriel n'est connu : reste le téléphone."""
    muettes = Declaration.objects.visibles_par(acteur).a_declarer().filter(_a_appeler())
    return _non_declarees(acteur, muettes, _relances(issue__in=A_APPELER))


@source(
    "en_retard",
    "En retard",
    "Mois non déclarés",
    roles=FACILITATEURS,
    ton="retard",
    liste="suivi:declarations?retard=oui",
)
def mois_en_retard(acteur: Acteur, le: datetime.date) -> Attente:
    """Échéance passée ; ceux qu'il faut appeler ont leur propre ligne."""
    en_retard = Declaration.objects.visibles_par(acteur).en_retard(le).exclude(statut=StatutDeclaration.RENDUE)
    return _non_declarees(acteur, en_retard.filter(~_a_appeler()), "echeance")


def _ecrire_a_appeler(acteur: Acteur, lu: MoisNonDeclare) -> LigneAFaire:
    appeler = [Geste("Appeler", f"tel:{_chiffres(lu.telephone)}", icone="phone")] if lu.telephone else []
    return lu.montrer(
        f"{mois_annee(lu.mois).capitalize()} non déclaré · {lu.entreprise_et_lot}",
        _page_du_mois(lu),
        f"dû le {jour(lu.echeance)}" if lu.echeance else "",
        _derniere_relance(lu),
        [*appeler, Geste("Relancer", reverse("suivi:relancer_mois", args=[lu.uuid]), poste=True)],
    )


def _chiffres(telephone: str) -> str:
    return "".join(signe for signe in telephone if signe.isdecimal() or signe == "+")


def _derniere_relance(lu: MoisNonDeclare) -> str:
    return f"relancé {il_y_a(lu.relance_le, lu.le)}" if lu.relance_le else "jamais relancé"


@dataclass(frozen=True, slots=True)
class MoisASaisir(Lue):
    mois: datetime.date
    entreprise_et_lot: str


@source("a_saisir", "À saisir", "Mois sans déclaration", roles=FACILITATEURS)
def mois_a_saisir(acteur: Acteur, le: datetime.date) -> Attente:
    """Le dernier mois clos : quelqu'un y était en contrat, et rien n'est ouvert ni saisi."""
    mois = ajouter_mois(premier_jour(le), -1)
    contrats = Contrat.objects.actifs().pendant_le_mois(mois).filter(engagement=OuterRef("pk"))
    declares = Declaration.objects.filter(engagement=OuterRef("pk"), mois=mois)
    engagements = Engagement.objects.visibles_par(acteur).ouverts_aux_contrats()
    return Attente(
        engagements.filter(Exists(contrats), ~Exists(declares)),
        MoisASaisir,
        _ecrire_a_saisir,
        {
            "mois": Value(mois),
            "entreprise_et_lot": Concat(
                "entreprise__raison_sociale", Value(" · "), "lot__marche__reference", Value(", lot "), "lot__numero"
            ),
        },
        jour=Value(premier_jour(le)),
        dossier=Q(lot__marche__facilitateur=acteur.utilisateur),
    )


def _ecrire_a_saisir(acteur: Acteur, lu: MoisASaisir) -> LigneAFaire:
    return lu.montrer(
        f"{mois_annee(lu.mois).capitalize()} · {lu.entreprise_et_lot}",
        reverse("marches:engagement", args=[lu.uuid]),
        "rien n'est saisi",
        gestes=[
            Geste("Saisir", reverse("suivi:saisie", args=[lu.uuid, f"{lu.mois:%Y-%m}"])),
            Geste("Envoyer le lien", reverse("suivi:envoyer_lien", args=[lu.uuid])),
        ],
    )


@dataclass(frozen=True, slots=True)
class MoisRendu(MoisLu):
    rendu_le: datetime.date


@source("rendues", "Chez l'entreprise", "Mois rendus à corriger", roles=FACILITATEURS, ton="info", attend=True)
def mois_rendus(acteur: Acteur, le: datetime.date) -> Attente:
    rendues = Declaration.objects.visibles_par(acteur).filter(statut=StatutDeclaration.RENDUE)
    rendue = TruncDate("modifie_le")
    return _declarations(acteur, rendues.filter(~_a_appeler()), MoisRendu, _ecrire_rendu, rendue, {"rendu_le": rendue})


def _ecrire_rendu(acteur: Acteur, lu: MoisRendu) -> LigneAFaire:
    return _chez_l_entreprise(lu, "", f"rendu {il_y_a(lu.rendu_le, lu.le)}")


@dataclass(frozen=True, slots=True)
class MoisAttendu(MoisLu):
    echeance: datetime.date
    relance_le: datetime.date | None


@source("attendues", "Chez l'entreprise", "Mois attendus", roles=FACILITATEURS, ton="info", attend=True)
def mois_attendus(acteur: Acteur, le: datetime.date) -> Attente:
    """Ouverts à la déclaration, pas encore dus."""
    ouverts = Declaration.objects.visibles_par(acteur).filter(
        statut__in=[StatutDeclaration.ATTENDUE, StatutDeclaration.COMMENCEE], echeance__gte=le
    )
    lit = {"echeance": "echeance", "relance_le": _relances(issue=IssueRelance.ENVOYEE)}
    return _declarations(acteur, ouverts.filter(~_a_appeler()), MoisAttendu, _ecrire_attendu, "echeance", lit)


def _ecrire_attendu(acteur: Acteur, lu: MoisAttendu) -> LigneAFaire:
    demande = f"demandé {il_y_a(lu.relance_le, lu.le)}" if lu.relance_le else ""
    return _chez_l_entreprise(lu, f"pour le {jour(lu.echeance)}", demande)


def _chez_l_entreprise(lu: MoisLu, depuis: str, dernier: str) -> LigneAFaire:
    relancer = Geste("Relancer", reverse("suivi:envoyer_lien", args=[lu.engagement]))
    objet = f"{mois_annee(lu.mois).capitalize()} · {lu.entreprise_et_lot}"
    return lu.montrer(objet, _page_du_mois(lu), depuis, dernier, [relancer])


# --- L'entreprise ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class MoisADeclarer(Lue):
    mois: datetime.date
    marche_et_lot: str
    echeance: datetime.date | None
    statut: StatutDeclaration
    motif_retour: str


def _mois_de_l_entreprise(acteur: Acteur, statuts: list[str]) -> Attente:
    declarations = Declaration.objects.visibles_par(acteur).filter(statut__in=statuts)
    return Attente(
        declarations,
        MoisADeclarer,
        _ecrire_a_declarer,
        {
            "mois": "mois",
            "marche_et_lot": Concat("engagement__lot__marche__reference", Value(", lot "), "engagement__lot__numero"),
            "echeance": "echeance",
            "statut": "statut",
            "motif_retour": "motif_retour",
        },
        jour=Coalesce("echeance", TruncDate("modifie_le")),
    )


@source("a_declarer", "À déclarer", "Mois à déclarer", roles=ENTREPRISES, liste="suivi:mes_declarations")
def mois_a_declarer(acteur: Acteur, le: datetime.date) -> Attente:
    return _mois_de_l_entreprise(acteur, [StatutDeclaration.ATTENDUE, StatutDeclaration.COMMENCEE])


@source("a_corriger", "À corriger", "Mois à corriger", roles=ENTREPRISES, ton="retard", liste="suivi:mes_declarations")
def mois_a_corriger(acteur: Acteur, le: datetime.date) -> Attente:
    return _mois_de_l_entreprise(acteur, [StatutDeclaration.RENDUE])


def _ecrire_a_declarer(acteur: Acteur, lu: MoisADeclarer) -> LigneAFaire:
    page = reverse("suivi:declarer", args=[lu.uuid])
    a_corriger = lu.statut == StatutDeclaration.RENDUE
    commencee = "brouillon gardé" if lu.statut == StatutDeclaration.COMMENCEE else ""
    ligne = lu.montrer(
        f"{mois_annee(lu.mois).capitalize()} · {lu.marche_et_lot}",
        page,
        f"avant le {jour(lu.echeance)}" if lu.echeance else "",
        lu.motif_retour if a_corriger else commencee,
        [
            Geste("Corriger" if a_corriger else "Déclarer", page),
            *([] if a_corriger else [Geste("Aucune heure", reverse("suivi:aucune_heure", args=[lu.uuid]), poste=True)]),
        ],
    )
    en_retard = lu.echeance is not None and lu.echeance < lu.le and not a_corriger
    return replace(ligne, ton="retard", quoi="En retard") if en_retard else ligne
