"""The people of the demo co-op whom a visitor can sign in as: e-mail → who they are."""

DEMO_PEOPLE = {
    "secretary@example.org": "Secretary: applications, the register, meetings and elections",
    "coordinator@example.org": "Coordinator: agreements, carers and the week's rota",
    "carer@example.org": "Carer: this week's visits and a calendar to subscribe to",
    "member@example.org": "Member: votes in the election that is open now",
    "family@example.org": "Daughter of a person supported: sees her mother's visits",
    "supported@example.org": "Person supported: who comes, and when",
    "board@example.org": "Board member: the register and the applications",
    "treasurer@example.org": "Treasurer: the register",
    "editor@example.org": "Website editor: the public site",
    "council@example.org": "Council officer: sees only what is published",
    "administrator@example.org": "Administrator: roles and the audit trail",
}
