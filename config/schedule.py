"""What runs by itself, and when (Celery beat). Each entry is a task that may safely run twice."""

from celery.schedules import crontab

SCHEDULE = {
    "chain the audit trail": {"task": "core.chain_audit", "schedule": 60.0},
    "send what waits in the outbox": {"task": "core.sweep_outbox", "schedule": 60.0},
    "close votes whose time has come": {"task": "governance.close_due_votes", "schedule": 60.0},
    "decide questions of partners whose time has come": {
        "task": "governance.close_due_partner_questions",
        "schedule": 60.0,
    },
    "take the rolls of meetings": {"task": "governance.take_due_rolls", "schedule": 600.0},
    "take checkpoints of ballot boxes": {
        "task": "governance.take_checkpoints",
        "schedule": crontab(minute=7),
    },
    "see what becomes of meetings that members ask for": {
        "task": "governance.settle_requisitions",
        "schedule": crontab(minute=17),
    },
    "prepare the next meetings of each series": {
        "task": "governance.prepare_due_meetings",
        "schedule": crontab(hour=5, minute=10),
    },
    "remind of what the law asks for": {
        "task": "governance.remind_of_diary",
        "schedule": crontab(hour=8, minute=20),
    },
    "remind of what is to be done": {
        "task": "governance.remind_of_actions",
        "schedule": crontab(hour=8, minute=40),
    },
    "end written resolutions whose time is over": {
        "task": "governance.lapse_resolutions",
        "schedule": 600.0,
    },
    "send notices that were left over": {"task": "governance.sweep_notices", "schedule": 300.0},
    "begin rota searches that were left": {"task": "rota.take_up_searches", "schedule": 60.0},
    "begin data packs that were left": {"task": "members.take_up_data_packs", "schedule": 600.0},
    "take up what Stripe told us and what it is to do": {
        "task": "ledger.sweep_stripe",
        "schedule": 60.0,
    },
    "collect what was announced for today": {
        "task": "ledger.collect_due",
        "schedule": crontab(hour="6-20", minute=5),
    },
    "lay Stripe's lists beside our books": {
        "task": "ledger.compare_with_stripe",
        "schedule": crontab(hour=3, minute=20),
    },
    "begin members' work that was left": {"task": "members.take_up_work", "schedule": 60.0},
    "collect dues by mandates that are new": {
        "task": "members.collect_open_dues",
        "schedule": crontab(hour=6, minute=20),
    },
    "remind of dues": {"task": "members.remind_of_dues", "schedule": crontab(hour=9, minute=15)},
    "begin and end roles whose day has come": {
        "task": "core.end_lapsed_roles",
        "schedule": crontab(hour=0, minute=1),
    },
    "forget expired sessions": {
        "task": "core.clear_sessions",
        "schedule": crontab(hour=1, minute=20),
    },
    "plan the visits of the next six weeks": {
        "task": "services.generate_visits",
        "schedule": crontab(hour=2, minute=10),
    },
    "close agreements whose last day is over": {
        "task": "services.close_ended_agreements",
        "schedule": crontab(hour=0, minute=10),
    },
    "tell the secretary whose evidence has run out": {
        "task": "members.tell_of_lapses",
        "schedule": crontab(hour=6, minute=30),
    },
    "throw away files of members that nobody took in": {
        "task": "members.forget_old_imports",
        "schedule": crontab(hour=1, minute=45),
    },
    "forget what posted letters said": {
        "task": "members.forget_posted_letters",
        "schedule": crontab(hour=1, minute=35),
    },
    "remove old packs of somebody's data": {
        "task": "members.remove_old_packs",
        "schedule": crontab(hour=1, minute=40),
    },
    "forget interest that was never confirmed": {
        "task": "cms.forget_unconfirmed_interest",
        "schedule": crontab(hour=1, minute=30),
    },
}
