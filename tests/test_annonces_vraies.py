"""Ce qui est dit envoyé l'est : chaque geste qui prévient est fait par l'écran, puis le courriel et la phrase se comparent.

Deux fois : quelqu'un est joignable, le courriel rangé porte son adresse et la phrase le nomme ; personne ne l'est, rien n'est
rangé et la phrase le dit. Aucune phrase des écrans ne peut l'affirmer d'elle-même : elle vient de `socle.avis.Avis`.
"""

import ast
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import reverse

from comptes.models import Adhesion
from declarations.models import Declaration, LigneHeures, Rectification
from entreprises.models import ContactEntreprise
from parcours.models import DemandeNouvelles, Questionnaire
from recrutement.models import Candidature
from socle.models import Courriel
from socle.services import courriels
from socle.services.rebonds import consigner_rebond
from tests.monde import Monde

RACINE = Path(__file__).parent.parent
ETAGES = settings.APPS_DU_PROJET
MOTS = re.compile(
    r"prévenu|envoyé|transmis|averti\b|averties?\b|en copie|informée?s?\b|relancée?s?\b|reçoi(?:t|vent) un", re.I
)

# Ce qui parle d'envoi sans l'affirmer d'un courriel : (fichier, début de la phrase) -> pourquoi.
PAS_UNE_ANNONCE = {
    ("socle/views/liens.py", "Code envoyé"): "le code part à l'adresse même du lien ; tests/socle/test_codes",
    ("socle/views/bases.py", "Ce formulaire était déjà envoyé"): "le formulaire, pas un courriel",
    ("socle/views/composants.py", ""): "les exemples de la page des composants",
    ("comptes/views/courriels.py", "Envoyé le"): "l'état d'un courriel, lu en base",
    ("exploitation/views.py", "document relancé"): "un travail, pas un courriel",
    ("exploitation/views.py", "documents relancés"): "des travaux, pas des courriels",
    ("reprise/views/classeurs.py", "Le travail est relancé."): "un travail, pas un courriel",
    ("declarations/views/heures.py", "Rien à décider : l'entreprise n'a pas encore envoyé"): "l'envoi de l'entreprise",
    ("declarations/views/declarations.py", " Rien n'est envoyé"): "une panne",
    ("declarations/views/declarations.py", "La base de données ne répond pas. Rien n'est envoyé"): "une panne",
    ("declarations/views/saisie.py", "Brouillon gardé : il n'est pas encore envoyé."): "dit que rien ne part",
    ("declarations/views/saisie.py", "Rien n'a changé : ce mois reste envoyé."): "l'envoi de la déclaration",
    ("declarations/views/validation.py", "Rien n'attend : chaque mois envoyé est validé."): "l'envoi de l'entreprise",
    ("declarations/relances/views.py", "Entreprise relancée."): "suivie de la phrase de l'avis, essayée ci-dessous",
    ("recrutement/views/offres.py", "Personne à relancer"): "dit que rien ne part",
}


@dataclass(frozen=True)
class Annonce:
    """Un geste qui écrit à quelqu'un. `seul_choix` : l'adresse est tapée, ou celle du compte même : il y a toujours quelqu'un."""

    gabarit: str
    qui: str
    geste: Callable[[Monde], tuple[str, dict]]
    adresse: Callable[[Monde], str]
    preparer: Callable[[Monde], object] = lambda monde: None
    seul_choix: bool = False
    sinon: str = "Aucun courriel ne part"


def _vers(nom: str, objet: Callable[[Monde], object], *autres, **donnees) -> Callable[[Monde], tuple[str, dict]]:
    def geste(monde: Monde) -> tuple[str, dict]:
        return reverse(nom, args=[objet(monde).uuid, *autres]), donnees

    return geste


def _premier_contact(entreprise: str) -> Callable[[Monde], str]:
    return lambda monde: (
        ContactEntreprise.objects.joignables()
        .filter(fiche__entreprise=getattr(monde, entreprise), fiche__structure=monde.structure)
        .order_by("pk")
        .first()
        .courriel
    )


def _personne(role: str) -> Callable[[Monde], str]:
    return lambda monde: monde.personne(role).email


def _rencontrer(monde: Monde) -> tuple[str, dict]:
    cle = str(monde.candidature.uuid)
    donnees = {"candidature": cle, "geste": "rencontrer", f"{cle}-entretien_le": "2026-10-20"}
    return reverse("recrutement:reponse", args=[monde.offre.uuid]), donnees


def _exprimer(monde: Monde) -> tuple[str, dict]:
    besoin = {"engagement": monde.engagement.uuid, "intitule": "Coffreur", "metier": "F1703", "postes": "2"}
    termes = {"debut": "2026-12-01", "fin": "2027-05-31", "modalite": "embauche_directe", "type_contrat": "cdd"}
    return reverse("recrutement:besoin_nouveau"), besoin | termes


