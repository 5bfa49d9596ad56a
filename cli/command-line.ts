import { stripVTControlCharacters } from 'node:util'
import { type CommandDef, renderUsage } from 'citty'
import { unknownWord } from '../lab/unknown-word.ts'
import { type Command, usageOf } from './command.ts'

/** Every command by name, each loaded only when it is asked for. */
export type CommandTable = Record<string, () => Promise<{ default: Command }>>

/** Answers `--help` wherever it stands, or runs the command. @throws UserError for unknown words */
export async function runCommandLine(
  meta: { name: string; version: string; description: string },
  table: CommandTable,
  raw: string[],
): Promise<void> {
  const [word, ...rest] = raw
  const subCommands = Object.fromEntries(
    Object.entries(table).map(([name, load]) => [
      name,
      async () => usageOf((await load()).default),
    ]),
  )
  const main: CommandDef = { meta, subCommands }
  if (word === '--version') return console.log(meta.version)
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    return printUsage(await renderUsage(main))
  }
  if (word.startsWith('-')) throw unknownWord('flag', word, ['--help', '--version'])
  const load = Object.hasOwn(table, word) ? table[word] : undefined
  if (!load) throw unknownWord('command', word, Object.keys(table))
  const { default: command } = await load()
  const end = rest.indexOf('--')
  const ours = end < 0 ? rest : rest.slice(0, end)
  if (!ours.includes('--help') && !ours.includes('-h')) return command.run(rest)
  printUsage(await renderUsage(usageOf(command), main))
}

/** citty colours its usage even into files. */
function printUsage(text: string): void {
  const plain = !process.stdout.isTTY || Boolean(process.env.NO_COLOR)
  console.log(plain ? stripVTControlCharacters(text) : text)
}
