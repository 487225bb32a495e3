"""The addresses of the registers, exports, dues and interest; `members.urls` adds them."""

from __future__ import annotations

from django.urls import path

from core.doors import Door, door
from members.views import inspections, officers, statutory

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
}
