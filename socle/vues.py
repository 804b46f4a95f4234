"""Les vues enregistrées d'une page : celles de qui la lit, et ce qu'une vue peut garder.

Une page en a si sa classe le dit (`avec_vues`), avec les paramètres qu'une vue retient (`parametres_des_vues`). Rien d'autre
n'est gardé : ni le numéro de page, ni un export, ni une recherche tapée, qui peut nommer quelqu'un.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import Resolver404, resolve

from socle.models import VueEnregistree
from socle.models.vue import PARAMETRE_VUE
from socle.recherches import confidentiels


def page_de(chemin: str) -> Any:
    """La classe de la page de cette adresse, si des vues s'y enregistrent ; sinon rien. Une adresse d'ailleurs n'en a pas."""
    classe = _classe_de(chemin)
    return classe if getattr(classe, "avec_vues", False) else None


def liste_de(chemin: str) -> Any:
    """La classe de la liste de cette adresse ; sinon rien."""
    classe = _classe_de(chemin)
    return classe if getattr(classe, "filterset_class", None) else None


def _classe_de(chemin: str) -> Any:
    try:
        return getattr(resolve(chemin).func, "view_class", None)
    except Resolver404:
        return None


def requete_gardee(parametres: QueryDict, connus: Collection[str]) -> str:
    """Les seuls filtres connus et remplis, dans l'ordre de leur nom."""
    gardes = {nom: [valeur for valeur in parametres.getlist(nom) if valeur] for nom in sorted(connus)}
    return urlencode({nom: valeurs for nom, valeurs in gardes.items() if valeurs}, doseq=True)


@dataclass(frozen=True, eq=False)
class VuesDeLaPage:
    """Ce que montre la barre de filtres : les vues de qui lit la page (une requête), et ce qu'enregistrer garderait."""

    acteur: Any
    chemin: str
    requete: str
    demandee: str

    @classmethod
    def lues(cls, request, connus: Collection[str]) -> "VuesDeLaPage":
        demandee = request.GET.get(PARAMETRE_VUE, "")
        return cls(request.acteur, request.path, requete_gardee(request.GET, connus), demandee)

    @cached_property
    def _toutes(self) -> list[VueEnregistree]:
        return list(VueEnregistree.objects.visibles_par(self.acteur).filter(chemin=self.chemin))

    @property
    def siennes(self) -> list[VueEnregistree]:
        return [vue for vue in self._toutes if vue.nom]

    @property
    def ouverte(self) -> VueEnregistree | None:
        """Celle que dit l'adresse, ou dont ce sont les filtres."""
        designee = (vue for vue in self.siennes if str(vue.uuid) == self.demandee)
        pareille = (vue for vue in self.siennes if vue.requete == self.requete and not vue.colonnes)
        return next(designee, None) or (next(pareille, None) if self.requete else None)

    @property
    def colonnes(self) -> list[str] | None:
        """Celles de la vue ouverte, sinon celles que l'on a laissées ; rien pour les colonnes ordinaires."""
        if self.ouverte is not None and self.ouverte.colonnes:
            return self.ouverte.colonnes
        return next((vue.colonnes for vue in self._toutes if not vue.nom and vue.colonnes), None)


def filtres_connus(filtres: Mapping[str, Any]) -> set[str]:
    """Les paramètres d'un FiltreDomaine qu'une vue garde, et le tri ; jamais un texte cherché, qui peut nommer quelqu'un."""
    return set(filtres) - confidentiels(filtres) - {"recherche"} | {"tri"}
