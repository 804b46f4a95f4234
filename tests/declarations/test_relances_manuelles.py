"""Relancer à la main, dire qu'on a appelé, mettre en pause ; les tâches qui restent au facilitateur."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from comptes.models import Utilisateur
from declarations.enums import IssueRelance, Palier, StatutDeclaration
from declarations.models import Declaration, PauseRelances, ReglagesDeclaration, Relance
from declarations.ouverture import echeance
from declarations.relances.services.a_la_main import lever_la_pause, mettre_en_pause, noter_appel, relancer_maintenant
from declarations.relances.services.passage import preparer_relances, relancer
from declarations.services.declarations import declarer_aucune_heure
from entreprises.models import ContactEntreprise, Entreprise
from marches.models import Marche, Note
from socle.models import Courriel
from socle.regles import AccesRefuse, RegleViolee
from socle.services.rebonds import consigner_rebond
from tests.fabriques.declarations import DeclarationFactory, RelanceFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.saisie import rien_ne_s_ecrit

pytestmark = pytest.mark.django_db


def au_correspondant():
    """Sans ce que reçoivent aussi les membres du compte de l'entreprise."""
    return Courriel.objects.exclude(destinataire="entreprise@nous.fr")


LE = datetime.date(2026, 11, 20)  # le premier rappel d'octobre, dû le 15 novembre
UN_JOUR = datetime.timedelta(days=1)


@pytest.fixture
def attendue(monde, horloge) -> Declaration:
    horloge.move_to(datetime.datetime(2026, 11, 20, 9, tzinfo=datetime.UTC))
    Declaration.objects.all().delete()
    Note.objects.update(cree_le="2026-01-05T09:00Z")
    ContactEntreprise.objects.all().delete()
    monde.engagement.correspondant = ContactEntrepriseFactory(fiche=monde.fiche, courriel="paie@chantier.fr")
    monde.engagement.save()
    ContactEntrepriseFactory(fiche=monde.fiche, courriel="chef@chantier.fr")
    ReglagesDeclaration.objects.update_or_create(structure=monde.structure, defaults={"relances": True})
    return _attendre(monde.engagement)


def _attendre(engagement, mois=datetime.date(2026, 10, 1)) -> Declaration:
    return DeclarationFactory(
        engagement=engagement, mois=mois, statut=StatutDeclaration.ATTENDUE, echeance=datetime.date(2026, 11, 15)
    )


def _relancer(monde) -> Courriel:
    return relancer_maintenant(acteur=monde.acteur("edition"), entreprise=monde.entreprise)


def test_relancer_a_la_main_une_fois_par_jour_et_l_automate_attend_demain(monde, attendue, horloge):
    autre = _attendre(
        EngagementFactory(lot=LotFactory(marche=MarcheFactory(structure=monde.structure)), entreprise=monde.entreprise)
    )
    courriel = _relancer(monde)
    assert autre.engagement.lot.marche.reference in courriel.corps and "2026-014" in courriel.corps
    assert courriel.repondre_a == monde.personne("edition").email and courriel.structure == monde.structure
    lignes = Relance.objects.filter(palier=Palier.MANUELLE)
    assert lignes.count() == 2 and {ligne.par for ligne in lignes} == {monde.personne("edition")}
    with pytest.raises(RegleViolee, match="déjà relancée aujourd'hui"):
        _relancer(monde)
    assert relancer(LE) == []
    horloge.shift(datetime.timedelta(days=3))  # le lundi suivant
    assert len(relancer()) == 1 and au_correspondant().count() == 2
    with pytest.raises(RegleViolee, match="déjà relancée aujourd'hui"):
        _relancer(monde)


@pytest.mark.parametrize("cas", ["declaree", "suspendu", "sans_adresse", "pause"])
def test_relancer_a_la_main_dit_pourquoi_non(monde, attendue, cas):
    attendu = "il n'y a rien à relancer"
    if cas == "declaree":
        declarer_aucune_heure(acteur=monde.acteur("entreprise"), declaration=attendue)
    elif cas == "suspendu":
        Marche.objects.filter(pk=monde.marche.pk).update(statut="suspendu")
    elif cas == "sans_adresse":
        Entreprise.objects.update(organisation=None)
        for adresse in ("paie@chantier.fr", "chef@chantier.fr"):
            consigner_rebond(adresse=adresse, motif="inconnu")
        attendu = "Aucun contact"
    else:
        _mettre_en_pause(monde)
        attendu = "en pause jusqu'au 30/11/2026"
    with pytest.raises(RegleViolee, match=attendu):
        _relancer(monde)
    assert not au_correspondant().filter(cle__startswith="relance").exists()


