from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"

    def ready(self) -> None:
        from core import triggers
        from ledger import checks  # noqa: F401  (checks register themselves)
        from ledger.triggers import TRIGGERS

        triggers.register(*TRIGGERS)
