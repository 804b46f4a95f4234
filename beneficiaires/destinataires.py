"""À qui l'on écrit d'une personne : son référent, s'il reçoit encore ; sinon les membres de l'organisation qui l'a orientée."""

from beneficiaires.models import Beneficiaire
from comptes.destinataires import membres_joignables
from socle.avis import Destinataire
from socle.services.rebonds import adresses_en_erreur

LE_PRESCRIPTEUR = "le prescripteur"


def referents_joignables(personne: Beneficiaire) -> list[Destinataire]:
    adresse = personne.referent_courriel
    if adresse and not adresses_en_erreur([adresse]):
        return [Destinataire(personne.referent, adresse, cle=adresse)]
    return membres_joignables(personne.prescripteur_id)
