# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Whose dossiers a user may read, found in one statement and kept for one transaction.

A record rule's domain is cached per user, so nothing that changes may stand in it. The rules name a field
(``dossier_visible``, ``is_readable``) whose search method asks here, each time anew.
"""
from collections.abc import Mapping
from dataclasses import dataclass

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

NOBODY = -1
"""Stands for the responsible salesperson of a hidden customer who has none."""
CACHE = "business_dept.dossier_reader"
PAGE = 80
"""Rows of a list's page. Walking the names until it is full passes ``PAGE * partners / visible`` of them; gathering passes
the visible ones. So gathering is quicker while ``visible`` is below the root of ``PAGE * partners``."""
ACTS = ("approve", "block")
"""Modes in which a control hides something."""


@dataclass(frozen=True)
class Handling:
    """The customers of the documents that are being handled right now; see ``handling.py``.

    :param customer_ids: commercial entities
    :param dossier_customer_ids: those of them whose dossiers are open as well: the user could read them anyway, and is
        handing them over
    """

    customer_ids: frozenset[int] = frozenset()
    dossier_customer_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Reader:
    """What one user may read of what is secret (JJ-3.6.1, JJ-3.6.2, JJ-3.6.3).

    :param user_id: the user
    :param owner_ids: salespeople whose customers are the user's: himself, and those whose team he leads
    :param open_details: companies whose secret details are open to him: whitelist, or the control does not act
    :param open_hidden: companies whose hidden customers are open to him, likewise
    :param whitelist: companies on whose whitelist he stands
    :param granted: customers (commercial entities) that a valid grant opens to him, and the grant: ``{id: grant id}``
    :param family_id: his own commercial entity: a portal customer goes on reading himself
    :param any_hidden: whether any partner is hidden at all
    :param all_open: whether no company hides anything from him
    :param narrow: whether he sees so few partners that a page is found quicker by gathering them than in their order
    """

    user_id: int
    owner_ids: tuple[int, ...]
    open_details: frozenset[int]
    open_hidden: frozenset[int]
    whitelist: frozenset[int]
    granted: Mapping[int, int]
    family_id: int
    any_hidden: bool
    all_open: bool
    narrow: bool

    @property
    def sees_everything(self) -> bool:
        """Whether no partner is hidden from him."""
        return not self.any_hidden or self.all_open

    def is_above(self, owner_id: int, company_id: int) -> bool:
        """Whether he leads the salesperson of a customer, or stands on the company's whitelist."""
        return company_id in self.whitelist or (owner_id in self.owner_ids and owner_id != self.user_id)

    def answers_for(self, owner_id: int, company_id: int) -> bool:
        """Whether the customer is his own, or he is above its salesperson."""
        return owner_id == self.user_id or self.is_above(owner_id, company_id)


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


