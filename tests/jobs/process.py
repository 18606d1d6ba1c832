"""A real worker process that knows the tests' kinds: `python -m tests.jobs.process`."""

import os
from importlib import import_module

import django
from django.core.management import call_command

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    import_module("tests.jobs.kinds")  # it imports models, so it must wait for the line above
    call_command("worker")
