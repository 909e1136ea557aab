/** Functions that Math lacks. */

/** The nearest integer, halves to the even one (IEEE 754), as every engine rounds. */
export const roundHalfEven = (x: number): number => {
  const r = Math.round(x)
  return Math.abs(x % 1) === 0.5 && r % 2 !== 0 ? r - 1 : r
}

/**
 * The error function to double precision: its Taylor series at small arguments, the continued fraction of erfc (Lentz) at large ones
 * (Abramowitz and Stegun, 7.1.5 and 7.1.14).
 */
export const erf = (x: number): number => {
  const a = Math.abs(x)
  if (Number.isNaN(x)) return x
  if (a > 6) return Math.sign(x)
  if (a < 2.5) {
    let term = a
    let total = a
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total) && n < 200; n++) {
      term *= -a * a / n
      total += term / (2 * n + 1)
    }
    return Math.sign(x) * 2 / Math.sqrt(Math.PI) * total
  }
  let fraction = 0
  for (let k = 60; k >= 1; k--) fraction = k / 2 / (a + fraction)
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction))
}
