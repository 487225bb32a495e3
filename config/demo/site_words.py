"""What the demo society says about itself. All of it is made up."""

from __future__ import annotations

from config.demo.site_blocks import (
    Words,
    bullets,
    call,
    cards,
    facts,
    feature,
    heading,
    link,
    questions,
    quote,
    steps,
    text,
)

HOME_HEADLINE = "Good care at home, owned by the people of this valley"
HOME_LEAD = (
    "We are carers, families and neighbours in Skelbeck. We started a co-op so that the people "
    "who give care and the people who need it decide together how it is done."
)
HOME_ACTIONS = (
    link("I need care", "/our-care/"),
    link("Work with us", "/work-with-us/"),
    link("Join the co-op", "/become-a-member/"),
)
HOME_BODY = (
    cards(
        "What brings you here?",
        (
            "heart-handshake",
            "I need care, or my family does",
            "The same few faces, at times that suit you, from somebody who lives over the hill and "
            "not over the motorway.",
            "How our care works",
            "/our-care/",
        ),
        (
            "bike",
            "I want to work in care",
            "Paid travel, whole shifts, a say in your rota and a vote at the meeting. It is your "
            "business as well.",
            "What it is like",
            "/work-with-us/",
        ),
        (
            "vote",
            "I want to belong",
            "One share is one pound, and every member has one vote, whether they hold one share or "
            "five thousand.",
            "Become a member",
            "/become-a-member/",
        ),
    ),
    feature(
        "Why a co-op?",
        "<p>Six years ago the last care company in the upper valley handed back its contracts. It "
        "had been bought and sold three times. Nobody here had been asked.</p>"
        "<p>So 41 of us met in the weaving shed with soup and a flip chart, and asked a plain "
        "question: if care is going to be done here, who should own it? We thought: us.</p>",
        "loom",
        button="How we are run",
        address="/how-we-are-run/",
    ),
    facts(
        "The co-op in figures",
        "Counted from our own register and rota, and rounded.",
        ("220", "members who own it, one vote each"),
        ("60", "people supported at home"),
        ("30", "carers, most of them members"),
        ("700", "visits in an ordinary week"),
    ),
    quote(
        "Marcia knows how I like my porridge and that I do not want to talk before it. You would "
        "not believe what a difference that makes.",
        "Winifred",
        "supported by us for three years",
    ),
    feature(
        "Over the tops, they are starting too",
        "<p>Upper Harrow has no home care at all after six in the evening. Forty people came to "
        "the chapel to talk about that. We are helping them find out whether a co-op of their own "
        "could work.</p>",
        "moor",
        turned=True,
        button="See how far they have come",
        address="/new-co-ops/upper-harrow/",
    ),
)

OUR_CARE = Words(
    "our-care",
    "Our care",
    "Help at home, day or evening, from carers who live in the valley and stay.",
    (
        text(
            "Most people who come to us want the same thing: to go on living in their own home, in "
            "their own way, with a bit of help that turns up when it said it would.",
            "We help with getting up, washing and dressing; meals and medicines; going to the "
            "market or the doctor; a night's rest for the person who usually does it all. We also "
            "just sit and listen, which is harder than it looks.",
        ),
        heading("What you can hold us to"),
        text(
            bullets(
                "<b>A few faces.</b> No more than six carers over a month, and you meet each one "
                "before they come alone.",
                "<b>Time enough.</b> No visit is shorter than 30 minutes. A quarter of an hour is "
                "not care, it is a delivery.",
                "<b>On time.</b> Within a quarter of an hour of what we agreed, or we ring you.",
                "<b>Your agreement.</b> What is done, when and by whom is written down with you, and "
                "you can change it.",
                "<b>You can see the rota.</b> So can anybody you allow to. You can also see who has "
                "looked at your record.",
            )
        ),
        steps(
            "How it begins",
            ("You ring", "Somebody who knows the valley answers. It takes about ten minutes."),
            (
                "We visit",
                "A coordinator comes to you, and whoever you would like is there too. We ask what a "
                "good day looks like, and what gets in its way.",
            ),
            (
                "We write it down together",
                "You get an agreement in plain words, with the price. Nothing starts until you have "
                "said yes.",
            ),
            ("You meet your carers", "Two or three to begin with. If it does not fit, say so."),
        ),
        questions(
            "What people ask us",
            (
                "What does it cost?",
                "£27 an hour on weekdays and £31 at weekends. If the council pays for part of your "
                "care we send it its part of the bill. We never charge for the first visit.",
            ),
            (
                "Do I have to be a member?",
                "No. You get the same care either way. But about eight in ten of the people we "
                "support choose to be, because then they have a vote.",
            ),
            (
                "What if my carer is ill?",
                "Somebody you know comes instead if we can manage it at all. We ring you before "
                "they set out, not after.",
            ),
            (
                "Do you give nursing care?",
                "No. We work closely with the district nurses, but wounds and injections are theirs. "
                "If you need more than we can do well, we will tell you and help you find it.",
            ),
        ),
        call(
            "Talk it over first",
            "Nothing is signed on the telephone. Ring and tell us how things are.",
            "Ring 01632 960 200",
            "tel:01632960200",
        ),
    ),
    "kitchen",
    in_menu=True,
)

