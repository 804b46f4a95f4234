"""Les relances : le bon jour, la bonne adresse, une seule fois, et jamais à qui il ne faut pas."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.urls import reverse

from comptes.models import Adhesion
from declarations.enums import IssueRelance, Palier, StatutDeclaration
from declarations.models import Declaration, ReglagesDeclaration, Relance
from declarations.relances.calendrier import calendrier, prochain_rappel
from declarations.relances.services import passage
from declarations.relances.services.passage import passer_les_relances, preparer_relances, relancer
from declarations.services.declarations import declarer_aucune_heure
from entreprises.models import ContactEntreprise, Entreprise
from marches.models import MaitreOuvrage, Marche, Note
from socle.jours_ouvres import ajouter_jours_ouvres, est_ouvre
from socle.models import Courriel
from socle.services.rebonds import consigner_rebond
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory, NoteFactory
from tests.fabriques.socle import CourrielFactory

pytestmark = pytest.mark.django_db


def au_correspondant():
    """Sans ce que reçoivent aussi les membres du compte de l'entreprise."""
    return Courriel.objects.exclude(destinataire="entreprise@nous.fr")


OCTOBRE = datetime.date(2026, 10, 1)


def jour(texte: str) -> datetime.date:
    return datetime.date.fromisoformat(texte)


@pytest.fixture
def attendue(monde, horloge) -> Declaration:
    """Octobre 2026, dû le 15 novembre ; l'entreprise a un correspondant et un second contact, et rien d'autre n'est dû."""
    horloge.move_to(datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC))
    Declaration.objects.all().delete()
    Note.objects.update(cree_le="2026-01-05T09:00Z")  # le petit monde est né aujourd'hui
    ContactEntreprise.objects.all().delete()
    correspondant = ContactEntrepriseFactory(fiche=monde.fiche, courriel="paie@chantier.fr")
    ContactEntrepriseFactory(fiche=monde.fiche, courriel="chef@chantier.fr")
    monde.engagement.correspondant = correspondant
    monde.engagement.save()
    ReglagesDeclaration.objects.update_or_create(structure=monde.structure, defaults={"relances": True})
    return DeclarationFactory(
        engagement=monde.engagement, mois=OCTOBRE, statut=StatutDeclaration.ATTENDUE, echeance=jour("2026-11-15")
    )


def courriels() -> list[tuple[str, str]]:
    """Les rappels : un accusé de réception n'en est pas un."""
    rappels = au_correspondant().exclude(cle__startswith="declaration-recue")
    return list(rappels.order_by("pk").values_list("destinataire", "copie_a"))


def test_les_jours_ouvres_de_france():
    assert not est_ouvre(jour("2026-11-11")) and not est_ouvre(jour("2026-11-14")) and est_ouvre(jour("2026-11-12"))
    assert ajouter_jours_ouvres(jour("2026-11-06"), 5) == jour("2026-11-16")  # le 11 novembre est férié


def test_le_calendrier_d_une_declaration(attendue):
    assert calendrier(attendue, ReglagesDeclaration()) == {
        Palier.OUVERTURE: jour("2026-11-02"),
        Palier.ECHEANCE: jour("2026-11-16"),
        Palier.RETARD: jour("2026-11-20"),
        Palier.SECOND_CONTACT: jour("2026-11-27"),
        Palier.ACHETEUR: jour("2026-12-04"),
        Palier.TACHE: jour("2026-12-11"),
    }
    assert prochain_rappel(attendue, ReglagesDeclaration(), ["ouverture", "echeance"]) == (
        Palier.RETARD,
        jour("2026-11-20"),
    )


def test_du_premier_jour_ouvre_a_la_tache_chaque_palier_part_une_fois(monde, attendue):
    courant = jour("2026-10-30")
    while courant < jour("2026-12-20"):
        for _ in range(3):  # la tâche passe plusieurs fois par jour
            relancer(courant)
        courant += datetime.timedelta(days=1)
    acheteur = monde.personne("maitre_ouvrage").email
    assert courriels() == [
        ("paie@chantier.fr", ""),
        ("paie@chantier.fr", ""),
        ("paie@chantier.fr", ""),
        ("paie@chantier.fr", "chef@chantier.fr"),
        ("paie@chantier.fr", acheteur),
    ]
    issues = Relance.objects.order_by("rang").values_list("palier", "issue")
    ecrits = ["ouverture", "echeance", "retard", "second_contact", "acheteur"]
    assert list(issues) == [(palier, IssueRelance.ENVOYEE) for palier in ecrits] + [("tache", IssueRelance.TACHE)]
    assert "Lemaire" not in "".join(Courriel.objects.values_list("corps", flat=True))


