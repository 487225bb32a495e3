"""The public site (Wagtail) and its editor. Last in config.urls: it takes every other address.

Wagtail's views keep Wagtail's names; ours are in the namespace "cms". There is one way to sign in:
Wagtail's own sign-in pages lead to it, and its sign-out is allauth's.
"""

from allauth.account.views import logout
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import views as wagtail_views
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents.views import serve as wagtaildocs_views
from wagtail.urls import serve_pattern
from wagtail.utils.urlpatterns import decorate_urlpatterns

from cms import views
from core.doors import PUBLIC, Door, door

sign_in = login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=True))

own = [
    path("feed.xml", views.feed, name="feed"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("media/images/<path:path>", views.media, name="media"),
    path("interest/", views.interest, name="interest"),
    path("interest/export.csv", views.interest_export, name="interest_export"),
    path("interest/sent/", views.interest_sent, name="interest_sent"),
    path("interest/<int:pk>/invite/", views.invite_interested, name="invite_interested"),
    path("interest/groups/<int:pk>/enter/", views.enter_interest, name="enter_interest"),
    path("interest/groups/<int:pk>/stage/", views.move_group, name="move_group"),
    path("interest/confirm/<str:secret>/", views.confirm_interest, name="confirm_interest"),
    path("interest/withdraw/<str:secret>/", views.withdraw_interest, name="withdraw_interest"),
    path("interest/in/<slug:slug>/", views.register_interest, name="register_interest"),
]

editor = [
    path("login/", sign_in, name="wagtailadmin_login"),
    path("logout/", logout, name="wagtailadmin_logout"),
    path("", include(decorate_urlpatterns(wagtailadmin_urls.urlpatterns, views.editors_only))),
]

pages_and_documents = [
    re_path(
        r"^documents/(\d+)/(.*)$",
        views.open_to_all(wagtaildocs_views.serve),
        name="wagtaildocs_serve",
    ),
    path(
        "documents/authenticate_with_password/<int:restriction_id>/",
        views.open_to_all(wagtaildocs_views.authenticate_with_password),
        name="wagtaildocs_authenticate_with_password",
    ),
    path(
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
        views.open_to_all(wagtail_views.authenticate_with_password),
        name="wagtailcore_authenticate_with_password",
    ),
    path("_util/login/", sign_in, name="wagtailcore_login"),
    re_path(serve_pattern, views.open_to_all(wagtail_views.serve), name="wagtail_serve"),
]

urlpatterns = [
    path("", include((own, "cms"))),
    path("editor/", include(editor)),
    *pages_and_documents,
]

DOORS: dict[str, Door] = {
    "feed": PUBLIC,
    "sitemap": PUBLIC,
    "robots": PUBLIC,
    "media": Door(PUBLIC.opens_for, row="rendition"),
    "interest": door("secretary"),
    "interest_export": door("secretary"),
    "interest_sent": PUBLIC,
    "invite_interested": door(
        "secretary",
        row="interest_registration",
        states=("unconfirmed", "confirmed", "withdrawn"),
        post=True,
    ),
    "enter_interest": door("secretary", row="local_group", states=("finding", "closed")),
    "move_group": door("secretary", row="local_group", states=("idea", "closed"), post=True),
    "confirm_interest": Door(
        PUBLIC.opens_for, row="interest_secret", states=("unconfirmed", "confirmed")
    ),
    "withdraw_interest": Door(
        PUBLIC.opens_for, row="interest_secret", states=("unconfirmed", "confirmed")
    ),
    "register_interest": Door(PUBLIC.opens_for, row="group_slug", states=("finding", "closed")),
}
