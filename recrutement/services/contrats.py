"""Les gestes sur un contrat : conclure, modifier, archiver."""

import re
from collections.abc import Collection, Sequence

from django.db import transaction

from beneficiaires.models import Beneficiaire
from comptes.acteur import Acteur
from comptes.models import Organisation
from entreprises.models import Entreprise
from marches.models import Engagement
from marches.services.suivi_achat import cocher_ce_qui_est_fait
from recrutement.models import Contrat
from recrutement.permissions import peut_gerer_les_contrats, peut_modifier_contrat
from socle.periodes import dernier_jour
from socle.regles import RegleViolee
from socle.services.enregistrement import basculer_archive, ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.masse import creer_en_masse, modifier_en_masse
from socle.services.portee import exiger_la_portee, exiger_la_portee_des_lignes

declarer_actions(
    contrat_conclu="Contrat conclu",
    contrat_modifie="Contrat modifié",
    contrat_archive="Contrat archivé",
    contrat_reactive="Contrat sorti de l'archive",
)
MOTIF_REPRISE = "Reprise d'un classeur"


def prochain_identifiant(structure: Organisation) -> str:
    """« C-0212 » : le numéro qui suit le plus grand déjà donné par la structure."""
    numeros = Contrat.objects.filter(structure=structure, identifiant__startswith="C-").values_list(
        "identifiant", flat=True
    )
    rangs = [int(trouve[1]) for numero in numeros.iterator() if (trouve := re.fullmatch(r"C-(\d{1,9})", numero))]
    return f"C-{max(rangs, default=0) + 1:04d}"


@transaction.atomic
def conclure_contrat(
    *,
    acteur: Acteur,
    beneficiaire: Beneficiaire,
    engagement: Engagement,
    employeur: Entreprise,
    identifiant: str = "",
    **valeurs,
) -> Contrat:
    """Enregistre le contrat de travail d'une personne sur un engagement ouvert, chez un employeur du suivi."""
    peut_gerer_les_contrats(acteur).exiger()
    structure = Organisation.objects.select_for_update().get(pk=acteur.agit_pour.pk)
    _verifier_portee(acteur, beneficiaire, engagement)
    exiger_la_portee(acteur, {"employeur": employeur, **valeurs})
    contrat = Contrat(structure=structure)
    if employeur.pk == engagement.entreprise_id:
        valeurs.setdefault("tuteur", engagement.tuteur)
    ecrire(
        contrat,
        {
            "identifiant": identifiant or prochain_identifiant(structure),
            "beneficiaire": beneficiaire,
            "engagement": engagement,
            "employeur": employeur,
            **valeurs,
        },
    )
    cocher_ce_qui_est_fait(engagement.lot.marche, "embaucher", contrat.debut)
    noter(acteur=acteur, action="contrat_conclu", objet=contrat)
    return contrat


def _verifier_portee(acteur: Acteur, beneficiaire: Beneficiaire, engagement: Engagement) -> None:
    if not Beneficiaire.objects.visibles_par(acteur).actifs().filter(pk=beneficiaire.pk).exists():
        raise RegleViolee("Cette personne n'a pas de dossier ouvert dans votre structure.", champ="beneficiaire")
    if not Engagement.objects.visibles_par(acteur).ouverts_aux_contrats().filter(pk=engagement.pk).exists():
        raise RegleViolee("Ce marché n'est pas ouvert aux contrats : il doit être attribué.", champ="engagement")


@transaction.atomic
def modifier_contrat(*, acteur: Acteur, contrat: Contrat, **valeurs) -> Contrat:
    """Change les termes du contrat ; des dates qui laisseraient des heures dehors sont refusées."""
    contrat = verrouiller(Contrat.objects.avec_contexte(), acteur, contrat)
    peut_modifier_contrat(acteur, contrat).exiger()
    if modifier(contrat, valeurs, acteur=acteur, action="contrat_modifie"):
        _verifier_les_heures(contrat)
    return contrat


def _verifier_les_heures(contrat: Contrat) -> None:
    lignes = contrat.lignes_heures.filter(heures__gt=0)
    premiere, derniere = lignes.order_by("mois").first(), lignes.order_by("mois").last()
    if premiere and dernier_jour(premiere.mois) < contrat.debut:
        raise RegleViolee("Des heures sont déjà enregistrées avant cette date.", champ="debut")
    if derniere and contrat.fin and derniere.mois > contrat.fin:
        raise RegleViolee(
            "Des heures sont déjà enregistrées après cette date.",
            champ="fin_reelle" if contrat.fin_reelle else "fin_prevue",
        )


@transaction.atomic
def reprendre_contrats(
    *, acteur: Acteur, nouveaux: Sequence[Contrat], modifies: Sequence[Contrat] = (), champs: Collection[str] = ()
) -> None:
    """Reprend des contrats passés d'un coup. Le marché peut être soldé : la reprise ne rejuge pas le passé."""
    peut_gerer_les_contrats(acteur).exiger()
    if any(contrat.structure_id != acteur.agit_pour.pk for contrat in (*nouveaux, *modifies)):
        raise RegleViolee("Ce contrat n'est pas de votre structure.")
    exiger_la_portee_des_lignes(acteur, nouveaux, modifies, champs)
    creer_en_masse(nouveaux, acteur=acteur, motif=MOTIF_REPRISE)
    modifier_en_masse(modifies, champs, acteur=acteur, motif=MOTIF_REPRISE)


@transaction.atomic
def archiver_contrat(*, acteur: Acteur, contrat: Contrat, archiver: bool) -> None:
    peut_gerer_les_contrats(acteur).exiger()
    contrat = verrouiller(Contrat.objects, acteur, contrat)
    if basculer_archive(contrat, archiver=archiver):
        noter(acteur=acteur, action="contrat_archive" if archiver else "contrat_reactive", objet=contrat)
