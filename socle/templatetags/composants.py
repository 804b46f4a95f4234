"""Les composants d'écran en balises : les paramètres ont un nom et un défaut, la page ne montre jamais une variable absente.

Chaque balise rend `templates/composants/<nom>.html`, qui dit en tête ce qu'elle attend. Exemples vivants : `/composants/`.
"""

import datetime
import uuid
from decimal import Decimal
from functools import lru_cache
from typing import cast

from django import template
from django.conf import settings
from django.db.models import Choices
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from socle import nombres
from socle.enums import EtatDocument, Moment
from socle.graphiques import etincelle
from socle.jauges import barre, phrase_courte, phrase_jauge
from socle.tables import Cellule, Colonne, Genre, Jauge
from socle.versions import CHAMP_VERSION

register = template.Library()

for nom in ["nombre", "heures", "euros", "pourcent", "mois_annee", "de_mois", "siret", "taille", "duree", "accorder"]:
    register.filter(nom, getattr(nombres, nom))

# Un ton n'est jamais une couleur seule : chacun a sa forme, et le mot est toujours écrit à côté.
ICONES_DES_TONS = {
    "neutre": "circle",
    "info": "circle-dot",
    "fait": "circle-check",
    "attention": "clock-alert",
    "retard": "triangle-alert",
}


FRISE_OUVERTE = 8  # au-delà, le journal se déplie : il ne doit pas faire la longueur de la page


# --- Écritures ---------------------------------------------------------------------------------------------------
@register.filter
def jour(valeur: datetime.date | None) -> str:
    """Un jour en court : « 12 nov. 2026 »."""
    if valeur is None:
        return ""
    return nombres.jour(valeur)


@register.filter
def mois_court(valeur: datetime.date) -> str:
    """Le mois seul, abrégé : « nov. »."""
    return nombres.MOIS_COURTS[valeur.month - 1]


@register.filter
def initiales(personne) -> str:
    """Les initiales d'un utilisateur, d'une personne (`prenom`, `nom`) ou d'un texte : « M. D. »."""
    if hasattr(personne, "prenom"):
        mots = [personne.prenom, personne.nom]
    else:
        mots = str(personne or "").replace("-", " ").split()
        mots = [mots[0], mots[-1]] if len(mots) > 1 else mots
    return "".join(mot[0].upper() for mot in mots if mot)


@lru_cache(maxsize=512)
def dessin(nom: str, taille: int = 20) -> SafeString:
    """Le dessin d'une icône : un fichier du paquet lucide, que son nom choisit."""
    return mark_safe(lucide(nom, size=taille, **{"class": "icone", "aria-hidden": "true"}).replace("\n", ""))


@register.simple_tag
def icone(nom: str, taille: int = 20) -> SafeString:
    """Une icône Lucide, ignorée des lecteurs d'écran : le mot est toujours à côté."""
    return dessin(str(nom), taille)


@register.simple_tag
def icone_ton(ton: str, taille: int = 16) -> SafeString:
    """La forme d'un ton."""
    return dessin(ICONES_DES_TONS.get(ton, "circle"), taille)


@register.simple_tag
def version() -> str:
    return settings.VERSION


@register.simple_tag(takes_context=True)
def jeton_envoi(context) -> SafeString:
    """Les champs cachés d'un formulaire : le jeton qui rend un envoi unique, et la version de ce que la page montre."""
    jeton = format_html('<input type="hidden" name="jeton_envoi" value="{}">', uuid.uuid4().hex)
    if version := context.get("version_montree"):
        jeton += format_html('<input type="hidden" name="{}" value="{}">', CHAMP_VERSION, version)
    return jeton


@register.filter
def ancre(champ) -> str:
    """L'id de l'élément à atteindre pour corriger un champ : le premier choix, pour des boutons radio."""
    return champ.id_for_label or f"{champ.auto_id}_0"


# --- Badge, jauge, cellule ---------------------------------------------------------------------------------------
@register.simple_tag
def badge(statut, ton: str = "") -> SafeString:
    """Une pastille d'état : `{% badge objet.statut_courant %}` (un `Statut`) ou `{% badge "En retard" "retard" %}`."""
    if statut is None or statut == "":
        return SafeString("")
    libelle = statut.label if isinstance(statut, Choices) else statut
    return _rendre("badge", libelle=libelle, ton=ton or getattr(statut, "ton", "neutre"))


