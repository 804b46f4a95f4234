"""Rédiger une clause : choisir les pièces, voir ce qui manque, lire le texte, le télécharger ; et les modèles locaux."""

from functools import cached_property
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import TemplateView

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from comptes.papier_a_entete import image_du_jour
from marches import services
from marches.enums import PieceClause, StatutMarche
from marches.etude import base_du_marche, obligation_du_marche, publics_proposes, reglages_de
from marches.forms.redaction import ModeleClauseForm, PublicsForm, RedactionForm, ReglagesClauseForm
from marches.models import Marche, ModeleClause, Redaction, ReglagesClause
from marches.models.redaction import titre_de_la_piece
from marches.permissions import peut_modifier_marche
from marches.redaction.champs import CHAMPS, CONDITIONS
from marches.redaction.fichiers import archive_des_pieces, fichier_de_la_piece, nom_du_fichier
from marches.redaction.pieces import modele_national
from marches.redaction.texte import bloc_de
from marches.services.redaction import composer_la_piece, lire_matiere, modeles_en_vigueur
from socle.acces import ouverte_a
from socle.intitules import intitulee
from socle.regles import RegleViolee
from socle.requetes import Requete
from socle.views import CreationView, EditionView, FicheView, ReglagesView, VueProtegee
from socle.views.bases import objet_ou_404

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LECTEURS = FACILITATEURS | {Role.MAITRE_OUVRAGE}
LECTEURS_DES_MODELES = FACILITATEURS | {Role.RESEAU}


class RedactionView(FicheView):
    """La page de rédaction d'un marché : ce qui manque, l'aperçu de chaque pièce, les textes déjà produits."""

    intitule = "La page de rédaction d'un marché"
    acces = FACILITATEURS
    model = Marche
    template_name = "marches/redaction.html"

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .select_related("maitre_ouvrage", "facilitateur", "structure__reglages_clause", "projet")
        )

    def get_context_data(self, **kwargs):
        marche = self.object
        matiere = lire_matiere(marche)
        sujet = matiere.sujet()
        modeles = modeles_en_vigueur(marche.structure)
        adresses = {
            "lots": reverse("marches:lot_nouveau", args=[marche.uuid]),
            "publics": reverse("marches:publics", args=[marche.uuid]),
            "reglages": f"{reverse('marches:reglages_clause')}?marche={marche.uuid}",
        }
        return {
            **super().get_context_data(**kwargs),
            "panneaux": [],
            "base": base_du_marche(marche),
            "obligation": obligation_du_marche(marche),
            "manques": [(phrase, adresses.get(ou, ou)) for phrase, ou in sujet.manques],
            "apercus": [
                {"piece": PieceClause(piece), "version": version, "blocs": composer_la_piece(texte, sujet_apercu)}
                for piece, (texte, version) in modeles.items()
                for sujet_apercu in [matiere.sujet(matiere.lots_de(piece, commun=True)[0])]
            ],
            "modifiable": peut_modifier_marche(self.acteur, marche).ok,
            "redactions": marche.redactions.select_related("auteur"),
        }


