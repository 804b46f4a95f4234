"""La base des listes : filtrées, triées, paginées, exportables ; et ce qui s'y fait d'un coup sur plusieurs lignes."""

from functools import cached_property
from typing import Any

from django.core.paginator import EmptyPage, Paginator
from django.http import HttpResponseRedirect, QueryDict
from django.views.generic import ListView

from socle.colonnes import choix_de, montrees
from socle.ensemble import COCHE, PARAMETRE
from socle.exports import exporter_csv, exporter_xlsx
from socle.models.vue import PARAMETRE_VUE
from socle.recherches import adresse_de_la_recherche, confidentiels, criteres_demandes, sans_les_noms
from socle.tables import Colonne, lignes
from socle.views.bases import VueProtegee
from socle.views.ensemble import GestesDEnsemble
from socle.vues import VuesDeLaPage, filtres_connus

EXPORTS = {"csv": exporter_csv, "xlsx": exporter_xlsx}


class PaginateurDoux(Paginator):
    """Une page qui n'existe plus (liste raccourcie, lien ancien) montre la dernière plutôt qu'une erreur."""

    def validate_number(self, number):
        try:
            return super().validate_number(number)
        except EmptyPage:
            return self.num_pages


class ListeView(GestesDEnsemble, VueProtegee, ListView):
    """Liste filtrée, triée, paginée et exportable ; l'état tient dans l'URL (`?export=csv|xlsx`, `?tri=`, `?page=`).

    Un filtre confidentiel (le nom de quelqu'un) n'y est pas : le formulaire se poste, la session garde ce qui est cherché.
    `ensemble` : sous quel nom s'inscrit ce qui s'y fait d'un coup sur les lignes filtrées, ou cochées (`socle.ensemble`).
    """

    model: Any
    template_name = "socle/liste.html"
    paginate_by = 50
    paginator_class = PaginateurDoux
    filterset_class: Any = None
    colonnes: list[Colonne] = []
    titre = ""
    vide = "Rien à montrer pour l'instant."
    nom_export = "export"
    avec_vues = True  # une requête ; faux là où le budget de la page n'en a plus

    @classmethod
    def parametres_des_vues(cls) -> set[str]:
        """Ce qu'une vue enregistrée garde de l'adresse."""
        return filtres_connus(cls.filterset_class.base_filters)

    @cached_property
    def prives(self) -> set[str]:
        """Les filtres qui nomment quelqu'un."""
        return confidentiels(self.filterset_class.base_filters)

    @cached_property
    def criteres(self) -> QueryDict:
        """Ce que cherche la personne : l'adresse, et la recherche que la session garde pour elle."""
        return criteres_demandes(self.request, self.prives)

    def get_queryset(self):
        base = self.get_base_queryset()
        self.filtre = self.filterset_class(self.criteres, queryset=base, request=self.request)
        objets = self.filtre.qs if self.filtre.is_valid() else base
        return self._trier(objets).pour_lecture()

    def get_base_queryset(self):
        return self.model.objects.visibles_par(self.acteur)

    def get_colonnes(self) -> list[Colonne]:
        return self.colonnes

    def get_vide(self) -> str:
        """Pourquoi rien n'est montré, et quoi faire ensuite : ce que ce rôle peut faire."""
        return self.vide

    def get_actions(self) -> list[tuple[str, str]]:
        """Les gestes de la page : (libellé, URL) ; le premier est l'action principale."""
        return []

    def _trier(self, objets):
        demande = self.request.GET.get("tri", "")
        for colonne in self.get_colonnes():
            if colonne.tri and demande in (colonne.tri, f"-{colonne.tri}"):
                # « --date_naissance » : l'envers d'une colonne qui trie déjà à l'envers (l'âge).
                return objets.order_by(demande.removeprefix("--"), "pk")
        # Une somme (GROUP BY) efface l'ordre par défaut du modèle : il est redit.
        return objets if objets.ordered else objets.order_by(*self.model._meta.ordering)

    def get(self, request, *args, **kwargs):
        exporter = EXPORTS.get(request.GET.get("export", ""))
        if exporter:
            return exporter(self.nom_export, self.get_colonnes(), self.get_objets_exportes())
        if self.geste_demande:
            return self.relire_le_geste(self.geste_demande)
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Un geste confirmé ; ou une recherche qui nomme quelqu'un, gardée : l'adresse où lire la liste ne le dit pas."""
        if self.geste_demande:
            return self.faire_le_geste(self.geste_demande)
        if not self.prives:
            return self.http_method_not_allowed(request)
        connus = {*self.filterset_class.base_filters, "tri"}
        return HttpResponseRedirect(adresse_de_la_recherche(request, connus=connus, prives=self.prives))

    def get_objets_exportes(self):
        return self.lignes_visees().iterator(chunk_size=500)

    def get_context_data(self, **kwargs):
        contexte = super().get_context_data(**kwargs)
        toutes = self.get_colonnes()
        vues = VuesDeLaPage.lues(self.request, self.parametres_des_vues())
        colonnes = montrees(toutes, vues.colonnes if self.avec_vues else None)
        parametres = sans_les_noms(self.request.GET, self.prives)
        for cle in ("page", "export", PARAMETRE, COCHE):
            parametres.pop(cle, None)
        gestes = self.gestes_permis()
        sans_tri = parametres.copy()
        sans_tri.pop("tri", None)
        return {
            **contexte,
            "titre": self.titre,
            "vide": self.get_vide(),
            "filtre": self.filtre,
            "recherche_postee": bool(self.prives),
            "filtres_actifs": any(v for c, v in sans_tri.items() if c != PARAMETRE_VUE),
            "colonnes": colonnes,
            "choix_colonnes": choix_de(self.request.path, toutes, colonnes, parametres.urlencode())
            if self.avec_vues
            else None,
            "lignes": lignes(contexte["object_list"], colonnes, a_cocher=bool(gestes)),
            "ensemble": gestes,
            "parametres_gardes": list(parametres.lists()),
            "tri": self.request.GET.get("tri", ""),
            "parametres": parametres.urlencode(),
            "parametres_sans_tri": sans_tri.urlencode(),
            "actions": self.get_actions(),
            "vues": vues if self.avec_vues else None,
        }