def test_13_une_seule_relance_par_jour_pour_tous_les_marches_d_une_entreprise(monde, attendue):
    autre = EngagementFactory(
        lot=LotFactory(marche=MarcheFactory(structure=monde.structure)), entreprise=monde.entreprise
    )
    DeclarationFactory(engagement=autre, mois=OCTOBRE, statut=StatutDeclaration.ATTENDUE, echeance=jour("2026-11-15"))
    for _ in range(20):
        relancer(jour("2026-11-16"))
    assert len(courriels()) == 1
    corps = au_correspondant().get().corps
    assert "2026-014" in corps and autre.lot.marche.reference in corps
    assert Relance.objects.filter(palier=Palier.ECHEANCE).count() == 2


def test_apres_une_panne_seul_le_dernier_palier_part(attendue):
    relancer(jour("2026-11-27"))
    assert len(courriels()) == 1
    assert dict(Relance.objects.values_list("palier", "issue")) == {
        Palier.OUVERTURE: IssueRelance.REMPLACEE,
        Palier.ECHEANCE: IssueRelance.REMPLACEE,
        Palier.RETARD: IssueRelance.REMPLACEE,
        Palier.SECOND_CONTACT: IssueRelance.ENVOYEE,
    }


@pytest.mark.parametrize("arret", ["declaree", "suspendu", "solde", "archive", "parle", "eteint", "ferie"])
def test_ce_qui_arrete_les_relances(monde, attendue, horloge, arret):
    le = jour("2026-11-16")
    horloge.move_to(datetime.datetime(2026, 11, 16, 9, tzinfo=datetime.UTC))
    if arret == "declaree":
        declarer_aucune_heure(acteur=monde.acteur("entreprise"), declaration=attendue)
    elif arret in ("suspendu", "solde"):
        Marche.objects.filter(pk=monde.marche.pk).update(statut=arret)
    elif arret == "archive":
        Marche.objects.filter(pk=monde.marche.pk).update(archive_le="2026-11-01T00:00Z")
    elif arret == "parle":
        NoteFactory(marche=monde.marche, texte="Appelé ce matin : il déclare demain.")
    elif arret == "eteint":
        ReglagesDeclaration.objects.filter(structure=monde.structure).update(relances=False)
    else:
        le = jour("2026-11-11")
    assert preparer_relances(le) == [] and relancer(le) == []
    assert not courriels()


def test_sans_courriel_connu_le_facilitateur_appelle(monde, attendue):
    ContactEntreprise.objects.all().delete()
    Entreprise.objects.update(organisation=None)
    relancer(jour("2026-11-16"))
    assert not courriels()
    assert Relance.objects.get(palier=Palier.ECHEANCE).issue == IssueRelance.SANS_CONTACT


def test_la_commande_est_a_blanc_par_defaut(attendue):
    def lancer(*options) -> str:
        sortie = StringIO()
        call_command("relancer", "--le", "2026-11-12", *options, stdout=sortie)
        return sortie.getvalue()

    assert "paie@chantier.fr" in lancer() and not courriels() and not Relance.objects.exists()
    rapport = json.loads(lancer("--pour-de-vrai", "--format", "json"))
    assert rapport["relances"][0]["declarations"] == ["2026-014 2026-10"]
    assert "0 entreprise." in lancer("--pour-de-vrai") and len(courriels()) == 1
    with pytest.raises(CommandError, match="Jour illisible"):
        call_command("relancer", "--le", "demain")


def test_la_page_dit_ce_qui_est_parti_et_ce_qui_vient(monde, attendue, client):
    relancer(jour("2026-11-16"))
    client.force_login(monde.personne("lecture"))
    page = client.get(attendue.get_absolute_url()).content.decode().replace("\xa0", " ").replace("\u202f", " ")
    assert "16 nov. 2026" in page and "Prochain rappel le 20 nov. 2026" in page


def test_rien_ne_part_avant_qu_un_responsable_le_veuille(monde, attendue, client):
    ReglagesDeclaration.objects.all().delete()
    assert preparer_relances(jour("2026-11-16")) == [] and relancer(jour("2026-11-16")) == []
    assert not courriels()
    client.force_login(monde.personne("responsable"))
    assert "aucun rappel ne part" in client.get(reverse("accueil")).content.decode()
    client.force_login(monde.personne("edition"))
    assert "aucun rappel ne part" not in client.get(reverse("accueil")).content.decode()


