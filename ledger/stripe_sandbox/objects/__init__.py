"""Stripe's objects, one kind a module: what each call does to them and which events it causes.

Every function takes the account first. Those that answer a call of the API take its checked
parameters last.
"""
