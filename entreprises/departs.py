"""Le membre d'un compte peut être aussi le contact d'une fiche : retiré du compte, il reçoit encore ce qui part à ce contact."""

from comptes.acteur import Acteur
from comptes.departs import Reste, reste_d_un_depart
from comptes.models import Adhesion
from entreprises.models import ContactEntreprise, Entreprise


@reste_d_un_depart
def encore_contact(acteur: Acteur, adhesion: Adhesion) -> list[Reste]:
    """Les fiches de la structure ; aucune pour un autre, à qui ses contacts ne se montrent pas."""
    if not acteur.est_facilitateur:
        return []
    adresse = adhesion.utilisateur.email
    contacts = ContactEntreprise.objects.visibles_par(acteur).actifs().filter(courriel__iexact=adresse)
    fiches = Entreprise.objects.filter(pk__in=contacts.values("fiche__entreprise"))
    return [Reste(fiche.raison_sociale, fiche.get_absolute_url()) for fiche in fiches]
