"""Several files in one field."""

from __future__ import annotations

from typing import Any

from django import forms


class FilesInput(forms.ClearableFileInput):
    """Takes more than one file."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """附件: jpg, png, PDF; what is in them is looked at by the service."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "附件")
        options.setdefault("required", False)
        options.setdefault("help_text", "jpg、png 图片或 PDF，可多选；每个不超过 10 MB，每份申请最多 10 个")
        options.setdefault("allow_empty_file", True)
        super().__init__(widget=FilesInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}), **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the uploads, none as an empty list."""
        files = data if isinstance(data, list | tuple) else [data]
        found = [super(FilesField, self).clean(one, initial) for one in files or [None]]
        return [file for file in found if file]
