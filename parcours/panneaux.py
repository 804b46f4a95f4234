"""Ce que devient une personne, ce qu'elle et son employeur en disent, à lire où on la suit."""

from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from comptes.enums import FACILITATEURS, Role
from marches.models import Marche
from parcours.enums import PublicInterroge, Situation, StatutPoint, Terme
from parcours.models import PointSuivi, Questionnaire
from parcours.sorties import SEUIL, compter_sorties
from socle.panneaux import panneau
from socle.tables import Colonne, Genre, lignes

TERME = Colonne("Terme", lambda p: Terme(p.terme).label)
DU_LE = Colonne("Dû le", lambda p: p.du_le, Genre.DATE)
ETAT = Colonne("État", lambda p: StatutPoint(p.statut), Genre.STATUT)
SITUATION = Colonne("Situation", lambda p: Situation(p.situation).label if p.situation else None)
MONTRES = 25


@panneau("beneficiaires.parcours", gabarit="parcours/panneau_points.html", acces=FACILITATEURS, ordre=20)
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


@panneau("beneficiaires.beneficiaire", gabarit="parcours/panneau_points.html", acces={Role.PRESCRIPTEUR}, ordre=8)
def points_de_ma_personne(acteur, personne: Beneficiaire) -> dict:
    """Ce que j'ai répondu de ce qu'elle devient, à relire et à corriger."""
    adresse = Colonne(
        "Terme", TERME.valeur, lien=lambda p: reverse("suivi:point_referent", args=[p.uuid]), principale=True
    )
    repondu = Colonne("Répondu le", lambda p: p.repondu_le and timezone.localdate(p.repondu_le), Genre.DATE)
    colonnes = [adresse, DU_LE, ETAT, SITUATION, repondu]
    points = PointSuivi.objects.visibles_par(acteur).filter(contrat__beneficiaire=personne)
    return {
        "titre": "Après les contrats",
        "colonnes": colonnes,
        "lignes": lignes(points, colonnes),
        "vide": "Aucune nouvelle ne vous est demandée pour l'instant.",
    }


MOINS_DE_CINQ = f"Moins de {SEUIL} personnes : leur situation ne se détaille pas."
TROP_PETITS = "Des effectifs sont trop petits pour être détaillés."


@panneau(
    "marches.marche", gabarit="parcours/panneau_sorties.html", acces=FACILITATEURS | {Role.MAITRE_OUVRAGE}, ordre=30
)
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


@panneau("recrutement.contrat", gabarit="parcours/panneau_avis.html", acces=FACILITATEURS, ordre=30)
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


@panneau("marches.marche", gabarit="parcours/panneau_synthese.html", acces=FACILITATEURS, ordre=40)
def avis_du_marche(acteur, marche: Marche) -> dict:
    repondus = Questionnaire.objects.visibles_par(acteur).filter(
        contrat__engagement__lot__marche=marche, repondu_le__isnull=False
    )
    return {"nombre": repondus.count(), "adresse": reverse("suivi:synthese", args=[marche.uuid])}
