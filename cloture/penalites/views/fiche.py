"""Les pénalités : la structure les propose et les instruit, l'entreprise répond, l'acheteur décide."""

from functools import cached_property

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from cloture.constat import Constat, constater
from cloture.enums import TRANSITIONS_PENALITE, DecisionPenalite, GenrePenalite, StatutPenalite
from cloture.forms import SansValeurForm
from cloture.lettres import services as lettres
from cloture.models import Penalite
from cloture.penalites import services
from cloture.penalites.filters import PenaliteFilter
from cloture.penalites.preuves import figer
from cloture.penalites.preuves_ecrites import COLONNES_DES_PREUVES, ecrire_les_preuves, lignes_des_preuves
from cloture.penalites.views.gestes import pourquoi_pas
from cloture.permissions import peut_decider, peut_observer, peut_tenir_la_fin
from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, Role
from marches.models import Engagement
from socle.acces import exiger_acces, ouverte_a
from socle.enums import EtatCourriel
from socle.exports import exporter_xlsx
from socle.intitules import intitulee
from socle.models import Courriel
from socle.regles import Verdict
from socle.requetes import Requete
from socle.services.journal import histoire
from socle.tables import Colonne, Genre
from socle.views import CreationView, FicheView, ListeView
from socle.views.bases import objet_ou_404
from socle.views.documents import reponse_fichier

LECTEURS = FACILITATEURS | {Role.MAITRE_OUVRAGE, Role.ENTREPRISE}

MARCHE = Colonne(
    "Marché", lambda p: p.engagement.lot.marche.reference, lien=lambda p: p.get_absolute_url(), principale=True
)
ENTREPRISE = Colonne("Entreprise", lambda p: p.engagement.entreprise.raison_sociale)
ACHETEUR = Colonne("Maître d'ouvrage", lambda p: p.engagement.lot.marche.maitre_ouvrage.nom)
SUITE = [
    Colonne("Objet", lambda p: GenrePenalite(p.genre).label),
    Colonne("État", lambda p: StatutPenalite(p.statut), Genre.STATUT, tri="statut"),
    Colonne("Proposé", lambda p: p.montant_propose, Genre.EUROS, tri="montant_propose"),
    Colonne("Décidé", lambda p: p.montant_decide, Genre.EUROS, tri="montant_decide"),
    Colonne("Répondre avant", lambda p: p.repondre_avant, Genre.DATE, tri="repondre_avant"),
]


class PenaliteListeView(ListeView):
    """Les pénalités : toutes celles de la structure, celles de ses marchés pour l'acheteur, les siennes pour l'entreprise."""

    acces = LECTEURS
    model = Penalite
    filterset_class = PenaliteFilter
    titre = "Pénalités"
    nom_export = "penalites"

    @property
    def vide(self):  # type: ignore[override]  # il dépend de qui lit
        if self.acteur.est_facilitateur:
            quand = "quand ses heures ou ses déclarations manquent"
            return f"Aucune pénalité. Elle se propose depuis la page d'un engagement, {quand}."
        if self.acteur.role == Role.MAITRE_OUVRAGE:
            return "Aucune pénalité proposée sur vos marchés. S'il en vient une, votre facilitateur l'instruit et vous décidez."
        return "Aucune pénalité. Si votre facilitateur en proposait une, vous recevriez une lettre et pourriez y répondre ici."

    def get_colonnes(self):
        if self.acteur.est_facilitateur:
            return [MARCHE, ENTREPRISE, ACHETEUR, *SUITE]
        return [MARCHE, ENTREPRISE if self.acteur.role == Role.MAITRE_OUVRAGE else ACHETEUR, *SUITE]

    def get_base_queryset(self):
        return super().get_base_queryset().avec_contexte()

    def get_actions(self):
        return [("Délais et seuils", reverse("suivi:reglages_fin"))] if self.acteur.peut_ecrire else []


