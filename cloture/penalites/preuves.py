"""Les preuves d'une pénalité, en JSON : figées à la proposition, lues telles quelles par la page, la lettre et le classeur."""

from cloture.constat import Constat
from declarations.enums import IssueRelance
from declarations.models import Relance
from marches.etude import reglages_de
from marches.models import Engagement


def les_parties(engagement: Engagement) -> dict:
    """Qui écrit, pour qui, à qui, à propos de quoi : une lettre ne change pas quand une adresse change."""
    marche = engagement.lot.marche
    reglages = reglages_de(marche.structure)
    facilitateur = marche.facilitateur.get_full_name() if marche.facilitateur else ""
    return {
        "structure": marche.structure.nom,
        "contact": reglages.contact or facilitateur,
        "adresse": reglages.adresse,
        "telephone": reglages.telephone,
        "courriel": reglages.courriel or (marche.facilitateur.email if marche.facilitateur else ""),
        "maitre_ouvrage": marche.maitre_ouvrage.nom,
        "entreprise": engagement.entreprise.raison_sociale,
        "siret": engagement.entreprise.siret,
        "reference": marche.reference,
        "objet": marche.objet,
        "lot": f"{engagement.lot.numero} · {engagement.lot.intitule}",
        "role": engagement.get_role_display(),
    }


def les_heures(constat: Constat) -> dict:
    """Ce qui est dû et d'où cela vient, ce qui est validé, ce qui est neutralisé."""
    engagement = constat.engagement
    valeurs = {
        "initiales": engagement.heures_initiales,
        "avenants": engagement.heures_avenants,
        "tranches": engagement.heures_tranches,
        "commandes": engagement.heures_commandes,
        "dues": engagement.heures_dues,
        "validees": engagement.heures_realisees,
        "neutralisees": constat.neutralisees,
        "manquantes": constat.manquantes,
        "retenues": constat.retenues,
    }
    return {cle: str(valeur) for cle, valeur in valeurs.items()}


def les_carences(constat: Constat) -> list[dict]:
    return [
        {
            "le": carence.constatee_le.isoformat(),
            "offre": carence.offre.intitule if carence.offre else "",
            "postes": carence.postes,
            "motif": carence.motif,
            "heures": str(carence.heures_neutralisees),
            "motif_heures": carence.motif_heures,
        }
        for carence in constat.carences
    ]


def figer(constat: Constat, genre: str) -> dict:
    """Tout ce sur quoi la proposition s'appuie, à cette date."""
    calcul, marche = constat.calcul(genre), constat.marche
    return {
        "constate_le": constat.le.isoformat(),
        "parties": les_parties(constat.engagement),
        "heures": les_heures(constat),
        "retards": [
            {
                "echeance": retard.echeance.isoformat(),
                "mois": [mois.isoformat() for mois in retard.mois],
                "recu_le": retard.recu_le.isoformat() if retard.recu_le else "",
                "depart": retard.depart.isoformat() if retard.depart else "",
                "jours": retard.jours,
            }
            for retard in constat.retards
        ],
        "prealable": marche.mise_en_demeure_prealable,
        "mises_en_demeure": [{"le": mise.le.isoformat(), "objet": mise.objet} for mise in constat.mises_en_demeure],
        "relances": _les_relances(constat),
        "carences": les_carences(constat),
        "bareme": {"par_heure": _texte(marche.penalite_par_heure), "par_jour": _texte(marche.penalite_par_jour)},
        "calcul": [{"libelle": libelle, "valeur": valeur} for libelle, valeur in calcul.lignes],
        "montant": str(calcul.montant),
    }


def _les_relances(constat: Constat) -> list[dict]:
    """Les rappels partis, un par jour et par palier : l'entreprise en a reçu un seul pour tous ses mois."""
    relances = Relance.objects.filter(declaration__engagement=constat.engagement).exclude(issue=IssueRelance.REMPLACEE)
    par_rappel: dict[tuple, list[str]] = {}
    for relance in relances.select_related("declaration").order_by("jour", "rang", "declaration__mois", "pk"):
        cle = (relance.jour.isoformat(), relance.get_palier_display(), relance.get_issue_display())
        par_rappel.setdefault(cle, []).append(relance.declaration.mois.isoformat())
    return [
        {"le": jour, "palier": palier, "issue": issue, "mois": mois}
        for (jour, palier, issue), mois in par_rappel.items()
    ]


def _texte(valeur) -> str:
    return "" if valeur is None else str(valeur)
