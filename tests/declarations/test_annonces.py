"""Avec ses heures, l'entreprise annonce un départ ou une embauche : rien ne bouge sans le facilitateur, rien ne se perd."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from declarations.annonces.services.departs import confirmer_depart
from declarations.annonces.services.personnes import annoncer_personne, rattacher_personne
from declarations.annonces.services.traitement import ecarter_annonce
from declarations.enums import StatutAnnonce, StatutDeclaration
from declarations.models import Declaration, DepartAnnonce, LigneHeures, PersonneAnnoncee
from parcours.services.conservation import effacer_ce_qui_etait_joint
from recrutement.models import Contrat
from socle.models import Courriel, EntreeJournal
from socle.regles import AccesRefuse, RegleViolee

pytestmark = pytest.mark.django_db
PERSONNE = {
    "annonce-prenom": "Inès",
    "annonce-nom": "Lefèvre",
    "annonce-embauchee_le": "2026-05-11",
    "annonce-type_contrat": "cdd",
    "annonce-heures": "62,5",
}


@pytest.fixture(autouse=True)
def _horloge(horloge):
    """Le départ annoncé est passé."""


def remplir(monde, connecte, declaration=None, **donnees):
    adresse = reverse("suivi:declarer", args=[(declaration or monde.mois_attendu).uuid])
    return connecte("entreprise").post(adresse, donnees)


def depart(monde, jour: str = "2026-05-20", motif: str = "chantier", travail: str = "60") -> dict:
    cle = monde.contrat.uuid.hex
    return {f"heures_{cle}": travail, f"depart_{cle}": jour, f"motif_{cle}": motif}


def lu(reponse) -> str:
    return " ".join(reponse.content.decode().split())


def test_un_depart_est_garde_montre_et_ne_change_pas_le_contrat(monde, connecte):
    assert remplir(monde, connecte, **depart(monde), verifier="1").status_code == 302
    annonce = DepartAnnonce.objects.get(declaration=monde.mois_attendu)
    monde.contrat.refresh_from_db()
    assert (annonce.parti_le, annonce.motif, monde.contrat.fin_reelle) == (datetime.date(2026, 5, 20), "chantier", None)
    relue = lu(connecte("entreprise").get(reverse("suivi:verifier", args=[monde.mois_attendu.uuid])))
    assert "Départ le 20 mai 2026" in relue
    page = lu(connecte("edition").get(monde.mois_attendu.get_absolute_url()))
    assert (
        ": départ le 20 mai 2026, fin ou suspension" in page
        and reverse("suivi:depart_confirmer", args=[annonce.uuid]) in page
    )
    formulaire = lu(connecte("edition").get(reverse("suivi:depart_confirmer", args=[annonce.uuid])))
    assert 'value="2026-05-20"' in formulaire and "selected>Fin ou suspension du chantier" in formulaire
    remplir(monde, connecte, **depart(monde, jour="", motif=""))  # une date effacée retire l'annonce
    annonce.refresh_from_db()
    assert annonce.statut == StatutAnnonce.RETIREE


@pytest.mark.parametrize(
    ("jour", "motif", "travail", "phrase"),
    [
        ("2026-05-20", "", "60", "Dites la raison"),
        ("", "chantier", "60", "Donnez le jour du départ"),
        ("2020-01-01", "chantier", "60", "Le contrat commence"),
        ("2026-12-01", "chantier", "60", "pas encore passé"),
        ("2026-04-20", "chantier", "60", "Des heures sont déclarées après ce départ"),
        ("hier", "chantier", "60", "date"),
    ],
)
def test_un_depart_impossible_se_dit_a_cote_et_la_saisie_reste(jour, motif, travail, phrase, monde, connecte):
    reponse = remplir(monde, connecte, **depart(monde, jour, motif, travail))
    page = lu(reponse)
    assert reponse.status_code == 200 and phrase in page and f'value="{travail}"' in page
    assert '<details class="depliant" open>' in page
    assert not DepartAnnonce.objects.filter(declaration=monde.mois_attendu).exists()
    assert not LigneHeures.objects.filter(declaration=monde.mois_attendu).exists()


def test_confirmer_un_depart_arrete_le_contrat_une_fois(monde):
    annonce, contrat = monde.depart_annonce, monde.contrat
    with pytest.raises(AccesRefuse):
        confirmer_depart(acteur=monde.acteur("autre.edition"), depart=annonce, fin_reelle=annonce.parti_le)
    with pytest.raises(AccesRefuse):
        confirmer_depart(acteur=monde.acteur("lecture"), depart=annonce, fin_reelle=annonce.parti_le)
    confirmer_depart(acteur=monde.acteur("edition"), depart=annonce, fin_reelle=annonce.parti_le, motif_fin="chantier")
    contrat.refresh_from_db()
    annonce.refresh_from_db()
    assert (contrat.fin_reelle, contrat.motif_fin) == (annonce.parti_le, "chantier")
    assert annonce.statut == StatutAnnonce.PRISE_EN_COMPTE and annonce.traitee_par == monde.personne("edition")
    with pytest.raises(AccesRefuse):
        confirmer_depart(acteur=monde.acteur("edition"), depart=annonce, fin_reelle=annonce.parti_le)


def test_ecarter_une_annonce_le_dit_a_l_entreprise_sans_nom(monde):
    for annonce in (monde.depart_annonce, monde.personne_annoncee):
        with pytest.raises(RegleViolee):
            ecarter_annonce(acteur=monde.acteur(), annonce=annonce, motif="  ")
        ecarter_annonce(acteur=monde.acteur("edition"), annonce=annonce, motif="Ce contrat n'est pas sur ce marché.")
        courriel = Courriel.objects.latest("pk")
        assert courriel.destinataire == monde.mois_declare.declaree_par and "pas sur ce marché" in courriel.corps
        assert courriel.repondre_a == monde.personne("edition").email
        assert "Lemaire" not in courriel.corps and "Poulain" not in courriel.corps
        with pytest.raises(AccesRefuse):
            ecarter_annonce(acteur=monde.acteur(), annonce=annonce, motif="Encore")


def test_une_personne_s_annonce_dans_le_formulaire_et_ne_compte_pas_encore(monde, connecte):
    cle = monde.contrat.uuid.hex
    for _ in range(2):  # le second clic n'en annonce pas deux
        reponse = remplir(monde, connecte, **{f"heures_{cle}": "60"}, **PERSONNE, ajouter="1")
        assert reponse.url == reverse("suivi:declarer", args=[monde.mois_attendu.uuid])
    annonce = PersonneAnnoncee.objects.get(declaration=monde.mois_attendu)
    assert (annonce.nom_complet, annonce.heures) == ("Inès Lefèvre", Decimal("62.5"))
    assert monde.mois_attendu.lignes.all().total() == 60
    page = lu(connecte("entreprise").get(reverse("suivi:declarer", args=[monde.mois_attendu.uuid])))
    assert "Inès Lefèvre" in page and "62,5 h" in page and 'value="60"' in page
    remplir(monde, connecte, **{f"heures_{cle}": "60"}, retirer_annonce=str(annonce.uuid))
    annonce.refresh_from_db()
    assert annonce.statut == StatutAnnonce.RETIREE


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("annonce-precision", "Son numéro : 1 85 05 78 006 084 36", "numéro de sécurité sociale"),
        ("annonce-nom", "", "obligatoire"),
        ("annonce-heures", "251", "250"),
        ("annonce-embauchee_le", "2026-06-02", "postérieure au mois"),
    ],
)
def test_une_annonce_fausse_se_dit_et_tout_ce_qui_est_tape_reste(champ, valeur, phrase, monde, connecte):
    cle = monde.contrat.uuid.hex
    reponse = remplir(monde, connecte, **{f"heures_{cle}": "61", **PERSONNE, champ: valeur}, verifier="1")
    page = lu(reponse)
    assert reponse.status_code == 200 and phrase in page and 'value="61"' in page and 'value="Inès"' in page
    assert not PersonneAnnoncee.objects.filter(declaration=monde.mois_attendu).exists()


def test_une_entreprise_n_annonce_que_chez_elle(monde):
    valeurs = {"nom": "X", "prenom": "Y", "embauchee_le": datetime.date(2026, 5, 2), "type_contrat": "cdd", "heures": 1}
    for qui in ("autre.entreprise", "edition", "prescripteur"):
        with pytest.raises(AccesRefuse):
            annoncer_personne(acteur=monde.acteur(qui), declaration=monde.mois_attendu, **valeurs)
    visibles = PersonneAnnoncee.objects.visibles_par
    assert (
        list(visibles(monde.acteur("entreprise")))
        == list(visibles(monde.acteur("lecture")))
        == [monde.personne_annoncee]
    )
    assert not visibles(monde.acteur("prescripteur")).exists() and not visibles(None).exists()


def test_rattachee_a_son_contrat_ses_heures_deviennent_une_ligne(monde, connecte):
    annonce, declaration = monde.personne_annoncee, monde.mois_declare
    with pytest.raises(RegleViolee, match="déjà des heures"):
        rattacher_personne(acteur=monde.acteur(), annonce=annonce, contrat=monde.contrat)
    client = connecte("edition")
    dossier = reverse("suivi:annonce_dossier", args=[annonce.uuid])
    assert 'value="Poulain"' in lu(client.get(dossier)) and "Poulain" not in dossier
    suite = client.post(dossier, {"nom": "Poulain", "prenom": "Zoé", "date_naissance": "2000-02-03", "sexe": "F"}).url
    personne = Beneficiaire.objects.get(nom="Poulain", date_naissance=datetime.date(2000, 2, 3))
    assert suite == reverse("suivi:annonce_contrat", args=[annonce.uuid, personne.uuid])
    assert 'value="2026-06-02"' in lu(client.get(suite))
    termes = {"modalite": "embauche_directe", "type_contrat": "cdd", "debut": "2026-06-02", "fin_prevue": "2026-12-31"}
    lieu = {"engagement": monde.engagement.pk, "employeur": monde.entreprise.pk}
    assert client.post(suite, {**termes, **lieu}).url == declaration.get_absolute_url()
    contrat = Contrat.objects.get(beneficiaire=personne)
    assert LigneHeures.objects.get(contrat=contrat).heures == annonce.heures
    annonce.refresh_from_db()
    assert (annonce.statut, annonce.contrat) == (StatutAnnonce.PRISE_EN_COMPTE, contrat)
    assert client.get(dossier).status_code == 404  # traitée, elle ne se traite plus
    assert EntreeJournal.objects.filter(action="annonce_rattachee").count() == 1


def test_le_nom_d_une_personne_annoncee_s_efface_une_fois_traitee(monde):
    annonce = monde.personne_annoncee
    plus_tard = timezone.localdate() + datetime.timedelta(days=40)
    assert effacer_ce_qui_etait_joint(monde.structure, plus_tard) == 0
    ecarter_annonce(acteur=monde.acteur(), annonce=annonce, motif="Pas sur ce marché.")
    assert effacer_ce_qui_etait_joint(monde.structure, plus_tard) == 1
    annonce.refresh_from_db()
    assert (annonce.nom, annonce.prenom, annonce.precision, annonce.heures) == ("", "", "", 70)
    monde.autre.personne_annoncee.refresh_from_db()
    assert monde.autre.personne_annoncee.nom == "Poulain"


def test_valider_un_mois_ne_perd_pas_la_personne_annoncee(monde, connecte):
    annonce, mois, client = monde.personne_annoncee, monde.mois_declare, connecte("edition")
    assert "1 personne annoncée à rattacher" in lu(client.get(mois.get_absolute_url()))
    envoi = {"version": "", "valider": "1"}
    page = lu(client.post(reverse("suivi:decider", args=[mois.uuid]), envoi, follow=True))
    assert "Mois validé" in page and "1 personne annoncée n" in page and "reste à traiter" in page
    mois.refresh_from_db()
    total = mois.lignes.all().total()
    assert mois.est_validee
    rectifier, ecarter = (
        reverse("suivi:rouvrir", args=[mois.uuid]),
        reverse("suivi:annonce_ecarter", args=[annonce.uuid]),
    )
    assert "passez par « Rectifier »" in page and rectifier in page and ecarter in page
    assert reverse("suivi:depart_confirmer", args=[monde.depart_annonce.uuid]) in page
    gestes = [reverse(f"suivi:annonce_{geste}", args=[annonce.uuid]) for geste in ("rattacher", "dossier")]
    gestes.append(reverse("suivi:annonce_contrat", args=[annonce.uuid, monde.beneficiaire.uuid]))
    for adresse in gestes:
        for demander in (client.get, client.post):
            reponse = demander(adresse, follow=True)
            assert reponse.redirect_chain[0][0] == mois.get_absolute_url() and "passez par « Rectifier »" in lu(reponse)
    assert mois.lignes.all().total() == total  # un mois validé n'a pas bougé
    client.post(rectifier, {"motif": "Une embauche oubliée"})
    page = lu(client.get(mois.get_absolute_url()))
    assert gestes[0] in page and "passez par" not in page
    assert client.get(gestes[0]).status_code == 200


def test_valider_de_l_accueil_montre_d_abord_ce_qui_reste(monde, connecte):
    mois, client = monde.mois_declare, connecte("edition")
    mois.lignes.update(decision="acceptee")
    page = lu(client.post(reverse("suivi:valider", args=[mois.uuid]), follow=True))
    assert "a été validé. 2 alertes à regarder" in page and "1 personne annoncée à rattacher" in page
    page = lu(client.post(reverse("suivi:decider", args=[mois.uuid]), {"valider": "1"}, follow=True))
    assert "Mois validé" in page and "1 personne annoncée n" in page


def test_le_service_ne_pose_rien_dans_un_mois_valide_d_ou_qu_on_l_appelle(monde):
    """La page renvoie avant lui ; un autre onglet, ou la validation d'un collègue, l'atteint quand même."""
    monde.mois_declare.lignes.all().delete()
    Declaration.objects.filter(pk=monde.mois_declare.pk).update(statut=StatutDeclaration.VALIDEE)
    annonce = PersonneAnnoncee.objects.get(pk=monde.personne_annoncee.pk)
    with pytest.raises(AccesRefuse, match="Ce mois est validé"):
        rattacher_personne(acteur=monde.acteur(), annonce=annonce, contrat=monde.contrat)
    annonce.refresh_from_db()
    assert annonce.est_a_traiter and not LigneHeures.objects.filter(declaration=monde.mois_declare).exists()
