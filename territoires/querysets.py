"""Qui voit quoi du territoire : les référentiels sont partagés, le territoire d'une structure est à elle."""

import datetime
import re
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db.models import Case, Count, Exists, F, IntegerField, Max, OuterRef, Q, Value, When
from django.db.models.functions import Concat, Replace

from socle.querysets import QuerySetDomaine
from socle.texte import plier
from territoires.enums import CODES_OUTRE_MER, ROLE_ADMINISTRATEUR, millesime_en_vigueur

# Le plus long nom officiel compte 45 lettres : au-delà, ce n'est plus une commune, et rien ne se cherche mot à mot.
SAISIE_MAX = 120
# En dessous, le début d'un nom en désignerait trop.
LETTRES_MIN = 4

_NOM_EN_MOTS = Concat(Value(" "), Replace(Replace(F("nom_plie"), Value("-"), Value(" ")), Value("'"), Value(" ")))
_NOM_COMPACT = Replace(Replace(Replace(F("nom_plie"), Value("-")), Value(" ")), Value("'"))


def _d_abord(**condition) -> Case:
    return Case(When(**condition, then=Value(0)), default=Value(1), output_field=IntegerField())


class QuerySetReferentiel(QuerySetDomaine):
    """Une donnée publique, la même pour tous : visible de quiconque agit pour une organisation, et de l'administrateur."""

    def visibles_par(self, acteur) -> Self:
        if acteur is None:
            return self.none()
        return self if acteur.organisation is not None or acteur.role == ROLE_ADMINISTRATEUR else self.none()


class EpciQuerySet(QuerySetReferentiel):
    """Les intercommunalités : un bon millier, cherchées mot à mot dans leur nom, ou par leur SIREN."""

    def chercher(self, texte: str) -> list:
        """Chaque mot tapé commence un mot du nom, ou le SIREN ; celles qui portent exactement ce nom d'abord."""
        demandes = mots(texte[:SAISIE_MAX])
        lues: Iterable[Any] = self.order_by("nom", "siren") if demandes else ()
        trouvees = [epci for epci in lues if _repond(epci, demandes)]
        exactes = [epci for epci in trouvees if mots(epci.nom) == demandes or [epci.siren] == demandes]
        return exactes or trouvees


