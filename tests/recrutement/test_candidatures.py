"""De l'offre au contrat : qui peut quoi, ce qui se ferme, qui est prévenu, et la page de l'entreprise par lien signé."""

import datetime
import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from comptes.acteur import Acteur
from comptes.enums import Role
from recrutement import services
from recrutement.enums import Modalite, MotifRefus, StatutCandidature, StatutOffre, TypeContrat
from recrutement.models import Candidature, Contrat, Diffusion, Offre
from recrutement.prescription import comptes_de_l_annee
from recrutement.rapprochement import personnes_pour
from socle.models import Courriel, Lien
from socle.regles import AccesRefuse, RegleViolee
from territoires.adresses.doublure import Doublure
from tests.fabriques.beneficiaires import BeneficiaireFactory, CritereFactory
from tests.fabriques.recrutement import CandidatureFactory, OffreFactory
from tests.fabriques.socle import LienFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def offre(monde) -> Offre:
    """Une offre ouverte d'un poste, diffusée au prescripteur."""
    offre = OffreFactory(engagement=monde.engagement, statut=StatutOffre.BROUILLON)
    return services.diffuser_offre(
        acteur=monde.acteur(), offre=offre, partenaires=[monde.organisations[Role.PRESCRIPTEUR]]
    )


@pytest.fixture
def deux_transmises(monde, offre) -> list[Candidature]:
    prescripteur = monde.acteur("prescripteur")
    personnes = [
        BeneficiaireFactory(structure=monde.structure, prescripteur=prescripteur.organisation, nom=nom)
        for nom in ("Marie", "Renouf")
    ]
    candidatures = [
        services.proposer_personne(acteur=prescripteur, offre=offre, beneficiaire=personne) for personne in personnes
    ]
    for transition in ("preselectionner", "transmettre"):
        faites = services.avancer_candidatures(
            acteur=monde.acteur(), offre=offre, candidatures=candidatures, transition=transition
        )
        assert len(faites) == 2
    return candidatures


def statut(candidature: Candidature) -> str:
    candidature.refresh_from_db()
    return candidature.statut


def test_diffuser_ecrit_une_fois_a_chaque_membre(monde, offre):
    partenaire = monde.organisations[Role.PRESCRIPTEUR]
    services.diffuser_offre(acteur=monde.acteur(), offre=offre, partenaires=[partenaire])
    courriels = Courriel.objects.filter(destinataire=monde.personnes[Role.PRESCRIPTEUR].email)
    assert [c.sujet for c in courriels] == ["Offre à pourvoir : Maçon"]
    assert Diffusion.objects.filter(offre=offre).count() == 1


def test_on_ne_diffuse_qu_a_ses_partenaires(monde, offre):
    with pytest.raises(RegleViolee):
        services.diffuser_offre(
            acteur=monde.acteur(), offre=offre, partenaires=[monde.autre.organisations[Role.PRESCRIPTEUR]]
        )


def test_relancer_une_fois_par_jour_ceux_qui_n_ont_propose_personne(monde, offre):
    assert len(services.relancer_partenaires(acteur=monde.acteur(), offre=offre).destinataires) == 1
    assert not services.relancer_partenaires(acteur=monde.acteur(), offre=offre)
    CandidatureFactory(offre=offre, proposee_par=monde.organisations[Role.PRESCRIPTEUR])
    Diffusion.objects.update(relancee_le=timezone.localdate() - datetime.timedelta(days=1))
    assert not services.relancer_partenaires(acteur=monde.acteur(), offre=offre)


def test_un_prescripteur_ne_propose_que_ses_personnes(monde, offre):
    inconnue = BeneficiaireFactory(structure=monde.structure)
    with pytest.raises(RegleViolee):
        services.proposer_personne(acteur=monde.acteur("prescripteur"), offre=offre, beneficiaire=inconnue)


def test_proposer_deux_fois_la_meme_personne_est_refuse(monde, offre, deux_transmises):
    with pytest.raises(ValidationError, match="déjà proposée"):
        services.proposer_personne(
            acteur=monde.acteur("prescripteur"), offre=offre, beneficiaire=deux_transmises[0].beneficiaire
        )


