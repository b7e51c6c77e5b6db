// One request, with an end whatever happens to the line.

const PATIENCE = 45; // seconds without a byte going out or coming in
const TOO_LARGE_FOR_PROXY = {
    problem: "A proxy between here and the server refuses pieces of this size.",
    hint: "Whoever runs it can allow them, or set THROUGHLINE_CHUNK_KB.",
};

class Lost extends Error {} // nobody answered: try again
class Stopped extends Error {} // paused or cancelled
class Refused extends Error {
    constructor(status, told) {
        super(told.problem);
        Object.assign(this, { status, told });
    }
}

function request(method, address, { headers, body, patience = PATIENCE, progress = () => {}, begun = () => {} }) {
    return new Promise((resolve, reject) => {
        const call = new XMLHttpRequest();
        let watch;
        let stopped = false;
        const alive = () => {
            clearTimeout(watch);
            watch = setTimeout(() => call.abort(), patience * 1000);
        };
        call.open(method, address);
        for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
        call.upload.onprogress = (event) => {
            alive();
            progress(event.loaded);
        };
        call.onerror = call.ontimeout = () => reject(new Lost());
        call.onabort = () => reject(stopped ? new Stopped() : new Lost());
        call.onloadend = () => clearTimeout(watch);
        call.onload = () => {
            let told = null;
            try {
                told = JSON.parse(call.responseText);
            } catch {
                // Not our server that answers, but something in between.
            }
            if (call.status >= 200 && call.status < 300 && told) resolve(told);
            else if (told?.problem) reject(new Refused(call.status, told));
            else if (call.status === 413) reject(new Refused(call.status, TOO_LARGE_FOR_PROXY));
            else if ([502, 503, 504].includes(call.status)) reject(new Lost());
            else reject(new Refused(0, { problem: "This address does not take uploads.", hint: "" }));
        };
        begun(() => {
            stopped = true;
            call.abort();
        });
        alive();
        call.send(body);
    });
}
