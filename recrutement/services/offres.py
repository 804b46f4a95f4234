"""Les gestes sur une offre : écrire, diffuser, relancer, clore, partager, ouvrir à l'entreprise par un lien signé."""

import datetime
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.destinataires import membres_par_organisation
from comptes.models import Organisation
from entreprises.destinataires import L_ENTREPRISE
from marches.models import Engagement
from metiers.services import garder_les_metiers
from recrutement.enums import TRANSITIONS_OFFRE, StatutCandidature, StatutOffre
from recrutement.models import Diffusion, Offre
from recrutement.permissions import peut_gerer_les_offres, peut_modifier_offre
from recrutement.services.avis_entreprise import prevenir_l_entreprise, repondre_a
from socle.avis import Avis, Destinataire, sans_doublon
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_a_chacun, ecrire_courriel
from socle.services.enregistrement import ecrire, modifier, relire, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.liens import declarer_usage, donner_lien
from socle.services.lots import pour_chacun, travail
from socle.services.portee import exiger_la_portee
from territoires.adresses import ServiceIndisponible, chercher
from territoires.models import Commune

declarer_actions(
    offre_creee="Offre créée",
    offre_modifiee="Offre modifiée",
    offre_diffusee="Offre diffusée",
    offre_relancee="Partenaires relancés",
    offre_partagee="Page publique de l'offre ouverte",
    offre_non_partagee="Page publique de l'offre fermée",
    offre_pourvue="Offre pourvue",
    offre_close="Offre close",
    offre_rouverte="Offre rouverte",
    offre_abandonnee="Offre abandonnée",
    offre_ouverte_a_l_entreprise="Lien de réponse envoyé à l'entreprise",
)
PREAVIS_DE_DATE_LIMITE = datetime.timedelta(days=3)
USAGE_REPONSE = "reponse_offre"
declarer_usage(
    USAGE_REPONSE,
    titre="Répondre aux candidatures",
    phrase="Des personnes vous sont proposées pour un poste. La page suivante les présente et attend votre réponse.",
    adresse=lambda lien: reverse("recrutement:reponse_par_lien", args=[lien.objet_uuid]),
)


def creer_offre(*, acteur: Acteur, engagement: Engagement, **valeurs) -> Offre:
    """Écrit une offre sur un engagement ouvert aux contrats. Elle naît brouillon : personne d'autre ne la voit.

    Le lieu de travail se situe avant la transaction : un service d'adresses lent n'y retient personne.
    """
    peut_gerer_les_offres(acteur).exiger()
    return _creer(acteur, engagement, {**valeurs, **coordonnees(valeurs.get("adresse"), valeurs.get("commune"))})


@transaction.atomic
def _creer(acteur: Acteur, engagement: Engagement, valeurs: dict) -> Offre:
    if not Engagement.objects.visibles_par(acteur).ouverts_aux_contrats().filter(pk=engagement.pk).exists():
        raise RegleViolee("Ce marché n'est pas ouvert aux contrats : il doit être attribué.")
    exiger_la_portee(acteur, valeurs)
    offre = Offre(structure=acteur.organisation, engagement=engagement)
    ecrire(offre, garder_les_metiers(offre.structure, valeurs))
    noter(acteur=acteur, action="offre_creee", objet=offre)
    return offre


def coordonnees(adresse: str | None, commune: Commune | None) -> dict:
    """Le point du lieu de travail ; vide si rien ne le dit ou si le service d'adresses ne répond pas."""
    question = " ".join(partie for partie in (adresse or "", commune.nom if commune else "") if partie)
    try:
        trouvees = chercher(question, limite=1) if question else []
    except ServiceIndisponible:
        trouvees = []
    point = trouvees[0] if trouvees else None
    return {"latitude": point and point.latitude, "longitude": point and point.longitude}


def modifier_offre(*, acteur: Acteur, offre: Offre, **valeurs) -> Offre:
    """Corrige l'offre ; elle garde au moins autant de postes que de personnes déjà retenues."""
    return _modifier(acteur, offre, situer(acteur, offre, valeurs))


