"""The addresses by which a file of members comes in; `members.urls` adds them."""

from __future__ import annotations

from django.urls import path

from core.doors import Door, door
from members.views import importing

urlpatterns = [
    path("import/", importing.imports, name="imports"),
    path("import/template.csv", importing.import_template_csv, name="import_template_csv"),
    path("import/template.xlsx", importing.import_template_xlsx, name="import_template_xlsx"),
    path("import/<int:pk>/", importing.register_import, name="register_import"),
    path("import/<int:pk>/columns/", importing.import_columns, name="import_columns"),
    path("import/<int:pk>/progress/", importing.import_progress, name="import_progress"),
    path("import/<int:pk>/faults/", importing.import_faults, name="import_faults"),
    path("import/<int:pk>/take-in/", importing.import_take_in, name="import_take_in"),
    path("import/<int:pk>/discard/", importing.import_discard, name="import_discard"),
]

_SECRETARY = door("secretary")
_STATES = ("uploaded", "trying", "tried", "faulty", "importing", "imported", "discarded")
_FILE = door("secretary", row="register_import", states=_STATES)
_POST = door("secretary", row="register_import", states=_STATES, post=True)

DOORS: dict[str, Door] = {
    "imports": _SECRETARY,
    "import_template_csv": _SECRETARY,
    "import_template_xlsx": _SECRETARY,
    "register_import": _FILE,
    "import_columns": _FILE,
    "import_progress": _FILE,
    "import_faults": _FILE,
    "import_take_in": _POST,
    "import_discard": _POST,
}
