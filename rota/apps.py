from django.apps import AppConfig


class RotaConfig(AppConfig):
    name = "rota"

    def ready(self) -> None:
        from core import calendars, triggers
        from rota import coming, feeds, receivers  # noqa: F401  (receivers connect themselves)
        from rota.triggers import TRIGGERS
        from services import whos_coming

        triggers.register(*TRIGGERS)
        calendars.register(feeds.FEED, feeds.CARER_FEED)
        whos_coming.register("rota", coming.first_names)
