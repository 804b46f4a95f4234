"""Rapprocher une offre des personnes, une personne des offres : lire les faits en une requête, classer, expliquer."""

import datetime
from dataclasses import dataclass

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    When,
)
from django.db.models import Value as V
from django.db.models.aggregates import StringAgg
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from beneficiaires.eligibilite import reglages_d_eligibilite
from beneficiaires.enums import StatutQuartier
from beneficiaires.models import Beneficiaire, Critere, InscriptionEmploi, RattachementQuartier, ReglagesEligibilite
from beneficiaires.publics import public_principal
from beneficiaires.querysets import vrai_le
from marches.eligibilite import Regle, regle_du_marche
from metiers.models import Metier
from recrutement.correspondance import Poste, Situation, points_et_raisons, proximite_des_metiers, regles
from recrutement.eligibilite import emplois_de, fin_de_la_fenetre, lire_les_emplois
from recrutement.models import Candidature, Contrat, Offre
from territoires.enums import millesime_en_vigueur
from territoires.geometrie import kilometres

MONTREES = 30
_PROXIMITES = ("inconnu", "autre", "domaine", "famille", "meme")


RESERVES = {
    None: "son adresse manque, et rien ne dit encore qu'elle y habite",
    StatutQuartier.A_VERIFIER: "son quartier reste à vérifier",
    StatutQuartier.NON: "son adresse n'est pas dans un quartier prioritaire",
}


@dataclass(frozen=True, slots=True)
class Rang:
    """Une personne ou une offre classée : ses points, les phrases qui les expliquent ou la règle qui l'exclut."""

    objet: Beneficiaire | Offre
    points: int
    raisons: tuple[str, ...]

    @property
    def phrase(self) -> str:
        return " · ".join(self.raisons)


@dataclass(frozen=True, slots=True)
class Rapprochement:
    """Les mieux classées d'abord ; à part, celles que la règle exclut. Les totaux comptent tout, montré ou non."""

    rangs: tuple[Rang, ...]
    exclues: tuple[Rang, ...]
    total: int
    total_exclues: int


def poste_de(offre: Offre) -> Poste:
    return Poste(
        code_metier=offre.metier.code_parent,
        debut=offre.debut,
        type_contrat=offre.type_contrat,
        reserve_qpv=offre.reserve_qpv,
        commune=offre.commune_id,
        epci=offre.commune.epci_id if offre.commune else None,
        latitude=offre.latitude,
        longitude=offre.longitude,
    )


def personnes_pour(offre: Offre, *, montrees: int = MONTREES) -> Rapprochement:
    """Classe toutes les personnes de la structure pour une offre : une lecture des faits, une des personnes montrées."""
    poste = poste_de(offre)
    deja = Candidature.objects.filter(offre=offre, beneficiaire=OuterRef("pk"))
    personnes = Beneficiaire.objects.filter(~Exists(deja), structure=offre.structure_id)
    classees, exclues = [], []
    fenetre = _fenetre(offre, reglages_d_eligibilite(offre.structure))
    for pk, situation in _situations(personnes, poste, fenetre):
        if refus := regles(situation, poste):
            exclues.append((-len(refus), pk, refus))
        else:
            points, raisons = points_et_raisons(situation, poste)
            classees.append((points, pk, raisons))
    meilleures = sorted(classees, key=_ordre)[:montrees]
    mises_a_part = sorted(exclues, key=_ordre)[:montrees]
    lues = Beneficiaire.objects.in_bulk([pk for _, pk, _ in (*meilleures, *mises_a_part)])
    return Rapprochement(
        rangs=tuple(Rang(lues[pk], points, tuple(raisons)) for points, pk, raisons in meilleures),
        exclues=tuple(Rang(lues[pk], points, tuple(refus)) for points, pk, refus in mises_a_part),
        total=len(classees),
        total_exclues=len(exclues),
    )


def reserve_du_quartier(personne: Beneficiaire, offre: Offre) -> str:
    """Ce qu'il reste à prouver d'une personne proposée sur une offre réservée aux habitants d'un quartier ; vide, rien."""
    if not offre.reserve_qpv:
        return ""
    siens = _quartiers(offre.debut).filter(domicile__beneficiaire=personne)
    statut = siens.values_list("statut", flat=True).first()
    return RESERVES.get(statut, "")


def _quartiers(jour: datetime.date):
    """Ce qu'on sait du quartier de chacun ce jour-là, au millésime qui vaut alors."""
    return RattachementQuartier.objects.filter(vrai_le(jour, "domicile__"), millesime=millesime_en_vigueur(jour))


def _ordre(ligne: tuple) -> tuple:
    """Les points d'abord ; à égalité, le dossier le plus ancien."""
    return -ligne[0], ligne[1]


def offres_pour(personne: Beneficiaire, offres) -> list[Rang]:
    """Classe les offres ouvertes d'une portée pour une personne ; celles que la règle exclut viennent à la fin."""
    deja = Candidature.objects.filter(beneficiaire=personne).order_by().values("offre")
    ouvertes = list(offres.ouvertes().filter(structure=personne.structure_id).exclude(pk__in=deja).avec_contexte())
    if not ouvertes:
        return []
    reglages = reglages_d_eligibilite(personne.structure_id)
    lues: dict[tuple, dict[int, Situation]] = {}
    rangs = []
    metiers = [metier.code_parent for metier in personne.metiers.all() if not metier.a_preciser]
    for offre in ouvertes:
        poste = poste_de(offre)
        if (cle := (poste.debut, poste.type_contrat, _fenetre(offre, reglages))) not in lues:
            siens = Beneficiaire.objects.filter(pk=personne.pk)
            lues[cle] = dict(_situations(siens, poste, cle[2]))
        situation = lues[cle].get(personne.pk)
        if situation is None:
            continue
        rangs.append(_rang_de_l_offre(offre, poste, situation, metiers))
    return sorted(rangs, key=lambda rang: (-rang.points, rang.objet.pk))


