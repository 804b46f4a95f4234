from django.conf import settings
from django.db import models
from django.utils import timezone

from socle.modeles import ModeleIdentifie
from socle.querysets import QuerySetDomaine


class LienQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Une structure voit les liens qu'elle a envoyés."""
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)

    def ouverts(self):
        """Ceux par lesquels on entre."""
        return self.en_session().filter(remplace_le__isnull=True)

    def en_session(self):
        """Ceux par lesquels on est déjà entré : un lien plus récent n'interrompt pas qui travaille, une fermeture si."""
        return self.filter(revoque_le__isnull=True, expire_le__gt=timezone.now())


class Lien(ModeleIdentifie):
    """Un lien signé, envoyé par courriel à qui n'a pas de compte : il ouvre un seul objet pour un seul usage.

    Le jeton n'est gardé que haché ; le lien expire, se révoque, se remplace. Remplacé, il n'ouvre plus rien de neuf, mais la
    session qu'il a ouverte va à son terme.
    """

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="+")
    usage = models.CharField("usage", max_length=40)
    objet_uuid = models.UUIDField("objet ouvert")
    destinataire = models.EmailField("destinataire", blank=True)
    empreinte_jeton = models.CharField("empreinte du jeton", max_length=64, unique=True, editable=False)
    expire_le = models.DateTimeField("expire le")
    revoque_le = models.DateTimeField("révoqué le", null=True, blank=True)
    remplace_le = models.DateTimeField("remplacé le", null=True, blank=True)
    ouvert_le = models.DateTimeField("ouvert pour la première fois le", null=True, blank=True)

    objects = LienQuerySet.as_manager()

    class Meta:
        verbose_name = "lien signé"
        ordering = ["-cree_le", "-pk"]
        indexes = [models.Index(fields=["usage", "objet_uuid"], name="lien_par_objet")]

    def __str__(self) -> str:
        return f"lien {self.uuid}"
