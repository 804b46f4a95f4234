"""Toutes les pages, et le catalogue des composants, qui n'est servi qu'en développement."""

from django.urls import path

from clauses_sociales.urls import handler403, handler404, handler500, urlpatterns
from socle.views.composants import composants

__all__ = ["handler403", "handler404", "handler500"]

urlpatterns = [*urlpatterns, path("catalogue/", composants, name="catalogue")]
