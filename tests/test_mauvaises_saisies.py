"""Les mauvaises saisies : une phrase à côté du champ, ce qui était tapé reste, rien n'est écrit à moitié."""

import datetime
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from beneficiaires.models import Beneficiaire
from declarations.models import Declaration, LigneHeures
from entreprises.models import Entreprise
from marches.enums import StatutMarche
from marches.models import Avenant, Engagement, Lot, MaitreOuvrage, Marche
from recrutement.models import Contrat

pytestmark = pytest.mark.django_db
COMPTES = (Beneficiaire, Entreprise, Avenant, Engagement, Lot, MaitreOuvrage, Marche, Contrat, Declaration, LigneHeures)

MARCHE = {
    "forme": "marche",
    "reference": "2026-777",
    "objet": "Une école",
    "nature": "travaux",
    "type_clause": "condition",
    "statut": "execution",
    "montant_ht": "1 200,50",
    "debut": "2026-01-05",
    "fin_prevue": "2027-06-30",
}
CONTRAT = {
    "modalite": "embauche_directe",
    "type_contrat": "cdd",
    "debut": "2026-03-02",
    "fin_prevue": "2026-07-31",
}


def nouveau_marche(monde):
    return reverse("marches:nouveau"), {**MARCHE, "maitre_ouvrage": monde.maitre_ouvrage.pk}


def nouveau_contrat(monde):
    adresse = reverse("recrutement:contrat_nouveau", args=[monde.beneficiaire.uuid])
    return adresse, {**CONTRAT, "engagement": monde.engagement.pk, "employeur": monde.entreprise.pk}


def nouveau_lot(monde):
    adresse = reverse("marches:lot_nouveau", args=[monde.marche.uuid])
    return adresse, {"numero": "9", "intitule": "Toit", "entreprise": monde.entreprise.pk, "heures_initiales": "100"}


def nouvel_avenant(monde):
    adresse = reverse("marches:avenant_nouveau", args=[monde.engagement.uuid])
    return adresse, {"heures_delta": "50", "date_notification": "2026-05-01", "motif": "Travaux en plus"}


def nouvelle_entreprise(monde):
    donnees = {"siret": "732 829 320 00074", "raison_sociale": "Bâtisseurs", "type": "classique"}
    return reverse("entreprises:nouvelle"), donnees


def nouvelle_personne(monde):
    donnees = {"nom": "Lefèvre", "prenom": "Inès", "date_naissance": "2001-04-12", "sexe": "F"}
    return reverse("beneficiaires:nouveau"), donnees


def heures(monde):
    champ = f"heures_{monde.contrat.uuid.hex}"
    return reverse("suivi:saisie", args=[monde.engagement.uuid, "2026-05"]), {champ: "100"}


FORMULAIRES = (
    nouveau_marche,
    nouveau_lot,
    nouvel_avenant,
    nouvelle_entreprise,
    nouvelle_personne,
    nouveau_contrat,
    heures,
)
CAS = [
    (nouveau_marche, "reference", "", "obligatoire"),
    (nouveau_marche, "reference", "2026-014", "déjà"),
    (nouveau_marche, "fin_prevue", "2025-12-31", "fin"),
    (nouveau_marche, "debut", "31/02/2026", "date"),
    (nouveau_marche, "montant_ht", "-1", "positif|supérieur"),
    (nouveau_marche, "montant_ht", "mille", "nombre"),
    (nouveau_marche, "montant_ht", "1e400", "nombre|chiffres"),
    (nouveau_marche, "nature", "poésie", "choix"),
    (nouveau_marche, "maitre_ouvrage", "autre", "choix"),
    (nouveau_lot, "heures_initiales", "-5", "positif|supérieur"),
    (nouveau_lot, "heures_initiales", "NaN", "nombre"),
    (nouveau_lot, "heures_initiales", "12,345", "décimal|chiffre"),
    (nouveau_lot, "numero", "1", "déjà"),
    (nouvel_avenant, "heures_delta", "-5000", "négati|moins|dues"),
    (nouvel_avenant, "date_notification", "hier", "date"),
    (nouvelle_entreprise, "siret", "732 829 320 00075", "faux"),
    (nouvelle_entreprise, "siret", "123", "14 chiffres"),
    (nouvelle_entreprise, "siret", "73282932A00074", "chiffres"),
    (nouvelle_entreprise, "raison_sociale", "x" * 10_000, "caractères"),
    (nouvelle_personne, "date_naissance", "2099-01-01", "entre 14 et 90 ans"),
    (nouvelle_personne, "date_naissance", "0001-01-01", "naissance|date|ans"),
    (nouvelle_personne, "nom", "", "obligatoire"),
    (nouvelle_personne, "notes", "Son numéro : 1 85 05 78 006 084 36", "numéro"),
    (nouveau_contrat, "fin_prevue", "2026-01-01", "fin|début"),
    (nouveau_contrat, "fin_prevue", "", "CDI|fin"),
    (nouveau_contrat, "engagement", "autre", "choix"),
    (nouveau_contrat, "employeur", "999999", "choix"),
    (nouveau_contrat, "modalite", "", "obligatoire"),
    (heures, "heures", "-1", "négatives"),
    (heures, "heures", "251", "250"),
    (heures, "heures", "Infinity", "nombre"),
    (heures, "heures", "dix", "nombre"),
]


