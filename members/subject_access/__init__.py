"""Everything that is held about one person, collected from every app, checked, and packed to give.

UK GDPR, article 15. `collect` walks every foreign key in the project, so that an app that comes
later is not forgotten; `pack` makes the files; `make` does it in the background.
"""

from members.subject_access.collect import (
    BY_ADDRESS,
    FILES,
    OF_USER,
    Everything,
    Named,
    Section,
    collect,
)
from members.subject_access.pack import pack

__all__ = [
    "BY_ADDRESS",
    "FILES",
    "OF_USER",
    "Everything",
    "Named",
    "Section",
    "collect",
    "pack",
]
