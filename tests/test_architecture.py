"""Ce que l'architecture promet et qu'import-linter ne voit pas : les pièces, les portées, les services, la taille des choses."""

import ast
import inspect
import re
import subprocess
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from socle.checks import est_externe, vues
from socle.intitules import intitule_de
from socle.querysets import QuerySetDomaine
from tests import textes_surs

RACINE = Path(__file__).parent.parent
NOS_APPS = [app for app in apps.get_app_configs() if Path(app.path).parent == RACINE and app.name != "socle"]
INTERDITES = {"utils", "helpers", "signals", "common", "misc", "outils"}
LIGNES_PAR_FICHIER, LIGNES_PAR_FONCTION, LARGEUR_D_UN_GABARIT = 400, 50, 120
# Un service par geste, et des fonctions de lecture ou de rangement qui n'en sont pas : leur nom le dit.
SANS_ACTEUR = (
    "recompter",
    "lire_",
    "sans_",
    "quartier_a",
    "destinataires_possibles",
    "purger",
    "a_reprendre",
    "charger_",
)


def fichiers() -> list[Path]:
    noms = [*(app.name for app in NOS_APPS), "socle", "clauses_sociales", "scripts"]
    trouves = (chemin for nom in noms for chemin in (RACINE / nom).rglob("*.py"))
    return sorted(chemin for chemin in trouves if "migrations" not in chemin.parts)


def fonctions(chemin: Path) -> Iterator[ast.FunctionDef]:
    for noeud in ast.walk(ast.parse(chemin.read_text())):
        if isinstance(noeud, ast.FunctionDef):
            yield noeud


def court(chemin: Path) -> str:
    return chemin.relative_to(RACINE).as_posix()


def test_aucune_piece_fourre_tout():
    assert [court(chemin) for chemin in fichiers() if chemin.stem in INTERDITES] == []


PIECES = [
    "enums",
    "querysets",
    "models",
    "permissions",
    "services",
    "forms",
    "filters",
    "panneaux",
    "a_faire",
    "fabriques",
    "verifications",
    "views",
    "tasks",
    "urls",
]


def test_aucun_fichier_ne_porte_le_suffixe_d_un_sujet():
    """`forms_cloture` est `cloture/forms` ou `forms/cloture` : une pièce trop longue devient un paquet."""
    assert [court(c) for c in fichiers() if any(c.stem.startswith(f"{piece}_") for piece in PIECES)] == []


def test_un_fichier_se_lit_d_une_traite_et_une_fonction_d_un_regard():
    longs = [court(chemin) for chemin in fichiers() if len(chemin.read_text().splitlines()) > LIGNES_PAR_FICHIER]
    longues = [
        f"{court(chemin)} {fonction.name}"
        for chemin in fichiers()
        for fonction in fonctions(chemin)
        if fonction.end_lineno - fonction.lineno >= LIGNES_PAR_FONCTION
    ]
    assert (longs, longues) == ([], [])


def gabarits() -> list[Path]:
    return [chemin for chemin in sorted((RACINE / "templates").rglob("*")) if chemin.suffix in (".html", ".txt")]


def test_un_gabarit_se_lit_sans_defiler():
    """Une ligne trop longue se coupe où un blanc ne compte pas ; une phrase, par `{% phrase %}`, qui se lit sur une seule."""
    larges = [
        f"{court(chemin)}:{rang} ({len(ligne)})"
        for chemin in gabarits()
        for rang, ligne in enumerate(chemin.read_text().splitlines(), 1)
        if len(ligne) > LARGEUR_D_UN_GABARIT
    ]
    assert larges == []


