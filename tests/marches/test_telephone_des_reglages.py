"""Le numéro qu'une structure donne à appeler se compose."""

import pytest
from django.urls import reverse

from marches.models import ReglagesClause

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("tape", "permis"),
    [("abc", False), ("12", False), ("02 33 00 poste", False), ("+33 2 33 00 00 01", True), ("3949", True), ("", True)],
)
def test_un_numero_qui_ne_se_compose_pas_se_dit_et_reste_tape(monde, client, tape, permis):
    client.force_login(monde.personne("edition"))
    adresse = reverse("marches:reglages_clause")
    page = client.get(adresse)
    formulaire = page.context["form"]
    donnees = {nom: valeur for nom in formulaire.fields if (valeur := formulaire[nom].value())} | {"telephone": tape}
    donnees |= {nom: page.context[nom] for nom in ("version_montree", "version") if nom in page.context}
    reponse = client.post(adresse, donnees)
    if permis:
        assert reponse.status_code == 302
    else:
        lue = reponse.content.decode()
        assert "ne se compose pas" in lue and f'value="{tape}"' in lue
        assert not ReglagesClause.objects.filter(telephone=tape).exists()
