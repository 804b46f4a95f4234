"""Les nouvelles, les avis et la conservation, au jour où la règle bascule et à l'objet que la règle vise."""

import datetime

import pytest
from django.utils import timezone

from comptes.enums import Role
from declarations.enums import StatutAnnonce
from declarations.models import PersonneAnnoncee
from parcours.enums import GenreQuestion, PublicInterroge, StatutPoint, Terme
from parcours.models import PointSuivi, Question, Questionnaire, ReglagesParcours, Reponse
from parcours.questions import PROPOSEES
from parcours.services import (
    demander_avis,
    demander_les_avis,
    demander_situations,
    modifier_question,
    poser_les_questions_proposees,
    preparer_points,
    repondre_point,
    repondre_questionnaire,
    retirer_question,
)
from parcours.services.conservation import (
    _anonymiser,
    appliquer_la_conservation,
    conserver_chaque_structure,
    echeances,
    effacer_ce_qui_etait_joint,
)
from parcours.services.demandes import demander_des_nouvelles, donner_des_nouvelles
from parcours.services.questionnaires import courriel_connu
from recrutement.models import Contrat
from socle.models import Courriel, EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.comptes import AdhesionFactory
from tests.fabriques.declarations import DeclarationFactory, JustificatifFactory, PersonneAnnonceeFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory
from tests.fabriques.parcours import PointSuiviFactory, QuestionFactory, QuestionnaireFactory
from tests.fabriques.recrutement import ContratFactory
from tests.saisie import rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
D, UN_JOUR = datetime.date, datetime.timedelta(days=1)
FIN = D(2026, 8, 31)


@pytest.fixture
def contrat(monde):
    """Le seul contrat en cours, fini le 31 août ; la personne et le tuteur ont une adresse."""
    Contrat.objects.update(archive_le=timezone.now())
    PointSuivi.objects.all().delete()
    personne = BeneficiaireFactory(
        structure=monde.structure,
        prescripteur=monde.organisations[Role.PRESCRIPTEUR],
        referent_courriel="referente@mission.example",
        courriel="awa@personne.example",
    )
    tuteur = ContactEntrepriseFactory(fiche=monde.fiche, nom="Tom Roy", courriel="tuteur@batir.example")
    return ContratFactory(
        engagement=monde.engagement, beneficiaire=personne, tuteur=tuteur, debut=D(2026, 1, 5), fin_prevue=FIN
    )


# --- Les points -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("jour", "points"),
    [
        (FIN - UN_JOUR, 0),
        (FIN, 3),
        (FIN + datetime.timedelta(days=400), 3),
        (FIN + datetime.timedelta(days=401), 0),  # un vieux classeur repris ne réveille rien
    ],
)
def test_les_points_se_preparent_de_la_fin_du_contrat_a_quatre_cents_jours(contrat, jour, points):
    assert preparer_points(jour) == points
    assert preparer_points(jour) == 0


@pytest.mark.parametrize("archive", ["contrat", "dossier"])
def test_ce_qui_est_archive_n_a_plus_de_point(contrat, archive):
    cible = contrat if archive == "contrat" else contrat.beneficiaire
    type(cible).objects.filter(pk=cible.pk).update(archive_le=timezone.now())
    assert preparer_points(FIN) == 0
    PointSuiviFactory(contrat=contrat, du_le=FIN, statut=StatutPoint.A_VENIR)
    assert demander_situations(FIN) == (0 if archive == "contrat" else 1)


@pytest.mark.parametrize(
    ("statut", "recale"),
    [(StatutPoint.A_VENIR, True), (StatutPoint.DEMANDE, False), (StatutPoint.REPONDU, False)],
)
def test_seul_un_point_pas_encore_demande_se_recale(contrat, statut, recale):
    preparer_points(FIN)
    contrat.points_suivi.filter(terme=Terme.TROIS).update(
        statut=statut, situation="cdi" if statut == StatutPoint.REPONDU else ""
    )
    contrat.fin_reelle = D(2026, 6, 15)
    contrat.save()
    assert preparer_points(FIN) == 0
    point = contrat.points_suivi.get(terme=Terme.TROIS)
    assert point.du_le == (D(2026, 9, 15) if recale else D(2026, 11, 30))


