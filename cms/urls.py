"""The public site (Wagtail) and its editor. Last in config.urls: it takes every other address."""

urlpatterns: list = []
