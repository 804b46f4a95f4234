"""Aucun texte n'est un programme : un monde dont chaque texte est un gabarit et une balise se lit partout tel qu'il est écrit."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.cookies import SimpleCookie

import pypdf
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import TestCase
from django.urls import resolve, reverse
from django.utils.module_loading import import_string

from clauses_sociales.celery import app
from cloture.models import Attestation, MiseEnDemeure, Penalite
from cloture.rendu import rendre_attestation, rendre_lettre, rendre_mise_en_demeure
from comptes.enums import Role
from declarations.services.liens import USAGE_DECLARATION
from parcours.services.points import USAGE_SITUATION
from parcours.services.questionnaires import USAGE_QUESTIONNAIRE
from recrutement.services.offres import USAGE_REPONSE
from reporting.enums import Presentation
from reporting.models import Bilan
from reporting.rendu.pdf.document import rendre_bilan
from socle import pdf
from socle.models import Courriel, Document
from socle.validateurs import valider_nom
from socle.views import ListeView
from tests import canaris
from tests.canaris import BALISE, CANARI, COMPILE, ECRIT, nom_complet
from tests.client_strict import ClientStrict
from tests.fabriques.socle import LienFactory
from tests.matrice_acces import MATRICE, Ligne
from tests.monde import Cote, Monde, construire_monde

pytestmark = [pytest.mark.django_db, pytest.mark.un_moteur]
LUES = [ligne for ligne in MATRICE if not ligne.externe and (ligne.get == 200 or ligne.selon)]
ECRITES = [ligne for ligne in MATRICE if not ligne.externe and ligne.post in (200, 302)]
DU_COMPTE = [ligne for ligne in MATRICE if ligne.externe and ligne.get == 200]


NOMS = [
    champ for modele in apps.get_models() for champ in modele._meta.concrete_fields if valider_nom in champ.validators
]
TAPE = f"tapé {ECRIT}"  # les canaris de la base commencent par le rang de leur ligne


class Volee:
    """Le monde des canaris, une session par personne, et ce qui s'est lu."""

    def __init__(self):
        self.monde: Monde = construire_monde()
        self.clients = {qui: ClientStrict(controler=False, raise_request_exception=False) for qui in (*Role, None)}
        self._temoins = {None: {}}
        for role in Role:
            self.clients[role].force_login(self.monde.personne(role))
            self._temoins[role] = {nom: t.value for nom, t in self.clients[role].cookies.items()}
        self.textes = canaris.canariser(self.monde.acteur("responsable"))
        self.vus: set[str] = set()
        self.fautes: list[str] = []

    @property
    def cote(self) -> Cote:
        return self.monde.nous

    @contextmanager
    def essai(self, role: Role | None) -> Iterator[ClientStrict]:
        client = self.clients[role]
        client.cookies = SimpleCookie(self._temoins[role])
        with transaction.atomic():
            yield client
            transaction.set_rollback(True)

    def lire(self, titre: str, reponse) -> None:
        if reponse.status_code >= 500:
            self.fautes.append(f"{titre} : {reponse.status_code}")
        self.examiner(titre, reponse.getvalue(), html="html" in reponse.headers.get("Content-Type", ""))
        _fermer(reponse)

    def examiner(self, titre: str, corps: bytes, *, html: bool) -> None:
        """Un classeur et un DOCX sont du XML dans une archive : une balise n'y est pas plus permise."""
        if corps[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(corps)) as archive:
                for nom in archive.namelist():
                    self.examiner(f"{titre} ({nom})", archive.read(nom), html=nom.endswith((".xml", ".rels")))
            return
        texte = corps.decode(errors="ignore")
        if COMPILE in texte:
            self.fautes.append(f"{titre} : un texte est compilé")
        if html and BALISE in texte:
            place = texte.index(BALISE)
            self.fautes.append(f"{titre} : une balise passe, …{texte[max(0, place - 80) : place + 30]}…")
        if ECRIT in unescape(texte):
            self.vus.add(titre.split(" ")[0])

    def conclure(self) -> None:
        fautes, self.fautes = self.fautes, []
        if fautes:
            pytest.fail("\n".join(fautes), pytrace=False)


def _fermer(reponse) -> None:
    if fichier := getattr(reponse, "file_to_stream", None):
        fichier.close()


@pytest.fixture(scope="module")
def volee(django_db_setup, django_db_blocker) -> Iterator[Volee]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield Volee()
        transaction.set_rollback(True)


