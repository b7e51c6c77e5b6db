// The files on their way to one session. They outlive a run of the page, and with the server's help the page itself.

const WAITS = [1, 2, 4, 8, 15]; // seconds before the next try
const PRINTED = 1 << 20; // bytes from the start of a file that tell it from others
const AGAIN = 4; // seconds after which the page is told once more that files have arrived
const CHECKING = 900; // seconds that the server may take to read a whole file once more
const ACTIVE = new Set(["preparing", "queued", "sending", "comparing", "checking", "offline"]);
const UNREADABLE = {
    problem: "This cannot be read, so it is a folder, or was changed or removed while it was sent.",
    hint: "Choose the file again.",
};
const random = () => hex(crypto.getRandomValues(new Uint8Array(16)));

async function bytesOf(file, start, end) {
    try {
        return new Uint8Array(await file.slice(start, end).arrayBuffer());
    } catch {
        throw new Refused(0, UNREADABLE);
    }
}

async function rootSum(sums) {
    const all = new Uint8Array(sums.length * 32);
    sums.forEach((sum, i) => all.set(sum, i * 32));
    return hex(await sha256(all));
}

class Sending {
    rows = [];
    draw = () => {};
    #busy = false;
    #asking = false;
    #passed = false; // whether this host has ever passed our routes on
    #renewed = () => {};
    #page = null;
    #mounted = null;
    #turn = "";
    #cancelled = new Set();

