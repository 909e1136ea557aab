/** Progress for people: a bar on a terminal, plain lines elsewhere. */

/** Where a run tells how far it is. */
export interface Progress {
  /** Shows step `at` of the total with the current loss, or another figure by its name, and the speed. */
  readonly step: (at: number, loss: number, stepsPerSecond: number, name?: string) => void
  /** Prints a line without tearing the bar. */
  readonly line: (text: string) => void
  readonly stop: () => void
}

/** The stream that progress is written to. */
export interface Terminal extends NodeJS.WritableStream { readonly isTTY?: boolean; readonly columns?: number }

const SECONDS_BETWEEN_LINES = 5
const MILLISECONDS_BETWEEN_BARS = 80
const [LONGEST, SHORTEST] = [28, 8]
// A terminal writes ^C behind the bar: a line that was full would break there, and its upper half could not be cleared.
const SPARE = 3
const shown = (loss: number) => Number.isFinite(loss) ? loss.toPrecision(5) : String(loss)
const speed = (v: number) => v >= 100 ? v.toFixed(0) : v.toFixed(1)

/** The bar for a terminal of so many columns: first the bar shortens, then the speed, the bar and the time left go, last the loss. */
export const barLine = (columns: number, total: number, at: number, loss: number, stepsPerSecond: number, name = 'loss'): string => {
  const left = `${clock((total - at) / stepsPerSecond)} left`
  const parts = { speed: `${speed(stepsPerSecond)} steps/s`, loss: `${name} ${shown(loss)}`, left }
  const room = columns - SPARE
  const text = (...keys: readonly (keyof typeof parts)[]) => [`${at}/${total}`, ...keys.map(k => parts[k])].join(' · ')
  const barred = (words: string) => {
    const size = Math.min(LONGEST, room - words.length - 1), full = Math.round(size * Math.min(1, at / Math.max(1, total)))
    return size < SHORTEST ? undefined : `${'█'.repeat(full)}${'░'.repeat(size - full)} ${words}`
  }
  const all = barred(text('speed', 'loss', 'left')) ?? barred(text('loss', 'left'))
  if (all !== undefined) return all
  const bare = [text('loss', 'left'), text('loss'), text()].find(t => t.length <= room)
  return bare ?? text().slice(0, Math.max(0, room))
}

const bar = (out: Terminal, total: number): Progress => {
  let last = -Infinity, stopped = false
  let state: readonly [number, number, number, string?] | undefined
  // The width is read each time, because a terminal may be resized.
  const draw = () => {
    if (state === undefined || stopped) return
    last = performance.now()
    out.write(`\r${barLine(out.columns ?? 80, total, ...state)}\x1b[K`)
  }
  return {
    step: (...now) => {
      state = now
      if (performance.now() - last >= MILLISECONDS_BETWEEN_BARS) draw()
    },
    line: text => {
      out.write(stopped ? `${text}\n` : `\r\x1b[K${text}\n`)
      draw()
    },
    stop: () => {
      if (stopped) return
      draw()
      stopped = true
      if (state !== undefined) out.write('\n')
    },
  }
}

const lines = (out: Terminal, total: number): Progress => {
  let last = -Infinity
  return {
    step: (step, loss, rate, name = 'loss') => {
      const now = performance.now() / 1000
      if (step !== total && now - last < SECONDS_BETWEEN_LINES) return
      last = now
      out.write(`step ${step}/${total}  ${name} ${shown(loss)}  ${speed(rate)} steps/s\n`)
    },
    line: text => { out.write(text + '\n') },
    stop: () => {},
  }
}

/** How far a long sampling is: a bar on a terminal, nothing elsewhere. */
export interface Sampling { readonly at: (drawn: number, perMinute: number) => void; readonly stop: () => void }

/** A bar for so many samples. */
export const sampling = (out: Terminal, total: number): Sampling => {
  let shown = false
  return {
    at: (drawn, perMinute) => {
      if (!out.isTTY) return
      shown = true
      const words = `${drawn}/${total} samples · ${perMinute.toFixed(0)} a minute · ${clock((total - drawn) / perMinute * 60)} left`
      const room = (out.columns ?? 80) - SPARE, size = Math.min(LONGEST, room - words.length - 1)
      const full = Math.round(size * drawn / total)
      const line = size < SHORTEST ? words.slice(0, Math.max(0, room)) : `${'█'.repeat(full)}${'░'.repeat(size - full)} ${words}`
      out.write(`\r${line}\x1b[K`)
    },
    stop: () => {
      if (shown) out.write('\n')
      shown = false
    },
  }
}

/** Seconds as m:ss or h:mm:ss. */
export const clock = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '-'
  const s = Math.max(0, Math.round(seconds)), two = (n: number) => String(n).padStart(2, '0')
  const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`
}

/** A bar when `out` is a terminal, a line every five seconds otherwise. */
export const progress = (out: Terminal, total: number): Progress => out.isTTY ? bar(out, total) : lines(out, total)
