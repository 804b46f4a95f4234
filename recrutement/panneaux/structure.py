"""Ce que le recrutement ajoute aux fiches des étages du dessous."""

from urllib.parse import urlencode

from django.urls import reverse

from beneficiaires.models import Beneficiaire
from comptes.enums import FACILITATEURS, Role
from entreprises.models import Entreprise
from marches.models import ConventionGlobalisation, Engagement, Marche
from recrutement.enums import Modalite, StatutCandidature, StatutOffre, TypeContrat
from recrutement.models import Candidature, Contrat, Offre
from recrutement.rapprochement import offres_pour
from socle.panneaux import UN_GESTE, panneau
from socle.tables import Colonne, Genre, lignes

PERSONNE = Colonne(
    "Personne", lambda c: c.beneficiaire.initiales, lien=lambda c: c.beneficiaire.get_absolute_url(), principale=True
)
CONTRAT = Colonne("Contrat", lambda c: c.identifiant, lien=lambda c: c.get_absolute_url())
EMPLOYEUR = Colonne("Employeur", lambda c: c.employeur.raison_sociale)
MODALITE = Colonne("Modalité", lambda c: Modalite(c.modalite).label)
TYPE = Colonne("Type", lambda c: TypeContrat(c.type_contrat).label)
DEBUT = Colonne("Début", lambda c: c.debut, Genre.DATE)
FIN = Colonne("Fin", lambda c: c.fin, Genre.DATE)
MARCHE = Colonne("Marché", lambda c: c.engagement.lot.marche.reference, lien=lambda c: c.engagement.get_absolute_url())


MONTRES = 25  # une fiche n'est pas une liste : au-delà, elle y renvoie


def _contrats(acteur, colonnes, *, recherche: str = "", **filtres) -> dict:
    """Les derniers contrats ; `recherche` est ce qu'il faut chercher dans la liste des contrats pour les avoir tous."""
    contrats = list(Contrat.objects.visibles_par(acteur).actifs().filter(**filtres).avec_contexte()[: MONTRES + 1])
    suite = urlencode({"recherche": recherche}) if len(contrats) > MONTRES else ""
    return {"colonnes": colonnes, "lignes": lignes(contrats[:MONTRES], colonnes), "suite": suite}


@panneau("marches.marche", gabarit="recrutement/panneau_contrats.html", acces=FACILITATEURS, ordre=10)
def personnes_du_marche(acteur, marche: Marche) -> dict:
    colonnes = [PERSONNE, CONTRAT, EMPLOYEUR, MODALITE, DEBUT, FIN]
    return {
        **_contrats(acteur, colonnes, engagement__lot__marche=marche, recherche=marche.reference),
        "titre": "Personnes",
        "nouveau": "",
    }


@panneau("marches.engagement", gabarit="recrutement/panneau_contrats.html", acces=FACILITATEURS, ordre=10)
def personnes_de_l_engagement(acteur, engagement: Engagement) -> dict:
    colonnes = [PERSONNE, CONTRAT, EMPLOYEUR, MODALITE, DEBUT, FIN]
    reference = engagement.lot.marche.reference
    return {
        **_contrats(acteur, colonnes, engagement=engagement, recherche=reference),
        "titre": "Personnes",
        "nouveau": "",
    }


@panneau("marches.conventionglobalisation", gabarit="recrutement/panneau_contrats.html", acces=FACILITATEURS, ordre=10)
def contrats_de_la_convention(acteur, convention: ConventionGlobalisation) -> dict:
    colonnes = [PERSONNE, CONTRAT, EMPLOYEUR, MARCHE, DEBUT, FIN]
    return {**_contrats(acteur, colonnes, convention=convention), "titre": "Contrats à ce titre", "nouveau": ""}


OFFRE = Colonne("Poste", lambda o: o.intitule, lien=lambda o: o.get_absolute_url(), principale=True)
STATUT_OFFRE = Colonne("Statut", lambda o: StatutOffre(o.statut), Genre.STATUT)
COLONNES_OFFRES = [
    OFFRE,
    STATUT_OFFRE,
    Colonne("Début", lambda o: o.debut, Genre.DATE),
    Colonne("Postes", lambda o: o.postes, Genre.NOMBRE),
    Colonne("Retenues", lambda o: o.retenues, Genre.NOMBRE),
]