def test_la_relance_suit_le_rythme_regle_puis_renonce(monde, contrat):
    ReglagesParcours.objects.create(structure=monde.structure, essais=2, jours_entre_essais=10)
    point = PointSuiviFactory(contrat=contrat, du_le=D(2026, 11, 30), statut=StatutPoint.A_VENIR)
    jours = [0, 9, 10, 19, 20, 30]
    demandes = [demander_situations(D(2026, 11, 30) + UN_JOUR * jour) for jour in jours]
    assert demandes == [1, 0, 1, 0, 0, 0]
    point.refresh_from_db()
    assert (point.statut, point.essais, point.demande_le) == (StatutPoint.INJOIGNABLE, 2, D(2026, 12, 10))
    assert Courriel.objects.filter(destinataire="referente@mission.example").count() == 2
    actions = EntreeJournal.objects.filter(objet_uuid=contrat.beneficiaire.uuid).order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "situation_demandee",
        "situation_demandee",
        "personne_injoignable",
    ]


def test_redire_la_meme_situation_n_ecrit_rien(monde, contrat):
    point = PointSuiviFactory(contrat=contrat)
    acteur = monde.acteur("edition")
    repondu = repondre_point(acteur=acteur, point=point, situation="cdi", precision="")
    repondu.refresh_from_db()
    assert (repondu.statut, repondu.situation, repondu.repondu_par) == ("repondu", "cdi", monde.personne("edition"))
    assert repondu.repondu_le == timezone.now()
    with rien_ne_s_ecrit(PointSuivi):
        repondre_point(acteur=monde.acteur(), point=point, situation="cdi", precision="")
    repondre_point(acteur=acteur, point=point, sans_nouvelles=True, situation="")
    point.refresh_from_db()
    assert (point.statut, point.situation) == (StatutPoint.INJOIGNABLE, "")


# --- Les avis -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("jour", "demandes"),
    [
        (FIN - UN_JOUR, 0),
        (FIN, 2),
        (FIN + datetime.timedelta(days=45), 2),
        (FIN + datetime.timedelta(days=46), 0),
    ],
)
def test_l_avis_se_demande_de_la_fin_a_quarante_cinq_jours(contrat, horloge, jour, demandes):
    horloge.move_to(datetime.datetime(jour.year, jour.month, jour.day, 9, tzinfo=datetime.UTC))
    assert demander_les_avis() == demandes


def test_un_seul_rappel_au_rythme_regle_et_a_la_meme_adresse(monde, contrat, horloge):
    ReglagesParcours.objects.create(structure=monde.structure, jours_entre_essais=10)

    def le(jour: int) -> int:
        horloge.move_to(datetime.datetime(2026, 8, 31, 9, tzinfo=datetime.UTC) + UN_JOUR * jour)
        return demander_les_avis()

    assert [le(0), le(0), le(9)] == [2, 0, 0]
    contrat.beneficiaire.courriel = "autre@personne.example"  # le rappel va où la demande est partie
    contrat.beneficiaire.save()
    assert [le(10), le(11), le(20), le(40)] == [2, 0, 0, 0]
    recus = Courriel.objects.filter(destinataire__contains="@personne").values_list("destinataire", flat=True)
    assert list(recus) == ["awa@personne.example"] * 2
    assert set(Questionnaire.objects.filter(contrat=contrat).values_list("essais", flat=True)) == {2}


def test_qui_a_repondu_n_est_pas_rappele(contrat, horloge):
    horloge.move_to(datetime.datetime(2026, 8, 31, 9, tzinfo=datetime.UTC))
    assert demander_les_avis() == 2
    contrat.questionnaires.filter(public=PublicInterroge.BENEFICIAIRE).update(repondu_le=timezone.now())
    horloge.shift(datetime.timedelta(days=20))
    assert demander_les_avis() == 1


@pytest.mark.parametrize("pourquoi", ["réglage", "contrat archivé", "dossier archivé"])
def test_l_avis_ne_se_demande_pas(monde, contrat, pourquoi):
    if pourquoi == "réglage":
        ReglagesParcours.objects.create(structure=monde.structure, questionnaires=False)
    else:
        cible = contrat if pourquoi == "contrat archivé" else contrat.beneficiaire
        type(cible).objects.filter(pk=cible.pk).update(archive_le=timezone.now())
    assert demander_les_avis(FIN) == 0


def test_l_employeur_se_joint_par_le_tuteur_sinon_par_le_correspondant_de_son_engagement(monde, contrat):
    tuteur, correspondant = contrat.tuteur, ContactEntrepriseFactory(fiche=monde.fiche, courriel="corr@batir.example")
    contrat.engagement.correspondant = correspondant
    assert courriel_connu(contrat, PublicInterroge.BENEFICIAIRE) == "awa@personne.example"
    assert courriel_connu(contrat, PublicInterroge.EMPLOYEUR) == "tuteur@batir.example"
    tuteur.archive_le = timezone.now()
    assert courriel_connu(contrat, PublicInterroge.EMPLOYEUR) == "corr@batir.example"
    contrat.tuteur = None
    assert courriel_connu(contrat, PublicInterroge.EMPLOYEUR) == "corr@batir.example"
    contrat.employeur = (
        monde.cotraitante
    )  # qui emploie n'est pas qui s'est engagé : son correspondant ne la connaît pas
    assert courriel_connu(contrat, PublicInterroge.EMPLOYEUR) == ""


