"""Le territoire d'une structure, ses quartiers ; les suggestions de communes, pour tout champ d'adresse."""

from functools import cached_property
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import TemplateView

from socle.acces import CONNECTES, ouverte_a
from socle.intitules import intitulee
from socle.nombres import accorder, nombre
from socle.requetes import Requete
from socle.services.enregistrement import verrouiller_la_structure
from socle.tables import Colonne, Genre, lignes
from socle.views import CreationView, ListeView, ReglagesView, VueProtegee
from territoires import services
from territoires.adresses import ServiceIndisponible, chercher
from territoires.composition import composer
from territoires.enums import (
    ROLE_ADMINISTRATEUR,
    ROLE_RESPONSABLE,
    ROLES_FACILITATEURS,
    TYPE_STRUCTURE,
    Millesime,
    millesime_en_vigueur,
)
from territoires.filters import CommuneFilter
from territoires.fond_de_carte import communes_autour
from territoires.forms import EPCI_MAX, QuartiersForm, TerritoireForm
from territoires.geometrie import dessiner, en_forme, hectares
from territoires.importation import Rapport
from territoires.models import Commune, Epci, QuartierPrioritaire, Territoire
from territoires.permissions import peut_charger_les_quartiers
from territoires.querysets import SAISIE_MAX, compacter

SUGGESTIONS = 12
AVERTISSEMENTS_MONTRES = 3
RIEN_DE_CHARGE = {"nombre": 0, "le": None}


class TerritoireView(ListeView):
    """Les communes de la structure, à chercher et à exporter."""

    acces = ROLES_FACILITATEURS
    model = Commune
    template_name = "territoires/territoire.html"
    filterset_class = CommuneFilter
    titre = "Territoire"
    vide = "Votre structure n'a pas encore de territoire : un responsable, ou l'administrateur du service, dit ses communes."
    nom_export = "communes-du-territoire"
    colonnes = [
        Colonne("Commune", lambda c: c.nom, tri="nom_plie", principale=True),
        Colonne("Code INSEE", lambda c: c.code_insee, tri="code_insee"),
        Colonne("Codes postaux", lambda c: ", ".join(c.liste_codes_postaux)),
        Colonne("Intercommunalité", lambda c: c.epci.nom if c.epci else None, tri="epci__nom"),
        Colonne("Habitants", lambda c: c.population, Genre.NOMBRE, tri="population"),
    ]

    def get_base_queryset(self):
        communes = super().get_base_queryset().du_territoire_de(self.acteur.organisation)
        return communes.select_related("epci")

    def get_actions(self):
        quartiers = ("Quartiers prioritaires", reverse("territoires:quartiers"))
        if self.acteur.role != ROLE_RESPONSABLE:
            return [quartiers]
        return [("Définir le territoire", reverse("territoires:definir")), quartiers]

    def get_context_data(self, **kwargs):
        territoire = Territoire.objects.visibles_par(self.acteur).filter(structure=self.acteur.organisation).first()
        return {**super().get_context_data(**kwargs), "territoire": territoire, "resume": self._resume(territoire)}

    def _resume(self, territoire: Territoire | None) -> str:
        if territoire is None:
            return ""
        comptes = territoire.communes.aggregate(
            communes=Count("pk"), connues=Count("pk", filter=Q(population__isnull=False)), habitants=Sum("population")
        )
        phrase = f"{territoire.nom} : {nombre(comptes['communes'])} commune{'s' if comptes['communes'] > 1 else ''}"
        if comptes["connues"] == comptes["communes"]:
            phrase += f", {nombre(comptes['habitants'])} habitants"
        return f"{phrase}. Une entreprise est dite locale quand son établissement est dans l'une d'elles."


