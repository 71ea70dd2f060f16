"""Shows codes to whoever runs the site, instead of sending them: for trying it out and for tests."""

import json
import sys

from django.conf import settings
from django.utils import timezone

from accounts.errors import SmsFailed
from accounts.mobiles import mask_mobile


class ConsoleProvider:
    """Prints each code, and appends it to `var/sms.jsonl`: a JSON object a line, the number masked."""

    def send(self, *, mobile: str, purpose: str, code: str) -> None:
        """Append and print; the lines of several processes do not mix. Raises SmsFailed when it cannot be written."""
        line = {"at": timezone.localtime().isoformat(), "mobile": mask_mobile(mobile), "purpose": purpose, "code": code}
        try:
            settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
            with (settings.VAR_DIR / "sms.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        except OSError as error:
            raise SmsFailed from error
        sys.stdout.write(f"SMS to {line['mobile']} ({purpose}): {code}\n")
        sys.stdout.flush()
