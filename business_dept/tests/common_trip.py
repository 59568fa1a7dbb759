# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import datetime

from odoo import Command

from .common import BusinessCommon


class TripCommon(BusinessCommon):
    """A department with a manager and three salespeople, another department, three places and the policy of TE."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("hr.group_hr_manager")
        cls.env["business.travel.policy"]._ship(cls.company.ids)
        Department = cls.env["hr.department"].with_company(cls.company)
        cls.head = Department.create({"name": "Head Office", "company_id": cls.company.id})
        cls.sales = Department.create({"name": "Sales", "company_id": cls.company.id, "parent_id": cls.head.id})
        cls.other = Department.create({"name": "Works", "company_id": cls.company.id, "parent_id": cls.head.id})
        cls.mate = cls.make_user("mate", "business_dept.group_salesperson")
        cls.third = cls.make_user("third", "business_dept.group_salesperson")
        cls.stranger = cls.make_user("stranger", "business_dept.group_salesperson")
        cls.e_executive = cls.make_employee(cls.executive, cls.head, "director")
        cls.e_manager = cls.make_employee(cls.manager, cls.sales, "manager")
        cls.e_sales = cls.make_employee(cls.salesperson, cls.sales, "staff", sex="male")
        cls.e_mate = cls.make_employee(cls.mate, cls.sales, "senior", sex="male")
        cls.e_third = cls.make_employee(cls.third, cls.sales, "staff", sex="female")
        cls.e_stranger = cls.make_employee(cls.stranger, cls.other, "staff", sex="male")
        cls.head.manager_id = cls.e_executive
        cls.sales.manager_id = cls.e_manager
        cls.guangxi, cls.guangdong = cls.env.ref("base.state_cn_GX"), cls.env.ref("base.state_cn_GD")
        Place = cls.env["business.travel.place"]
        cls.nanning, cls.guangzhou, cls.liuzhou = Place.create([
            {"name": "Test Nanning", "state_id": cls.guangxi.id}, {"name": "Test Guangzhou", "state_id": cls.guangdong.id},
            {"name": "Test Liuzhou", "state_id": cls.guangxi.id},
        ])
        cls.company.travel_town_id = cls.nanning
        cls.means = {
            means.code: means for means in cls.env["business.transport.class"].search([])
        }
        cls.vehicle = cls.env["business.vehicle"].sudo().create({
            "name": "Van", "license_plate": "桂A12345", "seats": 3, "company_id": cls.company.id})

    @classmethod
    def make_employee(cls, user, department, grade, **vals):
        return cls.env["hr.employee"].create({
            "name": user.name, "user_id": user.id, "department_id": department.id, "company_id": cls.company.id, "tz": "UTC",
            "staff_grade_id": cls.env.ref(f"business_dept.staff_grade_{grade}").id, **vals,
        })

    def leg(self, start, end, departure, arrival, means="hs_second", fare=100.0, **vals):
        """Values of a way; departure and arrival as "day hour" of March 2030."""
        return {
            "from_id": start.id, "to_id": end.id, "class_id": self.means[means].id, "estimated_fare": fare,
            "departure": self.at(departure), "arrival": self.at(arrival), **vals,
        }

    def at(self, when):
        """``"4 08:00"`` is the 4th of March 2030."""
        day, hour = when.split()
        return datetime.strptime(f"2030-03-{int(day):02} {hour}", "%Y-%m-%d %H:%M")

    def trip_vals(self, travellers=None, legs=None, **vals):
        legs = legs if legs is not None else [
            self.leg(self.nanning, self.guangzhou, "4 08:00", "4 12:00", "train_hard_seat"),
            self.leg(self.guangzhou, self.nanning, "6 09:00", "6 13:00", "train_hard_seat"),
        ]
        lodging = [Command.create({
            "place_id": self.guangzhou.id, "date_from": "2030-03-04", "date_to": "2030-03-06",
        })] if len(legs) > 1 else []
        return {
            "purpose": "Visit dealers",
            "leg_ids": [Command.create(leg) for leg in legs],
            "lodging_ids": lodging,
            **({"traveller_ids": [Command.set(travellers.ids)]} if travellers is not None else {}), **vals,
        }

    def make_trip(self, user=None, travellers=None, legs=None, **vals):
        """A draft of a salesperson, made as a client makes it."""
        Request = self.env["business.travel.request"].sudo()
        ids = self.call(user or self.salesperson, Request, "create", [self.trip_vals(travellers, legs, **vals)])
        return Request.browse(ids)

    def submit(self, record, user=None):
        self.call(user or self.salesperson, record, "action_approval_submit")
        return record

    def approve(self, record, user=None, submitter=None):
        """Submit and approve."""
        self.submit(record, submitter)
        self.call(user or self.manager, record, "action_approval_approve")
        return record

    def make_ride(self, user=None, **vals):
        """A draft of a vehicle request."""
        Request = self.env["business.vehicle.request"].sudo()
        return Request.browse(self.call(user or self.salesperson, Request, "create", [{
            "purpose": "Samples", "start": "Office", "destination": "Site", "vehicle_id": self.vehicle.id,
            "driver_id": self.e_sales.id, "date_from": self.at("4 08:00"), "date_to": self.at("4 12:00"), **vals,
        }]))
