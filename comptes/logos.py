"""Un logo déposé : le contenu dit le format, l'image est redessinée, et rien de ce que portait le fichier n'est gardé."""

import io
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, UnidentifiedImageError

from socle.fichiers import FORMATS, reconnaitre
from socle.nombres import taille

FORMATS_DE_LOGO = {extension: FORMATS[extension] for extension in ("png", "jpg", "jpeg")}
POIDS_MAX = 2 * 1024 * 1024
COTE_MAX = 5_000  # pixels ; au-delà, la déplier coûterait plus que de la refuser
BOITE = (900, 450)  # de quoi imprimer 7,5 cm à 300 points par pouce
COTE_MIN = 40


def redessiner(fichier: UploadedFile) -> tuple[ContentFile, tuple[int, int]]:
    """Un PNG tenant dans `BOITE`, sans métadonnées ni profil, et ses dimensions. Lève `ValidationError`."""
    if (fichier.size or 0) > POIDS_MAX:
        raise ValidationError(f"Ce fichier pèse {taille(fichier.size or 0)} : {taille(POIDS_MAX)} au plus.")
    reconnaitre(fichier, fichier.name or "", FORMATS_DE_LOGO, "PNG ou JPEG")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            deposee = Image.open(fichier, formats=["PNG", "JPEG"])
            _exiger_les_dimensions(deposee)
            image = deposee.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning) as refus:
        if isinstance(refus, ValidationError):
            raise
        raise ValidationError("Cette image ne se lit pas : enregistrez-la de nouveau en PNG ou en JPEG.") from refus
    image.thumbnail(BOITE)
    nue = Image.new("RGBA", image.size)
    nue.paste(image)
    octets = io.BytesIO()
    nue.save(octets, "PNG", optimize=True)
    return ContentFile(octets.getvalue()), nue.size


def _exiger_les_dimensions(image: Image.Image) -> None:
    largeur, hauteur = image.size
    if max(largeur, hauteur) > COTE_MAX:
        raise ValidationError(f"Cette image fait {largeur} × {hauteur} pixels : {COTE_MAX} au plus de côté.")
    if min(largeur, hauteur) < COTE_MIN:
        raise ValidationError(f"Cette image fait {largeur} × {hauteur} pixels : {COTE_MIN} au moins de côté.")
