# Fonctions communes à scripts/installer.sh et .ci/run ; ce fichier se lit avec « . », il ne s'exécute pas.
# shellcheck shell=sh

dire() { printf '%s\n' "$*" >&2; }

# Exécute une commande d'administration : telle quelle pour root, par sudo s'il ne demande pas de mot de passe.
administrer() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

apt_possible() { command -v apt-get >/dev/null 2>&1 && administrer true >/dev/null 2>&1; }

apt_get() {
  administrer env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 "$@"
}

apt_connait() { LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [0-9]'; }

# Installe des paquets Debian ou Ubuntu. L'index n'est relu que si la première tentative échoue : il peut manquer
# (machine neuve) ou désigner des versions retirées. Rend 1 en cas d'échec, sans rien arrêter.
apt_installer() {
  apt_possible || return 1
  dire "→ apt-get install $*"
  journal_apt=$(mktemp)
  if apt_get install --no-install-recommends "$@" >"$journal_apt" 2>&1 ||
    { apt_get update && apt_get install --no-install-recommends "$@"; } >"$journal_apt" 2>&1; then
    rm -f "$journal_apt"
    return 0
  fi
  dire "  apt-get n'a pas réussi ; la fin de son journal :"
  tail -n 6 "$journal_apt" | sed 's/^/    /' >&2
  rm -f "$journal_apt"
  return 1
}
