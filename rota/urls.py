"""The rota's addresses, and who may open which."""

from django.urls import path

from core.doors import Door, door
from rota import views

app_name = "rota"

urlpatterns = [
    path("", views.weeks, name="weeks"),
    path("new/", views.new_rota, name="new_rota"),
    path("weeks/<int:pk>/", views.week, name="week"),
    path("weeks/<int:pk>/days/<int:number>/", views.day, name="day"),
    path("weeks/<int:pk>/unfilled/", views.unfilled, name="unfilled"),
    path("weeks/<int:pk>/solve/", views.solve, name="solve"),
    path("weeks/<int:pk>/progress/", views.progress, name="progress"),
    path("weeks/<int:pk>/stop/", views.stop, name="stop"),
    path("weeks/<int:pk>/fill/", views.fill, name="fill"),
    path("weeks/<int:pk>/undo/", views.undo, name="undo"),
    path("weeks/<int:pk>/publish/", views.publish_rota, name="publish"),
    path("visits/<int:pk>/", views.visit, name="visit"),
    path("visits/<int:pk>/pin/", views.pin, name="pin"),
    path("visits/<int:pk>/off/<int:carer_pk>/", views.unassign_carer, name="unassign"),
    path("carers/", views.carers, name="carers"),
    path("carers/new/", views.new_carer, name="new_carer"),
    path("carers/<int:pk>/", views.carer, name="carer"),
    path("carers/<int:pk>/edit/", views.edit_carer, name="edit_carer"),
    path("carers/<int:pk>/hours/", views.add_carer_hours, name="add_hours"),
    path("carers/<int:pk>/absence/", views.add_carer_absence, name="add_absence"),
    path("carers/<int:pk>/skill/", views.add_carer_skill, name="add_skill"),
    path("carers/<int:pk>/sign-in/", views.give_carer_sign_in, name="give_sign_in"),
    path("hours/<int:pk>/end/", views.end_carer_hours, name="end_hours"),
    path("absences/<int:pk>/remove/", views.remove_carer_absence, name="remove_absence"),
    path("my/", views.my_week, name="my_week"),
    path("my/visits/<int:pk>/", views.my_visit, name="my_visit"),
    path("my/calendar/", views.my_calendar, name="my_calendar"),
]

STATES = ("draft", "solving", "proposed", "published")


def _coordinator(row: str = "", *, post: bool = False, states: tuple[str, ...] = ()) -> Door:
    return door("coordinator", row=row, states=states, post=post)


DOORS: dict[str, Door] = {
    "weeks": _coordinator(),
    "new_rota": _coordinator(post=True),
    "week": _coordinator("rota", states=STATES),
    "day": _coordinator("rota_day", states=STATES),
    "unfilled": _coordinator("rota", states=STATES),
    "solve": _coordinator("rota", post=True),
    "progress": _coordinator("rota"),
    "stop": _coordinator("rota", post=True),
    "fill": _coordinator("rota", post=True),
    "undo": _coordinator("rota", post=True),
    "publish": _coordinator("rota", states=STATES),
    "visit": _coordinator("visit", states=STATES),
    "pin": _coordinator("visit", post=True),
    "unassign": _coordinator("visit_and_carer", post=True),
    "carers": _coordinator(),
    "new_carer": _coordinator(),
    "carer": _coordinator("carer"),
    "edit_carer": _coordinator("carer"),
    "add_hours": _coordinator("carer"),
    "add_absence": _coordinator("carer"),
    "add_skill": _coordinator("carer"),
    "give_sign_in": _coordinator("carer", post=True),
    "end_hours": _coordinator("hours", post=True),
    "remove_absence": _coordinator("absence", post=True),
    "my_week": door("carer", "their_carer"),
    # Only the carer who goes, and only once it is published.
    "my_visit": Door(
        frozenset({"their_carer"}),
        row="visit",
        states=STATES,
        only_in=tuple((state, frozenset()) for state in STATES if state != "published"),
    ),
    "my_calendar": door("carer", "their_carer"),
}
