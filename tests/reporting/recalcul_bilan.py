"""Tous les chiffres d'un bilan recomptés depuis les tables brutes : des boucles, des Decimal, rien de `reporting`, rien en SQL.

`Recalcul` compte les chiffres clés d'une structure et d'une année ; ici, n'importe quelle période, les marchés d'un acheteur,
d'une opération, d'un seul marché, ou ceux d'un réseau, et tout ce qu'un bilan montre autour.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from beneficiaires.models import Beneficiaire, Critere, Domicile, InscriptionEmploi, NiveauAtteint, RattachementQuartier
from declarations.models import Declaration, LigneHeures, Rectification
from entreprises.models import Entreprise
from marches.models import Engagement, Lot, MaitreOuvrage, Marche, Operation, ProjetAchat, Suspension
from parcours.models import PointSuivi
from recrutement.models import Contrat
from territoires.models import QuartierPrioritaire, Territoire
from tests.reporting.recalcul import Recalcul, en_vigueur, par_personne, table, vaut

ZERO = Decimal(0)
TERMES = (3, 6, 12)
PARIS = ZoneInfo("Europe/Paris")
# La typologie des sorties de l'insertion par l'activité économique, recopiée de la documentation.
FAMILLES = {
    "durable": {"cdi", "cdd_long", "fonction_publique", "creation"},
    "transition": {"cdd_court", "contrat_aide"},
    "positive": {"formation", "autre_siae"},
    "autre": {"recherche", "sans_activite"},
    "neutralisee": {"neutralisee"},
}
TAUX_DE_LA_CHARTE = {"npnru": Decimal(5), "gup": Decimal(10)}
SANS_FIN = datetime.date.max
ETATS = ("valides", "a_valider", "attendus", "rouverts", "manquants")
SUIVIES = (
    *("beneficiaires_femmes", "beneficiaires_moins_26_ans", "beneficiaires_50_ans_et_plus"),
    *("beneficiaires_sans_qualification", "beneficiaires_rsa", "beneficiaires_deld", "beneficiaires_th"),
    *("beneficiaires_qpv", "marches_travaux", "entreprises_locales"),
)
TOTAUX = {"marches_travaux": "marches_suivis", "entreprises_locales": "entreprises_engagees"}
TROU_TOLERE = datetime.timedelta(days=31)


def apres(jour: datetime.date, mois: int) -> datetime.date:
    """Un ou deux ans plus tard ; le 28 février pour un 29 qui n'existe pas."""
    annee = jour.year + mois // 12
    return datetime.date(annee, 2, 28) if (jour.month, jour.day) == (2, 29) and annee % 4 else jour.replace(year=annee)


class Brut:
    """Toutes les tables, lues une fois."""

    def __init__(self):
        self.marches, self.lots, self.engagements = table(Marche), table(Lot), table(Engagement)
        self.contrats, self.entreprises, self.personnes = table(Contrat), table(Entreprise), table(Beneficiaire)
        self.acheteurs, self.operations = table(MaitreOuvrage), table(Operation)
        self.projets, self.points, self.quartiers = table(ProjetAchat), table(PointSuivi), table(QuartierPrioritaire)
        self.criteres, self.niveaux = par_personne(Critere), par_personne(NiveauAtteint)
        self.inscriptions, self.domiciles = par_personne(InscriptionEmploi), par_personne(Domicile)
        self.rattachements = list(RattachementQuartier.objects.order_by("id").values())
        self.declarations = table(Declaration)
        self.rouvertes = {r["declaration_id"] for r in table(Rectification).values() if r["close_le"] is None}
        self.suspendus = {s["marche_id"] for s in table(Suspension).values()}
        validees = {pk for pk, declaration in self.declarations.items() if declaration["statut"] == "validee"}
        self.lignes = [ligne for ligne in table(LigneHeures).values() if ligne["declaration_id"] in validees]
        self.nommes = {
            operation.pk: set(operation.quartiers.order_by("pk").values_list("code", flat=True))
            for operation in Operation.objects.order_by("pk")
        }
        self.communes = defaultdict(set)
        for territoire in Territoire.objects.order_by("pk"):
            self.communes[territoire.structure_id] |= set(
                territoire.communes.order_by("pk").values_list("pk", flat=True)
            )

    def marche_de(self, contrat: int) -> dict:
        return self.marches[self.lots[self.engagements[self.contrats[contrat]["engagement_id"]]["lot_id"]]["marche_id"]]


