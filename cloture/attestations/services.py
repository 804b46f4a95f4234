"""Émettre l'attestation de fin d'opération : tous les mois validés, des données figées, un numéro, une empreinte."""

from django.db import transaction
from django.utils import timezone

from cloture.attestations.composition import composer, empreinte_de
from cloture.carences.services import tenir_l_engagement
from cloture.constat import Constat, constater, est_fini, mois_ouverts, reglages_de_cloture
from cloture.models import Attestation
from comptes.acteur import Acteur
from comptes.models import Organisation
from comptes.papier_a_entete import logo_du_jour
from marches.models import Engagement
from socle.nombres import mois_annee
from socle.regles import RegleViolee, Verdict, non
from socle.services.documents import demander_document
from socle.services.journal import declarer_actions, noter

declarer_actions(
    attestation_emise="Attestation de fin d'opération émise",
    attestation_remplacee="Attestation de fin d'opération remplacée",
)
GENRE_ATTESTATION = "attestation"


def lire_si_attestable(constat: Constat, ouverts: list) -> Verdict:
    """L'engagement est fini, et plus aucun mois n'attend."""
    if constat.engagement.est_archive or constat.marche.est_archive:
        return non("Cet engagement est archivé.")
    if not est_fini(constat.marche, constat.le):
        return non(f"Le marché n'est pas fini : soldez-le, ou attendez le {constat.marche.fin:%d/%m/%Y}.")
    if ouverts:
        mois = ", ".join(mois_annee(ouvert.mois) for ouvert in ouverts)
        return non(f"Il reste à valider : {mois}.")
    return Verdict(True)


@transaction.atomic
def emettre_attestation(
    *, acteur: Acteur, engagement: Engagement, signataire: str, qualite: str = "", motif: str = ""
) -> Attestation:
    """Atteste ce que l'engagement a tenu. Une seconde remplace la première, et dit pourquoi (`motif`)."""
    engagement = tenir_l_engagement(acteur=acteur, engagement=engagement)
    structure = Organisation.objects.select_for_update().get(
        pk=engagement.lot.marche.structure_id
    )  # numéros à la suite
    constat = constater(engagement)
    if not (verdict := lire_si_attestable(constat, mois_ouverts(constat))):
        raise RegleViolee(verdict.motif)
    ancienne = Attestation.objects.select_for_update().courantes().filter(engagement=engagement).first()
    if ancienne and not motif.strip():
        raise RegleViolee("Une attestation est déjà émise : dites pourquoi la remplacer.", champ="motif")
    numero = _numero_suivant(structure)
    donnees = {
        **composer(constat, reglages_de_cloture(structure)),
        "numero": numero,
        "emise_le": constat.le.isoformat(),
        "signataire": {"nom": signataire.strip(), "qualite": qualite.strip()},
        "remplace": {"numero": ancienne.numero, "motif": motif.strip()} if ancienne else None,
    }
    if ancienne:
        _remplacer(acteur, ancienne, motif.strip())
    attestation = _enregistrer(acteur, structure, engagement, donnees)
    noter(acteur=acteur, action="attestation_emise", objet=engagement.lot.marche, numero=numero, motif=motif.strip())
    return attestation


def _numero_suivant(structure: Organisation) -> str:
    """« 2026-0007 » : à la suite, sans trou, dans l'année et la structure."""
    annee = timezone.localdate().year
    deja = Attestation.objects.filter(structure=structure, numero__startswith=f"{annee}-").count()
    return f"{annee}-{deja + 1:04d}"


def _remplacer(acteur: Acteur, ancienne: Attestation, motif: str) -> None:
    ancienne.remplacee_le, ancienne.motif_remplacement = timezone.now(), motif
    ancienne.full_clean()
    ancienne.save()
    marche = ancienne.engagement.lot.marche
    noter(acteur=acteur, action="attestation_remplacee", objet=marche, numero=ancienne.numero, motif=motif)


def _enregistrer(acteur: Acteur, structure: Organisation, engagement: Engagement, donnees: dict) -> Attestation:
    attestation = Attestation(
        structure=structure,
        engagement=engagement,
        numero=donnees["numero"],
        verdict=donnees["verdict"],
        donnees=donnees,
        empreinte=empreinte_de(donnees),
        emise_le=donnees["emise_le"],
        emise_par=acteur.utilisateur,
    )
    attestation.full_clean()
    attestation.document = demander_document(
        acteur=acteur,
        genre=GENRE_ATTESTATION,
        titre=f"Attestation {attestation.numero}, marché {engagement.lot.marche.reference}",
        nom_fichier=f"attestation-{attestation.numero}.pdf",
        parametres={"attestation": str(attestation.uuid), **logo_du_jour(structure)},
        expire_le=None,
    )
    attestation.save()
    return attestation
