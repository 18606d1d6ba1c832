"""The product's settings in test mode, with a password hash that costs nothing."""

import os

os.environ["HEATING_MODE"] = "test"
# Playwright's synchronous interface runs an event loop in the test's own thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

from heating.settings import *  # noqa: F403
from tests.template_variables import Missing

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]  # noqa: F405
# Tests that commit are cleaned up by TRUNCATE (heating.kit.append_only).
# No workers run beside the tests.
HEALTH_GRACE = float("inf")
DATABASES["default"]["OPTIONS"]["options"] += " -c heating.may_truncate=on"  # noqa: F405

# A template variable that does not exist fails the test that shows the page.
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Missing()  # type: ignore[index]  # noqa: F405
