"""Chaque travail du calendrier, trois structures dont une empoisonnée : les deux autres sont servies, l'échec est dit."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from beneficiaires.models import Beneficiaire, Domicile
from clauses_sociales.celery import app
from comptes.models import Organisation, Utilisateur
from declarations.models import ReglagesDeclaration
from decp.models import ImportDecp
from reporting.models import ReglagesBilan
from socle.models import Document, EchecTravail
from socle.services.lots import isoler, pour_chacun, travail
from tests.fabriques.beneficiaires import BeneficiaireFactory, DomicileFactory, NoteParcoursFactory
from tests.fabriques.cloture import PenaliteFactory
from tests.fabriques.comptes import OrganisationFactory, UtilisateurFactory
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.decp import AvisDecpFactory, ImportDecpFactory
from tests.fabriques.marches import EngagementFactory, MarcheFactory, PieceFactory
from tests.fabriques.parcours import PointSuiviFactory
from tests.fabriques.recrutement import ContratFactory, OffreFactory
from tests.fabriques.reprise import ListeConfieeFactory, RepriseFactory
from tests.fabriques.socle import CourrielFactory, DocumentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.deux_moteurs]
LE = datetime.date(2026, 10, 15)
IL_Y_A_LONGTEMPS = "2015-01-01T00:00Z"
SECRET = "Zoé Poulain"  # ce qu'une erreur pourrait citer, et que rien ne doit garder


def passer(tache: str) -> None:
    module, _, nom = tache.rpartition(".")
    getattr(import_module(module), nom)()


def trois(fabrique, **valeurs) -> list:
    return [fabrique(**valeurs) for _ in range(3)]


def vieillis(objets: list, **valeurs) -> list:
    for objet in objets:
        type(objet).objects.filter(pk=objet.pk).update(**valeurs)
    return objets


def secret_en_clair() -> Utilisateur:
    personne = UtilisateurFactory()
    Authenticator.objects.create(user=personne, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    return personne


def structures_des(objets: list) -> list[Organisation]:
    return [objet.lot.marche.structure for objet in objets]


def domiciles() -> list[Domicile]:
    return trois(DomicileFactory, situation="a_situer", prochain_essai_le=timezone.now())


def fiches_a_relancer() -> list:
    declarations = trois(DeclarationFactory, mois=datetime.date(2026, 9, 1), statut="attendue", echeance=LE)
    fiches = []
    for declaration in declarations:
        structure, entreprise = declaration.engagement.lot.marche.structure, declaration.engagement.entreprise
        ReglagesDeclaration.objects.get_or_create(structure=structure, defaults={"relances": True})
        fiches.append(entreprise.fiches.get_or_create(structure=structure)[0])
    return fiches


def structures_aux_points() -> list[Organisation]:
    structures = trois(OrganisationFactory)
    for structure in structures:
        ReglagesBilan.objects.create(structure=structure, envoie_le_point=True)
    return structures


def dossiers_au_terme() -> list[Beneficiaire]:
    return vieillis(trois(BeneficiaireFactory), cree_le=IL_Y_A_LONGTEMPS, fin_annoncee_le=datetime.date(2020, 1, 1))


def fichiers_decp() -> list[ImportDecp]:
    depots = trois(ImportDecpFactory)
    for depot in depots:
        depot.fichier.save("essai.json", ContentFile(b"[]"))
    return vieillis(depots, cree_le=IL_Y_A_LONGTEMPS)


@dataclass(frozen=True)
class Cas:
    """Un geste que fait un travail, objet par objet, et trois objets de trois structures qui l'attendent."""

    tache: str
    geste: str
    preparer: Callable[[], list]
    le: str = "2026-10-15T12:00:00+02:00"
    essais: int = 1


