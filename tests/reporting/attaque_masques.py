"""L'attaquant des masques : il a tout ce qui est publié, sait ce que « < 5 » et « masqué » veulent dire, et cherche le reste.

Chaque case est une inconnue, son domaine ce que son texte permet ; chaque total, chaque inclusion, une contrainte. Une case
cachée tient si une autre solution complète lui donne une autre valeur : la recherche est exhaustive, elle ne renonce jamais.
Il lit un `DonneesBilan` entier : les variantes d'une même période ont les mêmes masques, les réunir ne donne rien de plus.
"""

from collections import defaultdict
from collections.abc import Iterable

PETIT, MASQUE = "< 5", "masqué"
SEUIL = 5
PETITS = range(1, SEUIL)
COLONNES = {"valeur": "total", "precedente": "total_precedent"}
# Le chiffre clé et la part qui disent la même chose sont une seule inconnue.
MEMES = {
    "sexe.F": "beneficiaires_femmes",
    "ages.moins_26": "beneficiaires_moins_26_ans",
    "ages.50_plus": "beneficiaires_50_ans_et_plus",
    "niveaux.aucun": "beneficiaires_sans_qualification",
    "publics.RSA": "beneficiaires_rsa",
    "publics.DELD": "beneficiaires_deld",
    "publics.RQTH": "beneficiaires_th",
    "publics.QPV": "beneficiaires_qpv",
    "publics.JEUNE_SQ": "jsq",
}
DONTS = ("beneficiaires_rsa", "beneficiaires_deld", "beneficiaires_th", "beneficiaires_qpv", "nouveaux_beneficiaires")
# Ces publics ont une définition à eux : avoir le critère pour public principal n'y fait pas entrer.
DEFINIS_AUTREMENT = {"DELD", "JEUNE_SQ", "QPV", "autre"}
TOUJOURS = ("sexe", "ages")
SANS_CHIFFRE = ("niveaux", "public_principal", "contrat_d_entree", "heures_par_personne")