def test_retenir_la_derniere_place_ferme_l_offre_et_previent(monde, offre, deux_transmises):
    retenue, autre = deux_transmises
    Courriel.objects.all().delete()
    services.avancer_candidature(acteur=monde.acteur("entreprise"), candidature=retenue, transition="retenir")
    offre.refresh_from_db()
    assert (offre.statut, statut(retenue)) == (StatutOffre.POURVUE, StatutCandidature.RETENUE)
    assert statut(autre) == StatutCandidature.SANS_SUITE
    assert autre.motif == MotifRefus.AUTRE_CANDIDATURE
    # Les deux nouvelles arrivent ensemble au même référent : elles partent en un courriel.
    assert set(Courriel.objects.values_list("sujet", flat=True)) == {"Plusieurs nouvelles de vos candidatures"}
    dits = " ".join(Courriel.objects.values_list("corps", flat=True))
    assert "La candidature de A. M. au poste « Maçon » est retenue." in dits
    assert "La candidature de A. R. au poste « Maçon » reste sans suite." in dits
    with pytest.raises(AccesRefuse):
        services.avancer_candidature(acteur=monde.acteur("entreprise"), candidature=autre, transition="retenir")


def test_l_entreprise_ne_repond_qu_a_ce_qui_lui_est_transmis(monde, offre):
    candidature = CandidatureFactory(offre=offre)
    entreprise = monde.acteur("entreprise")
    for geste in ("retenir", "refuser", "preselectionner", "retirer"):
        with pytest.raises(AccesRefuse):
            services.avancer_candidature(acteur=entreprise, candidature=candidature, transition=geste, motif="autre")
    assert not Candidature.objects.visibles_par(entreprise).filter(pk=candidature.pk).exists()


def test_refuser_demande_une_raison(monde, deux_transmises):
    with pytest.raises(RegleViolee, match="pourquoi"):
        services.avancer_candidature(
            acteur=monde.acteur("entreprise"), candidature=deux_transmises[0], transition="refuser"
        )


def test_embaucher_donne_un_contrat_et_un_seul(monde, offre, deux_transmises):
    retenue = deux_transmises[0]
    termes = {
        "employeur": monde.entreprise,
        "modalite": Modalite.EMBAUCHE_DIRECTE,
        "type_contrat": TypeContrat.CDD,
        "debut": offre.debut,
        "fin_prevue": offre.fin,
    }
    with pytest.raises(RegleViolee, match="pas encore retenu"):
        services.embaucher(acteur=monde.acteur(), candidature=retenue, **termes)
    services.avancer_candidature(acteur=monde.acteur("entreprise"), candidature=retenue, transition="retenir")
    contrat = services.embaucher(acteur=monde.acteur(), candidature=retenue, **termes)
    assert (contrat.beneficiaire, contrat.engagement) == (retenue.beneficiaire, monde.engagement)
    with pytest.raises(RegleViolee, match="déjà établi"):
        services.embaucher(acteur=monde.acteur(), candidature=retenue, **termes)
    assert Contrat.objects.filter(beneficiaire=retenue.beneficiaire).count() == 1
    comptes = comptes_de_l_annee(monde.organisations[Role.PRESCRIPTEUR], timezone.localdate().year)
    assert comptes.embauchees == 1


def test_rouvrir_une_offre_pleine_demande_un_poste_de_plus(monde, offre, deux_transmises):
    services.avancer_candidature(
        acteur=monde.acteur("entreprise"), candidature=deux_transmises[0], transition="retenir"
    )
    with pytest.raises(RegleViolee, match="augmentez"):
        services.avancer_offre(acteur=monde.acteur(), offre=offre, transition="rouvrir")
    services.modifier_offre(acteur=monde.acteur(), offre=offre, postes=2)
    services.avancer_offre(acteur=monde.acteur(), offre=offre, transition="rouvrir")
    services.avancer_candidature(acteur=monde.acteur(), candidature=deux_transmises[1], transition="reprendre")
    assert statut(deux_transmises[1]) == StatutCandidature.PROPOSEE


