#!/bin/sh
# Les essais par propriétés sur des exemples neufs, d'une graine tirée au sort et imprimée ; la donner rejoue le passage :
#   sh scripts/essais_au_hasard.sh 20260831
set -eu
cd "$(dirname "$0")/.."
. scripts/systeme.sh

graine=${1:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
# Collecter toute la suite pour ces quelques fichiers coûterait quatre secondes de processeur à chaque travailleur.
fichiers=$(grep -rlw hypothesis tests --include='test_*.py')

dire "Hypothesis au hasard ; pour rejouer : sh scripts/essais_au_hasard.sh $graine"
# shellcheck disable=SC2086  (une liste de fichiers, sans espaces)
exec .venv/bin/python -m pytest $fichiers -q -n auto --dist loadfile -m hypothesis --hypothesis-profile=hasard --hypothesis-seed="$graine"
