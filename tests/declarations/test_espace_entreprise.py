"""L'espace d'une entreprise : ce qui l'attend dans l'ordre, la jauge du facilitateur, ses personnes et elles seules."""

import datetime
import html

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from comptes.enums import Role
from declarations.enums import StatutDeclaration
from declarations.espace import cases_de_l_entreprise
from declarations.models import Declaration
from entreprises.models import Entreprise
from marches.models import MaitreOuvrage
from recrutement import services
from recrutement.models import Contrat, Offre
from socle.a_faire import lignes_a_faire
from socle.composants import LigneAFaire
from tests.client_strict import ClientStrict
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.comptes import AdhesionFactory, OrganisationFactory, UtilisateurFactory
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.marches import EngagementFactory, LotFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db
LE = datetime.date(2026, 10, 15)


def lu(reponse) -> str:
    return " ".join(html.unescape(reponse.getvalue().decode()).replace("\u202f", " ").split())


def a_faire(monde, le: datetime.date = LE) -> list[LigneAFaire]:
    return lignes_a_faire(monde.acteur("entreprise"), le)


def test_le_plus_presse_d_abord_chacun_avec_son_bouton(monde, horloge):
    Declaration.objects.filter(pk=monde.mois_declare.pk).update(
        statut=StatutDeclaration.RENDUE, echeance=datetime.date(2026, 7, 15)
    )
    Contrat.objects.filter(pk=monde.contrat.pk).update(fin_prevue=datetime.date(2026, 11, 14))
    Offre.objects.filter(pk=monde.offre.pk).update(debut=datetime.date(2026, 12, 1))
    lignes = a_faire(monde)
    assert [(ligne.ton, ligne.quoi) for ligne in lignes][:2] == [("retard", "En retard"), ("retard", "À corriger")]
    assert {ligne.quoi for ligne in lignes} == {
        "En retard",
        "À corriger",
        "À répondre",
        "À compléter",
        "Fin de contrat",
        "Contrat à signer",
    }
    assert all(ligne.gestes for ligne in lignes)
    assert "avant le 15\xa0juin\xa02026" in lignes[0].depuis.replace("\u202f", "\xa0") and lignes[0].gestes[1].poste


def test_l_echeance_du_jour_n_est_pas_un_retard(monde):
    assert a_faire(monde, datetime.date(2026, 6, 15))[0].quoi == "À déclarer"
    assert a_faire(monde, datetime.date(2026, 6, 16))[0].quoi == "En retard"


def test_la_jauge_est_celle_du_facilitateur(monde, connecte, horloge):
    """Le même composant, les mêmes nombres, à la lettre."""
    phrases = [
        lu(connecte(qui).get(adresse)).split('jauge-phrase">')[1].split("</p>")[0]
        for qui, adresse in (
            ("lecture", reverse("marches:engagement", args=[monde.engagement.uuid])),
            ("entreprise", reverse("marches:mon_engagement", args=[monde.engagement.uuid])),
        )
    ]
    assert phrases[0] == phrases[1] and "sur" in phrases[0]


def test_l_entreprise_va_de_l_ancienne_adresse_a_la_sienne(monde, connecte):
    ancienne = reverse("marches:engagement", args=[monde.engagement.uuid])
    assert connecte("entreprise").get(ancienne).url == reverse("marches:mon_engagement", args=[monde.engagement.uuid])
    for engagement in (monde.cotraitance, monde.autre.engagement):
        for nom in ("marches:engagement", "marches:mon_engagement"):
            assert connecte("entreprise").get(reverse(nom, args=[engagement.uuid])).status_code == 404


PAGES = ("suivi:espace_entreprise", "suivi:mes_contrats", "marches:mes_engagements", "recrutement:mes_offres")


