"""L'attestation de fin d'opération : figée, numérotée, signée de l'empreinte de ses données."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cloture.enums import VerdictOperation
from cloture.querysets import AttestationQuerySet
from marches.models import Engagement
from socle.modeles import ChampJour, ModeleIdentifie
from socle.models import Document
from socle.regles import RegleViolee
from socle.texte import sans_numero_national


class Attestation(ModeleIdentifie):
    """Ce qu'un engagement a tenu, au jour où on l'atteste. Rien ne la change : une correction en émet une autre, motivée."""

    # Ce qui a été remis ne se réécrit pas. `document` est figé aussi : son fichier se refait à l'identique.
    FIGES = ("uuid", "structure_id", "engagement_id", "numero", "verdict", "donnees", "empreinte")

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="attestations")
    numero = models.CharField("numéro", max_length=20)
    verdict = models.CharField("avis", max_length=14, choices=VerdictOperation)
    donnees = models.JSONField("données figées")
    empreinte = models.CharField("empreinte SHA-256 des données", max_length=64)
    emise_le = ChampJour("émise le")
    emise_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    document = models.OneToOneField(Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    remplacee_le = models.DateTimeField("remplacée le", null=True, blank=True)
    motif_remplacement = models.CharField(
        "pourquoi elle est remplacée", max_length=300, blank=True, validators=[sans_numero_national]
    )

    objects = AttestationQuerySet.as_manager()

    class Meta:
        verbose_name = "attestation de fin d'opération"
        ordering = ["-emise_le", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["structure", "numero"], name="attestation_numero_unique"),
            models.UniqueConstraint(
                fields=["engagement"],
                condition=Q(remplacee_le__isnull=True),
                name="attestation_courante_unique",
                violation_error_message="Cet engagement a déjà son attestation.",
            ),
            models.CheckConstraint(
                condition=Q(remplacee_le__isnull=True) | ~Q(motif_remplacement=""),
                name="attestation_remplacee_avec_motif",
                violation_error_message="Dites pourquoi l'attestation est remplacée.",
                violation_error_code="champ:motif",
            ),
        ]

    def __str__(self) -> str:
        return f"attestation {self.numero}"

    def get_absolute_url(self) -> str:
        return reverse("suivi:attestation", args=[self.uuid])

    @property
    def est_courante(self) -> bool:
        return self.remplacee_le is None

    def save(self, *args, **kwargs):
        self._refuser_de_changer_ce_qui_est_fige()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise RegleViolee("Une attestation émise ne se supprime pas.")

    def _refuser_de_changer_ce_qui_est_fige(self) -> None:
        gardee = None if self._state.adding else Attestation.objects.filter(pk=self.pk).first()
        if gardee and any(getattr(self, champ) != getattr(gardee, champ) for champ in self.FIGES):
            raise RegleViolee("Une attestation émise ne change plus : une correction en émet une nouvelle.")
