"""Which certificates are trusted, and what to do where the service's is not."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import httpx

from .errors import InvalidArgument

_OUT_OF_TIME = (9, 10)
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""
_ANOTHER_HOST = (62, 64)
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""


def trusted() -> ssl.SSLContext:
    """The certificates to trust: those of SSL_CERT_FILE or SSL_CERT_DIR, else the ones that come with httpx.

    Raises:
        InvalidArgument: They cannot be loaded; the message names the variable.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    wrong = ""
    if not file and folder and not any(Path(part).is_dir() for part in folder.split(os.pathsep)):
        wrong = f"SSL_CERT_DIR: {folder} is not a folder"
    else:
        try:
            return httpx.create_ssl_context()
        except (OSError, ValueError) as error:
            wrong = _untold(error, file)
    raise InvalidArgument(f"{wrong}; correct or unset it")


def _untold(error: OSError | ValueError, file: str | None) -> str:
    """What is wrong, and with which variable: OpenSSL names neither the variable nor the file."""
    said = getattr(error, "strerror", None) or str(error)
    if file:
        try:
            with Path(file).open("rb") as opened:
                opened.read(1)
        except OSError as unreadable:
            return f"SSL_CERT_FILE: {file} cannot be read: {unreadable.strerror}"
        try:
            ssl.create_default_context().load_verify_locations(file)
        except (OSError, ValueError):
            return f"SSL_CERT_FILE: {file} does not hold certificates in PEM form ({said})"
    log = os.environ.get("SSLKEYLOGFILE")
    return f"SSLKEYLOGFILE: {log} cannot be written: {said}" if log else f"the certificates cannot be loaded: {said}"


def refused(error: BaseException) -> str | None:
    """What a failure to agree on TLS means and what to do, where trying again cannot help; None for any other failure."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return None
    if not isinstance(cause, ssl.SSLCertVerificationError):
        if cause.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"):
            return "what answers there does not speak TLS. Should base_url begin with http://, or is its port another?"
        return None
    said = cause.verify_message
    if cause.verify_code in _ANOTHER_HOST:
        return f"the certificate is another host's: {said}. Is base_url right, or does a proxy answer in its place?"
    if cause.verify_code in _OUT_OF_TIME:
        return f"{said}. Is this machine's clock right? If it is, the service's operator has to renew the certificate"
    variable = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), None)
    now = f"{variable} is {os.environ[variable]}" if variable else "SSL_CERT_FILE is not set"
    return (
        f"the certificate is not trusted: {said}. Where your company or deployment has a certificate authority of its own, "
        f"set SSL_CERT_FILE to a PEM file with its certificate ({now})"
    )
