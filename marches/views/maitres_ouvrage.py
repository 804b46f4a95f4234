"""Les écrans des maîtres d'ouvrage et des opérations."""

from decimal import Decimal

from django.db.models import Count, Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from comptes.enums import ADMINISTRATEURS, FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, RESPONSABLES
from comptes.services import rompre_le_lien
from comptes.views import comptes_lies
from marches import services
from marches.enums import TypeMaitreOuvrage
from marches.filters import MaitreOuvrageFilter, OperationFilter
from marches.forms.marches import AutreMaitreOuvrageForm, MaitreOuvrageForm, OperationForm
from marches.models import FicheMaitreOuvrage, MaitreOuvrage, Marche, Note, Operation, ProjetAchat
from marches.permissions import peut_fusionner, peut_modifier_identite
from marches.services.maitres_ouvrage import fiches_a_fusionner
from marches.views.marches import MarcheListeView
from marches.views.projets import ProjetListeView
from socle.a_faire import dossier_de
from socle.annulation import dire_l_archivage
from socle.intitules import intitulee
from socle.modeles import separer
from socle.requetes import Requete
from socle.services.fusions import fusions_montrees
from socle.services.journal import histoire
from socle.tables import Cellule, Colonne, Genre, lignes, sans_tri
from socle.views import CreationView, EditionView, FicheView, ListeView, verbe
from socle.views.fusions import ChoixDeFusionView, FusionView

COLONNES_MARCHES = sans_tri([c for c in MarcheListeView.colonnes if c.titre != "Maître d'ouvrage"])
COLONNES_ETROITES = [c for c in COLONNES_MARCHES if c.titre != "Heures dues"]  # la jauge les dit
COLONNES_PROJETS = sans_tri(
    [c for c in ProjetListeView.colonnes if c.titre in ("Objet", "Statut", "Notification", "Heures")]
)
ECHANGES = 5


def compte_marches(acteur):
    """Le nombre de marchés suivis par la structure de l'acteur, ceux des autres jamais comptés."""
    return Count("marches", filter=Q(marches__structure=acteur.organisation, marches__archive_le__isnull=True))


def tableau_marches(marches, colonnes: list[Colonne] = COLONNES_MARCHES) -> dict:
    """Les marchés d'une fiche."""
    marches = marches.actifs().select_related("maitre_ouvrage").avec_heures()
    return {"colonnes_marches": colonnes, "lignes_marches": lignes(marches, colonnes)}


def projets_de(acteur, maitre_ouvrage: MaitreOuvrage) -> list[list[Cellule]]:
    """Ses projets d'achat en cours ; transformés, ce sont des marchés."""
    projets = ProjetAchat.objects.visibles_par(acteur).ouverts().filter(maitre_ouvrage=maitre_ouvrage)
    return lignes(projets.avec_heures_retenues().order_by("date_notification", "pk"), COLONNES_PROJETS)


def du_chez(maitre_ouvrage: MaitreOuvrage) -> dict[str, Q]:
    """Ce qui attend autour d'un acheteur : chaque source de l'accueil, réduite à ses projets et à ses marchés."""
    lui = Q(maitre_ouvrage=maitre_ouvrage)
    de_ses_achats = Q(projet__maitre_ouvrage=maitre_ouvrage) | Q(marche__maitre_ouvrage=maitre_ouvrage)
    return {
        **dict.fromkeys(("projets", "projets_proposes", "a_solder"), lui),
        **dict.fromkeys(("etapes", "suites", "suites_attendues"), de_ses_achats),
    }


def echanges_avec(acteur, maitre_ouvrage: MaitreOuvrage) -> list[Note]:
    """Les dernières notes de ses achats."""
    notes = Note.objects.visibles_par(acteur).select_related("auteur", "projet", "marche")
    ses_achats = Q(projet__maitre_ouvrage=maitre_ouvrage) | Q(marche__maitre_ouvrage=maitre_ouvrage)
    return list(notes.filter(ses_achats).order_by("-cree_le", "-pk")[:ECHANGES])


class MaitreOuvrageListeView(ListeView):
    acces = FACILITATEURS
    model = MaitreOuvrage
    filterset_class = MaitreOuvrageFilter
    titre = "Maîtres d'ouvrage"
    vide = "Aucun maître d'ouvrage. Ajoutez le premier pour pouvoir créer ses marchés."
    nom_export = "maitres-ouvrage"
    colonnes = [
        Colonne("Nom", lambda m: m.nom, tri="nom_plie", lien=lambda m: m.get_absolute_url(), principale=True),
        Colonne("Type", lambda m: TypeMaitreOuvrage(m.type).label, tri="type"),
        Colonne("SIRET", lambda m: m.siret, tri="siret"),
        Colonne("Commune", lambda m: m.commune.nom if m.commune else None, tri="commune__nom_plie"),
        Colonne("Marchés", lambda m: m.nombre_marches, Genre.NOMBRE, tri="nombre_marches"),
    ]

    def get_base_queryset(self):
        maitres = super().get_base_queryset().select_related("commune")
        return maitres.annotate(nombre_marches=compte_marches(self.acteur))

    def get_actions(self):
        return (
            [("Nouveau maître d'ouvrage", reverse("marches:maitre_ouvrage_nouveau"))] if self.acteur.peut_ecrire else []
        )


