"""La synthèse : toutes les données d'un bilan, en quinze requêtes au plus, dix-sept avec des opérations, quel que soit le volume.

Une seule lecture couvre toute l'histoire jusqu'à la fin de la période ; la période, celle d'avant, l'évolution et les cumuls
des marchés en sont des parts. Rien n'est arrondi, sauf les ETP, à six décimales : leurs heures et leur diviseur y sont.

Le résultat passe en JSON sans perte : un entier reste entier, une heure au centième devient le flottant dont l'écriture la
plus courte est ce centième (`Decimal(str(valeur))` la rend).
"""

import datetime
from collections.abc import Container, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import cast

from django.utils import timezone

from entreprises.enums import TypeEntreprise
from marches.enums import Nature, TypeClause, TypeMaitreOuvrage
from marches.models import Operation
from reporting.bilan.cartes import cartes_des_quartiers
from reporting.bilan.chiffres import chiffres_de, indicateurs_de, sans_premiere_fois
from reporting.bilan.decoupe import Lecture, lire
from reporting.bilan.masques import masquer
from reporting.bilan.series import evolution_des_parts
from reporting.bilan.suivi import chapitres_remplis, listes_du_suivi
from reporting.bilan.temps import completude_du_bilan, evolution, heures_des_mois, periode_du_bilan
from reporting.calcul import charte, indicateurs, ventilations
from reporting.calcul.repartitions import TOUTES, repartitions
from reporting.donnees import (
    REDACTION,
    SCHEMA,
    Charte,
    DonneesBilan,
    LigneMarche,
    en_json,
)
from reporting.lecture.perimetre import Perimetre
from reporting.lecture.releve import Releve
from reporting.variantes import TITRES, Chapitre
from socle.nombres import mois_annee, nombre
from territoires.models import Territoire


def synthese(
    perimetre: Perimetre,
    *,
    public: bool = False,
    textes: dict[str, str] | None = None,
    le: datetime.date | None = None,
) -> DonneesBilan:
    """Les données du bilan ; `public` masque les petits effectifs, comme dans tout ce qui sort de la structure."""
    le = le or timezone.localdate()
    donnees = assembler(lire(perimetre, le), le, textes or {})
    return masquer(donnees) if public else donnees


def assembler(lecture: Lecture, arrete_le: datetime.date, textes: Mapping[str, str]) -> DonneesBilan:
    """Les données d'un bilan, de ce qui a été lu ; cinq requêtes de plus : le territoire, les contours
    des quartiers, les objectifs, les avis.

    Tous les chiffres et toutes les répartitions y sont, quelle que soit la variante : le masque les lie. Ce que la variante
    ne montre pas s'ôte à la publication.
    """
    perimetre, releve = lecture.perimetre, lecture.periode
    modele = perimetre.modele
    chiffres = chiffres_de(releve, lecture.avant, indicateurs_de(Chapitre), lecture.comparable)
    sans_premiere_fois(chiffres, lecture)
    # Une colonne n'a que deux nombres : sur une part des mois, seuls les chiffres se comparent.
    lues = repartitions(releve, None if lecture.comparable else lecture.avant, TOUTES)
    suivi = listes_du_suivi(lecture, chiffres)
    chapitres = chapitres_remplis(modele.chapitres, lues, suivi, textes)
    donnees = {
        "schema": SCHEMA,
        "redaction": REDACTION,
        "public": False,
        "variante": str(perimetre.variante),
        "cible": perimetre.nom_cible,
        "chapitres": [str(chapitre) for chapitre in chapitres],
        "couverture": list(modele.couverture),
        "periode": periode_du_bilan(lecture),
        "arrete_le": arrete_le.isoformat(),
        "structure": {
            "nom": perimetre.organisation.nom,
            "slug": perimetre.organisation.slug,
            "territoire": _territoire(perimetre),
        },
        "etp_base": en_json(releve.heures_par_etp),
        "chiffres": chiffres,
        "ordre": list(chiffres),
        "evolution": evolution(lecture),
        "repartitions": lues,
        "evolution_parts": evolution_des_parts(lecture),
        "mois": heures_des_mois(releve, lecture.completude),
        **completude_du_bilan(lecture),
        **_listes(lecture),
        **suivi,
        "structures": _structures(lecture) if Chapitre.STRUCTURES in modele.chapitres else [],
        "charte": _charte(lecture),
        "cartes": cartes_des_quartiers(releve, perimetre.periode.fin) if Chapitre.QUARTIERS in modele.chapitres else [],
        "textes": textes,
        "methode": _methode(releve.heures_par_etp, chapitres, modele.chapitres, lecture),
    }
    return cast(DonneesBilan, donnees)


