"""Les lots d'un achat sur une page : dimensionnés dès le projet, repris par le marché, attribués d'un coup."""

import datetime
from decimal import Decimal as D

import pytest

from comptes.enums import Role
from marches import services
from marches.dimensionnement import dimensionner
from marches.enums import StatutMarche, StatutProjet
from marches.models import Engagement, Lot, LotPrevu, Marche, ProjetAchat
from socle.regles import RegleViolee
from tests.fabriques.marches import LotFactory, MarcheFactory, ProjetAchatFactory
from tests.saisie import adresse, annonce, envoyer, fautes, journal, lue, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026


@pytest.fixture
def projet(monde) -> ProjetAchat:
    monde.corps_metier.part_main_oeuvre, monde.corps_metier.taux_insertion = D(45), D(7)
    monde.corps_metier.cout_horaire = D(32)
    monde.corps_metier.save()
    return ProjetAchatFactory(
        structure=monde.structure,
        maitre_ouvrage=monde.maitre_ouvrage,
        statut=StatutProjet.RETENU,
        objet="Lycée",
        date_notification=datetime.date(2027, 3, 1),
        duree_mois=18,
    )


def dimensionner_par_la_page(client, projet, *lots):
    saisie = {f"{nom}_{rang}": valeur for rang, lot in enumerate(lots) for nom, valeur in lot.items()}
    return envoyer(client, "marches:projet_lots", projet, **saisie)


def lots_de(projet) -> list[tuple]:
    return [(lot.numero, lot.heures_calculees, lot.heures) for lot in projet.lots_prevus.order_by("numero")]


def test_quatre_lots_se_dimensionnent_en_une_page_et_s_additionnent(monde, connecte, projet):
    client, corps = connecte("edition"), monde.corps_metier
    reponse = dimensionner_par_la_page(
        client,
        projet,
        {"numero": "1", "intitule": "Gros œuvre", "montant_ht": "1 200 000", "corps_metier": corps},
        {"numero": "2", "intitule": "Peinture", "montant_ht": "400 000", "corps_metier": corps, "taux": "10"},
        {"numero": "3", "intitule": "Sols", "heures": "210"},
        {"numero": "4", "intitule": "Étanchéité", "montant_ht": "90 000"},
        {"numero": "5"},
    )
    assert reponse.status_code == 302, fautes(reponse)
    # 1 200 000 × 45 % × 7 % ÷ 32 = 1 181,25 ; 400 000 × 45 % × 10 % ÷ 32 = 562,5
    assert lots_de(projet) == [("1", D(1181), D(1181)), ("2", D(563), D(563)), ("3", None, D(210)), ("4", None, None)]
    page = lue(client, projet.get_absolute_url())
    assert "Lot 1 · Gros œuvre" in page and "1 954 h" in page and "1 690 000 €" in page
    assert "1 lot à chiffrer" in page
    assert "Lots du projet dimensionnés" in journal(projet)[0]


def test_un_lot_dont_la_ligne_est_videe_est_retire_et_un_calcul_suit_son_montant(monde, connecte, projet):
    client, corps = connecte("edition"), monde.corps_metier
    un = {"numero": "1", "intitule": "Gros œuvre", "montant_ht": "1200000", "corps_metier": corps}
    deux = {"numero": "2", "intitule": "Sols", "heures": "210"}
    dimensionner_par_la_page(client, projet, un, deux)
    html = client.get(adresse("marches:projet_lots", projet)).content.decode()
    assert 'name="heures_1" value="210"' in html  # fixé à la main
    assert 'placeholder="1\u202f181"' in html  # calculé : la case reste vide
    dimensionner_par_la_page(client, projet, {**un, "montant_ht": "600000"}, {"numero": "2"})
    assert lots_de(projet) == [("1", D(591), D(591))]
    with rien_ne_s_ecrit(LotPrevu):  # un envoi vide n'efface pas tout
        assert "Décrivez un lot au moins" in fautes(dimensionner_par_la_page(client, projet))[""]