class QuartiersView(VueProtegee, TemplateView):
    """Les quartiers prioritaires du territoire dans une géographie (`?millesime=`), en cartes et en tableaux."""

    intitule = "Les quartiers prioritaires du territoire dans une géographie"
    acces = ROLES_FACILITATEURS
    template_name = "territoires/quartiers.html"
    colonnes = [
        Colonne("N°", lambda q: q.numero, Genre.NOMBRE),
        Colonne("Quartier", lambda q: q.nom, principale=True),
        Colonne("Code", lambda q: q.code),
        Colonne("Superficie (ha)", lambda q: hectares(q.forme), Genre.NOMBRE),
        Colonne("Contour", lambda q: "de démonstration" if q.demonstration else "officiel"),
    ]

    def get_context_data(self, **kwargs):
        millesime = self._millesime()
        quartiers: list[Any] = list(  # on leur pose leur forme et leur lieu
            QuartierPrioritaire.objects.visibles_par(self.acteur)
            .du_territoire_de(self.acteur.organisation)
            .en_service()
            .prefetch_related("communes")
            .pour_lecture()
        )
        for quartier in quartiers:
            quartier.forme = en_forme(quartier.geometrie)
            quartier.lieu = ", ".join(sorted(commune.nom for commune in quartier.communes.all()))
        choisis = [quartier for quartier in quartiers if quartier.millesime == millesime]
        autres = [quartier for quartier in quartiers if quartier.millesime != millesime]
        return {
            **super().get_context_data(**kwargs),
            "millesime": millesime,
            "millesimes": Millesime,
            "lieux": self._lieux(choisis, autres),
            "demonstration": any(quartier.demonstration for quartier in choisis),
            "charges": self._charges(),
            "peut_charger": bool(peut_charger_les_quartiers(self.acteur)),
        }

    def _charges(self) -> list[dict]:
        """Ce qui est chargé, géographie par géographie, ici et en tout."""
        lus = QuartierPrioritaire.objects.officiels().charges_par_millesime()
        return [{"nom": millesime.label, **lus.get(millesime.value, RIEN_DE_CHARGE)} for millesime in Millesime]

    def _millesime(self) -> Millesime:
        """La géographie demandée ; à défaut, ou si elle n'existe pas, celle d'aujourd'hui."""
        demande = self.request.GET.get("millesime", "")
        connus = {str(millesime.value): millesime for millesime in Millesime}
        return connus.get(demande) or millesime_en_vigueur(timezone.localdate())

    def _lieux(self, choisis: list, autres: list) -> list[dict]:
        """Une carte et un tableau par commune : deux villes éloignées ne tiennent pas sur un même dessin."""
        lieux, communes = [], communes_autour(choisis)
        for lieu, groupe in groupby(sorted(choisis, key=lambda q: (q.lieu, q.nom, q.code)), key=lambda q: q.lieu):
            quartiers = list(groupe)
            for numero, quartier in enumerate(quartiers, start=1):
                quartier.numero = numero
            fond = [quartier.forme for quartier in autres if quartier.lieu == lieu]
            carte = dessiner([(q.numero, q.nom, q.forme) for q in quartiers], fond, communes)
            lieux.append(
                {"nom": lieu, "carte": carte, "colonnes": self.colonnes, "lignes": lignes(quartiers, self.colonnes)}
            )
        return lieux


class DefinirView(ReglagesView):
    """Dire quelles communes la structure couvre."""

    acces = frozenset({ROLE_RESPONSABLE})
    model = Territoire
    form_class = TerritoireForm
    template_name = "territoires/definir.html"
    titre = "Définir le territoire"
    donne_l_objet = False

    @property
    def structure(self):
        return self.acteur.organisation

    def lire_objet(self) -> Territoire:
        visibles = Territoire.objects.visibles_par(self.acteur).filter(structure=self.structure)
        return visibles.first() or Territoire(structure=self.structure)

    def relire_objet(self) -> Territoire:
        verrouiller_la_structure(self.structure)
        return self.lire_objet()

    def get_initial(self) -> dict[str, Any]:
        communes = self.objet.communes.all() if self.objet.pk else []
        composition = composer(communes, epci_max=EPCI_MAX)
        return {
            "epci": [f"{epci.nom} ({epci.siren})" for epci in composition.epci],
            "departements": ", ".join(composition.departements),
            "communes": _lignes_de(composition.communes),
            "sauf": _lignes_de(composition.sauf),
            "nom": self.objet.nom,
        }

    def enregistrer(self, form) -> Territoire:
        territoire = services.definir_territoire(
            acteur=self.acteur,
            structure=self.structure,
            communes=form.communes_retenues,
            nom=form.nom_du_territoire(),
        )
        compte = len(form.communes_retenues)
        self.message = f"Territoire enregistré : {compte} commune{'s' if compte > 1 else ''}."
        return territoire

    def get_retour(self) -> str:
        return reverse("territoires:territoire")


def _lignes_de(communes: list[Commune]) -> str:
    return "\n".join(commune.libelle for commune in sorted(communes, key=lambda c: (c.nom_plie, c.code_insee)))


class DefinirPourView(DefinirView):
    """Dire quelles communes couvre une structure : l'administrateur, à sa création ou plus tard."""

    acces = frozenset({ROLE_ADMINISTRATEUR})

    @cached_property
    def structure(self):
        organisations: Any = Territoire._meta.get_field("structure").related_model
        return get_object_or_404(
            organisations.objects.visibles_par(self.acteur), uuid=self.kwargs["uuid"], type=TYPE_STRUCTURE
        )

    def get_titre(self) -> str:
        return f"Territoire de {self.structure.nom}"

    def get_retour(self) -> str:
        return self.structure.get_absolute_url()


