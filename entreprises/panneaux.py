"""Ce que les entreprises ajoutent aux fiches : à qui est l'adresse d'un courriel, le compte d'une entreprise."""

from comptes.comptes_lies import compte_de_la_fiche, fiche_du_compte
from comptes.enums import ADMINISTRATEURS, FACILITATEURS, RESPONSABLES
from comptes.models import Organisation
from entreprises.models import ContactEntreprise, Entreprise
from socle.models import Courriel
from socle.panneaux import panneau


@panneau("socle.courriel", gabarit="entreprises/panneau_contacts.html", acces=FACILITATEURS, ordre=20)
def contacts_du_courriel(acteur, courriel: Courriel) -> dict:
    """Les contacts à cette adresse, pour la corriger si elle ne reçoit plus."""
    contacts = ContactEntreprise.objects.visibles_par(acteur).actifs().filter(courriel__iexact=courriel.destinataire)
    return {"contacts": list(contacts.select_related("fiche__entreprise")[:5]), "modifiable": acteur.peut_ecrire}


@panneau("entreprises.entreprise", gabarit="comptes/panneau_compte.html", acces=FACILITATEURS, ordre=5, cote=True)
def compte(acteur, entreprise: Entreprise) -> dict:
    return compte_de_la_fiche(acteur, entreprise, adresses="entreprises:compte")


@panneau("comptes.organisation", gabarit="comptes/panneau_fiche.html", acces=RESPONSABLES | ADMINISTRATEURS, ordre=10)
def entreprise_du_compte(acteur, organisation: Organisation) -> dict:
    return fiche_du_compte(acteur, organisation, Entreprise, adresses="entreprises:compte")
