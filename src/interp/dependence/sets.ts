/** Sets of variables, each kept once under a number, so that arrays of sets are arrays of numbers and equal sets are equal numbers. */
export class Sets {
  private readonly bits: bigint[] = [0n]
  private readonly numbers = new Map<string, number>([['0', 0]])
  private readonly unions = new Map<number, number>()

  /** The number of a set given by its bits; 0 is the empty set. */
  of(bits: bigint): number {
    const key = bits.toString(16)
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    this.numbers.set(key, this.bits.length)
    return this.bits.push(bits) - 1
  }
  single(variable: number): number { return this.of(1n << BigInt(variable)) }
  bitsOf(set: number): bigint { return this.bits[set] }
  has(set: number, variable: number): boolean { return (this.bits[set] >> BigInt(variable) & 1n) === 1n }
  /** How many sets there are: their numbers are below. */
  get count(): number { return this.bits.length }

  union(a: number, b: number): number {
    if (a === b || b === 0) return a
    if (a === 0) return b
    const key = a < b ? a * 0x4000000 + b : b * 0x4000000 + a
    const known = this.unions.get(key)
    if (known !== undefined) return known
    const both = this.of(this.bits[a] | this.bits[b])
    this.unions.set(key, both)
    return both
  }
  all(sets: ArrayLike<number>): number {
    let [all, last] = [0, 0]
    for (let i = 0; i < sets.length; i++) {
      if (sets[i] === last) continue
      last = sets[i]
      all = this.union(all, last)
    }
    return all
  }
  members(set: number): number[] {
    const found: number[] = []
    for (let rest = this.bits[set], i = 0; rest > 0n; i += 32, rest >>= 32n) {
      const word = Number(rest & 0xffffffffn)
      for (let b = 0; b < 32; b++) if (word >>> b & 1) found.push(i + b)
    }
    return found
  }
}
