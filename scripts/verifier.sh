#!/bin/sh
# Toutes les vérifications qui ne lancent pas de test, dans l'ordre du plus rapide ; .ci/run et `make lint` l'appellent.
# Chacune est exécutée même si une autre échoue ; le code de sortie dit si toutes passent.
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/systeme.sh
PATH="$PWD/.venv/bin:$PATH"
# Une base vide et jetable : rien ici ne lit ni n'écrit celle de la démonstration.
VAR_DIR=$(mktemp -d)
export PATH VAR_DIR
trap 'rm -rf "$VAR_DIR"' EXIT
echecs=''

verifier() {
  nom=$1
  shift
  if sortie=$("$@" 2>&1); then
    printf '  ✓ %s\n' "$nom"
  else
    printf '  ✗ %s\n%s\n' "$nom" "$(printf '%s\n' "$sortie" | sed 's/^/      /')"
    echecs="$echecs ; $nom"
  fi
}

# Les réglages d'une mise en ligne, pour que `check --deploy` juge la production et non l'essai.
verifier_deploiement() {
  env -u DATABASE_URL -u CELERY_BROKER_URL \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    SITE_URL=https://clauses.exemple.fr ALLOWED_HOSTS=clauses.exemple.fr DERRIERE_PROXY=true DEBUG=false \
    python manage.py check --deploy --fail-level WARNING
}

verifier 'ruff : fautes et imports' ruff check .
verifier 'ruff : mise en forme' ruff format --check .
verifier 'import-linter : étages' lint-imports
verifier 'verrou des dépendances' python scripts/verifier_verrou.py
verifier 'vulture : code mort' python scripts/code_mort.py
verifier 'djlint : gabarits' djlint --lint --quiet .
verifier 'hadolint : Dockerfile' hadolint Dockerfile
verifier 'docker-compose.yml : schéma' check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
verifier 'manage.py check --deploy' verifier_deploiement
verifier 'migrations à jour' env -u DATABASE_URL python manage.py makemigrations --check --dry-run
verifier 'mypy : types' mypy

if [ -n "$echecs" ]; then
  dire "✗ À corriger :${echecs# ;}"
  exit 1
fi
