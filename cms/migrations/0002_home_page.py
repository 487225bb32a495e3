"""The site begins with a home page of ours instead of Wagtail's welcome."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations

HEADLINE = "Care, owned by the people who give it and need it"
LEAD = "Our website is being written. Until then, sign in to vote, to see your visits or your rota."


def replace_welcome(apps: Any, _editor: Any) -> None:
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="cms", model="homepage"
    )
    pages = apps.get_model("wagtailcore", "Page")
    sites = apps.get_model("wagtailcore", "Site")
    locale = apps.get_model("wagtailcore", "Locale").objects.first()
    pages.objects.filter(depth=2, slug="home").delete()
    home = apps.get_model("cms", "HomePage").objects.create(
        title="Home",
        draft_title="Home",
        slug="home",
        content_type=content_type,
        path="00010001",
        depth=2,
        numchild=0,
        url_path="/home/",
        locale=locale,
        headline=HEADLINE,
        lead=LEAD,
    )
    sites.objects.create(
        hostname="localhost",
        site_name=settings.SOCIETY_NAME,
        root_page=pages.objects.get(pk=home.pk),
        is_default_site=True,
    )


def take_away(apps: Any, _editor: Any) -> None:
    apps.get_model("cms", "HomePage").objects.filter(depth=2, slug="home").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(replace_welcome, take_away)]
