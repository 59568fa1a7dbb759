# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The content of a document, as ``_get_approval_content`` gives it, for people to read."""
import re

from markupsafe import Markup

MONEY = re.compile(r"(-?\d+)(\.\d+)?( [A-Z]{3})")
RATIOS = ("prepayment_percent", "new_prepayment_percent")
"""Fields that Odoo keeps as a share of 1."""
MANY = 8
"""So many columns fit beside the chatter."""


def render_content(env, res_model, content):
    """Render the content of a document as tables: its fields first, then its lines.

    :param env: environment whose language the labels are in
    :param str res_model: model of the document
    :param dict content: ``{field: [value, text]}``; for lines ``{field: {line id: {field: [value, text]}}}``
    :return: ``Markup``, or ``False`` when there is nothing to show
    """
    if res_model not in env or not content:
        return False
    model = env[res_model]
    paths = [*model._version_fields, *model._approval_fields]  # the database keeps no order of the keys
    rows, tables = Markup(), Markup()
    for name in _sort(content, [path.partition(".")[0] for path in paths]):
        value = content[name]
        if isinstance(value, dict):
            columns = _sort(
                {column for line in value.values() for column in line},
                [path.partition(".")[2] for path in paths if path.startswith(f"{name}.")]
                or model._content_columns.get(name, ()),
            )
            columns = [column for column in columns if not _is_told(column, value, content)]
            tables += _render_lines(_get_label(model, name), env[model._fields[name].comodel_name], columns, value)
        else:
            rows += Markup("<tr><th class='w-25'>%s</th><td style='white-space: pre-line'>%s</td></tr>") % (
                _get_label(model, name), _get_text(name, value))
    return Markup("<table class='table table-sm'>%s</table>%s") % (rows, tables)


def _is_told(column, lines, content):
    """Whether a column only repeats the document's own field of that name, or, in its currency, an amount of the company."""
    document, amount = content.get(column), column.removesuffix("_currency")
    return (
        document is not None and not isinstance(document, dict) and all(line.get(column) == document for line in lines.values())
    ) or (
        amount != column and all(line.get(column) == line.get(amount) for line in lines.values())
    )


def _render_lines(label, line_model, columns, lines):
    columns = [column for column in columns if any(line[column][1] for line in lines.values() if column in line)]
    width = "min-width: 5.5rem" if len(columns) > MANY else ""  # rather scrolled than squeezed
    head = Markup().join(Markup("<th style='%s'>%s</th>") % (width, _get_label(line_model, column)) for column in columns)
    body = Markup().join(
        Markup("<tr>%s</tr>") % Markup().join(
            Markup("<td>%s</td>") % (_get_text(column, line[column]) if column in line else "") for column in columns
        )
        for line in lines.values()
    )
    return Markup(
        "<h5 class='mt-3'>%s</h5><div class='table-responsive'><table class='table table-sm'>"
        "<thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>"
    ) % (label, head, body)


def _get_text(name, value):
    """The text of a value as people write it: ``136,000.00 CNY``, ``30 %``."""
    if name in RATIOS:
        return f"{float(value[0] or 0) * 100:g} %"
    if isinstance(value[1], str) and (money := MONEY.fullmatch(value[1])):
        whole, decimals, currency = money.groups(default="")
        return f"{int(whole):,}{decimals}{currency}" if whole != "-0" else value[1]
    return value[1]


def _sort(names, order):
    """Names in the order of a model's paths; what it does not name any more comes last."""
    places = {name: place for place, name in reversed(list(enumerate(order)))}
    return sorted(names, key=lambda name: (places.get(name, len(order)), name))


def _get_label(model, name):
    return model._fields[name]._description_string(model.env) if name in model._fields else name