def adresse(ligne: Ligne, cote: Cote) -> str:
    chemin = reverse(ligne.nom, args=ligne.objet(cote) if ligne.objet else [])
    return f"{chemin}?{ligne.requete}" if ligne.requete else chemin


EXPORTS = {
    "reporting:mes_chiffres": ["?export=xlsx"],
    "reporting:reseau": ["?export=xlsx"],
}


def exports(ligne: Ligne) -> list[str]:
    """Les fichiers que la page donne, en plus d'elle."""
    if ligne.nom in EXPORTS:
        return EXPORTS[ligne.nom]
    vue = getattr(resolve(reverse(ligne.nom)).func, "view_class", object) if not ligne.objet else object
    return ["?export=csv", "?export=xlsx"] if issubclass(vue, ListeView) else []


def test_chaque_texte_du_monde_est_un_canari(volee):
    assert volee.textes > 500
    assert {"comptes.Utilisateur.nom", "beneficiaires.Beneficiaire.prenom", "marches.Marche.objet"} <= set(
        canaris.textes_gardes()
    )
    inconnus = (canaris.SANS_CANARI | canaris.JSON_SANS_TEXTE).keys()
    assert all(raison for raison in (canaris.SANS_CANARI | canaris.JSON_SANS_TEXTE).values())
    assert not inconnus & set(canaris.textes_gardes())


def test_chaque_page_de_chaque_role(volee):
    for ligne in LUES:
        for role in (*Role, None):
            if role in ligne.acces or ligne.inconnu == 200:
                with volee.essai(role) as client:
                    for suite in ("", *(exports(ligne) if ligne.nom not in volee.vus else ())):
                        chemin = adresse(ligne, volee.cote) + suite
                        volee.lire(f"{ligne.nom} {role} {suite}", client.get(chemin))
    for ligne in DU_COMPTE:
        with volee.essai(Role.RESPONSABLE) as client:
            volee.lire(ligne.nom, client.get(adresse(ligne, volee.cote)))
    assert len(volee.vus) > 120
    volee.conclure()


LIENS = {
    USAGE_DECLARATION: lambda c: c.fiche,
    USAGE_REPONSE: lambda c: c.offre,
    USAGE_SITUATION: lambda c: c.point,
    USAGE_QUESTIONNAIRE: lambda c: c.questionnaire,
}
PAR_LIEN = {
    "suivi:mes_declarations_par_lien": lambda c: [c.fiche.uuid],
    "suivi:declarer_par_lien": lambda c: [c.fiche.uuid, c.mois_attendu.uuid],
    "suivi:verifier_par_lien": lambda c: [c.fiche.uuid, c.mois_declare.uuid],
    "suivi:code_par_lien": lambda c: [c.fiche.uuid, c.mois_attendu.uuid],
    "recrutement:reponse_par_lien": lambda c: [c.offre.uuid],
    "suivi:point_par_lien": lambda c: [c.point.uuid],
    "suivi:questionnaire_par_lien": lambda c: [c.questionnaire.uuid],
}


def test_chaque_page_ouverte_par_un_lien(volee):
    with volee.essai(None) as client:
        for usage, objet in LIENS.items():
            LienFactory(structure=volee.cote.structure, usage=usage, objet_uuid=objet(volee.cote).uuid, jeton=usage)
            volee.lire(f"lien {usage}", client.get(reverse("lien", args=[usage])))
            volee.lire(f"lien {usage}", client.post(reverse("lien", args=[usage]), follow=True))
        for nom, objet in PAR_LIEN.items():
            volee.lire(nom, client.get(reverse(nom, args=objet(volee.cote))))
    assert set(PAR_LIEN) - volee.vus <= {"suivi:code_par_lien"}
    volee.conclure()


def test_chaque_geste_et_ce_qu_il_ecrit(volee, pdf_sans_mise_en_page):
    """Chaque formulaire reçoit des canaris, chaque verbe ses données : page, courriels et documents se lisent."""
    for ligne in ECRITES:
        role = next(role for role in Role if role in ligne.acces)
        with volee.essai(role) as client:
            avant = (
                set(Courriel.objects.values_list("pk", flat=True)),
                set(Document.objects.values_list("pk", flat=True)),
            )
            chemin = adresse(ligne, volee.cote)
            donnees = ligne.donnees(volee.cote) or _saisie(client, ligne, chemin)
            volee.lire(f"{ligne.nom} POST", client.post(chemin, donnees, follow=True))
            _lire_ce_qui_est_ecrit(volee, ligne.nom, *avant)
            entres = [
                nom_complet(c) for c in NOMS if c.model._base_manager.filter(**{f"{c.name}__contains": TAPE}).exists()
            ]
            assert entres == [], f"{ligne.nom} garde un nom qui est un programme"
    volee.conclure()


