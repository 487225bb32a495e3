"""The addresses of people, who acts for them, letters and requests for data; `members.urls` adds
them."""

from __future__ import annotations

from django.urls import path

from core.doors import FOR_SIGNED_IN, Door, door
from members.views import (
    authorities,
    data_requests,
    deaths,
    duplicates,
    letters,
    me_asking,
    organisations,
    people,
)
from members.views.me import me_consent, me_consents, me_looked, me_needs

urlpatterns = [
    path("me/needs/", me_needs, name="me_needs"),
    path("me/data/", me_asking.me_data, name="me_data"),
    path("me/<int:number>/class/", me_asking.me_class, name="me_class"),
    path("me/consents/", me_consents, name="me_consents"),
    path("me/looked/", me_looked, name="me_looked"),
    path("me/consents/<slug:purpose>/", me_consent, name="me_consent"),
    path("acting/", authorities.acting, name="acting"),
    path("acting/stop/", authorities.stop_acting, name="stop_acting"),
    path("acting/<int:pk>/", authorities.start_acting, name="start_acting"),
    path("acting/<int:pk>/end/", authorities.authority_end, name="authority_end"),
    path("people/", people.people, name="people"),
    path("people/search/", people.people_search, name="people_search"),
    path("people/add/", people.person_new, name="person_new"),
    path("people/same/", duplicates.duplicates, name="duplicates"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<int:pk>/contact/", people.person_contact, name="person_contact"),
    path("people/<int:pk>/needs/", people.person_needs, name="person_needs"),
    path("people/<int:pk>/consent/", people.person_consent, name="person_consent"),
    path("people/<int:pk>/sign-in/", people.person_sign_in, name="person_sign_in"),
    path("people/<int:pk>/acting/", authorities.authority_new, name="authority_new"),
    path("people/<int:pk>/death/", deaths.person_death, name="person_death"),
    path("people/<int:pk>/death/back/", deaths.person_death_reopen, name="person_death_reopen"),
    path("people/<int:pk>/same/", duplicates.same_as, name="same_as"),
    path("people/<int:pk>/merge/<int:gone>/", duplicates.merge, name="merge"),
    path("people/<int:pk>/apart/<int:other>/", duplicates.set_apart, name="set_apart"),
    path("people/<int:pk>/data/", data_requests.data_request_new, name="data_request_new"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/search/", organisations.organisations_search, name="organisations_search"),
    path("organisations/add/", organisations.organisation_new, name="organisation_new"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisations/<int:pk>/edit/", organisations.organisation_edit, name="organisation_edit"),
    path(
        "organisations/<int:pk>/contact/",
        organisations.organisation_contact,
        name="organisation_contact",
    ),
    path(
        "organisations/<int:pk>/representative/",
        organisations.representative_new,
        name="representative_new",
    ),
    path(
        "organisations/<int:pk>/representative/end/",
        organisations.representative_end,
        name="representative_end",
    ),
    path("letters/", letters.letters, name="letters"),
    path("letters/print/", letters.letters_print, name="letters_print"),
    path("letters/sheets/", letters.letters_sheets, name="letters_sheets"),
    path("letters/posted/", letters.letters_posted, name="letters_posted"),
    path("letters/<int:pk>/", letters.letter, name="letter"),
    path("letters/<int:pk>/sheet/", letters.letter_sheet, name="letter_sheet"),
    path("letters/<int:pk>/not-posted/", letters.letter_not_posted, name="letter_not_posted"),
    path("letters/<int:pk>/call-off/", letters.letter_call_off, name="letter_call_off"),
    path("data/", data_requests.data_requests, name="data_requests"),
    path("data/<int:pk>/", data_requests.data_request, name="data_request"),
    path(
        "data/<int:pk>/progress/",
        data_requests.data_request_progress,
        name="data_request_progress",
    ),
    path("data/<int:pk>/make/", data_requests.data_request_make, name="data_request_make"),
    path("data/<int:pk>/pack/", data_requests.data_pack, name="data_pack"),
    path("data/<int:pk>/given/", data_requests.data_request_give, name="data_request_give"),
    path(
        "data/<int:pk>/call-off/",
        data_requests.data_request_call_off,
        name="data_request_call_off",
    ),
]

#: People of the cast who are a members.Person themselves.
_WITH_A_ROW = ("subject", "family", "carer", "their_carer", "member")
_STAFF = ("secretary", "coordinator")
_PERSON = door(*_STAFF, row="person")
_PERSON_POST = door(*_STAFF, row="person", post=True)
_ORGANISATION = door(*_STAFF, row="organisation")
_LETTER_STATES = ("waiting", "printed", "posted", "called_off")
_REQUEST_STATES = ("asked", "ready", "given", "called_off")
_REQUEST_POST = door("secretary", row="data_request", states=_REQUEST_STATES, post=True)

DOORS: dict[str, Door] = {
    "me_needs": door(*_WITH_A_ROW),
    "me_data": door(*_WITH_A_ROW),
    "me_class": door("member", row="member", states=("active", "ceased")),
    "me_consents": door(*_WITH_A_ROW),
    "me_looked": door(*_WITH_A_ROW),
    "me_consent": door(*_WITH_A_ROW, row="consent_purpose", post=True),
    "acting": FOR_SIGNED_IN,
    "stop_acting": Door(FOR_SIGNED_IN.opens_for, post=True),
    "start_acting": Door(
        frozenset({"family"}),
        row="authority",
        states=("live", "ended"),
        only_in=(("ended", frozenset()),),
        post=True,
    ),
    "authority_end": door(*_STAFF, "family", "subject", row="authority", states=("live", "ended")),
    "people": door(*_STAFF),
    "people_search": Door(frozenset(_STAFF), post=True),
    "person_new": door(*_STAFF),
    "duplicates": door("secretary"),
    "person": _PERSON,
    "person_edit": _PERSON,
    "person_contact": _PERSON,
    "person_needs": _PERSON,
    "person_consent": _PERSON_POST,
    "person_sign_in": _PERSON_POST,
    "authority_new": _PERSON,
    "person_death": door("secretary", row="person"),
    "person_death_reopen": door("secretary", row="person", post=True),
    "same_as": door("secretary", row="person"),
    "merge": door("secretary", row="merging"),
    "set_apart": door("secretary", row="look_alikes", post=True),
    "data_request_new": door("secretary", row="person"),
    "organisations": door(*_STAFF),
    "organisations_search": Door(frozenset(_STAFF), post=True),
    "organisation_new": door(*_STAFF),
    "organisation": _ORGANISATION,
    "organisation_edit": _ORGANISATION,
    "organisation_contact": _ORGANISATION,
    "representative_new": door("secretary", row="organisation"),
    "representative_end": door("secretary", row="organisation"),
    "letters": door("secretary"),
    "letters_print": Door(frozenset({"secretary"}), post=True),
    "letters_sheets": door("secretary"),
    "letters_posted": Door(frozenset({"secretary"}), post=True),
    "letter": door("secretary", row="letter", states=_LETTER_STATES),
    "letter_sheet": door("secretary", row="posted_letter"),
    "letter_not_posted": door("secretary", row="posted_letter", post=True),
    "letter_call_off": door("secretary", row="letter", states=_LETTER_STATES, post=True),
    "data_requests": door("secretary"),
    "data_request": door("secretary", row="data_request", states=_REQUEST_STATES),
    "data_request_progress": door("secretary", row="data_request", states=_REQUEST_STATES),
    "data_request_make": _REQUEST_POST,
    "data_request_give": _REQUEST_POST,
    "data_request_call_off": _REQUEST_POST,
    "data_pack": Door(
        frozenset({"secretary"}),
        row="data_request",
        states=("ready", "given"),
        only_in=(("given", frozenset({"secretary", "subject"})),),
    ),
}
