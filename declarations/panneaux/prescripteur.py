"""Ce qu'un prescripteur lit d'une personne qu'il suit : ses contrats, leurs heures, jusqu'à quand elles comptent."""

from django.utils import timezone

from beneficiaires.eligibilite import examiner_personne
from beneficiaires.models import Beneficiaire
from comptes.enums import Role
from declarations.espace import avec_heures_validees
from recrutement.eligibilite import avec_fenetre, dernier_jour_valorisable
from recrutement.enums import TypeContrat
from recrutement.models import Contrat
from socle.panneaux import panneau
from socle.tables import Colonne, Genre, lignes

COLONNES = [
    Colonne("Employeur", lambda c: c.employeur.raison_sociale, principale=True),
    Colonne("Contrat", lambda c: TypeContrat(c.type_contrat).label),
    Colonne("Début", lambda c: c.debut, Genre.DATE),
    Colonne("Fin", lambda c: c.fin, Genre.DATE),
    Colonne("Heures validées", lambda c: c.heures_validees or 0, Genre.HEURES),
    Colonne("Comptent jusqu'au", lambda c: c.comptent_jusqu_au, Genre.DATE),
]


@panneau(
    "beneficiaires.beneficiaire",
    gabarit="declarations/panneau_ses_contrats.html",
    acces={Role.PRESCRIPTEUR},
    ordre=5,
)
def contrats_de_ma_personne(acteur, personne: Beneficiaire) -> dict:
    """Tous, nés d'une offre ou non : la page de la personne est déjà de la portée du prescripteur."""
    siens = Contrat.objects.actifs().filter(beneficiaire=personne).avec_contexte()
    contrats = list(avec_fenetre(avec_heures_validees(siens)).order_by("-debut", "pk"))
    for contrat in contrats:
        contrat.comptent_jusqu_au = dernier_jour_valorisable(contrat, contrat)
    examen = examiner_personne(personne, timezone.localdate())
    return {"colonnes": COLONNES, "lignes": lignes(contrats, COLONNES), "examen": examen}