def test_ses_personnes_et_elles_seules(monde, connecte, horloge):
    """Sur le même lot, la cotraitante emploie Zélie : ni l'accueil, ni la liste, ni l'export n'en disent un mot."""
    zelie = BeneficiaireFactory(structure=monde.structure, nom="Ducanari", prenom="Zélie")
    ContratFactory(engagement=monde.cotraitance, beneficiaire=zelie, fin_prevue=None)
    sienne = BeneficiaireFactory(structure=monde.structure, nom="Letablier", prenom="Rose")
    ContratFactory(engagement=monde.engagement, beneficiaire=sienne, fin_prevue=None)
    client = connecte("entreprise")
    pages = [reverse(nom) for nom in PAGES] + [reverse("marches:mon_engagement", args=[monde.engagement.uuid])]
    textes = {adresse: lu(client.get(adresse)) for adresse in [*pages, f"{pages[1]}?export=csv"]}
    assert not [adresse for adresse, texte in textes.items() if "Ducanari" in texte or "Peinture" in texte]
    assert all("Letablier" in textes[adresse] for adresse in (pages[0], pages[1], pages[4]))
    employeur = ContratFactory(
        engagement=monde.cotraitance,
        employeur=monde.entreprise,
        beneficiaire=BeneficiaireFactory(structure=monde.structure, nom="Misadispo"),
    )
    assert employeur in Contrat.objects.visibles_par(monde.acteur("entreprise"))
    assert "Misadispo" in lu(client.get(pages[1]))


def test_la_cotraitante_a_son_espace(monde, horloge):
    """Elle voit son engagement et ses heures, rien de l'attributaire."""
    organisation = OrganisationFactory(type="entreprise", nom="Peinture de la Manche", slug="peinture")
    Entreprise.objects.filter(pk=monde.cotraitante.pk).update(organisation=organisation)
    personne = UtilisateurFactory(email="peinture@manche.example")
    AdhesionFactory(utilisateur=personne, organisation=organisation, role=Role.ENTREPRISE)
    client = ClientStrict()
    client.force_login(personne)
    accueil = lu(client.get(reverse("suivi:espace_entreprise")))
    assert "0 sur 300 h" in accueil and "Des mois à déclarer s'ouvrent dans l'heure" in accueil
    assert "Maçon" not in accueil and "1 200" not in accueil and monde.contrat.identifiant not in accueil


def test_deux_structures_chacune_son_nom(monde, connecte, horloge):
    monde.autre.structure.nom = "PLIE d'à côté"
    monde.autre.structure.save()
    ailleurs = EngagementFactory(lot=monde.autre.lot_libre, entreprise=monde.entreprise, heures_initiales=50)
    texte = lu(connecte("entreprise").get(reverse("suivi:espace_entreprise")))
    assert "PLIE d'à côté" in texte and "Maison de l'emploi" in texte
    page = lu(connecte("entreprise").get(reverse("marches:mon_engagement", args=[ailleurs.uuid])))
    assert "PLIE d'à côté" in page and "Facilitateur, PLIE d'à côté" in page


def test_un_engagement_archive_sort_de_l_espace(monde, connecte, horloge):
    adresse = reverse("marches:mon_engagement", args=[monde.engagement.uuid])
    assert connecte("entreprise").get(adresse).status_code == 200
    type(monde.engagement).objects.filter(pk=monde.engagement.pk).update(archive_le="2026-10-01T00:00Z")
    assert connecte("entreprise").get(adresse).status_code == 404


def test_la_grille_garde_le_pire_du_mois_et_la_somme(monde):
    jumelle = EngagementFactory(lot=monde.lot_libre, entreprise=monde.entreprise)
    mois = monde.mois_valide
    autre = Declaration.objects.create(engagement=jumelle, mois=mois.mois, statut=StatutDeclaration.ATTENDUE)
    mois.total, autre.total = 120, None
    (case,) = cases_de_l_entreprise([mois, autre])
    assert (case.libelle, case.valeur) == ("Attendue", 120)
    assert case.lien == reverse("suivi:declarer", args=[autre.uuid])
    assert cases_de_l_entreprise([mois])[0].lien == ""


def test_les_heures_validees_du_contrat_seules_comptent(monde, connecte, horloge):
    """120,50 h validées en mars ; les mois à valider n'y sont pas."""
    texte = lu(connecte("entreprise").get(f"{reverse('suivi:mes_contrats')}?quand=finis"))
    assert "120,5 h" in texte and "200,5" not in texte
    assert "Lemaire" not in lu(connecte("entreprise").get(f"{reverse('suivi:mes_contrats')}?quand=en_cours"))


