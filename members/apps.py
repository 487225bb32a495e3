from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        from core import triggers
        from members import receivers  # noqa: F401  (receivers register themselves)
        from members.triggers import TRIGGERS

        triggers.register(*TRIGGERS)
