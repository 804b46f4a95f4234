"""La liste d'un prescripteur : la lire en brouillons, les corriger, puis ouvrir un dossier par personne, une seule fois."""

import datetime
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from beneficiaires.doublons import doublons_de_plusieurs, signature
from beneficiaires.enums import SituationAdresse
from beneficiaires.models import Beneficiaire
from beneficiaires.services import orienter_personne
from comptes.acteur import Acteur
from comptes.enums import Role
from comptes.models import Organisation
from reprise.controles import Suivre
from reprise.enums import TRANSITIONS_BROUILLON, EtatBrouillon
from reprise.exports import ecrire_rapport
from reprise.forms import BrouillonForm
from reprise.lecture.liste import lire_liste
from reprise.models import ListeConfiee, PersonneBrouillon
from reprise.permissions import peut_deposer_une_liste
from reprise.rapport import Probleme
from socle.enums import EtatDocument
from socle.feuilles import ClasseurRefuse
from socle.lecture import Illisible, lire_naissance
from socle.models import Document
from socle.regles import RegleViolee
from socle.services import documents
from socle.services.enregistrement import verrouiller
from socle.services.journal import declarer_actions, noter
from socle.services.lots import pour_chacun, travail

declarer_actions(
    liste_deposee="Liste de personnes déposée",
    liste_confiee="Personnes d'une liste confiées",
)
GENRE_VERSEMENT = "liste_confiee"
JOURS_GARDES = 30
SIENS = ("referent", "referent_courriel")


def deposer_liste(
    *, acteur: Acteur, structure: Organisation, prescripteur: Organisation, fichier: UploadedFile
) -> ListeConfiee:
    """Lit le fichier et garde une ligne de brouillon par personne, avec ses erreurs ; le fichier n'est pas conservé."""
    peut_deposer_une_liste(acteur, structure, prescripteur).exiger()
    nom = Path(fichier.name or "liste").name
    with tempfile.TemporaryDirectory() as dossier:
        chemin = Path(dossier) / f"liste{Path(nom).suffix}"
        chemin.write_bytes(fichier.read())
        try:
            lue = lire_liste(chemin)
        except ClasseurRefuse as refus:
            raise RegleViolee(refus.motif, champ="fichier") from refus
    if not lue.personnes:
        raise RegleViolee("Cette liste ne contient aucune personne sous ses en-têtes.", champ="fichier")
    return _garder(acteur, structure, prescripteur, nom[-150:], lue.personnes, lue.ignorees)


@transaction.atomic
def _garder(acteur, structure, prescripteur, nom: str, personnes, ignorees: list[str]) -> ListeConfiee:
    liste = ListeConfiee.objects.create(
        structure=structure,
        prescripteur=prescripteur,
        organisation=acteur.organisation,
        deposee_par=acteur.utilisateur,
        nom_fichier=nom,
        colonnes_ignorees=ignorees,
        expire_le=timezone.now() + datetime.timedelta(days=JOURS_GARDES),
    )
    brouillons = [PersonneBrouillon(liste=liste, ligne=ligne, donnees=donnees) for ligne, donnees in personnes]
    _evaluer(acteur, liste, brouillons)
    _signaler_les_repetitions(brouillons)
    PersonneBrouillon.objects.bulk_create(brouillons, batch_size=200)
    noter(acteur=acteur, action="liste_deposee", objet=liste, structure=structure, personnes=len(brouillons))
    return liste


def formulaire(acteur: Acteur, liste: ListeConfiee, donnees: dict) -> BrouillonForm:
    """Le formulaire rempli de ce que dit la ligne."""
    tapees = MultiValueDict({c: v if isinstance(v, list) else [v] for c, v in donnees.items()})
    return BrouillonForm(tapees, acteur=acteur, structure=liste.structure)


def _evaluer(acteur: Acteur, liste: ListeConfiee, brouillons: Sequence[PersonneBrouillon]) -> None:
    """Pose les erreurs et l'état de chaque ligne : à corriger, déjà connue peut-être, ou prête."""
    lus = [formulaire(acteur, liste, brouillon.donnees) for brouillon in brouillons]
    for brouillon, form in zip(brouillons, lus, strict=True):
        brouillon.erreurs = {champ: " ".join(map(str, messages)) for champ, messages in form.errors.items()}
    for brouillon, connues in zip(brouillons, personnes_connues(acteur, brouillons), strict=True):
        passage = "rendre" if brouillon.erreurs else "signaler" if connues else "accepter"
        brouillon.etat = TRANSITIONS_BROUILLON.appliquer(passage, brouillon.etat)


