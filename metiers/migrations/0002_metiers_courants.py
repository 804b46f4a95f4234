from django.db import migrations

from metiers.courants import COURANTS
from socle.texte import plier


def installer(apps, _):
    Metier = apps.get_model("metiers", "Metier")
    connus = set(Metier.objects.values_list("code", flat=True))
    Metier.objects.bulk_create(
        Metier(code=code, libelle=libelle, libelle_plie=plier(libelle))
        for code, libelle in COURANTS.items()
        if code not in connus
    )


class Migration(migrations.Migration):
    dependencies = [("metiers", "0001_initial")]
    operations = [migrations.RunPython(installer, migrations.RunPython.noop)]
