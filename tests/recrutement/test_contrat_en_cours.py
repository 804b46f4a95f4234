"""Ce qui arrive à un contrat signé : des termes corrigés sans laisser d'heures dehors, un avenant, un second marché.

Le contrat du monde court du 1er mars au 31 août 2026 ; des heures y sont enregistrées en mars, avril et juin.
"""

import datetime

import pytest
from django.utils import timezone

from declarations.models import LigneHeures
from recrutement.enums import TypeContrat
from recrutement.models import AvenantContrat, Contrat
from recrutement.services import affecter_aussi, conclure_contrat, modifier_contrat, reprendre_contrats
from socle.regles import RegleViolee
from tests.fabriques.entreprises import ContactEntrepriseFactory, FicheEntrepriseFactory
from tests.fabriques.marches import (
    ConventionFactory,
    EngagementFactory,
    LotFactory,
    MaitreOuvrageFactory,
    MarcheFactory,
)
from tests.saisie import adresse, annonce, envoyer, fautes, journal, lue, motif_du_refus, rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
ARCHIVE = "Ce contrat est archivé : sortez-le de l'archive pour le modifier."
TABLES = (Contrat, AvenantContrat)


def modifier(client, contrat, **change):
    contexte = client.get(adresse("recrutement:contrat_modifier", contrat)).context
    champs = ("modalite", "type_contrat", "debut", "fin_prevue", "fin_reelle", "motif_fin")
    saisie = {champ: getattr(contrat, champ) for champ in champs if getattr(contrat, champ)}
    saisie |= {"employeur": contrat.employeur, "version": contexte and contexte["version_montree"]}
    return envoyer(client, "recrutement:contrat_modifier", contrat, **{**saisie, **change})


@pytest.mark.parametrize(
    ("champ", "jour", "phrase"),
    [
        ("debut", "2026-03-31", ""),  # des heures en mars : le 31 suffit
        ("debut", "2026-04-01", "Des heures sont déjà enregistrées avant cette date."),
        ("fin_prevue", "2026-06-01", ""),  # des heures en juin : le 1er suffit
        ("fin_prevue", "2026-05-31", "Des heures sont déjà enregistrées après cette date."),
        ("fin_reelle", "2026-06-01", ""),
        ("fin_reelle", "2026-05-31", "Des heures sont déjà enregistrées après cette date."),
        ("fin_reelle", "2026-02-28", "La fin réelle précède le début."),
    ],
)
def test_les_dates_ne_laissent_pas_d_heures_dehors(monde, connecte, champ, jour, phrase):
    client, contrat = connecte("edition"), monde.contrat
    avant = getattr(contrat, champ)
    reponse = modifier(client, contrat, motif_fin="chantier", **{champ: jour})
    contrat.refresh_from_db()
    if phrase:
        assert fautes(reponse, **{champ: jour}) == {champ: phrase}
        assert (getattr(contrat, champ), contrat.motif_fin) == (avant, "")
        return
    assert (reponse.url, annonce(reponse)) == (contrat.get_absolute_url(), "Contrat modifié.")
    assert str(getattr(contrat, champ)) == jour
    assert journal(contrat)[0].startswith("Contrat modifié : ")


@pytest.mark.parametrize(
    ("fin_reelle", "motif", "refuse"),
    [
        ("2026-08-30", "", True),
        ("2026-08-30", "formation", False),
        ("2026-08-31", "", False),
        ("2026-09-15", "", False),
    ],
)
def test_s_arreter_avant_le_terme_demande_pourquoi(monde, connecte, fin_reelle, motif, refuse):
    reponse = modifier(connecte("edition"), monde.contrat, fin_reelle=fin_reelle, motif_fin=motif)
    if refuse:
        assert fautes(reponse, fin_reelle=fin_reelle) == {
            "motif_fin": "Le contrat s'arrête avant son terme : dites pourquoi."
        }
    monde.contrat.refresh_from_db()
    assert (monde.contrat.fin_reelle is None) is refuse


