#!/bin/sh
# Prépare .venv : un Python 3.12 à 3.14 qui fonctionne vraiment, les dépendances verrouillées avec leurs empreintes,
# puis les bibliothèques qu'aucune roue n'apporte à WeasyPrint. Chaque étape laisse un témoin dans .venv : une seconde
# exécution ne coûte rien. PYTHON=/chemin/python3.13 impose l'interpréteur.
set -eu
cd "$(dirname "$0")/.."
. scripts/systeme.sh
unset PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX

VERSIONS='>=3.12,<3.15'
BIBLIOTHEQUES='libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core'

arreter() {
  dire "✗ $1"
  shift
  for ligne in "$@"; do dire "  $ligne"; done
  exit 1
}

# --- Trouver un Python -----------------------------------------------------------------------------------------------

# Exécuter le candidat est la seule preuve : un relais de pyenv peut exister et échouer.
convient() {
  [ -n "$1" ] && "$1" -c '
import sqlite3, ssl, sys, venv
sys.exit(not ((3, 12) <= sys.version_info[:2] <= (3, 14) and sqlite3.sqlite_version_info >= (3, 37)))' >/dev/null 2>&1
}

trouver_python() {
  maison=${HOME:-/root}
  for candidat in "${PYTHON:-}" python3.13 python3.12 python3.14 python3 \
    "${PYENV_ROOT:-$maison/.pyenv}"/versions/3.13.*/bin/python3 \
    "${PYENV_ROOT:-$maison/.pyenv}"/versions/3.1[24].*/bin/python3 \
    "${XDG_DATA_HOME:-$maison/.local/share}"/uv/python/cpython-3.1[324].*/bin/python3 \
    /opt/homebrew/bin/python3.1[324] /usr/local/bin/python3.1[324]; do
    if convient "$candidat"; then
      printf '%s\n' "$candidat"
      return 0
    fi
  done
  return 1
}

installer_python_par_apt() {
  apt_possible || return 1
  for version in 3.13 3.12; do
    apt_connait "python$version" || apt_get update >/dev/null 2>&1 || true
    if apt_connait "python$version" && apt_installer "python$version" "python$version-venv"; then
      return 0
    fi
  done
  return 1
}

# --- Créer .venv -----------------------------------------------------------------------------------------------------

uv_marche() { command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; }

# Debian livre python3 sans ensurepip (paquet python3-venv) : plusieurs chemins mènent alors au même .venv.
creer_venv_avec() {
  if "$1" -c 'import ensurepip' >/dev/null 2>&1 || installer_ensurepip "$1"; then
    "$1" -m venv --clear .venv
  elif uv_marche; then
    uv venv -q --clear --seed --python "$1" .venv
  elif "$1" -m virtualenv --version >/dev/null 2>&1; then
    "$1" -m virtualenv -q --clear .venv
  elif "$1" -m pip --version >/dev/null 2>&1; then
    "$1" -m venv --clear --without-pip .venv
    "$1" -m pip --python .venv/bin/python install -qq --disable-pip-version-check pip
  else
    arreter "$1 n'a ni ensurepip, ni pip, ni virtualenv : impossible de créer .venv." \
      "Sur Debian ou Ubuntu : sudo apt-get install python3-venv ; puis relancer la commande."
  fi
}

installer_ensurepip() {
  paquet=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  apt_installer "$paquet" && "$1" -c 'import ensurepip' >/dev/null 2>&1
}

# En dernier recours, uv sait télécharger un Python ; s'il manque, un vieux python3 suffit à l'obtenir.
creer_venv_avec_uv() {
  if uv_marche; then
    uv venv -q --clear --seed --python "$VERSIONS" .venv
    return
  fi
  outils=$(mktemp -d)
  resultat=1
  if python3 -m venv "$outils" >/dev/null 2>&1 && "$outils/bin/python" -m pip install -qq uv >/dev/null 2>&1; then
    dire "→ uv télécharge un Python convenable"
    "$outils/bin/uv" venv -q --clear --seed --python "$VERSIONS" .venv && resultat=0
  fi
  rm -rf "$outils"
  return $resultat
}

