"""Un formulaire n'efface jamais ce qu'il ne propose plus : pour chaque formulaire de modification, champ par champ.

Les formulaires viennent de la matrice d'accès, donc du résolveur. La valeur en place quitte les listes (archivée, partie,
fin de partenariat) ; la page la montre encore, choisie, avec sa raison ; un autre champ changé et envoyé, elle est gardée.
"""

import datetime
from operator import attrgetter
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.db import models
from django.urls import reverse
from django.utils import timezone

from beneficiaires.forms import CritereForm
from beneficiaires.models import ReglageCritere
from comptes.models import Adhesion, Organisation, Partenariat, Utilisateur
from entreprises.models import Entreprise, FicheEntreprise
from marches.enums import Derogation, Forme, Nature
from marches.models import FicheMaitreOuvrage, MaitreOuvrage
from marches.services import modifier_marche
from socle.modeles import ModeleArchivable
from socle.regles import RegleViolee
from socle.views import GesteView
from territoires.models import Commune, QuartierPrioritaire
from tests.fabriques.marches import CorpsMetierFactory, MarcheFactory, OperationFactory
from tests.fabriques.territoires import QuartierFactory
from tests.matrice_acces import MATRICE, Ligne
from tests.test_requetes import role_qui_mesure, vue_de

# Ces champs ne portent pas de valeur en place : ils choisissent, à chaque fois, à qui s'applique un geste.
GESTES = {
    ("recrutement:offre_diffuser", "partenaires"),
    ("recrutement:offre_personne", "beneficiaire"),
    ("recrutement:candidature_contrat", "employeur"),
    ("recrutement:proposer", "beneficiaire"),
    ("recrutement:ma_personne_passer", "adhesion"),
    ("marches:maitre_ouvrage_fusion_choix", "autre"),
    ("suivi:annonce_rattacher", "contrat"),
    ("beneficiaires:quartier", "quartier"),  # une décision, datée et signée, s'ajoute aux précédentes
}


def quitter(structure, valeur: Any) -> str:
    """Fait sortir la valeur des listes comme le ferait la maison ; rend la mention attendue."""
    match valeur:
        case Utilisateur():
            Adhesion.objects.filter(utilisateur=valeur, organisation=structure).update(active=False)
            return "n'est plus membre"
        case Organisation():
            Partenariat.objects.filter(structure=structure, organisation=valeur).delete()
            return "n'est plus partenaire"
        case Entreprise():
            FicheEntreprise.objects.filter(structure=structure, entreprise=valeur).update(archive_le=timezone.now())
            return "archivée"
        case MaitreOuvrage():
            FicheMaitreOuvrage.objects.filter(structure=structure, maitre_ouvrage=valeur).update(
                archive_le=timezone.now()
            )
            return "archivé"
        case QuartierPrioritaire():
            valeur.communes.clear()  # le territoire ne le traverse plus
            return "n'est plus proposé"
        case ModeleArchivable():
            type(valeur).objects.filter(pk=valeur.pk).update(archive_le=timezone.now())
            return "archivée" if valeur.FEMININ else "archivé"
    raise AssertionError(f"comment {type(valeur).__name__} sort-il des listes ? À dire ici")


def _formulaire(ligne: Ligne) -> Any:
    vue = getattr(vue_de(ligne), "view_class", None)
    return vue.form_class if vue and issubclass(vue, GesteView) else None


CAS = [
    pytest.param(ligne, nom, id=f"{ligne.nom}-{nom}")
    for ligne in MATRICE
    if not ligne.externe and ligne.get == 200 and (formulaire := _formulaire(ligne)) is not None
    for nom, champ in formulaire.base_fields.items()
    if isinstance(champ, forms.ModelChoiceField) and (ligne.nom, nom) not in GESTES
]


def test_les_formulaires_qui_choisissent_sont_essayes():
    """Assez de cas, et aucun geste dispensé qui n'existe plus."""
    connus = {
        (ligne.nom, nom)
        for ligne in MATRICE
        if not ligne.externe and (formulaire := _formulaire(ligne))
        for nom in formulaire.base_fields
    }
    assert connus >= GESTES
    assert len(CAS) >= 14