def test_en_lecture_ou_d_ailleurs_on_ne_relance_pas(monde, attendue):
    with pytest.raises(AccesRefuse):
        relancer_maintenant(acteur=monde.acteur("lecture"), entreprise=monde.entreprise)


def test_un_appel_fait_taire_trois_jours_pour_tous_les_marches_de_l_entreprise(monde, attendue):
    assert len(preparer_relances(LE)) == 1
    for _ in range(2):
        noter_appel(acteur=monde.acteur("edition"), entreprise=monde.entreprise)
    muets = [jour for jour in range(0, 6) if not preparer_relances(LE + jour * UN_JOUR)]
    assert muets == [0, 1, 2]  # les 20, 21 et 22 ; le lundi 23 repart


def _mettre_en_pause(monde, engagement=None, jusqu_au=datetime.date(2026, 11, 30)) -> PauseRelances:
    return mettre_en_pause(
        acteur=monde.acteur("edition"),
        entreprise=monde.entreprise,
        engagement=engagement,
        jusqu_au=jusqu_au,
        motif="Chantier arrêté",
    )


def test_une_pause_dure_jusqu_a_son_dernier_jour_et_se_leve(monde, attendue):
    pause = _mettre_en_pause(monde)
    assert preparer_relances(datetime.date(2026, 11, 30)) == []
    assert len(preparer_relances(datetime.date(2026, 12, 1))) == 1
    for _ in range(2):
        lever_la_pause(acteur=monde.acteur("edition"), pause=pause)
    assert len(preparer_relances(LE)) == 1


def test_la_pause_d_un_engagement_ne_tait_que_lui(monde, attendue):
    ailleurs = EngagementFactory(
        lot=LotFactory(marche=MarcheFactory(structure=monde.structure)), entreprise=monde.entreprise
    )
    autre = _attendre(ailleurs)
    _mettre_en_pause(monde, engagement=monde.engagement)
    (envoi,) = preparer_relances(LE)
    assert [declaration for declaration, _ in envoi.declarations] == [autre]


@pytest.mark.parametrize(("jours", "permise"), [(-1, False), (0, True), (366, True), (367, False)])
def test_une_pause_finit_a_venir_dans_l_annee(monde, attendue, jours, permise):
    fin = LE + jours * UN_JOUR
    if permise:
        assert _mettre_en_pause(monde, jusqu_au=fin).jusqu_au == fin
        return
    with rien_ne_s_ecrit(PauseRelances), pytest.raises(RegleViolee) as refus:
        _mettre_en_pause(monde, jusqu_au=fin)
    assert "jusqu_au" in refus.value.message_dict


def en_cours() -> set[tuple]:
    return set(PauseRelances.objects.en_cours(LE).values_list("fiche__entreprise", "engagement", "jusqu_au"))


def test_une_pause_ne_remplace_que_celle_de_la_meme_portee(monde, attendue):
    """L'entreprise, l'un de ses engagements, une autre entreprise : trois portées, trois pauses."""
    fins = [datetime.date(2026, 12, jour) for jour in (1, 2, 3, 4)]
    _mettre_en_pause(monde, jusqu_au=fins[0])
    _mettre_en_pause(monde, engagement=monde.engagement, jusqu_au=fins[1])
    mettre_en_pause(
        acteur=monde.acteur("edition"), entreprise=monde.cotraitante, jusqu_au=fins[2], motif="Chantier arrêté"
    )
    ici, elle, la_bas = monde.entreprise.pk, monde.engagement.pk, monde.cotraitante.pk
    assert en_cours() == {(ici, None, fins[0]), (ici, elle, fins[1]), (la_bas, None, fins[2])}
    _mettre_en_pause(monde, engagement=monde.engagement, jusqu_au=fins[3])
    assert en_cours() == {(ici, None, fins[0]), (ici, elle, fins[3]), (la_bas, None, fins[2])}
    _mettre_en_pause(monde, jusqu_au=fins[3])
    assert en_cours() == {(ici, None, fins[3]), (ici, elle, fins[3]), (la_bas, None, fins[2])}