class ProduireView(CreationView):
    """Produire les textes choisis."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Marche
    form_class = RedactionForm
    titre = "Produire les textes"
    bouton = "Produire les textes"
    message = "Textes produits : relisez-les, puis téléchargez le DOCX."

    def get_initial(self):
        return {"pieces": ["rc", "ae", "ccap"]}

    def enregistrer(self, form):
        return services.rediger(acteur=self.acteur, marche=self.parent, **form.cleaned_data)

    def get_retour(self):
        return reverse("marches:redaction", args=[self.parent.uuid])


class RedactionTexteView(FicheView):
    intitule = "Un texte produit, à relire"
    acces = LECTEURS
    model = Redaction
    template_name = "marches/redaction_texte.html"

    def get_queryset(self):
        return super().get_queryset().select_related("marche__maitre_ouvrage", "auteur")

    def get_context_data(self, **kwargs):
        sections = [
            (rang, titre_de_la_piece(piece), map(bloc_de, piece["blocs"]))
            for rang, piece in enumerate(self.object.pieces)
        ]
        marche = self.object.marche
        lisible = self.acteur.est_facilitateur or marche.statut in StatutMarche.attribues()
        return {
            **super().get_context_data(**kwargs),
            "sections": sections,
            "marche": marche,
            "marche_lisible": lisible,  # l'acheteur n'ouvre un marché qu'attribué ; son texte de clause, bien avant
        }


def _a_telecharger(request: Requete, uuid: UUID) -> Redaction:
    visibles = Redaction.objects.visibles_par(request.acteur).select_related("marche__structure")
    return objet_ou_404(Redaction, request.acteur, uuid, visibles)


@ouverte_a(LECTEURS)
@require_GET
@intitulee("Une pièce d'un texte produit, en DOCX")
def telecharger(request: Requete, uuid: UUID, rang: int) -> HttpResponse:
    redaction = _a_telecharger(request, uuid)
    if rang >= len(redaction.pieces):
        raise Http404
    logo = image_du_jour(redaction.marche.structure)
    nom, contenu = nom_du_fichier(redaction, rang), fichier_de_la_piece(redaction, rang, logo)
    return _a_enregistrer(contenu, DOCX, nom)


@ouverte_a(LECTEURS)
@require_GET
@intitulee("Toutes les pièces d'un texte produit, en DOCX")
def telecharger_tout(request: Requete, uuid: UUID) -> HttpResponse:
    redaction = _a_telecharger(request, uuid)
    logo = image_du_jour(redaction.marche.structure)
    nom = f"clause-{slugify(redaction.marche.reference) or 'marche'}.zip"
    return _a_enregistrer(archive_des_pieces(redaction, logo), "application/zip", nom)


def _a_enregistrer(contenu: bytes, type_mime: str, nom: str) -> HttpResponse:
    reponse = HttpResponse(contenu, content_type=type_mime)
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    return reponse


class PublicsView(EditionView):
    """Les publics visés par un marché."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Marche
    form_class = PublicsForm
    donne_l_objet = False
    titre = "Publics visés par le marché"
    message = "Publics enregistrés."

    def get_queryset(self):
        return super().get_queryset().select_related("structure__reglages_clause")

    def get_initial(self):
        proposes = publics_proposes(reglages_de(self.objet.structure))
        return {"publics": self.objet.publics_vises or proposes}

    def montre(self, form):
        """Ce qui est proposé n'est pas encore enregistré : le garder tel quel est un changement."""
        return {"publics": self.objet.publics_vises}

    def enregistrer(self, form):
        return services.choisir_publics(acteur=self.acteur, marche=self.objet, publics=form.cleaned_data["publics"])

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("marches:redaction", args=[self.objet.uuid])


class ModelesView(VueProtegee, TemplateView):
    """Les modèles de clause : le national, ou la variante de la structure."""

    intitule = "Les modèles de clause"
    acces = LECTEURS_DES_MODELES
    template_name = "marches/modeles.html"

    def get_context_data(self, **kwargs):
        chez_soi = self.acteur.est_facilitateur
        modeles = modeles_en_vigueur(self.acteur.organisation) if chez_soi else {}
        return {
            **super().get_context_data(**kwargs),
            "modeles": [(PieceClause(piece), version) for piece, (_, version) in modeles.items()],
            "proposes": ModeleClause.objects.proposes_a(self.acteur)
            .select_related("structure")
            .order_by("piece", "structure__nom_plie", "pk"),
        }


class ModeleProposeView(FicheView):
    """Un modèle qu'une structure propose au réseau, tel qu'elle l'écrit."""

    intitule = "Un modèle de clause proposé au réseau"
    acces = LECTEURS_DES_MODELES
    model = ModeleClause
    template_name = "marches/modele_propose.html"

    def get_queryset(self):
        return ModeleClause.objects.proposes_a(self.acteur).select_related("structure")

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "panneaux": []}


