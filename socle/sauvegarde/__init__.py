"""Sauvegarder et restaurer une installation, sur SQLite comme sur PostgreSQL, sans programme à côté.

`archive` : un tar compressé, chiffré ou non, dont chaque pièce a son empreinte. `lignes` : la base, lue puis réécrite telle
quelle. `ecriture` et `lecture` les réunissent.
"""
