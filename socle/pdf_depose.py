"""Un PDF déposé : sans script, sans programme à lancer, sans fichier caché. Ce qui agit en est retiré ; ce qui se lit reste."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Object, Stream
from pikepdf.settings import set_qpdf_limits

# Un flux de quelques mégaoctets se déplie en gigaoctets : borné pour tout le processus, au-delà de tout vrai document.
set_qpdf_limits(flate_max_memory=256 * 1024 * 1024)
OBJETS_MAX = 200_000
# Une action d'un de ces genres exécute, lance, envoie ou importe ; suivre un lien ou aller à une page n'en est pas.
ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/Rendition",
    "/RichMediaExecute",
    "/Movie",
    "/Sound",
}
# Ces clés portent un script, un fichier joint, un formulaire actif ou une action au moindre événement.
CLES = {"/JavaScript", "/JS", "/AA", "/EmbeddedFiles", "/EF", "/AF", "/XFA", "/RichMediaContent"}
ABIME = (
    "Ce PDF est abîmé ou protégé par un mot de passe : enregistrez-le de nouveau, sans protection, puis renvoyez-le."
)
DEMESURE = "Ce PDF est démesuré : imprimez-le en PDF, puis renvoyez-le."


def desarmer(contenu: bytes) -> bytes:
    """Le même PDF sans rien qui agisse ; les mêmes octets s'il n'y avait rien. Lève `ValidationError` s'il ne se lit pas."""
    try:
        with pikepdf.open(io.BytesIO(contenu)) as pdf:
            if len(pdf.objects) > OBJETS_MAX:
                raise ValidationError(DEMESURE)
            if not _retirer_ce_qui_agit(pdf):
                return contenu
            sortie = io.BytesIO()
            pdf.save(sortie, deterministic_id=True)
            return sortie.getvalue()
    except (pikepdf.PdfError, pikepdf.PasswordError, RecursionError) as erreur:
        raise ValidationError(ABIME) from erreur


def _retirer_ce_qui_agit(pdf: pikepdf.Pdf) -> int:
    return sum(_retirer_de(conteneur) for objet in [pdf.trailer, *pdf.objects] for conteneur in _conteneurs(objet))


def _conteneurs(objet: Object) -> Iterator[Object]:
    """L'objet et ceux qu'il contient directement ; un renvoi est visité à sa place, dans la table des objets."""
    a_voir = [objet]
    while a_voir:
        courant = a_voir.pop()
        if not isinstance(courant, Dictionary | Array | Stream):
            continue
        yield courant
        valeurs = list(courant) if isinstance(courant, Array) else [courant[cle] for cle in list(courant.keys())]
        a_voir += [valeur for valeur in valeurs if isinstance(valeur, Object) and not valeur.is_indirect]


def _retirer_de(conteneur: Object) -> int:
    if isinstance(conteneur, Array):
        agissants = [rang for rang, valeur in enumerate(conteneur) if _agit(valeur)]
        for rang in agissants:
            conteneur[rang] = Dictionary()
        return len(agissants)
    agissantes = [cle for cle in list(conteneur.keys()) if cle in CLES or _agit(conteneur[cle])]
    for cle in agissantes:
        del conteneur[cle]
    return len(agissantes)


def _agit(valeur: Any) -> bool:
    return isinstance(valeur, Dictionary) and "/S" in valeur and str(valeur["/S"]) in ACTIONS
