"""Lets the first administrator into a new installation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from core.actors import SYSTEM
from core.errors import RuleError
from core.operations import appoint_first_administrator


class Command(BaseCommand):
    help = "Make the first administrator. They sign in by a code sent to their e-mail address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            validate_email(email)
            appoint_first_administrator(email=email, name=name, by=SYSTEM)
        except ValidationError:
            raise CommandError(f"{email} is not an e-mail address.") from None
        except RuleError as error:
            raise CommandError(error.message) from None
        self.stdout.write("Done. Sign in with “Send me a code”, then set up a second step.")
