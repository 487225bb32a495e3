"""How Weft's forms look, and the fields that Django lacks.

Every form in Weft renders through `WeftRenderer`: label, hint, error, box, tied together for
screen readers. The extra fields take what people really type: "3 March 2026", "£1,200", "9.30am".
"""

from core.forms.base import (
    MeaningField,
)
from core.forms.boxes import (
    NumberBoxes,
    NumberBoxesField,
    RankField,
)
from core.forms.dates import (
    MONTHS,
    DateBoxes,
    DateBoxesField,
    not_to_come,
    parse_month,
    parse_typed_date,
)
from core.forms.figures import (
    GROUPED,
    ClockField,
    ClockInput,
    PercentField,
    PoundsField,
    WholeNumberField,
)
from core.forms.rendering import (
    WeftRenderer,
    refusals_on,
    row_ids,
    show_refusal,
)

__all__ = [
    "GROUPED",
    "MONTHS",
    "ClockField",
    "ClockInput",
    "DateBoxes",
    "DateBoxesField",
    "MeaningField",
    "NumberBoxes",
    "NumberBoxesField",
    "PercentField",
    "PoundsField",
    "RankField",
    "WeftRenderer",
    "WholeNumberField",
    "not_to_come",
    "parse_month",
    "parse_typed_date",
    "refusals_on",
    "row_ids",
    "show_refusal",
]
