"""Les faits datés d'un dossier : ce qui change demain ne réécrit pas le bilan d'hier (indicateurs.md, « contrat d'entrée »)."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from beneficiaires.enums import CodeCritere, NiveauFormation
from beneficiaires.models.beneficiaire import Beneficiaire
from beneficiaires.querysets import FaitDateQuerySet
from socle.bornes import FAIT, TERME, VIE
from socle.modeles import ChampJour, ModeleIdentifie


def fin_apres_debut(nom: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(jusqu_a__isnull=True) | Q(depuis__isnull=True) | Q(jusqu_a__gte=F("depuis")),
        name=nom,
        violation_error_message="La date de fin précède la date de début.",
        violation_error_code="champ:jusqu_a",
    )


class FaitDate(ModeleIdentifie):
    """Vrai de `depuis` à `jusqu_a`, bornes comprises ; une borne vide est ouverte."""

    depuis = ChampJour("depuis", bornes=VIE, null=True, blank=True)
    jusqu_a = ChampJour("jusqu'au", bornes=TERME, null=True, blank=True)

    objects = FaitDateQuerySet.as_manager()

    class Meta:
        abstract = True

    def vaut_le(self, jour) -> bool:
        return (self.depuis is None or self.depuis <= jour) and (self.jusqu_a is None or self.jusqu_a >= jour)


class Critere(FaitDate):
    """Un critère d'éligibilité d'une personne, avec la pièce vue : par qui, quand (jamais de copie de la pièce)."""

    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="criteres")
    code = models.CharField("critère", max_length=12, choices=CodeCritere)
    principal = models.BooleanField("critère principal", default=False)
    # La marque peut venir après le critère, et passer à un autre avant sa fin : les contrats d'avant gardent leur public.
    principal_depuis = ChampJour("principal depuis", bornes=VIE, null=True, blank=True, editable=False)
    principal_jusqu_a = ChampJour("principal jusqu'au", bornes=TERME, null=True, blank=True, editable=False)
    piece_vue_le = ChampJour("pièce vue le", bornes=FAIT, null=True, blank=True)
    piece_valable_jusqu_au = ChampJour(
        "pièce valable jusqu'au",
        bornes=TERME,
        null=True,
        blank=True,
        help_text="Vide : la durée réglée pour ce critère, depuis le jour où la pièce est vue.",
    )
    piece_vue_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "critère d'éligibilité"
        ordering = ["-principal", "code", "pk"]
        constraints = [
            fin_apres_debut("critere_fin_apres_debut"),
            models.UniqueConstraint(
                fields=["beneficiaire", "code", "depuis"],
                name="critere_unique",
                violation_error_message="Ce critère est déjà enregistré à cette date.",
                violation_error_code="champ:code",
            ),
            models.UniqueConstraint(
                fields=["beneficiaire"],
                condition=Q(principal=True, principal_jusqu_a__isnull=True, jusqu_a__isnull=True),
                name="critere_principal_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"critère {self.code}"

    def est_principal_le(self, jour) -> bool:
        """Le dossier le disait principal ce jour-là."""
        commencee = self.principal_depuis is None or self.principal_depuis <= jour
        return self.principal and commencee and (self.principal_jusqu_a is None or self.principal_jusqu_a >= jour)

    @property
    def est_principal(self) -> bool:
        """Le dossier le dit principal aujourd'hui."""
        return self.est_principal_le(timezone.localdate())

    @property
    def rang_de_la_marque(self) -> tuple[datetime.date, int]:
        """La plus récente l'emporte, puis la dernière saisie."""
        return self.principal_depuis or self.depuis or datetime.date.min, self.pk or 0


class NiveauAtteint(FaitDate):
    """Le niveau de formation d'une personne à partir d'une date."""

    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="niveaux")
    niveau = models.CharField("niveau de formation", max_length=6, choices=NiveauFormation)

    class Meta:
        verbose_name = "niveau de formation"
        ordering = ["-depuis", "-pk"]
        constraints = [fin_apres_debut("niveau_fin_apres_debut")]

    def __str__(self) -> str:
        return f"niveau {self.niveau}"


class InscriptionEmploi(FaitDate):
    """Une période d'inscription à France Travail ; à 12 mois, la personne est demandeuse d'emploi de longue durée."""

    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="inscriptions")

    class Meta:
        verbose_name = "inscription à France Travail"
        ordering = ["-depuis", "-pk"]
        constraints = [fin_apres_debut("inscription_fin_apres_debut")]

    def __str__(self) -> str:
        return f"inscription {self.uuid}"