def test_une_vue_s_intitule_elle_meme_et_sa_documentation_reste_au_code():
    """« Qui peut quoi » montre `titre` ou `intitule` ; seule la phrase d'une portée se lit encore dans sa documentation."""
    servies = [chemin for chemin in fichiers() if "scripts" not in chemin.parts]
    assert [court(f) for f in servies if "__doc__" in f.read_text()] == ["comptes/qui_peut_quoi.py"]
    ecrites = [vue for _, vue in vues(get_resolver().url_patterns) if not est_externe(vue)]
    sans = [f"{vue.__module__}.{vue.__name__}" for vue in ecrites if not intitule_de(vue)]
    assert ecrites and sans == []


def test_un_refus_de_lecture_s_ecrit_une_fois():
    ecrite = [court(chemin) for chemin in fichiers() if "Votre accès est en lecture" in chemin.read_text()]
    assert ecrite == ["socle/permissions.py"]


def test_rien_ne_s_imprime_hors_des_commandes_et_des_scripts():
    bavards = [
        court(chemin)
        for chemin in fichiers()
        if "scripts" not in chemin.parts
        and any(
            isinstance(noeud, ast.Call) and getattr(noeud.func, "id", "") == "print"
            for noeud in ast.walk(ast.parse(chemin.read_text()))
        )
    ]
    assert bavards == []


@pytest.mark.parametrize("app", NOS_APPS, ids=lambda app: app.name)
def test_chaque_modele_du_metier_a_sa_portee(app):
    """Un modèle a un QuerySet du domaine ; un autre ne se lit qu'à travers l'objet dont il dépend, jamais seul."""
    sans = [
        modele.__name__
        for modele in app.get_models()
        if not modele.__name__.startswith("Historical")
        and not isinstance(modele._default_manager.all(), QuerySetDomaine)
        and not any(isinstance(champ, models.ForeignKey | models.OneToOneField) for champ in modele._meta.fields)
    ]
    assert [nom for nom in sans if nom != "Utilisateur"] == []


