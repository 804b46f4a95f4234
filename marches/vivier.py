"""Le public mobilisable d'un projet d'achat, en face des emplois que ses heures représentent."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from beneficiaires.vivier import LigneVivier, emplois_representes, lire_vivier
from comptes.acteur import Acteur
from marches.models import ProjetAchat, ReglagesClause
from socle.nombres import nombre

# Un acheteur lit de cinq en cinq, au début d'un trimestre : ni un complément, ni une date glissée d'un jour ne désigne quelqu'un.
PAS = 5
COLONNES = (
    ("total", "Personnes"),
    ("disponibles", "Disponibles au début"),
    ("commune", "Dans la commune"),
    ("intercommunalite", "Dans l'intercommunalité"),
    ("quartier", "En quartier prioritaire"),
    ("eligibles", "Avec un critère valide"),
    ("femmes", "Femmes"),
    ("jeunes", "Moins de 26 ans"),
)


@dataclass(frozen=True, slots=True)
class VivierDuProjet:
    """Ce que la page montre : une phrase, les en-têtes, et des lignes (libellé, cellules déjà écrites)."""

    phrase: str
    entetes: tuple[str, ...]
    lignes: tuple[tuple[str, tuple[str, ...]], ...]
    metiers_inconnus: str
    sans_corps_de_metier: bool


def vivier_du_projet(
    acteur: Acteur, projet: ProjetAchat, heures: Decimal | None, reglages: ReglagesClause, aujourd_hui: datetime.date
) -> VivierDuProjet:
    """Lu en une requête. L'acheteur ne lit jamais un nombre qui désignerait quelqu'un, même d'un jour à l'autre."""
    familles = projet.corps_metier.familles if projet.corps_metier else ()
    debut = projet.date_notification or aujourd_hui
    if not acteur.est_facilitateur:
        debut = debut.replace(month=debut.month - (debut.month - 1) % 3, day=1)
    vivier = lire_vivier(projet.structure, familles, projet.commune, debut)

    def ecrit(valeur: int) -> str:
        if acteur.est_facilitateur:
            return nombre(valeur)
        return f"moins de {PAS}" if valeur < PAS else f"au moins {nombre(valeur - valeur % PAS)}"

    return VivierDuProjet(
        phrase=_phrase(
            vivier.meme_famille if familles else None, heures, projet.duree_mois, reglages.heures_par_etp, ecrit
        ),
        entetes=tuple(titre for _, titre in COLONNES),
        lignes=tuple(
            (ligne.libelle, tuple(ecrit(getattr(ligne, champ)) for champ, _ in COLONNES))
            for ligne in vivier.lignes
            if ligne.cle != "inconnu"
        ),
        metiers_inconnus=ecrit(vivier.lignes[-1].total),
        sans_corps_de_metier=not familles,
    )


def _phrase(famille: LigneVivier | None, heures: Decimal | None, duree: int | None, par_etp: Decimal, ecrit) -> str:
    """Ce que les heures occupent, si on le sait ; combien conviendraient, si l'on sait le métier."""
    phrases = []
    if heures is not None and (emplois := emplois_representes(heures, par_etp, duree)) is not None:
        phrases.append(f"Ces heures occupent {nombre(emplois, 1)} emploi à temps plein pendant tout le marché.")
    if famille is not None:
        phrases.append(
            f"{_accorde(ecrit(famille.total), 'personne')} du vivier de cette famille de métiers, "
            f"dont {_accorde(ecrit(famille.disponibles), 'disponible')} au début du marché."
        )
    return " ".join(phrases)


def _accorde(ecrit: str, mot: str) -> str:
    """« 1 personne », « moins de 5 personnes » : l'accord suit ce qui s'écrit, non le nombre qu'il cache."""
    return f"{ecrit} {mot}{'' if ecrit in ('0', '1') else 's'}"