@panneau("marches.engagement", gabarit="recrutement/panneau_offres.html", acces=FACILITATEURS, ordre=5)
def offres_de_l_engagement(acteur, engagement: Engagement) -> dict:
    offres = list(Offre.objects.visibles_par(acteur).filter(engagement=engagement).avec_comptes()[:MONTRES])
    nouvelle = reverse("recrutement:offre_nouvelle", args=[engagement.uuid]) if acteur.peut_ecrire else ""
    return {"colonnes": COLONNES_OFFRES, "lignes": lignes(offres, COLONNES_OFFRES), "nouvelle": nouvelle}


@panneau("entreprises.entreprise", gabarit="recrutement/panneau_contrats.html", acces=FACILITATEURS, ordre=20)
def contrats_de_l_employeur(acteur, entreprise: Entreprise) -> dict:
    colonnes = [PERSONNE, CONTRAT, MARCHE, MODALITE, DEBUT, FIN]
    return {
        **_contrats(acteur, colonnes, employeur=entreprise, recherche=entreprise.raison_sociale),
        "titre": "Personnes employées",
        "nouveau": "",
    }


@panneau("marches.marche", gabarit="recrutement/panneau_effectif.html", acces={Role.MAITRE_OUVRAGE}, ordre=10)
def effectif_du_marche(acteur, marche: Marche) -> dict:
    """Un maître d'ouvrage voit des personnes leur nombre, jamais qui elles sont."""
    contrats = Contrat.objects.actifs().filter(engagement__lot__marche=marche)
    return {"personnes": contrats.order_by().values("beneficiaire").distinct().count()}


@panneau("marches.engagement.gestes", gabarit=UN_GESTE, acces=FACILITATEURS, ordre=15)
def embaucher_sur_l_engagement(acteur, engagement: Engagement) -> dict:
    return {"libelle": "Embaucher", "url": reverse("recrutement:embaucher", args=[engagement.uuid])}


@panneau("beneficiaires.beneficiaire.gestes", gabarit=UN_GESTE, acces=FACILITATEURS, ordre=10)
def contrat_de_la_personne(acteur, personne: Beneficiaire) -> dict:
    return {"libelle": "Nouveau contrat", "url": reverse("recrutement:contrat_nouveau", args=[personne.uuid])}


@panneau("beneficiaires.doublon", gabarit=UN_GESTE, acces={Role.PRESCRIPTEUR}, ordre=10)
def page_du_prescripteur(acteur, personne: Beneficiaire) -> dict:
    return {"libelle": "Ouvrir", "url": reverse("recrutement:ma_personne", args=[personne.uuid])}


@panneau("beneficiaires.beneficiaire", gabarit="recrutement/panneau_contrats.html", acces=FACILITATEURS, ordre=10)
def contrats_de_la_personne(acteur, personne: Beneficiaire) -> dict:
    colonnes = [
        Colonne("Contrat", lambda c: c.identifiant, lien=lambda c: c.get_absolute_url(), principale=True),
        MARCHE,
        EMPLOYEUR,
        TYPE,
        DEBUT,
        FIN,
    ]
    ouvert = acteur.peut_ecrire and not personne.est_archive
    return {
        **_contrats(acteur, colonnes, beneficiaire=personne),
        "titre": "Contrats",
        "nouveau": personne.uuid if ouvert else "",
    }


COLONNES_CANDIDATURES = [
    Colonne("Poste", lambda c: c.offre.intitule, lien=lambda c: c.offre.get_absolute_url(), principale=True),
    Colonne("Entreprise", lambda c: c.offre.engagement.entreprise.raison_sociale),
    Colonne("Où elle en est", lambda c: StatutCandidature(c.statut), Genre.STATUT),
    Colonne("Proposée par", lambda c: c.proposee_par.nom if c.proposee_par else None),
]


@panneau("beneficiaires.parcours", gabarit="recrutement/panneau_candidatures.html", acces=FACILITATEURS, ordre=10)
def candidatures_de_la_personne(acteur, personne: Beneficiaire) -> dict:
    """Ce qu'on lui a proposé, puis les offres ouvertes qui lui correspondent, classées avec leurs raisons."""
    candidatures = Candidature.objects.visibles_par(acteur).filter(beneficiaire=personne).avec_contexte()
    ouvertes = [] if personne.est_archive else offres_pour(personne, Offre.objects.visibles_par(acteur))
    return {
        "colonnes": COLONNES_CANDIDATURES,
        "lignes": lignes(candidatures.order_by("-cree_le", "pk"), COLONNES_CANDIDATURES),
        "offres": ouvertes[:MONTRES],
    }
