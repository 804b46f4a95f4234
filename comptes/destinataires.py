"""Les membres d'une organisation à qui l'on peut écrire."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from comptes.models import Adhesion
from socle.avis import Destinataire
from socle.services.rebonds import adresses_en_erreur


def membres_joignables(
    organisation_id: int | None, *, roles: Collection[str] = (), pour: int | None = None
) -> list[Destinataire]:
    """Ses membres, du plus ancien au dernier venu : jamais un membre retiré, un compte fermé, une adresse qui ne reçoit plus.

    `pour` : la structure qui écrit à une entreprise ou à un acheteur ; elle n'écrit qu'aux comptes qu'elle connaît.
    """
    if organisation_id is None:
        return []
    return membres_par_organisation([organisation_id], roles=roles, pour=pour).get(organisation_id, [])


def membres_par_organisation(
    organisations: Iterable[int | None], *, roles: Collection[str] = (), pour: int | None = None
) -> dict[int | None, list[Destinataire]]:
    """{organisation: ses membres joignables}, en deux lectures pour toutes."""
    adhesions = Adhesion.objects.en_vigueur().filter(organisation__in=list(organisations), utilisateur__is_active=True)
    if pour is not None:
        adhesions = adhesions.connues_de([pour])
    if roles:
        adhesions = adhesions.filter(role__in=roles)
    adhesions = list(adhesions.select_related("utilisateur").order_by("pk"))
    en_erreur = adresses_en_erreur(adhesion.utilisateur.email for adhesion in adhesions) if adhesions else set()
    membres: dict[int | None, list[Destinataire]] = defaultdict(list)
    for adhesion in adhesions:
        if adhesion.utilisateur.email not in en_erreur:
            membres[adhesion.organisation_id].append(_membre(adhesion))
    return membres


def _membre(adhesion: Adhesion) -> Destinataire:
    personne = adhesion.utilisateur
    return Destinataire(personne.get_full_name(), personne.email, telephone=personne.telephone, cle=str(adhesion.uuid))