CAS = [
    Cas("socle.tasks.envoyer_courriels_en_attente", "socle.services.courriels._poster", lambda: trois(CourrielFactory)),
    Cas(
        "socle.tasks.reprendre_documents",
        "socle.services.documents.tache_du_document",
        lambda: vieillis(trois(DocumentFactory), modifie_le=IL_Y_A_LONGTEMPS),
    ),
    Cas(
        "socle.tasks.purger_documents",
        "socle.services.documents._vider",
        lambda: trois(DocumentFactory, pret=True, expire_le=timezone.now() - datetime.timedelta(days=1)),
    ),
    Cas(
        "socle.tasks.analyser_depots",
        "socle.services.analyses.analyser_le_depot",
        lambda: [PieceFactory(marche=MarcheFactory(), analyse="en_attente", fichier="") for _ in range(3)],
    ),
    Cas("beneficiaires.tasks.situer_domiciles", "beneficiaires.services.domiciles.situer_plus_tard", domiciles),
    Cas(
        "declarations.tasks.ouvrir_les_mois",
        "declarations.services.ouverture._ouvrir",
        lambda: structures_des(trois(EngagementFactory, heures_initiales=500)),
        essais=3,  # trois mois
    ),
    Cas(
        "declarations.tasks.relancer_les_entreprises",
        "declarations.relances.services.passage._passer",
        fiches_a_relancer,
    ),
    Cas(
        "declarations.tasks.relancer_les_entreprises",
        "declarations.relances.services.passage._paquets_dus",
        lambda: [fiche.structure for fiche in fiches_a_relancer()],
    ),
    Cas(
        "cloture.tasks.constater_les_lettres_parties",
        "cloture.lettres.services.constater_la_lettre",
        lambda: trois(
            PenaliteFactory, statut="lettre_prete", remise="", observations="", observations_le=None, lettre_le=None
        ),
    ),
    Cas(
        "cloture.tasks.demander_les_decisions_attendues",
        "cloture.penalites.services._demander_la_decision",
        lambda: trois(PenaliteFactory),
    ),
    Cas(
        "recrutement.tasks.rappeler_les_offres",
        "recrutement.services.offres._relancer",
        lambda: trois(OffreFactory, date_limite=LE + datetime.timedelta(days=2)),
    ),
    Cas("parcours.tasks.suivre_les_parcours", "parcours.services.points._preparer", lambda: trois(ContratFactory)),
    Cas(
        "parcours.tasks.suivre_les_parcours",
        "parcours.services.points._demander",
        lambda: trois(PointSuiviFactory, du_le=LE, contrat__debut="2020-01-01", contrat__fin_prevue="2020-02-01"),
    ),
    Cas(
        "parcours.tasks.suivre_les_parcours",
        "parcours.services.questionnaires._demander_a_chacun",
        lambda: trois(ContratFactory, fin_prevue=LE),
    ),
    Cas(
        "parcours.tasks.conserver_ou_anonymiser",
        "parcours.services.conservation.appliquer_la_conservation",
        lambda: trois(OrganisationFactory),
    ),
    Cas(
        "parcours.tasks.conserver_ou_anonymiser",
        "parcours.services.conservation.effacer_ce_qui_etait_joint",
        lambda: trois(OrganisationFactory),
    ),
    Cas("parcours.tasks.conserver_ou_anonymiser", "parcours.services.conservation._anonymiser", dossiers_au_terme),
    Cas(
        "reporting.tasks.preparer_les_bilans",
        "reporting.services.calendrier._preparer_si_possible",
        lambda: trois(OrganisationFactory),
        le="2027-02-15T12:00:00+01:00",
    ),
    Cas(
        "reporting.tasks.envoyer_les_points",
        "reporting.services.calendrier._points_de",
        structures_aux_points,
        le="2026-10-25T12:00:00+01:00",
    ),
    Cas(
        "decp.tasks.modifier_les_avis",
        "decp.services.modifications._appliquer",
        lambda: trois(AvisDecpFactory, modifications_a_venir=[], prochaine_modification_le=LE),
    ),
    Cas(
        "comptes.tasks.rechiffrer_les_secrets",
        "comptes.services.comptes._rechiffrer_ceux_de",
        lambda: [secret_en_clair() for _ in range(3)],
    ),
    Cas("decp.tasks.purger_imports", "decp.services.imports._effacer_le_fichier", fichiers_decp),
    Cas(
        "reprise.tasks.purger_reprises",
        "reprise.services.reprises._effacer",
        lambda: vieillis(trois(RepriseFactory), expire_le=IL_Y_A_LONGTEMPS),
    ),
    Cas(
        "reprise.tasks.purger_reprises",
        "reprise.services.listes._effacer",
        lambda: vieillis(
            trois(ListeConfieeFactory, prescripteur=OrganisationFactory(prescripteur=True)), expire_le=IL_Y_A_LONGTEMPS
        ),
    ),
]
# Une seule écriture en base, sans rien lire des lignes : aucune ne se traite à part, aucune n'arrête les autres.
D_UN_BLOC = {"socle.tasks.purger_courriels", "socle.tasks.purger_sessions", "exploitation.tasks.veiller"}
# Des fichiers, non des lignes : tests/socle/test_rebonds.py en empoisonne un.
DE_FICHIERS = {"socle.tasks.lire_les_rebonds"}


