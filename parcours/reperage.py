"""Les publics à retrouver : les habitants de quartiers prioritaires, éligibles, dont on n'a plus de nouvelles."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, F, Max, OuterRef, Q, Subquery

from beneficiaires.enums import Sexe, StatutQuartier
from beneficiaires.models import Beneficiaire, Critere, NoteParcours, RattachementQuartier
from beneficiaires.querysets import vrai_le
from parcours.models import PointSuivi
from recrutement.models import Candidature, Contrat
from socle.periodes import ajouter_mois
from territoires.enums import millesime_en_vigueur
from territoires.models import QuartierPrioritaire

AGE_JEUNE, AGE_SENIOR = 26, 50


def habitants_de_quartiers(structure, le: datetime.date):
    """Les personnes suivies dont le domicile d'aujourd'hui est en quartier prioritaire ; `quartier` est sa clé."""
    rattachements = RattachementQuartier.objects.filter(
        vrai_le(le, "domicile__"),
        domicile__beneficiaire=OuterRef("pk"),
        millesime=millesime_en_vigueur(le),
        statut=StatutQuartier.OUI,
    )
    criteres = Critere.objects.filter(beneficiaire=OuterRef("pk")).valides_le(le)
    return (
        Beneficiaire.objects.filter(structure=structure)
        .actifs()
        .annotate(
            quartier=Subquery(rattachements.order_by("-pk").values("quartier")[:1]), est_eligible=Exists(criteres)
        )
        .filter(quartier__isnull=False)
    )


def sans_nouvelles(personnes, depuis: datetime.date):
    """Celles pour qui rien ne s'est passé depuis cette date : ni contrat, ni candidature, ni note, ni situation connue."""
    contrats = Contrat.objects.actifs().filter(beneficiaire=OuterRef("pk"))
    encore = Q(fin_reelle__gte=depuis) | Q(fin_reelle__isnull=True, fin_prevue__gte=depuis)
    sans_terme = Q(fin_reelle__isnull=True, fin_prevue__isnull=True)
    return (
        personnes.filter(cree_le__date__lt=depuis)
        .exclude(Exists(contrats.filter(encore | sans_terme)))
        .exclude(Exists(Candidature.objects.filter(beneficiaire=OuterRef("pk"), modifie_le__date__gte=depuis)))
        .exclude(Exists(NoteParcours.objects.filter(beneficiaire=OuterRef("pk"), jour__gte=depuis)))
        .exclude(Exists(PointSuivi.objects.filter(contrat__beneficiaire=OuterRef("pk"), repondu_le__date__gte=depuis)))
    )


@dataclass
class LigneQuartier:
    """Les personnes d'un quartier : connues, éligibles, embauchées dans l'année, et leur part de femmes et d'âges."""

    quartier: QuartierPrioritaire
    connues: int = 0
    eligibles: int = 0
    embauchees: int = 0
    femmes: int = 0
    jeunes: int = 0
    seniors: int = 0


def par_quartier(structure, le: datetime.date) -> list[LigneQuartier]:
    """Une ligne par quartier du territoire, même vide : c'est là qu'on ne connaît personne qu'il faut aller."""
    quartiers = QuartierPrioritaire.objects.du_territoire_de(structure).en_service()
    lignes = {q.pk: LigneQuartier(q) for q in quartiers.du_millesime(millesime_en_vigueur(le)).order_by("nom", "pk")}
    annee = datetime.date(le.year, 1, 1)
    embauches = Contrat.objects.actifs().filter(beneficiaire=OuterRef("pk"), debut__gte=annee, debut__lte=le)
    lus = habitants_de_quartiers(structure, le).annotate(embauchee=Exists(embauches))
    jeune, senior = ajouter_mois(le, -12 * AGE_JEUNE), ajouter_mois(le, -12 * AGE_SENIOR)
    for quartier, eligible, embauchee, sexe, naissance in lus.values_list(
        "quartier", "est_eligible", "embauchee", "sexe", "date_naissance"
    ).order_by():
        if (ligne := lignes.get(quartier)) is None:
            continue
        ligne.connues += 1
        ligne.eligibles += eligible
        ligne.embauchees += embauchee
        ligne.femmes += sexe == Sexe.FEMME
        ligne.jeunes += naissance > jeune
        ligne.seniors += naissance <= senior
    return list(lignes.values())


def avec_dernier_contrat(personnes):
    return personnes.annotate(
        dernier_contrat=Subquery(
            Contrat.objects.actifs()
            .filter(beneficiaire=OuterRef("pk"))
            .order_by()
            .values("beneficiaire")
            .annotate(derniere_fin=Max("fin_prevue"))
            .values("derniere_fin")
        ),
        nom_quartier=Subquery(QuartierPrioritaire.objects.filter(pk=OuterRef("quartier")).values("nom")[:1]),
        nom_prescripteur=F("prescripteur__nom"),
    )
