"""Un classeur d'une autre forme que la nôtre : reconnu, mis en correspondance, corrigé ligne à ligne, repris ; et rendu."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from beneficiaires.models import Beneficiaire
from declarations.models import LigneHeures
from reprise.enums import EtatReprise
from reprise.lecture.correspondance import Retenue, deviner
from reprise.models import Correspondance, Reprise
from reprise.services import reprises as services
from socle.feuilles import ouvrir
from socle.models import Document, EntreeJournal
from socle.regles import RegleViolee
from socle.services import documents
from tests.reprise.sa_forme import BATI, FAUTES, HEURES, PERSONNES, RIEN_DE_NOTRE, ecrire_a_sa_forme, lignes_en_tout

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]


@pytest.fixture(autouse=True)
def _file_a_la_main(monkeypatch):
    monkeypatch.setattr("socle.services.documents.confier", lambda tache, cle: None)


def travailler() -> None:
    for cle in Document.objects.filter(etat="en_attente").values_list("pk", flat=True):
        documents.fabriquer(cle)


def relue(reprise: Reprise) -> Reprise:
    travailler()
    reprise.refresh_from_db()
    return reprise


@pytest.fixture
def deposee(monde, tmp_path) -> Reprise:
    octets = ecrire_a_sa_forme(tmp_path / "suivi.xlsx").read_bytes()
    reprise = services.deposer(acteur=monde.acteur("edition"), fichier=SimpleUploadedFile("suivi.xlsx", octets))
    return relue(reprise)


def page(nom: str, reprise: Reprise) -> str:
    return reverse(f"reprise:{nom}", args=[reprise.uuid])


def colonnes(client, reprise: Reprise):
    return client.get(page("colonnes", reprise)).context["form"]


def choisir_la_colonne(client, reprise: Reprise):
    """La page des colonnes renvoyée telle quelle, la colonne sans intitulé d'usage dite « Heures »."""
    form = colonnes(client, reprise)
    saisie = {nom: champ.initial for nom, champ in form.fields.items()}
    (inconnue,) = [nom for nom, champ in form.fields.items() if champ.label == f"Suivi › {RIEN_DE_NOTRE}"]
    return client.post(page("colonnes", reprise), {**saisie, inconnue: "heures"})


def lignes(client, reprise: Reprise) -> dict[str, str]:
    """{libellé de la ligne et de la colonne: nom du champ}, tel que la page le montre."""
    form = client.get(page("lignes", reprise)).context["form"]
    return {nom: form.fields[nom].initial for nom in form.fields if not nom.endswith("_ecartee")}


def corriger(client, reprise: Reprise, **autres):
    """Chaque faute retapée à sa place, d'un seul envoi."""
    saisie, justes = lignes(client, reprise), {faux: juste for faux, juste in FAUTES.values()}
    return client.post(page("lignes", reprise), {nom: justes.get(lu, lu) for nom, lu in saisie.items()} | autres)


def test_chaque_feuille_et_chaque_colonne_se_reconnaissent(tmp_path):
    with ouvrir(ecrire_a_sa_forme(tmp_path / "suivi.xlsx")) as lecture:
        choix = {choisi.nom: choisi for choisi in deviner(lecture.feuilles, Retenue())}
    assert {nom: choisi.cible for nom, choisi in choix.items() if choisi.cible} == {
        "Donneurs d'ordre": "Maîtres d'ouvrage",
        "Titulaires": "Entreprises",
        "Chantiers": "Marchés",
        "Engagements": "Lots",
        "Participants": "Bénéficiaires",
        "Embauches": "Contrats",
        "Relevé d'heures": "Heures",
    }
    assert {choisi.derniere for choisi in choix.values() if choisi.cible} == {4}
    assert set(choix["Participants"].colonnes.values()) == {
        *("identifiant", "nom", "prenom", "date_naissance", "sexe", "adresse", "code_postal", "quartiers", "rsa")
    }
    assert choix["Embauches"].rang_de()["employeur"] == 4
    assert set(choix["Relevé d'heures"].colonnes.values()) == {"contrat", "mois"}
    assert choix["Participants"].titres[1] == "Identité › Nom d'usage"