@pytest.mark.parametrize(("ligne", "nom"), CAS)
def test_la_valeur_en_place_reste_et_dit_pourquoi_elle_n_est_plus_proposee(ligne, nom, monde, connecte, horloge):
    objet, valeur = _objet_qui_porte(ligne, nom, monde, connecte)
    mention = quitter(objet_structure(objet), valeur)
    client, adresse = connecte(role_qui_mesure(ligne)), reverse(ligne.nom, args=ligne.objet(monde.nous))
    page = client.get(adresse)
    assert [choisi for choisi in _choisis(page, nom) if choisi.endswith(f"({mention})")], _choisis(page, nom)
    envoi = _ce_que_montre(page)
    _changer_un_autre(envoi, page.context["form"], nom)
    reponse = client.post(adresse, envoi)
    assert reponse.status_code == 302, reponse.context["form"].errors
    assert valeur in _valeurs(type(objet).objects.get(pk=objet.pk), nom)


@pytest.mark.parametrize(("ligne", "nom"), CAS)
def test_ce_qui_est_sorti_des_listes_ne_se_choisit_pas(ligne, nom, monde, connecte, horloge):
    """Le même objet, porté ou non : sorti des listes, seul qui le porte déjà le garde."""
    objet, valeur = _objet_qui_porte(ligne, nom, monde, connecte)
    _retirer(objet, nom, valeur)
    client, adresse = connecte(role_qui_mesure(ligne)), reverse(ligne.nom, args=ligne.objet(monde.nous))
    quitter(objet_structure(objet), valeur)
    page = client.get(adresse)
    champ = page.context["form"].fields[nom]
    assert not champ.queryset.filter(pk=valeur.pk).exists()
    forge = {**_ce_que_montre(page), nom: str(getattr(valeur, champ.to_field_name or "pk"))}
    reponse = client.post(adresse, forge)
    assert reponse.status_code == 200 and nom in reponse.context["form"].errors


def test_le_service_garde_le_facilitateur_parti_et_n_en_recoit_pas_d_ailleurs(monde):
    marche, parti = monde.marche, monde.personne("edition")
    marche.facilitateur = parti
    marche.save()
    quitter(monde.structure, parti)
    assert (
        modifier_marche(acteur=monde.acteur(), marche=marche, facilitateur=parti, objet="École").facilitateur == parti
    )
    for forge in (monde.personne("autre.edition"), monde.personne("prescripteur")):
        with pytest.raises(RegleViolee):
            modifier_marche(acteur=monde.acteur(), marche=marche, facilitateur=forge)


def test_une_derogation_consignee_reste_au_projet_dont_l_achat_a_change(monde, connecte):
    projet = monde.projet
    projet.nature, projet.forme, projet.duree_mois = Nature.SERVICES, Forme.MARCHE, 24
    projet.derogation, projet.motif_derogation = Derogation.TRAVAUX_COURTS, "Quatre mois de chantier"
    projet.date_derogation = datetime.date(2026, 3, 2)
    projet.save()
    client, adresse = connecte("responsable"), reverse("marches:projet_derogation", args=[projet.uuid])
    page = client.get(adresse)
    assert _choisis(page, "derogation") == ["4° Travaux de moins de six mois (n'est plus proposé)"]
    client.post(adresse, {**_ce_que_montre(page), "motif_derogation": "Quatre mois de chantier, vus avec l'acheteur"})
    projet.refresh_from_db()
    assert projet.derogation == Derogation.TRAVAUX_COURTS and "vus avec" in projet.motif_derogation


def test_un_critere_que_la_structure_ne_retient_plus_reste_au_dossier(monde):
    ReglageCritere.objects.create(
        structure=monde.structure, code=monde.critere.code, libelle="Parrainé", jusqu_a=datetime.date(2020, 1, 1)
    )
    formulaire = CritereForm(instance=monde.critere, acteur=monde.acteur())
    assert dict(formulaire.fields["code"].choices)[monde.critere.code] == "Parrainé (n'est plus retenu)"
    assert monde.critere.code not in dict(CritereForm(acteur=monde.acteur()).fields["code"].choices)


