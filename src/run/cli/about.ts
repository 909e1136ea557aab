/** `typegrad list` and `typegrad doctor`: what there is. */
import * as E from 'fp-ts/lib/Either.js'
import { doctor } from '../../interp/doctor.js'
import type { Probe } from '../../interp/registry.js'
import type { Effect } from '../effect.js'
import { loadRecipe, recipeNames, type Loaded } from '../load.js'
import { answering, EXIT } from './output.js'

/** The flags of both. */
export interface AboutFlags { readonly json?: boolean }

/** Recipes with their settings, and what did not load of those that were asked for. */
export const listed = async (names: readonly string[], load: (name: string) => Effect<Loaded>) => {
  const recipes = [], faults = []
  for (const name of names) {
    const found = await load(name)()
    if (E.isLeft(found)) {
      faults.push({ name, error: found.left.message })
      continue
    }
    const { recipe } = found.right
    const settings = Object.entries(recipe.settings).map(([key, s]) => ({ key, value: s.initial, summary: s.summary }))
    recipes.push({ name, summary: recipe.summary, settings })
  }
  return { recipes, faults }
}

/** Names the recipes, with their settings; 1 when any does not load, after the others. */
export const listCommand = (flags: AboutFlags): Promise<number> => answering(flags.json, async out => {
  const { recipes, faults } = await listed(recipeNames(), loadRecipe)
  for (const { name, summary, settings } of recipes) {
    out.say(`${name}: ${summary}`)
    for (const s of settings) out.say(`    ${s.key}=${JSON.stringify(s.value)}  ${s.summary}`)
  }
  for (const { name, error } of faults) out.say(`${name} did not load: ${error}`)
  out.say('Train one by: typegrad train <name>; a recipe of your own by: typegrad train ./mine.ts')
  out.result({ recipes, ...faults.length > 0 && { faults } })
  return faults.length > 0 ? EXIT.failure : 0
})

/** What an engine is here, in words; a reason that begins with the engine's name goes on after it. */
export const state = (engine: Probe): string => {
  if (engine.available) return `available, ${engine.version}`
  const { name, reason } = engine, named = [`${name}: `, `${name} `].find(start => reason.startsWith(start)) ?? ''
  return `not available: ${reason.slice(named.length)}`
}

/** Reports on Node, the machine and every engine. */
export const doctorCommand = (flags: AboutFlags): Promise<number> => answering(flags.json, async out => {
  const report = await doctor()
  const width = Math.max(...report.engines.map(e => e.name.length), 8)
  out.say(`${'typegrad'.padEnd(width)}  ${report.typegrad}`)
  out.say(`${'node'.padEnd(width)}  ${report.node ?? 'none'} on ${report.platform}`)
  out.say(`${'cpu'.padEnd(width)}  ${report.threads} of ${report.cores} threads`)
  for (const e of report.engines) out.say(`${e.name.padEnd(width)}  ${state(e)}`)
  out.say(`${'auto'.padEnd(width)}  ${report.auto}`)
  out.result({ ...report })
  return 0
})
