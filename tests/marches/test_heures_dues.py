"""Les heures qu'une entreprise doit : le contrat, ses avenants, les tranches affermies, le cumul d'un accord-cadre."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from marches import services
from marches.enums import Assiette
from marches.models import Avenant, Commande, Engagement, Lot, Tranche
from socle.regles import RegleViolee
from tests.fabriques.entreprises import ContactEntrepriseFactory, EntrepriseFactory, FicheEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory, TrancheFactory
from tests.saisie import adresse, annonce, envoyer, fautes, journal, lue, motif_du_refus, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
TABLES = (Lot, Engagement, Avenant, Tranche, Commande)


def dues(engagement) -> Decimal:
    engagement.refresh_from_db()
    return engagement.heures_dues


@pytest.fixture
def lot(monde):
    return LotFactory(marche=MarcheFactory(structure=monde.structure), numero="1")


@pytest.fixture
def engagement(monde, lot):
    return EngagementFactory(lot=lot, entreprise=monde.entreprise, heures_initiales=100)


# --- Engager ------------------------------------------------------------------------------------------------------
def engager(client, lot, entreprise, **change):
    saisie = {"entreprise": entreprise, "role": "attributaire", "heures_initiales": "700", **change}
    return envoyer(client, "marches:engagement_nouveau", lot, **saisie)


def test_une_entreprise_s_engage_une_fois_sur_un_lot(monde, connecte, lot):
    client = connecte("edition")
    engager(client, lot, monde.entreprise)
    engagement = lot.engagements.get()
    assert (engagement.entreprise, dues(engagement)) == (monde.entreprise, 700)
    assert journal(lot.marche) == ["Entreprise engagée, lot 1, 700 h"]
    assert "Travaux du Cotentin" in lue(client, lot.marche.get_absolute_url())
    with rien_ne_s_ecrit(*TABLES):
        dites = fautes(engager(client, lot, monde.entreprise, role="cotraitant"), heures_initiales="700")
        assert dites == {"entreprise": "Cette entreprise est déjà engagée sur ce lot."}
        (phrase,) = fautes(engager(client, lot, monde.cotraitante)).values()
        assert phrase == "Ce lot a déjà un attributaire ; les autres entreprises sont cotraitantes."


@pytest.mark.parametrize(
    ("deja", "part", "reste"), [("60", "40", ""), ("60", "40,01", "40"), ("100", "0", ""), ("100", "0,01", "0")]
)
def test_les_parts_d_un_groupement_font_cent_au_plus(monde, connecte, lot, deja, part, reste):
    EngagementFactory(lot=lot, entreprise=monde.entreprise, part=deja)
    archivee = EngagementFactory(lot=lot, cotraitant=True, part=50)  # partie du groupement : sa place est libre
    Engagement.objects.filter(pk=archivee.pk).update(archive_le=timezone.now())
    reponse = engager(connecte("edition"), lot, monde.cotraitante, role="cotraitant", part=part)
    assert lot.engagements.filter(entreprise=monde.cotraitante).exists() is not bool(reste)
    if reste:
        dites = fautes(reponse, part=part)
        assert list(dites) == ["part"] and f"il reste {reste}" in dites["part"].replace("\u202f", " ")


@pytest.mark.parametrize("cas", ["archivée", "d'ailleurs"])
def test_on_n_engage_qu_une_entreprise_suivie(monde, connecte, lot, cas):
    entreprise = EntrepriseFactory()
    structure = monde.structure if cas == "archivée" else monde.autre.structure
    FicheEntrepriseFactory(entreprise=entreprise, structure=structure, archivee=cas == "archivée")
    with rien_ne_s_ecrit(*TABLES):
        assert list(fautes(engager(connecte("edition"), lot, entreprise))) == ["entreprise"]


@pytest.mark.parametrize("champ", ["correspondant", "tuteur"])
def test_le_contact_est_de_l_entreprise_engagee(monde, connecte, lot, champ):
    client = connecte("edition")
    fiche = monde.cotraitante.fiches.get(structure=monde.structure)
    d_une_autre = ContactEntrepriseFactory(fiche=fiche)
    with rien_ne_s_ecrit(*TABLES):
        dites = fautes(engager(client, lot, monde.entreprise, **{champ: d_une_autre}), heures_initiales="700")
        assert dites == {champ: "Ce contact n'est pas de cette entreprise."}
    engager(client, lot, monde.cotraitante, **{champ: d_une_autre})
    assert getattr(lot.engagements.get(), champ) == d_une_autre


# --- L'avenant ----------------------------------------------------------------------------------------------------
def amender(client, engagement, delta, **change):
    saisie = {"heures_delta": delta, "date_notification": "2026-09-01", "motif": "Travaux en moins", **change}
    return envoyer(client, "marches:avenant_nouveau", engagement, **saisie)


@pytest.mark.parametrize(
    ("delta", "reste"), [("50", "150"), ("0", "100"), ("-100", "0"), ("−99,99", "0.01"), ("-100,01", None)]
)
def test_un_avenant_ne_rend_pas_les_heures_negatives(connecte, engagement, delta, reste):
    reponse = amender(connecte("edition"), engagement, delta)
    assert dues(engagement) == Decimal(reste or 100)
    if reste is None:
        dites = fautes(reponse, date_notification="2026-09-01", motif="Travaux en moins")
        assert dites == {"heures_delta": "Avec cet avenant, les heures dues deviendraient négatives."}
        assert not engagement.avenants.exists()
    else:
        assert journal(engagement.lot.marche)[0].startswith("Avenant enregistré, lot 1")


def test_un_avenant_se_corrige_ou_s_annule_avant_sa_prise_d_effet(connecte, engagement, horloge):
    client = connecte("edition")
    amender(client, engagement, "148", montant_delta_ht="150000", date_notification="2026-10-16")
    avenant = engagement.avenants.get()
    page = client.get(engagement.get_absolute_url()).content.decode()
    assert reverse("marches:avenant_modifier", args=[avenant.uuid]) in page
    assert dues(engagement) == 248
    saisie = {"montant_delta_ht": "50000", "date_notification": "2026-10-20", "motif": "Montant corrigé"}
    assert envoyer(client, "marches:avenant_modifier", avenant, heures_delta="48", **saisie).status_code == 302
    avenant.refresh_from_db()
    assert (avenant.heures_delta, avenant.motif, dues(engagement)) == (48, "Montant corrigé", 148)
    corrige = journal(engagement.lot.marche)[0]
    assert corrige.startswith("Avenant corrigé avant sa prise d'effet, lot 1") and "148 → 48" in corrige
    trop = envoyer(client, "marches:avenant_modifier", avenant, heures_delta="-100,01", **saisie)
    assert "deviendraient négatives" in trop.content.decode() and dues(engagement) == 148
    assert envoyer(client, "marches:avenant_annuler", avenant, motif=" ").status_code == 200
    assert envoyer(client, "marches:avenant_annuler", avenant, motif="Renoncé").status_code == 302
    assert not engagement.avenants.exists() and dues(engagement) == 100
    annule = journal(engagement.lot.marche)[0]
    assert annule.startswith("Avenant annulé avant sa prise d'effet, lot 1, 48") and annule.endswith("Renoncé")


@pytest.mark.parametrize("geste", ["avenant_modifier", "avenant_annuler"])
def test_un_avenant_qui_a_pris_effet_ne_se_corrige_plus(connecte, engagement, horloge, geste):
    client = connecte("edition")
    amender(client, engagement, "50", date_notification="2026-10-15")  # le jour même
    avenant = engagement.avenants.get()
    assert (
        reverse(f"marches:{geste}", args=[avenant.uuid])
        not in client.get(engagement.get_absolute_url()).content.decode()
    )
    saisie = {"heures_delta": "10", "date_notification": "2026-12-01", "motif": "Trop tard"}
    assert envoyer(client, f"marches:{geste}", avenant, **saisie).status_code == 403
    assert dues(engagement) == 150


def test_annuler_un_avenant_ne_rend_pas_les_heures_negatives(connecte, engagement, horloge):
    client = connecte("edition")
    for delta in ("60", "-160"):
        amender(client, engagement, delta, date_notification="2026-11-02")
    ajoute = engagement.avenants.get(heures_delta=60)
    refus = envoyer(client, "marches:avenant_annuler", ajoute, motif="Renoncé")
    assert "Sans cet avenant" in refus.content.decode() and dues(engagement) == 0


def test_deux_avenants_s_ajoutent_et_la_borne_est_sur_le_total(connecte, engagement):
    client = connecte("edition")
    for delta, total in (("-60", 40), ("30", 70), ("-70", 0)):
        amender(client, engagement, delta)
        assert dues(engagement) == total
    with rien_ne_s_ecrit(*TABLES):
        assert list(fautes(amender(client, engagement, "-0,01"))) == ["heures_delta"]


def test_les_heures_du_contrat_ne_descendent_pas_sous_ce_que_les_avenants_retirent(connecte, engagement):
    client = connecte("edition")
    amender(client, engagement, "-60")
    version = client.get(adresse("marches:engagement_modifier", engagement)).context["version_montree"]
    saisie = {"entreprise": engagement.entreprise, "role": "attributaire", "version": version}
    with rien_ne_s_ecrit(*TABLES):
        reponse = envoyer(client, "marches:engagement_modifier", engagement, **saisie, heures_initiales="59")
        assert list(fautes(reponse, heures_initiales="59")) == ["heures_initiales"]
    envoyer(client, "marches:engagement_modifier", engagement, **saisie, heures_initiales="60")
    assert dues(engagement) == 0


# --- Les tranches -------------------------------------------------------------------------------------------------
def affermir(client, tranche, heures="481"):
    return envoyer(client, "marches:tranche_affermir", tranche, le="2026-10-01", heures=heures)


def test_une_tranche_s_affermit_une_fois_et_ses_heures_s_ajoutent(connecte, lot, engagement):
    client, tranche = connecte("edition"), TrancheFactory(lot=lot, numero="TO1")
    affermir(client, tranche)
    assert dues(engagement) == 581
    tranche.refresh_from_db()
    assert (str(tranche.affermie_le), tranche.heures) == ("2026-10-01", 481)
    assert journal(lot.marche)[0] == "Tranche affermie, lot 1, 481 h"
    with rien_ne_s_ecrit(*TABLES):
        assert "".join(fautes(affermir(client, tranche), heures="481").values()) == "Cette tranche est déjà affermie."


@pytest.mark.parametrize(
    ("cas", "phrase"),
    [
        ("ferme", "Cette tranche est ferme : ses heures sont déjà dues."),
        ("sans entreprise", "Engagez d'abord l'entreprise attributaire du lot : elle devra ces heures."),
    ],
)
def test_une_tranche_qui_ne_s_affermit_pas_dit_pourquoi(connecte, lot, cas, phrase):
    tranche = TrancheFactory(lot=lot, optionnelle=cas != "ferme")
    with rien_ne_s_ecrit(*TABLES):
        assert "".join(fautes(affermir(connecte("edition"), tranche), heures="481").values()) == phrase


def test_un_numero_de_tranche_ne_sert_qu_une_fois_dans_le_lot(connecte, lot):
    client, saisie = connecte("edition"), {"numero": "TO1", "montant_ht": "1000"}
    envoyer(client, "marches:tranche_nouvelle", lot, **saisie)
    with rien_ne_s_ecrit(*TABLES):
        reponse = envoyer(client, "marches:tranche_nouvelle", lot, **saisie)
        assert fautes(reponse, numero="TO1") == {"numero": "Une tranche du lot porte déjà ce numéro."}


# --- L'accord-cadre -----------------------------------------------------------------------------------------------
@pytest.fixture
def accord(monde):
    """Un lot sur factures : une heure due pour 1 000 €, passé 10 000 €."""
    marche = MarcheFactory(structure=monde.structure)
    lot = LotFactory(marche=marche, numero="1", assiette=Assiette.FACTURES, seuil_ht=10_000, euros_par_heure=1_000)
    return EngagementFactory(lot=lot, entreprise=monde.entreprise, heures_initiales=0)


def facturer(client, engagement, montant, numero="F-1", genre="facture"):
    saisie = {"genre": genre, "numero": numero, "date": "2026-10-01", "montant_ht": montant}
    return envoyer(client, "marches:commande_nouvelle", engagement, **saisie)


@pytest.mark.parametrize(
    ("montants", "heures"),
    [
        (["10000"], 0),  # le seuil n'est pas passé
        (["11000"], 1),
        (["20000"], 10),
        (["20000", "-5000"], 5),  # un avoir
        (["20000", "-20000"], 0),
        (["5000", "5000", "5000"], 5),  # le seuil se compte sur le cumul, non pièce par pièce
    ],
)
def test_les_heures_suivent_le_cumul_facture(connecte, accord, montants, heures):
    client = connecte("edition")
    for rang, montant in enumerate(montants):
        assert facturer(client, accord, montant, numero=f"F-{rang}").status_code == 302
    facturer(client, accord, "900000", numero="B-1", genre="bon")  # un bon n'est pas une facture
    assert dues(accord) == heures
    assert journal(accord.lot.marche)[0].startswith("Commande ou facture enregistrée, lot 1")


def test_une_facture_ne_s_enregistre_qu_une_fois_et_s_annule_une_fois(connecte, accord):
    client = connecte("edition")
    facturer(client, accord, "20000")
    with rien_ne_s_ecrit(*TABLES):
        dites = fautes(facturer(client, accord, "20000"), numero="F-1", montant_ht="20000")
        assert dites == {"numero": "Ce numéro est déjà enregistré pour cette entreprise."}
    commande = accord.commandes.get()
    for _ in range(2):
        envoyer(client, "marches:commande_annuler", commande)
    assert dues(accord) == 0
    assert sum("annulée" in phrase for phrase in journal(accord.lot.marche)) == 1
    facturer(client, accord, "12000")  # le numéro est de nouveau libre
    assert dues(accord) == 2


@pytest.mark.parametrize("geste", ["annuler", "avoir", "barème"])
def test_le_cumul_ne_rend_pas_les_heures_negatives(connecte, accord, geste):
    """Un avenant a retiré des heures que le cumul donnait : elles ne peuvent plus en sortir."""
    client = connecte("edition")
    facturer(client, accord, "20000")
    amender(client, accord, "-8")
    assert dues(accord) == 2
    with rien_ne_s_ecrit(*TABLES):
        if geste == "annuler":
            dit = annonce(envoyer(client, "marches:commande_annuler", accord.commandes.get()))
        elif geste == "avoir":
            dit = "".join(fautes(facturer(client, accord, "-5000", numero="A-1"), numero="A-1").values())
        else:
            page = client.get(adresse("marches:lot_modifier", accord.lot))
            saisie = {"numero": "1", "intitule": "Gros œuvre", "assiette": "factures", "seuil_ht": "10000"}
            saisie |= {"version": page.context["version_montree"], "euros_par_heure": "2000", "montant_ht": "500000"}
            dit = "".join(fautes(envoyer(client, "marches:lot_modifier", accord.lot, **saisie)).values())
    assert dit.startswith("Les heures dues par Travaux du Cotentin deviendraient négatives")


def test_un_lot_au_contrat_ne_compte_pas_de_factures(connecte, engagement):
    with rien_ne_s_ecrit(*TABLES):
        (phrase,) = fautes(facturer(connecte("edition"), engagement, "1000"), numero="F-1").values()
    assert phrase.startswith("Les heures de ce lot sont fixées au contrat")


@pytest.mark.parametrize(
    ("assiette", "euros", "admis"), [("factures", "", False), ("factures", "0,01", True), ("", "", True)]
)
def test_un_lot_sur_factures_dit_combien_d_euros_font_une_heure(monde, connecte, assiette, euros, admis):
    saisie = {"numero": "12", "intitule": "Toit", "assiette": assiette, "euros_par_heure": euros}
    reponse = envoyer(connecte("edition"), "marches:lot_nouveau", monde.marche, **saisie)
    assert monde.marche.lots.filter(numero="12").exists() is admis
    if not admis:
        assert fautes(reponse, numero="12") == {"euros_par_heure": "Dites combien d'euros font une heure due."}


@pytest.mark.parametrize(
    ("saisie", "champ"), [({"heures_initiales": "10"}, "entreprise"), ({"entreprise": True}, "heures_initiales")]
)
def test_un_lot_attribue_dit_a_qui_et_combien(monde, connecte, saisie, champ):
    saisie = {nom: monde.entreprise if valeur is True else valeur for nom, valeur in saisie.items()}
    with rien_ne_s_ecrit(*TABLES):
        reponse = envoyer(
            connecte("edition"), "marches:lot_nouveau", monde.marche, numero="12", intitule="Toit", **saisie
        )
        assert list(fautes(reponse, numero="12", intitule="Toit")) == [champ]


def test_des_heures_illisibles_n_ont_qu_une_phrase(monde, connecte):
    saisie = {"numero": "12", "intitule": "Toit", "entreprise": monde.entreprise, "heures_initiales": "mille"}
    reponse = envoyer(connecte("edition"), "marches:lot_nouveau", monde.marche, **saisie)
    assert reponse.context["form"].errors["heures_initiales"] == ["Tapez un nombre, par exemple 1 234,5."]


# --- Qui ----------------------------------------------------------------------------------------------------------
def test_ni_qui_lit_ni_la_voisine_et_un_marche_archive_ne_bouge_plus(monde, connecte, lot, engagement):
    tranche = TrancheFactory(lot=lot)

    def essais(client):
        return [
            engager(client, lot, monde.cotraitante, role="cotraitant"),
            amender(client, engagement, "10"),
            affermir(client, tranche),
            facturer(client, engagement, "1000"),
            envoyer(client, "marches:lot_archiver", lot),
            envoyer(client, "marches:engagement_archiver", engagement),
            envoyer(client, "marches:tranche_nouvelle", lot, numero="TO9", montant_ht="1000"),
        ]

    with rien_ne_s_ecrit(*TABLES):
        assert {reponse.status_code for reponse in essais(connecte("lecture"))} == {403}
        assert {reponse.status_code for reponse in essais(connecte("autre.responsable"))} == {404}
        type(lot.marche).objects.filter(pk=lot.marche_id).update(archive_le=timezone.now())
        motifs = [motif_du_refus(reponse) for reponse in essais(connecte("responsable"))]
    assert ["sortez-le de l'archive" in motif for motif in motifs] == [True] * 7


# --- Ce que le service tient, d'où qu'on l'appelle ------------------------------------------------------------------
def test_un_lot_archive_n_engage_plus_personne(monde, lot):
    Lot.objects.filter(pk=lot.pk).update(archive_le=timezone.now())
    with rien_ne_s_ecrit(*TABLES), pytest.raises(RegleViolee, match="Ce lot est archivé"):
        services.engager_entreprise(acteur=monde.acteur(), lot=lot, entreprise=monde.entreprise, heures_initiales=10)


def test_la_premiere_part_peut_etre_le_tout(monde, lot):
    engage = services.engager_entreprise(
        acteur=monde.acteur(), lot=lot, entreprise=monde.entreprise, heures_initiales=10, part=Decimal(100)
    )
    with pytest.raises(RegleViolee, match="dépassent 100"):
        services.modifier_engagement(acteur=monde.acteur(), engagement=engage, part=Decimal("100.01"))


def test_corriger_un_engagement_n_y_met_pas_le_contact_d_une_autre(monde, engagement):
    contact = ContactEntrepriseFactory(fiche__entreprise=monde.cotraitante, fiche__structure=monde.autre.structure)
    with pytest.raises(RegleViolee, match="pas de cette entreprise"):
        services.modifier_engagement(acteur=monde.acteur(), engagement=engagement, tuteur=contact)


def test_revenir_dans_un_groupement_deja_plein_se_refuse(monde, lot, engagement):
    services.modifier_engagement(acteur=monde.acteur(), engagement=engagement, part=Decimal(60))
    services.archiver_engagement(acteur=monde.acteur(), engagement=engagement, archiver=True)
    EngagementFactory(lot=lot, cotraitant=True, part=Decimal("40.01"))
    with pytest.raises(RegleViolee, match="dépassent 100"):
        services.archiver_engagement(acteur=monde.acteur(), engagement=engagement, archiver=False)
    Engagement.objects.filter(pk=engagement.pk).update(part=None)
    services.archiver_engagement(acteur=monde.acteur(), engagement=engagement, archiver=False)
    engagement.refresh_from_db()
    assert not engagement.est_archive


def test_le_cumul_d_un_lot_ne_touche_pas_les_heures_d_un_autre(monde, accord):
    ailleurs = EngagementFactory(lot=LotFactory(marche=accord.lot.marche, numero="9"), heures_commandes=50)
    muet = EngagementFactory(lot=accord.lot, cotraitant=True, heures_initiales=0)
    services.enregistrer_commande(
        acteur=monde.acteur(),
        engagement=accord,
        genre="facture",
        numero="F-7",
        date="2026-06-01",
        montant_ht=Decimal(60_000),
    )
    for engagement, heures in ((ailleurs, 50), (muet, 0)):
        engagement.refresh_from_db()
        assert engagement.heures_commandes == heures
    services.modifier_lot(acteur=monde.acteur(), lot=accord.lot, assiette=Assiette.CONTRAT)
    accord.refresh_from_db()
    assert accord.heures_commandes == 0
