import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from declarations.cases import case
from declarations.fichiers.lecture import LIBELLES, Groupe, est_complete
from declarations.fichiers.rapprochement import Rapprochement, rapprocher
from declarations.forms.mois import champ_heures
from declarations.models import HEURES_MAX_PAR_MOIS
from declarations.services.heures import est_hors_du_contrat
from recrutement.models import Contrat
from socle.champs import MoisField
from socle.forms import Formulaire
from socle.nombres import nombre, taille

FORMATS = (".xlsx", ".xls", ".ods", ".csv", ".txt", ".tsv")
TAILLE_MAX = 5 * 1024 * 1024
LAISSER = "laisser"


class FichierForm(Formulaire):
    fichier = forms.FileField(
        label="Votre fichier d'heures",
        help_text="Excel (.xlsx, .xls), LibreOffice (.ods) ou .csv : une ligne par personne et par mois, ou par semaine.",
        widget=forms.FileInput(attrs={"accept": ",".join(FORMATS)}),
        error_messages={"required": "Choisissez votre fichier.", "empty": "Ce fichier est vide."},
    )

    def clean_fichier(self):
        fichier = self.cleaned_data["fichier"]
        if fichier.size > TAILLE_MAX:
            raise ValidationError(f"Ce fichier dépasse {taille(TAILLE_MAX)}.")
        if Path(fichier.name).suffix.casefold() not in FORMATS:
            raise ValidationError("Déposez un classeur Excel (.xlsx, .xls) ou LibreOffice (.ods), ou un fichier .csv.")
        return fichier


class ColonnesForm(Formulaire):
    """Ce que dit chaque colonne du fichier ; le mois, quand aucune ne le dit."""

    def __init__(self, *args, titres: Sequence[str] = (), **kwargs):
        super().__init__(*args, **kwargs)
        choix = [("", "Aucune")] + [(str(rang), titre or f"Colonne {rang + 1}") for rang, titre in enumerate(titres)]
        for quoi, libelle in LIBELLES.items():
            self.fields[quoi] = forms.ChoiceField(label=libelle, choices=choix, required=quoi == "heures")
        self.fields["mois_du_fichier"] = MoisField(
            label="Mois du fichier",
            required=False,
            help_text="Seulement si aucune colonne ne dit le mois ni la semaine.",
        )

    def places(self) -> dict[str, int]:
        return {quoi: int(self.cleaned_data[quoi]) for quoi in LIBELLES if self.cleaned_data.get(quoi)}

    def clean(self):
        valeurs = super().clean()
        if self.errors:
            return valeurs
        places = self.places()
        if "personne" not in places and "nom" not in places:
            self.add_error("personne", "Dites quelle colonne nomme la personne.")
        if len(set(places.values())) < len(places):
            self.add_error(None, "Une même colonne est choisie deux fois.")
        mois = {} if valeurs.get("mois_du_fichier") is None else {"mois": -1}
        if not self.errors and not est_complete({**mois, **places}):
            self.add_error("mois", "Dites quelle colonne donne le mois ou la semaine, ou donnez le mois du fichier.")
        return valeurs


