from django.db import migrations, models


class Migration(migrations.Migration):
    """Un engagement archivé ne tient plus la place de l'attributaire du lot."""

    dependencies = [
        ("marches", "0014_analyse_des_fichiers"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="engagement", name="engagement_un_attributaire"),
        migrations.AddConstraint(
            model_name="engagement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archive_le__isnull", True), ("role", "attributaire")),
                fields=("lot",),
                name="engagement_un_attributaire",
                violation_error_code="champ:role",
                violation_error_message="Ce lot a déjà un attributaire ; les autres entreprises sont cotraitantes.",
            ),
        ),
    ]
