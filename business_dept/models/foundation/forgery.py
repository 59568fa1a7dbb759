# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Fields that only the system writes, on models that clients write otherwise: a client could send them all the same.

Every class that extends such a model declares its own beside them: ``_engine_fields`` are never written by a client,
``_engine_filled_fields`` may be sent empty, as a form does, and are filled by the system only.
"""


def get_engine_fields(records, attribute="_engine_fields"):
    """Names of the fields that only the system writes: what all classes of the model declare, found once per class.

    :param str attribute: which of the two declarations
    :rtype: frozenset
    """
    cls = records.env.registry[records._name]
    classes, found = vars(cls).get(f"{attribute}_found", (None, None))
    if classes is not cls.__mro__:  # not asked for yet, or an addon that was loaded later has brought classes of its own
        found = frozenset().union(*(vars(klass).get(attribute, ()) for klass in cls.__mro__))
        setattr(cls, f"{attribute}_found", (cls.__mro__, found))
    return found


def refuse_forged(records, vals_list):
    """Refuse a client that writes what the system computes or keeps, and leave a trace (attacks 5 to 7).

    :param records: what is written (empty for a creation)
    :param list[dict] vals_list: values about to be written
    :raise ControlError: when there are any that only the system writes, and it is not the system that writes
    """
    if records.env.su:
        return
    forged = get_engine_fields(records) & set().union(*vals_list)
    forged |= {
        name for name in get_engine_fields(records, "_engine_filled_fields") if any(vals.get(name) for vals in vals_list)
    }
    if forged:
        records.env["business.control.mixin"]._refuse_on(records, "approval.forgery", records.env._(
            "%(fields)s cannot be written: the system computes it.",
            fields=", ".join(records._fields[name]._description_string(records.env) for name in sorted(forged)),
        ))


def without_forged_defaults(records, *along):
    """The same records without the defaults that a context gives to such fields.

    :param along: empty recordsets of models whose fields are meant as well: what is made along with a record gets the
        context, too
    """
    context = records.env.context
    names = frozenset().union(*(
        get_engine_fields(model, attribute)
        for model in (records, *along) for attribute in ("_engine_fields", "_engine_filled_fields")
    ))
    forged = {f"default_{name}" for name in names if f"default_{name}" in context}
    if not forged:
        return records
    return records.with_context({key: context[key] for key in context if key not in forged})  # pylint: disable=context-overridden
