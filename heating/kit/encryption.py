"""Sensitive text at rest: encrypted with FIELD_KEY, found again by a keyed hash."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

NONCE = 12
PURPOSE = b"heating.kit.encryption"


@lru_cache(maxsize=4)
def _cipher(key: str) -> AESGCM:
    return AESGCM(sha256(PURPOSE + key.encode()).digest())


def encrypt(text: str) -> str:
    """Encrypt text; the empty text stays empty."""
    if not text:
        return ""
    nonce = token_bytes(NONCE)
    return urlsafe_b64encode(nonce + _cipher(settings.FIELD_KEY).encrypt(nonce, text.encode(), PURPOSE)).decode()


def decrypt(encrypted: str) -> str:
    """Decrypt what `encrypt` gave; `ValueError` when it was encrypted with another key or changed."""
    if not encrypted:
        return ""
    raw = urlsafe_b64decode(encrypted)
    try:
        return _cipher(settings.FIELD_KEY).decrypt(raw[:NONCE], raw[NONCE:], PURPOSE).decode()
    except InvalidTag as problem:
        raise ValueError("encrypted with another key") from problem


def fingerprint(text: str) -> str:
    """Return the keyed hash by which equal texts are found; the empty text has none."""
    if not text:
        return ""
    return salted_hmac("heating.kit.encryption", text, secret=settings.FIELD_KEY, algorithm="sha256").hexdigest()


def subkeys(purpose: str) -> list[bytes]:
    """Return the keys for signing that follow from FIELD_KEY for one purpose; the first one signs, all may check."""
    return [hmac.digest(key.encode(), purpose.encode(), "sha256") for key in (settings.FIELD_KEY,)]
