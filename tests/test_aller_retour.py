"""Ce qui est tapé est enregistré : chaque formulaire qui modifie un objet, champ par champ, par la porte que prennent les gens.

Les pages sont lues dans le résolveur : toute `EditionView`, nouvelle ou ancienne, est essayée. Pour chacune : la page est
ouverte, ses valeurs lues dans son HTML (ce qu'un formulaire n'envoie pas s'y voit), un champ changé, envoyé, puis relu sur la
page, en base et au journal ; les mêmes valeurs renvoyées n'écrivent rien ; deux onglets ne s'effacent pas l'un l'autre.
"""

import ast
import datetime
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.messages import get_messages
from django.db import connection, models, transaction
from django.forms import BaseModelForm
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from comptes.enums import Role
from recrutement.models import Offre
from socle.envois import CHAMP_ORGANISATION
from socle.models import EntreeJournal
from socle.services.clair import se_tait
from socle.services.journal import phrase_de
from socle.versions import CHAMP_VERSION, DEPASSEE
from socle.views import EditionView, GesteView
from socle.views.bases import RIEN_N_A_CHANGE
from tests.arbre_html import Document, Element
from tests.client_strict import ClientStrict
from tests.fabriques.marches import FicheMaitreOuvrageFactory, MaitreOuvrageFactory, MarcheFactory
from tests.fabriques.parcours import QuestionFactory
from tests.matrice_acces import MATRICE, Ligne
from tests.monde import Monde, construire_monde

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pdf_sans_mise_en_page")]
TECHNIQUES = {"csrfmiddlewaretoken", "jeton_envoi", CHAMP_VERSION, CHAMP_ORGANISATION}

# Ce qu'un champ accepte, quand ses règles ne se devinent pas.
VALEURS = {
    "commune": ["La Hague", "Cherbourg-en-Cotentin"],
    "metier": ["F1703", "F1606"],
    "metiers_0": ["F1703", "F1606"],
    "metiers_1": ["F1606"],
    "metiers_2": ["K2204"],
    "metiers_3": ["N4105"],
    "siret": ["732 829 320 00074"],
    "familles_rome": ["F16 F17"],
    "identifiant_decp": ["20261234567890"],
    "source_url": ["https://exemple.fr/aide"],
    "date_naissance": ["1991-02-03"],
}
# Un champ dont la valeur en demande une autre : elles se changent ensemble.
ENSEMBLE = {
    ("marches:lot_modifier", "assiette"): {"euros_par_heure": "2000"},
    ("recrutement:contrat_modifier", "fin_reelle"): {"motif_fin": "autre"},
    ("suivi:point", "en_formation"): {"situation": "cdi"},
    ("suivi:point", "precision"): {"situation": "cdi"},
    ("suivi:point_referent", "en_formation"): {"situation": "cdi"},
    ("suivi:point_referent", "precision"): {"situation": "cdi"},
}
# Une page qui s'ouvre sur un objet enregistré sans le modifier champ par champ, et pourquoi.
SANS_ALLER_RETOUR = {
    "marches:projet_lots": "des lignes entières, dont une seule case ne dit rien : tests/marches/test_lots_de_l_achat.py",
    "territoires:definir": "se redit au plus court, pas comme il fut tapé : tests/territoires/test_definir.py",
    "territoires:definir_pour": "se redit au plus court, pas comme il fut tapé : tests/territoires/test_definir.py",
    "suivi:depart_confirmer": "un geste : le contrat s'arrête au jour annoncé",
    "recrutement:besoin_ecarter": "un geste : une raison écrite une fois",
}
# Un champ qui parle de l'envoi, et que la page ne remontre pas.
DE_L_ENVOI = {("marches:modele_clause", "note")}
SANS_JOURNAL = {
    "comptes:mon_compte": "chacun est seul à se modifier",
    "reprise:brouillon": "une ligne de liste n'a pas de journal : elle disparaît, confiée ou périmée",
    "suivi:point": "le journal dit la situation connue, sans la situation",
    "suivi:point_referent": "le journal dit la situation connue, sans la situation",
    "reporting:textes": "le journal dit la version écrite : le texte est dans le bilan",
    "marches:modele_clause": "chaque texte est une version, gardée avec son auteur",
}


def vue_de(ligne: Ligne):
    return getattr(resolve(adresse_type(ligne)).func, "view_class", None)


def adresse_type(ligne: Ligne) -> str:
    return reverse(ligne.nom, args=ligne.objet(_Quelconque()) if ligne.objet else [])


