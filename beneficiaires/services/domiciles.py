import datetime
import re

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beneficiaires.enums import OrigineRattachement, SituationAdresse, StatutQuartier
from beneficiaires.models import Beneficiaire, Domicile, RattachementQuartier
from beneficiaires.permissions import peut_modifier_dossier
from beneficiaires.services.faits import exiger_une_date, succeder
from beneficiaires.services.verrou import tenir_le_dossier
from comptes.acteur import Acteur
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import noter
from socle.services.lots import pour_chacun, travail
from socle.services.portee import exiger_la_portee
from territoires.adresses import Adresse, ServiceIndisponible, chercher
from territoires.designation import est_nommee
from territoires.enums import DEBUT_GEOGRAPHIE_2024, Millesime
from territoires.models import Commune, QuartierPrioritaire
from territoires.services import quartier_a

# Un jour où chaque millésime est en vigueur : le rattachement se calcule pour les deux géographies.
JOUR_DU_MILLESIME = {
    Millesime.GEOGRAPHIE_2015: DEBUT_GEOGRAPHIE_2024 - datetime.timedelta(days=1),
    Millesime.GEOGRAPHIE_2024: DEBUT_GEOGRAPHIE_2024,
}


SCORE_A_VERIFIER = 0.5  # en dessous, l'adresse trouvée n'est peut-être pas la bonne : ni oui ni non (histoire 19)
ESSAIS_MAX = 12
RECUL = datetime.timedelta(minutes=10)


def declarer_domicile(
    *,
    acteur: Acteur,
    beneficiaire: Beneficiaire,
    depuis: datetime.date | None = None,
    situee: dict | None = None,
    **adresse,
) -> Domicile:
    """Enregistre où la personne habite à partir d'une date, la situe, et cherche son quartier dans chaque millésime.

    Le service d'adresses est interrogé avant la transaction : lent ou en panne, il ne retient personne, et un travail
    réessaie plus tard. `situee` : ce que `situer` en a déjà dit, si l'on est soi-même dans une transaction.
    """
    peut_modifier_dossier(acteur, beneficiaire).exiger()
    complete = {**adresse, **(situer(adresse) if situee is None else situee)}
    with transaction.atomic():
        beneficiaire = tenir_le_dossier(acteur, beneficiaire)
        exiger_une_date(beneficiaire, depuis)
        exiger_la_portee(acteur, adresse)
        domicile = succeder(beneficiaire.domiciles, Domicile(beneficiaire=beneficiaire), depuis, complete)
        rattacher(domicile)
        noter(acteur=acteur, action="domicile_declare", objet=beneficiaire)
    return domicile


def situer(adresse: dict) -> dict:
    """Ce qu'on sait d'une adresse après l'avoir cherchée : coordonnées, score, commune, ou pourquoi on n'en sait rien."""
    if adresse.get("latitude") is not None:
        return {"situation": SituationAdresse.MAIN, "score": None}
    question = _question(adresse)
    if not adresse.get("adresse"):
        return {"situation": SituationAdresse.SANS, "score": None}
    try:
        trouvees = chercher(question, limite=1)
    except ServiceIndisponible:
        # Sans service réglé, rien ne répondra jamais : l'adresse reste sans coordonnées.
        a_situer = {"situation": SituationAdresse.A_SITUER, "prochain_essai_le": timezone.now() + RECUL, "score": None}
        return a_situer if settings.ADRESSES_URL else {"situation": SituationAdresse.SANS, "score": None}
    if not trouvees:
        return {"situation": SituationAdresse.INCONNUE, "score": None, "prochain_essai_le": None}
    trouvee = trouvees[0]
    commune = Commune.objects.de_code(trouvee.code_insee) if trouvee.code_insee else None
    situation = _confiance(adresse, trouvee, commune)
    if situation == SituationAdresse.AILLEURS:
        return {"situation": situation, "score": None, "prochain_essai_le": None}
    return {
        "situation": situation,
        "latitude": trouvee.latitude,
        "longitude": trouvee.longitude,
        "score": trouvee.score,
        "prochain_essai_le": None,
        "commune": adresse.get("commune") or commune,
        "code_postal": adresse.get("code_postal") or trouvee.code_postal,
    }


def _confiance(adresse: dict, trouvee: Adresse, commune: Commune | None) -> SituationAdresse:
    """Ce que vaut la réponse : dans la commune demandée, et au numéro ou à la rue, elle suffit ; sinon, ce qui lui manque."""
    demandee = adresse.get("commune")
    ecrite = f"{adresse.get('adresse') or ''} {adresse.get('code_postal') or ''}"
    if demandee is not None and demandee != commune:
        return SituationAdresse.AILLEURS
    if demandee is None and (commune is None or not est_nommee(commune, ecrite)):
        dite = re.search(r"\b\d{5}\b", ecrite)
        return SituationAdresse.AILLEURS if dite else SituationAdresse.SANS_COMMUNE
    return SituationAdresse.BAN if trouvee.est_precise else SituationAdresse.IMPRECISE


def situer_adresse(texte: str) -> dict | None:
    """Le domicile que décrit une adresse tapée d'une traite, déjà situé ; rien si elle est vide."""
    return {"adresse": texte, **situer({"adresse": texte})} if texte.strip() else None


def _question(adresse: dict) -> str:
    commune = adresse.get("commune")
    parties = (adresse.get("adresse") or "", adresse.get("code_postal") or "", commune.nom if commune else "")
    return " ".join(partie for partie in parties if partie)


@travail("Domiciles à situer")
def situer_les_domiciles(limite: int = 200) -> int:
    """Réessaie ceux dont l'essai est dû. Rend combien sont situés."""
    return sum(pour_chacun(domiciles_a_situer()[:limite], lambda domicile: situer_plus_tard(domicile.pk)))


