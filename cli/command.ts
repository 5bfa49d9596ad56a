import type { ArgsDef, CommandDef } from 'citty'
import type { z } from 'zod'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { type Flag, type Flags, nameOf, readArguments } from './arguments.ts'

/** The value of each flag, by its key. */
export type Values<F extends Flags> = { [Key in keyof F]: z.output<F[Key]['value']> }

/** One command of `./stampede`. */
export interface Command<Options = unknown> {
  name: string
  description: string
  flags: Flags
  /** The command line as plain data. @throws UserError (exit 4) with every flaw of it */
  read(raw: string[]): Options
  /** Gets the words after the command's name; sets `process.exitCode` unless all is well. */
  run(raw: string[]): Promise<void>
}

interface Definition<F extends Flags, Options> {
  name: string
  description: string
  flags: F
  /** Makes the options out of the values. @throws UserError where two flags contradict */
  complete?: (values: Values<F>) => Options
  /** A number that it returns is the exit code. */
  run(options: Options): Promise<unknown>
}

export function defineCommand<F extends Flags, Options = Values<F>>({
  complete = (values) => values as Options,
  ...definition
}: Definition<F, Options>): Command<Options> {
  const read = (raw: string[]) => complete(readValues(raw, definition.flags))
  return {
    ...definition,
    read,
    run: async (raw) => {
      const exitCode = await definition.run(read(raw))
      if (typeof exitCode === 'number') process.exitCode = exitCode
    },
  }
}

function readValues<F extends Flags>(raw: string[], flags: F): Values<F> {
  const { given, flaws } = readArguments(raw, flags)
  const values = Object.entries(flags).map(([key, flag]) => {
    const outcome = flag.value.safeParse(given.get(key))
    const prefix = flag.words ? '' : `--${nameOf(key, flag)}: `
    flaws.push(...(outcome.error?.issues ?? []).map(({ message }) => `${prefix}${message}`))
    return [key, outcome.data]
  })
  if (flaws.length === 0) return Object.fromEntries(values)
  const text = flaws.length === 1 ? flaws.join() : ['bad arguments:', ...flaws].join('\n  ')
  throw new UserError(text, exitCodes.badArguments)
}

/** The command as citty renders its usage. */
export function usageOf({ name, description, flags }: Command): CommandDef {
  const args: ArgsDef = Object.fromEntries(
    Object.entries(flags).map(([key, flag]) => [nameOf(key, flag), argumentOf(flag)]),
  )
  return { meta: { name, description }, args }
}

function argumentOf({ hint, help, helpOff, words, value }: Flag): ArgsDef[string] {
  const valueHint = hint === undefined ? {} : { valueHint: hint }
  if (words) {
    const required = !value.safeParse(undefined).success
    return { type: 'positional', description: help, required, ...valueHint }
  }
  if (hint !== undefined) return { type: 'string', description: help, valueHint: hint }
  const off = helpOff === undefined ? {} : { default: true, negativeDescription: helpOff }
  return { type: 'boolean', description: help, ...off }
}