def _territoire(perimetre: Perimetre) -> str:
    noms = Territoire.objects.filter(structure=perimetre.organisation).values_list("nom", flat=True)
    return noms.first() or ""


def type_court(type_entreprise: str) -> str:
    """Le sigle du métier quand il y en a un, qui tient dans une colonne ; la ventilation donne le nom entier."""
    nom, _, sigle = TypeEntreprise(type_entreprise).label.partition(" (")
    return sigle.removesuffix(")") or nom


# --- Les listes -----------------------------------------------------------------------------------------------------
def _listes(lecture: Lecture) -> dict:
    """Les marchés, les acheteurs et les entreprises, un par un ; un réseau ne les nomme pas."""
    if not lecture.perimetre.modele.listes:
        return {"marches": [], "maitres_ouvrage": [], "entreprises": []}
    releve = lecture.periode
    marches = ventilations.marches_du_bilan(releve, lecture.histoire)
    return {
        "marches": [_ligne_marche(ligne, releve) for ligne in marches],
        "maitres_ouvrage": [
            {
                "id": ligne.maitre_ouvrage.id,
                "nom": ligne.maitre_ouvrage.nom,
                "type": TypeMaitreOuvrage(ligne.maitre_ouvrage.type).label,
                "marches": ligne.marches,
                "heures_dues": en_json(ligne.dues),
                "heures_periode": en_json(ligne.heures),
                "heures_cumul": en_json(ligne.cumul),
            }
            for ligne in ventilations.maitres_ouvrage_du_bilan(releve, marches)
        ],
        "entreprises": [
            {
                "id": ligne.entreprise.id,
                "nom": ligne.entreprise.nom,
                "type": type_court(ligne.entreprise.type),
                "locale": ligne.locale,
                "engagee": ligne.engagee,
                "employeuse": ligne.employeuse,
                "suivie": ligne.suivie,
                "heures_engagements": en_json(ligne.sur_engagements),
                "heures_employeuse": en_json(ligne.comme_employeuse),
            }
            for ligne in ventilations.entreprises_du_bilan(releve)
        ],
    }


def _ligne_marche(ligne: ventilations.HeuresMarche, releve: Releve) -> LigneMarche:
    marche = ligne.marche
    return {
        "id": marche.id,
        "reference": marche.reference,
        "objet": marche.objet,
        "maitre_ouvrage": releve.maitres_ouvrage[marche.maitre_ouvrage].nom,
        "nature": Nature(marche.nature).label,
        "type_clause": TypeClause(marche.type_clause).label,
        "debut": marche.debut.isoformat(),
        "fin": marche.fin.isoformat(),
        "heures_dues": en_json(ligne.dues),
        "heures_periode": en_json(ligne.heures),
        "heures_cumul": en_json(ligne.cumul),
    }


def _structures(lecture: Lecture) -> list[dict]:
    noms = {structure.pk: structure.nom for structure in lecture.perimetre.structures}
    return [
        {
            "id": ligne.structure,
            "nom": noms[ligne.structure],
            "heures": en_json(ligne.heures),
            "beneficiaires": ligne.personnes,
            "marches": ligne.marches,
        }
        for ligne in ventilations.structures_du_bilan(lecture.periode)
    ]


def _charte(lecture: Lecture) -> Charte | None:
    """L'objectif d'une opération, et ce qui en est fait : les heures que sa charte compte, le reste à part."""
    operation = lecture.perimetre.cible
    if not isinstance(operation, Operation):
        return None
    cumul = lecture.periode.depuis_le_debut()
    lu = charte.avancement(charte.contrats_de(cumul), lecture.regle)
    return {
        "programme": operation.get_programme_display(),
        "heures_travaillees": en_json(operation.heures_travaillees),
        "taux": en_json(operation.taux_vise),
        "objectif": en_json(operation.heures_visees),
        "faites": en_json(lu.faites),
        "faites_qpv": en_json(indicateurs.heures_qpv(cumul).nombre),
        "reservee": lecture.regle.reservee,
        "quartiers": lecture.regle.noms,
        "comptees": en_json(lu.comptees),
        "hors": en_json(lu.hors),
        "habitants": lu.habitants,
        "personnes": lu.personnes,
    }