def test_repondre_depuis_l_accueil(monde, connecte, horloge):
    client, adresse = connecte("entreprise"), reverse("recrutement:reponse", args=[monde.offre.uuid])
    assert adresse in lu(client.get(reverse("suivi:espace_entreprise")))
    client.post(adresse, {"candidature": monde.candidature.uuid, "geste": "retenir"})
    accueil = lu(client.get(reverse("suivi:espace_entreprise")))
    assert "À examiner</th>" in accueil and "Contrat à signer" in accueil
    services.avancer_offre(acteur=monde.acteur(), offre=monde.offre, transition="clore")
    assert "Contrat à signer" not in lu(client.get(reverse("suivi:espace_entreprise")))


def test_ses_attestations_sont_dans_ses_documents(monde, connecte, horloge):
    attestation = monde.attestation
    page = lu(connecte("entreprise").get(reverse("suivi:espace_entreprise")))
    assert f"Attestation n° {attestation.numero}" in page and attestation.get_absolute_url() in page
    assert "Vos attestations apparaîtront ici" not in page and monde.autre.attestation.get_absolute_url() not in page
    type(attestation).objects.filter(pk=attestation.pk).update(remplacee_le=timezone.now(), motif_remplacement="Erreur")
    assert f"Attestation n° {attestation.numero}" not in lu(
        connecte("entreprise").get(reverse("suivi:espace_entreprise"))
    )


@pytest.mark.parametrize(
    ("role", "page", "lie"),
    [
        ("entreprise", "suivi:espace_entreprise", Entreprise),
        ("maitre_ouvrage", "marches:espace_acheteur", MaitreOuvrage),
    ],
)
def test_un_compte_que_rien_ne_relie_ne_promet_rien(monde, connecte, role, page, lie):
    """Ni « le premier mois s'ouvrira tout seul », ni des zéros qui passeraient pour un compte : seulement qui appeler."""
    client = connecte(role)
    assert "Vos mois" in lu(client.get(reverse(page))) or "Vos marchés" in lu(client.get(reverse(page)))
    lie.objects.update(organisation=None)
    espace = lu(client.get(reverse(page)))
    assert "Votre compte n'est relié à aucune fiche" in espace
    for promesse in ("s'ouvrira tout seul", "Déclarer mes heures", "Heures dues", "Vos marchés", "Aucun engagement"):
        assert promesse not in espace


def test_un_compte_que_rien_ne_relie_n_a_rien_declare(horloge):
    """Ses pages ne disent jamais « Tout est déclaré » : personne n'a pu lui demander un mois."""
    organisation = OrganisationFactory(type="entreprise", nom="Sans fiche", slug="sans-fiche")
    compte = AdhesionFactory(organisation=organisation, role=Role.ENTREPRISE).utilisateur
    client = ClientStrict()
    client.force_login(compte)
    assert "Aucune fiche d'entreprise n'est reliée" in lu(client.get(reverse("suivi:espace_entreprise")))
    mois = lu(client.get(reverse("suivi:mes_declarations")))
    assert "Aucun mois ne vous est encore demandé" in mois and "Tout est déclaré" not in mois


def test_deux_lots_d_un_marche_ne_se_confondent_pas(monde, connecte, horloge):
    """Le même mois du même marché, deux fois : chaque geste dit de quel lot il est, à qui ne voit pas l'écran aussi."""
    for numero in ("71", "72"):
        lot = LotFactory(marche=monde.marche, numero=numero)
        engagement = EngagementFactory(lot=lot, entreprise=monde.entreprise)
        DeclarationFactory(engagement=engagement, statut=StatutDeclaration.ATTENDUE)
        DeclarationFactory(engagement=engagement, validee=True, mois=datetime.date(2026, 2, 1))
    page = BeautifulSoup(lu(connecte("entreprise").get(reverse("suivi:mes_declarations"))), "html.parser").main
    gestes = [" ".join(geste.get_text().split()) for geste in page.find_all(["a", "button"])]
    assert len([geste for geste in gestes if geste.endswith("lot 71")]) == 3
    assert len(gestes) == len(set(gestes))
