"""Un classeur de trois cents lignes, d'une forme à lui : ses colonnes se disent à l'écran, ses douze fautes s'y retapent."""

import pytest

from beneficiaires.models import Beneficiaire
from declarations.models import LigneHeures
from tests.parcours.conftest import au_bureau, au_telephone
from tests.reprise.sa_forme import FAUTES, HEURES, PERSONNES, RIEN_DE_NOTRE, ecrire_a_sa_forme, lignes_en_tout

pytestmark = pytest.mark.django_db(transaction=True)


def elle_depose_son_classeur(visite, chemin) -> None:
    visite.ouvrir("/reprise/")
    visite.page.locator("[name=fichier]").set_input_files(chemin)
    visite.cliquer("Vérifier ce classeur")
    visite.voit("Rien n'est écrit", "Cette colonne est obligatoire et manque dans la feuille")


def elle_dit_ce_que_contient_une_colonne(visite) -> None:
    visite.suivre("Feuilles et colonnes")
    visite.voit("Participants → Bénéficiaires", "Identité › Nom d'usage", "Par exemple : Martin")
    visite.page.get_by_label(f"Suivi › {RIEN_DE_NOTRE}").select_option(label="Heures*")
    visite.cliquer("Relire le classeur ainsi")
    visite.voit("Vos choix sont retenus", f"{len(FAUTES)} erreurs à corriger ici")


def elle_retape_les_douze_fautes(visite) -> None:
    visite.suivre("Corriger les lignes ici")
    visite.voit("Participants, ligne 6 · D2 · Martin", "Cette date n'existe pas dans le calendrier")
    champs = visite.page.locator("main input[type=text].is-invalid")
    assert champs.count() == len(FAUTES)
    justes = {faux: juste for faux, juste in FAUTES.values()}
    for champ in champs.all():
        champ.fill(justes[champ.input_value()])
    visite.cliquer("Enregistrer et relire le classeur")
    visite.voit("Aucune erreur")


def test_un_classeur_d_une_autre_forme_se_reprend_a_l_ecran(visite, facilitatrice, tmp_path):
    assert lignes_en_tout() == 300
    visite.connecter(facilitatrice.email)
    elle_depose_son_classeur(visite, ecrire_a_sa_forme(tmp_path / "suivi-2018.xlsx"))
    adresse = visite.page.url
    au_telephone(visite)
    for page in ("", "colonnes/"):
        visite.ouvrir(f"{adresse}{page}")
    au_bureau(visite)
    visite.ouvrir(adresse)
    elle_dit_ce_que_contient_une_colonne(visite)
    au_telephone(visite)
    visite.ouvrir(f"{adresse}lignes/")
    au_bureau(visite)
    visite.ouvrir(adresse)
    elle_retape_les_douze_fautes(visite)
    visite.suivre("Reprendre pour de vrai")
    visite.voit("300 lignes à créer")
    visite.cliquer("Reprendre pour de vrai")
    visite.voit("Tout est enregistré")
    assert (Beneficiaire.objects.count(), LigneHeures.objects.count()) == (PERSONNES, HEURES)
