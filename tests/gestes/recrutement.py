"""Les portes de `recrutement` : aides, offres et besoins, candidatures, contrats."""

import datetime
from decimal import Decimal

from comptes.acteur import Acteur
from comptes.enums import Role, TypeOrganisation
from marches.models import Engagement
from recrutement.enums import StatutCandidature, StatutOffre
from recrutement.models import Candidature, Contrat, Offre
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.comptes import OrganisationFactory, PartenariatFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory
from tests.fabriques.recrutement import AideFactory, CandidatureFactory, ContratFactory, OffreFactory
from tests.fabriques.socle import LienFactory
from tests.gestes.commun import ECRIVENT, ENTREPRISE, LISENT, PRESCRIPTEUR, Geste
from tests.gestes.marches import sur
from tests.monde import Cote

DEBUT, FIN = datetime.date(2026, 11, 1), datetime.date(2027, 1, 31)


def _contrat(cote: Cote) -> dict:
    """Un contrat chez une entreprise que les deux structures suivent : chacune y a son contact."""
    fiche = cote.contact.fiche
    engagement = EngagementFactory(lot=LotFactory(marche=cote.marche), entreprise=fiche.entreprise)
    return {
        "engagement": engagement,
        "employeur": cote.cotraitante,
        "tuteur": ContactEntrepriseFactory(fiche=fiche),
        "convention": cote.convention,
        "type_contrat": "cdd",
        "modalite": "embauche_directe",
        "debut": DEBUT,
        "fin_prevue": FIN,
    }


def _embauche(cote: Cote) -> dict:
    termes = _contrat(cote)
    del termes["engagement"]
    return {"candidature": cote.candidature_retenue, **termes}


def _embauche_directe(cote: Cote) -> dict:
    """Le prescripteur et l'employeur sont d'un côté du monde, le dossier naît du nôtre."""
    termes = _contrat(cote)
    identite = {
        "nom": "Durand",
        "prenom": "Lila",
        "date_naissance": datetime.date(2000, 1, 2),
        "sexe": "F",
        "prescripteur": cote.organisations[Role.PRESCRIPTEUR],
    }
    return {"engagement": termes.pop("engagement"), "identite": identite, "contrat": termes}


def _affectation(cote: Cote) -> dict:
    contrat = ContratFactory(engagement=cote.engagement, beneficiaire=cote.beneficiaire, fin_prevue=FIN)
    autre = EngagementFactory(lot=LotFactory(marche=cote.marche))
    return {"contrat": contrat, "engagement": autre, "debut": DEBUT, "fin_prevue": FIN, "convention": cote.convention}


def _contrats(cote: Cote) -> dict:
    termes = _contrat(cote)
    neuf = Contrat(structure=cote.structure, identifiant="C-9001", beneficiaire=cote.beneficiaire, **termes)
    modifie = Contrat.objects.get(pk=cote.contrat.pk)
    modifie.fin_prevue = datetime.date(2026, 9, 30)
    champs = ["fin_prevue", "engagement", "employeur", "beneficiaire"]
    return {"nouveaux": [neuf], "modifies": [modifie], "champs": champs}


def _sans_critere(cote: Cote) -> dict:
    personne = BeneficiaireFactory(structure=cote.structure)
    return {"contrat": ContratFactory(engagement=cote.engagement, beneficiaire=personne), "motif": "Accord écrit"}


def _brouillon(cote: Cote) -> Offre:
    return OffreFactory(engagement=cote.engagement, statut=StatutOffre.BROUILLON)


def _diffusion(cote: Cote) -> dict:
    partenaire = OrganisationFactory(type=TypeOrganisation.PRESCRIPTEUR, nom=f"Plie {cote.marque}")
    PartenariatFactory(structure=cote.structure, organisation=partenaire)
    return {"offre": _brouillon(cote), "partenaires": [partenaire], "date_limite": DEBUT}


def _proposition(cote: Cote) -> dict:
    """Une personne que la structure suit et que le prescripteur a confiée, pas encore proposée."""
    personne = cote.beneficiaire
    offre = OffreFactory(engagement=cote.engagement)
    offre.diffusions.create(organisation=cote.organisations[Role.PRESCRIPTEUR])
    return {"offre": offre, "beneficiaire": personne, "avis": "Motivée."}


def _plusieurs(cote: Cote) -> dict:
    return {"offre": cote.offre, "candidatures": [cote.candidature_proposee], "transition": "preselectionner"}


def _lien(cote: Cote) -> Acteur:
    lien = LienFactory(structure=cote.structure, objet_uuid=cote.offre.uuid)
    return Acteur.par_lien(lien, Role.ENTREPRISE)


def _relance(cote: Cote) -> dict:
    """L'offre est diffusée à qui n'a encore proposé personne."""
    offre = OffreFactory(engagement=cote.engagement)
    offre.diffusions.create(organisation=cote.organisations[Role.PRESCRIPTEUR])
    return {"offre": offre}


def _engagement(cote: Cote) -> Engagement:
    return Engagement.objects.avec_contexte().get(pk=cote.engagement.pk)


def _candidature(cote: Cote) -> Candidature:
    return CandidatureFactory(
        offre=cote.offre, beneficiaire=cote.contrat.beneficiaire, proposee_par=cote.organisations[Role.PRESCRIPTEUR]
    )


def _retiree(cote: Cote) -> Candidature:
    candidature = Candidature.objects.get(pk=cote.candidature.pk)
    candidature.statut, candidature.statut_avant = StatutCandidature.RETIREE, StatutCandidature.TRANSMISE
    candidature.save()
    return candidature


