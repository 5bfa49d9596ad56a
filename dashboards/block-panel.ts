import { colors, type PanelEntry } from './panels.ts'

/** Which arm had a block when; a board adds what it means there. */
export const blockPanel = {
  kind: 'state-timeline',
  title: 'Blocks',
  unit: 'none',
  queries: [
    {
      expr: 'max by (arm) (stampede_block_active{run="$run", arm=~"$arm"})',
      legend: '{{arm}}',
    },
  ],
  readings: {
    '1': { text: 'runs', color: 'blue' },
    '0': { text: 'waits', color: colors.idle },
  },
  noValue: 'no block in this range',
} satisfies Partial<PanelEntry>
