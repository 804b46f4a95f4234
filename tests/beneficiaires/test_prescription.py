"""La personne d'un prescripteur : ce qu'il en dit en la confiant, ce qu'il en corrige, à qui elle va quand il part."""

import datetime

import pytest
from django.utils import timezone

from beneficiaires import permissions as p
from beneficiaires.enums import CodeCritere
from beneficiaires.models import Beneficiaire, Ressemblance
from beneficiaires.services import anonymiser_dossier, corriger_ma_personne, orienter_personne, passer_a_un_collegue
from beneficiaires.services.prescription import reaffecter_les_personnes
from beneficiaires.services.ressemblances import signaler_les_ressemblances
from comptes.enums import Role
from socle.models import EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.beneficiaires import BeneficiaireFactory, CritereFactory, InscriptionFactory, NiveauFactory
from tests.fabriques.comptes import AdhesionFactory
from tests.saisie import rien_ne_s_ecrit
from tests.verdicts import motif, qui_passe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
D = datetime.date
IDENTITE = {"nom": "Martin", "prenom": "Léa", "date_naissance": D(1990, 1, 1), "sexe": "F"}


def confier(monde, **valeurs) -> Beneficiaire:
    return orienter_personne(acteur=monde.acteur("prescripteur"), structure=monde.structure, **{**IDENTITE, **valeurs})


@pytest.fixture
def collegue(monde):
    return AdhesionFactory(organisation=monde.organisations[Role.PRESCRIPTEUR], role=Role.PRESCRIPTEUR)


# --- Confier --------------------------------------------------------------------------------------------------------
def test_confier_ouvre_un_dossier_au_nom_du_prescripteur(monde):
    personne = confier(monde, criteres=[CodeCritere.RSA], niveau="3", inscrite_depuis=D(2026, 1, 5))
    prescripteur = monde.personne("prescripteur")
    assert (personne.structure, personne.prescripteur) == (monde.structure, monde.organisations[Role.PRESCRIPTEUR])
    assert (personne.referent, personne.referent_courriel) == (prescripteur.get_full_name(), prescripteur.email)
    critere = personne.criteres.get()
    assert (critere.code, critere.principal, critere.depuis, critere.piece_vue_le) == ("RSA", True, None, None)
    assert personne.niveaux.get().niveau == "3"
    assert personne.inscriptions.get().depuis == D(2026, 1, 5)
    entree = EntreeJournal.objects.get(action="personne_orientee", objet_uuid=personne.uuid)
    assert entree.structure == monde.structure


def test_ce_qui_n_est_pas_dit_ne_s_invente_pas(monde):
    personne = confier(monde)
    for faits in (personne.criteres, personne.niveaux, personne.inscriptions, personne.domiciles):
        assert not faits.exists()


def test_une_personne_deja_connue_de_la_structure_se_signale_a_elle_seule(monde):
    connue = BeneficiaireFactory(structure=monde.structure, **IDENTITE)
    BeneficiaireFactory(structure=monde.autre.structure, **IDENTITE)
    neuve = confier(monde)
    assert list(Ressemblance.objects.values_list("dossier", "autre")) == [(neuve.pk, connue.pk)]


def test_aucune_personne_aucune_ressemblance(monde):
    assert signaler_les_ressemblances([]) == []


# --- Corriger -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "signale"),
    [
        ({"nom": "Martin"}, True),
        ({"prenom": "Léa"}, True),
        ({"date_naissance": D(1990, 1, 1)}, True),
        ({"telephone": "06 11 22 33 44"}, False),
    ],
)
def test_une_identite_corrigee_se_compare_de_nouveau(monde, change, signale):
    """Un téléphone corrigé ne refait pas chercher : rien n'est devenu plus semblable."""
    autrement = {"nom": "Martel", "prenom": "Zoé", "date_naissance": D(1961, 5, 5)}
    depart = {**IDENTITE, **{champ: autrement[champ] for champ in change if champ in autrement}}
    personne = confier(monde, **depart)
    BeneficiaireFactory(structure=monde.structure, **IDENTITE)
    Ressemblance.objects.all().delete()
    corriger_ma_personne(acteur=monde.acteur("prescripteur"), beneficiaire=personne, **change)
    personne.refresh_from_db()
    assert {champ: getattr(personne, champ) for champ in change} == change
    assert Ressemblance.objects.exists() is signale


def test_le_prescripteur_ne_corrige_que_la_sienne_tant_que_le_dossier_vit(monde):
    personne, acteur = monde.beneficiaire, monde.acteur("prescripteur")
    assert qui_passe(monde, lambda a: p.peut_corriger_ma_personne(a, personne)) == {"prescripteur"}
    personne.archive_le = timezone.now()
    assert motif(p.peut_corriger_ma_personne(acteur, personne)) == "Ce dossier est archivé par la structure."
    personne.anonymise_le = timezone.now()
    assert motif(p.peut_corriger_ma_personne(acteur, personne)) == p.ANONYMISE
    personne.save()
    with rien_ne_s_ecrit(Beneficiaire), pytest.raises(AccesRefuse):
        corriger_ma_personne(acteur=acteur, beneficiaire=personne, telephone="06 11 22 33 44")


