from rota.models.carer import Absence, AvailabilityPattern, Carer
from rota.models.week import Assignment, PublishedVisit, Rota, RotaChange

__all__ = [
    "Absence",
    "Assignment",
    "AvailabilityPattern",
    "Carer",
    "PublishedVisit",
    "Rota",
    "RotaChange",
]
