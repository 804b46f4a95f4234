"""La liste d'un prescripteur : lue en brouillons, corrigée ligne à ligne, confiée une seule fois."""

import datetime
import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from beneficiaires.models import Beneficiaire
from comptes.enums import Role
from reprise.enums import EtatBrouillon
from reprise.lecture.liste import PERSONNES_MAX, _champ, lire_liste
from reprise.models import ListeConfiee, PersonneBrouillon
from reprise.services import listes
from reprise.synonymes import PERSONNES
from socle.models import Document
from socle.regles import AccesRefuse, RegleViolee
from socle.services import documents

pytestmark = pytest.mark.django_db
CSV = """Liste de la mission locale;;;;;;
Nom;Prénom;Né(e) le;Civilité;Téléphone;Situation;Ville;N° sécu
Diallo;Ali;05/05/1999;M.;0612345678;RSA, QPV;Cherbourg;
Hébert;Zoé;31/02/2000;Mme;0233000000;RSA;La Hague;
LEMAIRE;Awa;1999-05-05;Mme;;Chômeuse;Cherbourg;
Lemaire;awa;03/07/1998;F;;;Cherbourg;
Diallo;Ali;05/05/1999;H;;;;
;;;;;;;
Renouf;Ève;12/12/2001;;;;185017512345612;185017512345612
"""


def fichier(contenu: str | bytes = CSV, nom: str = "liste.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, contenu.encode() if isinstance(contenu, str) else contenu)


def xlsx(rangees: list[list]) -> bytes:
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon) as classeur:
        feuille = classeur.add_worksheet("Personnes")
        for numero, rangee in enumerate(rangees):
            feuille.write_row(numero, 0, rangee)
    return tampon.getvalue()


@pytest.fixture
def deposer(monde):
    def depot(contenu=CSV, nom="liste.csv", qui="prescripteur") -> ListeConfiee:
        return listes.deposer_liste(
            acteur=monde.acteur(qui),
            structure=monde.structure,
            prescripteur=monde.organisations[Role.PRESCRIPTEUR],
            fichier=fichier(contenu, nom),
        )

    return depot


def etats(liste: ListeConfiee) -> dict[int, str]:
    return dict(liste.brouillons.values_list("ligne", "etat"))


def verser(monde, liste: ListeConfiee) -> None:
    liste = listes.demander_versement(acteur=monde.acteur("prescripteur"), liste=liste)
    documents.fabriquer(liste.versement_id)


def test_chaque_ligne_dit_ce_qui_ne_va_pas(monde, deposer):
    naissance = monde.beneficiaire.date_naissance
    liste = deposer(CSV.replace("03/07/1998", f"{naissance:%d/%m/%Y}"))
    assert etats(liste) == {
        3: EtatBrouillon.PRETE,
        4: EtatBrouillon.A_CORRIGER,
        5: EtatBrouillon.A_CORRIGER,
        6: EtatBrouillon.DOUBLON,
        7: EtatBrouillon.A_CORRIGER,
        9: EtatBrouillon.A_CORRIGER,
    }
    erreurs = {b.ligne: b.erreurs for b in liste.brouillons.all()}
    assert set(erreurs[4]) == {"date_naissance"}
    assert "Chômeuse" in erreurs[5]["criteres"]
    assert "ligne 3" in erreurs[7]["nom"]
    assert set(erreurs[9]) == {"sexe", "adresse"} and "est masqué" in erreurs[9]["adresse"]
    premiere = liste.brouillons.get(ligne=3).donnees
    assert (premiere["criteres"], premiere["sexe"], premiere["adresse"]) == (["RSA", "QPV"], "H", "Cherbourg")
    assert liste.colonnes_ignorees == ["N° sécu"]
    assert not any("185017" in str(b.donnees) + str(b.erreurs) for b in liste.brouillons.all())


def test_un_classeur_se_lit_comme_un_csv(deposer):
    rangees = [["Prénom", "NOM", "Date de naissance", "Sexe", "Tél"], ["Ali", "Diallo", "05/05/1999", "H", 612345678]]
    (brouillon,) = deposer(xlsx(rangees), "liste.xlsx").brouillons.all()
    assert brouillon.etat == EtatBrouillon.PRETE and brouillon.donnees["telephone"] == "0612345678"
    (cp1252,) = deposer("Nom\tPrénom\tNaissance\tSexe\nHébert\tZoé\t01/02/2000\tF".encode("cp1252")).brouillons.all()
    assert cp1252.donnees["prenom"] == "Zoé"


