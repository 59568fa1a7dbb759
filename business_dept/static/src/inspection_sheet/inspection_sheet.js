import { Component, onWillStart, useExternalListener, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const INSPECTION = "business.safety.inspection";
const LINE = "business.safety.inspection.line";
const LONGEST = 1600;
const QUALITY = 0.85;
/** What the server refuses; anything else is tried again. */
const REFUSALS = ["odoo.exceptions.", "odoo.addons.business_dept.controls."];

/** A photo as small as is enough: phones take pictures of many megabytes, and the net of a workshop is thin. */
async function shrink(file) {
    try {
        const picture = await createImageBitmap(file);
        const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
        const canvas = document.createElement("canvas");
        canvas.width = Math.round(picture.width * scale);
        canvas.height = Math.round(picture.height * scale);
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        return canvas.toDataURL("image/jpeg", QUALITY);
    } catch {
        return getDataURLFromFile(file); // the server says whether it is a picture
    }
}

/** An inspection on a phone: big buttons, each tap is kept at once; what could not be sent waits and is sent again. */
export class InspectionSheet extends Component {
    static template = "business_dept.InspectionSheet";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.root = useRef("root");
        this.results = [
            ["pass", _t("Pass"), "btn-success", "fa-check"],
            ["fail", _t("Fail"), "btn-danger", "fa-times"],
            ["na", _t("N/A"), "btn-dark", "fa-minus"],
        ];
        this.state = useState({ sheet: null, lines: [] });
        onWillStart(() => this.load());
        useExternalListener(browser, "online", () => this.sendAll());
        useSetupAction({
            beforeUnload: (ev) => this.unsent.length && ev.preventDefault(),
            beforeLeave: () => this.leave(),
        });
    }

    get id() {
        return this.props.action.context.active_id;
    }
    get sheet() {
        return this.state.sheet;
    }
    get groups() {
        return this.sheet.categories
            .map(([key, label]) => ({ key, label, lines: this.state.lines.filter((line) => line.category === key) }))
            .filter((group) => group.lines.length);
    }
    get answered() {
        return this.state.lines.filter((line) => this.result(line)).length;
    }
    get unsent() {
        return this.state.lines.filter((line) => Object.keys(line.pending).length);
    }
    get percent() {
        return this.state.lines.length ? Math.round((100 * this.answered) / this.state.lines.length) : 0;
    }
    get isComplete() {
        return this.state.lines.length && this.answered === this.state.lines.length && !this.unsent.length;
    }

    result(line) {
        return line.pending.result ?? line.result;
    }
    photo(line) {
        return "photo" in line.pending ? line.preview : line.photo;
    }
    isOpen(line) {
        return line.isOpen || this.result(line) === "fail" || line.text || this.photo(line);
    }
    isBare(line) {
        return this.result(line) === "fail" && !line.text.trim() && !this.photo(line);
    }
    openCount(group) {
        return group.lines.filter((line) => !this.result(line)).length;
    }

    async load() {
        const sheet = await this.orm.call(INSPECTION, "get_sheet", [[this.id]]);
        this.state.sheet = sheet;
        this.state.lines = sheet.lines.map((line) => ({ ...line, ...this.blank(line) }));
    }
    blank(line) {
        return { pending: {}, text: line.note, preview: "", isOpen: false, isSaving: false, isOffline: false, error: "" };
    }
    async start() {
        await this.orm.call(INSPECTION, "action_start", [[this.id]]);
        await this.load();
    }

    /** Keep a change of an item, and send it. */
    answer(line, change) {
        Object.assign(line.pending, change);
        return this.send(line);
    }
    async send(line) {
        if (line.isSaving) {
            return; // the loop below takes the new change along
        }
        line.isSaving = true;
        line.error = "";
        while (Object.keys(line.pending).length) {
            const change = { ...line.pending };
            try {
                const [saved] = await this.orm.silent.call(LINE, "action_answer", [[line.id]], change);
                Object.assign(line, saved, { isOffline: false });
                for (const [name, value] of Object.entries(change)) {
                    if (line.pending[name] === value) {
                        delete line.pending[name];
                    }
                }
            } catch (error) {
                this.explain(line, error);
                break;
            }
        }
        line.isSaving = false;
    }
    /** A refusal leaves what the server has; an interruption leaves what was tapped, to be sent again. */
    explain(line, error) {
        if (REFUSALS.some((prefix) => error.data?.name?.startsWith(prefix))) {
            line.error = error.data.message;
            line.isOffline = false;
            line.pending = {};
        } else {
            line.isOffline = true;
        }
    }
    sendAll() {
        return Promise.all(this.unsent.map((line) => this.send(line)));
    }
    async noneApplies(group) {
        await Promise.all(
            group.lines.filter((line) => !this.result(line)).map((line) => this.answer(line, { result: "na" }))
        );
    }

    onText(line, ev) {
        line.text = ev.target.value;
    }
    async onNote(line, ev) {
        line.text = ev.target.value;
        if (line.text.trim() !== line.note) {
            await this.answer(line, { note: line.text.trim() });
        }
    }
    async onPhoto(line, ev) {
        const [file] = ev.target.files;
        ev.target.value = "";
        if (file) {
            line.preview = await shrink(file);
            await this.answer(line, { photo: line.preview.split(",")[1] });
        }
    }
    toggle(line) {
        line.isOpen = !line.isOpen;
    }

    showNext() {
        this.show(this.state.lines.find((one) => !this.result(one)));
    }
    show(line) {
        const card = line && this.root.el.querySelector(`[data-line="${line.id}"]`);
        card?.scrollIntoView({ behavior: "smooth", block: "center" });
    }
    close() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Close Inspection"),
            body: _t("Once closed, nobody edits the inspection: a mistake is put right by a correction."),
            confirmLabel: _t("Close Inspection"),
            confirm: async () => {
                this.show(this.state.lines.find((line) => this.isBare(line))); // what the refusal is about
                await this.orm.call(INSPECTION, "action_close", [[this.id]]);
                await this.load();
                this.root.el.scrollTo({ top: 0 });
            },
            cancel: () => {},
        });
    }
    openHazard(line) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "business.safety.hazard",
            res_id: line.hazard.id,
            views: [[false, "form"]],
        });
    }
    openRecord() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: INSPECTION,
            res_id: this.id,
            views: [[false, "form"]],
        });
    }

    /** Nobody leaves with an answer that was not sent, unless he says so. */
    async leave() {
        await this.sendAll();
        if (!this.unsent.length) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialog.add(ConfirmationDialog, {
                title: _t("Not saved yet"),
                body: _t("There is no connection. %s answers are not saved, and are lost if you leave.", this.unsent.length),
                confirmLabel: _t("Leave"),
                cancelLabel: _t("Stay"),
                confirm: () => resolve(true),
                cancel: () => resolve(false),
            });
        });
    }
}

registry.category("actions").add("business_dept.safety_inspection_sheet", InspectionSheet);
