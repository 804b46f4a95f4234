from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from comptes.enums import ROLES_PAR_TYPE, Role, SortePrescripteur, TypeOrganisation
from comptes.querysets import AdhesionQuerySet, InvitationQuerySet, OrganisationQuerySet
from socle.enums import EtatCourriel
from socle.modeles import ModeleArchivable, ModeleIdentifie
from socle.models import Courriel
from socle.plis import ChampPlie
from socle.texte import plier
from socle.validateurs import valider_nom


class Organisation(ModeleArchivable):
    """Pour qui l'on agit : structure facilitatrice (« locataire » de l'outil), prescripteur, entreprise, financeur…"""

    FEMININ = True

    type = models.CharField("type", max_length=20, choices=TypeOrganisation)
    nom = models.CharField("nom", max_length=150, validators=[valider_nom])
    nom_plie = ChampPlie(max_length=300, db_index=True)
    slug = models.SlugField("identifiant court", max_length=60, unique=True)
    sorte = models.CharField("sorte de prescripteur", max_length=20, choices=SortePrescripteur, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "organisation"
        ordering = ["nom_plie", "pk"]

    def __str__(self) -> str:
        return self.nom

    def save(self, *args, **kwargs):
        self.nom_plie = plier(self.nom)
        super().save(*args, **kwargs)

    @property
    def mention_hors_choix(self) -> str:
        return super().mention_hors_choix if self.est_archive else "n'est plus partenaire"

    def get_absolute_url(self) -> str:
        return reverse("comptes:organisation", args=[self.uuid])


class Adhesion(ModeleIdentifie):
    """Une personne agit pour une organisation, dans un rôle. Retirée, elle reste, inactive, pour l'histoire."""

    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="adhesions")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="adhesions")
    role = models.CharField("rôle", max_length=20, choices=Role)
    active = models.BooleanField("active", default=True)
    # D'un compte d'entreprise ou d'acheteur : qui l'a invité, et, tant qu'il est à confirmer, les seules dont il voie les
    # dossiers. Sans aucune, le compte ne vient d'aucune structure : toutes ses partenaires le connaissent.
    structures = models.ManyToManyField(Organisation, related_name="+", blank=True, verbose_name="structures")
    a_confirmer = models.BooleanField("à confirmer", default=False)

    objects = AdhesionQuerySet.as_manager()

    class Meta:
        verbose_name = "adhésion"
        ordering = ["organisation__nom_plie", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "organisation"],
                name="adhesion_unique",
                violation_error_message="Cette personne est déjà membre de l'organisation.",
            )
        ]

    def __str__(self) -> str:
        return f"adhésion {self.uuid}"

    def get_absolute_url(self) -> str:
        return self.organisation.get_absolute_url()

    def clean(self):
        if self.role not in ROLES_PAR_TYPE[self.organisation.type]:
            raise ValidationError({"role": "Ce rôle n'existe pas dans ce type d'organisation."})


class Invitation(ModeleIdentifie):
    """Une place proposée par courriel. Le jeton du lien n'est gardé que haché ; il expire, se révoque, se renvoie."""

    emettrice = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations_emises")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("adresse de courriel")
    prenom = models.CharField("prénom", max_length=80, blank=True, validators=[valider_nom])
    nom = models.CharField("nom", max_length=80, blank=True, validators=[valider_nom])
    role = models.CharField("rôle", max_length=20, choices=Role)
    empreinte_jeton = models.CharField("empreinte du jeton", max_length=64, unique=True, editable=False)
    invite_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    courriel = models.ForeignKey(
        Courriel, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="dernier courriel"
    )
    expire_le = models.DateTimeField("expire le")
    acceptee_le = models.DateTimeField("acceptée le", null=True, blank=True)
    revoquee_le = models.DateTimeField("révoquée le", null=True, blank=True)

    # Le lien que le service vient d'écrire : la commande l'imprime, la base n'en garde que l'empreinte.
    lien = ""

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["-cree_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "emettrice", "email"],
                condition=models.Q(acceptee_le__isnull=True, revoquee_le__isnull=True),
                name="invitation_ouverte_unique",
                violation_error_message="Une invitation est déjà en cours pour cette adresse : renvoyez-la.",
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.uuid}"

    def get_absolute_url(self) -> str:
        return self.organisation.get_absolute_url()

    @property
    def echec(self) -> str:
        """Pourquoi le dernier courriel n'est pas arrivé ; vide s'il est parti ou en route."""
        if self.courriel is None or self.courriel.etat not in (EtatCourriel.REFUSE, EtatCourriel.ABANDONNE):
            return ""
        return EtatCourriel(self.courriel.etat).label

    @property
    def est_perimee(self) -> bool:
        return self.expire_le <= timezone.now()


class Partenariat(ModeleIdentifie):
    """Une structure facilitatrice travaille avec un prescripteur, une entreprise, un acheteur, un financeur…"""

    structure = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="partenaires")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="partenariats")

    class Meta:
        verbose_name = "partenariat"
        constraints = [models.UniqueConstraint(fields=["structure", "organisation"], name="partenariat_unique")]

    def __str__(self) -> str:
        return f"partenariat {self.uuid}"
