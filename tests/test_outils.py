"""Le client strict refuse bien ce qu'il dit refuser : chaque règle est essayée sur une page fautive."""

import pytest
from django.db import transaction
from django.template import engines
from django.template.loader import render_to_string

from comptes.models import Organisation
from socle.envois import CHAMP_ORGANISATION
from tests import variables_indefinies
from tests.controle_html import fautes
from tests.fabriques.comptes import OrganisationFactory
from tests.lecture_seule import EcritureEnLecture, lecture_seule, verifier_requete

PAGE = "<!doctype html><html lang='fr'><head><title>Titre</title></head><body><h1>Titre</h1>{}</body></html>"


def test_une_page_saine_n_a_aucune_faute():
    saine = """
      <form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="x">
        <label for="nom">Nom</label><input id="nom" name="nom" aria-describedby="aide"><p id="aide">Aide</p>
        <label>Prénom <input name="prenom"></label><button>Enregistrer</button></form>
      <table><tr><th scope="col">Mois</th></tr></table><img src="x.svg" alt=""><a href="#nom">Aller au nom</a>
      <button aria-labelledby="aide"><svg aria-hidden="true"></svg></button>
      <script nonce="abc">1</script><script src="x.js"></script>"""
    assert fautes(PAGE.format(saine)) == []


@pytest.mark.parametrize(
    ("fragment", "extrait"),
    [
        ("<form method='post'><button>Ok</button></form>", "sans jeton CSRF"),
        ("<button hx-post='/x'>Ok</button>", "sans jeton CSRF"),
        ("<script>alert(1)</script>", "script en ligne"),
        ("<style>p { color: red }</style>", "feuille de style"),
        ("<p style='color: red'>x</p>", "style en ligne"),
        ("<p onclick='x()'>x</p>", "gestionnaire en ligne"),
        ("<p hx-on:click='x()'>x</p>", "gestionnaire en ligne"),
        ("<a href='javascript:x()'>x</a>", "javascript:"),
        ("<input name='nom'>", "champ sans étiquette"),
        ("<label for='nom'></label><input id='nom'>", "champ sans étiquette"),
        ("<select></select>", "champ sans étiquette"),
        ("<p id='a'></p><p id='a'></p>", "identifiant répété"),
        ("<p aria-describedby='rien'>x</p>", "absent de la page"),
        ("<label for='rien'>x</label>", "absent de la page"),
        ("<a href='#rien'>x</a>", "absent de la page"),
        ("<table><tr><th>Mois</th></tr></table>", "sans scope"),
        ("<img src='x.png'>", "image sans alternative"),
        ("<svg role='img'></svg>", "dessin sans nom"),
        ("<button><svg aria-hidden='true'><title>x</title></svg></button>", "bouton sans nom"),
        ("<a href='/'><img src='x' alt=''></a>", "lien sans nom"),
        ("<input type='submit'>", "bouton sans nom"),
        ("<h1>Deux</h1>", "2 titre(s) h1"),
        ("<p>{{ objet }}</p>", "balise de gabarit"),
        ("<p>{% if %}</p>", "balise de gabarit"),
    ],
)
def test_chaque_faute_est_dite(fragment, extrait):
    assert any(extrait in faute for faute in fautes(PAGE.format(fragment)))


@pytest.mark.parametrize(
    ("page", "extrait"),
    [
        ("<html><head><title>T</title></head><body><h1>T</h1></body></html>", "sans langue"),
        ("<html lang='fr'><body><h1>T</h1></body></html>", "sans titre"),
        ("<html lang='fr'><head><title>T</title></head><body></body></html>", "0 titre(s) h1"),
    ],
)
def test_la_page_a_langue_titre_et_titre_principal(page, extrait):
    assert any(extrait in faute for faute in fautes(page))


def test_un_fragment_n_a_ni_titre_ni_page_autour():
    assert fautes("<p aria-describedby='dans-la-page'>x</p>") == []


@pytest.mark.parametrize(
    ("fragment", "fautif"),
    [
        ("<form method='post'>{jeton}<button>Ok</button></form>", True),
        ("<form method='POST'>{jeton}<button>Ok</button></form><input type='hidden' name='{champ}'>", True),
        ("<form method='post'>{jeton}<p><input type='hidden' name='{champ}'></p><button>Ok</button></form>", False),
        ("<form method='get'><button>Ok</button></form>", False),
    ],
)
def test_qui_agit_pour_une_organisation_la_dit_dans_chaque_formulaire(fragment, fautif):
    jeton = "<input type='hidden' name='csrfmiddlewaretoken'>"
    page = PAGE.format(fragment.format(jeton=jeton, champ=CHAMP_ORGANISATION))
    assert fautes(page) == []
    trouvees = fautes(page, agit_pour_une_organisation=True)
    assert ["sans l'organisation" in faute for faute in trouvees] == [True] * fautif


@pytest.mark.parametrize(
    ("sql", "permis"),
    [
        ("SELECT 1", True),
        ("(SELECT 1) UNION ALL (SELECT 2)", True),
        ('UPDATE "django_session" SET x = 1', True),
        ('INSERT INTO "django_session" VALUES (1)', True),
        ('UPDATE "marches_marche" SET x = 1', False),
        ('DELETE FROM "marches_marche"', False),
        ('INSERT OR IGNORE INTO "marches_marche" VALUES (1)', False),
        ("TRUNCATE marches_marche", False),
    ],
)
def test_seule_la_session_s_ecrit_pendant_une_lecture(sql, permis):
    if permis:
        verifier_requete(sql)
    else:
        with pytest.raises(EcritureEnLecture):
            verifier_requete(sql)


def test_la_garde_arrete_une_vraie_ecriture(db):
    with pytest.raises(EcritureEnLecture), transaction.atomic(), lecture_seule():
        OrganisationFactory()
    assert not Organisation.objects.exists()


def test_une_variable_indefinie_se_releve_avec_sa_place():
    render_to_string("composants/vide.html", {"titre": "", "gestes": [], "icone": "inbox"})
    (trouvee,) = variables_indefinies.relever()
    assert trouvee.startswith("texte (composants/vide.html, ligne ")


def test_l_absence_prevue_n_est_pas_une_faute():
    engines["django"].from_string("{% if x %}{% endif %}{% for y in x %}{% endfor %}{{ x|default:'-' }}").render({})
    assert variables_indefinies.relever() == []
