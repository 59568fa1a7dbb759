import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

/** A month without an inspection is no month with the score 0: the line goes on to the next one. */
export class ScoreGraphRenderer extends GraphRenderer {
    getLineChartData() {
        const data = super.getLineChartData();
        if (!this.model.metaData.cumulated) {
            for (const dataset of data.datasets) {
                dataset.spanGaps = true;
                dataset.data = dataset.data.map((value, index) =>
                    value === 0 && dataset.domains[index]?.length === 0 ? null : value
                );
            }
        }
        return data;
    }
}

registry.category("views").add("business_dept_score_graph", { ...graphView, Renderer: ScoreGraphRenderer });
