from cms.models.group import LocalGroup
from cms.models.interest import InterestRegistration
from cms.models.launch import LaunchPage
from cms.models.news import NewsIndexPage, NewsPage
from cms.models.pages import ContentPage, HomePage, SitePage
from cms.models.pictures import Picture, PictureRendition
from cms.models.results import MinutesPage, PartnerActionsPage, ResultsPage
from cms.models.settings import SiteDetails

__all__ = [
    "ContentPage",
    "HomePage",
    "InterestRegistration",
    "LaunchPage",
    "LocalGroup",
    "MinutesPage",
    "NewsIndexPage",
    "NewsPage",
    "PartnerActionsPage",
    "Picture",
    "PictureRendition",
    "ResultsPage",
    "SiteDetails",
    "SitePage",
]
