"""L'espace d'une entreprise, calculé sur des lignes déjà lues : ce qui l'attend, du plus pressé au reste ; l'état de ses mois."""

import datetime
from collections.abc import Iterable

from django.db.models import Q, Sum
from django.urls import reverse

from recrutement.models import Contrat, Offre
from recrutement.querysets import ContratQuerySet
from socle.composants import CaseMois, Geste, LigneAFaire
from socle.nombres import mois_annee
from socle.templatetags.composants import jour as en_court
from suivi.enums import StatutDeclaration
from suivi.models import Declaration

ORDRE_DES_TONS = ("retard", "attention", "info")
FIN_PROCHE = datetime.timedelta(days=30)
A_DECLARER = {
    StatutDeclaration.ATTENDUE: ("À déclarer", "attention"),
    StatutDeclaration.COMMENCEE: ("Brouillon à envoyer", "attention"),
    StatutDeclaration.RENDUE: ("À corriger", "retard"),
}


def ce_qui_attend(
    declarations: Iterable[Declaration],
    offres: Iterable[Offre],
    contrats: Iterable[Contrat],
    le: datetime.date,
) -> list[LigneAFaire]:
    """Une ligne par chose à faire, la plus pressée d'abord, chacune avec son bouton."""
    datees = [*_mois_a_declarer(declarations, le)]
    for offre in offres:
        datees += _de_l_offre(offre, le)
    datees += [_contrat_bientot_fini(c) for c in contrats if c.fin is not None and le <= c.fin <= le + FIN_PROCHE]
    datees.sort(key=lambda datee: (ORDRE_DES_TONS.index(datee[1].ton), datee[0], datee[1].objet))
    return [ligne for _, ligne in datees]


def _mois_a_declarer(declarations: Iterable[Declaration], le: datetime.date):
    for declaration in declarations:
        if declaration.statut not in StatutDeclaration.chez_l_entreprise():
            continue
        quoi, ton = A_DECLARER[StatutDeclaration(declaration.statut)]
        if declaration.statut != StatutDeclaration.RENDUE and declaration.est_en_retard(le):
            quoi, ton = "En retard", "retard"
        marche = declaration.engagement.lot.marche
        adresse = reverse("suivi:declarer", args=[declaration.uuid])
        aucune = reverse("suivi:aucune_heure", args=[declaration.uuid])
        objet = f"{mois_annee(declaration.mois).capitalize()}, marché {marche.reference}, lot {declaration.engagement.lot.numero}"
        depuis = f"avant le {en_court(declaration.echeance)}" if declaration.echeance else ""
        gestes = (Geste("Déclarer", adresse), Geste("Aucune heure", aucune, poste=True))
        yield declaration.echeance or declaration.mois, LigneAFaire(ton, quoi, objet, adresse, depuis, gestes)


def _de_l_offre(offre: Offre, le: datetime.date):
    adresse = reverse("recrutement:reponse", args=[offre.uuid])
    objet = f"{offre.intitule}, marché {offre.engagement.lot.marche.reference}"
    if offre.a_examiner:
        pluriel = "s" if offre.a_examiner > 1 else ""
        ton = "retard" if offre.debut < le else "attention"
        depuis = f"{offre.a_examiner} candidature{pluriel}, début le {en_court(offre.debut)}"
        yield offre.debut, LigneAFaire(ton, "À examiner", objet, adresse, depuis, (Geste("Répondre", adresse),))
    if offre.a_embaucher:
        pluriel = "s" if offre.a_embaucher > 1 else ""
        depuis = f"{offre.a_embaucher} personne{pluriel} retenue{pluriel}, à établir avec votre facilitateur"
        yield offre.debut, LigneAFaire("info", "Contrat à signer", objet, adresse, depuis, (Geste("Voir", adresse),))
    if offre.est_un_besoin and offre.manques:
        modifier = reverse("recrutement:besoin_modifier", args=[offre.uuid])
        depuis = f"il manque {', '.join(offre.manques)}"
        yield offre.debut, LigneAFaire("info", "À compléter", objet, adresse, depuis, (Geste("Compléter", modifier),))


def _contrat_bientot_fini(contrat: Contrat):
    engagement = reverse("marches:mon_engagement", args=[contrat.engagement.uuid])
    ligne = LigneAFaire(
        "info",
        "Fin de contrat proche",
        contrat.beneficiaire.nom_complet,
        depuis=f"le {en_court(contrat.fin)} : prolonger, ou prévenir votre facilitateur",
        gestes=(Geste("Qui appeler", f"{engagement}#lancement"),),
    )
    return contrat.fin, ligne


def cases_de_l_entreprise(declarations: Iterable[Declaration]) -> list[CaseMois]:
    """Une case par mois ; le moins avancé de ses marchés en dit l'état. `total` est la somme des lignes de chacun."""
    ordre = list(StatutDeclaration)
    par_mois: dict[datetime.date, list[Declaration]] = {}
    for declaration in sorted(declarations, key=lambda d: (d.mois, d.pk)):
        par_mois.setdefault(declaration.mois, []).append(declaration)
    cases = []
    for mois, du_mois in par_mois.items():
        pire = min(du_mois, key=lambda d: ordre.index(StatutDeclaration(d.statut)))
        statut = StatutDeclaration(pire.statut)
        lien = "" if statut == StatutDeclaration.VALIDEE else reverse("suivi:declarer", args=[pire.uuid])
        totaux = [d.total for d in du_mois if d.total is not None]
        cases.append(CaseMois(mois, statut.label, statut.ton, sum(totaux) if totaux else None, lien))
    return cases


def avec_heures_validees(contrats: ContratQuerySet) -> ContratQuerySet:
    """Ajoute `heures_validees`, celles qui comptent."""
    validees = Q(lignes_heures__declaration__statut=StatutDeclaration.VALIDEE)
    return contrats.annotate(heures_validees=Sum("lignes_heures__heures", filter=validees))
