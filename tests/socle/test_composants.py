"""Les composants d'écran : ce qu'ils écrivent, ce qu'ils refusent d'écrire, et le catalogue qui les montre tous."""

import datetime
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.core.paginator import Paginator
from django.forms import Form
from django.template import Context, Template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from socle.composants import CaseMois, Geste, LigneAFaire, Tuile
from socle.enums import EtatDocument
from socle.tables import Cellule, Colonne, Genre, Jauge, lignes
from socle.templatetags import composants

FINE, INSECABLE = "\u202f", "\u00a0"


def rendre(source: str, **contexte) -> BeautifulSoup:
    return BeautifulSoup(Template("{% load composants %}" + source).render(Context(contexte)), "html.parser")


def texte(element) -> str:
    return " ".join(element.get_text(" ", strip=True).split())


# --- Écritures ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("date", "attendu"),
    [
        (datetime.date(2026, 11, 12), "12 nov. 2026"),
        (datetime.date(2026, 1, 1), "1er janv. 2026"),
        (datetime.datetime(2026, 2, 27, 23, 30, tzinfo=datetime.UTC), "28 févr. 2026"),
        (None, ""),
    ],
)
def test_un_jour_s_ecrit_en_court_et_a_l_heure_de_paris(date, attendu):
    assert composants.jour(date).replace(INSECABLE, " ") == attendu


@pytest.mark.parametrize(("nom", "attendu"), [("Claire Marin", "CM"), ("jean-luc", "JL"), ("Zoé", "Z"), ("", "")])
def test_les_initiales_ne_disent_que_deux_lettres(nom, attendu):
    assert composants.initiales(nom) == attendu


# --- Jauge -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("jauge", "phrase"),
    [
        (Jauge(1181, 1000, 847), "1 000 h faites sur 1 181 h dues (84,7 %), 847 h attendues à ce jour"),
        (Jauge(100, 120), "120 h faites sur 100 h dues (120,0 %)"),
        (Jauge(0, 12), "12 h faites, aucune due"),
        (Jauge(0, 0), "Aucune heure due"),
    ],
)
def test_la_jauge_se_lit_en_une_phrase(jauge, phrase):
    assert composants.phrase_jauge(jauge).replace(FINE, " ").replace(INSECABLE, " ") == phrase


def test_la_barre_redit_la_phrase_en_attributs_et_reste_ignoree_des_lecteurs_d_ecran():
    barre = rendre("{% jauge j projection=150 %}", j=Jauge(Decimal(100), Decimal(50), Decimal(80))).svg
    assert barre["aria-hidden"] == "true"
    assert barre.find(class_="jauge-faites")["width"] == "33.3"
    assert barre.find(class_="jauge-attendues")["x1"] == "53.3"
    assert barre.find(class_="jauge-dues")["x1"] == "66.7"
    assert barre.find(class_="jauge-projection")["width"] == "100.0"


def test_un_retard_sur_l_attendu_est_dit_en_toutes_lettres():
    assert "En retard" in texte(rendre("{% jauge j %}", j=Jauge(100, 10, 40)))
    assert "en retard" in texte(rendre("{% jauge j compacte=True %}", j=Jauge(100, 10, 40)))
    assert "retard" not in texte(rendre("{% jauge j %}", j=Jauge(100, 60, 40)))
    assert "Engagement non atteint" in texte(rendre("{% jauge j %}", j=Jauge(100, 60, 100)))
    assert "non atteint" in texte(rendre("{% jauge j compacte=True %}", j=Jauge(100, 60, 100)))


# --- Pastilles et cellules -----------------------------------------------------------------------------------------
def test_une_pastille_joint_le_mot_la_forme_et_le_ton():
    pastille = rendre('{% badge etat %}{% badge "" %}', etat=EtatDocument.ECHEC).find_all("span")
    assert len(pastille) == 1
    assert "ton-retard" in pastille[0]["class"]
    assert texte(pastille[0]) == "Échec"
    assert pastille[0].svg["aria-hidden"] == "true"


@pytest.mark.parametrize(
    ("genre", "valeur", "attendu"),
    [
        (Genre.TEXTE, "<b>gras</b>", "<b>gras</b>"),
        (Genre.NOMBRE, 1200, "1 200"),
        (Genre.HEURES, Decimal("7.50"), "7,5 h"),
        (Genre.EUROS, Decimal(1200000), "1 200 000 €"),
        (Genre.POURCENT, Decimal(45), "45,0 %"),
        (Genre.DATE, datetime.date(2026, 9, 3), "3 sept. 2026"),
        (Genre.MOIS, datetime.date(2026, 9, 1), "septembre 2026"),
        (Genre.STATUT, EtatDocument.PRET, "Prêt"),
        (Genre.JAUGE, Jauge(100, 50), "50 sur 100 h · 50 %"),
        (Genre.TEXTE, None, "–"),
        (Genre.NOMBRE, 0, "0"),
    ],
)
def test_une_cellule_s_ecrit_selon_le_genre_de_sa_colonne(genre, valeur, attendu):
    contenu = composants.cellule(Cellule(Colonne("Titre", None, genre), valeur, ""))
    assert isinstance(contenu, SafeString)
    lu = texte(BeautifulSoup(contenu, "html.parser"))
    assert lu.replace(FINE, " ").replace(INSECABLE, " ") == attendu


