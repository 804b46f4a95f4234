"""Les portes de `declarations` : le mois et ses heures, ce qui y est annoncé, les relances."""

import datetime
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from comptes.acteur import Acteur
from comptes.enums import Role
from declarations.enums import StatutDeclaration
from declarations.models import Declaration, PauseRelances
from declarations.services import Decision
from declarations.services.declarations import HeuresDeclarees
from marches.models import Engagement
from recrutement.models import Contrat
from tests.fabriques.beneficiaires import BeneficiaireFactory, CritereFactory
from tests.fabriques.declarations import DeclarationFactory, LigneHeuresFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory
from tests.fabriques.marches import EngagementFactory, LotFactory, MarcheFactory
from tests.fabriques.recrutement import ContratFactory
from tests.fabriques.socle import LienFactory
from tests.fichiers import PDF
from tests.gestes.commun import ECRIVENT, ENTREPRISE, LISENT, Geste
from tests.monde import JUIN, MAI, Cote

JUILLET, AOUT = datetime.date(2026, 7, 1), datetime.date(2026, 8, 1)


def lien(cote: Cote) -> Acteur:
    """Qui est entré par le lien de la fiche : les mois de l'entreprise dans cette structure."""
    return Acteur.par_lien(LienFactory(structure=cote.structure, objet_uuid=cote.fiche.uuid), Role.ENTREPRISE)


def _contrat(cote: Cote) -> Contrat:
    return Contrat.objects.avec_contexte().select_related("convention").get(pk=cote.contrat.pk)


def _engagement(cote: Cote) -> Engagement:
    return Engagement.objects.avec_contexte().get(pk=cote.engagement.pk)


def _commencee(cote: Cote) -> Declaration:
    lignes = {cote.contrat: "10"}
    return DeclarationFactory(
        engagement=cote.engagement, mois=JUILLET, statut=StatutDeclaration.COMMENCEE, lignes=lignes
    )


def _a_decider(cote: Cote) -> dict:
    ligne = cote.mois_declare.lignes.get()
    return {"declaration": cote.mois_declare, "decisions": {ligne.pk: Decision("accepter")}}


def _un_mois_sans_alerte(cote: Cote) -> Declaration:
    """Un mois d'un marché neuf, une ligne ordinaire, rien qui étonne."""
    lot = LotFactory(marche=MarcheFactory(structure=cote.structure, maitre_ouvrage=cote.maitre_ouvrage))
    personne = BeneficiaireFactory(structure=cote.structure)
    CritereFactory(beneficiaire=personne, piece_vue_le=datetime.date(2026, 2, 20))
    contrat = ContratFactory(engagement=EngagementFactory(lot=lot), beneficiaire=personne)
    declaration = DeclarationFactory(engagement=contrat.engagement, mois=JUIN)
    LigneHeuresFactory(declaration=declaration, contrat=contrat, heures=Decimal(50))
    return declaration


def _a_reprendre(cote: Cote) -> dict:
    return {
        "nouvelles": [(_contrat(cote), JUILLET, Decimal(20))],
        "modifiees": {cote.mois_a_valider.lignes.get().pk: Decimal(70)},
        "a_valider": [(cote.engagement.pk, JUIN)],
    }


def _a_rattacher(cote: Cote) -> dict:
    contrat = ContratFactory(engagement=cote.engagement, beneficiaire=cote.candidature_retenue.beneficiaire)
    return {"annonce": cote.personne_annoncee, "contrat": contrat}


def _a_embaucher(cote: Cote) -> dict:
    return {
        "annonce": cote.personne_annoncee,
        "engagement": cote.engagement,
        "employeur": cote.entreprise,
        "beneficiaire": cote.candidature_retenue.beneficiaire,
        "type_contrat": "cdd",
        "modalite": "embauche_directe",
        "debut": datetime.date(2026, 6, 2),
        "fin_prevue": datetime.date(2026, 8, 31),
    }


def _releve(cote: Cote) -> dict:
    fichier = SimpleUploadedFile("releve.pdf", PDF, "application/pdf")
    return {"declaration": cote.mois_declare, "fichier": fichier, "declarant": "paie@chantier.example"}


def _joignable(cote: Cote) -> dict:
    ContactEntrepriseFactory(fiche=cote.fiche, courriel=f"paie-{cote.marque.lower()}@chantier.example")
    return {"entreprise": cote.entreprise}


def _en_pause(cote: Cote) -> dict:
    pause = PauseRelances.objects.create(fiche=cote.fiche, jusqu_au=datetime.date(2026, 12, 1), motif="Congés")
    return {"pause": pause}


