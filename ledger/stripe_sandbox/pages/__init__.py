"""The pages that people see: where they pay, and where they decide what banks do. No cookies, no
scripts.
"""
