"""Construit le monde de démonstration par les vrais services, toujours le même pour un même jour."""

import datetime
import random
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from stdnum import luhn

from beneficiaires import services as dossiers
from clauses_sociales.demonstration import plan
from clauses_sociales.demonstration.achats import (
    donner_des_metiers,
    facturer_un_accord_cadre,
    preparer_des_achats,
    viser_les_chartes,
)
from clauses_sociales.demonstration.comptes import creer_comptes
from clauses_sociales.demonstration.entreprise import animer_l_entreprise
from clauses_sociales.demonstration.fins import finir_des_engagements
from clauses_sociales.demonstration.heures import controler_les_heures
from clauses_sociales.demonstration.pronostics import montrer_chaque_pronostic
from clauses_sociales.demonstration.recrutement import animer_le_recrutement
from clauses_sociales.demonstration.territoire import QUARTIERS, charger_territoire_de_demonstration
from comptes.acteur import Acteur
from comptes.models import Organisation
from comptes.services import creer_structure, nouer_partenariat
from declarations.services import reprendre_heures, saisir_heures, valider_mois
from declarations.services.ouverture import regler_declarations
from entreprises.models import Entreprise
from entreprises.services import suivre_entreprise
from marches import services as marches
from marches.models import Engagement, Lot, MaitreOuvrage, Operation
from recrutement.eligibilite import est_sans_critere
from recrutement.models import Contrat
from recrutement.services import conclure_contrat, consigner_le_motif
from socle.periodes import ajouter_mois, dernier_jour
from territoires.models import Commune
from territoires.services import definir_territoire

SLUG = "mef-cotentin"
QUART_D_HEURE = Decimal("0.25")
PLAFOND_MENSUEL = Decimal("151.50")
SANS_CRITERE = 30  # une personne sur tant, cette année, est comptée sans critère, avec un motif consigné


def siret_invente(numero: int) -> str:
    """Un SIRET à la clé juste, dans une plage sans entreprise réelle (SIREN commençant par 999)."""
    siren = f"9990{numero:04d}"
    siren += luhn.calc_check_digit(siren)
    base = f"{siren}0001"
    return base + luhn.calc_check_digit(base)


@dataclass
class Chantier:
    """Ce que la construction garde sous la main."""

    acteur: Acteur
    hasard: random.Random
    acheteurs: list[MaitreOuvrage] = field(default_factory=list)
    attributaires: list[Entreprise] = field(default_factory=list)
    employeurs: dict[str, Entreprise] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    engagements: list[Engagement] = field(default_factory=list)
    marches: int = 0
    personnes: int = 0
    contrats: int = 0


@transaction.atomic
def construire() -> bool:
    """Charge le monde s'il n'existe pas ; rend vrai s'il vient d'être créé."""
    if Organisation.objects.filter(slug=SLUG).exists():
        return False
    epci = charger_territoire_de_demonstration()
    structure = creer_structure(acteur=Acteur.exploitant(), slug=SLUG, nom="MEF du Cotentin")
    acteur = Acteur.systeme(structure)
    definir_territoire(acteur=acteur, structure=structure, epci=epci)
    chantier = Chantier(acteur, random.Random(2018))
    _referentiels(chantier)
    for annee in plan.annees(timezone.localdate()):
        _peupler(chantier, annee)
    creer_comptes(structure, chantier.acheteurs[0], chantier.attributaires[0])
    regler_declarations(acteur=acteur, relances=True)
    animer_le_recrutement(acteur)
    controler_les_heures(acteur)
    finir_des_engagements(acteur)
    animer_l_entreprise(acteur)
    _voisines()
    return True


def _voisines() -> None:
    """Deux autres structures, avec des homonymes : l'isolation se voit. Toutes trois sont du même réseau."""
    reseau, caen = Organisation.objects.get(type="reseau"), Commune.objects.filter(code_insee="14118")
    for rang, (slug, nom) in enumerate((("plie-bessin", "PLIE du Bessin"), ("mde-bocage", "MDE du Bocage"))):
        structure = creer_structure(acteur=Acteur.exploitant(), slug=slug, nom=nom)
        nouer_partenariat(acteur=Acteur.exploitant(), organisation=reseau, structure=structure)
        chantier = Chantier(Acteur.systeme(structure), random.Random(rang))
        definir_territoire(acteur=chantier.acteur, structure=structure, communes=caen, nom=nom)
        _referentiels(chantier)
        _peupler(chantier, plan.Annee(2018, 12, 4, 3, 5, Decimal(2100), 3, 2, 640, 900))


