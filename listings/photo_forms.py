"""Forms of a home's photos: files to add, the order of all, and one photo among them."""

from collections.abc import Iterable

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from ihome_project.errors import DomainError
from listings.album import PHOTOS_MOST

ID_DIGITS = 18


class FilesInput(forms.ClearableFileInput):
    """A chooser of several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; what is in them is the service's business."""

    widget = FilesInput

    def clean(self, data: object, initial: object = None) -> list[UploadedFile]:
        """Return a list of one file at least."""
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class PhotosForm(forms.Form):
    """Photos to add to a home."""

    photos = FilesField(
        label=_("Add photos"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a photo first.")},
        widget=FilesInput({"class": "input", "accept": "image/jpeg,image/png,image/webp"}),
    )

    def refuse(self, refused: Iterable[tuple[str, DomainError]]) -> None:
        """Say which files were refused, and why."""
        for name, refusal in refused:
            self.add_error("photos", f"{name}: {refusal}")


class PhotoForm(forms.Form):
    """One of a home's photos."""

    image_id = forms.IntegerField(min_value=1)


class OrderForm(forms.Form):
    """The numbers of all photos of a home in the order wanted, with spaces between."""

    order = forms.RegexField(
        rf"^[0-9]{{1,{ID_DIGITS}}}( [0-9]{{1,{ID_DIGITS}}})*$", max_length=PHOTOS_MOST * (ID_DIGITS + 1)
    )

    def clean(self) -> dict:
        """Return the numbers under the name that the service has for them."""
        order = super().clean().get("order", "")
        return {"image_ids": [int(number) for number in order.split()]}