@ouverte_a(FACILITATEURS_QUI_ECRIVENT)
@require_POST
@intitulee("Adopter un modèle de clause proposé au réseau")
def adopter_modele(request: Requete, uuid: UUID) -> HttpResponse:
    modele = objet_ou_404(ModeleClause, request.acteur, uuid, ModeleClause.objects.proposes_a(request.acteur))
    adopte = services.adopter_le_modele(acteur=request.acteur, modele=modele)
    messages.success(request, f"Adopté : c'est votre version {adopte.version}. Les prochains textes en viendront.")
    return redirect(adopte)


@ouverte_a(FACILITATEURS_QUI_ECRIVENT)
@require_POST
@intitulee("Proposer un modèle de clause au réseau, ou ne plus le proposer")
def proposer_modele(request: Requete, piece: str, proposer: bool) -> HttpResponse:
    if piece not in PieceClause.values:
        raise Http404
    try:
        services.proposer_le_modele(acteur=request.acteur, piece=piece, proposer=proposer)
    except RegleViolee as refus:
        messages.error(request, " ".join(refus.messages))
    else:
        fait = "Modèle proposé au réseau." if proposer else "Modèle retiré du réseau ; qui l'a adopté le garde."
        messages.success(request, fait)
    return redirect("marches:modele_clause", piece)


class ModeleClauseView(ReglagesView):
    """Un modèle : son texte, ses champs, ses versions ; l'enregistrer en écrit une nouvelle."""

    intitule = "Un modèle"
    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = ModeleClauseForm
    donne_l_objet = False
    template_name = "marches/modele.html"
    bouton = "Enregistrer une nouvelle version"
    message = "Nouvelle version enregistrée : les prochains textes en viendront."

    @cached_property
    def piece(self) -> PieceClause:
        try:
            return PieceClause(self.kwargs["piece"])
        except ValueError as erreur:
            raise Http404 from erreur

    def lire_objet(self):
        """La variante en vigueur, ou le modèle national."""
        siens = ModeleClause.objects.visibles_par(self.acteur).filter(piece=self.piece, retire_le__isnull=True)
        return siens.first() or ModeleClause(piece=self.piece, texte=modele_national(self.piece))

    def get_titre(self):
        return f"Modèle : {self.piece.label}"

    def get_initial(self):
        return {"texte": self.objet.texte}

    def get_context_data(self, **kwargs):
        versions = ModeleClause.objects.visibles_par(self.acteur).filter(piece=self.piece).select_related("auteur")
        return {
            **super().get_context_data(**kwargs),
            "piece": self.piece,
            "champs": CHAMPS,
            "conditions": CONDITIONS,
            "versions": versions,
            "en_vigueur": next((version for version in versions if version.retire_le is None), None),
        }

    def enregistrer(self, form):
        return services.ecrire_modele(acteur=self.acteur, piece=self.piece, **form.cleaned_data)

    def get_retour(self):
        return reverse("marches:modeles_clause")


@ouverte_a(FACILITATEURS_QUI_ECRIVENT)
@require_POST
@intitulee("Revenir au modèle national d'une pièce")
def revenir_au_modele_national(request: Requete, piece: str) -> HttpResponse:
    if piece not in PieceClause.values:
        raise Http404
    services.revenir_au_modele_national(acteur=request.acteur, piece=piece)
    messages.success(request, "Le modèle national est de nouveau employé ; vos versions restent lisibles.")
    return redirect("marches:modele_clause", piece)


class ReglagesClauseView(ReglagesView):
    """Les coordonnées et les repères de la structure."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = ReglagesClause
    form_class = ReglagesClauseForm
    titre = "Réglages des clauses"

    @cached_property
    def marche(self) -> Marche | None:
        """Le marché dont la clause attendait ces réglages, pour y revenir."""
        try:
            demande = UUID(self.request.GET.get("marche", ""))
        except ValueError:
            return None
        return Marche.objects.visibles_par(self.acteur).filter(uuid=demande).first()

    def enregistrer(self, form):
        return services.regler_les_clauses(acteur=self.acteur, **form.valeurs())

    def get_success_url(self):
        return self.get_retour() if self.marche else reverse("marches:reglages_clause")

    def get_retour(self):
        if self.marche:
            return reverse("marches:redaction", args=[self.marche.uuid])
        return reverse("marches:modeles_clause")
