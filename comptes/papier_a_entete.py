"""Le logo qu'un document porte : celui de sa structure le jour où il est demandé, et toujours le même ensuite."""

from comptes.models import Logo, Organisation
from socle.models import Document
from socle.regles import RegleViolee
from socle.stockage import FichierAbsent, ouvrir

LOGO = "logo"  # sa clé, parmi les paramètres du document
LOGO_PERDU = (
    "Le logo que ce document porte manque parmi les fichiers du serveur : prévenez l'administrateur, puis relancez-le."
)


def logo_du_jour(structure: Organisation) -> dict[str, str]:
    """À joindre aux paramètres d'un document demandé ; rien si la structure n'a pas de logo."""
    logo = Logo.objects.en_place().filter(structure=structure).first()
    return {LOGO: str(logo.uuid)} if logo else {}


def image_du_jour(structure: Organisation) -> bytes | None:
    """Le logo d'aujourd'hui, pour un texte que l'on reprend et que rien ne fige."""
    logo = Logo.objects.en_place().filter(structure=structure).first()
    return lire_image(logo) if logo else None


def images_de(document: Document) -> dict[str, bytes]:
    """{nom: octets} des images que ce document imprime. Un document demandé sans logo n'en aura jamais."""
    cle = document.parametres.get(LOGO)
    if cle is None:
        return {}
    logo = Logo.objects.filter(structure=document.organisation_id, uuid=cle).first()
    if logo is None:
        raise RegleViolee(LOGO_PERDU)
    return {LOGO: lire_image(logo)}


def lire_image(logo: Logo) -> bytes:
    """Lève `RegleViolee` si son fichier n'est plus là."""
    try:
        with ouvrir(logo.image) as fichier:
            return fichier.read()
    except FichierAbsent as manque:
        raise RegleViolee(LOGO_PERDU) from manque
