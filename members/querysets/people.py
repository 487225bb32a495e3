"""Questions over people, organisations, who acts for them, and what is written to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django.db import models
from django.db.models import (
    Case,
    Exists,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat, Lower

if TYPE_CHECKING:
    from members.models import (
        Application,
        Authority,
        Consent,
        DataRequest,
        Letter,
        Organisation,
        Person,
        Qualification,
        Representative,
    )


def rows_of(model: type[models.Model], relation: str) -> Any:
    """The rows at the other end of a relation, with their own questions: the models import these
    questions, so that these cannot import the models."""
    return cast(Any, model._meta.get_field(relation)).related_model._default_manager


def living(path: str = "") -> Q:
    """Members who are organisations, or people of whom no death is noted; `path` leads to them."""
    return Q(**{f"{path}person__died_on__isnull": True})


class PersonQuerySet(models.QuerySet["Person"]):
    def found_by(self, text: str) -> PersonQuerySet:
        """By every word of the text: in the name, the town, the e-mail address or the postcode."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(first_name__icontains=word)
                | Q(last_name__icontains=word)
                | Q(town__icontains=word)
                | Q(email__icontains=word)
                | Q(postcode__icontains=word)
            )
        return found

    def like(
        self, *, first_name: str, last_name: str, born: dt.date | None, email: str
    ) -> PersonQuerySet:
        """Who may be the same human: the same e-mail address, or the same name and, where both
        are known, the same birthday."""
        same_day = Q(born=born) | Q(born__isnull=True) if born else Q()
        name = Q(first_name__iexact=first_name.strip(), last_name__iexact=last_name.strip())
        return self.filter(name & same_day | Q(email__iexact=email or None) & ~Q(email=""))

    def with_member_number(self, date: dt.date) -> PersonQuerySet:
        """Adds `member_number`, of whoever is in the register on a day."""
        memberships = rows_of(self.model, "memberships")
        now = memberships.active_on(date).filter(person=OuterRef("pk"))
        return self.annotate(member_number=Subquery(now.values("number")[:1]))

    def maybe(self, applications: Iterable[Application]) -> PersonQuerySet:
        """Everyone who could be one of the applicants: the same e-mail, or name and birthday."""
        emails, names = set(), Q(pk__in=[])
        for application in applications:
            if application.email:
                emails.add(application.email.lower())
            if application.born and application.last_name:
                names |= Q(
                    first_name__iexact=application.first_name,
                    last_name__iexact=application.last_name,
                    born=application.born,
                )
        return self.annotate(email_lower=Lower("email")).filter(Q(email_lower__in=emails) | names)

    def named(self, name: str) -> PersonQuerySet:
        """Everybody whose first and last name together read so."""
        whole = Concat("first_name", Value(" "), "last_name")
        return self.alias(whole=Lower(whole)).filter(whole=" ".join(name.lower().split()))


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    def active_on(self, date: dt.date) -> RepresentativeQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=date), since__lte=date)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def found_by(self, text: str) -> OrganisationQuerySet:
        """By every word of the text, in the name or the town."""
        found = self
        for word in text.split():
            found = found.filter(Q(name__icontains=word) | Q(town__icontains=word))
        return found

    def with_member_number(self, date: dt.date) -> OrganisationQuerySet:
        """Adds `member_number`, of whichever is in the register on a day."""
        memberships = rows_of(self.model, "memberships")
        now = memberships.active_on(date).filter(organisation=OuterRef("pk"))
        return self.annotate(member_number=Subquery(now.values("number")[:1]))


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def active_on(self, date: dt.date) -> AuthorityQuerySet:
        """What holds on a day, its first and last included.

        One that somebody ended holds no more on the day of the end; all end with a death.
        """
        last = Q(until__isnull=True) | Q(until__gt=date) | Q(until=date, ended_because="")
        living = Q(person__died_on__isnull=True) | Q(person__died_on__gt=date)
        return self.filter(last, living, since__lte=date)

    def not_over_on(self, date: dt.date) -> AuthorityQuerySet:
        """What holds on a day or will later."""
        return self.filter(
            Q(until__isnull=True) | Q(until__gt=date) | Q(until=date, ended_because="")
        )

    def with_standing(self, date: dt.date) -> AuthorityQuerySet:
        """Adds `holds`: whether it holds on a day. Those that hold come first."""
        holding = self.model._default_manager.active_on(date).filter(pk=OuterRef("pk"))
        return self.annotate(holds=Exists(holding)).order_by("-holds", "-since", "-pk")

    def covering(
        self, person: Person | int, by: Person | int, scope: str, date: dt.date
    ) -> AuthorityQuerySet:
        """The authorities by which `by` may act for `person` in matters of `scope` on a day."""
        held = self.active_on(date).filter(person=person, by=by)
        # SQLite cannot ask what a JSON list holds: its text can, and codes hold no quotes.
        return held.annotate(scope_text=Cast("scope", TextField())).filter(
            scope_text__contains=f'"{scope}"'
        )


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self, person: Person | int) -> dict[str, Consent]:
        """Purpose → what counts now: the newest event. A purpose never asked about is left out."""
        newest: dict[str, Consent] = {}
        for consent in self.filter(person=person).order_by("-at", "-pk"):
            newest.setdefault(consent.purpose, consent)
        return newest

    def agreed(self, purpose: str) -> set[int]:
        """Ids of the people whose newest word on a purpose is yes."""
        newest: dict[int, bool] = {}
        for person, given in (
            self.filter(purpose=purpose).order_by("at", "pk").values_list("person", "given")
        ):
            newest[person] = given
        return {person for person, given in newest.items() if given}


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    def open(self) -> DataRequestQuerySet:
        return self.filter(state__in=["asked", "making", "ready"])

    def open_first(self) -> DataRequestQuerySet:
        """What is open, the soonest due first; then what is closed."""
        is_closed = Q(state__in=["given", "called_off"])
        return self.annotate(closed=Case(When(is_closed, then=1), default=0)).order_by(
            "closed", "due_on", "pk"
        )


