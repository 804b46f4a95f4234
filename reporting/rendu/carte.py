"""La carte des quartiers d'un bilan : contours figés, numérotés comme le tableau, plus foncés où l'on compte plus de monde."""

from django.utils.safestring import SafeString

from reporting.calcul.arrondis import grandeur
from reporting.donnees import CarteQuartiers, Repartition
from reporting.recit.ecriture import ecrite
from socle.graphiques import Plan, Rendu, Zone, zones


def dessiner_les_quartiers(
    cle: str, titre: str, carte: CarteQuartiers, repartition: Repartition, rendu: Rendu
) -> SafeString:
    """Le dessin, ou rien si le bilan ne compte personne dans cette ville. Une valeur masquée n'est pas foncée."""
    rangs = {part["cle"]: rang for rang, part in enumerate(repartition["parts"], start=1)}
    valeurs = {part["cle"]: part["valeur"] for part in repartition["parts"]}
    if not any(quartier["code"] in rangs for quartier in carte["quartiers"]):
        return SafeString("")
    plus_forte = max((grandeur(valeur) for valeur in valeurs.values()), default=0) or 1
    dessinees = [
        Zone(
            quartier["nom"],
            quartier["chemin"],
            float(quartier["x"]),
            float(quartier["y"]),
            numero=str(rangs.get(quartier["code"], "")),
            force=float(grandeur(valeurs.get(quartier["code"])) / plus_forte),
            texte=ecrite(valeurs.get(quartier["code"])),
        )
        for quartier in carte["quartiers"]
    ]
    plan = Plan(carte["largeur"], carte["hauteur"], float(carte["echelle_px"]), carte["echelle_texte"])
    fond = [Zone(c["nom"], c["chemin"], float(c["x"]), float(c["y"])) for c in carte.get("communes", [])]
    return zones(cle, titre, plan, dessinees, fond=fond, rendu=rendu)
