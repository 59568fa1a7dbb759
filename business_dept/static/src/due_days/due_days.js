import { registry } from "@web/core/registry";
import { capitalize } from "@web/core/utils/strings";
import { RemainingDaysField, remainingDaysField } from "@web/views/fields/remaining_days/remaining_days_field";

/** How far away a deadline is, in days: “next month” says too little nine days before. */
export class DueDaysField extends RemainingDaysField {
    get diffString() {
        if (this.diffDays === null || Math.abs(this.diffDays) > 99) {
            return super.diffString;
        }
        return capitalize(this.props.record.data[this.props.name].toRelativeCalendar({ unit: "days" }));
    }
}

registry.category("fields").add("business_dept_due_days", { ...remainingDaysField, component: DueDaysField });
