"""Ce que le recrutement fait attendre : des offres, des candidatures, des contrats et des éligibilités qui finissent."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db.models import (
    Count,
    Exists,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Concat, TruncDate
from django.urls import reverse

from beneficiaires.eligibilite import reglages_d_eligibilite
from beneficiaires.enums import CodeCritere
from beneficiaires.models import Critere
from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, Role
from comptes.menus import MES_CONTRATS
from recrutement.eligibilite import avec_fenetre, dernier_jour_valorisable
from recrutement.enums import StatutCandidature, StatutOffre, TypeContrat
from recrutement.models import Candidature, Contrat, Diffusion, Offre
from recrutement.querysets import ContratQuerySet
from socle.a_faire import Attente, Calculee, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.expressions import initiales
from socle.nombres import accorder, il_y_a, jour
from socle.periodes import ajouter_mois

ENTREPRISES = frozenset({Role.ENTREPRISE})
FIN_DE_CONTRAT = datetime.timedelta(days=30)
FIN_D_ELIGIBILITE = datetime.timedelta(days=60)
MOIS_INEGAUX = datetime.timedelta(days=4)  # du 31 août, six mois mènent au 28 février
PIECE_PERIMEE = datetime.timedelta(days=30)


def du_marche(acteur: Acteur, chemin: str) -> Q:
    return Q(**{f"{chemin}engagement__lot__marche__facilitateur": acteur.utilisateur})


# --- Les offres et leurs candidatures, une ligne par offre -------------------------------------------------------
@dataclass(frozen=True, slots=True)
class OffreAvecCandidatures(Lue):
    poste_et_entreprise: str
    candidatures: int
    attend_depuis: datetime.date


def offres_avec(acteur: Acteur, statuts: Sequence[str], ecrire, quand: str = "modifie_le") -> Attente:
    """Les offres ouvertes qui ont des candidatures à ces étapes : combien, et depuis quand la plus ancienne."""
    candidatures = Candidature.objects.filter(offre=OuterRef("pk"), statut__in=statuts)
    par_offre = candidatures.order_by().values("offre")
    plus_ancienne = TruncDate(Subquery(par_offre.annotate(depuis=Min(quand)).values("depuis")))
    return Attente(
        Offre.objects.visibles_par(acteur).filter(Exists(candidatures), statut=StatutOffre.DIFFUSEE),
        OffreAvecCandidatures,
        ecrire,
        {
            "poste_et_entreprise": Concat("intitule", Value(" · "), "engagement__entreprise__raison_sociale"),
            "candidatures": Subquery(par_offre.annotate(n=Count("pk")).values("n")),
            "attend_depuis": plus_ancienne,
        },
        jour=plus_ancienne,
        dossier=du_marche(acteur, ""),
    )


def _offre(lu: OffreAvecCandidatures, quoi: str, dernier: str, *gestes: Geste) -> LigneAFaire:
    """Une ligne d'offre : son nombre de candidatures, et depuis quand la première attend."""
    quand = f"{dernier} {il_y_a(lu.attend_depuis, lu.le)}"
    return lu.montrer(lu.poste_et_entreprise, reverse("recrutement:offre", args=[lu.uuid]), quoi, quand, gestes)


@source("a_preselectionner", "À présélectionner", "Candidatures à présélectionner", roles=FACILITATEURS)
def a_preselectionner(acteur: Acteur, le: datetime.date) -> Attente:
    return offres_avec(acteur, [StatutCandidature.PROPOSEE], _ecrire_a_preselectionner, "cree_le")


def _ecrire_a_preselectionner(acteur: Acteur, lu: OffreAvecCandidatures) -> LigneAFaire:
    geste = Geste("Présélectionner", reverse("recrutement:offre", args=[lu.uuid]))
    return _offre(lu, accorder(lu.candidatures, "personne proposée", "personnes proposées"), "proposée", geste)


@source("a_transmettre", "À transmettre", "Candidatures à transmettre", roles=FACILITATEURS)
def a_transmettre(acteur: Acteur, le: datetime.date) -> Attente:
    return offres_avec(acteur, [StatutCandidature.PRESELECTIONNEE], _ecrire_a_transmettre)


