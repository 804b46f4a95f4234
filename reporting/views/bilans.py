"""Les bilans : préparer, lire, écrire, relire ; un financeur, un acheteur ou un réseau lit ceux qui lui sont remis."""

import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, RESPONSABLES, Role
from reporting import services
from reporting.bilan.textes import RUBRIQUES
from reporting.calcul.arrondis import Parts
from reporting.donnees import SCHEMA
from reporting.enums import Presentation, StatutBilan, Variante
from reporting.filters import BilanFilter
from reporting.forms import PreparationForm, ReglagesForm, TextesForm
from reporting.lecture.annees import annees_connues, presentation_demandee
from reporting.lecture.chiffres_cles import premier_mois
from reporting.models import Bilan, ReglagesBilan
from reporting.permissions import (
    est_de_son_organisation,
    peut_ecarter_brouillon,
    peut_ecrire_bilan,
    peut_preparer_bilan,
    peut_publier_bilan,
    peut_relire_bilan,
)
from reporting.recit.phrases import moyennes
from reporting.rendu.figures import Lien, sans_lien
from reporting.rendu.page import sections
from reporting.rendu.tuiles import en_groupes
from reporting.variantes import A_CIBLE, DE_LA_STRUCTURE, MODELES
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.services.journal import histoire
from socle.tables import Colonne, Genre
from socle.views import CreationView, EditionView, FicheView, ListeView, ReglagesView, verbe

LECTEURS = FACILITATEURS | {Role.FINANCEUR, Role.RESEAU, Role.MAITRE_OUVRAGE}
PREPARENT = FACILITATEURS_QUI_ECRIVENT | {Role.RESEAU}

NOM = Colonne("Bilan", lambda b: b.nom, Genre.TEXTE, tri="fin", lien=lambda b: b.get_absolute_url(), principale=True)
STRUCTURE = Colonne("Établi par", lambda b: b.structure.nom, tri="structure__nom")
VERSION = Colonne("Version", lambda b: b.version, Genre.NOMBRE, tri="version")
STATUT = Colonne("État", lambda b: StatutBilan(b.statut), Genre.STATUT, tri="statut")
PUBLIE_LE = Colonne("Publié le", lambda b: b.publie_le, Genre.DATE, tri="publie_le")
DESTINATAIRES = Colonne("Remis à", lambda b: ", ".join(sorted(o.nom for o in b.destinataires.all())))


class BilanListeView(ListeView):
    """Bilans"""

    acces = LECTEURS
    model = Bilan
    filterset_class = BilanFilter
    titre = "Bilans"
    nom_export = "bilans"

    @property
    def vide(self) -> str:  # type: ignore[override]  # il dépend de qui lit
        if self.acteur.est_facilitateur:
            return "Aucun bilan. Préparez celui d'une année : il se relit avant d'être publié à vos financeurs."
        return "Aucun bilan ne vous a encore été remis. Il apparaîtra ici dès sa publication."

    def get_colonnes(self) -> list[Colonne]:
        if self.acteur.est_facilitateur or self.acteur.role == Role.RESEAU:
            return [NOM, STRUCTURE, VERSION, STATUT, PUBLIE_LE, DESTINATAIRES]
        return [NOM, STRUCTURE, VERSION, STATUT, PUBLIE_LE]

    def get_base_queryset(self):
        bilans = super().get_base_queryset().select_related("structure", "maitre_ouvrage", "operation", "marche")
        bilans = bilans.defer("donnees", "textes")
        return bilans.prefetch_related("destinataires") if DESTINATAIRES in self.get_colonnes() else bilans

    def get_actions(self) -> list[tuple[str, str]]:
        prepare = peut_preparer_bilan(self.acteur).ok
        gestes = [("Préparer un bilan", reverse("reporting:preparer"))] if prepare else []
        if self.acteur.role in FACILITATEURS_QUI_ECRIVENT:
            gestes.append(("Extrait national", reverse("reporting:extrait_national")))
        if self.acteur.est_responsable:
            gestes.append(("Extrait FSE+", reverse("reporting:extrait_fse")))
            gestes.append(("Réglages", reverse("reporting:reglages")))
        return gestes


