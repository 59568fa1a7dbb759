# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.business_dept.controls import ControlError
from odoo.addons.business_dept.tests.common_trip import TripCommon


@tagged("post_install", "-at_install")
class TestFleet(TripCommon):
    """Vehicles that are asked for come from Fleet (TE-1.3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        brand = cls.env["fleet.vehicle.model.brand"].sudo().create({"name": "Buick"})
        cls.model = cls.env["fleet.vehicle.model"].sudo().create({"name": "GL8", "brand_id": brand.id})
        cls.car = cls.env["fleet.vehicle"].sudo().create({
            "model_id": cls.model.id, "license_plate": "桂A00001", "seats": 7, "company_id": cls.company.id})

    def get_row(self, car=None):
        return (car or self.car)._get_register()

    def test_register_follows(self):
        """TE-1.3: a vehicle of Fleet is in the register, changes there and goes when it goes."""
        row = self.get_row()
        self.assertEqual((row.license_plate, row.seats, row.company_id), ("桂A00001", 7, self.company))
        self.assertIn("GL8", row.display_name)
        self.car.write({"license_plate": "桂A00002", "seats": 5})
        self.assertEqual((row.license_plate, row.seats), ("桂A00002", 5))
        self.car.active = False
        self.assertFalse(row.active)
        self.car.unlink()
        self.assertTrue(row.exists())
        self.assertFalse(row.fleet_vehicle_id)

    def test_taken_over(self):
        """TE-1.3: a vehicle that was in the register already is not there twice."""
        car = self.env["fleet.vehicle"].sudo().create({
            "model_id": self.model.id, "license_plate": self.vehicle.license_plate, "company_id": self.company.id})
        self.assertEqual(self.get_row(car), self.vehicle.sudo())

    def test_fleet_is_not_hindered(self):
        """TE-1.3: Fleet lets two vehicles have one plate."""
        car = self.env["fleet.vehicle"].sudo().create({
            "model_id": self.model.id, "license_plate": "桂A00001", "company_id": self.company.id})
        self.assertEqual(len(self.get_row(car) | self.get_row()), 2)

    def test_kept_in_fleet(self):
        """Attack 7: the register of a vehicle of Fleet is not changed beside it, nor linked by hand."""
        row = self.get_row()
        with self.assertRaises(UserError):
            self.call(self.manager, row, "write", {"seats": 9})
        with self.assertRaises(ControlError):
            self.call(self.executive, self.vehicle, "write", {"fleet_vehicle_id": self.car.id})
        with self.assertRaises(ControlError):
            self.call(self.executive, self.vehicle, "create", [{"name": "x", "fleet_vehicle_id": self.car.id}])

    def test_odometer(self):
        """TE-1.3: Fleet learns the odometer when the vehicle is back."""
        ride = self.approve(self.make_ride(vehicle_id=self.get_row().id))
        self.call(self.salesperson, ride, "write", {"odometer_start": 100.0, "odometer_end": 142.0})
        self.call(self.salesperson, ride, "action_return")
        self.assertEqual(self.car.odometer, 142.0)
