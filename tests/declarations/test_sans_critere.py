"""Les heures d'une personne sans critère ne comptent qu'avec un motif consigné, que l'acheteur lira."""

import datetime
import html
from decimal import Decimal

import pytest
from django.urls import reverse

from beneficiaires.models import Beneficiaire
from declarations.cases import case
from declarations.enums import NatureSignal, StatutDeclaration
from declarations.models import Declaration, LigneHeures
from declarations.services import Decision, decider_lignes, rouvrir_mois, valider_mois
from declarations.services.decisions import lignes_du_mois, valeurs_a_decider
from declarations.services.sans_alerte import valider_sans_alerte
from declarations.signaux import controler
from recrutement.models import Contrat, MotifSansCritere
from recrutement.services import consigner_le_motif
from socle.conservation import reduire
from socle.models import EntreeJournal
from socle.regles import RegleViolee
from socle.services.journal import histoire
from socle.versions import version_de
from tests.fabriques.beneficiaires import BeneficiaireFactory, CritereFactory
from tests.fabriques.declarations import DeclarationFactory, LigneHeuresFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db
JOUR = datetime.date
MOTIF = "Accord écrit de l'acheteur du 3 juin"


def lu(reponse) -> str:
    return " ".join(html.unescape(reponse.content.decode()).split())


@pytest.fixture
def ligne(monde) -> LigneHeures:
    """Juin déclaré par l'entreprise : 80 h d'une personne dont aucun critère ne valait à l'embauche."""
    monde.mois_declare.lignes.all().delete()
    personne = BeneficiaireFactory(structure=monde.structure, nom="Aubert", prenom="Ana")
    CritereFactory(beneficiaire=personne, depuis=JOUR(2020, 1, 1), jusqu_a=JOUR(2020, 12, 31))
    contrat = ContratFactory(engagement=monde.engagement, beneficiaire=personne)
    return LigneHeuresFactory(declaration=monde.mois_declare, contrat=contrat, heures=Decimal(80))


def valider(monde, **valeurs) -> Declaration:
    return valider_mois(acteur=monde.acteur(), declaration=monde.mois_declare, accepter_le_reste=True, **valeurs)


def est_valide(monde) -> bool:
    return Declaration.objects.get(pk=monde.mois_declare.pk).statut == StatutDeclaration.VALIDEE


def test_sans_motif_le_mois_ne_se_valide_pas_avec_ses_heures(monde, ligne):
    with pytest.raises(RegleViolee) as refus:
        valider(monde)
    assert list(refus.value.message_dict) == [case("sans_critere", ligne)]
    assert not est_valide(monde) and not MotifSansCritere.objects.exists()


def test_refusees_elles_ne_demandent_rien(monde, ligne):
    valider(monde, decisions={ligne.pk: Decision("refuser", motif="Aucun critère")})
    assert est_valide(monde) and lignes_du_mois(monde.mois_declare)[0].heures == 0
    assert not MotifSansCritere.objects.exists()


def test_saisies_par_la_structure_elles_le_demandent_aussi(monde, ligne):
    """Ce que la structure tape est accepté d'avance : c'est à la validation que la règle se tient."""
    LigneHeures.objects.update(decision="acceptee")
    with pytest.raises(RegleViolee, match="Sans motif consigné"):
        valider(monde)


def test_une_piece_non_vue_n_est_pas_une_absence_de_critere(monde, ligne):
    CritereFactory(beneficiaire=ligne.contrat.beneficiaire, code="ASS", depuis=JOUR(2026, 1, 1))
    valider(monde)
    assert est_valide(monde)
    with pytest.raises(RegleViolee, match="aucun motif n'est à consigner"):
        consigner_le_motif(acteur=monde.acteur(), contrat=ligne.contrat, motif=MOTIF)