def test_une_cellule_avec_lien_echappe_son_texte():
    contenu = composants.cellule(Cellule(Colonne("Titre", None), "<script>", "/marches/?a=1&b=2"))
    assert contenu == '<a href="/marches/?a=1&amp;b=2">&lt;script&gt;</a>'


# --- Liste -------------------------------------------------------------------------------------------------------
COLONNES = [
    Colonne("Nom", lambda o: o[0], tri="nom", principale=True),
    Colonne("Heures", lambda o: o[1], Genre.HEURES, tri="heures"),
    Colonne("Note", lambda o: None),
]


@pytest.mark.parametrize(
    ("tri", "sens", "suivant"), [("", None, "nom"), ("nom", "ascending", "-nom"), ("-nom", "descending", "nom")]
)
def test_l_entete_triable_dit_son_sens_et_mene_au_sens_contraire(tri, sens, suivant):
    tableau = rendre(
        '{% tableau "Liste" colonnes lignes tri=tri parametres_sans_tri="etat=a&q=b" %}',
        colonnes=COLONNES, lignes=lignes([("A", 3)], COLONNES), tri=tri,
    )  # fmt: skip
    entete = tableau.find("th", scope="col")
    assert entete.get("aria-sort") == sens
    assert entete.a["href"] == f"?etat=a&q=b&tri={suivant}"


def test_le_tableau_a_une_legende_une_colonne_de_tete_et_des_libelles_pour_le_telephone():
    tableau = rendre(
        '{% tableau "Liste" colonnes lignes %}', colonnes=COLONNES, lignes=lignes([("A", 3), ("B", 4)], COLONNES)
    )
    assert texte(tableau.caption) == "Liste"
    assert [texte(th) for th in tableau.find_all("th", scope="row")] == ["A", "B"]
    assert [td["data-libelle"] for td in tableau.tbody.tr.find_all("td")] == ["Heures", "Note"]
    assert "num" in tableau.find("td", attrs={"data-libelle": "Heures"})["class"]
    assert not tableau.find_all("th", scope="col")[2].find("a")


def test_la_pagination_garde_les_filtres_et_se_tait_sur_une_seule_page():
    pages = Paginator(range(30), 10)
    nav = rendre('{% pagination page "etat=pret" %}', page=pages.page(2))
    assert [lien["href"] for lien in nav.find_all("a")] == ["?etat=pret&page=1", "?etat=pret&page=3"]
    assert texte(nav.p) == "Page 2 sur 3"
    assert not rendre("{% pagination page %}", page=Paginator(range(3), 10).page(1)).find("nav")


# --- Gestes ------------------------------------------------------------------------------------------------------
def test_les_boutons_d_un_en_tete_sont_rendus_et_son_titre_echappe():
    entete = rendre('{% entete titre %}<a class="btn" href="/x/">Faire</a>{% endentete %}', titre="<i>Lot</i>")
    assert entete.find(class_="gestes").a["href"] == "/x/"
    assert texte(entete.h1) == "<i>Lot</i>"
    assert not rendre('{% entete "Lot" %} {% endentete %}').find(class_="gestes")


def test_au_dela_de_trois_gestes_les_derniers_se_rangent_dans_un_menu():
    gestes = [(f"Geste {rang}", f"/{rang}/") for rang in range(1, 6)]
    boutons = rendre("{% actions gestes %}", gestes=gestes)
    assert [texte(a) for a in boutons.find_all("a", class_="btn")] == ["Geste 1", "Geste 2"]
    assert boutons.find("a")["class"] == ["btn", "btn-primary"]
    assert [a["href"] for a in boutons.details.find_all("a")] == ["/3/", "/4/", "/5/"]


def test_un_verbe_est_un_formulaire_avec_son_jeton():
    formulaire = rendre(
        '{% bouton_post "Valider" "/v/" nom="mois" valeur="2026-09" precision="septembre" %}', csrf_token="jeton"
    ).form
    assert (formulaire["method"], formulaire["action"]) == ("post", "/v/")
    assert formulaire.find("input", attrs={"name": "csrfmiddlewaretoken"})["value"] == "jeton"
    assert formulaire.find("input", attrs={"name": "mois"})["value"] == "2026-09"
    assert texte(formulaire.button) == "Valider septembre"


def test_une_ligne_a_faire_nomme_son_objet_dans_chaque_bouton():
    ligne = LigneAFaire(
        "retard",
        "En retard",
        "Lot 3",
        depuis="4 jours",
        gestes=(Geste("Voir", "/a/"), Geste("Relancer", "/b/", poste=True)),
    )
    panneau = rendre('{% a_faire lignes "Aujourd\'hui" %}', lignes=[ligne], csrf_token="jeton")
    assert texte(panneau.h2) == "Aujourd'hui 1"
    assert texte(panneau.find("a", class_="btn")) == "Voir : Lot 3"
    assert texte(panneau.find("button")) == "Relancer Lot 3"


