"""Ce que devient ce qu'un prescripteur propose : les comptes de son année."""

from dataclasses import dataclass

from django.db.models import Count, Q

from comptes.models import Organisation
from recrutement.enums import StatutCandidature
from recrutement.models import Candidature


@dataclass(frozen=True, slots=True)
class ComptesPrescription:
    """Des personnes différentes, parmi celles proposées dans l'année."""

    proposees: int
    rencontrees: int
    embauchees: int


def comptes_de_l_annee(organisation: Organisation, annee: int) -> ComptesPrescription:
    """Une requête. L'année est celle de la proposition ; qui passe deux entretiens compte une fois."""
    rencontre = Q(entretien_le__isnull=False) | Q(statut__in=StatutCandidature.rencontrees())
    comptes = Candidature.objects.filter(proposee_par=organisation, cree_le__year=annee).aggregate(
        proposees=Count("beneficiaire", distinct=True),
        rencontrees=Count("beneficiaire", distinct=True, filter=rencontre),
        embauchees=Count("beneficiaire", distinct=True, filter=Q(contrat__isnull=False)),
    )
    return ComptesPrescription(**comptes)
