"""Sensitive text at rest: encrypted with the first of FIELD_KEYS, found again by a keyed hash.

The other keys of the list only read: they are the ones used before a rotation.
"""

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
SEARCH = "heating.kit.encryption"


@lru_cache(maxsize=8)
def _cipher(key: str) -> AESGCM:
    return AESGCM(sha256(PURPOSE + key.encode()).digest())


def encrypt(text: str) -> str:
    """Encrypt text; the empty text stays empty."""
    if not text:
        return ""
    nonce = token_bytes(NONCE)
    return urlsafe_b64encode(nonce + _cipher(settings.FIELD_KEYS[0]).encrypt(nonce, text.encode(), PURPOSE)).decode()


def decrypt(encrypted: str) -> str:
    """Decrypt what `encrypt` gave; `ValueError` when it was changed or encrypted with a key that is not in the list."""
    if not encrypted:
        return ""
    raw = urlsafe_b64decode(encrypted)
    for key in settings.FIELD_KEYS:
        try:
            return _cipher(key).decrypt(raw[:NONCE], raw[NONCE:], PURPOSE).decode()
        except InvalidTag:
            continue
    raise ValueError("encrypted with another key")


def keyed_hash(purpose: str, text: str) -> str:
    """Return the HMAC of a text under the first key; different purposes give unrelated values."""
    return keyed_hashes(purpose, text)[0]


def keyed_hashes(purpose: str, text: str) -> list[str]:
    """Return the HMAC of a text under every key, the newest first: what was stored may be under any of them."""
    return [salted_hmac(purpose, text, secret=key, algorithm="sha256").hexdigest() for key in settings.FIELD_KEYS]


def fingerprint(text: str) -> str:
    """Return the keyed hash under which a text is stored for searching; the empty text has none."""
    return keyed_hash(SEARCH, text) if text else ""


def fingerprints(text: str) -> list[str]:
    """Return the keyed hashes under which a text may have been stored."""
    return keyed_hashes(SEARCH, text) if text else []


def subkeys(purpose: str) -> list[bytes]:
    """Return the keys for signing that follow from FIELD_KEY for one purpose; the first one signs, all may check."""
    return [hmac.digest(key.encode(), purpose.encode(), "sha256") for key in settings.FIELD_KEYS]
