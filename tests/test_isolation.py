"""Deux structures aux mêmes noms : rien des personnes de l'autre dans une liste, une recherche, un export, une erreur, un courriel."""

import datetime
import io
import zipfile
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.enums import ADMINISTRATEURS, FACILITATEURS, Role
from parcours.models import PointSuivi
from parcours.services import demander_des_nouvelles, demander_situations, preparer_points
from parcours.services.conservation import appliquer_la_conservation
from recrutement import services as recrutement
from recrutement.enums import StatutOffre
from recrutement.models import Offre
from socle.models import Courriel
from socle.querysets import QuerySetDomaine
from tests.client_strict import ClientStrict
from tests.matrice_acces import MATRICE, Ligne
from tests.monde import Monde, construire_monde

pytestmark = pytest.mark.django_db
LISTES = [ligne for ligne in MATRICE if ligne.objet is None and not ligne.externe and ligne.get == 200]
# Ce qu'une personne curieuse taperait : le nom, le prénom, le numéro, l'adresse qu'elle sait exister de l'autre côté.
RECHERCHES = ("Lemaire", "B-MARQUE-AUTRE")


@pytest.fixture(scope="module")
def partage(django_db_setup, django_db_blocker) -> Iterator[Monde]:
    """Un monde pour toutes les lectures du fichier : elles n'y changent rien."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield construire_monde()
        transaction.set_rollback(True)


def client_de(monde: Monde, role: Role) -> ClientStrict:
    client = ClientStrict(controler=False)
    client.force_login(monde.personne(role))
    return client


def adresses(ligne: Ligne) -> list[str]:
    chemin = reverse(ligne.nom)
    questions = [f"recherche={texte}" for texte in RECHERCHES]
    if "suggestions" in chemin:
        questions = ["q=Lemaire"]
    return [chemin, *(f"{chemin}?{suite}" for suite in (*questions, "export=csv", "export=xlsx"))]


def texte_de(reponse) -> bytes:
    corps = reponse.getvalue()
    if corps[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(corps)) as classeur:
            return b"".join(classeur.read(nom) for nom in classeur.namelist())
    return corps


COMPTES = {"comptes.Adhesion", "comptes.Invitation"}  # le responsable voit aussi ceux de ses partenaires
A_CHACUN = {"comptes.AbonnementAgenda": "adhesion__utilisateur", "socle.VueEnregistree": "utilisateur"}
PORTEES = [modele for modele in apps.get_models() if isinstance(modele._default_manager.all(), QuerySetDomaine)]


@pytest.mark.parametrize("modele", PORTEES, ids=lambda modele: modele._meta.label)
def test_aucun_role_d_une_structure_ne_voit_plus_que_son_responsable(partage, modele):
    """De quoi fouiller les listes une fois pour les trois : la matrice dit qui entre, la portée dit ce qui s'y voit."""
    toute = modele._default_manager.visibles_par(partage.acteur(Role.RESPONSABLE))
    for role in (Role.EDITION, Role.LECTURE):
        sienne = modele._default_manager.visibles_par(partage.acteur(role))
        if chemin := A_CHACUN.get(modele._meta.label):
            assert not sienne.exclude(**{chemin: partage.personne(role)}).exists()
        elif modele._meta.label in COMPTES:
            assert set(sienne) <= set(toute)
        else:
            assert sienne.query.is_empty() or str(sienne.query) == str(toute.query)


@pytest.mark.parametrize(
    "role", [Role.RESPONSABLE, *(role for role in Role if role not in FACILITATEURS | ADMINISTRATEURS)]
)
def test_listes_recherches_exports_et_suggestions(partage, role):
    """L'administrateur du service voit toutes les organisations, c'est son rôle ; aucune personne suivie (matrice)."""
    monde, client = partage, client_de(partage, role)
    canaris = {canari.encode() for canari in monde.autre.canaris()} - {b"MARQUE-AUTRE"}
    personnes = {str(p.uuid).encode() for p in (monde.autre.beneficiaire, monde.autre.contrat, monde.autre.candidature)}
    fuites = []
    for ligne in LISTES:
        if role not in ligne.acces:
            continue
        for adresse in adresses(ligne):
            corps = texte_de(client.get(adresse)).replace(adresse.encode(), b"")
            fuites += [(adresse, canari) for canari in canaris | personnes if canari in corps]
    # Ce qui nomme quelqu'un se poste : la recherche d'une liste, et « cette personne est-elle déjà connue ? ».
    for ligne in (ligne for ligne in LISTES if role in ligne.acces and ligne.post == 302):
        for texte in RECHERCHES:
            corps = texte_de(client.post(reverse(ligne.nom), {"recherche": texte, "personne": texte}, follow=True))
            corps = corps.replace(f'value="{texte}"'.encode(), b"")
            fuites += [(ligne.nom, canari) for canari in canaris | personnes if canari in corps]
    identite = {"nom": "Lemaire", "prenom": "Awa", "date_naissance": "1995-03-12"}
    connus = texte_de(client.post(reverse("beneficiaires:doublons"), identite))
    fuites += [("doublons", canari) for canari in canaris | personnes if canari in connus]
    assert not fuites


