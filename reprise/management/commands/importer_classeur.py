import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptes.acteur import Acteur
from comptes.management.structures import structure_ou_erreur
from reprise.rapport import Probleme, Rapport, ranger
from reprise.services.classeur import analyser_classeur, appliquer_classeur

MONTRES = 200


class Command(BaseCommand):
    help = (
        "Reprend un classeur .xlsx dans une structure. À blanc par défaut : rien n'est écrit, le rapport dit ce qui se "
        "passerait. Tout ou rien ; rejouable. Code de sortie 1 si le classeur a des erreurs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fichier", help="le classeur .xlsx")
        parser.add_argument("--structure", required=True, help="identifiant court de la structure")
        parser.add_argument("--pour-de-vrai", action="store_true", help="écrit, si le classeur est sans erreur")
        parser.add_argument("--format", choices=["texte", "json"], default="texte", help="forme du rapport")

    def handle(self, *args, **options) -> None:
        chemin = Path(options["fichier"])
        if not chemin.is_file():
            raise CommandError(f"Fichier introuvable : {chemin}")
        acteur = Acteur.systeme(structure_ou_erreur(options["structure"]))
        reprendre = appliquer_classeur if options["pour_de_vrai"] else analyser_classeur
        rapport = reprendre(acteur=acteur, chemin=chemin)
        if options["format"] == "json":
            self.stdout.write(json.dumps(rapport.en_json(), ensure_ascii=False, indent=2))
        else:
            self._raconter(rapport, ecrit=options["pour_de_vrai"])
        if not rapport.sans_erreur:
            raise SystemExit(1)

    def _raconter(self, rapport: Rapport, *, ecrit: bool) -> None:
        if rapport.sans_erreur:
            self.stdout.write("Classeur repris." if ecrit else "À blanc : rien n'est écrit. Avec --pour-de-vrai :")
            crees, modifiees = ("créées", "modifiées") if ecrit else ("à créer", "à modifier")
            for feuille, cree in rapport.comptes()["cree"].items():
                modifie, inchange = rapport.modifie[feuille], rapport.inchange[feuille]
                self.stdout.write(f"  {feuille} : {cree} {crees}, {modifie} {modifiees}, {inchange} inchangées")
        else:
            self.stdout.write(f"{len(rapport.erreurs)} erreur(s) : rien n'est écrit.")
        self._lister("Erreurs", rapport.erreurs)
        self._lister("Avertissements", rapport.avertissements)

    def _lister(self, titre: str, problemes: list[Probleme]) -> None:
        if not problemes:
            return
        self.stdout.write(f"{titre} ({len(problemes)}) :")
        for probleme in ranger(problemes)[:MONTRES]:
            place = ", ".join(
                morceau
                for morceau in (
                    probleme.feuille,
                    f"ligne {probleme.ligne}" if probleme.ligne else "",
                    f"colonne « {probleme.colonne} »" if probleme.colonne else "",
                    f"valeur « {probleme.valeur} »" if probleme.valeur else "",
                )
                if morceau
            )
            self.stdout.write(f"  - {place} : {probleme.raison}" if place else f"  - {probleme.raison}")
        if len(problemes) > MONTRES:
            self.stdout.write(f"  … et {len(problemes) - MONTRES} autres (--format json les donne toutes).")
