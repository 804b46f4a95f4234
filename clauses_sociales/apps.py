from django.apps import AppConfig


class ClausesSocialesConfig(AppConfig):
    name = "clauses_sociales"
    verbose_name = "Clauses sociales"
