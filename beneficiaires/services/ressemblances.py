"""La même personne sous deux dossiers : le dire au facilitateur, fusionner, ou dire que ce sont deux personnes."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from beneficiaires.destinataires import referents_joignables
from beneficiaires.doublons import doublons_de_plusieurs
from beneficiaires.models import Beneficiaire, Ressemblance
from beneficiaires.permissions import peut_fusionner, peut_gerer_les_dossiers
from comptes.acteur import Acteur
from socle.avis import Avis
from socle.models import Fusion
from socle.services.courriels import ecrire_a_chacun
from socle.services.enregistrement import verrouiller
from socle.services.fusions import anciennes_fiches, fusionner
from socle.services.journal import declarer_actions, noter

declarer_actions(ressemblance_ecartee="Deux personnes distinctes")


def revoir_les_ressemblances(personne: Beneficiaire) -> None:
    """Son nom ou sa naissance corrigés : une paire qui ne se ressemble plus n'est plus à trancher, une neuve l'est."""
    siens = Acteur.systeme(personne.structure)
    [proches] = doublons_de_plusieurs(siens, [(personne.nom, personne.prenom, personne.date_naissance)])
    cles = [proche.pk for proche in proches]
    paires = Ressemblance.objects.ou_est(personne).filter(ecartee_le__isnull=True)
    paires.exclude(dossier=personne, autre__in=cles).exclude(autre=personne, dossier__in=cles).delete()
    signaler_les_ressemblances([personne])


def signaler_les_ressemblances(personnes: Sequence[Beneficiaire]) -> list[Ressemblance]:
    """Garde les paires à trancher d'une structure. Un prescripteur qui ouvre un dossier n'en apprend rien."""
    if not personnes:
        return []
    siens = Acteur.systeme(personnes[0].structure)
    connus = doublons_de_plusieurs(siens, [(p.nom, p.prenom, p.date_naissance) for p in personnes])
    paires = {
        (max(personne.pk, autre.pk), min(personne.pk, autre.pk))
        for personne, autres in zip(personnes, connus, strict=True)
        for autre in autres
        if autre.pk != personne.pk
    }
    neuves = [Ressemblance(dossier_id=dossier, autre_id=autre) for dossier, autre in sorted(paires)]
    return Ressemblance.objects.bulk_create(neuves, ignore_conflicts=True)


@transaction.atomic
def ecarter_la_ressemblance(*, acteur: Acteur, ressemblance: Ressemblance) -> None:
    """Ce sont deux personnes : on ne le redemande plus."""
    peut_gerer_les_dossiers(acteur).exiger()
    ressemblance = verrouiller(Ressemblance.objects.select_related("dossier", "autre"), acteur, ressemblance)
    if ressemblance.ecartee_le is None:
        ressemblance.ecartee_le = timezone.now()
        ressemblance.save(update_fields=["ecartee_le", "modifie_le"])
        noter(
            acteur=acteur, action="ressemblance_ecartee", objet=ressemblance.dossier, nom=ressemblance.autre.identifiant
        )


@transaction.atomic
def fusionner_les_dossiers(*, acteur: Acteur, beneficiaire: Beneficiaire, autre: Beneficiaire) -> Fusion:
    """Une seule personne : contrats, faits, notes et candidatures de `autre` passent à `beneficiaire`."""
    gardee, absorbee = _tenir_les_deux(acteur, beneficiaire, autre)
    peut_fusionner(acteur, gardee, absorbee).exiger()
    fusion = fusionner(acteur, gardee, absorbee)
    if absorbee.prescripteur_id not in (None, gardee.prescripteur_id):
        fusion.dit_a = _le_dire_a_qui_l_avait_confie(acteur, absorbee)
    return fusion


def _le_dire_a_qui_l_avait_confie(acteur: Acteur, absorbee: Beneficiaire) -> Avis:
    """Il ne la voit plus : il sait où elle est suivie, et rien de l'autre dossier ni de qui l'a ouvert."""
    ecrits = ecrire_a_chacun(
        referents_joignables(absorbee),
        gabarit="courriels/dossier_reuni",
        structure=absorbee.structure,
        contexte={
            "initiales": absorbee.initiales,
            "identifiant": absorbee.identifiant,
            "structure": absorbee.structure.nom,
        },
        repondre_a=acteur.utilisateur.email if acteur.utilisateur else "",
    )
    return Avis("le prescripteur du dossier rangé", ecrits)


def dossier_garde(personne: Beneficiaire) -> UUID:
    """Celui où le sien a été réuni, de proche en proche ; c'est à l'appelant de voir s'il a le droit de l'ouvrir."""
    suites = anciennes_fiches(Acteur.systeme(personne.structure), Beneficiaire)
    return suites.get(personne.uuid, personne.uuid)


def _tenir_les_deux(acteur: Acteur, un: Beneficiaire, autre: Beneficiaire) -> tuple[Beneficiaire, Beneficiaire]:
    """Les deux sous verrou, toujours dans le même ordre : deux fusions croisées ne s'attendent pas l'une l'autre."""
    tenus = {p.pk: verrouiller(Beneficiaire.objects, acteur, p) for p in sorted((un, autre), key=lambda p: p.pk)}
    return tenus[un.pk], tenus[autre.pk]
