"""Ce que les mois font attendre : à déclarer, à valider, des entreprises à appeler."""

import datetime
from dataclasses import replace

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


def _declarations(acteur: Acteur, objets, ecrire, **colonnes) -> Attente:
    """Des déclarations de la structure, avec ce qui les nomme."""
    return Attente(
        objets,
        ecrire,
        objet=_ENTREPRISE_ET_LOT,
        mois="mois",
        cible="engagement__uuid",
        dossier=Q(engagement__lot__marche__facilitateur=acteur.utilisateur),
        **colonnes,
    )


def _page_du_mois(lu: Lue) -> str:
    return reverse("suivi:mois", args=[lu.cible, f"{lu.mois:%Y-%m}"])


# --- Le facilitateur ---------------------------------------------------------------------------------------------
@source("a_valider", "À valider", "Mois à valider", roles=FACILITATEURS, liste="suivi:declarations?statut=a_valider")
def mois_a_valider(acteur: Acteur, le: datetime.date) -> Attente:
    declarations = Declaration.objects.visibles_par(acteur).filter(statut=StatutDeclaration.A_VALIDER)
    declaree = TruncDate(Coalesce("declaree_le", "modifie_le"))
    return _declarations(
        acteur,
        declarations,
        _ecrire_a_valider,
        jour=declaree,
        depuis=declaree,
        nombre=_des_lignes(Count("contrat__beneficiaire", distinct=True)),
        heures=_des_lignes(Sum("heures")),
    )


def _ecrire_a_valider(acteur: Acteur, lu: Lue) -> LigneAFaire:
    contenu = f"{accorder(lu.nombre or 0, 'personne')}, {heures(lu.heures or 0)}"
    return lu.ligne(
        f"{mois_annee(lu.mois).capitalize()} · {lu.objet}",
        _page_du_mois(lu),
        contenu,
        f"déclaré {il_y_a(lu.depuis, lu.le)}",
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
        _ecrire_relances_a_allumer,
        jour=Value(le, output_field=DateField()),
        objet="nom",
    )