def test_une_demande_a_la_main_part_meme_deux_fois_mais_pas_apres_la_reponse(monde, contrat):
    acteur = monde.acteur("edition")
    for essai in (1, 2):
        avis = demander_avis(acteur=acteur, contrat=contrat, public="beneficiaire", courriel="a@b.fr")
        avis.refresh_from_db()
        assert (avis.essais, avis.destinataire, avis.demande_le) == (essai, "a@b.fr", D(2026, 10, 15))
    assert Courriel.objects.filter(destinataire="a@b.fr").count() == 2
    Questionnaire.objects.filter(pk=avis.pk).update(repondu_le=timezone.now())
    with rien_ne_s_ecrit(Questionnaire, Courriel), pytest.raises(RegleViolee, match="déjà là"):
        demander_avis(acteur=acteur, contrat=contrat, public="beneficiaire", courriel="a@b.fr")


# --- Les questions et les réponses ----------------------------------------------------------------------------------
def test_les_questions_proposees_se_posent_au_public_qui_n_en_a_pas(monde):
    Reponse.objects.all().delete()
    Question.objects.filter(structure=monde.structure).delete()
    nombre = {public: len(questions) for public, questions in PROPOSEES.items()}
    QuestionFactory(structure=monde.structure, public=PublicInterroge.BENEFICIAIRE, texte="La nôtre")
    assert poser_les_questions_proposees(acteur=monde.acteur()) == nombre[PublicInterroge.EMPLOYEUR]
    assert poser_les_questions_proposees(acteur=monde.acteur()) == 0
    posees = Question.objects.filter(structure=monde.structure, public=PublicInterroge.EMPLOYEUR).order_by("rang")
    assert list(posees.values_list("rang", "texte", "genre")) == [
        (10 * rang, texte, genre) for rang, (texte, genre) in enumerate(PROPOSEES[PublicInterroge.EMPLOYEUR], start=1)
    ]


def test_une_question_repondue_change_de_texte_en_en_devenant_une_autre(monde, contrat):
    acteur = monde.acteur()
    question = QuestionFactory(structure=monde.structure, texte="Avant ?", rang=10)
    assert modifier_question(acteur=acteur, question=question, texte="Avant, bien ?").pk == question.pk
    repondre_questionnaire(acteur=acteur, contrat=contrat, public="beneficiaire", reponses={question: 4})
    assert modifier_question(acteur=acteur, question=question, rang=20).pk == question.pk  # le rang n'y change rien
    neuve = modifier_question(acteur=acteur, question=question, texte="Après ?", rang=30)
    question.refresh_from_db()
    assert (neuve.texte, neuve.public, neuve.genre) == ("Après ?", question.public, question.genre)
    assert neuve.pk != question.pk and question.retiree_le == timezone.now()
    with rien_ne_s_ecrit(Question), pytest.raises(RegleViolee, match="retirée"):
        modifier_question(acteur=acteur, question=question, texte="Encore ?")
    with rien_ne_s_ecrit(Question):
        retirer_question(acteur=acteur, question=question)


def test_revenir_sur_ses_reponses_les_remplace_et_une_case_videe_s_efface(monde, contrat):
    note, ouverte, oui_non = (
        QuestionFactory(structure=monde.structure, genre=genre) for genre in (GenreQuestion.NOTE, "texte", "oui_non")
    )
    acteur = monde.acteur("edition")

    def repondre(**reponses) -> dict:
        lues = {{"note": note, "mots": ouverte, "oui": oui_non}[cle]: valeur for cle, valeur in reponses.items()}
        questionnaire = repondre_questionnaire(acteur=acteur, contrat=contrat, public="beneficiaire", reponses=lues)
        assert questionnaire.repondu_le == timezone.now()
        return {r.question: (r.note, r.texte) for r in questionnaire.reponses.all()}

    assert repondre(note="4", mots="Poser un parquet", oui=0) == {
        note: (4, ""),
        ouverte: (None, "Poser un parquet"),
        oui_non: (0, ""),
    }
    assert repondre(note=5, mots="", oui=None) == {note: (5, "")}
    assert repondre(mots="Un mot") == {note: (5, ""), ouverte: (None, "Un mot")}  # ce qui n'est pas posé reste
    with rien_ne_s_ecrit(Reponse, Questionnaire), pytest.raises(RegleViolee, match="une question au moins"):
        repondre(note="", mots=None)
    ailleurs = QuestionFactory(structure=monde.autre.structure)
    with rien_ne_s_ecrit(Reponse, Questionnaire), pytest.raises(RegleViolee, match="n'est pas de la structure"):
        repondre_questionnaire(acteur=acteur, contrat=contrat, public="beneficiaire", reponses={note: 3, ailleurs: 3})
    assert EntreeJournal.objects.filter(action="questionnaire_repondu", objet_uuid=contrat.uuid).count() == 3


