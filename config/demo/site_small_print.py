"""Contact, complaints, privacy and accessibility of the demo society."""

from __future__ import annotations

from config.demo.site_blocks import Words, bullets, call, heading, steps, text

CONTACT = Words(
    "contact",
    "Contact",
    "Ring, write or come in. A person answers, and it is the same three people.",
    (
        heading("By telephone"),
        text(
            "<p><b>01632 960 200</b>, Monday to Friday, 8 in the morning to 6 in the evening. "
            "Outside those hours the people we support reach the carer on call on the number in "
            "their folder.</p>",
        ),
        heading("By e-mail or post"),
        text(
            'Write to <a href="mailto:hello@example.org">hello@example.org</a>, or to The Weaving '
            "Shed, Canal Street, Skelbeck Bridge QX7 1AA. We answer within two working days.",
        ),
        heading("In person"),
        text(
            "The door is green and usually open. There is a ramp from the canal side, a toilet with "
            "room for a wheelchair, and a hearing loop in the front room. The 590 bus stops outside.",
        ),
        heading("If somebody is in danger"),
        text(
            "Ring <b>999</b>. If you are worried about how an adult is being treated, by us or by "
            "anybody, ring the council's safeguarding line as well: you do not need our leave.",
        ),
    ),
)

COMPLAINTS = Words(
    "complaints",
    "Complaints",
    "If something is not right, we would rather hear it. It will not count against you.",
    (
        text(
            "Tell your carer, tell the office, tell a board member in the queue at the baker's: all "
            "of those count. If you would like it written down and answered, this is what happens.",
        ),
        steps(
            "What we do",
            ("Within three working days", "We write to say that we have it, and who is looking."),
            (
                "Within twenty working days",
                "You get an answer: what we found, what we are sorry for and what will change. If "
                "it takes longer we tell you why before the day comes.",
            ),
            (
                "If you are not content",
                "A panel of three members who had nothing to do with it looks again. None of them "
                "works here.",
            ),
            (
                "Outside",
                "You can then go to the Local Government and Social Care Ombudsman, and at any time "
                "to the Care Quality Commission or to the council if it pays for your care.",
            ),
        ),
        call(
            "Make a complaint",
            "By telephone, by e-mail, on paper, or ask us to come and write it down with you.",
            "Write to us",
            "mailto:hello@example.org",
        ),
    ),
)

PRIVACY = Words(
    "privacy",
    "Privacy",
    "What we keep about you, why, for how long, and what you can do about it.",
    (
        heading("If you only read this website"),
        text(
            "We keep nothing about you. There is no analytics, nothing is fetched from other "
            "companies, and the only cookies are the two that make signing in and sending forms "
            "safe. They are not used for anything else, so there is no banner to click away.",
        ),
        heading("If you tell us that you are interested in a new co-op"),
        text(
            bullets(
                "We keep your name, your e-mail address, what you ticked, and the first part of "
                "your postcode with one figure. We throw the rest of the postcode away at once.",
                "We do it because you agreed, and we note which wording you agreed to.",
                "Nothing counts until you press the button in our e-mail. If you do not, we delete "
                "it after 14 days.",
                "Every e-mail has a link that takes your name off. It works at once and wipes what "
                "you told us.",
                "In public we show numbers only, and never a number below five.",
            )
        ),
        heading("If you are a member"),
        text(
            "The law asks us to keep a register of members. The board, the secretary and the "
            "treasurer can see it. Your vote is kept apart from your name in such a way that we "
            "cannot put the two together.",
        ),
        heading("If we support you"),
        text(
            "We keep what we need for giving you care safely. Your carers see it from two days "
            "before a visit until the day after. Each time anybody looks, we note who and when, and "
            "you can ask to see that list. We keep it for eight years after your care ends.",
        ),
        heading("Your rights"),
        text(
            "You can ask to see what we have, to have mistakes put right, to have it deleted where "
            "the law lets us, and to take back a permission. Write to the secretary at "
            '<a href="mailto:hello@example.org">hello@example.org</a>. If we get it wrong, you can '
            "complain to the Information Commissioner.",
        ),
    ),
)

ACCESSIBILITY = Words(
    "accessibility",
    "Accessibility",
    "How far everybody can use this website, and where it still falls short.",
    (
        text(
            "We want everybody to be able to use this site: with a screen reader, with the keyboard "
            "alone, with large letters, on an old telephone, without JavaScript. We aim at level AA "
            "of the Web Content Accessibility Guidelines 2.2.",
        ),
        heading("What we have done"),
        text(
            bullets(
                "Every page is checked by a program (axe) at a telephone's width and a desktop's, "
                "and it finds nothing wrong.",
                "Everything can be reached and used with the keyboard, and you can see where you "
                "are.",
                "Text can be made four times as large without anything being cut off.",
                "Nothing moves by itself, nothing times out without asking, and there is no puzzle "
                "to prove that you are human.",
                "Charts come with a table of their figures.",
            )
        ),
        heading("What falls short"),
        text(
            bullets(
                "A program finds perhaps half of what can be wrong. No disabled person has tested "
                "this site for us yet. That is the next thing we want to do, and we will pay for it.",
                "There is no Easy Read version of these pages. We have Easy Read leaflets on paper.",
                "There is no version in Urdu, Punjabi or Polish, or in British Sign Language.",
                "The table of a long count is wide, and on a telephone you have to scroll it "
                "sideways.",
            )
        ),
        heading("If you get stuck"),
        text(
            "Ring 01632 960 200 or write to "
            '<a href="mailto:hello@example.org">hello@example.org</a>. We can send anything here '
            "in large print, in Easy Read or read aloud. If our answer does not help, you can turn "
            "to the Equality Advisory and Support Service.",
        ),
    ),
)

RULES = Words(
    "rules",
    "Our rules",
    "What the co-op is for, who may join, how we decide and what becomes of the money.",
    (
        text(
            "<p>This is what the rules say, in short. The whole of them, as registered with the "
            "Financial Conduct Authority, lies in the office, and we send a copy to anybody who "
            "asks.</p>",
        ),
        heading("Members"),
        text(
            bullets(
                "Each member has one vote, however many shares they hold.",
                "Investor members together never have more than a tenth of the votes.",
                "The board admits, and says why when it does not. Nobody is refused for who they "
                "are.",
                "You may leave at any time. Unpaid dues never end a membership by themselves.",
            )
        ),
        heading("Shares"),
        text(
            bullets(
                "A share costs one pound and stays at one pound. It cannot be sold.",
                "You can ask for your money back with ninety days' notice. The board decides when "
                "the co-op can pay it.",
                "If the co-op fails you can lose what your shares cost, and no more.",
            )
        ),
        heading("Meetings and money"),
        text(
            bullets(
                "Members meet once a year at least, elect the board and read the accounts.",
                "What is left over stays in the co-op or goes to its purposes. Were it ever wound "
                "up, the rest would go to another co-op with the same purposes.",
                "Members keep what they learn about other people's care to themselves.",
            )
        ),
    ),
)

SMALL_PRINT = (CONTACT, COMPLAINTS, RULES, PRIVACY, ACCESSIBILITY)
