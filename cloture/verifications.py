"""Ce que `manage.py verifier` contrôle de la fin : une attestation émise n'a pas bougé."""

from collections.abc import Iterator

from cloture.attestations.composition import empreinte_de
from cloture.models import Attestation
from socle.verifications import controle


@controle("Attestations : chacune a son empreinte")
def attestations() -> Iterator[str]:
    for attestation in Attestation.objects.order_by("pk").iterator():
        if empreinte_de(attestation.donnees) != attestation.empreinte:
            yield f"attestation {attestation.pk} : ses données ne sont plus celles de son empreinte"