    constructor() {
        window.addEventListener("online", () => this.rows.forEach((row) => row.wake?.()));
        document.addEventListener("visibilitychange", () => {
            if (!document.hidden && this.#mounted) this.refresh();
        });
        setInterval(() => this.#mounted && this.announce(), AGAIN * 1000);
    }

    // The page has run: it may say that uploads were refused, and brings a new pass.
    attach(page) {
        this.#page = page;
        this.#renewed();
        if (page.data.turn && page.data.turn !== this.#turn) {
            this.#turn = page.data.turn;
            for (const row of this.rows)
                if (page.data.refused.includes(row.id)) this.#refuse(row, { problem: page.data.problem, hint: "" });
        }
        if (this.#mounted !== page.parentElement) {
            this.#mounted = page.parentElement;
            this.refresh();
        }
        this.draw();
    }

    detach(parentElement) {
        if (this.#mounted === parentElement) this.#mounted = null;
    }

    #ask(method, id = "", { headers = {}, ...rest } = {}) {
        const { address, pass } = this.#page.data;
        return request(method, id ? `${address}/${id}` : address, { ...rest, headers: { "Upload-Pass": pass, ...headers } });
    }

    // A pass lasts for hours, an upload may take longer: have the page make another.
    async #renew() {
        const made = new Promise((resolve) => (this.#renewed = resolve));
        this.#page.setTriggerValue("renew", random());
        const late = new Promise((_, reject) => setTimeout(() => reject(new Lost()), 20_000));
        await Promise.race([made, late]);
    }

    // What the server has of this visitor; the first answer also tells whether this host passes our routes on.
    async refresh() {
        if (this.#asking) return;
        this.#asking = true;
        let told;
        for (let i = 0; !told; i = Math.min(i + 1, WAITS.length - 1)) {
            try {
                told = await this.#ask("GET");
            } catch (error) {
                if (error instanceof Refused && error.status === 403) await this.#renew().catch(() => {});
                else if (error.status === 0 && !this.#passed) return this.#page.setStateValue("blocked", true);
                await new Promise((resolve) => setTimeout(resolve, WAITS[i] * 1000));
            }
        }
        this.#asking = false;
        this.#passed = true;
        const known = new Map(this.rows.map((row) => [row.id, row]));
        const there = new Set(told.uploads.map((one) => one.id));
        this.rows = this.rows.filter((row) => ACTIVE.has(row.state) || row.file || there.has(row.id));
        this.rows = this.rows.filter((row) => !["arrived", "handing"].includes(row.state) || there.has(row.id));
        for (const one of told.uploads.filter(({ id }) => !this.#cancelled.has(id))) {
            const row = known.get(one.id);
            if (row && ["waiting", "handing"].includes(row.state)) {
                row.offset = one.offset;
                row.state = one.arrived ? "arrived" : "waiting";
            } else if (!row) {
                this.rows.push({ ...one, sums: [], state: one.arrived ? "arrived" : "waiting" });
            }
        }
        this.draw();
        this.announce();
    }

    async add(files) {
        const fresh = Array.from(files, (file) => ({
            id: "", name: file.name, size: file.size, file, offset: 0, sums: [], state: "preparing",
        }));
        const open = this.rows.find((row) => row.file && ACTIVE.has(row.state));
        this.rows.push(...fresh);
        this.draw();
        for (const row of fresh) {
            try {
                const start = await bytesOf(row.file, 0, PRINTED);
                row.print = `${row.file.lastModified}.${hex(await sha256(start)).slice(0, 32)}`;
            } catch (error) {
                this.#refuse(row, error.told);
            }
        }
        const pairs = fresh.map((row) => [row, this.rows.find((one) => this.#isSame(one, row, fresh))]);
        const batch = pairs.find(([, twin]) => twin)?.[1].batch ?? open?.batch ?? random();
        for (const [row, twin] of pairs) {
            if (!twin) {
                row.batch = batch;
                if (row.state === "preparing") await this.#prepare(row);
                continue;
            }
            this.rows = this.rows.filter((one) => one !== row);
            if (ACTIVE.has(twin.state) || twin.state === "arrived") continue;
            twin.file = row.file;
            this.resume(twin);
        }
        this.draw();
        this.#pump();
    }

    #isSame(one, row, fresh) {
        return (
            !fresh.includes(one) && one.state !== "refused" && row.print &&
            one.name === row.name && one.size === row.size && one.print === row.print
        );
    }

    // Begun at once, so that a file that is too large is refused before it has to wait for its turn.
    async #prepare(row) {
        try {
            await this.#begin(row);
        } catch (error) {
            if (error instanceof Refused && error.status !== 403) return this.#refuse(row, error.told);
        }
        if (row.state === "preparing") row.state = "queued";
    }

    async #begin(row) {
        const { name, size, print, batch } = row;
        const told = await this.#ask("POST", "", { body: JSON.stringify({ name, size, print, batch }) });
        Object.assign(row, { id: told.id, chunk: told.chunk, name: told.name, offset: 0, sums: [], stale: false });
        this.rows = this.rows.filter((one) => one === row || one.id !== row.id);
        if (!this.rows.includes(row)) this.#ask("DELETE", row.id).catch(() => {}); // cancelled meanwhile
    }

    #refuse(row, { problem, hint }) {
        Object.assign(row, { state: "refused", problem, hint });
        this.draw();
    }

    async #pump() {
        if (this.#busy) return;
        this.#busy = true;
        for (let row; (row = this.rows.find((one) => one.state === "queued")); ) await this.#work(row);
        this.#busy = false;
        this.announce();
    }

    async #work(row) {
        let [lost, odd] = [0, 0];
        while (this.rows.includes(row)) {
            try {
                await this.#send(row, () => ([lost, odd] = [0, 0]));
                row.state = "arrived";
                return this.draw();
            } catch (error) {
                if (error instanceof Stopped) return;
                row.stale = true;
                row.within = 0;
                if (!(error instanceof Lost || error instanceof Refused)) throw error;
                if (error instanceof Refused && [409, 422, 403, 404].includes(error.status) && odd++ < 5) {
                    if (error.status === 422 && row.state === "checking") {
                        row.id = "";
                        return this.#refuse(row, error.told);
                    }
                    if (error.status === 404) row.id = "";
                    if (error.status === 403) await this.#renew().catch(() => {});
                } else if (error instanceof Refused) {
                    return this.#refuse(row, error.told);
                } else {
                    row.state = "offline";
                    this.draw();
                    await this.#wait(row, WAITS[Math.min(lost++, WAITS.length - 1)]);
                    if (row.stop) return;
                }
            }
        }
    }

    async #send(row, done) {
        const go = (state) => {
            if (row.stop) throw new Stopped();
            row.state = state;
            this.draw();
        };
        if (row.state !== "offline") go("sending"); // until the server has answered, nothing is being sent
        if (!row.id) await this.#begin(row);
        if (row.stale) await this.#compare(row, go);
        while (row.offset < row.size) {
            go("sending");
            const sum = await sha256(await bytesOf(row.file, row.offset, row.offset + row.chunk));
            go("sending");
            const told = await this.#ask("PATCH", row.id, {
                headers: { "Upload-Offset": row.offset, "Upload-Sum": hex(sum), "Content-Type": "application/octet-stream" },
                body: row.file.slice(row.offset, row.offset + row.chunk), // leaner than the bytes that were summed
                progress: (loaded) => {
                    row.within = loaded;
                    this.#clock(row);
                },
                begun: (stop) => (row.abort = stop),
            });
            row.sums.push(sum);
            row.offset = told.offset;
            row.within = 0;
            this.#clock(row);
            done();
        }
        go("checking");
        await this.#ask("POST", row.id, { headers: { "Upload-Sum": await rootSum(row.sums) }, patience: CHECKING });
    }

    // The server is ahead or behind: is what it has the beginning of this very file?
    async #compare(row, go) {
        const told = await this.#ask("GET", row.id);
        row.chunk = told.chunk;
        const pieces = Math.ceil(told.offset / told.chunk);
        row.sums.length = Math.min(row.sums.length, pieces);
        while (row.sums.length < pieces) {
            go("comparing");
            const start = row.sums.length * told.chunk;
            row.sums.push(await sha256(await bytesOf(row.file, start, start + told.chunk)));
        }
        row.offset = told.offset;
        row.stale = false;
        row.since = null;
        if ((await rootSum(row.sums)) === told.sum) return;
        await this.#ask("DELETE", row.id);
        await this.#begin(row);
    }