def test_les_memes_lignes_n_ecrivent_rien_et_deux_onglets_ne_s_effacent_pas(monde, connecte, projet):
    client, un = connecte("edition"), {"numero": "1", "intitule": "Gros œuvre", "heures": "210"}
    dimensionner_par_la_page(client, projet, un)
    with rien_ne_s_ecrit(LotPrevu):
        assert annonce(dimensionner_par_la_page(client, projet, un)) == "Rien n'a changé."
    version = client.get(adresse("marches:projet_lots", projet)).context["version_montree"]
    dimensionner_par_la_page(client, projet, {**un, "heures": "300"})
    saisie = {f"{nom}_0": valeur for nom, valeur in {**un, "heures": "250"}.items()}
    with rien_ne_s_ecrit(LotPrevu):
        dites = fautes(envoyer(client, "marches:projet_lots", projet, version=version, **saisie), heures_0="250")
    assert "Enregistré entre-temps : 300" in dites["heures_0"]


def test_une_ligne_fautive_se_dit_a_cote_de_sa_case_et_rien_ne_s_ecrit(connecte, projet):
    lignes = [{"numero": "1", "montant_ht": "12000"}, {"numero": "1", "intitule": "Sols", "heures": "abc"}]
    with rien_ne_s_ecrit(LotPrevu):
        dites = fautes(dimensionner_par_la_page(connecte("edition"), projet, *lignes), heures_1="abc")
    assert dites["intitule_0"] == "Donnez son intitulé."
    assert "porte ce numéro" in dites["numero_1"] and "heures_1" in dites


def test_le_corps_de_metier_d_une_autre_structure_ne_s_emploie_pas(monde, connecte, projet):
    ailleurs = monde.autre.corps_metier
    lot = {"numero": "1", "intitule": "Gros œuvre", "corps_metier": ailleurs}
    with rien_ne_s_ecrit(LotPrevu):
        assert "corps_metier_0" in fautes(dimensionner_par_la_page(connecte("edition"), projet, lot))


def test_l_acheteur_voit_les_lots_quand_ils_lui_sont_proposes(monde, connecte, projet):
    services.dimensionner_lots(
        acteur=monde.acteur(), projet=projet, lots=[{"numero": "1", "intitule": "Gros œuvre", "heures": D(777)}]
    )
    acheteur = connecte(Role.MAITRE_OUVRAGE)
    assert "777" in lue(acheteur, projet.get_absolute_url())
    ProjetAchat.objects.filter(pk=projet.pk).update(statut=StatutProjet.ETUDE)
    assert "777" not in lue(acheteur, projet.get_absolute_url())


def transformer_par_la_page(client, projet, **change):
    """La page telle qu'elle est proposée, avec sa seule référence."""
    form = client.get(adresse("marches:projet_transformer", projet)).context["form"]
    proposees = {nom: form.get_initial_for_field(champ, nom) for nom, champ in form.fields.items()}
    return envoyer(client, "marches:projet_transformer", projet, **{**proposees, "reference": "2027-001", **change})


def test_le_marche_reprend_les_lots_leur_calcul_et_ce_que_la_structure_regle(monde, connecte, projet):
    services.regler_les_clauses(
        acteur=monde.acteur(), penalite_par_heure=D(150), penalite_par_jour=D(60), publics_vises=["RSA", "QPV"]
    )
    corps = monde.corps_metier
    services.dimensionner_lots(
        acteur=monde.acteur(),
        projet=projet,
        lots=[
            {"numero": "1", "intitule": "Gros œuvre", "montant_ht": D(1_200_000), "corps_metier": corps},
            {"numero": "2", "intitule": "Sols", "heures": D(210)},
        ],
    )
    assert transformer_par_la_page(connecte("edition"), projet).status_code == 302
    marche = Marche.objects.get(reference="2027-001")
    assert (marche.debut, marche.fin_prevue) == (datetime.date(2027, 3, 1), datetime.date(2028, 8, 31))
    assert (marche.penalite_par_heure, marche.penalite_par_jour) == (D(150), D(60))
    assert marche.publics_vises == ["RSA", "QPV"] and marche.facilitateur == monde.personne("edition")
    assert [(lot.numero, lot.heures_contractuelles) for lot in marche.lots.order_by("numero")] == [
        ("1", D(1181)),
        ("2", D(210)),
    ]
    scenario = marche.lots.get(numero="1").scenarios.get()
    assert scenario.retenu and scenario.heures == D(1181) and D(scenario.parametres["montant"]) == 1_200_000
    assert not marche.lots.get(numero="2").scenarios.exists()


