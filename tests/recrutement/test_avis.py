"""À qui chaque pas est dit : l'auteur ou ses collègues, le facilitateur du marché ou les autres, l'entreprise, ou personne."""

import pytest

from comptes.enums import Role
from comptes.models import Adhesion
from recrutement import services
from recrutement.enums import StatutCandidature
from recrutement.models import Candidature
from recrutement.services.avis_candidatures import avis_du_lot, prevenir_qui_a_propose
from recrutement.services.avis_entreprise import facilitateurs_joignables, prevenir_les_facilitateurs, repondre_a
from socle.models import Courriel
from tests.fabriques.comptes import AdhesionFactory, OrganisationFactory, UtilisateurFactory

pytestmark = pytest.mark.django_db


def adresses(destinataires) -> list[str]:
    return sorted(destinataire.adresse for destinataire in destinataires)


@pytest.fixture
def collegue(monde):
    """Un second membre chez le prescripteur."""
    adhesion = AdhesionFactory(organisation=monde.organisations[Role.PRESCRIPTEUR], role=Role.PRESCRIPTEUR)
    return adhesion.utilisateur


def dit(monde, qui: str, **valeurs):
    for champ, valeur in valeurs.items():
        setattr(monde.candidature, champ, valeur)
    return prevenir_qui_a_propose(monde.acteur(qui), monde.candidature, monde.offre)


def test_le_pas_se_dit_a_qui_a_propose_et_a_ses_collegues_s_il_est_parti(monde, collegue):
    auteur = monde.personne("prescripteur")
    assert adresses(dit(monde, "edition").destinataires) == [auteur.email]
    Adhesion.objects.filter(utilisateur=auteur).delete()
    assert adresses(dit(monde, "edition").destinataires) == [collegue.email]
    assert adresses(dit(monde, "edition", auteur=None).destinataires) == [collegue.email]


def test_a_personne_si_l_on_n_a_que_soi_a_prevenir(monde):
    assert dit(monde, "prescripteur") is None
    assert dit(monde, "edition", proposee_par=None) is None
    assert not Courriel.objects.filter(destinataire=monde.personne("prescripteur").email).exists()


def test_l_entreprise_repond_d_une_personne_de_la_structure_au_facilitateur(monde):
    avis = dit(monde, "entreprise", proposee_par=None)
    assert (avis.qui, adresses(avis.destinataires)) == (
        "votre facilitateur",
        ["edition@nous.fr", "responsable@nous.fr"],
    )
    assert dit(monde, "entreprise").qui == "votre facilitateur"


def charger(monde, personne) -> None:
    monde.offre.engagement.lot.marche.facilitateur = personne


def test_le_facilitateur_du_marche_ou_tous_ceux_qui_ecrivent(monde):
    tous = ["edition@nous.fr", "responsable@nous.fr"]
    assert adresses(facilitateurs_joignables(monde.offre)) == tous
    charger(monde, monde.personne("edition"))
    assert adresses(facilitateurs_joignables(monde.offre)) == ["edition@nous.fr"]
    avis = prevenir_les_facilitateurs(monde.offre)
    assert (avis.qui, adresses(avis.destinataires)) == ("votre facilitateur", ["edition@nous.fr"])
    charger(monde, monde.personne("lecture"))  # il n'écrit plus
    assert adresses(facilitateurs_joignables(monde.offre)) == tous


def test_on_repond_a_qui_fait_le_geste_sinon_au_facilitateur_encore_actif(monde):
    assert repondre_a(monde.acteur("edition"), monde.offre) == "edition@nous.fr"
    assert repondre_a(monde.acteur("prescripteur"), monde.offre) == ""
    charger(monde, monde.personne("edition"))
    assert repondre_a(monde.acteur("prescripteur"), monde.offre) == "edition@nous.fr"
    charger(monde, UtilisateurFactory(is_active=False))
    assert repondre_a(monde.acteur("prescripteur"), monde.offre) == ""


def test_un_lot_transmis_se_dit_a_l_entreprise_un_autre_pas_a_qui_a_propose(monde):
    candidature = monde.candidature
    assert avis_du_lot(monde.offre, "transmettre", []) is None
    transmis = avis_du_lot(monde.offre, "transmettre", [candidature])
    assert adresses(transmis.destinataires) == [monde.personne("entreprise").email]
    candidature.dit_a = None
    assert avis_du_lot(monde.offre, "preselectionner", [candidature]) is None
    candidature.dit_a = dit(monde, "edition")
    avis = avis_du_lot(monde.offre, "preselectionner", [candidature, candidature])
    assert (avis.qui, adresses(avis.destinataires)) == ("le prescripteur", [monde.personne("prescripteur").email])


def test_l_embauche_se_dit_comme_un_contrat(monde):
    contrat = services.embaucher(
        acteur=monde.acteur(),
        candidature=monde.candidature_retenue,
        employeur=monde.entreprise,
        modalite="embauche_directe",
        type_contrat="cdd",
        debut="2026-11-01",
        fin_prevue="2026-12-31",
    )
    assert adresses(contrat.dit_a.destinataires) == [monde.personne("prescripteur").email]
    assert "le contrat est établi" in Courriel.objects.order_by("pk").last().corps


def test_un_partenaire_sans_membre_se_nomme_parmi_ceux_qui_ne_l_apprendront_pas(monde):
    vide = OrganisationFactory(prescripteur=True, nom="Mission locale")
    vide.partenariats.create(structure=monde.structure)
    partenaires = [monde.organisations[Role.PRESCRIPTEUR], vide]
    offre = services.diffuser_offre(acteur=monde.acteur(), offre=monde.offre, partenaires=partenaires)
    assert offre.dit_a.oublies == ("Mission locale",)
    assert adresses(offre.dit_a.destinataires) == [monde.personne("prescripteur").email]


def test_le_pas_d_un_lot_ne_sort_pas_de_son_offre(monde):
    """Une candidature d'une autre offre, glissée dans l'envoi, reste où elle est."""
    autre = monde.candidature_proposee
    Candidature.objects.filter(pk=autre.pk).update(offre=monde.offre_close)
    faites = services.avancer_candidatures(
        acteur=monde.acteur(), offre=monde.offre, candidatures=[autre], transition="preselectionner"
    )
    autre.refresh_from_db()
    assert (len(faites), autre.statut) == (0, StatutCandidature.PROPOSEE)
