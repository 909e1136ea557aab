/** `typegrad list` and `typegrad doctor`: what there is. */
import { doctor } from '../../interp/doctor.js'
import { run } from '../effect.js'
import { loadRecipe, recipeNames } from '../load.js'
import { answering } from './output.js'

/** The flags of both. */
export interface AboutFlags { readonly json?: boolean }

/** Names the recipes, with their settings when asked for one line more. */
export const listCommand = (flags: AboutFlags): Promise<number> => answering(flags.json, async out => {
  const recipes = []
  for (const name of recipeNames()) {
    const { recipe } = await run(loadRecipe(name))
    const settings = Object.entries(recipe.settings).map(([key, s]) => ({ key, value: s.initial, summary: s.summary }))
    recipes.push({ name, summary: recipe.summary, settings })
    out.say(`${name}: ${recipe.summary}`)
    for (const s of settings) out.say(`    ${s.key}=${JSON.stringify(s.value)}  ${s.summary}`)
  }
  out.say('Train one by: typegrad train <name>; a recipe of your own by: typegrad train ./mine.ts')
  out.result({ recipes })
  return 0
})

/** Reports on Node, the machine and every engine. */
export const doctorCommand = (flags: AboutFlags): Promise<number> => answering(flags.json, async out => {
  const report = await doctor()
  const width = Math.max(...report.engines.map(e => e.name.length), 8)
  out.say(`${'typegrad'.padEnd(width)}  ${report.typegrad}`)
  out.say(`${'node'.padEnd(width)}  ${report.node ?? 'none'} on ${report.platform}`)
  out.say(`${'cpu'.padEnd(width)}  ${report.threads} of ${report.cores} threads`)
  for (const e of report.engines) {
    out.say(`${e.name.padEnd(width)}  ${e.available ? `available, ${e.version}` : `not available: ${e.reason}`}`)
  }
  out.say(`${'auto'.padEnd(width)}  ${report.auto}`)
  out.result({ ...report })
  return 0
})