def domiciles_a_situer() -> QuerySet[Domicile]:
    """Les domiciles que le service d'adresses n'a pas pu situer, dont l'essai est dû."""
    dus = Domicile.objects.filter(situation=SituationAdresse.A_SITUER, prochain_essai_le__lte=timezone.now())
    return dus.order_by("prochain_essai_le", "pk")


def situer_plus_tard(domicile_id: int) -> bool:
    """Réessaie de situer un domicile ; rend vrai s'il l'est. Sans danger deux fois : l'adresse changée entre-temps l'emporte."""
    domicile = Domicile.objects.select_related("commune").filter(pk=domicile_id).first()
    if domicile is None or domicile.situation != SituationAdresse.A_SITUER:
        return False
    dite = {"adresse": domicile.adresse, "code_postal": domicile.code_postal, "commune": domicile.commune}
    valeurs = situer(dite)
    with transaction.atomic():
        actuel = Domicile.objects.select_for_update(of=("self",)).get(pk=domicile_id)
        if actuel.situation != SituationAdresse.A_SITUER or actuel.adresse != domicile.adresse:
            return False
        if valeurs["situation"] == SituationAdresse.A_SITUER:
            essais = actuel.essais + 1
            epuise = essais >= ESSAIS_MAX
            ecrire(
                actuel,
                {
                    "essais": essais,
                    "situation": SituationAdresse.INCONNUE if epuise else SituationAdresse.A_SITUER,
                    "prochain_essai_le": None if epuise else timezone.now() + RECUL * min(2**essais, 144),
                },
            )
            return False
        ecrire(actuel, valeurs)
        rattacher(actuel)
        return True


def rattacher(domicile: Domicile) -> None:
    """Une ligne par millésime : par le contour si l'on a des coordonnées, sinon à vérifier. Une décision humaine reste."""
    decides = set(
        domicile.rattachements.filter(origine=OrigineRattachement.DECISION).values_list("millesime", flat=True)
    )
    for millesime in Millesime:
        if millesime in decides:
            continue
        RattachementQuartier.objects.update_or_create(
            domicile=domicile, millesime=millesime, defaults=_rattachement_calcule(domicile, millesime)
        )


def _rattachement_calcule(domicile: Domicile, millesime: int) -> dict:
    if domicile.latitude is None or domicile.longitude is None:
        return {
            "statut": StatutQuartier.A_VERIFIER,
            "quartier": None,
            "distance_m": None,
            "score": None,
            "motif": motif_de_l_adresse(domicile),
            "origine": OrigineRattachement.POLYGONE,
        }
    lieu = quartier_a(
        latitude=domicile.latitude,
        longitude=domicile.longitude,
        le=JOUR_DU_MILLESIME[Millesime(millesime)],
        commune=domicile.commune,
    )
    motif = motif_de_l_adresse(domicile) or lieu.motif
    return {
        "score": domicile.score,
        "statut": statut_calcule(dedans=lieu.quartier is not None, motif=motif),
        "quartier": lieu.quartier,
        "distance_m": None if lieu.distance_m is None else round(lieu.distance_m),
        "motif": motif,
        "origine": OrigineRattachement.POLYGONE,
    }


def statut_calcule(*, dedans: bool, motif: str) -> StatutQuartier:
    """Un motif de vérifier l'emporte : ni oui ni non."""
    if motif:
        return StatutQuartier.A_VERIFIER
    return StatutQuartier.OUI if dedans else StatutQuartier.NON


def motif_de_l_adresse(domicile: Domicile) -> str:
    """Pourquoi ce domicile ne se situe pas assez bien pour répondre ; vide s'il est sûr (histoire 19)."""
    if domicile.situation not in (SituationAdresse.BAN, SituationAdresse.MAIN):
        return f"{domicile.get_situation_display()}."
    if domicile.score is not None and domicile.score < SCORE_A_VERIFIER:
        return f"Adresse sûre à {domicile.score * 100:.0f} % seulement."
    return ""


@transaction.atomic
def decider_quartier(
    *, acteur: Acteur, domicile: Domicile, millesime: int, quartier: QuartierPrioritaire | None
) -> RattachementQuartier:
    """La décision signée et datée d'un facilitateur l'emporte sur le calcul : dans ce quartier, ou hors de tous."""
    dossier = tenir_le_dossier(acteur, domicile.beneficiaire)
    domicile = verrouiller(Domicile.objects, acteur, domicile, beneficiaire=dossier)
    if quartier is not None:
        _exiger_un_quartier_d_ici(acteur, quartier, millesime)
    rattachement = RattachementQuartier.objects.filter(domicile=domicile, millesime=millesime).first()
    rattachement = rattachement or RattachementQuartier(domicile=domicile, millesime=millesime)
    ecrire(
        rattachement,
        {
            "quartier": quartier,
            "statut": StatutQuartier.OUI if quartier else StatutQuartier.NON,
            "origine": OrigineRattachement.DECISION,
            "motif": "",
            "verifie_par": acteur.utilisateur,
            "verifie_le": timezone.now(),
        },
    )
    noter(acteur=acteur, action="quartier_decide", objet=dossier, millesime=millesime)
    return rattachement


def _exiger_un_quartier_d_ici(acteur: Acteur, quartier: QuartierPrioritaire, millesime: int) -> None:
    if quartier.millesime != millesime:
        raise RegleViolee("Ce quartier n'est pas de ce millésime.", champ="quartier")
    d_ici = QuartierPrioritaire.objects.du_territoire_de(acteur.organisation)
    if not d_ici.filter(pk=quartier.pk).exists():
        raise RegleViolee("Ce quartier n'est pas de votre territoire.", champ="quartier")
