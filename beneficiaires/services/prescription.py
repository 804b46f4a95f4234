"""Un prescripteur confie une personne à une structure, tient sa fiche à jour, la passe à un collègue, qui l'apprend."""

import datetime
from collections import Counter
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire, Critere, Domicile, InscriptionEmploi, NiveauAtteint
from beneficiaires.permissions import peut_corriger_ma_personne, peut_orienter
from beneficiaires.services.domiciles import rattacher
from beneficiaires.services.dossiers import prochain_identifiant
from beneficiaires.services.ressemblances import revoir_les_ressemblances, signaler_les_ressemblances
from comptes.acteur import Acteur
from comptes.destinataires import membres_joignables
from comptes.models import Adhesion, Organisation, Utilisateur
from metiers.models import Metier
from metiers.services import garder_les_metiers
from socle.avis import Avis
from socle.nombres import accorder
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.portee import exiger_la_portee
from socle.services.regroupement import DELAI, ecrire_au_groupe

declarer_actions(
    personne_orientee="Personne confiée par un prescripteur",
    personne_corrigee="Fiche corrigée par le prescripteur",
    referent_change="Référent changé",
)


@transaction.atomic
def orienter_personne(
    *,
    acteur: Acteur,
    structure: Organisation,
    criteres: Collection[str] = (),
    metiers: Collection[Metier] = (),
    domicile: dict | None = None,
    niveau: str = "",
    inscrite_depuis: datetime.date | None = None,
    **identite,
) -> Beneficiaire:
    """Ouvre un dossier dans la structure, au nom du prescripteur. Les critères sont dits, le principal d'abord ; aucune pièce
    n'est encore vue.

    `domicile` est une adresse déjà cherchée (`situer_adresse`) : on n'attend pas un service extérieur dans la transaction.
    """
    peut_orienter(acteur, structure).exiger()
    exiger_la_portee(acteur, {**identite, "metiers": metiers})
    structure = Organisation.objects.select_for_update().get(pk=structure.pk)
    par = acteur.utilisateur
    personne = Beneficiaire(structure=structure, prescripteur=acteur.organisation)
    ecrire(
        personne,
        {
            "identifiant": prochain_identifiant(structure),
            "referent": par.get_full_name() if par else "",
            "referent_courriel": par.email if par else "",
            **identite,
        },
    )
    personne.metiers.set(garder_les_metiers(structure, {"metiers": list(metiers)})["metiers"])
    for rang, code in enumerate(criteres):
        ecrire(Critere(beneficiaire=personne), {"code": code, "principal": rang == 0})
    if niveau:
        ecrire(NiveauAtteint(beneficiaire=personne), {"niveau": niveau})
    if inscrite_depuis:
        ecrire(InscriptionEmploi(beneficiaire=personne), {"depuis": inscrite_depuis})
    if domicile:
        lieu = Domicile(beneficiaire=personne)
        ecrire(lieu, domicile)
        rattacher(lieu)
    noter(acteur=acteur, action="personne_orientee", objet=personne, structure=structure)
    signaler_les_ressemblances([personne])
    return personne


@transaction.atomic
def corriger_ma_personne(*, acteur: Acteur, beneficiaire: Beneficiaire, **valeurs) -> Beneficiaire:
    """Le prescripteur corrige l'identité, les coordonnées ou la recherche d'une personne qu'il a confiée."""
    personne = _tenir(acteur, beneficiaire)
    valeurs = garder_les_metiers(personne.structure, valeurs)
    changes = modifier(personne, valeurs, acteur=acteur, action="personne_corrigee", structure=personne.structure)
    if changes & {"nom", "prenom", "date_naissance"}:
        revoir_les_ressemblances(personne)
    return personne


@transaction.atomic
def passer_a_un_collegue(*, acteur: Acteur, beneficiaire: Beneficiaire, adhesion: Adhesion) -> Beneficiaire:
    """Un autre membre du prescripteur suit désormais la personne : c'est à lui que l'on écrira."""
    personne = _tenir(acteur, beneficiaire)
    exiger_la_portee(acteur, {"adhesion": adhesion})
    if adhesion.organisation_id != personne.prescripteur_id or not adhesion.active:
        raise RegleViolee("Choisissez un membre de votre organisation.", champ="adhesion")
    _confier_a(acteur, personne, adhesion.utilisateur)
    if adhesion.utilisateur != acteur.utilisateur:
        suivi = f"de {personne.initiales}"
        personne.dit_a = _le_lui_dire(adhesion, personne.structure, acteur.utilisateur, suivi, acteur.utilisateur)
    return personne


def _tenir(acteur: Acteur, beneficiaire: Beneficiaire) -> Beneficiaire:
    personne = verrouiller(Beneficiaire.objects.select_related("structure"), acteur, beneficiaire)
    peut_corriger_ma_personne(acteur, personne).exiger()
    return personne


def _confier_a(acteur: Acteur, personne: Beneficiaire, referent: Utilisateur | None) -> None:
    suivie = {
        "referent": referent.get_full_name() if referent else "",
        "referent_courriel": referent.email if referent else "",
    }
    change = modifier(personne, suivie, acteur=acteur, action="referent_change", structure=personne.structure)
    if change:
        personne.passee_le = timezone.localdate() if referent else None
        personne.save(update_fields=["passee_le", "modifie_le"])


def _le_lui_dire(
    recue_par: Adhesion, structure: Organisation, de: Utilisateur | None, suivi: str, repondre_a: Utilisateur | None
) -> Avis:
    """Qui reçoit une personne l'apprend ; plusieurs passées coup sur coup font un courriel."""
    membres = membres_joignables(recue_par.organisation_id)
    joignables = [membre for membre in membres if membre.cle == str(recue_par.uuid)]
    for membre in joignables:
        ecrire_au_groupe(
            groupe="personnes_recues",
            destinataire=membre.adresse,
            gabarit="courriels/personnes_recues",
            structure=structure,
            contexte={
                "de": de.get_full_name() if de else "",
                "suivi": suivi,
                "structure": structure.nom,
                "lien": settings.SITE_URL + reverse("accueil"),
            },
            repondre_a=repondre_a.email if repondre_a else "",
        )
    return Avis("ce collègue", tuple(joignables), delai=DELAI)


@transaction.atomic
def reaffecter_les_personnes(*, adhesion: Adhesion) -> int:
    """Un membre part : ses personnes vont au plus ancien de ceux qui restent, à défaut à l'organisation. Rend leur nombre.

    Qui les reçoit l'apprend, structure par structure : chacune a son facilitateur à nommer.
    """
    siennes = Beneficiaire.objects.filter(
        prescripteur=adhesion.organisation, referent_courriel__iexact=adhesion.utilisateur.email, anonymise_le=None
    )
    restent = Adhesion.objects.en_vigueur().filter(organisation=adhesion.organisation, utilisateur__is_active=True)
    suivant = restent.exclude(pk=adhesion.pk).select_related("utilisateur").order_by("pk").first()
    lues = list(siennes.select_related("structure").select_for_update(of=("self",)).order_by("pk"))
    for personne in lues:
        _confier_a(Acteur.systeme(personne.structure), personne, suivant.utilisateur if suivant else None)
    if suivant:
        for structure, nombre in Counter(personne.structure for personne in lues).items():
            suivi = f"de {accorder(nombre, 'personne')}, à la suite d'un départ"
            _le_lui_dire(suivant, structure, adhesion.utilisateur, suivi, None)
    return len(lues)
