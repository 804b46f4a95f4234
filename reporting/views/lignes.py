"""Ce qui compose un chiffre d'un bilan, et ce qui a changé d'une version à l'autre."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.formats import date_format
from django.views.generic import TemplateView

from comptes.enums import FACILITATEURS
from reporting.bilan.comparaison import Changement, Ecart, comparer
from reporting.bilan.groupes import HEURES_PAR_MOIS, groupes_ecrits, libelles_des_groupes, valeur_ecrite
from reporting.bilan.provenance import SORTES, provenance_gardee
from reporting.bilan.raisons import Raison, objets_des_ecarts, raisons_des_lignes, raisons_generales
from reporting.bilan.sources import AVANT, MAINTENANT, SOURCES
from reporting.calcul.arrondis import est_connue, grandeur
from reporting.calcul.indicateurs import GenreLigne, Unite
from reporting.donnees import Valeur
from reporting.models import Bilan, LignesBilan
from reporting.permissions import est_de_son_organisation
from reporting.recit.ecriture import ecrite, majuscule, unite_accordee
from reporting.views.bilans import LECTEURS
from reporting.views.provenance import unites
from socle.nombres import INSECABLE, nombre, nombres_distincts
from socle.tables import Colonne, Genre, lignes
from socle.views.bases import VueProtegee, objet_ou_404
from socle.views.listes import EXPORTS, PaginateurDoux

PAR_PAGE = 50
CHANGEMENTS_MONTRES = 200


@dataclass(frozen=True, slots=True)
class RangeeChangee:
    """Une ligne qui a bougé : l'objet, comme dans la provenance, et son changement."""

    objet: Any
    changement: Changement
    pourquoi: str = ""


COLONNES_DU_CHANGEMENT = (
    Colonne("Changement", lambda r: r.changement.dit),
    Colonne("Avant", lambda r: r.changement.avant, Genre.NOMBRE),
    Colonne("Après", lambda r: r.changement.apres, Genre.NOMBRE),
    Colonne("Pourquoi", lambda r: r.pourquoi),
)


def groupes_gardes(gardees: Mapping[str, Any], cle: str, quand: str) -> set[str]:
    """Les groupes des lignes gardées avec le bilan."""
    return {groupe for *_, groupe in (gardees.get(cle, {}).get(quand) or {"lignes": ()})["lignes"] if groupe}


class _DuBilanView(VueProtegee, TemplateView):
    """Une page sous un bilan de la portée de l'acteur."""

    def bilan(self) -> Bilan:
        liens = ("structure", "maitre_ouvrage", "operation", "marche")
        bilans = Bilan.objects.visibles_par(self.acteur).select_related(*liens)
        bilan = objet_ou_404(Bilan, self.acteur, self.kwargs["uuid"], bilans)
        if "chiffres" not in bilan.donnees:
            raise Http404
        return bilan


class ChiffreView(_DuBilanView):
    """D'où vient un chiffre d'un bilan : ses lignes pour la structure, sa définition pour qui le reçoit"""

    intitule = "D'où vient un chiffre d'un bilan"
    acces = LECTEURS
    template_name = "reporting/chiffre.html"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:  # type: ignore[override]  # un export
        if kwargs["cle"] not in SOURCES:
            raise Http404
        self.objet = self.bilan()
        self.quand = AVANT if request.GET.get("quand") == AVANT else MAINTENANT
        self.groupe = request.GET.get("groupe", "")
        self.sien = est_de_son_organisation(self.acteur, self.objet) and self.acteur.est_facilitateur
        source = SOURCES[kwargs["cle"]]
        lues = LignesBilan.objects.filter(bilan=self.objet).values_list("lignes", flat=True).first() or {}
        gardees = lues if self.sien else {}
        contenu, groupes = self.objet.contenu, groupes_gardes(gardees, source.cle, self.quand)
        if self.groupe and self.groupe not in groupes | groupes_ecrits(contenu, source.cle, self.quand).keys():
            raise Http404
        libelles = libelles_des_groupes(contenu, source.cle, groupes)
        self.source = provenance_gardee(source, gardees, libelles, self.groupe, self.quand)
        exporter = EXPORTS.get(request.GET.get("export", ""))
        if exporter and self.sien:
            rangees = self.source.rangees(self.acteur, self.source.lignes)
            return exporter(f"{source.cle}-{self.objet.debut:%Y-%m}", self.source.colonnes, rangees)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        source = self.source
        page = PaginateurDoux(source.lignes, PAR_PAGE).get_page(self.request.GET.get("page"))
        parametres = urlencode({"groupe": self.groupe, "quand": self.quand})
        return {
            **super().get_context_data(**kwargs),
            "bilan": self.objet,
            "libelle": majuscule(source.titre.removeprefix("dont ")),
            "definition": source.definition,
            "source": source,
            "sien": self.sien,
            "situee": self._situee(),
            "nom_du_groupe": source.libelles.get(self.groupe, self.groupe) if self.groupe else "",
            "montree": self._montree(),
            **unites(source),
            "en_etp": source.unite == Unite.ETP,
            "colonnes": source.colonnes,
            "lignes": lignes(source.rangees(self.acteur, page.object_list), source.colonnes) if self.sien else [],
            "page_obj": page,
            "parametres": parametres,
            "retour": self.objet.get_absolute_url(),
        }

    def _situee(self) -> str:
        """« en 2018 » ; rien quand le chiffre dit lui-même son temps : un mois, une autre période, depuis le début."""
        if SOURCES[self.source.cle].de_la_lecture or (self.groupe and self.source.cle == HEURES_PAR_MOIS):
            return ""
        periode = self.objet.contenu["periode"]
        return periode["avant_situee"] if self.quand == AVANT else periode["situee"]

    def _montree(self) -> str:
        """Le chiffre tel que le bilan l'écrit, masqué s'il l'est ; vide pour une famille dont aucun groupe n'est choisi."""
        valeur: Valeur = valeur_ecrite(self.objet.contenu, self.source.cle, self.groupe, self.quand)
        if not est_connue(valeur):
            return "" if valeur is None else ecrite(valeur)
        unite = {Unite.HEURES: "h", Unite.ETP: ""}.get(Unite(self.source.unite), self.source.unite)
        return f"{nombre(grandeur(valeur))}{INSECABLE}{unite_accordee(unite, valeur)}".rstrip()