def personnes_connues(acteur: Acteur, brouillons: Sequence[PersonneBrouillon]) -> list[list[Beneficiaire]]:
    """Pour chaque ligne, les dossiers de sa portée qui lui ressemblent."""
    return doublons_de_plusieurs(acteur, [_identite(brouillon) for brouillon in brouillons])


def _identite(brouillon: PersonneBrouillon) -> tuple[str, str, datetime.date | None]:
    donnees = brouillon.donnees
    try:
        naissance = lire_naissance(donnees.get("date_naissance", ""))
    except Illisible:
        naissance = None
    return donnees.get("nom", ""), donnees.get("prenom", ""), naissance


def _signaler_les_repetitions(brouillons: Sequence[PersonneBrouillon]) -> None:
    """La même personne deux fois dans le fichier : la seconde ligne le dit."""
    vues: dict[tuple, int] = {}
    for brouillon in brouillons:
        nom, prenom, naissance = _identite(brouillon)
        premiere = vues.setdefault((signature(nom, prenom), naissance), brouillon.ligne)
        if premiere != brouillon.ligne and not brouillon.erreurs:
            brouillon.erreurs = {"nom": f"Cette personne est déjà à la ligne {premiere}."}
            brouillon.etat = TRANSITIONS_BROUILLON.appliquer("rendre", brouillon.etat)


def _tenir(acteur: Acteur, brouillon: PersonneBrouillon) -> PersonneBrouillon:
    """La ligne verrouillée, si l'acteur peut encore déposer la liste dont elle est."""
    brouillon = verrouiller(PersonneBrouillon.objects.select_related("liste"), acteur, brouillon)
    peut_deposer_une_liste(acteur, brouillon.liste.structure, brouillon.liste.prescripteur).exiger()
    return brouillon


@transaction.atomic
def corriger_brouillon(*, acteur: Acteur, brouillon: PersonneBrouillon, donnees: dict) -> PersonneBrouillon:
    """Remplace ce que dit la ligne et la réévalue ; une personne déjà confiée ne se corrige plus ici."""
    brouillon = _tenir(acteur, brouillon)
    if brouillon.etat == EtatBrouillon.VERSEE:
        raise RegleViolee("Cette personne est déjà confiée : corrigez son dossier.")
    avant = (brouillon.donnees, brouillon.erreurs, brouillon.etat)
    brouillon.donnees = donnees
    _evaluer(acteur, brouillon.liste, [brouillon])
    if (brouillon.donnees, brouillon.erreurs, brouillon.etat) != avant:
        brouillon.save()
    return brouillon


@transaction.atomic
def avancer_brouillon(*, acteur: Acteur, brouillon: PersonneBrouillon, transition: str) -> PersonneBrouillon:
    """Écarter une ligne, dire que c'est une autre personne, ou la reprendre."""
    brouillon = _tenir(acteur, brouillon)
    if transition == "reprendre":
        if brouillon.etat == EtatBrouillon.ECARTEE:
            _evaluer(acteur, brouillon.liste, [brouillon])
    else:
        brouillon.etat = TRANSITIONS_BROUILLON.appliquer(transition, brouillon.etat)
    brouillon.save()
    return brouillon


@transaction.atomic
def demander_versement(*, acteur: Acteur, liste: ListeConfiee) -> ListeConfiee:
    """Confie à la file l'ouverture des dossiers prêts. Déjà en route : sans effet ; en échec : relancée."""
    liste = verrouiller(ListeConfiee.objects.select_related("versement"), acteur, liste)
    peut_deposer_une_liste(acteur, liste.structure, liste.prescripteur).exiger()
    if est_en_route(liste):
        return liste
    if not liste.brouillons.filter(etat=EtatBrouillon.PRETE).exists():
        raise RegleViolee("Aucune personne n'est prête : corrigez ou écartez les lignes signalées.")
    liste.versement = documents.demander_document(
        acteur=acteur,
        genre=GENRE_VERSEMENT,
        titre=f"Liste confiée le {timezone.localtime():%d/%m/%Y %H:%M}",
        nom_fichier="lignes-restantes.xlsx",
        parametres={},
        expire_le=liste.expire_le,
    )
    liste.save()
    noter(acteur=acteur, action="liste_confiee", objet=liste, structure=liste.structure)
    return liste


def est_en_route(liste: ListeConfiee) -> bool:
    return bool(liste.versement and liste.versement.etat in (EtatDocument.EN_ATTENTE, EtatDocument.EN_COURS))


