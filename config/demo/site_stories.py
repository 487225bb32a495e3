"""News and stories of the demo society. The people in them are made up."""

from __future__ import annotations

from config.demo.site_blocks import Words, bullets, call, heading, quote, text

STORIES = Words(
    "stories",
    "Stories",
    "What it is like, from the people it is about.",
    (
        text(
            "These stories are told with the permission of the people in them. They chose what to "
            "say, read it before anybody else, and can take it down on any day without a reason.",
        ),
    ),
    "quilt",
    in_menu=True,
    below=(
        Words(
            "winifred-goes-back-to-bingo",
            "Winifred goes back to bingo",
            "She had not been out on a Thursday for two years. Then she changed one line.",
            (
                text(
                    "Winifred is 88 and was a mender at Netherby Mill for thirty-one years: she "
                    "could find a missing thread in a bolt of worsted with her thumb. When her hip "
                    "went, four visits a day came in an envelope from the council. All of them were "
                    "about washing and tablets.",
                    "“Nobody had asked me what Thursday was for,” she says. Thursday was for bingo "
                    "at the Cloughfoot Liberal Club.",
                ),
                quote(
                    "They asked what a good week would have in it. I said bingo. She wrote down "
                    "bingo.",
                    "Winifred",
                ),
                text(
                    "So the teatime visit on Thursdays moved to five and grew by twenty minutes, and "
                    "Marcia or Yusuf walks down with her. On the way back they do the shopping. The "
                    "agreement now has a line that says: <i>Bingo. Do not be late: eyes down at "
                    "half past.</i>",
                    "She has won eleven pounds since Easter.",
                ),
            ),
            "kitchen",
        ),
        Words(
            "yusuf-counts-the-votes",
            "Yusuf counts the votes",
            "He came for a job with hours that fitted school. He stayed for the argument.",
            (
                text(
                    "Yusuf drove a van for nine years. “You could go all day without finishing a "
                    "sentence to anybody,” he says. His first week with us he finished several, "
                    "most of them to Mr Pickersgill, who used to drive a van.",
                    "He lives in Damside with three children and an electric bicycle that he says is "
                    "the co-op's and they say is theirs. He works while they are at school and two "
                    "evenings, because that is what he asked for.",
                ),
                heading("The motion about mileage"),
                text(
                    "In his second year he stood up at the annual meeting, red to the ears, and "
                    "proposed that a bicycle should be paid as much a mile as a car. There was an "
                    "argument. It was, he says, the best evening of his life apart from the "
                    "births. It was carried by 61 votes to 44.",
                ),
                quote(
                    "I have had bosses who said my door is always open. This is different. It is my "
                    "door.",
                    "Yusuf",
                    "carer, and a teller at this year's meeting",
                ),
            ),
            "lane",
        ),
    ),
)

NEWS = (
    Words(
        "voting-is-open",
        "Voting is open: choose who sits on the board",
        "Members choose directors this month. Vote online, on any evening, in your own time.",
        (
            text(
                "Some seats on the board are chosen by everybody, others by one group of members: there "
                "are seats that only the people we support vote for. Everyone who stands has written "
                "a few lines about why, and you can read them all before you put your numbers down.",
                "You put 1 beside the person you want most, 2 beside the next, and so on for as many "
                "as you like. If your first choice does not need your vote, or cannot win with it, "
                "it moves on to your second. Nothing is wasted.",
            ),
            heading("Three ways to vote"),
            text(
                bullets(
                    "<b>Online:</b> sign in and choose Meetings. It takes about three minutes.",
                    "<b>On paper:</b> ring 01632 960 200 before the weekend.",
                    "<b>In the hall:</b> come to the meeting. There is soup.",
                )
            ),
            call(
                "Sign in and vote",
                "If you have never signed in, we send a code to your e-mail address.",
                "Sign in",
                "/accounts/login/",
            ),
        ),
        "hall",
        kind="news",
        days_ago=3,
        author="Nasreen Akhtar, secretary",
    ),
    Words(
        "two-new-electric-bicycles",
        "Two new electric bicycles, named by the under-tens",
        "They are called Pedal Hirst and The Hound, and they go up Clough Lane like a lamb.",
        (
            text(
                "Thanks to a grant from the town council and a sponsored silence at Weavers Green "
                "School (raised: £212; lasted: nine minutes), two more carers can do their round "
                "without a car.",
                "A round by bicycle in the middle of Skelbeck Bridge is on average six minutes "
                "shorter than the same round by car, because of the parking. We measured it for a "
                "month, so that the treasurer would believe us.",
            ),
        ),
        "lane",
        kind="news",
        days_ago=16,
        author="Declan Byrne, coordinator",
    ),
    Words(
        "upper-harrow-fills-the-chapel",
        "Upper Harrow fills the chapel",
        "Forty people, one urn, and a question: could the village have a care co-op of its own?",
        (
            text(
                "There were not enough chairs. Ruth Ackroyd told the meeting about her neighbour's "
                "nine weeks in a hospital bed that she did not need; then the room went quiet, and "
                "then everybody talked.",
                "By the end there was a list on the wall: eleven people who would use care in the "
                "evenings, seven who would work, and one retired accountant who said that he had "
                "been afraid somebody would ask.",
                'You can <a href="/new-co-ops/upper-harrow/">add your name to theirs</a> or just '
                "see how they get on.",
            ),
        ),
        "moor",
        kind="news",
        days_ago=38,
    ),
    Words(
        "what-we-learnt-from-a-bad-week",
        "What we learnt from a bad week",
        "When the river came up we missed four visits. Here is what went wrong and what has changed.",
        (
            text(
                "From the Monday to the Wednesday four visits did not happen and thirty-one were "
                "more than half an hour late. Nobody came to harm. That was luck as well as good "
                "neighbours, and luck is not a plan.",
            ),
            heading("What went wrong"),
            text(
                "The road was under water in two places. We had a list of who drives and none of who "
                "lives within a walk of whom. So we sent people the long way round in cars, past "
                "houses where a carer was sitting at home.",
            ),
            heading("What has changed"),
            text(
                bullets(
                    "The rota now knows how long it takes on foot.",
                    "Every carer has boots that keep the water out. They cost £31 a pair.",
                    "Each person supported has a bad-weather plan: which visit matters most, and "
                    "which neighbour has said yes.",
                ),
                "We rang all four people and said sorry. One of them, who asked us to print this, "
                "said: “At least you rang.”",
            ),
        ),
        "valley",
        kind="news",
        days_ago=61,
        author="Nasreen Akhtar, secretary",
    ),
)
