"""Included by the API's addresses, in its namespace."""

from django.urls import path

from hearth.insight.api import metrics

urlpatterns = [
    path("metrics/", metrics.catalogue, name="metrics"),
    path("metrics/<slug:metric_name>/readings/", metrics.readings, name="readings"),
]