def test_du_depot_aux_heures_sans_rouvrir_le_tableur(monde, connecte, deposee):
    """Une colonne dite à l'écran, douze fautes retapées en place, et tout est repris."""
    client = connecte("edition")
    assert deposee.etat == EtatReprise.A_CORRIGER
    assert "obligatoire et manque" in client.get(page("fiche", deposee)).text
    choisie = choisir_la_colonne(client, deposee)
    assert choisie.status_code == 302, choisie.context["form"].errors
    reprise = relue(deposee)
    assert reprise.rapport["nombre_erreurs"] >= len(FAUTES)
    dites = lignes(client, reprise)
    assert {faux for faux, _ in FAUTES.values() if faux} <= set(dites.values())
    assert "Cette date n'existe pas" in client.get(page("lignes", reprise)).text.replace("&#x27;", "'")
    corrigee = corriger(client, reprise)
    assert corrigee.status_code == 302, corrigee.context["form"].errors
    reprise = relue(reprise)
    assert (reprise.etat, reprise.rapport["erreurs"]) == (EtatReprise.PRETE, [])
    assert sum(reprise.rapport["cree"].values()) == lignes_en_tout() == 300
    client.post(page("appliquer", reprise))
    assert relue(reprise).etat == EtatReprise.FAITE
    structure = monde.nous.structure
    assert Beneficiaire.objects.filter(structure=structure, identifiant__startswith="D").count() == PERSONNES
    assert (
        LigneHeures.objects.filter(contrat__structure=structure, contrat__identifiant__startswith="C").count() >= HEURES
    )
    assert Beneficiaire.objects.get(structure=structure, identifiant="D16").prenom == "Zoé"
    actions = EntreeJournal.objects.filter(action__in=("reprise_colonnes", "reprise_corrigee"))
    assert {entree.donnees.get("lignes") for entree in actions} == {None, len(FAUTES)}


def test_le_choix_d_une_structure_se_retient_et_n_est_qu_a_elle(monde, connecte, deposee, tmp_path):
    client = connecte("edition")
    choisir_la_colonne(client, deposee)
    travailler()
    assert Correspondance.objects.get().structure == monde.nous.structure
    octets = ecrire_a_sa_forme(tmp_path / "autre.xlsx", {}).read_bytes()
    for qui, prete in (("edition", EtatReprise.PRETE), ("autre.edition", EtatReprise.A_CORRIGER)):
        fichier = SimpleUploadedFile("suivi.xlsx", octets)
        assert relue(services.deposer(acteur=monde.acteur(qui), fichier=fichier)).etat == prete


def test_une_ligne_se_laisse_de_cote_et_une_faute_se_redit(connecte, deposee):
    client = connecte("edition")
    choisir_la_colonne(client, deposee)
    reprise = relue(deposee)
    noms = lignes(client, reprise)
    (naissance,) = [nom for nom, lu in noms.items() if lu == "31/02/1990"]
    refuse = client.post(page("lignes", reprise), {**noms, naissance: "30/02/1990"})
    assert refuse.status_code == 200 and "30/02/1990" in refuse.text
    rien = client.post(page("lignes", reprise), noms)
    assert "Retapez au moins une valeur" in rien.text
    ecartee = naissance.replace("date_naissance", "ecartee")
    assert client.post(page("lignes", reprise), {**noms, ecartee: "on"}).status_code == 302
    reprise = relue(reprise)
    assert reprise.corrections["Bénéficiaires"] == {"6": None}
    assert "31/02/1990" not in {erreur["valeur"] for erreur in reprise.rapport["erreurs"]}