class CommuneQuerySet(QuerySetReferentiel):
    """Les communes, cherchées par nom plié, par code actuel, ancien, délégué ou d'arrondissement."""

    def du_territoire_de(self, structure) -> Self:
        return self.filter(territoires__structure=structure)

    def de_code(self, code: str):
        """La commune que ce code désigne, ou `None`. Le code actuel l'emporte sur un ancien code réemployé."""
        return (
            self.filter(code_insee=code).first()
            or self.filter(autres_codes__contains=f" {code} ").order_by("code_insee").first()
        )

    def par_codes(self, codes: Iterable[str]) -> dict[str, Any]:
        """{code demandé: commune}, en deux requêtes quel que soit le nombre ; un code inconnu est absent."""
        demandes = set(codes)
        actuelles: Iterable[Any] = self.filter(code_insee__in=demandes)
        trouvees = {commune.code_insee: commune for commune in actuelles}
        restants = demandes - trouvees.keys()
        renommees: Iterable[Any] = self.exclude(autres_codes="").order_by("-code_insee") if restants else ()
        for commune in renommees:
            trouvees.update(dict.fromkeys(restants.intersection(commune.autres_codes.split()), commune))
        return trouvees

    def d_autre_nom(self, nom: str) -> list:
        """Celles qu'un nom délégué, associé, d'arrondissement ou disparu désigne : « Tourlaville »."""
        demandes = mots(nom)
        return list(self.filter(pk__in={cle for cle, lus in self._autres_noms_en(demandes) if lus == demandes}))

    def d_autre_nom_commencant_par(self, nom: str) -> list:
        """« Équeurdreville » pour Équeurdreville-Hainneville, donc Cherbourg-en-Cotentin."""
        return list(self.filter(pk__in={cle for cle, _ in self._autres_noms_en(mots(nom))}))

    def _autres_noms_en(self, demandes: list[str]) -> list[tuple[int, list[str]]]:
        """(clé de commune, mots) des autres noms qui commencent par ces mots entiers."""
        if not demandes:
            return []
        lus = self._d_autre_nom_commencant("".join(demandes)).order_by("autres_noms__pk")
        ainsi = ((cle, mots(nom)) for cle, nom in lus.values_list("pk", "autres_noms__nom"))
        return [(cle, portes) for cle, portes in ainsi if portes[: len(demandes)] == demandes]

    def _d_autre_nom_commencant(self, compact: str):
        return self.model._base_manager.filter(autres_noms__nom_compact__startswith=compact)

    def de_nom(self, nom: str) -> Self:
        """Les communes de ce nom, sans regarder accents, casse, traits d'union, apostrophes, ni « St » pour « Saint »."""
        cherche = compacter(nom)
        if not cherche:
            return self.none()
        initiale = self.filter(nom_plie__gte=cherche[0], nom_plie__lt=chr(ord(cherche[0]) + 1))  # par l'index
        return initiale.alias(nom_compact=_NOM_COMPACT).filter(nom_compact=cherche)

    def commencant_par(self, nom: str) -> list:
        """Celles dont le nom commence par ces mots entiers : « Cherbourg » pour Cherbourg-en-Cotentin."""
        demandes = mots(nom)
        if not demandes:
            return []
        candidates = self.filter(nom_plie__startswith=demandes[0])
        for mot in demandes[1:]:
            candidates = candidates.filter(nom_plie__contains=mot)
        trouvees: Iterable[Any] = candidates
        return [commune for commune in trouvees if mots(commune.nom)[: len(demandes)] == demandes]

    def commencant_par_les_lettres(self, nom: str) -> list:
        """Un nom, d'aujourd'hui ou d'avant, tapé en partie : « Valog » pour Valognes ; trop court, il ne désigne rien."""
        debut = compacter(nom)
        if len(debut) < LETTRES_MIN:
            return []
        actuelles = self.filter(nom_plie__startswith=debut[0]).alias(nom_compact=_NOM_COMPACT)
        lues: Iterable[Any] = actuelles.filter(nom_compact__startswith=debut)
        autres: Iterable[Any] = self.filter(pk__in=self._d_autre_nom_commencant(debut).order_by().values("pk"))
        return list(lues) or list(autres)

    def de_code_postal(self, code: str) -> Self:
        return self.filter(codes_postaux__contains=code).prefetch_related("autres_noms")

    def chercher(self, texte: str, *, pres_de=None) -> Self:
        """Chaque mot tapé commence un mot du nom, ou un code.

        D'abord les noms qui commencent ainsi, parmi eux les communes du territoire de la structure `pres_de`, puis les
        plus peuplées.
        """
        if len(texte) > SAISIE_MAX:
            return self.none()
        trouvees = self.alias(nom_en_mots=_NOM_EN_MOTS)
        autres = self._d_autre_nom_commencant(compacter(texte)).order_by()
        condition = Q()
        for mot in mots(texte):
            codes = Q(codes_postaux__startswith=mot) | Q(codes_postaux__contains=f" {mot}")
            condition &= Q(nom_en_mots__contains=f" {mot}") | Q(code_insee__istartswith=mot) | codes
        if condition:
            trouvees = trouvees.filter(condition | Q(pk__in=autres.values("pk")))
        du_territoire = self.model._default_manager.filter(territoires__structure=pres_de) if pres_de else self.none()
        rangs = (
            _d_abord(nom_compact__startswith=compacter(texte)),
            _d_abord(pk__in=du_territoire.order_by().values("pk")),
        )
        return trouvees.alias(nom_compact=_NOM_COMPACT).order_by(
            *rangs, F("population").desc(nulls_last=True), "nom_plie", "code_insee"
        )

    def bulk_create(self, objs, *args, **options):
        objs = list(objs)
        for commune in objs:
            commune.nom_plie = plier(commune.nom)
        return super().bulk_create(objs, *args, **options)

    def bulk_update(self, objs, fields, *args, **options):
        objs = list(objs)
        if "nom" in fields:
            for commune in objs:
                commune.nom_plie = plier(commune.nom)
            fields = [*fields, "nom_plie"]
        return super().bulk_update(objs, fields, *args, **options)