# --- Demander des nouvelles -----------------------------------------------------------------------------------------
def test_une_demande_de_nouvelles_s_adresse_a_qui_a_oriente(monde, contrat):
    acteur = monde.acteur("edition")
    demande = demander_des_nouvelles(acteur=acteur, beneficiaire=contrat.beneficiaire)
    assert (demande.organisation, demande.demandee_par) == (contrat.beneficiaire.prescripteur, acteur.utilisateur)
    courriel = Courriel.objects.get(destinataire=monde.personne("prescripteur").email)
    assert courriel.repondre_a == acteur.utilisateur.email
    assert demander_des_nouvelles(acteur=acteur, beneficiaire=contrat.beneficiaire) == demande
    assert Courriel.objects.count() == 1
    seule = BeneficiaireFactory(structure=monde.structure)
    with pytest.raises(RegleViolee, match="Personne n'a orienté"):
        demander_des_nouvelles(acteur=acteur, beneficiaire=seule)
    prescripteur = monde.acteur("prescripteur")
    donnee = donner_des_nouvelles(acteur=prescripteur, demande=demande, reponse="Elle est en formation.")
    donnee.refresh_from_db()
    assert (donnee.reponse, donnee.repondue_le) == ("Elle est en formation.", timezone.now())
    assert contrat.beneficiaire.notes_parcours.get().texte == "Elle est en formation."
    assert demander_des_nouvelles(acteur=acteur, beneficiaire=contrat.beneficiaire) != demande
    with pytest.raises(AccesRefuse):
        demander_des_nouvelles(acteur=monde.acteur("lecture"), beneficiaire=contrat.beneficiaire)


# --- La conservation ------------------------------------------------------------------------------------------------
def test_la_duree_reglee_decide_du_terme(monde, contrat):
    lue = {e.dossier: e for e in echeances(monde.structure)}[contrat.beneficiaire.pk]
    assert (lue.dernier_contact, lue.terme) == (FIN, D(2028, 8, 31))
    ReglagesParcours.objects.create(structure=monde.structure, conservation_mois=6)
    lue = {e.dossier: e for e in echeances(monde.structure)}[contrat.beneficiaire.pk]
    assert (lue.annonce_le, lue.terme) == (D(2027, 1, 29), D(2027, 2, 28))


def test_l_avis_de_l_employeur_ou_zero_heure_ne_sont_pas_un_contact_avec_la_personne(monde, contrat):
    tard = datetime.datetime(2027, 1, 10, 9, tzinfo=datetime.UTC)
    QuestionnaireFactory(contrat=contrat, public=PublicInterroge.EMPLOYEUR, repondu_le=tard)
    assert {e.dossier: e for e in echeances(monde.structure)}[contrat.beneficiaire.pk].dernier_contact == FIN


@pytest.mark.parametrize(("heures", "dernier"), [("0", FIN), ("0.5", D(2026, 9, 30)), ("1", D(2026, 9, 30))])
def test_la_plus_petite_heure_est_un_contact(monde, contrat, heures, dernier):
    DeclarationFactory(engagement=contrat.engagement, mois=D(2026, 9, 1), lignes={contrat: heures})
    assert {e.dossier: e for e in echeances(monde.structure)}[contrat.beneficiaire.pk].dernier_contact == dernier


def test_un_dossier_anonymise_n_a_plus_d_echeance_et_ne_s_anonymise_qu_une_fois(monde, contrat):
    questionnaire = QuestionnaireFactory(contrat=contrat, destinataire="awa@personne.example")
    assert _anonymiser(monde.structure, contrat.beneficiaire) is True
    questionnaire.refresh_from_db()
    assert questionnaire.destinataire == ""
    assert _anonymiser(monde.structure, contrat.beneficiaire) is False
    assert contrat.beneficiaire.pk not in {e.dossier for e in echeances(monde.structure)}


