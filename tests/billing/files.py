"""Uploads: sound ones of every kind, and what a hostile person makes of them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(name: str = "房产证.jpg", size: tuple[int, int] = (40, 30), colour: str = "red") -> SimpleUploadedFile:
    """A real picture; its kind follows the name."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG" if name.endswith("png") else "JPEG")
    return SimpleUploadedFile(name, out.getvalue())


def pdf(name: str = "承诺书.pdf", text: bytes = b"1 0 obj") -> SimpleUploadedFile:
    """The outside of a PDF."""
    return SimpleUploadedFile(name, b"%PDF-1.4\n" + text + b"\n%%EOF\n")


def raw(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def bomb(width: int = 60_000, height: int = 60_000) -> SimpleUploadedFile:
    """A small PNG that says it has thousands of million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000, 9)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return SimpleUploadedFile("bomb.png", content)
