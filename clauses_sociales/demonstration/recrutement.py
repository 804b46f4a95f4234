"""L'aval du monde de démonstration : des offres à chaque étape, des personnes confiées par la mission locale, des nouvelles."""

import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.services import noter_parcours, orienter_personne
from comptes.acteur import Acteur
from comptes.enums import Role
from comptes.models import Organisation, Utilisateur
from declarations.services.ouverture import ouvrir_les_mois_clos
from marches.enums import StatutMarche
from marches.models import Engagement, Marche
from marches.services import creer_convention
from metiers.models import Metier
from parcours.enums import GenreQuestion, PublicInterroge, Situation, StatutPoint
from parcours.models import PointSuivi, Question
from parcours.services import (
    demander_situations,
    poser_les_questions_proposees,
    preparer_points,
    repondre_point,
    repondre_questionnaire,
)
from recrutement import services
from recrutement.models import Contrat, Offre
from reprise.services.listes import deposer_liste
from socle.periodes import ajouter_mois
from territoires.models import Commune

# (intitulé, code ROME, postes, mois avant le début, réservée aux QPV)
OFFRES = (
    ("Maçon", "F1703", 2, 1, False),
    ("Agente ou agent d'entretien", "K2204", 3, 1, True),
    ("Peintre en bâtiment", "F1606", 1, 2, False),
    ("Aide jardinier", "A1203", 2, 2, False),
)
# Personnes inventées : (nom, prénom, naissance, sexe, situation, codes ROME)
CONFIEES = (
    ("Lecarpentier", "Inès", datetime.date(2003, 5, 4), "F", ["JEUNE_SUIVI", "QPV"], ["F1703", "F1606"]),
    ("Marie", "Karim", datetime.date(1994, 11, 21), "H", ["RSA"], ["F1703"]),
    ("Renouf", "Solène", datetime.date(1988, 2, 9), "F", ["DELD", "QPV"], ["K2204"]),
    ("Hamel", "Brahim", datetime.date(1971, 8, 30), "H", ["SENIOR"], ["A1203", "K2204"]),
    ("Lebarbey", "Aline", datetime.date(2001, 1, 17), "F", ["RSA", "QPV"], ["K2204"]),
)
MOTS = (
    "Coffrer un mur, lire un plan.",
    "Les trajets du matin.",
    "Passer le permis, puis un CDI.",
    "Une équipe qui explique bien.",
    "Davantage de temps avec le tuteur.",
)
LISTE = """Nom;Prénom;Date de naissance;Sexe;Téléphone;Situation;Ville
Fontaine;Maëlle;14/02/2002;F;0600000001;Jeune en parcours;Cherbourg-en-Cotentin
Leroux;Yanis;30/02/1999;H;0600000002;RSA;Cherbourg-en-Cotentin
Marie;Karim;21/11/1994;H;;RSA;Cherbourg-en-Cotentin
Osmont;Sabrina;09/07/1985;F;0600000003;RSA, QPV;La Hague
"""
SITUATIONS = (Situation.CDI, Situation.CDD_COURT, Situation.RECHERCHE, Situation.CDD_LONG, Situation.FORMATION)


def animer_le_recrutement(acteur: Acteur) -> None:
    """Écrit les offres, fait proposer et avancer des personnes, prend des nouvelles de ceux dont le contrat est fini."""
    mission = Organisation.objects.get(partenariats__structure=acteur.organisation, type="prescripteur")
    referente = Acteur(Utilisateur.objects.get(email="prescripteur@demo.example"), mission, Role.PRESCRIPTEUR)
    offres = _ecrire_les_offres(acteur, mission)
    personnes = _confier(referente, acteur.agit_pour)
    _faire_avancer(acteur, referente, offres, personnes)
    _prendre_des_nouvelles(acteur)
    _recueillir_les_avis(acteur)
    ouvrir_les_mois_clos()
    _confier_une_liste(referente, acteur.agit_pour)
    _globaliser(acteur)


def _ecrire_les_offres(acteur: Acteur, mission: Organisation) -> list[Offre]:
    engagements = list(
        Engagement.objects.visibles_par(acteur)
        .ouverts_aux_contrats()
        .avec_contexte()
        .order_by("-lot__marche__debut", "pk")[: len(OFFRES)]
    )
    commune = Commune.objects.get(code_insee="50129")
    offres = []
    for engagement, (intitule, code, postes, mois, reserve) in zip(engagements, OFFRES, strict=False):
        debut = ajouter_mois(timezone.localdate().replace(day=1), mois)
        offre = services.creer_offre(
            acteur=acteur,
            engagement=engagement,
            intitule=intitule,
            metier=Metier.objects.get(code=code),
            postes=postes,
            debut=debut,
            fin=ajouter_mois(debut, 6),
            commune=commune,
            reserve_qpv=reserve,
            exigences="Travail du lundi au vendredi. Équipement fourni.",
        )
        offres.append(offre)
    for offre in offres[:-1]:  # la dernière reste un brouillon à relire
        # À la fin d'un mois, cinq jours avant le début sont déjà passés.
        limite = max(offre.debut - datetime.timedelta(days=5), timezone.localdate())
        services.diffuser_offre(acteur=acteur, offre=offre, partenaires=[mission], date_limite=limite)
    return offres


