"""Le quotidien d'un prescripteur : tenir ses personnes à jour, voir leurs contrats, relire ses réponses, les passer."""

import pytest
from django.urls import reverse

from beneficiaires.models import Beneficiaire
from beneficiaires.services import passer_a_un_collegue
from comptes.enums import Role
from comptes.models import Adhesion
from comptes.services import retirer_membre
from parcours.enums import StatutPoint
from parcours.forms import SANS_NOUVELLES
from recrutement.models import Offre
from recrutement.services import avancer_candidature
from socle.models import Courriel, EntreeJournal
from socle.regles import RegleViolee
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.comptes import AdhesionFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db


def lu(reponse) -> str:
    return " ".join(reponse.content.decode().split())


@pytest.fixture
def client(monde, client):
    client.force_login(monde.personne("prescripteur"))
    return client


@pytest.fixture
def collegue(monde) -> Adhesion:
    return AdhesionFactory(organisation=monde.nous.organisations[Role.PRESCRIPTEUR], role=Role.PRESCRIPTEUR)


def page(nom: str, monde) -> str:
    return reverse(f"recrutement:{nom}", args=[monde.beneficiaire.uuid])


def test_je_corrige_une_personne_et_la_structure_le_lit_a_son_journal(monde, client):
    donnees = {
        "nom": "Lemaire",
        "prenom": "Awa",
        "date_naissance": monde.beneficiaire.date_naissance.isoformat(),
        "sexe": "F",
        "telephone": "06 11 22 33 44",
    }
    faux = client.post(page("ma_personne_modifier", monde), {**donnees, "date_naissance": "demain"})
    assert faux.status_code == 200 and "06 11 22 33 44" in faux.content.decode()
    version = faux.context["version_montree"]
    client.post(page("ma_personne_modifier", monde), {**donnees, "version_montree": version, "version": version})
    monde.beneficiaire.refresh_from_db()
    assert monde.beneficiaire.telephone == "06 11 22 33 44"
    entree = EntreeJournal.objects.latest("pk")
    assert (entree.action, entree.structure) == ("personne_corrigee", monde.structure)


def test_je_vois_chaque_contrat_ses_heures_et_jusqu_a_quand_elles_comptent(monde, client):
    sans_offre = ContratFactory(engagement=monde.engagement, beneficiaire=monde.beneficiaire)
    lue = lu(client.get(page("ma_personne", monde)))
    assert "Comptent jusqu" in lue and sans_offre.employeur.raison_sociale in lue
    assert "Heures validées" in lue


def test_je_relis_ma_reponse_et_ne_pas_savoir_en_est_une(monde, client):
    point = monde.point
    adresse = reverse("suivi:point_referent", args=[point.uuid])
    assert adresse in client.get(page("ma_personne", monde)).content.decode()
    ouverte = client.get(adresse)
    version = ouverte.context["version_montree"]
    assert client.post(adresse, {"situation": SANS_NOUVELLES, "version": version}).status_code == 302
    point.refresh_from_db()
    assert (point.statut, point.situation) == (StatutPoint.INJOIGNABLE, "") and point.repondu_le
    relue = lu(client.get(adresse))
    assert f'value="{SANS_NOUVELLES}"' in relue and "checked" in relue
    client.post(adresse, {"situation": "cdi", "version": client.get(adresse).context["version_montree"]})
    point.refresh_from_db()
    assert (point.statut, point.situation) == (StatutPoint.REPONDU, "cdi")  # une nouvelle tardive la remplace


def test_je_la_passe_a_un_collegue_jamais_a_un_autre(monde, client, collegue):
    client.post(page("ma_personne_passer", monde), {"adhesion": str(collegue.uuid)})
    monde.beneficiaire.refresh_from_db()
    assert monde.beneficiaire.referent_courriel == collegue.utilisateur.email
    ailleurs = monde.autre.personnes[Role.PRESCRIPTEUR].adhesions.get()
    refus = client.post(page("ma_personne_passer", monde), {"adhesion": str(ailleurs.uuid)})
    assert refus.status_code == 200
    with pytest.raises(RegleViolee):
        passer_a_un_collegue(acteur=monde.acteur("prescripteur"), beneficiaire=monde.beneficiaire, adhesion=ailleurs)


