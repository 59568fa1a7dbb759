import { registry } from "@web/core/registry";
import { Layout } from "@web/search/layout";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";

const HAZARD = "business.safety.hazard";

/** What a safety officer looks at in the morning. Everything opens the list that it counts. */
export class SafetyOverview extends Component {
    static template = "business_dept.SafetyOverview";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ data: null });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.data = await this.orm.call("business.safety.overview", "get_overview", []);
    }

    open(name, resModel, domain, views = ["list", "form"]) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: resModel,
            domain,
            views: views.map((view) => [false, view]),
            target: "current",
        });
    }
    openTile(tile) {
        return this.open(tile.title, tile.model, tile.domain);
    }
    openRecord(resModel, resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
            target: "current",
        });
    }
    openCell(row, cell, index) {
        const age = index === null ? "" : ` · ${this.state.data.matrix.ages[index]}`;
        return this.open(`${_t("Open hazards")} · ${row.name}${age}`, HAZARD, cell.domain);
    }
    openHazards() {
        return this.open(_t("Open hazards"), HAZARD, this.state.data.matrix.domain);
    }
    openStops() {
        return this.open(_t("Work stands still"), "business.safety.stop", [["date_lifted", "=", false]]);
    }
    openAssessments() {
        return this.action.doAction("business_dept.business_safety_assessment_action");
    }
    openScore(row) {
        return row.last_id ? this.openRecord("business.safety.assessment", row.last_id) : this.openAssessments();
    }
}

registry.category("actions").add("business_safety_overview", SafetyOverview);
