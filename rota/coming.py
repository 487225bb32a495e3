"""Who comes to a visit, told to services: only what is published, and first names only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from rota.models import PublishedVisit


def first_names(visit_ids: Collection[int]) -> Mapping[int, Sequence[str]]:
    """Visit → first names of the carers who come, where carers have been told."""
    rows = (
        PublishedVisit.objects.standing()
        .filter(visit__in=visit_ids)
        .order_by("visit", "pk")
        .values_list("visit", "carer__person__first_name")
    )
    coming: dict[int, list[str]] = defaultdict(list)
    for visit_id, name in rows:
        coming[visit_id].append(name)
    return coming