class PenaliteFicheView(FicheView):
    """Une pénalité : ce qui est proposé, pourquoi, où l'on en est, et le geste qui suit."""

    intitule = "Une pénalité"
    acces = LECTEURS
    model = Penalite
    template_name = "cloture/penalite.html"

    def get_queryset(self):
        return super().get_queryset().avec_contexte().select_related("lettre")

    def get_context_data(self, **kwargs):
        penalite = self.object
        facilitateur = self.acteur.est_facilitateur
        courriels = _courriels(penalite) if facilitateur and penalite.lettre_preparee_le else []
        return {
            **super().get_context_data(**kwargs),
            "titre": f"{GenrePenalite(penalite.genre).label} : {penalite.montant_dit}",
            "statut": StatutPenalite(penalite.statut),
            "marche": penalite.engagement.lot.marche,
            "preuves": ecrire_les_preuves(penalite.preuves),
            "decision": DecisionPenalite(penalite.decision).label if penalite.decision else "",
            "gestes": gestes(self.acteur, penalite),
            "attente": _attente(self.acteur, penalite, courriels),
            "courriels": courriels,
            "journal": histoire(penalite) if facilitateur else [],
            "heures_changees": facilitateur and _heures_changees(penalite),
        }


def _courriels(penalite: Penalite) -> list[tuple[EtatCourriel, Courriel]]:
    """Où en est chaque courriel qui porte la lettre."""
    return [(EtatCourriel(courriel.etat), courriel) for courriel in lettres.courriels_de_la_lettre(penalite)]


def gestes(acteur: Acteur, penalite: Penalite) -> list[tuple[str, str]]:
    """Les gestes permis à cet acteur dans cet état ; le premier fait avancer."""
    engagement, tenir = penalite.engagement, peut_tenir_la_fin(acteur, penalite.engagement)
    refaire = reverse("suivi:penalite_proposer", args=[engagement.uuid, penalite.genre])
    decider, observer = peut_decider(acteur, penalite), peut_observer(acteur, penalite)
    recopier = "Répondre" if acteur.role == Role.ENTREPRISE else "Recopier sa réponse"
    consigner = "Décider" if acteur.role == Role.MAITRE_OUVRAGE else "Consigner la décision de l'acheteur"
    possibles: list[tuple[str, str, Verdict, str]] = [
        ("partir", "Dater sa remise", tenir, reverse("suivi:penalite_remettre", args=[penalite.uuid])),
        ("decider", consigner, decider, reverse("suivi:penalite_decider", args=[penalite.uuid])),
        ("notifier", "Dater la notification", decider, reverse("suivi:penalite_notifier", args=[penalite.uuid])),
        ("envoyer", "Envoyer la lettre", tenir, reverse("suivi:penalite_envoyer", args=[penalite.uuid])),
        ("observer", recopier, observer, reverse("suivi:penalite_observer", args=[penalite.uuid])),
        ("actualiser", "Refaire le calcul", tenir, refaire),
        ("retirer", "Retirer", tenir, reverse("suivi:penalite_retirer", args=[penalite.uuid])),
    ]
    return [
        (libelle, adresse)
        for transition, libelle, verdict, adresse in possibles
        if verdict and TRANSITIONS_PENALITE.verdict(transition, penalite.statut)
    ]


def _comment_elle_part(courriels: list[tuple[EtatCourriel, Courriel]]) -> str:
    """Ce que le facilitateur a encore à faire pour que la lettre arrive."""
    if any(etat == EtatCourriel.EN_ATTENTE for etat, _ in courriels):
        return "Son courriel part dans quelques minutes."
    return "Aucun courriel ne la porte : postez-la ou remettez-la, puis datez sa remise."


def _attente(acteur: Acteur, penalite: Penalite, courriels: list[tuple[EtatCourriel, Courriel]]) -> str:
    """Qui doit faire quoi maintenant, en une phrase."""
    marche = penalite.engagement.lot.marche
    acheteur, entreprise = marche.maitre_ouvrage.nom, penalite.engagement.entreprise.raison_sociale
    match penalite.statut:
        case StatutPenalite.PROPOSEE:
            return "La lettre contradictoire est à envoyer : l'entreprise n'a rien reçu."
        case StatutPenalite.LETTRE_PRETE if acteur.role == Role.ENTREPRISE:
            return "La lettre vous est adressée : vous pourrez répondre ici dès qu'elle est partie, et le délai court de là."
        case StatutPenalite.LETTRE_PRETE:
            suite = _comment_elle_part(courriels) if acteur.est_facilitateur else ""
            return f"La lettre n'est pas encore partie, et le délai ne court pas. {suite}".strip()
        case StatutPenalite.CONTRADICTOIRE:
            assert penalite.repondre_avant
            return f"{entreprise} peut répondre jusqu'au {penalite.repondre_avant:%d/%m/%Y}. {acheteur} décide ensuite."
        case StatutPenalite.OBSERVATIONS:
            return f"{entreprise} a répondu : {acheteur} décide."
        case StatutPenalite.DECIDEE:
            return f"{acheteur} a décidé : il reste à notifier la décision à l'entreprise, par courrier."
    return ""


