"""Modèles abstraits : l'identifiant public, les dates de suivi, l'archivage ; et le champ d'une date bornée."""

import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models

from socle.antivirus import etat_au_depot
from socle.avis import Avis
from socle.bornes import JOUR, Bornes
from socle.champs import JourField
from socle.enums import EtatAnalyse
from socle.nombres import nombre
from socle.regles import RegleViolee


class ChampJour(models.DateField):
    """Une date dont le genre est dit (`socle.bornes`) : l'écran, l'import, la liste et le lien en reçoivent les bornes.

    Les bornes se contrôlent ici et non en base : elles avancent avec le temps, et une migration ne les voit pas.
    """

    def __init__(self, *args, bornes: Bornes = JOUR, **options):
        self.bornes = bornes
        super().__init__(*args, **options)

    def deconstruct(self):
        nom, _, arguments, options = super().deconstruct()
        return nom, "django.db.models.DateField", arguments, options

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        if value is not None:
            self.bornes(value)

    def formfield(self, **options):
        return super().formfield(**{"form_class": JourField, "bornes": self.bornes, **options})


class ModeleJournalise(models.Model):
    """Une ligne dont le journal peut parler : il la désigne par son UUID."""

    uuid = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class ModeleIdentifie(ModeleJournalise):
    """Une ligne que l'on voit de dehors : son UUID fait les URL, jamais sa clé interne."""

    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    modifie_le = models.DateTimeField("modifié le", auto_now=True)

    # À qui le service qui vient de rendre cette ligne l'a écrit : l'écran le dit, la base ne le garde pas.
    dit_a: Avis | None = None

    class Meta:
        abstract = True

    def save(self, *args, **options):
        self._refuser_un_nombre_qui_deborde()
        super().save(*args, **options)

    def _refuser_un_nombre_qui_deborde(self) -> None:
        """Un total calculé ne passe par aucun formulaire : trop grand pour sa colonne, il se dit ici, et non par une panne."""
        for champ in self._meta.concrete_fields:
            valeur = self.__dict__.get(champ.attname)
            if isinstance(champ, models.DecimalField) and isinstance(valeur, Decimal | int):
                plafond = Decimal(10) ** (champ.max_digits - champ.decimal_places)
                if abs(Decimal(valeur)) >= plafond:
                    phrase = f"« {champ.verbose_name} » deviendrait trop grand : moins de {nombre(plafond)}, au plus."
                    raise RegleViolee(phrase, champ=champ.name)


class FichierDepose(models.Model):
    """Un fichier que quelqu'un dépose et que d'autres téléchargent : pas avant que l'antivirus, s'il y en a un, l'ait lu."""

    # Chaque modèle les déclare, à sa façon.
    nom: Any
    fichier: Any
    type_mime: Any

    analyse = models.CharField("analyse", max_length=12, choices=EtatAnalyse, default=etat_au_depot, editable=False)

    class Meta:
        abstract = True

    @property
    def reserve(self) -> str:
        """Ce qui empêche de le télécharger ; vide si rien."""
        retenus = (EtatAnalyse.EN_ATTENTE, EtatAnalyse.INFECTE)
        return EtatAnalyse(self.analyse).label if self.analyse in retenus else ""


def separer[Ligne: ModeleArchivable](lignes: Iterable[Ligne]) -> tuple[list[Ligne], list[Ligne]]:
    """(en cours, archivées), dans leur ordre : une page qui montre les deux ne les lit qu'une fois."""
    en_cours: list[Ligne] = []
    archivees: list[Ligne] = []
    for ligne in lignes:
        (archivees if ligne.est_archive else en_cours).append(ligne)
    return en_cours, archivees


class ModeleArchivable(ModeleIdentifie):
    """On archive, on ne supprime pas : la ligne sort des listes, ses chiffres restent."""

    FEMININ = False  # l'accord de « archivé » : une opération est archivée

    archive_le = models.DateTimeField("archivé le", null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def est_archive(self) -> bool:
        return self.archive_le is not None

    @property
    def mention_hors_choix(self) -> str:
        """Pourquoi cette ligne, encore portée par un objet, n'est plus dans les listes où on la choisirait."""
        accord = "e" if self.FEMININ else ""
        return f"archivé{accord}" if self.est_archive else f"n'est plus proposé{accord}"