class Enquete:
    """Ce que l'attaquant tire d'une publication. `cachees` : les inconnues dont une case au moins est cachée."""

    def __init__(self, donnees: dict):
        self.donnees, self.chiffres, self.repartitions = donnees, donnees["chiffres"], donnees["repartitions"]
        self.domaines: dict[str, frozenset[int]] = {}
        self.cachees: set[str] = set()
        self.derivees: set[str] = set()
        self.contraintes: list[tuple[dict[str, int], int]] = []  # somme des coefficients × inconnues <= borne
        for colonne, total in COLONNES.items():
            self._personnes(colonne, total)
            self._sorties(colonne, total)
            self._entrees(colonne, total)
        self._structures()
        self._evolution()

    # --- Écrire ce que l'on sait -----------------------------------------------------------------------------------
    def _poser(self, nom: str, lu, masque: Iterable[int], petit: Iterable[int] = PETITS) -> str:
        """Une case. Plusieurs cases d'une même inconnue se recoupent."""
        permis = frozenset({PETIT: petit, MASQUE: masque}[lu] if isinstance(lu, str) else [lu])
        self.domaines[nom] = self.domaines[nom] & permis if nom in self.domaines else permis
        if isinstance(lu, str):
            self.cachees.add(nom)
        return nom

    def _borner(self, coefficients: dict[str, int], borne: int = 0) -> None:
        self.contraintes.append((coefficients, borne))

    def _egaler(self, gauche: Iterable[str], droite: Iterable[str]) -> None:
        coefficients: dict[str, int] = defaultdict(int)
        for nom in gauche:
            coefficients[nom] += 1
        for nom in droite:
            coefficients[nom] -= 1
        self._borner(dict(coefficients))
        self._borner({nom: -c for nom, c in coefficients.items()})

    def _partition(self, prefixe: str, cle: str, colonne: str, total: str, *, entiere: bool = True) -> None:
        """Des parts qui font un total ; « masqué » à côté d'un « < 5 » en cache cinq ou plus. Pas de ligne : zéro.

        Quand tout est « masqué », une case peut être vide, et des lignes manquer là où elles ne sont pas toutes écrites.
        """
        plus = max(self.domaines[total])
        parts = self.repartitions[cle]["parts"] if cle in self.repartitions else []
        lues = {part["cle"]: part[colonne] for part in parts}
        serre = len(self.domaines[total]) > 1 or isinstance(self.repartitions[cle][COLONNES[colonne]], str)
        masque = range(SEUIL if PETIT in lues.values() else 0, plus + 1)
        muette = PETIT not in lues.values() and (MASQUE in lues.values() or not parts)
        entiere &= not muette or not cle.startswith(SANS_CHIFFRE)
        noms = []
        for part, lu in lues.items():
            nom = f"{cle}.{part}"
            noms.append(self._poser(f"{prefixe}{MEMES.get(nom, nom)}", lu, masque, range(SEUIL) if serre else PETITS))
        if entiere:
            self._egaler(noms, [total])
        else:
            self._borner({**dict.fromkeys(noms, 1), total: -1})

    # --- Les personnes d'une période -------------------------------------------------------------------------------
    def _personnes(self, colonne: str, total: str) -> None:
        lu = self.chiffres["beneficiaires"][colonne]
        if not lu:
            return
        p = f"{colonne}:"
        tous = self._poser(f"{p}beneficiaires", lu, ())
        effectif = max(self.domaines[tous])
        cache = isinstance(lu, str)
        for cle in ("sexe", "ages", *SANS_CHIFFRE):
            self._partition(p, cle, colonne, tous, entiere=not cache or cle in TOUJOURS)
        petit = range(SEUIL) if cache else PETITS
        dont = self._dont(effectif)
        for nom in DONTS:
            if self.chiffres.get(nom, {}).get(colonne) is None:
                continue  # les nouveaux, quand aucune heure n'est connue avant eux
            self._poser(f"{p}{nom}", self.chiffres[nom][colonne], dont, petit)
            self._borner({f"{p}{nom}": 1, tous: -1})
        for nom in set(MEMES.values()) - set(DONTS) - {"jsq"}:
            self._poser(f"{p}{nom}", self.chiffres[nom][colonne], range(effectif + 1), petit)
        self._jeunes_sans_qualification(p, colonne, tous, cache)
        self._publics(p, colonne, tous, dont, cache)
        self._quartiers(p, colonne, total)

    def _dont(self, effectif: int) -> range:
        """« masqué » pour un « dont » : son complément est petit, ou tout est trop serré pour en dire plus."""
        if effectif == SEUIL:
            return range(1, SEUIL + 1)
        return range(SEUIL, effectif + 1) if effectif < 2 * SEUIL else range(effectif - SEUIL + 1, effectif)

    def _jeunes_sans_qualification(self, p: str, colonne: str, tous: str, cache: bool) -> None:
        jeunes, sans, jsq = f"{p}beneficiaires_moins_26_ans", f"{p}beneficiaires_sans_qualification", f"{p}jsq"
        effectif = max(self.domaines[tous])
        lus = [next(iter(self.domaines[nom])) for nom in (jeunes, sans) if nom not in self.cachees]
        etroit = effectif < 4 * SEUIL or any(lu <= SEUIL for lu in lus)
        moins = 0 if any(lu and effectif - lu <= SEUIL for lu in lus) else 1 if etroit else SEUIL
        masque: Iterable[int] = range(moins, effectif + 1)
        if not cache and len(lus) == 2:
            j, s = lus
            masque = range(effectif + 1) if j + s - effectif >= SEUIL - 1 else {0, *range(SEUIL, effectif + 1)}
        lu = self.chiffres["beneficiaires_moins_26_ans_sans_qualification"][colonne]
        self._poser(jsq, lu, masque, range(SEUIL) if cache else PETITS)
        cases = {f"{p}jeunes_qualifies": (jeunes, jsq), f"{p}autres_sans_qualification": (sans, jsq)}
        for case, (un, autre) in cases.items():
            self._deriver(case, effectif)
            self._egaler([case, autre], [un])
        reste = f"{p}ni_l_un_ni_l_autre"
        self._deriver(reste, effectif)
        self._egaler([reste, jeunes, sans], [tous, jsq])

    def _deriver(self, nom: str, plus: int) -> None:
        """Une case qui ne s'écrit pas, mais dont la valeur, petite, ne doit pas se déduire."""
        self.domaines[nom] = frozenset(range(plus + 1))
        self.derivees.add(nom)

    def _publics(self, p: str, colonne: str, tous: str, dont: range, cache: bool) -> None:
        petit = range(SEUIL) if cache else PETITS
        connus = {"RSA", "DELD", "RQTH", "QPV", "JEUNE_SQ"}
        for part in self.repartitions["publics"]["parts"]:
            nom = f"publics.{part['cle']}"
            if part["cle"] == "JEUNE_SQ":  # le même texte que le chiffre clé, dont le sens est déjà dit
                continue
            self._poser(f"{p}{MEMES.get(nom, nom)}", part[colonne], dont, petit)
            self._borner({f"{p}{MEMES.get(nom, nom)}": 1, tous: -1})
            connus.add(part["cle"])
        for part in self.repartitions["public_principal"]["parts"]:
            code = part["cle"]
            if code in DEFINIS_AUTREMENT or cache:
                continue
            public = f"{p}{MEMES.get(f'publics.{code}', f'publics.{code}')}"
            if code not in connus:
                self.domaines[public] = frozenset([0])
            self._borner({f"{p}public_principal.{code}": 1, public: -1})

    def _quartiers(self, p: str, colonne: str, total: str) -> None:
        qpv = f"{p}beneficiaires_qpv"
        cache = isinstance(self.repartitions["quartiers"][total], str)
        plus = max(self.domaines[qpv])
        lues = {part["cle"]: part[colonne] for part in self.repartitions["quartiers"]["parts"]}
        masque = range(SEUIL if PETIT in lues.values() else 0, plus + 1)
        noms = [self._poser(f"{p}quartiers.{cle}", lu, masque, range(SEUIL)) for cle, lu in lues.items()]
        if cache or PETIT not in lues.values():  # une année toute cachée ne montre pas toutes ses lignes
            self._borner({**dict.fromkeys(noms, 1), qpv: -1})
        else:
            self._egaler(noms, [qpv])

    # --- Les sorties, les entrées, le réseau, les périodes ---------------------------------------------------------
    def _sorties(self, colonne: str, total: str) -> None:
        for terme in ("3", "6", "12"):
            p, cle = f"{colonne}:", f"sorties_{terme}_mois"
            lu = self.repartitions[cle][total]
            if not lu:
                continue
            tous = self._poser(f"{p}{cle}", lu, ())
            self._poser(tous, self.chiffres[f"sorties_connues_{terme}_mois"][colonne], ())
            self._partition(p, cle, colonne, tous)
            plus = range(max(self.domaines[tous]) + 1)
            familles = {nom: f"{p}{cle}.{nom}" for nom in ("durable", "transition", "positive", "neutralisee")}
            for nom in familles.values():
                self.domaines.setdefault(nom, frozenset([0]))
            comptees, dynamiques = f"{p}comptees_{terme}", f"{p}dynamiques_{terme}"
            for nom, quoi in ((comptees, "comptees"), (dynamiques, "dynamiques")):
                self._poser(nom, self.chiffres[f"sorties_{quoi}_{terme}_mois"][colonne], plus, plus)
            self._egaler([comptees, familles.pop("neutralisee")], [tous])
            self._egaler(familles.values(), [dynamiques])

    def _entrees(self, colonne: str, total: str) -> None:
        p = f"{colonne}:"
        lu = self.chiffres["participations_entrees"][colonne]
        if not lu:
            return
        tous = self._poser(f"{p}entrees", lu, ())
        for cle in ("entrees_par_sexe", "entrees_par_age", "entrees_par_niveau"):
            self._poser(tous, self.repartitions[cle][total], ())
            self._partition(p, cle, colonne, tous)

    def _structures(self) -> None:
        lues = {ligne["id"]: ligne["beneficiaires"] for ligne in self.donnees["structures"]}
        tous = "valeur:beneficiaires"
        if not lues or tous not in self.domaines:
            return
        plus = max(self.domaines[tous])
        masque = range(SEUIL if PETIT in lues.values() else 0, plus + 1)
        self._egaler([self._poser(f"structures.{cle}", lu, masque) for cle, lu in lues.items()], [tous])

    def _evolution(self) -> None:
        """Des périodes comparables : les deux dernières sont celles des colonnes. De plus d'un an : les années qui la font."""
        periode, lignes = self.donnees["periode"], self.donnees["evolution"]
        toutes = "valeur:beneficiaires"
        if toutes not in self.domaines:
            return
        annees = []
        for ligne in lignes:
            memes = {periode["nom"]: toutes, periode["avant"]: "precedente:beneficiaires"}
            nom = memes.get(ligne["periode"], f"evolution.{ligne['periode']}")
            if nom not in memes.values():
                annees.append(nom)
                plus = max(self.domaines[toutes]) if est_longue(periode) else 60
                self._poser(nom, ligne["beneficiaires"], range(1, plus + 1))
            elif nom in self.domaines:
                self._poser(nom, ligne["beneficiaires"], ())
        if est_longue(periode):
            for nom in annees:
                self._borner({nom: 1, toutes: -1})
            self._borner({toutes: 1, **dict.fromkeys(annees, -1)})

    # --- Chercher --------------------------------------------------------------------------------------------------
    def verite(self) -> dict[str, int]:
        """Les valeurs, pour une publication où rien n'est caché : les cases dérivées se calculent."""
        valeurs = {nom: next(iter(domaine)) for nom, domaine in self.domaines.items() if nom not in self.derivees}
        for p in {nom.partition(":")[0] + ":" for nom in self.derivees}:
            j, s, jsq, tous = (
                valeurs[p + nom]
                for nom in (
                    "beneficiaires_moins_26_ans",
                    "beneficiaires_sans_qualification",
                    "jsq",
                    "beneficiaires",
                )
            )
            valeurs |= {f"{p}jeunes_qualifies": j - jsq, f"{p}autres_sans_qualification": s - jsq}
            valeurs[f"{p}ni_l_un_ni_l_autre"] = tous - j - s + jsq
        return valeurs

    def deduites(self, verite: dict[str, int]) -> set[str]:
        """Les cases cachées qui n'ont plus qu'une valeur ; une case dérivée seulement si elle est petite."""
        self._verifier(verite)
        restent = self.cachees | {nom for nom in self.derivees if verite[nom] in PETITS}
        par_inconnue = defaultdict(list)
        for contrainte in self.contraintes:
            for nom in contrainte[0]:
                par_inconnue[nom].append(contrainte)
        trouvees = set()
        while restent:
            nom = min(restent)
            autre = self._autre_solution(nom, verite, par_inconnue)
            restent.discard(nom)
            if autre is None:
                trouvees.add(nom)
            else:
                restent -= {cle for cle, valeur in autre.items() if valeur != verite[cle]}
        return trouvees

    def _verifier(self, verite: dict[str, int]) -> None:
        """Une attaque qui exclut la vérité ne prouve rien."""
        for nom, domaine in self.domaines.items():
            assert verite.get(nom, 0) in domaine, (nom, verite.get(nom), sorted(domaine))
        for coefficients, borne in self.contraintes:
            assert sum(c * verite.get(nom, 0) for nom, c in coefficients.items()) <= borne, coefficients

    def _autre_solution(self, cible: str, verite: dict[str, int], par_inconnue) -> dict[str, int] | None:
        """Une solution complète où la cible vaut autre chose, cherchée au plus près de la vérité."""
        composante, a_voir = {cible}, [cible]
        while a_voir:
            for coefficients, _ in par_inconnue[a_voir.pop()]:
                neuves = {nom for nom in coefficients if len(self.domaines[nom]) > 1} - composante
                composante |= neuves
                a_voir += neuves
        contraintes = list({id(c): c for nom in composante for c in par_inconnue[nom]}.values())
        domaines = {nom: self.domaines[nom] for coefficients, _ in contraintes for nom in coefficients}
        domaines[cible] = self.domaines[cible] - {verite[cible]}
        return _chercher(domaines, contraintes, par_inconnue, verite)


