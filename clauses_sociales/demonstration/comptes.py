"""Les comptes de démonstration : un par rôle, le même mot de passe, qui n'existe que dans ce monde."""

from comptes.acteur import Acteur
from comptes.enums import Role, SortePrescripteur, TypeOrganisation
from comptes.models import Adhesion, Invitation, Organisation
from comptes.services import (
    accepter_invitation,
    confirmer_compte,
    creer_partenaire,
    inviter,
    inviter_administrateur,
    inviter_depuis_une_fiche,
)
from entreprises.models import Entreprise
from marches.models import MaitreOuvrage

MOT_DE_PASSE = "passerelle-du-cotentin"
FACILITATEURS = (
    ("responsable", "Camille", "Roussel", Role.RESPONSABLE),
    ("facilitateur", "Maxime", "Lebas", Role.EDITION),
    ("lecture", "Sarah", "Noël", Role.LECTURE),
)
GENS_DES_FICHES = (("entreprise", "Hugo", "Lemoine"), ("acheteur", "Claire", "Duval"))
PARTENAIRES = (
    (
        "prescripteur",
        "Inès",
        "Caradec",
        "Mission locale du Cotentin",
        TypeOrganisation.PRESCRIPTEUR,
        SortePrescripteur.MISSION_LOCALE,
        Role.PRESCRIPTEUR,
    ),
    ("financeur", "Paul", "Mercier", "État, politique de la ville", TypeOrganisation.FINANCEUR, "", Role.FINANCEUR),
    ("reseau", "Anne", "Lefèvre", "Réseau normand des facilitateurs", TypeOrganisation.RESEAU, "", Role.RESEAU),
)


def creer_comptes(structure: Organisation, acheteur: MaitreOuvrage, entreprise: Entreprise) -> None:
    """Chacun est invité comme on l'est à l'écran, et accepte."""
    acteur = Acteur.systeme(structure)
    for cle, prenom, nom, role in FACILITATEURS:
        _accepter(inviter(acteur=acteur, organisation=structure, email=adresse(cle), role=role), prenom, nom)
    fiches: dict[str, Entreprise | MaitreOuvrage] = {"entreprise": entreprise, "acheteur": acheteur}
    for cle, prenom, nom in GENS_DES_FICHES:
        invitation = inviter_depuis_une_fiche(acteur=acteur, fiche=fiches[cle], email=adresse(cle))
        confirmer_compte(acteur=Acteur.exploitant(), adhesion=_accepter(invitation, prenom, nom))
    for cle, prenom, nom_de_famille, nom, type_, sorte, role in PARTENAIRES:
        partenaire = creer_partenaire(acteur=acteur, type=type_, nom=nom, sorte=sorte)
        invitation = inviter(acteur=acteur, organisation=partenaire, email=adresse(cle), role=role)
        _accepter(invitation, prenom, nom_de_famille)
    invitation = inviter_administrateur(acteur=Acteur.exploitant(), email=adresse("administrateur"))
    _accepter(invitation, "Andrée", "Binet")


def adresse(cle: str) -> str:
    return f"{cle}@demo.example"


def _accepter(invitation: Invitation, prenom: str, nom: str) -> Adhesion:
    jeton = invitation.lien.rstrip("/").rpartition("/")[2]
    return accepter_invitation(jeton=jeton, prenom=prenom, nom=nom, mot_de_passe=MOT_DE_PASSE)


def tableau() -> str:
    """Les comptes, prêts à imprimer."""
    adhesions = Adhesion.objects.filter(utilisateur__email__endswith="@demo.example").select_related(
        "utilisateur", "organisation"
    )
    lignes = [
        f"  {a.utilisateur.email:<30} {a.get_role_display():<26} {a.organisation.nom}" for a in adhesions.order_by("pk")
    ]
    return "\n".join(["Comptes de démonstration, mot de passe commun : " + MOT_DE_PASSE, *lignes])
