"""À qui un bilan s'annonce : les membres de chaque organisation à qui il est remis."""

from comptes.destinataires import membres_par_organisation
from reporting.models import Bilan
from socle.avis import Avis, Destinataire, sans_doublon


def lecteurs_joignables(bilan: Bilan) -> tuple[Destinataire, ...]:
    """Les membres de chaque organisation à qui ce bilan est remis."""
    recoivent = bilan.destinataires.order_by("pk").values_list("pk", flat=True)
    membres = membres_par_organisation(recoivent, pour=bilan.structure_id)
    return sans_doublon(membre for siens in membres.values() for membre in siens)


def avis_de_publication(bilan: Bilan) -> Avis:
    """À qui le bilan s'annoncera, son PDF prêt ; et les organisations où personne ne reçoit."""
    organisations = list(bilan.destinataires.order_by("nom_plie", "pk"))
    membres = membres_par_organisation([organisation.pk for organisation in organisations], pour=bilan.structure_id)
    return Avis(
        "son destinataire",
        lecteurs_joignables(bilan),
        quand="Dès que son PDF sera prêt",
        oublies=tuple(organisation.nom for organisation in organisations if not membres.get(organisation.pk)),
    )
