"""Requests for one's data: noted, checked, packed, given."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.forms import show_refusal
from core.models.audit import ReadWhy
from core.registry import requires
from members import operations
from members.forms.people import GivenForm, LeaveOutForm, ReceivedForm
from members.models import DataRequest
from members.subject_access import collect
from members.views.people import get_person

State = DataRequest.State
PER_PAGE = 50
#: How the read log calls all groups of fields at once.
EVERYTHING = "everything"


@requires("members.answer_data_requests")
def data_requests(request: HttpRequest) -> HttpResponse:
    """Requests that are open, those due first; then those closed."""
    found = DataRequest.objects.select_related("person").open_first()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    people = [asked.person_id for asked in shown]
    audit.record_reading(actor_of(request), people, "identity", ReadWhy.LIST)
    return render(
        request,
        "members/data_requests.html",
        {"page": page, "requests": shown, "today": timezone.localdate()},
    )


@requires("members.answer_data_requests")
def data_request_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a person asked for their data."""
    person = get_person(pk)
    form = ReceivedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = operations.note_data_request(
                person=person, by=actor_of(request), **form.cleaned_data
            )
        except RuleError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"Noted. The answer is due on {asked.due_on:%-d %B %Y}.")
            return redirect("members:data_request", pk=asked.pk)
    audit.record_reading(actor_of(request), [person.pk], "identity")
    return render(
        request,
        "members/data_request_new.html",
        {"person": person, "form": form},
        status=400 if form.errors else 200,
    )


def _get(pk: int) -> DataRequest:
    return get_object_or_404(
        DataRequest.objects.select_related("person__user", "job", "file"), pk=pk
    )


@requires("members.answer_data_requests")
def data_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what the pack would hold and whom it names, or the pack that is there."""
    return _show(request, _get(pk))


def _show(
    request: HttpRequest, asked: DataRequest, given_form: GivenForm | None = None
) -> HttpResponse:
    """The page of a request; `given_form` was refused."""
    context: dict[str, object] = {"asked": asked, "today": timezone.localdate()}
    if asked.state == State.ASKED:
        everything = collect(asked.person)
        others = [(one.key, f"{one.name} ({_listed(one.sections)})") for one in everything.others]
        form = LeaveOutForm(others=others, initial={"left_out": asked.left_out})
        context |= {"everything": everything, "form": form}
    elif asked.state == State.READY:
        context |= {"given_form": given_form or GivenForm()}
    audit.record_reading(actor_of(request), [asked.person_id], "identity")
    status = 400 if given_form else 200
    return render(request, "members/data_request.html", context, status=status)


def _listed(titles: list[str]) -> str:
    return ", ".join(title.lower() for title in titles)


@requires("members.answer_data_requests")
def data_request_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the pack is: asked for by the page itself."""
    return render(request, "members/data_request_progress.html", {"asked": _get(pk)})


@requires("members.answer_data_requests")
@require_POST
def data_request_make(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the pack made, without the names that were ticked."""
    left_out = request.POST.getlist("left_out")
    operations.ask_data_pack(asked=_get(pk), left_out=left_out, by=actor_of(request))
    return redirect("members:data_request", pk=pk)


@requires("members.answer_data_requests")
@require_POST
def data_request_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the person has their pack."""
    form, asked = GivenForm(request.POST), _get(pk)
    if form.is_valid():
        try:
            operations.give_data_pack(asked=asked, by=actor_of(request), **form.cleaned_data)
        except RuleError as error:
            if not error.field:
                raise
            show_refusal(form, error)
        else:
            messages.success(
                request, "Noted. They find it on their own page, too, if they sign in."
            )
            return redirect("members:data_request", pk=pk)
    return _show(request, _get(pk), form)


@requires("members.answer_data_requests")
@require_POST
def data_request_call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """The request is called off."""
    operations.call_off_data_request(asked=_get(pk), by=actor_of(request))
    messages.success(request, "Called off.")
    return redirect("members:data_requests")


def data_pack(request: HttpRequest, pk: int) -> FileResponse:
    """The pack itself: for those who answer requests, and for the person once it was given."""
    asked = _get(pk)
    own = asked.person.user_id == request.user.pk and asked.state == State.GIVEN
    if not own and not request.user.has_perm("members.answer_data_requests"):
        raise Http404
    if asked.file is None:
        raise Http404
    by = actor_of(request)
    audit.record(by, "members.open_data_pack", asked)
    audit.record_reading(by, [asked.person_id], EVERYTHING, ReadWhy.EXPORT)
    response = FileResponse(
        asked.file.file.open("rb"),
        as_attachment=True,
        filename=asked.file.name,
        content_type=asked.file.content_type,
    )
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
