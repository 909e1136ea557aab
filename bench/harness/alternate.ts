/** Turns: everyone runs in each round, so that what disturbs the machine disturbs all. */
import type { Peer } from './process.js'

/** How long and how often. */
export interface Effort {
  /** Seconds of one peer's turn. */
  readonly turn: number
  readonly rounds: number
}
export interface Runner {
  readonly process: Peer
  /** Seconds of a step, where they are known from earlier steps. */
  readonly expected?: number
}

/** Who needs more than four turns for one step is slow: one step a round, in at most three rounds. */
export const isSlow = (seconds: number, { turn }: Effort): boolean => seconds > 4 * turn
/** How many rounds someone has part in: all, or, if slow, as many as fit into 120 turns, but one at least. */
export const roundsOf = (seconds: number, effort: Effort): number =>
  isSlow(seconds, effort) ? Math.max(1, Math.min(3, effort.rounds, Math.floor(120 * effort.turn / seconds))) : effort.rounds

const pause = (ms: number) => new Promise(resolve => { setTimeout(resolve, ms) })

/** Seconds of a step: what is known of the slow, else a few steps more. */
const estimate = async ({ process, expected }: Runner, effort: Effort): Promise<number> => {
  if (expected !== undefined && isSlow(expected, effort)) return expected
  const { seconds } = await process.steps(1)
  return seconds < effort.turn ? (await process.steps(3)).seconds / 3 : seconds
}

/** Seconds of a step of each, round by round. */
export const alternate = async (all: readonly Runner[], effort: Effort): Promise<number[][]> => {
  const plans: { readonly steps: number; readonly rounds: number }[] = []
  for (const c of all) {
    const seconds = await estimate(c, effort)
    plans.push({ steps: Math.max(1, Math.min(100_000, Math.round(effort.turn / seconds))), rounds: roundsOf(seconds, effort) })
  }
  const times: number[][] = all.map(() => [])
  for (let round = 0; round < effort.rounds; round++) {
    for (const [i, { process }] of all.entries()) {
      const { steps, rounds } = plans[i]
      if (round >= rounds) continue
      // Threads of the one before may still spin; the first step brings code and data back into the caches.
      await pause(30)
      if (steps > 1) await process.steps(1)
      times[i].push((await process.steps(steps)).seconds / steps)
    }
  }
  return times
}
