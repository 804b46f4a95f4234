"""Deux dossiers d'une même personne : les comparer, les fusionner, ou dire que ce sont deux personnes."""

from django.contrib import messages

from beneficiaires import services
from beneficiaires.doublons import doublons_possibles
from beneficiaires.forms import AutreDossierForm
from beneficiaires.models import Beneficiaire, Ressemblance
from beneficiaires.permissions import peut_fusionner
from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from socle.intitules import intitulee
from socle.nombres import jour
from socle.requetes import Requete
from socle.views import verbe
from socle.views.fusions import ChoixDeFusionView, FusionView


def _nommer(dossier: Beneficiaire) -> str:
    archive = ", archivé" if dossier.est_archive else ""
    return f"{dossier.nom_complet}, {jour(dossier.date_naissance)} ({dossier.identifiant}{archive})"


class DossierChoixDeFusionView(ChoixDeFusionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Beneficiaire
    form_class = AutreDossierForm
    titre = "Fusionner avec un autre dossier"
    vers = "beneficiaires:fusion"

    def nommer(self, fiche):
        return _nommer(fiche)

    def ressemblants(self):
        lui = self.objet
        connus = doublons_possibles(self.acteur, lui.nom, lui.prenom, lui.date_naissance)
        return [dossier for dossier in connus if dossier.pk != lui.pk]


class DossierFusionView(FusionView):
    acces = FACILITATEURS_QUI_ECRIVENT
    model = Beneficiaire
    titre = "Fusionner deux dossiers"
    message = "Dossiers fusionnés : il n'y a plus qu'une personne."
    vers = "beneficiaires:fusion"

    def nommer(self, fiche):
        return _nommer(fiche)

    def verdict(self):
        return peut_fusionner(self.acteur, self.objet, self.autre)

    def precautions(self):
        prescripteurs = {self.objet.prescripteur_id, self.autre.prescripteur_id} - {None}
        if len(prescripteurs) < 2:
            return []
        return ["Les deux dossiers n'ont pas le même prescripteur : seul celui du dossier gardé suivra la personne."]

    def enregistrer(self, form):
        return services.fusionner_les_dossiers(acteur=self.acteur, beneficiaire=self.objet, autre=self.autre)


@verbe(FACILITATEURS_QUI_ECRIVENT, Ressemblance)
@intitulee("Dire que deux dossiers qui se ressemblent sont deux personnes")
def distinguer(request: Requete, ressemblance: Ressemblance):
    services.ecarter_la_ressemblance(acteur=request.acteur, ressemblance=ressemblance)
    messages.success(request, "C'est noté : ce sont deux personnes.")