@register.inclusion_tag("composants/jauge.html", name="jauge")
def composant_jauge(jauge: Jauge, projection=None, compacte: bool = False) -> dict:
    return {
        "jauge": jauge,
        "ton": jauge.ton,
        "phrase": phrase_courte(jauge) if compacte else phrase_jauge(jauge),
        "barre": barre(jauge, projection),
        "projection": projection,
        "compacte": compacte,
    }


_TEXTES = {
    Genre.NOMBRE: nombres.nombre,
    Genre.HEURES: nombres.heures,
    Genre.EUROS: nombres.euros,
    Genre.POURCENT: nombres.pourcent,
    Genre.DATE: jour,
    Genre.MOIS: nombres.mois_annee,
}


@register.simple_tag
def cellule(cellule: Cellule) -> SafeString | str:
    """Le contenu d'une cellule de liste, écrit selon le genre de sa colonne."""
    contenu = _contenu(cellule.colonne.genre, cellule.valeur)
    if cellule.lien:
        return format_html('<a href="{}">{}</a>', cellule.lien, contenu)
    return contenu


def _contenu(genre: Genre, valeur) -> SafeString | str:
    if valeur is None or valeur == "":
        return SafeString('<span class="rien">–</span>')
    if genre is Genre.STATUT:
        return badge(valeur)
    if genre is Genre.JAUGE:
        return get_template("composants/jauge.html").render(composant_jauge(valeur, compacte=True))
    if genre is Genre.SUITE:
        return etincelle(f"Heures par mois – {valeur}", valeur.valeurs)
    return format_html("{}", _TEXTES.get(genre, str)(valeur))


# --- Page --------------------------------------------------------------------------------------------------------
@register.inclusion_tag("composants/fil.html")
def fil(*etapes, ici: str = "") -> dict:
    """Le fil d'Ariane : `{% fil "Marchés" url_liste "2025-014" url_marche ici="Lot 3" %}` (libellé, URL, libellé, URL…)."""
    return {"etapes": list(zip(etapes[::2], etapes[1::2], strict=True)), "ici": ici}


@register.simple_block_tag(end_name="endentete", takes_context=False)
def entete(content, titre, surtitre="", statut=None, ton="", resume="") -> SafeString:
    """L'en-tête de page : titre (le seul h1), badge, résumé ; ses boutons entre les balises."""
    return _rendre(
        "entete",
        titre=titre,
        surtitre=surtitre,
        badge=badge(statut, ton),
        resume=resume,
        gestes=content if content.strip() else "",
    )


@register.simple_block_tag(end_name="endcarte", takes_context=False)
def carte(content, titre="", niveau=2, icone="", aide="", ancre="", classe="") -> SafeString:
    """Une section encadrée, avec son titre."""
    return _rendre(
        "carte", titre=titre, niveau=niveau, icone=icone, aide=aide, ancre=ancre, classe=classe, contenu=content
    )


@register.simple_block_tag(end_name="endgraphique", takes_context=False)
def graphique(content, titre, phrase, colonnes, lignes, source="") -> SafeString:
    """Un graphique (son SVG entre les balises), la phrase qui le dit, et le tableau de ses données."""
    return _rendre(
        "graphique", titre=titre, phrase=phrase, colonnes=colonnes, lignes=lignes, source=source, dessin=content
    )


def _rendre(nom: str, **contexte) -> SafeString:
    return cast(SafeString, get_template(f"composants/{nom}.html").render(contexte))


@register.inclusion_tag("composants/actions.html")
def actions(gestes) -> dict:
    """Des boutons-liens : (libellé, URL) ; le premier est l'action principale, au-delà de trois les autres se rangent."""
    gestes = list(gestes)
    montres, ranges = (gestes, []) if len(gestes) <= 3 else (gestes[:2], gestes[2:])
    return {"principal": montres[0] if montres else None, "secondaires": montres[1:], "ranges": ranges}


