"""Le parcours principal, de l'acheteur aux heures validées, par les écrans, avec le client strict."""

from decimal import Decimal

import pytest
from django.urls import reverse

from beneficiaires.models import Beneficiaire
from comptes.enums import Role, TypeOrganisation
from comptes.models import Adhesion, Organisation, Utilisateur
from declarations.models import Declaration
from entreprises.models import Entreprise
from marches.models import Engagement, Lot, MaitreOuvrage, Marche
from recrutement.models import Contrat
from tests.client_strict import ClientStrict

pytestmark = pytest.mark.django_db


def facilitateur(slug: str) -> ClientStrict:
    structure = Organisation.objects.create(type=TypeOrganisation.FACILITATRICE, nom=f"Structure {slug}", slug=slug)
    utilisateur = Utilisateur.objects.create_user(
        f"f@{slug}.example", "un mot de passe long", prenom="Zoé", nom="Hardy"
    )
    Adhesion.objects.create(utilisateur=utilisateur, organisation=structure, role=Role.RESPONSABLE)
    client = ClientStrict()
    client.force_login(utilisateur)
    return client


def envoyer(client: ClientStrict, url: str, **valeurs):
    """Ouvre le formulaire, l'envoie, suit la redirection : la page d'arrivée est contrôlée elle aussi."""
    assert client.get(url).status_code == 200
    reponse = client.post(url, valeurs, follow=True)
    assert reponse.status_code == 200, url
    form = reponse.context.get("form") if reponse.context else None
    assert not (form and form.errors), (url, form.errors)
    return reponse


def jusqu_au_contrat(client: ClientStrict) -> Contrat:
    envoyer(client, reverse("marches:maitre_ouvrage_nouveau"), nom="Ville d'Essai", type="commune", siret="", notes="")
    acheteur = MaitreOuvrage.objects.get()
    envoyer(
        client,
        reverse("entreprises:nouvelle"),
        siret="732 829 320 00074",
        raison_sociale="Bâtisseurs du Val",
        type="classique",
    )
    entreprise = Entreprise.objects.get()
    envoyer(
        client,
        reverse("marches:nouveau"),
        reference="2026-001",
        objet="Réhabilitation d'une école",
        maitre_ouvrage=acheteur.pk,
        nature="travaux",
        forme="marche",
        type_clause="condition",
        montant_ht="1 200 000,50",
        statut="execution",
        debut="2026-01-05",
        fin_prevue="2027-06-30",
    )
    marche = Marche.objects.get()
    for numero, heures in (("1", "1 181"), ("2", "400,5")):
        envoyer(
            client,
            reverse("marches:lot_nouveau", args=[marche.uuid]),
            numero=numero,
            intitule="Gros œuvre",
            entreprise=entreprise.pk,
            heures_initiales=heures,
        )
    envoyer(
        client,
        reverse("beneficiaires:nouveau"),
        nom="Lefèvre",
        prenom="Inès",
        date_naissance="2001-04-12",
        sexe="F",
    )
    personne = Beneficiaire.objects.get()
    envoyer(client, reverse("beneficiaires:critere_nouveau", args=[personne.uuid]), code="RSA", depuis="2025-11-01")
    envoyer(client, reverse("beneficiaires:niveau", args=[personne.uuid]), niveau="aucun")
    envoyer(
        client,
        reverse("recrutement:contrat_nouveau", args=[personne.uuid]),
        engagement=Engagement.objects.order_by("lot__numero").first().pk,
        employeur=entreprise.pk,
        modalite="embauche_directe",
        type_contrat="cdd",
        debut="2026-02-02",
        fin_prevue="2026-07-31",
    )
    return Contrat.objects.get()


def test_de_l_acheteur_aux_heures_validees():
    client = facilitateur("une")
    contrat = jusqu_au_contrat(client)
    engagement = contrat.engagement
    champ = f"heures_{contrat.uuid.hex}"
    reponse = client.post(reverse("suivi:choix_mois", args=[engagement.uuid]), {"mois": "2026-02"})
    assert reponse.status_code == 302
    envoyer(client, reponse.url, **{champ: "121,5"})
    declaration = Declaration.objects.get()
    engagement.refresh_from_db()
    assert engagement.heures_realisees == 0, "un mois non validé ne compte pas"
    for _ in range(2):  # le second clic ne change rien
        decider = reverse("suivi:decider", args=[declaration.uuid])
        assert client.post(decider, {"valider": "1"}, follow=True).status_code == 200
    engagement.refresh_from_db()
    assert engagement.heures_realisees == Decimal("121.50")
    page = client.get(contrat.engagement.lot.marche.get_absolute_url()).content.decode()
    assert "121,5" in page and "581,5" in page  # faites, et dues : 1 181 + 400,5
    for nom in (
        "marches:liste",
        "entreprises:liste",
        "beneficiaires:liste",
        "recrutement:contrats",
        "suivi:declarations",
    ):
        assert client.get(reverse(nom)).status_code == 200
        assert client.get(reverse(nom), {"export": "xlsx"}).status_code == 200
        assert client.get(reverse(nom), {"export": "csv"}).status_code == 200


