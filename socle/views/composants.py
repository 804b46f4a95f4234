"""Le catalogue de l'interface : chaque composant, vivant, sur des données inventées et sans base. Ouvert en développement."""

import datetime
import re
import uuid
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import django_filters
from crispy_forms.layout import Layout
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils import timezone
from django.views.decorators.http import require_GET

from socle.acces import PUBLIC, ouverte_a
from socle.champs import HeuresField, JourField, MoisField, SiretField
from socle.composants import CaseMois, Etape, Evenement, Geste, LigneAFaire, Tuile
from socle.enums import EtatDocument, Statut
from socle.filters import FiltreDomaine, JourFilter
from socle.forms import Formulaire, Section
from socle.graphiques import Serie, adaptatif, barres
from socle.models import Document
from socle.nombres import heures
from socle.requetes import Requete
from socle.tables import Colonne, Genre, Jauge, lignes

COMMENTAIRE = re.compile(r"{% comment %}(.*?){% endcomment %}", re.DOTALL)


class StatutExemple(Statut):
    A_L_ETUDE = "a_l_etude", "À l'étude"
    EN_EXECUTION = "en_execution", "En exécution"
    SUSPENDU = "suspendu", "Suspendu"
    SOLDE = "solde", "Soldé"
    EN_PERIL = "en_peril", "En péril"

    @classmethod
    def tons(cls):
        return {
            cls.EN_EXECUTION: "info",
            cls.SUSPENDU: "attention",
            cls.SOLDE: "fait",
            cls.EN_PERIL: "retard",
        }


