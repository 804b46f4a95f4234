"""Le besoin d'une entreprise : exprimé, corrigé, retiré, pris en main, écarté, diffusé ; qui peut, qui est prévenu."""

import datetime

import pytest
from django.urls import reverse

from comptes.enums import Role
from marches.models import Marche
from metiers.models import Metier
from recrutement import services
from recrutement.enums import StatutOffre
from recrutement.models import Offre
from socle.models import Courriel, EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.fabriques.recrutement import OffreFactory

pytestmark = pytest.mark.django_db
DEBUT = datetime.date(2026, 12, 1)


def saisie(monde, **autres) -> dict:
    return {
        "engagement": monde.engagement.uuid,
        "intitule": "Coffreur",
        "metier": "F1703",
        "postes": "2",
        "debut": "2026-12-01",
        "fin": "2027-05-31",
        "heures": "400",
        "modalite": "embauche_directe",
        "type_contrat": "cdd",
        "exigences": "Permis B.",
        **autres,
    }


def exprimer(monde, **valeurs) -> Offre:
    return services.exprimer_besoin(
        acteur=monde.acteur("entreprise"),
        engagement=monde.engagement,
        **{"intitule": "Coffreur", "metier": Metier.objects.get(code="F1703"), "debut": DEBUT, **valeurs},
    )


def statut(offre: Offre) -> str:
    offre.refresh_from_db()
    return offre.statut


def recus(personne) -> list[str]:
    return list(Courriel.objects.filter(destinataire=personne.email).order_by("pk").values_list("sujet", flat=True))


def test_de_l_espace_a_l_offre_diffusee(monde, connecte, horloge):
    entreprise, facilitateur = connecte("entreprise"), connecte("edition")
    adresse = reverse("recrutement:besoin_nouveau")
    page = entreprise.get(f"{adresse}?engagement={monde.engagement.uuid}").content.decode()
    assert f'value="{monde.engagement.uuid}" selected' in page
    donnees = saisie(monde, jeton_envoi="a" * 32)
    (suite, seconde) = (entreprise.post(adresse, donnees) for _ in range(2))
    besoin = Offre.objects.get(intitule="Coffreur")
    assert suite.url == seconde.url == reverse("recrutement:reponse", args=[besoin.uuid])
    assert (besoin.statut, besoin.structure) == (StatutOffre.BESOIN, monde.structure)
    sujet = "Besoin d'embauche : Coffreur, Travaux du Cotentin"
    assert recus(monde.personne("edition")) == recus(monde.personne("responsable")) == [sujet]
    assert recus(monde.personne("lecture")) == recus(monde.personne("autre.edition")) == []

    liste = reverse("recrutement:offres")
    demandees = facilitateur.get(f"{liste}?demandee_par_entreprise=true").content.decode()
    assert "Coffreur" in demandees and reverse("recrutement:offre", args=[monde.offre.uuid]) not in demandees
    fiche = facilitateur.get(besoin.get_absolute_url()).content.decode()
    assert "Prendre en main" in fiche and "Diffuser l'offre" not in fiche
    facilitateur.post(reverse("recrutement:besoin_prendre", args=[besoin.uuid]))
    assert statut(besoin) == StatutOffre.BROUILLON
    services.diffuser_offre(
        acteur=monde.acteur("edition"), offre=besoin, partenaires=[monde.organisations[Role.PRESCRIPTEUR]]
    )
    sienne = entreprise.get(suite.url).content.decode()
    assert "Proposé aux partenaires" in sienne and "Retirer ce besoin" not in sienne
    assert recus(monde.personne("entreprise")) == ["Votre besoin : Coffreur"] * 2
    assert recus(monde.personne("autre.entreprise")) == []


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("debut", "2026-10-14", "Cette date est passée"),
        ("fin", "2026-11-01", "La fin précède le début"),
        ("metier", "Z9999", "Métier inconnu"),
        ("postes", "0", "supérieure ou égale"),
        ("heures", "beaucoup", "nombre"),
        ("commune", "Zzz", "Commune inconnue"),
        ("exigences", "Son numéro : 1 85 05 78 006 084 36", "numéro"),
    ],
)
def test_la_faute_se_dit_et_la_saisie_reste(champ, valeur, phrase, monde, connecte, horloge):
    reponse = connecte("entreprise").post(reverse("recrutement:besoin_nouveau"), saisie(monde, **{champ: valeur}))
    page = reponse.content.decode()
    assert reponse.status_code == 200 and phrase in page
    assert ('value="Coffreur"' in page and 'value="2027-05-31"' in page) or champ == "fin"
    assert not Offre.objects.filter(intitule="Coffreur").exists() and not Courriel.objects.exists()


