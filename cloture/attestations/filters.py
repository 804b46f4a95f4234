import django_filters

from cloture.enums import VerdictOperation
from cloture.models import Attestation
from cloture.penalites.filters import CHAMPS
from socle.filters import FiltreDomaine


class AttestationFilter(FiltreDomaine):
    champs_recherche = CHAMPS

    recherche = django_filters.CharFilter(label="Entreprise, marché", method="filtrer_recherche")
    verdict = django_filters.ChoiceFilter(label="Avis", choices=VerdictOperation.choices, empty_label="Tous")

    class Meta:
        model = Attestation
        fields = ["recherche", "verdict"]