@pytest.mark.parametrize(
    ("heures", "phrase"),
    [("-1", "négatives"), ("251", "Pas plus de 250 heures"), ("beaucoup", "Tapez un nombre")],
)
def test_des_heures_impossibles_restent_au_formulaire(heures, phrase):
    client = facilitateur("une")
    contrat = jusqu_au_contrat(client)
    url = reverse("suivi:saisie", args=[contrat.engagement.uuid, "2026-02"])
    reponse = client.post(url, {f"heures_{contrat.uuid.hex}": heures})
    assert reponse.status_code == 200
    assert phrase in reponse.content.decode() and heures in reponse.content.decode()
    assert not Declaration.objects.exists()


def test_un_mois_hors_du_contrat_n_offre_aucune_ligne():
    client = facilitateur("une")
    contrat = jusqu_au_contrat(client)
    reponse = client.get(reverse("suivi:saisie", args=[contrat.engagement.uuid, "2026-09"]))
    assert "Aucun contrat ne court" in reponse.content.decode()
    assert "Choisir un autre mois" in reponse.content.decode()
    assert "Enregistrer les heures" not in reponse.content.decode()
    assert client.get(reverse("suivi:saisie", args=[contrat.engagement.uuid, "2026-13"])).status_code == 404


def test_fin_avant_debut_et_doublon_se_disent_a_cote_du_champ():
    client = facilitateur("une")
    jusqu_au_contrat(client)
    valeurs = {
        "reference": "2026-001",
        "objet": "Autre",
        "maitre_ouvrage": MaitreOuvrage.objects.get().pk,
        "nature": "travaux",
        "forme": "marche",
        "type_clause": "condition",
        "statut": "execution",
        "debut": "2026-05-01",
        "fin_prevue": "2026-04-01",
    }
    reponse = client.post(reverse("marches:nouveau"), valeurs)
    assert reponse.context["form"].errors["fin_prevue"] == ["La fin prévue précède le début."]
    reponse = client.post(reverse("marches:nouveau"), {**valeurs, "fin_prevue": "2026-06-01"})
    assert reponse.context["form"].errors["reference"] == ["Un marché porte déjà cette référence."]
    assert Marche.objects.count() == 1


def test_l_autre_structure_ne_voit_ni_ne_touche_rien():
    contrat = jusqu_au_contrat(facilitateur("une"))
    autre = facilitateur("autre")
    marche, lot = Marche.objects.get(), Lot.objects.first()
    for url in (
        marche.get_absolute_url(),
        contrat.get_absolute_url(),
        contrat.engagement.get_absolute_url(),
        contrat.beneficiaire.get_absolute_url(),
        contrat.employeur.get_absolute_url(),
        reverse("marches:modifier", args=[marche.uuid]),
        reverse("marches:engagement_nouveau", args=[lot.uuid]),
    ):
        reponse = autre.get(url)
        assert reponse.status_code == 404, url
        assert "Lefèvre" not in reponse.content.decode()
    assert autre.post(reverse("marches:marche_archiver", args=[marche.uuid])).status_code == 404
    marche.refresh_from_db()
    assert not marche.est_archive


def test_le_meme_envoi_deux_fois_ne_cree_qu_un_lot():
    client = facilitateur("une")
    jusqu_au_contrat(client)
    url = reverse("marches:lot_nouveau", args=[Marche.objects.get().uuid])
    valeurs = {"numero": "9", "intitule": "Peinture", "jeton_envoi": "a" * 32}
    premier, second = client.post(url, valeurs), client.post(url, valeurs)
    assert premier.url == second.url
    assert Lot.objects.filter(numero="9").count() == 1


def test_rouvrir_demande_un_motif_et_retire_les_heures_du_compteur():
    client = facilitateur("une")
    contrat = jusqu_au_contrat(client)
    envoyer(
        client,
        reverse("suivi:saisie", args=[contrat.engagement.uuid, "2026-02"]),
        **{f"heures_{contrat.uuid.hex}": "100"},
    )
    declaration = Declaration.objects.get()
    client.post(reverse("suivi:decider", args=[declaration.uuid]), {"valider": "1"})
    url = reverse("suivi:rouvrir", args=[declaration.uuid])
    assert client.post(url, {"motif": " "}).context["form"].errors["motif"]
    envoyer(client, url, motif="bulletin rectifié")
    assert Engagement.objects.get(pk=contrat.engagement_id).heures_realisees == 0