def _referentiels(chantier: Chantier) -> None:
    communes = {commune.code_insee: commune for commune in Commune.objects.all()}
    for rang, (nom, type_, commune) in enumerate(plan.MAITRES_OUVRAGE):
        acheteur = marches.suivre_maitre_ouvrage(
            acteur=chantier.acteur, nom=nom, siret=siret_invente(rang), type=type_, commune=communes[commune]
        )
        chantier.acheteurs.append(acheteur)
        marches.ajouter_contact(acteur=chantier.acteur, maitre_ouvrage=acheteur, **plan.contact_d_acheteur(rang))
    toutes = [*plan.ATTRIBUTAIRES, *plan.EMPLOYEURS]
    for rang, (nom, type_, commune) in enumerate(toutes, start=100):
        entreprise = suivre_entreprise(
            acteur=chantier.acteur,
            siret=siret_invente(rang),
            raison_sociale=nom,
            type=type_,
            commune=communes[commune],
        )
        chantier.employeurs[nom] = entreprise
    chantier.attributaires = [chantier.employeurs[nom] for nom, _, _ in plan.ATTRIBUTAIRES]
    chantier.operations = [marches.creer_operation(acteur=chantier.acteur, nom=nom) for nom in plan.OPERATIONS]


# --- Les marchés -----------------------------------------------------------------------------------------------------
def _peupler(chantier: Chantier, annee: plan.Annee) -> None:
    """Ouvre les marchés de l'année, puis y fait travailler ses personnes."""
    for rang in range(annee.nouveaux_marches):
        _ouvrir_marche(chantier, annee, rang)
    ouverts = [e for e in chantier.engagements if e.lot.marche.fin >= datetime.date(annee.annee, 12, 31)]
    if annee.annee == 2018:
        _abandonner_un_marche(chantier)
    contrats = _embaucher(chantier, annee, ouverts)
    _faire_travailler(chantier, annee, contrats)
    if annee.annee == timezone.localdate().year:
        _preparer_des_projets(chantier)
        donner_des_metiers(chantier.acteur)
        preparer_des_achats(chantier.acteur, chantier.acheteurs)
        facturer_un_accord_cadre(chantier.acteur, chantier.acheteurs[0], chantier.attributaires[0])
        viser_les_chartes(chantier.acteur, chantier.operations)
        montrer_chaque_pronostic(chantier.acteur, chantier.acheteurs[7], chantier.attributaires[7])
    else:
        _solder(chantier, ouverts, datetime.date(annee.annee, 12, 31))


def _ouvrir_marche(chantier: Chantier, annee: plan.Annee, rang: int):
    travaux = rang < annee.travaux
    chantier.marches += 1
    debut = datetime.date(annee.annee, 1, 2 + rang)
    # Toute exécution couvre au moins une année pleine ; chacune s'arrête en fin d'année, pour un compte sans reste.
    deux_ans = annee.heures_dues_deux_ans and (rang % 3 != 2 or not annee.heures_dues_un_an)
    fin = datetime.date(annee.annee + (1 if deux_ans else 0), 12, 31)
    objets = plan.OBJETS_TRAVAUX if travaux else plan.OBJETS_SERVICES
    marche = marches.creer_marche(
        acteur=chantier.acteur,
        reference=f"{annee.annee}-{rang + 1:03d}",
        objet=objets[rang % len(objets)],
        maitre_ouvrage=chantier.acheteurs[chantier.marches % len(chantier.acheteurs)],
        nature="travaux" if travaux else "services",
        type_clause=("condition", "condition", "condition_critere", "condition", "reserve")[rang % 5],
        montant_ht=Decimal(250000 + 87500 * rang),
        date_notification=debut - datetime.timedelta(days=40),
        debut=debut,
        fin_prevue=fin,
        statut="execution",
        operation=chantier.operations[rang % 2] if rang % 4 == 0 else None,
    )
    heures = annee.heures_dues_deux_ans if deux_ans else annee.heures_dues_un_an
    for numero in range(1, 2 + (rang % 3 == 0)):
        _attribuer_lot(chantier, marche, numero, heures)