def test_un_contrat_archive_ne_se_touche_plus(monde, connecte):
    client, contrat = connecte("responsable"), monde.contrat
    for _ in range(2):
        envoyer(client, "recrutement:contrat_archiver", contrat)
    assert journal(contrat) == ["Contrat archivé"]
    with rien_ne_s_ecrit(*TABLES):
        for geste in ("modifier", "avenant", "affecter"):
            reponse = envoyer(client, f"recrutement:contrat_{geste}", contrat, **_saisie_de(geste, monde))
            assert ARCHIVE in motif_du_refus(reponse), geste
            assert (
                adresse(f"recrutement:contrat_{geste}", contrat)
                not in client.get(contrat.get_absolute_url()).content.decode()
            )
    envoyer(client, "recrutement:contrat_desarchiver", contrat)
    assert annonce(modifier(client, contrat, fin_reelle="2026-09-15")) == "Contrat modifié."


def _saisie_de(geste, monde) -> dict:
    termes = {"employeur": monde.entreprise, "modalite": "embauche_directe", "type_contrat": "cdd"}
    dates = {"debut": "2026-03-01", "fin_prevue": "2026-08-31"}
    return {
        "modifier": {**termes, **dates, "fin_reelle": "2026-09-15"},
        "avenant": {"genre": "cdi", "date_effet": "2026-07-01"},
        "affecter": {**dates, "engagement": monde.cotraitance},
    }[geste]


@pytest.mark.parametrize("geste", ["modifier", "avenant", "affecter", "archiver", "desarchiver"])
def test_ni_qui_lit_ni_la_voisine_n_y_touche(monde, connecte, geste):
    saisie = _saisie_de(geste, monde) if geste in ("modifier", "avenant", "affecter") else {}
    with rien_ne_s_ecrit(*TABLES):
        for qui, code in (("lecture", 403), ("autre.responsable", 404), ("entreprise", 403)):
            assert envoyer(connecte(qui), f"recrutement:contrat_{geste}", monde.contrat, **saisie).status_code == code


# --- L'avenant ----------------------------------------------------------------------------------------------------
def amender(client, contrat, genre, date_effet="2026-09-01", **termes):
    return envoyer(client, "recrutement:contrat_avenant", contrat, genre=genre, date_effet=date_effet, **termes)


@pytest.mark.parametrize(
    ("genre", "termes", "attendus", "seconde"),
    [
        (
            "prolongation",
            {"fin_prevue": "2026-09-01"},
            ("cdd", "2026-09-01", None),
            ("fin_prevue", "Donnez une fin après"),
        ),
        ("cdi", {"date_effet": "2026-03-01"}, ("cdi", None, None), ("genre", "déjà un CDI")),
        (
            "duree",
            {"heures_hebdomadaires": "24"},
            ("cdd", "2026-08-31", 24),
            ("heures_hebdomadaires", "déjà la durée du travail"),
        ),
    ],
)
def test_un_avenant_change_les_termes_une_seule_fois(monde, connecte, genre, termes, attendus, seconde):
    client, contrat = connecte("edition"), monde.contrat
    contrat.avenants.all().delete()
    reponse = amender(client, contrat, genre, **termes)
    assert (reponse.url, annonce(reponse)) == (contrat.get_absolute_url(), "Avenant enregistré.")
    contrat.refresh_from_db()
    fin = contrat.fin_prevue and contrat.fin_prevue.isoformat()
    assert (contrat.type_contrat, fin, contrat.heures_hebdomadaires) == attendus
    avenant = contrat.avenants.get()
    assert (avenant.type_avant, str(avenant.fin_avant), avenant.heures_avant) == ("cdd", "2026-08-31", None)
    assert (avenant.type_apres, avenant.fin_apres, avenant.heures_apres) == (
        contrat.type_contrat,
        contrat.fin_prevue,
        contrat.heures_hebdomadaires,
    )
    assert journal(contrat) == ["Avenant au contrat de travail"]
    with rien_ne_s_ecrit(*TABLES):
        champ, phrase = seconde
        dites = fautes(amender(client, contrat, genre, **termes), **termes)
        assert list(dites) == [champ] and phrase in dites[champ]


@pytest.mark.parametrize(
    ("genre", "termes", "champ", "mot"),
    [
        ("prolongation", {}, "fin_prevue", "Donnez une fin après le 31/08/2026"),
        ("prolongation", {"fin_prevue": "2026-08-31"}, "fin_prevue", "Donnez une fin après le 31/08/2026"),
        ("duree", {}, "heures_hebdomadaires", "Donnez les heures par semaine."),
        ("duree", {"heures_hebdomadaires": "48,5"}, "heures_hebdomadaires", "48"),
        ("duree", {"heures_hebdomadaires": "0,5"}, "heures_hebdomadaires", "1"),
        ("cdi", {"date_effet": "2026-02-28"}, "date_effet", "avant le contrat"),  # il commence le 1er mars
        ("poesie", {}, "genre", "choix"),
    ],
)
def test_un_avenant_incomplet_se_dit_a_cote(monde, connecte, genre, termes, champ, mot):
    with rien_ne_s_ecrit(*TABLES):
        dites = fautes(amender(connecte("edition"), monde.contrat, genre, **termes), **termes)
    assert list(dites) == [champ] and mot in dites[champ]


