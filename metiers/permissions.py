from socle.regles import OUI, Verdict, non

# Les comptes sont un étage voisin : un rôle se nomme ici par sa valeur.
ROLES_QUI_ECRIVENT = frozenset({"responsable", "edition"})
ROLES_FACILITATEURS = ROLES_QUI_ECRIVENT | {"lecture"}


def peut_gerer_les_metiers(acteur) -> Verdict:
    """Préciser un métier, ajouter ses noms : un facilitateur qui écrit, pour sa structure."""
    return OUI if acteur.role in ROLES_QUI_ECRIVENT else non("Un facilitateur de la structure s'en charge.")
