"""Ce que le suivi ajoute aux fiches des étages du dessous : les mois."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from comptes.enums import FACILITATEURS, Role
from marches.models import Engagement, Marche
from recrutement.enums import Modalite
from socle.composants import CaseMois
from socle.panneaux import panneau
from socle.tables import Colonne, Genre, lignes
from suivi.alertes import MoisLu, lire_l_engagement, lire_le_marche
from suivi.enums import PublicInterroge, Situation, StatutAnnonce, StatutDeclaration, StatutPoint, Terme
from suivi.figures import courbe_de
from suivi.models import Declaration, LigneHeures, PointSuivi, Questionnaire
from suivi.panneaux_relances import relances_de_l_engagement
from suivi.projection import projeter
from suivi.sorties import SEUIL, compter_sorties


def avec_total(declarations):
    return declarations.select_related("engagement").order_by("mois", "pk").annotate(total=Sum("lignes__heures"))


def cases(declarations: Iterable[Declaration]) -> list[CaseMois]:
    """Une case par mois déclaré d'un engagement (lu par `avec_total`)."""
    return [_case(declaration.mois, [declaration]) for declaration in declarations]


def cases_du_marche(mois_lus: list[MoisLu]) -> list[CaseMois]:
    """Une case par mois d'un marché, de ses engagements réunis."""
    par_mois: dict = {}
    for lu in sorted(mois_lus, key=lambda lu: lu.mois):
        par_mois.setdefault(lu.mois, []).append(lu)
    return [_case(mois, du_mois) for mois, du_mois in par_mois.items()]


def _case(mois, declarations) -> CaseMois:
    # Le moins avancé des engagements du mois dit l'état de la case.
    ordre = list(StatutDeclaration)
    statut = min((StatutDeclaration(declaration.statut) for declaration in declarations), key=ordre.index)
    seule = declarations[0] if len(declarations) == 1 else None
    return CaseMois(
        mois=mois,
        libelle=statut.label,
        ton=statut.ton,
        valeur=sum((declaration.total or 0) for declaration in declarations),
        lien=seule.get_absolute_url() if seule else "",
    )


@panneau(
    "marches.marche", gabarit="suivi/panneau_projection.html", acces=FACILITATEURS | {Role.MAITRE_OUVRAGE}, ordre=20
)
def projection_du_marche(acteur, marche: Marche) -> dict:
    """Où le marché finira, et ses mois : les deux se lisent dans les mêmes faits. L'acheteur a la phrase et la courbe."""
    aujourd_hui = timezone.localdate()
    lu = lire_le_marche(marche, aujourd_hui)
    return {
        "projection": lu.projection,
        "courbe": courbe_de(lu.execution, aujourd_hui) if lu.projection else None,
        "mois": {"cases": cases_du_marche(lu.mois)} if acteur.est_facilitateur else None,
    }


@panneau(
    "marches.engagement", gabarit="suivi/panneau_projection.html", acces=FACILITATEURS | {Role.ENTREPRISE}, ordre=5
)
def projection_de_l_engagement(acteur, engagement: Engagement) -> dict:
    """Où l'engagement finira : l'entreprise lit la même phrase que le facilitateur."""
    aujourd_hui = timezone.localdate()
    execution = lire_l_engagement(engagement, aujourd_hui)
    return {
        "projection": projeter(execution, aujourd_hui) if execution else None,
        "courbe": courbe_de(execution, aujourd_hui) if execution else None,
    }


@panneau("marches.engagement", gabarit="suivi/panneau_mois.html", acces=FACILITATEURS, ordre=20)
def mois_de_l_engagement(acteur, engagement: Engagement) -> dict:
    declarations = Declaration.objects.visibles_par(acteur).filter(engagement=engagement).avec_dernier_palier()
    lues = list(avec_total(declarations))
    saisir = reverse("suivi:choix_mois", args=[engagement.uuid]) if acteur.peut_ecrire else ""
    envoyer = reverse("suivi:envoyer_lien", args=[engagement.uuid]) if acteur.peut_ecrire else ""
    relances = relances_de_l_engagement(acteur, engagement, lues)
    liens = reverse("suivi:liens_de_declaration", args=[engagement.uuid]) if acteur.peut_ecrire else ""
    return {"cases": cases(lues), "saisir": saisir, "envoyer": envoyer, "liens": liens, "relances": relances}


@panneau("suivi.declaration", gabarit="suivi/panneau_annonces.html", acces=FACILITATEURS, ordre=10)
def annonces_de_la_declaration(acteur, declaration: Declaration) -> dict:
    """Ce que l'entreprise a joint à ses heures : départs, personnes embauchées, justificatifs."""
    departs = declaration.departs.exclude(statut=StatutAnnonce.RETIREE).select_related("contrat__beneficiaire")
    personnes = declaration.personnes_annoncees.exclude(statut=StatutAnnonce.RETIREE)
    annonces = {"departs": list(departs), "personnes": list(personnes.select_related("contrat"))}
    for annonce in (*annonces["departs"], *annonces["personnes"]):
        annonce.etat = StatutAnnonce(annonce.statut)
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


