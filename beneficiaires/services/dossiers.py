import datetime
import re
from collections.abc import Iterable

from django.db import transaction

from beneficiaires.models import Beneficiaire
from beneficiaires.permissions import peut_archiver_dossier, peut_gerer_les_dossiers
from beneficiaires.services.ressemblances import revoir_les_ressemblances, signaler_les_ressemblances
from beneficiaires.services.verrou import tenir_le_dossier
from comptes.acteur import Acteur
from comptes.models import Organisation
from metiers.models import Metier
from metiers.services import garder_les_metiers
from socle.services.enregistrement import basculer_archive, ecrire, modifier, verrouiller
from socle.services.fusions import exiger_non_fusionnee
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee

declarer_actions(
    recherche_modifiee="Recherche d'emploi modifiée",
    dossier_cree="Dossier créé",
    dossier_modifie="Dossier modifié",
    dossier_archive="Dossier archivé",
    dossier_reactive="Dossier sorti de l'archive",
    critere_enregistre="Critère enregistré",
    critere_clos="Critère clos",
    niveau_declare="Niveau de formation enregistré",
    inscription_declaree="Inscription à France Travail enregistrée",
    domicile_declare="Domicile enregistré",
    quartier_decide="Quartier prioritaire décidé",
)


def prochain_identifiant(structure: Organisation) -> str:
    """« B-0147 » : le numéro qui suit le plus grand déjà donné par la structure."""
    numeros = Beneficiaire.objects.filter(structure=structure, identifiant__startswith="B-").values_list(
        "identifiant", flat=True
    )
    rangs = [int(trouve[1]) for numero in numeros.iterator() if (trouve := re.fullmatch(r"B-(\d{1,9})", numero))]
    return f"B-{max(rangs, default=0) + 1:04d}"


@transaction.atomic
def creer_beneficiaire(*, acteur: Acteur, identifiant: str = "", **identite) -> Beneficiaire:
    """Ouvre un dossier ; sans identifiant donné, la structure lui attribue le suivant."""
    peut_gerer_les_dossiers(acteur).exiger()
    exiger_la_portee(acteur, identite)
    # La ligne de la structure sert de verrou : deux dossiers créés ensemble ne prennent pas le même numéro.
    structure = Organisation.objects.select_for_update().get(pk=acteur.agit_pour.pk)
    beneficiaire = Beneficiaire(structure=structure)
    ecrire(beneficiaire, {**identite, "identifiant": identifiant or prochain_identifiant(structure)})
    noter(acteur=acteur, action="dossier_cree", objet=beneficiaire)
    signaler_les_ressemblances([beneficiaire])
    return beneficiaire


@transaction.atomic
def modifier_beneficiaire(*, acteur: Acteur, beneficiaire: Beneficiaire, **identite) -> Beneficiaire:
    """Corrige l'identité. Le journal nomme les champs, jamais leurs valeurs."""
    beneficiaire = tenir_le_dossier(acteur, beneficiaire)
    changes = modifier(beneficiaire, identite, acteur=acteur, action="dossier_modifie")
    if changes & {"nom", "prenom", "date_naissance"}:
        revoir_les_ressemblances(beneficiaire)
    return beneficiaire


@transaction.atomic
def archiver_beneficiaire(*, acteur: Acteur, beneficiaire: Beneficiaire, archiver: bool) -> None:
    beneficiaire = verrouiller(Beneficiaire.objects, acteur, beneficiaire)
    peut_archiver_dossier(acteur, beneficiaire).exiger()
    if not archiver:
        exiger_non_fusionnee(acteur, beneficiaire)
    if basculer_archive(beneficiaire, archiver=archiver):
        noter(acteur=acteur, action="dossier_archive" if archiver else "dossier_reactive", objet=beneficiaire)


@transaction.atomic
def enregistrer_recherche(
    *,
    acteur: Acteur,
    beneficiaire: Beneficiaire,
    metiers: Iterable[Metier],
    disponible_le: datetime.date | None,
    rayon_km: int | None,
) -> Beneficiaire:
    """Ce que la personne cherche : des métiers, à partir de quand, jusqu'où elle peut aller."""
    beneficiaire = tenir_le_dossier(acteur, beneficiaire)
    recherche = {"metiers": list(metiers), "disponible_le": disponible_le, "rayon_km": rayon_km}
    recherche = garder_les_metiers(beneficiaire.structure, recherche)
    modifier(beneficiaire, recherche, acteur=acteur, action="recherche_modifiee")
    return beneficiaire