ENTETES = ["Nom", "Prénom", "Date de naissance", "Sexe", "Téléphone", "Adresse", "Situation"]
PERSONNE = [
    "Dupré",
    "Zoé",
    "12/03/1999",
    "F",
    "0233000000",
    "12, rue du Test, bâtiment B, 50100, Cherbourg",
    "RSA, QPV",
]


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman"])
@pytest.mark.parametrize("separateur", ";\t|")
@pytest.mark.parametrize("fin", ["\r\n", "\n", "\r"])
def test_la_ligne_d_entetes_decide_du_separateur_et_de_l_encodage(deposer, encodage, separateur, fin):
    contenu = fin.join(separateur.join(rangee) for rangee in (["Liste, du 12;03"], ENTETES, *[PERSONNE] * 3))
    brouillon = deposer(contenu.encode(encodage)).brouillons.get(ligne=3)
    assert (brouillon.etat, brouillon.erreurs) == (EtatBrouillon.PRETE, {})
    assert (brouillon.donnees["nom"], brouillon.donnees["adresse"]) == ("Dupré", PERSONNE[5])
    assert brouillon.donnees["criteres"] == ["RSA", "QPV"]


def test_un_csv_aux_entetes_sans_accent_dit_son_encodage_par_ses_lignes(deposer):
    for encodage in ("cp1252", "mac_roman"):
        contenu = "Nom;Prenom;Naissance;Sexe\nHébert;Zoé;01/02/2000;F".encode(encodage)
        assert deposer(contenu).brouillons.get().donnees["nom"] == "Hébert"


@pytest.mark.parametrize(
    "entetes",
    [
        "NOM DE NAISSANCE;PRENOM(S);Né(e) le;Civilité;Tél. portable;Adresse complète;Code Postal;Ville",
        "Nom d'usage;Prénom usuel;Date de naissance (JJ/MM/AAAA);Sexe (F/H);N° de téléphone;Adresse postale;CP;Commune",
        "nom*;prénom*;DDN;Genre;Téléphone mobile;Rue;C.P.;Localité",
    ],
)
def test_les_entetes_d_une_administration_se_reconnaissent(deposer, entetes):
    liste = deposer(f"{entetes}\nEssai;Anne;31.12.85;Mme;0612345678;1 rue X;50100;Cherbourg")
    (brouillon,) = liste.brouillons.all()
    assert (brouillon.etat, liste.colonnes_ignorees) == (EtatBrouillon.PRETE, [])
    assert brouillon.donnees["adresse"] == "1 rue X 50100 Cherbourg"
    assert brouillon.donnees["date_naissance"] == "1985-12-31"


def test_un_numero_de_securite_sociale_se_masque_et_se_dit(monde, deposer, client):
    numero = "1 85 05 78 006 084 91"
    liste = deposer(";".join(ENTETES) + f"\nEssai;Anne;12/03/1985;F;0233000000;{numero} 42 rue du Port;RSA")
    (brouillon,) = liste.brouillons.all()
    assert brouillon.donnees["adresse"] == "1 85 •• •• ••• ••• •• 42 rue du Port"
    client.force_login(monde.personne("prescripteur"))
    page = client.get(liste.get_absolute_url()).content.decode()
    assert "Adresse : Un numéro de sécurité sociale était écrit ici" in page and "006 084" not in page
    client.post(brouillon.get_absolute_url(), {**brouillon.donnees, "adresse": "42 rue du Port"})
    brouillon.refresh_from_db()
    assert (brouillon.etat, brouillon.erreurs) == (EtatBrouillon.PRETE, {})