creer_venv() {
  # À travers un lien, « --clear » viderait l'environnement d'un autre dossier : seul le lien s'en va.
  [ ! -L .venv ] || rm .venv
  if [ -n "${PYTHON:-}" ] && ! convient "$PYTHON"; then
    dire "! PYTHON=$PYTHON n'est pas un Python 3.12 à 3.14 utilisable (ssl, sqlite3 ≥ 3.37, venv) : recherche d'un autre."
  fi
  if python=$(trouver_python) || { installer_python_par_apt && python=$(trouver_python); }; then
    dire "→ .venv avec $("$python" --version) ($(command -v "$python"))"
    creer_venv_avec "$python"
  elif ! creer_venv_avec_uv; then
    arreter "Il faut Python 3.12, 3.13 ou 3.14 (avec ssl, sqlite3 et venv) ; aucun n'a été trouvé ni n'a pu être installé." \
      "Installez-en un, par exemple :" \
      "  Debian 13, Ubuntu 24.04 : sudo apt-get install python3 python3-venv" \
      "  macOS                   : brew install python@3.13" \
      "  ailleurs                : uv python install 3.13, ou pyenv install 3.13" \
      "ou indiquez-le : PYTHON=/chemin/vers/python3.13 make install"
  fi
}

# --- Installer -------------------------------------------------------------------------------------------------------

installer_dependances() {
  dire "→ dépendances verrouillées (requirements.lock)"
  if uv_marche && uv pip sync -q --compile-bytecode --python .venv/bin/python --require-hashes requirements.lock; then
    return
  fi
  .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null 2>&1 || true
  # pip compilerait ce qu'il pose un fichier après l'autre, sur un seul cœur.
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --no-deps --require-hashes --no-compile \
    -r requirements.lock || arreter "Les dépendances n'ont pas pu être installées (voir ci-dessus)." \
    "Vérifiez l'accès à l'index des paquets Python (réseau, mandataire), puis relancez : le travail fait est gardé."
  .venv/bin/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true # Python compile lui-même ce qui manquerait
}

verifier_pdf() {
  manque=$(.venv/bin/python scripts/verifier_pdf.py 2>&1) && return
  # shellcheck disable=SC2086 # une liste de paquets, à découper
  if apt_installer $BIBLIOTHEQUES; then
    manque=$(.venv/bin/python scripts/verifier_pdf.py 2>&1) && return
  fi
  if command -v apt-get >/dev/null 2>&1; then
    remede="sudo apt-get install --no-install-recommends $BIBLIOTHEQUES"
  elif command -v brew >/dev/null 2>&1; then
    remede="brew install pango"
  elif command -v dnf >/dev/null 2>&1; then
    remede="sudo dnf install pango harfbuzz dejavu-sans-fonts"
  else
    remede="installez Pango (1.44 ou plus), HarfBuzz (avec sa bibliothèque « subset »), fontconfig et une police"
  fi
  arreter "WeasyPrint, qui fabrique les PDF, ne trouve pas ce qu'il lui faut : $(printf '%s\n' "$manque" | tail -n 1)" \
    "À faire : $remede" "puis relancer la commande."
}

verrou="$(cksum <requirements.lock) $PWD"
temoin=$(cat .venv/.verrou 2>/dev/null || true)
if ! convient .venv/bin/python; then
  [ ! -e .venv ] || dire "! .venv ne fonctionne pas (interpréteur disparu ou inadapté) : il est refait."
  creer_venv
elif [ -n "$temoin" ] && [ "${temoin#* * }" != "$PWD" ]; then
  dire "! .venv vient d'un autre dossier, que ses commandes désignent encore : il est refait."
  creer_venv
fi
if [ "$(cat .venv/.verrou 2>/dev/null || true)" != "$verrou" ]; then
  installer_dependances
  printf '%s\n' "$verrou" >.venv/.verrou
fi
if [ ! -e .venv/.pdf ]; then
  verifier_pdf
  : >.venv/.pdf
fi
