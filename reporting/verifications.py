"""Ce que `manage.py verifier` contrôle des bilans publiés : rien n'a bougé, et leurs lignes redonnent leurs chiffres."""

from collections.abc import Iterator
from decimal import Decimal

from reporting.bilan.provenance import relire
from reporting.calcul.indicateurs import Resultat
from reporting.donnees import Valeur, empreinte_de, est_masquee
from reporting.enums import StatutBilan
from reporting.models import Bilan
from socle.verifications import controle

TOLERANCE = Decimal("0.000001")  # un équivalent temps plein s'écrit à six décimales


@controle("Bilans publiés : chacun a son empreinte")
def empreintes() -> Iterator[str]:
    for bilan in _publies():
        if empreinte_de(bilan.donnees) != bilan.empreinte:
            yield f"bilan {bilan.pk} : ses données ne sont plus celles de son empreinte"


@controle("Bilans publiés : les lignes gardées redonnent chaque chiffre")
def chiffres() -> Iterator[str]:
    for bilan in _publies().select_related("lignes").filter(lignes__isnull=False):
        for cle, chiffre in bilan.donnees.get("chiffres", {}).items():
            for quand, montre in (("maintenant", chiffre["valeur"]), ("avant", chiffre["precedente"])):
                gardees = bilan.lignes.lignes.get(cle, {}).get(quand)
                if gardees is not None and not _redonnent(relire(gardees), montre):
                    yield f"bilan {bilan.pk} : « {cle} » ({quand}) n'est pas ce que donnent ses lignes"


def _publies():
    return Bilan.objects.filter(statut__in=[StatutBilan.PUBLIE, StatutBilan.REMPLACE]).order_by("pk")


def _redonnent(resultat: Resultat, montre: Valeur) -> bool:
    """Un chiffre masqué, ou que la période d'avant n'avait pas, ne se compare pas."""
    if montre is None or est_masquee(montre):
        return True
    somme = sum((Decimal(ligne.poids) for ligne in resultat.lignes), Decimal(0))
    valeur = somme / resultat.diviseur if resultat.diviseur else somme
    return abs(valeur - Decimal(str(montre))) <= TOLERANCE