def _ecrire_relances_a_allumer(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("suivi:reglages_declaration")
    quoi = "Relances aux entreprises et échéance des déclarations"
    return lu.ligne(quoi, page, "aucun rappel ne part tant que vous ne les allumez pas", gestes=[Geste("Régler", page)])


@source("a_appeler", "À appeler", "Entreprises à appeler", roles=FACILITATEURS, ton="retard")
def entreprises_a_appeler(acteur: Acteur, le: datetime.date) -> Attente:
    """Les rappels sont épuisés, ou aucun courriel n'est connu : reste le téléphone."""
    muettes = Declaration.objects.visibles_par(acteur).a_declarer().filter(_a_appeler())
    return _declarations(
        acteur,
        muettes,
        _ecrire_a_appeler,
        jour=_relances(issue__in=A_APPELER),
        dernier=_relances(issue=IssueRelance.ENVOYEE),
        depuis="echeance",
        precision="engagement__correspondant__telephone",
    )


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
    return _declarations(
        acteur,
        en_retard.filter(~_a_appeler()),
        _ecrire_a_appeler,
        jour="echeance",
        dernier=_relances(issue=IssueRelance.ENVOYEE),
        depuis="echeance",
        precision="engagement__correspondant__telephone",
    )


def _ecrire_a_appeler(acteur: Acteur, lu: Lue) -> LigneAFaire:
    appeler = [Geste("Appeler", f"tel:{_chiffres(lu.precision)}", icone="phone")] if lu.precision else []
    return lu.ligne(
        f"{mois_annee(lu.mois).capitalize()} non déclaré · {lu.objet}",
        _page_du_mois(lu),
        f"dû le {jour(lu.depuis)}" if lu.depuis else "",
        _derniere_relance(lu),
        [*appeler, Geste("Relancer", reverse("suivi:relancer_mois", args=[lu.uuid]), poste=True)],
    )


def _chiffres(telephone: str) -> str:
    return "".join(signe for signe in telephone if signe.isdecimal() or signe == "+")


def _derniere_relance(lu: Lue) -> str:
    return f"relancé {il_y_a(lu.dernier, lu.le)}" if lu.dernier else "jamais relancé"


@source("a_saisir", "À saisir", "Mois sans déclaration", roles=FACILITATEURS)
def mois_a_saisir(acteur: Acteur, le: datetime.date) -> Attente:
    """Le dernier mois clos : quelqu'un y était en contrat, et rien n'est ouvert ni saisi."""
    mois = ajouter_mois(premier_jour(le), -1)
    contrats = Contrat.objects.actifs().pendant_le_mois(mois).filter(engagement=OuterRef("pk"))
    declares = Declaration.objects.filter(engagement=OuterRef("pk"), mois=mois)
    engagements = Engagement.objects.visibles_par(acteur).ouverts_aux_contrats()
    return Attente(
        engagements.filter(Exists(contrats), ~Exists(declares)),
        _ecrire_a_saisir,
        jour=Value(premier_jour(le)),
        mois=Value(mois),
        objet=Concat(
            "entreprise__raison_sociale", Value(" · "), "lot__marche__reference", Value(", lot "), "lot__numero"
        ),
        dossier=Q(lot__marche__facilitateur=acteur.utilisateur),
    )


def _ecrire_a_saisir(acteur: Acteur, lu: Lue) -> LigneAFaire:
    return lu.ligne(
        f"{mois_annee(lu.mois).capitalize()} · {lu.objet}",
        reverse("marches:engagement", args=[lu.uuid]),
        "rien n'est saisi",
        gestes=[
            Geste("Saisir", reverse("suivi:saisie", args=[lu.uuid, f"{lu.mois:%Y-%m}"])),
            Geste("Envoyer le lien", reverse("suivi:envoyer_lien", args=[lu.uuid])),
        ],
    )


@source("rendues", "Chez l'entreprise", "Mois rendus à corriger", roles=FACILITATEURS, ton="info", attend=True)
def mois_rendus(acteur: Acteur, le: datetime.date) -> Attente:
    rendues = Declaration.objects.visibles_par(acteur).filter(statut=StatutDeclaration.RENDUE)
    rendue = TruncDate("modifie_le")
    return _declarations(
        acteur,
        rendues.filter(~_a_appeler()),
        _ecrire_chez_l_entreprise,
        jour=rendue,
        dernier=rendue,
        etat=Value("rendu"),
    )


@source("attendues", "Chez l'entreprise", "Mois attendus", roles=FACILITATEURS, ton="info", attend=True)
def mois_attendus(acteur: Acteur, le: datetime.date) -> Attente:
    """Ouverts à la déclaration, pas encore dus."""
    ouverts = Declaration.objects.visibles_par(acteur).filter(
        statut__in=[StatutDeclaration.ATTENDUE, StatutDeclaration.COMMENCEE], echeance__gte=le
    )
    return _declarations(
        acteur,
        ouverts.filter(~_a_appeler()),
        _ecrire_chez_l_entreprise,
        jour="echeance",
        depuis="echeance",
        dernier=_relances(issue=IssueRelance.ENVOYEE),
        etat=Value("demandé"),
    )


def _ecrire_chez_l_entreprise(acteur: Acteur, lu: Lue) -> LigneAFaire:
    return lu.ligne(
        f"{mois_annee(lu.mois).capitalize()} · {lu.objet}",
        _page_du_mois(lu),
        f"pour le {jour(lu.depuis)}" if lu.depuis else "",
        f"{lu.etat} {il_y_a(lu.dernier, lu.le)}" if lu.dernier else "",
        [Geste("Relancer", reverse("suivi:envoyer_lien", args=[lu.cible]))],
    )


# --- L'entreprise ------------------------------------------------------------------------------------------------
def _mois_de_l_entreprise(acteur: Acteur, statuts: list[str]) -> Attente:
    declarations = Declaration.objects.visibles_par(acteur).filter(statut__in=statuts)
    return Attente(
        declarations,
        _ecrire_a_declarer,
        jour=Coalesce("echeance", TruncDate("modifie_le")),
        depuis="echeance",
        mois="mois",
        objet=Concat("engagement__lot__marche__reference", Value(", lot "), "engagement__lot__numero"),
        precision="motif_retour",
        etat="statut",
    )


@source("a_declarer", "À déclarer", "Mois à déclarer", roles=ENTREPRISES, liste="suivi:mes_declarations")
def mois_a_declarer(acteur: Acteur, le: datetime.date) -> Attente:
    return _mois_de_l_entreprise(acteur, [StatutDeclaration.ATTENDUE, StatutDeclaration.COMMENCEE])


@source("a_corriger", "À corriger", "Mois à corriger", roles=ENTREPRISES, ton="retard", liste="suivi:mes_declarations")
def mois_a_corriger(acteur: Acteur, le: datetime.date) -> Attente:
    return _mois_de_l_entreprise(acteur, [StatutDeclaration.RENDUE])


def _ecrire_a_declarer(acteur: Acteur, lu: Lue) -> LigneAFaire:
    page = reverse("suivi:declarer", args=[lu.uuid])
    a_corriger = lu.etat == StatutDeclaration.RENDUE
    commencee = "brouillon gardé" if lu.etat == StatutDeclaration.COMMENCEE else ""
    ligne = lu.ligne(
        f"{mois_annee(lu.mois).capitalize()} · {lu.objet}",
        page,
        f"avant le {jour(lu.depuis)}" if lu.depuis else "",
        lu.precision if a_corriger else commencee,
        [
            Geste("Corriger" if a_corriger else "Déclarer", page),
            *([] if a_corriger else [Geste("Aucune heure", reverse("suivi:aucune_heure", args=[lu.uuid]), poste=True)]),
        ],
    )
    en_retard = lu.depuis is not None and lu.depuis < lu.le and not a_corriger
    return replace(ligne, ton="retard", quoi="En retard") if en_retard else ligne