class Tranche(Recalcul):
    """Des structures, une période, et les marchés que l'on garde."""

    def __init__(
        self,
        brut: Brut,
        structures: Iterable[int],
        debut,
        fin,
        garde: Callable[[dict], bool] | None = None,
        *,
        territoire_de: Iterable[int] = (),
    ):
        self.brut, self.structures, self.debut, self.fin = brut, set(structures), debut, fin
        self.territoire_de = set(territoire_de) or self.structures
        self.restreint, self.garde = garde is not None, garde or (lambda marche: True)
        for nom in ("lots", "engagements", "contrats", "entreprises", "personnes", "rattachements"):
            setattr(self, nom, getattr(brut, nom))
        self.criteres, self.niveaux = brut.criteres, brut.niveaux
        self.inscriptions, self.domiciles = brut.inscriptions, brut.domiciles
        self.marches = brut.marches
        self.toutes = [
            ligne
            for ligne in brut.lignes
            if ligne["mois"] <= fin and self._est_a_lui(brut.marche_de(ligne["contrat_id"]))
        ]
        self.lignes = [ligne for ligne in self.toutes if ligne["mois"] >= debut]
        self.heures = defaultdict(Decimal)
        for ligne in self.lignes:
            self.heures[ligne["contrat_id"]] += ligne["heures"]
        self.comptes = [contrat for contrat, heures in self.heures.items() if heures > 0]
        self.entrees = self._contrats_d_entree()
        self.suivis = self._marches_suivis()

    def _est_a_lui(self, marche: dict) -> bool:
        return marche["structure_id"] in self.structures and self.garde(marche)

    def _marches_suivis(self) -> list[dict]:
        return [
            marche
            for marche in self.marches.values()
            if self._est_a_lui(marche)
            and marche["statut"] in ("attribue", "execution", "suspendu", "solde")
            and marche["debut"] <= self.fin
            and (marche["fin_reelle"] or marche["fin_prevue"]) >= self.debut
        ]

    def _locales(self) -> set[int]:
        return {pk for pk in self._entreprises() if self._est_locale(pk)}

    def _est_locale(self, entreprise: int) -> bool:
        communes = set().union(*(self.brut.communes[structure] for structure in self.territoire_de))
        return self.entreprises[entreprise]["commune_id"] in communes

    @property
    def a_de_quoi_dire(self) -> bool:
        return bool(self.comptes or self.suivis)

    # --- Les chiffres que les bilans ajoutent ----------------------------------------------------------------------
    def tous_les_chiffres(self, heures_par_etp: Decimal) -> dict[str, Decimal | int]:
        chiffres = self.chiffres(heures_par_etp)
        del chiffres["heures_par_modalite"], chiffres["heures_par_type_contrat"]
        chiffres["etp"] = (sum(self.heures.values(), ZERO) / heures_par_etp).quantize(
            Decimal("0.000001"), ROUND_HALF_UP
        )
        au_rsa = self._a_le_critere("RSA")
        chiffres["nouveaux_beneficiaires"] = len([p for p in self.entrees if self._premier_mois(p) >= self.debut])
        chiffres["heures_rsa"] = self._heures_si(lambda c: au_rsa(c["beneficiaire_id"], c["debut"]))
        for terme in TERMES:
            familles = self._sorties(terme)
            connues = sum(familles.values())
            chiffres[f"sorties_dues_{terme}_mois"] = self._dues(terme)
            chiffres[f"sorties_connues_{terme}_mois"] = connues
            chiffres[f"sorties_comptees_{terme}_mois"] = connues - familles["neutralisee"]
            chiffres[f"sorties_dynamiques_{terme}_mois"] = (
                familles["durable"] + familles["transition"] + familles["positive"]
            )
        chiffres["participations_entrees"] = len(self._entrees_de_participation)
        chiffres["participations_sorties"] = len(
            [fin for _, _, fin in self._participations if self.debut <= fin <= self.fin]
        )
        chiffres["projets_etudies"] = len(self._projets)
        return chiffres

    def _premier_mois(self, personne: int) -> datetime.date:
        mois = [
            ligne["mois"]
            for ligne in self.toutes
            if ligne["heures"] > 0 and self.contrats[ligne["contrat_id"]]["beneficiaire_id"] == personne
        ]
        return min(mois)

    def _heures_si(self, condition: Callable[[dict], bool]) -> Decimal:
        return sum((heures for pk, heures in self.heures.items() if condition(self.contrats[pk])), ZERO)

    def _dues(self, terme: int) -> int:
        return len(
            [
                point
                for point in self.brut.points.values()
                if point["terme"] == terme
                and self.debut <= point["du_le"] <= self.fin
                and self._est_a_lui(self.brut.marche_de(point["contrat_id"]))
            ]
        )

    def _sorties(self, terme: int) -> dict[str, int]:
        comptes = dict.fromkeys(FAMILLES, 0)
        for point in self.brut.points.values():
            contrat = self.contrats[point["contrat_id"]]
            if point["terme"] != terme or point["statut"] != "repondu" or not self.debut <= point["du_le"] <= self.fin:
                continue
            if contrat["structure_id"] in self.structures and self._est_a_lui(self.brut.marche_de(contrat["id"])):
                comptes[next(nom for nom, situations in FAMILLES.items() if point["situation"] in situations)] += 1
        return comptes

    @cached_property
    def _participations(self) -> list[tuple[int, dict, datetime.date]]:
        """(personne, premier contrat, fin). Un contrat commence une participation si tous ceux d'avant lui sont finis depuis
        plus de 31 jours ; elle finit à la plus tardive des fins, jusqu'au contrat qui en commence une autre."""
        siens = defaultdict(dict)
        for ligne in self.toutes:
            if ligne["heures"] > 0:
                contrat = self.contrats[ligne["contrat_id"]]
                siens[contrat["beneficiaire_id"]][contrat["id"]] = contrat
        trouvees = []
        for personne, contrats in siens.items():
            ranges = sorted(contrats.values(), key=lambda c: (c["debut"], c["identifiant"]))
            fins = [c["fin_reelle"] or c["fin_prevue"] or SANS_FIN for c in ranges]
            premiers = [
                rang
                for rang, contrat in enumerate(ranges)
                if all(fin != SANS_FIN and fin + TROU_TOLERE < contrat["debut"] for fin in fins[:rang])
            ]
            bornes = [*premiers, len(ranges)]
            trouvees += [(personne, ranges[un], max(fins[un:autre])) for un, autre in pairwise(bornes)]
        return trouvees

    @property
    def _entrees_de_participation(self) -> list[tuple[int, dict]]:
        return [(p, premier) for p, premier, _ in self._participations if self.debut <= premier["debut"] <= self.fin]

    @property
    def _projets(self) -> list[dict]:
        """Un projet n'est pas encore un marché : un bilan borné à des marchés n'en a pas."""
        if self.restreint:
            return []
        return [
            projet
            for projet in self.brut.projets.values()
            if projet["structure_id"] in self.structures
            and self.debut <= projet["cree_le"].astimezone(PARIS).date() <= self.fin
        ]

    # --- Les répartitions ------------------------------------------------------------------------------------------
    def repartitions(self) -> dict[str, tuple[Decimal | int, dict[str, Decimal | int]]]:
        """{clé: (total, {groupe: valeur})}."""
        personnes, heures, suivis = len(self.entrees), sum(self.heures.values(), ZERO), len(self.suivis)
        entrees = self._entrees_de_participation
        rendues: dict[str, tuple[Decimal | int, dict]] = {
            "sexe": (personnes, self._a_l_entree(self._sexe)),
            "ages": (personnes, self._a_l_entree(self._age)),
            "niveaux": (personnes, self._a_l_entree(self._niveau)),
            "publics": (personnes, self._publics()),
            "public_principal": (personnes, self._a_l_entree(self._principal)),
            "heures_par_modalite": (heures, self._heures_selon(lambda c: c["modalite"])),
            "heures_par_type_contrat": (heures, self._heures_selon(lambda c: c["type_contrat"])),
            "heures_par_nature": (heures, self._heures_selon(lambda c: self._marche(c)["nature"])),
            "heures_par_clause": (heures, self._heures_selon(lambda c: self._marche(c)["type_clause"])),
            "heures_par_type_maitre_ouvrage": (
                heures,
                self._heures_selon(lambda c: self.brut.acheteurs[self._marche(c)["maitre_ouvrage_id"]]["type"]),
            ),
            "marches_par_nature": (suivis, compter(marche["nature"] for marche in self.suivis)),
            "marches_par_clause": (suivis, compter(marche["type_clause"] for marche in self.suivis)),
            "entreprises_par_type": (
                len(self._entreprises()),
                compter(self.entreprises[pk]["type"] for pk in self._entreprises()),
            ),
            "projets_par_statut": (len(self._projets), compter(projet["statut"] for projet in self._projets)),
            "quartiers": (self._compter(self._en_quartier), self._a_l_entree(self._quartier, sans={""})),
        }
        for terme in TERMES:
            rendues[f"sorties_{terme}_mois"] = sum(self._sorties(terme).values()), self._sorties(terme)
        for nom, groupe in (("sexe", self._sexe), ("age", self._age), ("niveau", self._niveau)):
            rendues[f"entrees_par_{nom}"] = len(entrees), compter(groupe(p, c["debut"]) for p, c in entrees)
        return rendues

    def heures_par_quartier(self) -> dict[str, Decimal]:
        par_quartier = self._heures_selon(lambda c: self._quartier(c["beneficiaire_id"], c["debut"]))
        par_quartier.pop("", None)
        return par_quartier

    def _a_l_entree(self, groupe, sans: set[str] = frozenset()) -> dict[str, int]:
        lus = (groupe(personne, contrat["debut"]) for personne, contrat in self.entrees.items())
        return compter(lu for lu in lus if lu not in sans)

    def _sexe(self, personne: int, jour: datetime.date) -> str:
        return self.personnes[personne]["sexe"]

    def _age(self, personne: int, jour: datetime.date) -> str:
        if self._jeune(personne, jour):
            return "moins_26"
        return "50_plus" if self._senior(personne, jour) else "26_49"

    def _niveau(self, personne: int, jour: datetime.date) -> str:
        fait = en_vigueur([{**fait, "jusqu_a": None} for fait in self.niveaux[personne]], jour)
        return fait["niveau"] if fait else "non_renseigne"

    def _principal(self, personne: int, jour: datetime.date) -> str:
        """La règle de l'éligibilité, redite : un critère que l'âge ou l'inscription démentent ne compte pas."""
        vrais = [fait for fait in self.criteres[personne] if vaut(fait, jour)]
        debuts = [i["depuis"] for i in self.inscriptions[personne] if i["depuis"] and vaut(i, jour)]
        if not vrais:
            return "DELD" if any(apres(debut, 12) <= jour for debut in debuts) else "autre"
        retenus = [fait for fait in vrais if not self._dementi(fait["code"], personne, jour, debuts)]
        marques = [
            {**fait, "depuis": fait["principal_depuis"] or fait["depuis"], "jusqu_a": fait["principal_jusqu_a"]}
            for fait in retenus
            if fait["principal"]
        ]
        marque = en_vigueur(marques, jour)
        ordre = (
            "RSA RQTH DELD DETLD ASS AAH AI_AV_INV JEUNE_SQ JEUNE_DIPL JEUNE_SUIVI SENIOR IAE QPV REF PSMJ PLIE AUTRE"
        )
        codes = {fait["code"] for fait in retenus}
        return marque["code"] if marque else next((code for code in ordre.split() if code in codes), "autre")

    def _dementi(self, code: str, personne: int, jour: datetime.date, debuts: list) -> bool:
        if code in ("JEUNE_SQ", "JEUNE_DIPL"):
            return not self._jeune(personne, jour)
        if code == "SENIOR":
            return not self._senior(personne, jour)
        mois = {"DELD": 12, "DETLD": 24}.get(code)
        return bool(mois and debuts) and all(apres(debut, mois) > jour for debut in debuts)

    def _quartier(self, personne: int, jour: datetime.date) -> str:
        domicile = en_vigueur(self.domiciles[personne], jour)
        millesime = 2015 if jour < datetime.date(2024, 1, 1) else 2024
        for lien in self.rattachements:
            if domicile and lien["domicile_id"] == domicile["id"] and lien["millesime"] == millesime:
                return self.brut.quartiers[lien["quartier_id"]]["code"] if lien["statut"] == "oui" else ""
        return ""

    def _publics(self) -> dict[str, int]:
        """Ceux qui ont un chiffre clé en ont la définition ; les autres se lisent aux critères du dossier."""
        chiffres = self.chiffres()
        publics = {
            "RSA": chiffres["beneficiaires_rsa"],
            "RQTH": chiffres["beneficiaires_th"],
            "DELD": chiffres["beneficiaires_deld"],
            "JEUNE_SQ": chiffres["beneficiaires_moins_26_ans_sans_qualification"],
            "QPV": chiffres["beneficiaires_qpv"],
        }
        autres = defaultdict(set)
        for personne, contrat in self.entrees.items():
            for critere in self.criteres[personne]:
                if vaut(critere, contrat["debut"]) and critere["code"] not in publics:
                    autres[critere["code"]].add(personne)
        return publics | {code: len(qui) for code, qui in autres.items()}

    def _marche(self, contrat: dict) -> dict:
        return self.brut.marche_de(contrat["id"])

    def _heures_selon(self, groupe: Callable[[dict], str]) -> dict[str, Decimal]:
        totaux = defaultdict(Decimal)
        for contrat, heures in self.heures.items():
            if heures:
                totaux[groupe(self.contrats[contrat])] += heures
        return dict(totaux)

    # --- Ce que l'on sait des mois -----------------------------------------------------------------------------------
    def etat_des_mois(self) -> dict[str, dict[str, int]]:
        """Chaque mois : combien d'engagements y sont validés, à valider, rouverts, attendus, ou jamais déclarés."""
        comptes, jour = {}, self.debut
        while jour <= self.fin:
            comptes[f"{jour:%Y-%m}"] = dict.fromkeys(ETATS, 0)
            jour = plus_tard(jour, 1)
        par_engagement = defaultdict(dict)
        for pk, declaration in self.brut.declarations.items():
            marche = self._marche_de(declaration["engagement_id"])
            etat = self._etat(pk, declaration)
            if self._est_a_lui(marche) and etat and self.debut <= declaration["mois"] <= self.fin:
                comptes[f"{declaration['mois']:%Y-%m}"][etat] += 1
                par_engagement[declaration["engagement_id"]][declaration["mois"]] = etat
        for engagement, mois in par_engagement.items():
            if self._court(engagement) and self._marche_de(engagement)["id"] not in self.brut.suspendus:
                jour = min(mois)
                while jour < max(mois):
                    comptes[f"{jour:%Y-%m}"]["manquants"] += jour not in mois
                    jour = plus_tard(jour, 1)
        return comptes

    def _court(self, engagement: int) -> bool:
        lot = self.lots[self.engagements[engagement]["lot_id"]]
        marche = self.marches[lot["marche_id"]]
        archives = (self.engagements[engagement]["archive_le"], lot["archive_le"], marche["archive_le"])
        return marche["statut"] == "execution" and not any(archives)

    def _etat(self, pk: int, declaration: dict) -> str:
        if declaration["statut"] == "validee":
            return "valides"
        if declaration["statut"] == "a_valider":
            return "rouverts" if pk in self.brut.rouvertes else "a_valider"
        return "attendus" if self._court(declaration["engagement_id"]) else ""

    def dernier_mois_connu(self) -> str | None:
        """Quatre déclarations validées sur cinq ; un mois où personne n'est attendu est connu. Tous sont finis ici."""
        connus = [m for m, c in self.etat_des_mois().items() if 5 * c["valides"] >= 4 * sum(c.values())]
        return max(connus, default=None)

    # --- Les listes ------------------------------------------------------------------------------------------------
    def parts_suivies(self) -> dict[str, tuple[int, int]]:
        """Chaque part qui se suit d'année en année : son nombre, son total."""
        chiffres = self.chiffres()
        return {cle: (chiffres[cle], chiffres[TOTAUX.get(cle, "beneficiaires")]) for cle in SUIVIES}

    def structures_qui_ont_des_heures(self) -> set[int]:
        return {self.brut.marche_de(contrat)["structure_id"] for contrat in self.comptes}

    def evolution(self) -> dict[str, Decimal | int]:
        chiffres = self.chiffres()
        return {cle: chiffres[cle] for cle in ("heures_realisees", "beneficiaires", "contrats", "marches_suivis")}

    def mois(self) -> dict[str, Decimal | None]:
        """Un mois sans heure que l'on ne connaît pas n'a pas zéro heure."""
        totaux, jour = {}, self.debut
        while jour <= self.fin:
            totaux[f"{jour:%Y-%m}"] = ZERO
            jour = plus_tard(jour, 1)
        for ligne in self.lignes:
            totaux[f"{ligne['mois']:%Y-%m}"] += ligne["heures"]
        etats = self.etat_des_mois()
        inconnus = {m for m, c in etats.items() if 5 * c["valides"] < 4 * sum(c.values())}
        return {mois: None if not heures and mois in inconnus else heures for mois, heures in totaux.items()}

    def liste_des_marches(self) -> dict[int, dict]:
        heures = self._heures_selon(lambda c: self._marche(c)["id"])
        suivis = {marche["id"] for marche in self.suivis}
        cumul = defaultdict(Decimal)
        for ligne in self.toutes:
            cumul[self.brut.marche_de(ligne["contrat_id"])["id"]] += ligne["heures"]
        return {
            pk: {
                "reference": self.marches[pk]["reference"],
                "objet": self.marches[pk]["objet"],
                "debut": self.marches[pk]["debut"].isoformat(),
                "fin": (self.marches[pk]["fin_reelle"] or self.marches[pk]["fin_prevue"]).isoformat(),
                "heures_dues": self._dues_du(pk) if pk in suivis else None,
                "heures_periode": heures.get(pk, ZERO),
                "heures_cumul": cumul[pk],
            }
            for pk in suivis | set(heures)
        }

    def _dues_du(self, marche: int) -> Decimal:
        champs = ("heures_initiales", "heures_avenants", "heures_tranches", "heures_commandes")
        siens = (
            e for e in self.engagements.values() if self.lots[e["lot_id"]]["marche_id"] == marche and self._doit(e)
        )
        return sum((engagement[champ] for engagement in siens for champ in champs), ZERO)

    def liste_des_maitres_ouvrage(self) -> dict[int, dict]:
        lignes: dict[int, dict] = {}
        for pk, marche in self.liste_des_marches().items():
            acheteur = self.marches[pk]["maitre_ouvrage_id"]
            vide = {"marches": 0, "heures_dues": ZERO, "heures_periode": ZERO, "heures_cumul": ZERO}
            ligne = lignes.setdefault(acheteur, {"nom": self.brut.acheteurs[acheteur]["nom"], **vide})
            ligne["marches"] += marche["heures_dues"] is not None
            ligne["heures_dues"] += marche["heures_dues"] or 0
            ligne["heures_periode"] += marche["heures_periode"]
            ligne["heures_cumul"] += marche["heures_cumul"]
        return lignes

    def liste_des_entreprises(self) -> dict[int, dict]:
        suivis = {marche["id"] for marche in self.suivis}
        engagees = {
            e["entreprise_id"]
            for pk, e in self.engagements.items()
            if self._marche_de(pk)["id"] in suivis and self._doit(e)
        }
        sur_engagements = self._heures_selon(lambda c: self.engagements[c["engagement_id"]]["entreprise_id"])
        employees = self._heures_selon(lambda c: c["employeur_id"])
        return {
            pk: {
                "nom": self.entreprises[pk]["raison_sociale"],
                "locale": self._est_locale(pk),
                "engagee": pk in engagees,
                "employeuse": pk in employees,
                "suivie": pk in self._entreprises(),
                "heures_engagements": sur_engagements.get(pk, ZERO),
                "heures_employeuse": employees.get(pk, ZERO),
            }
            for pk in self._entreprises() | set(sur_engagements)
        }

    def liste_des_structures(self) -> dict[int, dict]:
        lignes = {}
        for structure in self.structures:
            seule = Tranche(self.brut, [structure], self.debut, self.fin)
            if seule.a_de_quoi_dire:
                lignes[structure] = {
                    "heures": sum(seule.heures.values(), ZERO),
                    "beneficiaires": len(seule.entrees),
                    "marches": len(seule.suivis),
                }
        return lignes

    def charte(self, operation: dict) -> dict:
        taux = operation["taux_cible"]
        taux = TAUX_DE_LA_CHARTE.get(operation["programme"]) if taux is None else taux
        prevues = operation["heures_travaillees"]
        objectif = None
        if prevues is not None and taux is not None:
            objectif = (prevues * taux / 100).quantize(Decimal(1), ROUND_HALF_UP)
        depuis_le_debut = Tranche(self.brut, self.structures, datetime.date(1990, 1, 1), self.fin, self.garde)
        faites = sum(depuis_le_debut.heures.values(), ZERO)
        du_quartier = sum(depuis_le_debut.heures_par_quartier().values(), ZERO)
        comptees, habitants, tous = ZERO, set(), set()
        for pk, heures in depuis_le_debut.heures.items():
            contrat = self.contrats[pk]
            quartier = self._quartier(contrat["beneficiaire_id"], contrat["debut"])
            nommes = self.brut.nommes[operation["id"]]
            if heures > 0:
                tous.add(contrat["beneficiaire_id"])
                if operation["programme"] not in TAUX_DE_LA_CHARTE or (quartier and (not nommes or quartier in nommes)):
                    comptees += heures
                    habitants.add(contrat["beneficiaire_id"])
        return {
            "heures_travaillees": prevues,
            "taux": taux,
            "objectif": objectif,
            "faites": faites,
            "faites_qpv": du_quartier,
            "comptees": comptees,
            "hors": faites - comptees,
            "habitants": len(habitants),
            "personnes": len(tous),
        }