S = "recrutement.services"
GESTES = {
    f"{S}.aides.ajouter_aide": Geste(
        lambda c: {
            "intitule": "Neuve",
            "source": "Décret",
            "date_source": datetime.date(2026, 6, 1),
            "montant": Decimal(1),
            "unite": "euros",
        }
    ),
    f"{S}.aides.modifier_aide": Geste(sur("aide", intitule="Neuve")),
    f"{S}.aides.archiver_aide": Geste(lambda c: {"aide": AideFactory(structure=c.structure), "archiver": True}),
    f"{S}.aides.installer_aides_proposees": Geste(lambda c: {}),
    f"{S}.avenants.amender_contrat": Geste(
        sur("contrat", genre="prolongation", date_effet=datetime.date(2026, 8, 1), fin_prevue=FIN)
    ),
    f"{S}.avenants.affecter_aussi": Geste(_affectation),
    f"{S}.besoins.exprimer_besoin": Geste(
        lambda c: {
            "engagement": _engagement(c),
            "intitule": "Grutier",
            "metier": c.offre.metier,
            "debut": DEBUT,
            "commune": c.entreprise.commune,
        },
        roles=ENTREPRISE,
    ),
    f"{S}.besoins.modifier_besoin": Geste(
        lambda c: {"offre": c.besoin, "intitule": "Grutier", "debut": c.besoin.debut}, roles=ENTREPRISE
    ),
    f"{S}.besoins.retirer_besoin": Geste(lambda c: {"offre": c.besoin}, roles=ENTREPRISE),
    f"{S}.besoins.prendre_besoin": Geste(lambda c: {"offre": c.besoin}),
    f"{S}.besoins.ecarter_besoin": Geste(lambda c: {"offre": c.besoin, "reponse_besoin": "Les heures sont faites."}),
    f"{S}.candidatures.proposer_personne": Geste(_proposition, roles=ECRIVENT | PRESCRIPTEUR),
    f"{S}.candidatures.avancer_candidature": Geste(
        sur("candidature", transition="refuser", motif="permis"), roles=ECRIVENT | ENTREPRISE, lien=_lien
    ),
    f"{S}.candidatures.avancer_candidatures": Geste(_plusieurs),
    f"{S}.candidatures.retablir_candidature": Geste(
        lambda c: {"candidature": _retiree(c)}, roles=ECRIVENT | PRESCRIPTEUR
    ),
    f"{S}.candidatures.embaucher": Geste(_embauche),
    f"{S}.cloture.avancer_offre": Geste(sur("offre", transition="clore")),
    f"{S}.contrats.conclure_contrat": Geste(lambda c: {"beneficiaire": c.beneficiaire, **_contrat(c)}),
    f"{S}.embauche.embaucher_une_nouvelle_personne": Geste(_embauche_directe),
    f"{S}.contrats.modifier_contrat": Geste(
        lambda c: {
            "contrat": c.contrat,
            "fin_prevue": datetime.date(2026, 9, 30),
            "employeur": c.cotraitante,
            "tuteur": c.contact,
        }
    ),
    f"{S}.contrats.reprendre_contrats": Geste(_contrats),
    f"{S}.contrats.archiver_contrat": Geste(sur("contrat", archiver=True)),
    f"{S}.sans_critere.consigner_le_motif": Geste(_sans_critere),
    f"{S}.offres.creer_offre": Geste(
        lambda c: {"engagement": c.engagement, "intitule": "Neuve", "metier": c.offre.metier, "debut": DEBUT}
    ),
    f"{S}.offres.modifier_offre": Geste(sur("offre", intitule="Neuve", postes=4)),
    f"{S}.offres.situer": Geste(
        lambda c: {"offre": c.offre, "valeurs": {}},
        roles=LISENT | PRESCRIPTEUR | ENTREPRISE,
        lien=_lien,
        lit="il demande où est le poste, avant d'écrire",
    ),
    f"{S}.offres.diffuser_offre": Geste(_diffusion),
    f"{S}.offres.relancer_partenaires": Geste(_relance),
    f"{S}.offres.partager_offre": Geste(sur("offre", partager=False)),
    f"{S}.offres.ouvrir_a_l_entreprise": Geste(sur("offre", courriel="chef@chantier.example")),
}
MAILLONS = {
    f"{S}.avis_candidatures.prevenir_qui_a_propose": "écrit d'un pas déjà fait sur une candidature tenue",
    f"{S}.avis_candidatures.avis_du_lot": "dit à qui un pas déjà fait est écrit",
    f"{S}.avis_entreprise.prevenir_les_facilitateurs": "écrit d'un besoin que l'on vient d'enregistrer",
    f"{S}.avis_entreprise.prevenir_l_entreprise": "écrit d'un pas déjà fait sur une offre tenue",
    f"{S}.avis_entreprise.annoncer_la_transmission": "écrit d'un pas déjà fait sur une offre tenue",
    f"{S}.candidatures.classer_le_reste": "l'offre est déjà tenue, et refermée",
    f"{S}.offres.passer": "l'offre est déjà tenue",
}
EXEMPTES = {
    f"{S}.avis_entreprise.repondre_a": "lit : à qui l'on répondra",
    f"{S}.avis_entreprise.facilitateurs_joignables": "lit : à qui écrire d'une offre tenue",
    f"{S}.contrats.prochain_identifiant": "lit : le numéro suivant d'une structure",
    f"{S}.offres.coordonnees": "lit : interroge le service d'adresses",
    f"{S}.offres.relancer_avant_la_date_limite": "un travail : chaque offre par l'automate de sa structure",
}
