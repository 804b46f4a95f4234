"""Ce qui s'archive se retrouve (« Archivés ») et se restaure d'un bouton ; son numéro est libre, ou le refus dit où il est.

Un cas par modèle archivable : un modèle nouveau sans cas ici échoue.
"""

import copy
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from comptes.models import Contact, Organisation
from entreprises.models import ContactEntreprise, FicheEntreprise
from marches.enums import RoleEngagement
from marches.models import (
    ContactMaitreOuvrage,
    ConventionGlobalisation,
    CorpsMetier,
    Engagement,
    FicheMaitreOuvrage,
    Lot,
    Marche,
    Operation,
    ProjetAchat,
)
from recrutement.models import AideEmbauche, Contrat
from socle.contraintes import UniqueArchiveComprise
from socle.modeles import ModeleArchivable
from tests.fabriques.entreprises import FicheEntrepriseFactory
from tests.monde import Monde


@dataclass(frozen=True)
class Cas:
    """`ligne` porte `archive_le` ; `objet` est ce que l'écran archive, par les URL `{prefixe}archiver` et `desarchiver`."""

    ligne: Callable[[Monde], models.Model]
    prefixe: str
    liste: str  # la page où l'archive se retrouve
    texte: Callable[[models.Model], str]
    objet: Callable[[models.Model], models.Model] = lambda ligne: ligne
    de: Callable[[models.Model], models.Model] | None = None  # l'objet de la page `liste`, si elle en a un
    role: str = "responsable"


def _fiche_mo(monde):
    return FicheMaitreOuvrage.objects.get(structure=monde.structure, maitre_ouvrage=monde.maitre_ouvrage)


CAS = {
    Beneficiaire: Cas(lambda m: m.beneficiaire, "beneficiaires:", "beneficiaires:liste", lambda b: b.identifiant),
    Contrat: Cas(lambda m: m.contrat, "recrutement:contrat_", "recrutement:contrats", lambda c: str(c.uuid)),
    AideEmbauche: Cas(lambda m: m.aide, "recrutement:aide_", "recrutement:aides", lambda a: a.intitule),
    Marche: Cas(lambda m: m.marche, "marches:marche_", "marches:liste", lambda marche: marche.reference),
    ProjetAchat: Cas(lambda m: m.projet, "marches:projet_", "marches:projets", lambda projet: projet.objet),
    Operation: Cas(lambda m: m.operation, "marches:operation_", "marches:operations", lambda o: o.nom),
    ConventionGlobalisation: Cas(
        lambda m: m.convention, "marches:convention_", "marches:conventions", lambda c: c.intitule
    ),
    CorpsMetier: Cas(lambda m: m.corps_metier, "marches:corps_metier_", "marches:corps_metiers", lambda c: c.nom),
    FicheMaitreOuvrage: Cas(
        _fiche_mo,
        "marches:maitre_ouvrage_",
        "marches:maitres_ouvrage",
        lambda f: f.maitre_ouvrage.nom,
        objet=lambda f: f.maitre_ouvrage,
    ),
    FicheEntreprise: Cas(
        lambda m: m.fiche,
        "entreprises:",
        "entreprises:liste",
        lambda f: f.entreprise.siret,
        objet=lambda f: f.entreprise,
    ),
    ContactEntreprise: Cas(
        lambda m: m.contact,
        "entreprises:contact_",
        "entreprises:fiche",
        lambda c: c.nom,
        de=lambda c: c.fiche.entreprise,
    ),
    ContactMaitreOuvrage: Cas(
        lambda m: m.contact_acheteur,
        "marches:maitre_ouvrage_contact_",
        "marches:maitre_ouvrage",
        lambda c: c.nom,
        de=lambda c: c.fiche.maitre_ouvrage,
    ),
    Lot: Cas(lambda m: m.lot_libre, "marches:lot_", "marches:fiche", lambda lot: str(lot), de=lambda lot: lot.marche),
    Engagement: Cas(
        lambda m: m.cotraitance,
        "marches:engagement_",
        "marches:fiche",
        lambda e: e.entreprise.raison_sociale,
        de=lambda e: e.lot.marche,
    ),
    Organisation: Cas(
        lambda m: m.organisations["prescripteur"],
        "comptes:organisation_",
        "comptes:organisations",
        lambda o: str(o.uuid),
        role="administrateur",
    ),
}
ARCHIVABLES = [modele for modele in apps.get_models() if issubclass(modele, ModeleArchivable)]
URL_RESTAURER = {Organisation: "comptes:organisation_reactiver"}
# Une seule fiche par structure : la suivre à nouveau la sort de l'archive d'elle-même.
RESTAUREES_D_ELLES_MEMES = {"fiche_entreprise_unique", "fiche_maitre_ouvrage_unique"}


def test_chaque_modele_archivable_a_son_cas():
    assert set(ARCHIVABLES) == set(CAS)