HOW_WE_ARE_RUN = Words(
    "how-we-are-run",
    "How we are run",
    "The members own the co-op. They choose the board, and the board answers to them.",
    (
        text(
            "Skelbeck Valley Care Co-operative is a society of its members. There are no owners "
            "somewhere else. What is left over at the end of a good year stays in the valley: in "
            "wages, in training, and in visits for people whose money has run out.",
        ),
        facts(
            "",
            "",
            ("1", "vote for each member"),
            ("6", "classes of member"),
            ("9", "people on the board"),
            ("0", "shareholders from outside"),
        ),
        heading("Who the members are"),
        text(
            bullets(
                "<b>People supported</b>, who know best whether it is any good.",
                "<b>Family carers</b>, who do most of the caring, unpaid.",
                "<b>Workers</b>: carers, coordinators, the office.",
                "<b>Community members</b>: neighbours who think this matters.",
                "<b>Organisations</b>: the town council, the credit union, the grocer's co-op.",
                "<b>Investor members</b>, who put in more and get a fair, limited interest, but still "
                "only one vote.",
            ),
            "The people supported, the families and the workers each choose their own people on the "
            "board. No one group can outvote the rest on its own.",
        ),
        steps(
            "How a decision is made",
            (
                "Anybody raises it",
                "A member writes a motion. Ten members behind it, and it goes on the agenda.",
            ),
            (
                "Everybody hears of it in time",
                "Members get notice with the papers at least 14 clear days before the meeting, by "
                "e-mail or by post.",
            ),
            (
                "We vote in secret",
                "Online, at any hour that suits you. Three tellers hold the key between them and it "
                "takes two to open the box. Nobody, the office included, can see how you voted.",
            ),
            (
                "The result is public",
                "Every count is shown here stage by stage, so that anybody can check the sums.",
            ),
        ),
        call(
            "See what members have decided",
            "Each vote, how many took part, and how the count went.",
            "Results of votes",
            "/how-we-are-run/results/",
        ),
    ),
    "hall",
    in_menu=True,
    below=(
        Words(
            "results",
            "Results of votes",
            "What members decided, with every stage of the count.",
            kind="results",
        ),
        Words(
            "minutes",
            "Minutes of our meetings",
            "What was said and decided at general meetings, once a later one has approved it.",
            kind="minutes",
        ),
        Words(
            "together",
            "What partners do",
            "What the council, the co-op and citizens have decided together, and how far it is.",
            kind="doing",
        ),
    ),
)

BECOME_A_MEMBER = Words(
    "become-a-member",
    "Become a member",
    "If care in this valley matters to you, it can be partly yours for a pound.",
    (
        text(
            "Being a member means that you own a share, get the news, come to meetings if you like, "
            "stand for the board if you dare, and vote. It does not mean that you have to do "
            "anything. Quiet members count as much as loud ones.",
        ),
        steps(
            "How to join",
            ("Tell us who you are", "Ten minutes online. You can stop and come back with a code."),
            ("Choose your shares", "One is enough. Each is one pound."),
            (
                "The board decides",
                "It meets every month. If it says no it has to give you a reason; it has done so "
                "twice in six years.",
            ),
            ("You are in the register", "With a number that is yours and nobody else's, ever."),
        ),
        call(
            "Join the co-op",
            "You will need your address and about ten minutes.",
            "Apply to join",
            "/members/join/",
        ),
        questions(
            "Before you join",
            (
                "Can I lose money?",
                "Yes. Shares in a society like ours can go down to nothing if it fails, and there is "
                "no compensation scheme and no ombudsman for that. Put in what you could spare.",
            ),
            (
                "Can I get my money back?",
                "You can ask to withdraw shares, and the board can say when. You cannot sell them, "
                "and they never go up in value.",
            ),
            (
                "I am sixteen. May I join?",
                "Yes, from sixteen, in any class but investor member.",
            ),
            (
                "May my organisation join?",
                "Yes. It names one person to speak and vote for it.",
            ),
        ),
        text(
            "Rather do it on paper? Ring 01632 960 200 and we will post you the form, in large print "
            "or Easy Read if you like.",
        ),
    ),
    "bridge",
    in_menu=True,
)

