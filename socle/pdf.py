"""L'écriture des PDF, seul module qui connaisse WeasyPrint (`pdf_depose` lit ceux qu'on nous dépose).

Un contexte et un gabarit entrent, les octets d'un PDF sortent : PDF/UA-1 (balisé, en français, titre et signets) et
PDF/A-3a (gardable, ses données jointes), sans rien lire hors des fichiers statiques et des images données. Les mêmes
données donnent les mêmes octets. La conformité est déclarée et contrôlée par deux vérificateurs dans les tests ; veraPDF
reste à passer ailleurs.
"""

import atexit
import io
import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
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
from socle.texte import nettoyer

# Une adresse sans existence sur le disque : les chemins du serveur n'entrent ni dans le rendu, ni dans le fichier.
RACINE_STATIQUE = "file:///statique/"
RACINE_IMAGES = "file:///images/"
SIGNATURE_PNG = b"\x89PNG\r\n\x1a\n"
VARIANTE = "pdf/a-3a"
COULEURS = "ecran"  # le profil sRVB, celui de tous nos dessins
BIBLIOTHEQUES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
# WeasyPrint n'écrit qu'une norme à la fois : la seconde se déclare ici, avec le schéma d'extension que PDF/A exige pour
# une propriété qu'il ne connaît pas (ISO 19005-3, 6.6.2.3).
DECLARATION_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of the PDF/UA standard the document conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""

# Ce que WeasyPrint écrit devant un contenu balisé : « /Span <</MCID 3>> BDC ».
_OUVERTURE = re.compile(rb"/\w+\s+<<\s*/MCID\s+(\d+)\s*>>\s+BDC")

# Pango et la configuration des polices ne se partagent pas entre fils ; un rendu occupe déjà tout un cœur.
_VERROU = Lock()


class RessourceRefusee(ValueError):
    """Le document a demandé autre chose qu'un fichier statique du projet."""


@dataclass(frozen=True, slots=True)
class PieceJointe:
    """Un fichier embarqué : son nom, ses octets, son type MIME, et la phrase qui dit ce qu'il contient."""

    nom: str
    contenu: bytes
    type: str
    description: str


def ecrire_pdf(
    gabarit: str,
    contexte: dict,
    *,
    feuilles: tuple[str, ...],
    pieces: Iterable[PieceJointe] = (),
    images: Mapping[str, bytes] | None = None,
) -> bytes:
    """Rend le gabarit avec ses feuilles de style (chemins statiques), y joint les pièces et retourne le PDF fini.

    `images` : les PNG que le gabarit nomme `RACINE_IMAGES` + nom, et eux seuls.
    Lève `RegleViolee` si le serveur n'a pas de quoi écrire un PDF, `FatalURLFetchingError` si une ressource manque.
    """
    html = nettoyer(render_to_string(gabarit, contexte))
    with _VERROU:
        moteur = _moteur()
        document = moteur.HTML(string=html, base_url=RACINE_STATIQUE, url_fetcher=moteur.lecteur(images or {}))
        polices, styles = _styles(feuilles)
        brut = document.write_pdf(
            stylesheets=styles,
            font_config=polices,
            pdf_variant=VARIANTE,
            color_profiles={COULEURS: moteur.couleurs()},
            output_intent=COULEURS,
        )
    return finir(brut, pieces)


def lire_ressource(url: str, images: Mapping[str, bytes] | None = None) -> tuple[bytes, str]:
    """Les octets et le type d'un fichier statique, ou d'une image donnée. Tout le reste – réseau, autre fichier – est refusé."""
    if url.startswith(RACINE_IMAGES):
        octets = (images or {}).get(url.removeprefix(RACINE_IMAGES), b"")
        if not octets.startswith(SIGNATURE_PNG):  # jamais un dessin qui pourrait demander autre chose
            raise RessourceRefusee(f"Image refusée : {url}")
        return octets, "image/png"
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
        from weasyprint.css import ColorProfile  # noqa: PLC0415
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415
    except OSError as manque:
        raise RegleViolee(
            f"Le serveur ne peut pas écrire de PDF : une bibliothèque manque ({BIBLIOTHEQUES}). "
            "Prévenez l'administrateur."
        ) from manque

    class LecteurStatique(URLFetcher):
        def __init__(self, images: Mapping[str, bytes]):
            super().__init__(fail_on_errors=True)
            self._images = images

        def fetch(self, url, headers=None):
            contenu, genre = lire_ressource(url, self._images)
            return URLFetcherResponse(url, contenu, {"Content-Type": genre})

    return SimpleNamespace(
        HTML=weasyprint.HTML,
        CSS=weasyprint.CSS,
        FontConfiguration=FontConfiguration,
        couleurs=partial(_couleurs, ColorProfile, (files(weasyprint.pdf) / "sRGB2014.icc").read_bytes()),
        lecteur=LecteurStatique,
    )


