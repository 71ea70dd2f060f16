"""The form of the second factor."""

from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import AccountForm, CodeField


class SecondFactorForm(AccountForm):
    """A code of the authenticator app; where one is set up already, a backup code does as well."""

    elsewhere = "second_factor_code"
    second_factor_code = CodeField(label=_("Code from the app"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["second_factor_code"]
        field.error_messages["required"] = _("Type the code that the app shows.")
        field.widget.attrs["class"] = "input"
