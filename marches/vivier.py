"""Le public mobilisable d'un projet d'achat, en face des emplois que ses heures représentent."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from beneficiaires.vivier import LigneVivier, emplois_representes, lire_vivier
from comptes.acteur import Acteur
from marches.models import ProjetAchat, ReglagesClause
from socle.nombres import nombre

SEUIL_MASQUE = 5  # sous ce nombre, un acheteur pourrait reconnaître quelqu'un
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
    """Lu en une requête. L'acheteur ne lit jamais un nombre qui désignerait quelqu'un."""
    familles = projet.corps_metier.familles if projet.corps_metier else ()
    debut = projet.date_notification or aujourd_hui
    vivier = lire_vivier(projet.structure, familles, projet.commune, debut)

    def ecrit(valeur: int) -> str:
        masque = not acteur.est_facilitateur and 0 < valeur < SEUIL_MASQUE
        return f"moins de {SEUIL_MASQUE}" if masque else nombre(valeur)

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
            f"{ecrit(famille.total)} personne{'s' if famille.total > 1 else ''} du vivier de cette famille de métiers, "
            f"dont {ecrit(famille.disponibles)} disponible{'s' if famille.disponibles > 1 else ''} au début du marché."
        )
    return " ".join(phrases)
