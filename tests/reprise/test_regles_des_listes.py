"""La liste d'un prescripteur, règle par règle : ce qui se garde, ce qui se répète, ce qui avance, ce qui reste à confier."""

import datetime
import io

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from beneficiaires.models import Beneficiaire
from comptes.enums import Role
from reprise.enums import EtatBrouillon
from reprise.forms import BrouillonForm
from reprise.models import ListeConfiee, PersonneBrouillon
from reprise.services import listes
from socle.enums import EtatDocument
from socle.models import Document, EntreeJournal
from socle.regles import AccesRefuse, RegleViolee
from socle.services import documents
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.reprise.test_listes import fichier
from tests.saisie import rien_ne_s_ecrit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("horloge")]  # le 15 octobre 2026
ENTETES = "Nom;Prénom;Naissance;Sexe;Référent;Courriel du référent;Adresse\n"
UNE, DEUX = "Auber;Lia;01/02/2001;F;;;\n", "Bihel;Tom;03/04/1990;H;;;\n"
E = EtatBrouillon


@pytest.fixture(autouse=True)
def _file_a_la_main(monkeypatch):
    """La file ne travaille que quand le test le dit."""
    monkeypatch.setattr("socle.services.documents.confier", lambda tache, cle: None)


def deposer(monde, lignes: str, qui="prescripteur", nom="liste.csv") -> ListeConfiee:
    return listes.deposer_liste(
        acteur=monde.acteur(qui),
        structure=monde.structure,
        prescripteur=monde.organisations[Role.PRESCRIPTEUR],
        fichier=fichier(ENTETES + lignes, nom),
    )


def confier(monde, liste: ListeConfiee, qui="prescripteur") -> ListeConfiee:
    liste = listes.demander_versement(acteur=monde.acteur(qui), liste=liste)
    documents.fabriquer(liste.versement_id)
    liste.refresh_from_db()
    return liste


def etats(liste: ListeConfiee) -> list[str]:
    return list(liste.brouillons.order_by("ligne").values_list("etat", flat=True))


# --- Déposer --------------------------------------------------------------------------------------------------------
def test_une_liste_dit_d_ou_elle_vient_et_vaut_trente_jours(monde):
    liste = deposer(monde, UNE, nom=f"{'n' * 160}.csv")
    assert (liste.structure, liste.deposee_par) == (monde.structure, monde.personne("prescripteur"))
    assert liste.organisation == liste.prescripteur == monde.organisations[Role.PRESCRIPTEUR]
    assert liste.nom_fichier == f"{'n' * 146}.csv"
    assert liste.expire_le == timezone.now() + datetime.timedelta(days=30)
    entree = EntreeJournal.objects.get(action="liste_deposee")
    assert (entree.structure, entree.donnees["personnes"]) == (monde.structure, 1)


def test_une_personne_repetee_renvoie_a_la_premiere_ligne(monde):
    """Deux fois ou trois : chaque répétition le dit. Un autre jour de naissance est une autre personne."""
    liste = deposer(monde, UNE + UNE + DEUX + UNE.replace("2001", "2002") + UNE.upper())
    assert etats(liste) == [E.PRETE, E.A_CORRIGER, E.PRETE, E.PRETE, E.A_CORRIGER]
    repetees = liste.brouillons.filter(etat=E.A_CORRIGER)
    assert [b.erreurs for b in repetees] == [{"nom": "Cette personne est déjà à la ligne 2."}] * 2


def test_une_ligne_fautive_repetee_garde_sa_propre_faute(monde):
    liste = deposer(monde, UNE + UNE.replace(";F;", ";X;"))
    assert list(liste.brouillons.get(ligne=3).erreurs) == ["sexe"]
    # Sans date lisible, on ne sait pas que c'est la même.
    illisible = deposer(monde, UNE + UNE.replace("01/02/2001", "hier"))
    assert list(illisible.brouillons.get(ligne=3).erreurs) == ["date_naissance"]


