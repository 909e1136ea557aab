/** A line chart as SVG: what loss.svg is. */
import { thinned, type Point } from './smooth.js'

/** A line through (x, y) points, with a gap where a point is not finite. */
export interface Series {
  readonly name: string
  readonly points: readonly Point[]
  readonly colour: string
  readonly width?: number
}
/** The words around the lines. */
export interface Chart { readonly title: string; readonly x: string; readonly y: string; readonly series: readonly Series[] }

const W = 720, PLOT = 320, LEFT = 72, RIGHT = 24, BOTTOM = 48, ROW = 18, LETTER = 6.6

/** Round tick values (1, 2 or 5 times a power of ten) that cover [lo, hi], about `count` of them and no closer than `least`. */
export const ticks = (lo: number, hi: number, count = 6, least = 0): readonly number[] => {
  if (!(hi > lo)) return [lo]
  const raw = Math.max((hi - lo) / count, least), power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 5].find(m => m * power >= raw * (1 - 1e-12)) ?? 10) * power
  const from = Math.ceil(lo / step), to = Math.floor(hi / step)
  return Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)))
}

/** Tick values as short texts, all of them alike: 20,000, 0.05, or 2e-6 where digits would fill the margin. */
export const tickTexts = (values: readonly number[]): readonly string[] => {
  const most = Math.max(...values.map(Math.abs)), step = values.length > 1 ? Math.abs(values[1] - values[0]) : most
  if (most >= 1e7 || most > 0 && step < 1e-4) {
    const digits = Math.max(...values.map(v => (/^-?\d(?:\.(\d+))?e/.exec(v.toExponential())?.[1] ?? '').length))
    return values.map(v => v === 0 ? '0' : v.toExponential(Math.min(digits, 3)))
  }
  const decimals = Math.max(...values.map(v => (/\.(\d+)$/.exec(String(v))?.[1] ?? '').length))
  return values.map(v => v.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }))
}

/** The range of the vertical axis. Values far above nearly all others would flatten the curve, so that it is cut off below them. */
const rangeOf = (values: readonly number[]): readonly [number, number] => {
  const sorted = [...values].sort((a, b) => a - b)
  const lo = sorted[0] ?? 0, most = sorted.at(-1) ?? 1, nearly = sorted[Math.floor((sorted.length - 1) * 0.96)] ?? 1
  const hi = most - lo > 4 * (nearly - lo) && nearly > lo ? nearly + (nearly - lo) / 4 : most
  const margin = (hi - lo || Math.abs(hi) || 1) * 0.05
  return [lo - margin, hi + margin]
}

const escape = (s: string) => s.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`)
const isFinitePoint = (p: Point): boolean => p.every(Number.isFinite)

/** What lies between points that are not finite. */
const segments = (points: readonly Point[]): readonly (readonly Point[])[] => points.reduce<{ all: Point[][]; open: boolean }>((s, p) => {
  if (!isFinitePoint(p)) return { ...s, open: false }
  if (s.open) s.all[s.all.length - 1].push(p)
  else s.all.push([p])
  return { ...s, open: true }
}, { all: [], open: false }).all

/** Names beside their colours, in rows that fit the width: each with its place. */
const legendOf = (series: readonly Series[]): readonly { readonly x: number; readonly row: number; readonly of: Series }[] => {
  let x = LEFT, row = 0
  return series.map(of => {
    const width = 22 + LETTER * of.name.length + 20
    if (x > LEFT && x + width > W - RIGHT) [x, row] = [LEFT, row + 1]
    const place = { x, row, of }
    x += width
    return place
  })
}

/** The SVG text of a chart. */
export const chartSvg = ({ title, x, y, series }: Chart): string => {
  const legend = legendOf(series)
  const top = 40 + ROW * ((legend.at(-1)?.row ?? 0) + 1), bottom = top + PLOT, H = bottom + BOTTOM
  const all = series.flatMap(s => s.points).filter(isFinitePoint)
  const x0 = all.reduce((m, p) => Math.min(m, p[0]), 0), x1 = all.reduce((m, p) => Math.max(m, p[0]), 1)
  const [y0, y1] = rangeOf(all.map(p => p[1]))
  const px = (v: number) => (LEFT + (v - x0) / (x1 - x0) * (W - LEFT - RIGHT)).toFixed(1)
  // What is far above is drawn far above, within reason, and cut off by the frame.
  const py = (v: number) => Math.max(-1e4, top + (y1 - v) / (y1 - y0) * PLOT)
  const [xs, ys] = [ticks(x0, x1, 6, 1), ticks(y0, y1)]
  const [xTexts, yTexts] = [tickTexts(xs), tickTexts(ys)]
  const grid = [
    ...xs.map((v, i) => `<line x1="${px(v)}" x2="${px(v)}" y1="${top}" y2="${bottom}" stroke="#e5e5e5"/>`
      + `<text x="${px(v)}" y="${bottom + 18}" text-anchor="middle">${xTexts[i]}</text>`),
    ...ys.map((v, i) => `<line x1="${LEFT}" x2="${W - RIGHT}" y1="${py(v).toFixed(1)}" y2="${py(v).toFixed(1)}" stroke="#e5e5e5"/>`
      + `<text x="${LEFT - 8}" y="${(py(v) + 4).toFixed(1)}" text-anchor="end">${yTexts[i]}</text>`),
  ]
  const lines = series.flatMap(s => segments(thinned(s.points)).map(points => points.length === 1
    ? `<circle cx="${px(points[0][0])}" cy="${py(points[0][1]).toFixed(1)}" r="${(s.width ?? 1.5) + 1}" fill="${s.colour}"/>`
    : `<polyline fill="none" stroke="${s.colour}" stroke-width="${s.width ?? 1.5}" stroke-linejoin="round" points="${
      points.map(([a, b]) => `${px(a)},${py(b).toFixed(1)}`).join(' ')}"/>`))
  const names = legend.map(({ x: left, row, of }) => {
    const at = 42 + ROW * row
    return `<rect x="${left.toFixed(1)}" y="${at - 6}" width="14" height="4" fill="${of.colour}"/>`
      + `<text x="${(left + 20).toFixed(1)}" y="${at}">${escape(of.name)}</text>`
  })
  const page = `viewBox="0 0 ${W} ${H}" width="${W}" height="${H}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${page} font-family="sans-serif" font-size="12" fill="#444">
<clipPath id="frame"><rect x="${LEFT - 4}" y="${top}" width="${W - LEFT - RIGHT + 8}" height="${PLOT}"/></clipPath>
<rect width="${W}" height="${H}" fill="white"/>
<text x="${LEFT}" y="22" font-size="15" fill="#111">${escape(title)}</text>
${[...names, ...grid].join('\n')}
<g clip-path="url(#frame)">
${lines.join('\n')}
</g>
<text x="${(LEFT + W - RIGHT) / 2}" y="${H - 10}" text-anchor="middle">${escape(x)}</text>
<text transform="translate(16 ${top + PLOT / 2}) rotate(-90)" text-anchor="middle">${escape(y)}</text>
</svg>
`
}
