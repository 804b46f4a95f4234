"""Ouvrir, corriger, ranger un dossier : le numéro suivant, l'âge au jour près, l'archive qui se tait."""

import pytest

from beneficiaires.models import Beneficiaire
from beneficiaires.services import anonymiser_dossier, prochain_identifiant
from comptes.models import Organisation
from metiers.models import Metier
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.comptes import OrganisationFactory, PartenariatFactory
from tests.saisie import adresse, annonce, envoyer, fautes, journal, motif_du_refus, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
IDENTITE = {"nom": "Lefèvre", "prenom": "Inès", "date_naissance": "2001-04-12", "sexe": "F"}
ARCHIVE = "Ce dossier est archivé : sortez-le de l'archive pour le modifier."
ANONYMISE = "Ce dossier est anonymisé : il ne sert plus qu'aux chiffres."


def ouvrir(client, **change):
    return envoyer(client, "beneficiaires:nouveau", **{**IDENTITE, **change})


def test_un_dossier_s_ouvre_avec_le_numero_suivant_et_son_prescripteur(monde, connecte):
    BeneficiaireFactory(structure=monde.structure, identifiant="B-4000")
    client, prescripteur = connecte("edition"), monde.organisations["prescripteur"]
    reponse = ouvrir(client, prescripteur=prescripteur, telephone="06 01 02 03 04")
    dossier = Beneficiaire.objects.get(nom="Lefèvre")
    assert reponse.url == dossier.get_absolute_url()
    assert annonce(reponse) == "Dossier ouvert. Ajoutez ses critères et son domicile."
    assert (dossier.structure, dossier.prescripteur, dossier.identifiant) == (monde.structure, prescripteur, "B-4001")
    page = client.get(reponse.url).content.decode()
    assert "Inès Lefèvre" in page and "B-4001" in page and prescripteur.nom in page
    assert journal(dossier) == ["Dossier créé"]


@pytest.mark.parametrize(
    ("deja", "suivant"),
    [
        ([], "B-0001"),
        (["B-0009"], "B-0010"),
        (["B-12", "B-0003"], "B-0013"),
        (["B-9999"], "B-10000"),
        (["X-0050", "B-abc", "B-7bis", "C-99"], "B-0001"),
    ],
)
def test_le_numero_suit_le_plus_grand_de_la_structure(db, deja, suivant):
    structure, voisine = OrganisationFactory.create_batch(2)
    BeneficiaireFactory(structure=voisine, identifiant="B-0500")
    for rang, identifiant in enumerate(deja):
        BeneficiaireFactory(structure=structure, identifiant=identifiant, archive=rang == 0)
    assert prochain_identifiant(structure) == suivant


@pytest.mark.parametrize(
    ("naissance", "admise"),
    [
        ("2012-10-15", True),  # 14 ans ce jour
        ("2012-10-16", False),
        ("1936-10-15", True),  # 90 ans ce jour
        ("1935-10-16", True),  # 90 ans encore, 91 demain
        ("1935-10-15", False),
    ],
)
def test_l_age_se_compte_en_annees_revolues(monde, connecte, naissance, admise):
    reponse = ouvrir(connecte("edition"), date_naissance=naissance)
    assert Beneficiaire.objects.filter(nom="Lefèvre").exists() is admise
    if not admise:
        dit = fautes(reponse, date_naissance=naissance, nom="Lefèvre")
        assert dit == {"date_naissance": "L'âge n'est pas entre 14 et 90 ans : vérifiez l'année."}


@pytest.mark.parametrize(
    ("archive", "phrase"),
    [
        (False, "Cet identifiant est déjà celui d'un autre dossier."),
        (True, "Le dossier Z-0042 existe, archivé : sortez-le de l'archive, ou prenez un autre identifiant."),
    ],
)
def test_un_identifiant_ne_sert_qu_une_fois_dans_la_structure(monde, connecte, archive, phrase):
    BeneficiaireFactory(structure=monde.structure, identifiant="Z-0042", archive=archive)
    with rien_ne_s_ecrit(Beneficiaire):
        reponse = ouvrir(connecte("edition"), identifiant="Z-0042")
        assert fautes(reponse, identifiant="Z-0042", prenom="Inès") == {"identifiant": phrase}
    assert (
        ouvrir(connecte("autre.edition"), identifiant="Z-0042").status_code == 302
    )  # la structure voisine a les siens