def nommer(valeur) -> str:
    return valeur.__name__ if callable(valeur) else valeur[:24]


def compter() -> dict:
    return {modele: modele.objects.count() for modele in COMPTES}


@pytest.mark.parametrize(("formulaire", "champ", "valeur", "phrase"), CAS, ids=nommer)
def test_la_faute_se_dit_a_cote_du_champ_et_la_saisie_reste(
    formulaire, champ, valeur, phrase, monde, connecte, horloge
):
    adresse, donnees = formulaire(monde)
    champ = next(iter(donnees)) if champ == "heures" else champ
    if valeur == "autre":
        valeur = str({"maitre_ouvrage": monde.autre.maitre_ouvrage, "engagement": monde.autre.engagement}[champ].pk)
    avant = compter()
    reponse = connecte("edition").post(adresse, {**donnees, champ: valeur})
    assert reponse.status_code == 200
    assert compter() == avant
    page = BeautifulSoup(reponse.content, "html.parser").main
    saisi = page.find(attrs={"name": champ})
    assert saisi["aria-invalid"] == "true"
    fautes = " ".join(page.find(id=cle).get_text(" ") for cle in saisi["aria-describedby"].split() if page.find(id=cle))
    assert any(mot.lower() in fautes.lower() for mot in phrase.split("|")), fautes
    autres = {nom: texte for nom, texte in donnees.items() if nom != champ and isinstance(texte, str)}
    for nom, texte in autres.items():
        balise = page.find(attrs={"name": nom})
        garde = (
            balise.get("value")
            or getattr(balise.find("option", selected=True), "attrs", {}).get("value")
            or balise.text
        )
        assert garde.strip().replace("\u202f", " ") == texte, nom
    assert monde.autre.marque not in reponse.content.decode()


@pytest.mark.parametrize("formulaire", FORMULAIRES, ids=nommer)
def test_la_bonne_saisie_passe(formulaire, monde, connecte, horloge):
    """Sans quoi les fautes ci-dessus ne prouveraient rien."""
    adresse, donnees = formulaire(monde)
    avant = sum(compter().values())
    assert connecte("edition").post(adresse, donnees).status_code == 302
    assert sum(compter().values()) > avant


def test_ce_qui_n_est_pas_dans_le_formulaire_est_ignore(monde, connecte, horloge):
    """Sur-envoi : statut, structure, compteur, archive, glissés dans un formulaire."""
    marche, engagement = monde.marche, monde.engagement
    trop = {
        "structure": monde.autre.structure.pk,
        "statut": StatutMarche.SOLDE,
        "archive_le": "2026-01-01",
        "heures_realisees": "99999",
        "heures_avenants": "99999",
        "uuid": "00000000-0000-0000-0000-000000000000",
    }
    donnees = {**MARCHE, "reference": marche.reference, "maitre_ouvrage": monde.maitre_ouvrage.pk, **trop}
    assert connecte("edition").post(reverse("marches:modifier", args=[marche.uuid]), donnees).status_code == 302
    avant = (engagement.heures_realisees, engagement.heures_avenants)
    donnees = {"entreprise": engagement.entreprise_id, "role": engagement.role, "heures_initiales": "1000", **trop}
    connecte("edition").post(reverse("marches:engagement_modifier", args=[engagement.uuid]), donnees)
    statut, uuid = marche.statut, marche.uuid
    marche.refresh_from_db()
    engagement.refresh_from_db()
    assert (marche.structure, marche.statut, marche.archive_le, marche.uuid) == (monde.structure, statut, None, uuid)
    assert (engagement.heures_realisees, engagement.heures_avenants) == avant


def test_un_contrat_ne_se_saisit_qu_une_fois_par_mois(monde, connecte, horloge):
    """Le même mois saisi deux fois corrige la ligne, il n'en crée pas une seconde."""
    adresse, donnees = heures(monde)
    (champ,) = donnees
    for volume in ("100", "80"):
        connecte("edition").post(adresse, {champ: volume})
    (ligne,) = LigneHeures.objects.filter(contrat=monde.contrat, mois=datetime.date(2026, 5, 1))
    assert ligne.heures == Decimal(80)


@pytest.mark.parametrize("mois", ["2026-13", "2026-00", "abcd", "1200-01", "99999-01"])
def test_un_mois_impossible_dans_l_adresse_est_introuvable(mois, monde, connecte, horloge):
    reponse = connecte("edition").get(f"/engagements/{monde.engagement.uuid}/mois/{mois}/saisie/")
    assert reponse.status_code == 404
