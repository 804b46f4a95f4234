"""Les tableaux du bilan : ventilations, années, marchés, maîtres d'ouvrage, entreprises, définitions.

Un tableau trop long pour être lu est coupé : les premières lignes par heures de l'année, une ligne pour les autres, et la
note qui dit où est la liste entière. Le total reste celui de toutes les lignes.
"""

from collections.abc import Sequence
from decimal import Decimal

from reporting.calcul.arrondis import ABSENTE, PARTS, grandeur, part_exacte
from reporting.calcul.registre import COMPLEMENTS
from reporting.calcul.repartitions import QUARTIERS
from reporting.donnees import Chiffre, DonneesBilan, Repartition, Valeur, est_masquee
from reporting.recit.ecriture import a_l_unite, apostrophes, ecrite, majuscule, minuscule, nom_du_mois, periode_courte
from reporting.rendu.pdf.contexte import CellulePdf, ColonnePdf, TableauPdf

LIGNES_MAX = 40
# La méthode et leur chapitre définissent les sorties, les mêmes à chaque terme.
DITES_AILLEURS = frozenset(indicateur.cle for indicateur in COMPLEMENTS["sorties"])
RESTE = "La liste entière est dans l’export XLSX du bilan."

type Ligne = tuple[CellulePdf, ...]


def _ligne(*textes: str | CellulePdf) -> Ligne:
    return tuple(texte if isinstance(texte, CellulePdf) else CellulePdf(texte) for texte in textes)


def ventilation(repartition: Repartition, donnees: DonneesBilan, colonne: str, presentation: str) -> TableauPdf:
    """Une ventilation : la part, sa proportion, l'année d'avant. Les arrondis ne somment pas toujours à 100 %."""
    total, unite = repartition["total"], repartition["unite"]
    titre_unite = "Heures" if unite == "h" else majuscule(unite)
    avant = any(part["precedente"] is not None for part in repartition["parts"])
    avec_heures = repartition["cle"] == QUARTIERS
    colonnes = [ColonnePdf(colonne, numerique=False), ColonnePdf(titre_unite), ColonnePdf("Part")]
    colonnes += [ColonnePdf("Heures")] * avec_heures + [ColonnePdf(donnees["periode"]["avant"])] * avant
    lignes = []
    for rang, part in enumerate(repartition["parts"], start=1):
        nom = f"{rang}. {part['libelle']}" if avec_heures else part["libelle"]  # le numéro de la carte
        ligne = [apostrophes(nom), ecrite(part["valeur"]), PARTS[presentation](part["valeur"], total)]
        ligne += [ecrite(part["heures"])] * avec_heures if avec_heures else []
        lignes.append(_ligne(*ligne, *[ecrite(part["precedente"])] * avant))
    pied: Ligne = ()
    if repartition["exclusive"] and lignes:
        heures = [ecrite(donnees["chiffres"]["heures_qpv"]["valeur"])] * avec_heures
        pied = _ligne("Total", ecrite(total), "", *heures, *[ecrite(repartition["total_precedent"])] * avant)
    return TableauPdf(tuple(colonnes), tuple(lignes), pied)


def annees(donnees: DonneesBilan) -> TableauPdf:
    colonnes = [ColonnePdf("Période", numerique=False)]
    colonnes += [ColonnePdf(titre) for titre in ("Heures réalisées", "Bénéficiaires", "Contrats", "Marchés suivis")]
    lignes = [
        _ligne(
            majuscule(ligne["periode"]),
            *(ecrite(ligne[cle]) for cle in ("heures_realisees", "beneficiaires", "contrats", "marches_suivis")),
        )
        for ligne in donnees["evolution"]
    ]
    return TableauPdf(tuple(colonnes), tuple(lignes))


def mois(donnees: DonneesBilan) -> TableauPdf:
    """Jusqu'à douze mois, sur une ligne avec leur total ; au-delà, un mois par ligne."""
    total = donnees["chiffres"]["heures_realisees"]["valeur"]
    noms = [nom_du_mois(ligne["mois"], donnees["mois"]) for ligne in donnees["mois"]]
    heures = [a_l_unite(ligne["heures"]) for ligne in donnees["mois"]]
    if len(noms) > 12:
        lignes = tuple(_ligne(nom, valeur) for nom, valeur in zip(noms, heures, strict=True))
        en_tete = (ColonnePdf("Mois", numerique=False), ColonnePdf("Heures"))
        return TableauPdf(en_tete, lignes, _ligne("Total", a_l_unite(total)))
    colonnes = (ColonnePdf("", numerique=False), *(ColonnePdf(nom) for nom in noms), ColonnePdf("Total"))
    return TableauPdf(colonnes, (_ligne("Heures", *heures, a_l_unite(total)),))


