"""Ce qui se trouve d'une personne : son dossier, par son nom, ses initiales, son numéro ou son identifiant."""

from beneficiaires.models import Beneficiaire
from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS
from socle.nombres import en_chiffres
from socle.trouver import Trouvables, Trouvaille, trouvable


@trouvable("personnes", "Personnes", "users", ordre=10, roles=FACILITATEURS, fiches=["beneficiaires:fiche"])
def personnes(acteur: Acteur) -> Trouvables:
    return Trouvables(
        Beneficiaire.objects.visibles_par(acteur).reconnaissables(),
        _personne,
        plies=("nom_plie",),
        codes=("identifiant",),
        telephones=("telephone",),
        initiales="nom_plie",
    )


def _personne(personne: Beneficiaire) -> Trouvaille:
    """La naissance départage deux homonymes."""
    detail = [f"naissance {en_chiffres(personne.date_naissance)}", personne.telephone]
    return Trouvaille(personne.nom_complet, personne.get_absolute_url(), " · ".join(filter(None, detail)))
