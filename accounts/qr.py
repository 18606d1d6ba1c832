"""The QR code that an app on a phone scans."""

from base64 import b64encode

from reportlab.graphics.barcode.qr import QrCodeWidget

QUIET = 4  # white modules around the code, as scanners want


def qr_picture(text: str) -> str:
    """Return `text` as a QR code: a data: address for `<img>`, so that the key stands in no file and no log."""
    code = QrCodeWidget(text, barLevel="M").qr
    code.make()
    size = code.getModuleCount()
    dark = "".join(
        f"M{column + QUIET} {row + QUIET}h1v1h-1z"
        for row in range(size)
        for column in range(size)
        if code.isDark(row, column)
    )
    side = size + 2 * QUIET
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{dark}"/></svg>'
    )
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
