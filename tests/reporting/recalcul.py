"""Les chiffres clés recomptés tout autrement : les tables brutes, des boucles, des Decimal. Rien de `reporting`, rien en SQL.

Chaque définition est celle de la documentation, relue ligne à ligne ; un écart avec la commande est une faute de l'une des deux.
"""

import datetime
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from beneficiaires.models import Beneficiaire, Critere, Domicile, InscriptionEmploi, NiveauAtteint, RattachementQuartier
from comptes.models import Organisation
from declarations.models import Declaration, LigneHeures
from entreprises.models import Entreprise
from marches.models import Engagement, Lot, Marche
from recrutement.models import Contrat
from territoires.models import Territoire

SUIVIS = {"attribue", "execution", "suspendu", "solde"}


def table(modele) -> dict[int, dict]:
    return {ligne["id"]: ligne for ligne in modele.objects.order_by("id").values()}


def par_personne(modele) -> dict[int, list[dict]]:
    faits = defaultdict(list)
    for fait in modele.objects.order_by("id").values():
        faits[fait["beneficiaire_id"]].append(fait)
    return faits


def vaut(fait: dict, jour: datetime.date) -> bool:
    return (fait["depuis"] is None or fait["depuis"] <= jour) and (fait["jusqu_a"] is None or fait["jusqu_a"] >= jour)


def en_vigueur(faits: list[dict], jour: datetime.date) -> dict | None:
    """Le plus récemment commencé de ceux qui valent ce jour-là ; à égalité, le dernier saisi."""
    retenu = None
    for fait in faits:
        if not vaut(fait, jour):
            continue
        if retenu is None or (fait["depuis"] or datetime.date.min, fait["id"]) > (
            retenu["depuis"] or datetime.date.min,
            retenu["id"],
        ):
            retenu = fait
    return retenu


def anniversaire(jour: datetime.date, annees: int) -> datetime.date:
    """Le même jour `annees` plus tard ; né un 29 février, on a son âge le 1er mars des années communes."""
    try:
        return jour.replace(year=jour.year + annees)
    except ValueError:
        return datetime.date(jour.year + annees, 3, 1)


