"""Ce que devient ce qu'un prescripteur propose : les comptes de son année, et où en est chacune de ses personnes."""

import datetime
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When

from beneficiaires.querysets import BeneficiaireQuerySet
from comptes.models import Organisation
from recrutement.enums import SituationConfiee, StatutCandidature
from recrutement.models import Candidature, Contrat


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


def avec_sa_situation(personnes: BeneficiaireQuerySet, le: datetime.date) -> BeneficiaireQuerySet:
    """Ajoute `situation` (`SituationConfiee`) : un dossier clos l'emporte, puis un contrat qui court, puis une candidature."""
    contrats = Contrat.objects.actifs().filter(beneficiaire=OuterRef("pk")).en_cours(le)
    candidatures = Candidature.objects.filter(beneficiaire=OuterRef("pk")).en_cours()
    return personnes.annotate(
        situation=Case(
            When(archive_le__isnull=False, then=Value(SituationConfiee.CLOSE)),
            When(Exists(contrats), then=Value(SituationConfiee.EN_CONTRAT)),
            When(Exists(candidatures), then=Value(SituationConfiee.PROPOSEE)),
            default=Value(SituationConfiee.CHERCHE),
            output_field=CharField(),
        )
    )
