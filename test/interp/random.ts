/** A small generator of numbers with a seed: the same on every machine. */
export class Random {
  private state: number
  constructor(seed: number) { this.state = (seed * 0x9e3779b1 + 0x7f4a7c15) >>> 0 }

  /** Mulberry32: uniform in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  chance(p: number): boolean { return this.next() < p }
  /** From lo to hi, both included. */
  integer(lo: number, hi: number): number { return lo + Math.floor(this.next() * (hi - lo + 1)) }
  real(lo: number, hi: number): number { return lo + this.next() * (hi - lo) }
  pick<T>(xs: readonly T[]): T { return xs[this.integer(0, xs.length - 1)] }
  shuffled<T>(xs: readonly T[]): T[] {
    const out = [...xs]
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(0, i)
      ;[out[i], out[j]] = [out[j], out[i]]
    }
    return out
  }
  shape(minRank: number, maxRank: number): number[] { return Array.from({ length: this.integer(minRank, maxRank) },
    () => this.integer(1, 4)) }
  /** Some axes of a rank, at least one, in order. */
  axes(rank: number): number[] { return this.shuffled([...Array(rank).keys()]).slice(0, this.integer(1, rank)).sort((a, c) => a - c) }
}
