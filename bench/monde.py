"""Un monde de la taille du pays en 2021 : 370 structures, 59 000 engagements, 57 000 personnes, 296 000 lignes d'heures.

Écrit en masse, sans les services : il ne sert qu'à mesurer. Toutes les structures ont les mêmes chiffres. Sources des
volumes : Alliance Villes Emploi, 2021.
"""

import datetime
import os
import random
from decimal import Decimal

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max, Model

from beneficiaires.models import Beneficiaire, Critere, Domicile, NiveauAtteint
from comptes.enums import Role, TypeOrganisation
from comptes.models import Adhesion, Organisation, Utilisateur
from declarations.enums import DecisionLigne, StatutDeclaration
from declarations.models import Declaration, LigneHeures
from entreprises.models import Entreprise, FicheEntreprise
from marches.models import Engagement, FicheMaitreOuvrage, Lot, MaitreOuvrage, Marche
from recrutement.models import Contrat

STRUCTURES = int(os.environ.get("STRUCTURES", "370"))  # la part du pays à construire
MARCHES, LOTS, PERSONNES, CONTRATS, MOIS = 80, 2, 155, 200, 4
ANNEE = 2026
SLUG = "bench-{}"
PAQUET = 2000
COURRIEL = "bench@bench.example"
# Dans l'ordre des liens, tout ce qu'une structure écrit.
MODELES = (
    *(Organisation, MaitreOuvrage, FicheMaitreOuvrage, Entreprise, FicheEntreprise, Marche, Lot, Engagement),
    *(Beneficiaire, Critere, NiveauAtteint, Domicile, Contrat, Declaration, LigneHeures),
)
# Ce qui distingue une structure recopiée : « Acheteur 0-3 » devient « Acheteur 12-3 ».
PROPRES = {
    "slug": "replace(slug, '-0', '-' || rang)",
    "siret": "substr(siret, 1, 4) || (1000000000 + rang)",
    **{
        colonne: f"replace({colonne}, ' 0', ' ' || rang)"
        for colonne in ("nom", "nom_plie", "raison_sociale", "raison_sociale_pliee")
    },
}
UUID = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}


def existe() -> bool:
    return Organisation.objects.filter(slug=SLUG.format(STRUCTURES - 1)).exists()


@transaction.atomic
def construire() -> None:
    """Écrit une structure, puis la recopie en base : une requête par table, quel que soit le nombre de structures."""
    derniers: dict[type[Model], int] = {modele: _dernier(modele) for modele in MODELES}
    structure = _structure(random.Random(ANNEE))
    ecarts = {modele: _dernier(modele) - dernier for modele, dernier in derniers.items()}
    with connection.cursor() as curseur:
        for modele, dernier in derniers.items():
            curseur.execute(_recopie(modele, ecarts), [STRUCTURES - 1, dernier])
        for requete in connection.ops.sequence_reset_sql(no_style(), MODELES):
            curseur.execute(requete)
        curseur.execute("ANALYZE")  # en service, la base le fait d'elle-même
    utilisateur = Utilisateur.objects.create_user(COURRIEL, None, prenom="Banc", nom="D'essai")
    Adhesion.objects.create(utilisateur=utilisateur, organisation=structure, role=Role.RESPONSABLE)


def _dernier(modele: type[Model]) -> int:
    return modele._default_manager.aggregate(dernier=Max("pk"))["dernier"] or 0


def _recopie(modele: type[Model], ecarts: dict[type[Model], int]) -> str:
    """Les lignes de la première structure, pour chaque rang suivant : identifiants et liens décalés, noms et codes propres."""
    colonnes = {str(champ.column): str(champ.column) for champ in modele._meta.concrete_fields if not champ.generated}
    for champ in modele._meta.concrete_fields:
        lie = modele if champ.primary_key else champ.related_model
        if lie in ecarts:
            colonnes[str(champ.column)] = f"{champ.column} + rang * {ecarts[lie]}"
    propres = PROPRES | {"uuid": UUID[connection.vendor]}
    colonnes |= {colonne: propres[colonne] for colonne in colonnes.keys() & propres.keys()}
    return f"""
        INSERT INTO {modele._meta.db_table} ({", ".join(colonnes)})
        WITH RECURSIVE rangs(rang) AS (SELECT 0 UNION ALL SELECT rang + 1 FROM rangs WHERE rang < %s)
        SELECT {", ".join(colonnes.values())} FROM {modele._meta.db_table}, rangs
        WHERE id > %s AND rang > 0 ORDER BY rang, id"""


def _structure(hasard: random.Random) -> Organisation:
    structure = Organisation.objects.create(slug=SLUG.format(0), nom="Structure 0", type=TypeOrganisation.FACILITATRICE)
    engagements = _engagements(structure, _acheteurs(structure), _entreprises(structure))
    personnes = _personnes(structure, hasard)
    _heures(_contrats(structure, engagements, personnes), hasard)
    return structure


