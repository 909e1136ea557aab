/** A line chart as SVG: what loss.svg is. */

/** A polyline through (x, y) points; points that are not finite are left out. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
  readonly colour: string
  readonly width?: number
}
/** The words around the lines. */
export interface Chart { readonly title: string; readonly x: string; readonly y: string; readonly series: readonly Series[] }

const W = 720, H = 400, LEFT = 64, RIGHT = 20, TOP = 40, BOTTOM = 48

/** Round tick values (1, 2 or 5 times a power of ten) that cover [lo, hi], about `count` of them. */
export const ticks = (lo: number, hi: number, count = 6): readonly number[] => {
  if (!(hi > lo)) return [lo]
  const raw = (hi - lo) / count, power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 5].find(m => m * power >= raw) ?? 10) * power
  const from = Math.ceil(lo / step), to = Math.floor(hi / step)
  return Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)))
}

/**
 * The mean of each point and its neighbours on both sides, so that the trend of a noisy curve can be seen; a mean over the past alone
 * would lag behind the fall at the start. Near an end the window shrinks on both sides.
 */
export const smooth = (points: readonly (readonly [number, number])[], share = 0.04): readonly (readonly [number, number])[] => {
  const reach = Math.max(1, Math.round(points.length * share))
  return points.map(([x], i) => {
    const r = Math.min(reach, i, points.length - 1 - i)
    const near = points.slice(i - r, i + r + 1)
    return [x, near.reduce((total, p) => total + p[1], 0) / near.length]
  })
}

/** The range of the vertical axis: early values far above the rest would flatten the curve, so they are cut at the 98th percentile. */
const rangeOf = (values: readonly number[]): readonly [number, number] => {
  const sorted = [...values].sort((a, b) => a - b)
  const lo = sorted[0] ?? 0, hi = sorted[Math.floor((sorted.length - 1) * 0.98)] ?? 1
  const margin = (hi - lo || Math.abs(hi) || 1) * 0.05
  return [lo - margin, hi + margin]
}

const escape = (s: string) => s.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`)

/** The SVG text of a chart. */
export const chartSvg = ({ title, x, y, series }: Chart): string => {
  const finite = series.map(s => ({ ...s, points: s.points.filter(p => p.every(Number.isFinite)) }))
  const all = finite.flatMap(s => s.points)
  const x0 = Math.min(0, ...all.map(p => p[0])), x1 = all.reduce((m, p) => Math.max(m, p[0]), 1)
  const [y0, y1] = rangeOf(all.map(p => p[1]))
  const px = (v: number) => LEFT + (v - x0) / (x1 - x0) * (W - LEFT - RIGHT)
  const py = (v: number) => TOP + (y1 - Math.min(v, y1)) / (y1 - y0) * (H - TOP - BOTTOM)
  const xs = ticks(x0, x1).map(v =>
    `<line x1="${px(v).toFixed(1)}" x2="${px(v).toFixed(1)}" y1="${TOP}" y2="${H - BOTTOM}" stroke="#e5e5e5"/>`
    + `<text x="${px(v).toFixed(1)}" y="${H - BOTTOM + 18}" text-anchor="middle">${v}</text>`)
  const ys = ticks(y0, y1).map(v =>
    `<line x1="${LEFT}" x2="${W - RIGHT}" y1="${py(v).toFixed(1)}" y2="${py(v).toFixed(1)}" stroke="#e5e5e5"/>`
    + `<text x="${LEFT - 8}" y="${(py(v) + 4).toFixed(1)}" text-anchor="end">${v}</text>`)
  const lines = finite.map(s => `<polyline fill="none" stroke="${s.colour}" stroke-width="${s.width ?? 1.5}" points="${
    s.points.map(([a, b]) => `${px(a).toFixed(1)},${py(b).toFixed(1)}`).join(' ')}"/>`)
  const legend = finite.map((s, i) => `<rect x="${W - RIGHT - 150}" y="${TOP + 8 + 18 * i}" width="14" height="4" fill="${s.colour}"/>`
    + `<text x="${W - RIGHT - 130}" y="${TOP + 14 + 18 * i}">${escape(s.name)}</text>`)
  const page = `viewBox="0 0 ${W} ${H}" width="${W}" height="${H}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${page} font-family="sans-serif" font-size="12" fill="#444">
<rect width="${W}" height="${H}" fill="white"/>
<text x="${LEFT}" y="24" font-size="15" fill="#111">${escape(title)}</text>
${[...xs, ...ys, ...lines, ...legend].join('\n')}
<text x="${(LEFT + W - RIGHT) / 2}" y="${H - 10}" text-anchor="middle">${escape(x)}</text>
<text transform="translate(16 ${(TOP + H - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escape(y)}</text>
</svg>
`
}
