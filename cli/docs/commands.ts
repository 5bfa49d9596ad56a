import { stripVTControlCharacters } from 'node:util'
import { renderUsage } from 'citty'
import { exitCodes } from '../../lab/user-error.ts'
import { usageOf } from '../command.ts'
import type { CommandTable } from '../command-line.ts'
import { block, code, page, table } from './markdown.ts'

const meanings: Record<keyof typeof exitCodes, string> = {
  asExpected: 'as expected',
  broken:
    'an invariant broke in any arm, beyond the known failures of its options, or a test failed',
  missed: 'a target was missed, or *after* was not what was expected of it',
  untrusted: 'the run cannot be trusted, or something could not be measured or decided',
  badArguments: 'bad arguments',
  unexpected: 'an unexpected error, which is no verdict: it is printed with its stack',
}

export async function commandsPage(commands: CommandTable): Promise<string> {
  const main = { meta: { name: './stampede' } }
  const parts: string[] = []
  const exits = Object.entries(exitCodes).map(([name, exitCode]) => {
    return [String(exitCode), meanings[name as keyof typeof exitCodes]]
  })
  const rows: string[][] = []
  for (const [name, load] of Object.entries(commands)) {
    const { default: command } = await load()
    rows.push([code(`./stampede ${name}`), command.description])
    const usage = stripVTControlCharacters(await renderUsage(usageOf(command), main))
    const plain = usage.split('\n').map((line) => line.trimEnd())
    parts.push(`## ${name}`, block('text', plain.join('\n').trim()))
  }
  return page(
    'Commands',
    'The output of `./stampede COMMAND --help`.',
    table(['command', 'what it does'], rows),
    table(['exit code', 'meaning'], exits),
    ...parts,
  )
}
