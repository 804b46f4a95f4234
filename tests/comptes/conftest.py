import pytest


@pytest.fixture
def boite(settings) -> None:
    """La vraie boîte d'envoi : Django, en test, met la sienne à la place ; les courriels d'allauth n'y passeraient pas."""
    settings.MAILERS = {**settings.MAILERS, "default": {"BACKEND": "socle.courriels.BoiteDEnvoi"}}
