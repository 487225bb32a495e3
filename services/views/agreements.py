"""Agreements, as coordinators write and change them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.errors import RuleError
from core.registry import requires
from services import calendar, operations
from services.forms import (
    AgreeForm,
    AgreementForm,
    ChangeForm,
    EndAgreementForm,
    LineForm,
    RedateForm,
    line_initial,
)
from services.models import Agreement, AgreementLine, AgreementVersion
from services.rules import Fact, Group
from services.views.shared import (
    agreement_or_404,
    carried_out,
    changed_for,
    line_or_404,
    note_reading,
    supported_or_404,
    user_of,
    version_or_404,
)

READS = (Group.VISITS, Group.HEALTH, Group.LEGAL)


@requires("services.view_people")
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """An agreement with all its versions: what each says, and what it changed."""
    found = agreement_or_404(request, pk)
    supported = found.person_supported
    groups = supported.groups_seen_by(user_of(request), timezone.now())
    versions = list(
        found.versions.select_related("recorded_by").prefetch_related(
            "lines__skills", "lines__preferred_carers"
        )
    )
    note_reading(request, supported, groups.intersection(READS))
    history = [
        (version, changed_for(groups, before, version) if before else None, _said(version, groups))
        for before, version in zip([None, *versions], versions, strict=False)
    ]
    return render(
        request,
        "services/agreement.html",
        {
            "agreement": found,
            "supported": supported,
            "history": reversed(history),
            "draft": next((v for v in versions if v.is_draft), None),
            "groups": groups,
            "today": timezone.localdate(),
        },
    )


def _said(version: AgreementVersion, groups: frozenset[Group]) -> list[list[Fact]]:
    """What each line of a version says, as far as this reader sees it."""
    return [[fact for fact in line.facts() if fact.group in groups] for line in version.lines.all()]


@requires("services.manage_agreements")
def new_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an agreement with a person."""
    supported = supported_or_404(request, pk, Group.VISITS)
    form = AgreementForm(request.POST or None, initial={"first_day": timezone.localdate()})
    drafts: list[AgreementVersion] = []
    if request.method == "POST" and carried_out(
        form,
        lambda: drafts.append(
            operations.draft_agreement(
                supported=supported, by=actor_of(request), **form.cleaned_data
            )
        ),
    ):
        return redirect("services:version", pk=drafts[0].pk)
    context = {"title": "New agreement", "form": form, "supported": supported, "verb": "Continue"}
    return render(request, "services/form.html", context, status=400 if form.errors else 200)


@requires("services.manage_agreements")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a new version of an agreement."""
    found = agreement_or_404(request, pk)
    draft = found.versions.filter(state=AgreementVersion.State.DRAFT).first()
    if draft is not None and request.method == "GET":
        messages.info(request, "A change is being drafted already. Go on from here.")
        return redirect("services:version", pk=draft.pk)
    form = ChangeForm(request.POST or None)
    drafts: list[AgreementVersion] = []
    if request.method == "POST" and carried_out(
        form,
        lambda: drafts.append(
            operations.new_version(agreement=found, by=actor_of(request), **form.cleaned_data)
        ),
    ):
        return redirect("services:version", pk=drafts[0].pk)
    return _form(request, "Change the agreement", form, found, "Continue")


@requires("services.manage_agreements")
def end_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """End an agreement after a day."""
    found = agreement_or_404(request, pk)
    form = EndAgreementForm(request.POST or None)
    if request.method == "POST" and carried_out(
        form,
        lambda: operations.end_agreement(
            agreement=found, by=actor_of(request), **form.cleaned_data
        ),
    ):
        messages.success(request, "The agreement ends on that day. Later visits are cancelled.")
        return redirect("services:agreement", pk=pk)
    return _form(request, "End the agreement", form, found, "End the agreement")


def _form(
    request: HttpRequest, title: str, form: object, agreement: Agreement, verb: str
) -> HttpResponse:
    """A page with one form about an agreement."""
    context = {"title": title, "form": form, "agreement": agreement, "verb": verb}
    context["supported"] = agreement.person_supported
    status = 400 if getattr(form, "errors", None) else 200
    return render(request, "services/form.html", context, status=status)


# --- A draft and its lines ------------------------------------------------------------------------


@requires("services.manage_agreements")
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft: its lines, and the visits they would make. An agreed version shows as history."""
    found = version_or_404(request, pk)
    if not found.is_draft:
        return redirect("services:agreement", pk=found.agreement_id)
    return _draft(request, found, "services/version.html", {"redate": RedateForm(_since(found))})