def structures(donnees: DonneesBilan) -> TableauPdf:
    colonnes = (
        ColonnePdf("Structure", numerique=False),
        ColonnePdf("Heures"),
        ColonnePdf("Bénéficiaires"),
        ColonnePdf("Marchés suivis"),
    )
    lignes = tuple(
        _ligne(apostrophes(ligne["nom"]), *(ecrite(ligne[cle]) for cle in ("heures", "beneficiaires", "marches")))
        for ligne in donnees["structures"]
    )
    chiffres = donnees["chiffres"]
    sommes = (chiffres[cle]["valeur"] for cle in ("heures_realisees", "beneficiaires", "marches_suivis"))
    return TableauPdf(colonnes, lignes, _ligne("Ensemble", *(ecrite(somme) for somme in sommes)))


def marches(donnees: DonneesBilan) -> TableauPdf:
    gardes, reste = _couper(donnees["marches"])
    lignes = [
        _ligne(
            CellulePdf(
                apostrophes(ligne["objet"]),
                f"{ligne['reference']} · {ligne['nature']} · {minuscule(ligne['type_clause'])} · "
                f"{periode_courte(ligne['debut'], ligne['fin'])}",
            ),
            apostrophes(ligne["maitre_ouvrage"]),
            a_l_unite(ligne["heures_dues"]),
            a_l_unite(ligne["heures_periode"]),
            a_l_unite(ligne["heures_cumul"]),
            part_exacte(ligne["heures_cumul"], ligne["heures_dues"]),
        )
        for ligne in gardes
    ]
    sommes = ("heures_dues", "heures_periode", "heures_cumul")
    if reste:
        lignes.append(_ligne(_autres(reste), "", *_sommes(reste, sommes), ""))
    colonnes = (
        ColonnePdf("Marché", numerique=False),
        ColonnePdf("Maître d’ouvrage", numerique=False),
        ColonnePdf("Dues"),
        ColonnePdf(donnees["periode"]["nom"]),
        ColonnePdf("Faites"),
        ColonnePdf("Taux"),
    )
    pied = _ligne("Ensemble", "", *_sommes(donnees["marches"], sommes), "") if lignes else ()
    note = "Heures à l’unité. Dues : sur toute la durée du marché. Faites : depuis son début. Taux : faites sur dues."
    return TableauPdf(colonnes, tuple(lignes), pied, _note(note, reste), genre="marches")


def maitres_ouvrage(donnees: DonneesBilan) -> TableauPdf:
    gardes, reste = _couper(donnees["maitres_ouvrage"])
    sommes = ("marches", "heures_dues", "heures_periode", "heures_cumul")
    lignes = [
        _ligne(apostrophes(ligne["nom"]), apostrophes(ligne["type"]), *(a_l_unite(ligne[cle]) for cle in sommes))
        for ligne in gardes
    ]
    if reste:
        lignes.append(_ligne(_autres(reste), "", *_sommes(reste, sommes)))
    colonnes = (
        ColonnePdf("Maître d’ouvrage", numerique=False),
        ColonnePdf("Type", numerique=False),
        ColonnePdf("Marchés"),
        ColonnePdf("Dues"),
        ColonnePdf(donnees["periode"]["nom"]),
        ColonnePdf("Faites"),
    )
    pied = _ligne("Ensemble", "", *_sommes(donnees["maitres_ouvrage"], sommes)) if lignes else ()
    return TableauPdf(
        colonnes,
        tuple(lignes),
        pied,
        _note("", reste),
        genre="maitres-ouvrage",
    )


