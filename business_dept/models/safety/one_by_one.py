# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""A job over many records: one that fails is told in the log, and stops no other."""
import logging

_logger = logging.getLogger(__name__)


def try_each(records, act, what):
    """Do something with records, together; when that fails, with halves of them, down to the one with which it does.

    For jobs only: whoever waits for an answer has to hear of the failure, and a conflict with another transaction is tried
    again there. Here the next run of the job does it. What failed has changed nothing.

    :param records: of any model
    :param act: function of some of these records
    :param str what: what is done, for the log
    :return: the records that failed
    """
    if not records:
        return records
    try:
        with records.env.cr.savepoint():
            act(records)
        return records.browse()
    except Exception:
        if len(records) == 1:
            _logger.exception("%s failed for %s; the next run tries it again", what, records)
            return records
    middle = len(records) // 2
    return try_each(records[:middle], act, what) | try_each(records[middle:], act, what)