@register.inclusion_tag("composants/bouton_post.html")
def bouton_post(libelle, url, icone="", ton="secondaire", nom="", valeur="", precision="") -> dict:
    """Un verbe : un formulaire POST d'un seul bouton. `precision` complète le libellé pour les lecteurs d'écran."""
    return {
        "libelle": libelle,
        "url": url,
        "icone": icone,
        "ton": ton,
        "nom": nom,
        "valeur": valeur,
        "precision": precision,
    }


@register.inclusion_tag("composants/archive.html")
def archive(ligne, url="", permis=True) -> dict:
    """« Archivé le… », et le bouton qui l'en sort ; rien tant que la ligne ne l'est pas. `ligne` : ce que l'on archive."""
    accord = "e" if ligne.FEMININ else ""
    return {"ligne": ligne, "mention": f"Archivé{accord}", "accord": accord, "url": url if permis else ""}


# --- Liste -------------------------------------------------------------------------------------------------------
@register.inclusion_tag("composants/filtres.html", takes_context=True)
def filtres(context, formulaire, actifs=False, total=None, tri="") -> dict:
    """La barre de filtres ; `vues`, dans le contexte de la page, y ajoute ses vues enregistrées."""
    champs = list(formulaire.visible_fields())
    suite = champs[3:]
    return {
        "formulaire": formulaire,
        "champs": champs[:3],
        "suite": suite,
        "suite_ouverte": any(champ.value() not in (None, "", []) for champ in suite),
        "actifs": actifs,
        "total": total,
        "tri": tri,
        "vues": context.get("vues"),
        "postee": context.get("recherche_postee", False),
    }


def _entetes(colonnes: list[Colonne], tri: str, parametres: str) -> list[dict]:
    base = f"?{parametres}&tri=" if parametres else "?tri="
    entetes = []
    for colonne in colonnes:
        sens = {colonne.tri: "ascending", f"-{colonne.tri}": "descending"}.get(tri, "") if colonne.tri else ""
        suivant = f"-{colonne.tri}" if sens == "ascending" else colonne.tri
        entetes.append({"colonne": colonne, "sens": sens, "url": f"{base}{suivant}" if colonne.tri else ""})
    return entetes


@register.inclusion_tag("composants/tableau.html")
def tableau(legende, colonnes, lignes, tri="", parametres_sans_tri="", legende_visible=False) -> dict:
    return {
        "legende": legende,
        "legende_visible": legende_visible,
        "entetes": _entetes(colonnes, tri, parametres_sans_tri),
        "lignes": lignes,
        "triable": any(colonne.tri for colonne in colonnes),
    }


@register.inclusion_tag("composants/pagination.html")
def pagination(page, parametres="") -> dict:
    return {"page": page, "base": f"?{parametres}&page=" if parametres else "?page="}


@register.inclusion_tag("composants/vide.html")
def vide(texte, titre="", gestes=(), icone="inbox") -> dict:
    return {"texte": texte, "titre": titre, "gestes": gestes, "icone": icone}


# --- Contenu -----------------------------------------------------------------------------------------------------
@register.inclusion_tag("composants/a_faire.html")
def a_faire(lignes, titre, ouvert=True) -> dict:
    return {"lignes": lignes, "titre": titre, "ouvert": ouvert, "total": len(lignes)}


@register.inclusion_tag("composants/a_faire_tableau.html")
def a_faire_tableau(tableau, avec_dossiers, rien, suite=()) -> dict:
    """Toute la liste de l'accueil (`socle.a_faire.Tableau`) : onglets, filtres, sections. Ce qui est lointain est replié."""
    demande = tableau.demande
    sections = [section for section in tableau.sections if section.total]
    for section in sections:
        section.ouverte = section.moment != Moment.PLUS_TARD or bool(demande.genre) or len(sections) == 1
    return {
        "tableau": tableau,
        "demande": demande,
        "sections": sections,
        "avec_dossiers": avec_dossiers,
        "texte": "Vous n'attendez rien de personne." if demande.attend else rien,
        "suite": () if demande.attend else suite,
        "onglet_a_faire": demande.avec(attend=False, genre=""),
        "onglet_attente": demande.avec(attend=True, genre=""),
        "dossiers_tous": demande.avec(mes=False),
        "dossiers_miens": demande.avec(mes=True),
        "tous_les_genres": demande.avec(genre=""),
    }