WORK_WITH_US = Words(
    "work-with-us",
    "Work with us",
    "Care is skilled work. We pay for the hours you work, all of them.",
    (
        text(
            "You will not get a phone full of fifteen-minute calls at opposite ends of the valley. "
            "You will get a round that makes sense, people you know, and a coordinator who has done "
            "the job herself.",
        ),
        heading("What you can count on"),
        text(
            bullets(
                "<b>£13.40 an hour</b>, the same between visits as during them, and mileage or a "
                "co-op bicycle (some of them electric: we have hills).",
                "<b>Guaranteed hours.</b> You choose how many; we put them in a contract.",
                "<b>Your rota two weeks ahead</b>, on your phone and in your own calendar.",
                "<b>Paid training</b>, and somebody beside you for your first fortnight.",
                "<b>A vote.</b> After your first three months you can be a member, and stand for the "
                "board.",
            )
        ),
        quote(
            "At my last place I found out that we had been sold from the radio. Here I was the one "
            "who counted the votes.",
            "Marcia",
            "carer since the first week",
        ),
        heading("Who we are looking for"),
        text(
            "Kind people who turn up. If you have looked after your mother, or three children, or a "
            "whole canteen, you know more than you think. We teach the rest. You do not need a "
            "certificate, and you do not need a car.",
        ),
        call(
            "Come and have a brew",
            "No form to begin with. Ring, and we will ask you round.",
            "Ring 01632 960 200",
            "tel:01632960200",
        ),
    ),
    "lane",
    in_menu=True,
)

UPPER_HARROW = Words(
    "upper-harrow",
    "Upper Harrow",
    "Nine hundred people on a hill, and no home care after six. A co-op of our own?",
    (
        text(
            "Doreen, who is 84, spent eleven weeks in hospital this year. She was well after two. The "
            "other nine she was waiting for somebody to help her get to bed.",
            "So forty of us met in the chapel with one question: are there enough of us, with enough "
            "need and enough hands, for a care co-op in Upper Harrow, Intake and the farms up to the "
            "moor road?",
            "We do not know yet. We are finding out, and Skelbeck Valley is lending us its books, "
            "its mistakes and its kettle. <b>No care is on offer here yet</b>, and none will be "
            "until the regulator has said that we may give it.",
        ),
        quote(
            "I do not want a rescue. I want us to be able to look after our own, and get paid for "
            "it.",
            "Ruth",
            "who milks sixty cows and does three neighbours' tea",
        ),
    ),
    "moor",
    kind="launch",
)

UPPER_HARROW_NEXT = (
    steps(
        "What happens next",
        (
            "We listen, for three months",
            "Who would use it, who would work in it, who might put in some money. That is what the "
            "form below is for.",
        ),
        (
            "We do the sums",
            "Three of us and somebody from the co-op development agency. You will see the figures, "
            "good or bad.",
        ),
        (
            "We decide together",
            "A meeting in the chapel. If it does not add up we will say so and stop. If it does, we "
            "register a society and choose a board.",
        ),
    ),
)

NEW_CO_OPS = Words(
    "new-co-ops",
    "New co-ops",
    "Care that belongs to a place can begin anywhere. We help our neighbours begin.",
    (
        text(
            "We were helped when we began, by people who had done it before us and answered the "
            "telephone on Sundays. So we do the same. Whoever is thinking of starting a care co-op "
            "within a bus ride of Skelbeck can have our rules, our spreadsheets and a Tuesday.",
        ),
        steps(
            "The road, as we know it",
            ("Find others", "A kitchen table, then a chapel. See whether the need is real."),
            ("Work it out", "People, hours, prices. Stop if it does not add up: that is no shame."),
            ("Form a society", "Rules, a board, a bank account, a name."),
            ("Raise the money", "Pledges first, then shares, each with its risks said out loud."),
            ("Register to give care", "It takes longer than you think. Use the time to train."),
            ("The first visit", "You will not forget it."),
        ),
    ),
    "quilt",
    in_menu=True,
    below=(UPPER_HARROW,),
)