def verser(*, document: Document, suivre: Suivre) -> bytes:
    """Ouvre un dossier par ligne prête, chacun dans sa transaction : tué en route et repris, il n'en ouvre aucun deux fois."""
    liste = ListeConfiee.objects.select_related("structure", "prescripteur", "deposee_par").get(versement=document)
    acteur = Acteur(liste.deposee_par, liste.prescripteur, Role.PRESCRIPTEUR)
    prets = list(liste.brouillons.filter(etat=EtatBrouillon.PRETE).order_by("ligne").values_list("pk", flat=True))
    for rang, pk in enumerate(prets):
        if rang % 20 == 0:
            suivre(int(100 * rang / len(prets)), f"Personne {rang + 1} sur {len(prets)}")
        _verser_une(acteur, liste, pk)
    return _lignes_restantes(liste)


@transaction.atomic
def _verser_une(acteur: Acteur, liste: ListeConfiee, brouillon_id: int) -> None:
    brouillon = PersonneBrouillon.objects.select_for_update().get(pk=brouillon_id)
    if brouillon.etat != EtatBrouillon.PRETE:
        return
    form = formulaire(acteur, liste, brouillon.donnees)
    try:
        if not form.is_valid():
            raise ValidationError(form.errors.as_data())
        valeurs = form.valeurs()
        with transaction.atomic():
            brouillon.personne = orienter_personne(
                acteur=acteur,
                structure=liste.structure,
                domicile=_domicile(valeurs.pop("adresse")),
                **_referent(liste, valeurs),
            )
        brouillon.etat = TRANSITIONS_BROUILLON.appliquer("verser", brouillon.etat)
        brouillon.donnees, brouillon.erreurs = {}, {}  # le dossier le dit désormais, et lui seul
    except ValidationError as refus:
        brouillon.erreurs = {"nom": " ".join(refus.messages)}
        brouillon.etat = TRANSITIONS_BROUILLON.appliquer("rendre", brouillon.etat)
    brouillon.save()


def _domicile(adresse: str) -> dict | None:
    """L'adresse se situe ensuite, par la file : on n'attend pas un service extérieur mille fois."""
    if not adresse.strip():
        return None
    return {"adresse": adresse, "situation": SituationAdresse.A_SITUER, "prochain_essai_le": timezone.now()}


def _referent(liste: ListeConfiee, valeurs: dict) -> dict:
    """Sans référent dit, c'est le membre du prescripteur qui a déposé la liste ; jamais un facilitateur."""
    if liste.organisation_id == liste.prescripteur_id:
        return {champ: valeur for champ, valeur in valeurs.items() if valeur or champ not in SIENS}
    return valeurs


def _lignes_restantes(liste: ListeConfiee) -> bytes:
    """Ce qui n'a pas été confié, ligne par ligne, avec la raison ; sans recopier les personnes."""
    restants = liste.brouillons.exclude(etat=EtatBrouillon.VERSEE).order_by("ligne")
    problemes = [
        Probleme("Liste", b.ligne, libelle_du_champ(champ), "", raison)
        for b in restants
        for champ, raison in _raisons(b).items()
    ]
    tampon = io.BytesIO()
    ecrire_rapport(tampon, problemes, [])
    return tampon.getvalue()


def libelle_du_champ(champ: str) -> str:
    """Le champ d'une erreur, comme le formulaire l'appelle."""
    return str(BrouillonForm.base_fields[champ].label) if champ in BrouillonForm.base_fields else ""


def premiere_raison(brouillon: PersonneBrouillon) -> str:
    """La première faute de la ligne, et de quelle colonne elle est."""
    champ, raison = next(iter(brouillon.erreurs.items()), ("", ""))
    libelle = libelle_du_champ(champ)
    return raison if libelle.casefold() in raison.casefold() else f"{libelle} : {raison}"


def _raisons(brouillon: PersonneBrouillon) -> dict[str, str]:
    return brouillon.erreurs or {"": EtatBrouillon(brouillon.etat).label}


@travail("Listes périmées")
def purger_listes() -> int:
    """Efface les listes qui ont fait leur temps, brouillons compris ; les dossiers ouverts restent. Rend leur nombre."""
    perimees = ListeConfiee.objects.filter(expire_le__lt=timezone.now()).order_by("pk")
    return sum(pour_chacun(perimees, _effacer))


def _effacer(liste: ListeConfiee) -> int:
    liste.delete()
    return 1
