from django.db import models

from socle.enums import EtatCourriel
from socle.modeles import ModeleSuivi


class Courriel(ModeleSuivi):
    """Un courriel écrit en base avant d'être envoyé : un seul destinataire, envoyé une fois, repris tant qu'il ne part pas."""

    destinataire = models.EmailField("destinataire")
    copie_a = models.EmailField("copie à", blank=True)
    repondre_a = models.EmailField("répondre à", blank=True)
    sujet = models.CharField("sujet", max_length=300)
    corps = models.TextField("corps en texte")
    corps_html = models.TextField("corps en HTML", blank=True)
    cle = models.CharField(
        "clé d'unicité", max_length=200, null=True, blank=True, unique=True, help_text="Deux courriels dus une fois."
    )
    etat = models.CharField("état", max_length=12, choices=EtatCourriel, default=EtatCourriel.EN_ATTENTE)
    tentatives = models.PositiveSmallIntegerField("tentatives", default=0)
    prochain_essai_le = models.DateTimeField("prochain essai le", auto_now_add=True)
    envoye_le = models.DateTimeField("envoyé le", null=True, blank=True)
    reponse = models.CharField("réponse du serveur d'envoi", max_length=500, blank=True)

    class Meta:
        verbose_name = "courriel"
        ordering = ["-cree_le", "-id"]
        indexes = [models.Index(fields=["etat", "prochain_essai_le"], name="courriel_a_envoyer")]

    def __str__(self) -> str:
        return f"courriel {self.uuid}"
