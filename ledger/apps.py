from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"

    def ready(self) -> None:
        from core import triggers
        from ledger import checks, receivers  # noqa: F401  (they register themselves)
        from ledger.triggers import TRIGGERS

        triggers.register(*TRIGGERS)
