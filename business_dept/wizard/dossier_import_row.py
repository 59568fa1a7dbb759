# Part of business_dept. See LICENSE file for full copyright and licensing details.
from psycopg2 import DataError, IntegrityError

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from ..policy.dossier_sheet import BY_KEY, Problem, squeeze

#: what of a row goes to the customer, and what to his dossier
PARTNER_KEYS = ("name", "vat", "phone", "email", "city", "street")
DOSSIER_KEYS = ("qualification", "secrecy", "traits", "buying_habits", "competitors", "next_visit_date", "notes")
#: values that are ids: key of the column, and the field
PARTNER_IDS = {"state": "state_id", "country": "country_id", "user": "user_id"}
DOSSIER_IDS = {"source": "source_id"}
#: what a province is called besides its name
PROVINCE_TAIL = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区", "省", "市")
#: thousands of new customers are not a thousand messages; a change of one that is there is traced as ever
QUIET = {"tracking_disable": True, "mail_create_nosubscribe": True}


class BusinessDossierImportRow(models.Model):
    """One row of a customer import. The user chooses what happens with it; everything else is the import's."""

    _name = "business.dossier.import.row"
    _description = "Customer Import Row"
    _inherit = ["business.engine.mixin"]
    _order = "import_id, number"
    _rec_name = "customer"

    import_id = fields.Many2one(comodel_name="business.dossier.import", required=True, ondelete="cascade", index=True)
    number = fields.Integer(string="Row", readonly=True)
    customer = fields.Char(readonly=True)
    vat = fields.Char(string="Tax Number", readonly=True)
    phone = fields.Char(readonly=True)
    city = fields.Char(readonly=True)
    texts = fields.Json(readonly=True, help="The cells as they stand in the file.")
    values = fields.Json(readonly=True, help="What they mean.")
    problems = fields.Json(readonly=True)
    has_problem = fields.Boolean(readonly=True)
    remarks = fields.Text(compute="_compute_remarks", help="What is wrong in which cell.")
    kind = fields.Selection(
        selection=[("new", "New"), ("existing", "Existing"), ("wrong", "Problem"), ("guarded", "With a colleague")],
        string="Status", readonly=True, required=True,
    )
    matched_by = fields.Selection(
        selection=[("vat", "Tax number"), ("phone", "Phone"), ("name", "Name")], string="Recognised By", readonly=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer in Odoo", readonly=True, ondelete="set null", index="btree_not_null",
    )
    action = fields.Selection(
        selection=[("create", "Create"), ("update", "Update"), ("skip", "Skip")], string="What to Do", required=True,
        default="skip",
    )
    is_open = fields.Boolean(compute="_compute_is_open", help="The user may still choose.")
    state = fields.Selection(
        selection=[("waiting", "To import"), ("created", "Created"), ("updated", "Updated"), ("failed", "Failed")],
        string="Result", default="waiting", required=True, readonly=True,
    )
    message = fields.Text(readonly=True, help="Why it could not be written.")

    _todo_idx = models.Index("(import_id, id) WHERE state = 'waiting' AND action <> 'skip'")

    #=== COMPUTE METHODS ===#

    @api.depends("problems", "kind", "message")
    @api.depends_context("lang")
    def _compute_remarks(self):
        for row in self:
            row.remarks = row._get_reason()

    @api.depends("kind", "import_id.state")
    def _compute_is_open(self):
        for row in self:
            row.is_open = row.kind in ("new", "existing") and row.import_id.state == "preview"

    def _get_reason(self):
        """Return what is to say about the row, a line for each cell."""
        self.ensure_one()
        lines = [self._explain(Problem(each["column"], each["code"], each["value"])) for each in self.problems or ()]
        if self.kind == "guarded":
            lines.append(self._explain_guarded())
        if self.message:
            lines.append(self.message)
        return "\n".join(lines)

    @api.model
    def _explain_guarded(self):
        """Return what is said of a customer whom the user may not see or change: that, and nothing of him."""
        return self.env._("This customer is handled by a colleague; ask the manager.")

    @api.model
    def _explain(self, problem):
        value = problem.value
        message = {
            "missing": self.env._("is missing: every customer needs a name"),
            "formula": self.env._(
                "is a formula that was never calculated: open the file in Excel, save it, and choose it again",
            ),
            "formula_error": self.env._("“%s” is a formula with an error", value),
            "phone": self.env._("“%s” is not a phone number", value),
            "digits_lost": self.env._("“%s” has lost digits in Excel: format the column as text and type it again", value),
            "scientific": self.env._("“%s” was written in scientific notation: check the last digits", value),
            "vat": self.env._("“%s” is not a tax number: letters and digits only, 6 to 25 of them", value),
            "email": self.env._("“%s” is not an e-mail address", value),
            "choice": self.env._("“%s” is not one of the choices of the template", value),
            "date": self.env._("“%s” is not a date; write 2026-11-03", value),
            "state": self.env._("“%s” is not a province; choose one of the template's", value),
            "source": self.env._("“%s” is not a known source; choose one of the template's", value),
            "user": self.env._("“%s” is not an employee of this company", value),
            "user_ambiguous": self.env._("several employees are called “%s”: write the login", value),
            "hidden_row": self.env._("This row is hidden in the file: skipped unless you choose otherwise"),
            "second_value": self.env._("a second value, “%s”, is not taken", value),
            "same_phone": self.env._("the same phone as in row %s", value),
            "repeated": self.env._("The same customer as in row %s", value),
            "ambiguous": self.env._("%s customers have it: write what tells them apart, such as the tax number", value),
        }[problem.code]
        return f"{BY_KEY[problem.column].header}: {message}" if problem.column else message

    #=== CRUD METHODS ===#

    def write(self, vals):
        """A user chooses what happens with a row before the import begins, and nothing else."""
        if self.env.su or vals.keys() - {"action"}:
            return super().write(vals)  # refuses who is not the import
        choices = {"new": ("create", "skip"), "existing": ("create", "update", "skip")}
        for row in self:
            if row.import_id.state != "preview":
                raise UserError(self.env._("The import has begun; what happens with its rows cannot be chosen any more."))
            allowed = choices.get(row.kind, ("skip",))
            if row.matched_by == "vat":
                allowed = tuple(set(allowed) - {"create"})
            if vals["action"] not in allowed:
                raise UserError(self.env._(
                    "Row %(row)s (%(status)s) cannot be treated like this. A row with a problem or a colleague's customer "
                    "is skipped, a new one created, an existing one updated; the same tax number is the same customer.",
                    row=row.number, status=dict(row._fields["kind"]._description_selection(self.env))[row.kind],
                ))
        self.check_access("write")
        self.sudo().action = vals["action"]
        return True

    #=== BUSINESS METHODS ===#

    def _fail(self, message):
        self.sudo().write({"state": "failed", "message": message})

    def _write_rows(self, env):
        """Write rows as a user: all of them, or each of the good ones.

        A batch that is refused is divided until the bad rows stand alone.

        :param env: environment of the user
        """
        if not self:
            return
        try:
            with env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self._apply(env)
                env.flush_all()
            return
        except (UserError, ValueError, IntegrityError, DataError) as error:
            if len(self) == 1:
                self._fail(self._explain_error(error))
                return
        half = len(self) // 2
        self[:half]._write_rows(env)
        self[half:]._write_rows(env)

    def _explain_error(self, error):
        if isinstance(error, AccessError):  # its text may tell what the user is not to know
            return self._explain_guarded()
        if isinstance(error, UserError):
            return str(error)
        return self.env._("The database refused the row. Check its values, or enter it by hand.")

    def _apply(self, env):
        """Create and update customers and dossiers with the rights of the user; the number of searches is constant."""
        rows = self._drop_overtaken(env)
        to_create = rows.filtered(lambda row: row.action == "create")
        customers = env["res.partner"].with_context(**QUIET).create([row._prepare_partner() for row in to_create])
        dossiers = {}
        to_update = rows.filtered(lambda row: row.action == "update")
        if to_update:
            customers_there = env["res.partner"].browse(to_update.partner_id.ids)
            there = env["business.dossier"].with_context(active_test=False).search([("partner_id", "in", customers_there.ids)])
            dossiers = {dossier.partner_id.id: dossier for dossier in there}
        missing = []
        for row in to_update:
            customer = env["res.partner"].browse(row.partner_id.id)
            write_changes(customer, row._prepare_partner())
            if customer.id in dossiers:
                dossier = dossiers[customer.id]
                write_changes(dossier, row._prepare_dossier())
                row._add_person(dossier)
            else:
                missing.append((row, customer))
        pairs = [*zip(to_create, customers, strict=True), *missing]
        env["business.dossier"].with_context(**QUIET).create([
            {
                "partner_id": customer.id, "company_id": row.import_id.company_id.id, **row._prepare_dossier(),
                "person_ids": [Command.create(person) for person in row._prepare_persons()],
            }
            for row, customer in pairs
        ])
        for row, customer in zip(to_create, customers, strict=True):
            row.partner_id = customer.id
        to_create.state = "created"
        to_update.state = "updated"

    def _drop_overtaken(self, env):
        """Leave out rows of which somebody else's work since the preview has made something else."""
        matches = env["res.partner"].sudo()._match_customers(self.import_id.company_id, [row.values for row in self])
        open_ids = self.import_id.with_env(env)._get_open_customers({
            partner_id for _by, ids in matches for partner_id in ids
        } | set(self.partner_id.ids))
        good = self.browse()
        for row, (_by, ids) in zip(self, matches, strict=True):
            seen = set(ids) & open_ids
            if (ids and not seen) or (row.partner_id and row.partner_id.id not in open_ids):
                row._fail(self._explain_guarded())
            elif row.action == "update" and not row.partner_id:
                row._fail(self.env._("The customer has been deleted since the preview."))
            elif row.action == "create" and seen - set(row.partner_id.ids):
                row._fail(self.env._("This customer has been entered since the preview: import the row again to update him."))
            else:
                good += row
        return good

    def _prepare_partner(self):
        values = self.values
        vals = {key: values[key] for key in PARTNER_KEYS if values.get(key)}
        vals |= {field: values[key] for key, field in PARTNER_IDS.items() if values.get(key)}
        if self.action == "create":
            vals["is_company"] = True
        elif self.matched_by == "name":
            del vals["name"]
        return vals

    def _prepare_dossier(self):
        values = self.values
        vals = {key: values[key] for key in DOSSIER_KEYS if values.get(key)}
        return vals | {field: values[key] for key, field in DOSSIER_IDS.items() if values.get(key)}

    def _prepare_persons(self):
        values = self.values
        if not values.get("contact"):
            return []
        return [{
            "name": values["contact"], "function": values.get("contact_function", False),
            "phone": values.get("contact_phone", False),
        }]

    def _add_person(self, dossier):
        """Add the contact of the row to a dossier, or complete the one of the same name."""
        for person in self._prepare_persons():
            there = dossier.person_ids.filtered(lambda each, name=person["name"]: each.name == name)[:1]
            if there:
                write_changes(there, {key: value for key, value in person.items() if value})
            else:
                dossier.person_ids = [Command.create(person)]


