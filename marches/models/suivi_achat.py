"""Ce qui entoure un projet d'achat ou un marché : ses jalons, ses notes et qui fait la suite, ses pièces."""

from typing import cast

from django.conf import settings
from django.db import models
from django.db.models import Q

from marches.enums import CodeJalon, ResponsableAction, TypePiece
from marches.models.marche import Marche
from marches.models.projet import ProjetAchat
from marches.querysets import JalonQuerySet, NoteQuerySet, PieceQuerySet
from marches.retroplanning import ACQUISES
from socle.bornes import FAIT
from socle.modeles import ChampJour, FichierDepose, ModeleIdentifie
from socle.texte import sans_numero_national


class DeLAchat(ModeleIdentifie):
    """Base : rattaché à un projet d'achat, à un marché, ou aux deux quand le projet en est devenu un."""

    projet = models.ForeignKey(ProjetAchat, on_delete=models.CASCADE, null=True, blank=True)
    marche = models.ForeignKey(Marche, on_delete=models.CASCADE, null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(projet__isnull=False) | Q(marche__isnull=False), name="%(class)s_rattache"
            )
        ]

    def get_absolute_url(self) -> str:
        return self.support.get_absolute_url()

    @property
    def support(self) -> Marche | ProjetAchat:
        """Le marché s'il existe, sinon le projet d'achat."""
        return cast(Marche | ProjetAchat, self.marche or self.projet)  # la base en exige un


class Jalon(DeLAchat):
    """Une étape datée à rebours de la notification ; en retard, elle entre dans « À faire »."""

    objects = JalonQuerySet.as_manager()

    code = models.CharField("étape", max_length=20, choices=CodeJalon)
    echeance = ChampJour("échéance")
    fait_le = ChampJour("fait le", bornes=FAIT, null=True, blank=True)

    class Meta(DeLAchat.Meta):
        verbose_name = "jalon"
        ordering = ["echeance", "pk"]
        constraints = [
            *DeLAchat.Meta.constraints,
            models.UniqueConstraint(fields=["projet", "code"], name="jalon_unique_par_projet"),
            models.UniqueConstraint(fields=["marche", "code"], name="jalon_unique_par_marche"),
        ]

    def __str__(self) -> str:
        return self.get_code_display()

    @property
    def est_acquise(self) -> bool:
        """L'état de l'achat la dit passée : elle n'attend plus personne, cochée ou non."""
        genre = "marche" if self.marche else "projet"
        return self.code in ACQUISES[genre].get(self.support.statut, ())


class Note(DeLAchat):
    """Ce qui s'est dit ou décidé, et, s'il y a une suite, qui la fait et pour quand."""

    objects = NoteQuerySet.as_manager()

    texte = models.TextField("note", validators=[sans_numero_national])
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    responsable = models.CharField("la suite est à", max_length=14, choices=ResponsableAction, blank=True)
    echeance = ChampJour("pour le", null=True, blank=True)
    fait_le = ChampJour("fait le", bornes=FAIT, null=True, blank=True)
    de_l_acheteur = models.BooleanField("écrite par l'acheteur", default=False, editable=False)

    class Meta(DeLAchat.Meta):
        verbose_name = "note"
        ordering = ["-cree_le", "-pk"]

    def __str__(self) -> str:
        return f"note {self.uuid}"


class Piece(FichierDepose, DeLAchat):
    """Un fichier déposé, gardé hors du web ; l'acheteur ne voit que ce que le facilitateur lui montre."""

    objects = PieceQuerySet.as_manager()

    type = models.CharField("type", max_length=14, choices=TypePiece, default=TypePiece.AUTRE)
    nom = models.CharField("nom", max_length=150)
    fichier = models.FileField("fichier", upload_to="pieces/%Y/%m", max_length=200)
    type_mime = models.CharField("format", max_length=100, editable=False)
    taille = models.PositiveIntegerField("taille (octets)", editable=False)
    visible_acheteur = models.BooleanField("visible de l'acheteur", default=False)
    de_l_acheteur = models.BooleanField("déposée par l'acheteur", default=False, editable=False)
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True, editable=False)
    depose_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta(DeLAchat.Meta):
        verbose_name = "pièce"
        ordering = ["-cree_le", "-pk"]

    def __str__(self) -> str:
        return f"pièce {self.uuid}"
