from django.db import migrations


def renommer(avant: str, apres: str):
    """L'état « brouillon » s'appelle désormais « a_valider » : c'est ce qu'il disait à l'écran."""

    def passer(apps, schema_editor):
        apps.get_model("suivi", "Declaration").objects.filter(statut=avant).update(statut=apres)

    return passer


class Migration(migrations.Migration):
    dependencies = [("suivi", "0007_declarations_attendues")]

    operations = [migrations.RunPython(renommer("brouillon", "a_valider"), renommer("a_valider", "brouillon"))]
