.DEFAULT_GOAL := help
PYTHON_VENV := .venv/bin/python
ARGS ?=

.PHONY: help install demo test lint

help: ## Cette aide
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

install: ## Prépare .venv (Python, dépendances verrouillées, bibliothèques du PDF)
	@sh scripts/installer.sh

demo: install ## Sert le monde de démonstration sur http://127.0.0.1:8000 (PORT=8010 pour un autre port)
	@$(PYTHON_VENV) scripts/demo.py

test: install ## Lance toute la suite (ARGS="-k marche" pour en choisir une partie)
	@$(PYTHON_VENV) -m pytest -n auto --dist loadfile $(ARGS)

lint: install ## Vérifie le style, les types, les gabarits, les étages et les fichiers de déploiement
	@sh scripts/verifier.sh
