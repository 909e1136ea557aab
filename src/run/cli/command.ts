/** Commands to copy: the words of a command line, quoted for a shell. */
import type { Reopened } from '../session.js'

/** A word as a shell reads it back, whatever is in it. */
export const quoted = (word: string): string => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll('\'', '\'\\\'\'')}'`

/** The command that trains a run again from the start; a recipe file is named from the run's folder. */
export const commandOf = ({ config, settings, recipe }: Reopened): string => [
  'typegrad', 'train', config.recipe, '--steps', String(config.steps), '--seed', String(config.seed), '--engine', config.engine,
  ...config.threads !== undefined ? ['--threads', String(config.threads)] : [],
  ...Object.entries(settings).filter(([k, v]) => JSON.stringify(v) !== JSON.stringify(recipe.settings[k].initial))
    .flatMap(([k, v]) => ['--set', `${k}=${typeof v === 'string' ? v : JSON.stringify(v)}`]),
  ...config.from !== undefined ? ['--set', `from=${config.from}`] : [],
].map(quoted).join(' ')
