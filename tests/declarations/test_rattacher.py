"""Une personne annoncée, règle par règle : combien, jusqu'à quand, sur quel contrat, et quels autres mois suivent."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from declarations.annonces.services.departs import confirmer_depart
from declarations.annonces.services.personnes import (
    annoncer_personne,
    annonces_jusqu_au_mois,
    contrats_possibles,
    embaucher_personne_annoncee,
    rattacher_personne,
)
from declarations.annonces.services.traitement import ecarter_annonce
from declarations.enums import StatutAnnonce
from declarations.models import Declaration, DepartAnnonce, LigneHeures, PersonneAnnoncee
from recrutement.models import Contrat
from socle.regles import RegleViolee
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.declarations import DeclarationFactory, LigneHeuresFactory, PersonneAnnonceeFactory
from tests.fabriques.marches import EngagementFactory, LotFactory
from tests.fabriques.recrutement import ContratFactory
from tests.saisie import fautes, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
JUIN, JUILLET, AOUT = (datetime.date(2026, mois, 1) for mois in (6, 7, 8))
INES = {"nom": "Lefèvre", "prenom": "Inès", "embauchee_le": datetime.date(2026, 5, 11), "type_contrat": "cdd"}


def a_valider(monde, mois: datetime.date, engagement=None) -> Declaration:
    return DeclarationFactory(engagement=engagement or monde.engagement, mois=mois, declaree_par="paie@chantier.fr")


def zoe(declaration: Declaration, **autres) -> PersonneAnnoncee:
    return PersonneAnnonceeFactory(declaration=declaration, **autres)


def embauchee(monde, **autres) -> Contrat:
    """Le contrat de Zoé, du 2 juin à la fin de l'année."""
    termes = {"debut": datetime.date(2026, 6, 2), "fin_prevue": datetime.date(2026, 12, 31)}
    dossier = BeneficiaireFactory(structure=monde.structure, nom="Poulain", prenom="Zoé")
    return ContratFactory(**{"engagement": monde.engagement, "beneficiaire": dossier, **termes, **autres})


def statuts(*annonces: PersonneAnnoncee) -> list[str]:
    return [PersonneAnnoncee.objects.get(pk=annonce.pk).statut for annonce in annonces]


A_TRAITER, PRISE = StatutAnnonce.A_TRAITER, StatutAnnonce.PRISE_EN_COMPTE


# --- Annoncer -------------------------------------------------------------------------------------------------------
def test_la_vingtieme_s_annonce_la_vingt_et_unieme_ecrit_a_son_facilitateur(monde):
    declaration, acteur = monde.mois_attendu, monde.acteur("entreprise")
    for rang in range(19):
        zoe(declaration, prenom="Z" + "o" * rang, embauchee_le=datetime.date(2026, 5, 2))
    annoncer_personne(acteur=acteur, declaration=declaration, heures=10, **INES)
    annoncer_personne(
        acteur=acteur, declaration=declaration, heures=12, **INES
    )  # redite, elle n'en fait pas une de plus
    with rien_ne_s_ecrit(PersonneAnnoncee), pytest.raises(RegleViolee, match="Vingt personnes"):
        annoncer_personne(acteur=acteur, declaration=declaration, heures=10, **{**INES, "nom": "Autre"})


def test_un_mois_ne_redemande_que_les_personnes_du_meme_engagement_encore_sans_contrat(monde):
    ailleurs = EngagementFactory(lot=LotFactory(marche=monde.marche), entreprise=monde.entreprise)
    PersonneAnnoncee.objects.all().delete()
    attend = zoe(a_valider(monde, JUILLET))
    zoe(a_valider(monde, JUILLET, ailleurs), nom="Ailleurs")
    zoe(attend.declaration, nom="Connue", statut=PRISE, contrat=monde.contrat)
    zoe(attend.declaration, nom="Retirée", statut=StatutAnnonce.RETIREE)
    assert annonces_jusqu_au_mois(a_valider(monde, AOUT)) == ([], [attend])