def test_la_pause_d_un_autre_n_arrete_pas_la_relance_a_la_main(monde, attendue):
    """Ni celle d'une autre entreprise, ni celle d'un autre de ses engagements, qui ne tait que lui."""
    mettre_en_pause(
        acteur=monde.acteur("edition"), entreprise=monde.cotraitante, jusqu_au=LE + UN_JOUR, motif="Chantier arrêté"
    )
    ailleurs = EngagementFactory(
        lot=LotFactory(marche=MarcheFactory(structure=monde.structure)), entreprise=monde.entreprise
    )
    _attendre(ailleurs)
    _mettre_en_pause(monde, engagement=ailleurs)
    courriel = _relancer(monde)
    assert [relance.declaration for relance in Relance.objects.filter(courriel=courriel)] == [attendue]
    assert [destinataire.adresse for destinataire in courriel.dit_a.destinataires] == [courriel.destinataire]


def test_qui_ne_doit_rien_ne_s_entend_pas_dire_de_lever_une_pause(monde, attendue):
    """Un mois déclaré, une pause en cours : c'est qu'il n'y a rien à relancer, pas que la pause l'empêche."""
    _mettre_en_pause(monde)
    declarer_aucune_heure(acteur=monde.acteur("entreprise"), declaration=attendue)
    with pytest.raises(RegleViolee, match="il n'y a rien à relancer"):
        _relancer(monde)


def test_un_refus_nomme_la_pause_de_cette_entreprise_la_plus_longue(monde, attendue):
    _mettre_en_pause(monde, jusqu_au=datetime.date(2026, 12, 1))
    _mettre_en_pause(monde, engagement=monde.engagement, jusqu_au=datetime.date(2026, 12, 2))
    mettre_en_pause(
        acteur=monde.acteur("edition"),
        entreprise=monde.cotraitante,
        jusqu_au=datetime.date(2026, 12, 3),
        motif="Chantier arrêté",
    )
    with pytest.raises(RegleViolee, match="en pause jusqu'au 02/12/2026"):
        _relancer(monde)


@pytest.mark.parametrize("arret", ["aucun", "éteintes", "suspendu"])
def test_le_prochain_rappel_ne_se_promet_que_s_il_partira(monde, attendue, connecte, arret):
    """Relances éteintes, ou marché suspendu : rien ne partira, la page n'en annonce pas le jour."""
    if arret == "éteintes":
        ReglagesDeclaration.objects.update(relances=False)
    elif arret == "suspendu":
        Marche.objects.filter(pk=monde.marche.pk).update(statut="suspendu")
    page = connecte("edition").get(attendue.get_absolute_url()).text
    assert ("Prochain rappel" in page) is (arret == "aucun")


def test_une_adresse_en_erreur_passe_au_second_contact_puis_au_facilitateur(monde, attendue):
    Entreprise.objects.update(organisation=None)
    consigner_rebond(adresse="paie@chantier.fr", motif="inconnu")
    assert [envoi.destinataire for envoi in preparer_relances(LE)] == ["chef@chantier.fr"]
    consigner_rebond(adresse="chef@chantier.fr", motif="inconnu")
    relancer(LE)
    assert Relance.objects.get(palier=Palier.RETARD).issue == IssueRelance.SANS_CONTACT
    assert [tache.declaration for tache in Relance.objects.a_appeler(LE)] == [attendue]


def test_a_appeler_une_ligne_par_declaration_et_elle_part_quand_c_est_fait(monde, attendue):
    for palier, issue in ((Palier.RETARD, IssueRelance.SANS_CONTACT), (Palier.TACHE, IssueRelance.TACHE)):
        RelanceFactory(declaration=attendue, palier=palier, jour=LE, issue=issue)
    assert [tache.palier for tache in Relance.objects.a_appeler()] == [Palier.TACHE]
    appel = noter_appel(acteur=monde.acteur("edition"), entreprise=monde.entreprise)
    assert not Relance.objects.a_appeler().exists()
    assert Relance.objects.a_appeler(LE + 3 * UN_JOUR).count() == 1  # toujours rien : il faut rappeler
    appel.delete()
    pause = _mettre_en_pause(monde, engagement=monde.engagement)
    assert not Relance.objects.a_appeler().exists()
    lever_la_pause(acteur=monde.acteur("edition"), pause=pause)
    declarer_aucune_heure(acteur=monde.acteur("entreprise"), declaration=attendue)
    assert not Relance.objects.a_appeler().exists()
    assert not Relance.objects.visibles_par(monde.acteur("autre.responsable")).exists()


def test_un_vieux_mois_a_appeler_n_empeche_pas_d_ecrire_pour_le_nouveau(monde, attendue):
    """La tâche d'août et le rappel d'octobre tombent le même jour : l'une au facilitateur, l'autre par courriel."""
    vieille = _attendre(monde.engagement, mois=datetime.date(2026, 8, 1))
    Declaration.objects.filter(pk=vieille.pk).update(echeance=datetime.date(2026, 9, 15))
    relancer(LE)
    assert Relance.objects.get(declaration=vieille, palier=Palier.TACHE).issue == IssueRelance.TACHE
    assert Relance.objects.get(declaration=attendue, palier=Palier.RETARD).issue == IssueRelance.ENVOYEE
    corps = au_correspondant().get().corps
    assert "octobre 2026" in corps and "août 2026" not in corps


