"""L'espace d'un prescripteur : les offres qu'on lui diffuse, ses personnes, leurs candidatures."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from beneficiaires.forms import NotePrescripteurForm
from beneficiaires.models import Beneficiaire, NoteParcours
from beneficiaires.permissions import peut_corriger_ma_personne, peut_noter_le_parcours
from beneficiaires.services import (
    corriger_ma_personne,
    dossier_garde,
    noter_parcours,
    orienter_personne,
    passer_a_un_collegue,
    situer_adresse,
)
from comptes.enums import Role
from recrutement import services
from recrutement.enums import Modalite, SituationConfiee, StatutCandidature, StatutOffre
from recrutement.filters import PersonneConfieeFilter
from recrutement.forms.offres import (
    CollegueForm,
    MaPersonneForm,
    NouveauCandidatForm,
    PersonneConfieeForm,
    PositionnementForm,
)
from recrutement.models import Candidature, Offre
from recrutement.permissions import peut_avancer_candidature, peut_proposer
from recrutement.prescription import avec_sa_situation, comptes_de_l_annee
from recrutement.views.candidatures import balise_de_retablissement, dire_la_reserve
from socle.a_faire import Demande, tableau_de
from socle.composants import Tuile
from socle.intitules import intitulee
from socle.panneaux import GESTES, panneaux_de
from socle.requetes import Requete
from socle.tables import Colonne, Genre, lignes
from socle.views import CreationView, EditionView, FicheView, GesteView, ListeView, VueProtegee, verbe

PRESCRIPTEURS = frozenset({Role.PRESCRIPTEUR})
MONTRES = 25
COLONNES_OFFRES = [
    Colonne(
        "Poste",
        lambda o: o.intitule,
        lien=lambda o: reverse("recrutement:offre_diffusee", args=[o.uuid]),
        principale=True,
    ),
    Colonne("Entreprise", lambda o: o.engagement.entreprise.raison_sociale),
    Colonne("Lieu", lambda o: o.commune.nom if o.commune else None),
    Colonne("Début", lambda o: o.debut, Genre.DATE),
    Colonne("Postes", lambda o: o.postes, Genre.NOMBRE),
    Colonne("Proposer avant", lambda o: o.date_limite, Genre.DATE),
]
COLONNES_CANDIDATURES = [
    Colonne(
        "Personne",
        lambda c: c.beneficiaire.nom_complet,
        lien=lambda c: reverse("recrutement:ma_personne", args=[c.beneficiaire.uuid]),
        principale=True,
    ),
    Colonne("Poste", lambda c: c.offre.intitule),
    Colonne("Entreprise", lambda c: c.offre.engagement.entreprise.raison_sociale),
    Colonne("Où elle en est", lambda c: StatutCandidature(c.statut), Genre.STATUT),
]


class EspacePrescripteurView(VueProtegee, TemplateView):
    intitule = "Accueil"
    acces = PRESCRIPTEURS
    template_name = "recrutement/espace_prescripteur.html"

    def get_context_data(self, **kwargs):
        aujourd_hui = timezone.localdate()
        annee = aujourd_hui.year
        offres = (
            Offre.objects.visibles_par(self.acteur).ouvertes().avec_contexte().order_by("date_limite", "debut", "pk")
        )
        candidatures = (
            Candidature.objects.visibles_par(self.acteur).en_cours().avec_contexte().order_by("-modifie_le", "pk")
        )
        comptes = comptes_de_l_annee(self.acteur.organisation, annee)
        return {
            **super().get_context_data(**kwargs),
            "annee": annee,
            "tableau": tableau_de(self.acteur, aujourd_hui, Demande.lue(self.request.GET)),
            "tuiles": [
                Tuile("Personnes proposées", comptes.proposees, definition=f"Personnes différentes, en {annee}."),
                Tuile("Rencontrées", comptes.rencontrees, definition="Reçues en entretien ou retenues."),
                Tuile("Embauchées", comptes.embauchees, definition="Un contrat est établi."),
            ],
            "colonnes_offres": COLONNES_OFFRES,
            "offres": lignes(offres.pour_lecture()[:MONTRES], COLONNES_OFFRES),
            "colonnes_candidatures": COLONNES_CANDIDATURES,
            "candidatures": lignes(candidatures.pour_lecture()[:MONTRES], COLONNES_CANDIDATURES),
        }


class OffreDiffuseeView(FicheView):
    """Une offre, vue par un partenaire : le poste, et les personnes qu'il y a proposées, elles seules."""

    intitule = "Une offre, vue par un partenaire"
    acces = PRESCRIPTEURS
    model = Offre
    template_name = "recrutement/offre_diffusee.html"

    def get_queryset(self):
        return super().get_queryset().avec_contexte().select_related("structure")

    def get_context_data(self, **kwargs):
        candidatures = list(Candidature.objects.visibles_par(self.acteur).filter(offre=self.object).avec_contexte())
        return {
            **super().get_context_data(**kwargs),
            "statut": StatutOffre(self.object.statut),
            "modalite": Modalite(self.object.modalite).label,
            "proposer": peut_proposer(self.acteur, self.object).ok,
            "colonnes": COLONNES_CANDIDATURES,
            "candidatures": lignes(candidatures, COLONNES_CANDIDATURES),
        }


