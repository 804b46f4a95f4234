"""Exporter des tables : une en CSV, une ou toutes en classeur."""

from collections.abc import Mapping
from operator import itemgetter

from django.http import Http404, HttpResponse

from reporting.recit.tables import Table
from reporting.rendu.classeur import ecrire_tables
from socle.exports import TYPE_XLSX, exporter_csv
from socle.tables import Colonne


def exporter(parametres: Mapping[str, str], tables: Mapping[str, Table], nom: str, auteur: str) -> HttpResponse:
    """`?export=xlsx`, toutes les tables ; `?export=xlsx|csv&table=mois`, celle-là. Lève `Http404` pour ce qui n'existe pas."""
    choisie, forme = parametres.get("table", ""), parametres["export"]
    if forme not in ("csv", "xlsx") or ((choisie or forme == "csv") and choisie not in tables):
        raise Http404
    gardees = [tables[choisie]] if choisie else list(tables.values())
    nom = f"{nom}-{choisie}" if choisie else nom
    if forme == "csv":
        return _en_csv(gardees[0], nom)
    reponse = HttpResponse(ecrire_tables(gardees, nom, auteur), content_type=TYPE_XLSX)
    reponse["Content-Disposition"] = f'attachment; filename="{nom}.xlsx"'
    return reponse


def _en_csv(table: Table, nom: str):
    colonnes = [Colonne(titre, itemgetter(rang)) for rang, titre in enumerate(table.colonnes)]
    return exporter_csv(nom, colonnes, table.lignes)
