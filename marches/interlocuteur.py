"""Qui, dans la structure, répond à une entreprise ou à un acheteur : son nom, son téléphone, son adresse."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from comptes.acteur import Acteur
from comptes.destinataires import membres_joignables
from comptes.enums import RESPONSABLES
from comptes.models import Adhesion, Organisation, Utilisateur
from marches.etude import reglages_de
from marches.models import MaitreOuvrage
from socle.avis import Destinataire


def interlocuteur_de(structure, facilitateur=None) -> Destinataire:
    """Le facilitateur s'il est connu, complété de ce que la structure donne pour être jointe."""
    reglages = reglages_de(structure)
    if facilitateur is None:
        return Destinataire(reglages.contact or structure.nom, reglages.courriel, telephone=reglages.telephone)
    telephone = facilitateur.telephone or reglages.telephone
    return Destinataire(facilitateur.get_full_name(), facilitateur.email, telephone=telephone)


def interlocuteur_du_courriel(*, structure, adresse: str = "") -> Destinataire:
    """Qui un courriel de la structure nomme : la personne à qui l'on y répond, à défaut qui la structure donne à joindre."""
    facilitateur = Utilisateur.objects.filter(email__iexact=adresse).first() if adresse else None
    return interlocuteur_de(structure, facilitateur) if facilitateur else qui_joindre(structure)


def structures_qui_suivent(acteur: Acteur) -> QuerySet[Organisation]:
    """Celles auprès de qui cet acheteur peut déposer un projet : qui le suit ; son compte pas encore confirmé, qui l'a invité."""
    maitres = MaitreOuvrage.objects.visibles_par(acteur)
    suivent = Organisation.objects.filter(pk__in=maitres.values("fiches__structure"))
    return suivent if acteur.structures is None else suivent.filter(pk__in=acteur.structures)


def interlocuteurs_de(organisation) -> list[tuple[str, Destinataire]]:
    """Qui appeler de chaque structure partenaire : (structure, personne), en une lecture. Chaque page d'un partenaire le dit."""
    partenariats = organisation.partenariats.select_related("structure__reglages_clause").order_by(
        "structure__nom_plie"
    )
    responsables = (
        Adhesion.objects.en_vigueur()
        .filter(organisation=OuterRef("structure"), role__in=RESPONSABLES, utilisateur__is_active=True)
        .order_by("pk")
    )
    lus = partenariats.annotate(
        **{champ: Subquery(responsables.values(f"utilisateur__{champ}")[:1]) for champ in ("prenom", "nom")},
        email=Subquery(responsables.values("utilisateur__email")[:1]),
        telephone=Subquery(responsables.values("utilisateur__telephone")[:1]),
    )
    return [(lu.structure.nom, _donne(lu.structure) or _responsable(lu)) for lu in lus]


def _donne(structure) -> Destinataire | None:
    donne = interlocuteur_de(structure)
    return donne if donne.adresse or donne.telephone else None


def _responsable(lu: Any) -> Destinataire:
    if not lu.email:
        return Destinataire(lu.structure.nom)
    return Destinataire(f"{lu.prenom} {lu.nom}".strip(), lu.email, telephone=lu.telephone or "")


def qui_joindre(structure) -> Destinataire:
    """Ce que la structure donne pour être jointe ; à défaut, son plus ancien responsable."""
    premiers = membres_joignables(structure.pk, roles=RESPONSABLES) if _donne(structure) is None else []
    return _donne(structure) or next(iter(premiers), Destinataire(structure.nom))
