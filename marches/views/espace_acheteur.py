"""L'accueil d'un maître d'ouvrage : ce qui l'attend, ses projets, ses marchés avec leur jauge, les attestations à venir."""

import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from comptes.enums import Role
from marches.enums import StatutMarche
from marches.interlocuteur import interlocuteurs_de
from marches.models import MaitreOuvrage, Marche, ProjetAchat, Redaction
from marches.views.marches import jauge_marche
from marches.views.projets import ProjetListeView, montre_les_scenarios
from socle.a_faire import Demande, tableau_de
from socle.composants import Tuile
from socle.panneaux import panneaux_de
from socle.tables import Colonne, Genre, lignes
from socle.views import VueProtegee

MONTRES = 25
DE_TOUS = "De tous vos marchés en cours, y compris ceux qui n'ont pas commencé ; « en chiffres », c'est une année."
ATTESTATION_AVANT = datetime.timedelta(days=90)

COLONNES_MARCHES = [
    Colonne("Référence", lambda m: m.reference, lien=lambda m: m.get_absolute_url(), principale=True),
    Colonne("Objet", lambda m: m.objet),
    Colonne("Statut", lambda m: StatutMarche(m.statut), Genre.STATUT),
    Colonne("Fin", lambda m: m.fin, Genre.DATE),
    Colonne("Heures", lambda m: jauge_marche(m, m.heures_dues, m.heures_faites), Genre.JAUGE),
]
COLONNES_PROJETS = [
    Colonne(c.titre, c.valeur, c.genre, "", c.lien, c.principale)
    for c in ProjetListeView.colonnes
    if c.titre != "Maître d'ouvrage"
]


class EspaceAcheteurView(VueProtegee, TemplateView):
    intitule = "Accueil"
    acces = {Role.MAITRE_OUVRAGE}
    template_name = "marches/espace_acheteur.html"

    def get_context_data(self, **kwargs):
        aujourd_hui = timezone.localdate()
        marches = list(
            Marche.objects.visibles_par(self.acteur).select_related("maitre_ouvrage").avec_heures().pour_lecture()
        )
        projets = list(
            ProjetAchat.objects.visibles_par(self.acteur)
            .ouverts()
            .select_related("maitre_ouvrage")
            .avec_heures_retenues()
            .pour_lecture()
        )
        # L'heure retenue ne se montre à l'acheteur qu'une fois proposée.
        for projet in projets:
            if not montre_les_scenarios(self.acteur, projet):
                projet.heures_retenues = None
        en_cours = [m for m in marches if m.statut in StatutMarche.ouverts_aux_contrats()]
        organisation = self.acteur.organisation
        relie = MaitreOuvrage.objects.filter(organisation=organisation).exists()
        return {
            **super().get_context_data(**kwargs),
            "relie": relie,
            "relieurs": [] if relie else interlocuteurs_de(organisation),
            "tuiles": _tuiles(en_cours, projets),
            "tableau": tableau_de(self.acteur, aujourd_hui, Demande.lue(self.request.GET)),
            "colonnes_projets": COLONNES_PROJETS,
            "projets": lignes(projets[:MONTRES], COLONNES_PROJETS),
            "colonnes_marches": COLONNES_MARCHES,
            "marches": lignes(en_cours[:MONTRES], COLONNES_MARCHES),
            "redactions": _textes_a_relire(self.acteur),
            "attestations": _attestations(marches, aujourd_hui),
            "panneaux": panneaux_de(self.acteur, self.acteur.organisation, "espace.acheteur"),
            "fins": panneaux_de(self.acteur, self.acteur.organisation, "espace.acheteur.fins"),
        }


def _tuiles(marches: list[Marche], projets: list[ProjetAchat]) -> list[Tuile]:
    # Deux sommes que la liste annote.
    dues = sum((m.heures_dues for m in marches), Decimal(0))  # type: ignore[attr-defined]  # annotée
    faites = sum((m.heures_faites for m in marches), Decimal(0))  # type: ignore[attr-defined]  # annotée
    return [
        Tuile("Marchés suivis", len(marches), lien=reverse("marches:liste")),
        Tuile("Heures dues", dues, unite="h", definition=DE_TOUS),
        Tuile("Heures faites", faites, unite="h"),
        Tuile("Projets d'achat en cours", len(projets), lien=reverse("marches:projets")),
    ]


def _textes_a_relire(acteur) -> list[Redaction]:
    """Ceux d'un marché qui n'est pas encore attribué : sa page ne lui est pas ouverte, seul son texte l'est."""
    textes = Redaction.objects.visibles_par(acteur).exclude(marche__statut__in=StatutMarche.attribues())
    return list(textes.select_related("marche")[:MONTRES])


def _attestations(marches: list[Marche], aujourd_hui: datetime.date) -> list[Marche]:
    """Les marchés qui finissent bientôt ou viennent de finir : leur attestation suivra le dernier mois validé."""
    return sorted(
        (
            m
            for m in marches
            if m.statut in (StatutMarche.EXECUTION, StatutMarche.SOLDE)
            and aujourd_hui - ATTESTATION_AVANT <= m.fin <= aujourd_hui + ATTESTATION_AVANT
        ),
        key=lambda m: (m.fin, m.reference),
    )