def _diffuser(monde: Monde) -> tuple[str, dict]:
    partenaires = [str(monde.organisations["prescripteur"].uuid)]
    return reverse("recrutement:offre_diffuser", args=[monde.offre.uuid]), {"partenaires": partenaires}


def _ecarter_une_ligne(monde: Monde) -> None:
    lignes = LigneHeures.objects.filter(declaration=monde.mois_a_valider)
    lignes.update(decision="refusee", motif_decision="Justificatif manquant", heures=0)


def _rectifier(monde: Monde) -> None:
    """Le mois validé est rouvert, et un total y a changé."""
    Declaration.objects.filter(pk=monde.mois_valide.pk).update(statut="a_valider", validee_le=None)
    rectification = Rectification.objects.create(declaration=monde.mois_valide, motif="Erreur", total_avant=120)
    ligne = LigneHeures.objects.get(declaration=monde.mois_valide)
    rectification.lignes.create(contrat=ligne.contrat, heures_avant=ligne.heures - 10)


ANNONCES = [
    Annonce(
        "achat_avance",
        "edition",
        _vers("marches:projet_statut", lambda m: m.projet, "etudier"),
        _personne("maitre_ouvrage"),
    ),
    Annonce(
        "achat_complete",
        "maitre_ouvrage",
        _vers("marches:projet_note", lambda m: m.projet, texte="Le lot 2 est retiré."),
        _personne("edition"),
    ),
    Annonce(
        "penalite_lettre",
        "edition",
        _vers("suivi:penalite_envoyer", lambda m: m.penalite_proposee, repondre_avant="2026-11-15"),
        _premier_contact("cotraitante"),
        sinon="À poster ou à remettre",
    ),
    Annonce(
        "penalite_a_decider",
        "entreprise",
        _vers("suivi:penalite_observer", lambda m: m.penalite, texte="Chantier arrêté."),
        _personne("maitre_ouvrage"),
    ),
    Annonce(
        "penalite_decidee",
        "maitre_ouvrage",
        _vers(
            "suivi:penalite_decider", lambda m: m.penalite, decision="abandonnee", motif="Intempéries", confirmer="1"
        ),
        _personne("entreprise"),
    ),
    Annonce(
        "penalite_retiree",
        "edition",
        _vers("suivi:penalite_retirer", lambda m: m.penalite, motif="Heures retrouvées"),
        _personne("entreprise"),
    ),
    Annonce(
        "declaration_rendue",
        "edition",
        _vers("suivi:rendre", lambda m: m.mois_declare, motif="Il manque un bulletin."),
        lambda m: m.mois_declare.declaree_par,
    ),
    Annonce(
        "heures_ecartees",
        "edition",
        _vers("suivi:decider", lambda m: m.mois_a_valider, valider="1"),
        _premier_contact("entreprise"),
        _ecarter_une_ligne,
    ),
    Annonce(
        "mois_rectifie",
        "edition",
        _vers("suivi:decider", lambda m: m.mois_valide, valider="1"),
        _premier_contact("entreprise"),
        _rectifier,
    ),
    Annonce(
        "annonce_ecartee",
        "edition",
        _vers("suivi:annonce_ecarter", lambda m: m.personne_annoncee, motif="Déjà en contrat."),
        lambda m: m.mois_declare.declaree_par,
    ),
    Annonce(
        "declaration_demandee",
        "edition",
        _vers("suivi:envoyer_lien", lambda m: m.engagement, courriel="paie@ailleurs.fr"),
        lambda m: "paie@ailleurs.fr",
        seul_choix=True,
    ),
    Annonce(
        "declaration_relance",
        "edition",
        _vers("suivi:relancer_entreprise", lambda m: m.entreprise),
        _premier_contact("entreprise"),
        sinon="Aucun contact de cette entreprise",
    ),
    Annonce(
        "nouvelles_demandees",
        "edition",
        _vers("suivi:demander", lambda m: m.beneficiaire),
        _personne("prescripteur"),
        lambda m: DemandeNouvelles.objects.all().delete(),
    ),
    Annonce(
        "avis_demande",
        "edition",
        _vers("suivi:questionnaire_demander", lambda m: m.contrat, "employeur", courriel="chef@ailleurs.fr"),
        lambda m: "chef@ailleurs.fr",
        lambda m: Questionnaire.objects.update(repondu_le=None),
        seul_choix=True,
    ),
    Annonce("offre_diffusee", "edition", _diffuser, _personne("prescripteur")),
    Annonce(
        "offre_relance",
        "edition",
        _vers("recrutement:offre_relancer", lambda m: m.offre),
        _personne("prescripteur"),
        lambda m: Candidature.objects.update(proposee_par=None),
    ),
    Annonce(
        "offre_reponse",
        "edition",
        _vers("recrutement:offre_entreprise", lambda m: m.offre, courriel="drh@ailleurs.fr"),
        lambda m: "drh@ailleurs.fr",
        seul_choix=True,
    ),
    Annonce(
        "candidatures_transmises",
        "edition",
        _vers("recrutement:candidature_avancer", lambda m: m.candidature_proposee, "transmettre"),
        _personne("entreprise"),
        lambda m: Candidature.objects.filter(pk=m.candidature_proposee.pk).update(statut="preselectionnee"),
        sinon="Envoyez-lui le lien de réponse",
    ),
    Annonce("candidature_avancee", "entreprise", _rencontrer, _personne("prescripteur")),
    Annonce("besoin_exprime", "entreprise", _exprimer, _personne("edition")),
    Annonce(
        "besoin_avance",
        "edition",
        _vers("recrutement:besoin_ecarter", lambda m: m.besoin, reponse_besoin="Aucun candidat."),
        _personne("entreprise"),
    ),
    Annonce(
        "invitation",
        "responsable",
        _vers("comptes:inviter", lambda m: m.structure, email="nouvelle@nous.fr", role="edition"),
        lambda m: "nouvelle@nous.fr",
        seul_choix=True,
    ),
    Annonce(
        "compte_bloque",
        "administrateur",
        _vers("comptes:compte_bloquer", lambda m: m.personne("edition")),
        _personne("edition"),
        seul_choix=True,
    ),
    Annonce(
        "second_facteur_ote",
        "administrateur",
        _vers("comptes:compte_oter_second_facteur", lambda m: m.personne("edition")),
        _personne("edition"),
        preparer=lambda m: Authenticator.objects.create(user=m.personne("edition"), type="totp", data={}),
        seul_choix=True,
    ),
]
# Ce qui s'écrit sans qu'un écran l'annonce à qui fait le geste, ou plus tard : pourquoi, et où c'est essayé.
SANS_ECRAN = {
    "dossier_reuni": "au prescripteur d'un dossier rangé par une fusion : recrutement/test_personnes_passees",
    "personnes_recues": "au collègue qui reçoit une personne : recrutement/test_personnes_passees",
    "acces_retire": "à qui part, la page qui confirme le dit avant : comptes/test_membres",
    "bilan_a_preparer": "périodique : reporting/test_calendrier",
    "bilan_publie": "dès que le PDF est prêt, la page le dit au futur : reporting/test_services_bilans",
    "code": "à l'adresse du lien : socle/test_codes",
    "declaration_recue": "accusé de réception à qui vient de déclarer : declarations/test_declarations",
    "entree_annoncee": "aux responsables d'une structure où l'administrateur invite : comptes/test_ecrans_comptes",
    "fin_de_conservation": "périodique : parcours_des_personnes/test_conservation",
    "mois_rectifie_facilitateur": "au facilitateur, en plus de l'entreprise : declarations/test_validation",
    "penalite_decision_prise": "au facilitateur, en plus de l'entreprise : cloture/test_penalites",
    "point_trimestriel": "périodique : reporting/test_calendrier",
    "situation_demandee": "périodique : parcours_des_personnes/test_parcours_apres_contrat",
}


