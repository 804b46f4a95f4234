import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from socle.modeles import ModeleIdentifie
from socle.querysets import QuerySetDomaine

REPENTIR = datetime.timedelta(days=7)


class FusionQuerySet(QuerySetDomaine):
    hors_portee = "Cette fusion n'est pas de votre structure."

    def visibles_par(self, acteur):
        """Une structure ne réunit que ce qui est à elle, et elle seule le voit."""
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)

    def en_vigueur(self):
        return self.filter(defaite_le__isnull=True)

    def du_modele(self, modele: type[models.Model]):
        return self.filter(objet_type=modele._meta.label_lower)

    def qui_touchent(self, objet: ModeleIdentifie):
        """Celles dont l'objet a reçu des lignes, et celle qui l'a rangé."""
        siennes = Q(gardee=objet.uuid) | Q(absorbee=objet.uuid)
        return self.en_vigueur().du_modele(type(objet)).filter(siennes)


class Fusion(ModeleIdentifie):
    """Deux fiches du même sujet n'en font plus qu'une : ce qui est passé de l'une à l'autre, pour le rendre si l'on s'est trompé.

    Rien d'une personne n'est recopié ici : des clés, et le nom des champs remplis.
    """

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    objet_type = models.CharField("genre", max_length=60)
    gardee = models.UUIDField("fiche gardée")
    absorbee = models.UUIDField("fiche rangée")
    passages = models.JSONField("ce qui est passé", default=list)
    faite_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    defaite_le = models.DateTimeField("défaite le", null=True, blank=True)

    objects = FusionQuerySet.as_manager()

    class Meta:
        verbose_name = "fusion"
        ordering = ["-cree_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "objet_type", "absorbee"],
                condition=Q(defaite_le__isnull=True),
                name="fusion_unique",
                violation_error_message="Cette fiche est déjà fusionnée avec une autre.",
            )
        ]
        indexes = [models.Index(fields=["gardee"], name="fusion_par_gardee")]

    def __str__(self) -> str:
        return f"fusion {self.uuid}"

    @property
    def defaisable_jusqu_au(self) -> datetime.datetime:
        return self.cree_le + REPENTIR

    @property
    def est_defaisable(self) -> bool:
        return self.defaite_le is None and timezone.now() <= self.defaisable_jusqu_au