def _heures_changees(penalite: Penalite) -> bool:
    return penalite.est_ouverte and penalite.preuves["heures"]["validees"] != str(penalite.engagement.heures_realisees)


class PropositionView(CreationView):
    """Proposer une pénalité : le calcul, les preuves, et ce que cela fera."""

    intitule = "Proposer une pénalité"
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Engagement
    form_class = SansValeurForm
    template_name = "cloture/penalite_proposer.html"
    bouton = "Proposer cette pénalité"
    message = "Pénalité proposée : ses preuves sont figées. Relisez-la, puis envoyez la lettre."

    @cached_property
    def genre(self) -> GenrePenalite:
        if self.kwargs["genre"] not in GenrePenalite.values:
            raise Http404
        return GenrePenalite(self.kwargs["genre"])

    @cached_property
    def constat(self) -> Constat:
        engagements = Engagement.objects.avec_contexte().select_related(
            "lot__marche__structure__reglages_clause", "lot__marche__facilitateur"
        )
        return constater(engagements.get(pk=self.parent.pk))

    def dispatch(self, request, *args, **kwargs):
        _ = self.genre
        exiger_acces(request, self.acces)
        if (deja := self._deja()) and not TRANSITIONS_PENALITE.verdict("actualiser", deja.statut):
            messages.info(request, pourquoi_pas("actualiser", deja))
            return redirect(deja)
        return super().dispatch(request, *args, **kwargs)

    def _deja(self) -> Penalite | None:
        """Celle qui tient la place ; pour les heures, celle qui est décidée aussi : un manque ne se sanctionne qu'une fois."""
        decides = StatutPenalite.decides() if self.genre == GenrePenalite.HEURES else []
        du_genre = (penalite for penalite in self.constat.penalites if penalite.genre == self.genre)
        return next((p for p in du_genre if p.est_ouverte or p.statut in decides), None)

    def get_titre(self):
        return f"Proposer une pénalité : {self.genre.label.lower()}"

    def get_context_data(self, **kwargs):
        verdict = self.constat.verdict(self.genre)
        return {
            **super().get_context_data(**kwargs),
            "engagement": self.constat.engagement,
            "marche": self.constat.marche,
            "verdict": verdict,
            "preuves": ecrire_les_preuves(figer(self.constat, self.genre)) if verdict else None,
        }

    def enregistrer(self, form):
        return services.proposer_penalite(acteur=self.acteur, engagement=self.parent, genre=self.genre)

    def get_retour(self):
        return reverse("suivi:fin", args=[self.parent.uuid])


@ouverte_a(LECTEURS)
@require_GET
@intitulee("Télécharger la lettre contradictoire")
def lettre(request: Requete, uuid) -> HttpResponseBase:
    visibles = Penalite.objects.visibles_par(request.acteur).select_related("lettre")
    penalite = objet_ou_404(Penalite, request.acteur, uuid, visibles)
    return (
        reponse_fichier(request, penalite.lettre)
        if penalite.lettre and penalite.lettre.est_pret
        else redirect(penalite)
    )


@ouverte_a(LECTEURS)
@require_GET
@intitulee("Télécharger les preuves d'une pénalité, pour un tableur")
def preuves(request: Requete, uuid) -> HttpResponse:
    penalite = objet_ou_404(Penalite, request.acteur, uuid)
    nom = f"preuves-{penalite.genre}-{penalite.uuid}"
    return exporter_xlsx(nom, COLONNES_DES_PREUVES, lignes_des_preuves(penalite.preuves))