@pytest.fixture
def gabarits(monkeypatch) -> list[tuple[str, str]]:
    """Ce qui est écrit pendant l'essai : (gabarit, adresse)."""
    ecrits: list[tuple[str, str]] = []
    composer = courriels.composer

    def noter(*, gabarit: str, **valeurs) -> Courriel:
        ecrits.append((gabarit.removeprefix("courriels/"), valeurs["destinataire"]))
        return composer(gabarit=gabarit, **valeurs)

    for module in ("socle.services.courriels", "declarations.relances.services.envois"):
        monkeypatch.setattr(f"{module}.composer", noter)
    return ecrits


def _faire(monde: Monde, connecte, annonce: Annonce) -> str:
    adresse, donnees = annonce.geste(monde)
    page = connecte(annonce.qui).post(adresse, donnees, follow=True)
    assert page.redirect_chain, f"{adresse} n'a rien enregistré"
    messages = re.findall(r'class="toast-message.*?</div>', page.content.decode(), re.S)
    return html.unescape(re.sub(r"<[^>]+>", " ", " ".join(messages)))


def _nommer(adresse: str) -> set[str]:
    """Ce qui peut nommer cette adresse dans une phrase : le nom du contact ou du membre, sinon elle-même."""
    contacts = ContactEntreprise.objects.filter(courriel=adresse).values_list("nom", flat=True)
    membres = Adhesion.objects.filter(utilisateur__email=adresse).select_related("utilisateur")
    return {*contacts, *(membre.utilisateur.get_full_name() for membre in membres), adresse}


