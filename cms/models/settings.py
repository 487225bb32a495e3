"""What a site says about itself on every page."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Site

#: How long another process may show the old details after a change.
SECONDS = 60


def _cache_key(site: Site) -> str:
    return f"cms.details:{site.pk}"


@register_setting(icon="info-circle")
class SiteDetails(BaseSiteSetting):
    """How to reach the people behind a site, and who they are in law."""

    phone = models.CharField(max_length=30, blank=True)
    phone_hours = models.CharField(
        max_length=120, blank=True, help_text="For instance: Monday to Friday, 9 to 5."
    )
    email = models.EmailField("e-mail address", blank=True)
    address = models.TextField(blank=True, help_text="A line for each line of the address.")
    about = models.CharField(
        max_length=300,
        blank=True,
        help_text="One or two sentences for the foot of every page: what the society is in law.",
    )

    panels = [FieldPanel(name) for name in ("phone", "phone_hours", "email", "address", "about")]

    class Meta:
        verbose_name = "Contact details"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        cache.delete(_cache_key(self.site))

    @classmethod
    def of(cls, site: Site) -> SiteDetails:
        """The details of a site, as every page asks for them; empty ones if it has none."""
        key = _cache_key(site)
        kept = cache.get(key)
        if kept is None:
            kept = cls.objects.filter(site=site).first() or cls(site=site)
            cache.set(key, kept, SECONDS)
        return kept

    def __str__(self) -> str:
        return f"details of site {self.site_id}"
