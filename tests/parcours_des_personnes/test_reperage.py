"""Le repérage : qui retrouver, par quartier, et la demande de nouvelles à qui a orienté la personne."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from comptes.enums import Role
from parcours.models import DemandeNouvelles
from parcours.reperage import habitants_de_quartiers, par_quartier, sans_nouvelles
from parcours.services import demander_des_nouvelles, donner_des_nouvelles
from socle.models import Courriel
from socle.periodes import ajouter_mois
from tests.fabriques.beneficiaires import (
    BeneficiaireFactory,
    CritereFactory,
    DomicileFactory,
    NoteParcoursFactory,
    RattachementFactory,
)
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db
AUJOURD_HUI = timezone.localdate()
IL_Y_A_SIX_MOIS = ajouter_mois(AUJOURD_HUI, -6)


def habitante(monde, *, ancienne: bool = True, critere: bool = True, **identite) -> Beneficiaire:
    """Une habitante de quartier, confiée par le prescripteur, dont le dossier date d'un an."""
    personne = BeneficiaireFactory(
        structure=monde.structure, prescripteur=monde.organisations[Role.PRESCRIPTEUR], **identite
    )
    domicile = DomicileFactory(beneficiaire=personne, commune=monde.referentiel.ville)
    RattachementFactory(domicile=domicile, quartier=monde.referentiel.quartier)
    if critere:
        CritereFactory(beneficiaire=personne)
    if ancienne:
        il_y_a_un_an = timezone.now() - datetime.timedelta(days=365)
        Beneficiaire.objects.filter(pk=personne.pk).update(cree_le=il_y_a_un_an)
    return personne


def perdues_de_vue(monde) -> set[Beneficiaire]:
    return set(sans_nouvelles(habitants_de_quartiers(monde.structure, AUJOURD_HUI), IL_Y_A_SIX_MOIS))


def test_seules_celles_dont_on_ne_sait_plus_rien(monde):
    perdue = habitante(monde)
    habitante(monde, ancienne=False)
    suivie, en_contrat, hors = habitante(monde), habitante(monde), BeneficiaireFactory(structure=monde.structure)
    NoteParcoursFactory(beneficiaire=suivie, jour=AUJOURD_HUI)
    ContratFactory(engagement=monde.engagement, beneficiaire=en_contrat, debut=IL_Y_A_SIX_MOIS, fin_prevue=AUJOURD_HUI)
    trouvees = perdues_de_vue(monde)
    assert perdue in trouvees
    assert not trouvees & {suivie, en_contrat, hors}


def test_les_comptes_par_quartier(monde):
    Beneficiaire.objects.filter(structure=monde.structure).update(archive_le=timezone.now())
    naissances = (datetime.date(2005, 1, 1), datetime.date(1990, 1, 1), datetime.date(1960, 1, 1))
    personnes = [
        habitante(monde, date_naissance=naissance, critere=rang > 0) for rang, naissance in enumerate(naissances)
    ]
    debut = datetime.date(AUJOURD_HUI.year, 1, 1)
    ContratFactory(engagement=monde.engagement, beneficiaire=personnes[1], debut=debut, fin_prevue=None)
    (ligne,) = [ligne for ligne in par_quartier(monde.structure, AUJOURD_HUI) if ligne.connues]
    assert (ligne.quartier.nom, ligne.connues, ligne.eligibles, ligne.embauchees) == ("Les Provinces", 3, 2, 1)
    assert (ligne.femmes, ligne.jeunes, ligne.seniors) == (3, 1, 1)
    assert not any(ligne.connues for ligne in par_quartier(monde.autre.structure, AUJOURD_HUI) if ligne.connues > 1)


def test_demander_des_nouvelles_une_fois_et_les_recevoir(monde, connecte):
    personne = habitante(monde, nom="Perdue")
    demande = demander_des_nouvelles(acteur=monde.acteur(), beneficiaire=personne)
    assert demander_des_nouvelles(acteur=monde.acteur(), beneficiaire=personne) == demande
    courriel = Courriel.objects.get(destinataire=monde.personne("prescripteur").email)
    assert "Perdue" not in courriel.corps + courriel.sujet
    client = connecte("prescripteur")
    adresse = reverse("suivi:demande", args=[demande.uuid])
    assert adresse in client.get(reverse("recrutement:espace_prescripteur")).content.decode()
    assert client.post(adresse, {"reponse": "Toujours en recherche, permis obtenu."}).status_code == 302
    assert personne.notes_parcours.get().texte == "Toujours en recherche, permis obtenu."
    assert personne not in perdues_de_vue(monde)


def test_repondre_deux_fois_est_refuse(monde):
    demande = monde.demande
    donner_des_nouvelles(acteur=monde.acteur("prescripteur"), demande=demande, reponse="Oui")
    with pytest.raises(Exception, match="déjà été données"):
        donner_des_nouvelles(acteur=monde.acteur("prescripteur"), demande=demande, reponse="Encore")
    assert DemandeNouvelles.objects.get(pk=demande.pk).reponse == "Oui"


def test_les_pages_se_lisent_et_filtrent(monde, connecte):
    personne = habitante(monde, nom="Perdue")
    client = connecte("edition")
    page = client.get(reverse("suivi:a_retrouver")).content.decode()
    assert "Perdue" in page and "Demander des nouvelles" in page
    assert "Perdue" not in client.get(reverse("suivi:a_retrouver"), {"mois": "24"}).content.decode()
    for hostile in ("abc", "-3", "99999999999999999999"):
        assert client.get(reverse("suivi:a_retrouver"), {"mois": hostile}).status_code == 200
    assert "Les Provinces" in client.get(reverse("suivi:reperage")).content.decode()
    assert str(personne.uuid) not in connecte("autre.edition").get(reverse("suivi:a_retrouver")).content.decode()
