"""La base des fabriques : des lignes valables, enregistrées telles quelles, sans passer par les services."""

import factory
from stdnum import luhn


class Fabrique(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True


def siret(rang: int) -> str:
    """Un SIRET valable et différent par rang."""
    siren = f"{40_000_000 + rang:08d}"
    siren += luhn.calc_check_digit(siren)
    etablissement = f"{siren}0001"
    return etablissement + luhn.calc_check_digit(etablissement)