@pytest.mark.parametrize("cas", ["archive", "d_ailleurs", "entreprise"])
def test_le_prescripteur_est_un_partenaire_en_activite(monde, connecte, cas):
    choix = {"d_ailleurs": OrganisationFactory(prescripteur=True), "entreprise": monde.organisations["entreprise"]}
    if cas == "archive":
        choix["archive"] = PartenariatFactory(
            structure=monde.structure, organisation=OrganisationFactory(prescripteur=True, archivee=True)
        ).organisation
    with rien_ne_s_ecrit(Beneficiaire):
        reponse = ouvrir(connecte("edition"), prescripteur=choix[cas])
        assert list(fautes(reponse, nom="Lefèvre")) == ["prescripteur"]


def modifier(client, dossier, **change):
    """Ce qu'enverrait la page du dossier, ces champs changés."""
    form = client.get(adresse("beneficiaires:modifier", dossier)).context["form"]
    saisie = {nom: form.initial[nom] for nom in form.fields if form.initial.get(nom) not in (None, "")}
    return envoyer(client, "beneficiaires:modifier", dossier, **{**saisie, **change})


def test_le_journal_dit_les_champs_corriges_jamais_leurs_valeurs(monde, connecte):
    client, dossier = connecte("edition"), monde.beneficiaire
    reponse = modifier(client, dossier, nom="Le Maire", telephone="07 00 00 00 00")
    assert annonce(reponse) == "Dossier modifié."
    dossier.refresh_from_db()
    assert (dossier.nom, dossier.nom_plie) == ("Le Maire", "le maire awa")
    (phrase,) = journal(dossier)
    assert phrase.startswith("Dossier modifié : ") and "Nom" in phrase and "Téléphone" in phrase
    assert "Maire" not in phrase and "07 00" not in phrase
    with rien_ne_s_ecrit(Beneficiaire):
        assert annonce(modifier(client, dossier)) == "Rien n'a changé."


def test_un_dossier_ouvert_garde_un_identifiant(monde, connecte):
    with rien_ne_s_ecrit(Beneficiaire):
        reponse = modifier(connecte("edition"), monde.beneficiaire, identifiant="")
        assert list(fautes(reponse, nom="Lemaire")) == ["identifiant"]


# --- La recherche d'emploi ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("rayon", "admis"), [("0", True), ("200", True), ("201", False), ("-1", False)])
def test_la_recherche_dit_les_metiers_le_jour_et_le_rayon(monde, connecte, rayon, admis):
    client, dossier = connecte("edition"), monde.beneficiaire
    macon = Metier.objects.get(code="F1703")
    saisie = {"metiers_0": macon.code, "disponible_le": "2026-11-02", "rayon_km": rayon}
    reponse = envoyer(client, "beneficiaires:recherche", dossier, **saisie)
    dossier.refresh_from_db()
    if not admis:
        assert list(fautes(reponse, disponible_le="2026-11-02", rayon_km=rayon)) == ["rayon_km"]
        assert dossier.rayon_km is None and not dossier.metiers.exists()
        return
    assert annonce(reponse) == "Recherche d'emploi enregistrée."
    assert (list(dossier.metiers.all()), str(dossier.disponible_le)) == ([macon], "2026-11-02")
    assert dossier.rayon_km == int(rayon)
    assert journal(dossier)[0].startswith("Recherche d'emploi modifiée")


# --- L'archive ----------------------------------------------------------------------------------------------------
GESTES = {
    "modifier": IDENTITE | {"identifiant": "B-0001"},
    "recherche": {"rayon_km": "10"},
    "critere_nouveau": {"code": "ASS"},
    "niveau": {"niveau": "3"},
    "inscription": {"depuis": "2026-01-05"},
    "domicile": {"adresse": "3 rue du Port"},
    "note": {"genre": "echange", "jour": "2026-10-01", "texte": "Vue ce matin."},
}


