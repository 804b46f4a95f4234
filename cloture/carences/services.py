"""Avant la pénalité : mettre en demeure, constater qu'aucun candidat n'a pu être présenté, régler délais et seuils."""

import datetime

from django.db import transaction
from django.utils import timezone

from cloture.enums import RemiseLettre
from cloture.models import Carence, MiseEnDemeure, ReglagesCloture
from cloture.penalites.preuves import les_parties
from cloture.permissions import peut_regler_la_fin, peut_tenir_la_fin
from comptes.acteur import Acteur
from comptes.papier_a_entete import logo_du_jour
from declarations.enums import StatutDeclaration
from marches.models import Engagement
from socle.regles import RegleViolee
from socle.services.documents import demander_document
from socle.services.enregistrement import ecrire, modifier, verrouiller, verrouiller_les_reglages
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    mise_en_demeure="Mise en demeure enregistrée",
    mise_en_demeure_remise="Remise de la mise en demeure datée",
    carence_constatee="Carence de candidats constatée",
    carence_annulee="Constat de carence annulé",
    fin_reglee="Délais et seuils de fin réglés",
)
GENRE_MISE_EN_DEMEURE = "mise_en_demeure"


def tenir_l_engagement(*, acteur: Acteur, engagement: Engagement) -> Engagement:
    """L'engagement, qui sert de verrou à tout ce qui le finit, avec son marché et ses parties."""
    parties = ("entreprise", "lot__marche__maitre_ouvrage", "lot__marche__structure", "lot__marche__facilitateur")
    engagement = verrouiller(Engagement.objects.select_related(*parties), acteur, engagement)
    peut_tenir_la_fin(acteur, engagement).exiger()
    return engagement


def verifier_le_jour(jour: datetime.date, *, champ: str, depuis: datetime.date | None = None) -> None:
    """Une date dite après coup : jamais à venir, jamais avant ce dont elle dépend."""
    if jour > timezone.localdate():
        raise RegleViolee("Cette date est à venir.", champ=champ)
    if depuis and jour < depuis:
        raise RegleViolee(f"Cette date précède le {depuis:%d/%m/%Y}.", champ=champ)


@transaction.atomic
def mettre_en_demeure(*, acteur: Acteur, engagement: Engagement, le: datetime.date, objet: str) -> MiseEnDemeure:
    """Enregistre une mise en demeure et prépare sa lettre, avec les mois qui manquent ce jour-là. Rien ne court encore."""
    engagement = tenir_l_engagement(acteur=acteur, engagement=engagement)
    verifier_le_jour(le, champ="le", depuis=engagement.lot.marche.debut)
    attendus = engagement.declarations.filter(statut__in=StatutDeclaration.chez_l_entreprise(), echeance__lt=le)
    mise_en_demeure = MiseEnDemeure(engagement=engagement, auteur=acteur.utilisateur)
    mise_en_demeure.parties = {
        **les_parties(engagement),
        "attendus": [
            {"mois": mois.isoformat(), "echeance": echeance.isoformat()}
            for mois, echeance in attendus.order_by("mois", "pk").values_list("mois", "echeance")
            if echeance
        ],
    }
    ecrire(mise_en_demeure, {"le": le, "objet": objet.strip()})
    mise_en_demeure.document = demander_document(
        acteur=acteur,
        genre=GENRE_MISE_EN_DEMEURE,
        titre=f"Mise en demeure, marché {engagement.lot.marche.reference}",
        nom_fichier=f"mise-en-demeure-{engagement.lot.marche.reference}-{le.isoformat()}.pdf",
        parametres={"mise_en_demeure": str(mise_en_demeure.uuid), **logo_du_jour(engagement.lot.marche.structure)},
        expire_le=None,
    )
    mise_en_demeure.save(update_fields=["document", "modifie_le"])
    noter(acteur=acteur, action="mise_en_demeure", objet=engagement.lot.marche, le=le, motif=mise_en_demeure.objet)
    return mise_en_demeure


@transaction.atomic
def remettre_la_mise_en_demeure(
    *, acteur: Acteur, mise_en_demeure: MiseEnDemeure, remise: str, le: datetime.date
) -> MiseEnDemeure:
    """Le facilitateur dit comment et quand elle est parvenue : les jours de retard courent de là. Une seule fois."""
    engagement = tenir_l_engagement(acteur=acteur, engagement=mise_en_demeure.engagement)
    mise = verrouiller(MiseEnDemeure.objects, acteur, mise_en_demeure, engagement=engagement)
    if mise.remise_le:
        raise RegleViolee(f"Sa remise est déjà datée du {mise.remise_le:%d/%m/%Y}.", champ="le")
    verifier_le_jour(le, champ="le", depuis=mise.le)
    ecrire(mise, {"remise": RemiseLettre(remise), "remise_le": le})
    noter(
        acteur=acteur,
        action="mise_en_demeure_remise",
        objet=engagement.lot.marche,
        le=le,
        remise=RemiseLettre(remise).label,
    )
    return mise


@transaction.atomic
def constater_carence(*, acteur: Acteur, engagement: Engagement, **valeurs) -> Carence:
    """Enregistre qu'aucun candidat n'a pu être présenté. Ses heures neutralisées sortiront des pénalités à venir."""
    engagement = tenir_l_engagement(acteur=acteur, engagement=engagement)
    verifier_le_jour(valeurs["constatee_le"], champ="constatee_le", depuis=engagement.lot.marche.date_du_droit)
    offre = valeurs.get("offre")
    if offre and offre.engagement_id != engagement.pk:
        raise RegleViolee("Cette offre n'est pas de cet engagement.", champ="offre")
    if offre and valeurs["postes"] > offre.postes:
        raise RegleViolee(f"Cette offre n'a que {offre.postes} poste(s).", champ="postes")
    exiger_la_portee(acteur, valeurs)
    carence = Carence(engagement=engagement, auteur=acteur.utilisateur)
    ecrire(carence, {**valeurs, "heures_neutralisees": valeurs.get("heures_neutralisees") or 0})
    noter(
        acteur=acteur,
        action="carence_constatee",
        objet=engagement.lot.marche,
        lot=engagement.lot.numero,
        heures=carence.heures_neutralisees,
        motif=carence.motif,
    )
    return carence


@transaction.atomic
def annuler_carence(*, acteur: Acteur, carence: Carence) -> None:
    """Annule un constat saisi par erreur ; les pénalités déjà proposées gardent leurs preuves jusqu'au prochain calcul."""
    engagement = tenir_l_engagement(acteur=acteur, engagement=carence.engagement)
    carence = verrouiller(Carence.objects, acteur, carence, engagement=engagement)
    if carence.annulee_le is None:
        carence.annulee_le = timezone.now()
        carence.save(update_fields=["annulee_le", "modifie_le"])
        noter(acteur=acteur, action="carence_annulee", objet=engagement.lot.marche, lot=engagement.lot.numero)


@transaction.atomic
def regler_la_fin(*, acteur: Acteur, **valeurs) -> ReglagesCloture:
    """Les délais et les seuils de la fin ; ce qui est déjà constaté n'en change pas."""
    peut_regler_la_fin(acteur).exiger()
    reglages = verrouiller_les_reglages(ReglagesCloture, acteur.organisation)
    modifier(reglages, valeurs, acteur=acteur, action="fin_reglee", sur=acteur.organisation)
    return reglages