def lien_recu(destinataire: str) -> str:
    corps = Courriel.objects.filter(destinataire=destinataire).latest("pk").corps
    return re.search(r"https?://[^/]+(/lien/\S+)", corps)[1]


def test_l_entreprise_repond_par_lien_signe(monde, client, offre, deux_transmises):
    services.ouvrir_a_l_entreprise(acteur=monde.acteur(), offre=offre, courriel="chef@chantier.example")
    adresse = lien_recu("chef@chantier.example")
    page_de_travail = reverse("recrutement:reponse_par_lien", args=[offre.uuid])
    accueil = client.get(adresse)
    assert accueil["Referrer-Policy"] == "strict-origin"
    assert "Marie" not in accueil.content.decode(), "un robot qui suit le lien ne lit aucun nom"
    assert client.get(page_de_travail).status_code == 404, "lire le lien n'ouvre rien"
    assert client.post(adresse).url == page_de_travail
    page = client.get(page_de_travail).content.decode()
    assert "Marie" in page and "Renouf" in page
    reponse = client.post(page_de_travail, {"candidature": deux_transmises[0].uuid, "geste": "retenir"})
    assert reponse.status_code == 302
    assert statut(deux_transmises[0]) == StatutCandidature.RETENUE


def test_un_lien_revoque_ou_expire_n_ouvre_plus(monde, client, offre, deux_transmises):
    services.ouvrir_a_l_entreprise(acteur=monde.acteur(), offre=offre, courriel="chef@chantier.example")
    adresse = lien_recu("chef@chantier.example")
    client.post(adresse)
    page_de_travail = reverse("recrutement:reponse_par_lien", args=[offre.uuid])
    assert client.get(page_de_travail).status_code == 200
    Lien.objects.filter(objet_uuid=offre.uuid).update(expire_le=timezone.now())
    assert client.get(adresse).status_code == 410
    assert client.get(page_de_travail).status_code == 410


def test_un_refus_sans_raison_garde_la_page_et_la_dit(monde, connecte, offre, deux_transmises):
    adresse = reverse("recrutement:reponse", args=[offre.uuid])
    choisie = deux_transmises[0]
    page = connecte("entreprise").post(adresse, {"candidature": choisie.uuid, "geste": "refuser"})
    assert page.status_code == 200 and "Ce champ est obligatoire" in page.content.decode()
    assert statut(choisie) == StatutCandidature.TRANSMISE


def test_la_page_publique_se_ferme(monde, client, offre):
    adresse = reverse("recrutement:offre_publique", args=[offre.secret])
    assert client.get(adresse).status_code == 404
    services.partager_offre(acteur=monde.acteur(), offre=offre, partager=True)
    assert client.get(adresse)["X-Robots-Tag"] == "noindex"
    services.avancer_offre(acteur=monde.acteur(), offre=offre, transition="clore")
    assert client.get(adresse).status_code == 404


def test_confier_une_personne_nouvelle_sur_une_offre(monde, connecte, offre):
    """Le dossier, ses critères et la candidature naissent ensemble, ou pas du tout."""
    adresse = reverse("recrutement:proposer_nouvelle", args=[offre.uuid])
    saisie = {
        "nom": "Lepoittevin",
        "prenom": "Anaïs",
        "date_naissance": "2000-06-15",
        "sexe": "F",
        "criteres": ["RSA", "QPV"],
        "metiers_0": "maçonnerie",
        "avis": "Six mois de maçonnerie.",
    }
    client = connecte("prescripteur")
    assert client.post(adresse, saisie).status_code == 302
    personne = Beneficiaire.objects.get(nom="Lepoittevin")
    assert personne.prescripteur == monde.organisations[Role.PRESCRIPTEUR]
    assert personne.referent_courriel == monde.personnes[Role.PRESCRIPTEUR].email
    assert [(c.code, c.principal) for c in personne.criteres.order_by("pk")] == [("RSA", True), ("QPV", False)]
    assert personne.candidatures.get().avis == "Six mois de maçonnerie."
    numero = {**saisie, "nom": "Autre", "avis": "son numéro : 2 55 08 14 168 025 38"}
    assert "sécurité sociale" in client.post(adresse, numero).content.decode()
    assert not Beneficiaire.objects.filter(nom="Autre").exists()