class MaitreOuvrageFicheView(FicheView):
    intitule = "La page d'un maître d'ouvrage"
    acces = FACILITATEURS
    model = MaitreOuvrage
    template_name = "marches/maitre_ouvrage.html"

    def get_queryset(self):
        return super().get_queryset().select_related("commune", "organisation")

    def get_context_data(self, **kwargs):
        marches = Marche.objects.visibles_par(self.acteur).filter(maitre_ouvrage=self.object)
        fiche = FicheMaitreOuvrage.objects.visibles_par(self.acteur).get(maitre_ouvrage=self.object)
        contacts, contacts_archives = separer(fiche.contacts.all())
        return {
            **super().get_context_data(**kwargs),
            **tableau_marches(marches, COLONNES_ETROITES),
            "colonnes_projets": COLONNES_PROJETS,
            "lignes_projets": projets_de(self.acteur, self.object),
            "dossier": dossier_de(self.acteur, timezone.localdate(), du_chez(self.object)),
            "echanges": echanges_avec(self.acteur, self.object),
            "contacts": contacts,
            "contacts_archives": contacts_archives,
            "fiche": fiche,
            "type": TypeMaitreOuvrage(self.object.type).label,
            "modifiable": self.acteur.peut_ecrire,
            "fusions": fusions_montrees(self.acteur, self.object),
            "journal": histoire(self.object, structure=self.acteur.organisation),
        }


class MaitreOuvrageCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = MaitreOuvrageForm
    titre = "Nouveau maître d'ouvrage"
    bouton = "Ajouter le maître d'ouvrage"
    message = "Maître d'ouvrage ajouté."

    def enregistrer(self, form):
        valeurs = form.valeurs()
        fiches = FicheMaitreOuvrage.objects.visibles_par(self.acteur).exclude(maitre_ouvrage__siret=None)
        fiche = fiches.filter(maitre_ouvrage__siret=valeurs["siret"] or None).first()
        if fiche is not None:
            self.message = (
                "Maître d'ouvrage déjà connu, sorti de l'archive : son identité n'a pas changé."
                if fiche.est_archive
                else "Maître d'ouvrage déjà suivi : voici sa fiche, rien n'y a changé."
            )
        return services.suivre_maitre_ouvrage(acteur=self.acteur, **valeurs)

    def get_retour(self):
        return reverse("marches:maitres_ouvrage")


class MaitreOuvrageEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = MaitreOuvrage
    form_class = MaitreOuvrageForm
    titre = "Modifier le maître d'ouvrage"
    message = "Maître d'ouvrage modifié."

    def get_initial(self):
        return {"notes": FicheMaitreOuvrage.objects.visibles_par(self.acteur).get(maitre_ouvrage=self.objet).notes}

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        verdict = peut_modifier_identite(self.acteur, self.objet)
        if not verdict:
            form.figer(verdict.motif)
        return form

    def enregistrer(self, form):
        return services.modifier_maitre_ouvrage(acteur=self.acteur, maitre_ouvrage=self.objet, **form.valeurs())


@verbe(FACILITATEURS_QUI_ECRIVENT, MaitreOuvrage)
@intitulee("Archiver un maître d'ouvrage, ou le sortir de l'archive")
def archiver_maitre_ouvrage(request: Requete, maitre_ouvrage: MaitreOuvrage, archiver: bool):
    services.archiver_maitre_ouvrage(acteur=request.acteur, maitre_ouvrage=maitre_ouvrage, archiver=archiver)
    fiche = FicheMaitreOuvrage.objects.visibles_par(request.acteur).get(maitre_ouvrage=maitre_ouvrage)
    fait = "Maître d'ouvrage archivé." if archiver else "Maître d'ouvrage sorti de l'archive."
    dire_l_archivage(request, "marches:maitre_ouvrage_", maitre_ouvrage, fait, archiver=archiver, temoin=fiche)


class InviterView(comptes_lies.InviterDepuisUneFicheView):
    """Inviter quelqu'un d'un maître d'ouvrage, depuis sa fiche."""

    titre = "Inviter quelqu'un du maître d'ouvrage"
    parent_model = MaitreOuvrage


class RelierView(comptes_lies.RelierUnCompteView):
    """Relier un compte à un maître d'ouvrage."""

    titre = "Relier un compte au maître d'ouvrage"
    parent_model = MaitreOuvrage


