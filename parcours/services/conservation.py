"""La fin de conservation des dossiers : prévenir la structure trente jours avant, puis anonymiser.

Le terme court du dernier contact : le dernier fait daté où la personne et nous nous sommes rencontrés (fin de contrat, mois
d'heures, note, candidature, nouvelle ou avis donné, pièce vue). Le jour où la ligne est entrée dans la base n'en est pas un : un
dossier repris d'un vieux classeur n'est pas gardé deux ans de plus. Il ne compte qu'à défaut de tout autre, pour un dossier
tout neuf.
"""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import DateField, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire, Critere, NoteParcours
from beneficiaires.services import anonymiser_dossier
from comptes.acteur import Acteur
from comptes.destinataires import membres_joignables
from comptes.enums import Role, TypeOrganisation
from comptes.models import Organisation
from declarations.enums import StatutAnnonce
from declarations.models import Justificatif, LigneHeures, PersonneAnnoncee
from parcours.enums import PublicInterroge
from parcours.models import PointSuivi, Questionnaire
from parcours.services.points import reglages_de
from recrutement.models import Candidature, Contrat, MotifSansCritere
from socle.conservation import reduire
from socle.periodes import ajouter_mois, dernier_jour
from socle.services.courriels import ecrire_a_chacun
from socle.services.lots import pour_chacun, travail

PREAVIS = REPENTIR = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Echeance:
    """Le dernier contact d'un dossier, le jour où l'on prévient et celui où il est anonymisé."""

    dossier: int
    dernier_contact: datetime.date
    annonce_le: datetime.date
    terme: datetime.date


def echeances(structure: Organisation) -> list[Echeance]:
    """Celles de tous les dossiers reconnaissables d'une structure, en une requête."""
    mois = reglages_de(structure).conservation_mois
    dossiers = Beneficiaire.objects.filter(structure=structure, anonymise_le__isnull=True).order_by("pk")
    lus = dossiers.annotate(**_contacts()).values_list("pk", "cree_le", *_contacts())
    return [
        _echeance(pk, dict(zip(_contacts(), faits, strict=True)), cree, mois) for pk, cree, *faits in lus.iterator()
    ]


def _echeance(pk: int, contacts: dict, cree: datetime.datetime, mois: int) -> Echeance:
    if heures := contacts["derniere_heure"]:
        contacts["derniere_heure"] = dernier_jour(heures)  # faites dans le mois, on ne sait quel jour
    lus = (contact for contact in contacts.values() if contact is not None)
    jours = [timezone.localdate(c) if isinstance(c, datetime.datetime) else c for c in lus]
    dernier = max(jours, default=timezone.localdate(cree))
    terme = ajouter_mois(dernier, mois)
    return Echeance(pk, dernier, terme - PREAVIS, terme)


def _contacts() -> dict[str, Subquery]:
    def dernier(objets, vers: str, champ) -> Subquery:
        siens = objets.filter(**{vers: OuterRef("pk")}).order_by().values(vers)
        return Subquery(siens.annotate(dernier=Max(champ)).values("dernier"))

    fin = Coalesce("fin_reelle", "fin_prevue", "debut", output_field=DateField())
    return {
        "dernier_contrat": dernier(Contrat.objects.all(), "beneficiaire", fin),
        "derniere_heure": dernier(LigneHeures.objects.filter(heures__gt=0), "contrat__beneficiaire", "mois"),
        "derniere_note": dernier(NoteParcours.objects.all(), "beneficiaire", "jour"),
        "derniere_candidature": dernier(Candidature.objects.all(), "beneficiaire", "cree_le"),
        "derniere_nouvelle": dernier(PointSuivi.objects.all(), "contrat__beneficiaire", "repondu_le"),
        "dernier_avis": dernier(
            Questionnaire.objects.filter(public=PublicInterroge.BENEFICIAIRE), "contrat__beneficiaire", "repondu_le"
        ),
        "derniere_piece": dernier(Critere.objects.all(), "beneficiaire", "piece_vue_le"),
    }


@travail("Conservation des dossiers")
def conserver_chaque_structure(le: datetime.date | None = None) -> int:
    """Applique la conservation dans chaque structure, puis efface ce qui était joint à ses déclarations."""
    structures = Organisation.objects.filter(type=TypeOrganisation.FACILITATRICE).order_by("pk")
    dossiers = sum(pour_chacun(structures, lambda structure: sum(appliquer_la_conservation(structure, le))))
    return dossiers + sum(pour_chacun(structures, lambda structure: effacer_ce_qui_etait_joint(structure, le)))


