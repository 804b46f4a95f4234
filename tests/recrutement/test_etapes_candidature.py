"""Les pas d'une candidature : qui peut lequel, depuis quel état, et ce qu'il demande."""

import pytest

from recrutement.enums import StatutCandidature, StatutOffre
from recrutement.models import Candidature, Contrat, Offre
from recrutement.permissions import peut_avancer_candidature
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.recrutement import CandidatureFactory, ContratFactory, OffreFactory
from tests.saisie import annonce, envoyer, fautes, journal, lue, motif_du_refus, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
EN_COURS = ("proposee", "preselectionnee", "transmise", "entretien")
CHEZ_L_ENTREPRISE = ("transmise", "entretien")
# Le geste, d'où il part, où il mène, la phrase du journal.
PAS = {
    "preselectionner": (("proposee",), "preselectionnee", "Candidature présélectionnée"),
    "transmettre": (("preselectionnee",), "transmise", "Candidature transmise à l'entreprise"),
    "rencontrer": (CHEZ_L_ENTREPRISE, "entretien", "Entretien fixé"),
    "retenir": (CHEZ_L_ENTREPRISE, "retenue", "Candidature retenue"),
    "refuser": (EN_COURS, "refusee", "Candidature non retenue"),
    "retirer": ((*EN_COURS, "retenue"), "retiree", "Candidature retirée"),
    "reprendre": (("refusee", "retiree", "sans_suite"), "proposee", "Candidature reprise"),
}
FORMULAIRES = {
    "rencontrer": ("recrutement:candidature_entretien", {"entretien_le": "2026-10-20"}),
    "refuser": ("recrutement:candidature_refuser", {"motif": "permis", "precision": "Pas de bus le matin."}),
}


@pytest.fixture
def offre(monde):
    """Ouverte, de trois postes : personne n'y prend le dernier."""
    return OffreFactory(engagement=monde.engagement, postes=3)


def avancer(client, candidature, geste):
    if geste in FORMULAIRES:
        nom, saisie = FORMULAIRES[geste]
        return envoyer(client, nom, candidature, **saisie)
    return envoyer(client, "recrutement:candidature_avancer", candidature, geste)


@pytest.mark.parametrize("statut", StatutCandidature.values)
def test_chaque_pas_part_d_un_etat_qui_le_permet(monde, connecte, offre, statut):
    client = connecte("edition")
    for geste, (depuis, arrivee, phrase) in PAS.items():
        candidature = CandidatureFactory(offre=offre, statut=statut)
        if statut in depuis:
            assert avancer(client, candidature, geste).status_code == 302, geste
            assert journal(offre)[0] == phrase
            candidature.refresh_from_db()
            assert candidature.statut == arrivee, geste
            assert (candidature.decidee_le is None) is (arrivee in EN_COURS)
            continue
        with rien_ne_s_ecrit(Candidature):
            motif = motif_du_refus(avancer(client, candidature, geste))
        assert "n'est pas possible dans l'état actuel" in motif, geste


def test_ce_que_l_on_precise_reste_avec_la_candidature(connecte, offre):
    client = connecte("edition")
    recue, refusee = CandidatureFactory.create_batch(2, offre=offre, statut=StatutCandidature.TRANSMISE)
    avancer(client, recue, "rencontrer")
    avancer(client, refusee, "refuser")
    recue.refresh_from_db()
    refusee.refresh_from_db()
    assert str(recue.entretien_le) == "2026-10-20"
    assert (refusee.motif, refusee.precision) == ("permis", "Pas de bus le matin.")
    avancer(client, recue, "retenir")
    recue.refresh_from_db()
    assert str(recue.entretien_le) == "2026-10-20"
    avancer(client, refusee, "reprendre")
    refusee.refresh_from_db()
    assert (refusee.motif, refusee.precision) == ("", "")


@pytest.mark.parametrize(
    ("geste", "saisie", "champ"),
    [
        ("entretien", {"entretien_le": ""}, "entretien_le"),
        ("refuser", {"motif": "", "precision": "Trop loin"}, "motif"),
        ("refuser", {"motif": "sante", "precision": "Trop loin"}, "motif"),
        ("refuser", {"motif": "permis", "precision": "1 85 05 78 006 084 36"}, "precision"),
    ],
)
def test_un_pas_sans_sa_precision_se_dit_a_cote(connecte, offre, geste, saisie, champ):
    candidature = CandidatureFactory(offre=offre, statut=StatutCandidature.TRANSMISE)
    gardee = {nom: valeur for nom, valeur in saisie.items() if nom != champ}
    with rien_ne_s_ecrit(Candidature):
        reponse = envoyer(connecte("edition"), f"recrutement:candidature_{geste}", candidature, **saisie)
        assert list(fautes(reponse, **gardee)) == [champ]


