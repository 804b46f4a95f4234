from django.db import models

from socle.modeles import ModeleIdentifie


class EchecTravail(ModeleIdentifie):
    """Une ligne qu'un travail périodique n'a pas pu traiter : laquelle, par sa clé, jamais par un nom.

    Elle disparaît au passage suivant qui va au bout sans elle. `cree_le` dit depuis quand, `modifie_le` le dernier essai.
    """

    travail = models.CharField("travail", max_length=80)
    objet = models.CharField("ce qui n'a pas été traité", max_length=80)
    cle = models.CharField("sa clé", max_length=40)
    erreur = models.CharField("genre d'erreur", max_length=80)
    essais = models.PositiveIntegerField("essais", default=0)

    class Meta:
        verbose_name = "échec d'un travail"
        ordering = ["-modifie_le", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["travail", "objet", "cle"], name="un_echec_par_travail_et_par_objet")
        ]

    def __str__(self) -> str:
        return f"échec {self.travail} {self.cle}"
