import { resolve } from 'node:path'
import { z } from 'zod'
import { languages } from '../experiments/report/words.ts'
import { exitCodes, UserError } from '../lab/user-error.ts'
import { defineCommand } from './command.ts'
import { faultRules } from './fault-rules.ts'
import {
  databaseFlag,
  driverNames,
  installFlag,
  isOn,
  jsonFile,
  oneOf,
  outFolder,
  prometheusFlag,
} from './flags.ts'

export default defineCommand({
  name: 'game-day',
  description: 'run a file with crowd, faults and expectations against each arm, or check the file',
  flags: {
    words: {
      words: 'many',
      hint: '[check] file',
      help: 'the YAML file of a game day; after check, only whether it is right',
      value: z.array(z.string()).default([]),
    },
    unattended: { help: 'steps of people are marked as skipped', value: isOn },
    language: {
      flag: 'lang',
      hint: languages.join('|'),
      help: 'of what is printed, default en; the report is written in both',
      value: oneOf(languages).default('en'),
    },
    driver: {
      hint: 'k6|simulator',
      help: 'default: k6 if available',
      value: driverNames.optional(),
    },
    quick: { help: 'only tools already installed', value: isOn },
    ...outFolder(),
    ...jsonFile('write the result to this file as JSON, besides'),
    ...prometheusFlag,
    ...databaseFlag,
    ...installFlag,
  },
  complete: ({ words, ...rest }) => {
    const isCheck = words[0] === 'check' && words.length > 1
    const [file, ...more] = isCheck ? words.slice(1) : words
    if (file === undefined || more.length > 0) {
      const message = 'game-day needs one file, or check and one file'
      throw new UserError(message, exitCodes.badArguments)
    }
    return { ...rest, isCheck, file: resolve(file) }
  },
  run: async ({ isCheck, ...options }) => {
    const { checkGameDay, runGameDay } = await import('../experiments/game-day/command.ts')
    return isCheck
      ? await checkGameDay(options.file, faultRules)
      : await runGameDay(options, faultRules)
  },
})