@pytest.mark.parametrize(
    ("qui", "permis"),
    [("entreprise", {"rencontrer", "retenir", "refuser"}), ("prescripteur", {"retirer"}), ("lecture", set())],
)
def test_chacun_n_a_que_ses_gestes(monde, offre, qui, permis):
    prescripteur = monde.organisations["prescripteur"]
    candidature = CandidatureFactory(offre=offre, statut=StatutCandidature.TRANSMISE, proposee_par=prescripteur)
    acteur = monde.acteur(qui)
    assert {geste for geste in PAS if peut_avancer_candidature(acteur, candidature, geste)} == permis
    for statut in set(StatutCandidature.values) - {*CHEZ_L_ENTREPRISE}:
        candidature.statut = statut
        reste = {geste for geste in PAS if peut_avancer_candidature(acteur, candidature, geste)}
        assert reste == ({"retirer"} if qui == "prescripteur" and statut in (*EN_COURS, "retenue") else set()), statut


def test_le_prescripteur_retire_les_siennes_jusqu_au_contrat(monde, connecte, offre):
    client, prescripteur = connecte("prescripteur"), monde.organisations["prescripteur"]
    personne = BeneficiaireFactory(structure=monde.structure, prescripteur=prescripteur)
    candidature = CandidatureFactory(offre=offre, beneficiaire=personne, proposee_par=prescripteur, statut="retenue")
    d_un_autre = CandidatureFactory(offre=offre)
    assert envoyer(client, "recrutement:candidature_retirer", d_un_autre).status_code == 404
    candidature.contrat = ContratFactory(engagement=monde.engagement, beneficiaire=personne)
    candidature.save()
    with rien_ne_s_ecrit(Candidature):
        motif = motif_du_refus(envoyer(client, "recrutement:candidature_retirer", candidature))
    assert "Un contrat est établi : arrêtez le contrat" in motif
    Candidature.objects.filter(pk=candidature.pk).update(contrat=None)
    assert annonce(envoyer(client, "recrutement:candidature_retirer", candidature)) == "Candidature retirée."
    with rien_ne_s_ecrit(Candidature):
        assert envoyer(client, "recrutement:candidature_retirer", candidature).status_code == 403


@pytest.mark.parametrize("geste", ["retenir", "reprendre"])
def test_une_offre_refermee_ne_retient_ni_ne_reprend_personne(connecte, offre, geste):
    Offre.objects.filter(pk=offre.pk).update(statut=StatutOffre.CLOSE)
    candidature = CandidatureFactory(offre=offre, statut="transmise" if geste == "retenir" else "refusee")
    with rien_ne_s_ecrit(Candidature, Offre):
        dit = annonce(avancer(connecte("edition"), candidature, geste))
    assert ("n'est plus ouverte" if geste == "retenir" else "Rouvrez d'abord l'offre.") in dit


# --- Positionner --------------------------------------------------------------------------------------------------
def test_une_personne_se_positionne_une_fois_sur_une_offre_ouverte(monde, connecte, offre):
    client, personne = connecte("edition"), BeneficiaireFactory(structure=monde.structure)
    saisie = {"beneficiaire": personne, "avis": "Rigoureuse."}
    reponse = envoyer(client, "recrutement:offre_personne", offre, **saisie)
    assert (reponse.url, annonce(reponse)) == (offre.get_absolute_url(), "Personne positionnée.")
    candidature = offre.candidatures.get()
    assert (candidature.beneficiaire, candidature.avis, candidature.proposee_par) == (personne, "Rigoureuse.", None)
    assert personne.nom in lue(client, reponse.url)
    assert journal(offre) == ["Personne proposée"]
    with rien_ne_s_ecrit(Candidature):
        assert list(fautes(envoyer(client, "recrutement:offre_personne", offre, **saisie))) == ["beneficiaire"]
        dit = annonce(envoyer(client, "recrutement:offre_positionner", offre, personne=personne.uuid))
        assert dit == "Cette personne est déjà proposée sur cette offre."


@pytest.mark.parametrize("cas", ["archivée", "d'une autre structure", "offre close"])
def test_on_ne_positionne_que_ses_personnes_sur_une_offre_ouverte(monde, connecte, offre, cas):
    structure = monde.autre.structure if cas == "d'une autre structure" else monde.structure
    personne = BeneficiaireFactory(structure=structure, archive=cas == "archivée")
    if cas == "offre close":
        Offre.objects.filter(pk=offre.pk).update(statut=StatutOffre.CLOSE)
    client = connecte("edition")
    with rien_ne_s_ecrit(Candidature):
        directe = envoyer(client, "recrutement:offre_positionner", offre, personne=personne.uuid)
        choisie = envoyer(client, "recrutement:offre_personne", offre, beneficiaire=personne)
    if cas == "offre close":
        assert all("pas ouverte aux propositions" in motif_du_refus(reponse) for reponse in (directe, choisie))
        return
    assert list(fautes(choisie)) == ["beneficiaire"]
    if cas == "archivée":
        assert annonce(directe) == "Cette personne n'est pas parmi celles que vous suivez."
    else:
        assert directe.status_code == 404


