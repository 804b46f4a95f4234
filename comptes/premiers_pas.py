"""Les premiers pas d'une structure : lesquels restent ; et ceux que les comptes y inscrivent."""

from dataclasses import dataclass

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef

from comptes.acteur import Acteur
from comptes.enums import RESPONSABLES
from comptes.models import Adhesion, Invitation, Logo, Organisation, Partenariat, PasPasse
from socle.premiers_pas import EQUIPE, STRUCTURE, Pas, premier_pas, tous_les_pas


@dataclass(frozen=True, slots=True)
class PasLu:
    """Un pas, et où en est la structure."""

    pas: Pas
    fait: bool
    passe: bool

    @property
    def reste(self) -> bool:
        return not (self.fait or self.passe)


def pas_de(structure: Organisation) -> list[PasLu]:
    """Tous les pas de la structure, dans l'ordre, en une requête."""
    pas = tous_les_pas()
    passes = PasPasse.objects.filter(structure=OuterRef("pk"))
    lus = Organisation.objects.filter(pk=structure.pk).values_list(
        *(ExpressionWrapper(un.fait(), output_field=BooleanField()) for un in pas),
        *(Exists(passes.filter(cle=un.cle)) for un in pas),
    )
    valeurs = lus.get()
    return [PasLu(*lu) for lu in zip(pas, map(bool, valeurs[: len(pas)]), map(bool, valeurs[len(pas) :]), strict=True)]


def pas_qui_restent(acteur: Acteur) -> list[Pas]:
    """Ceux que l'acteur peut faire, dans l'ordre ; aucun pour qui ne fait que lire."""
    if not acteur.peut_ecrire:
        return []
    return [lu.pas for lu in pas_de(acteur.agit_pour) if lu.reste and acteur.role in lu.pas.roles]


@premier_pas(
    "identite",
    STRUCTURE,
    "Votre nom et votre logo",
    "Ils se lisent en tête de ce que vous remettez : bilans, lettres, attestations.",
    liens=[("Déposer le logo", "comptes:logo"), ("Relire le nom", "comptes:membres")],
    roles=RESPONSABLES,
    ordre=10,
)
def _identite():
    return Exists(Logo.objects.en_place().filter(structure=OuterRef("pk")))


@premier_pas(
    "equipe",
    EQUIPE,
    "Vos collègues",
    "Chacun a son compte : invitez ceux qui saisissent, et ceux qui consultent.",
    liens=[("Inviter un collègue", "comptes:membres")],
    roles=RESPONSABLES,
    ordre=10,
)
def _equipe():
    """Deux membres ; une invitation partie suffit : la suite ne dépend plus de qui règle."""
    invites = Invitation.objects.filter(organisation=OuterRef("pk"), emettrice=OuterRef("pk"))
    autres = Adhesion.objects.filter(organisation=OuterRef("pk"), active=True).order_by("pk")
    return Exists(invites) | Exists(autres[1:2])


@premier_pas(
    "partenaires",
    EQUIPE,
    "Vos partenaires",
    "Prescripteurs, acheteurs, entreprises, financeurs : chacun voit ce qui le regarde, et rien d'autre.",
    liens=[("Ajouter un partenaire", "comptes:partenaire_creer")],
    roles=RESPONSABLES,
    ordre=20,
)
def _partenaires():
    return Exists(Partenariat.objects.filter(structure=OuterRef("pk")))