def dire_la_raison(raison: Raison) -> str:
    precisions = [date_format(raison.le, "j F Y")] if raison.le else []
    precisions += [raison.qui.lower()] if raison.qui else []
    return f"{raison.texte} ({', '.join(precisions)})" if precisions else raison.texte


class ComparaisonView(_DuBilanView):
    intitule = "Pourquoi les chiffres ont changé depuis la version précédente"
    acces = FACILITATEURS
    template_name = "reporting/comparaison.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bilan = self.bilan()
        if not est_de_son_organisation(self.acteur, bilan):
            raise Http404
        ancienne = (
            Bilan.objects.visibles_par(self.acteur)
            .filter(structure=bilan.structure, cle=bilan.cle, version__lt=bilan.version)
            .order_by("-version")
            .first()
        )
        if ancienne is None:
            raise Http404
        gardees = dict(LignesBilan.objects.filter(bilan__in=[ancienne, bilan]).values_list("bilan", "lignes"))
        ecarts = comparer(gardees.get(ancienne.pk, {}), gardees.get(bilan.pk, {}))
        self.objets = objets_des_ecarts(ecarts, self.acteur, CHANGEMENTS_MONTRES)
        self.raisons = raisons_des_lignes(ecarts, self.objets, ancienne)
        return {
            **super().get_context_data(**kwargs),
            "bilan": bilan,
            "ancienne": ancienne,
            "sans_lignes": not gardees.get(ancienne.pk),
            "raisons": [dire_la_raison(raison) for raison in raisons_generales(ancienne, bilan)],
            "ecarts": [self._ecrire(ecart) for ecart in ecarts],
        }

    def _dire(self, genre: GenreLigne, cle: int) -> str:
        """« Mois rectifié : heures d'un autre chantier (12 janvier 2027, responsable) »."""
        return " ; ".join(dire_la_raison(raison) for raison in self.raisons[genre, cle])

    def _ecrire(self, ecart: Ecart) -> dict[str, Any]:
        """Un chiffre, ses deux valeurs, et chacune des lignes qui ont bougé."""
        sorte = SORTES[ecart.genre]
        montres = ecart.changements[:CHANGEMENTS_MONTRES]
        trouves = self.objets[ecart.genre]
        rangees = [
            RangeeChangee(trouves[c.cle], c, self._dire(ecart.genre, c.cle)) for c in montres if c.cle in trouves
        ]
        colonnes = [*sorte.colonnes, *COLONNES_DU_CHANGEMENT]
        avant, apres = nombres_distincts(ecart.avant, ecart.apres)
        return {
            "ecart": ecart,
            "unite": unite_accordee(ecart.unite, ecart.apres),
            "avant": avant,
            "apres": apres,
            "libelle": majuscule(ecart.libelle),
            "colonnes": colonnes,
            "lignes": lignes(rangees, colonnes),
            "autres": len(ecart.changements) - len(montres),
        }
