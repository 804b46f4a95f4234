"""Réunir deux fiches du même sujet : ce qui désignait l'une désigne l'autre, et se rend pendant une semaine.

Les lignes se trouvent par les relations du modèle (`socle.fusions`) : ce socle n'en nomme aucune. Chaque app garde sa porte (qui
peut, quelles fiches) et range la fiche absorbée ; ici, rien ne passe qui ne soit de la portée de l'acteur.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from socle.fusions import AJUSTEMENTS, Sort, nom_de, relations_vers, sorts
from socle.modeles import ModeleArchivable, ModeleIdentifie
from socle.models import Fusion
from socle.permissions import peut_ecrire
from socle.querysets import QuerySetDomaine
from socle.regles import RegleViolee
from socle.services.enregistrement import verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.masse import modifier_en_masse

declarer_actions(fiches_fusionnees="Fiches fusionnées", fusion_defaite="Fusion défaite")

TROP_TARD = "Une fusion se défait pendant une semaine : ce délai est passé."
DEJA_RANGEE = "L'une des deux fiches est déjà réunie à une autre : fusionnez celle qui est gardée."
ABSORBEE_DEPUIS = "La fiche gardée a été fusionnée à son tour : défaites d'abord cette fusion-là."


@dataclass(slots=True)
class Mouvement:
    """Les lignes d'une relation : celles qui passent, celles qui restent parce que la fiche gardée a déjà la sienne."""

    relation: models.ForeignKey
    de: models.Model
    vers: models.Model
    passent: list[Any] = field(default_factory=list)
    restent: list[Any] = field(default_factory=list)
    ajustees: dict[int, dict[str, Any]] = field(default_factory=dict)  # {clé: ce que valaient les champs ajustés}

    @property
    def libelle(self) -> str:
        return str(self.relation.model._meta.verbose_name)


@dataclass(frozen=True, slots=True)
class Apercu:
    """Ce qui passera d'une fiche à l'autre, avant de le faire."""

    mouvements: list[Mouvement]
    remplis: dict[str, Any]

    @property
    def lignes(self) -> list[tuple[str, int, int]]:
        """(ce que c'est, combien passent, combien restent)."""
        return [(m.libelle, len(m.passent), len(m.restent)) for m in self.mouvements]


def apercu(acteur, paires: Iterable[tuple[models.Model, models.Model]]) -> Apercu:
    """Ce que ferait la fusion de ces (gardée, absorbée) : la fiche, et ce qui la double dans la structure (sa fiche de suivi)."""
    paires = list(paires)
    mouvements = [m for gardee, absorbee in paires for m in _mouvements(acteur, gardee, absorbee)]
    remplis: dict[str, Any] = {}
    for gardee, absorbee in paires:
        if isinstance(gardee, ModeleArchivable):  # une ligne commune ne change pas : d'autres s'en servent
            remplis |= _vides_a_remplir(gardee, absorbee)
    return Apercu(mouvements, remplis)


def _mouvements(acteur, gardee: models.Model, absorbee: models.Model) -> Iterator[Mouvement]:
    for relation in relations_vers(type(gardee)):
        sort = sorts()[nom_de(relation)]
        if sort == Sort.RESTE:
            continue
        mouvement = Mouvement(relation, absorbee, gardee)
        for ligne in _lignes(acteur, relation, absorbee):
            _trier(mouvement, ligne)
        if mouvement.restent and sort == Sort.PASSE:
            raise RegleViolee(f"Les deux fiches ont chacune la leur ({mouvement.libelle}) : réglez d'abord ce doublon.")
        if mouvement.passent or mouvement.restent:
            yield mouvement


def _trier(mouvement: Mouvement, ligne: Any) -> None:
    """Elle passe telle quelle, ou ajustée (un critère cesse d'être le principal), ou elle reste."""
    if _peut_passer(ligne, mouvement.relation, mouvement.vers):
        mouvement.passent.append(ligne)
        return
    ajustement = AJUSTEMENTS.get(nom_de(mouvement.relation), {})
    avant = {nom: getattr(ligne, nom) for nom in ajustement}
    _poser(ligne, ajustement)
    if ajustement and _peut_passer(ligne, mouvement.relation, mouvement.vers):
        mouvement.ajustees[ligne.pk] = avant
        mouvement.passent.append(ligne)
    else:
        _poser(ligne, avant)
        mouvement.restent.append(ligne)