def test_chaque_travail_periodique(volee, pdf_sans_mise_en_page):
    """Au début d'un trimestre, quand tout est dû : rappels, bilans à préparer, points, fins de conservation."""
    with volee.essai(None), time_machine.travel("2027-01-15T09:30:00+01:00"):
        for nom, passage in app.conf.beat_schedule.items():
            avant = (
                set(Courriel.objects.values_list("pk", flat=True)),
                set(Document.objects.values_list("pk", flat=True)),
            )
            with TestCase.captureOnCommitCallbacks(execute=True):
                import_string(passage["task"])()
            _lire_ce_qui_est_ecrit(volee, nom, *avant)
    volee.conclure()


def test_un_courriel_de_la_maison_n_est_que_du_texte():
    """La protection y est coupée : un courriel en HTML la demanderait."""
    gabarits = [chemin for chemin in (settings.BASE_DIR / "templates/courriels").rglob("*") if chemin.is_file()]
    assert {chemin.suffix for chemin in gabarits} == {".txt"}


def _saisie(client: ClientStrict, ligne: Ligne, chemin: str) -> dict:
    """Les valeurs que la page propose, et le canari dans chaque champ de texte."""
    if ligne.get != 200:
        return {}
    reponse = client.get(chemin)
    octets = reponse.getvalue()
    _fermer(reponse)
    page = BeautifulSoup(octets.decode(errors="ignore"), "html.parser").main
    if page is None:
        return {}
    saisie = {}
    for champ in page.find_all(["input", "textarea", "select"]):
        if champ.get("name") in (None, "csrfmiddlewaretoken") or champ.get("type") in ("submit", "file"):
            continue
        choix = champ.find("option", selected=True) or (champ.find_all("option") or [None])[-1]
        if champ.name == "select":
            saisie[champ["name"]] = choix["value"] if choix else ""
        elif champ.name == "textarea" or champ.get("type") == "text":
            saisie[champ["name"]] = (
                f"tapé {CANARI}"[: int(champ.get("maxlength") or 500)] if _est_libre(champ) else champ.get("value", "")
            )
        elif champ.get("type") not in ("checkbox", "radio") or champ.has_attr("checked"):
            saisie[champ["name"]] = champ.get("value", "on")
    return saisie


def _est_libre(champ) -> bool:
    """Un texte, pas un nombre, une date ou un code tapés."""
    return not champ.get("inputmode") and not champ.get("placeholder")


def _lire_ce_qui_est_ecrit(volee: Volee, titre: str, courriels: set[int], documents: set[int]) -> None:
    for courriel in Courriel.objects.exclude(pk__in=courriels):
        volee.examiner(f"courriel {titre}", f"{courriel.sujet}\n{courriel.corps}".encode(), html=False)
        volee.examiner(f"courriel {titre}", courriel.corps_html.encode(), html=True)
        assert "\n" not in courriel.sujet
    for document in Document.objects.exclude(pk__in=documents).exclude(fichier=""):
        with document.fichier.open() as fichier:
            octets = fichier.read()
        volee.examiner(f"document {titre}", octets, html=octets.lstrip()[:9].lower() == b"<!doctype")


def test_chaque_pdf(volee, monkeypatch):
    """Le HTML d'abord : c'est là qu'un texte s'exécuterait ; puis ce que le PDF donne à lire."""
    gabarits: list[str] = []

    def rendre(gabarit, contexte):
        html = rendu(gabarit, contexte)
        gabarits.append(gabarit)
        volee.examiner(f"{gabarit} html", html.encode(), html=True)
        return html

    rendu = pdf.render_to_string
    monkeypatch.setattr(pdf, "render_to_string", rendre)
    bilan = Bilan.objects.get(pk=volee.cote.bilan_publie.pk)
    octets = [
        rendre_lettre(Penalite.objects.get(pk=volee.cote.penalite.pk)),
        rendre_mise_en_demeure(MiseEnDemeure.objects.get(pk=volee.cote.mise_en_demeure.pk)),
        rendre_attestation(Attestation.objects.get(pk=volee.cote.attestation.pk)),
        rendre_bilan(bilan.donnees, Presentation.GRAND_PUBLIC),
    ]
    for gabarit, document in zip(gabarits, octets, strict=True):
        lu = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages).replace("\n", "")
        assert COMPILE not in lu and ECRIT.replace(" ", "") in lu.replace(" ", ""), gabarit
    volee.conclure()
