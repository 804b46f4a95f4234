"""Ce que les marchés ajoutent aux fiches : les engagements d'une entreprise, le compte d'un maître d'ouvrage."""

from django.urls import reverse

from comptes.comptes_lies import compte_de_la_fiche, fiche_du_compte
from comptes.enums import ADMINISTRATEURS, FACILITATEURS, RESPONSABLES
from comptes.models import Organisation
from entreprises.models import Entreprise
from marches.enums import StatutMarche
from marches.models import ContactMaitreOuvrage, Engagement, MaitreOuvrage, Marche, ProjetAchat
from marches.views.marches import jauge_marche
from socle.panneaux import UN_GESTE, panneau
from socle.tables import Colonne, Genre, lignes

COLONNES = [
    Colonne(
        "Marché", lambda e: e.lot.marche.reference, lien=lambda e: e.lot.marche.get_absolute_url(), principale=True
    ),
    Colonne("Lot", lambda e: e.lot.intitule, lien=lambda e: e.get_absolute_url()),
    Colonne("Maître d'ouvrage", lambda e: e.lot.marche.maitre_ouvrage.nom),
    Colonne("Statut", lambda e: StatutMarche(e.lot.marche.statut), Genre.STATUT),
    Colonne("Heures", lambda e: jauge_marche(e.lot.marche, e.heures_dues, e.heures_realisees), Genre.JAUGE),
]


@panneau("entreprises.entreprise", gabarit="marches/panneau_engagements.html", acces=FACILITATEURS, ordre=10)
def engagements_de_l_entreprise(acteur, entreprise: Entreprise) -> dict:
    engagements = Engagement.objects.visibles_par(acteur).actifs().filter(entreprise=entreprise).avec_contexte()
    return {"colonnes": COLONNES, "lignes": lignes(engagements.order_by("-lot__marche__debut", "pk"), COLONNES)}


@panneau("marches.maitreouvrage", gabarit="comptes/panneau_compte.html", acces=FACILITATEURS, ordre=5, cote=True)
def compte(acteur, maitre_ouvrage: MaitreOuvrage) -> dict:
    return compte_de_la_fiche(acteur, maitre_ouvrage, adresses="marches:maitre_ouvrage_compte")


@panneau("comptes.organisation", gabarit="comptes/panneau_fiche.html", acces=RESPONSABLES | ADMINISTRATEURS, ordre=20)
def acheteur_du_compte(acteur, organisation: Organisation) -> dict:
    return fiche_du_compte(acteur, organisation, MaitreOuvrage, adresses="marches:maitre_ouvrage_compte")


@panneau("marches.projetachat", gabarit="marches/panneau_qui_appeler.html", acces=FACILITATEURS, ordre=1)
@panneau("marches.marche", gabarit="marches/panneau_qui_appeler.html", acces=FACILITATEURS, ordre=1, cote=True)
def qui_appeler_chez_l_acheteur(acteur, achat: Marche | ProjetAchat) -> dict:
    """Ceux que la structure appelle chez l'acheteur d'un projet ou d'un marché."""
    contacts = ContactMaitreOuvrage.objects.visibles_par(acteur).actifs()
    return {
        "acheteur": achat.maitre_ouvrage,
        "contacts": list(contacts.filter(fiche__maitre_ouvrage=achat.maitre_ouvrage)),
        "ajouter": reverse("marches:maitre_ouvrage_contact_nouveau", args=[achat.maitre_ouvrage.uuid])
        if acteur.peut_ecrire
        else "",
    }


@panneau("marches.engagement.gestes", gabarit=UN_GESTE, acces=RESPONSABLES, ordre=30)
def inviter_l_entreprise(acteur, engagement: Engagement) -> dict:
    return {
        "libelle": "Inviter l'entreprise",
        "url": reverse("entreprises:compte_inviter", args=[engagement.entreprise.uuid]),
    }


@panneau("marches.marche.gestes", gabarit=UN_GESTE, acces=RESPONSABLES, ordre=10)
def inviter_l_acheteur(acteur, marche) -> dict:
    return {
        "libelle": "Inviter l'acheteur",
        "principal": False,
        "url": reverse("marches:maitre_ouvrage_compte_inviter", args=[marche.maitre_ouvrage.uuid]),
    }
