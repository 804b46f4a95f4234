import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from clauses_sociales.corps import CorpsBorne

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")
application = CorpsBorne(get_wsgi_application(), settings.DELAI_CORPS_S)