# --- Corriger, avancer ----------------------------------------------------------------------------------------------
def test_une_correction_se_garde_et_ce_qui_ne_change_rien_ne_s_ecrit_pas(monde):
    (brouillon,) = deposer(monde, UNE.replace("2001", "3001")).brouillons.all()
    acteur = monde.acteur("prescripteur")
    assert brouillon.etat == E.A_CORRIGER
    juste = {**brouillon.donnees, "date_naissance": "2001-02-01"}
    corrige = listes.corriger_brouillon(acteur=acteur, brouillon=brouillon, donnees=juste)
    brouillon.refresh_from_db()
    assert (brouillon.etat, brouillon.erreurs, brouillon.donnees) == (E.PRETE, {}, juste)
    assert corrige.etat == E.PRETE
    ecrit_le = brouillon.modifie_le
    listes.corriger_brouillon(acteur=acteur, brouillon=brouillon, donnees=dict(juste))
    brouillon.refresh_from_db()
    assert brouillon.modifie_le == ecrit_le
    autre = {**juste, "prenom": "Léa"}
    listes.corriger_brouillon(acteur=acteur, brouillon=brouillon, donnees=autre)
    brouillon.refresh_from_db()
    assert brouillon.donnees == autre


def test_une_personne_confiee_ne_se_corrige_ni_ne_s_ecarte_plus(monde):
    liste = confier(monde, deposer(monde, UNE))
    (brouillon,) = liste.brouillons.all()
    assert brouillon.etat == E.VERSEE
    with rien_ne_s_ecrit(PersonneBrouillon), pytest.raises(RegleViolee, match="déjà confiée"):
        listes.corriger_brouillon(acteur=monde.acteur("prescripteur"), brouillon=brouillon, donnees={"nom": "X"})
    for transition in ("ecarter", "distinguer"):
        with rien_ne_s_ecrit(PersonneBrouillon), pytest.raises(RegleViolee):
            listes.avancer_brouillon(acteur=monde.acteur("prescripteur"), brouillon=brouillon, transition=transition)
    listes.avancer_brouillon(acteur=monde.acteur("prescripteur"), brouillon=brouillon, transition="reprendre")
    brouillon.refresh_from_db()
    assert brouillon.etat == E.VERSEE


def test_un_doublon_se_distingue_ou_s_ecarte_et_reprendre_le_reevalue(monde):
    prescripteur = monde.organisations[Role.PRESCRIPTEUR]
    connue = {"nom": "Auber", "prenom": "Lia", "date_naissance": datetime.date(2001, 2, 1)}
    BeneficiaireFactory(structure=monde.structure, prescripteur=prescripteur, **connue)
    liste = deposer(monde, UNE + DEUX)
    assert etats(liste) == [E.DOUBLON, E.PRETE]
    doublon, prete = liste.brouillons.order_by("ligne")
    acteur = monde.acteur("prescripteur")

    def avancer(brouillon, transition) -> str:
        avance = listes.avancer_brouillon(acteur=acteur, brouillon=brouillon, transition=transition)
        brouillon.refresh_from_db()
        assert avance.etat == brouillon.etat
        return brouillon.etat

    with pytest.raises(RegleViolee):
        avancer(prete, "distinguer")
    assert avancer(doublon, "ecarter") == E.ECARTEE
    assert avancer(doublon, "reprendre") == E.DOUBLON
    assert avancer(doublon, "distinguer") == E.PRETE
    assert avancer(doublon, "reprendre") == E.PRETE  # seule une ligne écartée se réévalue


@pytest.mark.parametrize("qui", ["lecture", "autre.prescripteur", "edition"])
def test_qui_ne_depose_pas_ne_corrige_ni_ne_confie(monde, qui):
    liste = deposer(monde, UNE)
    (brouillon,) = liste.brouillons.all()
    acteur = monde.acteur(qui)
    with rien_ne_s_ecrit(PersonneBrouillon, ListeConfiee):
        for geste in (
            lambda: listes.corriger_brouillon(acteur=acteur, brouillon=brouillon, donnees={}),
            lambda: listes.avancer_brouillon(acteur=acteur, brouillon=brouillon, transition="ecarter"),
            lambda: listes.demander_versement(acteur=acteur, liste=liste),
        ):
            with pytest.raises(AccesRefuse):
                geste()


def test_le_partenariat_fini_une_liste_deposee_ne_se_corrige_ni_ne_se_confie(monde):
    liste = deposer(monde, UNE)
    (brouillon,) = liste.brouillons.all()
    monde.organisations[Role.PRESCRIPTEUR].partenariats.filter(structure=monde.structure).delete()
    acteur = monde.acteur("prescripteur")
    for geste in (
        lambda: listes.corriger_brouillon(acteur=acteur, brouillon=brouillon, donnees={}),
        lambda: listes.avancer_brouillon(acteur=acteur, brouillon=brouillon, transition="ecarter"),
        lambda: listes.demander_versement(acteur=acteur, liste=liste),
    ):
        with rien_ne_s_ecrit(PersonneBrouillon, ListeConfiee), pytest.raises(AccesRefuse, match="pas partenaire"):
            geste()


