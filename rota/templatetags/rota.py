"""Words for the rota's figures."""

from django import template

from rota.rules import hours_text

register = template.Library()
register.filter("hours", hours_text)
