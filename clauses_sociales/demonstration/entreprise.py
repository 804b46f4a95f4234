"""L'espace de l'entreprise de démonstration : deux besoins, l'un à relire, l'autre pris en main, et les aides de la structure."""

from django.utils import timezone

from comptes.acteur import Acteur
from comptes.enums import Role
from comptes.models import Utilisateur
from marches.models import Engagement
from metiers.models import Metier
from recrutement import services
from recrutement.models import AideEmbauche
from socle.periodes import ajouter_mois
from territoires.models import Commune

SANS_MONTANT = ("Immersion professionnelle", "Préparation opérationnelle à l'emploi")
# (intitulé, code ROME, postes, exigences, lieu connu, pris en main)
BESOINS = (
    ("Aide-maçon", "F1703", 2, "", False, False),
    ("Manœuvre de chantier", "F1704", 1, "Travail en hauteur, casque fourni.", True, True),
)


def animer_l_entreprise(acteur: Acteur) -> None:
    """Les aides proposées, dont deux se lisent sans montant ; puis ce que l'entreprise cherche sur son dernier marché ouvert."""
    services.installer_aides_proposees(acteur=acteur)
    for intitule in SANS_MONTANT:
        aide = AideEmbauche.objects.visibles_par(acteur).get(intitule=intitule)
        services.modifier_aide(acteur=acteur, aide=aide, date_source=timezone.localdate())
    compte = Utilisateur.objects.get(email="entreprise@demo.example")
    entreprise = Acteur(compte, compte.adhesions.get().organisation, Role.ENTREPRISE)
    ouverts = Engagement.objects.visibles_par(entreprise).ouverts_aux_contrats().avec_contexte()
    engagement = ouverts.order_by("-lot__marche__debut", "pk").first()
    if engagement is None:
        return
    debut = ajouter_mois(timezone.localdate().replace(day=1), 2)
    for intitule, code, postes, exigences, lieu, pris in BESOINS:
        besoin = services.exprimer_besoin(
            acteur=entreprise,
            engagement=engagement,
            intitule=intitule,
            metier=Metier.objects.get(code=code),
            postes=postes,
            debut=debut,
            fin=ajouter_mois(debut, 6),
            exigences=exigences,
            commune=Commune.objects.get(code_insee="50129") if lieu else None,
        )
        if pris:
            services.prendre_besoin(acteur=acteur, offre=besoin)
