import datetime
import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import socle.texte


def donner_une_periode(apps, schema_editor):
    """Un bilan annuel devient celui de l'année civile, de toute la structure."""
    bilan = apps.get_model("reporting", "Bilan")
    for pk, annee in bilan.objects.values_list("pk", "annee").order_by("pk"):
        debut, fin = datetime.date(annee, 1, 1), datetime.date(annee, 12, 31)
        bilan.objects.filter(pk=pk).update(debut=debut, fin=fin, cle=f"structure:{debut}:{fin}")


def rendre_l_annee(apps, schema_editor):
    bilan = apps.get_model("reporting", "Bilan")
    for pk, debut in bilan.objects.values_list("pk", "debut").order_by("pk"):
        bilan.objects.filter(pk=pk).update(annee=debut.year)


class Migration(migrations.Migration):
    dependencies = [
        ("marches", "0011_justificatif_demande"),
        ("reporting", "0002_presentation_et_publication"),
        ("socle", "0005_code_courriel"),
        migrations.swappable_dependency(settings.ORGANISATION_MODEL),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="bilan", name="bilan_version_unique"),
        migrations.RemoveConstraint(model_name="bilan", name="bilan_brouillon_unique"),
        migrations.RemoveConstraint(model_name="bilan", name="bilan_publie_unique"),
        migrations.RemoveConstraint(model_name="bilan", name="bilan_publie_date_et_signe"),
        migrations.AddField("bilan", "debut", models.DateField(null=True, verbose_name="du")),
        migrations.AddField("bilan", "fin", models.DateField(null=True, verbose_name="au")),
        migrations.AddField("bilan", "cle", models.CharField(default="", editable=False, max_length=120)),
        migrations.AlterModelOptions(
            name="bilan",
            options={"ordering": ["-fin", "-debut", "variante", "-version", "-pk"], "verbose_name": "bilan"},
        ),
        migrations.AddField(
            model_name="bilan",
            name="variante",
            field=models.CharField(
                choices=[
                    ("structure", "Bilan de la structure"),
                    ("ville", "Contrat de ville (État, ANCT)"),
                    ("departement", "Département"),
                    ("agglomeration", "Agglomération"),
                    ("fse", "FSE+"),
                    ("maitre_ouvrage", "Un maître d'ouvrage"),
                    ("operation", "Une opération"),
                    ("marche", "Un marché"),
                    ("reseau", "Réseau de structures"),
                ],
                default="structure",
                max_length=16,
                verbose_name="bilan",
            ),
        ),
        *(
            migrations.AddField(
                model_name="bilan",
                name=nom,
                field=models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=f"marches.{modele}",
                ),
            )
            for nom, modele in (("maitre_ouvrage", "maitreouvrage"), ("operation", "operation"), ("marche", "marche"))
        ),
        migrations.AddField(
            model_name="bilan",
            name="textes",
            field=models.JSONField(blank=True, default=dict, verbose_name="textes écrits"),
        ),
        migrations.AddField(
            model_name="bilan",
            name="motif",
            field=models.CharField(
                blank=True,
                max_length=300,
                validators=[socle.texte.sans_numero_national],
                verbose_name="raison de cette version",
            ),
        ),
        migrations.AddField(
            model_name="bilan",
            name="classeur",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="socle.document",
            ),
        ),
        migrations.AddField(
            model_name="bilan",
            name="relu_par",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="bilan",
            name="statut",
            field=models.CharField(
                choices=[
                    ("brouillon", "Brouillon"),
                    ("relu", "Relu"),
                    ("publie", "Publié"),
                    ("remplace", "Remplacé"),
                ],
                default="brouillon",
                max_length=12,
                verbose_name="statut",
            ),
        ),
        migrations.AlterField(
            model_name="bilan",
            name="empreinte",
            field=models.CharField(
                blank=True, db_index=True, max_length=64, verbose_name="empreinte SHA-256 des données"
            ),
        ),
        migrations.AlterField("bilan", "annee", models.PositiveSmallIntegerField(null=True, verbose_name="année")),
        migrations.RunPython(donner_une_periode, rendre_l_annee),
        migrations.RemoveField("bilan", "annee"),
        migrations.AlterField("bilan", "debut", models.DateField(verbose_name="du")),
        migrations.AlterField("bilan", "fin", models.DateField(verbose_name="au")),
        migrations.AlterField("bilan", "cle", models.CharField(editable=False, max_length=120)),
        migrations.AddConstraint(
            model_name="bilan",
            constraint=models.UniqueConstraint(
                fields=("structure", "cle", "version"),
                name="bilan_version_unique",
                violation_error_message="Cette version du bilan existe déjà.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bilan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("statut__in", ["brouillon", "relu"])),
                fields=("structure", "cle"),
                name="bilan_brouillon_unique",
                violation_error_message="Ce bilan est déjà en préparation.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bilan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("statut", "publie")),
                fields=("structure", "cle"),
                name="bilan_publie_unique",
                violation_error_message="Ce bilan est déjà publié.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bilan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("publie_le__isnull", True), ("statut__in", ["brouillon", "relu"])),
                    models.Q(
                        ("empreinte__gt", ""), ("publie_le__isnull", False), ("statut__in", ["publie", "remplace"])
                    ),
                    _connector="OR",
                ),
                name="bilan_publie_date_et_signe",
                violation_error_message="Un bilan publié porte sa date et l'empreinte de ses données.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bilan",
            constraint=models.CheckConstraint(
                condition=models.Q(("debut__lte", models.F("fin"))),
                name="bilan_fin_apres_debut",
                violation_error_code="champ:fin",
                violation_error_message="La période finit avant de commencer.",
            ),
        ),
        migrations.CreateModel(
            name="LignesBilan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "uuid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="identifiant public"
                    ),
                ),
                ("cree_le", models.DateTimeField(auto_now_add=True, verbose_name="créé le")),
                ("modifie_le", models.DateTimeField(auto_now=True, verbose_name="modifié le")),
                ("lignes", models.JSONField(default=dict, verbose_name="lignes")),
                (
                    "bilan",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lignes", to="reporting.bilan"
                    ),
                ),
            ],
            options={"verbose_name": "lignes d'un bilan"},
        ),
    ]