class RelectureForm(Formulaire):
    """Chaque personne et chaque mois du fichier : son contrat, son mois et ses heures, corrigés sur place."""

    def __init__(self, *args, groupes: Sequence[Groupe] = (), contrats: Sequence[Contrat] = (), **kwargs):
        self.groupes = list(groupes)
        self.contrats = {str(contrat.uuid): contrat for contrat in contrats}
        self.trouves: list[Rapprochement] = [rapprocher(g.personne, g.mois, contrats) for g in self.groupes]
        super().__init__(*args, **kwargs)
        choix = [(cle, _nommer(contrat)) for cle, contrat in self.contrats.items()]
        for rang, (groupe, trouve) in enumerate(zip(self.groupes, self.trouves, strict=True)):
            qui = groupe.personne
            champs: dict[str, forms.Field] = {
                "contrat": forms.ChoiceField(
                    label=f"Contrat de {qui}",
                    error_messages={"required": "Choisissez un contrat, ou « Ne pas déclarer »."},
                    choices=[("", "Choisir…"), *choix, (LAISSER, "Ne pas déclarer")],
                ),
                "mois": MoisField(label=f"Mois de {qui}"),
                "heures": champ_heures(f"Heures de {qui}"),
            }
            champs["heures"].required = True
            initiales = {
                "contrat": str(trouve.contrat.uuid) if trouve.contrat else "",
                "mois": groupe.mois,
                "heures": groupe.heures if groupe.heures is not None else groupe.heures_tapees,
            }
            for nom, champ in champs.items():
                self.fields[f"{nom}_{rang}"] = champ
                self.initial.setdefault(f"{nom}_{rang}", initiales[nom])

    def rangs(self):
        """Chaque groupe, ses champs, et ce qu'il faut y regarder."""
        for rang, (groupe, trouve) in enumerate(zip(self.groupes, self.trouves, strict=True)):
            champs = {nom: self[f"{nom}_{rang}"] for nom in ("contrat", "mois", "heures")}
            yield {"groupe": groupe, "regarder": _a_regarder(groupe, trouve), **champs}

    @property
    def a_regarder(self) -> int:
        return sum(bool(_a_regarder(*paire)) for paire in zip(self.groupes, self.trouves, strict=True))

    def clean(self):
        valeurs = super().clean()
        for rang in range(len(self.groupes)):
            contrat, mois = self._contrat(rang), valeurs.get(f"mois_{rang}")
            if contrat and mois and est_hors_du_contrat(contrat, mois):
                self.add_error(f"mois_{rang}", "Ce mois est hors des dates du contrat.")
        for cle, heures in self.lignes().items():
            if heures > HEURES_MAX_PAR_MOIS:
                self.add_error(
                    self._champ(*cle), f"Pas plus de {HEURES_MAX_PAR_MOIS} heures dans un mois, toutes lignes réunies."
                )
        if not self.errors and not self.lignes():
            self.add_error(None, "Aucune ligne n'est à déclarer.")
        return valeurs

    def _contrat(self, rang: int) -> Contrat | None:
        return self.contrats.get(self.cleaned_data.get(f"contrat_{rang}", ""))

    def lignes(self) -> dict[tuple[Contrat, datetime.date], Decimal]:
        """{(contrat, mois): heures} ; deux lignes du même contrat et du même mois s'ajoutent."""
        lignes: dict[tuple[Contrat, datetime.date], Decimal] = defaultdict(Decimal)
        for rang in range(len(self.groupes)):
            contrat, mois = self._contrat(rang), self.cleaned_data.get(f"mois_{rang}")
            heures = self.cleaned_data.get(f"heures_{rang}")
            if contrat and mois and heures is not None:
                lignes[contrat, mois] += heures
        return dict(lignes)

    @property
    def laissees(self) -> int:
        return sum(self.cleaned_data[f"contrat_{rang}"] == LAISSER for rang in range(len(self.groupes)))

    def _champ(self, contrat: Contrat, mois: datetime.date) -> str:
        return next(
            f"heures_{rang}"
            for rang in range(len(self.groupes))
            if self._contrat(rang) == contrat and self.cleaned_data.get(f"mois_{rang}") == mois
        )

    def reporter(self, refus: ValidationError) -> None:
        """Le service nomme la case d'un contrat : ici, c'est la première de ses lignes."""
        dits: Mapping[str, Any] = getattr(refus, "error_dict", {})
        for contrat, mois in self.lignes():
            if erreurs := dits.get(case("travail", contrat)):
                self.add_error(self._champ(contrat, mois), [erreur.message for erreur in erreurs])
                return
        super().reporter(refus)


def _nommer(contrat: Contrat) -> str:
    marche = contrat.engagement.lot.marche
    dates = f"du {contrat.debut:%d/%m/%Y}" + (f" au {contrat.fin:%d/%m/%Y}" if contrat.fin else "")
    return f"{contrat.beneficiaire.nom_complet} · {marche.reference}, lot {contrat.engagement.lot.numero} · {dates}"


def _a_regarder(groupe: Groupe, trouve: Rapprochement) -> list[str]:
    dits = [trouve.pourquoi]
    if groupe.mois is None:
        dits.append(f"« {groupe.mois_tape} » n'est pas un mois." if groupe.mois_tape else "Le mois manque.")
    if groupe.heures is None:
        dits.append(
            f"« {groupe.heures_tapees} » n'est pas un nombre d'heures."
            if groupe.heures_tapees
            else "Les heures manquent."
        )
    elif groupe.heures > HEURES_MAX_PAR_MOIS:
        dits.append(f"{nombre(groupe.heures)} h : plus que {HEURES_MAX_PAR_MOIS} heures dans un mois.")
    return [dit for dit in dits if dit]