def test_l_administrateur_ne_voit_aucune_personne_suivie(partage):
    """Il tient les organisations et les comptes ; les personnes accompagnées ne sont pas son affaire, d'aucun côté."""
    client = client_de(partage, Role.ADMINISTRATEUR)
    interdits = [b"Lemaire", b"Poulain"]
    for cote in (partage.nous, partage.autre):
        interdits += [str(o.uuid).encode() for o in (cote.beneficiaire, cote.contrat, cote.candidature, cote.brouillon)]
    fuites = []
    for ligne in LISTES:
        if Role.ADMINISTRATEUR in ligne.acces:
            for adresse in adresses(ligne):
                corps = texte_de(client.get(adresse))
                fuites += [
                    (adresse, interdit)
                    for interdit in interdits
                    if interdit in corps and interdit.decode() not in adresse
                ]
    assert not fuites


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATEUR])
def test_les_erreurs_ne_disent_rien_de_l_objet_de_l_autre(partage, role):
    """Un objet de l'autre, ou qui n'existe pas : la même page, au mot près."""
    monde, client = partage, client_de(partage, role)
    inexistant = "00000000-0000-4000-8000-000000000000"
    for nom in (
        "beneficiaires:fiche",
        "recrutement:contrat",
        "recrutement:ma_personne",
        "recrutement:offre",
        "suivi:point",
    ):
        sien = monde.autre.point if nom == "suivi:point" else monde.autre.beneficiaire
        pages = []
        for uuid in (str(sien.uuid), inexistant):
            reponse = client.get(reverse(nom, args=[uuid]))
            pages.append((reponse.status_code, reponse.content.replace(uuid.encode(), b"")))
        assert pages[0][0] == pages[1][0] in (403, 404)
        # La longueur : un jeton CSRF et un nonce changent d'une page à l'autre, jamais de taille.
        assert len(pages[0][1]) == len(pages[1][1])


def test_les_courriels_de_chaque_geste(partage):
    """Tout ce que notre structure peut envoyer, puis ce que l'automate envoie pour elle : rien ni personne de l'autre."""
    with transaction.atomic():
        faire_tous_les_gestes(partage)
        courriels = list(Courriel.objects.all())
        transaction.set_rollback(True)
    assert len(courriels) >= 8
    autres = {personne.email for personne in partage.autre.personnes.values()}
    for courriel in courriels:
        ecrit = f"{courriel.sujet} {courriel.corps} {courriel.corps_html} {courriel.repondre_a}"
        assert courriel.destinataire not in autres
        assert not [canari for canari in partage.autre.canaris() if canari in ecrit]
        for nom in ("Lemaire", "Poulain"):
            assert nom not in ecrit, f"un nom dans « {courriel.sujet} »"


def faire_tous_les_gestes(monde: Monde) -> None:
    acteur, prescripteur = monde.acteur(), monde.acteur("prescripteur")
    brouillon = Offre.objects.get(pk=monde.offre_close.pk)
    Offre.objects.filter(pk=brouillon.pk).update(statut=StatutOffre.BROUILLON)
    recrutement.diffuser_offre(acteur=acteur, offre=brouillon, partenaires=[prescripteur.organisation])
    recrutement.relancer_partenaires(acteur=acteur, offre=brouillon)
    besoin = recrutement.exprimer_besoin(
        acteur=monde.acteur("entreprise"),
        engagement=monde.engagement,
        intitule="Couvreur",
        metier=monde.besoin.metier,
        debut=timezone.localdate(),
    )
    recrutement.prendre_besoin(acteur=acteur, offre=besoin)
    recrutement.ecarter_besoin(acteur=acteur, offre=monde.besoin, reponse_besoin="Les heures sont faites.")
    recrutement.ouvrir_a_l_entreprise(acteur=acteur, offre=monde.offre, courriel="chef@chantier.example")
    recrutement.avancer_candidature(
        acteur=monde.acteur("entreprise"), candidature=monde.candidature, transition="retenir"
    )
    recrutement.avancer_offre(acteur=acteur, offre=monde.offre, transition="clore")
    demander_des_nouvelles(acteur=acteur, beneficiaire=monde.candidature_proposee.beneficiaire)
    appliquer_la_conservation(monde.structure, timezone.localdate() + datetime.timedelta(days=365 * 3))
    preparer_points(datetime.date(2026, 11, 1))
    PointSuivi.objects.filter(contrat__structure=monde.autre.structure).delete()
    demander_situations(datetime.date(2026, 12, 15))
