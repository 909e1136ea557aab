/** Progress for people: a bar on a terminal, plain lines elsewhere. */
import { SingleBar } from 'cli-progress'

/** Where a run tells how far it is. */
export interface Progress {
  /** Shows step `at` of the total with the current loss and speed. */
  readonly step: (at: number, loss: number, stepsPerSecond: number) => void
  /** Prints a line without tearing the bar. */
  readonly line: (text: string) => void
  readonly stop: () => void
}

/** The stream that progress is written to. */
export interface Terminal extends NodeJS.WritableStream { readonly isTTY?: boolean; readonly columns?: number }

const SECONDS_BETWEEN_LINES = 5
const shown = (loss: number) => Number.isFinite(loss) ? loss.toPrecision(5) : String(loss)
const speed = (v: number) => v >= 100 ? v.toFixed(0) : v.toFixed(1)

const bar = (out: Terminal, total: number): Progress => {
  const single = new SingleBar({
    format: '{bar} {value}/{total} · {speed} steps/s · loss {loss} · {left} left', stream: out, hideCursor: true, barsize: 28,
    // cli-progress would exit on SIGINT by itself; the run must write its checkpoint first
    gracefulExit: false,
  })
  single.start(total, 0, { speed: '-', loss: '-', left: '-' })
  return {
    step: (step, loss, rate) => single.update(step, { speed: speed(rate), loss: shown(loss), left: clock((total - step) / rate) }),
    // the bar draws itself again on the next line
    line: text => { out.write(`\r\x1b[K${text}\n`) },
    stop: () => single.stop(),
  }
}

const lines = (out: Terminal, total: number): Progress => {
  let last = -Infinity
  return {
    step: (step, loss, rate) => {
      const now = performance.now() / 1000
      if (step !== total && now - last < SECONDS_BETWEEN_LINES) return
      last = now
      out.write(`step ${step}/${total}  loss ${shown(loss)}  ${speed(rate)} steps/s\n`)
    },
    line: text => { out.write(text + '\n') },
    stop: () => {},
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
