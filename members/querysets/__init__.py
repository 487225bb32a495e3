"""Questions over the rows of members/, as methods of their querysets."""

from members.querysets.dues import (
    ON_ITS_WAY,
    DuesChargeQuerySet,
    InterestLineQuerySet,
    InterestRunQuerySet,
)
from members.querysets.people import (
    ApplicationQuerySet,
    AuthorityQuerySet,
    ConsentQuerySet,
    DataRequestQuerySet,
    LetterQuerySet,
    OrganisationQuerySet,
    PersonQuerySet,
    QualificationQuerySet,
    RepresentativeQuerySet,
    living,
)
from members.querysets.register import (
    EligibilityQuerySet,
    MemberQuerySet,
    OfficeQuerySet,
)
from members.querysets.shares import (
    AT_PAR,
    PURCHASE_OWNER,
    NominationQuerySet,
    SharePurchaseQuerySet,
    ShareTransactionQuerySet,
    WithdrawalQuerySet,
)

__all__ = [
    "AT_PAR",
    "ON_ITS_WAY",
    "PURCHASE_OWNER",
    "ApplicationQuerySet",
    "AuthorityQuerySet",
    "ConsentQuerySet",
    "DataRequestQuerySet",
    "DuesChargeQuerySet",
    "EligibilityQuerySet",
    "InterestLineQuerySet",
    "InterestRunQuerySet",
    "LetterQuerySet",
    "MemberQuerySet",
    "NominationQuerySet",
    "OfficeQuerySet",
    "OrganisationQuerySet",
    "PersonQuerySet",
    "QualificationQuerySet",
    "RepresentativeQuerySet",
    "SharePurchaseQuerySet",
    "ShareTransactionQuerySet",
    "WithdrawalQuerySet",
    "living",
]
