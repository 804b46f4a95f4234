import datetime
import hashlib

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from socle.enums import EtatCourriel, EtatDocument
from socle.models import Courriel, Document, Lien, VueEnregistree
from tests.fabriques.commun import Fabrique
from tests.fabriques.comptes import OrganisationFactory

CONTENU = b"%PDF-1.7 contenu d'essai"


class DocumentFactory(Fabrique):
    """Un document demandé ; traits : en_cours, pret (avec son fichier), echec, expire."""

    class Meta:
        model = Document

    class Params:
        en_cours = factory.Trait(
            etat=EtatDocument.EN_COURS,
            pris_jusqu_a=factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(minutes=5)),
        )
        pret = factory.Trait(
            etat=EtatDocument.PRET,
            progression=100,
            taille=len(CONTENU),
            fichier=factory.LazyFunction(lambda: ContentFile(CONTENU, name="essai.pdf")),
        )
        echec = factory.Trait(etat=EtatDocument.ECHEC, message="La fabrication a échoué.")
        expire = factory.Trait(etat=EtatDocument.EXPIRE)

    organisation = factory.SubFactory(OrganisationFactory)
    genre = "essai"
    titre = factory.Sequence(lambda n: f"Document {n}")
    nom_fichier = "essai.pdf"
    expire_le = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=30))


class CourrielFactory(Fabrique):
    """Un courriel à envoyer ; traits : envoye, abandonne."""

    class Meta:
        model = Courriel

    class Params:
        envoye = factory.Trait(etat=EtatCourriel.ENVOYE, envoye_le=factory.LazyFunction(timezone.now))
        abandonne = factory.Trait(etat=EtatCourriel.ABANDONNE)

    destinataire = factory.Sequence(lambda n: f"destinataire{n}@exemple.fr")
    sujet = "Un sujet"
    corps = "Un corps."


class VueEnregistreeFactory(Fabrique):
    """Les marchés en exécution, gardés sous un nom."""

    class Meta:
        model = VueEnregistree

    chemin = "/marches/"
    nom = factory.Sequence(lambda n: f"Vue {n}")
    requete = "statut=execution"


class LienFactory(Fabrique):
    """Un lien signé ouvert ; `jeton` est ce que porte son adresse."""

    class Meta:
        model = Lien

    class Params:
        jeton = factory.Sequence(lambda n: f"jeton-de-lien-{n}")

    structure = factory.SubFactory(OrganisationFactory)
    usage = "reponse_offre"
    destinataire = "chantier@entreprise.example"
    empreinte_jeton = factory.LazyAttribute(lambda lien: hashlib.sha256(lien.jeton.encode()).hexdigest())
    expire_le = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=30))