def test_l_engagement_d_un_autre_n_est_pas_un_choix(monde, connecte, horloge):
    for engagement in (monde.cotraitance, monde.autre.engagement):
        reponse = connecte("entreprise").post(
            reverse("recrutement:besoin_nouveau"), saisie(monde, engagement=engagement.uuid)
        )
        assert reponse.status_code == 200 and "choix" in reponse.content.decode().lower()
        with pytest.raises(AccesRefuse):
            services.exprimer_besoin(acteur=monde.acteur("entreprise"), engagement=engagement, debut=DEBUT)
    with pytest.raises(AccesRefuse):
        services.exprimer_besoin(acteur=monde.acteur("edition"), engagement=monde.engagement, debut=DEBUT)
    assert Offre.objects.filter(structure=monde.autre.structure, demandee_par_entreprise=True).count() == 1


def test_un_marche_solde_n_embauche_plus(monde, horloge):
    Marche.objects.filter(pk=monde.marche.pk).update(statut="solde")
    with pytest.raises(RegleViolee, match="n'est plus ouvert"):
        exprimer(monde)


def test_corriger_puis_retirer_tant_que_personne_ne_l_a_pris(monde, connecte, horloge):
    besoin, entreprise = exprimer(monde), connecte("entreprise")
    modifier = reverse("recrutement:besoin_modifier", args=[besoin.uuid])
    assert entreprise.post(modifier, saisie(monde, postes="3")).status_code == 302
    besoin.refresh_from_db()
    assert (besoin.postes, besoin.heures) == (3, 400)
    retirer = reverse("recrutement:besoin_retirer", args=[besoin.uuid])
    for _ in range(2):
        assert entreprise.post(retirer).url == reverse("recrutement:reponse", args=[besoin.uuid])
        assert statut(besoin) == StatutOffre.ABANDONNEE
    assert EntreeJournal.objects.filter(action="besoin_retire").count() == 1
    with pytest.raises(RegleViolee):
        services.prendre_besoin(acteur=monde.acteur("edition"), offre=besoin)


def test_pris_en_main_pendant_la_correction(monde, connecte, horloge):
    """La correction arrive trop tard : la raison est dite, ce qui était tapé reste, rien n'est changé."""
    besoin, entreprise = exprimer(monde), connecte("entreprise")
    services.prendre_besoin(acteur=monde.acteur("edition"), offre=besoin)
    modifier = reverse("recrutement:besoin_modifier", args=[besoin.uuid])
    page = entreprise.post(modifier, saisie(monde, intitule="Coffreuse"))
    assert page.status_code == 200
    assert "demandez la correction" in page.content.decode() and 'value="Coffreuse"' in page.content.decode()
    assert entreprise.get(modifier).url == reverse("recrutement:reponse", args=[besoin.uuid])
    besoin.refresh_from_db()
    assert besoin.intitule == "Coffreur"


def test_le_facilitateur_n_ecrit_pas_dans_un_besoin_qu_il_n_a_pas_pris(monde, connecte, horloge):
    besoin = exprimer(monde)
    with pytest.raises(AccesRefuse, match="prenez-le en main"):
        services.modifier_offre(acteur=monde.acteur("edition"), offre=besoin, postes=9)
    lecture = connecte("lecture").get(besoin.get_absolute_url()).content.decode()
    assert "Besoin exprimé" in lecture and "Prendre en main" not in lecture


def test_ecarter_dit_pourquoi_une_fois(monde, connecte, horloge):
    besoin = exprimer(monde)
    adresse = reverse("recrutement:besoin_ecarter", args=[besoin.uuid])
    assert "obligatoire" in connecte("edition").post(adresse, {"reponse_besoin": " "}).content.decode()
    raison = "Vos heures sont déjà faites."
    for _ in range(2):
        connecte("edition").post(adresse, {"reponse_besoin": raison})
    page = connecte("entreprise").get(reverse("recrutement:reponse", args=[besoin.uuid])).content.decode()
    assert statut(besoin) == StatutOffre.ABANDONNEE and raison in page
    courriel = Courriel.objects.get(destinataire=monde.personne("entreprise").email)
    assert raison in courriel.corps


def test_qui_voit_un_besoin(monde):
    besoin = monde.besoin
    brouillon = OffreFactory(engagement=monde.engagement, statut=StatutOffre.BROUILLON)
    vus = {qui: set(Offre.objects.visibles_par(monde.acteur(qui))) for qui in ("entreprise", "lecture", "prescripteur")}
    assert besoin in vus["entreprise"] and besoin in vus["lecture"] and besoin not in vus["prescripteur"]
    assert brouillon not in vus["entreprise"]
    assert besoin not in Offre.objects.visibles_par(monde.acteur("autre.entreprise"))
    assert besoin not in Offre.objects.diffusees() and brouillon not in Offre.objects.diffusees()