def test_ce_qui_manque_se_nomme_sur_la_ligne(monde, deposer, client):
    liste = deposer(";".join(ENTETES) + "\nEssai;;12/03/1985;F;;;\nEssai;Anne;100%s;F;;;\nEssai;Anne;02/05/26;F;;;")
    client.force_login(monde.personne("prescripteur"))
    page = client.get(liste.get_absolute_url()).content.decode()
    assert "« Prénom » est obligatoire." in page and "Ce champ est obligatoire" not in page
    assert "Date de naissance : « 100%s » ne se lit pas. Tapez une date" in page
    assert "« 02/05/26 » ne se lit pas. Tapez l&#x27;année de naissance sur quatre chiffres." in page


def test_une_rangee_d_espaces_sans_largeur_est_vide(deposer):
    vide = ["\u200b", "\ufeff", "\u00a0", "", "", "", ""]
    assert deposer(xlsx([ENTETES, PERSONNE, vide]), "liste.xlsx").brouillons.count() == 1


@pytest.mark.parametrize(
    ("contenu", "nom", "phrase"),
    [
        ("Bonjour", "liste.csv", "En-têtes"),
        ("", "liste.csv", "En-têtes"),
        ("Nom;Prénom;Naissance;Sexe\n", "liste.csv", "aucune personne"),
        (b"\x00\x01\x02", "liste.csv", "CSV"),
        (b"PK\x03\x04abc", "liste.xlsx", "incomplet"),
        (b"%PDF-1.7", "liste.xlsx", "ni un CSV"),
        ("Nom;Prénom;Naissance\n" + "A;B;01/01/2000\n" * (PERSONNES_MAX + 1), "liste.csv", "dépasse"),
    ],
)
def test_un_fichier_hostile_ou_vide_se_dit_a_cote_du_champ(deposer, contenu, nom, phrase):
    with pytest.raises(RegleViolee, match=phrase) as refus:
        deposer(contenu, nom)
    assert "fichier" in refus.value.message_dict
    assert not ListeConfiee.objects.filter(nom_fichier="liste.xlsx").exists()


def test_confier_ouvre_un_dossier_par_personne_une_seule_fois(monde, deposer):
    liste, avant = deposer(), Beneficiaire.objects.count()
    pretes = liste.brouillons.filter(etat=EtatBrouillon.PRETE).count()
    verser(monde, liste)
    assert Beneficiaire.objects.count() == avant + pretes
    personne = liste.brouillons.get(ligne=3).personne
    assert (personne.nom, personne.prescripteur) == ("Diallo", monde.organisations[Role.PRESCRIPTEUR])
    assert set(personne.criteres.values_list("code", flat=True)) == {"RSA", "QPV"}
    assert personne.domiciles.get().situation == "a_situer"
    assert personne.referent_courriel == monde.personne("prescripteur").email
    assert liste.brouillons.get(ligne=3).donnees == {}
    document = Document.objects.latest("pk")
    listes.verser(document=document, suivre=lambda *_: None)  # repris après un arrêt : rien de plus
    assert Beneficiaire.objects.count() == avant + pretes
    with pytest.raises(RegleViolee, match="Aucune personne n'est prête"):
        listes.demander_versement(acteur=monde.acteur("prescripteur"), liste=ListeConfiee.objects.get(pk=liste.pk))


def test_une_liste_dit_les_metiers_et_n_en_refuse_aucun(monde, deposer):
    liste = deposer(
        "Nom;Prénom;Date de naissance;Sexe;Critères;Métier recherché\n"
        "Essai;Awa;12/03/1985;F;RSA;maçonne / agente d'entretien\nEssai;Bo;12/03/1986;H;RSA;F1606 · Peinture, chaumier\n"
    )
    assert liste.colonnes_ignorees == [] and set(etats(liste).values()) == {EtatBrouillon.PRETE}
    verser(monde, liste)
    awa, bo = (liste.brouillons.get(ligne=ligne).personne for ligne in (2, 3))
    assert {metier.code for metier in awa.metiers.all()} == {"F1703", "K2204"}
    assert {str(metier) for metier in bo.metiers.all()} == {"F1606 · Peinture en bâtiment", "chaumier (à préciser)"}


