"""« À faire » : ce qui attend le facilitateur aujourd'hui, lu en deux requêtes et dans le relevé déjà chargé."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from beneficiaires.enums import StatutQuartier
from beneficiaires.models import RattachementQuartier
from comptes.acteur import Acteur
from comptes.models import Organisation
from marches.avancement import heures_attendues
from marches.enums import StatutMarche, StatutProjet
from marches.models import Engagement, Jalon, Marche, Note, ProjetAchat
from recrutement.enums import StatutCandidature, StatutOffre
from recrutement.models import Candidature, Contrat
from reporting.enums import StatutBilan
from reporting.models import Bilan
from reporting.releve import Engagement as EngagementLu
from reporting.releve import Releve
from socle.composants import LigneAFaire
from socle.nombres import heures, mois_annee
from socle.periodes import ajouter_mois, premier_jour
from socle.tables import Jauge
from suivi.enums import StatutDeclaration
from suivi.models import Declaration, LigneHeures, PointSuivi
from territoires.enums import millesime_en_vigueur

MANQUANTS_MONTRES = 6
RETARDS_MONTRES = 6


@dataclass(frozen=True, slots=True)
class Comptes:
    """Ce qui se compte d'un coup : une requête, et la première année qui a des heures."""

    a_valider: int
    finis: int
    quartiers: int
    bilans: int
    etapes: int
    suites: int
    a_repondre: int
    proposees: int
    a_embaucher: int
    situations: int
    premier_mois: datetime.date | None


def compter(structure: Organisation, le: datetime.date) -> Comptes:
    def nombre(objets: QuerySet, vers: str) -> Coalesce:
        par_structure = objets.filter(**{vers: OuterRef("pk")}).order_by().values(vers)
        return Coalesce(Subquery(par_structure.annotate(n=Count("pk")).values("n")), 0)

    def _de_l_achat(objets: QuerySet):
        """Rattachés à un projet, ou à un marché qui n'a pas eu de projet : jamais comptés deux fois."""
        return nombre(objets.filter(projet__isnull=False), "projet__structure") + nombre(
            objets.filter(projet=None), "marche__structure"
        )

    lignes = LigneHeures.objects.validees().filter(contrat__structure=OuterRef("pk")).order_by()
    finis = (
        Marche.objects.actifs()
        .filter(statut=StatutMarche.EXECUTION)
        .annotate(fin_retenue=Coalesce("fin_reelle", "fin_prevue"))
    )
    quartiers = RattachementQuartier.objects.filter(
        statut=StatutQuartier.A_VERIFIER,
        millesime=millesime_en_vigueur(le),
        domicile__jusqu_a__isnull=True,
        domicile__beneficiaire__archive_le__isnull=True,
    )
    comptes = Organisation.objects.filter(pk=structure.pk).values_list(
        nombre(Declaration.objects.filter(statut=StatutDeclaration.A_VALIDER), "engagement__lot__marche__structure"),
        nombre(finis.filter(fin_retenue__lt=le), "structure"),
        nombre(quartiers, "domicile__beneficiaire__structure"),
        nombre(Bilan.objects.filter(statut=StatutBilan.BROUILLON), "structure"),
        _de_l_achat(Jalon.objects.en_retard(le)),
        _de_l_achat(Note.objects.en_retard(le)),
        nombre(ProjetAchat.objects.actifs().filter(statut=StatutProjet.REPERE, depose_par_acheteur=True), "structure"),
        nombre(
            Candidature.objects.filter(statut=StatutCandidature.PROPOSEE, offre__statut=StatutOffre.DIFFUSEE),
            "offre__structure",
        ),
        nombre(Candidature.objects.filter(statut=StatutCandidature.RETENUE, contrat__isnull=True), "offre__structure"),
        nombre(PointSuivi.objects.attendus(le).filter(contrat__archive_le__isnull=True), "contrat__structure"),
        Subquery(lignes.values("contrat__structure").annotate(m=Min("mois")).values("m")),
    )
    return Comptes(*comptes.get())


def mois_manquants(acteur: Acteur, le: datetime.date) -> tuple[datetime.date, list[Engagement]]:
    """Le dernier mois clos, et les engagements qui y avaient quelqu'un en contrat sans rien de saisi."""
    mois = ajouter_mois(premier_jour(le), -1)
    contrats = Contrat.objects.actifs().pendant_le_mois(mois).filter(engagement=OuterRef("pk"))
    saisis = Declaration.objects.filter(engagement=OuterRef("pk"), mois=mois)
    saisis = saisis.exclude(statut__in=StatutDeclaration.chez_l_entreprise())
    engagements = Engagement.objects.visibles_par(acteur).ouverts_aux_contrats().filter(Exists(contrats))
    manquants = engagements.filter(~Exists(saisis)).avec_contexte().order_by("lot__marche__reference", "pk")
    return mois, list(manquants[: MANQUANTS_MONTRES + 1])


