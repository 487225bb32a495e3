"""The addresses of the registers, exports, dues and interest; `members.urls` adds them."""

from __future__ import annotations

from django.urls import path

from core.doors import Door, door
from members.views import exports, inspections, officers, statutory

urlpatterns = [
    path("register/pdf/", statutory.register_pdf, name="register_pdf"),
    path("officers/", officers.officers, name="officers"),
    path("officers/csv/", officers.officers_csv, name="officers_csv"),
    path("officers/pdf/", officers.officers_pdf, name="officers_pdf"),
    path("officers/new/", officers.officer_new, name="officer_new"),
    path("officers/<int:pk>/end/", officers.office_end, name="office_end"),
    path("inspections/", inspections.inspections, name="inspections"),
    path("inspections/csv/", inspections.inspections_csv, name="inspections_csv"),
    path("inspections/new/", inspections.inspect, name="inspect"),
    path("inspections/<int:pk>/", inspections.inspection, name="inspection"),
    path("inspections/<int:pk>/csv/", inspections.inspection_csv, name="inspection_csv"),
    path("inspections/<int:pk>/pdf/", inspections.inspection_pdf, name="inspection_pdf"),
    path("exports/", exports.export_page, name="exports"),
    path("exports/transactions/", exports.transactions_csv, name="transactions_csv"),
    path("exports/labels/", exports.labels, name="labels"),
    path("exports/mail-merge/", exports.mail_merge_csv, name="mail_merge_csv"),
    path("exports/electorate/", exports.electorate, name="electorate"),
    path("exports/electorate/csv/", exports.electorate_csv, name="electorate_csv"),
    path("exports/annual-return/", exports.annual_return_page, name="annual_return"),
    path("exports/annual-return/pdf/", exports.annual_return_pdf, name="annual_return_pdf"),
    path("exports/annual-return/zip/", exports.annual_return_zip, name="annual_return_zip"),
]

_OFFICERS = door("secretary", "treasurer", "board")
_SECRETARY = door("secretary")

DOORS: dict[str, Door] = {
    "register_pdf": _OFFICERS,
    "officers": _OFFICERS,
    "officers_csv": _OFFICERS,
    "officers_pdf": _OFFICERS,
    "officer_new": _SECRETARY,
    "office_end": door("secretary", row="office", states=("held", "ended")),
    "inspections": _OFFICERS,
    "inspections_csv": _OFFICERS,
    "inspect": _SECRETARY,
    "inspection": door("secretary", row="inspection", states=("look", "copy")),
    "inspection_csv": door("secretary", row="inspection", states=("copy",)),
    "inspection_pdf": door("secretary", row="inspection", states=("copy",)),
    "exports": _OFFICERS,
    "transactions_csv": _OFFICERS,
    "labels": _SECRETARY,
    "mail_merge_csv": _SECRETARY,
    "electorate": _OFFICERS,
    "electorate_csv": _SECRETARY,
    "annual_return": _OFFICERS,
    "annual_return_pdf": _OFFICERS,
    "annual_return_zip": _OFFICERS,
}
