"""Les comptes de démonstration : un par rôle, le même mot de passe, qui n'existe que dans ce monde."""

from comptes.acteur import Acteur
from comptes.enums import Role, TypeOrganisation
from comptes.models import Adhesion, Organisation, Utilisateur
from comptes.services import creer_organisation, creer_partenaire
from entreprises.models import Entreprise
from marches.models import MaitreOuvrage

MOT_DE_PASSE = "passerelle-du-cotentin"
FACILITATEURS = (
    ("responsable", "Camille", "Roussel", Role.RESPONSABLE),
    ("facilitateur", "Maxime", "Lebas", Role.EDITION),
    ("lecture", "Sarah", "Noël", Role.LECTURE),
)
PARTENAIRES = (
    ("prescripteur", "Inès", "Caradec", "Mission locale du Cotentin", TypeOrganisation.PRESCRIPTEUR, Role.PRESCRIPTEUR),
    ("entreprise", "Hugo", "Lemoine", "Maçonnerie du Val de Saire", TypeOrganisation.ENTREPRISE, Role.ENTREPRISE),
    (
        "acheteur",
        "Claire",
        "Duval",
        "Ville de Cherbourg-en-Cotentin",
        TypeOrganisation.MAITRE_OUVRAGE,
        Role.MAITRE_OUVRAGE,
    ),
    ("financeur", "Paul", "Mercier", "État, politique de la ville", TypeOrganisation.FINANCEUR, Role.FINANCEUR),
    ("reseau", "Anne", "Lefèvre", "Réseau normand des facilitateurs", TypeOrganisation.RESEAU, Role.RESEAU),
)


def creer_comptes(structure: Organisation, acheteur: MaitreOuvrage, entreprise: Entreprise) -> None:
    acteur = Acteur.systeme(structure)
    for cle, prenom, nom, role in FACILITATEURS:
        _membre(structure, cle, prenom, nom, role)
    for cle, prenom, nom_de_famille, nom, type_, role in PARTENAIRES:
        organisation = creer_partenaire(acteur=acteur, type=type_, nom=nom)
        _membre(organisation, cle, prenom, nom_de_famille, role)
        lies: dict[str, Entreprise | MaitreOuvrage] = {"entreprise": entreprise, "acheteur": acheteur}
        if (lie := lies.get(cle)) is not None:
            lie.organisation = organisation
            lie.save()
    operateur = creer_organisation(
        acteur=Acteur.exploitant(), type=TypeOrganisation.OPERATEUR, nom="Exploitation", slug="exploitation"
    )
    _membre(operateur, "administrateur", "Andrée", "Binet", Role.ADMINISTRATEUR)


def _membre(organisation: Organisation, cle: str, prenom: str, nom: str, role: Role) -> None:
    utilisateur = Utilisateur.objects.create_user(f"{cle}@demo.example", MOT_DE_PASSE, prenom=prenom, nom=nom)
    Adhesion.objects.create(utilisateur=utilisateur, organisation=organisation, role=role)


def tableau() -> str:
    """Les comptes, prêts à imprimer."""
    adhesions = Adhesion.objects.filter(utilisateur__email__endswith="@demo.example").select_related(
        "utilisateur", "organisation"
    )
    lignes = [
        f"  {a.utilisateur.email:<30} {a.get_role_display():<26} {a.organisation.nom}" for a in adhesions.order_by("pk")
    ]
    return "\n".join(["Comptes de démonstration, mot de passe commun : " + MOT_DE_PASSE, *lignes])
