#!/bin/sh
# Les essais par propriétés sur des exemples neufs, d'une graine tirée au sort et imprimée ; la donner rejoue le passage :
#   sh scripts/essais_au_hasard.sh 20260831
set -eu
cd "$(dirname "$0")/.."
. scripts/systeme.sh

graine=${1:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
dire "Hypothesis au hasard ; pour rejouer : sh scripts/essais_au_hasard.sh $graine"
exec .venv/bin/python -m pytest -q -n auto --dist loadfile -m hypothesis --hypothesis-profile=hasard --hypothesis-seed="$graine"