def _confier(referente: Acteur, structure: Organisation) -> list[Beneficiaire]:
    jour = timezone.localdate()
    return [
        orienter_personne(
            acteur=referente,
            structure=structure,
            nom=nom,
            prenom=prenom,
            date_naissance=naissance,
            sexe=sexe,
            criteres=criteres,
            metiers=Metier.objects.filter(code__in=codes),
            disponible_le=jour + datetime.timedelta(days=7 * rang),
        )
        for rang, (nom, prenom, naissance, sexe, criteres, codes) in enumerate(CONFIEES)
    ]


def _faire_avancer(acteur: Acteur, referente: Acteur, offres: list[Offre], personnes: list[Beneficiaire]) -> None:
    if len(offres) < len(OFFRES):
        return
    macon, entretien = offres[:2]
    inscrites = [(macon, personnes[0]), (macon, personnes[1]), (entretien, personnes[2]), (entretien, personnes[4])]
    candidatures = [
        services.proposer_personne(
            acteur=referente, offre=offre, beneficiaire=personne, avis="Projet travaillé ensemble, disponible."
        )
        for offre, personne in inscrites
    ]
    services.avancer_candidature(acteur=acteur, candidature=candidatures[1], transition="preselectionner")
    for transition in ("preselectionner", "transmettre"):
        services.avancer_candidature(acteur=acteur, candidature=candidatures[2], transition=transition)
    noter_parcours(
        acteur=referente, beneficiaire=personnes[0], genre="entretien", texte="CV refait, permis B en cours."
    )


def _prendre_des_nouvelles(acteur: Acteur) -> None:
    """Les points dus depuis plus d'un mois ont leur réponse, quatre fois sur cinq ; les autres attendent."""
    preparer_points()
    jour = timezone.localdate()
    anciens = PointSuivi.objects.visibles_par(acteur).filter(du_le__lt=jour - datetime.timedelta(days=30))
    for rang, point in enumerate(anciens.order_by("du_le", "pk")):
        if rang % 5:
            repondre_point(acteur=acteur, point=point, situation=SITUATIONS[rang % len(SITUATIONS)])
    if PointSuivi.objects.filter(statut=StatutPoint.A_VENIR, du_le__lte=jour).exists():
        demander_situations()


def _recueillir_les_avis(acteur: Acteur) -> None:
    """Un contrat fini sur trois a ses avis, ceux d'une même année ; le bilan qualitatif a de quoi se lire."""
    poser_les_questions_proposees(acteur=acteur)
    questions = list(Question.objects.visibles_par(acteur))
    finis = (
        Contrat.objects.visibles_par(acteur).filter(fin_prevue__lt=timezone.localdate()).order_by("-fin_prevue", "pk")
    )
    for rang, contrat in enumerate(finis[:60:3]):
        for public in PublicInterroge:
            reponses = {q: _avis(q, rang) for q in questions if q.public == public}
            repondre_questionnaire(acteur=acteur, contrat=contrat, public=public, reponses=reponses)


def _avis(question: Question, rang: int) -> int | str:
    if question.genre == GenreQuestion.TEXTE:
        return MOTS[(question.rang + rang) % len(MOTS)] if rang % 2 else ""
    return int(rang % 4 != 3) if question.genre == GenreQuestion.OUI_NON else 3 + (question.rang + rang) % 3


def _confier_une_liste(referente: Acteur, structure: Organisation) -> None:
    """Une liste déposée, pas encore confiée : des lignes prêtes, une à corriger, une personne déjà connue."""
    fichier = SimpleUploadedFile("personnes-de-novembre.csv", LISTE.encode())
    deposer_liste(acteur=referente, structure=structure, prescripteur=referente.agit_pour, fichier=fichier)


def _globaliser(acteur: Acteur) -> None:
    """Une convention entre les deux premiers acheteurs d'un marché en cours."""
    par_acheteur: dict[int, Marche] = {}
    for marche in (
        Marche.objects.visibles_par(acteur).actifs().filter(statut=StatutMarche.EXECUTION).order_by("-debut", "pk")
    ):
        par_acheteur.setdefault(marche.maitre_ouvrage_id, marche)
    marches = list(par_acheteur.values())[:2]
    if len(marches) == 2:
        debut = timezone.localdate().replace(month=1, day=1)
        creer_convention(
            acteur=acteur,
            marches=marches,
            intitule=f"Globalisation des heures d'insertion {debut.year}",
            debut=debut,
            fin=debut.replace(month=12, day=31),
        )
