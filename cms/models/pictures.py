"""Pictures of the public site."""

from __future__ import annotations

from typing import Any

from django.db import models
from wagtail.images.models import AbstractImage, AbstractRendition, Filter, Image

#: The sizes and formats every picture is kept in. cms/includes/picture.html asks for the same.
RENDITIONS = "format-{webp,jpeg}|width-{400,800,1200}"


class Picture(AbstractImage):
    """A picture for public pages. Its sizes are made when it is saved, not by a visitor."""

    credit = models.CharField(max_length=120, blank=True, help_text="Who made it.")

    admin_form_fields = ("title", "file", "description", "credit", "collection", "tags")
    admin_form_fields += tuple(name for name in Image.admin_form_fields if "focal" in name)

    class Meta(AbstractImage.Meta):
        verbose_name = "picture"
        permissions = [("choose_picture", "Can choose picture")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.get_renditions(*Filter.expand_spec(RENDITIONS))

    @property
    def default_alt_text(self) -> str:
        """What is written for those who cannot see it; never the file's name."""
        return str(self.description)


class PictureRendition(AbstractRendition):
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = [("image", "filter_spec", "focal_point_key")]

    def __str__(self) -> str:
        return f"{self.filter_spec} of picture {self.image_id}"
