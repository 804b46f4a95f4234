"""Ce que la reprise ajoute aux pages des autres : confier une liste."""

from django.urls import reverse

from comptes.enums import Role
from socle.panneaux import UN_GESTE, panneau


@panneau("espace.prescripteur.gestes", gabarit=UN_GESTE, acces={Role.PRESCRIPTEUR}, ordre=10)
def confier_une_liste(acteur, organisation) -> dict:
    return {"libelle": "Confier une liste", "url": reverse("reprise:liste_deposer")}
