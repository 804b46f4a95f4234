from django.conf import settings
from django.db import models
from django.utils import timezone

from socle.enums import EtatCourriel
from socle.modeles import ModeleIdentifie
from socle.querysets import QuerySetDomaine
from socle.texte import cacher_les_jetons


class CourrielQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Un facilitateur lit ce que sa structure a écrit ; un courriel de compte (mot de passe, code) n'est à personne."""
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)

    def dus(self):
        """Ceux qu'un travailleur peut prendre, le plus ancien d'abord."""
        libres = self.filter(etat=EtatCourriel.EN_ATTENTE, prochain_essai_le__lte=timezone.now())
        return libres.order_by("cree_le", "pk")


class Courriel(ModeleIdentifie):
    """Un courriel écrit en base avant d'être envoyé : un seul destinataire, envoyé une fois, repris tant qu'il ne part pas.

    `structure` est celle pour qui il est écrit : ses facilitateurs le relisent. Sans structure, personne ne le lit à l'écran.
    """

    structure = models.ForeignKey(
        settings.ORGANISATION_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    destinataire = models.EmailField("destinataire")
    copie_a = models.EmailField("copie à", blank=True)
    repondre_a = models.EmailField("répondre à", blank=True)
    sujet = models.CharField("sujet", max_length=300)
    corps = models.TextField("corps en texte")
    corps_html = models.TextField("corps en HTML", blank=True)
    corps_efface_le = models.DateTimeField("contenu effacé le", null=True, blank=True)
    cle = models.CharField(
        "clé d'unicité", max_length=200, null=True, blank=True, unique=True, help_text="Deux courriels dus une fois."
    )
    groupe = models.CharField(
        "groupe", max_length=80, blank=True, help_text="Les nouvelles d'un même groupe partent ensemble."
    )
    etat = models.CharField("état", max_length=12, choices=EtatCourriel, default=EtatCourriel.EN_ATTENTE)
    tentatives = models.PositiveSmallIntegerField("tentatives", default=0)
    confie_le = models.DateTimeField("confié à l'envoi le", default=timezone.now)
    prochain_essai_le = models.DateTimeField("prochain essai le", default=timezone.now)
    envoye_le = models.DateTimeField("envoyé le", null=True, blank=True)
    reponse = models.CharField("réponse du serveur d'envoi", max_length=500, blank=True)

    objects = CourrielQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel"
        ordering = ["-cree_le", "-id"]
        indexes = [
            models.Index(fields=["etat", "prochain_essai_le"], name="courriel_a_envoyer"),
            models.Index(fields=["structure", "-cree_le"], name="courriel_par_structure"),
            models.Index(fields=["destinataire"], name="courriel_par_destinataire"),
        ]

    def __str__(self) -> str:
        return f"courriel {self.uuid}"

    @property
    def corps_lisible(self) -> str:
        """Le texte sans les jetons de ses liens : relire un courriel ne donne pas la clé de qui l'a reçu."""
        return cacher_les_jetons(self.corps)
