"""Un mois, règle par règle : le lot que l'on valide, ce que règle un responsable, ce qui s'ouvre, le lien et sa réponse."""

import datetime
import uuid

import pytest
from django.utils import timezone

from declarations.enums import StatutDeclaration
from declarations.models import Declaration, ReglagesDeclaration
from declarations.services.decisions import rendre_declaration
from declarations.services.liens import envoyer_le_lien, fermer_le_lien
from declarations.services.ouverture import ouvrir_les_mois_de, ouvrir_mois, regler_declarations
from declarations.services.sans_alerte import mois_du_lot, valider_sans_alerte
from socle.models import Courriel, EntreeJournal, Lien
from socle.regles import RegleViolee
from tests.fabriques.declarations import DeclarationFactory
from tests.saisie import rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
SEPTEMBRE = datetime.date(2026, 9, 1)


# --- Le lot ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("nombre", "dit"), [(200, "pas de votre structure"), (201, "Pas plus de 200 mois")])
def test_un_lot_compte_deux_cents_mois_au_plus(monde, nombre, dit):
    inconnus = {uuid.uuid4(): "" for _ in range(nombre)}
    with pytest.raises(RegleViolee, match=dit):
        mois_du_lot(monde.acteur("edition"), inconnus)


@pytest.mark.parametrize(
    ("statut", "obstacle"),
    [
        (StatutDeclaration.VALIDEE, "Déjà validé."),
        (StatutDeclaration.RENDUE, "N'est plus à valider."),
        (StatutDeclaration.ATTENDUE, "N'est plus à valider."),
        (StatutDeclaration.A_VALIDER, "Aucune ligne."),
    ],
)
def test_ce_qui_empeche_un_mois_d_entrer_dans_le_lot(monde, statut, obstacle):
    mois = DeclarationFactory(engagement=monde.engagement, mois=SEPTEMBRE)
    validee = {"validee_le": timezone.now()} if statut == StatutDeclaration.VALIDEE else {}
    Declaration.objects.filter(pk=mois.pk).update(statut=statut, **validee)
    with rien_ne_s_ecrit(Declaration):
        lot = valider_sans_alerte(acteur=monde.acteur("edition"), demandes={mois.uuid: ""})
    assert (lot.valides, lot.laisses, lot.total) == ([], [(mois, obstacle)], 0)


# --- Les réglages ---------------------------------------------------------------------------------------------------
def test_seul_un_responsable_allume_les_relances_un_autre_les_laisse_ou_les_eteint(monde):
    def regler(qui: str, **valeurs) -> ReglagesDeclaration:
        return regler_declarations(acteur=monde.acteur(qui), **valeurs)

    ReglagesDeclaration.objects.update_or_create(structure=monde.structure, defaults={"relances": False})
    with rien_ne_s_ecrit(ReglagesDeclaration), pytest.raises(RegleViolee) as refus:
        regler("edition", relances=True)
    assert "relances" in refus.value.message_dict
    assert not regler("edition", relances=False, jour_echeance=12).relances
    assert regler("responsable", relances=True).relances
    assert regler("edition", relances=True, jour_echeance=10).jour_echeance == 10  # déjà allumées
    assert not regler("edition", relances=False).relances


def test_le_premier_mois_attendu_est_un_mois_entier(monde):
    reglages = regler_declarations(acteur=monde.acteur("edition"), premier_mois=datetime.date(2026, 9, 17))
    assert ReglagesDeclaration.objects.get(pk=reglages.pk).premier_mois == SEPTEMBRE


# --- Ouvrir ---------------------------------------------------------------------------------------------------------
def ouverts(monde) -> set:
    return set(
        Declaration.objects.filter(mois=SEPTEMBRE, statut=StatutDeclaration.ATTENDUE).values_list(
            "engagement__entreprise", flat=True
        )
    )


def test_l_entreprise_qui_vient_declarer_n_ouvre_que_ses_mois(monde):
    Declaration.objects.all().delete()
    acteur = monde.acteur("edition")
    assert ouvrir_les_mois_de(acteur=acteur, fiche=monde.fiche) == 3
    assert ouverts(monde) == {monde.entreprise.pk}
    assert ouvrir_les_mois_de(acteur=acteur, fiche=monde.fiche) == 0
    entrees = EntreeJournal.objects.filter(action="mois_ouvert")
    assert {(entree.utilisateur, entree.donnees["nombre"]) for entree in entrees} == {(acteur.utilisateur, 1)}


def test_le_passage_du_matin_signe_de_l_automate(monde):
    Declaration.objects.all().delete()
    ouvrir_mois(SEPTEMBRE)
    assert ouverts(monde) >= {monde.entreprise.pk, monde.cotraitante.pk}
    entrees = EntreeJournal.objects.filter(action="mois_ouvert")
    assert {entree.utilisateur for entree in entrees} == {None}
    assert entrees.get(structure=monde.structure).donnees["nombre"] == 2


def test_le_mois_en_cours_s_ouvre_le_suivant_attend(monde):
    Declaration.objects.all().delete()
    with rien_ne_s_ecrit(Declaration), pytest.raises(RegleViolee, match="n'a pas commencé"):
        ouvrir_mois(datetime.date(2026, 11, 1))
    assert ouvrir_mois(datetime.date(2026, 10, 31)) > 0


# --- Écrire à l'entreprise --------------------------------------------------------------------------------------------
def test_l_entreprise_repond_a_qui_lui_rend_son_mois(monde):
    rendre_declaration(acteur=monde.acteur("edition"), declaration=monde.mois_declare, motif="Il manque une semaine.")
    assert Courriel.objects.latest("pk").repondre_a == monde.personne("edition").email


def test_le_lien_presente_l_outil_la_premiere_fois_et_l_on_repond_a_qui_l_envoie(monde):
    acteur, presentes = monde.acteur("edition"), []
    for _ in range(2):
        avis = envoyer_le_lien(acteur=acteur, engagement=monde.engagement, courriel="neuve@chantier.fr")
        assert [destinataire.adresse for destinataire in avis.destinataires] == ["neuve@chantier.fr"]
        courriel = Courriel.objects.latest("pk")
        assert courriel.repondre_a == monde.personne("edition").email
        presentes.append("rien à installer" in courriel.corps)
    assert presentes == [True, False]


def test_on_ne_ferme_que_le_lien_de_cette_entreprise(monde):
    with rien_ne_s_ecrit(Lien), pytest.raises(RegleViolee, match="n'est pas celui de cette entreprise"):
        fermer_le_lien(acteur=monde.acteur("edition"), engagement=monde.cotraitance, lien=monde.lien_declaration.uuid)
    ferme = fermer_le_lien(
        acteur=monde.acteur("edition"), engagement=monde.engagement, lien=monde.lien_declaration.uuid
    )
    assert ferme.pk == monde.lien_declaration.pk
