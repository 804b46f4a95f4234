"""Les lots d'un achat, tous sur une page : les dimensionner, puis les attribuer."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from entreprises.models import Entreprise
from marches.models import CorpsMetier, Lot, LotPrevu, ProjetAchat
from socle.champs import EurosField, HeuresField, JourField, NombreField, SiretField
from socle.forms import Formulaire
from socle.nombres import nombre

LIGNES_VIDES, LIGNES_AU_PLUS = 4, 40
CHAMPS_DU_LOT = {
    "numero": "N°",
    "intitule": "Intitulé",
    "corps_metier": "Corps de métier",
    "montant_ht": "Montant HT (€)",
    "taux": "Taux (%)",
    "heures": "Heures",
}
RANG = re.compile(r"^numero_(\d{1,2})$")


class LotsPrevusForm(Formulaire):
    """Une ligne par lot. Une ligne où rien n'est dit que son numéro n'en est pas une ; effacée, son lot est retiré."""

    def __init__(self, *args, projet: ProjetAchat, lots: Sequence[LotPrevu], **kwargs):
        self.projet, self.lots = projet, list(lots)
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        corps = CorpsMetier.objects.visibles_par(self.acteur).actifs().filter(structure=self.projet.structure_id)
        self.rangs = range(self._combien())
        for rang in self.rangs:
            lot = self.lots[rang] if rang < len(self.lots) else LotPrevu(numero=str(rang + 1))
            self.fields |= _champs_du_lot(rang, lot, corps)

    def _combien(self) -> int:
        tapes = [int(trouve[1]) + 1 for cle in self.data if (trouve := RANG.match(cle))]
        return min(max([len(self.lots) + LIGNES_VIDES, *tapes]), LIGNES_AU_PLUS)

    def lignes_du_tableau(self) -> Iterator[list[tuple[str, forms.BoundField]]]:
        for rang in self.rangs:
            yield [(libelle, self[f"{nom}_{rang}"]) for nom, libelle in CHAMPS_DU_LOT.items()]

    def clean(self):
        valeurs = super().clean()
        vus: set[str] = set()
        remplis = self._rangs_remplis(valeurs)
        if not remplis:
            self.add_error(None, "Décrivez un lot au moins.")
        for rang in remplis:
            for nom, demande in (("numero", "Donnez son numéro."), ("intitule", "Donnez son intitulé.")):
                if not valeurs.get(f"{nom}_{rang}") and f"{nom}_{rang}" not in self.errors:
                    self.add_error(f"{nom}_{rang}", demande)
            numero = valeurs.get(f"numero_{rang}")
            if numero in vus:
                self.add_error(f"numero_{rang}", "Un autre lot du projet porte ce numéro.")
            vus.add(numero)
        return valeurs

    def _rangs_remplis(self, valeurs: dict[str, Any]) -> list[int]:
        def dit_quelque_chose(rang: int) -> bool:
            noms = [f"{nom}_{rang}" for nom in CHAMPS_DU_LOT if nom != "numero"]
            return any(valeurs.get(nom) not in (None, "") or nom in self.errors for nom in noms)

        return [rang for rang in self.rangs if dit_quelque_chose(rang)]

    def lots_dits(self) -> list[dict[str, Any]]:
        """Les valeurs de chaque lot ; des heures vides se calculent."""
        return [
            {nom: self.cleaned_data[f"{nom}_{rang}"] for nom in CHAMPS_DU_LOT}
            for rang in self._rangs_remplis(self.cleaned_data)
        ]


def _champs_du_lot(rang: int, lot: LotPrevu, corps) -> dict[str, forms.Field]:
    """Les champs d'une ligne ; « heures » n'y montre qu'un nombre fixé à la main, le calcul est à côté."""
    fixees = lot.heures if lot.heures != lot.heures_calculees else None
    ligne = f"ligne {rang + 1}"
    metier = forms.ModelChoiceField(
        label=f"Corps de métier, {ligne}",
        queryset=corps,
        required=False,
        empty_label="Non précisé",
        initial=lot.corps_metier_id,
    )
    heures = HeuresField(label=f"Heures, {ligne}", required=False, initial=fixees)
    if lot.heures_calculees is not None:
        heures.widget.attrs["placeholder"] = nombre(lot.heures_calculees)
    champs = {
        "numero": forms.CharField(label=f"Numéro, {ligne}", max_length=20, required=False, initial=lot.numero),
        "intitule": forms.CharField(label=f"Intitulé, {ligne}", max_length=200, required=False, initial=lot.intitule),
        "corps_metier": metier,
        "montant_ht": EurosField(label=f"Montant HT, {ligne}", required=False, initial=lot.montant_ht),
        "taux": NombreField(
            label=f"Taux d'insertion (%), {ligne}",
            required=False,
            min_value=0,
            max_value=100,
            max_digits=5,
            decimal_places=2,
            initial=lot.taux,
        ),
        "heures": heures,
    }
    return {f"{nom}_{rang}": champ for nom, champ in champs.items()}