def test_un_prescripteur_ne_voit_pas_la_personne_d_un_autre(monde, connecte):
    autre = BeneficiaireFactory(structure=monde.structure, nom="Lemaire", prenom="Awa")
    client = connecte("prescripteur")
    assert client.get(reverse("recrutement:ma_personne", args=[autre.uuid])).status_code == 404
    assert str(autre.uuid) not in client.get(reverse("recrutement:mes_personnes")).content.decode()
    assert client.get(reverse("beneficiaires:fiche", args=[autre.uuid])).status_code == 403


def test_par_lien_l_acteur_ne_peut_rien_d_autre(monde, offre, deux_transmises):
    lien = LienFactory(structure=monde.structure, objet_uuid=offre.uuid)
    par_lien = Acteur.par_lien(lien, Role.ENTREPRISE)
    assert set(Candidature.objects.visibles_par(par_lien)) == set(deux_transmises)
    with pytest.raises(AccesRefuse):
        services.avancer_offre(acteur=par_lien, offre=offre, transition="clore")
    with pytest.raises(AccesRefuse):  # une autre offre de la même structure
        services.avancer_candidature(acteur=par_lien, candidature=monde.candidature, transition="retenir")


def test_un_prescripteur_ne_propose_que_sur_ce_qu_on_lui_diffuse(monde):
    """La même structure, une offre ouverte, une personne à lui : l'offre ne lui est pas diffusée."""
    offre = OffreFactory(engagement=monde.engagement)
    with pytest.raises(AccesRefuse):
        services.proposer_personne(acteur=monde.acteur("prescripteur"), offre=offre, beneficiaire=monde.beneficiaire)
    assert not offre.candidatures.exists()


def test_critere_de_l_offre_dans_le_classement(monde, offre):
    macon, autre = (BeneficiaireFactory(structure=monde.structure, nom=nom) for nom in ("Macon", "Autre"))
    for personne in (macon, autre):
        CritereFactory(beneficiaire=personne)
    macon.metiers.add(offre.metier)
    rapprochement = personnes_pour(offre)
    noms = [rang.objet.nom for rang in rapprochement.rangs]
    assert noms.index("Macon") < noms.index("Autre")
    assert rapprochement.rangs[0].raisons[0] == "même métier"
    assert all("aucun critère" in rang.phrase for rang in rapprochement.exclues)


def test_une_date_limite_proche_se_rappelle_d_elle_meme_une_fois(horloge, monde, offre):
    limite = timezone.localdate() + datetime.timedelta(days=6)
    offre.date_limite = limite
    offre.save()
    for jour, attendues in ((2, 0), (3, 1), (3, 0), (5, 0), (7, 0)):
        horloge.move_to(
            datetime.datetime.combine(limite, datetime.time(9), datetime.UTC) - datetime.timedelta(days=6 - jour)
        )
        assert services.relancer_avant_la_date_limite() == attendues, jour


def test_le_lieu_d_une_offre_se_situe(monde, offre, settings):
    with Doublure() as service:
        settings.ADRESSES_URL = service.url
        services.modifier_offre(acteur=monde.acteur(), offre=offre, adresse="12 rue des Tanneurs Cherbourg")
    offre.refresh_from_db()
    assert offre.latitude and offre.longitude
    settings.ADRESSES_URL = ""
    services.modifier_offre(acteur=monde.acteur(), offre=offre, postes=offre.postes + 1)
    gardee = offre.latitude
    offre.refresh_from_db()
    assert offre.latitude == gardee
    services.modifier_offre(acteur=monde.acteur(), offre=offre, adresse="Lieu changé, service absent")
    offre.refresh_from_db()
    assert offre.latitude is None
