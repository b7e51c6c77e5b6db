"""A chart saved as a picture looks as it does on the page: in its fonts and on its background.

Plotly's own button knows neither, because a picture cannot use the fonts of the page around it.
"""

import streamlit as st

_JS = """
const FONT = "Source Sans";
const SCALE = 2;
const MARGIN = 16;

async function asDataUrl(address) {
    const reader = new FileReader();
    const read = new Promise((done, fail) => { reader.onload = () => done(reader.result); reader.onerror = fail; });
    reader.readAsDataURL(await (await fetch(address)).blob());
    return read;
}

async function fontFace() {
    for (const sheet of document.styleSheets) {
        for (const rule of sheet.cssRules) {
            const family = rule instanceof CSSFontFaceRule && rule.style.getPropertyValue("font-family");
            const address = family && rule.style.getPropertyValue("src").match(/url\\("?([^")]+)/);
            if (!address || !family.includes(FONT) || rule.style.getPropertyValue("font-style") === "italic") continue;
            const data = await asDataUrl(new URL(address[1], sheet.href ?? document.baseURI));
            return `@font-face { font-family: "${FONT}"; font-weight: 200 900; src: url(${data}) format("woff2"); }`;
        }
    }
    return "";
}

function background(element) {
    for (let one = element; one; one = one.parentElement) {
        const colour = getComputedStyle(one).backgroundColor;
        if (!/^(transparent|rgba\\(.*, 0\\))$/.test(colour)) return colour;
    }
    return "white";
}

async function drawn(plot) {
    const shape = plot.getBoundingClientRect();
    const [width, height] = [shape.width + 2 * MARGIN, shape.height + 2 * MARGIN];
    const layers = [...plot.querySelectorAll(".main-svg")].map((layer) => {
        const copy = layer.cloneNode(true);
        copy.querySelector(".hoverlayer")?.replaceChildren();
        copy.removeAttribute("style");
        return new XMLSerializer().serializeToString(copy);
    });
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width * SCALE}" height="${height * SCALE}"
        viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}"><style>${await fontFace()}</style>
        <rect x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}" fill="${background(plot)}"/>
        ${layers.join("")}</svg>`;
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext("2d").drawImage(image, 0, 0);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
}

async function save(event) {
    const plot = event.target.closest?.(".modebar-btn")?.closest(".js-plotly-plot");
    if (!plot) return;
    event.stopImmediatePropagation();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await drawn(plot));
    link.download = `${plot._context?.toImageButtonOptions?.filename ?? "chart"}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export default function () {
    document.addEventListener("click", save, true);
    return () => document.removeEventListener("click", save, true);
}
"""

_saver = st.components.v2.component("throughline_snapshots", html="<span></span>", js=_JS)


def ready() -> None:
    """Make the buttons of this page's charts save them as they look."""
    with st.container(height=1, width=1, border=False, key="snapshots"):
        _saver(key="snapshots_saver")