def entreprises(donnees: DonneesBilan) -> TableauPdf:
    gardes, reste = _couper(donnees["entreprises"], "heures_engagements", "heures_employeuse")
    sommes = ("heures_engagements", "heures_employeuse")
    lignes = [
        _ligne(
            apostrophes(ligne["nom"]),
            apostrophes(ligne["type"]),
            "oui" if ligne["locale"] else ABSENTE,
            _role(ligne),
            *(a_l_unite(ligne[cle]) for cle in sommes),
        )
        for ligne in gardes
    ]
    if reste:
        lignes.append(_ligne(_autres(reste), "", "", "", *_sommes(reste, sommes)))
    colonnes = (
        ColonnePdf("Entreprise", numerique=False),
        ColonnePdf("Type", numerique=False),
        ColonnePdf("Locale", numerique=False),
        ColonnePdf("Rôle", numerique=False),
        ColonnePdf("Engagements"),
        ColonnePdf("Employeuse"),
    )
    note = (
        "Heures de la période, à l’unité : celles de ses engagements, celles des contrats qu’elle emploie. Une "
        "heure peut être faite pour l’engagement d’une entreprise par le salarié d’une autre (mise à disposition, "
        "intérim) : les deux colonnes ne s’additionnent pas."
    )
    return TableauPdf(colonnes, tuple(lignes), (), _note(note, reste), genre="entreprises")


def definitions(donnees: DonneesBilan) -> TableauPdf:
    """Chaque indicateur : sa définition, sa valeur exacte, son numérateur et son dénominateur."""
    lignes = []
    for cle in donnees["ordre"]:
        if cle not in donnees["chiffres"] or cle in DITES_AILLEURS:
            continue
        chiffre = donnees["chiffres"][cle]
        lignes.append(
            _ligne(
                CellulePdf(majuscule(apostrophes(chiffre["libelle"]))),
                apostrophes(chiffre["definition"]),
                CellulePdf(ecrite(chiffre["valeur"]), fraction(chiffre, donnees)),
            )
        )
    colonnes = (
        ColonnePdf("Indicateur", numerique=False),
        ColonnePdf("Définition", numerique=False),
        ColonnePdf(f"Valeur {donnees['periode']['nom']}"),
    )
    return TableauPdf(colonnes, tuple(lignes), genre="definitions")


def fraction(chiffre: Chiffre, donnees: DonneesBilan) -> str:
    """« 36 / 146 = 24,7 % », ou rien quand le chiffre n'est pas une part."""
    if not chiffre["sur"] or chiffre["sur"] not in donnees["chiffres"]:
        return ""
    total = donnees["chiffres"][chiffre["sur"]]["valeur"]
    exacte = part_exacte(chiffre["valeur"], total)
    return "" if exacte == ABSENTE else f"sur {ecrite(total)} : {exacte}"


def _couper(lignes: Sequence, *cles: str) -> tuple[Sequence, Sequence]:
    """Toutes les lignes si elles se lisent ; sinon les plus fournies en heures de l'année, et les autres."""
    if len(lignes) <= LIGNES_MAX:
        return lignes, ()
    cles = cles or ("heures_periode",)
    rangees = sorted(range(len(lignes)), key=lambda rang: (-max(grandeur(lignes[rang][cle]) for cle in cles), rang))
    gardes = sorted(rangees[: LIGNES_MAX - 1])
    reste = sorted(rangees[LIGNES_MAX - 1 :])
    return [lignes[rang] for rang in gardes], [lignes[rang] for rang in reste]


def _sommes(lignes: Sequence, cles: Sequence[str]) -> list[str]:
    """Le total de chaque colonne ; « – » quand une de ses valeurs est masquée, qui s'en déduirait. L'absente ne compte pas."""
    return [_somme([ligne[cle] for ligne in lignes]) for cle in cles]


def _somme(valeurs: list[Valeur]) -> str:
    if any(est_masquee(valeur) for valeur in valeurs):
        return ABSENTE
    return a_l_unite(float(sum((grandeur(valeur) for valeur in valeurs), Decimal(0))))


def _autres(reste: Sequence) -> str:
    return f"{len(reste)} autres"


def _note(note: str, reste: Sequence) -> str:
    return f"{note} {RESTE}".strip() if reste else note


def _role(ligne) -> str:
    roles = [nom for cle, nom in (("engagee", "engagée"), ("employeuse", "employeuse")) if ligne[cle]]
    return majuscule(", ".join(roles))
