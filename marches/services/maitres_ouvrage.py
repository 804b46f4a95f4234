from collections.abc import Mapping
from typing import Any, cast

from django.db import transaction

from comptes.acteur import Acteur
from marches.models import FicheMaitreOuvrage, MaitreOuvrage
from marches.permissions import peut_fusionner, peut_gerer_les_marches, peut_modifier_identite
from socle.models import Fusion
from socle.regles import RegleViolee
from socle.services.enregistrement import appliquer, basculer_archive, changements, ecrire, verrouiller
from socle.services.fusions import exiger_non_fusionnee, fiche_gardee, fusionner
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    maitre_ouvrage_suivi="Maître d'ouvrage ajouté au suivi",
    maitre_ouvrage_modifie="Maître d'ouvrage modifié",
    maitre_ouvrage_archive="Maître d'ouvrage archivé",
    maitre_ouvrage_reactive="Maître d'ouvrage sorti de l'archive",
)


@transaction.atomic
def suivre_maitre_ouvrage(*, acteur: Acteur, nom: str, siret: str | None = None, notes: str = "", **identite):
    """Met un maître d'ouvrage au suivi. Un SIRET déjà connu reprend la ligne commune ; sans SIRET, le nom est unique."""
    peut_gerer_les_marches(acteur).exiger()
    exiger_la_portee(acteur, identite)
    maitre_ouvrage = _connu(acteur, nom, siret)
    if maitre_ouvrage is None:
        maitre_ouvrage = MaitreOuvrage()
        ecrire(maitre_ouvrage, {"nom": nom, "siret": siret or None, **identite})
    maitre_ouvrage = cast(MaitreOuvrage, fiche_gardee(acteur, maitre_ouvrage))
    fiche, creee = FicheMaitreOuvrage.objects.get_or_create(
        structure=acteur.organisation, maitre_ouvrage=maitre_ouvrage, defaults={"notes": notes}
    )
    if creee:
        noter(acteur=acteur, action="maitre_ouvrage_suivi", objet=maitre_ouvrage)
    elif basculer_archive(fiche, archiver=False):
        noter(acteur=acteur, action="maitre_ouvrage_reactive", objet=maitre_ouvrage)
    return maitre_ouvrage


def suivre_l_acheteur_dit(acteur: Acteur, nouvel_acheteur: Mapping[str, Any]) -> MaitreOuvrage:
    """Met au suivi l'acheteur nommé dans un autre formulaire ; un refus le désigne tout entier."""
    try:
        return suivre_maitre_ouvrage(acteur=acteur, **nouvel_acheteur)
    except RegleViolee as refus:
        raise RegleViolee(" ".join(refus.messages), champ="nouvel_acheteur") from refus


def _connu(acteur: Acteur, nom: str, siret: str | None) -> MaitreOuvrage | None:
    if siret:
        return MaitreOuvrage.objects.filter(siret=siret).first()
    homonymes = MaitreOuvrage.objects.suivis_par(acteur.organisation).de_nom(nom)
    if homonymes.exists():
        raise RegleViolee(
            "Un maître d'ouvrage de ce nom est déjà suivi. S'il est distinct, donnez son SIRET.", champ="nom"
        )
    return None


@transaction.atomic
def modifier_maitre_ouvrage(*, acteur: Acteur, maitre_ouvrage: MaitreOuvrage, notes: str | None = None, **identite):
    """Change l'identité (si l'on est seul à suivre l'acheteur) et les notes de la structure."""
    peut_gerer_les_marches(acteur).exiger()
    maitre_ouvrage = verrouiller(MaitreOuvrage.objects, acteur, maitre_ouvrage)
    if "siret" in identite:
        identite["siret"] = identite["siret"] or None
    if changements(maitre_ouvrage, identite):
        peut_modifier_identite(acteur, maitre_ouvrage).exiger()
    fiche: FicheMaitreOuvrage = verrouiller(FicheMaitreOuvrage.objects, acteur, maitre_ouvrage=maitre_ouvrage)
    dits = appliquer(maitre_ouvrage, identite, acteur=acteur)
    dits += appliquer(fiche, {} if notes is None else {"notes": notes}, acteur=acteur)
    if dits:
        noter(acteur=acteur, action="maitre_ouvrage_modifie", objet=maitre_ouvrage, changements=dits)
    return maitre_ouvrage


@transaction.atomic
def archiver_maitre_ouvrage(*, acteur: Acteur, maitre_ouvrage: MaitreOuvrage, archiver: bool) -> None:
    peut_gerer_les_marches(acteur).exiger()
    fiche: FicheMaitreOuvrage = verrouiller(FicheMaitreOuvrage.objects, acteur, maitre_ouvrage=maitre_ouvrage)
    if not archiver:
        exiger_non_fusionnee(acteur, maitre_ouvrage)
    if basculer_archive(fiche, archiver=archiver):
        action = "maitre_ouvrage_archive" if archiver else "maitre_ouvrage_reactive"
        noter(acteur=acteur, action=action, objet=maitre_ouvrage)


@transaction.atomic
def fusionner_les_maitres_ouvrage(*, acteur: Acteur, maitre_ouvrage: MaitreOuvrage, autre: MaitreOuvrage) -> Fusion:
    """Réunit, pour sa structure seulement, marchés, opérations et projets de `autre` ; la ligne commune reste telle quelle."""
    tenus = {
        m.pk: verrouiller(MaitreOuvrage.objects, acteur, m)
        for m in sorted((maitre_ouvrage, autre), key=lambda maitre: maitre.pk)
    }
    gardee, absorbee = tenus[maitre_ouvrage.pk], tenus[autre.pk]
    peut_fusionner(acteur, gardee, absorbee).exiger()
    return fusionner(acteur, gardee, absorbee, fiches_a_fusionner(acteur=acteur, gardee=gardee, absorbee=absorbee))


def fiches_a_fusionner(*, acteur: Acteur, gardee: MaitreOuvrage, absorbee: MaitreOuvrage) -> tuple:
    """(fiche gardée, fiche absorbée) de la structure."""
    fiches = FicheMaitreOuvrage.objects.visibles_par(acteur)
    return fiches.get(maitre_ouvrage=gardee), fiches.get(maitre_ouvrage=absorbee)
