#!/usr/bin/env node
/** The `typegrad` command. */
import { CommanderError } from 'commander'
import { EXIT, output, reportFault } from './output.js'
import { program, usageFault } from './program.js'

// A reader that has seen enough, as in `typegrad list | head`, is no fault.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (e: NodeJS.ErrnoException) => { if (e.code === 'EPIPE') process.exit(0); else throw e })
}

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
      output(process.argv.includes('--json')).result({ error: fault })
      code = EXIT.usage
    }
  } else code = reportFault(e)
}
process.exitCode = code
