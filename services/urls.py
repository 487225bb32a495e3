from django.urls import path

from core.doors import FOR_SIGNED_IN, Door, door
from services import views

app_name = "services"

urlpatterns = [
    path("", views.my_care, name="my_care"),
    path("<int:pk>/", views.care, name="care"),
    path("<int:pk>/who-may-see/", views.who_may_see, name="who_may_see"),
    path("<int:pk>/who-may-see/add/", views.add_to_circle, name="add_to_circle"),
    path("<int:pk>/who-looked/", views.who_looked, name="who_looked"),
    path("access/<int:pk>/end/", views.close_access, name="close_access"),
    path("people/", views.people, name="people"),
    path("people/search/", views.people_search, name="people_search"),
    path("people/add/", views.add_person, name="add_person"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/home/", views.home, name="home"),
    path("people/<int:pk>/pause/", views.pause, name="pause"),
    path("people/<int:pk>/end/", views.end_support, name="end_support"),
    path("people/<int:pk>/agreement/", views.new_agreement, name="new_agreement"),
    path("pauses/<int:pk>/end/", views.end_pause, name="end_pause"),
    path("agreements/<int:pk>/", views.agreement, name="agreement"),
    path("agreements/<int:pk>/change/", views.change, name="change"),
    path("agreements/<int:pk>/end/", views.end_agreement, name="end_agreement"),
    path("versions/<int:pk>/", views.version, name="version"),
    path("versions/<int:pk>/agree/", views.agree, name="agree"),
    path("versions/<int:pk>/redate/", views.redate, name="redate"),
    path("versions/<int:pk>/discard/", views.discard, name="discard"),
    path("versions/<int:pk>/lines/add/", views.add_line, name="add_line"),
    path("lines/<int:pk>/", views.edit_line, name="edit_line"),
    path("lines/<int:pk>/remove/", views.remove_line, name="remove_line"),
    path("visits/<int:pk>/", views.visit, name="visit"),
    path("visits/<int:pk>/reinstate/", views.reinstate, name="reinstate"),
]

_AGREEMENT = ("draft", "active", "ended")
_VISIT = ("planned", "cancelled", "delivered")
_CIRCLE = ("subject", "family", "their_carer", "coordinator")


def _staff(row: str = "", states: tuple[str, ...] = (), *, post: bool = False) -> Door:
    return door("coordinator", row=row, states=states, post=post)


DOORS: dict[str, Door] = {
    "my_care": FOR_SIGNED_IN,
    "care": Door(
        frozenset(_CIRCLE),
        row="person",
        states=("active", "ended"),
        only_in=(("ended", frozenset({"subject", "coordinator"})),),
    ),
    "who_may_see": door("subject", "coordinator", row="person", states=("active", "ended")),
    "add_to_circle": _staff("person", ("active", "ended"), post=True),
    "who_looked": door("subject", "coordinator", row="person", states=("active", "ended")),
    "close_access": _staff("family_link", ("open", "ended"), post=True),
    "people": _staff(),
    "people_search": _staff(post=True),
    "add_person": _staff(),
    "person": _staff("person", ("active", "ended")),
    "home": _staff("person", ("active", "ended")),
    "pause": _staff("person", ("active", "ended")),
    "end_support": _staff("person", ("active", "ended")),
    "new_agreement": _staff("person", ("active", "ended")),
    "end_pause": _staff("paused"),
    "agreement": _staff("agreement", _AGREEMENT),
    "change": _staff("agreement", _AGREEMENT),
    "end_agreement": _staff("agreement", _AGREEMENT),
    "version": _staff("version", _AGREEMENT),
    "agree": _staff("version", _AGREEMENT),
    "redate": _staff("version", _AGREEMENT, post=True),
    "discard": _staff("version", _AGREEMENT, post=True),
    "add_line": _staff("version", _AGREEMENT),
    "edit_line": _staff("line", _AGREEMENT),
    "remove_line": _staff("line", _AGREEMENT, post=True),
    "visit": _staff("visit", _VISIT),
    "reinstate": _staff("visit", _VISIT, post=True),
}