def test_le_meme_classeur_revient_avec_ses_erreurs_et_se_redepose(monde, connecte, deposee):
    client = connecte("edition")
    choisir_la_colonne(client, deposee)
    reprise = relue(deposee)
    octets = client.get(reverse("document_fichier", args=[reprise.analyse.uuid])).getvalue()
    rendu = CalamineWorkbook.from_filelike(io.BytesIO(octets))
    participants = rendu.get_sheet_by_name("Participants").to_python(skip_empty_area=False)
    assert participants[3][-1] == "À corriger"
    assert participants[5][:4] == ["D2", "Martin", "Prénom2", "31/02/1990"]
    assert "Date de naissance : Cette date n'existe pas" in participants[5][-1]
    assert participants[6][-1] == ""
    assert "Brouillon" in rendu.sheet_names and "Erreurs" in rendu.sheet_names
    fichier = SimpleUploadedFile("rendu.xlsx", octets)
    redepose = relue(services.deposer(acteur=monde.acteur("edition"), fichier=fichier))
    assert redepose.rapport["erreurs"] == reprise.rapport["erreurs"]
    assert not [a for a in redepose.rapport["avertissements"] if "À corriger" in a["valeur"]]


def test_deux_colonnes_ne_disent_pas_la_meme_chose_et_une_obligatoire_se_reclame(connecte, deposee):
    client = connecte("edition")
    form = colonnes(client, deposee)
    saisie = {nom: champ.initial for nom, champ in form.fields.items()}
    refus = client.post(page("colonnes", deposee), saisie)
    assert refus.status_code == 200 and "il manque « Heures »" in refus.text
    doubles = [nom for nom, champ in form.fields.items() if champ.initial == "nom"]
    autre = next(nom for nom, champ in form.fields.items() if champ.initial == "adresse")
    refus = client.post(page("colonnes", deposee), {**saisie, autre: "nom"})
    assert doubles and "dit déjà la même chose" in refus.text
    assert not Correspondance.objects.exists()


def test_une_feuille_peut_en_remplir_une_autre_ou_ne_pas_se_lire(connecte, deposee):
    client = connecte("edition")
    noms = [choisi["nom"] for choisi in deposee.rapport["choix"]]
    rang, titulaires = noms.index("Participants"), noms.index("Titulaires")
    dites = {f"cible_{rang}": "Entreprises", f"cible_{titulaires}": "-"}
    form = client.get(page("colonnes", deposee), dites).context["form"]
    assert form.choix[rang].cible == "Entreprises"
    assert "siret" in dict(form.fields[f"colonne_{rang}_0"].choices)
    form = client.get(page("colonnes", deposee), {f"cible_{rang}": "-"}).context["form"]
    assert form.choix[rang].cible == "" and f"colonne_{rang}_0" not in form.fields
    deux = client.get(page("colonnes", deposee), {f"cible_{rang}": "Heures"})
    assert "Une autre feuille remplit déjà" in deux.text


def test_une_reprise_faite_ou_effacee_ne_se_corrige_plus(monde, deposee):
    acteur = monde.acteur("edition")
    for changement in ({"etat": EtatReprise.ANALYSE}, {"fichier": ""}):
        Reprise.objects.filter(pk=deposee.pk).update(**changement)
        with pytest.raises(RegleViolee):
            services.corriger_les_lignes(acteur=acteur, reprise=deposee, corrections={})
        with pytest.raises(RegleViolee):
            services.choisir_les_colonnes(acteur=acteur, reprise=deposee, choix=[])


def test_ce_qui_a_ete_tape_s_efface_avec_le_fichier(connecte, deposee, horloge):
    client = connecte("edition")
    choisir_la_colonne(client, deposee)
    corriger(client, relue(deposee))
    travailler()
    horloge.move_to(deposee.expire_le)
    horloge.shift(1)
    services.purger()
    deposee.refresh_from_db()
    assert (deposee.corrections, deposee.choix, deposee.rapport["lignes"]) == ({}, None, {})
    assert BATI not in str(deposee.rapport)
