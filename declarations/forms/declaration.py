"""Ce que l'entreprise remplit : heures de chacun, départ, personne de plus, fichier ; et ce qu'en fait la structure."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from declarations.cases import cases_du_contrat
from declarations.forms.mois import champ_heures, se_forme
from declarations.services.declarations import HeuresDeclarees
from declarations.services.vu import textes_du_mois
from recrutement.enums import MotifFin
from recrutement.models import Contrat
from socle.champs import JourField
from socle.forms import Depliant, Formulaire, FormulaireVersionne, Section
from socle.versions import CHAMP_VERSION, version_dite


class DeclarationForm(FormulaireVersionne):
    """Ce que l'entreprise déclare : par personne, heures travaillées, de formation s'il y en a ; absence et départ, repliés.

    Sa version dit ce que la page montrait : un changement fait entre-temps par quelqu'un d'autre se voit.
    """

    def __init__(self, *args, contrats=(), valeurs=None, **kwargs):
        self.contrats = list(contrats)
        valeurs = valeurs or {}
        super().__init__(*args, initial=valeurs, version=self.version_pour(valeurs), **kwargs)
        du_meme = Counter(contrat.beneficiaire_id for contrat in self.contrats)
        sections = []
        for contrat in self.contrats:
            noms = cases_du_contrat(contrat)
            presence = {noms["travail"]: champ_heures("Heures travaillées")}
            if se_forme(contrat):
                presence[noms["formation"]] = champ_heures("Heures de formation")
            depart = self._depart(noms)
            self.fields |= {**presence, **depart}
            ouvert = any(self[nom].value() for nom in depart)
            qui = titre_du_contrat(contrat, seul=du_meme[contrat.beneficiaire_id] == 1)
            sections.append(Section(qui, *presence, Depliant("Absence ou départ", *depart, ouvert=ouvert)))
        self.helper.layout, self.helper.sans_facultatif = Layout(CHAMP_VERSION, *sections), True

    def rappeler(self, rappels: dict[int, str]) -> None:
        """Écrit sous les heures de chacun ce qui le concerne : {contrat: phrase}."""
        for contrat in self.contrats:
            nom = cases_du_contrat(contrat)["travail"]
            # Un champ déjà lu, par exemple pour son erreur, a copié le sien : les deux sont à écrire.
            self.fields[nom].help_text = self[nom].help_text = rappels.get(contrat.pk, "")

    @staticmethod
    def _depart(noms: dict[str, str]) -> dict[str, forms.Field]:
        return {
            noms["absence"]: champ_heures("Heures d'absence"),
            noms["parti_le"]: JourField(label="Départ le", required=False, help_text="Le dernier jour du contrat."),
            noms["motif"]: forms.ChoiceField(
                label="Raison du départ", required=False, choices=[("", "Choisir…"), *MotifFin.choices]
            ),
        }

    def clean(self):
        valeurs = super().clean()
        for contrat in self.contrats:
            noms = cases_du_contrat(contrat)
            if valeurs.get(noms["parti_le"]) and not valeurs.get(noms["motif"]) and noms["motif"] not in self.errors:
                self.add_error(noms["motif"], "Dites la raison du départ.")
            if valeurs.get(noms["motif"]) and not valeurs.get(noms["parti_le"]) and noms["parti_le"] not in self.errors:
                self.add_error(noms["parti_le"], "Donnez le jour du départ, ou effacez la raison.")
        return valeurs

    def heures(self) -> dict[Contrat, HeuresDeclarees]:
        def dites(contrat: Contrat) -> HeuresDeclarees:
            lues: dict[str, Any] = {quoi: self.cleaned_data.get(nom) for quoi, nom in cases_du_contrat(contrat).items()}
            return HeuresDeclarees(**{**lues, "motif": lues["motif"] or ""})

        return {contrat: dites(contrat) for contrat in self.contrats}

    def version_pour(self, valeurs: Mapping[str, Any]) -> str:
        return version_dite(textes_du_mois(valeurs))

    def libelle(self, nom: str) -> str:
        """« Zoé Marie, heures travaillées » : de quoi parle un champ, hors de sa section."""
        for contrat in self.contrats:
            if nom in cases_du_contrat(contrat).values() and nom in self.fields:
                return f"{contrat.beneficiaire.nom_complet}, {str(self.fields[nom].label).lower()}"
        return "Une personne qui n'est plus en contrat ce mois-là"


def titre_du_contrat(contrat: Contrat, *, seul: bool) -> str:
    """Le nom ; pour une personne à plusieurs contrats, ce qui les distingue."""
    if seul:
        return contrat.beneficiaire.nom_complet
    fin = f" au {contrat.fin:%d/%m/%Y}" if contrat.fin else ""
    depuis = "du" if contrat.fin else "depuis le"
    return f"{contrat.beneficiaire.nom_complet} · {contrat.get_type_contrat_display()} {depuis} {contrat.debut:%d/%m/%Y}{fin}"


class LienDeclarationForm(Formulaire):
    courriel = forms.EmailField(
        label="Courriel du correspondant",
        help_text="Il reçoit un lien personnel, valable 30 jours, pour déclarer les heures de tous ses marchés.",
    )