@pytest.mark.parametrize("etat", ["fini", "sans terme"])
def test_un_contrat_fini_ou_sans_terme_ne_se_prolonge_pas(monde, connecte, etat):
    change = (
        {"fin_reelle": datetime.date(2026, 8, 15)} if etat == "fini" else {"fin_prevue": None, "type_contrat": "cdi"}
    )
    Contrat.objects.filter(pk=monde.contrat.pk).update(**change)
    with rien_ne_s_ecrit(*TABLES):
        dites = fautes(amender(connecte("edition"), monde.contrat, "prolongation", fin_prevue="2027-01-31"))
    (phrase,) = dites.values()
    assert ("ne s'amende plus" if etat == "fini" else "sans terme ne se prolonge pas") in phrase


# --- Un second marché ---------------------------------------------------------------------------------------------
@pytest.fixture
def ailleurs(monde):
    marche = MarcheFactory(structure=monde.structure, maitre_ouvrage=MaitreOuvrageFactory(), reference="2026-099")
    return EngagementFactory(lot=LotFactory(marche=marche), entreprise=monde.entreprise, heures_initiales=1000)


def affecter(client, contrat, engagement, **dates):
    return envoyer(client, "recrutement:contrat_affecter", contrat, engagement=engagement, **dates)


@pytest.mark.parametrize(
    ("debut", "fin", "dites"),
    [
        ("2026-03-01", "2026-08-31", {}),
        ("2026-08-31", "2026-08-31", {}),
        ("2026-02-28", "2026-08-31", {"debut": "Cette date est hors du contrat de travail."}),
        ("2026-09-01", "2026-09-30", {"debut": "Cette date est hors du contrat de travail."}),
        ("2026-06-01", "2026-09-01", {"fin_prevue": "Le contrat de travail s'arrête le 31/08/2026."}),
        ("2026-06-01", "", {"fin_prevue": "Le contrat de travail s'arrête le 31/08/2026."}),
    ],
)
def test_une_affectation_tient_dans_le_contrat_de_travail(monde, connecte, ailleurs, debut, fin, dites):
    client, contrat = connecte("edition"), monde.contrat
    reponse = affecter(client, contrat, ailleurs, debut=debut, fin_prevue=fin)
    seconds = Contrat.objects.filter(meme_contrat_que=contrat)
    assert seconds.exists() is not bool(dites)
    if dites:
        assert fautes(reponse, debut=debut, fin_prevue=fin) == dites
        return
    second = seconds.get()
    assert (second.engagement, second.employeur, second.type_contrat) == (ailleurs, contrat.employeur, TypeContrat.CDD)
    assert journal(second) == ["Contrat conclu"]
    assert "2026-099" in lue(client, contrat.get_absolute_url())


def test_une_affectation_d_une_affectation_reste_du_meme_contrat(monde, connecte, ailleurs):
    """Toutes se rattachent au premier contrat : les heures d'une personne ne se comptent qu'une fois par mois."""
    client, dates = connecte("edition"), {"debut": "2026-06-01", "fin_prevue": "2026-08-31"}
    affecter(client, monde.contrat, ailleurs, **dates)
    second = Contrat.objects.get(meme_contrat_que=monde.contrat)
    troisieme = EngagementFactory(
        lot=LotFactory(marche=MarcheFactory(structure=monde.structure)), entreprise=monde.entreprise
    )
    affecter(client, second, troisieme, **dates)
    assert set(Contrat.objects.filter(meme_contrat_que=monde.contrat).values_list("engagement", flat=True)) == {
        ailleurs.pk,
        troisieme.pk,
    }


