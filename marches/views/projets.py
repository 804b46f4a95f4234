"""Les écrans d'un projet d'achat : la liste, le tableau, la page d'étude et les décisions."""

from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from marches import services
from marches.cadre_legal import derogations_possibles
from marches.comparaison import comparer
from marches.dimensionnement import dimensionner
from marches.enums import TRANSITIONS_PROJET, Formule, StatutProjet, TypeClause
from marches.etude import etudier, publics_proposes, reglages_de, situation_du_projet
from marches.filters import ProjetFilter
from marches.forms.projets import DerogationForm, EcarterForm, ProjetAcheteurForm, ProjetForm, TransformationForm
from marches.models import ProjetAchat, Redaction
from marches.permissions import peut_avancer_projet, peut_etudier_projet, peut_modifier_projet
from marches.vivier import vivier_du_projet
from socle.annulation import balise_d_annulation, dire_l_archivage
from socle.composants import Etape
from socle.intitules import intitulee
from socle.periodes import fin_de_delai
from socle.requetes import Requete
from socle.services.journal import histoire
from socle.tables import Colonne, Genre
from socle.views import CreationView, EditionView, FicheView, ListeView, VueProtegee, verbe
from socle.views.bases import dire

QUI_DEPOSENT = FACILITATEURS_QUI_ECRIVENT | {Role.MAITRE_OUVRAGE}
LECTEURS = FACILITATEURS | {Role.MAITRE_OUVRAGE}
# Les gestes qui demandent d'abord quelque chose ont leur page ; les autres sont un bouton.
AVEC_UNE_PAGE = {"ecarter": "marches:projet_ecarter", "transformer": "marches:projet_transformer"}
PIPELINE = (
    StatutProjet.REPERE,
    StatutProjet.ETUDE,
    StatutProjet.PROPOSE,
    StatutProjet.RETENU,
    StatutProjet.MARCHE,
)
CARTES_PAR_COLONNE = 40


class ProjetListeView(ListeView):
    acces = LECTEURS
    model = ProjetAchat
    filterset_class = ProjetFilter
    titre = "Projets d'achat"
    vide = "Aucun projet d'achat. Déposez le premier : vous saurez s'il peut porter une clause, et combien d'heures."
    nom_export = "projets-d-achat"
    ensemble = "marches.projetachat"
    colonnes = [
        Colonne("Objet", lambda p: p.objet, tri="objet", lien=lambda p: p.get_absolute_url(), principale=True),
        Colonne("Maître d'ouvrage", lambda p: p.maitre_ouvrage.nom, tri="maitre_ouvrage__nom_plie"),
        Colonne("Statut", lambda p: StatutProjet(p.statut), Genre.STATUT, tri="statut"),
        Colonne("Nature", lambda p: p.get_nature_display(), tri="nature"),
        Colonne("Montant estimé HT", lambda p: p.montant_estime_ht, Genre.EUROS, tri="montant_estime_ht"),
        Colonne("Notification", lambda p: p.date_notification, Genre.DATE, tri="date_notification"),
        Colonne("Heures", lambda p: p.heures_retenues, Genre.HEURES, tri="heures_retenues"),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("maitre_ouvrage").avec_heures_retenues()

    def get_colonnes(self):
        """Les heures d'un scénario à l'essai restent au facilitateur : l'acheteur les lit sur la page, une fois proposées."""
        return self.colonnes if self.acteur.est_facilitateur else [c for c in self.colonnes if c.titre != "Heures"]

    def get_actions(self):
        actions = [("Voir en tableau", reverse("marches:projets_tableau"))]
        if self.acteur.role in QUI_DEPOSENT:
            actions.insert(0, ("Nouveau projet d'achat", reverse("marches:projet_nouveau")))
        return actions


class ProjetTableauView(VueProtegee, TemplateView):
    """Le tableau des projets en cours : une colonne par étape."""

    intitule = "Le tableau des projets en cours"
    acces = LECTEURS
    template_name = "marches/projets_tableau.html"

    def get_context_data(self, **kwargs):
        projets = ProjetAchat.objects.visibles_par(self.acteur).ouverts().select_related("maitre_ouvrage")
        rangs = {statut: rang for rang, statut in enumerate(StatutProjet)}
        ranges = sorted(
            projets.avec_heures_retenues().pour_lecture()[:500], key=lambda p: rangs[StatutProjet(p.statut)]
        )
        par_statut = {statut: list(groupe) for statut, groupe in groupby(ranges, key=lambda p: StatutProjet(p.statut))}
        if not self.acteur.est_facilitateur:
            for projet in ranges:
                if not montre_les_scenarios(self.acteur, projet):
                    projet.heures_retenues = None
        colonnes = [
            {
                "statut": statut,
                "projets": par_statut.get(statut, [])[:CARTES_PAR_COLONNE],
                "total": len(par_statut.get(statut, [])),
                "heures": sum(p.heures_retenues or 0 for p in par_statut.get(statut, [])),
            }
            for statut in PIPELINE[:-1]
        ]
        return {
            **super().get_context_data(**kwargs),
            "colonnes": colonnes,
            "depose": self.acteur.role in QUI_DEPOSENT,
        }


class ProjetFicheView(FicheView):
    """La page d'étude : due ou non, faisable ou non, quelle clause, combien d'heures, pour qui."""

    intitule = "La page d'étude"
    acces = LECTEURS
    model = ProjetAchat
    template_name = "marches/projet.html"

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .select_related("maitre_ouvrage", "corps_metier", "commune", "marche", "structure__reglages_clause")
        )

    def get_context_data(self, **kwargs):
        projet, acteur = self.object, self.acteur
        reglages = reglages_de(projet.structure)
        scenarios = list(projet.scenarios.all()) if montre_les_scenarios(acteur, projet) else []
        retenu = next((scenario for scenario in scenarios if scenario.retenu), None)
        lots = list(projet.lots_prevus.select_related("corps_metier")) if montre_les_scenarios(acteur, projet) else []
        dimensionnement = dimensionner(lots, reglages.arrondi)
        heures = dimensionnement.heures if dimensionnement.heures is not None else retenu and retenu.heures
        modifiable = projet.statut != StatutProjet.MARCHE and peut_etudier_projet(acteur, projet).ok
        return {
            **super().get_context_data(**kwargs),
            "statut": StatutProjet(projet.statut),
            "etapes": _etapes(projet),
            "etude": etudier(projet, reglages, heures, timezone.localdate()),
            "dimensionnement": dimensionnement,
            "comparaison": comparer(scenarios, reglages.heures_par_etp),
            "formules": Formule.choices,
            "vivier": vivier_du_projet(acteur, projet, heures, reglages, timezone.localdate()),
            "type_clause": TypeClause(projet.type_clause).label if projet.type_clause else "",
            "transitions": _gestes(acteur, projet),
            "redactions": _textes_de_clause(acteur, projet),
            "modifiable": modifiable,
            "corrigeable": peut_modifier_projet(acteur, projet).ok,
            "journal": histoire(projet) if acteur.est_facilitateur else [],
        }


