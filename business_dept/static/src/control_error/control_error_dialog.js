import { WarningDialog } from "@web/core/errors/error_dialogs";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** What a control refused, shown as a message to the user and not as a crash. */
export class ControlErrorDialog extends WarningDialog {
    inferTitle() {
        return _t("Stopped by a control");
    }
}

registry
    .category("error_dialogs")
    .add("odoo.addons.business_dept.controls.ControlError", ControlErrorDialog);
