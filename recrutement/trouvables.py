"""Ce qui se trouve d'une embauche : offres et contrats ; pour un prescripteur, les personnes qu'il a confiées."""

from typing import Any

from django.urls import reverse

from beneficiaires.models import Beneficiaire
from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, Role
from recrutement.models import Contrat, Offre
from socle.nombres import en_chiffres
from socle.trouver import Trouvables, Trouvaille, trouvable

PAGES_DE_L_OFFRE: dict[Any, str] = {
    **dict.fromkeys(FACILITATEURS, "recrutement:offre"),
    Role.PRESCRIPTEUR: "recrutement:offre_diffusee",
    Role.ENTREPRISE: "recrutement:reponse",
}


@trouvable("offres", "Offres", "megaphone", ordre=55, roles=PAGES_DE_L_OFFRE, fiches=set(PAGES_DE_L_OFFRE.values()))
def offres(acteur: Acteur) -> Trouvables:
    page = PAGES_DE_L_OFFRE[acteur.role]

    def montrer(offre: Offre) -> Trouvaille:
        entreprise = offre.engagement.entreprise.raison_sociale
        detail = f"{entreprise} · {offre.get_statut_display()} · {en_chiffres(offre.debut)}"
        return Trouvaille(offre.intitule, reverse(page, args=[offre.uuid]), detail)

    objets = Offre.objects.visibles_par(acteur).select_related("engagement__entreprise")
    return Trouvables(objets, montrer, plies=("texte_plie", "engagement__entreprise__raison_sociale_pliee"))


@trouvable("contrats", "Contrats", "signature", ordre=65, roles=FACILITATEURS, fiches=["recrutement:contrat"])
def contrats(acteur: Acteur) -> Trouvables:
    return Trouvables(
        Contrat.objects.visibles_par(acteur).select_related("beneficiaire", "employeur"),
        _contrat,
        plies=("beneficiaire__nom_plie", "employeur__raison_sociale_pliee"),
        codes=("identifiant",),
    )


def _contrat(contrat: Contrat) -> Trouvaille:
    detail = (
        f"{contrat.employeur.raison_sociale} · {contrat.get_type_contrat_display()} du {en_chiffres(contrat.debut)}"
    )
    return Trouvaille(contrat.beneficiaire.nom_complet, contrat.get_absolute_url(), detail)


@trouvable(
    "personnes_confiees",
    "Mes personnes",
    "users",
    ordre=10,
    roles=[Role.PRESCRIPTEUR],
    fiches=["recrutement:ma_personne"],
)
def personnes_confiees(acteur: Acteur) -> Trouvables:
    return Trouvables(
        Beneficiaire.objects.visibles_par(acteur).reconnaissables(),
        lambda personne: Trouvaille(
            personne.nom_complet,
            reverse("recrutement:ma_personne", args=[personne.uuid]),
            f"naissance {en_chiffres(personne.date_naissance)}",
        ),
        plies=("nom_plie",),
        telephones=("telephone",),
        initiales="nom_plie",
    )
