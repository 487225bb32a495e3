"""The words in which people are asked for their consent.

A consent keeps the words that were shown. To change one, write it anew here: what people said to
the old words stays as it was, and the pages show that the words have changed since.
"""

from __future__ import annotations

from dataclasses import dataclass

from members.models import Consent

Purpose = Consent.Purpose


@dataclass(frozen=True)
class Wording:
    """What somebody says yes to, and what they say when they take it back."""

    give: str
    withdraw: str

    def of(self, given: bool) -> str:
        return self.give if given else self.withdraw


WORDINGS: dict[str, Wording] = {
    Purpose.NEWS: Wording(
        give="Please send me news of the co-op and invitations to its events. "
        "I can stop this at any time.",
        withdraw="Please stop sending me news and invitations. "
        "Notices of meetings still come: the law asks for them.",
    ),
    Purpose.PHOTOS: Wording(
        give="You may take photos in which I can be recognised, and use them on the co-op’s "
        "website and in its leaflets. I can stop this at any time.",
        withdraw="Please take no more photos of me, and take those that you have off the website "
        "and out of new leaflets.",
    ),
    Purpose.STORY: Wording(
        give="You may tell my story on the co-op’s website, in words that I have read before. "
        "I can stop this at any time.",
        withdraw="Please take my story off the website and tell it no more.",
    ),
    Purpose.RESEARCH: Wording(
        give="You may ask me to take part in surveys and research about care in our valley. "
        "I can say no each time, and I can stop this at any time.",
        withdraw="Please do not ask me to take part in surveys or research.",
    ),
}
