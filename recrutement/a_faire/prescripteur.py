"""Ce qui attend le prescripteur : des offres à pourvoir, des réponses à dire, des candidatures en cours."""

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat, TruncDate
from django.urls import reverse

from beneficiaires.models import Beneficiaire
from comptes.acteur import Acteur
from comptes.enums import Role
from recrutement.enums import StatutCandidature
from recrutement.models import Candidature, Diffusion, Offre
from socle.a_faire import Attente, Lue, source
from socle.composants import Geste, LigneAFaire
from socle.nombres import accorder, il_y_a, jour

PRESCRIPTEURS = frozenset({Role.PRESCRIPTEUR})
REPONSE_RECENTE = datetime.timedelta(days=14)  # rien ne dit qu'elle est lue : elle cesse d'être nouvelle


@dataclass(frozen=True, slots=True)
class OffreAPourvoir(Lue):
    poste_et_entreprise: str
    postes: int
    avant_le: datetime.date
    recue_le: datetime.date | None


@source("offres", "À pourvoir", "Offres qui vous sont proposées", roles=PRESCRIPTEURS, ton="info")
def offres_a_pourvoir(acteur: Acteur, le: datetime.date) -> Attente:
    """Ouvertes, et sans personne proposée par l'acteur."""
    siennes = Candidature.objects.visibles_par(acteur).filter(offre=OuterRef("pk"))
    ouvertes = Offre.objects.visibles_par(acteur).ouvertes().filter(~Exists(siennes))
    diffusees = Diffusion.objects.filter(offre=OuterRef("pk"), organisation=acteur.organisation)
    return Attente(
        ouvertes.filter(Q(date_limite__isnull=True) | Q(date_limite__gte=le)),
        OffreAPourvoir,
        _ecrire_a_pourvoir,
        {
            "poste_et_entreprise": Concat("intitule", Value(" · "), "engagement__entreprise__raison_sociale"),
            "postes": "postes",
            "avant_le": Coalesce("date_limite", "debut"),
            "recue_le": TruncDate(Subquery(diffusees.order_by("pk").values("cree_le")[:1])),
        },
        jour=Coalesce("date_limite", "debut"),
    )


def _ecrire_a_pourvoir(acteur: Acteur, lu: OffreAPourvoir) -> LigneAFaire:
    return lu.montrer(
        f"{lu.poste_et_entreprise} · {accorder(lu.postes, 'poste')}",
        reverse("recrutement:offre_diffusee", args=[lu.uuid]),
        f"proposer avant le {jour(lu.avant_le)}",
        f"reçue {il_y_a(lu.recue_le, lu.le)}" if lu.recue_le else "",
        [Geste("Proposer", reverse("recrutement:proposer", args=[lu.uuid]))],
    )


@dataclass(frozen=True, slots=True)
class CandidatureLue(Lue):
    dossier: uuid.UUID
    personne_et_poste: str
    statut: StatutCandidature
    entretien_le: datetime.date | None
    bouge_le: datetime.date


def _candidatures(candidatures, ecrire, quand: str) -> Attente:
    return Attente(
        candidatures,
        CandidatureLue,
        ecrire,
        {
            "dossier": "beneficiaire__uuid",
            "personne_et_poste": Concat(
                "beneficiaire__prenom", Value(" "), "beneficiaire__nom", Value(" · "), "offre__intitule"
            ),
            "statut": "statut",
            "entretien_le": "entretien_le",
            "bouge_le": TruncDate(quand),
        },
        jour=TruncDate(quand),
    )


@source("reponses", "Réponse", "Réponses reçues", roles=PRESCRIPTEURS, ton="info")
def reponses_recues(acteur: Acteur, le: datetime.date) -> Attente:
    """Une personne retenue, ou non : elle doit l'apprendre."""
    decidees = Candidature.objects.visibles_par(acteur).filter(
        statut__in=[StatutCandidature.RETENUE, StatutCandidature.REFUSEE], decidee_le__date__gt=le - REPONSE_RECENTE
    )
    return _candidatures(decidees, _ecrire_reponse, "decidee_le")


def _ecrire_reponse(acteur: Acteur, lu: CandidatureLue) -> LigneAFaire:
    page = reverse("recrutement:ma_personne", args=[lu.dossier])
    reponse, decide = f"{lu.personne_et_poste} : {lu.statut.label.lower()}", f"décidé {il_y_a(lu.bouge_le, lu.le)}"
    return lu.montrer(reponse, page, dernier=decide, gestes=[Geste("Voir", page)])


@dataclass(frozen=True, slots=True)
class PersonneRecue(Lue):
    personne: str
    passee_le: datetime.date


@source("recues", "Vous suivez", "Personnes qu'un collègue vous a passées", roles=PRESCRIPTEURS, ton="info")
def personnes_recues(acteur: Acteur, le: datetime.date) -> Attente:
    """D'un collègue, ou d'un membre parti ; deux semaines, comme une réponse : rien ne dit que c'est lu."""
    adresse = acteur.utilisateur.email if acteur.utilisateur else ""
    siennes = Beneficiaire.objects.visibles_par(acteur).actifs().filter(referent_courriel__iexact=adresse)
    return Attente(
        siennes.filter(passee_le__gt=le - REPONSE_RECENTE),
        PersonneRecue,
        _ecrire_recue,
        {"personne": Concat("prenom", Value(" "), "nom"), "passee_le": "passee_le"},
        jour=F("passee_le"),
    )


def _ecrire_recue(acteur: Acteur, lu: PersonneRecue) -> LigneAFaire:
    page = reverse("recrutement:ma_personne", args=[lu.uuid])
    dernier = f"passée {il_y_a(lu.passee_le, lu.le)}"
    return lu.montrer(f"{lu.personne} : vous êtes son référent", page, dernier=dernier, gestes=[Geste("Voir", page)])


@source("candidatures", "En cours", "Candidatures en cours", roles=PRESCRIPTEURS, ton="info", attend=True)
def candidatures_en_cours(acteur: Acteur, le: datetime.date) -> Attente:
    return _candidatures(Candidature.objects.visibles_par(acteur).en_cours(), _ecrire_candidature, "modifie_le")


def _ecrire_candidature(acteur: Acteur, lu: CandidatureLue) -> LigneAFaire:
    page = reverse("recrutement:ma_personne", args=[lu.dossier])
    entretien = f"entretien le {jour(lu.entretien_le)}" if lu.entretien_le else ""
    return lu.montrer(lu.personne_et_poste, page, entretien, f"{lu.statut.label.lower()} {il_y_a(lu.bouge_le, lu.le)}")
