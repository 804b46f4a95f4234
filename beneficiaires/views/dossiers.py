"""Les écrans d'un dossier : la liste, la fiche, l'identité."""

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from beneficiaires import services
from beneficiaires.doublons import doublons_possibles
from beneficiaires.eligibilite import examiner
from beneficiaires.enums import Sexe, StatutQuartier
from beneficiaires.filters import BeneficiaireFilter
from beneficiaires.forms import BeneficiaireForm, RechercheForm
from beneficiaires.models import Beneficiaire, RattachementQuartier, Ressemblance
from beneficiaires.permissions import peut_archiver_dossier, peut_modifier_dossier
from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from socle.acces import ouverte_a
from socle.annulation import dire_l_archivage
from socle.intitules import intitulee
from socle.lecture import Illisible, lire_naissance
from socle.nombres import jour
from socle.panneaux import panneaux_de
from socle.requetes import Requete
from socle.services.fusions import fusions_montrees
from socle.services.journal import histoire
from socle.tables import Colonne, Genre
from socle.views import CreationView, EditionView, FicheView, ListeView, verbe


class BeneficiaireListeView(ListeView):
    acces = FACILITATEURS
    model = Beneficiaire
    filterset_class = BeneficiaireFilter
    titre = "Bénéficiaires"
    vide = "Aucun dossier. Ouvrez le premier, ou reprenez votre classeur."
    nom_export = "beneficiaires"
    ensemble = "beneficiaires.beneficiaire"
    colonnes = [
        Colonne("Nom", lambda b: b.nom, tri="nom_plie", lien=lambda b: b.get_absolute_url(), principale=True),
        Colonne("Prénom", lambda b: b.prenom),
        Colonne("Identifiant", lambda b: b.identifiant, tri="identifiant"),
        Colonne("Sexe", lambda b: Sexe(b.sexe).label, tri="sexe"),
        Colonne("Âge", lambda b: b.age_le(timezone.localdate()), Genre.NOMBRE, tri="-date_naissance"),
        Colonne("Référent", lambda b: b.referent or None),
    ]

    @classmethod
    def nom_de_la_ligne(cls, ligne):
        """Son identifiant : un compte rendu passe par un message, qui ne nomme personne."""
        return ligne.identifiant

    def get_actions(self):
        return [("Nouveau dossier", reverse("beneficiaires:nouveau"))] if self.acteur.peut_ecrire else []


class BeneficiaireFicheView(FicheView):
    """Le dossier d'une personne : identité, critères, niveau, inscription, domicile et quartiers."""

    intitule = "Le dossier d'une personne"
    acces = FACILITATEURS
    model = Beneficiaire
    template_name = "beneficiaires/beneficiaire.html"

    def get_queryset(self):
        return super().get_queryset().select_related("prescripteur")

    def get_context_data(self, **kwargs):
        personne = self.object
        rattachements = RattachementQuartier.objects.select_related("quartier", "verifie_par").defer(
            "quartier__geometrie"
        )
        domiciles = list(
            personne.domiciles.select_related("commune").prefetch_related(Prefetch("rattachements", rattachements))
        )
        for domicile in domiciles:
            for rattachement in domicile.rattachements.all():
                rattachement.etat = StatutQuartier(rattachement.statut)
        criteres, inscriptions = list(personne.criteres.all()), list(personne.inscriptions.all())
        return {
            **super().get_context_data(**kwargs),
            "sexe": Sexe(personne.sexe).label,
            "naissance": _naissance(personne),
            "criteres": criteres,
            "niveaux": list(personne.niveaux.all()),
            "inscriptions": inscriptions,
            "examen": examiner(personne.date_naissance, criteres, inscriptions, timezone.localdate()),
            "domiciles": domiciles,
            "modifiable": peut_modifier_dossier(self.acteur, personne).ok,
            "archivable": peut_archiver_dossier(self.acteur, personne).ok,
            "journal": histoire(personne),
            "fusions": fusions_montrees(self.acteur, personne),
            "ressemblances": [
                (paire, paire.autre if paire.dossier_id == personne.pk else paire.dossier)
                for paire in Ressemblance.objects.visibles_par(self.acteur).a_trancher().ou_est(personne)
            ],
        }


def _naissance(personne: Beneficiaire) -> str:
    ans = personne.age_le(timezone.localdate())
    return "Effacée" if ans is None else f"{jour(personne.date_naissance)} ({ans} ans)"


class BeneficiaireCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = BeneficiaireForm
    template_name = "beneficiaires/nouvelle_personne.html"
    titre = "Nouveau dossier"
    bouton = "Ouvrir le dossier"
    message = "Dossier ouvert. Ajoutez ses critères et son domicile."

    def enregistrer(self, form):
        return services.creer_beneficiaire(acteur=self.acteur, **form.valeurs())

    def get_retour(self):
        return reverse("beneficiaires:liste")


class BeneficiaireEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Beneficiaire
    form_class = BeneficiaireForm
    titre = "Modifier le dossier"
    message = "Dossier modifié."

    def enregistrer(self, form):
        return services.modifier_beneficiaire(acteur=self.acteur, beneficiaire=self.objet, **form.valeurs())


class RechercheView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Beneficiaire
    form_class = RechercheForm
    titre = "Recherche d'emploi"
    message = "Recherche d'emploi enregistrée."

    def enregistrer(self, form):
        return services.enregistrer_recherche(acteur=self.acteur, beneficiaire=self.objet, **form.valeurs())


@verbe(FACILITATEURS_QUI_ECRIVENT, Beneficiaire)
@intitulee("Archiver un dossier, ou le sortir de l'archive")
def archiver(request: Requete, beneficiaire: Beneficiaire, archiver: bool):
    services.archiver_beneficiaire(acteur=request.acteur, beneficiaire=beneficiaire, archiver=archiver)
    fait = "Dossier archivé." if archiver else "Dossier sorti de l'archive."
    dire_l_archivage(request, "beneficiaires:", beneficiaire, fait, archiver=archiver)


@ouverte_a(FACILITATEURS_QUI_ECRIVENT | {Role.PRESCRIPTEUR})
@require_POST
@intitulee("Les dossiers qui ressemblent à la personne que l'on tape, dans sa portée seulement")
def doublons(request: Requete) -> HttpResponse:
    """Les dossiers qui ressemblent à la personne que l'on tape, dans sa portée seulement

    Rien ne s'écrit : le POST garde le nom et la naissance hors des adresses et des journaux.
    """
    lus = {champ: request.POST.get(champ, "")[:80] for champ in ("nom", "prenom")}
    try:
        naissance = lire_naissance(request.POST.get("date_naissance", ""))
    except Illisible:
        naissance = None
    personnes = doublons_possibles(request.acteur, lus["nom"], lus["prenom"], naissance)
    liens = [(personne, _page(request.acteur, personne)) for personne in personnes]
    return render(request, "beneficiaires/doublons.html", {"liens": liens})


def _page(acteur: Acteur, personne: Beneficiaire) -> str:
    """Sa fiche ; pour un prescripteur, qui ne l'ouvre pas, la page que le recrutement lui en donne."""
    if acteur.est_facilitateur:
        return personne.get_absolute_url()
    (page,) = panneaux_de(acteur, personne, "beneficiaires.doublon")
    return page.contexte["url"]