class FormulaireExemple(Formulaire):
    nom = forms.CharField(label="Nom du marché", max_length=120)
    nature = forms.ChoiceField(
        label="Nature", choices=[("", "Choisir…"), ("travaux", "Travaux"), ("services", "Services")]
    )
    siret = SiretField(required=False)
    heures = HeuresField(label="Heures dues", help_text="Pour tout le lot, avenants compris.")
    mois = MoisField(label="Premier mois d'exécution", required=False)
    notification = JourField(label="Notifié le", required=False)
    modalite = forms.ChoiceField(
        label="Modalité",
        choices=[("embauche", "Embauche directe"), ("mise_a_disposition", "Mise à disposition")],
        widget=forms.RadioSelect,
    )
    publics = forms.MultipleChoiceField(
        label="Publics visés",
        required=False,
        choices=[("rsa", "Allocataires du RSA"), ("qpv", "Habitants des quartiers prioritaires"), ("jeunes", "Jeunes")],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    relance = forms.BooleanField(label="Relancer l'entreprise chaque mois", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Section("Le marché", "nom", "nature", "siret"),
            Section("L'engagement", "heures", "mois", "notification", "modalite", "publics"),
            Section("Le suivi", "note", "relance"),
        )


class FiltreExemple(FiltreDomaine):
    recherche = django_filters.CharFilter(label="Rechercher")
    etat = django_filters.ChoiceFilter(label="État", choices=StatutExemple.choices, empty_label="Tous")
    debut = JourFilter(label="Depuis le")
    titre = django_filters.CharFilter(label="Maître d'ouvrage")

    class Meta:
        model = Document
        fields: list[str] = []


def _marche(reference, objet, statut, dues, faites, attendues, montant, echeance):
    return SimpleNamespace(
        reference=reference,
        objet=objet,
        statut=statut,
        jauge=Jauge(Decimal(dues), Decimal(faites), Decimal(attendues)),
        montant=Decimal(montant),
        echeance=echeance,
    )


MARCHES = [
    _marche("2025-014", "Groupe scolaire, lot gros œuvre", StatutExemple.EN_PERIL, 1181, 720, 847, 1200000, datetime.date(2027, 2, 28)),
    _marche("2025-021", "Nettoyage des bâtiments", StatutExemple.EN_EXECUTION, 2400, 1310, 1200, 640000, datetime.date(2027, 6, 30)),
    _marche("2024-007", "Réhabilitation de 48 logements", StatutExemple.SOLDE, 3150, 3412, 3150, 4875000, datetime.date(2026, 9, 30)),
    _marche("2026-002", "Entretien des espaces verts", StatutExemple.A_L_ETUDE, 0, 0, 0, 90000, None),
]  # fmt: skip
COLONNES = [
    Colonne("Marché", lambda m: m.reference, tri="reference", lien=lambda m: "#tableau", principale=True),
    Colonne("Objet", lambda m: m.objet, tri="objet"),
    Colonne("État", lambda m: m.statut, Genre.STATUT, tri="statut"),
    Colonne("Heures", lambda m: m.jauge, Genre.JAUGE),
    Colonne("Montant HT", lambda m: m.montant, Genre.EUROS, tri="montant"),
    Colonne("Fin prévue", lambda m: m.echeance, Genre.DATE, tri="echeance"),
]
A_FAIRE = [
    LigneAFaire("retard", "En retard", "Octobre non déclaré, SARL Lefèvre, lot 3 gros œuvre", "#a-faire", "relancé il y a 4 jours", (Geste("Appeler", "#a-faire", icone="phone"), Geste("Relancer", "#a-faire", poste=True, icone="mail"))),
    LigneAFaire("info", "À valider", "Septembre : 5 personnes, 412 h, 1 alerte", "#a-faire", gestes=(Geste("Valider", "#a-faire", poste=True, icone="check"),)),
    LigneAFaire("attention", "En péril", "Marché 2025-014 : 61 % à trois mois de la fin, il manque 340 h, environ 2 personnes", "#a-faire", gestes=(Geste("Voir", "#a-faire"),)),
    LigneAFaire("neutre", "Bientôt", "Fin d'éligibilité le 9 décembre, M. D.", "#a-faire", gestes=(Geste("Revoir", "#a-faire"),)),
]  # fmt: skip
TUILES = [
    Tuile("Heures réalisées", Decimal(31240), "h", Decimal(28900), "en 2025", "Somme des heures validées dont le mois est dans l'année.", "#tuile"),
    Tuile("Bénéficiaires", 152, "personnes", 146, "en 2025", "Personnes distinctes avec au moins une heure validée dans l'année.", "#tuile", (("dont RSA", "66 (45 %)"), ("dont moins de 26 ans", "36"))),
    Tuile("Marchés suivis", 33, "", 35, "en 2025", "Marchés attribués dont l'exécution rencontre l'année.", "#tuile"),
    Tuile("Entreprises locales", "près de la moitié", "", None, "", "Établissement situé dans le territoire de la structure."),
]  # fmt: skip
ETAPES = [Etape("Repéré", "faite", "3 mars 2025"), Etape("À l'étude", "faite", "2 avr. 2025"), Etape("Publié", "faite", "12 mai 2025"), Etape("Attribué", "en_cours"), Etape("En exécution"), Etape("Soldé")]  # fmt: skip
ANNEES, HEURES = ["2021", "2022", "2023", "2024", "2025", "2026"], [21450, 24120, 26300, 27840, 28900, 31240]


def _mois() -> list[CaseMois]:
    valides = [
        CaseMois(datetime.date(2026, m, 1), "validé", "fait", Decimal(80 + 13 * m % 60), "#grille-mois")
        for m in range(3, 9)
    ]
    return [
        CaseMois(datetime.date(2025, 12, 1), "validé", "fait", Decimal("35.5"), "#grille-mois"),
        *valides,
        CaseMois(datetime.date(2026, 9, 1), "à valider", "info", Decimal(412), "#grille-mois"),
        CaseMois(datetime.date(2026, 10, 1), "en retard", "retard", None, "#grille-mois"),
        CaseMois(datetime.date(2026, 11, 1), "à venir", "neutre"),
    ]


def _evenements() -> list[Evenement]:
    maintenant = timezone.now().replace(minute=12)
    return [
        Evenement(maintenant, "Mois de septembre validé : 412 h", "Claire M.", "check", "#frise"),
        Evenement(
            maintenant - datetime.timedelta(days=4),
            "Relance envoyée à SARL Lefèvre pour octobre",
            "automatique",
            "mail",
        ),
        Evenement(
            maintenant - datetime.timedelta(days=9),
            "Appel : l'entreprise cherche un second maçon",
            "Claire M.",
            "phone",
        ),
    ]


def _documents() -> list[Document]:
    fin = timezone.now() + datetime.timedelta(days=30)
    return [
        Document(titre="Bilan annuel 2025", etat=EtatDocument.PRET, taille=481_200, expire_le=fin, fichier="bilan.pdf"),
        Document(titre="Bilan annuel 2026", etat=EtatDocument.EN_COURS, progression=40, etape="Graphiques"),
        Document(titre="Export des contrats", etat=EtatDocument.ECHEC, message="La fabrication a échoué."),
    ]


def _modes_emploi() -> dict[str, str]:
    """Le mode d'emploi de chaque composant : le commentaire en tête de son gabarit, seule documentation à tenir."""
    noms = "badge jauge a_faire tuile personne filtres tableau grille_mois frise etapes graphique ligne_document "
    noms += "avancement toast vide confirmation entete carte fil actions bouton_post pagination resume_erreurs"
    modes = {}
    for nom in noms.split():
        gabarit: Any = get_template(f"composants/{nom}.html")
        commentaire = COMMENTAIRE.findall(gabarit.template.source)[0]
        modes[nom] = commentaire.replace("{% verbatim %}", "").replace("{% endverbatim %}", "").strip()
    return modes


def _acteur(request: Requete):
    """La personne connectée ou, à défaut, une personne de démonstration, pour montrer la page habitée."""
    if request.acteur is not None:
        return request.acteur
    personne = SimpleNamespace(uuid=uuid.UUID(int=1), prenom="Claire", nom="Marin", get_full_name="Claire Marin")
    return SimpleNamespace(
        utilisateur=personne, organisation=SimpleNamespace(nom="Maison de l'emploi", uuid=uuid.UUID(int=2))
    )


def _menu() -> list[SimpleNamespace]:
    entrees = [("Accueil", "house"), ("Marchés", "clipboard-list"), ("Entreprises", "building-2"), ("Bénéficiaires", "users"), ("Heures", "clock"), ("Bilans", "chart-column")]  # fmt: skip
    liens = [
        SimpleNamespace(libelle=libelle, url="#contenu", icone=icone, courante=libelle == "Marchés", exacte=False)
        for libelle, icone in entrees
    ]
    return [
        SimpleNamespace(titre="", icone="", liens=liens[:1], ouvert=False),
        SimpleNamespace(titre="Le suivi", icone="clock", liens=liens[1:], ouvert=True),
    ]


@ouverte_a(PUBLIC)
@require_GET
def composants(request: Requete) -> HttpResponse:
    filtre = FiltreExemple(request.GET, queryset=Document.objects.none(), request=request)
    erreurs = FormulaireExemple({"nom": "Groupe scolaire", "siret": "123", "heures": "mille", "modalite": ""})
    modes = _modes_emploi()
    contexte = {
        "acteur": _acteur(request),
        "modes": modes,
        "noms_page": [(nom, modes[nom]) for nom in ("entete", "fil", "actions", "bouton_post", "carte")],
        "noms_liste": [(nom, modes[nom]) for nom in ("filtres", "tableau", "pagination")],
        "menu": _menu(),
        "statuts": list(StatutExemple),
        "jauge_attention": Jauge(Decimal(1181), Decimal(720), Decimal(847)),
        "jauge_info": Jauge(Decimal(2400), Decimal(1310), Decimal(1200)),
        "jauge_faite": Jauge(Decimal(3150), Decimal(3412), Decimal(3150)),
        "a_faire": A_FAIRE,
        "tuiles": TUILES,
        "filtre": filtre,
        "colonnes": COLONNES,
        "lignes": lignes(MARCHES, COLONNES),
        "tri": request.GET.get("tri", "reference"),
        "page_exemple": Paginator(range(240), 50).page(2),
        "evenements": _evenements(),
        "etapes": ETAPES,
        "formulaire_refuse": erreurs,
        "documents": _documents(),
        "messages": [
            Message(constants.SUCCESS, "Le marché est archivé.", extra_tags="annuler:#toast"),
            Message(constants.ERROR, "Ce mois est déjà validé : passez par une rectification."),
        ],
        "dessin": adaptatif(barres, "heures", "Heures par année", ANNEES, [Serie("Heures", HEURES)], unite="h"),
        "colonnes_serie": ["Année", "Heures réalisées"],
        "lignes_serie": [(annee, heures(valeur)) for annee, valeur in zip(ANNEES, HEURES, strict=True)],
        "cases": _mois(),
        "gestes": [
            ("Ajouter un lot", "#entete"),
            ("Modifier", "#entete"),
            ("Imprimer", "#entete"),
            ("Archiver", "#entete"),
        ],
        "gestes_vide": [("Créer un marché", "#vide")],
        "effets": [
            "Les 5 personnes et leurs 412 h comptent dans le bilan.",
            "L'entreprise reçoit un courriel.",
            "Le mois ne se modifie plus, sauf par une rectification.",
        ],
    }
    return render(request, "socle/composants.html", contexte)