# --- Confier --------------------------------------------------------------------------------------------------------
def test_demander_deux_fois_n_ouvre_qu_un_versement_et_un_echec_se_relance(monde):
    liste, acteur = deposer(monde, UNE), monde.acteur("prescripteur")
    premiere = listes.demander_versement(acteur=acteur, liste=liste)
    assert premiere.versement.expire_le == liste.expire_le
    assert "15/10/2026" in premiere.versement.titre
    for etat in (EtatDocument.EN_ATTENTE, EtatDocument.EN_COURS):
        Document.objects.filter(pk=premiere.versement_id).update(etat=etat)
        assert listes.demander_versement(acteur=acteur, liste=liste).versement_id == premiere.versement_id
    assert EntreeJournal.objects.filter(action="liste_confiee", structure=monde.structure).count() == 1
    Document.objects.filter(pk=premiere.versement_id).update(etat=EtatDocument.ECHEC)
    assert listes.demander_versement(acteur=acteur, liste=liste).versement_id != premiere.versement_id


def test_rien_de_pret_rien_ne_se_confie(monde):
    liste = deposer(monde, UNE.replace(";F;", ";X;"))
    with rien_ne_s_ecrit(Document), pytest.raises(RegleViolee, match="Aucune personne n'est prête"):
        listes.demander_versement(acteur=monde.acteur("prescripteur"), liste=liste)


@pytest.mark.parametrize(
    ("qui", "dit", "referent"),
    [
        ("prescripteur", ";;", ("Paul Vasseur", "prescripteur@nous.fr")),
        ("prescripteur", "Ana Roy;ana@ml.fr;", ("Ana Roy", "ana@ml.fr")),
        ("edition", "Ana Roy;ana@ml.fr;", ("Ana Roy", "ana@ml.fr")),
        ("edition", ";;", ("", "")),  # un facilitateur n'est pas un référent
    ],
)
def test_le_referent_est_celui_que_dit_la_ligne_sinon_qui_a_depose(monde, qui, dit, referent):
    liste = confier(monde, deposer(monde, UNE.replace(";;;", f";{dit}"), qui=qui), qui)
    personne = liste.brouillons.get().personne
    assert (personne.referent, personne.referent_courriel) == referent
    assert personne.prescripteur == monde.organisations[Role.PRESCRIPTEUR]


def test_une_adresse_se_situera_ensuite_une_adresse_vide_n_est_pas_un_domicile(monde):
    liste = confier(monde, deposer(monde, UNE.replace(";;;", ";;;12 rue du Port") + DEUX))
    une, deux = (brouillon.personne for brouillon in liste.brouillons.order_by("ligne"))
    domicile = une.domiciles.get()
    assert (domicile.adresse, domicile.situation) == ("12 rue du Port", "a_situer")
    assert domicile.prochain_essai_le == timezone.now()
    assert not deux.domiciles.exists()


def test_ce_qui_n_est_plus_juste_au_moment_de_confier_se_rend_avec_sa_raison(monde):
    """Entre le dépôt et le passage, une ligne a pu cesser d'être bonne : elle se rend, les autres passent."""
    liste = deposer(monde, UNE + DEUX)
    liste = listes.demander_versement(acteur=monde.acteur("prescripteur"), liste=liste)
    une = liste.brouillons.get(ligne=2)
    une.donnees = {**une.donnees, "nom": ""}
    une.save()
    avant = Beneficiaire.objects.count()
    pas: list[tuple[int, str]] = []
    rendu = listes.verser(document=liste.versement, suivre=lambda part, mot: pas.append((part, mot)))
    assert Beneficiaire.objects.count() == avant + 1
    assert etats(liste) == [E.A_CORRIGER, E.VERSEE]
    assert pas == [(0, "Personne 1 sur 2")]
    une.refresh_from_db()
    assert "nom" in une.erreurs and une.personne is None
    assert liste.brouillons.get(ligne=3).erreurs == {}
    _, *restantes = CalamineWorkbook.from_filelike(io.BytesIO(rendu)).get_sheet_by_name("Erreurs").to_python()
    assert [ligne[:4] for ligne in restantes] == [["Liste", 2, "Nom", ""]]  # ni la confiée, ni ce que la personne a dit


