"""Un acheteur ou une entreprise que la liste n'a pas se nomme dans le formulaire même : rien de la saisie n'est perdu."""

import pytest

from entreprises.models import Entreprise, FicheEntreprise
from marches.models import Engagement, FicheMaitreOuvrage, Lot, MaitreOuvrage, Marche, ProjetAchat
from tests.fabriques.commun import siret
from tests.fabriques.marches import LotFactory
from tests.saisie import envoyer, fautes, journal, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]
PROJET = {"objet": "Halle de sport", "nature": "travaux", "forme": "marche", "type_acheteur": "collectivite"}
PROJET |= {"technicite": "moyenne"}
MARCHE = {"reference": "2027-77", "objet": "Halle de sport", "nature": "travaux", "type_clause": "condition"}
MARCHE |= {"forme": "marche", "statut": "redaction", "debut": "2027-01-01", "fin_prevue": "2027-12-31"}


@pytest.mark.parametrize(
    ("adresse", "saisie", "modele"),
    [("marches:projet_nouveau", PROJET, ProjetAchat), ("marches:nouveau", MARCHE, Marche)],
)
def test_un_nouvel_acheteur_se_nomme_dans_le_formulaire(monde, connecte, adresse, saisie, modele):
    client = connecte("edition")
    with rien_ne_s_ecrit(modele, MaitreOuvrage):
        assert "nommez-en un nouveau" in fautes(envoyer(client, adresse, **saisie))["maitre_ouvrage"]
        les_deux = {**saisie, "maitre_ouvrage": monde.maitre_ouvrage, "nouveau_nom": "Syndicat du port"}
        dites = fautes(envoyer(client, adresse, **les_deux), nouveau_nom="Syndicat du port")
        assert "pas les deux" in dites["maitre_ouvrage"]
        connu = {**saisie, "nouveau_nom": monde.maitre_ouvrage.nom}
        dites = fautes(envoyer(client, adresse, **connu), objet="Halle de sport")
        assert "déjà suivi" in dites["nouveau_nom"]
    reponse = envoyer(client, adresse, **saisie, nouveau_nom="Syndicat du port", nouveau_type="syndicat")
    assert reponse.status_code == 302, fautes(reponse)
    acheteur = modele.objects.latest("pk").maitre_ouvrage
    assert (acheteur.nom, acheteur.type) == ("Syndicat du port", "syndicat")
    assert FicheMaitreOuvrage.objects.filter(structure=monde.structure, maitre_ouvrage=acheteur).exists()
    assert journal(acheteur, monde.structure) == ["Maître d'ouvrage ajouté au suivi"]


def test_une_nouvelle_entreprise_se_dit_en_engageant(monde, connecte):
    client, lot = connecte("edition"), LotFactory(marche=monde.marche, numero="8")
    saisie = {"role": "attributaire", "heures_initiales": "120"}
    with rien_ne_s_ecrit(Engagement, Entreprise):
        assert (
            "donnez-en une nouvelle"
            in fautes(envoyer(client, "marches:engagement_nouveau", lot, **saisie))["entreprise"]
        )
        seule = {**saisie, "nouveau_raison_sociale": "Toitures du Val"}
        assert "Donnez-le" in fautes(envoyer(client, "marches:engagement_nouveau", lot, **seule))["nouveau_siret"]
    complete = {**saisie, "nouveau_siret": siret(901), "nouveau_raison_sociale": "Toitures du Val"}
    reponse = envoyer(client, "marches:engagement_nouveau", lot, **complete)
    assert reponse.status_code == 302, fautes(reponse)
    engagement = lot.engagements.get()
    assert engagement.entreprise.raison_sociale == "Toitures du Val"
    assert FicheEntreprise.objects.filter(structure=monde.structure, entreprise=engagement.entreprise).exists()


def test_un_lot_et_son_attributaire_inconnu_naissent_d_un_geste(monde, connecte):
    client = connecte("edition")
    saisie = {"numero": "9", "intitule": "Toiture", "nouveau_siret": siret(902), "nouveau_raison_sociale": "Couvreurs"}
    with rien_ne_s_ecrit(Lot, Entreprise):
        assert "heures_initiales" in fautes(envoyer(client, "marches:lot_nouveau", monde.marche, **saisie))
    assert envoyer(client, "marches:lot_nouveau", monde.marche, **saisie, heures_initiales="80").status_code == 302
    assert Engagement.objects.get(lot__numero="9").entreprise.raison_sociale == "Couvreurs"
    sans = {"numero": "10", "intitule": "Sans attributaire"}
    assert envoyer(client, "marches:lot_nouveau", monde.marche, **sans).status_code == 302


def test_un_attributaire_inconnu_se_dit_en_attribuant(monde, connecte):
    Marche.objects.filter(pk=monde.marche.pk).update(statut="publie")
    lot, client = LotFactory(marche=monde.marche, numero="8"), connecte("edition")
    saisie = {"date_notification": "2026-10-12", f"siret_{lot.pk}": siret(903), f"heures_{lot.pk}": "40"}
    with rien_ne_s_ecrit(Engagement, Entreprise):
        dites = fautes(envoyer(client, "marches:attribuer", monde.marche, **saisie))
        assert dites[f"raison_sociale_{lot.pk}"] == "Donnez sa raison sociale."
    saisie[f"raison_sociale_{lot.pk}"] = "Façades du Cap"
    reponse = envoyer(client, "marches:attribuer", monde.marche, **saisie)
    assert reponse.status_code == 302, fautes(reponse)
    assert lot.engagements.get().entreprise.raison_sociale == "Façades du Cap"
