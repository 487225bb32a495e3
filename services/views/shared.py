"""What the services views share: finding a record one may see, and noting that it was read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, cast

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models import User
from core.models.audit import ReadWhy
from services.models import Agreement, AgreementLine, AgreementVersion, Pause, PersonSupported
from services.querysets import PersonSupportedQuerySet
from services.rules import Difference, Fact, Group, differences


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def seen_by(request: HttpRequest, group: Group = Group.IDENTITY) -> PersonSupportedQuerySet:
    """The people whose `group` of fields this reader may see now."""
    return PersonSupported.objects.visible_to(user_of(request), timezone.now(), group)


def supported_or_404(
    request: HttpRequest, pk: int, group: Group = Group.IDENTITY
) -> PersonSupported:
    return get_object_or_404(seen_by(request, group).select_related("person__user"), pk=pk)


def agreement_or_404(request: HttpRequest, pk: int) -> Agreement:
    return get_object_or_404(
        Agreement.objects.select_related("person_supported__person"),
        pk=pk,
        person_supported__in=seen_by(request, Group.VISITS),
    )


def version_or_404(request: HttpRequest, pk: int) -> AgreementVersion:
    return get_object_or_404(
        AgreementVersion.objects.select_related("agreement__person_supported__person"),
        pk=pk,
        agreement__person_supported__in=seen_by(request, Group.VISITS),
    )


def line_or_404(request: HttpRequest, pk: int) -> AgreementLine:
    return get_object_or_404(
        AgreementLine.objects.select_related(
            "version__agreement__person_supported__person"
        ).prefetch_related("skills", "preferred_carers"),
        pk=pk,
        version__agreement__person_supported__in=seen_by(request, Group.VISITS),
    )


def pause_or_404(request: HttpRequest, pk: int) -> Pause:
    return get_object_or_404(
        Pause.objects.select_related("person_supported__person"),
        pk=pk,
        person_supported__in=seen_by(request, Group.HEALTH),
    )


def note_reading(
    request: HttpRequest,
    supported: PersonSupported,
    groups: Iterable[Group],
    why: ReadWhy = ReadWhy.PAGE,
) -> None:
    """One line in the read log for each group of fields that the page shows."""
    for group in sorted(groups):
        audit.record_reading(actor_of(request), [supported.person_id], group, why)


def carried_out(form: forms.BaseForm, operation: Callable[[], Any]) -> bool:
    """Do it if the form is sound; a refusal goes beside its field. True if it was done."""
    if not form.is_valid():
        return False
    try:
        operation()
    except RuleError as error:
        show_refusal(form, error)
        return False
    return True


def changed_for(
    groups: frozenset[Group], before: AgreementVersion, after: AgreementVersion
) -> list[Difference]:
    """What a version changed, as far as a reader of these groups sees it."""
    found = []
    for difference in differences(_facts(before), _facts(after)):
        seen = [fact for fact in difference.facts if fact[3] in groups]
        found.append(difference._replace(facts=seen))
    return found


def _facts(version: AgreementVersion) -> dict[Hashable, list[Fact]]:
    return {line.series: line.facts() for line in version.lines.all()}
