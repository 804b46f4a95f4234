"""L'écriture des PDF, seul module qui connaisse WeasyPrint et pikepdf.

Un contexte et un gabarit entrent, les octets d'un PDF/UA-1 sortent : balisé, en français, avec titre et signets, sans
rien lire hors des fichiers statiques. Les mêmes données donnent les mêmes octets.
"""

import atexit
import io
import mimetypes
from functools import cache
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pikepdf
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousOperation
from django.template.loader import render_to_string
from pikepdf import Array, Dictionary, Name, Object

from socle.regles import RegleViolee

# Une adresse sans existence sur le disque : les chemins du serveur n'entrent ni dans le rendu, ni dans le fichier.
RACINE_STATIQUE = "file:///statique/"
VARIANTE = "pdf/ua-1"
BIBLIOTHEQUES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
IMPRIMABLE = 4  # drapeau « Print » d'une annotation (ISO 32000-1, tableau 165)

# Pango et la configuration des polices ne se partagent pas entre fils ; un rendu occupe déjà tout un cœur.
_VERROU = Lock()


class RessourceRefusee(ValueError):
    """Le document a demandé autre chose qu'un fichier statique du projet."""


def ecrire_pdf(gabarit: str, contexte: dict, *, feuilles: tuple[str, ...]) -> bytes:
    """Rend le gabarit avec ses feuilles de style (chemins statiques) et retourne le PDF fini.

    Lève `RegleViolee` si le serveur n'a pas de quoi écrire un PDF, `FatalURLFetchingError` si une ressource manque.
    """
    html = render_to_string(gabarit, contexte)
    with _VERROU:
        moteur = _moteur()
        document = moteur.HTML(string=html, base_url=RACINE_STATIQUE, url_fetcher=moteur.lecteur)
        polices, styles = _styles(feuilles)
        brut = document.write_pdf(stylesheets=styles, font_config=polices, pdf_variant=VARIANTE, pdf_tags=True)
    return finir(brut)


def lire_ressource(url: str) -> tuple[bytes, str]:
    """Les octets et le type d'un fichier statique du projet. Tout le reste – réseau, autre fichier – est refusé."""
    parties = urlsplit(url)
    if not url.startswith(RACINE_STATIQUE) or parties.netloc:
        raise RessourceRefusee(f"Ressource refusée : {url}")
    relatif = unquote(parties.path.removeprefix("/statique/"))
    try:
        chemin = finders.find(relatif)
    except SuspiciousOperation as sortie:
        raise RessourceRefusee(f"Ressource refusée : {url}") from sortie
    if not chemin:
        raise RessourceRefusee(f"Fichier statique inconnu : {relatif}")
    return Path(chemin).read_bytes(), mimetypes.guess_type(relatif)[0] or "application/octet-stream"


@cache
def _moteur() -> SimpleNamespace:
    """WeasyPrint, chargé au premier PDF : deux secondes que les autres processus n'ont pas à payer."""
    try:
        import weasyprint  # noqa: PLC0415 – voir ci-dessus
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415
    except OSError as manque:
        raise RegleViolee(
            f"Le serveur ne peut pas écrire de PDF : une bibliothèque manque ({BIBLIOTHEQUES}). "
            "Prévenez l'administrateur."
        ) from manque

    class LecteurStatique(URLFetcher):
        def fetch(self, url, headers=None):
            contenu, genre = lire_ressource(url)
            return URLFetcherResponse(url, contenu, {"Content-Type": genre})

    return SimpleNamespace(
        HTML=weasyprint.HTML,
        CSS=weasyprint.CSS,
        FontConfiguration=FontConfiguration,
        lecteur=LecteurStatique(fail_on_errors=True),
    )


@cache
def _styles(feuilles: tuple[str, ...]) -> tuple:
    """Les polices et les feuilles analysées une fois par processus : la moitié du temps d'un rendu."""
    moteur = _moteur()
    polices = moteur.FontConfiguration()
    styles = [
        moteur.CSS(
            string=lire_ressource(RACINE_STATIQUE + feuille)[0].decode(),
            base_url=RACINE_STATIQUE + feuille,
            url_fetcher=moteur.lecteur,
            font_config=polices,
        )
        for feuille in feuilles
    ]
    return polices, styles


# WeasyPrint libère ses polices par une fonction qui n'existe plus quand l'interpréteur se ferme.
atexit.register(_styles.cache_clear)


def finir(octets: bytes) -> bytes:
    """Ajoute ce que WeasyPrint laisse : portée des en-têtes, annotations imprimables, marges signalées décoratives."""
    sortie = io.BytesIO()
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        _donner_une_portee(pdf.Root.StructTreeRoot.K)
        for page in pdf.pages:
            for annotation in page.get("/Annots", Array()):
                annotation.F = IMPRIMABLE
        _marquer_les_marges(pdf)
        pdf.save(
            sortie,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
        )
    return sortie.getvalue()


def _donner_une_portee(noeud: Object, groupe: Object | None = None) -> None:
    """Un en-tête de `thead` porte sur sa colonne, les autres sur leur ligne (PDF/UA-1, 7.5)."""
    if isinstance(noeud, Array):
        for enfant in noeud:
            _donner_une_portee(enfant, groupe)
    elif isinstance(noeud, Dictionary) and "/S" in noeud:
        if noeud.S in (Name.THead, Name.TBody):
            groupe = noeud.S
        if noeud.S == Name.TH:
            attributs = noeud.get("/A") or Dictionary(O=Name.Table)
            attributs.Scope = Name.Column if groupe == Name.THead else Name.Row
            noeud.A = attributs
        if "/K" in noeud:
            _donner_une_portee(noeud.K, groupe)


def _marquer_les_marges(pdf: pikepdf.Pdf) -> None:
    """Les en-têtes et pieds de page deviennent des artefacts : une synthèse vocale ne les relit pas à chaque page.

    WeasyPrint les peint comme du contenu, rattaché à des éléments absents de l'arbre : on les reconnaît à cela.
    """
    dans_l_arbre = set()
    _recenser(pdf.Root.StructTreeRoot.K, dans_l_arbre)
    numeros = pdf.Root.StructTreeRoot.ParentTree.Nums
    for rang, page in enumerate(pdf.pages):
        elements = numeros[2 * rang + 1]
        orphelins = {mcid for mcid, element in enumerate(elements) if element.objgen not in dans_l_arbre}
        if not orphelins:
            continue
        instructions = []
        for instruction in pikepdf.parse_content_stream(page):
            operandes, operateur = instruction.operands, str(instruction.operator)
            if operateur == "BDC" and "/MCID" in operandes[1] and int(operandes[1].MCID) in orphelins:
                marge = [Name.Artifact, Dictionary(Type=Name.Pagination)]
                instruction = pikepdf.ContentStreamInstruction(marge, pikepdf.Operator("BDC"))
            instructions.append(instruction)
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))
        for mcid in orphelins:
            elements[mcid] = None


def _recenser(noeud: Object, vus: set) -> None:
    if isinstance(noeud, Array):
        for enfant in noeud:
            _recenser(enfant, vus)
    elif isinstance(noeud, Dictionary) and "/S" in noeud:
        vus.add(noeud.objgen)
        if "/K" in noeud:
            _recenser(noeud.K, vus)
