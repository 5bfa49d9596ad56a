import { z } from '@hono/zod-openapi'
import { axes, axisNames, presetsOf, recordsOf } from '../designs/axes.ts'
import { presetNames } from '../designs/axis.ts'
import { combinations } from '../designs/combinations.ts'
import { parseDesign } from '../designs/design.ts'
import type { DesignFlags } from '../designs/flags/design-flags.ts'
import { shadowWrites, subjectNames } from '../designs/flags/flags.ts'

export const shadowFlagSchema = z.object({
  option: z.string(),
  percent: z.int(),
  writes: z.enum(shadowWrites).optional(),
})

const flagSchema = z
  .object({
    axis: z.string(),
    option: z.string(),
    to: z.string().optional().openapi({ description: 'Option of a share of the customers' }),
    percent: z.int().openapi({ description: 'How many of a hundred customers' }),
    seed: z.int(),
    shadow: shadowFlagSchema.optional().openapi({
      description: 'Option that is compared with what so many of a hundred customers get',
    }),
    epoch: z.int().openapi({ description: 'Change that it is from; 0 = as started' }),
    reason: z.string().optional(),
    by: z.string().optional(),
    at: z.string().optional(),
  })
  .openapi('Flag')

export const designsSchema = z
  .object({
    epoch: z.int().openapi({ description: 'Number of the last change; 0 = as started' }),
    current: z.string().openapi({ description: 'Design of customers who are in no share' }),
    preset: z.string(),
    hazards: z
      .array(z.string())
      .openapi({ description: 'Known of the designs that customers may have' }),
    flags: z.array(flagSchema),
    presets: z.record(z.string(), z.string()),
    combinations: z.array(
      z.object({
        when: z.record(z.string(), z.array(z.string())),
        verdict: z.enum(['refused', 'hazard']),
        reason: z.string(),
      }),
    ),
    axes: z.array(
      z.object({
        name: z.string(),
        question: z.string(),
        options: z.array(
          z.object({
            name: z.string(),
            line: z.string(),
            role: z.string(),
            presets: z.array(z.string()).openapi({ description: 'Presets that have it' }),
            hazard: z.string().optional().openapi({ description: 'What is known to go wrong' }),
          }),
        ),
      }),
    ),
  })
  .openapi('Designs')

/** What `GET /designs` answers: what is in force, and all that there is to choose from. */
export function overview(flags: DesignFlags): z.output<typeof designsSchema> {
  const { epoch, base, designs } = flags.mix
  return {
    epoch,
    current: base.label,
    preset: base.preset,
    hazards: [...new Set(designs.flatMap(({ hazards }) => hazards))],
    flags: flagsIn(flags),
    presets: Object.fromEntries(presetNames.map((name) => [name, parseDesign(name).label])),
    combinations: combinations.map(({ when, ...rest }) => ({
      when: Object.fromEntries(Object.entries(when).map(([axis, names]) => [axis, [...names]])),
      ...rest,
    })),
    axes: axisNames.map((name) => ({
      name,
      question: axes[name].question,
      options: optionsIn(name),
    })),
  }
}

function flagsIn(flags: DesignFlags): z.output<typeof flagSchema>[] {
  return subjectNames.flatMap((axis) => {
    const flag = flags.mix.flags[axis]
    if (!flag) return []
    const { isProvoked: _, ...shown } = flag
    const note = flags.noteOf(flag.epoch)
    const who = note && { reason: note.reason, by: note.author, at: note.at }
    return [{ axis, ...shown, ...who }]
  })
}

function optionsIn(name: (typeof axisNames)[number]) {
  return Object.entries(recordsOf(name)).map(([option, { summary, hazard }]) => ({
    name: option,
    line: summary,
    role: presetsOf(name, option)[0] ?? 'alternative',
    presets: presetsOf(name, option),
    ...(hazard ? { hazard } : {}),
  }))
}
