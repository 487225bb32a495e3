"""Every address of the site. Each app's own `urls.py` also says who may open what."""

from django.urls import include, path

from config import views
from core.doors import FOR_SIGNED_IN, Door, door

urlpatterns = [
    path("home/", views.home, name="home"),
    path("demo/", views.demo, name="demo"),
    path("demo/sign-in/", views.demo_sign_in, name="demo_sign_in"),
    path("demo/outbox/", views.demo_outbox, name="demo_outbox"),
    path("accounts/", include("allauth.urls")),
    path("", include("core.urls")),
    path("money/", include("ledger.urls")),
    path("members/", include("members.urls")),
    path("meetings/", include("governance.urls")),
    path("care/", include("services.urls")),
    path("rota/", include("rota.urls")),
    path("", include("cms.urls")),
]

DOORS: dict[str, Door] = {
    "home": FOR_SIGNED_IN,
    # Outside demo mode these do not exist, for anybody.
    "demo": door(),
    "demo_sign_in": door(post=True),
    "demo_outbox": door(),
}