@requires("services.manage_agreements")
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a draft was agreed, with whom and when."""
    found = _draft_or_refused(request, pk)
    form = AgreeForm(request.POST or None, initial={"agreed_on": timezone.localdate()})
    if request.method == "POST" and carried_out(
        form,
        lambda: operations.agree_version(version=found, by=actor_of(request), **form.cleaned_data),
    ):
        messages.success(request, "Agreed. Its visits are planned for the next six weeks.")
        return redirect("services:person", pk=found.agreement.person_supported_id)
    return _draft(request, found, "services/agree.html", {"form": form})


def _draft_or_refused(request: HttpRequest, pk: int) -> AgreementVersion:
    """A version that may still be changed; one that was agreed meanwhile is refused."""
    found = version_or_404(request, pk)
    if not found.is_draft:
        raise RuleError(operations.NO_LONGER_DRAFT)
    return found


def _since(version: AgreementVersion) -> dict[str, object]:
    return {"since": version.since.isoformat()}


def _draft(
    request: HttpRequest, version: AgreementVersion, template: str, more: dict[str, object]
) -> HttpResponse:
    """A page about a draft, with its lines and a preview of the visits."""
    supported = version.agreement.person_supported
    lines = list(version.lines.prefetch_related("skills", "preferred_carers"))
    preview = calendar.preview(version, lines, timezone.localdate())
    note_reading(request, supported, READS)
    context: dict[str, object] = {"version": version, "agreement": version.agreement}
    context["supported"] = supported
    context |= {"lines": lines, "weeks": preview.weeks, "count": preview.count}
    context |= {"overlaps": preview.overlaps, "today": timezone.localdate()}
    form = more.get("form") or more.get("redate")
    status = 400 if request.method == "POST" and getattr(form, "errors", None) else 200
    return render(request, template, context | more, status=status)


@requires("services.manage_agreements")
@require_POST
def redate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a draft begin on another day."""
    found = version_or_404(request, pk)
    form = RedateForm(request.POST)
    if carried_out(
        form,
        lambda: operations.redate_draft(version=found, by=actor_of(request), **form.cleaned_data),
    ):
        messages.success(request, "The first day is changed.")
        return redirect("services:version", pk=pk)
    return _draft(request, found, "services/version.html", {"redate": form})


@requires("services.manage_agreements")
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    found = version_or_404(request, pk)
    operations.discard_draft(version=found, by=actor_of(request))
    messages.success(request, "The draft is gone.")
    return redirect("services:person", pk=found.agreement.person_supported_id)


@requires("services.manage_agreements")
def add_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a visit to a draft."""
    found = _draft_or_refused(request, pk)
    form = LineForm(request.POST or None, initial={"first_day": found.since})
    if request.method == "POST" and carried_out(
        form,
        lambda: operations.add_line(version=found, terms=form.terms(), by=actor_of(request)),
    ):
        messages.success(request, "Added.")
        return redirect("services:version", pk=pk)
    return _line_form(request, form, found, "Add a visit")


@requires("services.manage_agreements")
def edit_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a visit of a draft."""
    line = line_or_404(request, pk)
    if not line.version.is_draft:
        raise RuleError(operations.NO_LONGER_DRAFT)
    form = LineForm(request.POST or None, initial=line_initial(line))
    if request.method == "POST" and carried_out(
        form,
        lambda: operations.change_line(line=line, terms=form.terms(), by=actor_of(request)),
    ):
        messages.success(request, "Changed.")
        return redirect("services:version", pk=line.version_id)
    note_reading(request, line.version.agreement.person_supported, [Group.VISITS, Group.HEALTH])
    return _line_form(request, form, line.version, "Change a visit", line)


def _line_form(
    request: HttpRequest,
    form: LineForm,
    version: AgreementVersion,
    title: str,
    line: AgreementLine | None = None,
) -> HttpResponse:
    context = {"form": form, "version": version, "title": title, "line": line}
    context["supported"] = version.agreement.person_supported
    return render(request, "services/line.html", context, status=400 if form.errors else 200)


@requires("services.manage_agreements")
@require_POST
def remove_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a visit out of a draft."""
    line = line_or_404(request, pk)
    operations.remove_line(line=line, by=actor_of(request))
    messages.success(request, "Removed.")
    return redirect("services:version", pk=line.version_id)
