from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"

    def ready(self) -> None:
        from core import triggers
        from governance import receivers  # noqa: F401  (receivers connect themselves)
        from governance.ballot_triggers import BALLOT_TRIGGERS
        from governance.decided_triggers import DECIDED_TRIGGERS
        from governance.partner_triggers import PARTNER_TRIGGERS

        triggers.register(*BALLOT_TRIGGERS, *DECIDED_TRIGGERS, *PARTNER_TRIGGERS)
        for record in ("electionevent", "checkpoint", "bundle", "minutesversion", "rollchange"):
            triggers.register(*triggers.append_only(f"governance_{record}"))
