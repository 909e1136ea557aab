#!/usr/bin/env node
/** The `typegrad` command. */
import { CommanderError } from 'commander'
import { EXIT, reportFault } from './output.js'
import { program, usageFault } from './program.js'

let code = 0
const typegrad = program(c => { code = c })
try {
  if (process.argv.length <= 2) typegrad.outputHelp()
  else await typegrad.parseAsync()
} catch (e) {
  if (e instanceof CommanderError) {
    const fault = usageFault(e, typegrad)
    if (fault !== undefined) {
      process.stderr.write(`${fault}\n`)
      code = EXIT.usage
    }
  } else code = reportFault(e)
}
// An engine's threads must not keep the process alive: what is written is on its way before it ends.
process.exitCode = code
