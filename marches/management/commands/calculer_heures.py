import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from marches.calcul import PARAMETRES, PART_MO, TAUX, Resultat, ValeurRefusee, calculer
from marches.enums import Arrondi, Formule
from socle.lecture import lire_decimal
from socle.nombres import pourcent

# Les valeurs que la ligne de commande nomme autrement : un cumul se donne facture par facture.
VALEURS = sorted({p.nom for parametres in PARAMETRES.values() for p in parametres} - {"facture"})


def nombre(texte: str) -> Decimal:
    try:
        return lire_decimal(texte)
    except ValueError as erreur:
        raise CommandError(f"Ce n'est pas un nombre : {texte!r}.") from erreur


class Command(BaseCommand):
    help = "Calcule un effort d'insertion, d'un lot ou de plusieurs (--lots), selon l'une des sept formules."

    def add_arguments(self, parser):
        parser.add_argument("--formule", choices=Formule.values, help="la formule (pour --lots : celle par défaut)")
        for nom in VALEURS:
            parser.add_argument(f"--{nom.replace('_', '-')}", dest=nom, type=nombre)
        parser.add_argument("--factures", nargs="+", type=nombre, help="les montants facturés, cumulés")
        parser.add_argument("--arrondi", choices=Arrondi.values, default=Arrondi.PLUS_PROCHE)
        parser.add_argument("--lots", type=Path, metavar="LOTS.json", help="une liste de lots, chacun avec ses valeurs")
        parser.add_argument("--format", choices=["texte", "json"], default="texte")

    def handle(self, *args, **options):
        communes = {nom: options[nom] for nom in VALEURS if options[nom] is not None}
        if options["factures"]:
            communes["facture"] = sum(options["factures"], Decimal(0))
        if options["lots"]:
            rendu = self._calculer_lots(options["lots"], communes, options)
        else:
            if not options["formule"]:
                raise CommandError("Donnez --formule, ou --lots avec la formule de chaque lot.")
            self._avertir("", communes)
            resultat = _calculer(options["formule"], communes, options["arrondi"])
            rendu = en_dict(resultat)
            if options["format"] == "texte":
                rendu = {**rendu, "calcul": list(resultat.etapes)}
        self._ecrire(rendu, options["format"])

    def _calculer_lots(self, fichier: Path, communes: Mapping[str, Decimal], options) -> dict:
        """Une obligation par lot : chaque lot s'arrondit, puis les heures arrondies s'additionnent."""
        lots, total, exactes = [], 0, Decimal(0)
        for rang, lot in enumerate(lire_lots(fichier), 1):
            nom = str(lot.get("lot") or lot.get("nom") or rang)
            valeurs = {cle.replace("-", "_"): valeur for cle, valeur in lot.items()}
            formule = valeurs.get("formule") or options["formule"] or Formule.MO_TAUX_COUT
            if formule not in Formule.values:
                raise CommandError(f"Lot {nom} : formule inconnue « {formule} ».")
            du_lot = {**communes, **_valeurs_du_lot(valeurs)}
            self._avertir(f"Lot {nom}, ", du_lot)
            try:
                resultat = _calculer(formule, du_lot, valeurs.get("arrondi") or options["arrondi"])
            except CommandError as refus:
                raise CommandError(f"Lot {nom} : {refus}") from refus
            rendu = en_dict(resultat)
            lots.append({"lot": nom, **rendu})
            total += rendu["heures"]
            exactes += resultat.exactes
        return {"lots": lots, "heures_exactes": f"{exactes:.2f}", "heures": total}

    def _avertir(self, ou: str, valeurs: Mapping[str, Decimal]) -> None:
        for phrase in douteux(valeurs):
            self.stderr.write(f"{ou}{phrase}")

    def _ecrire(self, rendu: dict, forme: str) -> None:
        if forme == "json":
            self.stdout.write(json.dumps(rendu, ensure_ascii=False))
            return
        for etape in rendu.get("calcul", ()):
            self.stdout.write(etape)
        for lot in rendu.get("lots", ()):
            self.stdout.write(f"Lot {lot['lot']} : {lot['heures']} h (exactement {lot['heures_exactes']})")
        self.stdout.write(f"{rendu['heures']} h (exactement {rendu['heures_exactes']})")


def douteux(valeurs: Mapping[str, Decimal]) -> Iterator[str]:
    """Un taux de moins de 1 % est sans doute une fraction : « 0,45 » pour 45 %."""
    for parametre in (PART_MO, TAUX):
        valeur = valeurs.get(parametre.nom)
        if valeur is not None and 0 < valeur < 1:
            lu, voulu = pourcent(valeur, None), pourcent(valeur * 100, None)
            yield f"--{parametre.nom.replace('_', '-')} : lu {lu}, et non {voulu}. Un taux s'écrit en pour cent."


def _calculer(formule: str, valeurs: Mapping[str, Decimal], arrondi: str) -> Resultat:
    if arrondi not in Arrondi.values:
        raise CommandError(f"Arrondi inconnu « {arrondi} ».")
    try:
        return calculer(Formule(formule), valeurs, Arrondi(arrondi))
    except ValeurRefusee as refus:
        raise CommandError(f"--{refus.parametre.replace('_', '-')} : {refus.motif}") from refus


def _valeurs_du_lot(lot: Mapping) -> dict[str, Decimal]:
    valeurs = {nom: nombre(str(lot[nom])) for nom in (*VALEURS, "facture") if lot.get(nom) is not None}
    if "factures" in lot:
        valeurs["facture"] = sum((nombre(str(montant)) for montant in lot["factures"]), Decimal(0))
    return valeurs


def lire_lots(fichier: Path) -> list[dict]:
    try:
        lu = json.loads(fichier.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as erreur:
        raise CommandError(f"Fichier illisible : {fichier}.") from erreur
    except ValueError as erreur:
        raise CommandError(f"Ce n'est pas un JSON lisible : {fichier}.") from erreur
    lots = lu.get("lots") if isinstance(lu, dict) else lu
    if not isinstance(lots, list) or not lots or not all(isinstance(lot, dict) for lot in lots):
        raise CommandError("Le fichier doit porter une liste de lots, chacun un objet avec ses valeurs.")
    return lots


def en_dict(resultat: Resultat) -> dict:
    return {"heures_exactes": f"{resultat.exactes:.2f}", "heures": int(resultat.heures)}
