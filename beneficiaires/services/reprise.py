"""Reprendre d'un coup des dossiers tenus ailleurs : les personnes, puis leurs faits datés, domiciles et quartiers."""

from collections.abc import Collection, Sequence

from django.db import transaction

from beneficiaires.models import (
    Beneficiaire,
    Critere,
    Domicile,
    InscriptionEmploi,
    NiveauAtteint,
    RattachementQuartier,
)
from beneficiaires.permissions import peut_gerer_les_dossiers
from beneficiaires.services.ressemblances import signaler_les_ressemblances
from comptes.acteur import Acteur
from socle.modeles import ModeleIdentifie
from socle.regles import RegleViolee
from socle.services.masse import creer_en_masse, modifier_en_masse, par_paquets
from socle.services.portee import exiger_la_portee_des_lignes
from socle.texte import plier

# Un domicile s'écrit avant les quartiers qu'il touche.
FAITS = (NiveauAtteint, Critere, InscriptionEmploi, Domicile, RattachementQuartier)


@transaction.atomic
def reprendre_dossiers(
    *,
    acteur: Acteur,
    nouveaux: Sequence[Beneficiaire],
    modifies: Sequence[Beneficiaire] = (),
    champs: Collection[str] = (),
) -> None:
    """Ouvre et corrige des dossiers de la structure."""
    peut_gerer_les_dossiers(acteur).exiger()
    if any(personne.structure_id != acteur.agit_pour.pk for personne in (*nouveaux, *modifies)):
        raise RegleViolee("Ce dossier n'est pas de votre structure.")
    exiger_la_portee_des_lignes(acteur, nouveaux, modifies, champs)
    for personne in (*nouveaux, *modifies):
        personne.clean()
        personne.nom_plie = plier(f"{personne.nom} {personne.prenom}")
    # Un dossier anonymisé n'a plus de nom, que tout autre doit avoir.
    anonymes = [personne for personne in nouveaux if personne.anonymise_le]
    nommees = [personne for personne in nouveaux if not personne.anonymise_le]
    creer_en_masse(nommees, acteur=acteur)
    creer_en_masse(anonymes, acteur=acteur, controles=False)
    modifier_en_masse(modifies, [*champs, "nom_plie"], acteur=acteur)
    for paquet in par_paquets(nommees):
        signaler_les_ressemblances(paquet)


@transaction.atomic
def reprendre_faits(
    *,
    acteur: Acteur,
    nouveaux: Sequence[ModeleIdentifie],
    modifies: Sequence[ModeleIdentifie] = (),
    champs: Collection[str] = (),
    retires: Sequence[Critere] = (),
) -> None:
    """Enregistre des faits d'un même genre. Seul un critère repris à tort se retire : c'est une faute de copie."""
    peut_gerer_les_dossiers(acteur).exiger()
    exiger_la_portee_des_lignes(acteur, nouveaux, modifies, champs)
    exiger_la_portee_des_lignes(acteur, (), retires)
    if retires:
        Critere.objects.filter(pk__in=[fait.pk for fait in retires]).delete()
    modifier_en_masse(modifies, champs, acteur=acteur)
    creer_en_masse(nouveaux, acteur=acteur)