@panneau("recrutement.contrat", gabarit="suivi/panneau_heures.html", acces=FACILITATEURS, ordre=20)
def heures_du_contrat(acteur, contrat) -> dict:
    lignes = list(LigneHeures.objects.filter(contrat=contrat).select_related("declaration").order_by("mois"))
    for ligne in lignes:
        ligne.etat = StatutDeclaration(ligne.declaration.statut)
    return {
        "lignes": lignes,
        "formation": any(ligne.heures_formation for ligne in lignes),
        "total": sum(ligne.heures for ligne in lignes),
    }


@panneau("marches.engagement", gabarit="suivi/panneau_modalites.html", acces=FACILITATEURS, ordre=15)
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


TERME = Colonne("Terme", lambda p: Terme(p.terme).label)
DU_LE = Colonne("Dû le", lambda p: p.du_le, Genre.DATE)
ETAT = Colonne("État", lambda p: StatutPoint(p.statut), Genre.STATUT)
SITUATION = Colonne("Situation", lambda p: Situation(p.situation).label if p.situation else None)
MONTRES = 25


@panneau("beneficiaires.parcours", gabarit="suivi/panneau_points.html", acces=FACILITATEURS, ordre=20)
def points_de_la_personne(acteur, personne: Beneficiaire) -> dict:
    """Ce qu'elle devient après chaque contrat."""
    marche = Colonne("Contrat", lambda p: p.contrat.identifiant)
    lien = (lambda p: p.get_absolute_url()) if acteur.peut_ecrire else None
    colonnes = [Colonne("Terme", TERME.valeur, lien=lien, principale=True), marche, DU_LE, ETAT, SITUATION]
    points = PointSuivi.objects.visibles_par(acteur).filter(contrat__beneficiaire=personne).avec_contexte()
    return {
        "titre": "Après les contrats",
        "colonnes": colonnes,
        "lignes": lignes(points, colonnes),
        "vide": "Aucun contrat n'est encore fini.",
    }


MOINS_DE_CINQ = f"Moins de {SEUIL} personnes : leur situation ne se détaille pas."
TROP_PETITS = "Des effectifs sont trop petits pour être détaillés."


@panneau("marches.marche", gabarit="suivi/panneau_sorties.html", acces=FACILITATEURS | {Role.MAITRE_OUVRAGE}, ordre=30)
def sorties_du_marche(acteur, marche: Marche) -> dict:
    """Ce que sont devenues les personnes du marché, au dernier point connu de chacune : des nombres, jamais des noms.

    Hors de la structure, rien ne s'y détaille dès qu'un effectif va de 1 à 4.
    """
    points = PointSuivi.objects.filter(
        contrat__engagement__lot__marche=marche, statut__in=[StatutPoint.REPONDU, StatutPoint.INJOIGNABLE]
    )
    derniers: dict[int, tuple[str, str]] = {}
    lus = points.order_by("du_le", "pk").values_list("contrat__beneficiaire", "statut", "situation")
    for personne, statut, situation in lus:
        if statut == StatutPoint.REPONDU or personne not in derniers:
            derniers[personne] = (statut, situation)
    connues = [situation for statut, situation in derniers.values() if statut == StatutPoint.REPONDU]
    sorties = compter_sorties(connues, len(derniers) - len(connues))
    masque = ""
    if not acteur.est_facilitateur and sorties.sont_trop_petites:
        masque = MOINS_DE_CINQ if sorties.personnes < SEUIL else TROP_PETITS
    return {"sorties": sorties, "masque": masque}


@panneau("recrutement.contrat", gabarit="suivi/panneau_avis.html", acces=FACILITATEURS, ordre=30)
def avis_du_contrat(acteur, contrat) -> dict:
    """Le bilan qualitatif : ce que la personne et l'employeur ont répondu, ou ce qu'on peut leur demander."""
    connus = {questionnaire.public: questionnaire for questionnaire in contrat.questionnaires.all()}
    avis = []
    for public in PublicInterroge:
        connu = connus.get(public)
        repondu, demande = bool(connu and connu.repondu_le), bool(connu and connu.demande_le)
        etat = "Pas encore demandé"
        if connu and connu.repondu_le:
            etat = f"Répondu le {timezone.localdate(connu.repondu_le):%d/%m/%Y}"
        elif connu and connu.demande_le:
            etat = f"Demandé le {connu.demande_le:%d/%m/%Y}, sans réponse"
        avis.append(
            {
                "libelle": public.label,
                "etat": etat,
                "repondu": repondu,
                "demande": demande,
                "adresse": reverse("suivi:questionnaire", args=[contrat.uuid, public]),
                "demander": reverse("suivi:questionnaire_demander", args=[contrat.uuid, public]),
            }
        )
    return {"avis": avis, "ecrire": acteur.peut_ecrire}


@panneau("marches.marche", gabarit="suivi/panneau_synthese.html", acces=FACILITATEURS, ordre=40)
def avis_du_marche(acteur, marche: Marche) -> dict:
    repondus = Questionnaire.objects.visibles_par(acteur).filter(
        contrat__engagement__lot__marche=marche, repondu_le__isnull=False
    )
    return {"nombre": repondus.count(), "adresse": reverse("suivi:synthese", args=[marche.uuid])}
