from django.db import migrations

import socle.plis
from socle.texte import plier


class Migration(migrations.Migration):
    dependencies = [("entreprises", "0002_comptes_lies")]

    operations = [
        migrations.AddField(
            model_name="contactentreprise",
            name="nom_plie",
            field=socle.plis.ChampPlie(default="", editable=False, max_length=120),
        ),
        socle.plis.replier("entreprises", "ContactEntreprise", "nom_plie", lambda contact: plier(contact.nom), "nom"),
    ]