class _Quelconque:
    """N'importe quel objet, pour retrouver la vue d'une adresse."""

    uuid = "00000000-0000-0000-0000-000000000000"
    pk = 0

    def __getattr__(self, nom: str) -> "_Quelconque":
        return self

    def __getitem__(self, cle) -> "_Quelconque":
        return self

    def __call__(self, *args) -> "_Quelconque":
        return self

    def __str__(self) -> str:
        return "quelconque"


FORMULAIRES = [ligne for ligne in MATRICE if not ligne.externe and ligne.get == 200 and ligne.post != 405]
EDITIONS = [ligne for ligne in FORMULAIRES if (vue := vue_de(ligne)) and issubclass(vue, EditionView)]


@dataclass
class Page:
    """Un formulaire tel qu'un navigateur le lirait : ce qu'il enverrait, et ses champs."""

    donnees: dict[str, list[str]] = field(default_factory=dict)
    controles: dict[str, list[Element]] = field(default_factory=dict)
    texte: str = ""

    @classmethod
    def lue(cls, html: bytes) -> "Page":
        (principal,) = Document(html.decode()).balises("main")
        formulaire = next(form for form in principal.descendants("form") if _se_poste(form))
        page = cls(texte=principal.texte())
        for controle in formulaire.descendants("input", "select", "textarea"):
            nom, genre = controle.get("name"), controle.get("type")
            if not nom or "disabled" in controle.attributs or genre in ("submit", "file"):
                continue
            page.donnees.setdefault(nom, []).extend(_envoyees(controle))
            if genre != "hidden":
                page.controles.setdefault(nom, []).append(controle)
        page.donnees = {nom: valeurs for nom, valeurs in page.donnees.items() if valeurs}
        return page

    def montre(self) -> dict[str, list[str]]:
        """Ce qu'on y lit : les cases d'un même champ ensemble, un nombre quelle que soit son écriture."""
        montrees: dict[str, list[str]] = {}
        for nom, valeurs in self.donnees.items():
            if nom not in TECHNIQUES:
                montrees.setdefault(_sans_rang(nom), []).extend(filter(None, map(_lue, valeurs)))
        return {nom: sorted(valeurs) for nom, valeurs in montrees.items() if valeurs}

    def changee(self, changements: dict[str, str | list[str]]) -> dict[str, list[str]]:
        """Ce qu'enverrait la page une fois ces champs changés ; l'envoi est neuf."""
        voulues = {nom: v if isinstance(v, list) else [v] for nom, v in changements.items()}
        return {**self.donnees, **voulues, "jeton_envoi": [uuid.uuid4().hex]}

    def candidates(self, nom: str) -> Iterator[str | list[str]]:
        """D'autres valeurs d'un champ, de la plus ordinaire à la plus rare."""
        if nom in VALEURS:
            yield from VALEURS[nom]
            return
        controle, actuelles = self.controles[nom][0], self.donnees.get(nom, [])
        genre = controle.get("type") or controle.nom
        if genre in ("checkbox", "radio"):
            yield from self._cases(nom, genre, actuelles)
        elif controle.nom == "select":
            valeurs = [option.get("value") for option in controle.descendants("option")]
            yield from [valeur for valeur in (*filter(None, valeurs), "") if [valeur] != (actuelles or [""])]
        else:
            yield from _tapees(controle, genre, (actuelles or [""])[0])

    def _cases(self, nom: str, genre: str, actuelles: list[str]) -> Iterator[str | list[str]]:
        valeurs = [case.attributs.get("value", "on") for case in self.controles[nom]]
        if genre == "radio":
            yield from [valeur for valeur in valeurs if [valeur] != actuelles]
        elif len(valeurs) == 1:
            yield [] if actuelles else valeurs
        else:
            for valeur in valeurs:
                yield [v for v in valeurs if (v in actuelles) != (v == valeur)]


def _sans_rang(nom: str) -> str:
    return re.sub(r"_\d$", "", nom)


def _lue(valeur: str) -> str:
    compacte = re.sub(r"[\s\u202f]", "", valeur).replace(",", ".")
    return f"{float(compacte):f}" if re.fullmatch(r"-?\d+(\.\d+)?", compacte) else valeur.strip()


def _se_poste(formulaire: Element) -> bool:
    return formulaire.get("method") == "post" and any(formulaire.descendants("button"))


def _envoyees(controle: Element) -> list[str]:
    if controle.nom == "textarea":
        return ["\r\n".join(controle.texte().removeprefix("\r").removeprefix("\n").splitlines())]
    if controle.nom == "select":
        options = list(controle.descendants("option"))
        choisies = [option for option in options if "selected" in option.attributs]
        if not choisies and "multiple" not in controle.attributs:
            choisies = options[:1]
        return [option.get("value") for option in choisies]
    if controle.get("type") in ("checkbox", "radio"):
        return [controle.attributs.get("value", "on")] if "checked" in controle.attributs else []
    return [controle.get("value")]