class RuptureView(comptes_lies.RuptureView):
    intitule = "Confirmer la séparation d'un maître d'ouvrage et de son compte"
    model = MaitreOuvrage
    adresse = "marches:maitre_ouvrage_compte_rompre"


@verbe(RESPONSABLES | ADMINISTRATEURS, MaitreOuvrage, message="La fiche et le compte sont séparés.")
@intitulee("Séparer un maître d'ouvrage de son compte")
def rompre(request: Requete, maitre_ouvrage: MaitreOuvrage):
    rompre_le_lien(acteur=request.acteur, fiche=maitre_ouvrage)
    return redirect("comptes:organisations") if request.acteur.est_administrateur else None


class MaitreOuvrageChoixDeFusionView(ChoixDeFusionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = MaitreOuvrage
    form_class = AutreMaitreOuvrageForm
    titre = "Fusionner avec un autre maître d'ouvrage"
    vers = "marches:maitre_ouvrage_fusion"


class MaitreOuvrageFusionView(FusionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = MaitreOuvrage
    titre = "Fusionner deux maîtres d'ouvrage"
    message = "Maîtres d'ouvrage fusionnés dans votre structure."
    vers = "marches:maitre_ouvrage_fusion"

    def paires(self):
        return [*super().paires(), fiches_a_fusionner(acteur=self.acteur, gardee=self.objet, absorbee=self.autre)]

    def verdict(self):
        return peut_fusionner(self.acteur, self.objet, self.autre)

    def precautions(self):
        dits = ["Rien ne change pour les autres structures qui suivent l'un ou l'autre."]
        if self.autre.organisation_id:
            dits.append("Le compte du maître d'ouvrage rangé ne verra plus ces marchés ni ces projets.")
        return dits

    def enregistrer(self, form):
        return services.fusionner_les_maitres_ouvrage(acteur=self.acteur, maitre_ouvrage=self.objet, autre=self.autre)


class OperationListeView(ListeView):
    acces = FACILITATEURS
    model = Operation
    filterset_class = OperationFilter
    titre = "Opérations"
    vide = "Aucune opération. Une opération regroupe les marchés d'un même projet."
    nom_export = "operations"
    colonnes = [
        Colonne("Nom", lambda o: o.nom, tri="nom_plie", lien=lambda o: o.get_absolute_url(), principale=True),
        Colonne("Maître d'ouvrage", lambda o: o.maitre_ouvrage.nom if o.maitre_ouvrage else None),
        Colonne("Marchés", lambda o: o.nombre_marches, Genre.NOMBRE, tri="nombre_marches"),
    ]

    def get_base_queryset(self):
        operations = super().get_base_queryset().select_related("maitre_ouvrage")
        return operations.annotate(nombre_marches=compte_marches(self.acteur))

    def get_actions(self):
        nouvelle = [("Nouvelle opération", reverse("marches:operation_nouvelle"))] if self.acteur.peut_ecrire else []
        return [*nouvelle, ("Conventions de globalisation", reverse("marches:conventions"))]


class OperationFicheView(FicheView):
    intitule = "La page d'une opération"
    acces = FACILITATEURS
    model = Operation
    template_name = "marches/operation.html"

    def get_queryset(self):
        return super().get_queryset().select_related("maitre_ouvrage")

    def get_context_data(self, **kwargs):
        marches = Marche.objects.visibles_par(self.acteur).filter(operation=self.object)
        suivis = marches.actifs().attribues().avec_heures().values_list("heures_dues", flat=True)
        dues = sum(suivis, Decimal(0))
        visees = self.object.heures_visees
        return {
            **super().get_context_data(**kwargs),
            **tableau_marches(marches),
            "dues": dues,
            "manque": max(visees - dues, Decimal(0)) if visees is not None else None,
            "modifiable": self.acteur.peut_ecrire,
            "journal": histoire(self.object),
        }


class OperationCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = OperationForm
    titre = "Nouvelle opération"
    bouton = "Créer l'opération"
    message = "Opération créée."

    def enregistrer(self, form):
        return services.creer_operation(acteur=self.acteur, **form.valeurs())

    def get_retour(self):
        return reverse("marches:operations")


class OperationEditionView(EditionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Operation
    form_class = OperationForm
    titre = "Modifier l'opération"
    message = "Opération modifiée."

    def enregistrer(self, form):
        return services.modifier_operation(acteur=self.acteur, operation=self.objet, **form.valeurs())


@verbe(FACILITATEURS_QUI_ECRIVENT, Operation)
@intitulee("Archiver une opération, ou la sortir de l'archive")
def archiver_operation(request: Requete, operation: Operation, archiver: bool):
    services.archiver_operation(acteur=request.acteur, operation=operation, archiver=archiver)
    fait = "Opération archivée." if archiver else "Opération sortie de l'archive."
    dire_l_archivage(request, "marches:operation_", operation, fait, archiver=archiver)
