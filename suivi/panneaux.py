"""Ce que le suivi ajoute aux fiches des étages du dessous : les mois."""

from django.db.models import Sum
from django.urls import reverse

from comptes.enums import FACILITATEURS
from marches.models import Engagement, Marche
from socle.composants import CaseMois
from socle.panneaux import panneau
from suivi.enums import StatutDeclaration
from suivi.models import Declaration, LigneHeures


def cases(declarations) -> list[CaseMois]:
    """Une case par mois déclaré ; sur un marché, les engagements d'un même mois se rejoignent."""
    par_mois: dict = {}
    for declaration in declarations.order_by("mois", "pk").annotate(total=Sum("lignes__heures")):
        par_mois.setdefault(declaration.mois, []).append(declaration)
    return [_case(mois, du_mois) for mois, du_mois in par_mois.items()]


def _case(mois, declarations) -> CaseMois:
    valide = all(declaration.est_validee for declaration in declarations)
    statut = StatutDeclaration.VALIDEE if valide else StatutDeclaration.BROUILLON
    seule = declarations[0] if len(declarations) == 1 else None
    return CaseMois(
        mois=mois,
        libelle=statut.label,
        ton=statut.ton,
        valeur=sum((declaration.total or 0) for declaration in declarations),
        lien=seule.get_absolute_url() if seule else "",
    )


@panneau("marches.marche", gabarit="suivi/panneau_mois.html", acces=FACILITATEURS, ordre=20)
def mois_du_marche(acteur, marche: Marche) -> dict:
    declarations = Declaration.objects.visibles_par(acteur).filter(engagement__lot__marche=marche)
    return {"cases": cases(declarations.select_related("engagement")), "saisir": ""}


@panneau("marches.engagement", gabarit="suivi/panneau_mois.html", acces=FACILITATEURS, ordre=20)
def mois_de_l_engagement(acteur, engagement: Engagement) -> dict:
    declarations = Declaration.objects.visibles_par(acteur).filter(engagement=engagement)
    saisir = reverse("suivi:choix_mois", args=[engagement.uuid]) if acteur.peut_ecrire else ""
    return {"cases": cases(declarations.select_related("engagement")), "saisir": saisir}


@panneau("recrutement.contrat", gabarit="suivi/panneau_heures.html", acces=FACILITATEURS, ordre=20)
def heures_du_contrat(acteur, contrat) -> dict:
    lignes = list(LigneHeures.objects.filter(contrat=contrat).select_related("declaration").order_by("mois"))
    for ligne in lignes:
        ligne.etat = StatutDeclaration(ligne.declaration.statut)
    return {"lignes": lignes, "total": sum(ligne.heures for ligne in lignes)}
