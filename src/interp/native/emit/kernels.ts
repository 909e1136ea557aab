/** The loops of a program as C functions: equal texts are one function. */
import type { Definition } from '../plan/steps.js'

export interface Kernel extends Definition { readonly name: string }

export class Kernels {
  private readonly byText = new Map<string, Kernel>()

  nameOf(d: Definition): string {
    const known = this.byText.get(d.text)
    const name = known?.name ?? `loop${this.byText.size}`
    // One caller with many elements is reason enough for vectors.
    this.byText.set(d.text, { ...d, name, tiny: d.tiny && known?.tiny !== false })
    return name
  }

  all(): Kernel[] { return [...this.byText.values()] }
}
