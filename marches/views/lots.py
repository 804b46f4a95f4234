"""La page d'un lot : son calcul, ses heures contractuelles, ses tranches, ses commandes."""

from decimal import Decimal

from django.contrib import messages
from django.utils import timezone

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from marches import services
from marches.comparaison import comparer
from marches.enums import Assiette, Forme, Formule
from marches.etude import reglages_de
from marches.forms.marches import AffermissementForm, CommandeForm, TrancheForm
from marches.models import Commande, Engagement, Lot, Tranche
from marches.permissions import peut_modifier_lot
from marches.propositions import heures_d_un_affermissement, previsions_du_lot
from marches.views.marches import jauge_marche
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views import CreationView, FicheView, verbe


class LotFicheView(FicheView):
    intitule = "La page d'un lot"
    acces = FACILITATEURS
    model = Lot
    template_name = "marches/lot.html"

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .select_related("marche__maitre_ouvrage", "marche__structure__reglages_clause", "corps_metier")
        )

    def get_context_data(self, **kwargs):
        lot = self.object
        engagements = list(lot.engagements.actifs().select_related("entreprise").order_by("role", "pk"))
        for engagement in engagements:
            engagement.jauge = jauge_marche(lot.marche, engagement.heures_dues, engagement.heures_realisees)
        tranches = list(lot.tranches.all())
        commandes = list(
            Commande.objects.filter(engagement__lot=lot, annulee_le__isnull=True)
            .select_related("engagement__entreprise")
            .order_by("-date", "-pk")
        )
        return {
            **super().get_context_data(**kwargs),
            "marche": lot.marche,
            "engagements": engagements,
            "heures_dues": sum((e.heures_dues for e in engagements), Decimal(0)),
            "tranches": tranches,
            "a_tranches": bool(tranches) or lot.marche.forme == Forme.TRANCHES,
            "commandes": commandes,
            "previsions": previsions_du_lot(lot, commandes),
            "assiette": Assiette(lot.assiette),
            "comparaison": comparer(lot.scenarios.all(), reglages_de(lot.marche.structure).heures_par_etp),
            "formules": Formule.choices,
            "modifiable": peut_modifier_lot(self.acteur, lot).ok,
        }


class TrancheCreationView(CreationView):
    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Lot
    form_class = TrancheForm
    titre = "Nouvelle tranche"
    bouton = "Ajouter la tranche"
    message = "Tranche ajoutée."

    def enregistrer(self, form):
        return services.ajouter_tranche(acteur=self.acteur, lot=self.parent, **form.valeurs())

    def get_retour(self):
        return self.parent.get_absolute_url()


class AffermissementView(CreationView):
    """Affermir une tranche : les heures proposées se lisent, puis se valident."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Tranche
    form_class = AffermissementForm
    titre = "Affermir la tranche"
    bouton = "Affermir la tranche"
    message = "Tranche affermie : ses heures sont dues."

    def get_initial(self):
        return {"le": timezone.localdate(), "heures": heures_d_un_affermissement(self.parent)}

    def enregistrer(self, form):
        return services.affermir_tranche(acteur=self.acteur, tranche=self.parent, **form.cleaned_data)

    def get_retour(self):
        return self.parent.get_absolute_url()


class CommandeCreationView(CreationView):
    """Un bon de commande ou une facture d'une entreprise."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Engagement
    form_class = CommandeForm
    titre = "Nouveau bon de commande ou facture"
    bouton = "Enregistrer la pièce"
    message = "Pièce enregistrée : les heures dues sont recalculées sur le cumul."

    def get_initial(self):
        genre = "bon" if self.parent.lot.assiette == Assiette.COMMANDES else "facture"
        return {"genre": genre, "date": timezone.localdate()}

    def enregistrer(self, form):
        return services.enregistrer_commande(acteur=self.acteur, engagement=self.parent, **form.valeurs())

    def get_success_url(self):
        return self.parent.lot.get_absolute_url()

    def get_retour(self):
        return self.parent.lot.get_absolute_url()


@verbe(FACILITATEURS_QUI_ECRIVENT, Commande)
@intitulee("Annuler un bon de commande ou une facture saisis par erreur")
def annuler_commande(request: Requete, commande: Commande):
    services.annuler_commande(acteur=request.acteur, commande=commande)
    messages.success(request, "Pièce annulée : les heures dues sont recalculées sur le cumul.")
