"""How gunicorn serves ihome, from the project's folder: `python -m gunicorn --config deploy/gunicorn.conf.py`."""

import os

from ihome_project.settings import LOGGING, WEB_CONCURRENCY

wsgi_app = "ihome_project.wsgi"
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
# One process with threads is right for SQLite, which has one writer; WEB_CONCURRENCY sets more where MariaDB is used.
workers = WEB_CONCURRENCY
worker_class = "gthread"
threads = 8
control_socket_disable = True
# gunicorn's own lines go where the site's go, in the same form. No line a request: addresses hold what people look for.
logconfig_dict = LOGGING | {
    "loggers": LOGGING["loggers"]
    | {"gunicorn.error": {"level": "INFO", "propagate": True}, "gunicorn.access": {"level": "WARNING"}}
}
