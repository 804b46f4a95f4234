"""Enregistrer et retirer une vue : les filtres d'une page, sous un nom, pour soi."""

from django.db import transaction
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


@transaction.atomic
def enregistrer_une_vue(*, acteur, chemin: str, nom: str, requete: str) -> VueEnregistree:
    """Garde les filtres connus de cette page ; le même nom remplace la vue d'avant.

    Lève `RegleViolee` pour une page qui n'en a pas, sans filtre à garder, ou au-delà de vingt vues.
    """
    peut_enregistrer_une_vue(acteur).exiger()
    page = page_de(chemin)
    if page is None:
        raise RegleViolee("Cette page n'a pas de vue à enregistrer.")
    gardee = requete_gardee(QueryDict(requete), page.parametres_des_vues())
    if not gardee:
        raise RegleViolee("Choisissez d'abord un filtre : une recherche tapée ne s'enregistre pas.")
    nom = nettoyer(nom, une_ligne=True).strip()
    siennes = VueEnregistree.objects.visibles_par(acteur).filter(chemin=chemin)
    vue = siennes.filter(nom=nom).first()
    if vue is None:
        if siennes.count() >= VUES_PAR_PAGE:
            raise RegleViolee(f"{VUES_PAR_PAGE} vues au plus par page : retirez-en une.")
        vue = VueEnregistree(utilisateur=acteur.utilisateur, organisation=acteur.organisation, chemin=chemin, nom=nom)
    vue.requete = gardee
    vue.full_clean()
    vue.save()
    noter(acteur=acteur, action="vue_enregistree", objet=vue)
    return vue


@transaction.atomic
def retirer_une_vue(*, acteur, vue: VueEnregistree) -> None:
    """Retire une de ses vues ; la page et ses filtres restent."""
    peut_enregistrer_une_vue(acteur).exiger()
    vue = verrouiller(VueEnregistree.objects, acteur, vue)
    noter(acteur=acteur, action="vue_retiree", objet=vue)
    vue.delete()
