from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from comptes.acteur import Acteur
from comptes.enums import Role, TypeOrganisation
from comptes.models import Organisation
from comptes.services import creer_structure, inviter
from socle.nombres import jour
from territoires.models import Commune, Epci
from territoires.services import definir_territoire


class Command(BaseCommand):
    help = (
        "Crée une structure facilitatrice dont le territoire est l'ensemble des communes d'un EPCI. Rejouée, elle ne "
        "change rien, sauf à rattraper les communes que l'EPCI a gagnées ou perdues depuis."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="identifiant court, par exemple mef-cotentin")
        parser.add_argument("--nom", required=True, metavar="NOM", help="nom de la structure")
        parser.add_argument("--epci", required=True, metavar="SIREN", help="SIREN de l'EPCI, par exemple 200067205")
        parser.add_argument(
            "--responsable",
            default="",
            metavar="COURRIEL",
            help="invite son premier responsable à cette adresse, tant que la structure n'a ni membre ni invitation",
        )
        parser.add_argument("--lien", action="store_true", help="imprime le lien d'invitation, qui ne sert qu'une fois")

    def handle(self, *args, slug: str, nom: str, epci: str, responsable: str, lien: bool, **options) -> None:
        try:
            with transaction.atomic():
                structure = self._creer(slug, " ".join(nom.split()), self._epci(epci))
                if responsable:
                    self._inviter(structure, responsable, lien)
        except ValidationError as refus:
            raise CommandError(" ".join(refus.messages)) from refus

    def _inviter(self, structure: Organisation, adresse: str, lien: bool) -> None:
        if structure.adhesions.exists() or structure.invitations.exists():
            self.stdout.write(
                "La structure a déjà un membre ou une invitation : ses responsables invitent depuis le site."
            )
            return
        validate_email(adresse)
        acteur = Acteur.exploitant()
        invitation = inviter(acteur=acteur, organisation=structure, email=adresse, role=Role.RESPONSABLE)
        self.stdout.write(f"Invitation écrite à {adresse} : elle ouvre le premier compte de la structure.")
        if lien:
            self.stdout.write(f"À ouvrir une fois, avant le {jour(invitation.expire_le)} : {invitation.lien}")

    def _epci(self, siren: str) -> Epci:
        epci = Epci.objects.filter(siren="".join(siren.split())).first()
        if epci is not None and epci.membres.exists():
            return epci
        motif = "n'a aucune commune connue" if epci else "est inconnu"
        suite = (
            "Vérifiez son SIREN."
            if Commune.objects.exists()
            else "Importez d'abord les communes : manage.py importer_communes FICHIER."
        )
        raise CommandError(f"L'EPCI {siren} {motif}. {suite}")

    def _creer(self, slug: str, nom: str, epci: Epci) -> Organisation:
        structure = Organisation.objects.filter(slug=slug).first()
        creee = structure is None
        if structure is None:
            structure = creer_structure(acteur=Acteur.exploitant(), slug=slug, nom=nom)
        else:
            self._verifier(structure, nom)
        avant = set() if creee else _communes(structure)
        territoire = definir_territoire(acteur=Acteur.systeme(structure), structure=structure, epci=epci)
        apres = _communes(structure)
        if creee:
            self.stdout.write(f"Structure « {slug} » créée : {nom}, {len(apres)} communes ({territoire.nom}).")
        elif avant == apres:
            self.stdout.write(
                f"Structure « {slug} » : déjà là, rien à changer ({len(apres)} communes, {territoire.nom})."
            )
        else:
            self.stdout.write(
                f"Structure « {slug} » : déjà là, territoire mis à jour, {len(apres)} communes "
                f"(+{len(apres - avant)}, -{len(avant - apres)}), {territoire.nom}."
            )
        return structure

    def _verifier(self, structure: Organisation, nom: str) -> None:
        if structure.type != TypeOrganisation.FACILITATRICE:
            raise CommandError(
                f"« {structure.slug} » désigne déjà une organisation d'un autre type ({structure.get_type_display()})."
            )
        if structure.nom != nom:
            raise CommandError(
                f"La structure « {structure.slug} » existe déjà sous le nom « {structure.nom} » : "
                "reprenez ce nom, ou choisissez un autre identifiant."
            )


def _communes(structure: Organisation) -> set[int]:
    return set(Commune.objects.du_territoire_de(structure).order_by().values_list("pk", flat=True))
