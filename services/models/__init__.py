from services.models.access import AccessLink
from services.models.agreement import Agreement, AgreementLine, AgreementVersion
from services.models.person import Pause, PersonSupported
from services.models.visit import Visit

__all__ = [
    "AccessLink",
    "Agreement",
    "AgreementLine",
    "AgreementVersion",
    "Pause",
    "PersonSupported",
    "Visit",
]
