import { stripVTControlCharacters } from 'node:util'
import type { ArgsDef, CommandDef } from 'citty'
import { renderUsage } from 'citty'
import type { z } from 'zod'
import { unknownWord } from '../lab/unknown-word.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'

/** What stood on the command line: flags by name with every occurrence, and the rest. */
export interface Arguments {
  /** Every value of each flag that takes one, in order. */
  texts: Record<string, string[]>
  /** `--name` true, `--no-name` false; absent when not given. */
  switches: Record<string, boolean>
  positionals: string[]
}

/**
 * Reads a command line strictly: citty itself passes over unknown flags and extra words in silence.
 * A positional whose `valueHint` ends with `…` takes any number of words.
 * @throws UserError (exit 4) naming the flag or the word, and the nearest right one
 */
export function readArguments(raw: string[], definitions: ArgsDef = {}): Arguments {
  const result: Arguments = { texts: {}, switches: {}, positionals: [] }
  let onlyPositionals = false
  for (let index = 0; index < raw.length; index++) {
    const word = raw[index] ?? ''
    if (onlyPositionals || !word.startsWith('-') || word === '-') result.positionals.push(word)
    else if (word === '--') onlyPositionals = true
    else index += readFlag(word, raw[index + 1], definitions, result)
  }
  refuseExtraWords(result.positionals, definitions)
  return result
}

/** Returns how many further words it took: 0 or 1. */
function readFlag(
  word: string,
  next: string | undefined,
  definitions: ArgsDef,
  result: Arguments,
): number {
  const equals = word.indexOf('=')
  const flag = equals < 0 ? word : word.slice(0, equals)
  const inline = equals < 0 ? undefined : word.slice(equals + 1)
  const name = flag.slice(2)
  const definition = flag.startsWith('--') ? definitions[name] : undefined
  if (definition && takesText(definition)) {
    const value = inline ?? (next?.startsWith('-') ? undefined : next)
    if (!value) throw new UserError(`${flag} needs a value`, exitCodes.badArguments)
    result.texts[name] = [...(result.texts[name] ?? []), value]
    return inline === undefined ? 1 : 0
  }
  const turnedOff = flag.startsWith('--no-') ? name.slice(3) : undefined
  const switched = turnedOff !== undefined && turnedOff in definitions ? turnedOff : name
  if (definitions[switched]?.type !== 'boolean') throw unknownFlag(flag, definitions)
  if (inline !== undefined) throw new UserError(`${flag} takes no value`, exitCodes.badArguments)
  result.switches[switched] = switched === name
  return 0
}

function takesText(definition: ArgsDef[string]): boolean {
  return definition.type === 'string' || definition.type === 'enum'
}

function unknownFlag(flag: string, definitions: ArgsDef): UserError {
  const known = Object.entries(definitions).flatMap(([name, definition]) => {
    if (definition.type === 'positional') return []
    return definition.type === 'boolean' && definition.default === true
      ? [`--${name}`, `--no-${name}`]
      : [`--${name}`]
  })
  return unknownWord('flag', flag, [...known, '--help'])
}

function refuseExtraWords(words: string[], definitions: ArgsDef): void {
  const slots = Object.values(definitions).filter((one) => one.type === 'positional')
  const many = slots.some((slot) => slot.valueHint?.endsWith('…'))
  const extra = words[slots.length]
  if (many || extra === undefined) return
  throw new UserError(`did not expect '${extra}'; see --help`, exitCodes.badArguments)
}

/**
 * Judges what was read by a schema whose keys are the flags' names.
 * @throws UserError (exit 4) naming the first flag that is wrong
 */
export function validateFlags<T extends z.ZodType>(schema: T, flags: unknown): z.infer<T> {
  const outcome = schema.safeParse(flags)
  if (outcome.success) return outcome.data
  const issue = outcome.error.issues[0]
  const flag = issue?.path[0] === undefined ? '' : `--${String(issue.path[0])}: `
  throw new UserError(`${flag}${issue?.message ?? 'invalid'}`, exitCodes.badArguments)
}

/** One command; the flags are citty's definitions, which also make its `--help`. */
export interface Command {
  meta: { name: string; description: string }
  args: ArgsDef
  /** Gets the words after the command's name; sets `process.exitCode` unless all is well. */
  run(raw: string[]): Promise<void>
}

/** Every command by name, each loaded only when it is asked for. */
export type CommandTable = Record<string, () => Promise<Command>>

/**
 * Finds the command, answers `--help` wherever it stands, and runs it.
 * @throws UserError (exit 4) for unknown words
 */
export async function runCommandLine(
  meta: { name: string; version: string; description: string },
  table: CommandTable,
  raw: string[],
): Promise<void> {
  const [word, ...rest] = raw
  const subCommands = Object.fromEntries(
    Object.entries(table).map(([name, load]) => [name, async () => usageOf(await load())]),
  )
  const main: CommandDef = { meta, subCommands }
  if (word === '--version') return console.log(meta.version)
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    return printUsage(await renderUsage(main))
  }
  if (word.startsWith('-')) throw unknownWord('flag', word, ['--help', '--version'])
  const load = Object.hasOwn(table, word) ? table[word] : undefined
  if (!load) throw unknownWord('command', word, Object.keys(table))
  const command = await load()
  const end = rest.indexOf('--')
  const ours = end < 0 ? rest : rest.slice(0, end)
  if (!ours.includes('--help') && !ours.includes('-h')) return command.run(rest)
  printUsage(await renderUsage(usageOf(command), main))
}

function usageOf(command: Command): CommandDef {
  return { meta: command.meta, args: command.args }
}

/** citty colours its usage even into files. */
function printUsage(text: string): void {
  const plain = !process.stdout.isTTY || Boolean(process.env.NO_COLOR)
  console.log(plain ? stripVTControlCharacters(text) : text)
}