def compter(groupes: Iterable[str]) -> dict[str, int]:
    comptes = defaultdict(int)
    for groupe in groupes:
        comptes[groupe] += 1
    return dict(comptes)


def plus_tard(mois: datetime.date, combien: int) -> datetime.date:
    rang = mois.year * 12 + mois.month - 1 + combien
    return datetime.date(rang // 12, rang % 12 + 1, 1)


def fin_du_mois(mois: datetime.date) -> datetime.date:
    return plus_tard(mois, 1) - datetime.timedelta(days=1)


def un_an_avant(debut: datetime.date, fin: datetime.date, fois: int = 1) -> tuple[datetime.date, datetime.date]:
    return plus_tard(debut, -12 * fois), fin_du_mois(plus_tard(fin, -12 * fois))


def periode_d_avant(debut: datetime.date, fin: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Les mêmes mois, assez d'années plus tôt pour ne pas recouvrir la période."""
    fois = 1
    while un_an_avant(debut, fin, fois)[1] >= debut:
        fois += 1
    return un_an_avant(debut, fin, fois)


def periodes_de_l_evolution(debut: datetime.date, fin: datetime.date) -> list[tuple[datetime.date, datetime.date]]:
    """Les mêmes mois de cinq années ; au-delà d'un an, chaque année civile pour ce qu'elle en a."""
    if plus_tard(debut, 12) > fin:
        return [un_an_avant(debut, fin, fois) for fois in (4, 3, 2, 1, 0)]
    annees = range(debut.year, fin.year + 1)
    return [(max(debut, datetime.date(a, 1, 1)), min(fin, datetime.date(a, 12, 31))) for a in annees]