# --- Contenus ----------------------------------------------------------------------------------------------------
def test_une_tuile_compare_avec_l_annee_d_avant_et_ouvre_ses_lignes():
    tuile = rendre(
        "<dl>{% tuile t %}</dl>", t=Tuile("Heures", Decimal(31212), "h", Decimal(28900), "en 2025", "Somme.", "/h/")
    )
    assert "+8 %" in texte(tuile).replace(INSECABLE, " ").replace("+ 8", "+8")
    assert tuile.dd.a["href"] == "/h/"
    sans_avant = rendre("<dl>{% tuile t %}</dl>", t=Tuile("Part", "près de la moitié"))
    assert not sans_avant.find(class_="tuile-avant")
    assert "tuile-texte" in sans_avant.find(class_="tuile-valeur")["class"]


def test_la_grille_range_les_mois_par_annee_et_dit_leur_etat():
    cases = [
        CaseMois(datetime.date(2025, 12, 1), "validé", "fait", Decimal(35)),
        CaseMois(datetime.date(2026, 1, 1), "en retard", "retard", lien="/m/"),
    ]
    grille = rendre('{% grille_mois cases titre="Mois du lot" %}', cases=cases)
    assert [texte(p) for p in grille.find_all(class_="grille-annee-titre")] == ["2025", "2026"]
    assert texte(grille.find("a", href="/m/")) == "janv. – en retard"
    for liste in grille.find_all("ul"):
        assert grille.find(id=liste["aria-labelledby"])


def test_le_fil_refuse_un_libelle_sans_url():
    with pytest.raises(ValueError, match="shorter"):
        rendre('{% fil "Marchés" %}')


# --- Catalogue -----------------------------------------------------------------------------------------------------
@pytest.mark.urls("tests.socle.urls_catalogue")
def test_le_catalogue_est_public_et_sans_faute(client):
    page = BeautifulSoup(client.get("/catalogue/").content, "html.parser")
    modes = [texte(mode) for mode in page.select(".mode-emploi summary")]
    assert len(modes) == len(set(modes)) >= 20
    assert len(page.select(".mode-emploi pre")) == len(modes)


@pytest.mark.urls("tests.socle.urls_catalogue")
def test_chaque_erreur_du_formulaire_mene_a_son_champ(client):
    page = BeautifulSoup(client.get("/catalogue/").content, "html.parser")
    liens = page.select(".resume-erreurs a")
    assert [lien["href"] for lien in liens] == ["#id_nature", "#id_siret", "#id_heures", "#id_modalite_0"]
    for lien in liens:
        champ = page.find(id=lien["href"].removeprefix("#"))
        assert champ.name in ("input", "select")
    saisi = page.find(id="id_heures")
    assert saisi["value"] == "mille"
    erreur = page.find(id="id_heures_error")
    assert "id_heures_error" in saisi["aria-describedby"].split()
    assert texte(erreur) in texte(page.select_one(".resume-erreurs"))


@pytest.mark.urls("tests.socle.urls_catalogue")
def test_un_champ_facultatif_le_dit_et_un_filtre_jamais(client):
    page = BeautifulSoup(client.get("/catalogue/").content, "html.parser")
    assert "(facultatif)" in texte(page.find("label", attrs={"for": "id_siret"}))
    assert "(facultatif)" not in texte(page.find("label", attrs={"for": "id_nom"}))
    assert "(facultatif)" not in texte(page.select_one(".filtres"))


def test_la_page_de_panne_se_passe_de_requete_et_de_base():
    panne = BeautifulSoup(get_template("panne.html").render({}, None), "html.parser")
    assert texte(panne.h1) == "Quelque chose n'a pas marché"
    assert not panne.find("script")


@pytest.mark.parametrize("adresse", ["/accessibilite/", "/mentions-legales/"])
def test_les_pages_publiques_se_lisent_sans_compte(client, adresse):
    assert client.get(adresse).status_code == 200


def test_la_page_legale_dit_base_durees_destinataires_et_delegue(client, settings):
    settings.DPO, settings.CONTACT = "dpo@exemple.fr", "acces@exemple.fr"
    lue = " ".join(client.get("/mentions-legales/").content.decode().split())
    assert "article 6, 1, e" in lue and "dpo@exemple.fr" in lue
    assert "24 mois après le dernier contact" in lue and "365 jours" in lue  # lues de ce qui efface, jamais recopiées
    assert "mailto:acces@exemple.fr" in client.get("/accessibilite/").content.decode()


def test_une_liste_sans_filtre_n_a_pas_de_bouton_pour_chercher():
    page = rendre("{% filtres formulaire total=3 %}", formulaire=Form())
    assert not page.select("form, button")
    assert texte(page.select_one(".filtres")) == "3 résultats"