class ProposerView(GesteView):
    """Proposer sur l'offre une personne que l'on suit déjà."""

    acces = PRESCRIPTEURS
    model = Offre
    form_class = PositionnementForm
    template_name = "recrutement/proposer.html"
    titre = "Proposer une personne que vous suivez"
    bouton = "Proposer"
    message = "Personne proposée : vous suivrez chaque étape ici, et par courriel."

    def enregistrer(self, form):
        candidature = services.proposer_personne(acteur=self.acteur, offre=self.objet, **form.cleaned_data)
        dire_la_reserve(self.request, candidature)
        return candidature

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("recrutement:offre_diffusee", args=[self.objet.uuid])


class ProposerNouvelleView(CreationView):
    """Proposer sur l'offre une personne nouvelle : le dossier et la candidature naissent ensemble."""

    acces = PRESCRIPTEURS
    parent_model = Offre
    form_class = NouveauCandidatForm
    template_name = "beneficiaires/nouvelle_personne.html"
    titre = "Proposer une nouvelle personne"
    bouton = "Proposer cette personne"
    message = "Personne proposée : vous suivrez chaque étape ici, et par courriel."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "structure": self.parent.structure}

    def get_initial(self):
        return {"metiers": [self.parent.metier_id], "disponible_le": self.parent.debut}

    def enregistrer(self, form):
        valeurs = form.valeurs()
        avis, domicile = valeurs.pop("avis"), situer_adresse(valeurs.pop("adresse"))
        with transaction.atomic():
            personne = orienter_personne(
                acteur=self.acteur, structure=self.parent.structure, domicile=domicile, **valeurs
            )
            candidature = services.proposer_personne(
                acteur=self.acteur, offre=self.parent, beneficiaire=personne, avis=avis
            )
        dire_la_reserve(self.request, candidature)
        return candidature

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("recrutement:offre_diffusee", args=[self.parent.uuid])


class PersonneListeView(ListeView):
    """Les personnes confiées par mon organisation."""

    acces = PRESCRIPTEURS
    model = Beneficiaire
    filterset_class = PersonneConfieeFilter
    titre = "Mes personnes"
    vide = (
        "Vous n'avez encore confié personne. Confiez quelqu'un, même sans offre : le facilitateur saura qu'il cherche."
    )
    nom_export = "mes-personnes"
    colonnes = [
        Colonne(
            "Nom",
            lambda b: b.nom,
            tri="nom_plie",
            lien=lambda b: reverse("recrutement:ma_personne", args=[b.uuid]),
            principale=True,
        ),
        Colonne("Prénom", lambda b: b.prenom),
        Colonne("Où elle en est", lambda b: SituationConfiee(b.situation), Genre.STATUT),
        Colonne("Référent", lambda b: b.referent or None),
        Colonne("Disponible", lambda b: b.disponible_le, Genre.DATE, tri="disponible_le"),
        Colonne("Confiée le", lambda b: timezone.localdate(b.cree_le), Genre.DATE, tri="cree_le"),
    ]

    def get_base_queryset(self):
        return avec_sa_situation(super().get_base_queryset(), timezone.localdate())

    def get_actions(self):
        ajoutes = panneaux_de(self.acteur, self.acteur.organisation, "espace.prescripteur" + GESTES)
        gestes = [(ajoute.contexte["libelle"], ajoute.contexte["url"]) for ajoute in ajoutes]
        return [("Confier une personne", reverse("recrutement:personne_nouvelle")), *gestes]


