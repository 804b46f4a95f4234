"""L'offre : ce qu'une entreprise engagée cherche, et à quels partenaires on l'a envoyée."""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from comptes.enums import Role
from comptes.querysets import de_son_compte
from marches.models import Engagement
from recrutement.enums import Modalite, StatutCandidature, StatutOffre, TypeContrat
from socle.modeles import ChampJour, ModeleIdentifie
from socle.plis import ChampPlie
from socle.querysets import QuerySetDomaine
from socle.texte import plier, sans_numero_national

POSTES_MAXIMUM = 500
# Ce qu'un candidat demande d'abord : champ → comment on le dit.
A_DIRE = {"adresse": "le lieu de travail", "heures": "les heures prévues", "exigences": "ce que le poste demande"}


def secret_neuf() -> str:
    return secrets.token_urlsafe(16)


class OffreQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Facilitateur : sa structure. Prescripteur : ce qui lui est diffusé. Entreprise : ses postes diffusés, ses besoins."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(structure=acteur.organisation)
        if acteur.role == Role.PRESCRIPTEUR:
            # Une sous-requête : une jointure doublerait les lignes et PostgreSQL ne verrouille pas un DISTINCT.
            recues = Diffusion.objects.filter(organisation=acteur.organisation)
            return self.diffusees().filter(pk__in=recues.order_by().values("offre"))
        if acteur.role == Role.ENTREPRISE:
            if acteur.objet_ouvert:
                return self.diffusees().filter(structure=acteur.organisation, uuid=acteur.objet_ouvert)
            organisation = "engagement__entreprise__organisation"
            siennes = self.filter(de_son_compte(acteur, organisation=organisation, structure="structure"))
            return siennes.exclude(statut=StatutOffre.BROUILLON, demandee_par_entreprise=False)
        return self.none()

    def diffusees(self):
        """Sorties de la préparation : ni besoin, ni brouillon."""
        return self.exclude(statut__in=[StatutOffre.BESOIN, StatutOffre.BROUILLON])

    def ouvertes(self):
        return self.filter(statut=StatutOffre.DIFFUSEE)

    def avec_contexte(self):
        return self.select_related("engagement__entreprise", "engagement__lot__marche", "metier", "commune")

    def avec_reponses_attendues(self):
        """Ajoute `a_examiner`, ce qui attend l'entreprise, et `a_embaucher`, les personnes retenues sans contrat."""
        retenues = Q(candidatures__statut=StatutCandidature.RETENUE, candidatures__contrat__isnull=True)
        return self.annotate(
            a_examiner=Count("candidatures", filter=Q(candidatures__statut__in=StatutCandidature.a_examiner())),
            a_embaucher=Count("candidatures", filter=retenues),
        )

    def avec_comptes(self):
        """Ajoute `proposees` (toutes les candidatures), `en_cours` et `retenues`."""
        en_cours = Q(candidatures__statut__in=StatutCandidature.en_cours())
        retenues = Q(candidatures__statut=StatutCandidature.RETENUE)
        return self.annotate(
            proposees=Count("candidatures"),
            en_cours=Count("candidatures", filter=en_cours),
            retenues=Count("candidatures", filter=retenues),
        )


