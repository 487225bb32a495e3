"""Every change of state in ledger/, by subject: each verb has its one home here."""

from ledger.operations.journal import Line, move, new_party, open_account, post, reverse

__all__ = ["Line", "move", "new_party", "open_account", "post", "reverse"]