def test_un_membre_parti_ses_personnes_vont_a_qui_reste(monde, collegue):
    parti = monde.personne("prescripteur").adhesions.get()
    Beneficiaire.objects.filter(pk=monde.beneficiaire.pk).update(referent_courriel=parti.utilisateur.email)
    retirer_membre(acteur=monde.acteur("prescripteur"), adhesion=parti)
    monde.beneficiaire.refresh_from_db()
    assert monde.beneficiaire.referent_courriel == collegue.utilisateur.email
    retirer_membre(acteur=monde.acteur("responsable"), adhesion=collegue)
    monde.beneficiaire.refresh_from_db()
    assert monde.beneficiaire.referent_courriel == ""  # plus personne : l'organisation, et elle seule


IDENTITE = {"nom": "Neuve", "prenom": "Nadia", "date_naissance": "12/03/1995", "sexe": "F"}


def test_le_critere_principal_est_celui_que_l_on_dit(monde, client):
    nouvelle = reverse("recrutement:personne_nouvelle")
    dits = {**IDENTITE, "structure": monde.structure.pk, "criteres": ["RSA", "DELD"], "critere_principal": "QPV"}
    faux = client.post(nouvelle, dits)
    assert faux.status_code == 200 and "Cochez-le aussi" in lu(faux)
    vrais = {"critere_principal": "DELD", "niveau": "aucun", "inscrite_depuis": "01/02/2024"}
    assert client.post(nouvelle, {**dits, **vrais}).status_code == 302
    personne = Beneficiaire.objects.get(nom="Neuve")
    assert personne.criteres.get(principal=True).code == "DELD" and personne.criteres.count() == 2
    assert personne.niveaux.count() == personne.inscriptions.count() == 1


def test_une_autre_raison_se_precise(monde):
    acteur = monde.acteur("entreprise")
    refus = {"candidature": monde.candidature, "transition": "refuser", "motif": "autre"}
    with pytest.raises(RegleViolee, match="Précisez"):
        avancer_candidature(acteur=acteur, **refus, precision=" ")
    avancer_candidature(acteur=acteur, **refus, precision="Le poste a changé.")
    assert "Le poste a changé." in Courriel.objects.latest("pk").corps


def test_une_personne_sans_adresse_proposee_a_une_offre_reservee_cela_se_dit(monde, client):
    Offre.objects.filter(pk=monde.offre.pk).update(reserve_qpv=True)
    neuve = BeneficiaireFactory(structure=monde.structure, prescripteur=monde.nous.organisations[Role.PRESCRIPTEUR])
    proposer = reverse("recrutement:proposer", args=[monde.offre.uuid])
    lue = lu(client.post(proposer, {"beneficiaire": neuve.pk}, follow=True))
    assert "réservée aux habitants d&#x27;un quartier prioritaire : son adresse manque" in lue
    assert neuve.candidatures.filter(offre=monde.offre).exists()  # dite, jamais refusée : le facilitateur vérifie
    Offre.objects.filter(pk=monde.offre.pk).update(reserve_qpv=False)
    autre = BeneficiaireFactory(structure=monde.structure, prescripteur=neuve.prescripteur)
    assert "réservée aux habitants" not in lu(client.post(proposer, {"beneficiaire": autre.pk}, follow=True))


def test_je_retrouve_les_miennes_celles_qui_cherchent_et_les_dernieres_confiees(monde, client, collegue):
    mienne, sienne = (
        BeneficiaireFactory(
            structure=monde.structure,
            prescripteur=monde.nous.organisations[Role.PRESCRIPTEUR],
            nom=nom,
            referent_courriel=membre.email,
        )
        for nom, membre in (("Amienne", monde.personne("prescripteur")), ("Dunautre", collegue.utilisateur))
    )
    ContratFactory(engagement=monde.engagement, beneficiaire=sienne, fin_prevue=None, type_contrat="cdi")
    liste = reverse("recrutement:mes_personnes")

    def noms(**filtres) -> set[str]:
        lue = lu(client.get(liste, filtres))
        return {personne.nom for personne in (mienne, sienne) if personne.nom in lue}

    assert noms() == {"Amienne", "Dunautre"}
    assert noms(suivi="moi") == noms(situation="cherche") == {"Amienne"}
    assert noms(suivi="collegue") == noms(situation="en_contrat") == {"Dunautre"}
    assert noms(suivi="personne") == noms(depuis="31/12/2035") == set()
    assert collegue.utilisateur.email not in lu(client.get(liste))  # aucun nom, aucune adresse dans les filtres