def test_le_premier_courriel_presente_l_outil_et_le_facilitateur_sans_reproche(monde, attendue):
    Courriel.objects.all().delete()
    facilitateur = monde.personne("edition")
    facilitateur.telephone = "02 33 01 02 03"
    facilitateur.save()
    Marche.objects.filter(pk=monde.marche.pk).update(facilitateur=facilitateur)
    relancer(jour("2026-11-27"))  # le second rappel
    premier = au_correspondant().get()
    assert "Rappel" not in premier.sujet and "Nous n'avons toujours pas reçu" not in premier.corps
    assert "Clauses sociales" in premier.corps and "02 33 01 02 03" in premier.corps
    assert facilitateur.get_full_name() in premier.corps and facilitateur.email in premier.corps
    relancer(jour("2026-12-04"))
    second = au_correspondant().exclude(pk=premier.pk).get()
    assert "Rappel" in second.sujet and "rien à installer" not in second.corps


@pytest.mark.parametrize("a_un_compte", [True, False])
def test_l_acheteur_n_est_dit_en_copie_que_s_il_l_est(monde, attendue, a_un_compte):
    CourrielFactory(structure=monde.structure, destinataire="paie@chantier.fr")
    if not a_un_compte:
        MaitreOuvrage.objects.update(organisation=None)
    (envoi,) = relancer(jour("2026-12-04"))
    corps = au_correspondant().get(cle__startswith="relance").corps
    assert ("L'acheteur est en copie" in corps) == bool(envoi.copie_a) == a_un_compte


def test_une_entreprise_sans_contact_recoit_par_les_membres_de_son_compte(monde, attendue):
    """Jamais un membre retiré, une adresse écrite deux fois ou qui ne reçoit plus."""
    ContactEntreprise.objects.all().delete()
    membre = monde.personne("entreprise")
    assert [envoi.destinataire for envoi in preparer_relances(jour("2026-11-16"))] == [membre.email]
    ContactEntrepriseFactory(fiche=monde.fiche, courriel=membre.email.upper())
    (envoi,) = preparer_relances(jour("2026-11-27"))
    assert (envoi.destinataire, envoi.copie_a) == (membre.email.upper(), "")
    ContactEntreprise.objects.all().delete()
    consigner_rebond(courriel=CourrielFactory(destinataire=membre.email), motif="inconnu")
    assert [envoi.destinataire for envoi in preparer_relances(jour("2026-11-16"))] == [""]
    CourrielFactory(destinataire=membre.email, etat="envoye")  # un courriel arrivé depuis
    assert [envoi.destinataire for envoi in preparer_relances(jour("2026-11-16"))] == [membre.email]
    Adhesion.objects.filter(utilisateur=membre).update(active=False)
    assert [envoi.destinataire for envoi in preparer_relances(jour("2026-11-16"))] == [""]


# --- Le passage, face à ce qui se passe en même temps -----------------------------------------------------------------
LE_16 = jour("2026-11-16")


def seconde_entreprise(monde) -> None:
    """La cotraitante doit le même mois, et a une adresse."""
    fiche = monde.cotraitante.fiches.get(structure=monde.structure)
    ContactEntrepriseFactory(fiche=fiche, courriel="paie@peinture.fr")
    DeclarationFactory(
        engagement=monde.cotraitance, mois=OCTOBRE, statut=StatutDeclaration.ATTENDUE, echeance=jour("2026-11-15")
    )


def test_le_travail_dit_combien_et_passe_a_la_date_du_jour(monde, attendue, horloge):
    seconde_entreprise(monde)
    assert [passer_les_relances(), passer_les_relances()] == [2, 0]  # le 2 novembre : l'ouverture
    assert passer_les_relances(LE_16) == 2
    assert set(Relance.objects.values_list("jour", "palier")) == {
        (jour("2026-11-02"), "ouverture"),
        (LE_16, "echeance"),
    }


def test_une_entreprise_dont_l_ecriture_echoue_n_arrete_pas_les_autres(monde, attendue, monkeypatch):
    seconde_entreprise(monde)
    ecrire = passage.ecrire_les_relances

    def echouer_pour_une(envois, le):
        if any(envoi.fiche == monde.fiche for envoi in envois):
            raise ValueError("gabarit")
        return ecrire(envois, le)

    monkeypatch.setattr(passage, "ecrire_les_relances", echouer_pour_une)
    assert [envoi.fiche.entreprise for envoi in relancer(LE_16)] == [monde.cotraitante]
    assert courriels() == [("paie@peinture.fr", "")]
    monkeypatch.setattr(passage, "ecrire_les_relances", ecrire)
    assert [envoi.fiche.entreprise for envoi in relancer(LE_16)] == [monde.entreprise]


def test_si_la_base_est_partie_on_s_arrete(attendue, monkeypatch):
    def perdre(*_):
        raise OperationalError("la base est partie")

    monkeypatch.setattr(passage, "_passer", perdre)
    with pytest.raises(OperationalError):
        passage._passer_le_paquet([], LE_16)