class Recalcul:
    """Les chiffres d'une structure pour une année : `chiffres()` a les clés et les types de la commande."""

    def __init__(self, slug: str, annee: int):
        self.structure = next(o for o in table(Organisation).values() if o["slug"] == slug)["id"]
        self.debut, self.fin = datetime.date(annee, 1, 1), datetime.date(annee, 12, 31)
        self.marches, self.lots, self.engagements = table(Marche), table(Lot), table(Engagement)
        self.contrats, self.entreprises, self.personnes = table(Contrat), table(Entreprise), table(Beneficiaire)
        self.criteres, self.niveaux = par_personne(Critere), par_personne(NiveauAtteint)
        self.inscriptions, self.domiciles = par_personne(InscriptionEmploi), par_personne(Domicile)
        self.rattachements = list(RattachementQuartier.objects.order_by("id").values())
        self.lignes = self._lignes_comptees()
        self.heures = defaultdict(Decimal)
        for ligne in self.lignes:
            self.heures[ligne["contrat_id"]] += ligne["heures"]
        self.comptes = [contrat for contrat, heures in self.heures.items() if heures > 0]
        self.entrees = self._contrats_d_entree()
        self.suivis = self._marches_suivis()

    def _marche_de(self, engagement: int) -> dict:
        return self.marches[self.lots[self.engagements[engagement]["lot_id"]]["marche_id"]]

    def _doit(self, engagement: dict) -> bool:
        """Un engagement archivé, ou dont le lot l'est, ne doit plus d'heures et n'engage plus son entreprise."""
        return engagement["archive_le"] is None and self.lots[engagement["lot_id"]]["archive_le"] is None

    def _lignes_comptees(self) -> list[dict]:
        validees = {pk for pk, d in table(Declaration).items() if d["statut"] == "validee"}
        return [
            ligne
            for ligne in table(LigneHeures).values()
            if ligne["declaration_id"] in validees
            and self.debut <= ligne["mois"] <= self.fin
            and self._marche_de(self.contrats[ligne["contrat_id"]]["engagement_id"])["structure_id"] == self.structure
        ]

    def _contrats_d_entree(self) -> dict[int, dict]:
        entrees: dict[int, dict] = {}
        for pk in self.comptes:
            contrat = self.contrats[pk]
            connu = entrees.get(contrat["beneficiaire_id"])
            if connu is None or (contrat["debut"], contrat["identifiant"]) < (connu["debut"], connu["identifiant"]):
                entrees[contrat["beneficiaire_id"]] = contrat
        return entrees

    def _marches_suivis(self) -> list[dict]:
        return [
            marche
            for marche in self.marches.values()
            if marche["structure_id"] == self.structure
            and marche["statut"] in SUIVIS
            and marche["debut"] <= self.fin
            and (marche["fin_reelle"] or marche["fin_prevue"]) >= self.debut
        ]

    # --- Le profil à l'entrée ----------------------------------------------------------------------------------
    def _compter(self, condition) -> int:
        return sum(1 for personne, contrat in self.entrees.items() if condition(personne, contrat["debut"]))

    def _jeune(self, personne: int, jour: datetime.date) -> bool:
        return jour < anniversaire(self.personnes[personne]["date_naissance"], 26)

    def _senior(self, personne: int, jour: datetime.date) -> bool:
        return jour >= anniversaire(self.personnes[personne]["date_naissance"], 50)

    def _sans_qualification(self, personne: int, jour: datetime.date) -> bool:
        # Un niveau n'a pas de fin : le suivant le remplace.
        niveau = en_vigueur([{**fait, "jusqu_a": None} for fait in self.niveaux[personne]], jour)
        return niveau is not None and niveau["niveau"] == "aucun"

    def _a_le_critere(self, code: str):
        return lambda personne, jour: any(c["code"] == code and vaut(c, jour) for c in self.criteres[personne])

    def _longue_duree(self, personne: int, jour: datetime.date) -> bool:
        def un_an_apres(depuis: datetime.date) -> datetime.date:
            return (
                datetime.date(depuis.year + 1, 2, 28)
                if (depuis.month, depuis.day) == (2, 29)
                else depuis.replace(year=depuis.year + 1)
            )

        return any(
            i["depuis"] is not None and vaut(i, jour) and un_an_apres(i["depuis"]) <= jour
            for i in self.inscriptions[personne]
        )

    def _en_quartier(self, personne: int, jour: datetime.date) -> bool:
        domicile = en_vigueur(self.domiciles[personne], jour)
        millesime = 2015 if jour <= datetime.date(2023, 12, 31) else 2024
        return domicile is not None and any(
            r["domicile_id"] == domicile["id"] and r["millesime"] == millesime and r["statut"] == "oui"
            for r in self.rattachements
        )

    # --- Les chiffres ------------------------------------------------------------------------------------------
    def _entreprises(self) -> set[int]:
        suivis = {marche["id"] for marche in self.suivis}
        engagees = {
            e["entreprise_id"]
            for pk, e in self.engagements.items()
            if self._marche_de(pk)["id"] in suivis and self._doit(e)
        }
        return engagees | {self.contrats[pk]["employeur_id"] for pk in self.comptes}

    def _locales(self) -> set[int]:
        communes = set()
        for territoire in Territoire.objects.filter(structure=self.structure):
            communes |= {commune.pk for commune in territoire.communes.all()}
        return {pk for pk in self._entreprises() if self.entreprises[pk]["commune_id"] in communes}

    def _heures_dues(self) -> Decimal:
        suivis = {marche["id"] for marche in self.suivis}
        return sum(
            (
                e["heures_initiales"] + e["heures_avenants"] + e["heures_tranches"] + e["heures_commandes"]
                for pk, e in self.engagements.items()
                if self._marche_de(pk)["id"] in suivis and self._doit(e)
            ),
            Decimal(0),
        )

    def _heures_par(self, champ: str) -> dict[str, Decimal]:
        totaux = defaultdict(Decimal)
        for contrat, heures in self.heures.items():
            if heures:
                totaux[self.contrats[contrat][champ]] += heures
        return dict(totaux)

    def chiffres(self, heures_par_etp: Decimal = Decimal(1600)) -> dict:
        realisees = sum(self.heures.values(), Decimal(0))
        travaux = [marche for marche in self.suivis if marche["nature"] == "travaux"]
        qpv = sum(
            (
                heures
                for pk, heures in self.heures.items()
                if self._en_quartier(self.contrats[pk]["beneficiaire_id"], self.contrats[pk]["debut"])
            ),
            Decimal(0),
        )
        return {
            "heures_realisees": realisees,
            "beneficiaires": len(self.entrees),
            "beneficiaires_femmes": self._compter(lambda personne, jour: self.personnes[personne]["sexe"] == "F"),
            "beneficiaires_moins_26_ans": self._compter(self._jeune),
            "beneficiaires_50_ans_et_plus": self._compter(self._senior),
            "beneficiaires_sans_qualification": self._compter(self._sans_qualification),
            "beneficiaires_moins_26_ans_sans_qualification": self._compter(
                lambda personne, jour: self._jeune(personne, jour) and self._sans_qualification(personne, jour)
            ),
            "beneficiaires_rsa": self._compter(self._a_le_critere("RSA")),
            "beneficiaires_deld": self._compter(self._longue_duree),
            "beneficiaires_th": self._compter(self._a_le_critere("RQTH")),
            "beneficiaires_qpv": self._compter(self._en_quartier),
            "contrats": len(self.comptes),
            "marches_suivis": len(self.suivis),
            "marches_travaux": len(travaux),
            "maitres_ouvrage": len({marche["maitre_ouvrage_id"] for marche in self.suivis}),
            "entreprises_engagees": len(self._entreprises()),
            "entreprises_locales": len(self._locales()),
            "heures_dues": self._heures_dues(),
            "heures_par_modalite": self._heures_par("modalite"),
            "heures_par_type_contrat": self._heures_par("type_contrat"),
            "heures_qpv": qpv,
            "etp": (realisees / heures_par_etp).quantize(Decimal("0.01"), ROUND_HALF_UP),
        }
