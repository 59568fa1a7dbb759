# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Fields that only the system writes, on models that clients write otherwise: a client could send them all the same."""


def refuse_forged(records, forged):
    """Refuse a client that writes what the system computes or keeps, and leave a trace (attacks 5 to 7).

    :param records: what is written (empty for a creation)
    :param forged: names of fields about to be written that only the system writes
    :raise ControlError: when there are any, and it is not the system that writes
    """
    if not forged or records.env.su:
        return
    records.env["business.control.mixin"]._refuse_on(records, "approval.forgery", records.env._(
        "%(fields)s cannot be written: the system computes it.",
        fields=", ".join(records._fields[name]._description_string(records.env) for name in sorted(forged)),
    ))


def without_forged_defaults(records, names):
    """The same records without the defaults that a context gives to such fields.

    :param names: names of fields that only the system writes
    """
    context = records.env.context
    forged = {f"default_{name}" for name in names if f"default_{name}" in context}
    if not forged:
        return records
    return records.with_context({key: context[key] for key in context if key not in forged})  # pylint: disable=context-overridden
