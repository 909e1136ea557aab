/** A program's constants as bytes: one after another, each once, each beginning at a multiple of 64 bytes. */
import type { Value } from '../../../dsl/value.js'

const line = 64

const bytesOf = ({ dtype, data }: Value): Uint8Array => {
  const typed = dtype === 'float32' ? Float32Array.from(data) : dtype === 'int32' ? Int32Array.from(data) : Uint8Array.from(data)
  return new Uint8Array(typed.buffer)
}

export class Constants {
  private readonly offsets = new Map<Value, number>()
  private readonly parts: { readonly at: number; readonly bytes: Uint8Array }[] = []
  private end = 0

  /** Where a constant's first byte is. */
  offsetOf(value: Value): number {
    const known = this.offsets.get(value)
    if (known !== undefined) return known
    const [at, bytes] = [this.end, bytesOf(value)]
    this.parts.push({ at, bytes })
    this.offsets.set(value, at)
    this.end += Math.max(1, Math.ceil(bytes.length / line)) * line
    return at
  }

  blob(): Uint8Array {
    const all = new Uint8Array(this.end)
    for (const { at, bytes } of this.parts) all.set(bytes, at)
    return all
  }
}
