/** The loops of a program as C functions: equal texts are one function. */
import type { Definition } from '../plan/steps.js'

export interface Kernel extends Definition { readonly name: string }

export class Kernels {
  private readonly byText = new Map<string, Kernel>()

  nameOf(d: Definition): string {
    const known = this.byText.get(d.text) ?? { ...d, name: `loop${this.byText.size}` }
    this.byText.set(d.text, known)
    return known.name
  }

  all(): Kernel[] { return [...this.byText.values()] }
}
