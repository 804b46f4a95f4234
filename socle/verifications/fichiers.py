"""La base et le stockage des fichiers : ce qui manque, ce qui a changé, ce que rien ne nomme."""

import hashlib
from collections.abc import Iterator

from django.core.files.storage import Storage, default_storage

from socle.stockage import fichiers_gardes
from socle.verifications import controle

CONTENUS = "Fichiers : chacun a son empreinte"


@controle("Fichiers : chacun est là")
def manquants() -> Iterator[str]:
    for ligne, fichier in fichiers_gardes():
        if not fichier.storage.exists(str(fichier.name)):
            yield f"{ligne._meta.verbose_name} {ligne.pk} : {fichier.name} manque"


@controle(CONTENUS)
def changes() -> Iterator[str]:
    """Lit chaque fichier : long dans un stockage distant, et la commande sait s'en passer."""
    for ligne, fichier in fichiers_gardes():
        attendue = getattr(ligne, "empreinte", "")
        if attendue and fichier.storage.exists(str(fichier.name)):
            with fichier.storage.open(str(fichier.name), "rb") as contenu:
                if hashlib.file_digest(contenu, "sha256").hexdigest() != attendue:
                    yield f"{ligne._meta.verbose_name} {ligne.pk} : {fichier.name} n'est plus ce qui fut rangé"


@controle("Fichiers : chacun est connu de la base")
def inconnus() -> Iterator[str]:
    """Effacé de la base et pas du stockage, un fichier garde ce que quelqu'un croit parti."""
    connus = {str(fichier.name) for _, fichier in fichiers_gardes()}
    yield from (f"{chemin} : rien ne le nomme" for chemin in _tous(default_storage) if chemin not in connus)


def _tous(stockage: Storage, dossier: str = "") -> Iterator[str]:
    try:
        dossiers, fichiers = stockage.listdir(dossier)
    except FileNotFoundError:  # rien n'a jamais été rangé
        return
    prefixe = f"{dossier}/" if dossier else ""
    yield from (prefixe + nom for nom in sorted(fichiers))
    for nom in sorted(dossiers):
        yield from _tous(stockage, prefixe + nom)
