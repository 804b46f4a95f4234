from django.urls import path

from metiers import views

app_name = "metiers"
urlpatterns = [path("suggestions/", views.suggestions, name="suggestions")]
