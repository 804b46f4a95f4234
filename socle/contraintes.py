"""Une unicité qui compte aussi l'archive : son refus dit où est la ligne, et quoi faire."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models


class UniqueArchiveComprise(models.UniqueConstraint):
    """L'`UniqueConstraint` d'un modèle archivable : un numéro archivé reste pris, pour que l'on puisse restaurer sa ligne.

    `si_archive` : la phrase du refus quand c'est une ligne archivée qui le tient ; `%(champ)s` y dit la valeur demandée.
    En base, c'est une contrainte ordinaire : les migrations ne voient pas de différence.
    """

    def __init__(self, *args, si_archive: str = "", **options):
        super().__init__(*args, **options)
        self.si_archive = si_archive

    def validate(self, model, instance, exclude=None, using: str = DEFAULT_DB_ALIAS) -> None:
        try:
            super().validate(model, instance, exclude=exclude, using=using)
        except ValidationError as refus:
            if not self._tenue_par_l_archive(model, instance):
                raise
            valeurs: dict[str, Any] = {champ: getattr(instance, champ) for champ in self.fields}
            raise ValidationError(self.si_archive % valeurs, code=self.violation_error_code) from refus

    def _tenue_par_l_archive(self, model, instance) -> bool:
        semblables = model._default_manager.filter(**{champ: getattr(instance, champ) for champ in self.fields})
        return semblables.exclude(pk=instance.pk).filter(archive_le__isnull=False).exists()

    def deconstruct(self):
        _, arguments, options = super().deconstruct()
        return "django.db.models.UniqueConstraint", arguments, options

    def clone(self) -> "UniqueArchiveComprise":
        _, arguments, options = self.deconstruct()
        return type(self)(*arguments, si_archive=self.si_archive, **options)
