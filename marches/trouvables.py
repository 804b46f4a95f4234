"""Ce qui se trouve d'un achat : projets, marchés, engagements, opérations, et ceux qui achètent."""

from django.urls import reverse

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, Role
from marches.models import ContactMaitreOuvrage, Engagement, MaitreOuvrage, Marche, Operation, ProjetAchat
from socle.trouver import Trouvables, Trouvaille, trouvable

ACHETEURS = FACILITATEURS | {Role.MAITRE_OUVRAGE}
ENTREPRISES = FACILITATEURS | {Role.ENTREPRISE}


@trouvable("marches", "Marchés", "clipboard-list", ordre=20, roles=ACHETEURS, fiches=["marches:fiche"])
def marches(acteur: Acteur) -> Trouvables:
    objets = Marche.objects.visibles_par(acteur).select_related("maitre_ouvrage")
    return Trouvables(objets, _marche, plies=("texte_plie", "maitre_ouvrage__nom_plie"))


def _marche(marche: Marche) -> Trouvaille:
    detail = f"{marche.maitre_ouvrage.nom} · {marche.get_statut_display()}"
    return Trouvaille(f"{marche.reference} · {marche.objet}", marche.get_absolute_url(), _archive(marche, detail))


@trouvable("projets", "Projets d'achat", "lightbulb", ordre=30, roles=ACHETEURS, fiches=["marches:projet"])
def projets(acteur: Acteur) -> Trouvables:
    objets = ProjetAchat.objects.visibles_par(acteur).select_related("maitre_ouvrage")
    return Trouvables(objets, _projet, plies=("texte_plie", "maitre_ouvrage__nom_plie"))


def _projet(projet: ProjetAchat) -> Trouvaille:
    detail = f"{projet.maitre_ouvrage.nom} · {projet.get_statut_display()}"
    return Trouvaille(projet.objet, projet.get_absolute_url(), _archive(projet, detail))


@trouvable(
    "engagements",
    "Engagements",
    "handshake",
    ordre=60,
    roles=ENTREPRISES,
    fiches=["marches:engagement", "marches:mon_engagement"],
)
def engagements(acteur: Acteur) -> Trouvables:
    """Une entreprise sur un lot : on le cherche par elle, par le lot ou par le marché."""
    objets = Engagement.objects.visibles_par(acteur).select_related("entreprise", "lot__marche")
    page = "marches:engagement" if acteur.est_facilitateur else "marches:mon_engagement"

    def montrer(engagement: Engagement) -> Trouvaille:
        lot = engagement.lot
        detail = f"{lot.marche.reference} · lot {lot.numero} {lot.intitule}"
        return Trouvaille(
            engagement.entreprise.raison_sociale,
            reverse(page, args=[engagement.uuid]),
            _archive(engagement, detail),
        )

    return Trouvables(objets, montrer, plies=("entreprise__raison_sociale_pliee", "lot__marche__texte_plie"))


@trouvable(
    "maitres_ouvrage",
    "Maîtres d'ouvrage",
    "landmark",
    ordre=70,
    roles=FACILITATEURS,
    fiches=["marches:maitre_ouvrage"],
)
def maitres_ouvrage(acteur: Acteur) -> Trouvables:
    return Trouvables(
        MaitreOuvrage.objects.visibles_par(acteur),
        lambda acheteur: Trouvaille(acheteur.nom, acheteur.get_absolute_url(), acheteur.get_type_display()),
        plies=("nom_plie",),
        codes=("siret",),
    )


@trouvable("contacts_acheteurs", "Contacts chez les acheteurs", "phone", ordre=75, roles=FACILITATEURS)
def contacts(acteur: Acteur) -> Trouvables:
    return Trouvables(
        ContactMaitreOuvrage.objects.visibles_par(acteur).actifs().select_related("fiche__maitre_ouvrage"),
        _contact,
        plies=("nom_plie", "fiche__maitre_ouvrage__nom_plie"),
        codes=("courriel",),
        telephones=("telephone",),
        initiales="nom_plie",
    )


def _contact(contact: ContactMaitreOuvrage) -> Trouvaille:
    detail = [contact.fiche.maitre_ouvrage.nom, contact.fonction, contact.telephone]
    return Trouvaille(contact.nom, contact.get_absolute_url(), " · ".join(filter(None, detail)))


@trouvable("operations", "Opérations", "layers", ordre=80, roles=FACILITATEURS, fiches=["marches:operation"])
def operations(acteur: Acteur) -> Trouvables:
    return Trouvables(
        Operation.objects.visibles_par(acteur),
        lambda operation: Trouvaille(operation.nom, operation.get_absolute_url(), _archive(operation, "")),
        plies=("nom_plie",),
    )


def _archive(objet: Marche | ProjetAchat | Engagement | Operation, detail: str) -> str:
    return " · ".join(filter(None, [detail, "archivé" if objet.est_archive else ""]))
