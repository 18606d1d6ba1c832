"""The WSGI entry for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heating.settings")
django_application = get_wsgi_application()

from heating.preflight import preflight  # noqa: E402 needs the apps
from heating.watchdog import Watched  # noqa: E402

preflight.at_start()
application = Watched(django_application)