def _ecrire_a_transmettre(acteur: Acteur, lu: OffreAvecCandidatures) -> LigneAFaire:
    geste = Geste("Transmettre", reverse("recrutement:offre", args=[lu.uuid]))
    nombre = accorder(lu.candidatures, "personne présélectionnée", "personnes présélectionnées")
    return _offre(lu, nombre, "présélectionnée", geste)


@source(
    "chez_l_entreprise",
    "Chez l'entreprise",
    "Réponses attendues d'entreprises",
    roles=FACILITATEURS,
    ton="info",
    attend=True,
)
def reponses_attendues(acteur: Acteur, le: datetime.date) -> Attente:
    statuts = [StatutCandidature.TRANSMISE, StatutCandidature.ENTRETIEN]
    return offres_avec(acteur, statuts, _ecrire_reponse_attendue)


def _ecrire_reponse_attendue(acteur: Acteur, lu: OffreAvecCandidatures) -> LigneAFaire:
    geste = Geste("Relancer", reverse("recrutement:offre_entreprise", args=[lu.uuid]))
    nombre = accorder(lu.candidatures, "candidature sans réponse", "candidatures sans réponse")
    return _offre(lu, nombre, "transmise", geste)


@dataclass(frozen=True, slots=True)
class OffreVide(Lue):
    poste_et_entreprise: str
    postes: int
    pour_le: datetime.date
    relancee_le: datetime.date | None


@source(
    "offres_vides",
    "Sans candidat",
    "Offres sans candidat",
    roles=FACILITATEURS,
    liste="recrutement:offres?statut=diffusee",
)
def offres_sans_candidat(acteur: Acteur, le: datetime.date) -> Attente:
    """Ouvertes, et personne n'y est proposé : pressantes à leur date limite, ou à leur début."""
    candidatures = Candidature.objects.filter(
        offre=OuterRef("pk"), statut__in=[*StatutCandidature.en_cours(), StatutCandidature.RETENUE]
    )
    diffusions = Diffusion.objects.filter(offre=OuterRef("pk")).order_by().values("offre")
    return Attente(
        Offre.objects.visibles_par(acteur).ouvertes().filter(~Exists(candidatures)),
        OffreVide,
        _ecrire_offre_vide,
        {
            "poste_et_entreprise": Concat("intitule", Value(" · "), "engagement__entreprise__raison_sociale"),
            "postes": "postes",
            "pour_le": Coalesce("date_limite", "debut"),
            "relancee_le": Subquery(diffusions.annotate(jour=Max("relancee_le")).values("jour")),
        },
        jour=Coalesce("date_limite", "debut"),
        dossier=du_marche(acteur, ""),
    )


def _ecrire_offre_vide(acteur: Acteur, lu: OffreVide) -> LigneAFaire:
    return lu.montrer(
        lu.poste_et_entreprise,
        reverse("recrutement:offre", args=[lu.uuid]),
        f"{accorder(lu.postes, 'poste')}, pour le {jour(lu.pour_le)}",
        f"partenaires relancés {il_y_a(lu.relancee_le, lu.le)}" if lu.relancee_le else "partenaires jamais relancés",
        [Geste("Relancer", reverse("recrutement:offre_relancer", args=[lu.uuid]), poste=True)],
    )


@dataclass(frozen=True, slots=True)
class ContratAEtablir(Lue):
    offre: uuid.UUID
    personne_et_poste: str
    debut: datetime.date
    retenue_le: datetime.date | None


