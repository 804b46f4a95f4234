from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from comptes.querysets import UtilisateurManager
from socle.modeles import ModeleJournalise
from socle.plis import ChampPlie
from socle.texte import plier
from socle.validateurs import valider_nom, valider_telephone


class Utilisateur(ModeleJournalise, AbstractBaseUser, PermissionsMixin):
    """Une personne qui se connecte, par son adresse de courriel. Ses droits viennent de ses adhésions."""

    email = models.EmailField("adresse de courriel", unique=True, error_messages={"unique": "Ce compte existe déjà."})
    prenom = models.CharField("prénom", max_length=80, validators=[valider_nom])
    nom = models.CharField("nom", max_length=80, validators=[valider_nom])
    nom_plie = ChampPlie(max_length=170, default="")
    telephone = models.CharField("téléphone", max_length=20, blank=True, validators=[valider_telephone])
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("équipe technique", default=False)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["prenom", "nom"]
    mention_hors_choix = "n'est plus membre"
    objects = UtilisateurManager()

    class Meta:
        verbose_name = "utilisateur"
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="utilisateur_email_unique", violation_error_message="Ce compte existe déjà."
            )
        ]

    def __str__(self) -> str:
        return f"utilisateur {self.uuid}"

    def save(self, *args, **kwargs):
        self.nom_plie = plier(f"{self.nom} {self.prenom}")
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return f"{self.prenom} {self.nom}".strip()
