"""Modifier un objet : la ligne relue, ce qui change écrit, le journal qui le dit. Par l'écran, comme une personne."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaires.forms import RechercheForm
from entreprises.services import modifier_contact
from marches.forms.marches import LotForm
from marches.models import Lot
from marches.services import modifier_convention, modifier_lot
from socle.models import EntreeJournal
from socle.regles import AccesRefuse
from socle.services.journal import histoire
from tests.fabriques.marches import CorpsMetierFactory, MarcheFactory


def saisie(objet, form_class, acteur, **changees) -> dict:
    form = form_class(instance=objet, acteur=acteur)
    montrees = {nom: form[nom].value() for nom in form.fields}
    return {nom: valeur for nom, valeur in {**montrees, **changees}.items() if valeur is not None}


def test_un_lot_modifie_a_l_ecran_est_enregistre_et_le_journal_dit_quoi(monde, connecte):
    peinture = CorpsMetierFactory(structure=monde.structure, nom="Peinture")
    Lot.objects.filter(pk=monde.lot.pk).update(montant_ht=Decimal(1000), corps_metier=None)
    lot = Lot.objects.get(pk=monde.lot.pk)
    donnees = saisie(lot, LotForm, monde.acteur(), montant_ht="2000", corps_metier=peinture.pk)
    assert connecte("edition").post(reverse("marches:lot_modifier", args=[lot.uuid]), donnees).status_code == 302
    lot.refresh_from_db()
    assert (lot.montant_ht, lot.corps_metier) == (Decimal(2000), peinture)
    phrase = histoire(monde.marche)[0].texte.replace("\u202f", " ")
    assert phrase == "Lot modifié, lot 1 : Montant HT 1 000 → 2 000 ; Corps de métier — → Peinture"


def test_le_controle_d_un_formulaire_ne_touche_pas_l_objet_de_la_vue(monde):
    donnees = saisie(monde.lot, LotForm, monde.acteur(), intitule="Charpente")
    form = LotForm(donnees, instance=monde.lot, acteur=monde.acteur())
    assert form.is_valid() and form.instance.intitule == "Charpente"
    assert monde.lot.intitule == "Gros œuvre"


def test_les_memes_valeurs_n_ecrivent_rien(monde):
    avant = Lot.objects.get(pk=monde.lot.pk).modifie_le
    modifier_lot(acteur=monde.acteur(), lot=monde.lot, intitule=monde.lot.intitule)
    assert Lot.objects.get(pk=monde.lot.pk).modifie_le == avant
    assert not EntreeJournal.objects.filter(action="lot_modifie").exists()


def test_un_objet_perime_n_efface_pas_ce_qu_un_autre_a_ecrit(monde):
    """Le service reçoit la ligne lue à l'ouverture de la page : seuls les champs dits changent."""
    perime = Lot.objects.get(pk=monde.lot.pk)
    Lot.objects.filter(pk=monde.lot.pk).update(perimetre="Tout", modifie_le=timezone.now())
    modifier_lot(acteur=monde.acteur(), lot=perime, intitule="Charpente")
    assert Lot.objects.get(pk=monde.lot.pk).perimetre == "Tout"


def test_hors_de_portee_rien_ne_s_ecrit(monde):
    with pytest.raises(AccesRefuse):
        modifier_lot(acteur=monde.acteur(), lot=monde.autre.lot, intitule="Pris")
    assert Lot.objects.get(pk=monde.autre.lot.pk).intitule == "Gros œuvre"


def test_le_journal_ne_garde_pas_les_valeurs_d_une_personne(monde):
    modifier_contact(acteur=monde.acteur(), contact=monde.contact, nom="Léa Martin", telephone="0102030405")
    entree = EntreeJournal.objects.get(action="contact_modifie")
    assert {change["libelle"] for change in entree.donnees["changements"]} >= {"Nom", "Téléphone"}
    assert "Martin" not in str(entree.donnees) and "0102030405" not in str(entree.donnees)


def test_un_choix_multiple_se_compare_sans_son_ordre(monde):
    acteur, convention = monde.acteur(), monde.convention
    ailleurs = MarcheFactory(structure=monde.structure, reference="2026-099")
    deux = [monde.marche, ailleurs]
    for marches in (deux, deux[::-1]):
        modifier_convention(acteur=acteur, convention=convention, marches=marches)
    (entree,) = EntreeJournal.objects.filter(action="convention_modifiee")
    assert "2026-099" in entree.donnees["changements"][0]["apres"]


def test_un_vieux_nom_refuse_depuis_n_empeche_pas_d_ecrire_le_reste(monde, connecte):
    """Écrit avant la règle, ou à la main dans la base : la recherche d'emploi ne montre pas le nom, et s'enregistre."""
    personne = monde.beneficiaire
    type(personne).objects.filter(pk=personne.pk).update(nom="{{7*7}}", prenom="<b>")
    donnees = saisie(type(personne).objects.get(pk=personne.pk), RechercheForm, monde.acteur(), rayon_km="25")
    reponse = connecte("edition").post(reverse("beneficiaires:recherche", args=[personne.uuid]), donnees)
    assert reponse.status_code == 302
    personne.refresh_from_db()
    assert (personne.rayon_km, personne.nom) == (25, "{{7*7}}")
