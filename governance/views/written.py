"""Deciding in writing: what goes round, one's own answer, and what staff key from paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.forms import refusals_on
from core.registry import requires
from governance import operations
from governance.forms.written import AsideForm, ResolutionForm, TakeBackForm, WrittenAnswerForm
from governance.models import WrittenResolution
from governance.operations.written import verdict_of
from governance.views.form_page import form_page, meetings_trail
from governance.views.found import user_of
from governance.views.reading import note_names_read

PER_PAGE = 25


def _resolution_for(request: HttpRequest, pk: int) -> WrittenResolution:
    rows = WrittenResolution.objects.visible_to(user_of(request), timezone.localdate())
    return get_object_or_404(rows.select_related("body", "rule_set"), pk=pk)


def written(request: HttpRequest) -> HttpResponse:
    """What is, and was, decided in writing."""
    rows = WrittenResolution.objects.visible_to(user_of(request), timezone.localdate())
    page = Paginator(rows.select_related("body"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "governance/written.html", {"page": page})


@requires("governance.arrange_meeting")
def written_new(request: HttpRequest) -> HttpResponse:
    """Send a resolution round."""
    form = ResolutionForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            made = operations.send_round(
                now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, "It goes round now. Everybody who decides is written to.")
            return redirect("governance:written_one", made.pk)
    return form_page(
        request,
        form,
        "Send a resolution round",
        button="Send it round",
        trail=[*meetings_trail(), ("Decided in writing", reverse("governance:written"))],
        lead="It goes at once to everybody who may vote today, and cannot be changed.",
        says="Not for a change of your rules, nor for what the law asks a meeting for: joining "
        "another society, becoming a company, ending the society, taking a board member out of "
        "office.",
    )


def written_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Its words, how it stands, my answer; for the secretary who has answered what."""
    found = _resolution_for(request, pk)
    keeps = user_of(request).has_perm("governance.arrange_meeting")
    form = WrittenAnswerForm(request.POST or None, resolution=found) if keeps else None
    if form is not None and form.is_valid():
        with refusals_on(form):
            voice = form.cleaned_data["voice"]
            operations.answer_in_writing(
                voice=voice,
                choice=form.cleaned_data["choice"],
                now=timezone.now(),
                by=actor_of(request),
            )
            messages.success(request, f"Noted for {voice.name}.")
            return redirect("governance:written_one", pk)
    voices = found.voices.all()
    mine = voices.of_user(user_of(request), timezone.localdate()).with_names()
    context = {
        "resolution": found,
        "form": form,
        "take_back": TakeBackForm(),
        "mine": mine,
        "entitled": voices.counting().count(),
        "keeps": keeps,
        "answered": voices.exclude(choice="").count(),
        "so_far": " ".join(one.words for one in verdict_of(found).sums) if found.is_open else "",
        "page": _names(request, found) if keeps or (mine and not found.is_open) else None,
    }
    return render(request, "governance/written_one.html", context)


def _names(request: HttpRequest, found: WrittenResolution) -> Any:
    rows = found.voices.with_names().order_by("member__number", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    note_names_read(request, page)
    return page


@require_POST
def written_answer(request: HttpRequest, pk: int, voice_pk: int) -> HttpResponse:
    """I answer, or change my answer."""
    voice = get_object_or_404(_resolution_for(request, pk).voices, pk=voice_pk)
    operations.answer_in_writing(
        voice=voice,
        choice=request.POST.get("choice", ""),
        now=timezone.now(),
        by=actor_of(request),
    )
    messages.success(request, f"Noted: {voice.get_choice_display().lower()}.")
    return redirect("governance:written_one", pk)


def written_aside(request: HttpRequest, pk: int, voice_pk: int) -> HttpResponse:
    """Somebody has an interest in it: I myself, or whom the secretary notes."""
    found = _resolution_for(request, pk)
    voice = get_object_or_404(_voices_to_act_for(request, found), pk=voice_pk)
    form = AsideForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            operations.stand_aside_in_writing(
                voice=voice, now=timezone.now(), by=actor_of(request), **form.cleaned_data
            )
            messages.success(request, f"Noted. It is decided without {voice.name}.")
            return redirect("governance:written_one", pk)
    back = [
        ("Decided in writing", reverse("governance:written")),
        (found.title, reverse("governance:written_one", args=[pk])),
    ]
    return form_page(
        request,
        form,
        "Stand aside",
        button="Stand aside",
        trail=[*meetings_trail(), *back],
        lead=f"{voice.name} has an interest in “{found.title}”.",
        says="It is then decided without them: they do not count, neither for nor against. An "
        "answer that they gave is taken out.",
    )


def _voices_to_act_for(request: HttpRequest, found: WrittenResolution) -> Any:
    """My own; of the secretary all."""
    user, voices = user_of(request), found.voices.with_names()
    if user.has_perm("governance.arrange_meeting"):
        return voices
    return voices.of_user(user, timezone.localdate())


@requires("governance.arrange_meeting")
@require_POST
def written_part(request: HttpRequest, pk: int, voice_pk: int) -> HttpResponse:
    """They decide with the others after all."""
    voice = get_object_or_404(_resolution_for(request, pk).voices.with_names(), pk=voice_pk)
    operations.take_part_in_writing(voice=voice, now=timezone.now(), by=actor_of(request))
    messages.success(request, f"{voice.name} takes part again.")
    return redirect("governance:written_one", pk)


@requires("governance.arrange_meeting")
@require_POST
def written_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """It is taken back."""
    found = _resolution_for(request, pk)
    form = TakeBackForm(request.POST)
    operations.withdraw_resolution(
        resolution=found,
        because=form.cleaned_data["because"] if form.is_valid() else "",
        now=timezone.now(),
        by=actor_of(request),
    )
    messages.success(request, "It is taken back.")
    return redirect("governance:written_one", pk)
