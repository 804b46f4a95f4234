from django.conf import settings
from django.db import models

from socle.modeles import ModeleIdentifie
from socle.querysets import QuerySetDomaine
from socle.texte import sans_numero_national

PARAMETRE_VUE = "vue"


class VueEnregistreeQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Chacun ne voit que les siennes, dans l'organisation pour laquelle il agit."""
        if acteur is None or acteur.utilisateur is None or acteur.organisation is None:
            return self.none()
        return self.filter(utilisateur=acteur.utilisateur, organisation=acteur.organisation)


class VueEnregistree(ModeleIdentifie):
    """Les filtres et les colonnes d'une page que quelqu'un retrouve d'un clic. `requete` ne porte que des filtres connus.

    Sans nom, c'est la page comme il la laisse : les seules colonnes qu'il y a choisies, et rien à retirer.
    """

    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="+")
    chemin = models.CharField("page", max_length=200)
    nom = models.CharField("nom de la vue", max_length=60, blank=True, validators=[sans_numero_national])
    requete = models.CharField("filtres", max_length=500, blank=True)
    colonnes = models.JSONField("colonnes choisies", default=list, blank=True)

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
        """Ses filtres ; ses colonnes, si elle en a, par son identifiant : leurs titres n'ont rien à faire dans une adresse."""
        parametres = [self.requete, f"{PARAMETRE_VUE}={self.uuid}" if self.colonnes else ""]
        return f"{self.chemin}?{'&'.join(filter(None, parametres))}"