def test_un_projet_devenu_marche_ne_se_dimensionne_plus(monde, connecte, projet):
    transformer_par_la_page(connecte("edition"), projet)
    projet.refresh_from_db()
    with rien_ne_s_ecrit(LotPrevu), pytest.raises(RegleViolee, match="devenu un marché"):
        services.dimensionner_lots(acteur=monde.acteur(), projet=projet, lots=[])


@pytest.fixture
def publie(monde) -> Marche:
    marche = MarcheFactory(structure=monde.structure, statut=StatutMarche.PUBLIE, date_notification=None)
    for numero, heures in (("1", D(1181)), ("2", D(252)), ("3", None)):
        LotFactory(marche=marche, numero=numero, heures_contractuelles=heures)
    return marche


def test_les_lots_s_attribuent_en_une_page(monde, connecte, publie):
    un, deux, trois = publie.lots.order_by("numero")
    client = connecte("edition")
    assert "1\u202f181" in client.get(adresse("marches:attribuer", publie)).content.decode()
    reponse = envoyer(
        client,
        "marches:attribuer",
        publie,
        date_notification="2026-10-12",
        **{f"entreprise_{lot.pk}": monde.entreprise for lot in (un, deux)},
        **{f"heures_{un.pk}": "1 181", f"heures_{deux.pk}": "252"},
    )
    assert reponse.status_code == 302 and annonce(reponse) == "Marché attribué."
    publie.refresh_from_db()
    assert (publie.statut, publie.date_notification) == (StatutMarche.ATTRIBUE, datetime.date(2026, 10, 12))
    dus = Engagement.objects.filter(lot__marche=publie).order_by("lot__numero")
    assert [(e.lot_id, e.heures_initiales) for e in dus] == [(un.pk, D(1181)), (deux.pk, D(252))]
    assert [*Lot.objects.filter(marche=publie).sans_attributaire()] == [trois]


def test_une_attribution_sans_attributaire_ou_sans_heures_se_refuse(monde, connecte, publie):
    lot = publie.lots.get(numero="3")
    client = connecte("edition")
    with rien_ne_s_ecrit(Engagement, Marche):
        dites = fautes(envoyer(client, "marches:attribuer", publie, date_notification="2026-10-12"))
        assert "Choisissez l'attributaire d'un lot au moins" in dites[""]
        saisie = {f"entreprise_{lot.pk}": monde.entreprise, "date_notification": "2026-10-12"}
        dites = fautes(
            envoyer(client, "marches:attribuer", publie, **saisie), **{f"entreprise_{lot.pk}": monde.entreprise.pk}
        )
        assert "Donnez les heures dues" in dites[f"heures_{lot.pk}"]


def test_le_lot_d_un_autre_marche_ne_s_attribue_pas_ici(monde, publie):
    with rien_ne_s_ecrit(Engagement, Marche), pytest.raises(RegleViolee, match="pas de ce marché"):
        services.attribuer_lots(
            acteur=monde.acteur(),
            marche=publie,
            date_notification=datetime.date(2026, 10, 12),
            attributions=[{"lot": monde.lot_libre, "entreprise": monde.entreprise, "heures_initiales": D(1)}],
        )


def test_une_somme_vide_n_est_pas_zero():
    assert dimensionner([], "plus_proche").heures is None
    assert dimensionner([LotPrevu(numero="1")], "plus_proche").a_chiffrer == 1
