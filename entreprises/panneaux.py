"""Ce que les entreprises ajoutent aux fiches des étages du dessous : à qui est l'adresse d'un courriel."""

from comptes.enums import FACILITATEURS
from entreprises.models import ContactEntreprise
from socle.models import Courriel
from socle.panneaux import panneau


@panneau("socle.courriel", gabarit="entreprises/panneau_contacts.html", acces=FACILITATEURS, ordre=20)
def contacts_du_courriel(acteur, courriel: Courriel) -> dict:
    """Les contacts à cette adresse, pour la corriger si elle ne reçoit plus."""
    contacts = ContactEntreprise.objects.visibles_par(acteur).actifs().filter(courriel__iexact=courriel.destinataire)
    return {"contacts": list(contacts.select_related("fiche__entreprise")[:5]), "modifiable": acteur.peut_ecrire}
