"""Un modèle de clause proposé au réseau s'adopte : une copie, sa version, son origine ; chacun garde la main sur le sien."""

import html

import pytest
from django.urls import reverse

from comptes.enums import Role
from marches.enums import PieceClause
from marches.models import ModeleClause
from marches.services import adopter_le_modele, ecrire_modele, proposer_le_modele
from marches.services.redaction import modeles_en_vigueur
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.comptes import AdhesionFactory, OrganisationFactory, PartenariatFactory
from tests.monde import Monde

pytestmark = pytest.mark.django_db
TEXTE = "## Le règlement\n\nUn texte de chez nous, pour {{ objet }}."


def lire(client, nom: str, *arguments) -> str:
    return html.unescape(client.get(reverse(f"marches:{nom}", args=arguments)).content.decode())


@pytest.fixture
def voisine(monde: Monde):
    """Une responsable d'une autre structure du même réseau, sans autre lien."""
    structure = OrganisationFactory(type="facilitatrice", nom="PLIE du Sud")
    PartenariatFactory(structure=structure, organisation=monde.nous.organisations[Role.RESEAU])
    return AdhesionFactory(organisation=structure, role=Role.EDITION)


@pytest.fixture
def notre(monde) -> ModeleClause:
    ecrire_modele(acteur=monde.acteur(), piece=PieceClause.RC, texte="Première", note="")
    ecrire_modele(acteur=monde.acteur(), piece=PieceClause.RC, texte=TEXTE, note="Plus court")
    return proposer_le_modele(acteur=monde.acteur(), piece=PieceClause.RC, proposer=True)


def test_proposer_puis_adopter_fait_une_copie_qui_dit_d_ou_elle_vient(monde, notre, voisine, client):
    client.force_login(voisine.utilisateur)
    assert "version 2" in lire(client, "modeles_clause") and "Plus court" in lire(client, "modeles_clause")
    assert "Un texte de chez nous" in lire(client, "modele_propose", notre.uuid)
    client.post(reverse("marches:modele_adopter", args=[notre.uuid]))
    copie = ModeleClause.objects.get(structure=voisine.organisation)
    assert (copie.version, copie.texte, copie.propose_le) == (1, TEXTE, None)
    assert copie.origine.startswith(f"{monde.structure.nom}, version 2 du ")
    assert modeles_en_vigueur(voisine.organisation)[PieceClause.RC] == (TEXTE, "locale 1")
    assert f"adoptée de {copie.origine}" in " ".join(lire(client, "modele_clause", "rc").split())
    client.post(reverse("marches:modele_adopter", args=[notre.uuid]))
    assert ModeleClause.objects.filter(structure=voisine.organisation).count() == 1, (
        "le même texte n'est pas une version"
    )
    ecrire_modele(acteur=monde.acteur(), piece=PieceClause.RC, texte="Autre chose", note="")
    copie.refresh_from_db()
    assert copie.texte == TEXTE and copie.retire_le is None
    assert client.get(reverse("marches:modele_propose", args=[notre.uuid])).status_code == 404, (
        "la version est remplacée"
    )


def test_l_ecran_propose_et_cesse_de_proposer(monde, client):
    ecrire_modele(acteur=monde.acteur(), piece=PieceClause.RC, texte=TEXTE, note="")
    client.force_login(monde.personne("edition"))
    assert "Proposer au réseau" in lire(client, "modele_clause", "rc")
    client.post(reverse("marches:modele_proposer", args=["rc"]))
    assert "Ne plus le proposer" in lire(client, "modele_clause", "rc")
    assert ModeleClause.objects.get(structure=monde.structure).propose_le
    client.post(reverse("marches:modele_garder", args=["rc"]))
    assert ModeleClause.objects.get(structure=monde.structure).propose_le is None


def test_hors_du_reseau_on_ne_lit_ni_n_adopte(monde, notre, client):
    client.force_login(monde.personne("autre.edition"))
    assert "Plus court" not in lire(client, "modeles_clause")
    assert client.get(reverse("marches:modele_propose", args=[notre.uuid])).status_code == 404
    with pytest.raises(AccesRefuse):
        adopter_le_modele(acteur=monde.acteur("autre.edition"), modele=notre)
    for role in ("entreprise", "maitre_ouvrage", "prescripteur", "financeur"):
        assert not ModeleClause.objects.proposes_a(monde.acteur(role)).exists()


def test_le_reseau_lit_ce_que_ses_structures_proposent_et_rien_d_autre(monde, notre, client):
    client.force_login(monde.personne("reseau"))
    page = lire(client, "modeles_clause")
    assert "Plus court" in page and "Réglages des clauses" not in page
    assert "Adopter ce modèle" not in lire(client, "modele_propose", notre.uuid)
    proposer_le_modele(acteur=monde.acteur(), piece=PieceClause.RC, proposer=False)
    assert "Plus court" not in lire(client, "modeles_clause")


def test_sans_variante_ou_sans_reseau_il_n_y_a_rien_a_proposer(monde):
    with pytest.raises(RegleViolee, match="modèle national"):
        proposer_le_modele(acteur=monde.acteur(), piece=PieceClause.RC, proposer=True)
    ecrire_modele(acteur=monde.acteur(), piece=PieceClause.RC, texte=TEXTE, note="")
    monde.structure.partenaires.filter(organisation__type="reseau").delete()
    with pytest.raises(RegleViolee, match="réseau"):
        proposer_le_modele(acteur=monde.acteur(), piece=PieceClause.RC, proposer=True)
