"""Les écrans des offres, côté facilitateur, et la page publique à partager."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from marches.models import Engagement
from recrutement import services
from recrutement.enums import TRANSITIONS_CANDIDATURE, TRANSITIONS_OFFRE, Modalite, StatutCandidature, StatutOffre
from recrutement.filters import OffreFilter
from recrutement.forms.offres import DiffusionForm, LienEntrepriseForm, OffreForm
from recrutement.models import Offre
from recrutement.permissions import (
    peut_avancer_candidature,
    peut_avancer_offre,
    peut_examiner_le_besoin,
    peut_modifier_offre,
)
from recrutement.rapprochement import personnes_pour
from recrutement.services.offres import situer
from recrutement.views.contrats import dire_les_dates
from socle.acces import PUBLIC, ouverte_a
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.services.journal import histoire
from socle.tables import Colonne, Genre
from socle.views import CreationView, EditionView, FicheView, GesteView, ListeView, verbe
from socle.views.bases import dire

GESTES_DU_FACILITATEUR = ("clore", "rouvrir", "abandonner")
# Les gestes simples d'une ligne ; entretien et refus demandent un formulaire.
GESTES_DIRECTS = ("preselectionner", "transmettre", "retenir", "retirer", "reprendre")


class OffreListeView(ListeView):
    acces = FACILITATEURS
    model = Offre
    filterset_class = OffreFilter
    titre = "Offres"
    vide = "Aucune offre. Une offre s'écrit depuis l'engagement d'une entreprise, dans un marché attribué."
    nom_export = "offres"
    ensemble = "recrutement.offre"
    colonnes = [
        Colonne("Poste", lambda o: o.intitule, tri="texte_plie", lien=lambda o: o.get_absolute_url(), principale=True),
        Colonne("Entreprise", lambda o: o.engagement.entreprise.raison_sociale),
        Colonne("Marché", lambda o: o.engagement.lot.marche.reference, tri="engagement__lot__marche__reference"),
        Colonne("Statut", lambda o: StatutOffre(o.statut), Genre.STATUT, tri="statut"),
        Colonne("Début", lambda o: o.debut, Genre.DATE, tri="debut"),
        Colonne("Postes", lambda o: o.postes, Genre.NOMBRE, tri="postes"),
        Colonne("En cours", lambda o: o.en_cours, Genre.NOMBRE, tri="en_cours"),
        Colonne("Retenues", lambda o: o.retenues, Genre.NOMBRE, tri="retenues"),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().avec_contexte().avec_comptes()


class OffreFicheView(FicheView):
    intitule = "L'offre, ses candidatures étape par étape, et les personnes qui lui correspondent"
    acces = FACILITATEURS
    model = Offre
    template_name = "recrutement/offre.html"

    def get_queryset(self):
        return super().get_queryset().avec_contexte()

    def get_context_data(self, **kwargs):
        offre = self.object
        candidatures = list(offre.candidatures.avec_contexte())
        for candidature in candidatures:
            candidature.etat = StatutCandidature(candidature.statut)
            candidature.gestes = [
                TRANSITIONS_CANDIDATURE[nom]
                for nom in (*GESTES_DIRECTS, "rencontrer", "refuser")
                if peut_avancer_candidature(self.acteur, candidature, nom)
            ]
        modifiable = peut_modifier_offre(self.acteur, offre).ok
        return {
            **super().get_context_data(**kwargs),
            "statut": StatutOffre(offre.statut),
            "surtitre": "Offre demandée par l'entreprise" if offre.demandee_par_entreprise else "Offre",
            "examinable": peut_examiner_le_besoin(self.acteur, offre).ok,
            "modalite": Modalite(offre.modalite).label,
            "marche": offre.engagement.lot.marche,
            "etapes": _par_etape(candidatures),
            "retenues": sum(c.statut == StatutCandidature.RETENUE for c in candidatures),
            "groupes": _gestes_groupes(candidatures) if modifiable else [],
            "diffusions": list(offre.diffusions.select_related("organisation")),
            "rapprochement": personnes_pour(offre)
            if offre.statut in (StatutOffre.BESOIN, StatutOffre.BROUILLON, StatutOffre.DIFFUSEE)
            else None,
            "transitions": [
                TRANSITIONS_OFFRE[nom] for nom in GESTES_DU_FACILITATEUR if peut_avancer_offre(self.acteur, offre, nom)
            ],
            "modifiable": modifiable,
            "chez_l_entreprise": any(c.statut in StatutCandidature.chez_l_entreprise() for c in candidatures),
            "journal": histoire(offre),
        }


def _par_etape(candidatures) -> list[tuple[StatutCandidature, list]]:
    groupes = [(statut, [c for c in candidatures if c.statut == statut]) for statut in StatutCandidature]
    return [(statut, groupe) for statut, groupe in groupes if groupe]


def _gestes_groupes(candidatures) -> list:
    """Les gestes qu'au moins deux candidatures peuvent faire ensemble."""
    groupes = [TRANSITIONS_CANDIDATURE[nom] for nom in ("preselectionner", "transmettre")]
    return [t for t in groupes if sum(c.statut in t.depuis for c in candidatures)]


