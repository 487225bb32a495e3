"""The one error that a person is meant to read."""


class RuleError(Exception):
    """A rule says no. The message is a sentence for the person who asked; nothing has changed.

    `field` names the form field it is about, where there is one, so that a view can show the
    sentence beside it.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
