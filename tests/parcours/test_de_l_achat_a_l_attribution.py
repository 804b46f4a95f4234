"""D'un achat à l'attribution de ses quatre lots : les écrans que traverse une facilitatrice, comptés."""

import io
from zipfile import ZipFile

import pytest
from docx import Document as DocumentWord

from comptes.acteur import Acteur
from comptes.enums import Role
from comptes.models import Organisation
from entreprises.models import Entreprise, FicheEntreprise
from marches import services
from marches.models import Engagement, FicheMaitreOuvrage, MaitreOuvrage, Marche
from tests.fabriques.commun import siret
from tests.fabriques.marches import CorpsMetierFactory
from tests.parcours.compter import compter

pytestmark = pytest.mark.django_db(transaction=True)
LOTS = (
    ("Gros œuvre", "1 200 000", "1 181"),
    ("Peinture", "400 000", "394"),
    ("Sols souples", "250 000", "246"),
    ("Espaces verts", "120 000", "118"),
)


@pytest.fixture
def connus(facilitatrice):
    """L'acheteur, quatre entreprises et un corps de métier que la structure suit déjà."""
    structure = Organisation.objects.get(slug="essai")
    maitre_ouvrage = MaitreOuvrage.objects.create(nom="Ville d'Essai", siret=siret(77))
    FicheMaitreOuvrage.objects.create(structure=structure, maitre_ouvrage=maitre_ouvrage)
    for rang in range(len(LOTS)):
        entreprise = Entreprise.objects.create(siret=siret(80 + rang), raison_sociale=f"Bâtisseurs {rang + 1}")
        FicheEntreprise.objects.create(structure=structure, entreprise=entreprise)
    CorpsMetierFactory(
        structure=structure, nom="Bâtiment", part_main_oeuvre=45, taux_insertion=7, cout_horaire=32, nature="travaux"
    )
    return structure


def elle_depose_et_dimensionne(visite) -> None:
    visite.ouvrir("/projets/nouveau/")
    visite.remplir(
        maitre_ouvrage="Ville d'Essai",
        objet="Rénovation du lycée",
        nature="Travaux",
        montant_estime_ht="1 970 000",
        duree_mois="18",
        date_publication="2026-12-01",
        date_notification="2027-03-01",
    )
    visite.cliquer("Déposer le projet")
    visite.suivre("Dimensionner les lots")
    for rang, (intitule, montant, _) in enumerate(LOTS):
        visite.remplir(
            **{f"intitule_{rang}": intitule, f"corps_metier_{rang}": "Bâtiment", f"montant_ht_{rang}": montant}
        )
    visite.cliquer("Enregistrer")
    visite.voit("Lot 1 · Gros œuvre", "1 939 h")


def la_clause_est_retenue(visite) -> None:
    for geste in ("Mettre à l'étude", "Proposer à l'acheteur", "Retenir la clause"):
        visite.cliquer(geste)
    visite.suivre("En faire un marché")
    visite.remplir(reference="2027-001")
    visite.cliquer("Créer le marché")
    visite.voit("En rédaction", "1 181 h au contrat", "118 h au contrat")


def elle_redige(visite) -> None:
    visite.suivre("Rédiger la clause")
    visite.suivre("Produire les textes")
    visite.cliquer("Produire les textes")
    with visite.page.expect_download() as telechargement:
        visite.page.get_by_role("link", name="Tout télécharger").click()
    with ZipFile(io.BytesIO(telechargement.value.path().read_bytes())) as archive:
        actes = [nom for nom in archive.namelist() if "-ae-" in nom]
        assert len(actes) == len(LOTS)
        for nom, (intitule, _, heures) in zip(sorted(actes), LOTS, strict=True):
            document = DocumentWord(io.BytesIO(archive.read(nom)))
            texte = " ".join(p.text for p in document.paragraphs).replace("\u202f", " ").replace("\u00a0", " ")
            assert intitule in texte and f"{heures} h" in texte
            assert not [autre for autre, _, h in LOTS if autre != intitule and (autre in texte or f" {h} h" in texte)]


def elle_attribue(visite) -> None:
    visite.suivre("2027-001", dans="body")
    visite.suivre("Attribuer le marché")
    for rang, lot in enumerate(Marche.objects.get().lots.order_by("numero")):
        visite.remplir(**{f"entreprise_{lot.pk}": f"Bâtisseurs {rang + 1}"})
    visite.cliquer("Attribuer le marché")
    visite.voit("Attribué", "Bâtisseurs 4", "sur 1 939 h")


def test_d_un_achat_a_l_attribution_de_quatre_lots(visite, facilitatrice, connus):
    acteur = Acteur(facilitatrice, connus, Role.RESPONSABLE)
    services.regler_les_clauses(acteur=acteur, telephone="02 33 00 00 00", contact="Service clauses")
    visite.connecter(facilitatrice.email)
    with compter(visite) as compte:
        elle_depose_et_dimensionne(visite)
        la_clause_est_retenue(visite)
        elle_redige(visite)
        elle_attribue(visite)
    assert Engagement.objects.count() == len(LOTS)
    compte.au_plus(ecrans=18)
