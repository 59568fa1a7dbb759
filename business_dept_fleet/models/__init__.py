# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import business_vehicle
from . import fleet_vehicle
from . import vehicle_request
