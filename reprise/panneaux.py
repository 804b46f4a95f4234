"""Ce que la reprise ajoute aux pages des autres : confier une liste, reprendre son classeur."""

from django.urls import reverse

from comptes.enums import FACILITATEURS, Role
from socle.panneaux import UN_GESTE, panneau


@panneau("espace.prescripteur.gestes", gabarit=UN_GESTE, acces={Role.PRESCRIPTEUR}, ordre=10)
def confier_une_liste(acteur, organisation) -> dict:
    return {"libelle": "Confier une liste", "url": reverse("reprise:liste_deposer")}


@panneau("accueil.premiers_pas", gabarit="reprise/premier_pas.html", acces=FACILITATEURS, ordre=10)
def reprendre_son_classeur(acteur, structure) -> dict:
    return {}
