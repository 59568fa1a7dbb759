# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Codes to scan, as drawings that print sharp in any size."""
from __future__ import annotations

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

QUIET = 4
"""Modules of white around the code, as the standard asks for."""


def qr_svg(text: str) -> str:
    """A QR code as SVG; 15 % of it may be dirty or torn. It takes no program beside Python, as a bitmap would.

    :param text: what the code says; an address of some hundred signs at most
    """
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    count = code.getModuleCount()
    size = count + 2 * QUIET
    path = "".join(
        f"M{column + QUIET} {row + QUIET}h1v1h-1z"
        for row in range(count) for column in range(count) if code.isDark(row, column))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="600" height="600" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>')
