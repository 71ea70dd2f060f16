"""Shows codes and notices to whoever runs the site, instead of sending them: for trying it out and for tests."""

import json
import sys

from django.conf import settings
from django.utils import timezone

from accounts.errors import SmsFailed
from accounts.mobiles import mask_mobile


class ConsoleProvider:
    """Prints each message, and appends it to `var/sms.jsonl`: a JSON object a line, the number masked.

    The lines of several processes do not mix. Both raise SmsFailed when a line cannot be written.
    """

    sends_notices = True

    def send(self, *, mobile: str, purpose: str, code: str) -> None:
        """Show a code."""
        self._show(mobile, purpose, {"code": code})

    def send_notice(self, *, mobile: str, words: str) -> None:
        """Show what somebody would read."""
        self._show(mobile, "notice", {"words": words})

    def _show(self, mobile: str, purpose: str, what: dict[str, str]) -> None:
        line = {"at": timezone.localtime().isoformat(), "mobile": mask_mobile(mobile), "purpose": purpose, **what}
        try:
            settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
            with (settings.VAR_DIR / "sms.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise SmsFailed(said=type(error).__name__) from error
        sys.stdout.write(f"SMS to {line['mobile']} ({purpose}): {' '.join(what.values())}\n")
        sys.stdout.flush()