class LetterQuerySet(models.QuerySet["Letter"]):
    def with_recipient(self) -> LetterQuerySet:
        return self.select_related("person", "organisation", "application__member_class")

    def waiting(self) -> LetterQuerySet:
        return self.filter(state="waiting")

    def for_the_printer(self) -> LetterQuerySet:
        """Whose reader reads print in English, large or not: nothing to prepare by hand."""
        return self.exclude(
            Q(person__format__in=["easy", "audio"])
            | Q(person__signs=True)
            | Q(person__language__gt="")
        )

    def to_post(self) -> LetterQuerySet:
        """Printed, and not yet noted as posted."""
        return self.filter(state="printed")


class QualificationQuerySet(models.QuerySet["Qualification"]):
    def active_on(self, date: dt.date) -> QualificationQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=date), since__lte=date)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def waiting(self) -> ApplicationQuerySet:
        """Handed in and not yet decided, oldest first."""
        return self.filter(state="submitted").order_by("submitted_at", "pk")

    def open_for(self, email: str) -> ApplicationQuerySet:
        """Not yet decided, under this e-mail address, newest first."""
        return self.filter(email__iexact=email, state__in=["draft", "submitted"]).order_by("-pk")

    def shown_to(self, email: str, now: dt.datetime) -> ApplicationQuerySet:
        """What a code sent to this e-mail address opens, newest first: those not yet decided, and
        for a year those that were refused or taken back. Who was admitted signs in."""
        decided = Q(
            state__in=["refused", "withdrawn"], submitted_at__gt=now - dt.timedelta(days=365)
        )
        ours = self.filter(Q(state__in=["draft", "submitted"]) | decided, email__iexact=email)
        return ours.order_by("-pk")

    def twins_of(self, application: Application) -> ApplicationQuerySet:
        """Others that wait for the board, of somebody with the same e-mail address, name and date
        of birth (and, where it is for one, the same organisation)."""
        return (
            self.waiting()
            .exclude(pk=application.pk)
            .filter(
                email__iexact=application.email,
                first_name__iexact=application.first_name,
                last_name__iexact=application.last_name,
                born=application.born,
                organisation_name__iexact=application.organisation_name,
            )
        )
