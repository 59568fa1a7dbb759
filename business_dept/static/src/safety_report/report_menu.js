import { registry } from "@web/core/registry";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { session } from "@web/session";

/**
 * Opens the public page of the company in a window that knows nothing of this one. The address is known since the
 * client was loaded: nothing is asked of the server, so no line in its log stands beside the report.
 */
function reportHazardItem() {
    const path = session.safety_report_paths?.[user.activeCompany?.id];
    return {
        type: "item",
        id: "business_dept_report_hazard",
        description: _t("Report a Hazard Anonymously"),
        hide: !path,
        callback: () => {
            browser.open(path, "_blank", "noopener,noreferrer");
        },
        sequence: 15,
    };
}

registry.category("user_menuitems").add("business_dept_report_hazard", reportHazardItem);
