"""Enregistrer et retirer une vue : les filtres et les colonnes d'une page, sous un nom, pour soi."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict

from socle.models import VueEnregistree
from socle.permissions import peut_enregistrer_une_vue
from socle.regles import RegleViolee
from socle.services.enregistrement import verrouiller
from socle.services.journal import declarer_actions, noter
from socle.texte import nettoyer
from socle.vues import page_de, requete_gardee

declarer_actions(vue_enregistree="Vue enregistrée", vue_retiree="Vue retirée")
VUES_PAR_PAGE = 20
AU_PLUS, TITRE_MAX = 40, 80


@transaction.atomic
def enregistrer_une_vue(*, acteur, chemin: str, nom: str, requete: str, colonnes: Sequence[str] = ()) -> VueEnregistree:
    """Garde les filtres connus et les colonnes de cette page ; le même nom remplace la vue d'avant.

    Lève `RegleViolee` pour une page qui n'en a pas, sans rien à garder, ou au-delà de vingt vues.
    """
    peut_enregistrer_une_vue(acteur).exiger()
    page = page_de(chemin)
    if page is None:
        raise RegleViolee("Cette page n'a pas de vue à enregistrer.")
    gardee = requete_gardee(QueryDict(requete), page.parametres_des_vues())
    if not gardee and not colonnes:
        raise RegleViolee("Choisissez d'abord un filtre ou des colonnes : une recherche tapée ne s'enregistre pas.")
    nom = nettoyer(nom, une_ligne=True).strip()
    if not nom:
        raise RegleViolee("Donnez un nom à cette vue.", champ="nom")
    if _siennes(acteur, chemin).exclude(nom__in=["", nom]).count() >= VUES_PAR_PAGE:
        raise RegleViolee(f"{VUES_PAR_PAGE} vues au plus par page : retirez-en une.")
    vue = _vue_nommee(acteur, chemin, nom)
    vue.requete, vue.colonnes = gardee, _titres(colonnes)
    vue.full_clean()
    vue.save()
    noter(acteur=acteur, action="vue_enregistree", objet=vue)
    return vue


@transaction.atomic
def choisir_les_colonnes(*, acteur, chemin: str, titres: Sequence[str]) -> None:
    """Retient les colonnes de cette liste, pour soi ; aucun titre rend les colonnes ordinaires."""
    peut_enregistrer_une_vue(acteur).exiger()
    vue = _vue_nommee(acteur, chemin, "")
    vue.colonnes = _titres(titres)
    if vue.colonnes:
        vue.full_clean()
        vue.save()
    elif vue.pk:
        vue.delete()


def _siennes(acteur, chemin: str) -> QuerySet[VueEnregistree]:
    return VueEnregistree.objects.visibles_par(acteur).filter(chemin=chemin)


def _vue_nommee(acteur, chemin: str, nom: str) -> VueEnregistree:
    """La sienne, sous ce nom, ou une neuve."""
    neuve = VueEnregistree(utilisateur=acteur.utilisateur, organisation=acteur.organisation, chemin=chemin, nom=nom)
    return _siennes(acteur, chemin).filter(nom=nom).first() or neuve


def _titres(colonnes: Sequence[str]) -> list[str]:
    return [nettoyer(titre, une_ligne=True)[:TITRE_MAX] for titre in colonnes][:AU_PLUS]


@transaction.atomic
def retirer_une_vue(*, acteur, vue: VueEnregistree) -> None:
    """Retire une de ses vues ; la page et ses filtres restent."""
    peut_enregistrer_une_vue(acteur).exiger()
    vue = verrouiller(VueEnregistree.objects, acteur, vue)
    noter(acteur=acteur, action="vue_retiree", objet=vue)
    vue.delete()
