from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from core import checks, receivers, triggers  # noqa: F401  (checks register themselves)

        for table in ("core_auditline", "core_readline", "core_chainblock", "core_chainlink"):
            triggers.register(*triggers.append_only(table))
        # SQLite remakes no table that another table's trigger names: they go before a migrate.
        pre_migrate.connect(
            receivers.uninstall_triggers, sender=self, dispatch_uid="core.uninstall_triggers"
        )
        # Once a migrate, when the tables of every app are there.
        post_migrate.connect(
            receivers.install_triggers, sender=self, dispatch_uid="core.install_triggers"
        )
        post_migrate.connect(receivers.sync_roles, sender=self, dispatch_uid="core.sync_roles")
