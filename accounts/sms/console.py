"""Shows codes to whoever runs the site, instead of sending them: for trying it out and for tests."""

import json
import sys

from django.conf import settings
from django.utils import timezone

from accounts.mobiles import mask_mobile


class ConsoleProvider:
    """Prints each code, and appends it to `var/sms.jsonl`: a JSON object a line, the number masked."""

    def send(self, *, mobile: str, purpose: str, code: str) -> None:
        """Print and append; the lines of several processes do not mix."""
        line = {"at": timezone.localtime().isoformat(), "mobile": mask_mobile(mobile), "purpose": purpose, "code": code}
        sys.stdout.write(f"SMS to {line['mobile']} ({purpose}): {code}\n")
        sys.stdout.flush()
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with (settings.VAR_DIR / "sms.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