def _tapees(controle: Element, genre: str, actuelle: str) -> Iterator[str]:
    if genre == "date":
        jour = datetime.date.fromisoformat(actuelle) if actuelle else datetime.date(2026, 6, 15)
        yield from [(jour + datetime.timedelta(days=ecart)).isoformat() for ecart in (1, -1, 40, -40, 400, -400)]
    elif genre == "month":
        yield from ("2026-02", "2026-03")
    elif genre == "number" or controle.get("inputmode") in ("decimal", "numeric"):
        nombre = Decimal(re.sub(r"\s", "", actuelle).replace(",", ".") or 10)
        yield from [str(max(Decimal(0), nombre + ecart)) for ecart in (1, -1, 5, -5, 30)]
    elif genre == "email" or "courriel" in controle.get("name"):
        yield "autre@exemple.fr"
    elif genre == "tel" or "telephone" in controle.get("name"):
        yield "02 33 01 02 03"
    else:
        long = int(controle.get("maxlength") or 4000)
        yield from [f"{actuelle} bis".strip()[:long], "Bis"[:long]]


class Essai:
    """Une page d'édition, une personne, un monde : chaque geste se défait."""

    def __init__(self, ligne: Ligne, monde: Monde, role: Role):
        self.ligne, self.monde = ligne, monde
        self.client = ClientStrict()
        self.client.force_login(monde.personne(role))
        self.adresse = reverse(ligne.nom, args=ligne.objet(monde.nous) if ligne.objet else [])
        if ligne.requete:
            self.adresse += f"?{ligne.requete}"

    def ouvrir(self) -> Page:
        reponse = self.client.get(self.adresse)
        assert reponse.status_code == 200, self.ligne.nom
        self.form = reponse.context["form"]
        return Page.lue(reponse.content)

    def envoyer(self, donnees: dict[str, list[str]]):
        return self.client.post(self.adresse, donnees)

    def changer(self, page: Page, nom: str, *, sauf: tuple = ()) -> "Iterator[Change]":
        """Change ce champ (et ce qui va avec) pour la première valeur que la page enregistre ; tout est défait ensuite."""
        for valeur in page.candidates(nom):
            changements = {nom: valeur, **ENSEMBLE.get((self.ligne.nom, nom), {})}
            if valeur in sauf:
                continue
            with defait():
                avant = EntreeJournal.objects.count()
                self.reponse = self.envoyer(page.changee(changements))
                if self.reponse.status_code == 302 and (relue := self.ouvrir()).montre() != page.montre():
                    entrees = EntreeJournal.objects.all()[: EntreeJournal.objects.count() - avant]
                    yield Change(nom, changements, self.reponse, relue, list(entrees))
                    return

    def changement(self, page: Page, nom: str, *, sauf: tuple = ()) -> dict | None:
        return next((change.changements for change in self.changer(page, nom, sauf=sauf)), None)


@dataclass
class Change:
    """Un champ changé : ce qui a été envoyé, ce que la page a répondu, ce qu'elle montre, ce que le journal en dit."""

    nom: str
    changements: dict[str, str | list[str]]
    reponse: HttpResponse
    relue: Page
    entrees: list[EntreeJournal]


@contextmanager
def defait() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def completer(monde: Monde) -> None:
    """De quoi choisir autre chose partout : un second acheteur, un autre marché de la convention, un besoin à venir."""
    acheteur = MaitreOuvrageFactory(nom="Département")
    FicheMaitreOuvrageFactory(structure=monde.structure, maitre_ouvrage=acheteur)
    for reference in ("2026-070", "2026-071"):
        marche = MarcheFactory(structure=monde.structure, reference=reference, maitre_ouvrage=acheteur)
        monde.convention.marches.add(marche)
    debut = timezone.localdate() + datetime.timedelta(days=60)
    Offre.objects.filter(pk=monde.besoin.pk).update(debut=debut, fin=None)
    monde.nous.question = QuestionFactory(structure=monde.structure, texte="Et la sécurité ?")


@pytest.fixture(scope="module")
def partage(django_db_setup, django_db_blocker) -> Iterator[Monde]:
    with django_db_blocker.unblock(), transaction.atomic():
        monde = construire_monde()
        completer(monde)
        yield monde
        transaction.set_rollback(True)


