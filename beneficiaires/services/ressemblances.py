"""La même personne sous deux dossiers : le dire au facilitateur, fusionner, ou dire que ce sont deux personnes."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from beneficiaires.doublons import doublons_de_plusieurs
from beneficiaires.models import Beneficiaire, Ressemblance
from beneficiaires.permissions import peut_fusionner, peut_gerer_les_dossiers
from comptes.acteur import Acteur
from socle.models import Fusion
from socle.services.enregistrement import verrouiller
from socle.services.fusions import fusionner
from socle.services.journal import declarer_actions, noter

declarer_actions(ressemblance_ecartee="Deux personnes distinctes")


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
    return fusionner(acteur, gardee, absorbee)


def _tenir_les_deux(acteur: Acteur, un: Beneficiaire, autre: Beneficiaire) -> tuple[Beneficiaire, Beneficiaire]:
    """Les deux sous verrou, toujours dans le même ordre : deux fusions croisées ne s'attendent pas l'une l'autre."""
    tenus = {p.pk: verrouiller(Beneficiaire.objects, acteur, p) for p in sorted((un, autre), key=lambda p: p.pk)}
    return tenus[un.pk], tenus[autre.pk]