def montre_les_scenarios(acteur: Acteur, projet: ProjetAchat) -> bool:
    """L'acheteur voit les chiffres quand le facilitateur les lui propose, pas pendant qu'il les essaie."""
    return acteur.est_facilitateur or projet.statut not in (StatutProjet.REPERE, StatutProjet.ETUDE)


def _etapes(projet: ProjetAchat) -> list[Etape]:
    if projet.statut == StatutProjet.ECARTE:
        return []
    courant = PIPELINE.index(StatutProjet(projet.statut))
    fini = projet.statut == StatutProjet.MARCHE
    return [
        Etape(statut.label, "faite" if rang < courant or fini else "en_cours" if rang == courant else "a_venir")
        for rang, statut in enumerate(PIPELINE)
    ]


def _textes_de_clause(acteur: Acteur, projet: ProjetAchat) -> list[Redaction]:
    """Ceux du marché né du projet : l'acheteur les lit dès qu'ils sont produits, bien avant que le marché soit attribué."""
    if projet.marche is None or acteur.est_facilitateur:
        return []
    return list(Redaction.objects.visibles_par(acteur).filter(marche=projet.marche))


def _gestes(acteur: Acteur, projet: ProjetAchat) -> list[dict]:
    """Les transitions permises, le pas suivant d'abord ; chacune un bouton, ou le lien de sa page."""
    gestes = []
    for transition in TRANSITIONS_PROJET.possibles(projet.statut):
        if not peut_avancer_projet(acteur, projet, transition.nom):
            continue
        page = AVEC_UNE_PAGE.get(transition.nom)
        url = reverse(page or "marches:projet_statut", args=[projet.uuid, *([] if page else [transition.nom])])
        gestes.append({"libelle": transition.libelle, "url": url, "page": bool(page)})
    return gestes


class ProjetCreationView(CreationView):
    acces = QUI_DEPOSENT
    titre = "Nouveau projet d'achat"
    bouton = "Déposer le projet"
    message = "Projet déposé."

    def get_form_class(self):
        return ProjetForm if self.acteur.est_facilitateur else ProjetAcheteurForm

    def enregistrer(self, form):
        return services.deposer_projet(acteur=self.acteur, **form.valeurs())

    def get_retour(self):
        return reverse("marches:projets")


