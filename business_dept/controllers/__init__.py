# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import anonymous
from . import board
from . import report
