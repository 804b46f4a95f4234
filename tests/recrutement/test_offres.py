"""Une offre s'écrit sur un marché ouvert, se diffuse aux partenaires, se referme : chaque état dit ce qu'il permet."""

from types import SimpleNamespace

import pytest

from marches.enums import StatutMarche
from recrutement import services
from recrutement.enums import StatutCandidature, StatutOffre
from recrutement.models import Candidature, Diffusion, Offre
from recrutement.services import offres
from socle.models import Courriel
from socle.regles import RegleViolee
from tests.fabriques.comptes import OrganisationFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.fabriques.recrutement import CandidatureFactory, OffreFactory
from tests.saisie import adresse, annonce, envoyer, fautes, journal, lue, motif_du_refus, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
MACON = {
    "intitule": "Maçon coffreur",
    "metier": "F1703",
    "postes": "2",
    "debut": "2026-12-01",
    "fin": "2027-05-31",
    "modalite": "embauche_directe",
    "type_contrat": "cdd",
}


def ecrire(client, engagement, **change):
    return envoyer(client, "recrutement:offre_nouvelle", engagement, **{**MACON, **change})


def test_une_offre_nait_brouillon_et_personne_d_autre_ne_la_voit(monde, connecte):
    client = connecte("edition")
    reponse = ecrire(client, monde.engagement)
    offre = Offre.objects.get(intitule=MACON["intitule"])
    assert (reponse.url, offre.statut, offre.structure) == (offre.get_absolute_url(), "brouillon", monde.structure)
    assert journal(offre) == ["Offre créée"]
    assert "Maçon coffreur" in lue(client, reponse.url)
    assert connecte("prescripteur").get(adresse("recrutement:offre_diffusee", offre)).status_code == 404
    assert connecte("entreprise").get(adresse("recrutement:reponse", offre)).status_code == 404


@pytest.mark.parametrize(
    ("champ", "valeur", "mot"),
    [
        ("postes", "0", "1"),
        ("postes", "501", "500"),
        ("fin", "2026-11-30", "La fin précède le début."),
        ("metier", "Z9999", "Métier inconnu"),
        ("heures", "-1", "0"),
        ("exigences", "Son numéro : 1 85 05 78 006 084 36", "numéro"),
    ],
)
def test_une_offre_mal_tapee_garde_sa_saisie(monde, connecte, champ, valeur, mot):
    with rien_ne_s_ecrit(Offre):
        dites = fautes(ecrire(connecte("edition"), monde.engagement, **{champ: valeur}), intitule=MACON["intitule"])
    assert list(dites) == [champ] and mot in dites[champ]


@pytest.mark.parametrize("statut", [StatutMarche.PUBLIE, StatutMarche.SOLDE, StatutMarche.ABANDONNE])
def test_un_marche_qui_n_est_pas_attribue_ne_recrute_pas(monde, connecte, statut):
    marche = MarcheFactory(structure=monde.structure, statut=statut)
    engagement = EngagementFactory(lot=LotFactory(marche=marche), entreprise=monde.entreprise)
    with rien_ne_s_ecrit(Offre):
        dites = fautes(ecrire(connecte("edition"), engagement), intitule=MACON["intitule"])
    assert dites == {"": "Ce marché n'est pas ouvert aux contrats : il doit être attribué."}


# --- Diffuser -----------------------------------------------------------------------------------------------------
def diffuser(client, offre, *partenaires, date_limite=""):
    choisis = [partenaire.uuid for partenaire in partenaires]
    return envoyer(client, "recrutement:offre_diffuser", offre, partenaires=choisis, date_limite=date_limite)


@pytest.mark.parametrize(("date_limite", "admise"), [("2026-10-15", True), ("2026-10-14", False), ("", True)])
def test_la_date_limite_n_est_pas_passee(monde, connecte, date_limite, admise):
    offre = OffreFactory(engagement=monde.engagement, statut=StatutOffre.BROUILLON)
    reponse = diffuser(connecte("edition"), offre, monde.organisations["prescripteur"], date_limite=date_limite)
    offre.refresh_from_db()
    assert offre.statut == (StatutOffre.DIFFUSEE if admise else StatutOffre.BROUILLON)
    if not admise:
        assert fautes(reponse, date_limite=date_limite) == {"date_limite": "Cette date est passée."}
        assert not offre.diffusions.exists()


