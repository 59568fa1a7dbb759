import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onMounted, onWillUnmount, xml } from "@odoo/owl";

/** Reads the record again and again while it is shown: for a progress bar. */
export class Reload extends Component {
    static template = xml`<span/>`;
    static props = { ...standardWidgetProps, interval: { type: Number, optional: true } };
    static defaultProps = { interval: 2000 };

    setup() {
        onMounted(() => {
            this.timer = setInterval(() => this.props.record.load(), this.props.interval);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }
}

registry.category("view_widgets").add("business_dept_reload", {
    component: Reload,
    extractProps: ({ attrs }) => ({ interval: attrs.interval ? parseInt(attrs.interval) : undefined }),
});