PAR_L_ENTREPRISE = {"roles": ENTREPRISE, "lien": lien}
S, A, R = "declarations.services", "declarations.annonces.services", "declarations.relances.services"
GESTES = {
    f"{S}.verrou.verrouiller_le_mois": Geste(
        lambda c: {"declaration": c.mois_declare},
        roles=LISENT | ENTREPRISE,
        lien=lien,
        lit="il ne fait que tenir la ligne",
    ),
    f"{S}.heures.saisir_heures": Geste(
        lambda c: {
            "engagement": _engagement(c),
            "mois": MAI,
            "heures": {_contrat(c): Decimal(50)},
            "formation": {_contrat(c): Decimal(7)},
        },
        libres={"formation": "celle d'un contrat dont on ne saisit pas les heures ne se lit pas"},
    ),
    f"{S}.declarations.ouvrir": Geste(
        lambda c: {"declaration": c.mois_declare}, **PAR_L_ENTREPRISE, lit="il ne fait que tenir la ligne"
    ),
    f"{S}.declarations.garder_brouillon": Geste(
        lambda c: {"declaration": c.mois_attendu, "heures": {_contrat(c): HeuresDeclarees(travail=Decimal(40))}},
        **PAR_L_ENTREPRISE,
    ),
    f"{S}.declarations.envoyer_declaration": Geste(
        lambda c: {"declaration": _commencee(c), "declarant": "paie@chantier.example"}, **PAR_L_ENTREPRISE
    ),
    f"{S}.declarations.declarer_aucune_heure": Geste(
        lambda c: {"declaration": c.mois_attendu, "declarant": "paie@chantier.example"}, **PAR_L_ENTREPRISE
    ),
    f"{S}.decisions.decider_lignes": Geste(_a_decider),
    f"{S}.decisions.rendre_declaration": Geste(lambda c: {"declaration": c.mois_declare, "motif": "Relisez."}),
    f"{S}.validation.valider_mois": Geste(lambda c: {"declaration": c.mois_declare, "accepter_le_reste": True}),
    f"{S}.rectifications.rouvrir_mois": Geste(lambda c: {"declaration": c.mois_valide, "motif": "Bulletin corrigé."}),
    f"{S}.sans_alerte.valider_sans_alerte": Geste(
        lambda c: {"demandes": {_un_mois_sans_alerte(c).uuid: ""}},
    ),
    f"{S}.sans_alerte.valider_un_mois_sans_alerte": Geste(lambda c: {"declaration": _un_mois_sans_alerte(c)}),
    f"{S}.liens.envoyer_le_lien": Geste(lambda c: {"engagement": _engagement(c), "courriel": "paie@chantier.example"}),
    f"{S}.liens.fermer_le_lien": Geste(lambda c: {"engagement": _engagement(c), "lien": c.lien_declaration.uuid}),
    f"{S}.ouverture.regler_declarations": Geste(lambda c: {"jour_echeance": 12, "premier_mois": AOUT}),
    f"{S}.reprise.reprendre_heures": Geste(_a_reprendre),
    f"{A}.personnes.annoncer_personne": Geste(
        lambda c: {
            "declaration": c.mois_attendu,
            "nom": "Neuve",
            "prenom": "Awa",
            "embauchee_le": datetime.date(2026, 5, 4),
            "type_contrat": "cdd",
            "heures": Decimal(30),
        },
        **PAR_L_ENTREPRISE,
    ),
    f"{A}.personnes.retirer_annonce": Geste(
        lambda c: {"declaration": c.mois_declare, "annonce": c.personne_annoncee.uuid},
        **PAR_L_ENTREPRISE,
        muets={"annonce": "elle n'est pas de ce mois : il n'y a rien à retirer"},
    ),
    f"{A}.personnes.rattacher_personne": Geste(_a_rattacher),
    f"{A}.personnes.embaucher_personne_annoncee": Geste(_a_embaucher),
    f"{A}.departs.confirmer_depart": Geste(
        lambda c: {"depart": c.depart_annonce, "fin_reelle": datetime.date(2026, 6, 12), "motif_fin": "chantier"}
    ),
    f"{A}.traitement.ecarter_annonce": Geste(lambda c: {"annonce": c.personne_annoncee, "motif": "Déjà connue."}),
    f"{A}.justificatifs.deposer_justificatif": Geste(_releve, **PAR_L_ENTREPRISE),
    f"{A}.justificatifs.retirer_justificatif": Geste(
        lambda c: {"declaration": c.mois_declare, "justificatif": c.justificatif.uuid},
        **PAR_L_ENTREPRISE,
        muets={"justificatif": "il n'est pas de ce mois : il n'y a rien à retirer"},
    ),
    f"{R}.a_la_main.relancer_maintenant": Geste(_joignable),
    f"{R}.a_la_main.noter_appel": Geste(lambda c: {"entreprise": c.entreprise}),
    f"{R}.a_la_main.mettre_en_pause": Geste(
        lambda c: {
            "entreprise": c.entreprise,
            "jusqu_au": datetime.date(2026, 12, 1),
            "motif": "Congés",
            "engagement": c.engagement,
        }
    ),
    f"{R}.a_la_main.lever_la_pause": Geste(_en_pause),
}
GESTES |= {
    f"{S}.fichiers.retenir_les_colonnes": Geste(
        lambda c: {"entreprise": c.entreprise, "colonnes": {"qui": "personne"}}, ECRIVENT | ENTREPRISE
    ),
    f"{S}.fichiers.declarer_le_fichier": Geste(
        lambda c: {"entreprise": c.entreprise, "lignes": {(_contrat(c), c.mois_attendu.mois): Decimal(12)}},
        ECRIVENT | ENTREPRISE,
    ),
}
TENU = "le mois est déjà tenu"
MAILLONS = {
    f"{S}.ouverture.ouvrir_les_mois_de": "la fiche est celle d'un engagement déjà tenu par `envoyer_le_lien`",
    f"{S}.heures.poser_le_mois": TENU,
    f"{S}.heures.compter_la_formation": TENU,
    f"{S}.heures.recompter": "l'engagement est déjà tenu",
    f"{S}.departs.poser_les_departs": TENU,
    f"{S}.decisions.appliquer_decisions": TENU,
    f"{S}.sans_critere.consigner_les_motifs": TENU,
    f"{S}.validation.valider_le_verrouille": TENU,
    f"{S}.validation.clore_rectification": TENU,
    f"{S}.validation.dire_la_rectification": TENU,
    f"{S}.avis_du_mois.ecrire_a_l_entreprise": "écrit d'un geste déjà fait sur un mois tenu",
    f"{A}.traitement.traiter": "l'annonce est déjà tenue",
    f"{R}.envois.adresser": "les fiches sont déjà tenues",
    f"{R}.envois.ecrire_les_relances": "les fiches sont déjà tenues",
    f"{R}.passage.verrouiller": "un verrou : celles que le passage relance",
}
LIT, TRAVAIL = "lit : rien ne s'écrit", "un travail : chaque structure par son automate"
EXEMPTES = {
    "declarations.annonces.services.personnes.annonces_jusqu_au_mois": "lit : les personnes annoncées encore sans contrat",
    "declarations.services.liens.lien_de": "lit : l'un des liens ouverts de l'engagement",
    f"{S}.avis_du_mois.avis_du_mois": LIT,
    f"{S}.sans_critere.exiger_les_motifs": LIT,
    f"{S}.liens.liens_de": LIT,
    f"{S}.fichiers.colonnes_retenues": LIT,
    f"{S}.liens.fiche_de": LIT,
    f"{S}.heures.valeurs_saisies": "un calcul",
    f"{S}.heures.verifier_mois_du_contrat": "un calcul",
    f"{S}.heures.exiger_son_engagement": "un calcul",
    f"{S}.heures.est_hors_du_contrat": "un calcul",
    f"{S}.vu.valeurs_du_mois": LIT,
    f"{S}.vu.textes_du_mois": "un calcul",
    f"{S}.vu.exiger_le_mois_vu": LIT,
    f"{S}.decisions.valeurs_a_decider": "un calcul",
    f"{S}.decisions.lignes_du_mois": LIT,
    f"{S}.decisions.ecarts": "un calcul",
    f"{S}.sans_alerte.mois_du_lot": "lit dans la portée de l'acteur, et refuse un lot qui en sort",
    f"{S}.ouverture.mois_a_ouvrir": LIT,
    f"{S}.ouverture.mois_a_ouvrir_partout": LIT,
    f"{S}.ouverture.ouvrir_mois": "l'exploitant seul, par sa commande : chaque structure par son automate",
    f"{S}.ouverture.ouvrir_les_mois_clos": TRAVAIL,
    f"{A}.personnes.contrats_possibles": "lit dans la portée de l'acteur",
    f"{R}.a_la_main.lire_situation": "lit dans la portée de l'acteur",
    f"{R}.passage.preparer_relances": LIT,
    f"{R}.passage.avec_de_quoi_ecrire": LIT,
    f"{R}.passage.relancer": TRAVAIL,
    f"{R}.passage.passer_les_relances": TRAVAIL,
}