def test_tue_au_milieu_le_travail_reprend_ou_il_en_etait(monde, deposer, monkeypatch):
    lignes = "".join(f"Personne{n};Une;01/01/200{n};F\n" for n in range(5))
    liste, avant = deposer("Nom;Prénom;Naissance;Sexe\n" + lignes), Beneficiaire.objects.count()
    liste = listes.demander_versement(acteur=monde.acteur("prescripteur"), liste=liste)
    vrai, faits = listes.orienter_personne, []

    def meurt_a_la_troisieme(**valeurs):
        faits.append(1)
        if len(faits) == 3:
            raise KeyboardInterrupt
        return vrai(**valeurs)

    monkeypatch.setattr(listes, "orienter_personne", meurt_a_la_troisieme)
    with pytest.raises(KeyboardInterrupt):
        listes.verser(document=liste.versement, suivre=lambda *_: None)
    assert Beneficiaire.objects.count() == avant + 2
    listes.verser(document=liste.versement, suivre=lambda *_: None)
    assert Beneficiaire.objects.count() == avant + 5
    assert set(etats(liste).values()) == {EtatBrouillon.VERSEE}


def test_corriger_une_ligne_a_l_ecran(monde, deposer, client):
    liste = deposer()
    client.force_login(monde.personne("prescripteur"))
    page = client.get(liste.get_absolute_url()).content.decode()
    assert "Hébert" in page and "déjà à la ligne 3" in page
    brouillon = liste.brouillons.get(ligne=4)
    adresse = brouillon.get_absolute_url()
    assert "31/02/2000" in client.get(adresse).content.decode()
    donnees = {**brouillon.donnees, "date_naissance": "hier"}
    faux = client.post(adresse, donnees)
    assert faux.status_code == 200 and "hier" in faux.content.decode()
    assert client.post(adresse, {**donnees, "date_naissance": "2000-02-28"}).status_code == 302
    brouillon.refresh_from_db()
    assert brouillon.etat == EtatBrouillon.PRETE and brouillon.erreurs == {}
    client.post(reverse("reprise:brouillon_avancer", args=[brouillon.uuid, "ecarter"]))
    brouillon.refresh_from_db()
    assert brouillon.etat == EtatBrouillon.ECARTEE
    client.post(reverse("reprise:brouillon_avancer", args=[brouillon.uuid, "reprendre"]))
    brouillon.refresh_from_db()
    assert brouillon.etat == EtatBrouillon.PRETE


def test_le_facilitateur_depose_au_nom_d_un_prescripteur(monde, deposer, client):
    client.force_login(monde.personne("edition"))
    partenaire = monde.organisations[Role.PRESCRIPTEUR]
    envoi = client.post(
        reverse("reprise:liste_deposer"), {"prescripteur": partenaire.pk, "fichier": fichier()}, follow=True
    )
    liste = ListeConfiee.objects.latest("pk")
    assert envoi.status_code == 200 and (liste.organisation, liste.prescripteur) == (monde.structure, partenaire)
    assert etats(liste)[6] in (EtatBrouillon.DOUBLON, EtatBrouillon.PRETE)
    listes.demander_versement(acteur=monde.acteur("edition"), liste=liste)
    liste.refresh_from_db()
    documents.fabriquer(liste.versement_id)
    assert liste.brouillons.get(ligne=3).personne.referent == ""  # un facilitateur n'est pas le référent


def test_on_ne_confie_que_pour_soi_et_a_ses_partenaires(monde, deposer):
    autre = monde.autre
    for structure, prescripteur, qui in (
        (autre.structure, monde.organisations[Role.PRESCRIPTEUR], "prescripteur"),
        (monde.structure, autre.organisations[Role.PRESCRIPTEUR], "prescripteur"),
        (monde.structure, autre.organisations[Role.PRESCRIPTEUR], "edition"),
        (monde.structure, monde.organisations[Role.PRESCRIPTEUR], "lecture"),
    ):
        with pytest.raises(AccesRefuse):
            listes.deposer_liste(
                acteur=monde.acteur(qui), structure=structure, prescripteur=prescripteur, fichier=fichier()
            )
    liste = deposer()
    assert not ListeConfiee.objects.visibles_par(monde.acteur("edition")).filter(pk=liste.pk).exists()
    assert not PersonneBrouillon.objects.visibles_par(monde.acteur("autre.prescripteur")).filter(liste=liste).exists()


