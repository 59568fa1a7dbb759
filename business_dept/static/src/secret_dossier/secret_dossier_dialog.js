import { WarningDialog } from "@web/core/errors/error_dialogs";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** What the secrecy of a customer refused, with the way to ask for access. */
export class SecretDossierDialog extends WarningDialog {
    static template = "business_dept.SecretDossierDialog";

    setup() {
        super.setup();
        this.action = useService("action");
    }
    inferTitle() {
        return _t("Secret customer dossier");
    }
    async askForAccess() {
        await this.action.doAction("business_dept.business_dossier_request_action_new", { forceLeave: true });
        this.props.close();
    }
}

registry
    .category("error_dialogs")
    .add("odoo.addons.business_dept.models.dossier.ir_rule.SecretDossierError", SecretDossierDialog);
