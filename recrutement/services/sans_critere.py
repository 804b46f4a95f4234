"""Consigner pourquoi les heures d'une personne sans critère comptent : sans motif, aucun mois ne se valide avec elles."""

from django.db import transaction
from django.utils import timezone

from beneficiaires.sans_nom import exiger_sans_nom
from comptes.acteur import Acteur
from recrutement.eligibilite import est_sans_critere
from recrutement.models import Contrat, MotifSansCritere
from recrutement.permissions import peut_gerer_les_contrats
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(sans_critere_consigne="Motif consigné pour compter des heures sans critère")


@transaction.atomic
def consigner_le_motif(*, acteur: Acteur, contrat: Contrat, motif: str, champ: str = "motif") -> MotifSansCritere:
    """Consigne le motif, ou le corrige ; le journal dit qui et quand, jamais le texte. `champ` : où un refus se montre."""
    contrat = verrouiller(Contrat.objects.select_related("beneficiaire"), acteur, contrat)
    peut_gerer_les_contrats(acteur).exiger()
    if not est_sans_critere(contrat):
        raise RegleViolee(
            "Un critère valait au premier jour de ce contrat : aucun motif n'est à consigner.", champ=champ
        )
    if not (motif := motif.strip()):
        raise RegleViolee("Dites pourquoi ses heures comptent.", champ=champ)
    exiger_sans_nom(motif, [contrat.beneficiaire], champ)
    consigne = MotifSansCritere.objects.filter(contrat=contrat).first() or MotifSansCritere(contrat=contrat)
    if consigne.motif == motif:
        return consigne
    signe = {"consigne_le": timezone.localdate(), "consigne_par": acteur.utilisateur}
    ecrire(consigne, {"motif": motif, **signe})
    noter(acteur=acteur, action="sans_critere_consigne", objet=contrat)
    return consigne
