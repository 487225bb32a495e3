"""The blocks that pages are written in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

RICH_TEXT = ["h3", "bold", "italic", "link", "document-link", "ol", "ul"]

#: Icons an editor may choose from: Lucide's name → what it shows.
ICONS = [
    ("heart-handshake", "A heart in a handshake"),
    ("house", "A house"),
    ("users", "People"),
    ("sprout", "A seedling"),
    ("briefcase", "A briefcase"),
    ("vote", "A ballot box"),
    ("clock", "A clock"),
    ("coffee", "A cup"),
    ("bike", "A bicycle"),
    ("hand-coins", "Coins in a hand"),
    ("shield-check", "A shield"),
    ("message-circle", "A speech bubble"),
    ("newspaper", "A newspaper"),
    ("phone", "A telephone"),
]

link_validator = RegexValidator(
    r"^(/(?!/)|https?://|mailto:|tel:)",
    "Start with / for a page here, or with https://, mailto: or tel:.",
)


class LinkBlock(blocks.StructBlock):
    """Where something leads: a page of this site, or an address."""

    words = blocks.CharBlock(max_length=60, help_text="What the link or button says.")
    page = blocks.PageChooserBlock(required=False)
    address = blocks.CharBlock(
        required=False, max_length=300, validators=[link_validator], label="or an address"
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if bool(cleaned["page"]) == bool(cleaned["address"]):
            error = ValidationError("Choose a page or write an address: one of the two.")
            raise blocks.StructBlockValidationError(block_errors={"page": error})
        return cleaned

    class Meta:
        icon = "link"
        template = "cms/blocks/link.html"


class PictureBlock(blocks.StructBlock):
    """A picture, with words for those who cannot see it."""

    picture = ImageChooserBlock()
    alt = blocks.CharBlock(
        max_length=250,
        label="Alt text",
        help_text="What it shows, for people who cannot see it.",
    )
    caption = blocks.CharBlock(required=False, max_length=250)

    class Meta:
        icon = "image"
        template = "cms/blocks/picture.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(max_length=600)
    who = blocks.CharBlock(max_length=80)
    role = blocks.CharBlock(required=False, max_length=80)

    class Meta:
        icon = "openquote"
        template = "cms/blocks/quote.html"


class CallBlock(blocks.StructBlock):
    """A call to action: something to do next."""

    title = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=400)
    link = LinkBlock()

    class Meta:
        icon = "pick"
        label = "Call to action"
        template = "cms/blocks/call.html"


class CardBlock(blocks.StructBlock):
    icon = blocks.ChoiceBlock(choices=ICONS)
    title = blocks.CharBlock(max_length=60)
    text = blocks.TextBlock(max_length=300)
    link = LinkBlock()


class CardsBlock(blocks.StructBlock):
    """Ways on, side by side."""

    title = blocks.CharBlock(required=False, max_length=80)
    cards = blocks.ListBlock(CardBlock(), min_num=2, max_num=6)

    class Meta:
        icon = "copy"
        template = "cms/blocks/cards.html"


class FeatureBlock(blocks.StructBlock):
    """Words with a picture beside them."""

    title = blocks.CharBlock(max_length=80)
    text = blocks.RichTextBlock(features=RICH_TEXT)
    picture = PictureBlock()
    link = LinkBlock(required=False)
    picture_first = blocks.BooleanBlock(required=False, label="Picture on the left")

    class Meta:
        icon = "image"
        label = "Words beside a picture"
        template = "cms/blocks/feature.html"


class FactBlock(blocks.StructBlock):
    number = blocks.CharBlock(max_length=20)
    label = blocks.CharBlock(max_length=80)


class FactsBlock(blocks.StructBlock):
    """A row of figures."""

    title = blocks.CharBlock(required=False, max_length=80)
    facts = blocks.ListBlock(FactBlock(), min_num=2, max_num=4)
    note = blocks.CharBlock(required=False, max_length=200, help_text="Where they come from, when.")

    class Meta:
        icon = "order"
        template = "cms/blocks/facts.html"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=500)


class StepsBlock(blocks.StructBlock):
    """What happens, one thing after the other."""

    title = blocks.CharBlock(required=False, max_length=80)
    steps = blocks.ListBlock(StepBlock(), min_num=2)

    class Meta:
        icon = "list-ol"
        template = "cms/blocks/steps.html"


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(max_length=150)
    answer = blocks.RichTextBlock(features=RICH_TEXT)


class QuestionsBlock(blocks.StructBlock):
    """Questions that people ask, each unfolding to its answer."""

    title = blocks.CharBlock(required=False, max_length=80)
    questions = blocks.ListBlock(QuestionBlock(), min_num=1)

    class Meta:
        icon = "help"
        template = "cms/blocks/questions.html"


class BodyBlock(blocks.StreamBlock):
    """Everything that a page may be made of."""

    heading = blocks.CharBlock(max_length=100, icon="title", template="cms/blocks/heading.html")
    text = blocks.RichTextBlock(features=RICH_TEXT, template="cms/blocks/text.html")
    picture = PictureBlock()
    feature = FeatureBlock()
    cards = CardsBlock()
    quote = QuoteBlock()
    facts = FactsBlock()
    steps = StepsBlock()
    questions = QuestionsBlock()
    call = CallBlock()