@pytest.mark.parametrize("entre_temps", ["déclarée", "passée", "relancée à la main", "rien"])
def test_ce_qui_vient_de_changer_sort_de_l_envoi(monde, attendue, entre_temps):
    (paquet,) = passage._paquets_dus(monde.structure, LE_16)
    if entre_temps == "déclarée":
        Declaration.objects.filter(pk=attendue.pk).update(statut=StatutDeclaration.A_VALIDER)
    if entre_temps == "passée":
        Relance.objects.create(declaration=attendue, palier="echeance", jour=jour("2026-11-15"), issue="envoyee")
    if entre_temps == "relancée à la main":
        Relance.objects.create(declaration=attendue, palier="manuelle", jour=LE_16, issue="envoyee")
    assert len(passage._passer(paquet, LE_16)) == (entre_temps == "rien")
    assert len(courriels()) == (entre_temps == "rien")


# --- À qui, avec qui en copie, dans quels mots ------------------------------------------------------------------------
def autre_engagement(monde, courriel: str, echeance: datetime.date):
    """Un autre engagement de l'entreprise, avec son correspondant, et son mois dû."""
    engagement = EngagementFactory(
        lot=LotFactory(marche=MarcheFactory(structure=monde.structure)),
        entreprise=monde.entreprise,
        correspondant=ContactEntrepriseFactory(fiche=monde.fiche, courriel=courriel),
    )
    return DeclarationFactory(engagement=engagement, mois=OCTOBRE, statut=StatutDeclaration.ATTENDUE, echeance=echeance)


def test_le_courriel_va_au_correspondant_de_l_engagement_le_plus_en_retard(monde, attendue):
    autre_engagement(monde, "ailleurs@chantier.fr", jour("2026-11-26"))
    (envoi,) = preparer_relances(jour("2026-11-27"))  # second rappel de l'un, échéance de l'autre
    assert (envoi.destinataire, len(envoi.declarations)) == ("paie@chantier.fr", 2)
    Declaration.objects.filter(pk=attendue.pk).update(echeance=jour("2026-11-30"))
    (envoi,) = preparer_relances(jour("2026-11-27"))
    assert envoi.destinataire == "ailleurs@chantier.fr"


def test_ce_qui_est_a_appeler_ne_choisit_pas_a_qui_l_on_ecrit(monde, attendue):
    """Octobre est au facilitateur d'appeler ; l'autre mois s'écrit à son correspondant."""
    autre_engagement(monde, "ailleurs@chantier.fr", jour("2026-12-18"))
    (envoi,) = preparer_relances(jour("2026-12-18"))
    assert [declaration.pk for declaration, _ in envoi.declarations if declaration == attendue]
    assert [declaration for declaration, _ in envoi.a_ecrire] != [attendue]
    assert envoi.destinataire == "ailleurs@chantier.fr"


def test_sans_personne_a_qui_ecrire_l_acheteur_n_est_en_copie_de_rien(monde, attendue):
    ContactEntreprise.objects.all().delete()
    Entreprise.objects.update(organisation=None)
    (envoi,) = preparer_relances(jour("2026-12-04"))
    assert (envoi.palier, envoi.destinataire, envoi.copie_a) == (Palier.ACHETEUR, "", "")


def test_le_second_contact_en_copie_n_est_pas_dit_l_acheteur(monde, attendue):
    CourrielFactory(structure=monde.structure, destinataire="paie@chantier.fr")
    relancer(jour("2026-11-27"))
    courriel = au_correspondant().get(cle__startswith="relance")
    assert courriel.copie_a == "chef@chantier.fr" and "L'acheteur" not in courriel.corps


def test_un_mois_qui_s_ouvre_n_est_pas_un_rappel(monde, attendue):
    """Ni l'ouverture, ni le dernier jour pour déclarer : rien n'est encore en retard."""
    CourrielFactory(structure=monde.structure, destinataire="paie@chantier.fr")
    for le, rappel in (("2026-11-02", False), ("2026-11-16", False), ("2026-11-20", True)):
        relancer(jour(le))
        assert au_correspondant().latest("pk").sujet.startswith("Rappel") is rappel


def test_chaque_entreprise_garde_le_courriel_de_son_premier_joignable(monde, attendue):
    """Les membres du compte le reçoivent aussi ; c'est celui du correspondant que la relance garde."""
    seconde_entreprise(monde)
    relancer(LE_16)
    gardes = Relance.objects.filter(issue=IssueRelance.ENVOYEE, palier="echeance")
    assert set(gardes.values_list("declaration__engagement__entreprise", "courriel__destinataire")) == {
        (monde.entreprise.pk, "paie@chantier.fr"),
        (monde.cotraitante.pk, "paie@peinture.fr"),
    }
    assert Courriel.objects.filter(cle__startswith="relance", destinataire="entreprise@nous.fr").exists()
