/** One loop nest of generated code: statements stand as far outside as what they read allows, and equal ones are written once. */

/** A number in generated code, a name or a literal, and how many loops of its kernel it stands in. */
export interface Atom { readonly text: string; readonly level: number }

export const zero: Atom = { text: '0', level: 0 }
export const literal = (x: number): Atom => ({ text: Object.is(x, -0) ? '(-0)' : x < 0 ? `(${x})` : `${x}`, level: 0 })

const deepest = (atoms: readonly Atom[]): number => atoms.reduce((n, a) => Math.max(n, a.level), 0)
/** Text from atoms; it belongs where the deepest of them does. */
export const combine = (text: string, ...of: readonly Atom[]): Atom => ({ text, level: deepest(of) })

export class Kernel {
  private readonly levels: string[][] = [[]]
  private readonly loops: { readonly name: string; readonly size: number }[] = []
  private readonly known = new Map<string, Atom>()
  private readonly after: string[][] = [[]]

  /** Opens a loop of `size` steps inside of the others; one step needs none. */
  loop(size: number): Atom {
    if (size === 1) return zero
    const name = `i${this.loops.length}`
    this.loops.push({ name, size })
    this.levels.push([])
    this.after.push([])
    return { text: name, level: this.loops.length }
  }

  get depth(): number { return this.loops.length }

  /** A number computed once a turn of the loops that it depends on. */
  value(expression: Atom): Atom {
    const known = this.known.get(expression.text)
    if (known !== undefined) return known
    const atom = { text: `v${this.known.size}`, level: expression.level }
    this.levels[expression.level].push(`const ${atom.text}=${expression.text}`)
    this.known.set(expression.text, atom)
    return atom
  }

  /** A statement before the inner loops of a level, or after them. */
  before(level: number, statement: string): void { this.levels[level].push(statement) }
  finally(level: number, statement: string): void { this.after[level].push(statement) }
  /** A statement in the innermost loop. */
  do(statement: string): void { this.levels[this.depth].push(statement) }

  text(level = 0): string {
    const { loops, levels, after } = this
    if (level === loops.length) return [...levels[level], ...after[level]].join('\n')
    const { name, size } = loops[level]
    return [...levels[level], `for(let ${name}=0;${name}<${size};${name}++){`, this.text(level + 1), '}', ...after[level]].join('\n')
  }
}
