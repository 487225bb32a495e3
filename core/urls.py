from django.urls import path

from core import views
from core.doors import FOR_SIGNED_IN, PUBLIC, Door, door
from core.gallery import gallery

app_name = "core"

urlpatterns = [
    path("audit/", views.audit_trail, name="audit_trail"),
    path("calendar/<str:secret>.ics", views.calendar_feed, name="calendar"),
    path("files/<uuid:pk>/", views.private_file, name="private_file"),
    path("mail/", views.unsent_mail, name="unsent_mail"),
    path("mail/<int:pk>/again/", views.mail_again, name="mail_again"),
    path("roles/", views.roles, name="roles"),
    path("roles/give/", views.give_role, name="give_role"),
    path("roles/<int:pk>/end/", views.take_role, name="take_role"),
    path("still-here/", views.still_here, name="still_here"),
    path("ui/", gallery, name="ui"),
]

DOORS: dict[str, Door] = {
    "audit_trail": door("secretary", "administrator"),
    "calendar": Door(PUBLIC.opens_for, row="calendar_token"),
    "private_file": door("secretary", "board", row="private_file"),
    "unsent_mail": door("secretary", "administrator"),
    "mail_again": door("secretary", "administrator", row="failed_message", post=True),
    "roles": door("secretary", "administrator"),
    "give_role": door("secretary", "administrator"),
    "take_role": door("secretary", "administrator", row="role_grant", post=True),
    "still_here": Door(FOR_SIGNED_IN.opens_for, post=True),
    "ui": PUBLIC,
}