class OffreCreationView(CreationView):
    """Écrire une offre depuis un engagement : ce qu'on sait déjà y est rempli."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Engagement
    form_class = OffreForm
    titre = "Nouvelle offre"
    bouton = "Enregistrer l'offre"
    message = "Offre enregistrée. Diffusez-la à vos partenaires quand elle est prête."

    def get_initial(self):
        marche = Engagement.objects.avec_contexte().get(pk=self.parent.pk).lot.marche
        return {"commune": marche.commune_id, "debut": marche.debut, "fin": marche.fin_prevue}

    def enregistrer(self, form):
        offre = services.creer_offre(acteur=self.acteur, engagement=self.parent, **form.valeurs())
        return dire_ses_dates(self.request, form, offre)

    def get_retour(self):
        return self.parent.get_absolute_url()


def dire_ses_dates(request: HttpRequest, form, offre: Offre) -> Offre:
    """À qui vient de les taper : renvoyer les mêmes ne redit rien."""
    if {"debut", "fin"} & set(form.changed_data):
        dire_les_dates(request, "Ce poste", offre.engagement.lot.marche, offre.debut, offre.fin)
    return offre


class OffreEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Offre
    form_class = OffreForm
    titre = "Modifier l'offre"
    message = "Offre modifiée."

    def preparer(self, form):
        self.valeurs = situer(self.acteur, self.objet, form.valeurs())

    def enregistrer(self, form):
        offre = services.modifier_offre(acteur=self.acteur, offre=self.objet, **self.valeurs)
        return dire_ses_dates(self.request, form, offre)


class DiffusionView(GesteView):
    """Choisir les partenaires à qui proposer l'offre."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Offre
    form_class = DiffusionForm
    titre = "Diffuser l'offre"
    bouton = "Diffuser"
    message = "Offre diffusée : vos partenaires la voient."

    def get_initial(self):
        choisis = self.objet.diffusions.values_list("organisation__uuid", flat=True)
        return {"partenaires": list(choisis), "date_limite": self.objet.date_limite}

    def enregistrer(self, form):
        return services.diffuser_offre(acteur=self.acteur, offre=self.objet, **form.cleaned_data)


class LienEntrepriseView(GesteView):
    """Envoyer à l'entreprise le lien signé d'où elle répond sans compte."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Offre
    form_class = LienEntrepriseForm
    titre = "Demander la réponse de l'entreprise"
    bouton = "Envoyer le lien"

    def get_queryset(self):
        return super().get_queryset().select_related("engagement__correspondant")

    def get_initial(self):
        correspondant = self.objet.engagement.correspondant
        return {"courriel": correspondant.courriel if correspondant else ""}

    def enregistrer(self, form):
        self.objet.dit_a = services.ouvrir_a_l_entreprise(acteur=self.acteur, offre=self.objet, **form.cleaned_data)
        return self.objet


@verbe(FACILITATEURS_QUI_ECRIVENT, Offre)
@intitulee("Clore, rouvrir ou abandonner une offre")
def avancer(request: Requete, offre: Offre, transition: str):
    services.avancer_offre(acteur=request.acteur, offre=offre, transition=transition)
    messages.success(request, f"{TRANSITIONS_OFFRE[transition].libelle} : c'est fait.")


@verbe(FACILITATEURS_QUI_ECRIVENT, Offre)
@intitulee("Relancer les partenaires qui n'ont proposé personne")
def relancer(request: Requete, offre: Offre):
    avis = services.relancer_partenaires(acteur=request.acteur, offre=offre)
    if avis or avis.oublies:
        dire(request, "", avis)
    else:
        messages.info(request, "Personne à relancer : tous ont proposé, ou sont relancés aujourd'hui.")


@verbe(FACILITATEURS_QUI_ECRIVENT, Offre)
@intitulee("Ouvrir ou fermer la page publique d'une offre")
def partager(request: Requete, offre: Offre, ouvrir: bool):
    services.partager_offre(acteur=request.acteur, offre=offre, partager=ouvrir)
    messages.success(request, "Page ouverte : donnez son adresse." if ouvrir else "Page fermée.")


@ouverte_a(PUBLIC)
@require_GET
@intitulee("L'offre à imprimer ou à partager")
def publique(request: Requete, secret: str) -> HttpResponse:
    """L'offre à imprimer ou à partager : aucune personne n'y paraît, seule son adresse la donne."""
    ouvertes = Offre.objects.ouvertes().filter(publique=True).avec_contexte().select_related("structure")
    offre = get_object_or_404(ouvertes, secret=secret)
    reponse = render(
        request, "recrutement/offre_publique.html", {"offre": offre, "modalite": Modalite(offre.modalite).label}
    )
    reponse["X-Robots-Tag"] = "noindex"
    return reponse
