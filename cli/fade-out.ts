import { z } from 'zod'
import type { FadeOutOptions } from '../experiments/fade-out/running.ts'
import { unknownWord } from '../lab/unknown-word.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { axes } from '../server/designs/axes.ts'
import { type SequenceName, sequenceNames } from '../server/designs/ids/ids.ts'
import { defineCommand } from './command.ts'
import { isOn, oneOf, parsed, seedFlag, whole } from './flags.ts'
import { BadValue, parseSeconds } from './values.ts'

const sequence = parsed((text): SequenceName => {
  const found = sequenceNames.find((name) => name === text)
  if (found) return found
  throw new BadValue(unknownWord('sequence', text, [...sequenceNames]).message)
})

/** Options of which a sequence can be moved to any, and back: they count in the database. */
const sourcesOf = (range: 'tickets' | 'sequenceRows') =>
  Object.entries(axes.ids.options)
    .filter(([, option]) => option.range === range)
    .map(([name]) => name)

const anyOf = (names: readonly string[]) => names.join(' or ')

function parseWindow(text: string): number {
  const seconds = parseSeconds(text)
  if (seconds >= 2 && seconds <= 600) return seconds
  throw new BadValue(`'${text}' is not between 2s and 10m`)
}

/** Those whose rows have a time of their own: of others no query can show what is newer. */
const provocable: readonly SequenceName[] = ['orders', 'payments']

export default defineCommand({
  name: 'fade-out',
  description: 'move sequences of ids of the running environment to the ticket server, or back',
  flags: {
    sequences: {
      flag: 'sequence',
      words: 'many',
      hint: '…',
      help: `${sequenceNames.join(', ')}, in the order in which to move them; default all`,
      value: z.array(sequence).default([]),
    },
    arm: {
      hint: 'name',
      help: 'before (default), or after',
      value: oneOf(['before', 'after']).default('before'),
    },
    to: {
      hint: 'option',
      help: `${anyOf(sourcesOf('tickets'))}; with --back ${anyOf(sourcesOf('sequenceRows'))}`,
      value: z.string().optional(),
    },
    isBack: { flag: 'back', help: 'to the row again, the last sequence first', value: isOn },
    isProvoked: {
      flag: 'provoke',
      help: 'both sources at once for the window: how often is a later id smaller?',
      value: isOn,
    },
    windowSeconds: {
      flag: 'window',
      hint: 'time',
      help: 'how long each retired counter is watched, 2s to 10m; default 10s',
      value: parsed(parseWindow).prefault('10s'),
    },
    scenario: {
      hint: 'name',
      help: 'crowd of its own: smoke (default, steady) or flash-sale',
      value: oneOf(['smoke', 'flash-sale']).default('smoke'),
    },
    rate: {
      hint: 'n',
      help: 'journeys per second of the crowd at its peak, 0 to 1000; default 5, 0 sends none',
      value: whole(0, 1000).default(5),
    },
    ...seedFlag('same seed, same crowd'),
  },
  complete: ({ to, sequences, ...rest }): FadeOutOptions => {
    const { isBack, isProvoked } = rest
    const refuse = (why: string): never => {
      throw new UserError(why, exitCodes.badArguments)
    }
    const known = sourcesOf(isBack ? 'sequenceRows' : 'tickets')
    const option = to ?? known[0] ?? ''
    if (!known.includes(option)) refuse(`--to: '${option}' is none of ${known.join(', ')}`)
    const twice = sequences.find((name, index) => sequences.indexOf(name) < index)
    if (twice) refuse(`${twice} is named twice`)
    if (isBack && isProvoked) refuse('--back and --provoke exclude each other')
    const all = isProvoked ? (['orders'] as const) : sequenceNames
    const chosen = sequences.length > 0 ? sequences : all
    if (isProvoked && (chosen.length > 1 || !provocable.includes(chosen[0] ?? 'orders'))) {
      refuse(`--provoke takes one sequence: ${provocable.join(' or ')}`)
    }
    return { ...rest, sequences: isBack ? chosen.toReversed() : chosen, to: option }
  },
  run: async (options) => (await import('../experiments/fade-out/fade-out.ts')).runFadeOut(options),
})
