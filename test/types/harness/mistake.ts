/** How a file states mistakes: see ../README.md. */

/** A mistake as plain JavaScript sees it. */
export interface Mistake {
  readonly name: string
  /** What the compilers refuse; run too, unless the refusal is in the compiler's own words. */
  readonly run?: () => unknown
}

let collected: Mistake[] = []

/** A mistake that the compilers refuse in the words that it throws when it runs. */
export const mistake = (name: string, run: () => unknown): void => { collected.push({ name, run }) }

/** A mistake whose plain-JavaScript call differs from the typed one. */
mistake.runs = (name: string, typed: () => unknown, run: () => unknown): void => {
  void typed
  collected.push({ name, run })
}

/** A mistake that the compilers refuse in their own words. */
export const typeOnly = (name: string, typed: () => unknown): void => {
  void typed
  collected.push({ name })
}

/** The mistakes stated since the last call; importing a file states its own. */
export const takeMistakes = (): readonly Mistake[] => {
  const taken = collected
  collected = []
  return taken
}

/** A function as plain JavaScript calls it. */
export const untyped = (f: unknown): (...args: unknown[]) => any => f as (...args: unknown[]) => any