def _acheteurs(structure: Organisation) -> list[MaitreOuvrage]:
    acheteurs = MaitreOuvrage.objects.bulk_create(
        MaitreOuvrage(nom=f"Acheteur 0-{n}", nom_plie=f"acheteur 0-{n}", type="commune") for n in range(14)
    )
    FicheMaitreOuvrage.objects.bulk_create(FicheMaitreOuvrage(structure=structure, maitre_ouvrage=a) for a in acheteurs)
    return acheteurs


def _entreprises(structure: Organisation) -> list[Entreprise]:
    noms = [f"Entreprise 0-{n}" for n in range(30)]
    entreprises = Entreprise.objects.bulk_create(
        Entreprise(siret=f"{n:04d}{0:010d}", raison_sociale=nom, raison_sociale_pliee=nom.lower(), type="classique")
        for n, nom in enumerate(noms)
    )
    FicheEntreprise.objects.bulk_create(FicheEntreprise(structure=structure, entreprise=e) for e in entreprises)
    return entreprises


def _engagements(structure: Organisation, acheteurs: list, entreprises: list) -> list[Engagement]:
    marches = Marche.objects.bulk_create(
        Marche(
            structure=structure,
            reference=f"M-{n:04d}",
            objet=f"Marché {n}",
            texte_plie=f"m-{n:04d} marche {n}",
            maitre_ouvrage=acheteurs[n % len(acheteurs)],
            nature="travaux" if n % 2 else "services",
            type_clause="condition",
            debut=datetime.date(ANNEE, 1, 5),
            fin_prevue=datetime.date(ANNEE, 12, 20),
            statut="execution",
        )
        for n in range(MARCHES)
    )
    lots = Lot.objects.bulk_create(
        Lot(marche=marche, numero=str(n), intitule=f"Lot {n}") for marche in marches for n in range(LOTS)
    )
    return Engagement.objects.bulk_create(
        Engagement(lot=lot, entreprise=entreprises[n % len(entreprises)], heures_initiales=Decimal(430))
        for n, lot in enumerate(lots)
    )


def _personnes(structure: Organisation, hasard: random.Random) -> list[Beneficiaire]:
    personnes = Beneficiaire.objects.bulk_create(
        Beneficiaire(
            structure=structure,
            identifiant=f"B-{n:04d}",
            nom=f"Nom{n}",
            prenom="Prénom",
            nom_plie=f"nom{n} prenom",
            date_naissance=datetime.date(hasard.randint(1965, 2005), 1, 1),
            sexe="F" if n % 4 == 0 else "H",
        )
        for n in range(PERSONNES)
    )
    debut = datetime.date(ANNEE - 2, 1, 1)
    Critere.objects.bulk_create(Critere(beneficiaire=p, code="RSA", depuis=debut) for p in personnes[::2])
    NiveauAtteint.objects.bulk_create(
        NiveauAtteint(beneficiaire=p, niveau="aucun", depuis=debut) for p in personnes[::4]
    )
    Domicile.objects.bulk_create(Domicile(beneficiaire=p, adresse="1 rue", depuis=debut) for p in personnes)
    return personnes


def _contrats(structure: Organisation, engagements: list, personnes: list) -> list[Contrat]:
    contrats = []
    for n in range(CONTRATS):
        engagement = engagements[n % len(engagements)]
        contrats.append(
            Contrat(
                structure=structure,
                identifiant=f"C-{n:04d}",
                beneficiaire=personnes[n % len(personnes)],
                engagement=engagement,
                employeur_id=engagement.entreprise_id,
                modalite="embauche_directe",
                type_contrat="cdd",
                debut=datetime.date(ANNEE, 1 + n % 6, 1),
                fin_prevue=datetime.date(ANNEE, 12, 15),
            )
        )
    return Contrat.objects.bulk_create(contrats)


def _heures(contrats: list[Contrat], hasard: random.Random) -> None:
    mois_de = {c.identifiant: [datetime.date(ANNEE, c.debut.month + n, 1) for n in range(MOIS)] for c in contrats}
    attendues = {(c.engagement_id, mois) for c in contrats for mois in mois_de[c.identifiant]}
    declarations = Declaration.objects.bulk_create(
        (Declaration(engagement_id=e, mois=m, statut=StatutDeclaration.VALIDEE) for e, m in sorted(attendues)),
        batch_size=PAQUET,
    )
    par_cle = {(d.engagement_id, d.mois): d for d in declarations}
    LigneHeures.objects.bulk_create(
        (
            LigneHeures(
                declaration=par_cle[c.engagement_id, mois],
                contrat=c,
                mois=mois,
                heures_declarees=(faites := Decimal(hasard.randint(200, 600)) / 4),
                heures=faites,
                decision=DecisionLigne.ACCEPTEE,
            )
            for c in contrats
            for mois in mois_de[c.identifiant]
        ),
        batch_size=PAQUET,
    )
