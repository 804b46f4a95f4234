"""La file des mois à valider, la validation en lot, et la rectification."""

import uuid
from collections import Counter

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from declarations import services
from declarations.enums import Gravite
from declarations.filters import AValiderFilter
from declarations.forms.mois import RectificationForm, RenvoiForm
from declarations.models import Declaration
from declarations.services.decisions import rendre_declaration, valeurs_a_decider
from declarations.services.sans_alerte import valider_sans_alerte
from declarations.signaux import MoisControle, controler
from declarations.views.heures import nom_du_mois
from socle.acces import ouverte_a
from socle.intitules import intitulee
from socle.nombres import heures, mois_annee
from socle.regles import RegleViolee
from socle.requetes import Requete, adresse_d_ici
from socle.tables import Colonne, Genre
from socle.versions import version_de
from socle.views import GesteView, ListeView, verbe
from socle.views.bases import dire


class RenvoiView(GesteView):
    """Rendre une déclaration à l'entreprise, avec ce qui est à corriger."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Declaration
    form_class = RenvoiForm
    titre = "Rendre la déclaration à l'entreprise"
    bouton = "Rendre la déclaration"
    message = "Déclaration rendue."

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def enregistrer(self, form):
        return rendre_declaration(acteur=self.acteur, declaration=self.objet, **form.cleaned_data)


RAISONS_DITES = 10


class AValiderView(ListeView):
    """Les mois qui attendent le facilitateur, les plus anciens d'abord, avec ce qui étonne."""

    acces = FACILITATEURS
    model = Declaration
    filterset_class = AValiderFilter
    template_name = "declarations/a_valider.html"
    paginate_by = 25
    titre = "Mois à valider"
    vide = "Rien n'attend : chaque mois envoyé est validé."
    nom_export = "mois-a-valider"
    ensemble = "declarations.a_valider"
    avec_vues = False  # la file se vide : elle se filtre peu, et ses contrôles ont déjà huit requêtes
    colonnes = [
        Colonne(
            "Entreprise", lambda d: d.engagement.entreprise.raison_sociale, tri="engagement__entreprise__raison_sociale"
        ),
        Colonne("Mois", lambda d: d.mois, Genre.MOIS, tri="mois"),
        Colonne("Marché", lambda d: d.engagement.lot.marche.reference, tri="engagement__lot__marche__reference"),
        Colonne("Personnes", lambda d: d.personnes, Genre.NOMBRE, tri="personnes"),
        Colonne("Heures", lambda d: d.total, Genre.HEURES, tri="total"),
        Colonne("Depuis", lambda d: d.depuis, Genre.DATE, tri="depuis"),
    ]

    @classmethod
    def nom_de_la_ligne(cls, ligne):
        return nom_du_mois(ligne)

    def get_base_queryset(self):
        declarations = super().get_base_queryset().a_valider().a_controler()
        attendues = declarations.select_related("engagement__entreprise", "engagement__lot__marche").annotate(
            total=Sum("lignes__heures"),
            personnes=Count("lignes__contrat__beneficiaire", distinct=True),
            depuis=Coalesce("declaree_le", "modifie_le"),
        )
        return attendues.order_by("depuis", "pk")

    def get_context_data(self, **kwargs):
        contexte = super().get_context_data(**kwargs)
        controles = controler(contexte["object_list"])
        rangs = [_rang(declaration, controles[declaration.pk]) for declaration in contexte["object_list"]]
        sans_alerte = sum(not rang["alertes"] for rang in rangs)
        return {**contexte, "rangs": rangs, "sans_alerte": sans_alerte, "ecrire": self.acteur.peut_ecrire}


def _rang(declaration: Declaration, controle: MoisControle) -> dict:
    """Une ligne de la file : le mois, ses alertes, et de quoi le cocher tel qu'il est montré."""
    lignes = [ligne for ligne, _ in controle.lignes]
    signaux = [*controle.du_mois, *(signal for _, siens in controle.lignes for signal in siens)]
    natures: Counter[str] = Counter()
    for signal in signaux:
        natures[signal.nature.label] += signal.fois
    dites = [f"{nature} : {nombre}" for nature, nombre in natures.items()]
    return {
        "declaration": declaration,
        "alertes": len(signaux) or (0 if lignes else 1),
        "gravite": Gravite.FORTE if any(s.gravite == Gravite.FORTE for s in signaux) else Gravite.ATTENTION,
        "natures": ", ".join(dites) or ("" if lignes else "Aucune ligne"),
        "coche": f"{declaration.uuid}.{version_de(valeurs_a_decider(declaration, lignes))}",
    }


def _demandes(request: Requete) -> dict[uuid.UUID, str]:
    """Les mois cochés : {uuid: version vue}."""
    demandes = {}
    for coche in request.POST.getlist("mois"):
        cle, _, version = coche.partition(".")
        try:
            demandes[uuid.UUID(cle)] = version
        except ValueError as erreur:
            raise RegleViolee("Un de ces mois n'existe pas : rien n'a été validé.") from erreur
    return demandes


@ouverte_a(FACILITATEURS_QUI_ECRIVENT)
@require_POST
@intitulee("Valider d'un coup les mois sans alerte")
def valider_le_lot(request: Requete) -> HttpResponse:
    """De la file, ou d'une grille : on y revient."""
    retour = adresse_d_ici(request.POST.get("grille", "")) or "suivi:a_valider"
    try:
        lot = valider_sans_alerte(acteur=request.acteur, demandes=_demandes(request))
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
        return redirect(retour)
    if lot.valides:
        pluriel = "s" if len(lot.valides) > 1 else ""
        messages.success(request, f"{len(lot.valides)} mois validé{pluriel}, soit {heures(lot.total)}.")
    for declaration, raison in lot.laisses[:RAISONS_DITES]:
        engagement = declaration.engagement
        messages.warning(
            request, f"{engagement.entreprise.raison_sociale}, {mois_annee(declaration.mois)} : laissé. {raison}"
        )
    if (tus := len(lot.laisses) - RAISONS_DITES) > 0:
        messages.warning(request, f"Et {tus} autres mois laissés, pour des raisons semblables.")
    return redirect(retour)


@verbe(FACILITATEURS_QUI_ECRIVENT, Declaration)
@intitulee("Valider un mois que rien n'étonne ; sinon, montrer ce qu'il faut regarder")
def valider(request: Requete, declaration: Declaration):
    lot = valider_sans_alerte(acteur=request.acteur, demandes={declaration.uuid: request.POST.get("version", "")})
    for valide in lot.valides:
        dire(request, "Mois validé : ses heures comptent désormais.", valide.dit_a)
    for _, raison in lot.laisses:
        messages.warning(request, f"Rien n'a été validé. {raison}")
    return redirect("suivi:mois", declaration.engagement.uuid, declaration.mois.strftime("%Y-%m"))


class RectificationView(GesteView):
    """Rectifier un mois validé demande un motif."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Declaration
    form_class = RectificationForm
    donne_l_objet = False
    titre = "Rectifier un mois validé"
    bouton = "Rectifier"
    message = "Mois rouvert : corrigez puis validez à nouveau."

    def get_queryset(self):
        return super().get_queryset().select_related("engagement__lot__marche")

    def enregistrer(self, form):
        return services.rouvrir_mois(acteur=self.acteur, declaration=self.objet, **form.cleaned_data)