def test_13_le_troisieme_trimestre_en_retard_le_16_octobre_un_courriel_par_jour(monde, attendue, horloge, connecte):
    """Histoire 13 : T3 dû le 15/10 ; le 16, le facilitateur voit « en retard », et une relance part une seule fois."""
    Declaration.objects.all().delete()
    for mois in (7, 8, 9):
        du = echeance("trimestrielle", datetime.date(2026, mois, 1), 15)
        assert du == datetime.date(2026, 10, 15)
        declaration = _attendre(monde.engagement, mois=datetime.date(2026, mois, 1))
        Declaration.objects.filter(pk=declaration.pk).update(echeance=du)
    horloge.move_to(datetime.datetime(2026, 10, 15, 9, tzinfo=datetime.UTC))
    assert not Declaration.objects.en_retard(timezone.localdate()).exists()
    horloge.move_to(datetime.datetime(2026, 10, 16, 9, tzinfo=datetime.UTC))
    assert "En retard" in connecte("lecture").get(declaration.get_absolute_url()).content.decode()
    for _ in range(24):
        relancer()
    assert au_correspondant().count() == 1
    par_jour = []
    for jour in range(40):
        relancer(datetime.date(2026, 10, 16) + jour * UN_JOUR)
        par_jour.append(
            au_correspondant().filter(cle__endswith=str(datetime.date(2026, 10, 16) + jour * UN_JOUR)).count()
        )
    assert max(par_jour) == 1


def test_aucun_nom_de_salarie_dans_un_courriel_a_l_entreprise(monde, attendue):
    """Tout ce que le suivi écrit à une entreprise : ni le nom, ni le prénom d'une personne embauchée."""
    relancer(LE)
    for envoi in Courriel.objects.all():
        texte = f"{envoi.sujet} {envoi.corps}"
        assert monde.beneficiaire.nom not in texte and monde.beneficiaire.prenom not in texte
        assert not any(u.get_full_name() in texte for u in Utilisateur.objects.exclude(pk=monde.marche.facilitateur_id))


def test_les_boutons_du_mois_font_et_disent(monde, attendue, connecte):
    client, page = connecte("edition"), attendue.get_absolute_url()
    corps = client.get(page).content.decode()
    relancer_url = reverse("suivi:relancer_mois", args=[attendue.uuid])
    assert relancer_url in corps and "Mettre en pause" in corps and "Prochain rappel le" in corps
    suites = [client.post(relancer_url, follow=True).content.decode() for _ in range(2)]
    assert "Entreprise relancée" in suites[0] and "relance à la main" in suites[0]
    assert "déjà relancée aujourd" in suites[1]
    assert au_correspondant().count() == 1
    appel = client.post(reverse("suivi:appel_mois", args=[attendue.uuid]), follow=True).content.decode()
    assert "Appel noté" in appel and "Dernier appel le" in appel
    pause = reverse("suivi:pause_engagement", args=[monde.engagement.uuid])
    vide = client.post(pause, {"jusqu_au": "2026-11-30", "motif": "", "portee": "tous"})
    assert vide.status_code == 200 and 'value="2026-11-30"' in vide.content.decode()
    client.post(pause, {"jusqu_au": "2026-11-30", "motif": "Congés", "portee": "tous"})
    corps = client.get(page).content.decode()
    assert "En pause" in corps and "Congés" in corps and relancer_url not in corps
    (posee,) = PauseRelances.objects.all()
    client.post(reverse("suivi:lever_pause", args=[posee.uuid]))
    assert "En pause" not in client.get(page).content.decode()
    assert relancer_url not in connecte("lecture").get(page).content.decode()


def test_un_courriel_qui_parle_de_plusieurs_mois_ne_se_dit_qu_une_fois(monde, attendue, connecte):
    for mois in (8, 9):
        _attendre(monde.engagement, datetime.date(2026, mois, 1))
    courriel = _relancer(monde)
    assert Relance.objects.filter(courriel=courriel).count() == 3
    for fiche in (monde.entreprise, monde.engagement):
        page = connecte("edition").get(fiche.get_absolute_url()).content.decode()
        assert page.count(courriel.get_absolute_url()) == 1