@pytest.mark.parametrize("cas", ["le même", "soldé", "d'une autre structure", "archivé"])
def test_on_n_affecte_qu_a_un_autre_marche_ouvert(monde, connecte, ailleurs, cas):
    choix = {"le même": monde.engagement, "d'une autre structure": monde.autre.engagement}.get(cas, ailleurs)
    if cas == "soldé":
        type(ailleurs.lot.marche).objects.filter(pk=ailleurs.lot.marche_id).update(statut="solde")
    if cas == "archivé":
        type(ailleurs).objects.filter(pk=ailleurs.pk).update(archive_le=timezone.now())
    with rien_ne_s_ecrit(*TABLES):
        reponse = affecter(connecte("edition"), monde.contrat, choix, debut="2026-06-01", fin_prevue="2026-08-31")
        assert list(fautes(reponse, debut="2026-06-01")) == ["engagement"]


# --- Le tuteur et la convention -----------------------------------------------------------------------------------
@pytest.mark.parametrize("de", ["l'employeur", "une autre entreprise", "une autre structure", "archivé"])
def test_le_tuteur_est_un_contact_de_l_employeur_dans_le_carnet(monde, connecte, de):
    fiche = {
        "une autre entreprise": monde.cotraitante.fiches.get(structure=monde.structure),
        "une autre structure": FicheEntrepriseFactory(entreprise=monde.entreprise, structure=monde.autre.structure),
    }.get(de, monde.fiche)
    tuteur = ContactEntrepriseFactory(fiche=fiche, archive_le=timezone.now() if de == "archivé" else None)
    reponse = modifier(connecte("edition"), monde.contrat, tuteur=tuteur)
    monde.contrat.refresh_from_db()
    assert monde.contrat.tuteur == (tuteur if de == "l'employeur" else None)
    if de != "l'employeur":
        assert list(fautes(reponse)) == ["tuteur"]


def test_la_convention_reunit_le_marche_du_contrat(monde, connecte):
    client, etrangere = connecte("edition"), ConventionFactory(structure=monde.structure)
    etrangere.marches.set([MarcheFactory(structure=monde.structure)])
    with rien_ne_s_ecrit(*TABLES):
        assert list(fautes(modifier(client, monde.contrat, convention=etrangere))) == ["convention"]
        assert list(fautes(modifier(client, monde.contrat, convention=monde.autre.convention))) == ["convention"]
    modifier(client, monde.contrat, convention=monde.convention)
    monde.contrat.refresh_from_db()
    assert monde.contrat.convention == monde.convention


# --- Ce que le service tient, d'où qu'on l'appelle ------------------------------------------------------------------
def test_un_mois_a_zero_heure_et_un_contrat_sans_heures_ne_retiennent_rien(monde):
    LigneHeures.objects.filter(contrat=monde.contrat).update(heures=0, heures_declarees=0)
    raccourci = {"debut": datetime.date(2026, 5, 1), "fin_prevue": datetime.date(2026, 5, 31)}
    assert modifier_contrat(acteur=monde.acteur(), contrat=monde.contrat, **raccourci).debut == raccourci["debut"]
    LigneHeures.objects.filter(contrat=monde.contrat).delete()
    fin = datetime.date(2026, 5, 30)
    assert modifier_contrat(acteur=monde.acteur(), contrat=monde.contrat, fin_prevue=fin).fin_prevue == fin


def test_un_engagement_d_ailleurs_n_est_pas_ouvert_ici(monde):
    with pytest.raises(RegleViolee, match="n'est pas ouvert aux contrats"):
        conclure_contrat(
            acteur=monde.acteur(),
            beneficiaire=monde.beneficiaire,
            engagement=monde.autre.engagement,
            employeur=monde.entreprise,
        )


def test_un_seul_contrat_d_ailleurs_arrete_toute_la_reprise(monde):
    """Même bien désigné : c'est sa structure qui compte."""
    deplace = Contrat.objects.get(pk=monde.contrat.pk)
    deplace.structure = monde.autre.structure
    for modifies in ([deplace], [monde.contrat_cotraitance, deplace]):
        with rien_ne_s_ecrit(*TABLES), pytest.raises(RegleViolee, match="n'est pas de votre structure"):
            reprendre_contrats(acteur=monde.acteur(), nouveaux=[], modifies=modifies, champs=["debut"])


def test_le_second_marche_est_un_autre(monde):
    with pytest.raises(RegleViolee, match="Choisissez un autre marché"):
        affecter_aussi(
            acteur=monde.acteur(), contrat=monde.contrat, engagement=monde.engagement, debut=monde.contrat.debut
        )
