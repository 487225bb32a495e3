"""What a site says about itself on every page."""

from __future__ import annotations

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


@register_setting(icon="info-circle")
class SiteDetails(BaseSiteSetting):  # type: ignore[misc]
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

    def __str__(self) -> str:
        return f"details of site {self.site_id}"