def test_un_seul_courriel_par_jour_dit_combien_a_chaque_responsable(monde):
    Contrat.objects.update(archive_le=timezone.now())
    second = AdhesionFactory(organisation=monde.structure, role=Role.RESPONSABLE)
    vieux = timezone.now() - datetime.timedelta(days=3 * 365)
    dossiers = [BeneficiaireFactory(structure=monde.structure) for _ in range(2)]
    for dossier in dossiers:
        type(dossier).objects.filter(pk=dossier.pk).update(cree_le=vieux)
    jour = D(2026, 10, 15)
    assert appliquer_la_conservation(monde.structure, jour) == (2, 0)
    courriels = Courriel.objects.filter(structure=monde.structure)
    assert {c.destinataire for c in courriels} == {monde.personne("responsable").email, second.utilisateur.email}
    assert all("14 novembre 2026" in c.corps for c in courriels)
    assert appliquer_la_conservation(monde.structure, jour + UN_JOUR * 29) == (0, 0)
    assert appliquer_la_conservation(monde.structure, jour + UN_JOUR * 30) == (0, 2)


def test_le_passage_garde_chaque_structure_chez_elle(monde):
    autre = BeneficiaireFactory(structure=monde.autre.structure)
    type(autre).objects.filter(pk=autre.pk).update(cree_le=timezone.now() - datetime.timedelta(days=3 * 365))
    appliquer_la_conservation(monde.structure)
    autre.refresh_from_db()
    assert autre.fin_annoncee_le is None
    assert conserver_chaque_structure() == 1
    autre.refresh_from_db()
    assert autre.fin_annoncee_le == D(2026, 10, 15)
    # Annoncé il y a trente jours, il est à l'autre structure de l'anonymiser, et de dire que rien n'a bougé.
    appliquer_la_conservation(monde.structure, D(2026, 11, 14))
    autre.refresh_from_db()
    assert (autre.fin_annoncee_le, autre.anonymise_le) == (D(2026, 10, 15), None)
    assert conserver_chaque_structure(D(2026, 11, 14)) >= 1
    autre.refresh_from_db()
    assert autre.anonymise_le


@pytest.mark.parametrize("depuis", [29, 30])
@pytest.mark.parametrize(
    ("statut", "efface"),
    [(StatutAnnonce.A_TRAITER, False)] + [(s, True) for s in StatutAnnonce if s != StatutAnnonce.A_TRAITER],
)
def test_le_nom_annonce_s_efface_trente_jours_apres_son_traitement(monde, depuis, statut, efface):
    PersonneAnnoncee.objects.all().delete()
    annonce = PersonneAnnonceeFactory(declaration=monde.mois_attendu, nom="Duvivier")
    ailleurs = PersonneAnnonceeFactory(declaration=monde.autre.mois_attendu, nom="Duvivier")
    quand = timezone.now() - UN_JOUR * depuis
    PersonneAnnoncee.objects.update(statut=statut, modifie_le=quand)
    attendu = int(efface and depuis == 30)
    assert effacer_ce_qui_etait_joint(monde.structure) == attendu
    annonce.refresh_from_db()
    ailleurs.refresh_from_db()
    assert (annonce.nom == "", ailleurs.nom) == (bool(attendu), "Duvivier")


def test_un_fichier_joint_s_efface_retire_depuis_trente_jours_ou_au_terme(monde):
    type(monde.justificatif).objects.all().delete()
    garde, retire, recent = (
        JustificatifFactory(declaration=monde.mois_valide, empreinte=str(rang) * 64) for rang in range(3)
    )
    type(garde).objects.filter(pk=retire.pk).update(retire_le=timezone.now() - UN_JOUR * 30)
    type(garde).objects.filter(pk=recent.pk).update(retire_le=timezone.now() - UN_JOUR * 29)
    octets = retire.fichier.name
    assert retire.fichier.storage.exists(octets)
    assert effacer_ce_qui_etait_joint(monde.structure) == 1
    assert not retire.fichier.storage.exists(octets)
    restent = type(garde).objects.exclude(fichier="").values_list("pk", flat=True)
    assert set(restent) == {garde.pk, recent.pk}
    mois = monde.mois_valide.mois
    terme = D(mois.year + 2, mois.month, 1)
    assert effacer_ce_qui_etait_joint(monde.structure, terme - UN_JOUR * 40) >= 0
    garde.refresh_from_db()
    assert garde.fichier
    assert effacer_ce_qui_etait_joint(monde.structure, terme + UN_JOUR) >= 1
    garde.refresh_from_db()
    assert not garde.fichier and garde.retire_le
