"""Ce qui se trouve partout : les pages du menu, les gestes ; pour l'administrateur, organisations et comptes."""

from collections.abc import Iterable

from comptes.acteur import Acteur
from comptes.enums import ADMINISTRATEURS, FACILITATEURS, Role
from comptes.menus import COMPTE, GESTES, PRINCIPAL, Entree, liens
from comptes.models import Compte, Organisation
from socle.trouver import Pages, Trouvables, Trouvaille, trouvable


@trouvable("gestes", "Faire", "circle-plus", ordre=90, roles=Role)
def gestes(acteur: Acteur) -> Pages:
    return _entrees(acteur, GESTES)


@trouvable("pages", "Aller à", "arrow-right", ordre=95, roles=Role)
def pages(acteur: Acteur) -> Pages:
    return _entrees(acteur, [*(entree for rubrique in PRINCIPAL for entree in rubrique.entrees), *COMPTE])


def _entrees(acteur: Acteur, entrees: Iterable[Entree]) -> Pages:
    mots = {entree.libelle: entree.mots for entree in entrees}
    lignes = (Trouvaille(lien.libelle, lien.url) for lien in liens(entrees, acteur.role, ""))
    return Pages([(mots[trouvaille.titre], trouvaille) for trouvaille in lignes])


@trouvable(
    "partenaires",
    "Organisations",
    "network",
    ordre=85,
    roles=FACILITATEURS | ADMINISTRATEURS,
    fiches=["comptes:organisation"],
)
def organisations(acteur: Acteur) -> Trouvables:
    return Trouvables(
        Organisation.objects.visibles_par(acteur),
        lambda organisation: Trouvaille(
            organisation.nom, organisation.get_absolute_url(), organisation.get_type_display()
        ),
        plies=("nom_plie",),
    )


@trouvable("comptes", "Comptes", "circle-user", ordre=86, roles=ADMINISTRATEURS, fiches=["comptes:compte"])
def comptes(acteur: Acteur) -> Trouvables:
    return Trouvables(
        Compte.objects.visibles_par(acteur),
        lambda compte: Trouvaille(compte.get_full_name(), compte.get_absolute_url(), compte.email),
        plies=("nom_plie",),
        codes=("email",),
        initiales="nom_plie",
    )
