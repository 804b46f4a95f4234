"""Ce qu'une base se doit : relations, états, uniques, règles d'une ligne. PostgreSQL le tient ; une copie, pas toujours."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Count, Exists, F, OuterRef

from socle.verifications import controle


def _modeles() -> Iterator[type[models.Model]]:
    yield from (m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy)


@controle("Relations : chacune mène à une ligne")
def orphelins() -> Iterator[str]:
    for modele in _modeles():
        champs: list[Any] = [c for c in modele._meta.concrete_fields if isinstance(c, models.ForeignKey)]
        for champ in (c for c in champs if c.db_constraint):  # l'historique d'un champ survit à ce qu'il désignait
            cible: Any = champ.related_model
            visee = cible._base_manager.filter(**{champ.target_field.attname: OuterRef(champ.attname)})
            lignes = modele._base_manager.filter(**{f"{champ.attname}__isnull": False}).exclude(Exists(visee))
            yield from _dites(modele, lignes, f"« {champ.name} » ne mène nulle part")


@controle("États et choix : chacun est connu")
def choix_inconnus() -> Iterator[str]:
    for modele in _modeles():
        for champ in (c for c in modele._meta.concrete_fields if c.choices):
            connus = [valeur for valeur, _ in champ.flatchoices]
            lignes = modele._base_manager.exclude(**{f"{champ.attname}__in": connus})
            if champ.empty_strings_allowed and champ.blank:
                lignes = lignes.exclude(**{champ.attname: ""})
            yield from _dites(modele, lignes.filter(**{f"{champ.attname}__isnull": False}), f"« {champ.name} » inconnu")


@controle("Uniques : aucun double")
def doubles() -> Iterator[str]:
    for modele in _modeles():
        for champs, condition in _uniques(modele):
            lignes = modele._base_manager.filter(**{f"{champ}__isnull": False for champ in champs})
            if condition is not None:
                lignes = lignes.filter(condition)
            pareils = lignes.order_by().values(*champs).annotate(nombre=Count("pk")).filter(nombre__gt=1)
            if nombre := pareils.count():
                yield f"{modele._meta.verbose_name} : {nombre} double(s) sur {', '.join(champs)}"


def _uniques(modele: type[models.Model]) -> Iterator[tuple[list[str], models.Q | None]]:
    yield from (([c.attname], None) for c in modele._meta.concrete_fields if c.unique and not c.primary_key)
    yield from ((list(noms), None) for noms in modele._meta.unique_together)
    for contrainte in modele._meta.constraints:
        if isinstance(contrainte, models.UniqueConstraint) and contrainte.fields:
            yield list(contrainte.fields), contrainte.condition


@controle("Règles d'une ligne : chaque ligne les tient")
def regles_rompues() -> Iterator[str]:
    for modele in _modeles():
        for contrainte in modele._meta.constraints:
            if isinstance(contrainte, models.CheckConstraint) and (nombre := _rompue(modele, contrainte)):
                yield f"{modele._meta.verbose_name} : {nombre} ligne(s) hors de « {contrainte.name} »"


def _rompue(modele: type[models.Model], contrainte: models.CheckConstraint) -> int:
    """Comme la base : une règle qui ne se calcule pas, faute d'une valeur, est tenue."""
    regle = contrainte._get_check_sql(modele, connection.schema_editor())  # type: ignore[attr-defined]
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(modele._meta.db_table)} WHERE NOT ({regle})")
        return curseur.fetchone()[0]


# --- La même structure le long de chaque chaîne -----------------------------------------------------------------------
@controle("Structures : la même le long de chaque chaîne")
def structures_melees() -> Iterator[str]:
    for modele in _modeles():
        chemin = chemin_de_la_structure(modele)
        if chemin is None:
            continue
        for champ in (c for c in modele._meta.concrete_fields if isinstance(c, models.ForeignKey)):
            la_bas = chemin_de_la_structure(champ.related_model)
            if la_bas is None or chemin.startswith(f"{champ.name}__"):
                continue
            ailleurs = f"{champ.name}__{la_bas}"
            lignes = modele._base_manager.filter(**{f"{ailleurs}__isnull": False, f"{chemin}__isnull": False})
            yield from _dites(
                modele, lignes.exclude(**{ailleurs: F(chemin)}), f"« {champ.name} » est d'une autre structure"
            )


def chemin_de_la_structure(modele: Any, vus: tuple[Any, ...] = ()) -> str | None:
    """« lot__marche__structure » : par sa première relation obligatoire qui y mène ; rien pour ce qui est à tous."""
    champs = [c for c in modele._meta.concrete_fields if isinstance(c, models.ForeignKey)]
    if any(champ.name == "structure" for champ in champs):
        return "structure"
    for champ in champs:
        if not champ.null and champ.related_model not in (modele, *vus):
            plus_loin = chemin_de_la_structure(champ.related_model, (*vus, modele))
            if plus_loin is not None:
                return f"{champ.name}__{plus_loin}"
    return None


def _dites(modele: type[models.Model], lignes: models.QuerySet, quoi: str) -> Iterator[str]:
    for cle in lignes.order_by("pk").values_list("pk", flat=True):
        yield f"{modele._meta.verbose_name} {cle} : {quoi}"
