from django.apps import AppConfig


class RotaConfig(AppConfig):
    name = "rota"

    def ready(self) -> None:
        from core import triggers
        from rota import receivers  # noqa: F401  (receivers connect themselves)
        from rota.triggers import TRIGGERS

        triggers.register(*TRIGGERS)