# --- La méthode -----------------------------------------------------------------------------------------------------
def _methode(
    heures_par_etp: Decimal, chapitres: Iterable[str], prevus: Iterable[Chapitre], lecture: Lecture
) -> list[str]:
    nationales = ", le diviseur des consolidations nationales" if heures_par_etp == 1600 else ""
    phrases = {
        Chapitre.CHIFFRES_CLES: "Une heure compte au mois où elle a été travaillée, non au mois de sa saisie, et seulement si "
        "elle a été validée par la structure ou reprise d'un classeur.",
        Chapitre.METHODE: "Chaque personne est comptée une fois. Son profil (âge, niveau, critères, quartier) se lit au début "
        "de son contrat d'entrée : le premier de ses contrats qui a des heures dans la période.",
        Chapitre.QUARTIERS: "Le total des quartiers est celui des habitants des quartiers prioritaires, non de tous les "
        "bénéficiaires.",
        Chapitre.MARCHES: "Un marché qui a des heures en dehors de ses dates figure avec elles dans la liste, sans compter parmi "
        "les marchés suivis ; ses heures dues n'y sont pas.",
        Chapitre.SORTIES: "Une situation est demandée 3, 6 et 12 mois après la fin d'un contrat ; elle compte dans la période où "
        "elle est due. Sont dynamiques l'emploi durable, l'emploi de transition et la sortie positive ; le taux se compte sur "
        "les situations connues, moins les sorties neutralisées. Les injoignables n'y sont pas.",
        Chapitre.RSA: "Les tables des allocataires du RSA ne comptent qu'eux : ceux dont le critère était valide au début de "
        "leur contrat d'entrée.",
        Chapitre.HABITANTS: "Les tables des habitants ne comptent que ceux qui habitaient un quartier prioritaire au début de "
        "leur contrat d'entrée.",
        Chapitre.PARTICIPATIONS: "Une participation va de l'entrée à la sortie : des contrats qui se suivent à moins de 31 jours "
        "sont la même. Une nouvelle entrée n'efface pas la précédente.",
        Chapitre.STRUCTURES: "Une personne suivie par deux structures du réseau compte dans chacune ; une entreprise ou un "
        "maître d'ouvrage qu'elles partagent ne compte qu'une fois.",
    }
    presents = set(chapitres)
    return [
        *(phrase for chapitre, phrase in phrases.items() if chapitre in presents),
        *_chapitres_absents([chapitre for chapitre in prevus if chapitre not in presents]),
        *_ce_que_l_on_sait(lecture, presents),
        "Les effectifs et les marchés de plusieurs années ne s'additionnent pas : une personne ou un marché peut compter dans "
        "chacune.",
        f"Un équivalent temps plein vaut {nombre(heures_par_etp)} heures{nationales}.",
    ]


def _ce_que_l_on_sait(lecture: Lecture, chapitres: Container[str]) -> Iterator[str]:
    """Jusqu'où remonte l'histoire, et ce qui se compare."""
    premier = min((ligne.mois for ligne in lecture.histoire.lignes), default=None)
    if premier and Chapitre.PUBLICS in chapitres:
        yield (
            f"Les heures connues commencent en {mois_annee(premier)} : est nouvelle une personne sans heure avant la période, "
            "depuis ce mois-là. Sans heure connue avant la période, ce nombre ne se calcule pas."
        )
    if lecture.completude is not None:
        yield (
            "Un mois est connu quand il est fini et qu'au moins quatre déclarations sur cinq y sont validées. Les années se "
            "comparent sur les mêmes mois connus, jamais avec une année sans heures ; un mois inconnu reste vide."
        )
    if Chapitre.STRUCTURES in chapitres:
        yield "Le réseau se compare sur les structures qui ont des heures les deux années."


def _chapitres_absents(absents: Iterable[Chapitre]) -> list[str]:
    noms = [f"« {TITRES[chapitre]} »" for chapitre in absents]
    if not noms:
        return []
    return [f"Sans rien à y compter ou à y répartir sur cette période, ce bilan n'a pas de chapitre {', '.join(noms)}."]
