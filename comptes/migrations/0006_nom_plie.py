from django.db import migrations

import socle.plis
from socle.texte import plier


class Migration(migrations.Migration):
    dependencies = [("comptes", "0005_structure")]

    operations = [
        migrations.AddField(
            model_name="utilisateur",
            name="nom_plie",
            field=socle.plis.ChampPlie(default="", editable=False, max_length=170),
        ),
        socle.plis.replier(
            "comptes",
            "Utilisateur",
            "nom_plie",
            lambda utilisateur: plier(f"{utilisateur.nom} {utilisateur.prenom}"),
            "nom",
            "prenom",
        ),
    ]