# --- Passer la main -------------------------------------------------------------------------------------------------
def test_une_personne_se_passe_a_un_membre_en_place_du_meme_prescripteur(monde, collegue):
    acteur = monde.acteur("prescripteur")
    passee = passer_a_un_collegue(acteur=acteur, beneficiaire=monde.beneficiaire, adhesion=collegue)
    passee.refresh_from_db()
    assert (passee.referent, passee.referent_courriel) == (
        collegue.utilisateur.get_full_name(),
        collegue.utilisateur.email,
    )
    collegue.active = False
    collegue.save()
    # Le compte d'à côté se voit, l'entreprise de la structure aussi : ni l'un ni l'autre ne suit cette personne.
    for refuse in (collegue, monde.autre.adhesion_partenaire, monde.personne("entreprise").adhesions.get()):
        with rien_ne_s_ecrit(Beneficiaire), pytest.raises(RegleViolee):
            passer_a_un_collegue(acteur=acteur, beneficiaire=monde.beneficiaire, adhesion=refuse)


def test_ses_personnes_vont_au_plus_ancien_de_ceux_qui_peuvent_agir(monde, collegue):
    prescripteur = monde.organisations[Role.PRESCRIPTEUR]
    parti = monde.personne("prescripteur").adhesions.get()
    commun = {"organisation": prescripteur, "role": Role.PRESCRIPTEUR}
    type(parti).objects.filter(pk=collegue.pk).update(active=False)
    AdhesionFactory(**commun, utilisateur__is_active=False)
    AdhesionFactory(organisation=monde.autre.organisations[Role.PRESCRIPTEUR], role=Role.PRESCRIPTEUR)
    premier, _ = AdhesionFactory(**commun), AdhesionFactory(**commun)
    sienne = {"structure": monde.structure, "prescripteur": prescripteur}
    adresse = parti.utilisateur.email
    Beneficiaire.objects.filter(pk__in=[monde.beneficiaire.pk, monde.autre.beneficiaire.pk]).update(
        referent_courriel=""
    )
    suivie = BeneficiaireFactory(**sienne, referent_courriel=adresse.upper())
    du_collegue = BeneficiaireFactory(**sienne, referent_courriel="autre@ml.fr")
    anonyme = BeneficiaireFactory(**sienne, referent_courriel=adresse, anonymise_le=timezone.now())
    ailleurs = BeneficiaireFactory(
        structure=monde.structure,
        prescripteur=monde.autre.organisations[Role.PRESCRIPTEUR],
        referent_courriel=adresse,
    )
    assert reaffecter_les_personnes(adhesion=parti) == 1
    lus = {dossier: Beneficiaire.objects.get(pk=dossier.pk).referent_courriel for dossier in (suivie, du_collegue)}
    assert list(lus.values()) == [premier.utilisateur.email, "autre@ml.fr"]
    assert {Beneficiaire.objects.get(pk=d.pk).referent_courriel for d in (anonyme, ailleurs)} == {adresse}
    entree = EntreeJournal.objects.get(action="referent_change")
    assert (entree.structure, entree.utilisateur) == (monde.structure, None)


# --- Anonymiser -----------------------------------------------------------------------------------------------------
def test_anonymiser_ne_garde_de_fait_qu_au_jour_d_un_contrat_et_garde_la_date_d_archive(monde):
    archive = timezone.now() - datetime.timedelta(days=400)
    dossier = BeneficiaireFactory(structure=monde.structure, archive_le=archive)
    jour = D(2024, 3, 17)
    CritereFactory(beneficiaire=dossier, depuis=jour, piece_vue_le=jour)
    NiveauFactory(beneficiaire=dossier, depuis=jour)
    InscriptionFactory(beneficiaire=dossier, depuis=jour)
    assert anonymiser_dossier(acteur=monde.acteur(), beneficiaire=dossier) is True
    # Sans contrat, aucune année passée ne lit ces faits : rien n'en reste.
    assert [fait.exists() for fait in (dossier.criteres, dossier.niveaux, dossier.inscriptions)] == [False] * 3
    dossier.refresh_from_db()
    assert (dossier.archive_le, dossier.anonymise_le, dossier.nom) == (archive, timezone.now(), "")
    assert anonymiser_dossier(acteur=monde.acteur(), beneficiaire=dossier) is False
    vivant = BeneficiaireFactory(structure=monde.structure)
    anonymiser_dossier(acteur=monde.acteur(), beneficiaire=vivant)
    vivant.refresh_from_db()
    assert vivant.archive_le == vivant.anonymise_le == timezone.now()