@source(
    "a_embaucher", "À établir", "Contrats à établir", roles=FACILITATEURS, liste="recrutement:offres?statut=pourvue"
)
def contrats_a_etablir(acteur: Acteur, le: datetime.date) -> Attente:
    """Des personnes retenues sans contrat : pressant au début du poste."""
    retenues = Candidature.objects.visibles_par(acteur).filter(statut=StatutCandidature.RETENUE, contrat__isnull=True)
    return Attente(
        retenues,
        ContratAEtablir,
        _ecrire_a_etablir,
        {
            "offre": "offre__uuid",
            "personne_et_poste": Concat(
                initiales("beneficiaire"),
                Value(" · "),
                "offre__intitule",
                Value(", "),
                "offre__engagement__entreprise__raison_sociale",
            ),
            "debut": "offre__debut",
            "retenue_le": TruncDate("decidee_le"),
        },
        jour="offre__debut",
        dossier=du_marche(acteur, "offre__"),
    )


def _ecrire_a_etablir(acteur: Acteur, lu: ContratAEtablir) -> LigneAFaire:
    return lu.montrer(
        lu.personne_et_poste,
        reverse("recrutement:offre", args=[lu.offre]),
        f"début le {jour(lu.debut)}",
        f"retenue {il_y_a(lu.retenue_le, lu.le)}" if lu.retenue_le else "",
        [Geste("Établir le contrat", reverse("recrutement:candidature_contrat", args=[lu.uuid]))],
    )


# --- Les contrats, l'éligibilité, les pièces ---------------------------------------------------------------------
def _en_cours(contrats, le: datetime.date):
    """Les contrats qui courent ce jour-là ; `fin_retenue` est leur dernier jour, s'ils en ont un."""
    courent = contrats.actifs().annotate(fin_retenue=Coalesce("fin_reelle", "fin_prevue"))
    return courent.filter(Q(fin_retenue__isnull=True) | Q(fin_retenue__gte=le), debut__lte=le)


@dataclass(frozen=True, slots=True)
class ContratQuiFinit(Lue):
    personne_et_employeur: str
    finit_le: datetime.date


@source("contrats", "Fin de contrat", "Contrats qui finissent", roles=FACILITATEURS | ENTREPRISES)
def contrats_qui_finissent(acteur: Acteur, le: datetime.date) -> Attente:
    """Dans les trente jours : le temps de prolonger, ou de préparer la suite."""
    siens = Contrat.objects.visibles_par(acteur)
    if acteur.role == Role.ENTREPRISE:
        siens = siens.filter(employeur__organisation=acteur.organisation)
    finissent = _en_cours(siens, le).filter(fin_retenue__lte=le + FIN_DE_CONTRAT)
    personne_et_employeur = Concat(
        initiales("beneficiaire"),
        Value(" · "),
        "employeur__raison_sociale",
        Value(", "),
        "engagement__lot__marche__reference",
    )
    return Attente(
        finissent,
        ContratQuiFinit,
        _ecrire_fin_de_contrat,
        {"personne_et_employeur": personne_et_employeur, "finit_le": "fin_retenue"},
        jour="fin_retenue",
        dossier=du_marche(acteur, ""),
    )


def _ecrire_fin_de_contrat(acteur: Acteur, lu: ContratQuiFinit) -> LigneAFaire:
    qui, fin = lu.personne_et_employeur, f"finit le {jour(lu.finit_le)}"
    if not acteur.est_facilitateur:
        page = reverse(MES_CONTRATS.nom_url)
        return lu.montrer(qui, page, fin, "prolonger, ou prévenir votre facilitateur", [Geste("Voir", page)])
    page = reverse("recrutement:contrat", args=[lu.uuid])
    prolonger = Geste("Prolonger", reverse("recrutement:contrat_avenant", args=[lu.uuid]))
    return lu.montrer(qui, page, fin, gestes=[prolonger])