def appliquer_la_conservation(structure: Organisation, le: datetime.date | None = None) -> tuple[int, int]:
    """Annonce les dossiers qui arrivent au terme, anonymise ceux qui y sont et ont été annoncés. Rend (annoncés, anonymisés)."""
    le = le or timezone.localdate()
    dues = [echeance for echeance in echeances(structure) if echeance.annonce_le <= le]
    annonces = _annoncer(structure, [e.dossier for e in dues], le)
    au_terme = Beneficiaire.objects.filter(
        pk__in=[e.dossier for e in dues if e.terme <= le], fin_annoncee_le__lte=le - PREAVIS
    )
    return annonces, sum(pour_chacun(au_terme, lambda personne: _anonymiser(structure, personne)))


@transaction.atomic
def _annoncer(structure: Organisation, dossiers: list[int], le: datetime.date) -> int:
    """Un seul courriel par jour à chaque responsable ; un dossier n'est annoncé qu'une fois, tant que rien ne s'y passe."""
    nouveaux = Beneficiaire.objects.filter(pk__in=dossiers, fin_annoncee_le__isnull=True)
    nombre = nouveaux.update(fin_annoncee_le=le)
    if nombre:
        ecrire_a_chacun(
            membres_joignables(structure.pk, roles=[Role.RESPONSABLE]),
            gabarit="courriels/fin_de_conservation",
            structure=structure,
            contexte={
                "nombre": nombre,
                "terme": le + PREAVIS,
                "lien": settings.SITE_URL + reverse("beneficiaires:liste") + "?conservation=oui",
            },
            cle=f"conservation-{structure.uuid}-{le.isoformat()}",
        )
    # Un contact depuis l'annonce a repoussé le terme : elle ne vaut plus.
    repousses = Beneficiaire.objects.filter(structure=structure, fin_annoncee_le__isnull=False, anonymise_le=None)
    repousses.exclude(pk__in=dossiers).update(fin_annoncee_le=None)
    return nombre


@transaction.atomic
def _anonymiser(structure: Organisation, personne: Beneficiaire) -> bool:
    if not anonymiser_dossier(acteur=Acteur.systeme(structure), beneficiaire=personne):
        return False
    for candidature in Candidature.objects.filter(beneficiaire=personne):
        reduire(candidature)
    for sans_critere in MotifSansCritere.objects.filter(contrat__beneficiaire=personne):
        reduire(sans_critere)
    for point in PointSuivi.objects.filter(contrat__beneficiaire=personne):
        reduire(point)
    for questionnaire in Questionnaire.objects.filter(contrat__beneficiaire=personne).prefetch_related("reponses"):
        for reponse in questionnaire.reponses.all():
            reduire(reponse)
        reduire(questionnaire)
    personne.demandes_nouvelles.all().delete()
    return True


def effacer_ce_qui_etait_joint(structure: Organisation, le: datetime.date | None = None) -> int:
    """Efface le nom d'une personne annoncée trente jours après son traitement ou son retrait, et les fichiers d'une
    déclaration retirés depuis trente jours ou arrivés au terme de la conservation. Rend le nombre de lignes réduites.
    """
    le = le or timezone.localdate()
    de_la_structure = Q(declaration__engagement__lot__marche__structure=structure)
    classees = PersonneAnnoncee.objects.filter(de_la_structure, modifie_le__date__lte=le - REPENTIR).exclude(nom="")
    au_terme = Q(declaration__mois__lt=ajouter_mois(le, -reglages_de(structure).conservation_mois))
    fichiers = Justificatif.objects.filter(de_la_structure).exclude(fichier="")
    perimes = fichiers.filter(au_terme | Q(retire_le__date__lte=le - REPENTIR))
    joints: list[PersonneAnnoncee | Justificatif] = [*classees.exclude(statut=StatutAnnonce.A_TRAITER), *perimes]
    return sum(pour_chacun(joints, _reduire))


def _reduire(joint: PersonneAnnoncee | Justificatif) -> int:
    if isinstance(joint, Justificatif):
        joint.fichier.delete(save=False)
        joint.retire_le = joint.retire_le or timezone.now()
    reduire(joint)
    return 1
