"""Ce qui se trouve d'une entreprise : elle, par son nom ou son SIRET, et ceux que l'on y appelle."""

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS
from entreprises.models import ContactEntreprise, Entreprise
from socle.trouver import Trouvables, Trouvaille, trouvable


@trouvable("entreprises", "Entreprises", "building-2", ordre=40, roles=FACILITATEURS, fiches=["entreprises:fiche"])
def entreprises(acteur: Acteur) -> Trouvables:
    return Trouvables(
        Entreprise.objects.visibles_par(acteur).select_related("commune"),
        _entreprise,
        plies=("raison_sociale_pliee",),
        codes=("siret",),
    )


def _entreprise(entreprise: Entreprise) -> Trouvaille:
    commune = f" · {entreprise.commune.nom}" if entreprise.commune else ""
    return Trouvaille(entreprise.raison_sociale, entreprise.get_absolute_url(), f"SIRET {entreprise.siret}{commune}")


@trouvable("contacts", "Contacts", "phone", ordre=50, roles=FACILITATEURS)
def contacts(acteur: Acteur) -> Trouvables:
    return Trouvables(
        ContactEntreprise.objects.visibles_par(acteur).actifs().select_related("fiche__entreprise"),
        _contact,
        plies=("nom_plie", "fiche__entreprise__raison_sociale_pliee"),
        codes=("courriel",),
        telephones=("telephone",),
        initiales="nom_plie",
    )


def _contact(contact: ContactEntreprise) -> Trouvaille:
    detail = [contact.fiche.entreprise.raison_sociale, contact.fonction, contact.telephone]
    return Trouvaille(contact.nom, contact.get_absolute_url(), " · ".join(filter(None, detail)))
