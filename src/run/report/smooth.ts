/** Curves for people's eyes: the trend of a noisy figure, and as many points of a long one as a picture can show. */

export type Point = readonly [number, number]

/** More points than a picture has columns say nothing more. */
const COLUMNS = 640

/** Parts of a list that are equally long, but for the last. */
const parts = <T>(list: readonly T[], count: number): readonly (readonly T[])[] => {
  const size = Math.max(1, Math.ceil(list.length / count))
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
}
const isFinitePoint = ([x, y]: Point): boolean => Number.isFinite(x) && Number.isFinite(y)
const mean = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0) / xs.length

/** A line through neighbours at x, those nearby counting most (tricube weights); never beyond their least and greatest value. */
const lineAt = (x: number, near: readonly Point[]): number => {
  const reach = 1.001 * Math.max(...near.map(p => Math.abs(p[0] - x)))
  const weighed = near.map(([a, y]) => ({ d: a - x, y, w: (1 - (Math.abs(a - x) / (reach || 1)) ** 3) ** 3 }))
  const sum = (f: (p: { d: number; y: number; w: number }) => number): number => weighed.reduce((total, p) => total + p.w * f(p), 0)
  const [w, d, dd, y, dy] = [sum(() => 1), sum(p => p.d), sum(p => p.d * p.d), sum(p => p.y), sum(p => p.d * p.y)]
  const determinant = w * dd - d * d
  const value = determinant > 1e-12 * w * dd ? (dd * y - d * dy) / determinant : y / w
  const ys = near.map(p => p[1])
  return Math.min(Math.max(value, Math.min(...ys)), Math.max(...ys))
}

/**
 * The trend of a noisy curve by local lines (LOWESS; Cleveland, 1979) over a share of its points on both sides: it neither lags behind a
 * fall, as a mean over the past does, nor jumps to the last point at an end, nor leaves the range of its neighbours. Not-a-number and
 * infinite values count for nothing, and the trend has a gap, a point of NaN, where nothing else is.
 */
export const smooth = (points: readonly Point[], share = 0.06): readonly Point[] => {
  const whole = parts(points, COLUMNS).map((part): Point => {
    const finite = part.filter(isFinitePoint)
    return finite.length === 0 ? [part[0][0], NaN] : [mean(finite.map(p => p[0])), mean(finite.map(p => p[1]))]
  })
  const reach = Math.max(2, Math.round(whole.length * share))
  return whole.map((point, i): Point => {
    const near = whole.slice(Math.max(0, i - reach), i + reach + 1).filter(isFinitePoint)
    return isFinitePoint(point) ? [point[0], lineAt(point[0], near)] : point
  })
}

/** The first, least, greatest and last point of each column of the picture, in their order: what a line through all points would show. */
export const thinned = (points: readonly Point[]): readonly Point[] => points.length <= 4 * COLUMNS ? points
  : parts(points, COLUMNS).flatMap(part => {
    const finite = part.filter(isFinitePoint)
    if (finite.length === 0) return [part[0]]
    const least = finite.reduce((a, b) => b[1] < a[1] ? b : a), greatest = finite.reduce((a, b) => b[1] > a[1] ? b : a)
    const kept = new Set([finite[0], least, greatest, finite[finite.length - 1]])
    return finite.filter(p => kept.has(p))
  })
