"""The WSGI door that granian or any other server opens."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apportion.office.settings")
application = get_wsgi_application()