class BilanFicheView(FicheView):
    intitule = "Un bilan"
    acces = LECTEURS
    model = Bilan

    def get_queryset(self):
        liens = ("structure", "document", "classeur", "etabli_par", "relu_par", "maitre_ouvrage", "operation", "marche")
        return super().get_queryset().select_related(*liens)

    def get_template_names(self) -> list[str]:
        return ["reporting/bilan.html#avancement" if self.requete.htmx else "reporting/bilan.html"]

    def get(self, request, *args, **kwargs) -> HttpResponse:
        reponse = super().get(request, *args, **kwargs)
        if request.htmx and not self.object.document_en_route:
            reponse["HX-Refresh"] = "true"  # le document vient de finir : la page a ses chiffres
        return reponse

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bilan, acteur = self.object, self.acteur
        presentation = presentation_demandee(self.request.GET.get("presentation", bilan.presentation))
        sien = est_de_son_organisation(acteur, bilan)
        contexte = {
            **super().get_context_data(**kwargs),
            "titre": bilan.nom,
            "statut": StatutBilan(bilan.statut),
            "sien": sien,
            "publiable": peut_publier_bilan(acteur, bilan),
            "relisible": peut_relire_bilan(acteur, bilan).ok,
            "ecrivable": peut_ecrire_bilan(acteur, bilan).ok,
            "ecartable": peut_ecarter_brouillon(acteur, bilan).ok,
            "refaisable": sien and peut_preparer_bilan(acteur).ok,
            "comparable": sien and bilan.version > 1 and acteur.est_facilitateur,
            "presentation": presentation,
            "presentations": Presentation,
            "ouvre": "voir les lignes" if sien and acteur.est_facilitateur else "voir la définition",
            "lisible": bool(bilan.empreinte) and "chiffres" in bilan.donnees,
        }
        if contexte["lisible"]:
            donnees, lien = bilan.contenu, self._lien(sien)
            groupes = en_groupes(
                donnees["chiffres"],
                donnees["periode"]["avant_situee"],
                Parts.de(donnees, presentation),
                lambda cle: lien(cle, "", ""),
            )
            contexte |= {
                "donnees": donnees,
                "arrete_le": datetime.date.fromisoformat(donnees["arrete_le"]),
                "groupes": groupes,
                "moyennes": moyennes(donnees),
                "sections": sections(donnees, presentation, lien),
            }
        if bilan.statut == StatutBilan.REMPLACE:
            contexte["nouvelle"] = self._nouvelle_version()
        if sien:
            contexte |= {"journal": histoire(bilan), "destinataires": bilan.destinataires.order_by("nom")}
        return contexte

    def _nouvelle_version(self) -> Bilan | None:
        """Celle qui est en vigueur, si l'acteur la voit : tous ceux qui ont reçu l'ancienne ne l'ont pas reçue."""
        bilan = self.object
        siens = Bilan.objects.visibles_par(self.acteur).filter(structure=bilan.structure, cle=bilan.cle)
        return siens.filter(statut=StatutBilan.PUBLIE).only("uuid", "version").first()

    def _lien(self, sien: bool) -> Lien:
        """Chaque chiffre s'ouvre : sur ses lignes pour la structure, sur sa seule définition pour qui reçoit le bilan."""
        if self.object.donnees["schema"] != SCHEMA or not (sien or self.object.est_fige):
            return sans_lien  # les premiers bilans ne gardaient pas leurs lignes

        def lien(cle: str, groupe: str, quand: str) -> str:
            parametres = {nom: valeur for nom, valeur in (("groupe", groupe), ("quand", quand)) if valeur}
            page = reverse("reporting:bilan_chiffre", args=[self.object.uuid, cle])
            return f"{page}?{urlencode(parametres)}" if parametres else page

        return lien


class PreparationView(CreationView):
    """Préparer un bilan"""

    acces = PREPARENT
    form_class = PreparationForm
    template_name = "reporting/preparer.html"
    titre = "Préparer un bilan"
    bouton = "Préparer le bilan"
    message = "Le bilan est en préparation : ses chiffres sont lus maintenant."

    @cached_property
    def variante(self) -> Variante:
        """Celle de l'adresse ; un réseau n'en a qu'une."""
        if self.acteur.role == Role.RESEAU:
            return Variante.RESEAU
        demandee = self.request.GET.get("variante", "")
        return Variante(demandee) if demandee in (*DE_LA_STRUCTURE, *A_CIBLE) else Variante.STRUCTURE

    def get_form_kwargs(self) -> dict[str, Any]:
        aujourd_hui = timezone.localdate()
        lues = self.acteur.structure or services.membres_du_reseau(self.acteur.organisation)
        annees = annees_connues(premier_mois(lues), aujourd_hui)
        return {**super().get_form_kwargs(), "annees": annees, "variante": self.variante}

    def get_initial(self) -> dict[str, Any]:
        voulue = self.request.GET.get("periode", str(timezone.localdate().year - 1))
        return {"periode": voulue, str(self.variante): self.request.GET.get(str(self.variante), "")}

    def enregistrer(self, form) -> Bilan:
        return services.preparer_bilan(acteur=self.acteur, **form.choix)

    def get_retour(self) -> str:
        return reverse("reporting:bilans")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choix = [] if self.variante == Variante.RESEAU else [*DE_LA_STRUCTURE, *A_CIBLE]
        return {
            **super().get_context_data(**kwargs),
            "variante": self.variante,
            "variantes": choix,
            "usage": MODELES[self.variante].usage,
        }


