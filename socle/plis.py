"""Ce qu'une colonne pliée garde d'un texte : la forme sous laquelle il se cherche, jamais plus longue que sa colonne."""

from collections.abc import Callable
from typing import Any

from django.db import migrations, models

PAQUET = 1000


class ChampPlie(models.CharField):
    """Une colonne pliée. Plier allonge (« œ » devient « oe », « ß » devient « ss ») : ce qui dépasse est coupé, jamais refusé."""

    def __init__(self, *args, **options):
        options.setdefault("editable", False)
        super().__init__(*args, **options)

    def get_prep_value(self, value):
        prepare = super().get_prep_value(value)
        return prepare[: self.max_length] if isinstance(prepare, str) else prepare

    def get_col(self, alias, output_field=None):
        """Dans une expression, c'est un texte ordinaire : il se mêle à des littéraux sans qu'on en dise le type."""
        return super().get_col(alias, models.CharField(max_length=self.max_length))


@models.CharField.register_lookup
class Compact(models.Transform):
    """`nom_plie__compact` : sans espace, trait d'union ni apostrophe. « Le Goff », « Le-Goff » et « Legoff » s'y confondent."""

    lookup_name = "compact"
    template = "REPLACE(REPLACE(REPLACE(%(expressions)s, '-', ''), '''', ''), ' ', '')"
    output_field = models.CharField()


@models.CharField.register_lookup
class Chiffres(models.Transform):
    """`telephone__chiffres` : sans espace, point, tiret ni barre ; « 02 33.44-55/66 » et « 0233445566 » s'y confondent."""

    lookup_name = "chiffres"
    template = "REPLACE(REPLACE(REPLACE(REPLACE(%(expressions)s, '-', ''), '.', ''), '/', ''), ' ', '')"
    output_field = models.CharField()


def compacter(plie: str) -> str:
    """La forme que `__compact` donne à une colonne, pour un texte déjà plié."""
    return plie.replace("-", "").replace("'", "").replace(" ", "")


def replier(application: str, modele: str, champ: str, calcul: Callable[[Any], str], *lus: str) -> migrations.RunPython:
    """L'étape de migration qui recalcule une colonne pliée quand la façon de plier change : n'écrit que ce qui change.

    `lus` : ce que `calcul` lit de la ligne, au besoin à travers une relation (« metier__code »).
    """

    def recalculer(apps, editeur):
        lignes = apps.get_model(application, modele)._base_manager.using(editeur.connection.alias)
        relations = {chemin.rpartition("__")[0] for chemin in lus if "__" in chemin}
        longueur = lignes.model._meta.get_field(champ).max_length
        lues = lignes.only("pk", champ, *relations, *lus).order_by("pk")
        if relations:
            lues = lues.select_related(*relations)
        changees = []
        for ligne in lues.iterator(PAQUET):
            nouveau = calcul(ligne)[:longueur]
            if nouveau != getattr(ligne, champ):
                setattr(ligne, champ, nouveau)
                changees.append(ligne)
            if len(changees) == PAQUET:
                lignes.bulk_update(changees, [champ])
                changees = []
        lignes.bulk_update(changees, [champ])

    return migrations.RunPython(recalculer, migrations.RunPython.noop, elidable=True)