class Offre(ModeleIdentifie):
    """Des postes à pourvoir sur un engagement : métier, dates, lieu, exigences. Ouverte, elle se propose aux partenaires."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="offres")
    intitule = models.CharField("intitulé du poste", max_length=150)
    texte_plie = ChampPlie(max_length=400, db_index=True)
    metier = models.ForeignKey("metiers.Metier", on_delete=models.PROTECT, related_name="offres", verbose_name="métier")
    postes = models.PositiveSmallIntegerField(
        "nombre de postes", default=1, validators=[MinValueValidator(1), MaxValueValidator(POSTES_MAXIMUM)]
    )
    heures = models.DecimalField(
        "heures prévues par poste",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    debut = ChampJour("début")
    fin = ChampJour("fin", null=True, blank=True)
    adresse = models.CharField("lieu de travail", max_length=200, blank=True)
    commune = models.ForeignKey(
        "territoires.Commune", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="commune"
    )
    latitude = models.FloatField(null=True, blank=True, editable=False)
    longitude = models.FloatField(null=True, blank=True, editable=False)
    modalite = models.CharField("modalité", max_length=20, choices=Modalite, default=Modalite.EMBAUCHE_DIRECTE)
    type_contrat = models.CharField("type de contrat", max_length=22, choices=TypeContrat, default=TypeContrat.CDD)
    exigences = models.TextField("ce que le poste demande", blank=True, validators=[sans_numero_national])
    reserve_qpv = models.BooleanField("réservée aux habitants de QPV", default=False)
    date_limite = ChampJour("proposer avant le", null=True, blank=True)
    statut = models.CharField("statut", max_length=12, choices=StatutOffre, default=StatutOffre.BROUILLON)
    secret = models.CharField(max_length=40, unique=True, default=secret_neuf, editable=False)
    publique = models.BooleanField("page à partager", default=False)
    demandee_par_entreprise = models.BooleanField("demandée par l'entreprise", default=False, editable=False)
    reponse_besoin = models.CharField(
        "pourquoi le besoin est écarté", max_length=300, blank=True, validators=[sans_numero_national]
    )

    objects = OffreQuerySet.as_manager()
    historique = HistoricalRecords()

    class Meta:
        verbose_name = "offre"
        ordering = ["debut", "pk"]
        indexes = [models.Index(fields=["structure", "statut"], name="offre_par_structure")]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(fin__gte=F("debut")),
                name="offre_fin_apres_debut",
                violation_error_message="La fin précède le début.",
                violation_error_code="champ:fin",
            ),
            models.CheckConstraint(
                condition=Q(postes__gte=1),
                name="offre_un_poste_au_moins",
                violation_error_message="Une offre a au moins un poste.",
                violation_error_code="champ:postes",
            ),
            models.CheckConstraint(
                condition=~Q(statut="besoin") | Q(demandee_par_entreprise=True),
                name="offre_besoin_d_entreprise",
                violation_error_message="Un besoin est exprimé par l'entreprise.",
            ),
        ]

    def __str__(self) -> str:
        return f"offre {self.intitule}"

    def save(self, *args, **kwargs):
        self.texte_plie = plier(f"{self.intitule} {self.metier.code or ''} {self.metier.libelle}")[:400]
        super().save(*args, **kwargs)

    def clean(self):
        if self.engagement_id and self.engagement.lot.marche.structure_id != self.structure_id:
            raise ValidationError({"engagement": "Ce marché n'est pas suivi par votre structure."})

    def get_absolute_url(self) -> str:
        return reverse("recrutement:offre", args=[self.uuid])

    @property
    def est_un_besoin(self) -> bool:
        """Exprimée par l'entreprise, pas encore prise en main par le facilitateur."""
        return self.statut == StatutOffre.BESOIN

    @property
    def manques(self) -> list[str]:
        """Les champs d'`A_DIRE` qui ne disent encore rien : une commune vaut un lieu."""
        lieu = self.adresse or self.commune_id
        dits = {"adresse": lieu, "heures": self.heures is not None, "exigences": self.exigences}
        return [champ for champ in A_DIRE if not dits[champ]]

    @property
    def est_ouverte(self) -> bool:
        return self.statut == StatutOffre.DIFFUSEE


class DiffusionQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(offre__structure=acteur.organisation)


class Diffusion(ModeleIdentifie):
    """Une offre est proposée à un partenaire. Le relancer se date, une fois par jour au plus."""

    offre = models.ForeignKey(Offre, on_delete=models.CASCADE, related_name="diffusions")
    organisation = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    relancee_le = ChampJour("relancée le", null=True, blank=True)

    objects = DiffusionQuerySet.as_manager()

    class Meta:
        verbose_name = "diffusion"
        ordering = ["organisation__nom_plie", "pk"]
        constraints = [models.UniqueConstraint(fields=["offre", "organisation"], name="diffusion_unique")]

    def __str__(self) -> str:
        return f"diffusion {self.uuid}"

    def get_absolute_url(self) -> str:
        return self.offre.get_absolute_url()