class AutreNomQuerySet(QuerySetReferentiel):
    """Les noms d'avant, et ceux des communes déléguées ou associées."""

    def bulk_create(self, objs, *args, **options):
        objs = list(objs)
        for autre in objs:
            autre.nom_compact = compacter(autre.nom)
        return super().bulk_create(objs, *args, **options)


class TerritoireQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur) -> Self:
        """Une structure voit le sien ; l'administrateur, tous."""
        if acteur is not None and acteur.role == ROLE_ADMINISTRATEUR:
            return self
        if acteur is None or acteur.organisation is None:
            return self.none()
        return self.filter(structure=acteur.organisation)


class QuartierQuerySet(QuerySetReferentiel):
    """Les quartiers prioritaires, un contour par millésime."""

    def du_millesime(self, millesime: int) -> Self:
        return self.filter(millesime=millesime)

    def en_vigueur(self, le: datetime.date) -> Self:
        """Ceux de la géographie qui vaut ce jour-là ; l'outre-mer n'en a changé qu'un an après."""
        outre_mer = reduce(or_, (Q(code__istartswith=debut) for debut in CODES_OUTRE_MER))
        return self.filter(
            Q(outre_mer, millesime=millesime_en_vigueur(le, outre_mer=True))
            | Q(~outre_mer, millesime=millesime_en_vigueur(le))
        )

    def du_territoire_de(self, structure) -> Self:
        """Par sous-requête : une jointure demanderait un DISTINCT sur des contours de plusieurs dizaines de kilo-octets."""
        siens = self.model._default_manager.filter(communes__territoires__structure=structure)
        return self.filter(pk__in=siens.order_by().values("pk"))

    def officiels(self) -> Self:
        return self.filter(demonstration=False)

    def charges_par_millesime(self) -> dict[int, dict[str, Any]]:
        """{millésime: leur nombre, et le jour du dernier chargement}."""
        comptes = self.order_by().values("millesime").annotate(nombre=Count("pk"), le=Max("modifie_le"))
        return {ligne["millesime"]: ligne for ligne in comptes.order_by("millesime")}

    def en_service(self) -> Self:
        """Sans les contours de démonstration là où la même commune a, dans le même millésime, un contour officiel."""
        modele: Any = self.model
        officiels_voisins = modele.communes.through.objects.filter(
            quartierprioritaire__demonstration=False,
            quartierprioritaire__millesime=OuterRef("millesime"),
            commune__quartiers=OuterRef("pk"),
        )
        return self.exclude(Exists(officiels_voisins), demonstration=True)


class ContourQuerySet(QuerySetReferentiel):
    """Les contours des communes, fond des cartes."""

    def autour(self, quartiers: Iterable[Any]) -> Self:
        """Ceux dont l'emprise touche celle de ces quartiers, élargie d'autant : ce que le cadre d'une carte peut montrer."""
        emprises = [(q.ouest, q.sud, q.est, q.nord) for q in quartiers]
        if not emprises:
            return self.none()
        ouests, suds, ests, nords = zip(*emprises, strict=True)
        ouest, sud, est, nord = min(ouests), min(suds), max(ests), max(nords)
        marge = max(est - ouest, nord - sud)
        return self.filter(
            ouest__lte=est + marge, est__gte=ouest - marge, sud__lte=nord + marge, nord__gte=sud - marge
        ).select_related("commune")


def _repond(epci, demandes: list[str]) -> bool:
    portes = [*mots(epci.nom), epci.siren]
    return all(any(porte.startswith(demande) for porte in portes) for demande in demandes)


_ABREGES = {"st": "saint", "ste": "sainte"}
_ORDINAL = re.compile(r"(\d+)(?:er|e|eme|nd|nde)")


def mots(texte: str) -> list[str]:
    """Les mots d'un nom de commune, pliés : « St-Lô » → ["saint", "lo"], « Paris 12e » → ["paris", "12"]."""
    lisible = "".join(caractere if caractere.isalnum() else " " for caractere in plier(texte))
    return [_mot(mot) for mot in lisible.split()]


def _mot(mot: str) -> str:
    rang = _ORDINAL.fullmatch(mot)
    return rang[1] if rang else _ABREGES.get(mot, mot)


def compacter(texte: str) -> str:
    return "".join(mots(texte))
