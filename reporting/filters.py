import django_filters

from comptes.enums import Role
from reporting.enums import StatutBilan, Variante
from reporting.models import PREMIERE_ANNEE, Bilan
from socle.filters import AnneeFilter, FiltreDomaine


class BilanFilter(FiltreDomaine):
    annee = AnneeFilter(field_name="fin__year", min_value=PREMIERE_ANNEE)
    variante = django_filters.ChoiceFilter(label="Bilan", choices=Variante.choices, empty_label="Tous")
    statut = django_filters.ChoiceFilter(label="État", choices=StatutBilan.choices, empty_label="Tous")

    class Meta:
        model = Bilan
        fields = ["annee", "variante", "statut"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.acteur.role in (Role.FINANCEUR, Role.MAITRE_OUVRAGE):
            # Qui n'en établit pas ne voit que ce qui lui est remis, dans sa version en vigueur.
            self.filters["statut"].extra["choices"] = [(StatutBilan.PUBLIE.value, StatutBilan.PUBLIE.label)]
