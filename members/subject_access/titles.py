"""What each kind of row is called for a person, chapter by chapter; and what only computers need.

Kinds of the apps above stand here by their label: a kind that is not listed is told all the same,
in the last chapter and under its own name.
"""

from __future__ import annotations

#: Heading → kind of row → title, in the order in which a person reads them.
CHAPTERS: dict[str, dict[str, str]] = {
    "Who you are": {
        "members.person": "You",
        "members.authority": "Authorities to act",
        "members.consent": "Consents",
        "core.rolegrant": "Roles",
        "core.user": "Sign-in",
        "account.emailaddress": "E-mail addresses to sign in with",
        "members.setapart": "People who look alike",
        "members.mergedperson": "Earlier numbers",
    },
    "Your membership": {
        "cms.interestregistration": "Interest shown on the website",
        "members.application": "Applications",
        "members.member": "Memberships",
        "members.classmove": "Moves between classes",
        "members.eligibility": "Evidence that was seen",
        "members.office": "Offices",
        "members.organisation": "Organisations",
        "members.representative": "Speaking for an organisation",
        "members.inspection": "Inspections of the register",
        "members.nomination": "Nominations",
        "members.estate": "Estates",
    },
    "Your shares and money": {
        "members.sharetransaction": "Shares",
        "members.sharepurchase": "Shares asked for",
        "members.certificate": "Share certificates",
        "members.withdrawal": "Shares asked back",
        "members.interestline": "Share interest",
        "members.duescharge": "Dues and fees",
        "ledger.order": "Asked to pay",
        "ledger.payment": "Payments",
        "ledger.refund": "Refunds",
        "ledger.dispute": "Payments taken back by a bank",
        "ledger.payout": "Paid out",
        "ledger.mandate": "Direct Debits",
        "ledger.knownpayer": "Names to pay under",
        "ledger.treasurertask": "Questions for the treasurer",
    },
    "Meetings and votes": {
        "governance.seat": "Seats on bodies",
        "governance.voter": "Rolls of meetings",
        "governance.attendance": "Coming to meetings",
        "governance.apology": "Apologies",
        "governance.proxy": "Proxies",
        "governance.recusal": "Interests declared",
        "governance.rollentry": "Rolls of elections",
        "governance.archivedrollentry": "Rolls of past elections",
        "governance.candidate": "Candidacies",
        "governance.nomination": "Nominations for elections",
        "governance.nominator": "Whom you nominated",
        "governance.motion": "Motions",
        "governance.notice": "Notices of meetings",
        "governance.shorternotice": "Agreed to shorter notice",
        "governance.phonevote": "Calls to vote by telephone",
        "governance.amendment": "Amendments",
        "governance.namedvote": "Votes by name",
        "governance.writtenvoice": "Decided in writing",
        "governance.interest": "Interests declared",
        "governance.interestsconfirmed": "Interests confirmed",
        "governance.earlyvote": "Votes before a meeting",
        "governance.signature": "Signatures",
        "governance.requisition": "Meetings that you asked for",
        "governance.askingsignature": "Signed to ask for a meeting",
        "governance.proposal": "What you proposed",
        "governance.seconder": "What you seconded",
        "governance.remark": "What you said between meetings",
        "governance.opinionanswer": "Opinions that you gave",
        "governance.minutes": "Minutes signed",
        "governance.action": "What you took on",
        "governance.delegate": "Speaking for a partner",
        "governance.asked": "Questions put to you",
        "governance.partnersignature": "Agreements signed for a partner",
        "governance.partnervote": "Votes cast for a partner",
        "governance.outcomeversion": "Outcomes worded for citizens",
        "governance.outcomeproposal": "Words proposed for an outcome",
        "governance.citizennote": "Notes to your citizen group",
    },
    "Your care": {
        "services.personsupported": "Support",
        "services.agreement": "Agreements",
        "services.agreementversion": "Versions of agreements",
        "services.agreementline": "Visits agreed",
        "services.agreementline_skills": "Skills that a visit needs",
        "services.agreementline_preferred_carers": "Preferred carers",
        "services.pause": "Pauses",
        "services.visit": "Visits",
        "services.accesslink": "Who may see what of it",
    },
    "Your work": {
        "rota.carer": "As a carer",
        "members.qualification": "Training and checks",
        "rota.availabilitypattern": "Availability",
        "rota.absence": "Absences",
        "rota.assignment": "Visits on the rota",
        "rota.publishedvisit": "Visits as told",
    },
    "What we wrote to you": {
        "core.outboxmessage": "E-mails",
        "members.letter": "Letters",
    },
    "Your data, and who has looked": {
        "members.datarequest": "Requests for data",
        "core.privatefile": "Files",
        "core.auditline": "What was done",
        "core.readline": "Who has looked",
    },
}
OTHERS = "Also held"

#: Rows that say to a person nothing that is not said elsewhere: in the file for computers only.
MACHINE: dict[str, str] = {
    "core.calendartoken": "links to calendars",
    "core.job": "work done in the background",
    "ledger.party": "account numbers in our books",
    "ledger.posting": "the double entries of our books",
    "ledger.stripecustomer": "account numbers at Stripe",
    "mfa.authenticator": "second steps of signing in",
    "usersessions.usersession": "devices that are signed in",
}

#: Fields by which rows hang together, and stamps of when a computer noted them.
MACHINE_FIELDS = frozenset(
    {"attempt", "attempts", "claimed_at", "created_at", "data", "file", "job", "journal", "key"}
    | {"not_before", "noted_at", "noticed_at", "object_id", "object_type", "owner_id", "owner_kind"}
    | {"party", "registered_at", "sequence", "series", "slot", "verified", "is_superuser"}
    | {"actor_kind", "subject_id", "changed_at", "content_type", "latitude", "longitude"}
    | {"digest", "sha256", "stripe_session", "stripe_intent", "stripe_charge", "stripe_customer"}
)
#: What was written is in the file for computers; on paper stand its subject and its day.
BODIES = frozenset(
    f"{kind}.{field}"
    for kind in ("core.outboxmessage", "members.letter")
    for field in ("text", "kind")
)
#: Of whose membership, care or work a row is: no need to say it where it can only be their own.
WHOSE = frozenset({"member", "carer", "person_supported", "user"})

#: What was done, where the name of the operation is a word of ours and not of theirs.
DEEDS = {
    "core.keep_made_file": "keep a file that was made",
    "ledger.keep_bank_account": "note a bank account",
    "ledger.new_parties": "open accounts in our books",
    "ledger.new_party": "open an account in our books",
    "ledger.note_customer": "note the account number at Stripe",
    "ledger.note_page": "note the page to pay on",
    "ledger.put_parties_together": "put two accounts in our books together",
    "members.claim_data_pack": "begin to make the data pack",
    "members.claim_work": "begin work in the background",
    "members.end_work": "finish work in the background",
    "members.fail_data_pack": "give up making the data pack",
    "members.keep_data_pack": "make the data pack",
    "members.key_paper_application": "enter an application on paper",
    "members.party_for": "open an account in our books",
    "members.qualify": "note a skill, training or check",
    "members.resume": "go on with an application",
    "members.set_apart": "note that two people are two",
    "members.strike_nominee": "strike out somebody nominated",
    "members.strike_office": "strike out an office",
    "members.take_in_register": "bring over from a register elsewhere",
    "services.align_team_access": "look again at who may see what",
    "services.redate_draft": "give a draft another day",
}

TITLES = {kind: title for chapter in CHAPTERS.values() for kind, title in chapter.items()} | {
    kind: words[:1].upper() + words[1:] for kind, words in MACHINE.items()
}
