// What is seen of it: a row for each file, and words for those who hear the page.

const UNITS = ["bytes", "KB", "MB", "GB", "TB"];
const number = (value, digits) => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

function size(bytes) {
    let unit = 0;
    for (; bytes >= 1024 && unit < UNITS.length - 1; unit++) bytes /= 1024;
    return `${number(bytes, unit > 2 ? 2 : unit && bytes < 10 ? 1 : 0)} ${UNITS[unit]}`;
}

function left(row) {
    const seconds = (row.size - row.offset - (row.within ?? 0)) / row.speed;
    if (!Number.isFinite(seconds)) return "";
    if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s left`;
    if (seconds < 5400) return `${Math.round(seconds / 60)} min left`;
    return `${number(seconds / 3600, 1)} h left`;
}

function words(row) {
    const far = `${size(row.offset + (row.within ?? 0))} of ${size(row.size)}`;
    return {
        preparing: "Looking at the file",
        queued: `${far} · waits for its turn`,
        sending: [far, row.speed ? `${size(row.speed)}/s` : "", row.speed ? left(row) : ""].filter(Boolean).join(" · "),
        comparing: `${far} · comparing what is here with the file`,
        checking: `${far} · checking that it is whole`,
        offline: `${far} are safe. The server does not answer; it goes on by itself when it does.`,
        paused: `${far} · paused, and kept for a day`,
        waiting: `${far} are here. Choose the same file again to go on.`,
        arrived: `${size(row.size)} · received`,
        handing: `${size(row.size)} · received`,
        refused: [row.problem, row.hint, row.id && row.offset ? `${far} are kept.` : ""].filter(Boolean).join(" "),
    }[row.state];
}

const SAID = {
    sending: "is being sent", offline: "waits for the server", paused: "is paused", arrived: "is received",
    waiting: "is not finished: choose it again to go on",
};

function actions(row, sending, choose) {
    const found = [];
    if (ACTIVE.has(row.state) && row.state !== "preparing" && row.state !== "checking")
        found.push(["Pause", () => sending.pause(row)]);
    if (row.state === "offline") found.unshift(["Try now", () => row.wake?.()]);
    if (row.state === "paused") found.push(["Resume", () => sending.resume(row)]);
    if (row.state === "refused" && row.file && row.id) found.push(["Try again", () => sending.resume(row)]);
    if (row.state === "refused" && row.wasWhole && !row.file) found.push(["Try again", () => sending.resume(row)]);
    if (row.state === "waiting") found.push(["Choose", choose]);
    if (row.state !== "handing") found.push([row.state === "refused" ? "Dismiss" : "Cancel", () => isMeant(row) && sending.cancel(row)]);
    return found;
}

const isMeant = (row) =>
    !row.offset || confirm(`Cancel ${row.name}? The ${size(row.offset)} that have arrived are thrown away.`);

function made(kind, name, parent) {
    const found = document.createElement(kind);
    found.className = name;
    parent.append(found);
    return found;
}

class Rows {
    #shown = new Map();
    #said = new Map();

    constructor(root, sending) {
        this.list = root.querySelector(".rows");
        this.live = root.querySelector(".live");
        this.on = root.querySelector(".on");
        this.input = root.querySelector("input");
        this.sending = sending;
    }

    draw() {
        for (const [row, parts] of this.#shown)
            if (!this.sending.rows.includes(row)) {
                parts.item.remove();
                this.#shown.delete(row);
            }
        this.sending.rows.forEach((row) => this.#draw(row, this.#shown.get(row) ?? this.#make(row)));
        this.list.hidden = !this.sending.rows.length;
        this.#goOn();
    }

    #make(row) {
        const item = made("li", "row", this.list);
        const name = made("p", "name", item);
        made("bdi", "", name).textContent = row.name;
        const bar = made("div", "bar", item);
        bar.setAttribute("role", "progressbar");
        bar.setAttribute("aria-label", row.name);
        const parts = { item, fill: made("div", "fill", bar), bar, words: made("p", "words", item), acts: made("p", "acts", item) };
        this.#shown.set(row, parts);
        return parts;
    }

    #draw(row, { item, bar, fill, words: line, acts }) {
        const share = row.size ? (100 * (row.offset + (row.within ?? 0))) / row.size : row.state === "arrived" ? 100 : 0;
        fill.style.width = `${share}%`;
        bar.setAttribute("aria-valuenow", Math.round(share));
        bar.hidden = row.state === "refused" && !row.offset;
        line.textContent = words(row);
        if (item.dataset.state === row.state) return;
        item.dataset.state = row.state;
        const wanted = actions(row, this.sending, () => this.input.click());
        const focused = acts.contains(acts.getRootNode().activeElement);
        acts.replaceChildren();
        for (const [label, act] of wanted) {
            const button = made("button", "", acts);
            button.type = "button";
            button.textContent = label;
            button.setAttribute("aria-label", `${label}: ${row.name}`);
            button.onclick = act;
        }
        if (focused) acts.firstChild?.focus();
        if (SAID[row.state] && this.#said.get(row) !== row.state) {
            this.live.textContent = `${row.name} ${SAID[row.state]}`;
            this.#said.set(row, row.state);
        }
        if (row.state === "refused") this.live.textContent = words(row);
    }

    // Where one of several files cannot come, the others need not wait for it.
    #goOn() {
        const [arrived, missing] = this.sending.ended().find(([, missing]) => missing.length) ?? [[], []];
        this.on.hidden = !missing.length;
        const several = arrived.length > 1;
        this.on.textContent = `Go on with the ${several ? `${arrived.length} files that are` : "file that is"} here`;
        this.on.onclick = () => this.sending.hand(arrived);
    }
}

const drawn = new WeakMap(); // where it is drawn -> what draws it

export default function (page) {
    const { parentElement: root, data } = page;
    const sending = sendingFor(data.target);
    const [zone, input] = [root.querySelector(".zone"), root.querySelector("input")];
    zone.dataset.roomy = data.roomy;
    root.querySelector(".title").textContent = data.title;
    root.querySelector(".note").textContent = data.note;
    const choose = root.querySelector(".choose");
    choose.textContent = data.several ? "Choose files" : "Choose a file";
    choose.onclick = () => input.click();
    input.setAttribute("aria-label", data.title);
    input.multiple = data.several;
    input.onchange = () => {
        sending.add(input.files);
        input.value = ""; // so that the same file can be chosen again
    };
    let depth = 0;
    const over = (event, by) => {
        event.preventDefault();
        depth = by ? depth + by : 0;
        zone.classList.toggle("over", depth > 0);
    };
    zone.ondragenter = (event) => over(event, 1);
    zone.ondragleave = (event) => over(event, -1);
    zone.ondragover = (event) => event.preventDefault();
    zone.ondrop = (event) => {
        over(event, 0);
        sending.add(event.dataTransfer.files);
    };
    if (!drawn.has(input)) drawn.set(input, new Rows(root, sending));
    const rows = drawn.get(input);
    sending.draw = () => rows.draw();
    sending.attach(page);
    return () => sending.detach(root);
}