def test_diffuser_deux_fois_n_ecrit_qu_une_fois_a_chacun(monde, connecte):
    offre = OffreFactory(engagement=monde.engagement, statut=StatutOffre.BROUILLON)
    client, prescripteur = connecte("edition"), monde.organisations["prescripteur"]
    assert annonce(diffuser(client, offre, prescripteur)).startswith("Offre diffusée")
    assert (
        adresse("recrutement:offre_diffusee", offre) in connecte("prescripteur").get("/prescripteur/").content.decode()
    )
    diffuser(client, offre, prescripteur)
    assert offre.diffusions.count() == 1
    assert Courriel.objects.filter(destinataire=monde.personne("prescripteur").email).count() == 1


@pytest.mark.parametrize("cas", ["personne", "d'ailleurs", "une entreprise"])
def test_on_ne_diffuse_qu_a_des_prescripteurs_partenaires(monde, connecte, cas):
    offre = OffreFactory(engagement=monde.engagement, statut=StatutOffre.BROUILLON)
    choix = {
        "d'ailleurs": [OrganisationFactory(prescripteur=True)],
        "une entreprise": [monde.organisations["entreprise"]],
    }
    with rien_ne_s_ecrit(Offre, Diffusion, Courriel):
        assert list(fautes(diffuser(connecte("edition"), offre, *choix.get(cas, [])))) == ["partenaires"]


# --- Les états ----------------------------------------------------------------------------------------------------
PERMIS = {
    "clore": {"diffusee": "close"},
    "rouvrir": {"pourvue": "diffusee", "close": "diffusee"},
    "abandonner": {"brouillon": "abandonnee", "diffusee": "abandonnee", "close": "abandonnee"},
}


@pytest.mark.parametrize("geste", PERMIS)
@pytest.mark.parametrize("statut", StatutOffre.values)
def test_chaque_etat_dit_ce_qu_il_permet(monde, connecte, statut, geste):
    offre = OffreFactory(engagement=monde.engagement, statut=statut, demandee_par_entreprise=True)
    client = connecte("edition")
    if arrivee := PERMIS[geste].get(statut):
        assert annonce(envoyer(client, f"recrutement:offre_{geste}", offre)).endswith("c'est fait.")
        offre.refresh_from_db()
        assert offre.statut == arrivee and len(journal(offre)) == 1
        if geste == "rouvrir":
            return
    with rien_ne_s_ecrit(Offre):  # un état qui ne le permet pas, ou le second clic
        motif = motif_du_refus(envoyer(client, f"recrutement:offre_{geste}", offre))
    dits = ("n'est pas possible dans l'état actuel", "Cette offre est abandonnée", "prenez-le en main d'abord")
    assert any(dit in motif for dit in dits)


@pytest.mark.parametrize("statut", [StatutOffre.ABANDONNEE, StatutOffre.BESOIN])
def test_une_offre_abandonnee_ou_un_besoin_ne_se_touchent_pas(monde, connecte, statut):
    offre = OffreFactory(engagement=monde.engagement, statut=statut, demandee_par_entreprise=True)
    client, motif = connecte("edition"), "abandonnée" if statut == StatutOffre.ABANDONNEE else "prenez-le en main"
    with rien_ne_s_ecrit(Offre, Diffusion, Candidature):
        page = client.get(adresse("recrutement:offre_modifier", offre))
        version = page.context["version_montree"] if page.context else ""
        essais = [
            envoyer(client, "recrutement:offre_modifier", offre, **MACON, version=version),
            diffuser(client, offre, monde.organisations["prescripteur"]),
            envoyer(client, "recrutement:offre_partager", offre),
            envoyer(client, "recrutement:offre_relancer", offre),
            envoyer(client, "recrutement:offre_positionner", offre, personne=monde.beneficiaire.uuid),
        ]
        assert [motif in motif_du_refus(essai) for essai in essais] == [True] * 5


def test_refermer_classe_ce_qui_etait_en_cours_et_le_dit(monde, connecte):
    offre = OffreFactory(engagement=monde.engagement, postes=3)
    prescripteur = monde.organisations["prescripteur"]
    en_cours = CandidatureFactory(offre=offre, proposee_par=prescripteur, statut=StatutCandidature.ENTRETIEN)
    retenue = CandidatureFactory(offre=offre, statut=StatutCandidature.RETENUE)
    envoyer(connecte("edition"), "recrutement:offre_clore", offre)
    for candidature, statut, motif in ((en_cours, "sans_suite", ""), (retenue, "retenue", "")):
        candidature.refresh_from_db()
        assert (candidature.statut, candidature.motif) == (statut, motif)
    assert journal(offre) == ["Candidature classée sans suite", "Offre close"]
    (courriel,) = Courriel.objects.filter(destinataire=monde.personne("prescripteur").email)
    assert courriel.sujet.startswith("Sans suite")


