"""Bring a site up to date before it is served: migrations, demo data, static files; each only when it is needed."""

import os
import socket
import sys
from hashlib import sha256
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

ADDRESS = "127.0.0.1"
WELCOME = """
ihome answers at http://{address}:{port} (Ctrl-C stops it)
{accounts}{sms}"""
SMS_IS_SHOWN = """
No SMS is sent: each code is shown here, and kept in {path}.
"""
DEMO_ACCOUNTS = """
Demo accounts, all with the password ihome-demo-2026:
  guest      13800138002  王小明
  host       13800138001  林房东
  stranger   13800138003  赵路人
  staff      13800138000  who may enter /admin/ too, with an authenticator app
"""


def main() -> None:
    """Prepare the site that the settings describe, or stop with one line that says what is in the way."""
    port = port_to_serve()
    django.setup()
    migrate()
    call_command("clear_expired", stdout=StringIO())
    if on_sqlite():
        call_command("load_demo", if_empty=True)
    if not settings.DEBUG:
        collect_static()
    accounts = DEMO_ACCOUNTS if has_demo_accounts() else ""
    sms = SMS_IS_SHOWN.format(path=settings.VAR_DIR / "sms.jsonl") if settings.SMS_PROVIDER == "console" else ""
    print(WELCOME.format(address=ADDRESS, port=port, accounts=accounts, sms=sms), flush=True)


def port_to_serve() -> int:
    """Return the port asked for. Stops when it is no port or something else listens there."""
    text = os.environ["PORT"]
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**16):
        sys.exit(f"PORT={text} is not the number of a port.")
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((ADDRESS, int(text)))
        except OSError as error:
            sys.exit(f"Port {text} cannot be had ({error.strerror}). Choose another: make run PORT=8001")
    return int(text)


def on_sqlite() -> bool:
    """Tell whether this is the site of a single folder, and not somebody's database server."""
    return settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"


def migrate() -> None:
    """Apply the migrations that the database has not seen."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def has_demo_accounts() -> bool:
    """Tell whether the demo's guest lives in this database."""
    return get_user_model().objects.filter(mobile="+8613800138002").exists()


def collect_static() -> None:
    """Collect, fingerprint and compress the static files when one of them is not what was collected last."""
    found = sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            found.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    stamp = settings.VAR_DIR / "static.sha256"
    if not stamp.exists() or stamp.read_text() != found.hexdigest() or not Path(settings.STATIC_ROOT).exists():
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(found.hexdigest())


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ihome_project.settings")
    main()
