# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What the web client asks for when it opens a form: the fields of the view, with those of its sub-views."""

from lxml import etree

from odoo import api

DEFAULT_LIMIT = 40  # rows of a list inside a form
#: fields that the web client's widgets read of the records they show, besides their names
WIDGET_FIELDS = {
    "many2many_tags": ("display_name",),
    "many2many_tax_tags": ("display_name", "tax_scope"),
    "many2many_tags_avatar": ("display_name",),
    "many2many_avatar_user": ("display_name",),
}
SUB_VIEWS = ("list", "kanban", "form")


def get_form_specification(env: api.Environment, model: str) -> dict:
    """Return the specification that ``web_read`` gets from the web client for a model's form.

    :return: as ``web_read`` takes it; contexts of fields are left out
    """
    return get_specification(env, model, "form")


def get_specification(env: api.Environment, model: str, view: str, xmlid: str = "") -> dict:
    """Return the specification for a model's form or list.

    :param xmlid: of the view; the one that the model shows by default when empty
    """
    answer = env[model].get_views([(env["ir.model.data"]._xmlid_to_res_id(xmlid) if xmlid else False, view)])
    fields = {name: description["fields"] for name, description in answer["models"].items()}
    return _read_arch(etree.fromstring(answer["views"][view]["arch"]), model, fields)


def _read_arch(arch: etree._Element, model: str, fields: dict) -> dict:
    """Return the specification of the fields in a view, sub-views apart."""
    specification: dict[str, dict] = {}
    for node in arch.iter("field"):
        if next(node.iterancestors("field"), None) not in (None, *arch.iterancestors("field")):
            continue  # of a sub-view
        name = node.get("name")
        description = fields[model].get(name)
        if description is None:
            continue
        wanted = _read_field(node, description, fields)
        specification.setdefault(name, {}).update(wanted)
    return specification


def _read_field(node: etree._Element, description: dict, fields: dict) -> dict:
    """Return the specification of one field."""
    hidden = {node.get("invisible"), node.get("column_invisible")} & {"1", "True"}
    match description["type"]:
        case "many2one" | "reference":
            return {"fields": {} if hidden else {"display_name": {}}}
        case "one2many" | "many2many" if not hidden:
            shown: dict[str, dict] = {name: {} for name in WIDGET_FIELDS.get(node.get("widget"), ())}
            if color := _get_color_field(node):
                shown[color] = {}
            for view in node:
                if view.tag in SUB_VIEWS:
                    for name, wanted in _read_arch(view, description["relation"], fields).items():
                        shown.setdefault(name, wanted)
            return {"fields": shown, "limit": DEFAULT_LIMIT} if shown else {}
        case _:
            return {}


def _get_color_field(node: etree._Element) -> str | None:
    """Return the field named by a tag widget's option ``color_field``."""
    options = node.get("options") or ""
    _before, found, after = options.partition("color_field")
    return after.split("'")[2] if found and "'" in after else None
