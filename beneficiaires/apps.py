from django.apps import AppConfig


class BeneficiairesConfig(AppConfig):
    name = "beneficiaires"
    verbose_name = "Bénéficiaires"

    def ready(self) -> None:
        from beneficiaires import a_faire, ensemble, premiers_pas, trouvables  # noqa: F401  (inscrit ce qui attend)