def write_changes(record, vals):
    """Write what differs on a record; what is as it was makes no trace."""
    changed = {
        name: value for name, value in vals.items()
        if record._fields[name].convert_to_cache(value, record)
        != record._fields[name].convert_to_cache(record[name], record)
    }
    if changed:
        record.write(changed)


class Lookups:
    """What words of a row mean in this database: provinces, employees, sources. Read once for all rows."""

    def __init__(self, env, company):
        self.env = env
        countries = company.country_id | env.ref("base.cn")
        states = env["res.country.state"].search([("country_id", "in", countries.ids)])
        self.states = {}
        for lang, _name in env["res.lang"].get_installed():
            for state in states.with_context(lang=lang).sorted(lambda state: state.country_id != company.country_id):
                self.states.setdefault(self._shorten(state.name), state)
        self.province_words = states.filtered(lambda state: state.country_id == countries[-1]).mapped("name")
        self.sources = {squeeze(source.name): source for source in env["utm.source"].search([])}
        self.users = {}
        for user in env["res.users"].search([("share", "=", False), ("company_ids", "in", company.ids)]):
            self.users[user.login.lower()] = user
            self.users[squeeze(user.name)] = self.users.get(squeeze(user.name), user) | user

    @staticmethod
    def _shorten(name):
        text = squeeze(name)
        for tail in PROVINCE_TAIL:
            if text.endswith(tail) and len(text) - len(tail) >= 2:
                return text.removesuffix(tail)
        return text

    def resolve(self, row):
        """Return the values of an import row."""
        values, problems = dict(row.values), list(row.problems)
        for key, find in (("state", self._find_state), ("source", self._find_source), ("user", self._find_user)):
            if key in values:
                found, code = find(values[key])
                if code:
                    problems.append(Problem(key, code, values.pop(key)))
                else:
                    values[key] = found.id
        if "state" in values:
            values["country"] = self.states[self._shorten(row.values["state"])].country_id.id
        wrong = any(problem.is_error for problem in problems)
        return {
            "number": row.number,
            "customer": row.texts.get("name"),
            "vat": row.texts.get("vat"),
            "phone": values.get("phone") or row.texts.get("phone"),
            "city": row.texts.get("city"),
            "texts": row.texts,
            "values": values,
            "problems": [{**problem._asdict(), "error": problem.is_error} for problem in problems],
            "has_problem": bool(problems),
            "kind": "wrong" if wrong else "new",
            "action": "skip",
            "held_back": any(problem.code == "hidden_row" for problem in problems),
        }

    def _find_state(self, text):
        found = self.states.get(self._shorten(text))
        return found, "" if found else "state"

    def _find_source(self, text):
        found = self.sources.get(squeeze(text))
        return found, "" if found else "source"

    def _find_user(self, text):
        found = self.users.get(text.lower()) or self.users.get(squeeze(text), ())
        if len(found) == 1:
            return found, ""
        return None, "user_ambiguous" if found else "user"