def _poser(ligne: models.Model, valeurs: dict[str, Any]) -> None:
    for nom, valeur in valeurs.items():
        setattr(ligne, nom, valeur)


def _lignes(acteur, relation: models.ForeignKey, absorbee: models.Model) -> list[models.Model]:
    """Celles de la portée de l'acteur, dans l'ordre."""
    lignes = relation.model._default_manager.all()
    if isinstance(lignes, QuerySetDomaine):
        lignes = lignes.visibles_par(acteur)
    return list(lignes.filter(**{relation.name: absorbee}).order_by("pk"))


def _peut_passer(ligne: models.Model, relation: models.ForeignKey, gardee: models.Model) -> bool:
    """Vrai si aucune unicité du modèle ne refuse la ligne sous la fiche gardée. La ligne est rendue telle qu'elle était."""
    if relation.unique and type(ligne)._default_manager.filter(**{relation.name: gardee}).exists():
        return False
    uniques = [
        contrainte
        for contrainte in ligne._meta.constraints
        if isinstance(contrainte, models.UniqueConstraint) and relation.name in contrainte.fields
    ]
    avant = getattr(ligne, relation.attname)
    setattr(ligne, relation.attname, gardee.pk)
    try:
        for contrainte in uniques:
            contrainte.validate(type(ligne), ligne)
    except ValidationError:
        return False
    finally:
        setattr(ligne, relation.attname, avant)
    return True


def _vides_a_remplir(gardee: models.Model, absorbee: models.Model) -> dict[str, Any]:
    """Ce que la fiche gardée ne dit pas et que l'autre dit : un téléphone, un prescripteur, un métier recherché."""
    remplis = {}
    for champ in gardee._meta.concrete_fields:
        if champ.editable and getattr(gardee, champ.attname) in (None, "") and getattr(absorbee, champ.attname):
            remplis[champ.name] = getattr(absorbee, champ.attname)
    for liste in gardee._meta.many_to_many:
        deja = set(getattr(gardee, liste.name).values_list("pk", flat=True))
        if neufs := sorted(set(getattr(absorbee, liste.name).values_list("pk", flat=True)) - deja):
            remplis[liste.name] = neufs
    return remplis


def fusionner(acteur, gardee: ModeleIdentifie, absorbee: ModeleIdentifie, fiches: tuple | None = None) -> Fusion:
    """Passe tout à `gardee`, range l'autre, et garde de quoi le défaire. Les deux lignes sont déjà sous verrou.

    `fiches` : pour une ligne commune à plusieurs structures, (fiche gardée, fiche absorbée) de celle qui fusionne : elles
    seules se remplissent et se rangent.
    """
    if gardee.pk == absorbee.pk:
        raise RegleViolee("Une fiche ne se fusionne pas avec elle-même.")
    exiger_jamais_rangees(acteur, gardee, absorbee)
    paires = [(gardee, absorbee), *([fiches] if fiches else [])]
    remplie, rangee = paires[-1]
    prevu = apercu(acteur, paires)
    passages = [_passer(acteur, mouvement) for mouvement in prevu.mouvements if mouvement.passent]
    passages += _remplir(remplie, rangee, prevu.remplis)
    passages.append(_ranger(rangee))
    fusion = Fusion(
        structure=acteur.organisation,
        objet_type=gardee._meta.label_lower,
        gardee=gardee.uuid,
        absorbee=absorbee.uuid,
        passages=passages,
        faite_par=acteur.utilisateur,
    )
    fusion.full_clean(exclude=["passages"])
    fusion.save()
    noter(acteur=acteur, action="fiches_fusionnees", objet=gardee, fiche=absorbee.uuid, lignes=_combien(passages))
    return fusion


def _combien(passages: list[dict]) -> int:
    return sum(len(passage["lignes"]) for passage in passages)


