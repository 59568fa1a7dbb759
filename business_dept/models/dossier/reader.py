# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Whose dossiers a user may read, found in one statement and kept for one transaction.

A record rule's domain is cached per user, so nothing that changes may stand in it. The rules name a field
(``dossier_visible``, ``is_readable``) whose search method asks here, each time anew.
"""
from collections.abc import Callable
from dataclasses import dataclass

from odoo.fields import Domain
from odoo.tools import SQL

NOBODY = -1
"""Stands for the responsible salesperson of a hidden customer who has none."""
CACHE = "business_dept.dossier_reader"
NARROW = 0.9
"""Share of hidden partners from which on it is quicker to gather the visible ones than to filter the table."""


@dataclass(frozen=True)
class Handling:
    """The customers of the documents that are being handled right now; see ``handling.py``.

    :param customer_ids: commercial entities
    """

    customer_ids: frozenset[int]


@dataclass(frozen=True)
class Reader:
    """What one user may read of what is secret (JJ-3.6.1, JJ-3.6.2, JJ-3.6.3).

    :param user_id: the user
    :param owner_ids: salespeople whose customers are the user's: himself, and those whose team he leads
    :param open_details: companies whose secret details are open to him: whitelist, or the control does not act
    :param open_hidden: companies whose hidden customers are open to him, likewise
    :param whitelist: companies on whose whitelist he stands
    :param granted: ids of the customers (commercial entities) that a valid grant opens to him
    :param any_hidden: whether any partner is hidden at all
    :param all_open: whether no company hides anything from him
    :param narrow: whether most partners are hidden
    """

    user_id: int
    owner_ids: tuple[int, ...]
    open_details: frozenset[int]
    open_hidden: frozenset[int]
    whitelist: frozenset[int]
    granted: tuple[int, ...]
    any_hidden: bool
    all_open: bool
    narrow: bool

    @property
    def sees_everything(self) -> bool:
        """Whether no partner is hidden from him."""
        return not self.any_hidden or self.all_open


def get_reader(env) -> Reader:
    """Return what the user of an environment may read."""
    by_user = env.cr.cache.get(CACHE)
    if by_user is None:
        by_user = env.cr.cache[CACHE] = {}
        # what was found holds for this transaction only: a grant begins and ends at once
        env.cr.postcommit.add(lambda: env.cr.cache.pop(CACHE, None))
        env.cr.postrollback.add(lambda: env.cr.cache.pop(CACHE, None))
    if env.uid not in by_user:
        by_user[env.uid] = _find_reader(env)
    return by_user[env.uid]


def forget_readers(env) -> None:
    """Forget who may read what: something it depends on has just changed in this transaction."""
    env.cr.cache.pop(CACHE, None)
    env["res.partner"].invalidate_model(["dossier_visible", "dossier_id"])
    env["business.dossier"].invalidate_model(["is_readable", "is_writable"])


def find_owned(reader: Reader) -> Callable:
    """Return the predicate: is this salesperson's customer the reader's own?"""
    owners = frozenset(reader.owner_ids)
    return lambda user_id: user_id in owners


def _find_reader(env) -> Reader:
    user = env.user
    for model in ("business.dossier.grant", "crm.team", "crm.team.member", "business.control", "res.company"):
        env[model].flush_model()
    env["res.partner"].flush_model(["dossier_guard"])
    (led, granted, companies, any_hidden, hidden_share), = env.execute_query(SQL(
        """
        SELECT ARRAY(SELECT member.user_id
                       FROM crm_team team
                       JOIN crm_team_member member ON member.crm_team_id = team.id AND member.active
                      WHERE team.user_id = %(user)s AND team.active),
               ARRAY(SELECT rel.partner_id
                       FROM business_dossier_grant a_grant
                       JOIN business_dossier_grant_partner_rel rel ON rel.grant_id = a_grant.id
                      WHERE a_grant.user_id = %(user)s AND a_grant.revoked_on IS NULL
                        AND a_grant.date_from <= %(now)s AND a_grant.date_until > %(now)s),
               ARRAY(SELECT jsonb_build_array(
                            company.id, company.dossier_whitelist_group_id,
                            COALESCE(details.mode ->> company.id::text, 'notify'),
                            COALESCE(hidden.mode ->> company.id::text, 'notify'))
                       FROM res_company company
                       JOIN business_control details ON details.code = 'dossier.details'
                       JOIN business_control hidden ON hidden.code = 'dossier.hidden'),
               EXISTS (SELECT FROM res_partner WHERE dossier_guard <> 0),
               (SELECT COALESCE(MAX(guarded.reltuples) / NULLIF(MAX(whole.reltuples), 0), 0)
                  FROM pg_class whole, pg_class guarded
                 WHERE whole.oid = 'res_partner'::regclass
                   AND guarded.oid = to_regclass('res_partner_dossier_guard_idx'))
        """,
        user=user.id, now=env.cr.now(),
    ))
    groups, own_companies = set(user._get_group_ids()), set(user._get_company_ids())
    whitelist = {row[0] for row in companies if row[1] in groups and row[0] in own_companies}
    acts = ("approve", "block")
    open_hidden = whitelist | {row[0] for row in companies if row[3] not in acts}
    return Reader(
        user_id=user.id,
        owner_ids=tuple(sorted({user.id, *led})),
        open_details=frozenset(whitelist | {row[0] for row in companies if row[2] not in acts}),
        open_hidden=frozenset(open_hidden),
        whitelist=frozenset(whitelist),
        granted=tuple(granted),
        any_hidden=any_hidden,
        all_open=all(row[0] in open_hidden for row in companies),
        narrow=hidden_share > NARROW,
    )


def visible_partners(env) -> Domain:
    """The condition on ``res.partner``: everybody whom the user may see."""
    reader = get_reader(env)
    if reader.sees_everything:
        return Domain.TRUE
    visible = Domain("dossier_guard", "in", [False, *reader.owner_ids])
    if reader.open_hidden:
        visible |= Domain("dossier_company_id", "in", sorted(reader.open_hidden))
    # his own family: a portal customer goes on reading himself
    families = {env.user.sudo().commercial_partner_id.id, *reader.granted}
    if isinstance(handling := env.context.get("business_dossier_handling"), Handling):
        families |= handling.customer_ids
    visible |= Domain("commercial_partner_id", "in", sorted(families))
    if env.user.has_group("base.group_erp_manager"):  # who gives out logins sees whom they belong to
        visible |= Domain("user_ids", "!=", False)
    return visible


def readable_dossiers(env) -> Domain:
    """The condition on ``business.dossier``: every dossier that the user may read."""
    reader = get_reader(env)
    return (
        Domain("secrecy", "=", "open")
        | Domain("user_id", "in", list(reader.owner_ids))
        | Domain("partner_id", "in", list(reader.granted))
        | Domain("secrecy", "=", "details") & Domain("company_id", "in", sorted(reader.open_details))
        | Domain("secrecy", "=", "hidden") & Domain("company_id", "in", sorted(reader.open_hidden))
    )


def writable_dossiers(env) -> Domain:
    """The condition on ``business.dossier``: every dossier that the user may change. A grant opens reading only."""
    reader = get_reader(env)
    return (
        Domain("secrecy", "=", "open")
        | Domain("user_id", "in", list(reader.owner_ids))
        | Domain("company_id", "in", sorted(reader.whitelist))
    )