@pytest.mark.parametrize("geste", GESTES)
@pytest.mark.parametrize("motif", [ARCHIVE, ANONYMISE], ids=["archive", "anonymise"])
def test_un_dossier_range_ne_se_touche_plus(monde, connecte, geste, motif):
    dossier = monde.beneficiaire
    if motif == ANONYMISE:
        anonymiser_dossier(acteur=monde.acteur(), beneficiaire=dossier)
    else:
        envoyer(connecte("edition"), "beneficiaires:archiver", dossier)
    tables = (Beneficiaire, *(liee.related_model for liee in Beneficiaire._meta.related_objects))
    with rien_ne_s_ecrit(*tables):
        reponse = envoyer(connecte("responsable"), f"beneficiaires:{geste}", dossier, **GESTES[geste])
        assert motif in motif_du_refus(reponse)
    lien = adresse(f"beneficiaires:{geste}", dossier)
    for page in ("fiche", "parcours"):
        assert lien not in connecte("edition").get(adresse(f"beneficiaires:{page}", dossier)).content.decode()


def test_archiver_deux_fois_n_ecrit_qu_une_fois(monde, connecte):
    client, dossier = connecte("edition"), monde.beneficiaire
    for _ in range(2):
        envoyer(client, "beneficiaires:archiver", dossier)
    assert journal(dossier) == ["Dossier archivé"]
    for _ in range(2):
        envoyer(client, "beneficiaires:desarchiver", dossier)
    assert journal(dossier) == ["Dossier sorti de l'archive", "Dossier archivé"]
    dossier.refresh_from_db()
    assert not dossier.est_archive


def test_un_dossier_anonymise_reste_a_l_archive(monde, connecte):
    """Sorti de l'archive, il serait une personne sans nom, proposée aux offres."""
    client, dossier = connecte("responsable"), monde.beneficiaire
    assert anonymiser_dossier(acteur=monde.acteur(), beneficiaire=dossier)
    assert not anonymiser_dossier(acteur=monde.acteur(), beneficiaire=dossier)
    assert journal(dossier) == ["Dossier anonymisé au terme de sa conservation"]
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert "Archivé" in page and adresse("beneficiaires:desarchiver", dossier) not in page
    with rien_ne_s_ecrit(Beneficiaire):
        assert ANONYMISE in motif_du_refus(envoyer(client, "beneficiaires:desarchiver", dossier))


def test_qui_lit_n_archive_pas(monde, connecte):
    with rien_ne_s_ecrit(Beneficiaire):
        assert envoyer(connecte("lecture"), "beneficiaires:archiver", monde.beneficiaire).status_code == 403
        assert envoyer(connecte("autre.edition"), "beneficiaires:archiver", monde.beneficiaire).status_code == 404


# --- Une personne confiée par un prescripteur ---------------------------------------------------------------------
def confier(client, structure: Organisation, **change):
    return envoyer(client, "recrutement:personne_nouvelle", **{**IDENTITE, "structure": structure, **change})


def test_une_personne_confiee_a_son_numero_son_referent_et_ses_criteres_sans_piece(monde, connecte):
    BeneficiaireFactory(structure=monde.structure, identifiant="B-4000")
    client, prescripteur = connecte("prescripteur"), monde.personne("prescripteur")
    reponse = confier(client, monde.structure, criteres=["DELD", "RSA"], metiers_0="F1703")
    dossier = Beneficiaire.objects.get(nom="Lefèvre")
    assert reponse.url == adresse("recrutement:ma_personne", dossier)
    assert (dossier.structure, dossier.prescripteur) == (monde.structure, monde.organisations["prescripteur"])
    assert (dossier.referent, dossier.referent_courriel) == (prescripteur.get_full_name(), prescripteur.email)
    assert dossier.identifiant == "B-4001"
    dits = {critere.code: (critere.principal, critere.piece_vue_le) for critere in dossier.criteres.all()}
    assert len(dits) == 2 and [vue for _, vue in dits.values()] == [None, None]
    assert sorted(principal for principal, _ in dits.values()) == [False, True]
    assert [metier.code for metier in dossier.metiers.all()] == ["F1703"]
    assert not dossier.domiciles.exists()
    assert journal(dossier) == ["Personne confiée par un prescripteur"]
    assert "Inès Lefèvre" in connecte("lecture").get(dossier.get_absolute_url()).content.decode()


def test_on_ne_confie_qu_a_une_structure_dont_on_est_partenaire(monde, connecte):
    with rien_ne_s_ecrit(Beneficiaire):
        reponse = confier(connecte("prescripteur"), monde.autre.structure, criteres="RSA")
        assert list(fautes(reponse, nom="Lefèvre", date_naissance="2001-04-12")) == ["structure"]
