"""La lettre contradictoire : préparée, puis partie. Le délai pour répondre ne court que du jour où elle est vraiment partie."""

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cloture.carences.services import verifier_le_jour
from cloture.constat import reglages_de_cloture
from cloture.enums import TRANSITIONS_PENALITE, RemiseLettre, StatutPenalite
from cloture.models import Penalite
from cloture.penalites.courriels import GABARIT_LETTRE, cle_de, ecrire_a_l_entreprise
from cloture.permissions import peut_tenir_la_fin
from comptes.acteur import Acteur
from comptes.papier_a_entete import logo_du_jour
from socle.enums import EtatCourriel
from socle.models import Courriel
from socle.regles import RegleViolee
from socle.services.documents import demander_document
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.lots import pour_chacun, travail

declarer_actions(
    penalite_lettre="Lettre contradictoire préparée",
    penalite_lettre_partie="Lettre contradictoire partie",
    penalite_lettre_revenue="Lettre contradictoire revenue : le délai ne court plus",
)
GENRE_LETTRE = "lettre_contradictoire"
A_POSTER = (
    "À poster ou à remettre : la lettre en PDF est sur cette page. Datez ensuite sa remise : le délai court de là."
)


def verrouiller_penalite(*, acteur: Acteur, penalite: Penalite) -> Penalite:
    """La ligne, seule à bouger, avec ce que ses règles lisent."""
    penalites = Penalite.objects.select_related(
        "engagement__entreprise",
        "engagement__correspondant",
        "engagement__lot__marche__maitre_ouvrage",
        "engagement__lot__marche__structure",
        "engagement__lot__marche__facilitateur",
    )
    return verrouiller(penalites, acteur, penalite)


def passer_penalite(penalite: Penalite, transition: str, **valeurs) -> None:
    ecrire(penalite, {"statut": TRANSITIONS_PENALITE.appliquer(transition, penalite.statut), **valeurs})


def noter_penalite(*, acteur: Acteur, action: str, penalite: Penalite, **donnees) -> None:
    noter(acteur=acteur, action=action, objet=penalite, structure=penalite.engagement.lot.marche.structure, **donnees)


def terme_du_delai(jours: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=jours)


@transaction.atomic
def envoyer_la_lettre(*, acteur: Acteur, penalite: Penalite, repondre_avant: datetime.date | None = None) -> Penalite:
    """Prépare la lettre et l'écrit à l'entreprise. `dit_a` dit à qui ; à personne, elle est à poster ou à remettre."""
    penalite = verrouiller_penalite(acteur=acteur, penalite=penalite)
    peut_tenir_la_fin(acteur, penalite.engagement).exiger()
    aujourd_hui, marche = timezone.localdate(), penalite.engagement.lot.marche
    repondre_avant = repondre_avant or terme_du_delai(reglages_de_cloture(marche.structure).jours_pour_repondre)
    if repondre_avant <= aujourd_hui:
        raise RegleViolee("Laissez au moins un jour à l'entreprise pour répondre.", champ="repondre_avant")
    passer_penalite(penalite, "envoyer", lettre_preparee_le=aujourd_hui, repondre_avant=repondre_avant)
    penalite.lettre = demander_document(
        acteur=acteur,
        genre=GENRE_LETTRE,
        titre=f"Lettre contradictoire, marché {marche.reference}",
        nom_fichier=f"contradictoire-{marche.reference}-{aujourd_hui.isoformat()}.pdf",
        parametres={"penalite": str(penalite.uuid), **logo_du_jour(marche.structure)},
        expire_le=None,
    )
    penalite.save(update_fields=["lettre", "modifie_le"])
    penalite.dit_a = ecrire_a_l_entreprise(penalite, GABARIT_LETTRE, sinon=A_POSTER)
    noter_penalite(acteur=acteur, action="penalite_lettre", penalite=penalite, repondre_avant=repondre_avant)
    return penalite


@transaction.atomic
def remettre_la_lettre(*, acteur: Acteur, penalite: Penalite, remise: str, le: datetime.date) -> Penalite:
    """Le facilitateur dit comment et quand la lettre est parvenue : le délai court de ce jour."""
    penalite = verrouiller_penalite(acteur=acteur, penalite=penalite)
    peut_tenir_la_fin(acteur, penalite.engagement).exiger()
    verifier_le_jour(le, champ="le", depuis=penalite.lettre_preparee_le)
    _faire_courir(acteur, penalite, RemiseLettre(remise), le)
    return penalite


def _faire_courir(acteur: Acteur, penalite: Penalite, remise: RemiseLettre, le: datetime.date) -> None:
    """Autant de jours que la lettre en laissait, à compter de son départ ; jamais moins que la date qu'elle porte."""
    assert penalite.lettre_preparee_le and penalite.repondre_avant
    laisses = penalite.repondre_avant - penalite.lettre_preparee_le
    terme = max(penalite.repondre_avant, le + laisses)
    passer_penalite(penalite, "partir", lettre_le=le, remise=remise, repondre_avant=terme)
    noter_penalite(
        acteur=acteur,
        action="penalite_lettre_partie",
        penalite=penalite,
        le=le,
        remise=remise.label,
        repondre_avant=terme,
    )


def courriels_de_la_lettre(penalite: Penalite) -> QuerySet[Courriel]:
    """Ceux qui la disent à l'entreprise ; leur état dit où ils en sont."""
    return Courriel.objects.filter(cle__startswith=cle_de(penalite, GABARIT_LETTRE)).order_by("pk")


@travail("Lettres parties")
def constater_les_lettres() -> int:
    """Fait courir le délai des lettres dont le courriel est parti, l'arrête pour celles qui reviennent. Rend leur nombre."""
    en_route = Penalite.objects.filter(statut=StatutPenalite.LETTRE_PRETE) | Penalite.objects.filter(
        statut=StatutPenalite.CONTRADICTOIRE, remise=RemiseLettre.COURRIEL
    )
    en_route = en_route.select_related("engagement__lot__marche__structure").order_by("pk")
    return sum(pour_chacun(en_route, constater_la_lettre))


@transaction.atomic
def constater_la_lettre(penalite: Penalite) -> bool:
    """Vrai si le départ, ou le retour, de son courriel vient de changer le délai."""
    systeme = Acteur.systeme(penalite.engagement.lot.marche.structure)
    penalite = verrouiller_penalite(acteur=systeme, penalite=penalite)
    parti = courriels_de_la_lettre(penalite).filter(etat=EtatCourriel.ENVOYE).order_by("envoye_le").first()
    if penalite.statut == StatutPenalite.LETTRE_PRETE and parti:
        _faire_courir(systeme, penalite, RemiseLettre.COURRIEL, timezone.localdate(parti.envoye_le))
        return True
    revenue = penalite.remise == RemiseLettre.COURRIEL and not parti
    if penalite.statut == StatutPenalite.CONTRADICTOIRE and revenue:
        passer_penalite(penalite, "revenir", lettre_le=None, remise="")
        noter_penalite(acteur=systeme, action="penalite_lettre_revenue", penalite=penalite)
        return True
    return False
