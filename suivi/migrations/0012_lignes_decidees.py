from decimal import Decimal

import django.db.models.expressions
from django.db import migrations, models
from django.db.models import F


def reprendre(apps, schema_editor):
    """Ce qui était compté devient ce qui était déclaré ; accepté si le mois est validé ou saisi par la structure."""
    ligne, historique = (apps.get_model("suivi", nom) for nom in ("LigneHeures", "HistoricalLigneHeures"))
    for modele in (ligne, historique):
        modele.objects.update(heures_declarees=F("heures") - F("heures_formation_comptees"))
    validees = ligne.objects.filter(declaration__statut="validee")
    saisies = ligne.objects.filter(declaration__statut="a_valider", declaration__declaree_par="")
    for lignes in (validees, saisies):
        lignes.update(decision="acceptee")
    _verifier_les_cles(schema_editor)


def _verifier_les_cles(schema_editor):
    """Deux écritures de la même ligne laissent à PostgreSQL des clés à vérifier en fin de transaction ; il refuse jusque-là
    de changer la table."""
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as curseur:
            curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("suivi", "0011_decisions_par_ligne")]

    operations = [
        migrations.RunPython(reprendre, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="ligneheures",
            constraint=models.CheckConstraint(
                condition=models.Q(("heures_declarees__gte", 0), ("heures_declarees__lte", 250)),
                name="ligne_heures_declarees_bornes",
                violation_error_code="champ:heures_declarees",
                violation_error_message="Les heures d'un mois vont de 0 à 250.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ligneheures",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "heures__lte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("heures_declarees"), "+", models.F("heures_formation_comptees")
                            ),
                            "+",
                            models.Value(Decimal("0.004")),
                        ),
                    )
                ),
                name="ligne_retenue_au_plus_declaree",
                violation_error_code="champ:heures",
                violation_error_message="On ne retient pas plus d'heures qu'il n'en est déclaré.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ligneheures",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decision__in", ["en_attente", "acceptee"]),
                        (
                            "heures__gte",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("heures_declarees"), "+", models.F("heures_formation_comptees")
                                ),
                                "-",
                                models.Value(Decimal("0.004")),
                            ),
                        ),
                    ),
                    models.Q(
                        ("decision", "partielle"),
                        (
                            "heures__lt",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("heures_declarees"), "+", models.F("heures_formation_comptees")
                                ),
                                "-",
                                models.Value(Decimal("0.004")),
                            ),
                        ),
                        models.Q(("motif_decision", ""), _negated=True),
                    ),
                    models.Q(("decision", "refusee"), ("heures", 0), models.Q(("motif_decision", ""), _negated=True)),
                    _connector="OR",
                ),
                name="ligne_decision_coherente",
                violation_error_code="champ:decision",
                violation_error_message="Une ligne réduite ou refusée a son motif ; une ligne acceptée compte tout le déclaré.",
            ),
        ),
    ]
