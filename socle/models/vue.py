from django.conf import settings
from django.db import models

from socle.modeles import ModeleIdentifie
from socle.querysets import QuerySetDomaine
from socle.texte import sans_numero_national


class VueEnregistreeQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Chacun ne voit que les siennes, dans l'organisation pour laquelle il agit."""
        if acteur is None or acteur.utilisateur is None or acteur.organisation is None:
            return self.none()
        return self.filter(utilisateur=acteur.utilisateur, organisation=acteur.organisation)


class VueEnregistree(ModeleIdentifie):
    """Les filtres d'une page que quelqu'un retrouve d'un clic. `requete` ne porte que des filtres connus de cette page."""

    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="+")
    chemin = models.CharField("page", max_length=200)
    nom = models.CharField("nom de la vue", max_length=60, validators=[sans_numero_national])
    requete = models.CharField("filtres", max_length=500)

    objects = VueEnregistreeQuerySet.as_manager()

    class Meta:
        verbose_name = "vue enregistrée"
        ordering = ["nom", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "organisation", "chemin", "nom"],
                name="vue_enregistree_unique",
                violation_error_message="Vous avez déjà une vue de ce nom sur cette page.",
            )
        ]

    def __str__(self) -> str:
        return f"vue {self.uuid}"

    def get_absolute_url(self) -> str:
        return f"{self.chemin}?{self.requete}"