# --- Les postes ---------------------------------------------------------------------------------------------------
def changer_les_postes(client, offre, postes):
    page = client.get(adresse("recrutement:offre_modifier", offre))
    saisie = {**MACON, "version": page.context["version_montree"], "postes": postes}
    return envoyer(client, "recrutement:offre_modifier", offre, **saisie)


@pytest.mark.parametrize(("postes", "admis"), [("3", True), ("2", True), ("1", False)])
def test_une_offre_garde_autant_de_postes_que_de_personnes_retenues(monde, connecte, postes, admis):
    offre = OffreFactory(engagement=monde.engagement, postes=3)
    CandidatureFactory.create_batch(2, offre=offre, statut=StatutCandidature.RETENUE)
    reponse = changer_les_postes(connecte("edition"), offre, postes)
    offre.refresh_from_db()
    assert offre.postes == (int(postes) if admis else 3)
    if not admis:
        assert fautes(reponse, postes=postes) == {"postes": "2 personnes sont déjà retenues sur cette offre."}


def test_on_ne_retient_pas_plus_de_personnes_que_de_postes(monde, connecte):
    """Le nombre de postes a baissé jusqu'aux personnes retenues, l'offre encore ouverte."""
    offre, client = OffreFactory(engagement=monde.engagement, postes=2), connecte("edition")
    CandidatureFactory(offre=offre, statut=StatutCandidature.RETENUE)
    autre = CandidatureFactory(offre=offre, statut=StatutCandidature.TRANSMISE)
    changer_les_postes(client, offre, "1")
    with rien_ne_s_ecrit(Offre, Candidature):
        reponse = envoyer(client, "recrutement:candidature_avancer", autre, "retenir")
        assert annonce(reponse).startswith("Tous les postes sont pourvus : augmentez leur nombre")
    changer_les_postes(client, offre, "2")
    envoyer(client, "recrutement:candidature_avancer", autre, "retenir")
    offre.refresh_from_db()
    assert (offre.statut, offre.candidatures.filter(statut="retenue").count()) == (StatutOffre.POURVUE, 2)


# --- La page à partager -------------------------------------------------------------------------------------------
def test_la_page_se_partage_et_se_ferme_une_fois(monde, connecte, client):
    offre, facilitateur = OffreFactory(engagement=monde.engagement), connecte("edition")
    page = adresse("recrutement:offre_publique", offre.secret)
    for geste, code, phrase in (
        ("partager", 200, "Page publique de l'offre ouverte"),
        ("ne_plus_partager", 404, "Page publique de l'offre fermée"),
    ):
        for _ in range(2):
            envoyer(facilitateur, f"recrutement:offre_{geste}", offre)
        assert client.get(page).status_code == code
        assert journal(offre).count(phrase) == 1


@pytest.mark.parametrize("geste", ["clore", "rouvrir", "abandonner", "partager", "ne_plus_partager", "relancer"])
def test_ni_qui_lit_ni_la_voisine_n_y_touche(monde, connecte, geste):
    with rien_ne_s_ecrit(Offre, Candidature, Diffusion):
        for qui, code in (("lecture", 403), ("autre.responsable", 404), ("prescripteur", 403), ("entreprise", 403)):
            assert envoyer(connecte(qui), f"recrutement:offre_{geste}", monde.offre).status_code == code


# --- Relancer, demander la réponse --------------------------------------------------------------------------------
def test_relancer_ecrit_une_fois_par_jour_a_qui_n_a_propose_personne(monde, connecte, horloge):
    offre, client = OffreFactory(engagement=monde.engagement, statut=StatutOffre.BROUILLON), connecte("edition")
    diffuser(client, offre, monde.organisations["prescripteur"])
    recus = Courriel.objects.filter(destinataire=monde.personne("prescripteur").email)
    for attendus in (2, 2):
        envoyer(client, "recrutement:offre_relancer", offre)
        assert recus.count() == attendus
    horloge.shift(86_400)
    envoyer(connecte("edition"), "recrutement:offre_relancer", offre)
    assert recus.count() == 3
    horloge.shift(86_400)
    CandidatureFactory(offre=offre, proposee_par=monde.organisations["prescripteur"])
    reponse = envoyer(connecte("edition"), "recrutement:offre_relancer", offre)
    assert annonce(reponse).startswith("Personne à relancer") and recus.count() == 3