@source("eligibilites", "Fin d'éligibilité", "Éligibilités qui finissent", roles=FACILITATEURS)
def eligibilites_qui_finissent(acteur: Acteur, le: datetime.date) -> list[Calculee]:
    """Le dernier jour dont les heures comptent tombe dans les soixante jours ; un contrat qui s'arrête avant n'y perd rien."""
    contrats = avec_fenetre(_en_cours(_pres_de_leur_fin(acteur, le), le)).order_by("pk")
    contrats = contrats.select_related("beneficiaire", "employeur", "engagement__lot__marche")
    finissent = []
    for contrat in contrats:
        dernier = dernier_jour_valorisable(contrat, contrat)
        if le <= dernier <= le + FIN_D_ELIGIBILITE and (contrat.fin is None or contrat.fin > dernier):
            finissent.append((dernier, contrat))
    finissent.sort(key=lambda fin: (fin[0], fin[1].pk))
    return [
        Calculee(
            partial(_ecrire_fin_d_eligibilite, contrat, dernier), dernier, contrat.engagement.lot.marche.facilitateur_id
        )
        for dernier, contrat in finissent
    ]


def _pres_de_leur_fin(acteur: Acteur, le: datetime.date) -> ContratQuerySet:
    """Ceux que la fenêtre la plus courte pourrait arrêter bientôt, et les CDI à règle propre : le calcul exact vient après."""
    contrats = Contrat.objects.visibles_par(acteur)
    propres = contrats.aggregate(duree=Min("engagement__lot__marche__duree_eligibilite_mois"))["duree"]
    duree = min(filter(None, (propres, reglages_d_eligibilite(acteur.agit_pour).duree_mois)))
    limite = ajouter_mois(le + FIN_D_ELIGIBILITE, -duree) + MOIS_INEGAUX
    anciens = Contrat.objects.actifs().filter(beneficiaire=OuterRef("beneficiaire"), debut__lte=limite)
    regle_propre = Q(type_contrat=TypeContrat.CDI, engagement__lot__marche__regle_cdi_mois__isnull=False)
    return contrats.filter(Exists(anciens) | regle_propre)


def _ecrire_fin_d_eligibilite(contrat: Contrat, dernier: datetime.date) -> LigneAFaire:
    page = contrat.get_absolute_url()
    qui = f"{contrat.beneficiaire.initiales} · {contrat.employeur.raison_sociale}, {contrat.engagement.lot.marche.reference}"
    jusqu_au = f"les heures comptent jusqu'au {jour(dernier)}"
    return LigneAFaire("attention", "Fin d'éligibilité", qui, page, jusqu_au, (Geste("Revoir", page),))


@dataclass(frozen=True, slots=True)
class PieceAVoir(Lue):
    dossier: uuid.UUID
    personne: str
    critere: CodeCritere
    valable_jusqu_au: datetime.date | None
    vue_le: datetime.date | None


@source("pieces", "Pièce à voir", "Pièces manquantes ou périmées", roles=FACILITATEURS)
def pieces_a_voir(acteur: Acteur, le: datetime.date) -> Attente:
    """Celles des personnes en contrat : sans elles, leurs heures ne se défendent pas."""
    en_contrat = _en_cours(Contrat.objects.filter(beneficiaire=OuterRef("beneficiaire")), le)
    sans_piece = Q(piece_vue_le__isnull=True) | Q(piece_valable_jusqu_au__lte=le + PIECE_PERIMEE)
    criteres = Critere.objects.visibles_par(acteur).valides_le(le).filter(sans_piece, Exists(en_contrat))
    return Attente(
        criteres.filter(beneficiaire__archive_le__isnull=True),
        PieceAVoir,
        _ecrire_piece,
        {
            "dossier": "beneficiaire__uuid",
            "personne": initiales("beneficiaire"),
            "critere": "code",
            "valable_jusqu_au": "piece_valable_jusqu_au",
            "vue_le": "piece_vue_le",
        },
        jour=Coalesce("piece_valable_jusqu_au", TruncDate("cree_le")),
    )


def _ecrire_piece(acteur: Acteur, lu: PieceAVoir) -> LigneAFaire:
    page = reverse("beneficiaires:fiche", args=[lu.dossier])
    vue = f"vue {il_y_a(lu.vue_le, lu.le)}" if lu.vue_le else "jamais vue"
    valable = f"valable jusqu'au {jour(lu.valable_jusqu_au)}" if lu.valable_jusqu_au else ""
    return lu.montrer(f"{lu.personne} · {lu.critere.label}", page, valable, vue, [Geste("Revoir", page)])
