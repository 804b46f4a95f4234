"""Une entreprise qu'une autre structure connaît à la même adresse de courriel : son compte n'a pas à être confirmé."""

from comptes.models import Organisation
from comptes.preuves import preuve_de_compte
from entreprises.models import ContactEntreprise

# Une adresse chez l'un d'eux est à une personne, non à une entreprise : elle ne prouve rien.
PUBLICS = """
    9online.fr aliceadsl.fr aol.com bbox.fr cegetel.net club-internet.fr dartybox.com ecomail.fr email.com
    fastmail.com free.fr freesbee.fr gmail.com gmx.com gmx.fr gmx.net googlemail.com hey.com hotmail.com hotmail.fr
    hushmail.com icloud.com ik.me infomaniak.com infonie.fr laposte.net libertysurf.fr live.com live.fr mac.com
    magic.fr mail.com mail.fr mail.ru mailfence.com mailo.com me.com msn.com murena.io neuf.fr noos.fr nordnet.fr
    numericable.fr orange.fr outlook.com outlook.fr pm.me posteo.net proton.me protonmail.ch protonmail.com
    rocketmail.com sfr.fr skynet.be tele2.fr telenet.be tiscali.fr tuta.com tuta.io tutanota.com voila.fr wanadoo.fr
    web.de worldonline.fr yahoo.com yahoo.fr yandex.com ymail.com zaclys.net zoho.com zoho.eu
"""
FOURNISSEURS_PUBLICS = frozenset(PUBLICS.split())


@preuve_de_compte
def meme_domaine_chez_une_autre_structure(organisation: Organisation, emettrice: Organisation, adresse: str) -> bool:
    """Une autre structure tient, sur sa fiche de cette entreprise, un contact au même domaine, qui n'est pas public."""
    domaine = adresse.rpartition("@")[2].lower()
    if domaine in FOURNISSEURS_PUBLICS:
        return False
    contacts = ContactEntreprise.objects.actifs().filter(
        fiche__entreprise__organisation=organisation,
        fiche__archive_le__isnull=True,
        courriel__iendswith=f"@{domaine}",
    )
    return contacts.exclude(fiche__structure=emettrice).exists()