def situer(acteur: Acteur, offre: Offre, valeurs: dict) -> dict:
    """Les valeurs, avec le point du lieu de travail s'il change ou manque. À demander avant toute transaction."""
    if "latitude" in valeurs:
        return valeurs
    ecrit = relire(Offre.objects.select_related("commune"), acteur, offre)
    lieu = {champ: valeurs.get(champ, getattr(ecrit, champ)) for champ in ("adresse", "commune")}
    if ecrit.latitude is None or any(getattr(ecrit, champ) != valeur for champ, valeur in lieu.items()):
        return {**valeurs, **coordonnees(**lieu)}
    return {**valeurs, "latitude": ecrit.latitude, "longitude": ecrit.longitude}


@transaction.atomic
def _modifier(acteur: Acteur, offre: Offre, valeurs: dict) -> Offre:
    offre = verrouiller(Offre.objects.avec_contexte(), acteur, offre)
    peut_modifier_offre(acteur, offre).exiger()
    retenues = offre.candidatures.filter(statut=StatutCandidature.RETENUE).count()
    if valeurs.get("postes", offre.postes) < retenues:
        raise RegleViolee(f"{retenues} personnes sont déjà retenues sur cette offre.", champ="postes")
    modifier(offre, garder_les_metiers(offre.structure, valeurs), acteur=acteur, action="offre_modifiee")
    return offre


@transaction.atomic
def diffuser_offre(*, acteur: Acteur, offre: Offre, partenaires: Collection[Organisation], date_limite=None) -> Offre:
    """Propose l'offre à des partenaires de la structure, et l'écrit une fois à chacun de leurs membres."""
    offre = verrouiller(Offre.objects.avec_contexte(), acteur, offre)
    peut_modifier_offre(acteur, offre).exiger()
    if not partenaires:
        raise RegleViolee("Choisissez au moins un partenaire.", champ="partenaires")
    if date_limite and date_limite < timezone.localdate():
        raise RegleViolee("Cette date est passée.", champ="date_limite")
    if offre.statut == StatutOffre.BROUILLON:
        offre.statut = TRANSITIONS_OFFRE.appliquer("diffuser", offre.statut)
    elif not offre.est_ouverte:
        raise RegleViolee("Cette offre n'est plus ouverte : rouvrez-la pour la diffuser.")
    ecrire(offre, {"date_limite": date_limite})
    suivies = set(Organisation.objects.partenaires_de(acteur.organisation).values_list("pk", flat=True))
    for organisation in partenaires:
        if organisation.pk not in suivies:
            raise RegleViolee("Cette organisation n'est pas partenaire de votre structure.", champ="partenaires")
        Diffusion.objects.get_or_create(offre=offre, organisation=organisation)
    offre.dit_a = _ecrire_aux_partenaires(
        acteur, offre, partenaires, "courriels/offre_diffusee", cle=f"offre-{offre.uuid}"
    )
    if offre.demandee_par_entreprise:
        prevenir_l_entreprise(offre, "diffuse", "Il est diffusé : des partenaires cherchent des personnes pour vous.")
    noter(acteur=acteur, action="offre_diffusee", objet=offre, partenaires=len(partenaires))
    return offre


def relancer_partenaires(*, acteur: Acteur, offre: Offre) -> Avis:
    """Rappelle l'offre aux partenaires qui n'ont proposé personne ; une fois par jour et par partenaire. Rend à qui."""
    return _relancer(acteur, offre, Q())


@travail("Offres à rappeler")
def relancer_avant_la_date_limite(le: datetime.date | None = None) -> int:
    """Rappelle d'elle-même, trois jours avant, chaque offre dont la date limite approche ; une fois par partenaire."""
    le = le or timezone.localdate()
    proches = Offre.objects.ouvertes().filter(date_limite__gte=le, date_limite__lte=le + PREAVIS_DE_DATE_LIMITE)
    jamais = Q(relancee_le__isnull=True) & Q(cree_le__date__lt=le)
    offres = proches.select_related("structure").order_by("pk")
    return sum(pour_chacun(offres, lambda offre: _rappeler(offre, jamais)))


def _rappeler(offre: Offre, lesquelles: Q) -> int:
    return len(_relancer(Acteur.systeme(offre.structure), offre, lesquelles).destinataires)