def test_du_refus_au_motif_a_l_ecran(monde, ligne, connecte):
    client, mois = connecte("edition"), monde.mois_declare
    page = lu(client.get(mois.get_absolute_url()))
    assert "Sans motif consigné, ces heures ne comptent pas" in page
    assert f"Motif pour compter {ligne.contrat.beneficiaire.nom_complet} sans critère" in page
    assert '<option value="refusee" selected' in page  # proposé : sans motif, elles ne comptent pas
    champ, decider = case("sans_critere", ligne), reverse("suivi:decider", args=[mois.uuid])
    version = version_de(valeurs_a_decider(Declaration.objects.get(pk=mois.pk), lignes_du_mois(mois)))
    envoi = {case("declarees", ligne): "80", case("decision", ligne): "acceptee", "version": version, "valider": "1"}
    for motif, phrase in (
        ("", "Sans motif consigné, ses heures ne comptent pas"),
        ("Madame Aubert attend sa notification", "n'y écrivez pas le nom d'une personne"),
    ):
        refus = client.post(decider, {**envoi, champ: motif})
        assert refus.status_code == 200 and phrase in lu(refus) and motif in lu(refus)
        assert phrase in refus.context["form"].errors[champ][0]
        assert not est_valide(monde) and not MotifSansCritere.objects.exists()
    contraire = {**envoi, champ: MOTIF, case("decision", ligne): "refusee", case("motif", ligne): "Autre chantier"}
    assert "acceptez-les, ou effacez-le" in lu(client.post(decider, contraire))
    assert client.post(decider, {**envoi, champ: MOTIF}).status_code == 302
    assert est_valide(monde)
    consigne = MotifSansCritere.objects.get()
    assert (consigne.contrat, consigne.motif) == (ligne.contrat, MOTIF)
    assert (consigne.consigne_par, bool(consigne.consigne_le)) == (monde.personne("edition"), True)
    for adresse in (mois.get_absolute_url(), ligne.contrat.get_absolute_url()):
        assert MOTIF in lu(client.get(adresse))
    textes = [evenement.texte for evenement in histoire(ligne.contrat)]
    assert textes == ["Motif consigné pour compter des heures sans critère"]


def test_il_se_consigne_avec_les_decisions_puis_ne_se_redemande_pas(monde, ligne):
    decider_lignes(
        acteur=monde.acteur(), declaration=monde.mois_declare,
        decisions={ligne.pk: Decision("accepter")}, sans_critere={ligne.pk: MOTIF},
    )  # fmt: skip
    valider(monde)
    juillet = DeclarationFactory(engagement=monde.engagement, mois=JOUR(2026, 7, 1), lignes={ligne.contrat: 10})
    lue = Declaration.objects.a_controler().get(pk=juillet.pk)
    natures = {signal.nature for _, signaux in controler([lue])[lue.pk].lignes for signal in signaux}
    assert NatureSignal.SANS_CRITERE not in natures
    valider_mois(acteur=monde.acteur(), declaration=juillet)
    valider_mois(acteur=monde.acteur(), declaration=juillet, sans_critere={ligne.pk: "Autre"})  # le second clic
    assert MotifSansCritere.objects.get().motif == MOTIF


def test_un_lot_laisse_ce_mois_de_cote(monde, ligne):
    version = version_de(
        valeurs_a_decider(Declaration.objects.get(pk=monde.mois_declare.pk), lignes_du_mois(monde.mois_declare))
    )
    lot = valider_sans_alerte(acteur=monde.acteur(), demandes={monde.mois_declare.uuid: version})
    assert not lot.valides and not est_valide(monde)


def test_un_mois_deja_valide_n_est_pas_rejuge_rectifie_il_le_redemande(monde, ligne):
    Declaration.objects.filter(pk=monde.mois_declare.pk).update(statut=StatutDeclaration.VALIDEE)
    assert LigneHeures.objects.validees().filter(pk=ligne.pk).total() == 80
    rouvrir_mois(acteur=monde.acteur(), declaration=monde.mois_declare, motif="Bulletin rectifié")
    with pytest.raises(RegleViolee, match="Sans motif consigné"):
        valider(monde)


def test_depuis_le_contrat_le_motif_se_consigne_et_se_corrige(monde, ligne, connecte):
    client, contrat = connecte("edition"), ligne.contrat
    assert "un mois ne se valide pas avec ses heures" in lu(client.get(contrat.get_absolute_url()))
    adresse = reverse("recrutement:contrat_sans_critere", args=[contrat.uuid])
    assert client.post(adresse, {"motif": "  "}).status_code == 200
    for motif in (MOTIF, MOTIF, "Avis motivé du référent"):
        assert client.post(adresse, {"motif": motif}).status_code == 302
    assert MotifSansCritere.objects.get().motif == "Avis motivé du référent"
    assert EntreeJournal.objects.filter(action="sans_critere_consigne").count() == 2  # renvoyé tel quel : rien
    valider(monde)
    assert est_valide(monde)


def test_l_anonymisation_efface_le_texte_et_garde_la_trace(monde, ligne, connecte):
    consigner_le_motif(acteur=monde.acteur(), contrat=ligne.contrat, motif=MOTIF)
    reduire(MotifSansCritere.objects.get())
    assert MotifSansCritere.objects.get().motif == ""
    assert "motif effacé avec le dossier" in lu(connecte("edition").get(ligne.contrat.get_absolute_url()))
    valider(monde)  # il y en avait un
    assert Contrat.objects.get(pk=ligne.contrat.pk).beneficiaire == Beneficiaire.objects.get(nom="Aubert")
