# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""QR codes as drawings: Odoo's own barcode is a bitmap, which reportlab makes only where a Cairo binding is installed."""
from base64 import b64encode

from reportlab.graphics.barcode import createBarcodeDrawing


def get_qr_image(value):
    """A QR code as an image that a page carries in itself.

    :param str value: what it says, such as an address
    :return: data URI of an SVG drawing
    :rtype: str
    """
    drawing = createBarcodeDrawing("QR", value=value, width=240, height=240, barBorder=0)
    return f"data:image/svg+xml;base64,{b64encode(drawing.asString('svg').encode()).decode()}"