CHAMPS_DE_L_ATTRIBUTION = {
    "entreprise": "Attributaire",
    "siret": "Nouvelle : SIRET",
    "raison_sociale": "Nouvelle : raison sociale",
    "heures": "Heures dues",
}


class AttributionForm(Formulaire):
    """Qui remporte chaque lot, et les heures qu'il doit ; un lot laissé vide s'attribuera plus tard."""

    date_notification = JourField(label="Date de notification")

    def __init__(self, *args, lots: Sequence[Lot], **kwargs):
        self.lots = list(lots)
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        suivies = Entreprise.objects.suivis_par(self.acteur.organisation, archives=False)
        for lot in self.lots:
            self.fields[f"entreprise_{lot.pk}"] = forms.ModelChoiceField(
                label=f"Attributaire du lot {lot.numero}",
                queryset=suivies,
                required=False,
                empty_label="Plus tard",
            )
            self.fields[f"siret_{lot.pk}"] = SiretField(
                label=f"SIRET d'une nouvelle entreprise, lot {lot.numero}", required=False
            )
            self.fields[f"siret_{lot.pk}"].help_text = ""  # la case n'a pas la place d'une aide
            self.fields[f"raison_sociale_{lot.pk}"] = forms.CharField(
                label=f"Raison sociale d'une nouvelle entreprise, lot {lot.numero}", required=False, max_length=200
            )
            self.fields[f"heures_{lot.pk}"] = HeuresField(
                label=f"Heures dues pour le lot {lot.numero}", required=False, initial=lot.heures_contractuelles
            )

    def lignes_du_tableau(self) -> Iterator[tuple[Lot, list[tuple[str, forms.BoundField]]]]:
        for lot in self.lots:
            yield lot, [(libelle, self[f"{nom}_{lot.pk}"]) for nom, libelle in CHAMPS_DE_L_ATTRIBUTION.items()]

    def clean(self):
        valeurs = super().clean()
        for lot in self.lots:
            self._verifier_le_lot(lot, valeurs)
        return valeurs

    def _verifier_le_lot(self, lot: Lot, valeurs: dict[str, Any]) -> None:
        choisie, siret, raison, heures = (valeurs.get(f"{nom}_{lot.pk}") for nom in CHAMPS_DE_L_ATTRIBUTION)
        if choisie and (siret or raison):
            self.add_error(
                f"entreprise_{lot.pk}", "Choisissez dans la liste, ou donnez-en une nouvelle : pas les deux."
            )
        elif raison and not siret and f"siret_{lot.pk}" not in self.errors:
            self.add_error(f"siret_{lot.pk}", "Donnez son SIRET.")
        elif siret and not raison:
            self.add_error(f"raison_sociale_{lot.pk}", "Donnez sa raison sociale.")
        if (choisie or siret) and heures is None and f"heures_{lot.pk}" not in self.errors:
            self.add_error(f"heures_{lot.pk}", "Donnez les heures dues (0 si le lot n'en doit pas).")

    def attributions(self) -> list[dict[str, Any]]:
        dites = []
        for lot in self.lots:
            choisie, siret, raison, heures = (self.cleaned_data[f"{nom}_{lot.pk}"] for nom in CHAMPS_DE_L_ATTRIBUTION)
            nouvelle = {"nouvelle_entreprise": {"siret": siret, "raison_sociale": raison}} if siret else {}
            if choisie or nouvelle:
                dites.append({"lot": lot, "entreprise": choisie, "heures_initiales": heures, **nouvelle})
        return dites
