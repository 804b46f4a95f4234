"""Les expressions que Django n'a pas, écrites pour les deux bases."""

from django.db.models import CharField, DateField, Func, Value
from django.db.models.functions import Concat, Left


class AjouterMois(Func):
    """`AjouterMois(jour, mois)` : le même quantième plus loin, ou le dernier jour du mois (`socle.periodes.ajouter_mois`)."""

    output_field = DateField()
    arity = 2

    def as_sqlite(self, compiler, connection, **contexte):
        jour, mois = self.get_source_expressions()
        jour_sql, jour_parametres = compiler.compile(jour)
        mois_sql, mois_parametres = compiler.compile(mois)
        # SQLite déborde (31 janv. + 1 mois = 3 mars) : le dernier jour du mois visé le borne.
        return (
            f"min(date({jour_sql}, ({mois_sql}) || ' months'),"
            f" date({jour_sql}, 'start of month', ({mois_sql}) || ' months', '+1 month', '-1 day'))",
            (*jour_parametres, *mois_parametres, *jour_parametres, *mois_parametres),
        )

    def as_postgresql(self, compiler, connection, **contexte):
        return self.as_sql(
            compiler,
            connection,
            template="(%(expressions)s))::date",
            arg_joiner=" + make_interval(months => ",
            **contexte,
        )


def initiales(chemin: str) -> Concat:
    """Les initiales d'une personne, au bout d'un chemin : « M. D. »."""
    morceaux = [Left(f"{chemin}__prenom", 1), Value(". "), Left(f"{chemin}__nom", 1), Value(".")]
    return Concat(*morceaux, output_field=CharField())