# --- Ce que le service tient, d'où qu'on l'appelle ------------------------------------------------------------------
def test_le_besoin_est_de_l_engagement_demande(monde, horloge):
    """L'entreprise en a deux : le besoin va à celui qu'elle nomme, non au premier venu."""
    second = EngagementFactory(
        lot=LotFactory(marche=MarcheFactory(structure=monde.structure)), entreprise=monde.entreprise
    )
    for engagement in (second, monde.engagement):
        acteur = monde.acteur("entreprise")
        metier = Metier.objects.get(code="F1703")
        besoin = services.exprimer_besoin(
            acteur=acteur, engagement=engagement, intitule="Coffreur", metier=metier, debut=DEBUT
        )
        assert (besoin.engagement, besoin.structure) == (engagement, monde.structure)
        assert (besoin.dit_a.qui, bool(besoin.dit_a)) == ("votre facilitateur", True)


@pytest.mark.parametrize(("debut", "refuse"), [("2026-10-14", True), ("2026-10-15", False)])
def test_un_poste_ne_commence_pas_hier(monde, horloge, debut, refuse):
    debut = datetime.date.fromisoformat(debut)
    besoin = exprimer(monde)
    for geste in (
        lambda: exprimer(monde, debut=debut),
        lambda: services.modifier_besoin(acteur=monde.acteur("entreprise"), offre=besoin, debut=debut),
    ):
        if refuse:
            with pytest.raises(RegleViolee, match="Cette date est passée"):
                geste()
        else:
            assert geste().debut == debut


def test_ecarter_un_besoin_se_justifie(monde):
    with pytest.raises(RegleViolee, match="Dites pourquoi"):
        services.ecarter_besoin(acteur=monde.acteur(), offre=monde.besoin, reponse_besoin="  ")
    assert statut(monde.besoin) == StatutOffre.BESOIN


def test_un_besoin_deja_pris_se_dit_a_qui_l_examine_et_se_refuse_aux_autres(monde):
    services.prendre_besoin(acteur=monde.acteur(), offre=monde.besoin)
    with pytest.raises(RegleViolee, match="déjà examiné"):
        services.prendre_besoin(acteur=monde.acteur(), offre=monde.besoin)
    with pytest.raises(AccesRefuse):
        services.prendre_besoin(acteur=monde.acteur("lecture"), offre=monde.besoin)
    with pytest.raises(RegleViolee, match="ne se change plus ici"):
        services.retirer_besoin(acteur=monde.acteur("entreprise"), offre=monde.besoin)
    with pytest.raises(AccesRefuse, match="pas celui de votre entreprise"):
        services.retirer_besoin(acteur=monde.acteur("edition"), offre=monde.besoin)


def test_sortir_un_besoin_de_l_attente_se_dit_a_l_entreprise(monde):
    avis = services.prendre_besoin(acteur=monde.acteur(), offre=monde.besoin).dit_a
    assert [str(destinataire.adresse) for destinataire in avis.destinataires] == [monde.personne("entreprise").email]


def test_ce_qui_manque_se_dit_a_l_accueil_et_au_champ(monde, connecte):
    besoin = exprimer(monde, heures=400)
    entreprise = connecte("entreprise")
    accueil = " ".join(entreprise.get(reverse("suivi:espace_entreprise")).content.decode().split())
    assert "il manque le lieu de travail, ce que le poste demande" in accueil
    modifier = reverse("recrutement:besoin_modifier", args=[besoin.uuid])
    page = entreprise.get(modifier).context["form"]
    assert {nom for nom, champ in page.fields.items() if champ.help_text.startswith("À compléter")} == {
        "adresse",
        "exigences",
    }


@pytest.mark.parametrize(
    ("debut", "fin", "dit"),
    [(-1, 0, "commence avant"), (400, 401, "commence après"), (0, 400, "finit après"), (0, 1, ""), (0, None, "")],
)
def test_un_poste_ou_un_contrat_hors_des_dates_du_marche_se_dit(monde, debut, fin, dit):
    marche = monde.engagement.lot.marche
    marche.fin_prevue = marche.debut + datetime.timedelta(days=300)
    jours = [None if ecart is None else marche.debut + datetime.timedelta(days=ecart) for ecart in (debut, fin)]
    phrase = marche.hors_de_ses_dates(*jours)
    assert phrase.startswith(dit) if dit else phrase == ""


def test_l_avertissement_se_lit_apres_un_contrat_et_apres_une_offre(monde, connecte):
    marche = monde.engagement.lot.marche
    avant = f"{marche.debut - datetime.timedelta(days=90):%d/%m/%Y}"
    facilitateur = connecte("edition")
    contrat = {
        "engagement": monde.engagement.pk,
        "employeur": monde.engagement.entreprise_id,
        "modalite": "embauche_directe",
        "type_contrat": "cdd",
        "debut": avant,
        "fin_prevue": avant,
    }
    nouveau = reverse("recrutement:contrat_nouveau", args=[monde.beneficiaire.uuid])
    assert "Ce contrat commence avant le marché" in facilitateur.post(nouveau, contrat, follow=True).content.decode()
    offre = saisie(monde, debut=avant, fin="")
    nouvelle = reverse("recrutement:offre_nouvelle", args=[monde.engagement.uuid])
    assert "Ce poste commence avant le marché" in facilitateur.post(nouvelle, offre, follow=True).content.decode()