# --- Lire et écrire la page ----------------------------------------------------------------------------------------
def _objet_qui_porte(ligne, nom, monde, connecte) -> tuple[models.Model, models.Model]:
    """L'objet du formulaire, avec une valeur à ce champ : la sienne, ou la première proposée."""
    page = connecte(role_qui_mesure(ligne)).get(reverse(ligne.nom, args=ligne.objet(monde.nous)))
    formulaire = page.context["form"]
    objet = type(formulaire.instance).objects.get(pk=formulaire.instance.pk)
    if objet._meta.get_field(nom).many_to_many:
        getattr(objet, nom).add(_a_proposer(nom, objet))
    valeur = next(iter(_valeurs(objet, nom)), None) or _premier_propose(formulaire, nom) or _a_proposer(nom, objet)
    if valeur not in _valeurs(objet, nom):
        type(objet).objects.filter(pk=objet.pk).update(**{nom: valeur})
    return objet, valeur


def _premier_propose(formulaire, nom: str) -> models.Model | None:
    """Jamais la personne même qui remplit la page : partie, elle ne l'ouvrirait plus."""
    proposes = formulaire.fields[nom].queryset
    return (
        proposes.exclude(pk=formulaire.acteur.utilisateur.pk) if proposes.model is Utilisateur else proposes
    ).first()


def _a_proposer(nom: str, objet) -> models.Model:
    """Ce que le petit monde n'a pas d'avance."""
    if nom == "quartiers":
        QuartierFactory(communes=Commune.objects.filter(territoires__structure=objet_structure(objet)))
        return QuartierPrioritaire.objects.du_territoire_de(objet_structure(objet)).earliest("pk")
    fabriques = {"corps_metier": CorpsMetierFactory, "operation": OperationFactory, "marches": MarcheFactory}
    return fabriques[nom](structure=objet_structure(objet))


def objet_structure(objet) -> Organisation:
    for chemin in ("structure", "marche.structure", "lot.marche.structure"):
        try:
            return attrgetter(chemin)(objet)
        except AttributeError:
            continue
    raise AssertionError(f"de quelle structure est {objet!r} ?")


def _valeurs(objet, nom: str) -> list[models.Model]:
    valeur = getattr(objet, nom)
    return list(valeur.order_by("pk")) if objet._meta.get_field(nom).many_to_many else [valeur] if valeur else []


def _retirer(objet, nom: str, valeur) -> None:
    champ = objet._meta.get_field(nom)
    if champ.many_to_many:
        getattr(objet, nom).remove(valeur)
        return
    # Obligatoire : une autre ligne prend sa place.
    autre = None if champ.null else type(valeur).objects.exclude(pk=valeur.pk).first()
    type(objet).objects.filter(pk=objet.pk).update(**{nom: autre})


def _choisis(page, nom: str) -> list[str]:
    """Les libellés de ce qui est choisi : une option, ou des cases cochées."""
    soupe = BeautifulSoup(page.content, "html.parser").main
    options = soupe.select(f"select[name={nom}] option[selected]")
    cases = [soupe.find("label", attrs={"for": case["id"]}) for case in soupe.select(f"input[name={nom}][checked]")]
    return [" ".join(element.get_text().split()) for element in (*options, *cases)]


def _ce_que_montre(page) -> dict[str, Any]:
    """Ce qu'un navigateur enverrait sans que personne n'ait rien touché."""
    soupe = BeautifulSoup(page.content, "html.parser").main
    formulaire = soupe.select_one("form.formulaire[method=post]")
    envoi: dict[str, Any] = {}
    for champ in formulaire.select("input[name], textarea[name]"):
        if champ.get("type") not in ("checkbox", "radio"):
            envoi[champ["name"]] = champ.get("value", "") if champ.name == "input" else champ.get_text().lstrip("\n")
        elif champ.has_attr("checked"):
            envoi.setdefault(champ["name"], []).append(champ.get("value", "on"))
    for liste in formulaire.select("select[name]"):
        options = liste.select("option[selected]") or liste.select("option")[:1]
        envoi[liste["name"]] = [option.get("value", option.get_text()) for option in options]
    return envoi


def _changer_un_autre(envoi: dict, formulaire, nom: str) -> None:
    textes = [
        autre
        for autre, champ in formulaire.fields.items()
        if autre != nom and type(champ) is forms.CharField and not champ.widget.is_hidden
    ]
    for autre in ("notes", "description", "intitule", "perimetre", "objet", *textes):
        if autre in textes:
            envoi[autre] = f"{envoi[autre]} bis".strip()
            return