def test_une_liste_perimee_s_efface_et_les_dossiers_restent(monde, deposer, horloge):
    liste = deposer()
    verser(monde, liste)
    ouverts = Beneficiaire.objects.count()
    horloge.move_to(liste.expire_le + datetime.timedelta(minutes=1))
    assert listes.purger_listes() == 1
    assert not PersonneBrouillon.objects.filter(liste_id=liste.pk).exists() and Beneficiaire.objects.count() == ouverts


def test_mille_personnes_se_lisent_en_peu_de_requetes(deposer, django_assert_max_num_queries):
    noms = "".join(f"Nom{n};Prénom{n};01/01/19{50 + n % 50};F;RSA\n" for n in range(PERSONNES_MAX))
    with django_assert_max_num_queries(30):
        liste = deposer("Nom;Prénom;Naissance;Sexe;Situation\n" + noms)
    assert liste.brouillons.filter(etat=EtatBrouillon.PRETE).count() == PERSONNES_MAX


def test_une_liste_dit_la_disponibilite_et_la_mobilite(monde, deposer):
    entetes = "Nom;Prénom;Date de naissance;Sexe;Critères;Disponibilité;Mobilité (km)\n"
    liste = deposer(
        entetes + "Essai;Awa;31.12.85;F;RSA;01/02/2027;20 km\n"
        "Essai;Bo;12/03/1986;H;RSA;immédiate;\n"
        "Essai;Cy;12/03/1987;H;RSA;bientôt;permis B\n"
    )
    assert liste.colonnes_ignorees == []
    assert etats(liste) == {2: EtatBrouillon.PRETE, 3: EtatBrouillon.PRETE, 4: EtatBrouillon.A_CORRIGER}
    fausses = liste.brouillons.get(ligne=4)
    assert fausses.donnees["rayon_km"] == "permis B" and "kilomètres" in fausses.erreurs["rayon_km"]
    assert fausses.erreurs["disponible_le"]
    verser(monde, liste)
    awa, bo = (liste.brouillons.get(ligne=ligne).personne for ligne in (2, 3))
    assert (awa.disponible_le, awa.rayon_km) == (datetime.date(2027, 2, 1), 20)
    assert (bo.disponible_le, bo.rayon_km) == (timezone.localdate(), None)


def test_le_modele_porte_chaque_colonne_que_l_on_sait_lire(client, monde):
    client.force_login(monde.personne("prescripteur"))
    contenu = client.get(reverse("reprise:liste_modele")).content
    entetes = CalamineWorkbook.from_filelike(io.BytesIO(contenu)).get_sheet_by_index(0).to_python()[0]
    lus = {_champ(entete) for entete in entetes}
    assert lus == set(PERSONNES)


def test_une_liste_se_trouve_sur_sa_feuille_sous_deux_lignes_d_en_tetes(tmp_path):
    """Le mode d'emploi d'abord, puis les personnes sous des groupes fusionnés ; une commune fusionnée vaut pour deux lignes."""
    chemin = tmp_path / "liste.xlsx"
    with xlsxwriter.Workbook(chemin) as classeur:
        classeur.add_worksheet("Lisez-moi").write("A1", "Nom")
        page = classeur.add_worksheet("Personnes")
        page.merge_range("A1:C1", "Identité")
        page.merge_range("D1:F1", "Recherche")
        page.write_row("A2", ["Nom", "Prénom", "Né(e) le", "Ville", "Métier", "Disponible"])
        page.write_row("A3", ["Auber", "Lia", "01.02.01", "", "Maçon", "de suite"])
        page.write_row("A4", ["Bihel", "Tom", "3 avril 1990", "", "Peintre", "15/11/2026"])
        page.merge_range("D3:D4", "Cherbourg")
    lue = lire_liste(chemin)
    assert [numero for numero, _ in lue.personnes] == [3, 4] and lue.ignorees == []
    lues = [(p["nom"], p["date_naissance"], p["adresse"], p["metiers"]) for _, p in lue.personnes]
    assert lues == [
        ("Auber", "2001-02-01", "Cherbourg", "Maçon"),
        ("Bihel", "1990-04-03", "Cherbourg", "Peintre"),
    ]
    assert lue.personnes[1][1]["disponible_le"] == "2026-11-15"
