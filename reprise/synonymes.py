"""Les intitulés que les administrations, les employeurs et les associations donnent à nos feuilles et à nos colonnes.

Écrits comme `reprise.cellules.cle_de_choix` les rend : sans accents, sans ponctuation, en minuscules.
"""


def _table(ecritures: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {cle: tuple(dites.split(", ")) for cle, dites in ecritures.items()}


# Une liste de personnes, et la feuille « Bénéficiaires » pour les colonnes qu'elles ont en commun.
PERSONNES = _table(
    {
        "nom": "nom, noms, nom de famille, nom d usage, nom usuel, nom de naissance, nom patronymique, "
        "nom marital, nom de jeune fille, patronyme",
        "prenom": "prenom, prenoms, prenom usuel, premier prenom, prenom d usage",
        "date_naissance": "date de naissance, date naissance, date de naiss, date naiss, naissance, ne le, nee le, ne e le, "
        "ne, ddn, dn",
        "sexe": "sexe, civilite, civ, genre, titre",
        "telephone": "telephone, telephones, tel, portable, mobile, tel portable, tel mobile, tel fixe, "
        "telephone portable, telephone mobile, telephone fixe, numero de telephone, numero telephone, "
        "n de telephone, n telephone, n tel",
        "courriel": "courriel, mail, mel, email, e mail, adresse mail, adresse mel, adresse email, adresse e mail, "
        "adresse courriel, adresse de courriel, adresse electronique, courrier electronique",
        "adresse": "adresse, adresse postale, adresse complete, adresse du domicile, adresse personnelle, domicile, "
        "rue, voie, n et rue, numero et rue",
        "code_postal": "code postal, code post, cp, c p",
        "commune": "commune, ville, localite, commune de residence, ville de residence, lieu de residence",
        "criteres": "criteres, critere, criteres d eligibilite, eligibilite, situation, public, publics, statut",
        "metiers": "metier, metiers, metier recherche, metiers recherches, metier vise, emploi recherche, "
        "emplois recherches, poste recherche, projet professionnel, rome, code rome",
        "disponible_le": "disponible, disponible le, disponible a partir du, disponibilite, disponibilites, "
        "date de disponibilite, dispo",
        "rayon_km": "mobilite, mobilite en km, rayon, rayon de mobilite, rayon de recherche, distance, "
        "distance maximum, distance acceptee, km",
        "referent": "referent, referente, nom du referent, referent unique, referent de parcours, conseiller, "
        "conseillere, conseiller referent, accompagnateur, cip",
        "referent_courriel": "courriel du referent, mail du referent, mel du referent, email du referent, mail referent, "
        "courriel referent, courriel du conseiller, mail du conseiller",
    }
)
FEUILLES = _table(
    {
        "Maîtres d'ouvrage": "maitre d ouvrage, donneurs d ordre, donneurs d ordres, acheteurs, moa",
        "Entreprises": "entreprise, employeurs, titulaires, attributaires, societes",
        "Marchés": "marche, operations, consultations, chantiers",
        "Lots": "lot, engagements, clauses",
        "Bénéficiaires": "beneficiaire, personnes, participants, salaries, publics, candidats, vivier",
        "Contrats": "contrat, embauches, contrats de travail, missions",
        "Heures": "heure, releve, releves, releve d heures, heures realisees, suivi des heures, heures d insertion",
    }
)
_LOT = "n lot, no lot, numero lot, numero du lot, numero de lot, lot n"
_MARCHE = (
    "n marche, no marche, numero marche, numero du marche, numero de marche, reference du marche, ref marche, marche"
)
_DEBUT = "date debut, date de debut, date d entree, du, a compter du, date de demarrage, demarrage, debut du contrat"
_FIN = "date fin, date de fin, date de sortie, au, jusqu au, fin prevue, date de fin prevue, fin du contrat, fin contrat, terme"
_SIRET = "n siret, no siret, numero siret, numero de siret, siret de l entreprise, siret entreprise"
_COMMUNE = "code insee, insee, code commune, commune insee, ville, commune"
_IDENTIFIANT = "n, no, id, numero, code, matricule, ref, reference, n dossier, no dossier, numero de dossier, dossier"
_PERSONNE = "n beneficiaire, id beneficiaire, identifiant beneficiaire, personne, salarie, participant, n dossier"
_CONTRAT = (
    "n contrat, no contrat, id contrat, numero de contrat, identifiant contrat, identifiant du contrat, ref contrat"
)
_MONTANT = "montant, montant en euros, montant ht en euros, montant du marche, montant du lot, montant notifie"
COLONNES = {
    "Maîtres d'ouvrage": _table(
        {
            "nom": "maitre d ouvrage, denomination, raison sociale, donneur d ordre, acheteur, organisme",
            "siret": _SIRET,
            "type": "nature, categorie",
            "commune": _COMMUNE,
        }
    ),
    "Entreprises": _table(
        {
            "raison_sociale": "nom, entreprise, nom de l entreprise, denomination, societe, titulaire, employeur",
            "siret": _SIRET,
            "type": "type d entreprise, categorie, statut, nature",
            "commune": _COMMUNE,
        }
    ),
    "Marchés": _table(
        {
            "reference": f"{_MARCHE}, ref, n, no, numero",
            "objet": "objet du marche, intitule, intitule du marche, libelle, designation, nom du marche",
            "maitre_ouvrage": "maitre d ouvrage nom ou siret, moa, acheteur, donneur d ordre, pouvoir adjudicateur",
            "nature": "nature du marche, type de marche, categorie",
            "type_clause": "clause, clause d insertion, type de la clause, article",
            "montant_ht": _MONTANT,
            "date_notification": "notification, notifie le, date notification",
            "debut": f"{_DEBUT}, debut d execution, debut des travaux",
            "fin": f"{_FIN}, fin d execution, fin des travaux",
            "statut": "etat, avancement",
            "operation": "projet, programme",
        }
    ),
    "Lots": _table(
        {
            "marche": _MARCHE,
            "numero_lot": f"{_LOT}, n, no, numero",
            "intitule": "intitule du lot, libelle, libelle du lot, designation, objet, objet du lot, nom du lot",
            "attributaire": f"attributaire, titulaire, siret attributaire, siret titulaire, siret du titulaire, {_SIRET}, siret",
            "montant_ht": _MONTANT,
            "heures_dues": "heures a realiser, heures d insertion, heures contractuelles, heures prevues, objectif, "
            "objectif heures, objectif d heures, nombre d heures, nb heures, volume d heures, heures, engagement",
            "cotraitants": "cotraitants, co traitants, groupement",
        }
    ),
    "Bénéficiaires": {
        **{cle: PERSONNES[cle] for cle in ("nom", "prenom", "date_naissance", "sexe", "adresse", "code_postal")},
        **{"commune": PERSONNES["commune"], "referent": PERSONNES["referent"]},
        **_table(
            {
                "identifiant": f"{_IDENTIFIANT}, {_PERSONNE}",
                "quartiers": "qpv, quartier, quartier prioritaire, code qpv, quartiers",
                "niveau": "niveau, niveau d etudes, niveau de qualification, diplome, formation, niveau scolaire",
                "rsa": "beneficiaire du rsa, beneficiaire rsa, allocataire rsa, brsa, minima sociaux",
                "rqth": "th, boeth, travailleur handicape, reconnaissance travailleur handicape, handicap, doeth",
                "inscrit_depuis": "inscription france travail, inscription pole emploi, inscrit depuis, date d inscription, "
                "date inscription, date d inscription france travail, date inscription france travail, "
                "date d inscription pole emploi, inscrit a pole emploi depuis, deld depuis",
            }
        ),
    },
    "Contrats": _table(
        {
            "identifiant": f"{_CONTRAT}, n, no, id, numero, code, ref, reference, contrat",
            "beneficiaire": _PERSONNE,
            "marche": _MARCHE,
            "lot": _LOT,
            "employeur": f"employeur, siret employeur, siret de l employeur, {_SIRET}, siret",
            "modalite": "modalite de realisation, modalite d embauche, mode, mode d embauche",
            "type_contrat": "contrat, nature du contrat, type, type du contrat",
            "debut": f"{_DEBUT}, date d embauche, embauche le",
            "fin": _FIN,
            "engagee": "entreprise engagee, entreprise, titulaire, attributaire, siret titulaire",
        }
    ),
    "Heures": _table(
        {
            "contrat": f"{_CONTRAT}, n, no, id, numero, code, ref, reference, identifiant",
            "mois": "periode, mois travaille, mois de travail, mois concerne, date",
            "heures": "heures realisees, heures travaillees, heures effectuees, heures faites, nombre d heures, nb heures, "
            "nb d heures, nbre heures, total heures, total, h, duree, volume",
        }
    ),
}
