from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "services"

    def ready(self) -> None:
        from core import triggers
        from services import receivers  # noqa: F401  (receivers register themselves)
        from services.triggers import TRIGGERS

        triggers.register(*TRIGGERS)
