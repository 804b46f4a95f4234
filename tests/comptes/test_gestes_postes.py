"""Les gestes d'une organisation et de ses membres, par leurs formulaires : une fois, deux fois, par un autre."""

import pytest

from comptes.enums import Role
from tests.gestes_postes import Poste, essayer, essayer_par_un_autre

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026


POSTES = [
    Poste(
        "comptes:inviter",
        "invitation_envoyee",
        lambda c: (c.structure,),
        lambda c: {"email": "neuve@nous.fr", "role": "edition"},
        par="responsable",
        refuses=("edition", "lecture", "financeur", "autre.responsable"),
    ),
    Poste(
        "comptes:invitation_revoquer",
        "invitation_revoquee",
        lambda c: (c.invitation,),
        par="responsable",
        refuses=("edition", "lecture", "financeur", "autre.responsable"),
    ),
    Poste(
        "comptes:adhesion_role",
        "role_change",
        lambda c: (c.adhesion,),
        lambda c: {"role": "lecture"},
        par="responsable",
        refuses=("lecture", "financeur", "autre.responsable"),
    ),
    Poste(
        "comptes:adhesion_retirer",
        "membre_retire",
        lambda c: (c.adhesion,),
        par="responsable",
        refuses=("lecture", "financeur", "autre.responsable"),
    ),
    Poste(
        "comptes:organisation_modifier",
        "organisation_modifiee",
        lambda c: (c.structure,),
        lambda c: {"nom": "Maison de l'emploi du Cotentin"},
        par="responsable",
        refuses=("edition", "lecture", "financeur", "autre.responsable"),
    ),
    Poste(
        "comptes:organisation_archiver",
        "organisation_archivee",
        lambda c: (c.organisations[Role.FINANCEUR],),
        par="administrateur",
        refuses=("responsable", "financeur"),
    ),
    Poste(
        "comptes:partenaire_creer",
        "partenariat_noue",
        saisie=lambda c: {"type": "prescripteur", "nom": "Cap emploi"},
        encore="deux organisations ont le même nom",
        par="responsable",
        refuses=("edition", "lecture", "financeur"),
    ),
]


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_il_s_ecrit_une_fois(monde, connecte, poste):
    essayer(poste, monde, connecte)


@pytest.mark.parametrize("poste", POSTES, ids=str)
def test_personne_d_autre(monde, connecte, poste):
    essayer_par_un_autre(poste, monde, connecte)
