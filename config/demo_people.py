"""The people of the demo co-op whom a visitor can sign in as: e-mail → role, what they do here."""

DEMO_PEOPLE = {
    "secretary@example.org": (
        "Secretary",
        "Applications, the register, people, letters.",
    ),
    "coordinator@example.org": ("Coordinator", "Agreements, carers and the week's rota."),
    "carer@example.org": ("Carer", "This week's visits, and a calendar to subscribe to."),
    "member@example.org": ("Member", "Votes in the ballot that is open now, and buys shares."),
    "family@example.org": ("Daughter", "Sees who visits her mother; acts for her in money."),
    "supported@example.org": ("Person supported", "Who comes, when, and who has looked."),
    "board@example.org": ("Board member", "The register and the applications."),
    "treasurer@example.org": (
        "Treasurer",
        "Payments, pay-outs, bank statements, the books.",
    ),
    "teller1@example.org": ("First teller", "Opens the ballot box together with another teller."),
    "teller2@example.org": ("Second teller", "Opens the ballot box together with another teller."),
    "teller3@example.org": ("Third teller", "Stands in if another teller is ill."),
    "editor@example.org": ("Website editor", "Pages, news and pictures of the public site."),
    "council@example.org": ("Council officer", "Sees only what is published."),
    "administrator@example.org": ("Administrator", "Roles and the audit trail."),
}

#: E-mail → passphrase: the tellers of the demo's votes. Real ones are told to nobody.
TELLER_PASSPHRASES = {
    "teller1@example.org": "heron kettle moss lantern",
    "teller2@example.org": "copper thistle slow ferry",
    "teller3@example.org": "wool bridge seven acorns",
}
