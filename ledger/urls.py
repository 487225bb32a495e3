from django.urls import URLPattern

from core.doors import Door

app_name = "ledger"

urlpatterns: list[URLPattern] = []

DOORS: dict[str, Door] = {}