def essais() -> list:
    essayees = [ligne for ligne in EDITIONS if ligne.nom not in SANS_ALLER_RETOUR]
    return [pytest.param(ligne, role, id=f"{ligne.nom}-{role}") for ligne in essayees for role in _roles(ligne)]


def _roles(ligne: Ligne) -> list[Role]:
    """Un rôle par sorte de gens : une personne de la structure, puis chacun des partenaires."""
    de_la_structure = [role for role in (Role.RESPONSABLE, Role.EDITION) if role in ligne.acces][:1]
    autres = sorted(ligne.acces - {Role.EDITION, Role.RESPONSABLE, Role.LECTURE})
    return [*de_la_structure, *autres][: 1 if ligne.nom == "comptes:mon_compte" else None]


@pytest.mark.parametrize(("ligne", "role"), essais())
def test_chaque_champ_fait_l_aller_retour(ligne: Ligne, role: Role, partage: Monde):
    essai = Essai(ligne, partage, role)
    page = essai.ouvrir()
    champs = [nom for nom in page.controles if (ligne.nom, nom) not in DE_L_ENVOI]
    assert champs, "aucun champ à changer"
    fautes = [faute for nom in champs for faute in _aller_retour(essai, page, nom)]
    assert not fautes, f"{ligne.nom} :\n  " + "\n  ".join(fautes)


def _aller_retour(essai: Essai, page: Page, nom: str) -> Iterator[str]:
    change = None
    for change in essai.changer(page, nom):
        if _dit(change.reponse) == [RIEN_N_A_CHANGE]:
            yield f"{nom} : enregistré, la page dit le contraire"
        yield from _ecarts_de_page(page, change)
        yield from _fautes_de_journal(essai, change)
        with CaptureQueriesContext(connection) as requetes:
            seconde = essai.envoyer(change.relue.changee({}))
        if seconde.status_code != 302 or _dit(seconde) != [RIEN_N_A_CHANGE]:
            yield f"{nom} : les mêmes valeurs renvoyées : {_ce_que_dit(seconde)}"
        yield from [f"{nom} : les mêmes valeurs renvoyées écrivent : {sql}" for sql in _ecritures(requetes)]
    if change is None:
        yield f"{nom} : aucune autre valeur n'est enregistrée (dernier essai : {_ce_que_dit(essai.reponse)})"


def _ecarts_de_page(page: Page, change: Change) -> Iterator[str]:
    montrees, relues = page.montre(), change.relue.montre()
    voulus = set(map(_sans_rang, change.changements))
    for champ in sorted(montrees.keys() | relues.keys()):
        if champ not in voulus and montrees.get(champ) != relues.get(champ):
            yield f"{champ} : changé sans qu'on l'ait touché ({montrees.get(champ)} → {relues.get(champ)})"


def _fautes_de_journal(essai: Essai, change_fait: Change) -> Iterator[str]:
    nom, entrees = change_fait.nom, change_fait.entrees
    if essai.ligne.nom in SANS_JOURNAL:
        return
    if not entrees:
        yield f"{nom} : rien au journal"
        return
    nom = nom if nom in essai.form.fields else _sans_rang(nom)
    changes = {c["champ"]: c for entree in entrees for c in entree.donnees.get("changements", [])}
    champ = _champ_du_modele(essai.form, nom)
    change = changes.get(nom) or (next(iter(changes.values())) if champ is None and len(changes) == 1 else None)
    if change is None:
        yield f"{nom} : le journal n'en dit rien ({changes})"
    elif champ is not None and se_tait(champ):
        if "apres" in change:
            yield f"{nom} : le journal garde une valeur qu'il ne doit pas garder"
    elif champ is not None and change["avant"] == change["apres"]:
        yield f"{nom} : le journal dit {change['avant']} → {change['apres']}"
    if change and not any(change["libelle"] in phrase_de(entree) for entree in entrees):
        yield f"{nom} : le journal ne se lit pas"


def _champ_du_modele(form, nom: str) -> models.Field | None:
    if not isinstance(form, BaseModelForm):
        return None
    return next(
        (
            champ
            for champ in (*form._meta.model._meta.fields, *form._meta.model._meta.many_to_many)
            if champ.name == nom
        ),
        None,
    )


def _ecritures(requetes) -> list[str]:
    ecritures = (r["sql"] for r in requetes if r["sql"].startswith(("INSERT", "UPDATE", "DELETE")))
    return [sql[:90] for sql in ecritures if "django_session" not in sql]


def _dit(reponse) -> list[str]:
    return [str(message) for message in get_messages(reponse.wsgi_request)]


