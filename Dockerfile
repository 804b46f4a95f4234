# syntax=docker/dockerfile:1

# Ce que WeasyPrint charge à l'exécution et qu'aucune roue n'apporte, plus une police de secours.
FROM python:3.13-slim-trixie AS base
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LANG=C.UTF-8
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
    fonts-dejavu-core \
    libharfbuzz-subset0 \
    libpango-1.0-0 \
    libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/*

# Les dépendances, vérifiées par leurs empreintes : cette étape ne se refait que si le verrou change.
FROM base AS dependances
WORKDIR /construction
COPY requirements.prod.lock ./
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.prod.lock \
 && /venv/bin/python -m compileall -q /venv

FROM base
RUN groupadd --system --gid 10001 clauses \
 && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/clauses --no-create-home clauses \
 && install -d -o clauses -g clauses -m 0700 /var/lib/clauses
WORKDIR /app
COPY --from=dependances /venv /venv
COPY . .
ENV PATH=/venv/bin:$PATH \
    VAR_DIR=/var/lib/clauses \
    PROMETHEUS_MULTIPROC_DIR=/dev/shm/metriques \
    STATIC_ROOT=/app/fichiers-statiques
# Les fichiers statiques vivent dans l'image, du même âge que le code ; la clé ne sert qu'à cette commande.
RUN VAR_DIR=/tmp/construction SECRET_KEY=construction python manage.py collectstatic --no-input \
 && rm -rf /tmp/construction
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/sante/', timeout=4)"]
# Chaque travailleur ne prend que ce qu'il sert : les autres connexions attendent le premier libre (mesuré : bench/README.md).
CMD ["gunicorn", "--worker-class=gthread", "--workers=3", "--threads=2", "--worker-connections=2", "--keep-alive=0", "--worker-tmp-dir=/dev/shm", "--no-control-socket", "--bind=0.0.0.0:8000", "clauses_sociales.wsgi:application"]