class TextesView(EditionView):
    """Écrire les textes d'un bilan"""

    acces = PREPARENT
    model = Bilan
    form_class = TextesForm
    donne_l_objet = False
    template_name = "reporting/textes.html"
    titre = "Les textes du bilan"
    bouton = "Enregistrer les textes"
    message = "Textes enregistrés : le bilan est refait avec eux."

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "rubriques": self.objet.rubriques}

    def get_initial(self) -> dict[str, str]:
        return dict(self.objet.textes)

    def enregistrer(self, form) -> Bilan:
        return services.ecrire_textes(acteur=self.acteur, bilan=self.objet, textes=form.cleaned_data)

    def get_retour(self) -> str:
        return self.objet.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contexte = super().get_context_data(**kwargs)
        verdict = peut_ecrire_bilan(self.acteur, self.objet)
        return {
            **contexte,
            "bilan": self.objet,
            "verdict": verdict,
            "montrable": verdict.ok or contexte["form"].is_bound,  # ce qui vient d'être tapé ne se perd pas
            "gardes": [RUBRIQUES[cle] for cle in self.objet.textes if cle not in self.objet.rubriques],
        }


@verbe(PREPARENT, Bilan, message="Le bilan est en préparation.")
@intitulee("Refaire un brouillon avec les heures d'aujourd'hui, ou ouvrir une nouvelle version")
def refaire(request: Requete, bilan: Bilan) -> HttpResponse:
    return redirect(services.refaire_bilan(acteur=request.acteur, bilan=bilan))


@verbe(PREPARENT, Bilan, message="Le bilan est marqué relu : il peut être publié.")
@intitulee("Marquer un bilan relu")
def relire(request: Requete, bilan: Bilan) -> None:
    services.relire_bilan(acteur=request.acteur, bilan=bilan)


class ConfirmationEcartView(FicheView):
    intitule = "Confirmer qu'un brouillon de bilan est écarté"
    acces = PREPARENT
    model = Bilan
    template_name = "socle/confirmation.html"

    def get_queryset(self):
        return super().get_queryset().select_related("maitre_ouvrage", "operation", "marche")

    def get_object(self, queryset=None) -> Bilan:
        bilan = super().get_object(queryset)
        peut_ecarter_brouillon(self.acteur, bilan).exiger()
        return bilan

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bilan = self.object
        return {
            **super().get_context_data(**kwargs),
            "titre": "Écarter ce brouillon ?",
            "texte": f"« {bilan.nom} », version {bilan.version} : le brouillon est supprimé, et cela ne s'annule pas.",
            "effets": [*self._textes_perdus(), *self._ce_qui_reste()],
            "bouton": "Écarter le brouillon",
            "ton": "danger",
            "url": reverse("reporting:ecarter", args=[bilan.uuid]),
            "retour": bilan.get_absolute_url(),
        }

    def _textes_perdus(self) -> list[str]:
        ecrits = [f"« {titre} »" for cle, titre in RUBRIQUES.items() if cle in self.object.textes]
        return [f"Les textes écrits sont perdus : {', '.join(ecrits)}."] if ecrits else []

    def _ce_qui_reste(self) -> list[str]:
        reste = ["Les chiffres ne sont pas perdus : préparer de nouveau ce bilan les relit."]
        if self.object.version > 1:
            reste.append("La version déjà publiée reste telle qu'elle a été remise.")
        return reste


@verbe(PREPARENT, Bilan, message="Le brouillon est écarté.")
@intitulee("Écarter un brouillon de bilan")
def ecarter(request: Requete, bilan: Bilan) -> HttpResponse:
    services.ecarter_brouillon(acteur=request.acteur, bilan=bilan)
    return redirect("reporting:bilans")


class ReglagesBilanView(ReglagesView):
    """Régler les bilans"""

    acces = RESPONSABLES
    model = ReglagesBilan
    form_class = ReglagesForm
    titre = "Réglages des bilans"

    def enregistrer(self, form) -> ReglagesBilan:
        return services.regler_les_bilans(acteur=self.acteur, **form.valeurs())

    def get_retour(self) -> str:
        return reverse("reporting:bilans")
