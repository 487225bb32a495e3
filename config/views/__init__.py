from config.views.demo import demo, demo_outbox, demo_sign_in
from config.views.home import home

__all__ = ["demo", "demo_outbox", "demo_sign_in", "home"]
