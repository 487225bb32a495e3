from django.urls import path

from core.doors import FOR_SIGNED_IN, PUBLIC, Door, door
from members import views
from members.urls import importing, leaving, people, register, shares

app_name = "members"

urlpatterns = [
    *shares.urlpatterns,  # before join/<step>/
    path("join/", views.join, name="join"),
    path("join/back/", views.resume, name="resume"),
    path("join/code/", views.resume_code, name="resume_code"),
    path("join/later/", views.join_later, name="join_later"),
    path("join/check/", views.join_check, name="join_check"),
    path("join/done/", views.join_done, name="join_done"),
    path("join/withdraw/", views.join_withdraw, name="join_withdraw"),
    path("join/leave/", views.join_leave, name="join_leave"),
    path("join/files/<uuid:pk>/", views.join_file, name="join_file"),
    path("join/<slug:step>/", views.join_step, name="join_step"),
    path("me/", views.me, name="me"),
    path("me/contact/", views.me_contact, name="me_contact"),
    path("applications/", views.applications, name="applications"),
    path("applications/paper/", views.paper, name="paper"),
    path("applications/admit/", views.admit_several, name="admit_several"),
    path("applications/refuse/", views.refuse_several, name="refuse_several"),
    path("applications/<int:pk>/", views.application, name="application"),
    path("applications/<int:pk>/edit/", views.application_edit, name="application_edit"),
    path("applications/<int:pk>/admit/", views.admit_application, name="admit_application"),
    path("applications/<int:pk>/refuse/", views.refuse_application, name="refuse_application"),
    path(
        "applications/<int:pk>/decision/", views.application_decision, name="application_decision"
    ),
    path("applications/<int:pk>/payment/", views.application_payment, name="application_payment"),
    path("applications/<int:pk>/who/", views.settle_application, name="settle_application"),
    path("register/", views.register, name="register"),
    path("register/search/", views.register_search, name="register_search"),
    path("register/csv/", views.register_csv, name="register_csv"),
    path("register/<int:number>/", views.member, name="member"),
    path("register/<int:number>/contact/", views.contact, name="contact"),
    path("register/<int:number>/cease/", views.cease, name="cease"),
    path("register/<int:number>/cease/undo/", views.cease_undo, name="cease_undo"),
    *importing.urlpatterns,
    *leaving.urlpatterns,
    *people.urlpatterns,
    *register.urlpatterns,
]

_PUBLIC_POST = Door(PUBLIC.opens_for, post=True)
_APPLICATION_STATES = ("draft", "submitted", "admitted", "refused", "withdrawn")
_DECIDE = door("secretary", row="application", states=_APPLICATION_STATES, post=True)
_OFFICERS = ("secretary", "treasurer", "board")

DOORS: dict[str, Door] = {
    "join": PUBLIC,
    "resume": PUBLIC,
    "resume_code": PUBLIC,
    "join_later": PUBLIC,
    "join_check": PUBLIC,
    "join_done": PUBLIC,
    "join_withdraw": _PUBLIC_POST,
    "join_leave": _PUBLIC_POST,
    "join_file": Door(PUBLIC.opens_for, row="evidence_file"),
    "join_step": Door(PUBLIC.opens_for, row="join_step"),
    "me": FOR_SIGNED_IN,
    "me_contact": door("subject", "family", "carer", "their_carer", "member"),
    "applications": door("secretary", "board"),
    "paper": door("secretary"),
    "admit_several": door("secretary"),
    "refuse_several": door("secretary"),
    "application_decision": door("secretary", row="application", states=_APPLICATION_STATES),
    "application": door("secretary", "board", row="application", states=_APPLICATION_STATES),
    "application_edit": door("secretary", row="application", states=_APPLICATION_STATES),
    "admit_application": _DECIDE,
    "refuse_application": _DECIDE,
    "application_payment": _DECIDE,
    "settle_application": _DECIDE,
    "register": door(*_OFFICERS),
    "register_search": Door(frozenset(_OFFICERS), post=True),
    "register_csv": door(*_OFFICERS),
    "member": door(*_OFFICERS, row="member", states=("active", "ceased")),
    "contact": door("secretary", row="member", states=("active", "ceased")),
    "cease": door("secretary", row="member", states=("active", "ceased")),
    "cease_undo": door("secretary", row="member", states=("active", "ceased")),
    **importing.DOORS,
    **leaving.DOORS,
    **people.DOORS,
    **shares.DOORS,
    **register.DOORS,
}