def test_le_lien_de_reponse_ne_part_que_s_il_y_a_quelqu_un_a_examiner(monde, connecte):
    offre, client = OffreFactory(engagement=monde.engagement), connecte("edition")
    CandidatureFactory(offre=offre)
    saisie = {"courriel": "chef@chantier.fr"}
    with rien_ne_s_ecrit(Courriel):
        dites = fautes(envoyer(client, "recrutement:offre_entreprise", offre, **saisie), **saisie)
        assert dites == {"": "Transmettez d'abord au moins une candidature à l'entreprise."}
        assert list(fautes(envoyer(client, "recrutement:offre_entreprise", offre, courriel="chef@"))) == ["courriel"]
    CandidatureFactory(offre=offre, statut=StatutCandidature.TRANSMISE)
    envoyer(client, "recrutement:offre_entreprise", offre, **saisie)
    assert Courriel.objects.filter(destinataire="chef@chantier.fr").count() == 1
    assert journal(offre)[0] == "Lien de réponse envoyé à l'entreprise"


# --- Ce que le service tient, d'où qu'on l'appelle ------------------------------------------------------------------
def test_une_offre_pleine_se_clot_mais_ne_se_rouvre_pas(monde):
    Offre.objects.filter(pk=monde.offre.pk).update(postes=1)  # une personne y est retenue
    assert services.avancer_offre(acteur=monde.acteur(), offre=monde.offre, transition="clore").statut == "close"
    with pytest.raises(RegleViolee, match="Tous les postes sont pourvus"):
        services.avancer_offre(acteur=monde.acteur(), offre=monde.offre, transition="rouvrir")


def test_une_offre_se_diffuse_a_quelqu_un(monde):
    with rien_ne_s_ecrit(Offre, Diffusion), pytest.raises(RegleViolee, match="au moins un partenaire"):
        services.diffuser_offre(acteur=monde.acteur(), offre=monde.offre, partenaires=[])


@pytest.mark.parametrize(
    ("limite", "statut", "rappelee"),
    [
        ("2026-10-15", "diffusee", 1),  # le jour même
        ("2026-10-18", "diffusee", 1),
        ("2026-10-19", "diffusee", 0),
        ("2026-10-14", "diffusee", 0),
        ("2026-10-17", "brouillon", 0),
        ("2026-10-17", "close", 0),
    ],
)
def test_une_offre_se_rappelle_d_elle_meme_trois_jours_avant(monde, limite, statut, rappelee):
    Offre.objects.filter(pk=monde.offre.pk).update(date_limite=limite, statut=statut)
    Diffusion.objects.filter(offre=monde.offre).update(cree_le="2026-10-01T12:00Z")
    monde.offre.candidatures.all().delete()
    avant = Courriel.objects.count()
    for attendus in (rappelee, 0):  # une fois par partenaire
        assert services.relancer_avant_la_date_limite() == attendus
    assert Courriel.objects.count() - avant == rappelee


def lieux_cherches(monkeypatch) -> list[str]:
    cherches: list[str] = []
    point = SimpleNamespace(latitude=49.6, longitude=-1.6)
    monkeypatch.setattr(offres, "chercher", lambda question, limite: [cherches.append(question) or point])
    return cherches


def test_un_lieu_ne_se_cherche_que_s_il_change_ou_manque(monde, monkeypatch):
    cherches, acteur, ville = lieux_cherches(monkeypatch), monde.acteur(), monde.referentiel.ville
    services.modifier_offre(
        acteur=acteur, offre=monde.offre, adresse="1 rue A", commune=ville, latitude=1.0, longitude=2.0
    )
    assert cherches == []  # le point est donné
    services.modifier_offre(acteur=acteur, offre=monde.offre, postes=4)
    assert cherches == []
    services.modifier_offre(acteur=acteur, offre=monde.offre, adresse="")
    services.modifier_offre(acteur=acteur, offre=monde.offre, adresse="2 rue B")
    assert cherches == [ville.nom, f"2 rue B {ville.nom}"]
    Offre.objects.filter(pk=monde.offre.pk).update(latitude=None)
    services.modifier_offre(acteur=acteur, offre=monde.offre, postes=5)
    assert len(cherches) == 3
    assert offres.coordonnees(None, None) == {"latitude": None, "longitude": None}
