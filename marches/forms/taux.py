"""Un taux tapé comme une fraction : « 0,45 » pour 45 %. On le demande, une fois, avant de le lire 0,45 %."""

from decimal import Decimal

from django import forms

from socle.forms import FormulaireMixin
from socle.nombres import pourcent

RELUS = "taux_relus"


class TauxRelusMixin(FormulaireMixin):
    """Un taux de moins de 1 % se confirme en renvoyant le même ; un autre se redemande. `taux()` : les champs en pour cent."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[RELUS] = forms.CharField(required=False, widget=forms.HiddenInput)

    def taux(self) -> list[str]:
        raise NotImplementedError

    def clean(self):
        valeurs = super().clean()
        relus = valeurs.pop(RELUS, "")
        douteux = {nom: valeurs[nom] for nom in self.taux() if 0 < (valeurs.get(nom) or 0) < 1}
        dits = " ".join(f"{nom}={valeur.normalize()}" for nom, valeur in douteux.items())
        if douteux and dits != relus:
            self.data = {**dict(self.data.items()), RELUS: dits}
            for nom, valeur in douteux.items():
                self.add_error(nom, _question(valeur))
        return valeurs


def _question(valeur: Decimal) -> str:
    lu, voulu = pourcent(valeur, None), pourcent(valeur * 100, None)
    return f"Ce taux se lit {lu}. Pour {voulu}, tapez {voulu.split()[0]} ; si c'est bien {lu}, renvoyez tel quel."