# --- Rattacher ------------------------------------------------------------------------------------------------------
def test_ses_autres_mois_suivent_sauf_ceux_que_l_on_ne_peut_pas_deviner(monde):
    contrat = embauchee(monde)
    annonce = monde.personne_annoncee  # juin
    ailleurs = EngagementFactory(lot=LotFactory(marche=monde.marche), entreprise=monde.entreprise)
    suit = zoe(a_valider(monde, JUILLET))
    valide = zoe(DeclarationFactory(engagement=monde.engagement, mois=AOUT, validee=True))
    rempli = zoe(a_valider(monde, datetime.date(2026, 9, 1)))
    LigneHeuresFactory(declaration=rempli.declaration, contrat=contrat, heures=1)
    avant_le_contrat = zoe(a_valider(monde, datetime.date(2026, 1, 1)))
    d_un_autre_marche = zoe(a_valider(monde, JUILLET, ailleurs))
    homonyme = zoe(suit.declaration, embauchee_le=datetime.date(2026, 6, 3))
    ecartee = zoe(suit.declaration, nom="POULAIN", statut=StatutAnnonce.ECARTEE)
    rattacher_personne(acteur=monde.acteur("edition"), annonce=annonce, contrat=contrat)
    assert statuts(annonce, suit) == [PRISE] * 2
    assert statuts(valide, rempli, avant_le_contrat, d_un_autre_marche, homonyme) == [A_TRAITER] * 5
    assert statuts(ecartee) == [StatutAnnonce.ECARTEE]
    heures = LigneHeures.objects.filter(contrat=contrat).order_by("mois").values_list("mois", "heures")
    assert list(heures) == [(JUIN, 70), (JUILLET, 70), (datetime.date(2026, 9, 1), 1)]


def test_une_heure_deja_dite_sur_ce_contrat_suffit_a_refuser(monde):
    """Zéro heure n'en est pas une : la ligne vide d'un mois se remplit."""
    contrat = embauchee(monde)
    ligne = LigneHeuresFactory(declaration=monde.mois_declare, contrat=contrat, heures=1)
    with rien_ne_s_ecrit(LigneHeures, PersonneAnnoncee), pytest.raises(RegleViolee, match="déjà des heures"):
        rattacher_personne(acteur=monde.acteur("edition"), annonce=monde.personne_annoncee, contrat=contrat)
    LigneHeures.objects.filter(pk=ligne.pk).update(heures=0, heures_declarees=0)
    rattacher_personne(acteur=monde.acteur("edition"), annonce=monde.personne_annoncee, contrat=contrat)
    ligne.refresh_from_db()
    assert ligne.heures == 70


def test_seuls_se_proposent_les_contrats_ouverts_du_meme_engagement_qui_touchent_le_mois(monde):
    contrat = embauchee(monde)
    embauchee(monde, archive_le="2026-07-01T10:00Z")
    embauchee(monde, debut=datetime.date(2026, 7, 1))
    ailleurs = EngagementFactory(lot=LotFactory(marche=monde.marche), entreprise=monde.entreprise)
    embauchee(monde, engagement=ailleurs)
    assert set(contrats_possibles(monde.acteur("edition"), monde.personne_annoncee)) == {monde.contrat, contrat}


def test_on_n_embauche_une_personne_annoncee_que_sur_son_marche(monde):
    ailleurs = EngagementFactory(lot=LotFactory(marche=monde.marche), entreprise=monde.entreprise)
    with rien_ne_s_ecrit(Contrat, PersonneAnnoncee), pytest.raises(RegleViolee, match="autre marché") as refus:
        embaucher_personne_annoncee(
            acteur=monde.acteur("edition"),
            annonce=monde.personne_annoncee,
            engagement=ailleurs,
            employeur=monde.entreprise,
            beneficiaire=BeneficiaireFactory(structure=monde.structure),
            modalite="embauche_directe",
            type_contrat="cdd",
            debut=datetime.date(2026, 6, 2),
            fin_prevue=datetime.date(2026, 12, 31),
        )
    assert "engagement" in refus.value.message_dict


# --- Classer --------------------------------------------------------------------------------------------------------
def test_un_depart_se_confirme_avec_son_dernier_jour(monde, connecte):
    with rien_ne_s_ecrit(Contrat, DepartAnnonce), pytest.raises(RegleViolee, match="dernier jour") as refus:
        confirmer_depart(
            acteur=monde.acteur("edition"), depart=monde.depart_annonce, fin_reelle=None, motif_fin="chantier"
        )
    assert "fin_reelle" in refus.value.message_dict
    adresse = reverse("suivi:depart_confirmer", args=[monde.depart_annonce.uuid])
    termes = {"employeur": monde.entreprise.pk, "modalite": "embauche_directe", "type_contrat": "cdd"}
    termes |= {"debut": monde.contrat.debut.isoformat(), "fin_prevue": "2026-12-31", "motif_fin": "chantier"}
    with rien_ne_s_ecrit(Contrat, DepartAnnonce):
        assert list(fautes(connecte("edition").post(adresse, {**termes, "fin_reelle": ""}))) == ["fin_reelle"]


@pytest.mark.parametrize("raison", ["x" * 301, "Son numéro : 1 85 05 78 006 084 36"])
def test_une_raison_d_ecarter_trop_longue_ou_qui_dit_un_numero_se_refuse(monde, raison):
    with rien_ne_s_ecrit(PersonneAnnoncee), pytest.raises(ValidationError):
        ecarter_annonce(acteur=monde.acteur("edition"), annonce=monde.personne_annoncee, motif=raison)