class QuartiersChargementView(CreationView):
    """Charger les contours officiels des quartiers."""

    acces = frozenset({ROLE_RESPONSABLE, ROLE_ADMINISTRATEUR})
    form_class = QuartiersForm
    template_name = "territoires/quartiers_charger.html"
    titre = "Charger les contours des quartiers"
    bouton = "Charger"

    def get_initial(self) -> dict[str, Any]:
        return {"millesime": millesime_en_vigueur(timezone.localdate()).value}

    def enregistrer(self, form) -> Rapport:
        rapport = services.charger_quartiers(acteur=self.acteur, **form.cleaned_data)
        self.message = _phrase_du_rapport(rapport)
        for phrase in rapport.avertissements[:AVERTISSEMENTS_MONTRES]:
            messages.warning(self.request, phrase)
        return rapport

    def get_success_url(self) -> str:
        millesime = self.request.POST.get("millesime")
        return (
            reverse("territoires:quartiers", query={"millesime": millesime})
            if self._lit_les_quartiers
            else self.get_retour()
        )

    @property
    def _lit_les_quartiers(self) -> bool:
        return self.acteur.role in ROLES_FACILITATEURS

    def get_retour(self) -> str:
        return reverse("territoires:quartiers" if self._lit_les_quartiers else "accueil")


def _phrase_du_rapport(rapport: Rapport) -> str:
    comptes = {"ajouté": rapport.cree, "redessiné": rapport.modifie, "inchangé": rapport.inchange}
    phrase = ", ".join(accorder(compte["quartiers"], mot) for mot, compte in comptes.items())
    laisses = rapport.ignore["quartiers"]
    suite = (
        f" {accorder(laisses, 'laissé')} de côté : hors de votre territoire, ou dans une commune que couvre aussi une autre "
        "structure (l'administrateur du service charge ceux-là)."
        if laisses
        else ""
    )
    return f"Quartiers : {phrase}.{suite}"


@ouverte_a(CONNECTES)
@require_GET
@intitulee("Les options d'un champ intercommunalité")
def epci_suggestions(request: Requete) -> HttpResponse:
    """Les options d'un champ intercommunalité : `?q=`, ou `?champ=nom_du_champ&nom_du_champ=` comme htmx l'envoie."""
    demande = request.GET.get("q") or request.GET.get(request.GET.get("champ", ""), "")
    trouves = Epci.objects.visibles_par(request.acteur).chercher(demande)[:SUGGESTIONS]
    return render(request, "territoires/epci_suggestions.html", {"trouves": trouves})


@ouverte_a(CONNECTES)
@require_GET
@intitulee("Les options d'un champ commune")
def communes_suggestions(request: Requete) -> HttpResponse:
    """Les options d'un champ commune : `?q=`, ou `?champ=nom_du_champ&nom_du_champ=` comme htmx l'envoie."""
    demande = request.GET.get("q") or request.GET.get(request.GET.get("champ", ""), "")
    acteur = request.acteur
    trouvees = Commune.objects.visibles_par(acteur).chercher(demande, pres_de=acteur.structure)
    communes = trouvees.prefetch_related("autres_noms")[:SUGGESTIONS] if demande.strip() else []
    debut = compacter(demande[:SAISIE_MAX])
    for commune in communes:
        # Le navigateur ne garde qu'une option qui contient ce qu'on tape : « Tourlaville » doit s'y lire.
        commune.reconnus = [  # type: ignore[attr-defined]  # pour le gabarit
            autre.nom for autre in commune.autres_noms.all() if autre.nom_compact.startswith(debut)
        ]
    return render(request, "territoires/communes_suggestions.html", {"communes": communes})


@ouverte_a(CONNECTES)
@require_POST
@intitulee("Les options d'un champ adresse, lues à la Base adresse nationale")
def adresses_suggestions(request: Requete) -> HttpResponse:
    """Les options d'un champ adresse, lues à la Base adresse nationale. En panne, aucune : l'adresse se tape à la main.

    Rien ne s'écrit : le POST garde l'adresse de quelqu'un hors des journaux. `?champ=` dit quel champ la porte.
    """
    demande = request.POST.get(request.GET.get("champ", ""), "")
    try:
        adresses = chercher(demande, completion=True) if request.acteur.organisation else []
    except ServiceIndisponible:
        adresses = []
    return render(request, "territoires/adresses_suggestions.html", {"adresses": adresses})
