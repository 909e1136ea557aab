/** Medians, quartiles, geometric means, slopes. */

const sorted = (xs: readonly number[]): number[] => [...xs].sort((a, b) => a - b)
/** The quantile q of numbers, between the two nearest. */
export const quantile = (xs: readonly number[], q: number): number => {
  const all = sorted(xs), at = (all.length - 1) * q, below = Math.floor(at)
  return all[below] + (all[Math.min(below + 1, all.length - 1)] - all[below]) * (at - below)
}
export const median = (xs: readonly number[]): number => quantile(xs, 0.5)
/** Half the distance of the quartiles, over the median. */
export const spread = (xs: readonly number[]): number => (quantile(xs, 0.75) - quantile(xs, 0.25)) / 2 / median(xs)
export const geometricMean = (xs: readonly number[]): number | null =>
  xs.length === 0 ? null : Math.exp(xs.reduce((s, x) => s + Math.log(x), 0) / xs.length)
/** The slope of log y over log x by least squares. */
export const logSlope = (points: readonly (readonly [number, number])[]): number => {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const)
  const mean = (i: 0 | 1) => logs.reduce((s, p) => s + p[i], 0) / logs.length
  const [mx, my] = [mean(0), mean(1)]
  return logs.reduce((s, [x, y]) => s + (x - mx) * (y - my), 0) / logs.reduce((s, [x]) => s + (x - mx) ** 2, 0)
}