    // How fast it goes, over the last seconds.
    #clock(row) {
        const now = [performance.now() / 1000, row.offset + (row.within ?? 0)];
        row.since = [...(row.since ?? []).filter(([at]) => now[0] - at < 8), now];
        const [first] = row.since;
        if (now[0] - first[0] > 0.5) row.speed = (now[1] - first[1]) / (now[0] - first[0]);
        this.draw();
    }

    #wait(row, seconds) {
        return new Promise((resolve) => {
            row.wake = resolve;
            setTimeout(resolve, seconds * 1000);
        });
    }

    pause(row) {
        Object.assign(row, { stop: true, state: "paused", within: 0, since: null });
        row.abort?.();
        row.wake?.();
        this.draw();
    }

    resume(row) {
        Object.assign(row, { stop: false, stale: Boolean(row.id), problem: "", since: null });
        if (row.state === "offline") return row.wake?.();
        row.state = row.wasWhole ? "arrived" : "queued";
        this.draw();
        this.#pump();
    }

    cancel(row) {
        this.rows = this.rows.filter((one) => one !== row);
        Object.assign(row, { stop: true, state: "gone" });
        row.abort?.();
        row.wake?.();
        this.#cancelled.add(row.id);
        if (row.id) this.#ask("DELETE", row.id).catch(() => {}); // else the server forgets it in a day
        this.draw();
        this.announce();
    }

    // Batches of which something has arrived, and nothing is on its way: [rows that arrived, rows that did not].
    ended() {
        if (this.rows.some((row) => ACTIVE.has(row.state))) return [];
        const batches = grouped(this.rows);
        const whole = (row) => row.state === "arrived" || row.state === "handing";
        const split = (rows) => [rows.filter(whole), rows.filter((row) => !whole(row))];
        return [...batches.values()].map(split).filter(([arrived]) => arrived.length);
    }

    // Tell the page of the first batch that is whole. Until the page is another it is told again: it may not hear.
    announce() {
        const [ready] = this.ended().find(([, missing]) => !missing.length) ?? [];
        if (ready && this.#mounted) this.hand(ready);
    }

    hand(rows) {
        for (const row of rows) Object.assign(row, { state: "handing", wasWhole: true });
        this.draw();
        this.#page.setTriggerValue("arrived", rows.map((row) => row.id));
    }
}

function grouped(rows) {
    const found = new Map();
    for (const row of rows) found.set(row.batch, [...(found.get(row.batch) ?? []), row]);
    return found;
}

const sendings = new Map(); // by the session that the files are for

function sendingFor(target) {
    if (!sendings.has(target)) sendings.set(target, new Sending());
    return sendings.get(target);
}
