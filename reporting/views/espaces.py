"""Un acheteur lit ses marchés en chiffres, un réseau les structures qui travaillent avec lui : agrégats masqués, export."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.generic import TemplateView

from comptes.acteur import Acteur
from comptes.enums import Role
from reporting.calcul.arrondis import Parts
from reporting.enums import Presentation
from reporting.lecture import periodes
from reporting.lecture.annees import annee_demandee, annees_connues, presentation_demandee
from reporting.recit.phrases import moyennes
from reporting.recit.tables import tables
from reporting.rendu.espaces import Espace, chiffres_de_l_acheteur, chiffres_du_reseau, periode_demandee
from reporting.rendu.exports import exporter
from reporting.rendu.figures import sans_lien
from reporting.rendu.page import sections
from reporting.rendu.tuiles import en_groupes
from socle.periodes import Periode
from socle.views import VueProtegee


class _EspaceView(VueProtegee, TemplateView):
    """Base commune : une période dans l'adresse, les chapitres d'un bilan, leur export."""

    template_name = "reporting/espace.html"
    titre = ""
    chapeau = ""
    nom_export = ""

    def lire(self, acteur: Acteur, periode: Periode, le: datetime.date) -> Espace:
        raise NotImplementedError

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.aujourd_hui = timezone.localdate()
        annee = annee_demandee(request.GET.get("annee", ""), self.aujourd_hui)  # la période d'un lien vers une année
        self.periode = periode_demandee(request.GET.get("periode") or str(annee), self.aujourd_hui)
        self.espace = self.lire(self.acteur, self.periode, self.aujourd_hui)
        if request.GET.get("export"):
            montrees = {table.nom: table for table in tables(self.espace.donnees)}
            nom = f"{self.nom_export}-{periodes.raccourcir(self.periode)}"
            return exporter(request.GET, montrees, nom, self.acteur.organisation.nom)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        donnees, courte = self.espace.donnees, periodes.raccourcir(self.periode)
        presentation = presentation_demandee(self.request.GET.get("presentation", ""))
        annees = annees_connues(self.espace.premier_mois, self.aujourd_hui)
        parts = [periodes.lire(cle) for cle in periodes.de_l_annee(self.periode.debut.year)]
        return {
            **super().get_context_data(**kwargs),
            "titre": self.titre,
            "chapeau": self.chapeau,
            "donnees": donnees,
            "courte": courte,
            "annee": self.periode.debut.year,
            "annees": annees,
            "parts": [(periodes.raccourcir(p), periodes.nommer(p)) for p in parts if p.debut <= self.aujourd_hui],
            "presentation": presentation,
            "presentations": Presentation,
            "groupes": en_groupes(
                donnees["chiffres"], donnees["periode"]["avant_situee"], Parts.de(donnees, presentation)
            ),
            "moyennes": moyennes(donnees),
            "sections": sections(donnees, presentation, sans_lien),
        }


class MesChiffresView(_EspaceView):
    """Mes marchés en chiffres"""

    acces = frozenset({Role.MAITRE_OUVRAGE})
    titre = "Mes marchés en chiffres"
    chapeau = "Vos marchés avec clause sociale, toutes structures réunies, à partir des heures qu'elles ont validées."
    nom_export = "mes-marches-en-chiffres"

    def lire(self, acteur: Acteur, periode: Periode, le: datetime.date) -> Espace:
        return chiffres_de_l_acheteur(acteur, periode, le)


class ReseauView(_EspaceView):
    """Le réseau en chiffres"""

    acces = frozenset({Role.RESEAU})
    titre = "Le réseau en chiffres"
    chapeau = (
        "Les structures qui travaillent avec votre réseau, ensemble puis une par une : ni personne ni marché nommé."
    )
    nom_export = "reseau-en-chiffres"

    def lire(self, acteur: Acteur, periode: Periode, le: datetime.date) -> Espace:
        return chiffres_du_reseau(acteur, periode, le)