def _passer(acteur, mouvement: Mouvement) -> dict:
    relation = mouvement.relation
    for ligne in mouvement.passent:
        setattr(ligne, relation.name, mouvement.vers)
    _ecrire_les_lignes(acteur, relation, mouvement.passent, "Fusion")
    return {
        "relation": nom_de(relation),
        "de": mouvement.de.pk,
        "vers": mouvement.vers.pk,
        "lignes": [ligne.pk for ligne in mouvement.passent],
        "avant": {str(cle): valeurs for cle, valeurs in mouvement.ajustees.items()},
    }


def _ecrire_les_lignes(acteur, relation: models.ForeignKey, lignes: list[Any], motif: str) -> None:
    champs = [relation.name, *AJUSTEMENTS.get(nom_de(relation), {})]
    modifier_en_masse(lignes, champs, acteur=acteur, motif=motif, controles=False)


def _remplir(fiche: models.Model, source: models.Model, remplis: dict[str, Any]) -> list[dict]:
    """Remplit les vides. On garde le nom des champs, jamais ce qui y est mis."""
    for nom, valeur in remplis.items():
        champ = fiche._meta.get_field(nom)
        if champ.many_to_many:
            getattr(fiche, nom).add(*valeur)
        else:
            setattr(fiche, champ.attname, valeur)  # type: ignore[union-attr]
    if remplis:
        fiche.save()
    commun = {"modele": fiche._meta.label, "de": source.pk, "vers": fiche.pk}
    return [
        {"rempli": nom, **commun, "lignes": valeur if isinstance(valeur, list) else []}
        for nom, valeur in remplis.items()
    ]


def _ranger(fiche: ModeleArchivable) -> dict:
    deja = fiche.archive_le
    fiche.archive_le = deja or timezone.now()
    fiche.save(update_fields=["archive_le", "modifie_le"])
    return {"rangee": fiche._meta.label, "fiche": fiche.pk, "deja": deja is not None, "lignes": []}


def exiger_defaisable(acteur, fusion: Fusion) -> None:
    peut_ecrire(acteur).exiger()
    if not fusion.est_defaisable:
        raise RegleViolee(TROP_TARD if fusion.defaite_le is None else "Cette fusion est déjà défaite.")
    siennes = Fusion.objects.filter(structure=fusion.structure, objet_type=fusion.objet_type).en_vigueur()
    if siennes.filter(absorbee=fusion.gardee).exists():
        raise RegleViolee(ABSORBEE_DEPUIS)


@transaction.atomic
def defaire_la_fusion(*, acteur, fusion: Fusion) -> ModeleIdentifie:
    """Rend à chaque fiche ce qui était à elle ; ce qui s'est ajouté depuis reste à la fiche gardée. Rend la fiche retrouvée."""
    fusion = verrouiller(Fusion.objects, acteur, fusion)
    exiger_defaisable(acteur, fusion)
    gardee, absorbee = (la_fiche(fusion, uuid) for uuid in (fusion.gardee, fusion.absorbee))
    for passage in fusion.passages:
        if "relation" in passage:
            _rendre(acteur, passage)
        elif "rempli" in passage:
            _vider(passage)
        elif not passage["deja"]:
            rangee = apps.get_model(passage["rangee"])._default_manager.get(pk=passage["fiche"])
            rangee.archive_le = None
            rangee.save(update_fields=["archive_le", "modifie_le"])
    fusion.defaite_le = timezone.now()
    fusion.save(update_fields=["defaite_le", "modifie_le"])
    noter(acteur=acteur, action="fusion_defaite", objet=gardee, fiche=absorbee.uuid)
    return absorbee


def la_fiche(fusion: Fusion, uuid) -> ModeleIdentifie:
    modele: Any = apps.get_model(fusion.objet_type)
    return modele._default_manager.get(uuid=uuid)