def lignes_a_faire(acteur: Acteur, comptes: Comptes, le: datetime.date) -> list[LigneAFaire]:
    """Le plus pressé d'abord ; une ligne dit quoi, combien, et mène où cela se règle."""
    heures, marches = reverse("suivi:declarations"), reverse("marches:liste")
    personnes, bilans = reverse("beneficiaires:liste"), reverse("reporting:bilans")
    a_publier = comptes.bilans if acteur.est_responsable else 0
    quartier = "{} près d'un quartier prioritaire"
    return [
        *_compte(
            "attention",
            "À valider",
            comptes.a_valider,
            "mois d'heures saisi",
            "mois d'heures saisis",
            f"{heures}?statut=a_valider",
        ),
        *_lignes_manquantes(acteur, *mois_manquants(acteur, le)),
        *_compte(
            "retard",
            "Fin passée",
            comptes.finis,
            "marché à solder",
            "marchés à solder",
            f"{marches}?statut=execution&tri=fin_prevue",
        ),
        *_compte(
            "attention",
            "À vérifier",
            comptes.quartiers,
            quartier.format("domicile"),
            quartier.format("domiciles"),
            f"{personnes}?quartier=a_verifier",
        ),
        *_lignes_du_recrutement(comptes),
        *_lignes_des_achats(comptes),
        *_compte(
            "info", "À publier", a_publier, "bilan en brouillon", "bilans en brouillon", f"{bilans}?statut=brouillon"
        ),
    ]


def _lignes_des_achats(comptes: Comptes) -> Iterable[LigneAFaire]:
    """Ce que l'amont attend : les projets des acheteurs, les étapes et les suites en retard."""
    yield from _compte(
        "attention",
        "À étudier",
        comptes.a_repondre,
        "projet d'achat déposé par un acheteur",
        "projets d'achat déposés par des acheteurs",
        f"{reverse('marches:projets')}?statut=repere",
    )
    yield from _compte(
        "retard",
        "Échéance passée",
        comptes.etapes + comptes.suites,
        "étape ou suite d'achat",
        "étapes ou suites d'achat",
        f"{reverse('comptes:agenda')}?retards=oui",
    )


def _lignes_du_recrutement(comptes: Comptes) -> Iterable[LigneAFaire]:
    """Ce que les partenaires attendent : des propositions à examiner, des contrats à établir, des nouvelles à prendre."""
    yield from _compte(
        "attention",
        "À présélectionner",
        comptes.proposees,
        "personne proposée sur une offre",
        "personnes proposées sur des offres",
        f"{reverse('recrutement:offres')}?statut=diffusee",
    )
    yield from _compte(
        "attention",
        "À établir",
        comptes.a_embaucher,
        "contrat d'une personne retenue",
        "contrats de personnes retenues",
        f"{reverse('recrutement:offres')}?statut=pourvue",
    )
    yield from _compte(
        "info",
        "À connaître",
        comptes.situations,
        "situation après contrat",
        "situations après contrat",
        f"{reverse('suivi:points')}?statut=demande",
    )


def _compte(ton: str, quoi: str, nombre: int, singulier: str, pluriel: str, lien: str) -> Iterable[LigneAFaire]:
    if nombre:
        yield LigneAFaire(ton, quoi, f"{nombre} {singulier if nombre == 1 else pluriel}", lien)


def _lignes_manquantes(acteur: Acteur, mois: datetime.date, engagements: list[Engagement]) -> Iterable[LigneAFaire]:
    for engagement in engagements[:MANQUANTS_MONTRES]:
        objet = f"{engagement.entreprise.raison_sociale}, marché {engagement.lot.marche.reference}"
        saisie = reverse("suivi:saisie", args=[engagement.uuid, f"{mois:%Y-%m}"])
        lien = saisie if acteur.peut_ecrire else engagement.get_absolute_url()
        yield LigneAFaire("retard", "Heures attendues", objet, lien, f"pour {mois_annee(mois)}")
    if len(engagements) > MANQUANTS_MONTRES:
        lien = reverse("suivi:declarations")
        yield LigneAFaire("retard", "Heures attendues", f"d'autres engagements, pour {mois_annee(mois)}", lien)


@dataclass(frozen=True, slots=True)
class Retard:
    """Un engagement en exécution sous son rythme : de qui, sur quoi, et sa jauge."""

    entreprise: str
    marche: str
    lien: str
    jauge: Jauge
    manque: str


def plus_en_retard(releve: Releve, le: datetime.date) -> list[Retard]:
    """Les engagements les plus loin sous l'attendu à ce jour, le plus grand manque d'heures d'abord."""
    retards = []
    for engagement in releve.engagements.values():
        marche = releve.marches[engagement.marche]
        if marche.statut != StatutMarche.EXECUTION or marche.archive:
            continue
        attendues = heures_attendues(engagement.heures_dues, marche.debut, marche.fin, le)
        if engagement.heures_realisees < min(attendues, engagement.heures_dues):
            retards.append((attendues - engagement.heures_realisees, engagement, attendues))
    retards.sort(key=lambda retard: (-retard[0], retard[1].id))
    return [_retard(releve, engagement, attendues) for _, engagement, attendues in retards[:RETARDS_MONTRES]]


def _retard(releve: Releve, engagement: EngagementLu, attendues) -> Retard:
    marche = releve.marches[engagement.marche]
    return Retard(
        entreprise=releve.entreprises[engagement.entreprise].nom,
        marche=f"{marche.reference}, {marche.objet}",
        lien=reverse("marches:engagement", args=[engagement.uuid]),
        jauge=Jauge(engagement.heures_dues, engagement.heures_realisees, attendues),
        manque=heures(attendues - engagement.heures_realisees),
    )
