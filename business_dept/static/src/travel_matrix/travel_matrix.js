import { Component, onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { parseMonetary } from "@web/views/fields/parsers";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const GRADE = "grade_id";
const COLOURS = { allowed: "text-success", request: "text-warning-emphasis", never: "text-muted" };

/** The lines of a travel policy as a table: grades from left to right, one cell for each line. */
export class TravelMatrix extends Component {
    static template = "business_dept.TravelMatrix";
    static props = {
        ...standardFieldProps,
        rowField: String,
        valueField: String,
        title: { type: String, optional: true },
    };

    setup() {
        const orm = useService("orm");
        this.grades = [];
        this.rows = [];
        onWillStart(async () => {
            [this.grades, this.rows] = await Promise.all([
                orm.searchRead(this.list.fields[GRADE].relation, [], ["display_name"]),
                orm.searchRead(this.list.fields[this.props.rowField].relation, [], ["display_name"]),
            ]);
        });
    }

    get list() {
        return this.props.record.data[this.props.name];
    }
    get isMoney() {
        return this.list.fields[this.props.valueField].type === "monetary";
    }
    get options() {
        return this.list.fields[this.props.valueField].selection;
    }
    get allGrades() {
        return this.withUsed(this.grades, GRADE);
    }
    get allRows() {
        const rows = this.withUsed(this.rows, this.props.rowField);
        return this.isMoney ? [...rows, { id: false, display_name: _t("Every other city") }] : rows;
    }
    get shownRows() {
        return this.props.readonly
            ? this.allRows.filter((row) => this.allGrades.some((grade) => this.find(row, grade)))
            : this.allRows;
    }

    /** What can be chosen, and what is archived but used. */
    withUsed(known, name) {
        const all = new Map(known.map((item) => [item.id, item]));
        for (const { data } of this.list.records) {
            if (data[name] && !all.has(data[name].id)) {
                all.set(data[name].id, data[name]);
            }
        }
        return [...all.values()];
    }
    find(row, grade) {
        return this.list.records.find(
            ({ data }) => data[GRADE].id === grade.id && (data[this.props.rowField].id || false) === row.id
        );
    }
    value(row, grade) {
        return this.find(row, grade)?.data[this.props.valueField];
    }
    money(amount) {
        return formatMonetary(amount, { currencyId: this.props.record.data.currency_id?.id });
    }
    colour(row, grade) {
        return this.isMoney ? "" : COLOURS[this.value(row, grade) || "request"];
    }
    text(row, grade) {
        const value = this.value(row, grade);
        if (!this.isMoney) {
            return this.options.find(([key]) => key === (value || "request"))[1];
        }
        if (value !== undefined) {
            return this.money(value);
        }
        return this.allRows.some((other) => this.find(other, grade)) ? "–" : _t("No cap");
    }

    /** An amount as it was typed; nothing when it is none, or negative. */
    parse(typed) {
        try {
            return parseMonetary(typed);
        } catch {
            return undefined;
        }
    }
    async onChange(row, grade, ev) {
        const typed = ev.target.value.trim();
        const line = this.find(row, grade);
        let value = typed;
        if (typed && this.isMoney) {
            value = /^[^\d-]*\d/.test(typed) ? this.parse(typed) : undefined;
            if (value === undefined) {
                ev.target.value = this.value(row, grade) ?? "";
                return;
            }
        }
        if (typed === "") {
            return line && this.list.delete(line);
        }
        if (line) {
            return line.update({ [this.props.valueField]: value });
        }
        return this.list.addNewRecord({
            mode: "readonly",
            position: "bottom",
            context: {
                [`default_${GRADE}`]: grade.id,
                [`default_${this.props.rowField}`]: row.id,
                [`default_${this.props.valueField}`]: value,
            },
        });
    }
}

registry.category("fields").add("travel_matrix", {
    component: TravelMatrix,
    displayName: _t("Travel matrix"),
    supportedTypes: ["one2many"],
    useSubView: true,
    extractProps: ({ options, string }) => ({
        rowField: options.row,
        valueField: options.value,
        title: string,
    }),
});