# --- Embaucher ----------------------------------------------------------------------------------------------------
TERMES = {
    "modalite": "embauche_directe",
    "type_contrat": "cdd",
    "debut": "2026-11-02",
    "fin_prevue": "2027-02-26",
}


@pytest.mark.parametrize("statut", StatutCandidature.values)
def test_seule_une_personne_retenue_s_embauche_et_une_fois(monde, connecte, offre, statut):
    client, candidature = connecte("edition"), CandidatureFactory(offre=offre, statut=statut)

    def embaucher():
        saisie = {**TERMES, "employeur": monde.entreprise}
        return envoyer(client, "recrutement:candidature_contrat", candidature, **saisie)

    if statut == StatutCandidature.RETENUE:
        reponse = embaucher()
        candidature.refresh_from_db()
        assert reponse.url == candidature.contrat.get_absolute_url()
        assert (candidature.contrat.engagement, str(candidature.contrat.debut)) == (offre.engagement, "2026-11-02")
        assert journal(offre) == ["Contrat établi depuis une candidature"]
    phrase = "déjà établi" if statut == StatutCandidature.RETENUE else "pas encore retenu"
    with rien_ne_s_ecrit(Contrat, Candidature):
        (dite,) = fautes(embaucher(), debut="2026-11-02", fin_prevue="2027-02-26").values()
    assert phrase in dite


# --- Plusieurs d'un coup ------------------------------------------------------------------------------------------
def test_plusieurs_avancent_ensemble_celles_qui_le_peuvent(connecte, offre):
    client = connecte("edition")
    proposees = CandidatureFactory.create_batch(2, offre=offre)
    deja_transmise = CandidatureFactory(offre=offre, statut=StatutCandidature.TRANSMISE)
    d_une_autre_offre = CandidatureFactory(offre=OffreFactory(engagement=offre.engagement))
    cochees = [candidature.uuid for candidature in (*proposees, deja_transmise, d_une_autre_offre)]
    reponse = envoyer(client, "recrutement:offre_preselectionner", offre, candidature=cochees)
    assert annonce(reponse).startswith("Présélectionner : 2 candidatures.")
    statuts = {candidature.pk: candidature.statut for candidature in Candidature.objects.all()}
    assert [statuts[c.pk] for c in proposees] == ["preselectionnee"] * 2
    assert (statuts[deja_transmise.pk], statuts[d_une_autre_offre.pk]) == ("transmise", "proposee")
    with rien_ne_s_ecrit(Candidature):  # le second clic, ou rien de coché
        for choix in (cochees, []):
            reponse = envoyer(client, "recrutement:offre_preselectionner", offre, candidature=choix)
            assert annonce(reponse) == "Cochez les candidatures à faire avancer."
        assert (
            envoyer(connecte("lecture"), "recrutement:offre_transmettre", offre, candidature=cochees).status_code == 403
        )


# --- L'entreprise, depuis son espace ------------------------------------------------------------------------------
def repondre(client, candidature, geste, **saisie):
    prefixee = {f"{candidature.uuid}-{champ}": valeur for champ, valeur in saisie.items()}
    return envoyer(
        client, "recrutement:reponse", candidature.offre, candidature=candidature.uuid, geste=geste, **prefixee
    )


@pytest.mark.parametrize(
    ("geste", "saisie", "statut"),
    [
        ("retenir", {}, "retenue"),
        ("refuser", {"motif": "permis"}, "refusee"),
        ("rencontrer", {"entretien_le": "2026-10-20"}, "entretien"),
        ("refuser", {"motif": ""}, None),
        ("rencontrer", {"entretien_le": ""}, None),
    ],
)
def test_l_entreprise_repond_a_ce_qui_lui_est_transmis(connecte, offre, geste, saisie, statut):
    candidature = CandidatureFactory(offre=offre, statut=StatutCandidature.TRANSMISE)
    client = connecte("entreprise")
    reponse = repondre(client, candidature, geste, **saisie)
    candidature.refresh_from_db()
    assert candidature.statut == (statut or "transmise")
    assert reponse.status_code == (302 if statut else 200)
    if not statut:
        (champ,) = saisie
        assert "obligatoire" in fautes(reponse)[f"{candidature.uuid}-{champ}"]
    if geste == "retenir":
        with rien_ne_s_ecrit(Candidature):
            assert repondre(client, candidature, geste).status_code == 403


@pytest.mark.parametrize("geste", ["preselectionner", "retirer", "poesie"])
def test_l_entreprise_n_a_pas_d_autre_geste_ni_d_autre_candidature(connecte, offre, geste):
    client, transmise = connecte("entreprise"), CandidatureFactory(offre=offre, statut=StatutCandidature.TRANSMISE)
    pas_encore = CandidatureFactory(offre=offre)
    with rien_ne_s_ecrit(Candidature):
        assert repondre(client, transmise, geste).status_code == 404
        assert repondre(client, pas_encore, "retenir").status_code == 404
        assert repondre(connecte("autre.entreprise"), transmise, "retenir").status_code == 404
