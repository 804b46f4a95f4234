"""Les organisations : la page de chacune, les partenaires d'une structure, toutes celles du service."""

from django.conf import settings
from django.db.models import Count, Q, prefetch_related_objects
from django.urls import reverse

from comptes.enums import (
    ADMINISTRATEURS,
    FACILITATEURS,
    MEMBRES,
    RESPONSABLES,
    TYPES_PARTENAIRES,
    TypeOrganisation,
)
from comptes.filters import OrganisationFilter, PartenaireFilter
from comptes.forms.organisations import (
    InvitationForm,
    NomOrganisationForm,
    OrganisationForm,
    PartenaireForm,
    RattachementForm,
)
from comptes.models import Adhesion, Invitation, Organisation
from comptes.permissions import (
    peut_administrer,
    peut_changer_role,
    peut_confirmer,
    peut_creer_partenaire,
    peut_gerer_membres,
    peut_inviter,
    peut_retirer,
    roles_proposables,
)
from comptes.services import (
    archiver_organisation,
    creer_organisation,
    creer_partenaire,
    modifier_organisation,
    nouer_partenariat,
)
from socle.intitules import intitulee
from socle.panneaux import panneaux_de
from socle.services.journal import histoire
from socle.tables import Colonne, Genre
from socle.views import CreationView, EditionView, FicheView, ListeView, verbe

GESTION = RESPONSABLES | ADMINISTRATEURS


class OrganisationFicheView(FicheView):
    """La page d'une organisation : ses membres, ses invitations en cours, son histoire."""

    titre = "Page d'une organisation"
    acces = MEMBRES
    model = Organisation
    template_name = "comptes/organisation.html"

    def get_context_data(self, **kwargs):
        organisation, acteur = self.object, self.acteur
        gere, invite = peut_gerer_membres(acteur, organisation), peut_inviter(acteur, organisation)
        chez_soi = organisation == acteur.organisation
        return {
            **super().get_context_data(**kwargs),
            "titre": organisation.nom,
            "chez_soi": chez_soi,
            "membres_visibles": chez_soi or acteur.est_responsable or acteur.est_administrateur,
            "membres": self._membres(organisation, gere),
            "invitations": self._invitations(organisation) if invite else [],
            "peut_inviter": invite,
            "invitation_form": InvitationForm(acteur=acteur, organisation=organisation) if invite else None,
            "roles_a_donner": roles_proposables(acteur, organisation),
            "validite_jours": settings.INVITATION_VALIDITE_JOURS,
            "roles": roles_proposables(acteur, organisation) if peut_changer_role(acteur, organisation) else [],
            "peut_modifier": gere,
            "peut_administrer": peut_administrer(acteur),
            "partenaire_possible": organisation.type in TYPES_PARTENAIRES,
            "archivable": organisation.type != TypeOrganisation.OPERATEUR,
            "histoire": histoire(organisation) if gere else [],
        }

    def _membres(self, organisation: Organisation, gere) -> list[Adhesion]:
        adhesions = Adhesion.objects.visibles_par(self.acteur).filter(organisation=organisation, active=True)
        membres = list(
            adhesions.select_related("utilisateur").order_by("utilisateur__nom", "utilisateur__prenom", "pk")
        )
        a_confirmer = [adhesion for adhesion in membres if adhesion.a_confirmer]
        prefetch_related_objects(a_confirmer, "structures")
        for adhesion in membres:
            adhesion.est_soi = adhesion.utilisateur_id == self.acteur.utilisateur.pk
            adhesion.organisation = organisation
            adhesion.invite_par = self._invite_par(adhesion)
            adhesion.confirmable = adhesion.a_confirmer and bool(peut_confirmer(self.acteur, adhesion))
            adhesion.retirable = bool(gere) or bool(peut_retirer(self.acteur, adhesion))
        return membres

    def _invite_par(self, adhesion: Adhesion) -> str:
        """Qui confirme doit savoir d'où vient ce compte ; une structure n'a pas à savoir quelle autre l'a invité."""
        if not adhesion.a_confirmer or self.acteur.est_facilitateur:
            return ""
        return ", ".join(structure.nom for structure in adhesion.structures.all())

    def _invitations(self, organisation: Organisation) -> list[Invitation]:
        visibles = Invitation.objects.visibles_par(self.acteur).en_attente()
        return list(visibles.filter(organisation=organisation).select_related("invite_par", "courriel"))


class MembresView(OrganisationFicheView):
    """Les membres de mon organisation."""

    titre = "Membres de mon organisation"

    def get_object(self, queryset=None):
        return self.acteur.organisation


class _OrganisationListeView(ListeView):
    model = Organisation
    filterset_class = OrganisationFilter
    colonnes = [
        Colonne("Nom", lambda o: o.nom, tri="nom_plie", lien=lambda o: o.get_absolute_url(), principale=True),
        Colonne("Type", lambda o: o.get_type_display(), tri="type"),
        Colonne("Membres", lambda o: o.nombre_membres, Genre.NOMBRE, tri="nombre_membres"),
        Colonne("Depuis le", lambda o: o.cree_le, Genre.DATE, tri="cree_le"),
    ]

    def get_base_queryset(self):
        actives = Q(adhesions__active=True)
        return super().get_base_queryset().annotate(nombre_membres=Count("adhesions", filter=actives, distinct=True))