def _rang_de_l_offre(offre: Offre, poste: Poste, situation: Situation, metiers: list[str]) -> Rang:
    proches = [proximite_des_metiers(code, poste.code_metier) for code in metiers if poste.code_metier]
    metier = max(proches, key=_PROXIMITES.index, default="inconnu")
    situation = _avec(situation, metier=metier)
    if refus := regles(situation, poste):
        return Rang(offre, -100, tuple(refus))
    points, raisons = points_et_raisons(situation, poste)
    return Rang(offre, points, tuple(raisons))


def _avec(situation: Situation, **valeurs) -> Situation:
    return Situation(**{champ: getattr(situation, champ) for champ in Situation.__slots__} | valeurs)


def _fenetre(offre: Offre, reglages: ReglagesEligibilite) -> Regle:
    return regle_du_marche(offre.engagement.lot.marche, reglages)


def _situations(personnes, poste: Poste, fenetre: Regle):
    """(clé, situation) de chaque personne à la date du poste, en une requête. Deux domiciles ouverts : le plus récent."""
    lignes = (
        personnes.actifs()
        .annotate(domicile=FilteredRelation("domiciles", condition=vrai_le(poste.debut, "domiciles__")))
        .annotate(**_faits(poste))
        .order_by("pk", F("domicile__depuis").desc(nulls_last=True))
        .values_list(
            "pk",
            "proximite",
            "disponible_le",
            "rayon_km",
            "domicile__commune",
            "domicile__commune__epci",
            "domicile__latitude",
            "domicile__longitude",
            "quartier",
            "date_naissance",
            "codes",
            "inscrite_depuis",
            "emplois",
            "en_contrat",
        )
    )
    precedente = None
    for pk, proximite, dispo, rayon, commune, epci, lat, lon, quartier, *faits, emplois, en_contrat in lignes.iterator(
        chunk_size=5000
    ):
        if pk == precedente:
            continue
        precedente = pk
        naissance, codes, inscrite_depuis = faits
        yield (
            pk,
            Situation(
                metier=_PROXIMITES[proximite],
                disponible_le=dispo,
                rayon_km=rayon,
                commune=commune,
                epci=epci,
                distance_km=_distance(poste, lat, lon),
                quartier=quartier or "",
                a_un_critere=bool(_public(codes, naissance, inscrite_depuis, poste.debut)),
                fin_eligibilite=fin_de_la_fenetre(poste.debut, poste.type_contrat, lire_les_emplois(emplois), fenetre),
                en_contrat=en_contrat,
            ),
        )


def _faits(poste: Poste) -> dict:
    # Un métier encore à préciser, d'un côté ou de l'autre, ne se rapproche de rien.
    precises = Metier.objects.du_repertoire() if poste.code_metier else Metier.objects.none()
    recherches = precises.filter(beneficiaires=OuterRef("pk")).order_by().values("beneficiaires")
    rang = Case(
        When(code_parent=poste.code_metier, then=V(4)),
        When(code_parent__startswith=poste.code_metier[:3], then=V(3)),
        When(code_parent__startswith=poste.code_metier[:1], then=V(2)),
        default=V(1),
        output_field=IntegerField(),
    )
    contrats = Contrat.objects.actifs().filter(beneficiaire=OuterRef("pk"))
    en_cours = contrats.annotate(fin_retenue=Coalesce("fin_reelle", "fin_prevue", output_field=DateField())).filter(
        Q(fin_retenue__isnull=True) | Q(fin_retenue__gte=poste.debut), debut__lte=poste.debut
    )
    quartiers = _quartiers(poste.debut).filter(domicile__beneficiaire=OuterRef("pk"))
    return {
        "proximite": Coalesce(Subquery(recherches.annotate(n=Max(rang)).values("n")), 0),
        "quartier": Subquery(quartiers.values("statut")[:1]),
        "codes": _valant(Critere, F("code"), poste.debut),
        "inscrite_depuis": _valant(InscriptionEmploi, Cast("depuis", CharField()), poste.debut),
        "emplois": emplois_de("pk"),
        "en_contrat": Exists(en_cours),
    }


def _valant(faits: type[Critere | InscriptionEmploi], champ: Combinable, jour: datetime.date) -> Subquery:
    """Ce que disent les faits d'une personne vrais ce jour-là, séparés par une espace."""
    siens = faits.objects.filter(beneficiaire=OuterRef("pk")).valides_le(jour).order_by().values("beneficiaire")
    return Subquery(siens.annotate(dits=StringAgg(champ, delimiter=V(" "))).values("dits"))


def _public(codes: str | None, naissance: datetime.date, inscrite_depuis: str | None, le: datetime.date) -> str:
    """Le public dont elle relèverait à l'embauche, comme son contrat le dira ; vide, elle n'y serait pas éligible."""
    depuis = [datetime.date.fromisoformat(jour) for jour in (inscrite_depuis or "").split()]
    return public_principal((codes or "").split(), (), naissance, depuis, le)


def _distance(poste: Poste, latitude: float | None, longitude: float | None) -> float | None:
    if poste.latitude is None or poste.longitude is None or latitude is None or longitude is None:
        return None
    return kilometres(poste.latitude, poste.longitude, latitude, longitude)
