"""The forms of members/, by subject."""

from members.forms.contact import (
    ORGANISATION_KINDS,
    ContactFields,
    ContactForm,
    OrganisationContactForm,
    contact_form,
)
from members.forms.deciding import (
    ApplicationFilter,
    BatchForm,
    BatchRefusalForm,
    CorrectApplicationForm,
    CorrectDecisionForm,
    DecisionForm,
    NamedApplications,
    PaperForm,
    RefusalForm,
    WhoForm,
)
from members.forms.joining import (
    AboutOrganisationStep,
    AboutPersonStep,
    ClassChoice,
    ClassStep,
    CodeForm,
    ContactStep,
    EvidenceStep,
    LaterForm,
    ResumeForm,
    SharesStep,
)
from members.forms.register import (
    CeaseForm,
    RegisterFilter,
    SearchForm,
)

__all__ = [
    "ORGANISATION_KINDS",
    "AboutOrganisationStep",
    "AboutPersonStep",
    "ApplicationFilter",
    "BatchForm",
    "BatchRefusalForm",
    "CeaseForm",
    "ClassChoice",
    "ClassStep",
    "CodeForm",
    "ContactFields",
    "ContactForm",
    "ContactStep",
    "CorrectApplicationForm",
    "CorrectDecisionForm",
    "DecisionForm",
    "EvidenceStep",
    "LaterForm",
    "NamedApplications",
    "OrganisationContactForm",
    "PaperForm",
    "RefusalForm",
    "RegisterFilter",
    "ResumeForm",
    "SearchForm",
    "SharesStep",
    "WhoForm",
    "contact_form",
]
