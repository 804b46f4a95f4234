"""« Annuler » le dernier geste : le message qui le dit porte un jeton, et le geste inverse est une page comme une autre.

Le jeton désigne l'adresse du geste inverse et la ligne témoin, telle que le geste l'a laissée. Il est signé, à qui l'a reçu, et
ne sert que quelques minutes : si quelqu'un a touché la ligne depuis, rien ne s'annule. L'inverse garde ses propres contrôles.
"""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.urls import reverse

from socle.modeles import ModeleIdentifie

DUREE = datetime.timedelta(minutes=10)
SEL = "socle.annulation"
BALISE = "annuler"


@dataclass(frozen=True, slots=True)
class Annulation:
    """Ce que dit un jeton."""

    inverse: str
    modele: str
    cle: int
    touche_a: float  # l'instant où le geste a écrit la ligne
    qui: int
    pour: int | None
    retour: str

    @property
    def jeton(self) -> str:
        return signing.dumps(asdict(self), salt=SEL, compress=True)

    @classmethod
    def lue(cls, jeton: str) -> "Annulation":
        """Lève `signing.SignatureExpired` après dix minutes, `signing.BadSignature` pour tout autre texte."""
        return cls(**signing.loads(jeton, salt=SEL, max_age=DUREE))

    def est_a(self, acteur: Any) -> bool:
        if acteur is None or acteur.utilisateur is None:
            return False
        return (self.qui, self.pour) == (acteur.utilisateur.pk, acteur.organisation and acteur.organisation.pk)


def balise_d_annulation(
    request: Any, *, inverse: str, objet: Any, temoin: ModeleIdentifie | None = None, retour: str = ""
) -> str:
    """Ce qui met « Annuler » dans le message d'un geste. `temoin` : la ligne que le geste a écrite, si ce n'est l'objet.

    Vide pour qui est entré par un lien : sans compte, personne à qui remettre un jeton.
    """
    acteur = request.acteur
    if acteur.utilisateur is None:
        return ""
    ligne: Any = temoin or objet
    annulation = Annulation(
        inverse=inverse,
        modele=ligne._meta.label_lower,
        cle=ligne.pk,
        touche_a=type(ligne)._base_manager.values_list("modifie_le", flat=True).get(pk=ligne.pk).timestamp(),
        qui=acteur.utilisateur.pk,
        pour=acteur.organisation and acteur.organisation.pk,
        retour=retour or objet.get_absolute_url(),
    )
    return f"{BALISE}:{annulation.jeton}"


def dire_l_archivage(
    request: Any, prefixe: str, objet: Any, fait: str, *, archiver: bool, temoin: ModeleIdentifie | None = None
) -> None:
    """Archiver et sortir de l'archive s'annulent l'un l'autre. `prefixe` : « marches:marche_ », le nom de leurs adresses."""
    inverse = reverse(f"{prefixe}{'desarchiver' if archiver else 'archiver'}", args=[objet.uuid])
    balise = balise_d_annulation(request, inverse=inverse, objet=objet, temoin=temoin)
    messages.success(request, fait, extra_tags=balise)
