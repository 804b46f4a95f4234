"""Ce que l'essai des portes ne devine pas : des clés sans objet, et un lien d'une même structure."""

import datetime
from decimal import Decimal

import pytest

from comptes.acteur import Acteur
from comptes.enums import Role
from declarations.services import reprendre_heures
from declarations.services.declarations import HeuresDeclarees, envoyer_declaration, garder_brouillon
from entreprises.models import FicheEntreprise
from socle.regles import AccesRefuse, RegleViolee
from tests.fabriques.recrutement import ContratFactory
from tests.fabriques.socle import LienFactory
from tests.monde import MAI

pytestmark = pytest.mark.django_db


def test_un_classeur_ne_valide_ni_ne_corrige_rien_d_ailleurs(monde):
    autre, leur_mois = monde.autre, monde.autre.mois_a_valider
    ailleurs = [
        {"modifiees": {leur_mois.lignes.get().pk: Decimal(1)}},
        {"modifiees": {}, "a_valider": [(autre.engagement.pk, leur_mois.mois)]},
        {"modifiees": {}, "a_valider": [(autre.engagement.pk, datetime.date(2026, 7, 1))]},
    ]
    for forge in ailleurs:
        with pytest.raises(RegleViolee):
            reprendre_heures(acteur=monde.acteur(), nouvelles=[], **forge)
    leur_mois.refresh_from_db()
    assert not leur_mois.est_validee and leur_mois.lignes.get().heures == 80
    assert not autre.engagement.declarations.filter(mois=datetime.date(2026, 7, 1)).exists()


@pytest.mark.parametrize("travail", [None, Decimal(10)])
def test_un_depart_ne_se_dit_que_d_un_contrat_de_l_engagement(monde, horloge, travail):
    """Sans heures, rien d'autre ne regardait de quel marché est le contrat."""
    ailleurs = ContratFactory(engagement=monde.cotraitance)
    dites = HeuresDeclarees(travail=travail, parti_le=datetime.date(2026, 5, 20), motif="chantier")
    with pytest.raises(RegleViolee):
        garder_brouillon(acteur=monde.acteur("entreprise"), declaration=monde.mois_attendu, heures={ailleurs: dites})
    assert not monde.mois_attendu.departs.exists()


def test_un_lien_n_ouvre_que_les_mois_de_son_entreprise(monde, horloge):
    """Le lien d'une autre entreprise de la même structure, puis celui de la bonne."""
    fiche = FicheEntreprise.objects.get(structure=monde.structure, entreprise=monde.cotraitante)
    voisine, sienne = (
        Acteur.par_lien(LienFactory(structure=monde.structure, objet_uuid=cle), Role.ENTREPRISE)
        for cle in (fiche.uuid, monde.fiche.uuid)
    )
    heures = {monde.contrat: HeuresDeclarees(travail=Decimal(30))}
    with pytest.raises(AccesRefuse):
        garder_brouillon(acteur=voisine, declaration=monde.mois_attendu, heures=heures)
    garder_brouillon(acteur=sienne, declaration=monde.mois_attendu, heures=heures)
    envoyer_declaration(acteur=sienne, declaration=monde.mois_attendu, declarant="paie@chantier.example")
    monde.mois_attendu.refresh_from_db()
    assert (monde.mois_attendu.mois, monde.mois_attendu.declaree_par) == (MAI, "paie@chantier.example")
