"""Exporter exactement ce qui est montré : CSV et XLSX, sans formule exécutable."""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.http import HttpResponse, StreamingHttpResponse

from socle.classeurs import Classeur
from socle.enums import Statut
from socle.nombres import en_chiffres, jour_de, nombre
from socle.tables import Colonne, Genre, Jauge
from socle.texte import nettoyer

TYPE_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DEBUTS_DE_FORMULE = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def desamorcer(texte: str) -> str:
    """Un texte de CSV : nettoyé, et précédé d'une apostrophe si un tableur le lirait comme une formule."""
    propre = nettoyer(texte)
    return f"'{propre}" if propre.startswith(DEBUTS_DE_FORMULE) else propre


def valeur_brute(valeur):
    """La donnée d'une cellule, réduite à un texte, un nombre, une date ou rien."""
    if isinstance(valeur, Jauge):
        return valeur.faites
    if isinstance(valeur, Statut):
        return str(valeur.label)
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, datetime.datetime):
        return jour_de(valeur)
    if valeur is None or isinstance(valeur, Decimal | int | float | datetime.date):
        return valeur
    return str(valeur)


def exporter_csv(nom: str, colonnes: list[Colonne], objets: Iterable) -> StreamingHttpResponse:
    reponse = StreamingHttpResponse(_flux_csv(colonnes, objets), content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="{nom}.csv"'
    return reponse


def _flux_csv(colonnes: list[Colonne], objets: Iterable) -> Iterator[str]:
    tampon = io.StringIO()
    ecrivain = csv.writer(tampon, delimiter=";")
    yield "\ufeff"  # Excel ne reconnaît l'UTF-8 qu'à cette marque
    ecrivain.writerow([colonne.titre for colonne in colonnes])
    for objet in objets:
        ecrivain.writerow([_texte_csv(valeur_brute(colonne.valeur(objet))) for colonne in colonnes])
        yield tampon.getvalue()
        tampon.seek(0)
        tampon.truncate()
    yield tampon.getvalue()


def _texte_csv(valeur) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, datetime.date):
        return en_chiffres(valeur)
    if isinstance(valeur, Decimal | int | float):
        return nombre(valeur).replace("\u202f", "").replace("−", "-")
    return desamorcer(valeur)


def exporter_xlsx(nom: str, colonnes: list[Colonne], objets: Iterable) -> HttpResponse:
    tampon = io.BytesIO()
    with Classeur(tampon, constant_memory=True) as classeur:
        feuille = classeur.add_worksheet("Export")
        gras, heures = classeur.add_format({"bold": True}), classeur.add_format({"num_format": "#,##0.00"})
        feuille.freeze_panes(1, 1)
        feuille.set_column(0, len(colonnes) - 1, 22)
        for rang, colonne in enumerate(colonnes):
            feuille.write_string(0, rang, colonne.titre, gras)
        for ligne, objet in enumerate(objets, start=1):
            for rang, colonne in enumerate(colonnes):
                ecrire_cellule(feuille, ligne, rang, valeur_brute(colonne.valeur(objet)), colonne, heures)
    reponse = HttpResponse(tampon.getvalue(), content_type=TYPE_XLSX)
    reponse["Content-Disposition"] = f'attachment; filename="{nom}.xlsx"'
    return reponse


def ecrire_cellule(feuille, ligne: int, rang: int, valeur, colonne: Colonne, format_heures) -> None:
    if isinstance(valeur, datetime.date):
        feuille.write_datetime(ligne, rang, valeur)
    elif isinstance(valeur, Decimal | int | float):
        feuille.write_number(ligne, rang, valeur, format_heures if colonne.genre is Genre.HEURES else None)
    elif valeur is not None:
        feuille.write_string(ligne, rang, valeur)
