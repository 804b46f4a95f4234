"""Vérifie que WeasyPrint peut écrire un PDF ici : bibliothèques Pango et HarfBuzz, et au moins une police.

Sort avec le code 0 si tout va, sinon 1 en disant ce qui manque.
"""

import contextlib
import io
import sys
import warnings


def defaut() -> str | None:
    """Rend ce qui empêche d'écrire un PDF, ou None."""
    # Deux manques ne sont que des avertissements : libharfbuzz-subset0 à l'import, les polices au premier rendu,
    # juste avant que Pango ne tombe.
    warnings.filterwarnings("error", message=".*HarfBuzz|.*No fonts configured")
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            from weasyprint import HTML  # noqa: PLC0415
        HTML(string="<p>Heures d’insertion").write_pdf()
    except (OSError, Warning) as erreur:
        return str(erreur).splitlines()[0]
    return None


if __name__ == "__main__":
    sys.exit(defaut())
