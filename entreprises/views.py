"""Les écrans des entreprises suivies."""

from django.db.models import Q
from django.shortcuts import redirect
from django.urls import reverse

from comptes.enums import ADMINISTRATEURS, FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, RESPONSABLES
from comptes.services import rompre_le_lien
from comptes.views import comptes_lies
from entreprises import services
from entreprises.enums import TypeEntreprise
from entreprises.filters import EntrepriseFilter
from entreprises.forms import AutreEntrepriseForm, ContactForm, EntrepriseEditionForm, EntrepriseForm
from entreprises.models import ContactEntreprise, Entreprise, FicheEntreprise
from entreprises.permissions import peut_fusionner, peut_modifier_identite
from socle.annulation import dire_l_archivage
from socle.intitules import intitulee
from socle.modeles import separer
from socle.nombres import siret
from socle.requetes import Requete
from socle.services.fusions import fusions_montrees
from socle.services.journal import histoire
from socle.tables import Colonne
from socle.views import CreationView, EditionView, FicheView, ListeView, verbe
from socle.views.fusions import ChoixDeFusionView, FusionView


class EntrepriseListeView(ListeView):
    acces = FACILITATEURS
    model = Entreprise
    filterset_class = EntrepriseFilter
    titre = "Entreprises"
    vide = "Aucune entreprise. Ajoutez celles qui s'engagent ou qui emploient."
    nom_export = "entreprises"
    ensemble = "entreprises.entreprise"
    colonnes = [
        Colonne(
            "Raison sociale",
            lambda e: e.raison_sociale,
            tri="raison_sociale_pliee",
            lien=lambda e: e.get_absolute_url(),
            principale=True,
        ),
        Colonne("Type", lambda e: TypeEntreprise(e.type).label, tri="type"),
        Colonne("SIRET", lambda e: e.siret, tri="siret"),
        Colonne("Commune", lambda e: e.commune.nom if e.commune else None, tri="commune__nom_plie"),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("commune")

    def get_actions(self):
        return [("Nouvelle entreprise", reverse("entreprises:nouvelle"))] if self.acteur.peut_ecrire else []


class EntrepriseFicheView(FicheView):
    intitule = "La page d'une entreprise"
    acces = FACILITATEURS
    model = Entreprise
    template_name = "entreprises/entreprise.html"

    def get_queryset(self):
        return super().get_queryset().select_related("commune", "organisation")

    def get_context_data(self, **kwargs):
        fiche = FicheEntreprise.objects.visibles_par(self.acteur).get(entreprise=self.object)
        contacts, contacts_archives = separer(fiche.contacts.all())
        return {
            **super().get_context_data(**kwargs),
            "fiche": fiche,
            "type": TypeEntreprise(self.object.type).label,
            "contacts": contacts,
            "contacts_archives": contacts_archives,
            "modifiable": self.acteur.peut_ecrire,
            "fusions": fusions_montrees(self.acteur, self.object),
            "journal": histoire(self.object, structure=self.acteur.organisation),
        }


class EntrepriseCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = EntrepriseForm
    titre = "Nouvelle entreprise"
    bouton = "Ajouter l'entreprise"
    message = "Entreprise ajoutée."

    def enregistrer(self, form):
        valeurs = form.valeurs()
        fiche = FicheEntreprise.objects.visibles_par(self.acteur).filter(entreprise__siret=valeurs["siret"]).first()
        if fiche is not None:
            self.message = (
                "Entreprise déjà connue, sortie de l'archive : son identité n'a pas changé."
                if fiche.est_archive
                else "Entreprise déjà suivie : voici sa fiche, rien n'y a changé."
            )
        return services.suivre_entreprise(acteur=self.acteur, **valeurs)

    def get_retour(self):
        return reverse("entreprises:liste")


class EntrepriseEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Entreprise
    form_class = EntrepriseEditionForm
    titre = "Modifier l'entreprise"
    message = "Entreprise modifiée."

    def get_initial(self):
        return {"notes": FicheEntreprise.objects.visibles_par(self.acteur).get(entreprise=self.objet).notes}

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        verdict = peut_modifier_identite(self.acteur, self.objet)
        if not verdict:
            form.figer(verdict.motif)
        return form

    def enregistrer(self, form):
        return services.modifier_entreprise(acteur=self.acteur, entreprise=self.objet, **form.valeurs())


@verbe(FACILITATEURS_QUI_ECRIVENT, Entreprise)
@intitulee("Archiver une entreprise, ou la sortir de l'archive")
def archiver(request: Requete, entreprise: Entreprise, archiver: bool):
    services.archiver_entreprise(acteur=request.acteur, entreprise=entreprise, archiver=archiver)
    fiche = FicheEntreprise.objects.visibles_par(request.acteur).get(entreprise=entreprise)
    fait = "Entreprise archivée." if archiver else "Entreprise sortie de l'archive."
    dire_l_archivage(request, "entreprises:", entreprise, fait, archiver=archiver, temoin=fiche)


class ContactCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Entreprise
    form_class = ContactForm
    titre = "Nouveau contact"
    bouton = "Ajouter le contact"
    message = "Contact ajouté."

    def enregistrer(self, form):
        return services.ajouter_contact(acteur=self.acteur, entreprise=self.parent, **form.valeurs())

    def get_retour(self):
        return self.parent.get_absolute_url()


class ContactEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = ContactEntreprise
    form_class = ContactForm
    titre = "Modifier le contact"
    message = "Contact modifié."

    def get_queryset(self):
        return super().get_queryset().select_related("fiche__entreprise")

    def enregistrer(self, form):
        return services.modifier_contact(acteur=self.acteur, contact=self.objet, **form.valeurs())


@verbe(FACILITATEURS_QUI_ECRIVENT, ContactEntreprise)
@intitulee("Archiver un contact, ou le sortir de l'archive")
def archiver_contact(request: Requete, contact: ContactEntreprise, archiver: bool):
    services.archiver_contact(acteur=request.acteur, contact=contact, archiver=archiver)
    fait = "Contact archivé." if archiver else "Contact sorti de l'archive."
    dire_l_archivage(request, "entreprises:contact_", contact, fait, archiver=archiver)


class InviterView(comptes_lies.InviterDepuisUneFicheView):
    """Inviter quelqu'un d'une entreprise, depuis sa fiche."""

    titre = "Inviter quelqu'un de l'entreprise"
    parent_model = Entreprise


class RelierView(comptes_lies.RelierUnCompteView):
    """Relier un compte à une entreprise."""

    titre = "Relier un compte à l'entreprise"
    parent_model = Entreprise


class RuptureView(comptes_lies.RuptureView):
    intitule = "Confirmer la séparation d'une entreprise et de son compte"
    model = Entreprise
    adresse = "entreprises:compte_rompre"


@verbe(RESPONSABLES | ADMINISTRATEURS, Entreprise, message="La fiche et le compte sont séparés.")
@intitulee("Séparer une entreprise de son compte")
def rompre(request: Requete, entreprise: Entreprise):
    rompre_le_lien(acteur=request.acteur, fiche=entreprise)
    return redirect("comptes:organisations") if request.acteur.est_administrateur else None


class EntrepriseChoixDeFusionView(ChoixDeFusionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Entreprise
    form_class = AutreEntrepriseForm
    titre = "Fusionner avec une autre entreprise"
    vers = "entreprises:fusion"

    def nommer(self, fiche):
        return nommer_avec_siret(fiche)

    def ressemblants(self):
        """Du même SIREN, ou du même nom."""
        autres = Entreprise.objects.visibles_par(self.acteur).exclude(pk=self.objet.pk)
        memes = Q(siret__startswith=self.objet.siret[:9]) | Q(raison_sociale_pliee=self.objet.raison_sociale_pliee)
        return autres.filter(memes).order_by("pk")[:10]


class EntrepriseFusionView(FusionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Entreprise
    titre = "Fusionner deux entreprises"
    message = "Entreprises fusionnées dans votre structure."
    vers = "entreprises:fusion"

    def nommer(self, fiche):
        return nommer_avec_siret(fiche)

    def paires(self):
        return [
            *super().paires(),
            services.fiches_a_fusionner(acteur=self.acteur, gardee=self.objet, absorbee=self.autre),
        ]

    def verdict(self):
        return peut_fusionner(self.acteur, self.objet, self.autre)

    def precautions(self):
        dits = [
            "Rien ne change pour les autres structures qui suivent l'une ou l'autre.",
            "Un lien de déclaration de l'entreprise rangée ne montre plus de mois : donnez-en un autre.",
        ]
        if self.autre.organisation_id:
            dits.append("Le compte de l'entreprise rangée ne verra plus ces engagements, ces contrats ni ces mois.")
        return dits

    def enregistrer(self, form):
        return services.fusionner_les_entreprises(acteur=self.acteur, entreprise=self.objet, autre=self.autre)


def nommer_avec_siret(entreprise: Entreprise) -> str:
    return f"{entreprise.raison_sociale} ({siret(entreprise.siret)})"