def test_chaque_travail_du_calendrier_est_essaye():
    prevues = {entree["task"] for entree in app.conf.beat_schedule.values()}
    assert prevues == {cas.tache for cas in CAS} | D_UN_BLOC | DE_FICHIERS


def _vises(arguments: Iterable[Any]) -> set[Any]:
    """Les objets d'un appel, ceux d'un paquet d'envois et leur fiche compris."""
    vises: set[Any] = set()
    for argument in arguments:
        if isinstance(argument, list | tuple):
            vises |= {envoi.fiche for envoi in argument}
        elif hasattr(argument, "_meta") or isinstance(argument, int):
            vises.add(argument)
    return vises


class Poison:
    """Prend la place du geste : lève pour l'un des trois objets, laisse passer les autres et les retient."""

    def __init__(self, geste: Callable, objets: list):
        self.geste, self.objets, self.actif, self.servis = geste, objets, True, set()

    def __call__(self, *arguments, **options):
        vises = _vises([*arguments, *options.values()])
        touches = {rang for rang, objet in enumerate(self.objets) if {objet, objet.pk} & vises}
        if self.actif and 1 in touches:
            raise OverflowError(SECRET)
        rendu = self.geste(*arguments, **options)
        self.servis |= touches
        return rendu


@pytest.mark.parametrize("cas", CAS, ids=lambda cas: cas.geste)
def test_une_structure_empoisonnee_n_arrete_pas_les_autres(cas, monkeypatch, horloge, caplog, settings):
    horloge.move_to(datetime.datetime.fromisoformat(cas.le))
    settings.ADRESSES_URL, settings.CLAMD_ADRESSE = "", "127.0.0.1:1"
    objets = cas.preparer()
    module, _, nom = cas.geste.rpartition(".")
    poison = Poison(getattr(import_module(module), nom), objets)
    monkeypatch.setattr(cas.geste, poison)
    passer(cas.tache)
    assert poison.servis == {0, 2}
    (echec,) = EchecTravail.objects.all()
    assert (echec.cle, echec.erreur, echec.essais) == (str(objets[1].uuid), "OverflowError", cas.essais)
    assert echec.cle in caplog.text and SECRET not in caplog.text
    poison.actif = False
    horloge.shift(datetime.timedelta(hours=1))
    vieillis([objet for objet in objets if isinstance(objet, Document)], modifie_le=IL_Y_A_LONGTEMPS)
    CourrielFactory._meta.model.objects.update(prochain_essai_le=timezone.now())
    passer(cas.tache)
    assert 1 in poison.servis and not EchecTravail.objects.exists()


def test_l_administrateur_voit_l_echec_sans_nom_et_les_essais_se_comptent(monde, connecte, horloge):
    def echouer(structure):
        raise ValueError(SECRET)

    @travail("Essai")
    def essai() -> int:
        return sum(pour_chacun([monde.structure], echouer))

    assert essai() == essai() == 0
    client, cle = connecte("administrateur"), str(monde.structure.uuid)
    assert "1 ligne qu" in client.get(reverse("accueil")).content.decode().replace("\xa0", " ")
    page = client.get(reverse("exploitation:travaux")).content.decode().replace("\xa0", " ")
    assert cle in page and "2 essais" in page and SECRET not in page
    assert connecte("responsable").get(reverse("exploitation:travaux")).status_code == 403


def test_une_note_de_l_an_9999_n_arrete_que_sa_structure(horloge):
    """Le cas trouvé : une seule note absurde, et plus aucune structure n'anonymisait."""
    premier, empoisonne, dernier = dossiers_au_terme()
    NoteParcoursFactory(beneficiaire=empoisonne, jour=datetime.date(9999, 12, 31))
    passer("parcours.tasks.conserver_ou_anonymiser")
    anonymises = set(Beneficiaire.objects.exclude(anonymise_le=None).values_list("pk", flat=True))
    assert anonymises == {premier.pk, dernier.pk}
    assert EchecTravail.objects.get().cle == str(empoisonne.structure.uuid)


def test_la_base_partie_arrete_le_passage(monde, monkeypatch):
    monkeypatch.setattr(connection, "is_usable", lambda: False)

    def perdre_la_base(structure):
        raise OperationalError("server closed the connection unexpectedly")

    @travail("Essai")
    def essai() -> int:
        return sum(pour_chacun([monde.structure], perdre_la_base))

    with pytest.raises(OperationalError):
        essai()


def test_hors_d_un_travail_une_erreur_se_leve(monde):
    with pytest.raises(ZeroDivisionError), isoler(monde.structure):
        raise ZeroDivisionError
