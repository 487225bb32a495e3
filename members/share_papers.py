"""Certificates and statements of shares, as files to take away."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from core import audit
from core.actors import actor_of
from core.documents import pdf_response, qr_svg
from core.spreadsheets import csv_response
from members.models import Certificate, Member, Person, ShareClass
from members.statements import statement_of

STATEMENT_HEAD = ("date", "what", "account", "reference", "pounds")


def large_print(member: Member) -> bool:
    return member.person is not None and member.person.format == Person.Format.LARGE


def certificate_response(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """The certificate, with a code that leads to a page where anybody can check it."""
    member = certificate.member
    held = list(ShareClass.objects.filter(transactions__member=member).distinct())
    url = settings.SITE_URL + reverse("members:certificate", args=[certificate.code])
    return pdf_response(
        request,
        "members/papers/share_certificate.html",
        {
            "certificate": certificate,
            "member": member,
            "share_class": held[0] if len(held) == 1 else None,
            "url": url,
            "qr": qr_svg(url, label="Leads to a page that says whether this is still so"),
        },
        "share-certificate.pdf",
        large_print=large_print(member),
    )


def statement_csv(request: HttpRequest, member: Member) -> HttpResponse:
    """The member's statement as a spreadsheet."""
    today = timezone.localdate()
    statement = statement_of(member, today)
    audit.record(actor_of(request), "members.export_statement", member, rows=len(statement.lines))
    rows = [
        (line.date, line.what, line.account, line.reference, f"{line.pence / 100:.2f}")
        for line in statement.lines
    ]
    return csv_response(f"statement-{today}.csv", STATEMENT_HEAD, rows)


def statement_pdf(request: HttpRequest, member: Member) -> HttpResponse:
    """The member's statement on paper."""
    today = timezone.localdate()
    statement = statement_of(member, today)
    audit.record(actor_of(request), "members.export_statement", member, rows=len(statement.lines))
    return pdf_response(
        request,
        "members/papers/share_statement.html",
        {
            "statement": statement,
            "member": member,
            "shares": member.shares_on(today),
            "amount_paid": member.amount_paid_on(today),
        },
        "statement.pdf",
        large_print=large_print(member),
    )
