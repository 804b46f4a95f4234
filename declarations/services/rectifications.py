"""La rectification d'un mois validé : ce qui comptait avant, ce qui compte après, et ce qu'on en écrit aux deux côtés."""

from decimal import Decimal

from django.utils import timezone

from comptes.acteur import Acteur
from declarations.models import Declaration, LigneRectifiee, Rectification
from declarations.services.decisions import Ecarts
from declarations.services.declarations import ecrire_a_l_entreprise
from socle.avis import Avis
from socle.services.courriels import ecrire_courriel


def ouvrir_rectification(acteur: Acteur, declaration: Declaration, motif: str) -> Rectification:
    """Garde ce que compte le mois au moment où il est rouvert."""
    rectification = Rectification(
        declaration=declaration,
        motif=motif,
        ouverte_par=acteur.utilisateur,
        total_avant=declaration.lignes.all().total(),
    )
    rectification.full_clean()
    rectification.save()
    LigneRectifiee.objects.bulk_create(
        LigneRectifiee(rectification=rectification, contrat_id=contrat, heures_avant=heures)
        for contrat, heures in declaration.lignes.order_by("pk").values_list("contrat", "heures")
    )
    return rectification


def clore_rectification(acteur: Acteur, declaration: Declaration) -> Rectification | None:
    """Le mois est validé de nouveau : garde ce qu'il compte désormais, s'il était en rectification."""
    rectification = Rectification.objects.ouvertes().filter(declaration=declaration).first()
    if rectification is None:
        return None
    apres: dict[int, Decimal] = dict(declaration.lignes.order_by().values_list("contrat", "heures"))
    connues = list(rectification.lignes.all())
    for ligne in connues:
        ligne.heures_apres = apres.pop(ligne.contrat_id, None)
    LigneRectifiee.objects.bulk_update(connues, ["heures_apres"], batch_size=200)
    LigneRectifiee.objects.bulk_create(
        LigneRectifiee(rectification=rectification, contrat_id=contrat, heures_apres=heures)
        for contrat, heures in sorted(apres.items())
    )
    rectification.total_apres = declaration.lignes.all().total()
    rectification.close_le, rectification.close_par = timezone.now(), acteur.utilisateur
    rectification.save()
    return rectification


def dire_la_rectification(
    acteur: Acteur, declaration: Declaration, rectification: Rectification, dits: Ecarts
) -> Avis | None:
    """Écrit à l'entreprise et au facilitateur du marché, avec les totaux seuls ; rien n'a bougé, rien ne part.

    Rend à qui de l'entreprise.
    """
    if not any(ligne.change for ligne in rectification.lignes.all()):
        return None
    contexte = {"rectification": rectification, "ecarts": dits}
    avis = ecrire_a_l_entreprise(acteur, declaration, "courriels/mois_rectifie", contexte)
    charge = declaration.engagement.lot.marche.facilitateur or acteur.utilisateur
    if charge is not None:
        _ecrire_au_facilitateur(acteur, declaration, rectification, charge.email, avis)
    return avis


def _ecrire_au_facilitateur(
    acteur: Acteur, declaration: Declaration, rectification: Rectification, adresse: str, avis: Avis
) -> None:
    engagement = declaration.engagement
    ecrire_courriel(
        destinataire=adresse,
        gabarit="courriels/mois_rectifie_facilitateur",
        contexte={
            "declaration": declaration,
            "entreprise": engagement.entreprise.raison_sociale,
            "marche": engagement.lot.marche.reference,
            "rectification": rectification,
            "suite": avis.phrase,
            "auteur": acteur.utilisateur.get_full_name() if acteur.utilisateur else "",
        },
    )
