/** Calls of one program in their order: what comes while a run is under way on another thread begins when that has ended. */
export class Turns {
  private held: Promise<unknown> | null = null

  /** Begins at once where nothing is under way. `holds` says that it goes on after it returned, so that others must wait. */
  take<T>(f: () => Promise<T>, holds: boolean): Promise<T> {
    if (this.held === null && !holds) return f()
    const begun = this.held === null ? f() : this.held.then(f)
    const ended: Promise<void> = begun.then(() => this.end(ended), () => this.end(ended))
    this.held = ended
    return begun
  }

  private end(which: Promise<void>): void {
    if (this.held === which) this.held = null
  }
}