def _find_reader(env) -> Reader:
    user = env.user
    for model in ("business.dossier.grant", "crm.team", "crm.team.member", "business.control", "res.company"):
        env[model].flush_model()
    env["res.partner"].flush_model(["dossier_guard", "dossier_company_id", "commercial_partner_id"])
    # What is counted is read from indexes alone, in their order, and no further than it matters.
    (owners, granted, family_id, companies, any_hidden, narrow), = env.execute_query(SQL(
        """
        WITH company AS MATERIALIZED (
            SELECT company.id,
                   company.dossier_whitelist_group_id = ANY(%(groups)s) AND company.id = ANY(%(companies)s) AS listed,
                   COALESCE(details.mode ->> company.id::text, 'notify') <> ALL(%(acts)s) AS details_open,
                   COALESCE(hidden.mode ->> company.id::text, 'notify') <> ALL(%(acts)s) AS hidden_open
              FROM res_company company
              JOIN business_control details ON details.code = %(details)s
              JOIN business_control hidden ON hidden.code = %(hidden)s
        ), owner AS MATERIALIZED (
            SELECT %(user)s AS id
             UNION
            SELECT member.user_id
              FROM crm_team team
              JOIN crm_team_member member ON member.crm_team_id = team.id AND member.active
             WHERE team.user_id = %(user)s AND team.active
        ), bound AS MATERIALIZED (
            SELECT sqrt(%(page)s * GREATEST(whole.reltuples, 0)) - GREATEST(whole.reltuples - hidden.reltuples, 0) AS rows
              FROM pg_class whole, pg_class hidden
             WHERE whole.oid = 'res_partner'::regclass AND hidden.oid = 'res_partner_dossier_guard_idx'::regclass
        )
        SELECT ARRAY(SELECT id FROM owner),
               ARRAY(SELECT jsonb_build_array(rel.partner_id, MAX(a_grant.id))
                       FROM business_dossier_grant a_grant
                       JOIN business_dossier_grant_partner_rel rel ON rel.grant_id = a_grant.id
                      WHERE a_grant.user_id = %(user)s AND a_grant.revoked_on IS NULL
                        AND a_grant.date_from <= %(now)s AND a_grant.date_until > %(now)s
                   GROUP BY rel.partner_id),
               (SELECT partner.commercial_partner_id
                  FROM res_users JOIN res_partner partner ON partner.id = res_users.partner_id
                 WHERE res_users.id = %(user)s),
               ARRAY(SELECT jsonb_build_array(id, COALESCE(listed, FALSE), details_open, hidden_open) FROM company),
               (SELECT dossier_guard FROM res_partner WHERE dossier_guard <> 0 ORDER BY dossier_guard LIMIT 1) IS NOT NULL,
               (SELECT rows FROM bound) > 0
               AND (SELECT TRUE FROM res_partner
                     WHERE dossier_guard <> 0 AND dossier_guard = ANY(ARRAY(SELECT id FROM owner))
                  ORDER BY dossier_guard OFFSET (SELECT GREATEST(rows, 0) FROM bound) LIMIT 1) IS NULL
               AND (SELECT TRUE FROM res_partner
                     WHERE dossier_company_id = ANY(ARRAY(SELECT id FROM company WHERE listed OR hidden_open))
                  ORDER BY dossier_company_id OFFSET (SELECT GREATEST(rows, 0) FROM bound) LIMIT 1) IS NULL
        """,
        user=user.id, now=fields.Datetime.now(), groups=list(user._get_group_ids()), companies=list(user._get_company_ids()),
        acts=list(ACTS), page=PAGE, details="dossier.details", hidden="dossier.hidden",
    ))
    whitelist = frozenset(id_ for id_, listed, _details, _hidden in companies if listed)
    open_hidden = whitelist | {id_ for id_, _listed, _details, hidden in companies if hidden}
    return Reader(
        user_id=user.id,
        owner_ids=tuple(sorted(owners)),
        open_details=whitelist | {id_ for id_, _listed, details, _hidden in companies if details},
        open_hidden=open_hidden,
        whitelist=whitelist,
        granted=dict(granted),
        family_id=family_id,
        any_hidden=any_hidden,
        all_open=len(open_hidden) == len(companies),
        narrow=narrow,
    )


def _get_handled(env):
    """What is being handled in this environment; nothing that a client sends counts."""
    handling = env.context.get("business_dossier_handling")
    return handling if isinstance(handling, Handling) else Handling()


def visible_partners(env) -> Domain:
    """The condition on ``res.partner``: everybody whom the user may see."""
    reader = get_reader(env)
    if reader.sees_everything:
        return Domain.TRUE
    # his own family: a portal customer goes on reading himself
    families = {reader.family_id, *reader.granted, *_get_handled(env).customer_ids}
    # who is not hidden has no company that hides him: two columns, so that two indexes are combined
    visible = (
        Domain("dossier_company_id", "in", [False, *sorted(reader.open_hidden)])
        | Domain("dossier_guard", "in", list(reader.owner_ids))
        | Domain("commercial_partner_id", "in", sorted(families))
    )
    if env.user.has_group("base.group_erp_manager"):  # who gives out logins sees whom they belong to
        visible |= Domain("user_ids", "!=", False)
    return visible


def readable_dossiers(env) -> Domain:
    """The condition on ``business.dossier``: every dossier that the user may read."""
    reader = get_reader(env)
    return (
        Domain("secrecy", "=", "open")
        | Domain("user_id", "in", list(reader.owner_ids))
        | Domain("partner_id", "in", [*reader.granted, *_get_handled(env).dossier_customer_ids])
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
