from django.apps import AppConfig


class RecrutementConfig(AppConfig):
    name = "recrutement"
    verbose_name = "Recrutement"

    def ready(self) -> None:
        import recrutement.a_faire.entreprise
        import recrutement.a_faire.prescripteur
        import recrutement.a_faire.structure
        import recrutement.ensemble
        import recrutement.panneaux.entreprise
        import recrutement.panneaux.structure
        import recrutement.premiers_pas
        import recrutement.trouvables  # noqa: F401  (inscrit ce qui attend, les panneaux, les premiers pas, ce qui se trouve)
