import { z } from 'zod'
import { axes } from '../server/designs/axes.ts'
import { defineCommand } from './command.ts'
import { databaseFlag, installFlag, jsonFile, oneOf, seedFlag, whole } from './flags.ts'

const known = [
  'peak',
  ...Object.entries(axes).flatMap(([axis, { options }]) => [
    axis,
    ...Object.keys(options).map((name) => `${axis}=${name}`),
  ]),
]

export default defineCommand({
  name: 'prove',
  description:
    'audit many orders and a kill through every option: correct ones pass, bad ones fail',
  flags: {
    options: {
      flag: 'option',
      words: 'many',
      hint: '…',
      help: 'axes, axis=option or peak; default peak and every option of every axis',
      value: z.array(oneOf(known, 'option')).default([]),
    },
    orders: {
      hint: 'n',
      help: 'orders per option, 100 to 1000000',
      value: whole(100, 1_000_000).default(10_000),
    },
    ...seedFlag('same seed, same orders'),
    ...jsonFile('write the results to this file as JSON'),
    ...databaseFlag,
    ...installFlag,
  },
  run: async (options) => (await import('../experiments/prove/command.ts')).prove(options),
})