class PartenaireListeView(_OrganisationListeView):
    """Les organisations avec qui la structure travaille."""

    titre = "Partenaires"
    acces = FACILITATEURS
    filterset_class = PartenaireFilter
    nom_export = "partenaires"
    vide = "Aucun partenaire : ajoutez un prescripteur, une entreprise, un acheteur ou un financeur, puis invitez-le."

    def get_base_queryset(self):
        return super().get_base_queryset().partenaires_de(self.acteur.organisation)

    def get_actions(self):
        if not peut_creer_partenaire(self.acteur):
            return []
        return [("Ajouter un partenaire", reverse("comptes:partenaire_creer"))]


class OrganisationListeView(_OrganisationListeView):
    """Toutes les organisations du service."""

    titre = "Organisations"
    acces = ADMINISTRATEURS
    nom_export = "organisations"
    vide = "Aucune organisation : créez une première structure et invitez son responsable."
    colonnes = [
        *_OrganisationListeView.colonnes,
        Colonne("Territoire", lambda o: o.territoire.nom if hasattr(o, "territoire") else ""),
        Colonne("Archivée le", lambda o: o.archive_le, Genre.DATE, tri="archive_le"),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("territoire")

    def get_actions(self):
        return [("Créer une organisation", reverse("comptes:organisation_creer"))]


class OrganisationCreationView(CreationView):
    """Créer une organisation et inviter son premier membre."""

    titre = "Créer une organisation"
    acces = ADMINISTRATEURS
    form_class = OrganisationForm
    bouton = "Créer"
    message = "L'organisation est créée."

    def enregistrer(self, form):
        return creer_organisation(acteur=self.acteur, **form.cleaned_data)

    def get_success_url(self):
        """Ce qu'un autre étage demande aussitôt (d'une structure, son territoire) ; à défaut, sa page."""
        suites = panneaux_de(self.acteur, self.resultat, "comptes.organisation.suite")
        return next((suite.contexte["url"] for suite in suites if suite.contexte), super().get_success_url())

    def get_retour(self):
        return reverse("comptes:organisations")


class PartenaireCreationView(CreationView):
    """Ajouter une organisation partenaire et inviter son premier membre."""

    titre = "Ajouter un partenaire"
    acces = RESPONSABLES
    form_class = PartenaireForm
    bouton = "Ajouter"
    message = "Le partenaire est ajouté."

    def enregistrer(self, form):
        return creer_partenaire(acteur=self.acteur, **form.cleaned_data)

    def get_retour(self):
        return reverse("comptes:partenaires")


class OrganisationEditionView(EditionView):
    """Changer le nom d'une organisation."""

    titre = "Modifier l'organisation"
    acces = GESTION
    model = Organisation
    form_class = NomOrganisationForm
    message = "Le nom est enregistré."

    def enregistrer(self, form):
        return modifier_organisation(acteur=self.acteur, organisation=self.objet, **form.valeurs())


class RattachementView(CreationView):
    """Relier une organisation existante à une structure de plus."""

    titre = "Relier à une structure"
    acces = ADMINISTRATEURS
    parent_model = Organisation
    form_class = RattachementForm
    bouton = "Relier"
    message = "L'organisation est reliée à la structure."

    def enregistrer(self, form):
        nouer_partenariat(acteur=self.acteur, organisation=self.parent, structure=form.cleaned_data["structure"])
        return self.parent

    def get_retour(self):
        return self.parent.get_absolute_url()


class ArchivageView(FicheView):
    """Confirmer l'archivage d'une organisation."""

    titre = "Archiver une organisation"
    acces = ADMINISTRATEURS
    model = Organisation
    template_name = "socle/confirmation.html"

    def get_context_data(self, **kwargs):
        organisation = self.object
        effets = [
            "Ses membres ne peuvent plus rien ouvrir en son nom, dès leur prochaine page.",
            "Ses chiffres restent.",
        ]
        if organisation.type == TypeOrganisation.FACILITATRICE:
            effets.append("Ses bilans et ses données restent enregistrés ; vous pourrez la sortir de l'archive.")
        return {
            **super().get_context_data(**kwargs),
            "titre": f"Archiver « {organisation} » ?",
            "texte": "Une organisation archivée disparaît du travail courant.",
            "effets": effets,
            "bouton": "Archiver",
            "ton": "danger",
            "url": reverse("comptes:organisation_archiver", args=[organisation.uuid]),
            "retour": organisation.get_absolute_url(),
        }


@verbe(ADMINISTRATEURS, Organisation, message="L'organisation est archivée.")
@intitulee("Archiver une organisation")
def archiver(request, organisation: Organisation):
    archiver_organisation(acteur=request.acteur, organisation=organisation, archiver=True)


@verbe(ADMINISTRATEURS, Organisation, message="L'organisation est sortie de l'archive.")
@intitulee("Sortir une organisation de l'archive")
def reactiver(request, organisation: Organisation):
    archiver_organisation(acteur=request.acteur, organisation=organisation, archiver=False)
