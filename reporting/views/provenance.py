"""« D'où vient ce chiffre » : la définition, la valeur, et les lignes qui la composent."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from comptes.enums import FACILITATEURS
from reporting.bilan.provenance import Provenance, provenance
from reporting.calcul.arrondis import part_exacte, part_grand_public
from reporting.calcul.indicateurs import Unite
from reporting.calcul.registre import AJOUTES, PAR_CLE
from reporting.calcul.selection import acheteurs_de, quartiers_de
from reporting.forms import SelectionForm
from reporting.lecture import periodes
from reporting.lecture.annees import annee_demandee
from reporting.lecture.lignes import charger
from reporting.recit.ecriture import majuscule, unite_accordee
from socle.tables import lignes
from socle.views.bases import VueProtegee
from socle.views.listes import EXPORTS, PaginateurDoux

PAR_PAGE = 50


class ProvenanceView(VueProtegee, TemplateView):
    intitule = "D'où vient ce chiffre"
    acces = FACILITATEURS
    template_name = "reporting/provenance.html"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:  # type: ignore[override]  # un export
        aujourd_hui = timezone.localdate()
        self.annee = annee_demandee(str(kwargs["annee"]), aujourd_hui)
        if kwargs["cle"] not in PAR_CLE or kwargs["cle"] in AJOUTES:
            raise Http404
        form = SelectionForm(request.GET, annee=self.annee, aujourd_hui=aujourd_hui, acteur=self.acteur)
        self.selection = form.selection
        self.tout = charger(self.acteur.structure, self.selection.periode, avec_suites=False)
        releve = self.selection.appliquer(self.tout)
        self.source = provenance(PAR_CLE[kwargs["cle"]], releve, request.GET.get("groupe", ""))
        exporter = EXPORTS.get(request.GET.get("export", ""))
        if exporter:
            rangees = self.source.rangees(self.acteur, self.source.lignes)
            periode = periodes.raccourcir(self.selection.periode)
            return exporter(f"{kwargs['cle']}-{periode}", self.source.colonnes, rangees)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        source = self.source
        page = PaginateurDoux(source.lignes, PAR_PAGE).get_page(self.request.GET.get("page"))
        groupe = {"groupe": source.groupe} if source.groupe else {}
        filtres = self.selection.parametres
        return {
            **super().get_context_data(**kwargs),
            "situee": periodes.situer(self.selection.periode),
            "puces": self.selection.puces(acheteurs_de(self.tout), quartiers_de(self.tout)),
            "filtres": urlencode(filtres),
            "libelle": majuscule(source.titre),
            "definition": source.definition,
            "source": source,
            **unites(source),
            "en_etp": source.unite == Unite.ETP,
            "parts": _parts(source),
            "colonnes": source.colonnes,
            "lignes": lignes(source.rangees(self.acteur, page.object_list), source.colonnes),
            "page_obj": page,
            "parametres": urlencode(filtres | groupe),
            "retour": reverse("reporting:annee") + self.selection.adresse(),
        }


def unites(source: Provenance) -> dict[str, str]:
    """L'unité du chiffre, telle quelle, accordée à sa valeur et au total de ses lignes ; un ETP se somme en heures."""
    unite = str(Unite.HEURES) if source.unite == Unite.ETP else source.unite
    return {
        "unite": unite,
        "unite_de_la_valeur": unite_accordee(unite, source.valeur),
        "unite_du_total": unite_accordee(unite, source.total),
    }


def _parts(source: Provenance) -> dict[str, Any] | None:
    """Numérateur, dénominateur et les deux lectures de la part, pour un chiffre qui en est une."""
    if not source.sur or source.groupes or source.releve is None:
        return None
    total = PAR_CLE[source.sur](source.releve).nombre
    return {
        "total": total,
        "libelle": PAR_CLE[source.sur].libelle,
        "exacte": part_exacte(source.valeur, total),
        "grand_public": part_grand_public(source.valeur, total),
    }