def _rendre(acteur, passage: dict) -> None:
    """Les lignes encore à la fiche gardée reviennent, sauf si leur place a été prise entre-temps."""
    label, _, champ = passage["relation"].rpartition(".")
    modele: Any = apps.get_model(label)
    relation = modele._meta.get_field(champ)
    origine = relation.related_model._default_manager.get(pk=passage["de"])
    lignes = list(modele._default_manager.filter(pk__in=passage["lignes"], **{relation.attname: passage["vers"]}))
    rendues = [ligne for ligne in lignes if _peut_passer(ligne, relation, origine)]
    for ligne in rendues:
        setattr(ligne, relation.name, origine)
        _poser(ligne, passage["avant"].get(str(ligne.pk), {}))
    _ecrire_les_lignes(acteur, relation, rendues, "Fusion défaite")


def _vider(passage: dict) -> None:
    """Ce que la fusion avait rempli se vide, si personne ne l'a changé depuis."""
    lignes: Any = apps.get_model(passage["modele"])._default_manager
    fiche, source = (lignes.get(pk=passage[bout]) for bout in ("vers", "de"))
    champ = fiche._meta.get_field(passage["rempli"])
    if champ.many_to_many:
        getattr(fiche, champ.name).remove(*passage["lignes"])
    elif getattr(fiche, champ.attname) == getattr(source, champ.attname):
        setattr(fiche, champ.attname, None if champ.null else "")
        fiche.save()


def fiche_gardee(acteur, objet: ModeleIdentifie) -> ModeleIdentifie:
    """La fiche où celle-ci a été fusionnée dans la structure de l'acteur, de proche en proche ; elle-même sinon."""
    siennes = Fusion.objects.visibles_par(acteur).en_vigueur().du_modele(type(objet))
    suites = dict(siennes.values_list("absorbee", "gardee"))
    uuid = suivre(suites, objet.uuid)
    return objet if uuid == objet.uuid else type(objet)._default_manager.get(uuid=uuid)


def exiger_non_fusionnee(acteur, objet: ModeleIdentifie) -> None:
    """Une fiche rangée par une fusion n'en ressort que si la fusion se défait."""
    if Fusion.objects.visibles_par(acteur).qui_touchent(objet).filter(absorbee=objet.uuid).exists():
        raise RegleViolee(
            "Cette fiche est fusionnée avec une autre : elle ne sort de l'archive que si la fusion se défait."
        )


def exiger_jamais_rangees(acteur, *fiches: ModeleIdentifie) -> None:
    """Ce qui est réuni ne l'est pas une seconde fois : c'est la fiche gardée qui se fusionne."""
    rangees = anciennes_fiches(acteur, type(fiches[0]))
    if any(fiche.uuid in rangees for fiche in fiches):
        raise RegleViolee(DEJA_RANGEE, champ="autre")


def suivre(suites: dict, uuid):
    """Au bout de la chaîne des fusions."""
    while uuid in suites:
        uuid = suites[uuid]
    return uuid


def anciennes_fiches(acteur, modele: type[models.Model]) -> dict:
    """{uuid absorbé: uuid gardé, au bout de la chaîne} des fusions en vigueur de la structure."""
    siennes = Fusion.objects.visibles_par(acteur).en_vigueur().du_modele(modele)
    suites = dict(siennes.values_list("absorbee", "gardee"))
    return {absorbee: suivre(suites, absorbee) for absorbee in suites}


def fusions_montrees(acteur, objet: ModeleIdentifie) -> list[dict[str, Any]]:
    """Les fusions d'une fiche, à dire sur sa page : l'autre fiche, dans quel sens, et si elle se défait encore."""
    lues = list(Fusion.objects.visibles_par(acteur).qui_touchent(objet).select_related("faite_par"))
    uuids = {fusion.gardee for fusion in lues} | {fusion.absorbee for fusion in lues}
    fiches = {fiche.uuid: fiche for fiche in type(objet)._default_manager.filter(uuid__in=uuids)} if lues else {}
    return [
        {
            "fusion": fusion,
            "rangee": fusion.absorbee == objet.uuid,
            "autre": fiches[fusion.gardee if fusion.absorbee == objet.uuid else fusion.absorbee],
            "defaisable": acteur.peut_ecrire and fusion.est_defaisable,
        }
        for fusion in lues
    ]