@pytest.mark.parametrize("annonce", ANNONCES, ids=lambda annonce: annonce.gabarit)
def test_le_courriel_est_range_et_la_phrase_nomme_qui_le_recoit(monde, connecte, horloge, gabarits, annonce):
    annonce.preparer(monde)
    attendue = annonce.adresse(monde)
    dit = _faire(monde, connecte, annonce)
    assert (annonce.gabarit, attendue) in gabarits
    assert Courriel.objects.filter(destinataire=attendue).exists()
    assert "n courriel part" in dit and any(nom in dit for nom in _nommer(attendue)), dit


@pytest.mark.parametrize("annonce", [a for a in ANNONCES if not a.seul_choix], ids=lambda annonce: annonce.gabarit)
def test_personne_de_joignable_rien_ne_part_et_la_phrase_le_dit(monde, connecte, horloge, gabarits, annonce):
    annonce.preparer(monde)
    consigner_rebond(adresse=monde.mois_declare.declaree_par, motif="inconnu", courriel=None)
    _rendre_injoignables(monde, sauf=annonce.qui)
    dit = _faire(monde, connecte, annonce)
    assert annonce.gabarit not in {gabarit for gabarit, _ in gabarits}
    assert annonce.sinon in dit and "n courriel part à" not in dit, dit


def _rendre_injoignables(monde: Monde, sauf: str) -> None:
    """Plus aucune adresse ne reçoit : contacts sans courriel ; membres dont l'adresse est revenue."""
    ContactEntreprise.objects.update(courriel="")
    adresses = {*(p.email for p in monde.nous.personnes.values()), monde.mois_declare.declaree_par}
    Courriel.objects.bulk_create(Courriel(destinataire=adresse, sujet="-", etat="refuse") for adresse in adresses)


def test_chaque_courriel_a_son_essai_ou_sa_raison():
    """Un gabarit neuf fait échouer cet essai : dire quel geste l'annonce, ou pourquoi aucun."""
    gabarits = {dossier.name for dossier in (RACINE / "templates/courriels").iterdir() if dossier.is_dir()}
    assert {annonce.gabarit for annonce in ANNONCES} | set(SANS_ECRAN) == gabarits
    assert not {annonce.gabarit for annonce in ANNONCES} & set(SANS_ECRAN)


def _textes(chemin: Path) -> Iterator[str]:
    """Les textes d'un module, docstrings à part ; une phrase composée compte par ses morceaux."""
    arbre = ast.parse(chemin.read_text())
    docstrings = {
        id(noeud.body[0].value)
        for noeud in ast.walk(arbre)
        if isinstance(noeud, ast.Module | ast.ClassDef | ast.FunctionDef)
        and noeud.body
        and isinstance(noeud.body[0], ast.Expr)
    }
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.Constant) and isinstance(noeud.value, str) and id(noeud) not in docstrings:
            yield noeud.value


def _phrases_des_ecrans() -> Iterator[tuple[str, str]]:
    for etage in ETAGES:
        for chemin in sorted(
            chemin for chemin in (RACINE / etage).rglob("*.py") if {"views", "views.py"} & set(chemin.parts)
        ):
            for texte in _textes(chemin):
                if MOTS.search(texte) and " " in texte:
                    yield chemin.relative_to(RACINE).as_posix(), texte


def test_aucun_ecran_n_affirme_un_envoi_de_lui_meme():
    """La phrase vient de l'avis que le service rend ; une autre se justifie ci-dessus."""
    seules = [
        (fichier, texte)
        for fichier, texte in _phrases_des_ecrans()
        if not any(fichier == connu and texte.startswith(debut) for connu, debut in PAS_UNE_ANNONCE)
    ]
    assert seules == []


AFFIRMATIONS = re.compile(
    r"(?:est|sont|sera|seront) (?:prévenu|averti|informé|relancé)e?s?|reçoi(?:t|vent) un courriel|est en copie", re.I
)
DANS_LES_GABARITS = {
    "exploitation/etat.html": "dit que personne ne l'est : exploitation",
    "courriels/declaration_relance/corps.txt": "sous la condition qu'il le soit : declarations/test_relances",
}


def test_aucun_gabarit_n_affirme_qu_on_a_prevenu_quelqu_un():
    dossier = RACINE / "templates"
    affirment = {
        chemin.relative_to(dossier).as_posix()
        for chemin in dossier.rglob("*.*")
        if AFFIRMATIONS.search(chemin.read_text())
    }
    assert affirment == set(DANS_LES_GABARITS)
