from django.db.models import Exists, OuterRef, Q

from comptes.enums import Role
from socle.models import Fusion
from socle.querysets import QuerySetArchivable, QuerySetDomaine


class BeneficiaireQuerySet(QuerySetArchivable):
    def visibles_par(self, acteur):
        """Un dossier appartient à une structure. Un prescripteur voit ceux des personnes qu'il a lui-même orientées."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(structure=acteur.organisation)
        if acteur.role == Role.PRESCRIPTEUR:
            structures = acteur.organisation.partenariats.order_by().values("structure")
            return self.filter(prescripteur=acteur.organisation, structure__in=structures).hors_fusion()
        return self.none()

    def reunies_a_un_autre(self, acteur):
        """Ceux que ce prescripteur a confiés et qu'une structure a réunis à un autre dossier : il ne les voit plus."""
        if acteur.role != Role.PRESCRIPTEUR or acteur.organisation is None:
            return self.none()
        structures = acteur.organisation.partenariats.order_by().values("structure")
        rangees = Fusion.objects.en_vigueur().filter(objet_type="beneficiaires.beneficiaire").order_by()
        siens = self.filter(prescripteur=acteur.organisation, structure__in=structures, anonymise_le__isnull=True)
        return siens.filter(uuid__in=rangees.values("absorbee"))

    def hors_fusion(self):
        """Sans les dossiers réunis à un autre : une personne, une ligne."""
        rangees = Fusion.objects.en_vigueur().filter(objet_type="beneficiaires.beneficiaire")
        return self.filter(~Exists(rangees.filter(absorbee=OuterRef("uuid"))))

    def reconnaissables(self):
        """Ni anonymisés, ni rangés par une fusion : ceux où l'on peut reconnaître quelqu'un."""
        return self.hors_fusion().filter(anonymise_le__isnull=True)


class RessemblanceQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(dossier__structure=acteur.organisation)

    def ou_est(self, personne):
        """Les paires où elle est, d'un côté ou de l'autre."""
        return self.filter(Q(dossier=personne) | Q(autre=personne)).select_related("dossier", "autre")

    def a_trancher(self):
        """Ni écartées, ni réglées par une fusion ou une anonymisation."""
        rangees = Fusion.objects.en_vigueur().filter(objet_type="beneficiaires.beneficiaire").order_by()
        return self.filter(
            ~Q(dossier__uuid__in=rangees.values("absorbee")),
            ~Q(autre__uuid__in=rangees.values("absorbee")),
            ecartee_le__isnull=True,
            dossier__anonymise_le__isnull=True,
            autre__anonymise_le__isnull=True,
        )


def vrai_le(jour, chemin: str = "") -> Q:
    """Un fait daté vaut ce jour-là, bornes comprises ; `chemin` mène au fait (« domicile__ »)."""
    commence = Q(**{f"{chemin}depuis__isnull": True}) | Q(**{f"{chemin}depuis__lte": jour})
    return commence & (Q(**{f"{chemin}jusqu_a__isnull": True}) | Q(**{f"{chemin}jusqu_a__gte": jour}))


class FaitDateQuerySet(QuerySetDomaine):
    """Les faits datés d'un dossier (critère, niveau, inscription, domicile)."""

    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(beneficiaire__structure=acteur.organisation)

    def valides_le(self, jour):
        return self.filter(vrai_le(jour))


class NoteParcoursQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Les facilitateurs lisent tout d'un dossier ; un prescripteur, ce qui est partagé avec lui ou vient de lui."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(beneficiaire__structure=acteur.organisation)
        if acteur.role == Role.PRESCRIPTEUR:
            siennes = Q(organisation=acteur.organisation) | Q(partagee=True)
            return self.filter(siennes, beneficiaire__prescripteur=acteur.organisation)
        return self.none()


class PropreAStructureQuerySet(QuerySetDomaine):
    """Les réglages d'une structure."""

    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)