@pytest.mark.parametrize("modele", ARCHIVABLES, ids=lambda modele: modele.__name__)
def test_s_archive_se_retrouve_et_se_restaure(modele, monde, connecte):
    cas = CAS[modele]
    ligne, client = cas.ligne(monde), connecte(cas.role)
    objet = cas.objet(ligne)
    archiver = reverse(f"{cas.prefixe}archiver", args=[objet.uuid])
    restaurer = reverse(URL_RESTAURER.get(modele, f"{cas.prefixe}desarchiver"), args=[objet.uuid])
    liste = reverse(cas.liste, args=[cas.de(ligne).uuid] if cas.de else [])
    fiche = liste if issubclass(modele, Contact) else objet.get_absolute_url()

    assert modele is Organisation or _bouton(client.get(fiche), archiver)  # l'organisation passe par une confirmation
    client.post(archiver)
    ligne.refresh_from_db()
    assert ligne.est_archive

    if cas.de:
        (archives,) = BeautifulSoup(client.get(liste).content, "html.parser").select("details.archives")
        assert cas.texte(ligne) in archives.get_text() and "Archivés" in archives.get_text()
    else:
        en_cours, retrouves, tous = (client.get(liste, {"archives": choix}) for choix in ("", "oui", "tous"))
        assert cas.texte(ligne) not in _lignes(en_cours)
        assert cas.texte(ligne) in _lignes(retrouves) and cas.texte(ligne) in _lignes(tous)
        option = BeautifulSoup(retrouves.content, "html.parser").select_one("select[name=archives] option[selected]")
        assert option.get_text() in ("Archivés", "Archivées")

    page = client.get(fiche)
    assert _bouton(page, restaurer) == "Sortir de l'archive"
    client.post(restaurer)
    ligne.refresh_from_db()
    assert not ligne.est_archive
    assert not _bouton(client.get(fiche), restaurer)


def _bouton(page, adresse: str) -> str:
    """Le libellé du bouton de la page qui envoie à cette adresse ; vide s'il n'y en a pas."""
    formulaire = BeautifulSoup(page.content, "html.parser").select_one(f"form[action='{adresse}'] button")
    if formulaire is None:
        return ""
    for cache in formulaire.select(".visually-hidden, svg"):
        cache.decompose()
    return formulaire.get_text(" ", strip=True)


def _lignes(page) -> str:
    soupe = BeautifulSoup(page.content, "html.parser")
    return " ".join(str(ligne) for ligne in soupe.select("main tbody tr, main [data-ligne]"))


# --- Le numéro ---------------------------------------------------------------------------------------------------
UNICITES = [
    pytest.param(modele, contrainte, id=contrainte.name)
    for modele in ARCHIVABLES
    for contrainte in modele._meta.constraints
    if isinstance(contrainte, models.UniqueConstraint) and contrainte.name not in RESTAUREES_D_ELLES_MEMES
]


@pytest.mark.parametrize(("modele", "contrainte"), UNICITES)
def test_un_numero_archive_est_libre_ou_le_refus_dit_ou_il_est(modele, contrainte, monde):
    ligne = CAS[modele].ligne(monde)
    modele.objects.filter(pk=ligne.pk).update(archive_le="2026-03-12T10:00:00Z")
    double = copy.copy(modele.objects.get(pk=ligne.pk))
    double.pk, double.uuid, double.archive_le = None, uuid.uuid4(), None
    if not isinstance(contrainte, UniqueArchiveComprise):
        contrainte.validate(modele, double)  # libre
        return
    with pytest.raises(ValidationError) as refus:
        contrainte.validate(modele, double)
    assert refus.value.message == contrainte.si_archive % {champ: getattr(ligne, champ) for champ in contrainte.fields}
    assert "archivé" in refus.value.message and "de l'archive" in refus.value.message
    assert refus.value.code == contrainte.violation_error_code
    modele.objects.filter(pk=ligne.pk).update(archive_le=None)
    with pytest.raises(ValidationError, match=contrainte.violation_error_message):
        contrainte.validate(modele, double)


def test_le_numero_d_un_lot_archive_se_dit_a_cote_du_champ(monde, connecte):
    client, lot = connecte("responsable"), monde.lot_libre
    client.post(reverse("marches:lot_archiver", args=[lot.uuid]))
    saisie = {"numero": lot.numero, "intitule": "Peinture"}
    page = client.post(reverse("marches:lot_nouveau", args=[monde.marche.uuid]), saisie)
    assert page.context["form"].errors["numero"] == [
        f"Le lot {lot.numero} existe, archivé : sortez-le de l'archive (page du marché), ou changez de numéro."
    ]


def test_un_attributaire_archive_laisse_sa_place_et_ne_la_reprend_pas(monde, connecte):
    client, engagement = connecte("responsable"), monde.engagement
    client.post(reverse("marches:engagement_archiver", args=[engagement.uuid]))
    entreprise = FicheEntrepriseFactory(structure=monde.structure).entreprise
    nouveau = {"entreprise": entreprise.pk, "role": "attributaire", "heures_initiales": "100"}
    assert client.post(reverse("marches:engagement_nouveau", args=[engagement.lot.uuid]), nouveau).status_code == 302
    assert engagement.lot.engagements.get(entreprise=entreprise).role == RoleEngagement.ATTRIBUTAIRE

    page = client.post(reverse("marches:engagement_desarchiver", args=[engagement.uuid]), follow=True)
    assert "Ce lot a déjà un attributaire" in page.content.decode()
    engagement.refresh_from_db()
    assert engagement.est_archive


def test_un_lot_archive_n_engage_personne(monde, connecte):
    """Sa page ne le propose plus, et la page restée ouverte le dit : l'engagement ne serait montré nulle part."""
    monde.lot.archive_le = timezone.now()
    monde.lot.save()
    client, adresse = connecte("edition"), reverse("marches:engagement_nouveau", args=[monde.lot.uuid])
    assert adresse not in client.get(monde.lot.get_absolute_url()).content.decode()
    fiche = FicheEntrepriseFactory(structure=monde.structure)
    saisie = {"entreprise": fiche.entreprise.pk, "role": RoleEngagement.COTRAITANT, "heures_initiales": "10"}
    page = client.post(adresse, saisie)
    assert page.status_code == 200 and "Ce lot est archivé" in page.content.decode()
    assert not monde.lot.engagements.filter(entreprise=fiche.entreprise).exists()
