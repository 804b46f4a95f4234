"""La candidature : une personne proposée sur une offre, et ce qu'elle devient."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from beneficiaires.models import Beneficiaire
from recrutement.enums import MotifRefus, StatutCandidature
from recrutement.models.contrat import Contrat
from recrutement.models.offre import Offre
from recrutement.querysets import CandidatureQuerySet
from socle.modeles import ChampJour, ModeleIdentifie
from socle.texte import sans_numero_national


class Candidature(ModeleIdentifie):
    """Une personne sur une offre. `proposee_par` est le partenaire qui la propose, vide si c'est la structure elle-même."""

    offre = models.ForeignKey(Offre, on_delete=models.PROTECT, related_name="candidatures")
    beneficiaire = models.ForeignKey(
        Beneficiaire, on_delete=models.PROTECT, related_name="candidatures", verbose_name="personne"
    )
    proposee_par = models.ForeignKey(
        settings.ORGANISATION_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    statut = models.CharField("statut", max_length=16, choices=StatutCandidature, default=StatutCandidature.PROPOSEE)
    # L'étape où elle en était, le temps qu'un refus ou un retrait puisse s'annuler.
    statut_avant = models.CharField(
        "statut d'avant", max_length=16, choices=StatutCandidature, blank=True, editable=False
    )
    avis = models.TextField(
        "pourquoi cette personne pour ce poste", max_length=1000, blank=True, validators=[sans_numero_national]
    )
    entretien_le = ChampJour("entretien le", null=True, blank=True)
    motif = models.CharField("raison", max_length=20, choices=MotifRefus, blank=True)
    precision = models.CharField("précision", max_length=300, blank=True, validators=[sans_numero_national])
    decidee_le = models.DateTimeField("décidée le", null=True, blank=True)
    contrat = models.OneToOneField(
        Contrat, on_delete=models.SET_NULL, null=True, blank=True, related_name="candidature"
    )

    objects = CandidatureQuerySet.as_manager()

    class Meta:
        verbose_name = "candidature"
        ordering = ["cree_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["offre", "beneficiaire"],
                name="candidature_unique",
                violation_error_message="Cette personne est déjà proposée sur cette offre.",
                violation_error_code="champ:beneficiaire",
            )
        ]

    def __str__(self) -> str:
        return f"candidature {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("recrutement:offre", args=[self.offre.uuid])

    def clean(self):
        if self.beneficiaire_id and self.offre_id and self.beneficiaire.structure_id != self.offre.structure_id:
            raise ValidationError({"beneficiaire": "Cette personne n'est pas suivie par la structure de l'offre."})

    @property
    def est_en_cours(self) -> bool:
        return self.statut in StatutCandidature.en_cours()
