/**
 * A PDF in base 64 that a frame shows until it is forgotten: `{ address, forget }`. Nothing where there is none: where Odoo cannot
 * print, a report answers with something else.
 */
export function makePaper(pdf) {
    const content = atob(pdf || "");
    if (!content.startsWith("%PDF")) {
        return null;
    }
    const bytes = Uint8Array.from(content, (char) => char.charCodeAt(0));
    const file = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
    return {
        address: `/web/static/lib/pdfjs/web/viewer.html?file=${encodeURIComponent(file)}#zoom=page-width&pagemode=none`,
        forget: () => URL.revokeObjectURL(file),
    };
}
