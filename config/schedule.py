"""What runs by itself, and when (Celery beat). Each entry is a task that may safely run twice."""

from celery.schedules import crontab

SCHEDULE = {
    "chain the audit trail": {"task": "core.chain_audit", "schedule": 60.0},
    "send what waits in the outbox": {"task": "core.sweep_outbox", "schedule": 60.0},
    "end roles that have run out": {
        "task": "core.end_lapsed_roles",
        "schedule": crontab(hour=1, minute=10),
    },
    "forget expired sessions": {
        "task": "core.clear_sessions",
        "schedule": crontab(hour=1, minute=20),
    },
}
