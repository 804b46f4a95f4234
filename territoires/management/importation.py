"""Ce que les commandes d'import ont en commun : un fichier, un rapport en texte ou en JSON, toutes les erreurs à la fois."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from territoires.importation import ImportRefuse, Rapport

ERREURS_MONTREES = 100


class CommandeImport(BaseCommand):
    """Une commande d'import ; `genres` nomme ce qu'elle compte, `importer` rend le `Rapport` ou lève `ImportRefuse`."""

    genres: dict[str, str] = {}

    def add_arguments(self, parser) -> None:
        parser.add_argument("fichier", type=Path, metavar="FICHIER")
        parser.add_argument("--format", choices=["texte", "json"], default="texte", help="rapport (texte par défaut)")

    def importer(self, fichier: Path, options) -> Rapport:
        raise NotImplementedError

    def handle(self, *args, **options) -> None:
        en_json = options["format"] == "json"
        try:
            rapport = self.importer(options["fichier"], options)
        except ImportRefuse as refus:
            if en_json:
                vide = Rapport().en_dict(*self.genres)
                self.stdout.write(json.dumps({**vide, "erreurs": refus.erreurs}, ensure_ascii=False, indent=2))
            raise CommandError(_texte_des_erreurs(refus.erreurs)) from refus
        if en_json:
            self.stdout.write(json.dumps(rapport.en_dict(*self.genres), ensure_ascii=False, indent=2))
        else:
            self._ecrire_en_texte(rapport)

    def _ecrire_en_texte(self, rapport: Rapport) -> None:
        for genre, libelle in self.genres.items():
            self.stdout.write(
                f"{libelle} : {rapport.cree[genre]} créés, {rapport.modifie[genre]} modifiés, "
                f"{rapport.inchange[genre]} inchangés, {rapport.absent[genre]} absents du fichier (gardés)"
            )
        for phrase in rapport.avertissements:
            self.stdout.write(self.style.WARNING(f"Attention : {phrase}"))


def _texte_des_erreurs(erreurs: list[str]) -> str:
    reste = len(erreurs) - ERREURS_MONTREES
    suite = [f"… et {reste} autres erreurs (--format json les donne toutes)."] if reste > 0 else []
    lignes = "\n".join(f"  {erreur}" for erreur in [*erreurs[:ERREURS_MONTREES], *suite])
    return f"Import refusé, rien n'a été écrit.\n{lignes}"
