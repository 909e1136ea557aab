/** Text within HTML and SVG. */
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
export const escapeHtml = (s: string): string => s.replace(/[&<>"]/g, c => escapes[c])