class ProjetEditionView(EditionView):
    acces = QUI_DEPOSENT
    model = ProjetAchat
    titre = "Modifier le projet d'achat"
    message = "Projet modifié."

    def get_form_class(self):
        return ProjetForm if self.acteur.est_facilitateur else ProjetAcheteurForm

    def enregistrer(self, form):
        return services.modifier_projet(acteur=self.acteur, projet=self.objet, **form.valeurs())


class _DecisionView(CreationView):
    """Une décision sur un projet, qui demande d'abord quelque chose."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = ProjetAchat

    def get_retour(self):
        return self.parent.get_absolute_url()


class EcarterView(_DecisionView):
    acces = QUI_DEPOSENT
    form_class = EcarterForm
    titre = "Écarter le projet"
    bouton = "Écarter le projet"
    message = "Projet écarté ; son motif est gardé."

    def get_balise(self):
        """Reprendre ramène à l'étude : cela n'annule que d'un projet qui y était, pour qui peut reprendre."""
        if not self.acteur.est_facilitateur or self.parent.statut != StatutProjet.ETUDE:
            return ""
        inverse = reverse("marches:projet_statut", args=[self.parent.uuid, "reprendre"])
        return balise_d_annulation(self.request, inverse=inverse, objet=self.parent)

    def get_form_kwargs(self):
        peut_avancer_projet(self.acteur, self.parent, "ecarter").exiger()  # le refus se dit avant la saisie
        return super().get_form_kwargs()

    def enregistrer(self, form):
        return services.avancer_projet(
            acteur=self.acteur, projet=self.parent, transition="ecarter", motif=form.cleaned_data["motif"]
        )


class DerogationView(_DecisionView):
    """La dérogation invoquée par l'acheteur."""

    form_class = DerogationForm
    titre = "Consigner une dérogation"
    message = "Dérogation mise à jour."

    def get_form_kwargs(self):
        possibles = derogations_possibles(situation_du_projet(self.parent, timezone.localdate()))
        return {**super().get_form_kwargs(), "possibles": possibles}

    def get_initial(self):
        projet = self.parent
        return {
            "derogation": projet.derogation or "aucune",
            "motif_derogation": projet.motif_derogation,
            "date_derogation": projet.date_derogation or timezone.localdate(),
        }

    def enregistrer(self, form):
        valeurs = form.cleaned_data
        return services.consigner_derogation(
            acteur=self.acteur,
            projet=self.parent,
            derogation=valeurs["derogation"],
            motif=valeurs["motif_derogation"],
            le=valeurs["date_derogation"],
        )


class TransformerView(_DecisionView):
    form_class = TransformationForm
    titre = "Faire du projet un marché"
    bouton = "Créer le marché"
    message = "Le projet est devenu un marché en rédaction : préparez sa clause."

    def get_initial(self):
        projet = self.parent
        debut, reglages = projet.date_notification, reglages_de(self.acteur.organisation)
        duree_connue = debut is not None and projet.duree_mois
        return {
            "type_clause": projet.type_clause or TypeClause.CONDITION,
            "debut": debut,
            "fin_prevue": fin_de_delai(debut, projet.duree_mois) if duree_connue else None,
            "facilitateur": self.acteur.utilisateur.pk,
            "publics_vises": publics_proposes(reglages),
            "penalite_par_heure": reglages.penalite_par_heure,
            "penalite_par_jour": reglages.penalite_par_jour,
        }

    def enregistrer(self, form):
        return services.transformer_projet(acteur=self.acteur, projet=self.parent, **form.cleaned_data)


@verbe(QUI_DEPOSENT, ProjetAchat)
@intitulee("Faire avancer un projet d'achat")
def avancer(request: Requete, projet: ProjetAchat, transition: str):
    projet = services.avancer_projet(acteur=request.acteur, projet=projet, transition=transition)
    dire(request, f"Projet passé à « {StatutProjet(projet.statut).label} ».", projet.dit_a)


@verbe(FACILITATEURS_QUI_ECRIVENT, ProjetAchat)
@intitulee("Archiver un projet d'achat, ou le sortir de l'archive")
def archiver(request: Requete, projet: ProjetAchat, archiver: bool):
    services.archiver_projet(acteur=request.acteur, projet=projet, archiver=archiver)
    fait = "Projet archivé." if archiver else "Projet sorti de l'archive."
    dire_l_archivage(request, "marches:projet_", projet, fait, archiver=archiver)