class PersonneFicheView(FicheView):
    """Une personne que je suis : ses candidatures, ses notes. Réunie à un autre dossier, la page dit où elle est."""

    intitule = "Une personne que je suis"
    acces = PRESCRIPTEURS
    model = Beneficiaire
    template_name = "recrutement/ma_personne.html"

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            reunie = Beneficiaire.objects.reunies_a_un_autre(self.acteur).filter(uuid=kwargs["uuid"])
            personne = reunie.select_related("structure").first()
            if personne is None:
                raise
        gardee = dossier_garde(personne)
        if Beneficiaire.objects.visibles_par(self.acteur).filter(uuid=gardee).exists():
            return redirect("recrutement:ma_personne", gardee)
        return render(request, "recrutement/personne_reunie.html", {"objet": personne})

    def get_context_data(self, **kwargs):
        personne = self.object
        candidatures = list(
            Candidature.objects.visibles_par(self.acteur)
            .filter(beneficiaire=personne)
            .avec_contexte()
            .order_by("-cree_le")
        )
        for candidature in candidatures:
            candidature.etat = StatutCandidature(candidature.statut)
            candidature.retirable = peut_avancer_candidature(self.acteur, candidature, "retirer").ok
        notes = NoteParcours.objects.visibles_par(self.acteur).filter(beneficiaire=personne)
        return {
            **super().get_context_data(**kwargs),
            "corrigeable": peut_corriger_ma_personne(self.acteur, personne).ok,
            "notable": peut_noter_le_parcours(self.acteur, personne).ok,
            "candidatures": candidatures,
            # Après une fusion, deux dossiers ont pu dire la même chose.
            "situation": list(dict.fromkeys(critere.get_code_display() for critere in personne.criteres.all())),
            "metiers": list(personne.metiers.all()),
            "notes": list(notes.select_related("auteur", "organisation")),
        }


class PersonneCreationView(CreationView):
    """Confier une personne à une structure, sans offre précise."""

    acces = PRESCRIPTEURS
    form_class = PersonneConfieeForm
    template_name = "beneficiaires/nouvelle_personne.html"
    titre = "Confier une personne"
    bouton = "Confier cette personne"
    message = "Personne confiée. Proposez-la sur une offre dès qu'une lui correspond."

    def enregistrer(self, form):
        valeurs = form.valeurs()
        domicile = situer_adresse(valeurs.pop("adresse"))
        return orienter_personne(acteur=self.acteur, domicile=domicile, **valeurs)

    def get_success_url(self):
        return reverse("recrutement:ma_personne", args=[self.resultat.uuid])

    def get_retour(self):
        return reverse("recrutement:mes_personnes")


class MaPersonneEditionView(EditionView):
    """Corriger la fiche d'une personne que je suis."""

    acces = PRESCRIPTEURS
    model = Beneficiaire
    form_class = MaPersonneForm
    titre = "Modifier cette personne"
    message = "Fiche modifiée : la structure lit la même."

    def enregistrer(self, form):
        return corriger_ma_personne(acteur=self.acteur, beneficiaire=self.objet, **form.valeurs())

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("recrutement:ma_personne", args=[self.objet.uuid])


class PasserView(GesteView):
    """Passer une personne que je suis à un collègue."""

    acces = PRESCRIPTEURS
    model = Beneficiaire
    form_class = CollegueForm
    donne_l_objet = False
    titre = "Passer cette personne à un collègue"
    bouton = "Passer cette personne"
    message = "C'est noté : la personne a un nouveau référent."

    def enregistrer(self, form):
        return passer_a_un_collegue(acteur=self.acteur, beneficiaire=self.objet, **form.cleaned_data)

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("recrutement:ma_personne", args=[self.objet.uuid])


class NotePrescripteurView(CreationView):
    """Ajouter une note de référent au parcours d'une personne."""

    acces = PRESCRIPTEURS
    parent_model = Beneficiaire
    form_class = NotePrescripteurForm
    titre = "Ajouter une note"
    message = "Note ajoutée."

    def get_initial(self):
        return {"jour": timezone.localdate()}

    def enregistrer(self, form):
        return noter_parcours(acteur=self.acteur, beneficiaire=self.parent, **form.valeurs())

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("recrutement:ma_personne", args=[self.parent.uuid])


def _vers_la_personne(candidature: Candidature) -> str:
    return reverse("recrutement:ma_personne", args=[candidature.beneficiaire.uuid])


@verbe(PRESCRIPTEURS, Candidature, retour=_vers_la_personne)
@intitulee("Retirer la candidature d'une personne que je suis")
def retirer(request: Requete, candidature: Candidature):
    services.avancer_candidature(acteur=request.acteur, candidature=candidature, transition="retirer")
    balise = balise_de_retablissement(request, candidature, retour=_vers_la_personne(candidature))
    messages.success(request, "Candidature retirée.", extra_tags=balise)
