"""Les mois et leurs heures, à lire sur la page d'un marché, d'un engagement, d'un contrat."""

import datetime
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone

from beneficiaires.doublons import dossiers_au_nom_voisin
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from declarations.enums import StatutAnnonce, StatutDeclaration
from declarations.models import Declaration, LigneHeures
from declarations.relances.panneaux import relances_de_l_engagement
from entreprises.models import Entreprise
from marches.enums import StatutMarche
from marches.models import Engagement, Marche
from recrutement.enums import Modalite
from socle.composants import CaseMois
from socle.panneaux import UN_GESTE, panneau
from socle.periodes import ajouter_mois
from socle.tables import Colonne, Genre, lignes


def avec_total(declarations):
    return declarations.select_related("engagement").order_by("mois", "pk").annotate(total=Sum("lignes__heures"))


def cases(declarations: Sequence[Declaration], le: datetime.date) -> list[CaseMois]:
    """Une case par mois d'un engagement (lu par `avec_total`), du premier au dernier ; un mois jamais ouvert se voit."""
    par_mois = {declaration.mois: declaration for declaration in declarations}
    return [
        case_du_mois(mois, [par_mois[mois]], en_retard=par_mois[mois].est_en_retard(le))
        if mois in par_mois
        else CaseMois(mois, "Pas ouvert")
        for mois in _suite_des_mois(par_mois)
    ]


def _suite_des_mois(connus: Collection[datetime.date]) -> Iterator[datetime.date]:
    mois = min(connus, default=None)
    while mois is not None and mois <= max(connus):
        yield mois
        mois = ajouter_mois(mois, 1)


def case_du_mois(mois: datetime.date, declarations: Sequence[Any], *, en_retard: bool = False) -> CaseMois:
    """L'état du moins avancé des engagements du mois. Rien reçu n'est pas « 0 h »."""
    ordre = list(StatutDeclaration)
    statut = min((StatutDeclaration(declaration.statut) for declaration in declarations), key=ordre.index)
    recues = [declaration.total for declaration in declarations if declaration.total is not None]
    seule = declarations[0] if len(declarations) == 1 else None
    return CaseMois(
        mois=mois,
        libelle="En retard" if en_retard else statut.label,
        ton="retard" if en_retard else statut.ton,
        valeur=sum(recues) if recues else None,
        lien=seule.get_absolute_url() if seule else "",
    )


@panneau("marches.engagement", gabarit="declarations/panneau_mois.html", acces=FACILITATEURS, ordre=20)
def mois_de_l_engagement(acteur, engagement: Engagement) -> dict:
    declarations = Declaration.objects.visibles_par(acteur).filter(engagement=engagement).avec_dernier_palier()
    lues = list(avec_total(declarations))
    envoyer = reverse("suivi:envoyer_lien", args=[engagement.uuid]) if acteur.peut_ecrire else ""
    relances = relances_de_l_engagement(acteur, engagement, lues)
    liens = reverse("suivi:liens_de_declaration", args=[engagement.uuid]) if acteur.peut_ecrire else ""
    return {
        "cases": cases(lues, timezone.localdate()),
        "grille": reverse("suivi:grille_engagement", args=[engagement.uuid]),
        "envoyer": envoyer,
        "liens": liens,
        "relances": relances,
    }


@panneau("marches.engagement.gestes", gabarit=UN_GESTE, acces=FACILITATEURS, ordre=10)
def saisir_des_heures(acteur, engagement: Engagement) -> dict:
    return {"libelle": "Saisir des heures", "url": reverse("suivi:grille_engagement", args=[engagement.uuid])}


@panneau("marches.marche.gestes", gabarit=UN_GESTE, acces=FACILITATEURS, ordre=5)
def heures_du_mois(acteur, marche: Marche) -> dict:
    """Le prochain pas d'un marché en exécution : les heures du mois fini, tous lots."""
    if marche.statut != StatutMarche.EXECUTION:
        return {"libelle": "", "url": "", "principal": False}
    url = f"{reverse('suivi:grille')}?{urlencode({'recherche': marche.reference})}"
    return {"libelle": "Heures du mois", "url": url, "principal": True}