@transaction.atomic
def _relancer(acteur: Acteur, offre: Offre, lesquelles: Q) -> Avis:
    offre = verrouiller(Offre.objects.avec_contexte(), acteur, offre)
    peut_modifier_offre(acteur, offre).exiger()
    if not offre.est_ouverte:
        raise RegleViolee("Cette offre n'est pas ouverte.")
    aujourd_hui = timezone.localdate()
    ont_propose = offre.candidatures.exclude(proposee_par=None).order_by().values("proposee_par")
    a_relancer = offre.diffusions.filter(lesquelles).exclude(organisation__in=ont_propose)
    a_relancer = a_relancer.exclude(relancee_le=aujourd_hui)
    diffusions = list(a_relancer.select_related("organisation").order_by("pk"))
    for diffusion in diffusions:
        diffusion.relancee_le = aujourd_hui
        diffusion.save(update_fields=["relancee_le", "modifie_le"])
    avis = _ecrire_aux_partenaires(
        acteur,
        offre,
        [diffusion.organisation for diffusion in diffusions],
        "courriels/offre_relance",
        cle=f"offre-{offre.uuid}-{aujourd_hui.isoformat()}",
    )
    if avis:
        noter(acteur=acteur, action="offre_relancee", objet=offre, partenaires=len(diffusions) - len(avis.oublies))
    return avis


def _ecrire_aux_partenaires(
    acteur: Acteur, offre: Offre, partenaires: Collection[Organisation], gabarit: str, *, cle: str
) -> Avis:
    """À chaque membre de chaque partenaire, une fois par clé."""
    membres = membres_par_organisation([partenaire.pk for partenaire in partenaires])
    ecrits = ecrire_a_chacun(
        sans_doublon(membre for partenaire in partenaires for membre in membres.get(partenaire.pk, [])),
        gabarit=gabarit,
        structure=offre.structure,
        contexte={
            "offre": offre,
            "structure": offre.structure.nom,
            "lien": settings.SITE_URL + reverse("recrutement:offre_diffusee", args=[offre.uuid]),
        },
        cle=cle,
        repondre_a=repondre_a(acteur, offre),
    )
    oublies = tuple(partenaire.nom for partenaire in partenaires if not membres.get(partenaire.pk))
    return Avis("le partenaire choisi", ecrits, oublies=oublies)


def passer(offre: Offre, transition: str) -> None:
    """Change le statut d'une offre déjà verrouillée."""
    offre.statut = TRANSITIONS_OFFRE.appliquer(transition, offre.statut)
    offre.save()


@transaction.atomic
def partager_offre(*, acteur: Acteur, offre: Offre, partager: bool) -> Offre:
    """Ouvre ou ferme la page publique, que seule son adresse donne : à imprimer, à afficher, à transmettre."""
    offre = verrouiller(Offre.objects.avec_contexte(), acteur, offre)
    peut_modifier_offre(acteur, offre).exiger()
    if offre.publique != partager:
        ecrire(offre, {"publique": partager})
        noter(acteur=acteur, action="offre_partagee" if partager else "offre_non_partagee", objet=offre)
    return offre


@transaction.atomic
def ouvrir_a_l_entreprise(*, acteur: Acteur, offre: Offre, courriel: str) -> Avis:
    """Envoie à un correspondant de l'entreprise le lien signé d'où il répond, sans compte."""
    offre = verrouiller(Offre.objects.avec_contexte(), acteur, offre)
    peut_modifier_offre(acteur, offre).exiger()
    if not offre.candidatures.chez_l_entreprise().exists():
        raise RegleViolee("Transmettez d'abord au moins une candidature à l'entreprise.")
    lien = donner_lien(structure=offre.structure, usage=USAGE_REPONSE, objet=offre, destinataire=courriel)
    ecrire_courriel(
        destinataire=courriel,
        gabarit="courriels/offre_reponse",
        structure=offre.structure,
        contexte={"offre": offre, "structure": offre.structure.nom, "lien": lien},
        repondre_a=acteur.utilisateur.email if acteur.utilisateur else "",
    )
    noter(acteur=acteur, action="offre_ouverte_a_l_entreprise", objet=offre)
    return Avis(L_ENTREPRISE, (Destinataire(adresse=courriel),))