def _chercher(domaines: dict, a_voir: list, par_inconnue: dict, verite: dict[str, int]) -> dict[str, int] | None:
    domaines = _propager(dict(domaines), a_voir, par_inconnue)
    if domaines is None:
        return None
    libres = [nom for nom, domaine in domaines.items() if len(domaine) > 1]
    if not libres:
        return {nom: next(iter(domaine)) for nom, domaine in domaines.items()}
    nom = min(libres, key=lambda nom: (len(domaines[nom]), nom))
    for valeur in sorted(domaines[nom], key=lambda valeur: (abs(valeur - verite.get(nom, 0)), valeur)):
        trouvee = _chercher(domaines | {nom: frozenset([valeur])}, par_inconnue[nom], par_inconnue, verite)
        if trouvee is not None:
            return trouvee
    return None


def _propager(domaines: dict, contraintes: list, par_inconnue: dict) -> dict | None:
    """Resserre chaque domaine tant qu'une contrainte le permet ; rien si l'un se vide.

    Ne revoit que les contraintes d'une case qui vient de se resserrer : le point d'arrêt est le même, bien plus tôt atteint.
    """
    if not all(domaines.values()):
        return None
    bornes = {nom: (min(domaine), max(domaine)) for nom, domaine in domaines.items()}
    a_voir = {id(contrainte): contrainte for contrainte in contraintes}
    while a_voir:
        coefficients, borne = a_voir.pop(next(iter(a_voir)))
        moins = {nom: c * bornes[nom][c < 0] for nom, c in coefficients.items()}
        marge = borne - sum(moins.values())
        if marge < 0:
            return None
        for nom, c in coefficients.items():
            bas, haut = bornes[nom]
            if abs(c) * (haut - bas) > marge:
                gardees = frozenset(v for v in domaines[nom] if c * v - moins[nom] <= marge)
                domaines[nom], bornes[nom] = gardees, (min(gardees), max(gardees))
                a_voir |= {id(contrainte): contrainte for contrainte in par_inconnue.get(nom, ())}
    return domaines


def est_longue(periode: dict) -> bool:
    """De plus d'un an : son évolution est faite de ses années."""
    (a1, m1), (a2, m2) = ((int(jour[:4]), int(jour[5:7])) for jour in (periode["debut"], periode["fin"]))
    return (a2 - a1) * 12 + m2 - m1 >= 12