@panneau(
    "entreprises.entreprise",
    gabarit="declarations/panneau_fichier.html",
    acces=FACILITATEURS_QUI_ECRIVENT,
    ordre=15,
    cote=True,
)
def fichier_d_heures(acteur, entreprise: Entreprise) -> dict:
    return {"deposer": reverse("suivi:fichier_heures", args=[entreprise.uuid])}


@panneau("recrutement.contrat.gestes", gabarit=UN_GESTE, acces=FACILITATEURS, ordre=10)
def saisir_ses_heures(acteur, contrat) -> dict:
    return saisir_des_heures(acteur, contrat.engagement)


@panneau("declarations.declaration", gabarit="declarations/panneau_annonces.html", acces=FACILITATEURS, ordre=10)
def annonces_de_la_declaration(acteur, declaration: Declaration) -> dict:
    """Ce que l'entreprise a joint à ses heures : départs, personnes embauchées, justificatifs."""
    departs = declaration.departs.exclude(statut=StatutAnnonce.RETIREE).select_related("contrat__beneficiaire")
    personnes = declaration.personnes_annoncees.exclude(statut=StatutAnnonce.RETIREE)
    annonces: dict[str, list[Any]] = {"departs": list(departs), "personnes": list(personnes.select_related("contrat"))}
    for annonce in (*annonces["departs"], *annonces["personnes"]):
        annonce.etat = StatutAnnonce(annonce.statut)
    for annonce in annonces["personnes"]:
        annonce.connues = dossiers_au_nom_voisin(acteur, annonce.nom, annonce.prenom) if annonce.est_a_traiter else []
    return {
        **annonces,
        "justificatifs": list(declaration.justificatifs.joints()),
        "ecrire": acteur.peut_ecrire,
        "rectifier": reverse("suivi:rouvrir", args=[declaration.uuid]) if declaration.est_validee else "",
    }


COLONNES_MODALITES = [
    Colonne("Employeur", lambda m: m["contrat__employeur__raison_sociale"], principale=True),
    Colonne("Modalité", lambda m: m["modalite"]),
    Colonne("Personnes", lambda m: m["personnes"], Genre.NOMBRE),
    Colonne("Heures validées", lambda m: m["heures"], Genre.HEURES),
    Colonne("Part", lambda m: m["part"], Genre.POURCENT),
]


@panneau("recrutement.contrat", gabarit="declarations/panneau_heures.html", acces=FACILITATEURS, ordre=20)
def heures_du_contrat(acteur, contrat) -> dict:
    lignes = list(LigneHeures.objects.filter(contrat=contrat).select_related("declaration").order_by("mois"))
    for ligne in lignes:
        ligne.etat = StatutDeclaration(ligne.declaration.statut)  # type: ignore[attr-defined]  # pour le gabarit
    return {
        "lignes": lignes,
        "formation": any(ligne.heures_formation for ligne in lignes),
        "total": sum(ligne.heures for ligne in lignes),
    }


@panneau("marches.engagement", gabarit="declarations/panneau_modalites.html", acces=FACILITATEURS, ordre=15)
def modalites_de_l_engagement(acteur, engagement: Engagement) -> dict:
    """Par qui et comment les heures se font : l'entreprise, ses sous-traitants, ses cotraitants, la mise à disposition."""
    validees = LigneHeures.objects.visibles_par(acteur).validees().filter(declaration__engagement=engagement)
    parts = validees.order_by().values("contrat__modalite", "contrat__employeur__raison_sociale")
    lus = list(parts.annotate(heures=Sum("heures"), personnes=Count("contrat__beneficiaire", distinct=True)))
    total = sum((Decimal(lu["heures"]) for lu in lus), Decimal(0))
    for lu in lus:
        lu["modalite"] = Modalite(lu["contrat__modalite"]).label
        lu["part"] = Decimal(lu["heures"]) * 100 / total if total else None
    colonnes = COLONNES_MODALITES
    return {"colonnes": colonnes, "lignes": lignes(sorted(lus, key=lambda lu: -lu["heures"]), colonnes)}