def _ce_que_dit(reponse) -> str:
    if reponse.status_code != 200:
        return f"{reponse.status_code} {_dit(reponse)}"
    arbre = BeautifulSoup(reponse.content, "html.parser")
    return " | ".join(e.get_text(" ", strip=True) for e in arbre.select(".invalid-feedback, .resume-erreurs, .alert"))[
        :300
    ]


@pytest.mark.un_moteur
@pytest.mark.parametrize(("ligne", "role"), essais())
def test_deux_onglets_ne_s_effacent_pas(ligne: Ligne, role: Role, partage: Monde):
    """Le premier enregistre ; le second l'apprend, garde ce qu'il a tapé, et enregistre en connaissance de cause."""
    essai = Essai(ligne, partage, role)
    page = essai.ouvrir()
    champs = [nom for nom in page.controles if (ligne.nom, nom) not in DE_L_ENVOI]
    le_premier = next(filter(None, (essai.changement(page, nom) for nom in champs)))
    (nom, valeur), autres = next(iter(le_premier.items())), [c for c in champs if c not in le_premier]
    le_second = next(filter(None, (essai.changement(page, autre) for autre in autres)), None)
    if le_second is None or le_second.keys() & le_premier.keys():
        le_second = essai.changement(page, nom, sauf=(valeur,))
    with defait():
        assert essai.envoyer(page.changee(le_premier)).status_code == 302
        apres_le_premier = essai.ouvrir().montre()
        assert essai.envoyer(page.changee(le_premier)).status_code == 302, "les mêmes valeurs ne sont pas un conflit"
        if le_second is None:
            return  # une seule autre valeur possible : les deux onglets tapent la même chose
        refus = essai.envoyer(page.changee(le_second))
        assert refus.status_code == 200 and DEPASSEE in refus.content.decode().replace("&#x27;", "'")
        rendue = Page.lue(refus.content)
        assert "Enregistré entre-temps" in rendue.texte
        tapees = {c: [v] if isinstance(v, str) else v for c, v in le_second.items()}
        assert {c: rendue.donnees.get(c, []) for c in tapees} == tapees, "ce qui est tapé reste"
        assert essai.ouvrir().montre() == apres_le_premier, "rien n'est effacé"
        assert essai.envoyer(rendue.changee({})).status_code == 302
        finales = essai.ouvrir().montre()
        assert finales != apres_le_premier


def test_une_page_ouverte_sur_un_objet_le_modifie_par_la_seule_voie(partage: Monde):
    """Un formulaire rempli d'un objet enregistré est une `EditionView`, ou dit pourquoi il n'en est pas une."""
    inconnues = []
    for ligne in FORMULAIRES:
        vue = vue_de(ligne)
        if vue is None or issubclass(vue, EditionView) or ligne.nom in SANS_ALLER_RETOUR or ligne.anonyme == 200:
            continue
        role = next(role for role in Role if role in ligne.acces)
        reponse = Essai(ligne, partage, role).client.get(
            reverse(ligne.nom, args=ligne.objet(partage.nous) if ligne.objet else [])
        )
        form = reponse.context["form"] if reponse.context and "form" in reponse.context else None
        if isinstance(form, BaseModelForm) and form.instance.pk and not issubclass(vue, GesteView):
            inconnues.append(ligne.nom)
        elif isinstance(form, BaseModelForm) and form.instance.pk:
            inconnues.append(f"{ligne.nom} (geste)")
    assert not inconnues, inconnues


QUI_MODIFIENT = ("modifier_", "regler_", "deplacer_", "choisir_", "corriger_")
VERROUS = (
    "verrouiller(",
    "verrouiller_les_reglages(",
    "select_for_update(",
    "_modifier(",
    "_tenir(",
    "_tenir_l_avenant(",
    "tenir_le_dossier(",
)


def test_tout_service_qui_modifie_relit_sa_ligne_sous_verrou():
    """L'objet reçu n'est que ce que quelqu'un a vu : ce qui compte est la ligne, relue."""
    racine = Path(settings.BASE_DIR)
    fichiers = [f for app in settings.APPS_DU_PROJET for f in racine.glob(f"{app}/services*/**/*.py")]
    fichiers += [f for app in settings.APPS_DU_PROJET for f in racine.glob(f"{app}/services.py")]
    fautifs = [
        f"{fichier.relative_to(racine)} {fonction.name}"
        for fichier in fichiers
        for fonction in ast.parse(fichier.read_text()).body
        if isinstance(fonction, ast.FunctionDef)
        and fonction.name.startswith(QUI_MODIFIENT)
        and fichier.parts[-3] != "socle"
        and not any(verrou in ast.unparse(fonction) for verrou in VERROUS)
    ]
    assert fichiers and not fautifs, fautifs
