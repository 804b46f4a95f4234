from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.db.models import Count, Exists, Q
from django.utils import timezone

from comptes.enums import TYPES_LIES, Role
from socle.enums import EtatCourriel
from socle.querysets import QuerySetArchivable, QuerySetDomaine

SECONDS_FACTEURS = ("totp", "webauthn")  # les codes de récupération ne font que suivre l'un des deux


class UtilisateurManager(BaseUserManager):
    """Les comptes se créent par invitation ; l'adresse est gardée en minuscules."""

    model: Any  # `Utilisateur`, écrit au-dessus

    def create_user(self, email: str, password: str | None = None, **champs):
        utilisateur = self.model(email=self.normalize_email(email).lower(), **champs)
        utilisateur.set_password(password)
        utilisateur.save(using=self._db)
        return utilisateur

    def create_superuser(self, email: str, password: str | None = None, **champs):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **champs)

    def get_by_natural_key(self, email: str | None):
        return self.get(email=(email or "").lower())


class CompteQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Les comptes, leurs sessions et leur second facteur se tiennent par l'administrateur du service, et lui seul."""
        return self if acteur is not None and acteur.est_administrateur else self.none()

    def avec_sa_tenue(self):
        """Ce que la liste montre de chacun : un second facteur, et combien d'organisations l'ouvrent encore."""
        facteurs = self.par_ligne().filter(authenticator__type__in=SECONDS_FACTEURS)
        en_vigueur = Q(adhesions__active=True, adhesions__organisation__archive_le__isnull=True)
        return self.annotate(
            second_facteur=Exists(facteurs), organisations=Count("adhesions", filter=en_vigueur, distinct=True)
        )


class OrganisationQuerySet(QuerySetArchivable):
    def visibles_par(self, acteur):
        """Une structure se voit et voit ses partenaires ; les autres, leur organisation ; l'administrateur, toutes."""
        if acteur is not None and acteur.est_administrateur:
            return self
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(_soi_ou_partenaire(acteur, "pk"))
        return self.filter(pk=acteur.organisation.pk)

    def partenaires_de(self, structure):
        return self.filter(pk__in=structure.partenaires.values("organisation"))


class AdhesionQuerySet(QuerySetDomaine):
    def en_vigueur(self):
        return self.filter(active=True, organisation__archive_le__isnull=True)

    def connues_de(self, structures):
        """Les comptes que ces structures ont invités, ou qui ne viennent d'aucune."""
        return self.filter(self._invitees_par(structures) | self._d_aucune_structure())

    def qui_lisent(self, structure):
        """Les comptes à qui s'ouvrent les dossiers de cette structure : confirmés, ou qu'elle a invités."""
        return self.filter(Q(a_confirmer=False) | self._invitees_par([structure.pk]))

    def visibles_par(self, acteur):
        """Les membres de son organisation ; un responsable, aussi ceux des partenaires ; l'administrateur, tous.

        Les comptes d'une entreprise ou d'un acheteur ne se montrent qu'aux structures qui les ont invités.
        """
        if (
            acteur is None
            or acteur.organisation is None
            or not (acteur.est_responsable or acteur.structures is not None)
        ):
            return _de_l_organisation(self, acteur)
        if acteur.est_responsable:
            proches = _soi_ou_partenaire(acteur, "organisation") & (_sans_fiche() | self._d_aucune_structure())
            return self.filter(proches | self._invitees_par([acteur.organisation.pk]))
        soi = Q(utilisateur=acteur.utilisateur)
        return self.filter(soi | self._invitees_par(acteur.structures), organisation=acteur.organisation)

    def _invitees_par(self, structures) -> Q:
        liens = self.model.structures.through.objects
        return Q(pk__in=liens.filter(organisation__in=structures).values("adhesion"))

    def _d_aucune_structure(self) -> Q:
        return ~Q(pk__in=self.model.structures.through.objects.values("adhesion"))


class InvitationQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Celles de son organisation ; un responsable, aussi celles des partenaires ; l'administrateur, toutes.

        Dans une entreprise ou chez un acheteur, une structure ne voit que les siennes ; un compte à confirmer, de même.
        """
        if acteur is not None and acteur.organisation is not None:
            if acteur.est_responsable:
                proches = _soi_ou_partenaire(acteur, "organisation") & _sans_fiche()
                return self.filter(proches | Q(emettrice=acteur.organisation))
            if acteur.structures is not None:
                return self.filter(organisation=acteur.organisation, invite_par=acteur.utilisateur)
        return _de_l_organisation(self, acteur)

    def en_attente(self):
        """Ni acceptées ni révoquées ; une invitation périmée en fait partie, elle se renvoie."""
        return self.filter(acceptee_le__isnull=True, revoquee_le__isnull=True)

    def non_arrivees(self):
        """En attente, et leur dernier courriel est revenu, ou n'est jamais parti."""
        return self.en_attente().filter(courriel__etat__in=[EtatCourriel.REFUSE, EtatCourriel.ABANDONNE])

    def ouvertes(self):
        return self.en_attente().filter(expire_le__gt=timezone.now(), organisation__archive_le__isnull=True)


def _soi_ou_partenaire(acteur, champ: str) -> Q:
    # Une sous-requête plutôt qu'une jointure dédoublonnée : PostgreSQL refuse de verrouiller un DISTINCT.
    partenaires = acteur.organisation.partenaires.values("organisation")
    return Q(**{champ: acteur.organisation.pk}) | Q(**{f"{champ}__in": partenaires})


def _sans_fiche() -> Q:
    return ~Q(organisation__type__in=TYPES_LIES)


def _de_l_organisation(lignes, acteur):
    """Ce que tout membre voit de la sienne, membres et invitations ; l'administrateur, tout."""
    if acteur is not None and acteur.est_administrateur:
        return lignes
    if acteur is None or acteur.organisation is None:
        return lignes.none()
    return lignes.filter(organisation=acteur.organisation)


class AbonnementAgendaQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Chacun ne voit que les siens, dans l'organisation pour laquelle il agit."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        return self.filter(adhesion__utilisateur=acteur.utilisateur, adhesion__organisation=acteur.organisation)

    def en_vigueur(self):
        return self.filter(revoque_le__isnull=True)


class ReglagesQuerySet(QuerySetDomaine):
    """Ce qu'une structure règle : ses facilitateurs, et eux seuls, le lisent."""

    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)


class LogoQuerySet(ReglagesQuerySet):
    def en_place(self):
        """Celui qu'une structure montre ; les autres ne servent plus qu'aux documents qui les portent."""
        return self.filter(retire_le__isnull=True)


class ParametreQuerySet(QuerySetArchivable):
    """Ce qu'une structure règle pour calculer : ni personne, ni marché. Un réseau le compare entre ses structures."""

    def visibles_par(self, acteur):
        """Facilitateur : ceux de sa structure. Réseau, pour lire : ceux des structures qui travaillent avec lui."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(structure=acteur.organisation)
        if acteur.role == Role.RESEAU:
            return self.filter(structure__in=acteur.organisation.partenariats.values("structure"))
        return self.none()


class PropreAStructureQuerySet(QuerySetArchivable):
    """Ce qui appartient à une structure et n'est vu que de ses facilitateurs."""

    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)


def de_son_compte(acteur, *, organisation: str, structure: str) -> Q:
    """Ce qui est à l'organisation d'une entreprise ou d'un acheteur : de toutes les structures une fois le compte confirmé.

    Avant, de celles seulement qui l'ont invité : qui connaît un SIRET ne lit pas par lui les dossiers des autres.
    """
    siens = Q(**{organisation: acteur.organisation})
    return siens if acteur.structures is None else siens & Q(**{f"{structure}__in": acteur.structures})


class ReferentielQuerySet(QuerySetDomaine):
    """Un référentiel commun à toutes les structures : chacune suit ce dont elle tient une fiche (`FicheDeStructure`).

    L'administrateur y voit ce qu'un compte tient, pour montrer et rompre ce lien.
    """

    role: str  # de qui y est inscrit, et s'y voit

    def visibles_par(self, acteur):
        if acteur is not None and acteur.est_administrateur:
            return self.filter(organisation__isnull=False)
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.suivis_par(acteur.organisation)
        if acteur.role == self.role:
            return self.filter(organisation=acteur.organisation)
        return self.none()

    def suivis_par(self, structure, *, archives: bool | None = None):
        """Ce qu'une structure suit ; `archives` choisit ce qu'elle a archivé ou non."""
        fiche = Q(fiches__structure=structure)
        if archives is not None:
            fiche &= Q(fiches__archive_le__isnull=not archives)
        return self.filter(Exists(self.par_ligne().filter(fiche)))


class ContactQuerySet(QuerySetDomaine):
    """Ceux que l'on appelle : à chaque structure les siens."""

    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(fiche__structure=acteur.organisation)

    def actifs(self):
        return self.filter(archive_le__isnull=True)