def etages() -> dict[str, int]:
    """{app: son rang, du socle vers le haut}, du contrat d'import-linter."""
    contrats = tomllib.loads((RACINE / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (couches,) = (contrat["layers"] for contrat in contrats if contrat["id"] == "etages")
    return {app.strip(): rang for rang, couche in enumerate(reversed(couches)) for app in couche.strip("()").split("|")}


def apps_des_pages(motifs: list, espace: str = "") -> Iterator[tuple[str, str]]:
    """(« espace:nom », app de la vue). Un nom sans espace est du câblage, ou d'un paquet : il n'a pas d'étage."""
    for motif in motifs:
        if isinstance(motif, URLResolver):
            yield from apps_des_pages(motif.url_patterns, f"{motif.namespace}:" if motif.namespace else espace)
        elif isinstance(motif, URLPattern) and espace:
            vue = getattr(motif.callback, "view_class", motif.callback)
            yield f"{espace}{motif.name}", vue.__module__.partition(".")[0]


# Le menu est le registre des pages de tous les étages : c'est là qu'elles se nomment.
NOMMENT_TOUT = {"comptes/menus.py"}


def test_une_page_ne_nomme_pas_une_page_d_un_etage_au_dessus():
    """Un étage du dessus ajoute son lien lui-même : un panneau, un geste (`socle.panneaux`), une entrée du menu."""
    rangs, pages = etages(), dict(apps_des_pages(get_resolver().url_patterns))
    ecrits = re.compile(r"""["'](\w+:\w+)[?"']""")
    assert len(pages) > 100
    fautes = []
    for chemin in (*gabarits(), *fichiers()):
        dossier = chemin.relative_to(RACINE).parts[1 if chemin.suffix in (".html", ".txt") else 0]
        rang = rangs.get(dossier, rangs["socle"] if chemin.suffix != ".py" else rangs["clauses_sociales"])
        for nom in ecrits.findall(chemin.read_text()):
            app = pages.get(nom, dossier)
            if rangs[app if app in rangs else "socle"] >= rang and app != dossier and court(chemin) not in NOMMENT_TOUT:
                fautes.append(f"{court(chemin)} : {nom} est de {app}")
    assert fautes == []


def test_une_portee_ne_cherche_pas_un_modele_par_son_nom():
    """Ses relations se lisent par `par_ligne`, ou le QuerySet vit au-dessus de son modèle, dans le même module."""
    portees = [chemin for chemin in fichiers() if chemin.name == "querysets.py" or "models" in court(chemin)]
    motif = re.compile(r"\brelated_model\b|\bget_model\(")
    assert [court(chemin) for chemin in portees if motif.search(chemin.read_text())] == []


def _services(app) -> Iterator[tuple[str, object]]:
    """Les fonctions publiques que l'app, ou l'un de ses sujets, offre comme services."""
    for chemin in sorted(Path(app.path).rglob("*.py")):
        parties = chemin.relative_to(RACINE).with_suffix("").parts
        nom_du_module = ".".join(partie for partie in parties if partie != "__init__")
        if not nom_du_module.endswith(".services"):
            continue
        for nom, objet in vars(import_module(nom_du_module)).items():
            if inspect.isfunction(objet) and objet.__module__.startswith(nom_du_module) and not nom.startswith("_"):
                yield nom, objet


@pytest.mark.parametrize("app", NOS_APPS, ids=lambda app: app.name)
def test_un_service_dit_qui_agit_et_ne_prend_que_des_arguments_nommes(app):
    for nom, service in _services(app):
        signature = inspect.signature(service)
        parametres = signature.parameters.values()
        assert "request" not in signature.parameters, nom
        if nom.startswith(SANS_ACTEUR) or "acteur" not in signature.parameters:
            continue
        positionnels = [p.name for p in parametres if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
        assert positionnels == [], f"{app.name}.{nom}"


@pytest.mark.parametrize("app", NOS_APPS, ids=lambda app: app.name)
def test_un_refus_nomme_ce_que_le_service_recoit_ou_le_champ_qu_il_ecrit(app):
    """Jamais un champ de formulaire : c'est le formulaire qui traduit, dans `reporter`, s'il nomme autrement."""
    champs = {champ.name for modele in app.get_models() for champ in modele._meta.get_fields()}
    services = [
        c for c in fichiers() if court(c).startswith(f"{app.name}/") and ("services" in c.parts or c.stem == "services")
    ]
    inconnus = []
    for chemin in services:
        recus = {a.arg for f in fonctions(chemin) for a in (*f.args.args, *f.args.kwonlyargs)}
        nommes = re.findall(r'\bchamp="(\w+)"', chemin.read_text())
        inconnus += [f"{court(chemin)} : {nom}" for nom in nommes if nom not in champs | recus]
    assert inconnus == []


@pytest.mark.parametrize("chemin", [c for c in fichiers() if c.parts[-2] == "views" or c.name == "views.py"], ids=court)
def test_une_vue_n_ecrit_pas_elle_meme(chemin):
    """Une vue appelle un service : ni `.save()`, ni `.create()`, ni `.delete()` sur un modèle."""
    ecritures = [
        f"{noeud.func.attr} (ligne {noeud.lineno})"
        for noeud in ast.walk(ast.parse(chemin.read_text()))
        if isinstance(noeud, ast.Call)
        and isinstance(noeud.func, ast.Attribute)
        and noeud.func.attr in ("save", "create", "delete", "bulk_create", "bulk_update", "get_or_create")
    ]
    assert ecritures == []


def test_le_depot_ne_dit_rien_de_la_machine_ni_d_un_miroir():
    """Aucun chemin d'une machine, aucun hôte de registre : le projet s'installe partout."""
    suivis = subprocess.run(["git", "ls-files"], cwd=RACINE, capture_output=True, text=True, check=False).stdout.split()
    if not suivis:
        pytest.skip("hors d'un dépôt git : la liste des fichiers suivis manque")
    motif = re.compile(
        r"/(?:home|root|Users)/\w|/work/|https?://[\w.-]*(?:pypi|pythonhosted|npmjs|mirror)[\w.-]*", re.IGNORECASE
    )
    trouves = []
    for nom in suivis:
        chemin = RACINE / nom
        if (
            chemin.suffix in (".py", ".md", ".toml", ".txt", ".lock", ".sh", ".yml", ".yaml", ".html", "")
            and chemin.is_file()
        ):
            texte = chemin.read_text(errors="ignore")
            trouves += [
                f"{nom} : {trouve.group()}" for trouve in motif.finditer(texte) if nom != "tests/test_architecture.py"
            ]
    assert trouves == []


def test_un_fait_en_vigueur_se_lit_par_ses_deux_dates():
    """« jusqu_a est vide » n'est pas « en vigueur » : un fait qui finit demain vaut aujourd'hui (`beneficiaires.querysets.vrai_le`)."""
    permis = {"beneficiaires/querysets.py", "beneficiaires/models/faits.py", "beneficiaires/models/reglages.py"}
    # La fin d'une succession : on clôt le fait encore ouvert.
    permis |= {"beneficiaires/services/faits.py", "clauses_sociales/demonstration/heures.py"}
    fautifs = [court(f) for f in fichiers() if re.search(r"jusqu_a(__isnull)?=(True|None)\b", f.read_text())]
    assert [f for f in fautifs if f not in permis and not f.startswith("socle/services/documents")] == []


def test_un_delai_en_mois_ne_se_termine_pas_a_la_main():
    """`ajouter_mois(…) - un jour` perd un jour quand le quantième n'existe pas : `socle.periodes.fin_de_delai`."""
    motif = re.compile(r"ajouter_mois\([^\n]*\) - (UN_JOUR|datetime\.timedelta\(days=1\))")
    assert [court(f) for f in fichiers() if motif.search(f.read_text())] == []


def test_aucun_texte_n_est_un_programme():
    """Ni compilé, ni déclaré sûr : voir `tests/textes_surs.py`."""
    fautes = [faute for chemin in fichiers() for faute in textes_surs.manquements(chemin.read_text(), court(chemin))]
    fautes += [faute for chemin in gabarits() for faute in textes_surs.manquements_du_gabarit(chemin, court(chemin))]
    assert fautes == []


@pytest.mark.parametrize(
    "code",
    [
        "from crispy_forms.layout import Fieldset, Layout",
        "import crispy_forms.layout as mise_en_page",
        "mark_safe(nom)",
        "mark_safe(f'<b>{nom}</b>')",
        "mark_safe('<b>' + nom)",
        "format_html(phrase, nom)",
        "format_html_join('', motif, lignes)",
        "engines['django'].from_string(texte).render()",
        "Template(str(self.legend))",
        "SafeString(''.join(noms))",
        "OxmlElement('w:instrText')",
        "class Nom:\n    def __html__(self): return self.nom",
        "register.filter(is_safe=True)",
    ],
)
def test_la_regle_voit_ce_qui_compilerait_un_texte(code):
    assert list(textes_surs.manquements(code, "essai.py"))


def test_la_regle_laisse_ce_qui_est_ecrit_dans_le_code():
    code = (
        "FORME = '<b>{}</b>'\nmark_safe('<i>')\nformat_html(FORME, nom)\nformat_html('{}' if x else '<i>{}</i>', nom)"
    )
    assert list(textes_surs.manquements(code, "essai.py")) == []


def test_chaque_exception_a_la_regle_sert_encore():
    """Une fonction permise qui ne déclare plus rien de sûr sort de la liste."""
    for (nom, fonction), raison in textes_surs.PERMIS.items():
        assert raison
        corps = [f for f in fonctions(RACINE / nom) if f.name == fonction]
        assert any(c in ast.unparse(f) for f in corps for c in textes_surs.COMPILATEURS), (nom, fonction)


# Ce qui lit des dates sans fuseau (une cellule de tableur), ou a déjà ramené l'instant à Paris.
LISENT_SANS_FUSEAU = {"socle/lecture.py", "socle/feuilles/xls.py", "reprise/cellules.py"}
ECRITURES_D_UN_JOUR = {"date", "strftime", "isoformat"}


def instants() -> set[str]:
    """Le nom de chaque champ qui garde un instant, en temps universel ; celui qui, ailleurs, garde un jour n'en est pas."""
    modeles = [
        modele for app in apps.get_app_configs() if Path(app.path).parent == RACINE for modele in app.get_models()
    ]
    champs = [champ for modele in modeles for champ in modele._meta.fields if isinstance(champ, models.DateField)]
    jours = {champ.name for champ in champs if not isinstance(champ, models.DateTimeField)}
    return {champ.name for champ in champs} - jours


def _a_paris(noeud: ast.expr) -> bool:
    return isinstance(noeud, ast.Call) and ast.unparse(noeud.func).endswith(("localtime", "localdate"))


def jours_sans_fuseau(source: str, noms: set[str]) -> list[str]:
    """Les écritures d'un jour qui ne passent pas par Paris : `.date()`, ou un instant mis en forme tel quel."""
    fautes = []
    for noeud in ast.walk(ast.parse(source)):
        if isinstance(noeud, ast.FormattedValue) and noeud.format_spec and "%" in ast.unparse(noeud.format_spec):
            vise = noeud.value
        elif (
            isinstance(noeud, ast.Call)
            and isinstance(noeud.func, ast.Attribute)
            and noeud.func.attr in ECRITURES_D_UN_JOUR
        ):
            vise = noeud.func.value
            if noeud.func.attr == "date" and not noeud.args and not _a_paris(vise):
                fautes.append(ast.unparse(noeud))
                continue
        else:
            continue
        exacte = isinstance(noeud, ast.FormattedValue) and "%f" in ast.unparse(
            noeud.format_spec
        )  # une clé, pas un jour
        if isinstance(vise, ast.Attribute) and vise.attr in noms and not exacte:
            fautes.append(ast.unparse(noeud))
    return fautes


def test_un_jour_est_celui_de_paris():
    """À 0 h 30, le 1er décembre, la base garde « 30 novembre, 23 h 30 » : `socle.nombres` ou `timezone.localdate` écrivent le jour."""
    fautes = {
        court(f): trouvees
        for f in fichiers()
        if court(f) not in LISENT_SANS_FUSEAU and (trouvees := jours_sans_fuseau(f.read_text(), instants()))
    }
    assert fautes == {}


@pytest.mark.parametrize(
    ("source", "fautif"),
    [
        ("f'{objet.cree_le:%d/%m/%Y}'", True),
        ("objet.depuis.date()", True),
        ("timezone.now().date()", True),
        ("objet.publie_le.strftime('%d/%m')", True),
        ("timezone.localtime(objet.cree_le).date()", False),
        ("f'{timezone.localdate(objet.cree_le):%d/%m/%Y}'", False),
        ("f'{marche.debut:%d/%m/%Y}'", False),
    ],
)
def test_la_regle_des_jours_voit_ce_qu_elle_doit_voir(source, fautif):
    assert bool(jours_sans_fuseau(source, instants())) is fautif


def test_une_date_dite_par_quelqu_un_se_lit_par_le_lecteur_de_la_maison():
    """`fromisoformat` prend l'an 26 pour une année : il ne relit que ce que la maison a écrit, jamais une requête ni une commande."""
    trouves = [
        f"{court(chemin)}:{numero}"
        for chemin in fichiers()
        for numero, ligne in enumerate(chemin.read_text().splitlines(), start=1)
        if "strptime(" in ligne or ("fromisoformat(" in ligne and ("request." in ligne or "management" in chemin.parts))
    ]
    assert trouves == []
