from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = "Public site"

    def ready(self) -> None:
        from cms import receivers

        post_migrate.connect(
            receivers.give_editors_their_rights, sender=self, dispatch_uid="cms.editors"
        )
