"""Les portes d'`entreprises`."""

from comptes.enums import Role
from entreprises.models import Entreprise
from tests.fabriques.commun import siret
from tests.fabriques.entreprises import EntrepriseFactory, FicheEntrepriseFactory
from tests.gestes.commun import Geste
from tests.monde import Cote


def _suivie_d_un_seul(cote: Cote) -> Entreprise:
    entreprise = EntrepriseFactory(raison_sociale=f"Charpentes {cote.marque}")
    FicheEntrepriseFactory(entreprise=entreprise, structure=cote.structure)
    return entreprise


def _reprise(cote: Cote) -> dict:
    modifiee = _suivie_d_un_seul(cote)
    modifiee.raison_sociale = "Charpentes du Val"
    neuve = Entreprise(siret=siret(8_000_000), raison_sociale="Neuve", organisation=cote.organisations[Role.FINANCEUR])
    return {"nouvelles": [neuve], "modifiees": [modifiee], "a_suivre": [EntrepriseFactory()]}


PAR_SIRET = "le SIRET est commun à toutes les structures : qui le connaît peut suivre l'entreprise"
GESTES = {
    "entreprises.services.suivre_entreprise": Geste(
        lambda c: {"siret": siret(8_000_001), "raison_sociale": "Neuve", "commune": c.entreprise.commune}
    ),
    "entreprises.services.reprendre_entreprises": Geste(_reprise, libres={"a_suivre": PAR_SIRET}),
    "entreprises.services.modifier_entreprise": Geste(
        lambda c: {"entreprise": c.entreprise, "notes": "Neuves", "raison_sociale": "Neuve"}
    ),
    "entreprises.services.archiver_entreprise": Geste(lambda c: {"entreprise": c.entreprise, "archiver": True}),
    "entreprises.services.ajouter_contact": Geste(lambda c: {"entreprise": c.entreprise, "nom": "Neuve"}),
    "entreprises.services.modifier_contact": Geste(lambda c: {"contact": c.contact, "nom": "Neuve"}),
    "entreprises.services.archiver_contact": Geste(lambda c: {"contact": c.contact, "archiver": True}),
    "entreprises.services.fusionner_les_entreprises": Geste(
        lambda c: {"entreprise": c.entreprise, "autre": c.entreprise_double}
    ),
}
MAILLONS: dict[str, str] = {}
EXEMPTES = {
    "entreprises.services.fiches_a_fusionner": "lit : les fiches de la structure",
    "entreprises.services.marquer_contacts_en_erreur": "un rebond lu par la file : le courriel revenu dit sa structure",
}
