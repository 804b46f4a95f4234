"""Ce que l'on prévoit d'un engagement."""

from socle.enums import Statut


class Pronostic(Statut):
    """Ce que la projection dit de la fin d'un engagement, le plus pressé d'abord. Rouge seulement si même l'optimiste manque."""

    EN_PERIL = "en_peril", "En péril"
    A_SURVEILLER = "a_surveiller", "À surveiller"
    TROP_TOT = "trop_tot", "Trop tôt pour dire"
    BONNE_VOIE = "bonne_voie", "En bonne voie"
    ATTEINT = "atteint", "Atteint"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.EN_PERIL: "retard", cls.A_SURVEILLER: "attention", cls.BONNE_VOIE: "info", cls.ATTEINT: "fait"}
