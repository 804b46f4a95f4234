"""Le repérage : qui retrouver, et combien de personnes on connaît dans chaque quartier, en tableau et en carte."""

import datetime
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from beneficiaires.models import Beneficiaire
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from parcours import services
from parcours.filters import RetrouverFilter
from parcours.forms import NouvellesForm
from parcours.models import DemandeNouvelles
from parcours.reperage import avec_dernier_contrat, habitants_de_quartiers, par_quartier, sans_nouvelles
from socle.composants import Tuile
from socle.intitules import intitulee
from socle.periodes import ajouter_mois
from socle.requetes import Requete
from socle.tables import Colonne, Genre, lignes
from socle.views import GesteView, ListeView, VueProtegee, verbe
from socle.views.bases import dire
from territoires.fond_de_carte import communes_autour
from territoires.geometrie import dessiner, en_forme

MOIS_SANS_NOUVELLES = 6
NUANCES = 4
COLONNES_QUARTIERS = [
    Colonne("N°", lambda paire: paire[0], Genre.NOMBRE),
    Colonne("Quartier", lambda paire: paire[1].quartier.nom, principale=True),
    Colonne("Connues", lambda paire: paire[1].connues, Genre.NOMBRE),
    Colonne("Éligibles", lambda paire: paire[1].eligibles, Genre.NOMBRE),
    Colonne("Embauchées cette année", lambda paire: paire[1].embauchees, Genre.NOMBRE),
    Colonne("Femmes", lambda paire: paire[1].femmes, Genre.NOMBRE),
    Colonne("Moins de 26 ans", lambda paire: paire[1].jeunes, Genre.NOMBRE),
    Colonne("50 ans et plus", lambda paire: paire[1].seniors, Genre.NOMBRE),
]


class ReperageView(VueProtegee, TemplateView):
    intitule = "Repérage"
    acces = FACILITATEURS
    template_name = "parcours/reperage.html"

    def get_context_data(self, **kwargs):
        aujourd_hui = timezone.localdate()
        structure = self.acteur.organisation
        quartiers = list(enumerate(par_quartier(structure, aujourd_hui), start=1))
        a_retrouver = sans_nouvelles(
            habitants_de_quartiers(structure, aujourd_hui).filter(est_eligible=True),
            ajouter_mois(aujourd_hui, -MOIS_SANS_NOUVELLES),
        ).count()
        plus_connu = max((ligne.connues for _, ligne in quartiers), default=0)
        carte = dessiner(
            [(rang, ligne.quartier.nom, en_forme(ligne.quartier.geometrie)) for rang, ligne in quartiers],
            communes=communes_autour(ligne.quartier for _, ligne in quartiers),
        )
        nuances = {rang: _nuance(ligne.connues, plus_connu) for rang, ligne in quartiers}
        return {
            **super().get_context_data(**kwargs),
            "tuiles": _tuiles([ligne for _, ligne in quartiers], a_retrouver),
            "carte": carte,
            "traces": [(trace, nuances[trace.numero]) for trace in carte.traces] if carte else [],
            "colonnes": COLONNES_QUARTIERS,
            "quartiers": lignes(quartiers, COLONNES_QUARTIERS),
        }


def _nuance(nombre: int, plus_grand: int) -> int:
    """De 0 (personne) à 4 (le quartier où l'on connaît le plus de monde)."""
    return 0 if not nombre else max(1, round(NUANCES * nombre / plus_grand))


def _tuiles(quartiers: list, a_retrouver: int) -> list[Tuile]:
    return [
        Tuile("Habitants de quartiers connus", sum(ligne.connues for ligne in quartiers)),
        Tuile("Éligibles", sum(ligne.eligibles for ligne in quartiers)),
        Tuile("Embauchés cette année", sum(ligne.embauchees for ligne in quartiers)),
        Tuile(
            "À retrouver",
            a_retrouver,
            definition=f"Éligibles, sans nouvelles depuis {MOIS_SANS_NOUVELLES} mois.",
            lien=reverse("suivi:a_retrouver"),
        ),
    ]


class ARetrouverView(ListeView):
    """Les habitants de quartiers prioritaires, éligibles, sans nouvelles depuis N mois."""

    acces = FACILITATEURS
    model = Beneficiaire
    filterset_class = RetrouverFilter
    template_name = "parcours/a_retrouver.html"
    titre = "Publics à retrouver"
    vide = "Personne à retrouver : chaque habitant de quartier éligible a eu des nouvelles récentes."
    nom_export = "publics-a-retrouver"
    colonnes = [
        Colonne(
            "Personne",
            lambda b: b.nom_complet,
            tri="nom_plie",
            lien=lambda b: reverse("beneficiaires:parcours", args=[b.uuid]),
            principale=True,
        ),
        Colonne("Quartier", lambda b: b.nom_quartier, tri="nom_quartier"),
        Colonne("Prescripteur", lambda b: b.nom_prescripteur, tri="nom_prescripteur"),
        Colonne("Référent", lambda b: b.referent or None),
        Colonne("Dernier contrat", lambda b: b.dernier_contrat, Genre.DATE, tri="dernier_contrat"),
        Colonne("Téléphone", lambda b: b.telephone or None),
    ]

    @cached_property
    def depuis(self) -> datetime.date:
        mois = self.request.GET.get("mois", "")
        nombre = int(mois) if mois.isdecimal() and len(mois) <= 3 and 0 < int(mois) <= 60 else MOIS_SANS_NOUVELLES
        return ajouter_mois(timezone.localdate(), -nombre)

    def get_base_queryset(self):
        personnes = habitants_de_quartiers(self.acteur.organisation, timezone.localdate()).filter(est_eligible=True)
        return avec_dernier_contrat(sans_nouvelles(personnes, self.depuis))

    def get_context_data(self, **kwargs):
        contexte = super().get_context_data(**kwargs)
        page = contexte["object_list"]
        ouvertes = DemandeNouvelles.objects.ouvertes().filter(beneficiaire__in=[personne.pk for personne in page])
        demandees = set(ouvertes.values_list("beneficiaire", flat=True))
        demandables = [p for p in page if p.prescripteur_id and p.pk not in demandees]
        return {**contexte, "demandables": demandables, "demandees": len(demandees)}


def _liste(personne: Beneficiaire) -> str:
    return reverse("suivi:a_retrouver")


@verbe(FACILITATEURS_QUI_ECRIVENT, Beneficiaire, retour=_liste)
@intitulee("Demander des nouvelles d'une personne à son prescripteur")
def demander(request: Requete, personne: Beneficiaire):
    demande = services.demander_des_nouvelles(acteur=request.acteur, beneficiaire=personne)
    dire(request, "Nouvelles demandées au prescripteur.", demande.dit_a)


class DemandeView(GesteView):
    """Donner des nouvelles d'une personne à la structure qui les demande."""

    acces = frozenset({Role.PRESCRIPTEUR})
    model = DemandeNouvelles
    form_class = NouvellesForm
    template_name = "parcours/demande.html"
    titre = "Donner des nouvelles"
    bouton = "Envoyer"
    message = "Merci : vos nouvelles sont enregistrées."

    def get_queryset(self):
        return super().get_queryset().select_related("beneficiaire")

    def enregistrer(self, form):
        return services.donner_des_nouvelles(acteur=self.acteur, demande=self.objet, **form.cleaned_data)

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("recrutement:ma_personne", args=[self.objet.beneficiaire.uuid])