def test_une_situation_inconnue_n_ouvre_pas_un_dossier_sans_elle(monde):
    liste = listes.demander_versement(acteur=monde.acteur("prescripteur"), liste=deposer(monde, UNE))
    une = liste.brouillons.get()
    une.donnees = {**une.donnees, "criteres": ["INCONNUE"]}
    une.save()
    with rien_ne_s_ecrit(Beneficiaire):
        listes.verser(document=liste.versement, suivre=lambda part, mot: None)
    une.refresh_from_db()
    assert une.etat == E.A_CORRIGER and "INCONNUE" in une.erreurs["nom"]


def test_une_ligne_ecartee_pendant_le_passage_n_ouvre_pas_de_dossier(monde):
    liste = listes.demander_versement(acteur=monde.acteur("prescripteur"), liste=deposer(monde, UNE + DEUX))
    avant = Beneficiaire.objects.count()
    listes.verser(
        document=liste.versement, suivre=lambda *_: liste.brouillons.filter(ligne=2).update(etat=EtatBrouillon.ECARTEE)
    )
    assert Beneficiaire.objects.count() == avant + 1
    assert etats(liste) == [E.ECARTEE, E.VERSEE]


def test_une_mobilite_nulle_reste_une_mobilite(monde):
    """Zéro kilomètre se dit : ce n'est pas une case vide."""
    liste = deposer(monde, UNE)
    une = liste.brouillons.get()
    listes.corriger_brouillon(
        acteur=monde.acteur("prescripteur"), brouillon=une, donnees={**une.donnees, "rayon_km": "0"}
    )
    liste = confier(monde, liste)
    assert liste.brouillons.get().personne.rayon_km == 0


def test_ce_qui_reste_se_rend_ligne_a_ligne_avec_sa_raison(monde):
    liste = deposer(monde, DEUX + UNE.replace(";F;", ";X;") + UNE.replace("Auber", "Caron"))
    listes.avancer_brouillon(
        acteur=monde.acteur("prescripteur"), brouillon=liste.brouillons.get(ligne=4), transition="ecarter"
    )
    liste = listes.demander_versement(acteur=monde.acteur("prescripteur"), liste=liste)
    rendu = listes.verser(document=liste.versement, suivre=lambda part, mot: None)
    _, *restantes = CalamineWorkbook.from_filelike(io.BytesIO(rendu)).get_sheet_by_name("Erreurs").to_python()
    assert [(ligne[1], ligne[4]) for ligne in restantes][1] == (4, "Écartée")
    assert restantes[0][:3] == ["Liste", 3, str(BrouillonForm.base_fields["sexe"].label)]
    assert len(restantes) == 2


def test_l_avancement_se_dit_toutes_les_vingt_personnes_pretes(monde):
    lignes = "".join(f"Nom{n};Une;01/01/19{50 + n};F;;;\n" for n in range(21))
    lignes += UNE.replace(";F;", ";X;")  # à corriger : elle n'est pas du compte
    liste = listes.demander_versement(acteur=monde.acteur("prescripteur"), liste=deposer(monde, lignes))
    pas: list[tuple[int, str]] = []
    listes.verser(document=liste.versement, suivre=lambda part, mot: pas.append((part, mot)))
    assert pas == [(0, "Personne 1 sur 21"), (95, "Personne 21 sur 21")]


# --- Dire la faute, effacer -----------------------------------------------------------------------------------------
def test_la_premiere_faute_nomme_sa_colonne_une_seule_fois():
    def dite(erreurs) -> str:
        return listes.premiere_raison(PersonneBrouillon(erreurs=erreurs))

    libelle = str(BrouillonForm.base_fields["date_naissance"].label)
    assert dite({"date_naissance": "Elle manque."}) == f"{libelle} : Elle manque."
    assert dite({"date_naissance": f"{libelle.upper()} : illisible."}) == f"{libelle.upper()} : illisible."
    assert dite({"inconnu": "Une raison.", "nom": "Une autre."}) == "Une raison."
    assert listes.libelle_du_champ("inconnu") == ""


def test_une_liste_s_efface_apres_son_dernier_jour_et_elle_seule(monde, horloge):
    ListeConfiee.objects.all().delete()
    premiere = deposer(monde, UNE)
    horloge.shift(datetime.timedelta(days=1))
    seconde = deposer(monde, DEUX)
    horloge.move_to(premiere.expire_le)
    assert listes.purger_listes() == 0
    horloge.shift(datetime.timedelta(seconds=1))
    assert listes.purger_listes() == 1
    assert list(ListeConfiee.objects.all()) == [seconde]
