# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Why somebody did something: the words that an act asks for."""


def clean_reason(reason):
    """What a client gave as a reason, without the blanks around it.

    :param reason: whatever came in
    :return: the words; empty when it is no text, or blank
    :rtype: str
    """
    return reason.strip() if isinstance(reason, str) else ""