def _attribuer_lot(chantier: Chantier, marche, numero: int, heures: int) -> None:
    """Un lot et son attributaire, qui doit entre 75 % et 110 % de `heures`, à vingt heures près."""
    rang = len(chantier.engagements)
    lot = marches.ajouter_lot(
        acteur=chantier.acteur,
        marche=marche,
        numero=str(numero),
        intitule=("Gros œuvre", "Second œuvre", "Aménagements")[numero % 3],
        montant_ht=marche.montant_ht / 2,
        attributaire=chantier.attributaires[rang % len(chantier.attributaires)],
        heures_initiales=Decimal(heures * (75 + 5 * (rang * 3 % 8)) // 2000 * 20),
    )
    engagement = Engagement.objects.avec_contexte().get(lot=lot)
    chantier.engagements.append(engagement)
    if rang % 9 == 4:
        marches.ajouter_avenant(
            acteur=chantier.acteur,
            engagement=engagement,
            heures_delta=Decimal(120),
            date_notification=marche.debut + datetime.timedelta(days=90),
            motif="Prestations supplémentaires",
        )


def _abandonner_un_marche(chantier: Chantier) -> None:
    marche = marches.creer_marche(
        acteur=chantier.acteur,
        reference="2018-900",
        objet="Aménagement d'un quai, sans suite",
        maitre_ouvrage=chantier.acheteurs[0],
        nature="travaux",
        type_clause="condition",
        debut=datetime.date(2018, 3, 1),
        fin_prevue=datetime.date(2018, 12, 31),
        statut="publie",
    )
    lot: Lot = marches.ajouter_lot(acteur=chantier.acteur, marche=marche, numero="1", intitule="Terrassement")
    marches.changer_statut(acteur=chantier.acteur, marche=lot.marche, transition="abandonner", motif="Crédits reportés")


def _preparer_des_projets(chantier: Chantier) -> None:
    """Les marchés qui viennent : l'année qui court se prépare, rien n'y est encore dû."""
    annee = timezone.localdate().year
    for rang, (reference, objet, nature, statut) in enumerate(plan.PROJETS):
        marches.creer_marche(
            acteur=chantier.acteur,
            reference=f"{annee}-{reference}",
            objet=objet,
            maitre_ouvrage=chantier.acheteurs[3 * rang],
            nature=nature,
            type_clause="condition",
            debut=datetime.date(annee + 1, 3 + rang, 1),
            fin_prevue=datetime.date(annee + 2, 6, 30),
            statut=statut,
        )


def _solder(chantier: Chantier, engagements: list[Engagement], fin: datetime.date) -> None:
    finis = {e.lot.marche_id: e.lot.marche for e in engagements if e.lot.marche.fin <= fin}
    for marche in finis.values():
        marches.changer_statut(acteur=chantier.acteur, marche=marche, transition="solder", le=fin)


# --- Les personnes ---------------------------------------------------------------------------------------------------
def _embaucher(chantier: Chantier, annee: plan.Annee, ouverts: list[Engagement]) -> list[Contrat]:
    """Les contrats de l'année : un par personne, et un second pour une sur cinq. Chaque engagement ouvert a les siens."""
    contrats = []
    for rang in range(annee.personnes):
        personne = _accueillir(chantier, annee, rang)
        for tour in range(2 if rang % 5 == 2 else 1):
            engagement = ouverts[(rang + 7 * tour) % len(ouverts)]
            contrats.append(_conclure(chantier, annee, personne, engagement, rang, tour))
    return contrats


def _accueillir(chantier: Chantier, annee: plan.Annee, rang: int):
    """Une personne au profil choisi : les comptes de l'année se répartissent, sans se suivre."""
    hasard, acteur = chantier.hasard, chantier.acteur
    chantier.personnes += 1
    femme = rang % 5 == 0
    jeune = rang < annee.moins_de_26
    age = hasard.randint(19, 24) if jeune else hasard.choice((28, 31, 34, 37, 41, 44, 47, 52, 55, 58))
    personne = dossiers.creer_beneficiaire(
        acteur=acteur,
        identifiant=f"B-{chantier.personnes:04d}",
        nom=hasard.choice(plan.NOMS),
        prenom=hasard.choice(plan.PRENOMS_F if femme else plan.PRENOMS_H),
        date_naissance=datetime.date(annee.annee - age, hasard.randint(1, 12), hasard.randint(1, 28)),
        sexe="F" if femme else "H",
    )
    decale = (rang + annee.moins_de_26 // 2) % annee.personnes
    niveau = "aucun" if annee.moins_de_26 <= decale < annee.moins_de_26 + annee.sans_qualification else "3456"[rang % 4]
    dossiers.declarer_niveau(acteur=acteur, beneficiaire=personne, niveau=niveau)
    avant = datetime.date(annee.annee - 2, 6, 1)
    if (rang * 5) % annee.personnes < annee.rsa if _premier(annee.personnes, 5) else rang < annee.rsa:
        dossiers.enregistrer_critere(
            acteur=acteur, beneficiaire=personne, code="RSA", depuis=avant, principal=True, piece_vue_le=avant
        )
    if rang % 14 == 3:
        dossiers.enregistrer_critere(acteur=acteur, beneficiaire=personne, code="RQTH", depuis=avant)
    if rang % 3:
        inscrit = datetime.date(annee.annee - (2 if rang % 2 else 0), 1, 1 + rang % 20)
        dossiers.declarer_inscription(acteur=acteur, beneficiaire=personne, depuis=inscrit)
        if not personne.criteres.exists():
            # Longue durée quand l'inscription est ancienne, sinon un accompagnement : chacun a une raison d'être suivi.
            code = "DELD" if rang % 2 else "PLIE"
            vue = {"piece_vue_le": datetime.date(annee.annee, 1, 15)} if rang % 5 else {}
            dossiers.enregistrer_critere(
                acteur=acteur, beneficiaire=personne, code=code, depuis=inscrit, principal=True, **vue
            )
    if _est_en_cours(annee) and rang % SANS_CRITERE and not personne.criteres.exists():
        dossiers.enregistrer_critere(
            acteur=acteur, beneficiaire=personne, code="AUTRE", depuis=avant, principal=True, piece_vue_le=avant
        )
    _loger(chantier, personne, rang)
    return personne


def _est_en_cours(annee: plan.Annee) -> bool:
    return annee.annee == timezone.localdate().year


def _premier(nombre: int, facteur: int) -> bool:
    """`facteur` mélange-t-il tous les rangs de 0 à `nombre` - 1 sans en répéter un ?"""
    return nombre % facteur != 0


def _loger(chantier: Chantier, personne, rang: int) -> None:
    if rang % 4 == 1:
        _, _, longitude, latitude = QUARTIERS[rang % 3]
        latitude, longitude = latitude + (rang % 5) * 0.0003, longitude - (rang % 7) * 0.0003
    else:
        latitude, longitude = 49.60 - (rang % 9) * 0.01, -1.70 + (rang % 11) * 0.01
    dossiers.declarer_domicile(
        acteur=chantier.acteur,
        beneficiaire=personne,
        adresse=f"{1 + rang % 90} rue des Ormes",
        code_postal="50100",
        commune=Commune.objects.get(code_insee="50129"),
        latitude=latitude,
        longitude=longitude,
    )


def _conclure(chantier: Chantier, annee: plan.Annee, personne, engagement: Engagement, rang: int, tour: int) -> Contrat:
    chantier.contrats += 1
    duree = 2 + rang % 5 % 4 if tour == 0 else 2
    # Le premier contrat commence dans la première moitié de l'année, le second après : le contrat d'entrée est le premier.
    mois = min(1 + rang % (3 if rang % 5 == 2 else 9) if tour == 0 else 7 + rang % 3, annee.dernier_mois)
    debut = datetime.date(annee.annee, mois, 1)
    premier_mois_utile = max(debut, ajouter_mois(engagement.lot.marche.debut.replace(day=1), 0))
    fin = min(
        dernier_jour(ajouter_mois(premier_mois_utile, duree - 1)), dernier_jour(debut.replace(month=annee.dernier_mois))
    )
    modalite, type_contrat, employeur = plan.EMBAUCHES[rang % len(plan.EMBAUCHES)]
    contrat = conclure_contrat(
        acteur=chantier.acteur,
        beneficiaire=personne,
        engagement=engagement,
        employeur=chantier.employeurs[employeur] if employeur else engagement.entreprise,
        identifiant=f"C-{chantier.contrats:04d}",
        modalite=modalite,
        type_contrat=type_contrat,
        debut=max(premier_mois_utile, engagement.lot.marche.debut),
        fin_prevue=fin,
    )
    if _est_en_cours(annee) and est_sans_critere(contrat):  # les années passées sont reprises, sans être rejugées
        consigner_le_motif(acteur=chantier.acteur, contrat=contrat, motif="Accord écrit de l'acheteur pour ce poste")
    return contrat


# --- Les heures ------------------------------------------------------------------------------------------------------
def _faire_travailler(chantier: Chantier, annee: plan.Annee, contrats: list[Contrat]) -> None:
    """Répartit le volume de l'année sur les mois des contrats, au quart d'heure."""
    cases = [(contrat, mois) for contrat in contrats for mois in _mois(contrat)]
    poids = [Decimal(chantier.hasard.randint(60, 100)) for _ in cases]
    travaux = [
        (contrat, mois, part) for (contrat, mois), part in zip(cases, repartir(annee.heures, poids), strict=True)
    ]
    if _est_en_cours(annee):
        _declarer_mois_par_mois(chantier, annee, travaux)
    else:  # les années passées viennent d'un classeur, comme chez qui commence
        reprendre_heures(acteur=chantier.acteur, nouvelles=travaux, modifiees={})


def _declarer_mois_par_mois(
    chantier: Chantier, annee: plan.Annee, travaux: list[tuple[Contrat, datetime.date, Decimal]]
) -> None:
    """Saisit et valide chaque mois ; le dernier reste à valider, et un engagement sur trois n'y a rien envoyé."""
    par_mois: dict[tuple[int, datetime.date], dict[Contrat, Decimal]] = {}
    for contrat, mois, part in travaux:
        par_mois.setdefault((contrat.engagement_id, mois), {})[contrat] = part
    for rang, ((_, mois), lignes) in enumerate(sorted(par_mois.items(), key=lambda case: (case[0][1], case[0][0]))):
        dernier = mois.month == annee.dernier_mois
        if dernier and rang % 3 == 0:
            continue  # cette entreprise n'a pas encore envoyé ses heures
        engagement = next(iter(lignes)).engagement
        declaration = saisir_heures(acteur=chantier.acteur, engagement=engagement, mois=mois, heures=lignes)
        if not dernier:
            valider_mois(acteur=chantier.acteur, declaration=declaration)


def _mois(contrat: Contrat) -> list[datetime.date]:
    mois, suite = contrat.debut.replace(day=1), []
    while contrat.fin and mois <= contrat.fin:
        suite.append(mois)
        mois = ajouter_mois(mois, 1)
    return suite


def repartir(total: Decimal, poids: list[Decimal]) -> list[Decimal]:
    """Partage `total` au quart d'heure selon les poids, sans reste ; personne ne dépasse un mois plein."""
    somme = sum(poids)
    parts = [min(PLAFOND_MENSUEL, total * p / somme // QUART_D_HEURE * QUART_D_HEURE) for p in poids]
    rang = 0
    reste = total - sum(parts)
    while reste:
        if parts[rang % len(parts)] + QUART_D_HEURE <= PLAFOND_MENSUEL:
            parts[rang % len(parts)] += QUART_D_HEURE
            reste -= QUART_D_HEURE
        rang += 1
    return parts