def _couleurs(profil: type, octets: bytes):
    """Le profil que WeasyPrint fournit, lu par nous : lui laisse son fichier ouvert à chaque document."""
    return profil(io.BytesIO(octets), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


@cache
def _styles(feuilles: tuple[str, ...]) -> tuple:
    """Les polices et les feuilles analysées une fois par processus : la moitié du temps d'un rendu."""
    moteur = _moteur()
    polices = moteur.FontConfiguration()
    styles = [
        moteur.CSS(
            string=lire_ressource(RACINE_STATIQUE + feuille)[0].decode(),
            base_url=RACINE_STATIQUE + feuille,
            url_fetcher=moteur.lecteur({}),
            font_config=polices,
        )
        for feuille in feuilles
    ]
    return polices, styles


# WeasyPrint libère ses polices par une fonction qui n'existe plus quand l'interpréteur se ferme.
atexit.register(_styles.cache_clear)


def finir(octets: bytes, pieces: Iterable[PieceJointe] = ()) -> bytes:
    """Ajoute ce que WeasyPrint laisse : tableaux recousus, portée des en-têtes, marges décoratives, seconde norme, pièces."""
    sortie = io.BytesIO()
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        recoudre_les_tableaux(pdf.Root.StructTreeRoot)
        dans_l_arbre = set()
        for element, groupe in _elements(pdf.Root.StructTreeRoot.K):
            dans_l_arbre.add(element.objgen)
            _donner_une_portee(element, groupe)
        _marquer_les_marges(pdf, dans_l_arbre)
        _declarer_l_accessibilite(pdf)
        _joindre(pdf, pieces)
        pdf.save(
            sortie,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
        )
    return sortie.getvalue()


# --- Les tableaux coupés par une page ----------------------------------------------------------------------------------
def recoudre_les_tableaux(racine: Object) -> None:
    """Un tableau sur plusieurs pages redevient un seul tableau : WeasyPrint en écrit un par page, ses en-têtes répétés.

    La suite d'un tableau ouvre sa page : rien avant elle dans sa section, ni titre ni légende, les mêmes colonnes que le tableau
    qui finit la page d'avant. Ses lignes le rejoignent ; ses en-têtes quittent l'arbre, et ne se relisent plus à voix haute.
    """
    document = racine.K[0] if isinstance(racine.K, Array) else racine.K
    gardes: list[Object] = []
    for section in _enfants(document):
        avant, suite = (_vers_le_tableau(gardes[-1], -1), _vers_le_tableau(section, 0)) if gardes else ([], [])
        if suite and _est_la_suite(avant, suite):
            _recoudre(avant, suite)
        else:
            gardes.append(section)
    document.K = Array(gardes)


def _enfants(element: Object) -> list[Object]:
    contenu = element.get("/K", Array())
    return list(contenu) if isinstance(contenu, Array) else [contenu]


def _vers_le_tableau(section: Object, rang: int) -> list[Object]:
    """De la section au tableau qui l'ouvre (rang 0) ou la finit (rang -1), de contenant en contenant ; vide sans lui."""
    chemin = [section]
    while isinstance(chemin[-1], Dictionary) and chemin[-1].get("/S") in (Name.Sect, Name.Div):
        enfants = _enfants(chemin[-1])
        if not enfants:
            return []
        chemin.append(enfants[rang])
    fin = chemin[-1]
    return chemin if isinstance(fin, Dictionary) and fin.get("/S") == Name.Table else []


def _est_la_suite(avant: list[Object], suite: list[Object]) -> bool:
    meme_place = [element.S for element in avant] == [element.S for element in suite]
    legende = any(Name.Caption == partie.S for partie in _enfants(suite[-1]))
    return meme_place and not legende and _colonnes(avant[-1]) == _colonnes(suite[-1]) > 0


def _colonnes(tableau: Object) -> int:
    entetes = [partie for partie in _enfants(tableau) if Name.THead == partie.S]
    return len(_enfants(_enfants(entetes[0])[0])) if entetes else 0


def _recoudre(avant: list[Object], suite: list[Object]) -> None:
    """Les lignes de la suite passent au tableau, et ce qui la suit à chaque étage passe à l'étage d'avant."""
    corps = next(partie for partie in reversed(_enfants(avant[-1])) if Name.TBody == partie.S)
    lignes = [ligne for partie in _enfants(suite[-1]) if Name.TBody == partie.S for ligne in _enfants(partie)]
    _ajouter(corps, lignes)
    for etage, suivant in zip(avant[:-1], suite[:-1], strict=True):
        _ajouter(etage, _enfants(suivant)[1:])


def _ajouter(element: Object, enfants: list[Object]) -> None:
    for enfant in enfants:
        enfant.P = element
    element.K = Array([*_enfants(element), *enfants])


def _declarer_l_accessibilite(pdf: pikepdf.Pdf) -> None:
    lues = pdf.Root.Metadata.read_bytes()
    pdf.Root.Metadata.write(lues.replace(b"</rdf:RDF>", DECLARATION_UA + b"</rdf:RDF>"))


def _joindre(pdf: pikepdf.Pdf, pieces: Iterable[PieceJointe]) -> None:
    """Chaque pièce porte la date du document, jamais celle du rendu : refait, il a les mêmes octets."""
    date = str(pdf.docinfo.get("/CreationDate", ""))
    for piece in pieces:
        pdf.attachments[piece.nom] = pikepdf.AttachedFileSpec(
            pdf,
            piece.contenu,
            filename=piece.nom,
            mime_type=piece.type,
            description=piece.description,
            creation_date=date,
            mod_date=date,
            relationship=Name.Data,
        )
    jointes = [fiche.obj for _, fiche in sorted(pdf.attachments.items())]
    if jointes:
        pdf.Root.AF = pdf.make_indirect(Array(jointes))


def _elements(noeud: Object, groupe: Object | None = None) -> Iterator[tuple[Object, Object | None]]:
    """Chaque élément de l'arbre, et la partie de tableau (`THead`, `TBody`) où il se trouve."""
    if isinstance(noeud, Array):
        for enfant in noeud:
            yield from _elements(enfant, groupe)
    elif isinstance(noeud, Dictionary) and "/S" in noeud:
        if noeud.S in (Name.THead, Name.TBody):
            groupe = noeud.S
        yield noeud, groupe
        if "/K" in noeud:
            yield from _elements(noeud.K, groupe)


def _donner_une_portee(element: Object, groupe: Object | None) -> None:
    """Un en-tête de `thead` porte sur sa colonne, les autres sur leur ligne (PDF/UA-1, 7.5)."""
    if element.S == Name.TH:
        attributs = element.get("/A") or Dictionary(O=Name.Table)
        attributs.Scope = Name.Column if groupe == Name.THead else Name.Row
        element.A = attributs


def _marquer_les_marges(pdf: pikepdf.Pdf, dans_l_arbre: set[tuple[int, int]]) -> None:
    """Les en-têtes et pieds de page deviennent des artefacts : une synthèse vocale ne les relit pas à chaque page.

    WeasyPrint les peint comme du contenu, rattaché à des éléments absents de l'arbre : on les reconnaît à cela. Il écrit
    ses textes en hexadécimal : une ouverture n'y est jamais du texte, et la remplacer évite d'analyser la page.
    """
    numeros = pdf.Root.StructTreeRoot.ParentTree.Nums
    for rang, page in enumerate(pdf.pages):
        elements = numeros[2 * rang + 1]
        orphelins = {mcid for mcid, element in enumerate(elements) if element.objgen not in dans_l_arbre}
        if not orphelins:
            continue
        page.Contents.write(_OUVERTURE.sub(partial(_artefact, orphelins), page.Contents.read_bytes()))
        for mcid in orphelins:
            elements[mcid] = None


def _artefact(orphelins: set[int], ouverture: re.Match[bytes]) -> bytes:
    return b"/Artifact <</Type /Pagination>> BDC" if int(ouverture[1]) in orphelins else ouverture[0]