@register.inclusion_tag("composants/tuile.html")
def tuile(chiffre, ouvre: str = "voir les lignes") -> dict:
    """Un chiffre clé (`socle.composants.Tuile`) ; `ouvre` : ce que son lien montre."""
    evolution = None
    if isinstance(chiffre.valeur, Decimal | int) and isinstance(chiffre.avant, Decimal | int) and chiffre.avant:
        evolution = (Decimal(chiffre.valeur) - chiffre.avant) * 100 / chiffre.avant
    return {
        "chiffre": chiffre,
        "ouvre": ouvre,
        "valeur": _texte_chiffre(chiffre.valeur),
        "en_mots": isinstance(chiffre.valeur, str),
        "avant": _texte_chiffre(chiffre.avant),
        "evolution": evolution,
        "barre": barre(chiffre.jauge, None) if chiffre.jauge else "",
    }


def _texte_chiffre(valeur) -> str:
    return valeur if isinstance(valeur, str) else nombres.nombre(valeur)


@register.inclusion_tag("composants/frise.html")
def frise(evenements, vide="Rien n'est encore inscrit.") -> dict:
    recents, anciens = evenements[:FRISE_OUVERTE], evenements[FRISE_OUVERTE:]
    return {"recents": recents, "anciens": anciens, "vide": vide}


@register.inclusion_tag("composants/etapes.html")
def etapes(etapes, titre="Étapes") -> dict:
    return {"etapes": etapes, "titre": titre}


@register.inclusion_tag("composants/personne.html")
def personne(personne, texte="", lien="") -> dict:
    """Une pastille d'initiales ; `texte` à côté (jamais un nom hors du dossier)."""
    return {"initiales": initiales(personne), "texte": texte, "lien": lien}


@register.inclusion_tag("composants/ligne_document.html")
def ligne_document(document, url, url_fichier="", url_relancer="") -> dict:
    return {
        "document": document,
        "etat": EtatDocument(document.etat),
        "url": url,
        "url_fichier": url_fichier,
        "url_relancer": url_relancer,
        "refaisable": document.etat in EtatDocument.refaisables(),
        "precision": f"« {document.titre} »",
    }


@register.inclusion_tag("composants/avancement.html")
def avancement(progression, etape="", libelle="Avancement", incident="") -> dict:
    return {"progression": progression, "etape": etape, "libelle": libelle, "incident": incident}


@register.inclusion_tag("composants/attente_document.html", takes_context=True)
def attente_document(context, document, nom, url) -> dict:
    """Un document annexe qui n'est pas prêt : il se prépare, ou n'a pas pu être fait. `url` : la page à actualiser."""
    acteur = context["acteur"]
    sien = acteur is not None and document is not None and document.organisation_id == acteur.organisation.pk
    return {"document": document, "nom": nom, "url": url, "refaire": sien and document.get_absolute_url()}


@register.inclusion_tag("composants/grille_mois.html")
def grille_mois(cases, titre="Mois") -> dict:
    """Les mois d'un engagement (`CaseMois`), une rangée par année."""
    annees: dict[int, list] = {}
    for case in cases:
        annees.setdefault(case.mois.year, []).append(case)
    return {"annees": annees.items(), "titre": titre, "cle": f"mois-{uuid.uuid4().hex[:8]}"}


@register.inclusion_tag("composants/toast.html")
def toast(message) -> dict:
    """Un message de `django.contrib.messages`.

    `extra_tags` lui donne un bouton « Annuler » (POST), par `annuler:jeton`, ou un lien, par `voir:/chemin/`.
    """
    geste, _, chemin = (message.extra_tags or "").partition(":")
    return {
        "message": message,
        "annuler": chemin if geste == "annuler" else "",
        "voir": chemin if geste == "voir" else "",
        "erreur": message.level_tag in ("error", "warning"),
        "icone": {"error": "triangle-alert", "warning": "clock-alert", "success": "circle-check"}.get(
            message.level_tag, "info"
        ),
    }
