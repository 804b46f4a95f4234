"""Trop grand, trop loin, impossible : un nombre qui déborde de sa colonne, une année 0000, un mois 13. Jamais une panne.

À lancer aussi sur PostgreSQL : SQLite ne connaît pas le débordement d'une colonne.
"""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import urljoin

import pytest
from django.urls import reverse

from marches.models import Engagement
from marches.services import affermir_tranche
from socle.regles import RegleViolee
from tests.arbre_html import Document, Element
from tests.echantillon import echantillon, tirer
from tests.fabriques.marches import TrancheFactory
from tests.test_bornes import phrase_du_champ, saisie_montree
from tests.test_hostile import adresse
from tests.test_requetes import PAGES, role_qui_mesure

pytestmark = [pytest.mark.django_db, pytest.mark.deux_moteurs]
IMMENSES = ("9" * 30, "-" + "9" * 30)
AUX_BORDS = ("999999999999,99", "99999999,99", "2147483648", "99999")
MOIS_IMPOSSIBLES = ("2026-13", "2026-00", "0000-01", "0001-01", "9999-12", "99999-01")
# Ce que lisent les pages, en plus des champs de leurs filtres.
PARAMETRES = ("annee", "mois", "periode", "page", "tri", "du", "au", "debut", "fin", "millesime", "quand", "groupe")
DEMANDES = ("0000", "-1", "9" * 30, "9999", "0599999999", "2026-13", "9999-12-31", "²²²²")


def formulaires(client, ligne, monde) -> list[Element]:
    ouverte = client.get(f"{adresse(ligne, monde)}?{ligne.requete}")
    return Document(ouverte.getvalue().decode(errors="ignore")).balises("form")


def nombres(formulaire: Element) -> Iterator[str]:
    """Les champs où se tape un nombre."""
    for champ in formulaire.descendants("input"):
        numerique = champ.get("inputmode") in ("decimal", "numeric") or champ.get("type") == "number"
        if numerique and champ.get("name") and "disabled" not in champ.attributs:
            yield champ.get("name")


def chemins_impossibles(chemin: str) -> set[str]:
    """Le même chemin, son mois ou son année remplacés par ce que nul calendrier ne connaît."""
    morceaux = re.findall(r"(?<=/)\d{4}(?:-\d{2})?(?=/)", chemin)
    faux = {
        chemin.replace(f"/{morceau}/", f"/{mois if '-' in morceau else mois[:4]}/")
        for morceau in morceaux
        for mois in MOIS_IMPOSSIBLES
    }
    return faux - {chemin}


@pytest.mark.parametrize("ligne", PAGES, ids=lambda ligne: ligne.nom)
def test_un_nombre_trop_grand_est_une_faute_a_cote_de_son_champ(ligne, monde, connecte, horloge):
    client, chemin = connecte(role_qui_mesure(ligne)), adresse(ligne, monde)
    fautes = []
    for formulaire in formulaires(client, ligne, monde):
        for nom in nombres(formulaire) if formulaire.get("method").lower() == "post" else ():
            for valeur in (tirer(IMMENSES, nom), *echantillon(AUX_BORDS, f"{ligne.nom} {nom}", 1)):
                cible = urljoin(chemin, formulaire.get("action"))
                donnees = {**saisie_montree(formulaire), nom: [valeur]}
                donnees.pop("jeton_envoi", None)  # chaque envoi en est un autre
                reponse = client.post(cible, donnees)
                if reponse.headers.get("Location", "").split("?")[0] == chemin:
                    reponse = client.get(reponse.headers["Location"])  # le filtre d'une liste se relit après son envoi
                rendue = Document(reponse.content.decode())
                sans_phrase = valeur in IMMENSES and not phrase_du_champ(rendue, nom)
                if reponse.status_code not in (200, 302, 403) or sans_phrase:
                    fautes.append((cible, nom, valeur[:8], reponse.status_code))
    assert fautes == []


def lit_ses_parametres(reponse) -> bool:
    """Django n'analyse les paramètres d'une requête que si on les demande ; sinon, rien n'en dépend."""
    return "GET" in vars(reponse.wsgi_request)


@pytest.mark.parametrize("ligne", PAGES, ids=lambda ligne: ligne.nom)
def test_une_adresse_impossible_n_est_jamais_une_panne(ligne, monde, connecte, horloge):
    client, chemin = connecte(role_qui_mesure(ligne)), adresse(ligne, monde)
    champs = {
        champ.get("name")
        for formulaire in formulaires(client, ligne, monde)
        if formulaire.attributs.get("method", "get").lower() == "get"
        for champ in formulaire.descendants("input", "select")
        if champ.get("name")
    }
    for demande in echantillon(DEMANDES, ligne.nom, 3):
        reponse = client.get(chemin, dict.fromkeys(champs | set(PARAMETRES), demande))
        assert reponse.status_code in (200, 302, 404), demande
        if reponse.streaming:
            reponse.getvalue()
        if not lit_ses_parametres(reponse):
            break
    else:
        seule = tirer(DEMANDES, chemin)  # une autre faute de l'adresse cacherait celle de l'année
        assert client.get(chemin, {"annee": seule}).status_code in (200, 302, 404), seule
    for faux in chemins_impossibles(chemin):
        assert client.get(faux).status_code == 404, faux


@pytest.mark.parametrize("annee", ["0000", "0", "9999", "99999999999999999999"])
def test_une_annee_impossible_dans_l_adresse_d_un_chiffre(annee, monde, connecte, horloge):
    reponse = connecte("lecture").get(f"/chiffres/{annee}/heures/")
    assert reponse.status_code == 404


def test_la_page_zero_et_la_page_immense_se_lisent(monde, connecte, horloge):
    for page in ("0", "-1", "9" * 40, "x"):
        assert connecte("lecture").get(reverse("marches:liste"), {"page": page}).status_code in (200, 404)


# --- Ce qui se calcule : aucun formulaire n'en borne le résultat -------------------------------------------------------
PLEIN = Decimal("99999999.99")


def test_deux_avenants_qui_tiennent_chacun_ne_tiennent_pas_ensemble(monde, connecte, horloge):
    adresse = reverse("marches:avenant_nouveau", args=[monde.engagement.uuid])
    saisie = {"heures_delta": "99999000,00", "date_notification": "2026-05-01", "motif": "Travaux"}
    avant = monde.engagement.avenants.count()
    assert connecte("edition").post(adresse, saisie).status_code == 302
    reponse = connecte("edition").post(adresse, {**saisie, "motif": "Encore"})
    assert reponse.status_code == 200 and "deviendrait trop grand" in reponse.content.decode()
    assert monde.engagement.avenants.count() == avant + 1


def test_une_tranche_affermie_ne_fait_pas_deborder_les_heures(monde, horloge):
    Engagement.objects.filter(pk=monde.engagement.pk).update(heures_tranches=PLEIN)
    tranche = TrancheFactory(lot=monde.engagement.lot, optionnelle=True)
    with pytest.raises(RegleViolee, match="deviendrait trop grand"):
        affermir_tranche(acteur=monde.acteur(), tranche=tranche, le=datetime.date(2026, 10, 1), heures=PLEIN)
    tranche.refresh_from_db()
    assert tranche.affermie_le is None


def test_un_nombre_qui_deborde_ne_s_enregistre_nulle_part(monde):
    monde.engagement.heures_realisees = Decimal(10) ** 10
    with pytest.raises(RegleViolee, match="heures réalisées"):
        monde.engagement.save()
