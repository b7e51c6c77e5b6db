// SHA-256 (FIPS 180-4). Browsers have it built in, but only on pages that came over HTTPS or from this machine.

const ROUNDS = (() => {
    const found = [];
    for (let number = 2; found.length < 64; number++) {
        let prime = true;
        for (let factor = 2; factor * factor <= number; factor++) if (number % factor === 0) prime = false;
        if (prime) found.push(number);
    }
    return found;
})();
const fraction = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
const CONSTANTS = Int32Array.from(ROUNDS, (prime) => fraction(Math.cbrt(prime)));
const START = ROUNDS.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

function ownSha256(bytes) {
    const length = bytes.length;
    const padded = new Uint8Array(((length + 72) >> 6) << 6);
    padded.set(bytes);
    padded[length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(length / 2 ** 29));
    view.setUint32(padded.length - 4, (length << 3) >>> 0);
    const state = Int32Array.from(START);
    const words = new Int32Array(64);
    for (let block = 0; block < padded.length; block += 64) {
        for (let i = 0; i < 16; i++) words[i] = view.getInt32(block + 4 * i);
        for (let i = 16; i < 64; i++) {
            const early = words[i - 15], late = words[i - 2];
            const small = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
            const large = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
            words[i] = (words[i - 16] + small + words[i - 7] + large) | 0;
        }
        let a = state[0], b = state[1], c = state[2], d = state[3];
        let e = state[4], f = state[5], g = state[6], h = state[7];
        for (let i = 0; i < 64; i++) {
            const large = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
            const first = (h + large + ((e & f) ^ (~e & g)) + CONSTANTS[i] + words[i]) | 0;
            const small = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
            h = g;
            g = f;
            f = e;
            e = (d + first) | 0;
            d = c;
            const second = (small + ((a & b) ^ (a & c) ^ (b & c))) | 0;
            c = b;
            b = a;
            a = (first + second) | 0;
        }
        [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] + word) | 0));
    }
    const sum = new DataView(new ArrayBuffer(32));
    state.forEach((word, i) => sum.setInt32(4 * i, word));
    return new Uint8Array(sum.buffer);
}

async function sha256(bytes) {
    return crypto.subtle ? new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)) : ownSha256(bytes);
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
